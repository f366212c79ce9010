// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "xray/sink.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "aws/stack.h"
#include "aws/test_support.h"
#include "testing/fake_aws.h"
#include "testing/fakes.h"
#include "trace/jsonl.h"
#include "xray/source.h"
#include "xray/test_records.h"

namespace spawn::xray {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::Lt;
using ::testing::Not;
using ::testing::SizeIs;

class XRaySinkTest : public ::testing::Test {
 protected:
  std::vector<trace::SpanRecord> spans(std::size_t count) {
    std::vector<trace::SpanRecord> batch;
    for (std::size_t i = 0; i < count; ++i) {
      batch.push_back(put_object(resource_));
      batch.back().span_id = {100 + i};
    }
    return batch;
  }
  trace::WriteReport write(const std::vector<trace::SpanRecord>& batch) {
    return sink_.write(batch, core::Deadline::after(clock_, std::chrono::seconds(30)));
  }
  std::size_t puts() const { return aws_.seen().size(); }

  testing::FakeClock clock_;
  testing::FakeRng rng_;
  testing::FakeAws aws_{clock_};
  aws::FixedCredentials credentials_;
  std::unique_ptr<aws::Caller> stack_ =
      aws::make_plain_stack({aws_, credentials_, clock_, rng_, aws::RetryPolicy{}});
  aws::Endpoint endpoint_{*core::Url::parse("http://xray.test"), "eu-west-1"};
  trace::Resource resource_ = spawn_resource();
  XRaySink sink_{*stack_, endpoint_, clock_, rng_};
};

TEST_F(XRaySinkTest, delivers_a_batch_in_one_call) {
  const trace::WriteReport report = write(spans(3));
  EXPECT_EQ(report.delivered, 3U);
  EXPECT_EQ(report.lost, 0U);
  EXPECT_THAT(aws_.documents(), SizeIs(3));
}

TEST_F(XRaySinkTest, makes_searchable_and_names_log_groups_as_it_is_told) {
  DocumentSettings settings;
  settings.annotation_keys = {"job.owner"};
  settings.log_groups = {"/aws/spored"};
  XRaySink sink(*stack_, endpoint_, clock_, rng_, settings);
  auto batch = spans(1);
  batch[0].parent_id = {};
  batch[0].set("job.owner", "me");
  (void)sink.write(batch, core::Deadline::after(clock_, std::chrono::seconds(30)));
  std::string documents;
  for (const std::string& document : aws_.documents()) documents += document;
  EXPECT_THAT(documents, HasSubstr(R"("job_owner":"me")"));
  EXPECT_THAT(documents, HasSubstr(R"("log_group":"/aws/spored")"));
}

TEST_F(XRaySinkTest, sends_at_most_50_documents_a_call) {
  EXPECT_EQ(write(spans(120)).delivered, 120U);
  EXPECT_EQ(puts(), 3U);
}

TEST_F(XRaySinkTest, names_the_span_that_x_ray_refused_and_why) {
  auto batch = spans(2);
  batch[1].trace_id = {};
  const trace::WriteReport report = write(batch);
  EXPECT_EQ(report.delivered, 1U);
  EXPECT_EQ(report.lost, 1U);
  EXPECT_THAT(report.reason, HasSubstr("S3.PutObject"));
}

TEST_F(XRaySinkTest, tries_again_when_it_is_throttled) {
  aws_.inject("xray", {testing::Fault::Kind::status, 1, 429, {}});
  EXPECT_EQ(write(spans(1)).delivered, 1U);
  EXPECT_EQ(puts(), 2U);
}

// A fault before each of the next calls, until all is over.
struct WaitingCase {
  testing::Fault fault;
  const char* said;
};

TEST_F(XRaySinkTest, what_may_go_better_later_is_left_for_later_with_the_reason) {
  using Kind = testing::Fault::Kind;
  const WaitingCase cases[] = {
      {{Kind::status, 9, 403, {}}, "AccessDenied"}, {{Kind::status, 9, 503, {}}, "failed"},
      {{Kind::status, 9, 429, {}}, "Throttled"},    {{Kind::garbage, 9, 200, {}}, "no JSON"},
      {{Kind::refused, 9, 0, {}}, "refused"},       {{Kind::hang, 9, 0, {}}, "no reply"},
      {{Kind::expired, 9, 0, {}}, "expired"},
  };
  for (const WaitingCase& one : cases) {
    testing::FakeAws aws{clock_};
    const auto stack = aws::make_plain_stack({aws, credentials_, clock_, rng_, aws::RetryPolicy{}});
    XRaySink sink(*stack, endpoint_, clock_, rng_);
    aws.inject("xray", one.fault);
    const auto batch = spans(60);
    const trace::WriteReport report =
        sink.write(batch, core::Deadline::after(clock_, std::chrono::seconds(30)));
    EXPECT_EQ(report.later, 60U) << one.said;
    EXPECT_EQ(report.lost + report.delivered, 0U) << one.said;
    EXPECT_THAT(report.reason, HasSubstr(one.said));
  }
}

TEST_F(XRaySinkTest, what_comes_after_a_failure_waits_and_what_came_before_is_delivered) {
  aws_.inject("xray", {testing::Fault::Kind::delay, 1, 0, {}});
  aws_.inject("xray", {testing::Fault::Kind::status, 9, 403, {}});
  const trace::WriteReport report = write(spans(70));
  EXPECT_EQ(report.delivered, 50U);
  EXPECT_EQ(report.later, 20U);
}

TEST_F(XRaySinkTest, a_call_that_is_refused_as_a_whole_is_halved_until_the_bad_span_stands_alone) {
  // All of it, its first half, the first quarter of four: then X-Ray is content.
  aws_.inject("xray", {testing::Fault::Kind::status, 3, 400, {}});
  const trace::WriteReport report = write(spans(4));
  EXPECT_EQ(report.delivered, 3U);
  EXPECT_EQ(report.lost, 1U);
  EXPECT_EQ(report.later, 0U);
  EXPECT_THAT(report.reason, HasSubstr("'S3.PutObject'"));
}

// Fails every call alike.
class FailingCaller final : public aws::Caller {
 public:
  FailingCaller(int status, const std::string& aws_code, core::Code code) {
    failure_.status = status;
    failure_.aws_code = aws_code;
    failure_.error = {code, "no"};
  }
  aws::Outcome call(const aws::Call&) override { return tl::make_unexpected(failure_); }

