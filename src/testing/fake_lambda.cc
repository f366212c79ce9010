// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "testing/fake_lambda.h"

#include "core/base64.h"
#include "core/text.h"
#include "testing/fake_aws_replies.h"

namespace spawn::testing {

std::string_view FakeLambda::function_in(std::string_view path) {
  constexpr std::string_view kPrefix = "/2015-03-31/functions/";
  constexpr std::string_view kSuffix = "/invocations";
  if (!path.starts_with(kPrefix) || !path.ends_with(kSuffix)) return {};
  path.remove_prefix(kPrefix.size());
  path.remove_suffix(kSuffix.size());
  return path;
}

http::Reply FakeLambda::serve(const http::Request& request, std::string_view path) {
  const auto function = functions_.find(core::percent_decode(function_in(path)));
  if (function == functions_.end()) {
    return error_reply("lambda", 404, "ResourceNotFoundException", "Function not found");
  }
  const bool is_event = http::header(request.headers, "X-Amz-Invocation-Type") == "Event";
  const std::string_view client_context = http::header(request.headers, "X-Amz-Client-Context");
  FunctionResult result = function->second(
      {std::string(request.body.view()),
       std::string(http::header(request.headers, "X-Amzn-Trace-Id")),
       is_event ? std::string() : core::base64_decode(client_context).value_or("")});
  http::Reply reply;
  if (is_event) {
    reply.status = 202;
    return reply;
  }
  reply.status = 200;
  reply.headers = {{"Content-Type", "application/json"}, {"X-Amz-Executed-Version", "$LATEST"}};
  if (!result.error.empty()) reply.headers.emplace_back("X-Amz-Function-Error", result.error);
  reply.body = std::move(result.payload);
  return reply;
}

}  // namespace spawn::testing
