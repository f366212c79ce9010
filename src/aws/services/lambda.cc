// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/services/lambda.h"

#include "aws/propagation.h"
#include "aws/protocol/json.h"
#include "core/base64.h"
#include "core/text.h"
#include "trace/attributes.h"

namespace spawn::aws::lambda {
namespace {

namespace key = trace::key;

constexpr const char* kFunctionError = "X-Amz-Function-Error";
constexpr std::size_t kMaxClientContextBytes = 3583;

// Only for an invocation that is waited for: events have no client context.
void inject_client_context(Call& call, const telemetry::ActiveContext& context) {
  Carrier carrier;
  inject(context.span, context.extras, carrier);
  json::Object custom;
  for (const auto& [name, value] : carrier) custom.text(name, value);
  json::Object client_context;
  client_context.object("custom", std::move(custom));
  const std::string text = std::move(client_context).take().to_text();
  std::string encoded = core::base64_encode(text);
  if (encoded.size() > kMaxClientContextBytes) return;  // the header has the ids at least
  http::set_header(call.headers, "X-Amz-Client-Context", std::move(encoded));
}

// HTTP says 200; the function failed all the same.
void describe(const Outcome& outcome, trace::SpanRecord& span) {
  if (!outcome) return;
  const std::string_view error = http::header(outcome->headers, kFunctionError);
  if (error.empty()) return;
  // Only the type: a message may hold anything, as it is the function's output.
  const auto payload = core::Json::parse(outcome->body);
  const std::string_view type = payload ? payload->text_at("errorType") : std::string_view();
  span.set(key::kError, true);
  span.set(key::kErrorType, type.empty() ? error : type);
  span.set_status(trace::StatusCode::error, "the function failed: " + std::string(error));
}

std::string function_name(const std::string& function) {
  // arn:aws:lambda:REGION:ACCOUNT:function:NAME[:QUALIFIER], ACCOUNT:function:NAME,
  // NAME[:QUALIFIER]
  constexpr std::string_view kMark = "function:";
  const auto at = function.find(kMark);
  const std::string rest = at == std::string::npos ? function : function.substr(at + kMark.size());
  return rest.substr(0, rest.find(':'));
}

}  // namespace

const ServiceInfo kService{"Lambda", "lambda", "lambda", "LAMBDA", Protocol::rest_json, true};

core::Result<Invoked> invoke(Caller& caller, const Endpoint& endpoint, const Invoke& request,
                             core::Deadline deadline) {
  if (request.function.empty()) {
    return core::fail(core::Code::invalid_argument,
                      "Lambda Invoke: expected the name of a function");
  }
  const std::string path =
      "/2015-03-31/functions/" + core::percent_encode(request.function) + "/invocations";
  Call call = json::make_rest_call(kService, endpoint, "Invoke", path, request.payload, deadline);
  if (!request.qualifier.empty()) {
    call.url.query = "Qualifier=" + core::percent_encode(request.qualifier);
  }
  const bool waits = request.how == Invocation::wait;
  call.headers.emplace_back("X-Amz-Invocation-Type", waits ? "RequestResponse" : "Event");
  call.idempotent = false;
  if (waits) call.inject = inject_client_context;
  call.describe = describe;
  call.attributes = {{key::kFaasName, function_name(request.function)},
                     {key::kFaasProvider, "aws"},
                     {key::kFaasRegion, endpoint.region}};
  auto reply = call_for_reply(caller, call);
  if (!reply) return core::fail(reply.error());
  return Invoked{std::move(reply->body), std::string(http::header(reply->headers, kFunctionError)),
                 std::string(http::header(reply->headers, "X-Amz-Executed-Version"))};
}

}  // namespace spawn::aws::lambda