 private:
  aws::Failure failure_;
};

TEST_F(XRaySinkTest, a_refusal_that_is_not_x_rays_leaves_the_spans_to_be_sent_again) {
  using core::Code;
  const std::tuple<int, const char*, Code> replies[] = {{404, "", Code::not_found},
                                                        {404, "NotFoundException", Code::not_found},
                                                        {400, "", Code::invalid_argument}};
  for (const auto& [status, aws_code, code] : replies) {
    FailingCaller caller(status, aws_code, code);
    XRaySink sink(caller, endpoint_, clock_, rng_);
    const trace::WriteReport report = sink.write(spans(4), core::Deadline::never());
    EXPECT_EQ(report.later, 4U);
    EXPECT_EQ(report.lost, 0U);
  }
}

TEST_F(XRaySinkTest, what_x_ray_refuses_alone_is_lost) {
  const std::pair<int, const char*> replies[] = {{400, "InvalidRequestException"}, {413, ""}};
  for (const auto& [status, aws_code] : replies) {
    FailingCaller caller(status, aws_code, core::Code::invalid_argument);
    XRaySink sink(caller, endpoint_, clock_, rng_);
    const trace::WriteReport report = sink.write(spans(4), core::Deadline::never());
    EXPECT_EQ(report.lost, 4U);
    EXPECT_EQ(report.later, 0U);
  }
}

TEST_F(XRaySinkTest, counts_losses_by_x_rays_code_and_says_what_cures_them) {
  auto batch = spans(3);
  batch[0].trace_id = {};
  batch[2].trace_id = {};
  const trace::WriteReport report = write(batch);
  ASSERT_THAT(report.losses, SizeIs(1));
  EXPECT_EQ(report.losses[0].why, "InvalidTraceId");
  EXPECT_EQ(report.losses[0].count, 2U);
  EXPECT_THAT(report.reason, HasSubstr("must make ids that X-Ray takes"));
}

// A refusal that does not say of what.
constexpr const char* kNullId =
    R"({"UnprocessedTraceSegments":[{"Id":null,"ErrorCode":"InvalidSegment","Message":""}]})";

// Answers a call with what a script says of its documents.
class RefusingCaller final : public aws::Caller {
 public:
  aws::Outcome call(const aws::Call& call) override {
    bodies.emplace_back(call.body.view());
    aws::Reply reply;
    reply.body = replies.empty() ? R"({"UnprocessedTraceSegments":[]})" : replies.front();
    if (!replies.empty()) replies.pop_front();
    return reply;
  }
  std::deque<std::string> replies;
  std::vector<std::string> bodies;
};

TEST_F(XRaySinkTest, halves_a_suspect_call_once_when_a_refusal_has_no_id) {
  RefusingCaller caller;
  caller.replies = {kNullId, R"({"UnprocessedTraceSegments":[]})", kNullId};
  XRaySink sink(caller, endpoint_, clock_, rng_);
  const auto batch = spans(8);
  const trace::WriteReport report = sink.write(batch, core::Deadline::never());
  EXPECT_EQ(report.delivered, 7U);
  EXPECT_EQ(report.lost, 1U);
  EXPECT_THAT(caller.bodies, SizeIs(3));
  EXPECT_THAT(report.reason, HasSubstr("one of 4 spans"));
}

std::string name_refused(const trace::SpanRecord& span) {
  return R"({"UnprocessedTraceSegments":[{"Id":")" + span.span_id.hex() +
         R"(","ErrorCode":"InvalidName","Message":""}]})";
}

