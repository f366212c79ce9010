// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "telemetry/filtering_sink.h"

#include <gtest/gtest.h>

#include <utility>

#include "testing/fakes.h"

namespace spawn::telemetry {
namespace {

class AddressSink final : public trace::SpanSink {
 public:
  explicit AddressSink(const trace::SpanRecord*& first) : first_(first) {}
  trace::WriteReport write(std::span<const trace::SpanRecord> batch, core::Deadline) override {
    first_ = batch.data();
    return {0, 0, "later", batch.size()};
  }

 private:
  const trace::SpanRecord*& first_;
};

trace::SpanRecord named(std::string_view name, const trace::Resource& resource) {
  trace::SpanRecord record;
  record.set_name(name);
  record.resource = &resource;
  return record;
}

class FilteringSinkTest : public ::testing::Test {
 protected:
  trace::WriteReport write(trace::SpanSink& sink) {
    return sink.write(batch_, core::Deadline::after(clock_, std::chrono::seconds(1)));
  }
  testing::FakeClock clock_;
  using Attributes = std::vector<std::pair<std::string, trace::OwnedValue>>;
  const trace::Resource plain_{Attributes{{"service.name", "shop"}}};
  const trace::Resource telling_{Attributes{{"service.name", "shop"}, {"api_key", "s3cr3t"}}};
  std::vector<trace::SpanRecord> batch_;
};

TEST_F(FilteringSinkTest, hands_a_batch_without_secrets_on_as_it_is) {
  const trace::SpanRecord* first = nullptr;
  FilteringSink sink(std::make_unique<AddressSink>(first), {});
  batch_.push_back(named("a", plain_));
  batch_.push_back(named("b", plain_));
  EXPECT_EQ(write(sink).later, 2U);
  EXPECT_EQ(first, batch_.data());
}

TEST_F(FilteringSinkTest, shows_a_copy_and_leaves_what_may_be_sent_again_as_it_was) {
  testing::SpanLog log;
  FilteringSink sink(std::make_unique<testing::CollectingSink>(log), {});
  batch_.push_back(named("a", plain_));
  batch_.push_back(named("b token=s3cr3t", plain_));
  EXPECT_EQ(write(sink).delivered, 2U);
  EXPECT_EQ(log.only("a").text("x"), "");
  EXPECT_EQ(log.only("b token=REDACTED").text("x"), "");
  EXPECT_EQ(batch_[1].name(), "b token=s3cr3t");
}

TEST_F(FilteringSinkTest, shows_a_resource_without_secrets_the_same_one_each_time) {
  std::vector<const trace::Resource*> seen;
  struct Seeing final : trace::SpanSink {
    explicit Seeing(std::vector<const trace::Resource*>& to) : to_(to) {}
    trace::WriteReport write(std::span<const trace::SpanRecord> batch, core::Deadline) override {
      for (const auto& record : batch) to_.push_back(record.resource);
      return {batch.size(), 0, {}};
    }
    std::vector<const trace::Resource*>& to_;
  };
  FilteringSink sink(std::make_unique<Seeing>(seen), {});
  batch_.push_back(named("a", plain_));
  batch_.push_back(named("b", telling_));
  (void)write(sink);
  (void)write(sink);
  ASSERT_EQ(seen.size(), 4U);
  EXPECT_EQ(seen[0], &plain_);
  EXPECT_EQ(seen[1]->text("api_key"), "REDACTED");
  EXPECT_EQ(seen[1], seen[3]);
}

TEST_F(FilteringSinkTest, keeps_what_an_exporter_is_beside_its_sink) {
  testing::SpanLog log;
  NamedSink sink{"xray", std::make_unique<testing::CollectingSink>(log), {"kept"}, true, true};
  sink = filtered(std::move(sink), {});
  EXPECT_EQ(sink.name, "xray");
  EXPECT_EQ(sink.keeping.name, "kept");
  EXPECT_TRUE(sink.whole_traces && sink.in_progress);
  batch_.push_back(named("token=s3cr3t", plain_));
  (void)write(*sink.sink);
  EXPECT_EQ(log.spans().size(), 1U);
  (void)log.only("token=REDACTED");
}

}  // namespace
}  // namespace spawn::telemetry
