// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A program as it is anywhere: instrumented with OpenTelemetry's API, and with nothing that would
// say where its spans go. It continues the trace it is called in, asks a "server" on another thread
// through headers, and fails once.
#include "shop.h"

#include <opentelemetry/context/propagation/global_propagator.h>
#include <opentelemetry/context/runtime_context.h>
#include <opentelemetry/trace/context.h>
#include <opentelemetry/trace/provider.h>
#include <opentelemetry/trace/scope.h>

#include <map>
#include <string>
#include <thread>

namespace {

namespace context = opentelemetry::context;
namespace nostd = opentelemetry::nostd;
namespace trace = opentelemetry::trace;

class Headers final : public context::propagation::TextMapCarrier {
 public:
  nostd::string_view Get(nostd::string_view key) const noexcept override {
    const auto at = values_.find(std::string(key));
    return at != values_.end() ? nostd::string_view(at->second) : nostd::string_view();
  }
  void Set(nostd::string_view key, nostd::string_view value) noexcept override {
    values_[std::string(key)] = std::string(value);
  }

 private:
  std::map<std::string, std::string> values_;
};

nostd::shared_ptr<trace::Tracer> tracer() {
  return trace::Provider::GetTracerProvider()->GetTracer("shop", "1.0");
}

auto propagator() { return context::propagation::GlobalTextMapPropagator::GetGlobalPropagator(); }

void serve(const Headers& headers) {
  context::Context none;
  const auto token = context::RuntimeContext::Attach(propagator()->Extract(headers, none));
  trace::StartSpanOptions options;
  options.kind = trace::SpanKind::kServer;
  const trace::Scope scope(tracer()->StartSpan("GET /price", {{"item.id", 7}}, options));
  trace::Tracer::GetCurrentSpan()->AddEvent("looked up", {{"rows", 1}});
}

void ask_for_the_price() {
  trace::StartSpanOptions options;
  options.kind = trace::SpanKind::kClient;
  const auto span = tracer()->StartSpan("GET", {{"http.request.method", "GET"}}, options);
  const trace::Scope scope(span);
  Headers headers;
  propagator()->Inject(headers, context::RuntimeContext::GetCurrent());
  std::thread(serve, std::cref(headers)).join();
  span->SetAttribute("http.response.status_code", 200);
}

void pay() {
  const auto span = tracer()->StartSpan("pay");
  span->SetStatus(trace::StatusCode::kError, "card expired");
}

}  // namespace

int shop() {
  const auto span = tracer()->StartSpan("order", {{"order.items", 2}});
  const trace::Scope scope(span);
  ask_for_the_price();
  pay();
  return 0;
}