TEST_F(XRaySinkTest, spells_a_refused_name_in_ascii_and_sends_it_again) {
  auto batch = spans(1);
  batch[0].parent_id = {};
  trace::Resource resource;
  resource.set(trace::key::kServiceName, std::string("caf\xC3\xA9"));
  batch[0].resource = &resource;
  RefusingCaller caller;
  caller.replies = {name_refused(batch[0])};
  XRaySink sink(caller, endpoint_, clock_, rng_);
  EXPECT_EQ(sink.write(batch, core::Deadline::never()).delivered, 1U);
  ASSERT_THAT(caller.bodies, SizeIs(2));
  EXPECT_THAT(caller.bodies[1], HasSubstr("caf_"));
}

TEST_F(XRaySinkTest, spells_the_refused_name_of_a_callee_in_ascii_and_sends_it_again) {
  std::vector<trace::SpanRecord> batch(1);
  batch[0].trace_id = {1, 2};
  batch[0].span_id = {3};
  batch[0].parent_id = {4};
  batch[0].kind = trace::SpanKind::client;
  batch[0].set("peer.service", "Z\xC3\xBCrich");
  RefusingCaller caller;
  caller.replies = {name_refused(batch[0])};
  XRaySink sink(caller, endpoint_, clock_, rng_);
  EXPECT_EQ(sink.write(batch, core::Deadline::never()).delivered, 1U);
  ASSERT_THAT(caller.bodies, SizeIs(2));
  EXPECT_THAT(caller.bodies[0], HasSubstr("\"name\\\":\\\"Z\xC3\xBCrich"));
  EXPECT_THAT(caller.bodies[1], HasSubstr("\"name\\\":\\\"Z_rich"));
}

