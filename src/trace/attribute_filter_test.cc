// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "trace/attribute_filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spawn::trace {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// What is shown of one attribute: "-" when it is not, and "=" when nothing had to be copied.
std::string shown(AttributeFilter& filter, std::string_view key, const OwnedValue& value) {
  SpanRecord record;
  record.set_name("n");
  record.set(key, value);
  if (!filter.concerns(record)) return "=";
  SpanRecord copy;
  filter.copy(record, copy);
  const auto found = copy.find(key);
  return found ? found->display() : "-";
}
std::string shown(const FilterRules& rules, std::string_view key, const OwnedValue& value) {
  AttributeFilter filter({rules}, {});
  return shown(filter, key, value);
}

TEST(KeyPattern, has_a_star_for_any_number_of_characters_and_a_question_mark_for_one) {
  EXPECT_TRUE(matches("a.b", "a.b"));
  EXPECT_TRUE(matches("a.*", "a."));
  EXPECT_TRUE(matches("*", ""));
  EXPECT_TRUE(matches("*.key", "a.b.key"));
  EXPECT_TRUE(matches("a*b*c", "a1b2b3c"));
  EXPECT_TRUE(matches("", ""));
  EXPECT_TRUE(matches("a.?", "a.b"));
  EXPECT_TRUE(matches("*?c", "abc"));
  EXPECT_FALSE(matches("a?", "a"));
  EXPECT_FALSE(matches("a.b", "a.bc"));
  EXPECT_FALSE(matches("a.b", "a"));
  EXPECT_FALSE(matches("a*c", "ab"));
  EXPECT_FALSE(matches("", "a"));
}

TEST(AttributeFilter, leaves_a_span_without_secrets_as_it_is) {
  AttributeFilter filter;
  SpanRecord record;
  record.set_name("S3.PutObject");
  record.set("aws.request_id", "AB12");
  record.set("n", 1);
  record.set("url.full", "https://b.s3.amazonaws.com/k?x-id=PutObject");
  record.set_status(StatusCode::error, "Access Denied");
  record.add_event("e", 1);
  record.add_link({});
  EXPECT_FALSE(filter.concerns(record));
}

TEST(AttributeFilter, hides_secrets_by_the_name_of_their_key_of_every_type) {
  AttributeFilter filter;
  EXPECT_EQ(shown(filter, "db.password", "pw"), "REDACTED");
  EXPECT_EQ(shown(filter, "db.password", std::int64_t{1234}), "REDACTED");
  EXPECT_EQ(shown(filter, "http.request.header.authorization", std::vector<std::string>{"Bearer"}),
            "REDACTED");
  EXPECT_EQ(shown(filter, "db.password", "REDACTED"), "=");
}

TEST(AttributeFilter, hides_secrets_by_their_shape_in_texts_and_lists) {
  AttributeFilter filter;
  EXPECT_EQ(shown(filter, "k", "at AKIAIOSFODNN7EXAMPLE"), "at REDACTED");
  EXPECT_EQ(shown(filter, "k", std::vector<std::string>{"a", "token=b"}), "[a, token=REDACTED]");
  EXPECT_EQ(shown(filter, "process.command_args",
                  std::vector<std::string>{"mysql", "--password", "pw", "-h", "h"}),
            "[mysql, --password, REDACTED, -h, h]");
  EXPECT_EQ(shown(filter, "db.connection_string", "scott/tiger@db"), "scott/REDACTED@db");
  EXPECT_EQ(shown(filter, "container.image", "app:pw@db"), "=");
}

TEST(AttributeFilter, looks_into_names_messages_events_and_links) {
  AttributeFilter filter;
  const auto check = [&](auto&& fill) {
    SpanRecord record;
    record.set_name("n");
    fill(record);
    ASSERT_TRUE(filter.concerns(record));
    SpanRecord copy;
    filter.copy(record, copy);
    EXPECT_FALSE(filter.concerns(copy));
    EXPECT_THAT(std::string(copy.payload_view()), Not(HasSubstr("s3cr3t")));
    EXPECT_THAT(std::string(copy.payload_view()), HasSubstr("REDACTED"));
  };
  check([](SpanRecord& r) { r.set_name("GET https://h/?X-Amz-Signature=s3cr3t"); });
  check([](SpanRecord& r) { r.set_status(StatusCode::error, "no: password=s3cr3t"); });
  check([](SpanRecord& r) { r.add_event("login token=s3cr3t", 1); });
  check([](SpanRecord& r) {
    r.add_event("e", 1);
    r.set_on_last("exception.message", "postgres://u:s3cr3t@h/x");
  });
  check([](SpanRecord& r) {
    r.add_link({});
    r.set_on_last("api_key", "s3cr3t");
  });
}

