// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "agent/run_queue.h"

#include <signal.h>

#include "agent/test_agent.h"
#include "aws/services/lambda.h"
#include "trace/traceparent.h"

namespace spawn::agent {
namespace {

using std::chrono::seconds;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

namespace sqs = aws::sqs;

class RunQueueTest : public ::testing::Test {
 protected:
  RunQueueTest() {
    auto session =
        aws::Session::make({"eu-west-1", "", false, "1"},
                           {machine_.env, aws_, tracing_.clock, tracing_.rng}, &tracing_.tracer);
    SPAWN_CHECK(session.has_value());
    session_ = std::move(*session);
  }

  std::string make_queue(const std::string& name, const sqs::QueueAttributes& attributes = {}) {
    auto url = sqs::create_queue(session_->caller(), *session_->endpoint(sqs::kService), name,
                                 attributes, core::Deadline::never());
    SPAWN_CHECK(url.has_value());
    return *url;
  }
  // The context that it was sent in.
  trace::SpanContext submit(const std::string& url, const std::string& body) {
    telemetry::Span span = tracing_.tracer.start("submit");
    const telemetry::Scope scope(span.context());
    sqs::NewMessage message;
    message.body = body;
    SPAWN_CHECK(sqs::send_message(session_->caller(), *session_->endpoint(sqs::kService), url,
                                  message, core::Deadline::never()));
    return span.context().span;
  }
  QueueParts parts() {
    return {machine_.env,
            tracing_.clock,
            tracing_.tracer,
            session_.get(),
            machine_.parts().start_job,
            [this](std::int64_t until_ns) {
              const std::int64_t left = until_ns - tracing_.clock.steady_ns();
              const core::Nanos step = std::min<core::Nanos>(core::Nanos(left), running_for_);
              tracing_.clock.advance(step);
              running_for_ -= step;
              if (running_for_.count() == 0) {
                machine_.jobs.back()->ended = outcome_;
                running_for_ = job_length_;
              }
            },
            [this] { return interrupted_; },
            machine_.parts().note};
  }
  QueueResult run(QueueSource& source, const QueueRequest& request = {}) {
    running_for_ = job_length_;
    const auto settings = config::resolve({"/no/such/file", false, {}, false, {}}, machine_.env);
    const auto result =
        run_queue(request, source, *settings, places_for(machine_.env, "i-1"), parts());
    EXPECT_TRUE(result) << result.error().message;
    return result.value_or(QueueResult{});
  }
  std::int64_t waiting_in(const std::string& url) {
    auto attributes = sqs::get_queue_attributes(
        session_->caller(), *session_->endpoint(sqs::kService), url, core::Deadline::never());
    SPAWN_CHECK(attributes.has_value());
    return std::stoll((*attributes)["ApproximateNumberOfMessages"]) +
           std::stoll((*attributes)["ApproximateNumberOfMessagesNotVisible"]);
  }
  std::size_t calls_of(const std::string& operation) {
    std::size_t count = 0;
    for (const auto& seen : aws_.seen()) count += seen.operation == operation ? 1 : 0;
    return count;
  }

