// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A program on opentelemetry-cpp's own SDK as its users write it: two spans in a batch, sent by its
// OTLP/HTTP exporter to where OTEL_EXPORTER_OTLP_ENDPOINT says. Knows nothing of ours.
//
//   stock_otlp [json]
#include <opentelemetry/exporters/otlp/otlp_http_exporter_factory.h>
#include <opentelemetry/exporters/otlp/otlp_http_exporter_options.h>
#include <opentelemetry/sdk/resource/resource.h>
#include <opentelemetry/sdk/trace/batch_span_processor_factory.h>
#include <opentelemetry/sdk/trace/batch_span_processor_options.h>
#include <opentelemetry/sdk/trace/tracer_provider.h>
#include <opentelemetry/sdk/trace/tracer_provider_factory.h>
#include <opentelemetry/trace/scope.h>

#include <string_view>

namespace otel = opentelemetry;

int main(int count, char** arguments) {
  otel::exporter::otlp::OtlpHttpExporterOptions options;
  if (count > 1 && std::string_view(arguments[1]) == "json") {
    options.content_type = otel::exporter::otlp::HttpRequestContentType::kJson;
  }
  const auto provider = otel::sdk::trace::TracerProviderFactory::Create(
      otel::sdk::trace::BatchSpanProcessorFactory::Create(
          otel::exporter::otlp::OtlpHttpExporterFactory::Create(options), {}),
      otel::sdk::resource::Resource::Create({{"service.name", "shop-cpp"}}));
  const auto tracer = provider->GetTracer("shop");
  const auto till = tracer->StartSpan("till");
  {
    const otel::trace::Scope scope(till);
    tracer->StartSpan("card", {{"card.tries", 2}})->End();
  }
  till->End();
  return 0;
}