TEST(AttributeFilter, finds_a_secret_wherever_it_stands_in_a_record) {
  AttributeFilter filter;
  for (const std::string_view secret :
       {"AKIAIOSFODNN7EXAMPLE", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "a=1&token=x",
        "{'token':'x'}", "bearer abcdefghijkl0123", "--password x"}) {
    for (std::size_t before = 0; before < 40; ++before) {
      for (const std::size_t after : {0, 1, 40}) {
        SpanRecord record;
        record.set("k", std::string(before, 'k'));
        record.set("text", secret);
        if (after > 0) record.set("l", std::string(after, 'l'));
        EXPECT_TRUE(filter.concerns(record)) << secret << " behind " << before;
      }
    }
  }
}

TEST(AttributeFilter, copies_everything_else_of_a_span) {
  AttributeFilter filter;
  SpanRecord record;
  record.span_id = SpanId{7};
  record.start_ns = 1;
  record.end_ns = 2;
  record.kind = SpanKind::client;
  record.set_name("n");
  record.set("a", "replaced");
  record.set("a", 1.5);
  record.set("secret", "s");
  record.set_status(StatusCode::error, "m");
  record.add_event("e", 3);
  record.set_on_last("of.event", std::int64_t{4});
  SpanContext to;
  to.span_id = SpanId{9};
  record.add_link(to);
  for (std::size_t i = 0; i < kMaxLinks; ++i) record.add_link({});
  SpanRecord copy;
  filter.copy(record, copy);
  EXPECT_EQ(copy.span_id, record.span_id);
  EXPECT_EQ(copy.duration_ns(), 1);
  EXPECT_EQ(copy.kind, SpanKind::client);
  EXPECT_EQ(copy.name(), "n");
  EXPECT_EQ(copy.find("a")->real(), 1.5);
  EXPECT_EQ(copy.attribute_count(), 2U);
  EXPECT_EQ(copy.status, StatusCode::error);
  EXPECT_EQ(copy.status_message(), "m");
  EXPECT_EQ(copy.dropped_count(), 1U);
  EXPECT_EQ(copy.link_count(), kMaxLinks);
  bool first = true;
  copy.for_each_link([&](const SpanRecord::Link& link) {
    EXPECT_EQ(link.to.span_id == to.span_id, std::exchange(first, false));
  });
  copy.for_each_event([&](const SpanRecord::Event& event) {
    EXPECT_EQ(event.time_ns, 3);
    copy.for_each_attribute_of(event, [](const Attribute& a) { EXPECT_EQ(a.value.integer(), 4); });
  });
}

TEST(AttributeFilter, exports_only_what_is_allowed_and_never_what_is_denied) {
  const FilterRules rules{.allow = {"aws.*", "error"}, .deny = {"aws.s3.*"}};
  EXPECT_EQ(shown(rules, "aws.region", "r"), "=");
  EXPECT_EQ(shown(rules, "error", true), "=");
  EXPECT_EQ(shown(rules, "aws.s3.key", "k"), "-");
  EXPECT_EQ(shown(rules, "user.id", "u"), "-");
}

TEST(AttributeFilter, masks_and_keeps_by_key) {
  const FilterRules rules{
      .mask = {"user.*"}, .keep = {"page.token", "user.token"}, .replacement = "***"};
  EXPECT_EQ(shown(rules, "user.id", std::int64_t{7}), "***");
  EXPECT_EQ(shown(rules, "user.token", "t"), "***");
  EXPECT_EQ(shown(rules, "page.token", "t"), "=");
  EXPECT_EQ(shown(rules, "next.token", "t"), "***");
}

TEST(AttributeFilter, applies_every_set_of_rules) {
  AttributeFilter filter({{.allow = {"a.*"}}, {.allow = {"*.b"}, .deny = {"a.c.b"}}}, {});
  EXPECT_EQ(shown(filter, "a.b", "v"), "=");
  EXPECT_EQ(shown(filter, "a.d", "v"), "-");
  EXPECT_EQ(shown(filter, "c.b", "v"), "-");
  EXPECT_EQ(shown(filter, "a.c.b", "v"), "-");
}

TEST(AttributeFilter, replaces_what_patterns_find_also_in_what_is_kept) {
  const AttributeFilter::Pattern digits = [](std::string& text, const std::string& replacement) {
    const auto at = text.find("42");
    if (at != std::string::npos) text.replace(at, 2, replacement);
    return at != std::string::npos;
  };
  AttributeFilter filter({{.keep = {"x.token"}}}, {digits});
  EXPECT_EQ(shown(filter, "a", "card 42."), "card REDACTED.");
  EXPECT_EQ(shown(filter, "x.token", "42"), "REDACTED");
  EXPECT_EQ(shown(filter, "a", "card 41."), "=");
}

