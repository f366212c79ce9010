// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Spans of all shapes from a seeded generator: every attribute that the mapping knows, of every
// type, and whatever else; too long, too many, broken. For property_test.cc and corpus_test.cc.
#pragma once

#include <cmath>
#include <cstdint>
#include <iterator>
#include <string>
#include <vector>

#include "core/text.h"
#include "testing/fakes.h"
#include "trace/span_record.h"
#include "xray/mapping.h"

namespace spawn::xray {

class RandomSpans {
 public:
  explicit RandomSpans(testing::FakeRng& rng) : rng_(rng) {}

  trace::Resource resource() {
    trace::Resource resource;
    if (!one_of(10)) resource.set("service.name", "service " + text());
    if (one_of(2)) {
      resource.set("cloud.platform",
                   std::string(kPlatforms[below(kPlatforms.size())].cloud_platform));
    }
    for (const ResourceMember& member : kResourceMembers) {
      if (one_of(4) && resource.find(member.attribute) == nullptr) {
        resource.set(member.attribute, value());
      }
    }
    if (one_of(10)) resource.set("", value());
    if (one_of(4)) resource.set(key(), value());
    if (one_of(4)) resource.set(key(), value());
    return resource;
  }

  // Spans of one trace and resource, the parents of most of which are among them.
  std::vector<trace::SpanRecord> tree(const trace::Resource& resource, std::size_t count) {
    std::vector<trace::SpanRecord> spans;
    for (std::size_t i = 0; i < count; ++i) {
      trace::SpanRecord& made = spans.emplace_back(span(resource));
      made.trace_id = spans.front().trace_id;
      made.end_ns = made.start_ns + static_cast<std::int64_t>(below(1'100'000) * 1000);
      if (i > 0 && !one_of(8)) made.parent_id = spans[below(i)].span_id;
    }
    return spans;
  }

  // Points to the resource.
  trace::SpanRecord span(const trace::Resource& resource) {
    trace::SpanRecord record;
    record.trace_id = {rng_.next(), rng_.next()};
    record.span_id = {rng_.next() | 1};
    if (!one_of(4)) record.parent_id = {rng_.next() | 1};
    record.parent_remote = record.parent_id.valid() && one_of(4);
    record.start_ns = kStart + static_cast<std::int64_t>(below(1'000'000'000) * 1000);
    record.end_ns = record.start_ns + static_cast<std::int64_t>(below(1'000'000'000) * 1000);
    record.in_progress = one_of(10);
    record.resource = &resource;
    record.flags = trace::kSampled;
    record.kind = static_cast<trace::SpanKind>(below(5));
    record.set_name(text());
    add_attributes(record);
    add_details(record);
    return record;
  }

 private:
  static constexpr std::int64_t kStart = 1'767'323'045'000'000'000;

  std::size_t below(std::size_t end) { return rng_.next() % end; }
  bool one_of(std::size_t count) { return below(count) == 0; }

  std::string text() {
    constexpr const char* kTexts[] = {"",
                                      "plain",
                                      "aws-api",
                                      "S3/PutObject",
                                      "LOCAL_ROOT",
                                      "postgresql",
                                      "404",
                                      "192.0.2.1",
                                      "{\"a\":1}",
                                      "Name (odd), \"quoted\" \\ \n\t",
                                      "\xFF\xFE",
                                      "\xC3\xA9\xE2\x82\xAC",
                                      "https://user:hunter2@example.com/a?b=c&token=hunter2",
                                      "A: a\n\tat x.Y.z(Y.java:3)\nCaused by: B: b\n\t... 2 more",
                                      "#0  0x1 in f () at f.cc:1\n#1  main () at m.cc:2"};
    if (one_of(12)) return std::string(below(300), 'x');
    if (one_of(40)) return std::string(below(30'000), one_of(2) ? 'x' : '\x01');
    return kTexts[below(std::size(kTexts))];
  }

  // Any at all; some are the same once they are cut.
  std::string key() {
    const std::string begin = one_of(3) ? std::string(250, 'k') : text();
    return core::repair_utf8(begin) + std::to_string(below(20));
  }

  trace::OwnedValue value() {
    switch (below(12)) {
      case 0:
        return static_cast<std::int64_t>(rng_.next());
      case 1:
        return one_of(4) ? std::nan("") : rng_.next_double();
      case 2:
        return one_of(2);
      case 3:
        return std::vector<std::string>{"a", text()};
      case 4:
        return std::vector<double>{1.5, INFINITY};
      case 5:
        return static_cast<std::int64_t>(200 + below(400));
      default:
        return text();
    }
  }

  void add_attributes(trace::SpanRecord& record) {
    const std::size_t unknown = one_of(10) ? 128 : below(6);
    const bool aws = one_of(3);
    for (const Name& name : kNames) {
      if (one_of(8)) record.set(name.attribute, value());
    }
    if (aws) record.set("rpc.system", "aws-api");
    if (one_of(4)) record.set("aws.xray.metadata.mine", "{\"k\":[1,2.5,\"x\"]}");
    if (one_of(20)) record.set("aws.xray.metadata.bad", text());
    for (std::size_t i = 0; i < unknown; ++i) {
      record.set("key " + std::to_string(i) + (one_of(20) ? std::string(240, 'k') : ""), value());
    }
    for (std::size_t i = below(4); i > 0; --i) record.set(key(), value());
    if (one_of(8)) record.set("otel.resource.service.name", value());
    if (one_of(8)) record.set("otel.resource." + key(), value());
  }

  void add_details(trace::SpanRecord& record) {
    if (one_of(3)) record.set_status(trace::StatusCode::error, text());
    const std::size_t events = one_of(20) ? 60 : below(4);
    for (std::size_t i = 0; i < events; ++i) {
      record.add_event(one_of(2) ? "exception" : text(), record.start_ns);
      record.set_on_last("exception.type", text());
      record.set_on_last("exception.message", text());
      record.set_on_last("exception.stacktrace", text());
    }
    const std::size_t links = one_of(4) ? below(30) : 0;
    for (std::size_t i = 0; i < links; ++i) {
      record.add_link({{1, i + 1}, {i + 1}, trace::kSampled, true});
      if (one_of(3)) record.set_on_last("why", value());
    }
  }

  testing::FakeRng& rng_;
};

}  // namespace spawn::xray
