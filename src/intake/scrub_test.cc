// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "intake/scrub.h"

#include <gtest/gtest.h>

namespace spawn::intake {
namespace {

TEST(Scrub, hides_the_session_token_that_a_recited_canonical_request_holds) {
  const std::string message =
      "The Canonical String for this request should have been\n'POST\n/\n\n"
      "host:sts.amazonaws.com\nx-amz-security-token:FwoGZXIvYXdzEXAMPLE//token==\n\n"
      "host;x-amz-date;x-amz-security-token\ne3b0c44298fc'";
  const std::string scrubbed = scrub(message);
  EXPECT_EQ(scrubbed.find("FwoGZXIvYXdzEXAMPLE"), std::string::npos);
  EXPECT_NE(scrubbed.find("x-amz-security-token:***\n"), std::string::npos);
  EXPECT_NE(scrubbed.find("host;x-amz-date;x-amz-security-token\ne3b0c44298fc'"),
            std::string::npos);
}

TEST(Scrub, hides_credential_and_signature_of_a_recited_authorization_header) {
  EXPECT_EQ(scrub("'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/eu-west-1/sts/aws4_request, "
                  "SignedHeaders=host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6'."),
            "'AWS4-HMAC-SHA256 Credential=***, SignedHeaders=host;x-amz-date, Signature=***'.");
}

TEST(Scrub, hides_presigned_query_parameters) {
  EXPECT_EQ(scrub("GET /?X-Amz-Signature=abcdef&X-Amz-Security-Token=tok%2F&x-id=GetObject"),
            "GET /?X-Amz-Signature=***&X-Amz-Security-Token=***&x-id=GetObject");
}

TEST(Scrub, hides_access_key_ids_wherever_they_stand) {
  EXPECT_EQ(scrub("user ASIAIOSFODNN7EXAMPLE: no; AKIAIOSFODNN7EXAMPLE"), "user ***: no; ***");
}

TEST(Scrub, leaves_ordinary_messages_alone) {
  for (const char* message :
       {"", "Access Denied", "The specified key does not exist.", "AKIA is a prefix",
        "Signature expired: 20260102T030405Z is now earlier than 20260102T030905Z"}) {
    EXPECT_EQ(scrub(message), message);
  }
}

TEST(Scrub, hides_every_occurrence_of_a_literal_secret) {
  std::string text = "a s3cr3t-token b s3cr3t-token";
  scrub_literal(text, "s3cr3t-token");
  EXPECT_EQ(text, "a *** b ***");
}

TEST(Scrub, ignores_literals_too_short_to_be_a_secret) {
  std::string text = "the cat";
  scrub_literal(text, "");
  scrub_literal(text, "cat");
  EXPECT_EQ(text, "the cat");
}

TEST(Scrub, ends_on_a_secret_made_of_its_own_replacement) {
  std::string text(64, '*');
  scrub_literal(text, "********");
  EXPECT_LT(text.size(), 64U);
}

}  // namespace
}  // namespace spawn::intake
