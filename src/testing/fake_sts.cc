// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "testing/fake_sts.h"

#include <fmt/format.h>

#include <string>

#include "core/text.h"
#include "core/time_text.h"
#include "testing/fake_aws_replies.h"

namespace spawn::testing {
namespace {

std::string field(std::string_view form, std::string_view name) {
  for (const std::string_view pair : core::split(form, '&')) {
    const auto equals = pair.find('=');
    if (pair.substr(0, equals) == name && equals != std::string_view::npos) {
      return core::percent_decode(pair.substr(equals + 1));
    }
  }
  return {};
}

http::Reply result(std::string_view action, std::string_view inside) {
  http::Reply reply;
  reply.status = 200;
  reply.headers = {{"Content-Type", "text/xml"}};
  reply.body = fmt::format(
      "<{0}Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><{0}Result>{1}</{0}Result>"
      "<ResponseMetadata><RequestId>00000000-0000-0000-0000-000000000000</RequestId>"
      "</ResponseMetadata></{0}Response>",
      action, inside);
  return reply;
}

}  // namespace

http::Reply FakeSts::serve(std::string_view form, std::int64_t wall_ns) {
  const std::string action = field(form, "Action");
  if (action == "GetCallerIdentity") {
    return result(action,
                  "<Arn>arn:aws:iam::123456789012:user/test</Arn><UserId>AIDAEXAMPLE</UserId>"
                  "<Account>123456789012</Account>");
  }
  if (action != "AssumeRole") return error_reply("sts", 400, "InvalidAction", "not in this fake");
  const std::string arn = field(form, "RoleArn");
  if (!arn.starts_with("arn:aws:iam::") || field(form, "RoleSessionName").empty()) {
    return error_reply("sts", 400, "ValidationError", "RoleArn or RoleSessionName is not valid");
  }
  if (arn.ends_with("/denied")) {
    return error_reply("sts", 403, "AccessDenied", "not authorized to perform: sts:AssumeRole");
  }
  const std::int64_t seconds = core::parse_int(field(form, "DurationSeconds")).value_or(3600);
  return result(action, fmt::format("<Credentials><AccessKeyId>ASIAFAKE{0:012}</AccessKeyId>"
                                    "<SecretAccessKey>secret-{0}</SecretAccessKey>"
                                    "<SessionToken>token-{0}</SessionToken>"
                                    "<Expiration>{1}</Expiration></Credentials>",
                                    ++given_, core::rfc3339(wall_ns + seconds * 1'000'000'000)));
}

}  // namespace spawn::testing
