// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What holds for any span, on some hundred spans of a seeded generator. That every document is
// valid by the schema is another test: corpus_test.cc.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "trace/merge.h"
#include "trace/secrets.h"
#include "xray/document.h"
#include "xray/test_records.h"
#include "xray/test_spans.h"
#include "xray/to_span.h"

namespace spawn::xray {
namespace {

constexpr int kSpans = 800;

// f(span, what to say on failure)
template <typename F>
void for_many_spans(F&& f) {
  testing::FakeRng rng;
  RandomSpans spans(rng);
  for (int i = 0; i < kSpans; ++i) {
    const trace::Resource resource = spans.resource();
    const trace::SpanRecord record = spans.span(resource);
    f(record, "span " + std::to_string(i));
  }
}

TEST(Property, every_span_of_a_tree_is_in_one_document_that_x_ray_takes) {
  testing::FakeRng rng;
  RandomSpans random(rng);
  std::size_t inside = 0;
  for (int i = 0; i < 40; ++i) {
    const trace::Resource resource = random.resource();
    const auto spans = random.tree(resource, 60);
    std::multiset<std::uint64_t> expected;
    for (const trace::SpanRecord& span : spans) expected.insert(span.span_id.value);
    trace::Trace back;
    const auto documents = tree_documents(spans);
    for (const std::string& document : documents) {
      EXPECT_LE(document.size(), kMaxDocumentBytes);
      add_document(document, back);
    }
    EXPECT_TRUE(back.notes.empty()) << back.notes.front();
    std::multiset<std::uint64_t> found;
    for (const trace::SpanRecord& span : back.spans) found.insert(span.span_id.value);
    EXPECT_EQ(found, expected) << "tree " << i;
    inside += spans.size() - documents.size();
  }
  EXPECT_GT(inside, 200U);
}

// A value as it comes back: JSON has no NaN and no infinity.
std::string comparable(const trace::Value& value) {
  const bool word = value.type() == trace::ValueType::real && !std::isfinite(value.real());
  std::string text =
      word || value.is_array() ? "text " : std::to_string(static_cast<int>(value.type())) + " ";
  if (word)
    return text + (std::isnan(value.real()) ? "NaN" : value.real() > 0 ? "Infinity" : "-Infinity");
  if (value.type() == trace::ValueType::string) {
    text = value.string() == "NaN" || value.string() == "Infinity" ? "text " : text;
  }
  if (!value.is_array()) return text + value.display();
  value.for_each_element([&](const trace::Value& element) {
    const bool odd = element.type() == trace::ValueType::real && !std::isfinite(element.real());
    text += (odd ? "Infinity" : element.display()) + ",";
  });
  return text;
}

std::map<std::string, std::string> attributes_of(const trace::SpanRecord& record, bool sanitized) {
  const std::set<std::string_view> delicate = {"url.full", "http.url", "http.target", "url.query",
                                               "db.connection_string"};
  std::map<std::string, std::string> all;
  record.for_each_attribute([&](const trace::Attribute& a) {
    std::string storage;
    if (sanitized && delicate.contains(a.key) && a.value.type() == trace::ValueType::string) {
      const auto clean = trace::address_without_secrets(a.value.string(), storage);
      all[std::string(a.key)] = comparable({trace::ValueType::string, clean});
    } else {
      all[std::string(a.key)] = comparable(a.value);
    }
  });
  return all;
}

std::map<std::string, std::string> resource_of(const trace::SpanRecord& record) {
  trace::SpanRecord same;
  for (const auto& [key, value] : record.resource->attributes()) same.set("its " + key, value);
  return attributes_of(same, false);
}

std::string items_of(const trace::SpanRecord& record) {
  std::string text;
  const auto add = [&](const auto& item) {
    record.for_each_attribute_of(item, [&](const trace::Attribute& a) {
      text += std::string(a.key) + "=" + comparable(a.value) + " ";
    });
    text += "\n";
  };
  record.for_each_event([&](const trace::SpanRecord::Event& event) {
    text += std::string(event.name) + "@" + std::to_string(event.time_ns / 1000) + " ";
    add(event);
  });
  record.for_each_link([&](const trace::SpanRecord::Link& link) {
    text += link.to.trace_id.hex() + link.to.span_id.hex() + " ";
    add(link);
  });
  return text;
}

TEST(AnySpan, becomes_a_document_within_the_limit_of_bytes_both_plain_and_nested) {
  for_many_spans([](const trace::SpanRecord& record, const std::string& which) {
    const std::string plain = document_text(record);
    EXPECT_LE(plain.size(), kMaxDocumentBytes) << which;
    core::CharBuffer buffer;
    core::NestedJsonWriter out(buffer);
    buffer.append("\"");
    write_document(record, out);
    buffer.append("\"");
    const auto once = core::Json::parse(buffer.view());
    ASSERT_TRUE(once && once->string() != nullptr) << which;
    EXPECT_EQ(*once->string(), plain) << which;
  });
}

void expect_each_key_once(const core::Json& json, const std::string& which) {
  if (json.array() != nullptr) {
    for (const core::Json& element : *json.array()) expect_each_key_once(element, which);
  }
  if (json.object() == nullptr) return;
  std::set<std::string> keys;
  for (const auto& [key, value] : *json.object()) {
    EXPECT_TRUE(keys.insert(key).second) << which << " has twice: " << key;
    expect_each_key_once(value, which);
  }
}

TEST(AnySpan, becomes_a_document_with_no_key_twice) {
  for_many_spans([](const trace::SpanRecord& record, const std::string& which) {
    expect_each_key_once(document(record), which);
  });
}

TEST(AnySpan, has_no_password_in_its_urls) {
  for_many_spans([](const trace::SpanRecord& record, const std::string& which) {
    const core::Json parsed = document(record);
    for (const core::Json* url : {at(parsed, "http", "request", "url"), at(parsed, "sql", "url"),
                                  at(parsed, "sql", "connection_string")}) {
      if (url == nullptr) continue;
      EXPECT_EQ(url->to_text().find("hunter2"), std::string::npos) << which << url->to_text();
    }
  });
}

TEST(AnySpan, comes_back_with_all_that_x_ray_can_hold) {
  int whole = 0;
  for_many_spans([&](const trace::SpanRecord& record, const std::string& which) {
    const std::string text = document_text(record);
    if (text.find(R"("truncated":true)") != std::string::npos) return;
    // The second name of an AWS call needs room.
    if (record.attribute_count() + 4 > trace::kMaxAttributes) return;
    ++whole;
    trace::Trace trace;
    add_document(text, trace);
    trace::share_resources(trace);
    ASSERT_EQ(trace.spans.size(), 1U) << which;
    const trace::SpanRecord& back = trace.spans[0];
    EXPECT_EQ(back.trace_id, record.trace_id) << which;
    EXPECT_EQ(back.span_id, record.span_id) << which;
    EXPECT_EQ(back.parent_id, record.parent_id) << which;
    EXPECT_EQ(back.parent_remote, record.parent_remote) << which;
    EXPECT_EQ(back.kind, record.kind) << which;
    EXPECT_EQ(back.name(), record.name()) << which;
    EXPECT_EQ(back.status, record.status) << which;
    EXPECT_EQ(back.status_message(), record.status_message()) << which;
    EXPECT_EQ(back.in_progress, record.in_progress) << which;
    EXPECT_EQ(back.start_ns / 1000, record.start_ns / 1000) << which;
    if (!record.in_progress) {
      EXPECT_EQ(back.end_ns / 1000, record.end_ns / 1000) << which;
    }
    auto got = attributes_of(back, false);
    for (const auto& [key, value] : attributes_of(record, true)) {
      EXPECT_EQ(got[key], value) << which << ": " << key;
      got.erase(key);
    }
    // An AWS call has both names.
    for (const char* twin : {"aws.operation", "rpc.method", "aws.region", "cloud.region"}) {
      got.erase(twin);
    }
    for (const auto& [key, value] : got) ADD_FAILURE() << which << ": " << key << " is new";
    EXPECT_EQ(items_of(back), items_of(record)) << which;
    if (document(record).find("type") == nullptr) {
      EXPECT_EQ(resource_of(back), resource_of(record)) << which;
    }
  });
  EXPECT_GT(whole, kSpans / 2);
}

}  // namespace
}  // namespace spawn::xray
