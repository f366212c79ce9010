// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// w3c_service PORT: a service as the W3C trace-context test suite wants it, built on our
// propagation and our engine. POST /test takes a JSON array of {"url", "arguments"}; each url is
// called (POST, `arguments` as its body) in the trace that the request's headers name. Prints "port
// N"; a PORT of 0 takes any free one. Run the suite against it from its own folder:
//   SPEC_LEVEL=2 python3 test.py http://127.0.0.1:PORT/test
#include <unistd.h>

#include <cstdint>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/env.h"
#include "core/json.h"
#include "core/json_write.h"
#include "core/rng.h"
#include "core/text.h"
#include "http/curl_client.h"
#include "telemetry/current.h"
#include "telemetry/tracer.h"
#include "testing/loopback_server.h"
#include "trace/traceparent.h"

namespace {

using namespace spawn;

class NoQueue final : public telemetry::Queue {
 public:
  void push(trace::SpanRecord&) noexcept override {}
};

std::vector<std::string> values(const http::Headers& headers, std::string_view name) {
  std::vector<std::string> found;
  for (const auto& [key, value] : headers) {
    if (core::iequals(key, name)) found.push_back(value);
  }
  return found;
}

// Nothing when there is no one valid traceparent: then a trace begins here, and tracestate, which
// belongs to the other one, is dropped. Several tracestate headers are one list (RFC 9110, 5.3).
std::optional<trace::TraceContext> extract(const http::Headers& headers) {
  const auto traceparents = values(headers, "traceparent");
  if (traceparents.size() != 1) return std::nullopt;
  const auto span = trace::parse_traceparent(traceparents.front());
  if (!span) return std::nullopt;
  std::string list;
  for (const std::string& part : values(headers, "tracestate")) {
    list += (list.empty() ? "" : ",") + part;
  }
  return trace::TraceContext{*span, {trace::parse_tracestate(list).value_or(""), {}, {}}};
}

void inject(const telemetry::ActiveContext& context, http::Headers& headers) {
  headers.emplace_back("traceparent", trace::format_traceparent(context.span));
  if (context.extras != nullptr && !context.extras->tracestate.empty()) {
    headers.emplace_back("tracestate", context.extras->tracestate);
  }
}

// The JSON that was read, written again.
void write(const core::Json& json, core::JsonWriter& out) {
  if (json.string() != nullptr) {
    out.string(core::repair_utf8(*json.string()));
  } else if (json.integer() != nullptr) {
    out.integer(*json.integer());
  } else if (json.real() != nullptr) {
    out.real(*json.real());
  } else if (json.boolean() != nullptr) {
    out.boolean(*json.boolean());
  } else if (json.array() != nullptr) {
    out.lit<"[">();
    bool first = true;
    for (const core::Json& item : *json.array()) {
      if (!first) out.lit<",">();
      first = false;
      write(item, out);
    }
    out.lit<"]">();
  } else if (json.object() != nullptr) {
    out.lit<"{">();
    bool first = true;
    for (const auto& [key, value] : *json.object()) {
      if (!first) out.lit<",">();
      first = false;
      out.string(core::repair_utf8(key));
      out.lit<":">();
      write(value, out);
    }
    out.lit<"}">();
  } else {
    out.plain("null");
  }
}

class Service {
 public:
  http::Reply operator()(const http::Request& request) {
    http::Reply reply;
    reply.status = 400;
    const auto calls = core::Json::parse(request.body);
    if (!calls || calls->array() == nullptr) return reply;
    const auto context = extract(request.headers);
    telemetry::Span server = context ? tracer_.start_child_of(context->span, &context->extras,
                                                              "POST /test", trace::SpanKind::server)
                                     : tracer_.start("POST /test", trace::SpanKind::server);
    const telemetry::Scope scope(server.context());
    for (const core::Json& call : *calls->array()) make(call);
    reply.status = 200;
    return reply;
  }

 private:
  void make(const core::Json& call) {
    const core::Json nothing;
    const core::Json* arguments = call.find("arguments");
    core::CharBuffer body;
    core::JsonWriter out(body);
    write(arguments == nullptr ? nothing : *arguments, out);
    telemetry::Span span = tracer_.start("call", trace::SpanKind::client);
    http::Request request;
    request.method = "POST";
    request.url = call.text_at("url");
    request.headers = {{"Content-Type", "application/json"}};
    request.body = std::string(body.view());
    inject(span.context(), request.headers);
    http::CurlClient client(env_);
    if (const auto reply = client.send(request); !reply) {
      std::cerr << reply.error().message << "\n";
    }
  }

  core::SystemEnv env_;
  core::SystemClock clock_;
  core::SystemRng rng_;
  NoQueue queue_;
  trace::Resource resource_;
  telemetry::Tracer tracer_{&queue_, trace::Rate::always(), resource_, clock_, rng_};
};

}  // namespace

int main(int argc, char** argv) {
  const auto port = core::parse_int(argc > 1 ? argv[1] : "");
  if (!port || *port < 0 || *port > 65535) {
    std::cerr << "usage: w3c_service PORT\n";
    return 2;
  }
  Service service;
  testing::LoopbackServer server([&](const auto& request) { return service(request); },
                                 static_cast<std::uint16_t>(*port));
  std::cout << "port " << server.port() << std::endl;
  for (;;) ::pause();
}
