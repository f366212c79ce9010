// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "server/intake.h"

#include "server/test_service.h"

namespace spawn::server {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kId = "00000000000000aa";

class IntakeTest : public StoreTest {
 protected:
  // The code of a document's refusal, "" when it was taken.
  std::string code_of(const std::string& document) {
    const std::string_view documents[] = {document};
    const auto refused = take_documents(*store_, documents);
    if (!refused) return refused.error().message;
    return refused->empty() ? "" : refused->front().why.code;
  }
  trace::Trace trace() {
    auto found = store_->get(*trace::TraceId::from_xray(kTraceId));
    return found ? std::move(*found) : trace::Trace();
  }
};

TEST_F(IntakeTest, keeps_documents_as_spans_and_letter_by_letter) {
  const std::string document = segment(kId, R"(,"subsegments":[{"id":"00000000000000bb",
    "name":"S3","start_time":1767323045.1,"end_time":1767323045.2,"namespace":"aws"}])");
  EXPECT_EQ(code_of(document), "");
  EXPECT_THAT(trace().spans, SizeIs(2));
  const auto documents = store_->documents(*trace::TraceId::from_xray(kTraceId));
  ASSERT_THAT(*documents, SizeIs(1));
  EXPECT_EQ(documents->front().text, document);
}

// What it gives out again must be JSON.
TEST_F(IntakeTest, keeps_a_document_with_broken_utf_8_repaired) {
  EXPECT_EQ(code_of(segment(kId, ",\"user\":\"\xFF\"")), "");
  const auto documents = store_->documents(*trace::TraceId::from_xray(kTraceId));
  ASSERT_THAT(*documents, SizeIs(1));
  EXPECT_EQ(documents->front().text, segment(kId, ",\"user\":\"\uFFFD\""));
}

TEST_F(IntakeTest, refuses_as_x_ray_does) {
  EXPECT_EQ(code_of("{"), "InvalidSegment");
  EXPECT_EQ(code_of("[]"), "InvalidSegment");
  EXPECT_EQ(code_of(""), "InvalidSegment");
  EXPECT_EQ(code_of(segment(kId, R"(,"metadata":{"a":{"b":")" + std::string(65536, 'x') + "\"}}")),
            "InvalidSegment");
  EXPECT_EQ(code_of(R"({"name":"a"})"), "MissingId");
  EXPECT_EQ(code_of(segment("xyz")), "InvalidId");
  EXPECT_EQ(code_of(segment("0000000000000000")), "InvalidId");
  EXPECT_EQ(code_of(segment(kId, "", "")), "MissingName");
  EXPECT_EQ(code_of(segment(kId, "", "a,b")), "InvalidName");
  EXPECT_EQ(code_of(segment(kId, "", std::string(201, 'a'))), "InvalidName");
  EXPECT_EQ(code_of(segment(kId, R"(,"trace_id":"1-2-3")")), "InvalidTraceId");
  EXPECT_EQ(code_of(segment(kId, R"(,"type":"subsegment")")), "MissingParentId");
  EXPECT_EQ(code_of(segment(kId, R"(,"parent_id":"1")")), "InvalidParentId");
  EXPECT_EQ(code_of(segment(kId, R"(,"in_progress":true)")), "InvalidSegment");
  EXPECT_EQ(code_of(segment(kId, R"(,"start_time":"now")")), "InvalidSegment");
  EXPECT_EQ(code_of(segment(kId, R"(,"start_time":1e300)")), "InvalidSegment");
  EXPECT_EQ(code_of(segment(kId, R"(,"subsegments":[{"id":"1"}])")), "InvalidId");
  EXPECT_THAT(trace().spans, IsEmpty());
}

TEST_F(IntakeTest, takes_the_good_ones_of_a_call_and_names_the_others) {
  const auto request = core::Json::parse(
      core::Json(core::Json::Object{
                     {"TraceSegmentDocuments",
                      core::Json(core::Json::Array{core::Json(segment(kId)),
                                                   core::Json(segment("bad")), text("{")})}})
          .to_text());
  const auto reply = put_trace_segments(*store_, *request);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(
      reply.body,
      R"({"UnprocessedTraceSegments":[{"Id":"bad","ErrorCode":"InvalidId",)"
      R"("Message":"Invalid segment. ErrorCode: InvalidId"},{"Id":null,)"
      R"("ErrorCode":"InvalidSegment","Message":"Invalid segment. ErrorCode: ParseError"}]})");
  EXPECT_THAT(trace().spans, SizeIs(1));
}

