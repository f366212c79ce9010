// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "trace/span_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "trace/attributes.h"

namespace spawn::trace {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> listed(const SpanRecord& record) {
  std::vector<std::string> all;
  record.for_each_attribute(
      [&](const Attribute& a) { all.push_back(std::string(a.key) + "=" + a.value.display()); });
  return all;
}

TEST(SpanRecord, keeps_values_of_every_type) {
  SpanRecord record;
  record.set_name("S3.PutObject");
  record.set("s", "text");
  record.set("b", true);
  record.set("i", -5);
  record.set("d", 0.5);
  record.set("a", OwnedValue(std::vector<std::string>{"x", "y"}));
  record.set("n", OwnedValue(std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(record.name(), "S3.PutObject");
  EXPECT_THAT(listed(record),
              ElementsAre("s=text", "b=true", "i=-5", "d=0.5", "a=[x, y]", "n=[1, 2]"));
  EXPECT_FALSE(record.spilled());
}

TEST(SpanRecord, keeps_the_last_value_of_a_key) {
  for (const bool settled : {false, true}) {
    SpanRecord record;
    record.set("key", "first");
    record.set("other", 1);
    record.set("key", "second");
    if (settled) record.settle();
    EXPECT_THAT(listed(record), ElementsAre("other=1", "key=second"));
    EXPECT_EQ(record.text("key"), "second");
    EXPECT_EQ(record.attribute_count(), 2U);
  }
}

TEST(SpanRecord, does_not_grow_for_ever_when_one_key_is_set_over_and_over) {
  SpanRecord record;
  for (int i = 0; i < 10'000; ++i) record.set("key", i);
  EXPECT_THAT(listed(record), ElementsAre("key=9999"));
  EXPECT_LT(record.payload_bytes(), 10'000U);
  EXPECT_EQ(record.dropped_count(), 0U);
}

TEST(SpanRecord, holds_an_aws_call_without_spilling_and_without_a_shared_filter_bit) {
  SpanRecord record;
  record.set_name("ec2.DescribeInstances");
  for (const auto k : {key::kAwsService, key::kAwsOperation, key::kAwsRegion, key::kAwsRequestId,
                       key::kRpcSystem, key::kRpcService, key::kRpcMethod, key::kHttpStatus}) {
    record.set(k, "13 characters");
  }
  EXPECT_FALSE(record.spilled());
  EXPECT_EQ(record.attribute_count(), 8U);
}

TEST(SpanRecord, spills_when_it_is_large_and_loses_nothing) {
  SpanRecord record;
  record.set_name("large");
  for (int i = 0; i < 100; ++i) record.set("key" + std::to_string(i), std::string(50, 'x'));
  EXPECT_TRUE(record.spilled());
  EXPECT_EQ(record.attribute_count(), 100U);
  SpanRecord moved(std::move(record));
  EXPECT_EQ(moved.name(), "large");
  EXPECT_EQ(moved.text("key99"), std::string(50, 'x'));
}

TEST(SpanRecord, drops_and_counts_attributes_over_the_limit) {
  SpanRecord record;
  for (int i = 0; i < 200; ++i) record.set("key" + std::to_string(i), i);
  EXPECT_EQ(record.attribute_count(), kMaxAttributes);
  EXPECT_EQ(record.dropped_count(), 72U);
  record.set("key0", "still settable");
  EXPECT_EQ(record.text("key0"), "still settable");
}

TEST(SpanRecord, repairs_text_and_cuts_what_is_too_long) {
  SpanRecord record;
  record.set_name("n\xFF");
  record.set("k\xFF", "v\xFF");
  record.set("long", std::string(100'000, 'x'));
  record.set("", "no key");
  EXPECT_EQ(record.name(), "n\xEF\xBF\xBD");
  EXPECT_EQ(record.text("k\xEF\xBF\xBD"), "v\xEF\xBF\xBD");
  EXPECT_EQ(record.text("long").size(), kMaxValueBytes);
  EXPECT_EQ(record.attribute_count(), 2U);
}

TEST(SpanRecord, keeps_events_and_links_with_their_attributes) {
  SpanRecord record;
  record.add_event("first", 10);
  record.set_on_last("a", OwnedValue(std::int64_t{1}));
  record.set("span", "own");
  record.add_link({{1, 2}, {3}, 1, true});
  record.set_on_last("b", OwnedValue(true));
  std::vector<std::string> seen;
  record.for_each_event([&](const SpanRecord::Event& e) {
    seen.push_back(std::string(e.name) + std::to_string(e.time_ns));
    record.for_each_attribute_of(e, [&](const Attribute& a) { seen.emplace_back(a.key); });
  });
  record.for_each_link([&](const SpanRecord::Link& l) {
    seen.push_back(l.to.span_id.hex());
    record.for_each_attribute_of(l, [&](const Attribute& a) { seen.emplace_back(a.key); });
  });
  EXPECT_THAT(seen, ElementsAre("first10", "a", "0000000000000003", "b"));
  EXPECT_THAT(listed(record), ElementsAre("span=own"));
}

TEST(SpanRecord, the_last_status_message_counts) {
  SpanRecord record;
  record.set_status(StatusCode::error, "first");
  record.set_status(StatusCode::error, "second");
  EXPECT_EQ(record.status_message(), "second");
}

// A record with everything in it.
void fill(SpanRecord& record, bool large) {
  record.set_name("first");
  record.set("key", "first");
  record.set("key", "second");
  record.set("b", true);
  record.set("a", OwnedValue(std::vector<std::string>{"x", ""}));
  if (large) record.set("long", std::string(5000, 'x'));
  record.add_event("event", 10);
  record.set_on_last("on", OwnedValue(0.5));
  record.add_link({{1, 2}, {3}, 1, true});
  record.set_status(StatusCode::error, "why");
  record.set_name("last");
  record.settle();
}

TEST(SpanRecord, that_was_not_settled_can_be_when_it_is_restored) {
  SpanRecord record;
  record.set("k", 1);
  record.set("k", 2);
  SpanRecord back;
  ASSERT_TRUE(back.restore(record.payload_view(), 0));
  back.settle();
  EXPECT_EQ(back.find("k")->integer(), 2);
  EXPECT_EQ(back.attribute_count(), 1U);
}

TEST(SpanRecord, is_restored_whole_from_its_bytes) {
  for (const bool large : {false, true}) {
    SpanRecord record;
    fill(record, large);
    SpanRecord back;
    ASSERT_TRUE(back.restore(record.payload_view(), 7));
    EXPECT_EQ(back.name(), "last");
    EXPECT_EQ(listed(back), listed(record));
    EXPECT_EQ(back.status_message(), "why");
    EXPECT_EQ(back.event_count(), 1U);
    EXPECT_EQ(back.link_count(), 1U);
    EXPECT_EQ(back.dropped_count(), 7U);
    back.set("key", "third");
    back.set("new", std::string(1000, 'y'));
    EXPECT_EQ(back.text("key"), "third");
    EXPECT_EQ(back.name(), "last");
  }
}

TEST(SpanRecord, takes_no_bytes_that_are_cut_or_changed_in_their_structure) {
  SpanRecord record;
  fill(record, false);
  const std::string bytes(record.payload_view());
  std::size_t taken = 0;
  for (std::size_t size = 1; size < bytes.size(); ++size) {
    SpanRecord back;
    if (back.restore(bytes.substr(0, size), 0)) ++taken;  // cut between two entries
  }
  EXPECT_LT(taken, 12U);
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ '\x55');
    SpanRecord back;
    if (!back.restore(changed, 0)) continue;
    back.for_each_attribute([&](const Attribute& a) { (void)a.value.display(); });
  }
}

}  // namespace
}  // namespace spawn::trace