  aws::TestTracing tracing_;
  testing::FakeAws aws_{tracing_.clock};
  FakeMachine machine_{tracing_.clock, aws_, tracing_.log};
  std::unique_ptr<aws::Session> session_;
  core::Nanos job_length_ = seconds(10);
  core::Nanos running_for_{0};
  ExitStatus outcome_;
  bool interrupted_ = false;
};

TEST_F(RunQueueTest, each_job_of_a_file_is_run_in_its_order_and_is_a_consumer_span) {
  ListSource source("jobs.txt", "first\n\n# not this\n{\"id\":\"b\",\"command\":\"second\"}\n");
  const QueueResult result = run(source);
  EXPECT_EQ(result.succeeded, 2);
  ASSERT_EQ(machine_.jobs.size(), 2U);
  EXPECT_THAT(machine_.jobs[0]->request.arguments, ElementsAre("/bin/sh", "-c", "first"));
  EXPECT_EQ(machine_.environment_of_job("JOB_ID"), "b");
  const auto context = trace::parse_traceparent(machine_.environment_of_job("TRACEPARENT"));
  ASSERT_TRUE(context);
  for (const auto& span : tracing_.log.spans()) {
    EXPECT_EQ(span.name, "process jobs.txt");
    EXPECT_EQ(span.kind, trace::SpanKind::consumer);
  }
  EXPECT_EQ(tracing_.log.spans().back().span_id, context->span_id);
}

TEST_F(RunQueueTest, a_message_is_linked_to_its_sender_and_deleted_when_it_succeeded) {
  const std::string url = make_queue("jobs");
  (void)submit(url, "wc -w");
  auto source = SqsSource::open(*session_, tracing_.clock, "jobs");
  ASSERT_TRUE(source) << source.error().message;
  telemetry::Span worker = tracing_.tracer.start("worker");
  {
    const telemetry::Scope scope(worker.context());
    EXPECT_EQ(run(**source).succeeded, 1);
  }
  const auto span = tracing_.log.only("process jobs");
  EXPECT_EQ(span.parent_id, worker.context().span.span_id);
  ASSERT_EQ(span.links.size(), 1U);
  EXPECT_EQ(span.links[0].span_id, tracing_.log.only("SQS.SendMessage").span_id);
  EXPECT_EQ(waiting_in(url), 0);
}

TEST_F(RunQueueTest, a_message_stays_hidden_while_its_job_runs) {
  const std::string url = make_queue("jobs");
  (void)submit(url, "long");
  auto source = SqsSource::open(*session_, tracing_.clock, url);
  ASSERT_TRUE(source);
  job_length_ = seconds(100);
  EXPECT_EQ(run(**source).succeeded, 1);
  EXPECT_EQ(calls_of("ChangeMessageVisibility"), 3U);
  EXPECT_EQ(machine_.jobs.size(), 1U);
}

TEST_F(RunQueueTest, what_fails_goes_to_the_dead_letters_in_the_end) {
  const std::string dead = make_queue("dead");
  const std::string url = make_queue(
      "jobs",
      {{"RedrivePolicy",
        R"({"deadLetterTargetArn":"arn:aws:sqs:eu-west-1:123456789012:dead","maxReceiveCount":2})"}});
  (void)submit(url, "false");
  auto source = SqsSource::open(*session_, tracing_.clock, url);
  ASSERT_TRUE(source);
  outcome_ = {1, 0};
  EXPECT_EQ(run(**source).failed, 2);
  EXPECT_EQ(machine_.environment_of_job("JOB_ATTEMPT"), "2");
  EXPECT_EQ(waiting_in(url), 0);
  EXPECT_EQ(waiting_in(dead), 1);
}

TEST_F(RunQueueTest, without_dead_letters_it_is_left_and_not_run_again) {
  const std::string url = make_queue("jobs");
  (void)submit(url, "{\"comand\":\"poison\"}");
  (void)submit(url, "good");
  auto source = SqsSource::open(*session_, tracing_.clock, url);
  ASSERT_TRUE(source);
  const QueueResult result = run(**source);
  EXPECT_EQ(result.failed, 1);
  EXPECT_EQ(result.succeeded, 1);
  EXPECT_EQ(waiting_in(url), 1);
  EXPECT_THAT(machine_.notes, ElementsAre(HasSubstr("is no job: comand")));
}

TEST_F(RunQueueTest, a_job_over_its_time_is_ended) {
  ListSource source("jobs", R"({"command":"sleep","timeout":"1m"})");
  job_length_ = seconds(65);
  outcome_ = {0, SIGTERM};
  EXPECT_EQ(run(source).failed, 1);
  EXPECT_THAT(machine_.jobs[0]->signals, ElementsAre(SIGTERM));
}

TEST_F(RunQueueTest, an_interrupted_job_is_given_back_and_nothing_more_is_taken) {
  const std::string url = make_queue("jobs");
  (void)submit(url, "one");
  (void)submit(url, "two");
  auto source = SqsSource::open(*session_, tracing_.clock, url);
  ASSERT_TRUE(source);
  outcome_ = {0, SIGTERM};
  auto with_signal = parts();
  const auto start = with_signal.start_job;
  with_signal.start_job = [&](JobRequest request) {
    interrupted_ = true;
    return start(std::move(request));
  };
  running_for_ = job_length_;
  const auto settings = config::resolve({"/no/such/file", false, {}, false, {}}, machine_.env);
  const auto result =
      run_queue({}, **source, *settings, places_for(machine_.env, "i-1"), with_signal);
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->interrupted);
  EXPECT_EQ(machine_.jobs.size(), 1U);
  EXPECT_EQ(waiting_in(url), 2);
}

TEST_F(RunQueueTest, results_go_where_they_can_be_collected) {
  ListSource source("jobs.txt", R"({"id":"a","command":"wc","result_files":[")" +
                                    machine_.folder.write("out.txt", "7 words") + R"("]})");
  machine_.folder.write("log/jobs/a-stdout.log", "done\n");
  machine_.folder.write("log/jobs/a-stderr.log", "");
  QueueRequest request;
  request.results = "s3://results/run";
  EXPECT_EQ(run(source, request).succeeded, 1);
  std::vector<std::string> paths;
  for (const auto& seen : aws_.seen()) paths.push_back(seen.path);
  EXPECT_THAT(paths, Contains(HasSubstr("run/a/out.txt")));
  EXPECT_THAT(paths, Contains(HasSubstr("run/a/a-stdout.log")));
}

TEST_F(RunQueueTest, a_function_is_told_when_the_queue_is_worked_off) {
  std::string told;
  aws_.set_function("done", [&](const testing::FunctionCall& call) {
    told = call.payload;
    return testing::FunctionResult{};
  });
  ListSource source("jobs.txt", "true\n");
  QueueRequest request;
  request.lambda = "done";
  EXPECT_EQ(run(source, request).succeeded, 1);
  EXPECT_EQ(told, R"({"queue":"jobs.txt","job_array_id":"","succeeded":1,"failed":0})");
  EXPECT_THAT(machine_.notes, IsEmpty());
}

TEST(S3Place, is_a_bucket_and_a_prefix) {
  EXPECT_EQ(*parse_s3_place("s3://b"), (std::pair<std::string, std::string>("b", "")));
  EXPECT_EQ(*parse_s3_place("s3://b/p/q"), (std::pair<std::string, std::string>("b", "p/q/")));
  for (const char* bad : {"", "b/p", "s3://", "s3:///p", "http://b"}) {
    EXPECT_FALSE(parse_s3_place(bad)) << bad;
  }
}

}  // namespace
}  // namespace spawn::agent
