// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Looks whether it is in stock. Uses OpenTelemetry for JavaScript as anybody would.
const { SpanKind, SpanStatusCode, context, trace } = require('@opentelemetry/api');
const { OTLPTraceExporter } = require('@opentelemetry/exporter-trace-otlp-proto');
const { resourceFromAttributes } = require('@opentelemetry/resources');
const { BatchSpanProcessor, NodeTracerProvider } = require('@opentelemetry/sdk-trace-node');

const provider = new NodeTracerProvider({
  resource: resourceFromAttributes({ 'service.name': 'stock' }),
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
});
const tracer = provider.getTracer('stock');
const look = tracer.startSpan('look');
const inside = trace.setSpan(context.active(), look);
const query = tracer.startSpan('count', { kind: SpanKind.CLIENT, attributes: { 'peer.service': 'shelves' } }, inside);
query.setStatus({ code: SpanStatusCode.ERROR, message: 'two are missing' });
query.end();
look.end();
provider.shutdown();
