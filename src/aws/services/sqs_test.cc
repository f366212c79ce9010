// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/services/sqs.h"

#include <gtest/gtest.h>

#include "aws/protocol/json.h"
#include "aws/services/sqs_processing.h"
#include "aws/stack.h"
#include "aws/test_support.h"
#include "testing/fake_aws.h"
#include "trace/traceparent.h"

namespace spawn::aws::sqs {
namespace {

constexpr const char* kOthers = "00-65530e1a000000010000000000000002-0000000000000003-01";

// The whole traced stack before FakeAws, with one queue.
class SqsTest : public ::testing::Test {
 protected:
  SqsTest() { url_ = *create_queue(*plain(), endpoint_, "jobs", {}, deadline_); }

  std::unique_ptr<Caller> plain() {
    return make_plain_stack({aws_, credentials_, tracing_.clock, tracing_.rng, RetryPolicy{}});
  }
  std::vector<Message> receive(Caller& caller, std::int64_t most = 10) {
    return receive_message(caller, endpoint_, {url_, most, 0, {}}, deadline_).value();
  }
  static std::vector<std::string> keys(const Carrier& carrier) {
    std::vector<std::string> out;
    for (const auto& [key, value] : carrier) out.push_back(key);
    return out;
  }
  static Carrier attributes(int count) {
    Carrier out;
    for (int i = 0; i < count; ++i) out["own" + std::to_string(i)] = "x";
    return out;
  }

  TestTracing tracing_;
  testing::FakeAws aws_{tracing_.clock};
  FixedCredentials credentials_;
  Endpoint endpoint_{*core::Url::parse("http://127.0.0.1:5000"), "us-east-1"};
  core::Deadline deadline_ = core::Deadline::never();
  std::unique_ptr<Caller> traced_ = make_traced_stack(
      {aws_, credentials_, tracing_.clock, tracing_.rng, RetryPolicy{}}, tracing_.tracer);
  std::string url_;
};

TEST_F(SqsTest, sends_receives_and_deletes) {
  const auto caller = plain();
  const auto id =
      send_message(*caller, endpoint_, url_, {"work", {{"a", "é"}}, 0, "", ""}, deadline_);
  ASSERT_TRUE(id) << id.error().message;
  const auto messages = receive(*caller);
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].id, *id);
  EXPECT_EQ(messages[0].body, "work");
  EXPECT_EQ(messages[0].attributes, (Carrier{{"a", "é"}}));
  EXPECT_EQ(messages[0].receive_count, 1);
  EXPECT_FALSE(messages[0].context);
  ASSERT_TRUE(change_message_visibility(*caller, endpoint_, url_, messages[0].receipt_handle, 0,
                                        deadline_));
  const auto again = receive(*caller);
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].receive_count, 2);
  ASSERT_TRUE(delete_message(*caller, endpoint_, url_, again[0].receipt_handle, deadline_));
  EXPECT_EQ(get_queue_attributes(*caller, endpoint_, url_, deadline_)
                ->at("ApproximateNumberOfMessagesNotVisible"),
            "0");
  EXPECT_EQ(*get_queue_url(*caller, endpoint_, "jobs", deadline_), url_);
  EXPECT_EQ(get_queue_url(*caller, endpoint_, "none", deadline_).error().code,
            core::Code::not_found);
}

TEST_F(SqsTest, sends_the_context_of_the_send_span_in_both_places) {
  ASSERT_TRUE(send_message(*traced_, endpoint_, url_, {"work", {}, 0, "", ""}, deadline_));
  const auto sent = tracing_.log.only("SQS.SendMessage");
  EXPECT_EQ(sent.kind, trace::SpanKind::producer);
  EXPECT_EQ(sent.text("messaging.system"), "aws_sqs");
  EXPECT_EQ(sent.text("messaging.operation.name"), "send");
  EXPECT_EQ(sent.text("messaging.operation.type"), "send");
  EXPECT_EQ(sent.text("messaging.destination.name"), "jobs");
  EXPECT_EQ(sent.text("messaging.message.id"), "message-1");
  EXPECT_EQ(sent.text("aws.sqs.queue.url"), url_);
  const auto messages = receive(*plain());
  ASSERT_EQ(messages.size(), 1U);
  ASSERT_TRUE(messages[0].context);
  EXPECT_EQ(messages[0].context->span.trace_id, sent.trace_id);
  EXPECT_EQ(messages[0].context->span.span_id, sent.span_id);
  EXPECT_EQ(messages[0].attributes.at("traceparent"),
            trace::format_traceparent(messages[0].context->span));
  // The other place alone serves as well.
  ASSERT_TRUE(
      send_message(*traced_, endpoint_, url_, {"work", attributes(10), 0, "", ""}, deadline_));
  const auto full = receive(*plain());
  ASSERT_EQ(full.size(), 1U);
  EXPECT_EQ(full[0].attributes.size(), 10U);
  ASSERT_TRUE(full[0].context);
  EXPECT_EQ(full[0].context->span.span_id, tracing_.log.spans().back().span_id);
}