TEST_F(XRaySinkTest, a_broken_reply_that_refuses_more_than_was_sent_loses_no_more_than_that) {
  RefusingCaller caller;
  caller.replies = {R"({"UnprocessedTraceSegments":[{"Id":"1"},{"Id":"2"},{"Id":"3"}]})"};
  XRaySink sink(caller, endpoint_, clock_, rng_);
  const auto batch = spans(2);
  const trace::WriteReport report = sink.write(batch, core::Deadline::never());
  EXPECT_EQ(report.lost, 2U);
  EXPECT_EQ(report.delivered + report.later, 0U);
}

std::vector<trace::SpanRecord> large_spans(std::size_t count, const trace::Resource& resource) {
  std::vector<trace::SpanRecord> batch;
  for (std::size_t i = 0; i < count; ++i) {
    batch.push_back(put_object(resource));
    batch.back().span_id = {1000 + i};
    batch.back().set("text", std::string(10'000, 'x'));
  }
  return batch;
}

std::map<std::string, std::size_t> documents_by_trace(const testing::FakeAws& aws) {
  std::map<std::string, std::size_t> count;
  for (const std::string& document : aws.documents()) {
    ++count[std::string(core::Json::parse(document)->text_at("trace_id"))];
  }
  return count;
}

// A command and its calls, the command last, as they end.
std::vector<trace::SpanRecord> command_with_calls(std::size_t calls,
                                                  const trace::Resource& resource) {
  std::vector<trace::SpanRecord> batch;
  for (std::size_t i = 0; i <= calls; ++i) {
    batch.push_back(put_object(resource));
    batch.back().span_id = {2000 + i};
    batch.back().parent_id = {2000 + calls};
  }
  batch.back().parent_id = {};
  batch.back().kind = trace::SpanKind::internal;
  return batch;
}

std::string refusal_of(trace::SpanId id) {
  return R"({"UnprocessedTraceSegments":[{"Id":")" + id.hex() +
         R"(","ErrorCode":"InvalidSegment","Message":""}]})";
}

std::size_t documents_in(const std::string& body) {
  return core::Json::parse(body)->find("TraceSegmentDocuments")->array()->size();
}

// All that is known of each span.
std::set<std::string> lines_of(const trace::Trace& trace) {
  std::set<std::string> lines;
  for (const trace::SpanRecord& span : trace.spans) {
    core::CharBuffer line;
    trace::write_json_line(span, line);
    lines.emplace(line.view());
  }
  return lines;
}

TEST_F(XRaySinkTest, a_span_in_its_parents_document_is_read_back_as_if_it_had_its_own) {
  auto batch = command_with_calls(30, resource_);
  for (trace::SpanRecord& span : batch) span.set("text", std::string(3000, 'x'));
  batch[7].set("answer", 42);
  batch[7].add_event("checkpoint", batch[7].start_ns + 1000);
  batch[7].set_status(trace::StatusCode::error, "it broke");
  EXPECT_EQ(write(batch).delivered, 31U);
  EXPECT_THAT(aws_.documents(), SizeIs(AllOf(Gt(1U), Lt(20U))));  // one does not take all
  const auto together = XRaySource(*stack_, endpoint_).get(batch[0].trace_id);
  ASSERT_TRUE(together) << together.error().message;
  ASSERT_THAT(together->spans, SizeIs(31));

  testing::FakeAws aws{clock_};
  const auto stack = aws::make_plain_stack({aws, credentials_, clock_, rng_, aws::RetryPolicy{}});
  XRaySink sink(*stack, endpoint_, clock_, rng_);
  for (const trace::SpanRecord& span : batch) {
    ASSERT_EQ(sink.write({&span, 1}, core::Deadline::never()).delivered, 1U);
  }
  EXPECT_THAT(aws.documents(), SizeIs(31));
  const auto alone = XRaySource(*stack, endpoint_).get(batch[0].trace_id);
  ASSERT_TRUE(alone) << alone.error().message;
  EXPECT_EQ(lines_of(*together), lines_of(*alone));
}

