// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A program on OpenTelemetry for JavaScript as its users write it. Makes a trace of two spans, sends it with
// the exporter that is named (proto: protobuf, http: JSON) to where OTEL_EXPORTER_OTLP_ENDPOINT says, and
// prints its id.
//
//   node node_otel.mjs proto|http
import { createRequire } from 'node:module';

const require = createRequire(`${process.env.SPAWN_WEB_MODULES}/package.json`);
const { SpanKind, SpanStatusCode, context, trace } = require('@opentelemetry/api');
const { resourceFromAttributes } = require('@opentelemetry/resources');
const { BatchSpanProcessor, NodeTracerProvider } = require('@opentelemetry/sdk-trace-node');
const { OTLPTraceExporter } = require(`@opentelemetry/exporter-trace-otlp-${process.argv[2]}`);

const provider = new NodeTracerProvider({
  resource: resourceFromAttributes({ 'service.name': 'shop-js' }),
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
});
const tracer = provider.getTracer('shop');
const cart = tracer.startSpan('GET /cart', { kind: SpanKind.SERVER, attributes: { 'url.path': '/cart' } });
const inside = trace.setSpan(context.active(), cart);
const stock = tracer.startSpan('stock', { kind: SpanKind.CLIENT, attributes: { 'peer.service': 'stock' } }, inside);
stock.recordException(new Error('sold out'));
stock.setStatus({ code: SpanStatusCode.ERROR, message: 'sold out' });
stock.end();
cart.end();
await provider.shutdown();
console.log(cart.spanContext().traceId);