TEST_F(SqsTest, keeps_to_ten_attributes_entry_by_entry) {
  Carrier with_own = attributes(2);
  with_own["traceparent"] = kOthers;
  const std::vector<NewMessage> batch = {{"a", attributes(8), 0, "", ""},
                                         {"b", attributes(9), 0, "", ""},
                                         {"c", attributes(10), 0, "", ""},
                                         {"d", with_own, 0, "", ""}};
  const auto result = send_message_batch(*traced_, endpoint_, url_, batch, deadline_);
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_TRUE(result->refused.empty());
  EXPECT_EQ(result->ids.at(3), "message-4");
  const auto span = tracing_.log.only("SQS.SendMessageBatch");
  EXPECT_EQ(span.text("messaging.batch.message_count"), "4");
  const auto messages = receive(*plain());
  ASSERT_EQ(messages.size(), 4U);
  EXPECT_EQ(messages[0].attributes.size(), 10U);
  EXPECT_TRUE(messages[0].attributes.contains("tracestate"));
  EXPECT_EQ(messages[1].attributes.size(), 10U);
  EXPECT_TRUE(messages[1].attributes.contains("traceparent"));
  EXPECT_EQ(messages[2].attributes.size(), 10U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(messages[i].context->span.span_id, span.span_id);
  EXPECT_EQ(messages[3].attributes, with_own);
  EXPECT_EQ(trace::format_traceparent(messages[3].context->span), kOthers);
}

TEST_F(SqsTest, tells_which_entries_of_a_batch_were_refused) {
  const std::vector<NewMessage> batch = {{"a", {}, 0, "", ""}, {"b", attributes(11), 0, "", ""}};
  const auto result = send_message_batch(*plain(), endpoint_, url_, batch, deadline_);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->ids.at(0), "message-1");
  EXPECT_EQ(result->ids.at(1), "");
  ASSERT_EQ(result->refused.size(), 1U);
  EXPECT_EQ(result->refused[0].index, 1U);
  EXPECT_EQ(result->refused[0].code, "InvalidParameterValue");
  EXPECT_EQ(send_message_batch(*plain(), endpoint_, url_, {}, deadline_).error().code,
            core::Code::invalid_argument);
  const std::vector<NewMessage> eleven(11);
  EXPECT_EQ(send_message_batch(*plain(), endpoint_, url_, eleven, deadline_).error().code,
            core::Code::invalid_argument);
}

TEST_F(SqsTest, links_a_receive_to_what_was_received) {
  ASSERT_TRUE(send_message(*traced_, endpoint_, url_, {"one", {}, 0, "", ""}, deadline_));
  ASSERT_TRUE(send_message(*plain(), endpoint_, url_, {"two", {}, 0, "", ""}, deadline_));
  ASSERT_EQ(receive(*traced_).size(), 2U);
  const auto sent = tracing_.log.only("SQS.SendMessage");
  const auto received = tracing_.log.only("SQS.ReceiveMessage");
  EXPECT_EQ(received.kind, trace::SpanKind::client);
  EXPECT_EQ(received.text("messaging.operation.type"), "receive");
  EXPECT_EQ(received.text("messaging.batch.message_count"), "2");
  ASSERT_EQ(received.links.size(), 1U);
  EXPECT_EQ(received.links[0].span_id, sent.span_id);
  EXPECT_NE(received.trace_id, sent.trace_id);
}

TEST_F(SqsTest, makes_no_span_of_a_poll_that_brought_nothing_unless_it_has_a_parent) {
  EXPECT_TRUE(receive(*traced_).empty());
  EXPECT_TRUE(tracing_.log.spans().empty());
  {
    telemetry::Span parent = tracing_.tracer.start("parent");
    const telemetry::Scope scope(parent.context());
    EXPECT_TRUE(receive(*traced_).empty());
  }
  EXPECT_EQ(tracing_.log.only("SQS.ReceiveMessage").text("messaging.batch.message_count"), "0");
}

TEST_F(SqsTest, makes_a_span_of_a_poll_that_failed) {
  for (int i = 0; i < 3; ++i) aws_.inject("sqs", {testing::Fault::Kind::refused});
  const auto began = tracing_.clock.now().wall_ns;
  EXPECT_FALSE(receive_message(*traced_, endpoint_, {url_, 1, 0, {}}, deadline_));
  const auto span = tracing_.log.only("SQS.ReceiveMessage");
  EXPECT_EQ(span.status, trace::StatusCode::error);
  EXPECT_EQ(span.start_ns, began);
  EXPECT_EQ(span.end_ns, tracing_.clock.now().wall_ns);
}