TEST_F(IntakeTest, takes_no_more_than_fifty_documents_a_call) {
  core::Json::Array documents(51, core::Json(segment(kId)));
  const core::Json request(
      core::Json::Object{{"TraceSegmentDocuments", core::Json(std::move(documents))}});
  const auto reply = put_trace_segments(*store_, request);
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(http::header(reply.headers, "x-amzn-ErrorType"), "InvalidRequestException");
  EXPECT_THAT(reply.body, HasSubstr("maximum segment count of 50"));
}

TEST_F(IntakeTest, refuses_what_makes_a_trace_larger_than_500_kb) {
  const std::string large = R"(,"metadata":{"a":{"b":")" + std::string(60'000, 'x') + "\"}}";
  for (int i = 0; i < 8; ++i) {
    EXPECT_EQ(code_of(segment(fmt::format("{:016x}", i + 1), large)), "") << i;
  }
  EXPECT_EQ(code_of(segment(kId, large)), "InvalidSegment");
  EXPECT_EQ(code_of(segment(kId)), "");
}

// Times that run backwards, parents that are nowhere or go round, the same twice.
TEST_F(IntakeTest, makes_the_best_of_documents_that_make_no_sense) {
  EXPECT_EQ(code_of(segment("0000000000000001", R"(,"end_time":1.0)")), "");
  EXPECT_EQ(code_of(segment("0000000000000002", R"(,"parent_id":"0000000000000003")")), "");
  EXPECT_EQ(code_of(segment("0000000000000003", R"(,"parent_id":"0000000000000002")")), "");
  EXPECT_EQ(code_of(segment("0000000000000003", R"(,"parent_id":"0000000000000002")")), "");
  EXPECT_EQ(code_of(segment("0000000000000004",
                            R"(,"type":"subsegment","parent_id":"00000000000000ff")")),
            "");
  const auto found = trace();
  ASSERT_THAT(found.spans, SizeIs(4));
  for (const auto& span : found.spans) {
    EXPECT_LE(span.start_ns, span.end_ns);
    EXPECT_NE(span.resource, nullptr);
  }
}

TEST_F(IntakeTest, reads_datagrams_as_the_daemon_does) {
  const std::string header = R"({"format": "JSON", "version": 1})";
  const std::string good = header + "\n" + segment(kId);
  const std::string no_header = segment(kId);
  const std::string other = "{\"format\":\"json\",\"version\":2}\n" + segment(kId);
  const std::string refused = header + "\n" + segment("bad\x1b[31m");
  const std::string_view datagrams[] = {good, no_header, other, refused, ""};
  EXPECT_THAT(take_datagrams(*store_, datagrams),
              ElementsAre(HasSubstr("expected"), HasSubstr("expected"), HasSubstr("expected"),
                          HasSubstr("ParseError")));
  EXPECT_THAT(trace().spans, SizeIs(1));
}

TEST_F(IntakeTest, takes_otlp_and_says_what_it_left_out) {
  Request request{"POST", "/v1/traces", {}, {{"Content-Type", "application/json"}}, ""};
  request.body = R"({"resourceSpans":[{"scopeSpans":[{"spans":[
    {"traceId":"69570000000000000000000000000001","spanId":"00000000000000aa","name":"a",
     "startTimeUnixNano":"1767323045000000000","endTimeUnixNano":"1767323046000000000"},
    {"traceId":"1","spanId":"2","name":"bad"}]}]}]})";
  const auto reply = export_traces(*store_, request);
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.body, HasSubstr(R"("rejectedSpans":"1")"));
  EXPECT_THAT(trace().spans, SizeIs(1));
}

TEST_F(IntakeTest, says_in_otlps_words_what_is_wrong_with_a_request) {
  Request request{"POST", "/v1/traces", {}, {{"Content-Type", "application/x-protobuf"}}, "\xff"};
  EXPECT_EQ(export_traces(*store_, request).status, 400);
  request.headers = {{"Content-Type", "text/plain"}};
  EXPECT_EQ(export_traces(*store_, request).status, 415);
}

}  // namespace
}  // namespace spawn::server
