// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "trace/secrets.h"

#include <gtest/gtest.h>

#include <vector>

namespace spawn::trace {
namespace {

std::string clean(std::string_view text) {
  std::string storage;
  return std::string(without_secrets(text, storage));
}
std::string clean_address(std::string_view text) {
  std::string storage;
  return std::string(address_without_secrets(text, storage));
}

TEST(SecretNames, are_known_whatever_their_case_and_what_stands_before_them) {
  for (const char* name : {"password",
                           "PASSWORD",
                           "db.password",
                           "DB_PASSWORD",
                           "dbPassword",
                           "passwd",
                           "pwd",
                           "pass",
                           "smtp_pwd",
                           "ssl.passphrase",
                           "secret",
                           "client_secret",
                           "clientSecret",
                           "jwt.secret-key",
                           "aws_secret_access_key",
                           "SecretAccessKey",
                           "AWS_SESSION_TOKEN",
                           "SessionToken",
                           "x-amz-security-token",
                           "X-Amz-Signature",
                           "X-Amz-Credential",
                           "X-Goog-Signature",
                           "sig",
                           "AWSAccessKeyId",
                           "access_key_id",
                           "access_key",
                           "AccountKey",
                           "SharedAccessKey",
                           "api_key",
                           "X-Api-Key",
                           "apikey",
                           "access_token",
                           "id_token",
                           "refresh_token",
                           "github.token",
                           "private_key",
                           "signing-key",
                           "authorization",
                           "http.request.header.authorization",
                           "Proxy-Authorization",
                           "http.request.header.cookie",
                           "http.response.header.set-cookie",
                           "credentials"}) {
    EXPECT_TRUE(names_secret(name)) << name;
  }
}

TEST(SecretNames, are_not_those_that_only_begin_like_one_or_have_one_inside) {
  for (const char* name : {"",
                           "a",
                           "pw",
                           "aws.request_id",
                           "aws.s3.key",
                           "rpc.service",
                           "http.response.status_code",
                           "password.length",
                           "token.count",
                           "gen_ai.usage.input_tokens",
                           "secretary",
                           "compass",
                           "bypass",
                           "signed_headers",
                           "session.id",
                           "messaging.rabbitmq.destination.routing_key",
                           "key",
                           "cloud.region",
                           "monkey",
                           "error.type",
                           "spawn.instance_id"}) {
    EXPECT_FALSE(names_secret(name)) << name;
  }
}

struct Case {
  const char* text;
  const char* wanted;
};

TEST(Secrets, are_hidden_in_any_text) {
  const std::vector<Case> cases = {
      // access key ids, long-lived and temporary
      {"AKIAIOSFODNN7EXAMPLE", "REDACTED"},
      {"user ASIAIOSFODNN7EXAMPLE: no; AKIAIOSFODNN7EXAMPLE", "user REDACTED: no; REDACTED"},
      // secret keys and session tokens, as they stand in environments, files and replies
      {"AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY aws s3 ls",
       "AWS_SECRET_ACCESS_KEY=REDACTED aws s3 ls"},
      {"aws_secret_access_key = wJalr/K7\nregion = x",
       "aws_secret_access_key = REDACTED\nregion = x"},
      {R"({"AccessKeyId":"AKIDEXAMPLE","SecretAccessKey":"a/b","SessionToken":"x+y=="})",
       R"({"AccessKeyId":"REDACTED","SecretAccessKey":"REDACTED","SessionToken":"REDACTED"})"},
      {R"("{\"password\":\"a b\",\"n\":1}")", R"("{\"password\":\"REDACTED b\",\"n\":1}")"},
      {R"({"password":"a\"b","n":1})", R"({"password":"REDACTED","n":1})"},
      {"{'token': 'abc', 'n': 1}", "{'token': 'REDACTED', 'n': 1}"},
      {"x-amz-security-token:FwoGZXIv//token==\n\nhost;x-amz-security-token\ne3b0'",
       "x-amz-security-token:REDACTED\n\nhost;x-amz-security-token\ne3b0'"},
      // passwords
      {"login failed: password=hunter2, user=u", "login failed: password=REDACTED, user=u"},
      {"password = pw", "password = REDACTED"},
      {"(pwd: hunter2)", "(pwd: REDACTED)"},
      {"mysql --password hunter2 --host h", "mysql --password REDACTED --host h"},
      {"--password\thunter2", "--password\tREDACTED"},
      {"curl --api-key=abc h", "curl --api-key=REDACTED h"},
      // headers
      {"Authorization: Bearer abc.def\nHost: h", "Authorization: REDACTED\nHost: h"},
      {"-H 'Authorization: Basic dXNlcjpwdw==' h", "-H 'Authorization: REDACTED' h"},
      {"cookie: a=1; session=2", "cookie: REDACTED"},
      {"Bearer ya29.A0ARrdaM-abcdefgh", "Bearer REDACTED"},
      {"sent basic dXNlcjpodW50ZXIyMTIz to h", "sent basic REDACTED to h"},
      {"'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/eu-west-1/sts/aws4_request, "
       "SignedHeaders=host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6'.",
       "'AWS4-HMAC-SHA256 Credential=REDACTED, SignedHeaders=host;x-amz-date, "
       "Signature=REDACTED'."},
      // presigned URLs, version 4 and version 2
      {"GET https://b.s3.amazonaws.com/k?X-Amz-Credential=AKID%2F2026&X-Amz-Date=2026&"
       "X-Amz-Security-Token=tok%2F&X-Amz-Signature=abcdef&x-id=GetObject",
       "GET https://b.s3.amazonaws.com/k?X-Amz-Credential=REDACTED&X-Amz-Date=2026&"
       "X-Amz-Security-Token=REDACTED&X-Amz-Signature=REDACTED&x-id=GetObject"},
      {"https://b/k?AWSAccessKeyId=AKID&Expires=1&Signature=s%3D",
       "https://b/k?AWSAccessKeyId=REDACTED&Expires=1&Signature=REDACTED"},
      {"https://h/?sv=2026&sig=a?b#c", "https://h/?sv=2026&sig=REDACTED"},
      // connection strings
      {"no answer from postgres://app:pw@db/x", "no answer from postgres://app:REDACTED@db/x"},
      {"postgres://app:p@w@db/x", "postgres://app:REDACTED@db/x"},
      {"postgres://app:p/w@db/x", "postgres://app:REDACTED@db/x"},
      {"postgres://app:p?w@db/x", "postgres://app:REDACTED@db/x"},
      {"mongodb+srv://app:pw@a,b/x", "mongodb+srv://app:REDACTED@a,b/x"},
      {"redis://:pw@h/0 redis://:pw@i/0", "redis://:REDACTED@h/0 redis://:REDACTED@i/0"},
      {"Server=h;PASSWORD=p,w;Encrypt=true", "Server=h;PASSWORD=REDACTED;Encrypt=true"},
      {"Server=h;Pwd='a;b'", "Server=h;Pwd='REDACTED'"},
      {"Server=h;Pwd='a'';b';Encrypt=true", "Server=h;Pwd='REDACTED';Encrypt=true"},
      {R"(Server=h;Pwd="a"";b";Encrypt=true)", R"(Server=h;Pwd="REDACTED";Encrypt=true)"},
      {"DRIVER={x};UID=u;PWD={hun;ter2};DB=d", "DRIVER={x};UID=u;PWD={REDACTED};DB=d"},
      {"PWD = {a}};b}} c};DB=d", "PWD = {REDACTED};DB=d"},
      {"PWD={hun;ter2", "PWD={REDACTED"},
      {R"(PWD="{a" b})", R"(PWD="REDACTED" b})"},
      {"{token: {a}} b", "{token: REDACTED}} b"},
      {"sqlserver://h;password={a;b}\"", "sqlserver://h;password={REDACTED}\""},
      {"host=h password=pw user=u", "host=h password=REDACTED user=u"},
      {"AccountName=n;AccountKey=a+b/c==;EndpointSuffix=e",
       "AccountName=n;AccountKey=REDACTED;EndpointSuffix=e"},
      // tokens and keys by their shape
      {"got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln back", "got REDACTED back"},
      {"-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----",
       "-----BEGIN RSA PRIVATE KEY-----REDACTED-----END RSA PRIVATE KEY-----"},
      {"-----BEGIN PRIVATE KEY-----\nMIIE", "-----BEGIN PRIVATE KEY-----REDACTED"},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(clean(one.text), one.wanted);
    EXPECT_EQ(clean(one.wanted), one.wanted) << "twice";
  }
}

TEST(Secrets, are_not_seen_where_there_are_none) {
  for (const char* text :
       {"",
        "Access Denied",
        "AKIA is a prefix",
        "XAKIAIOSFODNN7EXAMPLE",
        "https://h/",
        "Signature expired: 20260102T030405Z is now earlier than 20260102T030905Z",
        "https://h:8080/@user/x",
        "https://[::1]:8080/a@b",
        "https://u@h/",
        "x=@",
        "@",
        "://",
        "=",
        "?=",
        ":",
        "password=",
        "password={}",
        "\"password\":\"\"",
        "postgres://db/x?sslmode=require",
        "repo/name@sha256:0123",
        "mail a:b@c",
        "Basic authentication failed for eyJ",
        "bearer of bad news",
        "--",
        "--verbose x",
        "-----BEGIN CERTIFICATE-----\nMIIE",
        "-----BEGIN",
        "2026-01-02T03:04:05Z",
        "{\"a\":{\"b\":1}}"}) {
    std::string storage;
    const std::string_view same = without_secrets(text, storage);
    EXPECT_EQ(same.data(), text) << text;
    EXPECT_EQ(same, text);
  }
}

TEST(Secrets, of_addresses_are_also_passwords_that_have_no_scheme_before_them) {
  EXPECT_EQ(clean_address("app:pw@tcp(db:3306)/x"), "app:REDACTED@tcp(db:3306)/x");
  EXPECT_EQ(clean_address("jdbc:oracle:thin:scott/tiger@db:1521:x"),
            "jdbc:oracle:thin:scott/REDACTED@db:1521:x");
  EXPECT_EQ(clean_address("scott/tiger@db"), "scott/REDACTED@db");
  EXPECT_EQ(clean_address("jdbc:sqlserver://h:1433;user=u;password=pw"),
            "jdbc:sqlserver://h:1433;user=u;password=REDACTED");
  for (const char* text : {"a@b", "https://h:8080/@user/x", "https://[::1]:8080/a@b", "x=@"}) {
    EXPECT_EQ(clean_address(text), text);
  }
  EXPECT_TRUE(names_address("db.connection_string"));
  EXPECT_TRUE(names_address("DSN"));
  EXPECT_FALSE(names_address("string"));
}

TEST(Secrets, can_be_hidden_behind_another_mask) {
  std::string storage;
  EXPECT_EQ(without_secrets("a token=b", storage, "***"), "a token=***");
}

}  // namespace
}  // namespace spawn::trace
