// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "xray/document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "xray/test_records.h"

namespace spawn::xray {
namespace {

bool is_true(const core::Json* json) {
  return json != nullptr && json->boolean() != nullptr && *json->boolean();
}

class DocumentTest : public ::testing::Test {
 protected:
  trace::Resource resource_ = spawn_resource();
};

TEST_F(DocumentTest, an_aws_call_is_a_subsegment_named_as_aws_spells_the_service) {
  const core::Json doc = document(put_object(resource_));
  EXPECT_EQ(doc.text_at("name"), "S3");
  EXPECT_EQ(doc.text_at("type"), "subsegment");
  EXPECT_EQ(doc.text_at("namespace"), "aws");
  EXPECT_EQ(doc.text_at("id"), "0011223344556677");
  EXPECT_EQ(doc.text_at("parent_id"), "8899aabbccddeeff");
  EXPECT_EQ(doc.text_at("trace_id"), "1-692f1a2b-010203041122334455667788");
  EXPECT_EQ(doc.find("aws")->text_at("operation"), "PutObject");
  EXPECT_EQ(doc.find("aws")->text_at("region"), "eu-west-1");
  EXPECT_EQ(doc.find("aws")->text_at("request_id"), "REQ1");
  EXPECT_EQ(*at(doc, "http", "response", "status")->integer(), 200);
  EXPECT_DOUBLE_EQ(*doc.find("start_time")->number(), 1767323045.123456);
  EXPECT_DOUBLE_EQ(*doc.find("end_time")->number(), 1767323045.158023);
}

TEST_F(DocumentTest, a_root_is_a_segment_named_by_the_service) {
  trace::SpanRecord root = put_object(resource_);
  root.parent_id = {};
  root.kind = trace::SpanKind::internal;
  const core::Json doc = document(root);
  EXPECT_EQ(doc.text_at("name"), "spawn");
  EXPECT_EQ(doc.find("type"), nullptr);
  EXPECT_EQ(doc.find("parent_id"), nullptr);
  EXPECT_EQ(doc.find("service")->text_at("version"), "1.2.3");
}

TEST_F(DocumentTest, a_span_with_a_remote_parent_is_a_segment_below_it) {
  trace::SpanRecord remote = put_object(resource_);
  remote.kind = trace::SpanKind::internal;
  remote.parent_remote = true;
  const core::Json doc = document(remote);
  EXPECT_EQ(doc.find("type"), nullptr);
  EXPECT_EQ(doc.text_at("parent_id"), "8899aabbccddeeff");
}

TEST_F(DocumentTest, its_id_is_known_before_it_is_refused) {
  trace::SpanRecord call = put_object(resource_);
  EXPECT_EQ(document_id(call).hex(), document(call).text_at("id"));
  call.parent_id = {};  // a segment is written around it
  EXPECT_EQ(document_id(call).hex(), document(call).text_at("id"));
  EXPECT_NE(document_id(call), call.span_id);
}

TEST_F(DocumentTest, server_and_consumer_spans_are_segments) {
  for (const auto kind : {trace::SpanKind::server, trace::SpanKind::consumer}) {
    trace::SpanRecord span = put_object(resource_);
    span.kind = kind;
    EXPECT_EQ(document(span).find("type"), nullptr);
  }
}

TEST_F(DocumentTest, an_internal_span_draws_no_node) {
  trace::SpanRecord attempt;
  attempt.trace_id = {1, 2};
  attempt.span_id = {3};
  attempt.parent_id = {4};
  attempt.resource = &resource_;
  attempt.set_name("attempt 1");
  const core::Json doc = document(attempt);
  EXPECT_EQ(doc.text_at("name"), "attempt 1");
  EXPECT_EQ(doc.find("namespace"), nullptr);
}

TEST_F(DocumentTest, flags_follow_the_status_code) {
  const struct {
    int status;
    bool error, throttle, fault;
  } cases[] = {{404, true, false, false}, {429, true, true, false}, {503, false, false, true}};
  for (const auto& c : cases) {
    trace::SpanRecord span = put_object(resource_);
    span.set(trace::key::kHttpStatus, c.status);
    const core::Json doc = document(span);
    EXPECT_EQ(is_true(doc.find("error")), c.error) << c.status;
    EXPECT_EQ(is_true(doc.find("throttle")), c.throttle) << c.status;
    EXPECT_EQ(is_true(doc.find("fault")), c.fault) << c.status;
  }
}

TEST_F(DocumentTest, a_throttle_is_told_from_the_aws_code_whatever_the_status) {
  trace::SpanRecord span = put_object(resource_);
  span.set(trace::key::kHttpStatus, 503);
  span.set(trace::key::kErrorType, "RequestLimitExceeded");
  EXPECT_TRUE(is_true(document(span).find("throttle")));
}

TEST_F(DocumentTest, an_error_has_a_cause_with_its_message) {
  trace::SpanRecord span = put_object(resource_);
  span.set(trace::key::kErrorType, "NoSuchKey");
  span.set_status(trace::StatusCode::error, "The specified key does not exist.");
  const core::Json doc = document(span);
  const core::Json* exceptions = at(doc, "cause", "exceptions");
  ASSERT_NE(exceptions, nullptr);
  ASSERT_EQ(exceptions->array()->size(), 1U);
  EXPECT_EQ(exceptions->array()->at(0).text_at("message"), "The specified key does not exist.");
  EXPECT_EQ(exceptions->array()->at(0).text_at("id").size(), 16U);
}

TEST_F(DocumentTest, the_few_searchable_keys_are_annotations) {
  trace::SpanRecord span = put_object(resource_);
  span.set(trace::key::kInstanceId, "i-0abc");
  const core::Json doc = document(span);
  EXPECT_EQ(doc.find("annotations")->text_at("aws_operation"), "PutObject");
  EXPECT_EQ(doc.find("annotations")->text_at("spawn_instance_id"), "i-0abc");
}

TEST_F(DocumentTest, an_ec2_host_gives_origin_and_block) {
  resource_.set(trace::key::kCloudPlatform, std::string("aws_ec2"));
  resource_.set(trace::key::kHostId, std::string("i-0abc"));
  trace::SpanRecord root = put_object(resource_);
  root.parent_id = {};
  const core::Json doc = document(root);
  EXPECT_EQ(doc.text_at("origin"), "AWS::EC2::Instance");
  EXPECT_EQ(at(doc, "aws", "ec2")->text_at("instance_id"), "i-0abc");
}

TEST_F(DocumentTest, a_span_in_progress_has_no_end) {
  trace::SpanRecord open = put_object(resource_);
  open.in_progress = true;
  const core::Json doc = document(open);
  EXPECT_TRUE(is_true(doc.find("in_progress")));
  EXPECT_EQ(doc.find("end_time"), nullptr);
}

TEST_F(DocumentTest, the_nested_form_is_the_plain_one_escaped_once_more) {
  trace::SpanRecord span = put_object(resource_);
  span.set("odd", "quote \" backslash \\ newline \n");
  core::CharBuffer buffer;
  core::NestedJsonWriter out(buffer);
  buffer.append("\"");
  write_document(span, out);
  buffer.append("\"");
  const auto once = core::Json::parse(buffer.view());
  ASSERT_TRUE(once && once->string());
  EXPECT_EQ(*once->string(), document_text(span));
}

TEST_F(DocumentTest, a_document_over_64_kb_is_cut_to_fit_and_says_so) {
  trace::SpanRecord span = put_object(resource_);
  for (int i = 0; i < 20; ++i) span.set("big" + std::to_string(i), std::string(20'000, 'x'));
  const std::string text = document_text(span);
  EXPECT_LE(text.size(), kMaxDocumentBytes);
  EXPECT_TRUE(is_true(at(*core::Json::parse(text), "metadata", "spawn", "truncated")));
}

TEST_F(DocumentTest, of_keys_that_are_the_same_once_cut_the_whole_one_stays_or_else_the_first) {
  trace::SpanRecord span = put_object(resource_);
  const std::string cut(128, 'k');
  span.set(cut + " first", 1);
  span.set(cut, 2);
  span.set(std::string(128, 'm') + " first", 3);
  span.set(std::string(128, 'm') + " second", 4);
  for (int i = 0; i < 100; ++i) span.set(std::to_string(i), std::string(60'000, '\x01'));
  const core::Json doc = document(span);
  std::string found;
  for (const auto& [key, value] : *at(doc, "metadata", "default")->object()) {
    if (key.starts_with(cut)) found += value.to_text();
    if (key.starts_with("mmm")) found += value.to_text();
  }
  EXPECT_EQ(found, "23");
}

TEST_F(DocumentTest, so_it_is_with_keys_of_the_resource) {
  const std::string cut(trace::kMaxKeyBytes, 'r');
  resource_.set(cut + " first", std::int64_t{1});
  resource_.set(cut + " second", std::int64_t{2});
  trace::SpanRecord root = put_object(resource_);
  root.parent_id = {};
  std::string found;
  const core::Json doc = document(root);
  for (const auto& [key, value] : *at(doc, "metadata", "default")->object()) {
    if (key == "otel.resource." + cut) found += value.to_text();
  }
  EXPECT_EQ(found, "1");
}

TEST_F(DocumentTest, a_resource_may_have_an_attribute_without_a_name) {
  resource_.set("", std::string("nameless"));
  trace::SpanRecord root = put_object(resource_);
  root.parent_id = {};
  EXPECT_EQ(at(document(root), "metadata", "default")->text_at("otel.resource."), "nameless");
}

TEST_F(DocumentTest, a_name_outside_the_charset_is_cleaned) {
  resource_.set(trace::key::kServiceName, std::string("my (service), v\xC3\xA9?"));
  trace::SpanRecord root = put_object(resource_);
  root.parent_id = {};
  const core::Json doc = document(root);
  EXPECT_EQ(doc.text_at("name").find_first_of("(),?"), std::string_view::npos);
  EXPECT_NE(doc.text_at("name").find("\xC3\xA9"), std::string_view::npos);
}

}  // namespace
}  // namespace spawn::xray