TEST_F(XRaySinkTest, a_call_takes_several_hundred_spans_of_whole_traces) {
  std::vector<trace::SpanRecord> batch;
  for (std::uint64_t trace = 1; trace <= 40; ++trace) {
    for (auto& span : command_with_calls(9, resource_)) {
      span.trace_id.low = trace;
      batch.push_back(std::move(span));
    }
  }
  EXPECT_EQ(write(batch).delivered, 400U);
  EXPECT_EQ(puts(), 1U);
  EXPECT_THAT(aws_.documents(), SizeIs(40));
}

TEST_F(XRaySinkTest,
       a_refused_document_of_several_spans_is_taken_apart_and_loses_the_bad_one_alone) {
  const auto batch = command_with_calls(3, resource_);
  RefusingCaller caller;
  caller.replies = {refusal_of(batch[3].span_id), refusal_of(batch[1].span_id)};
  XRaySink sink(caller, endpoint_, clock_, rng_);
  const trace::WriteReport report = sink.write(batch, core::Deadline::never());
  EXPECT_EQ(report.delivered, 3U);
  EXPECT_EQ(report.lost, 1U);
  ASSERT_THAT(report.losses, SizeIs(1));
  EXPECT_EQ(report.losses[0].why, "InvalidSegment");
  EXPECT_THAT(report.reason, HasSubstr(batch[1].span_id.hex()));
  ASSERT_THAT(caller.bodies, SizeIs(2));
  EXPECT_EQ(documents_in(caller.bodies[0]), 1U);
  EXPECT_EQ(documents_in(caller.bodies[1]), 4U);
}

TEST_F(XRaySinkTest, a_refusal_without_an_id_among_documents_of_several_spans_takes_all_apart) {
  const auto batch = command_with_calls(3, resource_);
  RefusingCaller caller;
  // The tree, its four spans, then half of them each.
  caller.replies = {kNullId, kNullId, R"({"UnprocessedTraceSegments":[]})", kNullId};
  XRaySink sink(caller, endpoint_, clock_, rng_);
  const trace::WriteReport report = sink.write(batch, core::Deadline::never());
  EXPECT_EQ(report.delivered, 3U);
  EXPECT_EQ(report.lost, 1U);
  std::vector<std::size_t> documents;
  for (const std::string& body : caller.bodies) documents.push_back(documents_in(body));
  EXPECT_THAT(documents, ElementsAre(1, 4, 2, 2));
}

TEST_F(XRaySinkTest, a_document_that_cannot_be_taken_apart_now_comes_again_whole) {
  auto batch = spans(1);
  for (auto& span : command_with_calls(3, resource_)) batch.push_back(std::move(span));
  RefusingCaller caller;
  caller.replies = {refusal_of(batch[4].span_id), "garbage"};
  XRaySink sink(caller, endpoint_, clock_, rng_);
  const trace::WriteReport report = sink.write(batch, core::Deadline::never());
  EXPECT_EQ(report.later, 5U);
  EXPECT_EQ(report.delivered + report.lost, 0U);
  EXPECT_THAT(report.reason, HasSubstr("no JSON"));
  EXPECT_EQ(sink.write(batch, core::Deadline::never()).delivered, 5U);
}

TEST_F(XRaySinkTest, a_trace_of_more_documents_than_a_call_takes_goes_span_by_span) {
  auto batch = command_with_calls(300, resource_);
  for (trace::SpanRecord& span : batch) span.set("text", std::string(800, 'x'));
  EXPECT_EQ(write(batch).delivered, 301U);
  EXPECT_EQ(puts(), 7U);
  EXPECT_EQ(aws_.documents().size(), 301U);
}

