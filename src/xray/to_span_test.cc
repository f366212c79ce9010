// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "xray/to_span.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "trace/merge.h"
#include "xray/facts.h"
#include "xray/test_records.h"

namespace spawn::xray {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

trace::Trace read(std::initializer_list<std::string> documents) {
  trace::Trace trace;
  for (const std::string& document : documents) add_document(document, trace);
  trace::share_resources(trace);
  return trace;
}

// Every attribute, as "key=value", in the order of the alphabet.
std::vector<std::string> attributes_of(const trace::SpanRecord& record) {
  std::vector<std::string> all;
  record.for_each_attribute([&](const trace::Attribute& a) {
    std::string text(a.key);
    text += '=';
    if (a.value.type() == trace::ValueType::string) {
      text += a.value.string();
    } else if (a.value.type() == trace::ValueType::integer) {
      text += std::to_string(a.value.integer());
    } else if (a.value.type() == trace::ValueType::boolean) {
      text += a.value.boolean() ? "true" : "false";
    } else {
      text += "?";
    }
    all.push_back(std::move(text));
  });
  std::ranges::sort(all);
  return all;
}

class ToSpanTest : public ::testing::Test {
 protected:
  trace::Resource resource_ = spawn_resource();
};

TEST_F(ToSpanTest, an_aws_call_keeps_every_attribute_though_metadata_does_not_repeat_the_blocks) {
  trace::SpanRecord call = put_object(resource_);
  call.set(trace::key::kRpcMethod, "PutObject");
  call.set(trace::key::kCloudRegion, "eu-west-1");
  call.set(trace::key::kAwsExtendedRequestId, "EXT");
  call.set("aws.s3.bucket", "b");
  const std::string text = document_text(call);
  const core::Json parsed = document(call);
  const core::Json* kept = at(parsed, "metadata", "default");
  for (const auto key :
       {"aws.operation", "rpc.method", "aws.region", "cloud.region", "aws.request_id",
        "aws.extended_request_id", "aws.s3.bucket", "rpc.system", "http.response.status_code"}) {
    EXPECT_EQ(kept->find(key), nullptr) << key;
  }
  EXPECT_EQ(attributes_of(read({text}).spans.at(0)), attributes_of(call));
}

TEST_F(ToSpanTest, a_call_of_many_attempts_comes_back_as_it_was) {
  trace::SpanRecord call = put_object(resource_);
  call.set(trace::key::kRpcMethod, "PutObject");
  call.set(trace::key::kCloudRegion, "eu-west-1");
  call.set(trace::key::kAwsAttempts, 3);
  EXPECT_EQ(attributes_of(read({document_text(call)}).spans.at(0)), attributes_of(call));
}

TEST_F(ToSpanTest, an_http_call_keeps_every_attribute) {
  trace::SpanRecord call;
  call.trace_id = {1, 2};
  call.span_id = {3};
  call.parent_id = {4};
  call.kind = trace::SpanKind::client;
  call.resource = &resource_;
  call.set_name("GET");
  call.set(trace::key::kHttpMethod, "GET");
  call.set(trace::key::kUrlFull, "https://example.com/" + std::string(300, 'x'));
  call.set(trace::key::kHttpStatus, 204);
  call.set(trace::key::kUserAgent, "curl/8");
  call.set("client.address", "192.0.2.1");
  call.set("http.response.body.size", 12);
  EXPECT_EQ(attributes_of(read({document_text(call)}).spans.at(0)), attributes_of(call));
}

TEST_F(ToSpanTest, names_that_disagree_are_both_kept) {
  trace::SpanRecord call = put_object(resource_);
  call.set(trace::key::kRpcMethod, "Other");
  call.set(trace::key::kCloudRegion, "us-east-1");
  EXPECT_EQ(attributes_of(read({document_text(call)}).spans.at(0)), attributes_of(call));
}

TEST_F(ToSpanTest, a_status_that_was_text_stays_text) {
  trace::SpanRecord call = put_object(resource_);
  call.set(trace::key::kHttpStatus, "200");
  const trace::Trace back = read({document_text(call)});
  EXPECT_EQ(back.spans.at(0).text(trace::key::kHttpStatus), "200");
}

TEST_F(ToSpanTest, attributes_after_the_64th_are_kept_too) {
  trace::SpanRecord call;
  call.trace_id = {1, 2};
  call.span_id = {3};
  call.parent_id = {4};
  call.resource = &resource_;
  for (int i = 0; i < 70; ++i) call.set("k" + std::to_string(i), i);
  call.set(trace::key::kHttpStatus, 200);
  EXPECT_EQ(attributes_of(read({document_text(call)}).spans.at(0)), attributes_of(call));
}

TEST_F(ToSpanTest, an_attribute_named_as_one_of_the_resource_stays_the_spans) {
  trace::SpanRecord root = put_object(resource_);
  root.parent_id = {};
  root.kind = trace::SpanKind::internal;
  root.set(trace::key::kRpcMethod, "PutObject");
  root.set(trace::key::kCloudRegion, "eu-west-1");
  root.set("otel.resource.service.name", "mine");
  root.set("otel.resource.other", 7);
  const trace::Trace back = read({document_text(root)});
  EXPECT_EQ(attributes_of(back.spans.at(0)), attributes_of(root));
  EXPECT_EQ(back.spans.at(0).resource->service_name(), "spawn");
  EXPECT_EQ(back.spans.at(0).resource->find("other"), nullptr);
}

TEST_F(ToSpanTest, a_segment_brings_its_resource_and_shares_it_with_its_subsegments) {
  trace::SpanRecord root = put_object(resource_);
  root.parent_id = {};
  root.span_id = {0x8899'AABB'CCDD'EEFFU};
  root.kind = trace::SpanKind::internal;
  const trace::Trace back = read({document_text(put_object(resource_)), document_text(root)});
  ASSERT_THAT(back.spans, SizeIs(2));
  EXPECT_EQ(back.spans[0].resource, back.spans[1].resource);
  EXPECT_EQ(back.spans[0].resource->service_name(), "spawn");
  EXPECT_EQ(back.spans[0].resource->text(trace::key::kServiceVersion), "1.2.3");
}

TEST_F(ToSpanTest, a_foreign_segment_becomes_a_tree_of_spans) {
  const trace::Trace trace = read({R"({
    "name":"shop","id":"70de5b6f19ff9a0a","trace_id":"1-581cf771-a006649127e371903a2de979",
    "start_time":1478293361.271,"end_time":1478293361.449,"origin":"AWS::EC2::Instance",
    "http":{"request":{"method":"GET","url":"https://shop.example/"},"response":{"status":200}},
    "aws":{"ec2":{"instance_id":"i-0abc"}},
    "annotations":{"customer":7},"metadata":{"mine":{"a":true}},
    "subsegments":[{"name":"DynamoDB","id":"53995c3f42cd8ad8","start_time":1478293361.3,
      "end_time":1478293361.4,"namespace":"aws","error":true,
      "aws":{"operation":"UpdateItem","request_id":"UBQ","table_names":["t"],"retries":1},
      "cause":{"exceptions":[{"type":"ConditionalCheckFailedException","message":"no"}]}}]})"});
  ASSERT_THAT(trace.spans, SizeIs(2));
  const trace::SpanRecord& segment = trace.spans[0];
  const trace::SpanRecord& call = trace.spans[1];
  EXPECT_EQ(segment.kind, trace::SpanKind::server);
  EXPECT_THAT(attributes_of(segment),
              ElementsAre("aws.xray.annotations=?", "customer=7", "http.request.method=GET",
                          "http.response.status_code=200", "mine.a=true",
                          "url.full=https://shop.example/"));
  EXPECT_EQ(segment.resource->text(trace::key::kHostId), "i-0abc");
  EXPECT_EQ(call.name(), "DynamoDB.UpdateItem");
  EXPECT_EQ(call.kind, trace::SpanKind::client);
  EXPECT_EQ(call.parent_id, segment.span_id);
  EXPECT_EQ(call.trace_id, segment.trace_id);
  EXPECT_EQ(call.text(trace::key::kAwsRequestId), "UBQ");
  EXPECT_THAT(attributes_of(call), Contains("spawn.aws.attempts=2"));
  EXPECT_EQ(call.text(trace::key::kErrorType), "ConditionalCheckFailedException");
  EXPECT_EQ(call.status, trace::StatusCode::error);
  EXPECT_EQ(call.event_count(), 1U);
  EXPECT_EQ(call.resource, segment.resource);
}

// A document of somebody else, read and written again; its spans in documents of their own.
std::vector<core::Json> written_again(const std::string& text) {
  const trace::Trace trace = read({text});
  std::vector<core::Json> documents;
  for (const trace::SpanRecord& span : trace.spans) documents.push_back(document(span));
  return documents;
}

// Of somebody else: a segment with these members, and a call of it.
std::string foreign(const std::string& members) {
  return R"({"name":"shop","id":"70de5b6f19ff9a0a","start_time":1,"end_time":2,
             "trace_id":"1-581cf771-a006649127e371903a2de979",)" +
         members + "}";
}
std::string foreign_call(const std::string& members) {
  return foreign(R"("type":"subsegment","parent_id":"1111111111111111","namespace":"remote",)" +
                 members);
}

TEST_F(ToSpanTest, flags_of_others_stay_whatever_our_rules_say_of_the_status) {
  const char* const responses[] = {"", R"("http":{"response":{"status":200}},)",
                                   R"("http":{"response":{"status":404}},)",
                                   R"("http":{"response":{"status":503}},)"};
  const std::vector<std::vector<std::string>> all_flags = {
      {}, {"error"}, {"error", "throttle"}, {"fault"}, {"error", "fault"}};
  for (const std::string response : responses) {
    for (const auto& flags : all_flags) {
      std::string members = response;
      for (const std::string& flag : flags) members += '"' + flag + "\":true,";
      const core::Json again = written_again(foreign(members + R"("user":"u")")).at(0);
      std::vector<std::string> found;
      for (const char* flag : {"error", "throttle", "fault"}) {
        if (again.find(flag) != nullptr) found.emplace_back(flag);
      }
      std::ranges::sort(found);
      EXPECT_EQ(found, flags) << members;
    }
  }
}

TEST_F(ToSpanTest, flags_that_follow_from_the_span_are_no_attribute) {
  const trace::Trace trace = read({foreign(R"("error":true,"http":{"response":{"status":404}})")});
  EXPECT_FALSE(trace.spans.at(0).find("aws.xray.flags"));
}

TEST_F(ToSpanTest, annotations_of_others_stay_searchable_and_metadata_of_their_name_beside_them) {
  const core::Json again = written_again(foreign(
      R"("annotations":{"customer":"c1","n":5,"ok":true},"metadata":{"default":{"n":"other"}})"))
      [0];
  EXPECT_EQ(again.find("annotations")->to_text(), R"({"customer":"c1","n":5,"ok":true})");
  EXPECT_EQ(at(again, "metadata", "default")->text_at("default.n"), "other");
}

TEST_F(ToSpanTest, a_query_of_others_stays_one_with_the_name_and_type_of_its_database) {
  for (const std::string type : {"PostgreSQL", "Microsoft SQL Server", "Unknown"}) {
    const core::Json again = written_again(foreign_call(R"("sql":{"database_type":")" + type +
                                                        R"(","sanitized_query":"SELECT 1"})"))[0];
    EXPECT_EQ(again.text_at("name"), "shop");
    ASSERT_NE(again.find("sql"), nullptr) << type;
    EXPECT_EQ(again.find("sql")->text_at("database_type"), type);
    EXPECT_EQ(again.find("sql")->text_at("sanitized_query"), "SELECT 1");
  }
}

