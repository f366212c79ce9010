// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "testing/fake_aws_replies.h"

#include <fmt/format.h>

#include <string>

namespace spawn::testing {
namespace {

std::string_view usual_code(std::string_view service, int status) {
  const bool json = service == "xray" || service == "dynamodb";
  switch (status) {
    case 400:
      return json ? "ValidationException" : "InvalidRequest";
    case 403:
      return json ? "AccessDeniedException" : "AccessDenied";
    case 404:
      return json ? "ResourceNotFoundException" : "NotFound";
    case 429:
      return service == "xray" ? "ThrottledException" : "TooManyRequestsException";
    case 503:
      return service == "s3"    ? "SlowDown"
             : service == "ec2" ? "RequestLimitExceeded"
                                : "ServiceUnavailable";
    default:
      return status >= 500 ? "InternalError" : "Unexpected";
  }
}

}  // namespace

http::Reply error_reply(std::string_view service, int status, std::string_view code,
                        std::string_view message) {
  http::Reply reply;
  reply.status = status;
  const auto xml = [&](std::string_view open, std::string_view close) {
    reply.headers = {{"Content-Type", "text/xml"}};
    reply.body = fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "{}<Error><Code>{}</Code><Message>{}</Message></Error>{}",
        open, code, message, close);
  };
  if (service == "s3") {
    xml("", "");
  } else if (service == "ec2") {
    xml("<Response><Errors>", "</Errors></Response>");
  } else if (service == "sts" || service == "iam" || service == "sns") {
    xml("<ErrorResponse>", "</ErrorResponse>");
  } else {
    reply.headers = {{"Content-Type", "application/json"}, {"x-amzn-ErrorType", std::string(code)}};
    reply.body =
        fmt::format(R"({{"__type":"com.amazonaws.{}#{}","message":"{}"}})", service, code, message);
  }
  return reply;
}

http::Reply usual_error(std::string_view service, int status) {
  return error_reply(service, status, usual_code(service, status), "injected by the test");
}

http::Reply expired_error(std::string_view service) {
  if (service == "s3") return error_reply(service, 400, "ExpiredToken", "expired by the test");
  const bool xml = service == "sts" || service == "iam" || service == "sns";
  if (service == "ec2") return error_reply(service, 400, "RequestExpired", "expired by the test");
  return error_reply(service, 403, xml ? "ExpiredToken" : "ExpiredTokenException",
                     "expired by the test");
}

http::Reply skewed_error(std::string_view service) {
  const std::string_view code = service == "s3"    ? "RequestTimeTooSkewed"
                                : service == "ec2" ? "AuthFailure"
                                : service == "sts" || service == "iam"
                                    ? "SignatureDoesNotMatch"
                                    : "InvalidSignatureException";
  return error_reply(service, 403, code, "Signature not yet current, or expired");
}

http::Reply wrong_signature_error(std::string_view service) {
  const bool own_code = service == "s3" || service == "sts" || service == "iam";
  return error_reply(service, 403,
                     service == "ec2" ? "AuthFailure"
                     : own_code       ? "SignatureDoesNotMatch"
                                      : "InvalidSignatureException",
                     "The request signature we calculated does not match");
}

}  // namespace spawn::testing