TEST_F(XRaySinkTest, a_local_root_below_another_span_has_its_own_document) {
  auto batch = command_with_calls(3, resource_);
  batch[1].set("aws.span.kind", "LOCAL_ROOT");
  EXPECT_EQ(write(batch).delivered, 4U);
  ASSERT_THAT(aws_.documents(), SizeIs(2));
  std::vector<std::size_t> inside;
  for (const std::string& document : aws_.documents()) {
    const auto json = core::Json::parse(document);
    const core::Json* subsegments = json->find("subsegments");
    inside.push_back(subsegments == nullptr ? 0 : subsegments->array()->size());
  }
  EXPECT_THAT(inside, ElementsAre(2, 1));  // the call is inside of its segment
}

TEST_F(XRaySinkTest, a_span_that_was_sent_while_it_was_open_replaces_its_own_document) {
  auto open = command_with_calls(3, resource_);
  open.erase(open.begin() + 1, open.end());
  open[0].in_progress = true;
  EXPECT_EQ(write(open).delivered, 1U);
  EXPECT_EQ(write(command_with_calls(3, resource_)).delivered, 4U);
  ASSERT_THAT(aws_.documents(), SizeIs(3));
  EXPECT_EQ(core::Json::parse(aws_.documents()[1])->text_at("id"), open[0].span_id.hex());
}

TEST_F(XRaySinkTest, a_tree_that_is_too_much_for_its_trace_is_continued_at_once) {
  const auto batch = command_with_calls(30, resource_);
  RefusingCaller caller;
  caller.replies = {R"({"UnprocessedTraceSegments":[{"Id":")" + batch.back().span_id.hex() +
                    R"(","ErrorCode":"InvalidSegment","Message":"Trace size exceeded"}]})"};
  XRaySink sink(caller, endpoint_, clock_, rng_);
  EXPECT_EQ(sink.write(batch, core::Deadline::never()).delivered, 31U);
  EXPECT_THAT(caller.bodies, SizeIs(2));
  EXPECT_THAT(caller.bodies[1], HasSubstr("spawn.continues"));
}

TEST_F(XRaySinkTest, what_is_refused_takes_nothing_from_its_traces_budget) {
  auto batch = command_with_calls(12, resource_);
  for (trace::SpanRecord& span : batch) span.set("text", std::string(3500, 'x'));
  RefusingCaller caller;
  caller.replies = {refusal_of(batch.back().span_id)};  // once whole, then taken apart: 50 kB
  XRaySink sink(caller, endpoint_, clock_, rng_);
  EXPECT_EQ(sink.write(batch, core::Deadline::never()).delivered, 13U);
  clock_.advance(std::chrono::seconds(20));
  EXPECT_EQ(sink.write(spans(1), core::Deadline::never()).delivered, 1U);
  EXPECT_THAT(caller.bodies.back(), Not(HasSubstr("spawn.continues")));
}

TEST_F(XRaySinkTest, a_cure_that_could_not_be_sent_now_is_tried_again_later) {
  auto batch = spans(2);
  batch[0].parent_id = {};
  RefusingCaller caller;
  caller.replies = {name_refused(batch[1]), "garbage"};
  XRaySink sink(caller, endpoint_, clock_, rng_);
  const trace::WriteReport report = sink.write(batch, core::Deadline::never());
  EXPECT_EQ(report.later, 2U);
  EXPECT_EQ(report.delivered + report.lost, 0U);
}

TEST_F(XRaySinkTest, a_refusal_that_is_said_twice_loses_one_span) {
  const auto batch = spans(3);
  const std::string one =
      R"({"Id":")" + batch[1].span_id.hex() + R"(","ErrorCode":"InvalidSegment","Message":""})";
  RefusingCaller caller;
  caller.replies = {R"({"UnprocessedTraceSegments":[)" + one + "," + one + "]}"};
  XRaySink sink(caller, endpoint_, clock_, rng_);
  const trace::WriteReport report = sink.write(batch, core::Deadline::never());
  EXPECT_EQ(report.delivered, 2U);
  EXPECT_EQ(report.lost, 1U);
}

