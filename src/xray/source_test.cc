// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "xray/source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "aws/test_support.h"
#include "xray/test_records.h"

namespace spawn::xray {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

class XRaySourceTest : public ::testing::Test {
 protected:
  // A page of BatchGetTraces with these documents of our trace.
  void answer(std::initializer_list<trace::SpanRecord*> spans, const std::string& next_token) {
    core::CharBuffer buffer;
    core::JsonWriter out(buffer);
    out.lit<R"({"Traces":[{"Id":)">();
    out.string(span_.trace_id.xray());
    out.lit<R"(,"Segments":[)">();
    bool first = true;
    for (const trace::SpanRecord* span : spans) {
      if (!std::exchange(first, false)) out.lit<",">();
      out.lit<R"({"Document":)">();
      out.string(document_text(*span));
      out.lit<"}">();
    }
    out.lit<"]}]">();
    if (!next_token.empty()) {
      out.lit<R"(,"NextToken":)">();
      out.string(next_token);
    }
    out.lit<"}">();
    aws::Reply reply;
    reply.status = 200;
    reply.body = buffer.view();
    caller_.answers.emplace_back(std::move(reply));
  }
  core::Result<trace::Trace> get() {
    return XRaySource(caller_, {*core::Url::parse("http://xray.test"), "eu-west-1"})
        .get(span_.trace_id);
  }

  trace::Resource resource_ = spawn_resource();
  trace::SpanRecord span_ = put_object(resource_);
  aws::ScriptedCaller caller_;
};

TEST_F(XRaySourceTest, follows_the_pages_to_the_last) {
  trace::SpanRecord other = put_object(resource_);
  other.span_id = {77};
  answer({&span_}, "more");
  answer({&other}, "");
  const auto trace = get();
  ASSERT_TRUE(trace) << trace.error().message;
  EXPECT_THAT(trace->spans, SizeIs(2));
  ASSERT_THAT(caller_.calls, SizeIs(2));
  EXPECT_THAT(caller_.calls[1].body, HasSubstr(R"("NextToken":"more")"));
}

TEST_F(XRaySourceTest, summaries_are_all_pages_of_every_six_hours_and_no_trace) {
  const auto answer_ids = [&](std::string body) {
    aws::Reply reply;
    reply.status = 200;
    reply.body = std::move(body);
    caller_.answers.emplace_back(std::move(reply));
  };
  answer_ids(R"({"TraceSummaries":[{"Id":"a"},{"Id":"b"}],"NextToken":"more"})");
  answer_ids(R"({"TraceSummaries":[{"Id":"c"}]})");
  answer_ids(R"({"TraceSummaries":[{"Id":"d"}]})");
  constexpr std::int64_t kHour = 3600LL * 1'000'000'000;
  std::string ids;
  const auto read = XRaySource(caller_, {*core::Url::parse("http://xray.test"), "eu-west-1"})
                        .find_summaries({0, 7 * kHour, "fault"}, [&](const core::Json& summary) {
                          ids += summary.text_at("Id");
                          return true;
                        });
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(ids, "abcd");
  ASSERT_THAT(caller_.calls, SizeIs(3));
  for (const aws::Call& call : caller_.calls) EXPECT_EQ(call.operation, "GetTraceSummaries");
  EXPECT_THAT(caller_.calls[1].body, HasSubstr(R"("NextToken":"more")"));
  EXPECT_THAT(caller_.calls[2].body, HasSubstr(R"("StartTime":0.0,"EndTime":3600.0,)"));
}

TEST_F(XRaySourceTest, those_that_are_named_come_five_a_call) {
  for (int i = 0; i < 2; ++i) answer({&span_}, "");
  std::vector<trace::TraceId> ids(6, {1, 1});
  ids[3] = ids[5] = span_.trace_id;
  std::size_t found = 0;
  const auto read = XRaySource(caller_, {*core::Url::parse("http://xray.test"), "eu-west-1"})
                        .get_all(ids, [&](const trace::Trace& trace) {
                          EXPECT_EQ(trace.id, span_.trace_id);
                          return ++found > 0;
                        });
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(found, 2U);
  EXPECT_THAT(caller_.calls, SizeIs(2));
}

TEST_F(XRaySourceTest, does_not_go_round_with_a_token_that_never_changes) {
  answer({&span_}, "same");
  answer({}, "same");
  ASSERT_TRUE(get());
  EXPECT_THAT(caller_.calls, SizeIs(2));
}

TEST_F(XRaySourceTest, the_version_that_ended_counts) {
  trace::SpanRecord open = put_object(resource_);
  open.in_progress = true;
  for (const auto& order : {std::pair{&open, &span_}, std::pair{&span_, &open}}) {
    answer({order.first, order.second}, "");
    const auto trace = get();
    ASSERT_TRUE(trace);
    ASSERT_THAT(trace->spans, SizeIs(1));
    EXPECT_FALSE(trace->spans[0].in_progress);
    EXPECT_EQ(trace->spans[0].end_ns, span_.end_ns);
  }
}

}  // namespace
}  // namespace spawn::xray