TEST(AttributeFilter, of_a_resource_hides_and_denies_but_leaves_the_name_of_the_service) {
  AttributeFilter filter({{.allow = {"nothing"}, .deny = {"service.*", "host.name"}}}, {});
  Resource resource({{"service.name", "shop"},
                     {"service.version", "1"},
                     {"host.name", "h"},
                     {"process.command_args", std::vector<std::string>{"--token", "t", "x"}},
                     {"os.type", "linux"}});
  EXPECT_TRUE(filter.concerns(resource));
  const Resource shown = filter.copy(resource);
  EXPECT_EQ(shown.service_name(), "shop");
  EXPECT_EQ(shown.text("os.type"), "linux");
  EXPECT_EQ(shown.find("service.version"), nullptr);
  EXPECT_EQ(shown.find("host.name"), nullptr);
  EXPECT_EQ(std::get<std::vector<std::string>>(*shown.find("process.command_args"))[1], "REDACTED");
  AttributeFilter secrets;
  Resource plain;
  plain.set("service.name", "shop");
  EXPECT_FALSE(secrets.concerns(plain));
}

// What a person wants less of (span_limits.h).
class Limited : public ::testing::Test {
 protected:
  Limited() {
    record_.set_name("n");
    record_.set("a", "äbc");
    record_.set("b", std::vector<std::string>{"long", "x"});
    record_.set("c", 12345);
    for (const char* name : {"first", "second"}) {
      record_.add_event(name, 1);
      record_.set_on_last("a", "abc");
      record_.set_on_last("b", "abc");
    }
    for (int i = 0; i < 2; ++i) {
      record_.add_link({});
      record_.set_on_last("a", "abc");
      record_.set_on_last("b", "abc");
    }
  }

  bool concerns(const SpanLimits& limits) {
    return AttributeFilter({}, {}, limits).concerns(record_);
  }
  SpanRecord within(const SpanLimits& limits) {
    EXPECT_TRUE(concerns(limits));
    SpanRecord copy;
    AttributeFilter({}, {}, limits).copy(record_, copy);
    return copy;
  }
  // Of all its events, or links.
  static std::string attributes_of_events(const SpanRecord& record) {
    std::string all;
    record.for_each_event([&](const SpanRecord::Event& event) {
      record.for_each_attribute_of(event, [&](const Attribute& a) { all += a.key; });
    });
    return all;
  }
  static std::string attributes_of_links(const SpanRecord& record) {
    std::string all;
    record.for_each_link([&](const SpanRecord::Link& link) {
      record.for_each_attribute_of(link, [&](const Attribute& a) { all += a.key; });
    });
    return all;
  }

  SpanRecord record_;
};

TEST_F(Limited, spans_that_are_within_stay_as_they_are) {
  EXPECT_FALSE(concerns({}));
  EXPECT_FALSE(concerns({.attributes = 3,
                         .events = 2,
                         .links = 2,
                         .attributes_of_event = 2,
                         .attributes_of_link = 2,
                         .characters = 4}));
}

TEST_F(Limited, spans_keep_the_first_of_everything) {
  const SpanRecord attributes = within({.attributes = 2});
  EXPECT_TRUE(attributes.find("b"));
  EXPECT_FALSE(attributes.find("c"));
  const SpanRecord events = within({.events = 1});
  EXPECT_EQ(events.event_count(), 1U);
  EXPECT_EQ(attributes_of_events(events), "ab");
  const SpanRecord links = within({.links = 1});
  EXPECT_EQ(links.link_count(), 1U);
  EXPECT_EQ(attributes_of_links(links), "ab");
  EXPECT_EQ(attributes_of_events(within({.attributes_of_event = 1})), "aa");
  EXPECT_EQ(attributes_of_links(within({.attributes_of_link = 1})), "aa");
}

TEST_F(Limited, spans_have_texts_of_so_many_characters) {
  const SpanRecord cut = within({.characters = 2});
  EXPECT_EQ(cut.text("a"), "äb");
  EXPECT_EQ(cut.find("b")->display(), "[lo, x]");
  EXPECT_EQ(cut.find("c")->integer(), 12345);
}

// https://opentelemetry.io/docs/specs/otel/common/#exempt-entities
TEST_F(Limited, spans_have_a_whole_resource) {
  AttributeFilter filter({{.deny = {"host.name"}}}, {},
                         SpanLimits{.attributes = 0, .characters = 1});
  Resource resource({{"service.name", "shop"}, {"host.name", "h"}});
  EXPECT_EQ(filter.copy(resource).service_name(), "shop");
}

}  // namespace
}  // namespace spawn::trace