TEST_F(XRaySinkTest, a_tree_over_its_traces_budget_goes_span_by_span) {
  (void)write(large_spans(47, resource_));  // nearly half a megabyte
  const auto batch = command_with_calls(60, resource_);
  EXPECT_EQ(write(batch).delivered, 61U);
  EXPECT_EQ(documents_by_trace(aws_).size(), 2U);
  EXPECT_EQ(puts(), 3U);  // nothing was refused for its size
}

TEST_F(XRaySinkTest, continues_a_trace_over_its_budget_in_a_linked_one_and_loses_nothing) {
  const auto batch = large_spans(100, resource_);
  const trace::WriteReport report = write(batch);
  EXPECT_EQ(report.delivered, 100U) << report.reason;
  const auto traces = documents_by_trace(aws_);
  EXPECT_GE(traces.size(), 3U);  // a million bytes, half a million each
  const std::string first = batch[0].trace_id.xray();
  std::size_t linked = 0;
  for (const std::string& document : aws_.documents()) {
    const auto json = core::Json::parse(document);
    if (json->text_at("trace_id") == first) continue;
    linked += document.find(first) != std::string::npos ? 1U : 0U;
  }
  EXPECT_GT(linked, traces.size());
  EXPECT_EQ(aws_.documents().size(), 100 + traces.size() - 1);  // each begins with a segment
}

TEST_F(XRaySinkTest, a_trace_that_trickles_in_has_a_smaller_budget) {
  for (auto& record : large_spans(12, resource_)) {
    std::vector<trace::SpanRecord> one;
    one.push_back(std::move(record));
    EXPECT_EQ(write(one).delivered, 1U);
    clock_.advance(std::chrono::seconds(20));
  }
  EXPECT_GE(documents_by_trace(aws_).size(), 2U);
}

TEST_F(XRaySinkTest, the_local_root_stays_in_its_own_trace) {
  (void)write(large_spans(60, resource_));
  std::vector<trace::SpanRecord> root = spans(1);
  root[0].parent_id = {};
  root[0].span_id = {5};
  EXPECT_EQ(write(root).delivered, 1U);
  EXPECT_THAT(aws_.documents().back(), HasSubstr(root[0].trace_id.xray()));
}

TEST_F(XRaySinkTest, heeds_a_trace_that_x_ray_says_is_full) {
  const auto batch = spans(1);
  RefusingCaller caller;
  caller.replies = {R"({"UnprocessedTraceSegments":[{"Id":")" + batch[0].span_id.hex() +
                    R"(","ErrorCode":"InvalidSegment","Message":"Trace size exceeded"}]})"};
  XRaySink sink(caller, endpoint_, clock_, rng_);
  EXPECT_EQ(sink.write(batch, core::Deadline::never()).delivered, 1U);
  ASSERT_THAT(caller.bodies, SizeIs(2));
  EXPECT_THAT(caller.bodies[1], HasSubstr("spawn.continues"));
}

TEST_F(XRaySinkTest, tells_x_ray_its_counts_each_minute) {
  const auto soon = core::Deadline::never();
  EXPECT_EQ(sink_.housekeeping(soon), core::Nanos::max());  // nothing to tell
  auto batch = spans(3);
  batch[1].trace_id = {};
  (void)write(batch);
  aws_.inject("xray", {testing::Fault::Kind::status, 3, 503, {}});
  (void)write(spans(2));
  sink_.dropped(7);
  EXPECT_GT(sink_.housekeeping(soon), core::Nanos(0));
  EXPECT_TRUE(aws_.telemetry().empty());
  clock_.advance(std::chrono::seconds(60));
  EXPECT_EQ(sink_.housekeeping(soon), core::Nanos::max());
  ASSERT_THAT(aws_.telemetry(), SizeIs(1));
  const auto told = core::Json::parse(aws_.telemetry()[0]);
  ASSERT_TRUE(told);
  const core::Json& record = told->find("TelemetryRecords")->array()->at(0);
  const auto count = [&](const char* name) { return *record.find(name)->integer(); };
  EXPECT_EQ(count("SegmentsReceivedCount"), 3);
  EXPECT_EQ(count("SegmentsSentCount"), 2);
  EXPECT_EQ(count("SegmentsRejectedCount"), 1);
  EXPECT_EQ(count("SegmentsSpilloverCount"), 7);
  EXPECT_EQ(*at(record, "BackendConnectionErrors", "HTTPCode5XXCount")->integer(), 1);
  // What was told is not told again.
  clock_.advance(std::chrono::seconds(60));
  EXPECT_EQ(sink_.housekeeping(soon), core::Nanos::max());
  EXPECT_THAT(aws_.telemetry(), SizeIs(1));
}