TEST_F(ToSpanTest, a_type_of_database_that_open_telemetry_knows_needs_no_second_word) {
  const auto system = [](const std::string& type) {
    const std::string sql = R"("sql":{"database_type":")" + type + "\"}";
    return std::string(read({foreign_call(sql)}).spans.at(0).text("db.system"));
  };
  EXPECT_EQ(system("PostgreSQL"), "");
  EXPECT_EQ(system("Unknown"), "other_sql");
}

TEST_F(ToSpanTest, whom_others_call_keeps_its_name) {
  const auto called = [](const std::string& url) {
    return read({foreign_call(R"("http":{"request":{"url":")" + url + "\"}}")});
  };
  EXPECT_EQ(document(called("https://10.0.0.1/x").spans.at(0)).text_at("name"), "shop");
  EXPECT_FALSE(called("https://shop/x").spans.at(0).find("peer.service"));
  // AWS's services have one spelling, whatever an SDK calls them.
  const trace::Trace aws = read({foreign(R"("type":"subsegment","namespace":"aws")")});
  EXPECT_FALSE(aws.spans.at(0).find("peer.service"));
}

TEST_F(ToSpanTest, where_others_run_stays) {
  for (const std::string origin : {"AWS::ECS::Fargate", "AWS::ECS::EC2", "AWS::ECS::Container",
                                   "AWS::EC2::Instance", "AWS::ApiGateway::Stage"}) {
    EXPECT_EQ(written_again(foreign(R"("origin":")" + origin + '"'))[0].text_at("origin"), origin);
  }
}

TEST_F(ToSpanTest, an_exception_named_by_its_id_is_the_one_with_that_id) {
  const auto again =
      written_again(foreign(R"("fault":true,"cause":"2222222222222222","subsegments":[
      {"name":"inner","id":"53995c3f42cd8ad8","start_time":1,"end_time":2,"fault":true,
       "cause":{"exceptions":[{"id":"2222222222222222","type":"E","message":"boom","truncated":3,
         "stack":[{"path":"a.js","line":3,"label":"f"}]}]}}])"));
  for (const core::Json& one : again) {
    const core::Json& exception = at(one, "cause", "exceptions")->array()->at(0);
    EXPECT_EQ(exception.text_at("type"), "E");
    EXPECT_EQ(exception.text_at("message"), "boom");
    EXPECT_EQ(exception.find("truncated")->to_text(), "3");
    EXPECT_EQ(exception.find("stack")->to_text(), R"([{"path":"a.js","line":3,"label":"f"}])");
  }
  const trace::Trace elsewhere = read({foreign(R"("fault":true,"cause":"2222222222222222")")});
  EXPECT_EQ(elsewhere.spans.at(0).text("aws.xray.cause"), "2222222222222222");
}

TEST_F(ToSpanTest, what_is_no_document_is_noted_and_the_rest_is_read) {
  const trace::Trace trace =
      read({"nonsense", "[]", R"({"id":"zz","start_time":1,"trace_id":"1-00000001-1"})",
            R"({"id":"0000000000000001","trace_id":"1-00000001-000000000000000000000001"})",
            R"({"id":"0000000000000001","start_time":1,"trace_id":"bad"})",
            document_text(put_object(resource_))});
  EXPECT_THAT(trace.spans, SizeIs(1));
  EXPECT_THAT(trace.notes,
              ElementsAre(HasSubstr("JSON"), HasSubstr("no JSON object"), HasSubstr("valid id"),
                          HasSubstr("valid start_time"), HasSubstr("valid trace_id")));
}

TEST_F(ToSpanTest, a_bad_subsegment_is_named_and_takes_nothing_with_it) {
  const trace::Trace trace = read({foreign(R"("subsegments":[
    {"id":"zz","name":"lost","start_time":1,"subsegments":[
      {"id":"0000000000000002","name":"kept","start_time":1,"end_time":2}]},
    {"id":"0000000000000003","name":"after","start_time":1,"end_time":2}])")});
  ASSERT_THAT(trace.spans, SizeIs(3));
  EXPECT_EQ(trace.spans[1].name(), "kept");
  EXPECT_EQ(trace.spans[1].parent_id, trace.spans[0].span_id);
  EXPECT_EQ(trace.spans[1].resource, trace.spans[0].resource);
  EXPECT_EQ(trace.spans[2].name(), "after");
  EXPECT_THAT(trace.notes, ElementsAre("a subsegment (lost) has no valid id"));
}

TEST_F(ToSpanTest, what_is_in_a_bad_segment_is_kept_if_its_trace_is_known_and_counted_if_not) {
  const std::string inside = R"("name":"lost","start_time":1,"subsegments":[
    {"id":"0000000000000002","name":"a","start_time":1,"subsegments":[
      {"id":"0000000000000003","name":"b","start_time":1}]}]})";
  const trace::Trace kept =
      read({R"({"id":"zz","trace_id":"1-581cf771-a006649127e371903a2de979",)" + inside});
  EXPECT_THAT(kept.spans, SizeIs(2));
  EXPECT_THAT(kept.notes, ElementsAre("a document (lost) has no valid id"));
  const trace::Trace lost = read({R"({"id":"0000000000000001","trace_id":"bad",)" + inside});
  EXPECT_THAT(lost.spans, SizeIs(0));
  EXPECT_THAT(lost.notes,
              ElementsAre("a document (lost) has no valid trace_id; 2 subsegments in it "
                          "are of no known trace"));
}

TEST_F(ToSpanTest, a_document_of_64_kb_is_read_however_deep_its_subsegments_are) {
  std::string begin = foreign(R"("name":"s")");
  begin.pop_back();
  std::string end = "}";
  int deep = 0;
  while (begin.size() + end.size() + 70 < kMaxDocumentBytes) {
    begin += fmt::format(R"(,"subsegments":[{{"name":"a","id":"{:016x}","start_time":1)", ++deep);
    end += "]}";
  }
  const trace::Trace trace = read({begin + end});
  EXPECT_THAT(trace.notes, SizeIs(0));
  ASSERT_THAT(trace.spans, SizeIs(deep + 1));
  EXPECT_EQ(trace.spans.back().parent_id.value, static_cast<std::uint64_t>(deep - 1));
  std::vector<trace::SegmentFacts> facts;
  add_facts(*parse_document(begin + end), facts);
  EXPECT_THAT(facts, SizeIs(deep + 1));
}

}  // namespace
}  // namespace spawn::xray
