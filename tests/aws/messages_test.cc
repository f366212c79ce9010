// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Messages and items that go between us and boto3 or the AWS CLI, each with a trace context in it.
// Started by tests/e2e/messages.sh: the others have written before, and look at what is written
// here afterwards.
#include <gtest/gtest.h>

#include "aws/services/dynamodb_context.h"
#include "aws/services/sqs_processing.h"
#include "aws_test.h"
#include "trace/traceparent.h"

namespace spawn::aws {
namespace {

// The same ones as in messages.py.
constexpr const char* kW3c = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
constexpr const char* kXRay = "00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01";

class MessagesTest : public AwsTest {
 protected:
  // Everything that is there, by body.
  std::map<std::string, sqs::Message> receive_all(const std::string& url) {
    std::map<std::string, sqs::Message> by_body;
    for (;;) {
      const auto some = sqs::receive_message(*caller_, sqs_, {url, 10, 0, {}}, soon());
      SPAWN_CHECK(some.has_value());
      if (some->empty()) return by_body;
      for (const sqs::Message& message : *some) by_body.emplace(message.body, message);
    }
  }
  std::string queue(const char* name) {
    return sqs::get_queue_url(*caller_, sqs_, name, soon()).value();
  }
  static std::string spelled(const std::optional<trace::TraceContext>& context) {
    return context ? trace::format_traceparent(context->span) : "none";
  }

  Endpoint sqs_ = endpoint(sqs::kService);
  Endpoint dynamodb_ = endpoint(dynamodb::kService);
};

TEST_F(MessagesTest, of_others_are_linked_to_by_whichever_context_they_carry) {
  const std::string url = queue("to-us");
  new_spans();
  const auto messages = receive_all(url);
  ASSERT_EQ(messages.size(), 4U);
  EXPECT_EQ(spelled(messages.at("w3c").context), kW3c);
  EXPECT_EQ(messages.at("w3c").context->extras.tracestate, "a=b");
  EXPECT_EQ(spelled(messages.at("x-ray").context), kXRay);
  EXPECT_EQ(spelled(messages.at("both").context), kW3c);
  EXPECT_EQ(spelled(messages.at("neither").context), "none");

  std::vector<std::string> links;
  for (const OwnedSpan& span : named(new_spans(), "SQS.ReceiveMessage")) {
    for (const auto& link : span.links) links.push_back(trace::format_traceparent(link));
  }
  std::ranges::sort(links);
  EXPECT_EQ(links, (std::vector<std::string>{kW3c, kW3c, kXRay}));

  { const sqs::Processing processing(tracer_, url, messages.at("x-ray")); }
  const OwnedSpan process = log_.only("process to-us");
  EXPECT_EQ(process.kind, trace::SpanKind::consumer);
  EXPECT_EQ(trace::format_traceparent({process.trace_id, process.parent_id, 1, false}), kXRay);
}

// What the others shall find is told to them by name and span: "body traceparent", a line each.
TEST_F(MessagesTest, of_ours_are_sent_with_the_context_of_their_span) {
  const std::string url = queue("from-us");
  const auto tell = [](const std::string& body, const OwnedSpan& span) {
    std::printf("sent %s %s\n", body.c_str(),
                trace::format_traceparent({span.trace_id, span.span_id, 3, false}).c_str());
  };
  ASSERT_TRUE(
      sqs::send_message(*caller_, sqs_, url, {"single", {{"own", "\xC3\xA9"}}, 0, "", ""}, soon()));
  tell("single", log_.only("SQS.SendMessage"));
  Carrier nine;
  for (int i = 0; i < 9; ++i) nine["own" + std::to_string(i)] = "x";
  Carrier ten = nine;
  ten["own9"] = "x";
  const std::vector<sqs::NewMessage> batch = {
      {"free", {}, 0, "", ""}, {"nine", nine, 0, "", ""}, {"ten", ten, 0, "", ""}};
  const auto sent = sqs::send_message_batch(*caller_, sqs_, url, batch, soon());
  ASSERT_TRUE(sent) << sent.error().message;
  EXPECT_TRUE(sent->refused.empty());
  for (const auto& message : batch) tell(message.body, log_.only("SQS.SendMessageBatch"));
}

TEST_F(MessagesTest, in_items_are_read_and_written) {
  using dynamodb::Value;
  const auto item =
      dynamodb::get_item(*caller_, dynamodb_,
                         {"items", {{"id", Value::text("boto3 \xC3\xA9")}}, true, "", {}}, soon());
  ASSERT_TRUE(item && *item);
  EXPECT_EQ(dynamodb::number_at(**item, "n"), 42);
  EXPECT_EQ((*item)->at("on").as_flag(), true);
  EXPECT_EQ(text_at((*item)->at("m").as_map(), "k"), "v");
  EXPECT_EQ(spelled(dynamodb::context_of(**item)), kW3c);

  telemetry::Span span = tracer_.start("work");
  dynamodb::Item mine = {
      {"id", Value::text("ours \xC3\xA9")}, {"n", Value::number(7)}, {"odd", (*item)->at("odd")}};
  dynamodb::set_context(span.context().span, nullptr, mine);
  dynamodb::PutItem put{"items", mine, "attribute_not_exists(id)", {}};
  EXPECT_EQ(dynamodb::put_item(*caller_, dynamodb_, put, soon()), dynamodb::Write::done);
  EXPECT_EQ(dynamodb::put_item(*caller_, dynamodb_, put, soon()),
            dynamodb::Write::condition_failed);
  std::printf("item %s\n", trace::format_traceparent(span.context().span).c_str());
}

}  // namespace
}  // namespace spawn::aws