// The name cannot be resolved, once.
class LostName final : public aws::Caller {
 public:
  explicit LostName(aws::Caller& inner) : inner_(inner) {}
  aws::Outcome call(const aws::Call& call) override {
    if (std::exchange(found_, true)) return inner_.call(call);
    aws::Failure failure;
    failure.error = {core::Code::unavailable, "XRay PutTraceSegments: the host name was not found"};
    return tl::unexpected(std::move(failure));
  }

 private:
  aws::Caller& inner_;
  bool found_ = false;
};

TEST_F(XRaySinkTest, tells_x_ray_that_its_name_was_not_found) {
  LostName caller(*stack_);
  XRaySink sink(caller, endpoint_, clock_, rng_);
  const auto deadline = core::Deadline::after(clock_, std::chrono::minutes(5));
  EXPECT_EQ(sink.write(spans(1), deadline).later, 1U);
  clock_.advance(std::chrono::seconds(60));
  (void)sink.housekeeping(deadline);
  ASSERT_THAT(aws_.telemetry(), SizeIs(1));
  const auto told = core::Json::parse(aws_.telemetry()[0]);
  const core::Json& record = told->find("TelemetryRecords")->array()->at(0);
  EXPECT_EQ(*at(record, "BackendConnectionErrors", "UnknownHostCount")->integer(), 1);
  EXPECT_EQ(*at(record, "BackendConnectionErrors", "ConnectionRefusedCount")->integer(), 0);
}

TEST_F(XRaySinkTest, what_was_written_is_read_back_whole) {
  auto batch = spans(1);
  batch[0].set("answer", 42);
  batch[0].add_event("checkpoint", batch[0].start_ns + 1000);
  batch[0].set_status(trace::StatusCode::error, "it broke");
  ASSERT_EQ(write(batch).delivered, 1U);
  XRaySource source(*stack_, endpoint_);
  const auto trace = source.get(batch[0].trace_id);
  ASSERT_TRUE(trace) << trace.error().message;
  ASSERT_THAT(trace->spans, SizeIs(1));
  const trace::SpanRecord& back = trace->spans[0];
  EXPECT_EQ(back.name(), "S3.PutObject");
  EXPECT_EQ(back.kind, trace::SpanKind::client);
  EXPECT_EQ(back.span_id, batch[0].span_id);
  EXPECT_EQ(back.parent_id, batch[0].parent_id);
  EXPECT_EQ(back.start_ns, batch[0].start_ns);
  EXPECT_EQ(back.end_ns, batch[0].end_ns);
  EXPECT_EQ(back.status_message(), "it broke");
  EXPECT_EQ(back.text("aws.request_id"), "REQ1");
  ASSERT_TRUE(back.find("answer"));
  EXPECT_EQ(back.find("answer")->integer(), 42);
  EXPECT_EQ(back.event_count(), 1U);
}

TEST_F(XRaySinkTest, an_unknown_trace_is_not_found) {
  XRaySource source(*stack_, endpoint_);
  const auto trace = source.get({7, 7});
  ASSERT_FALSE(trace);
  EXPECT_EQ(trace.error().code, core::Code::not_found);
}

}  // namespace
}  // namespace spawn::xray