TEST_F(SqsTest, goes_on_with_the_messages_trace_where_there_is_no_other) {
  ASSERT_TRUE(send_message(*traced_, endpoint_, url_, {"work", {}, 0, "", ""}, deadline_));
  const auto messages = receive(*plain());
  const auto sent = tracing_.log.only("SQS.SendMessage");
  { const Processing processing(tracing_.tracer, url_, messages.at(0)); }
  const auto alone = tracing_.log.only("process jobs");
  EXPECT_EQ(alone.kind, trace::SpanKind::consumer);
  EXPECT_EQ(alone.trace_id, sent.trace_id);
  EXPECT_EQ(alone.parent_id, sent.span_id);
  EXPECT_TRUE(alone.parent_remote);
  EXPECT_EQ(alone.text("messaging.operation.type"), "process");
  EXPECT_EQ(alone.text("messaging.message.id"), messages[0].id);
  EXPECT_TRUE(alone.links.empty());
}

TEST_F(SqsTest, links_to_the_message_below_another_parent) {
  Message message;
  message.id = "m-1";
  message.context = trace::TraceContext{*trace::parse_traceparent(kOthers), {}};
  {
    telemetry::Span parent = tracing_.tracer.start("parent");
    const telemetry::Scope scope(parent.context());
    Processing processing(tracing_.tracer, url_, message);
    EXPECT_EQ(telemetry::current().span.span_id, processing.span().context().span.span_id);
  }
  const auto span = tracing_.log.only("process jobs");
  EXPECT_EQ(span.parent_id, tracing_.log.only("parent").span_id);
  ASSERT_EQ(span.links.size(), 1U);
  EXPECT_EQ(trace::format_traceparent(span.links[0]), kOthers);
}

TEST_F(SqsTest, passes_a_decision_not_to_sample_on) {
  telemetry::ActiveContext unsampled;
  unsampled.span = *trace::parse_traceparent(kOthers);
  unsampled.span.flags = 0;
  unsampled.decided = true;
  const telemetry::Scope scope(unsampled);
  ASSERT_TRUE(send_message(*traced_, endpoint_, url_, {"work", {}, 0, "", ""}, deadline_));
  const auto messages = receive(*plain());
  ASSERT_TRUE(messages.at(0).context);
  EXPECT_FALSE(messages[0].context->span.sampled());
  EXPECT_EQ(messages[0].context->span.trace_id, unsampled.span.trace_id);
}

TEST(SqsService, does_not_repeat_a_send_that_may_have_arrived) {
  const Endpoint endpoint{*core::Url::parse("http://127.0.0.1:5000"), "us-east-1"};
  ScriptedCaller caller;
  (void)send_message(caller, endpoint, "u", {"a", {}, 0, "", ""}, core::Deadline::never());
  EXPECT_FALSE(caller.calls.back().idempotent);
  (void)send_message(caller, endpoint, "u", {"a", {}, 0, "g", "d"}, core::Deadline::never());
  EXPECT_TRUE(caller.calls.back().idempotent);
  const std::vector<NewMessage> mixed = {{"a", {}, 0, "g", "d"}, {"b", {}, 0, "", ""}};
  (void)send_message_batch(caller, endpoint, "u", mixed, core::Deadline::never());
  EXPECT_FALSE(caller.calls.back().idempotent);
}

TEST(SqsService, makes_nothing_of_garbage) {
  const Endpoint endpoint{*core::Url::parse("http://127.0.0.1:5000"), "us-east-1"};
  const auto never = core::Deadline::never();
  for (const char* garbage : {"", "<html>", "[]", "{}", R"({"MessageId":1,"QueueUrl":[]})"}) {
    ScriptedCaller caller;
    for (int i = 0; i < 4; ++i) caller.answers.emplace_back(good_reply(garbage));
    EXPECT_EQ(send_message(caller, endpoint, "u", {}, never).error().code, core::Code::protocol);
    EXPECT_EQ(get_queue_url(caller, endpoint, "u", never).error().code, core::Code::protocol);
    EXPECT_EQ(create_queue(caller, endpoint, "u", {}, never).error().code, core::Code::protocol);
    const auto received = receive_message(caller, endpoint, {"u", 1, 0, {}}, never);
    EXPECT_TRUE(!received || received->empty());
  }
}

}  // namespace
}  // namespace spawn::aws::sqs
