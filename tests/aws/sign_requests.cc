// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// sign_requests: for each request of stdin (a JSON object a line: method, url, headers, body,
// service, region, normalize, key_id, secret, token, time) the Authorization header that our
// signing layer gives it, or "!" and the error. For tests/e2e/signatures_like_botocore.sh.
#include <iostream>
#include <string>

#include "aws/http_caller.h"
#include "aws/signing_caller.h"
#include "aws/timestamp.h"
#include "core/json.h"
#include "testing/fakes.h"

namespace {

using spawn::core::Json;

class OneCredentials final : public spawn::aws::CredentialsProvider {
 public:
  explicit OneCredentials(const Json& request)
      : credentials_{std::string(request.text_at("key_id")),
                     spawn::core::Secret(std::string(request.text_at("secret"))),
                     spawn::core::Secret(std::string(request.text_at("token"))),
                     {},
                     "test"} {}
  spawn::core::Result<spawn::aws::Credentials> get() override { return credentials_; }

 private:
  spawn::aws::Credentials credentials_;
};

std::string sign(const Json& request) {
  const std::string service(request.text_at("service"));
  const Json* normalize = request.find("normalize");
  const spawn::aws::ServiceInfo info{service, service, service, "", {}, *normalize->boolean()};
  spawn::aws::Call call;
  call.service = &info;
  call.operation = "Test";
  call.region = request.text_at("region");
  call.method = request.text_at("method");
  const auto url = spawn::core::Url::parse(request.text_at("url"));
  if (!url) return "! " + url.error().message;
  call.url = *url;
  call.body = std::string(request.text_at("body"));
  for (const Json& pair : *request.find("headers")->array()) {
    call.headers.emplace_back(*pair.array()->at(0).string(), *pair.array()->at(1).string());
  }

  spawn::testing::FakeClock clock;
  const auto time = spawn::aws::parse_iso8601(request.text_at("time"));
  clock.step_wall(spawn::core::Nanos(*time - spawn::testing::FakeClock::kStart));
  spawn::testing::ScriptedHttp http;
  http.answer(200);
  OneCredentials credentials(request);
  spawn::aws::HttpCaller sending(http, clock);
  const auto outcome = spawn::aws::SigningCaller(sending, credentials, clock).call(call);
  if (!outcome) return "! " + outcome.error().error.message;
  const auto& sent = http.requests().at(0);
  if (sent.url != request.text_at("url")) return "! sent to another url: " + sent.url;
  return std::string(spawn::http::header(sent.headers, "authorization"));
}

}  // namespace

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    const auto request = Json::parse(line);
    std::cout << (request ? sign(*request) : "! " + request.error().message) << "\n";
  }
}
