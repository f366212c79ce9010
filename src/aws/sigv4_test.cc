// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The signing vectors of awslabs/aws-c-auth, in testdata/sigv4: canonical request, string to sign
// and signature, of the header form and of the query form.
#include "aws/sigv4.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "core/file.h"
#include "core/json.h"
#include "core/text.h"

namespace spawn::aws::sigv4 {
namespace {

const std::string kFolder = SPAWN_SOURCE_DIR "/src/aws/testdata/sigv4/";

std::vector<std::string> vector_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.is_directory()) names.push_back(entry.path().filename());
  }
  std::ranges::sort(names);
  return names;
}

std::string read(const std::string& path) {
  auto text = core::read_file(path);
  EXPECT_TRUE(text) << path;
  return text ? *text : "";
}

// The vectors' request.txt: request line, headers (a line that begins with a blank continues the
// one before), an empty line, the body.
Request parse_request(const std::string& text) {
  Request request;
  const auto end = std::min(text.find("\n\n"), text.size());
  const std::string body = text.size() > end + 2 ? text.substr(end + 2) : "";
  request.payload_hash = sha256_hex(body);
  const std::string head = text.substr(0, end);
  const auto lines = core::split(head, '\n');
  const std::string_view target = lines[0].substr(0, lines[0].rfind(" HTTP/"));
  const auto blank = target.find(' ');
  request.method = target.substr(0, blank);
  const std::string_view url = target.substr(blank + 1);
  const auto question = std::min(url.find('?'), url.size());
  request.path = url.substr(0, question);
  request.query = url.substr(std::min(question + 1, url.size()));
  for (const std::string_view line : std::span(lines).subspan(1)) {
    if (line.empty()) continue;
    if (line[0] == ' ') {
      request.headers.back().second += "\n" + std::string(line);
      continue;
    }
    const auto colon = line.find(':');
    request.headers.emplace_back(line.substr(0, colon), line.substr(colon + 1));
  }
  return request;
}

class SigningVector : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    const auto context = core::Json::parse(read(file("context.json")));
    ASSERT_TRUE(context);
    const core::Json* credentials = context->find("credentials");
    ASSERT_NE(credentials, nullptr);
    credentials_.access_key_id = credentials->text_at("access_key_id");
    credentials_.secret_access_key =
        core::Secret(std::string(credentials->text_at("secret_access_key")));
    const core::Json* omit = context->find("omit_session_token");
    if (omit == nullptr || !*omit->boolean()) {
      credentials_.session_token = core::Secret(std::string(credentials->text_at("token")));
    }
    ASSERT_EQ(context->text_at("timestamp"), "2015-08-30T12:36:00Z");
    scope_ = {"20150830T123600Z", std::string(context->text_at("region")),
              std::string(context->text_at("service"))};
    expires_ = *context->find("expiration_in_seconds")->integer();
    request_ = parse_request(read(file("request.txt")));
    request_.normalize_path = *context->find("normalize")->boolean();
    sign_body_ = *context->find("sign_body")->boolean();
  }

  [[nodiscard]] static std::string file(const std::string& name) {
    return kFolder + GetParam() + "/" + name;
  }
  static std::string expected(const std::string& name) {
    return std::string(core::trim(read(file(name))));
  }

  Request request_;
  Credentials credentials_;
  Scope scope_;
  KeyCache keys_;
  std::int64_t expires_ = 0;
  bool sign_body_ = false;
};

TEST_P(SigningVector, agrees_in_every_step_of_both_forms) {
  Request in_headers = request_;
  if (sign_body_) {
    http::set_header(in_headers.headers, "X-Amz-Content-Sha256", in_headers.payload_hash);
  }
  sign(in_headers, credentials_, scope_, keys_);
  const std::string canonical = canonical_request(in_headers);
  EXPECT_EQ(canonical, expected("header-canonical-request.txt"));
  EXPECT_EQ(string_to_sign(canonical, scope_), expected("header-string-to-sign.txt"));
  const std::string_view authorization = http::header(in_headers.headers, "authorization");
  EXPECT_EQ(authorization.substr(authorization.find("Signature=") + 10),
            expected("header-signature.txt"));
  const std::string whole = read(file("header-signed-request.txt"));
  EXPECT_NE(whole.find(authorization), std::string::npos);

  Request in_query = request_;
  const std::string query = presign(request_, credentials_, scope_, expires_, keys_);
  const auto at = query.rfind("&X-Amz-Signature=");
  in_query.query = query.substr(0, at);
  const std::string canonical_of_query = canonical_request(in_query);
  EXPECT_EQ(canonical_of_query, expected("query-canonical-request.txt"));
  EXPECT_EQ(string_to_sign(canonical_of_query, scope_), expected("query-string-to-sign.txt"));
  EXPECT_EQ(query.substr(at + 17), expected("query-signature.txt"));
}

INSTANTIATE_TEST_SUITE_P(AwsCAuth, SigningVector, ::testing::ValuesIn(vector_names()),
                         [](const auto& vector) {
                           std::string name = vector.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

TEST(SigV4, has_all_its_vectors) { EXPECT_EQ(vector_names().size(), 38U); }

TEST(SigV4, leaves_out_headers_that_proxies_change) {
  EXPECT_EQ(signed_headers({{"Host", "h"},
                            {"User-Agent", "spawn"},
                            {"X-Amzn-Trace-Id", "Root=1"},
                            {"Authorization", "old"},
                            {"X-Amz-Date", "now"}}),
            "host;x-amz-date");
}

TEST(SigV4, encodes_an_s3_path_once_and_another_twice) {
  Request request{"GET", "/a%20b//c", "", {{"Host", "h"}}, "hash"};
  EXPECT_NE(canonical_request(request).find("/a%2520b/c\n"), std::string::npos);
  request.normalize_path = false;
  EXPECT_NE(canonical_request(request).find("/a%20b//c\n"), std::string::npos);
}

TEST(SigV4, signs_anew_with_headers_of_an_earlier_signature) {
  const Credentials credentials{"AKID", core::Secret("s"), core::Secret("t"), {}, "test"};
  KeyCache keys;
  Request once{"POST", "/", "", {{"Host", "h"}}, "hash"};
  Request twice = once;
  sign(twice, credentials, {"20150830T000000Z", "r", "s"}, keys);
  const Scope later{"20150830T123600Z", "r", "s"};
  sign(once, credentials, later, keys);
  sign(twice, credentials, later, keys);
  EXPECT_EQ(once.headers, twice.headers);
}

TEST(KeyCache, gives_each_secret_date_region_and_service_its_own_key) {
  KeyCache keys;
  const core::Secret one("one");
  const core::Secret two("two");
  const Scope scope{"20150830T123600Z", "us-east-1", "iam"};
  for (const core::Secret& secret : {one, two, one}) {
    EXPECT_EQ(keys.get(secret, scope), signing_key(secret, scope));
    for (const Scope& other : {Scope{"20150831T123600Z", "us-east-1", "iam"},
                               Scope{"20150830T123600Z", "us-east-2", "iam"},
                               Scope{"20150830T123600Z", "us-east-1", "s3"}}) {
      EXPECT_EQ(keys.get(secret, other), signing_key(secret, other));
      EXPECT_NE(signing_key(secret, other), signing_key(secret, scope));
    }
  }
}

}  // namespace
}  // namespace spawn::aws::sigv4
