// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Records that the tests of this room share, and a way to compare two of them: as JSON lines, plus
// the flags that those leave out.
#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "trace/jsonl.h"
#include "trace/span_record.h"

namespace spawn::otlp {

inline trace::Resource shop_resource() {
  trace::Resource resource;
  resource.set("service.name", std::string("shop"));
  resource.set("process.pid", std::int64_t{42});
  resource.set("host.ip", std::vector<std::string>{"10.0.0.1", "::1"});
  return resource;
}

// A span that has everything a record can hold.
inline trace::SpanRecord full_span(const trace::Resource& resource) {
  trace::SpanRecord record;
  record.trace_id = {0x65f0a1b2c3d4e5f6U, 0x0718293a4b5c6d7eU};
  record.span_id = {0x0123456789abcdefU};
  record.parent_id = {0xfedcba9876543210U};
  record.parent_remote = true;
  record.flags = trace::kSampled | trace::kRandom;
  record.kind = trace::SpanKind::client;
  record.start_ns = 1'767'323'045'123'456'789;
  record.end_ns = record.start_ns + 250'000'001;
  record.resource = &resource;
  record.set_name("GET /körbe \"quoted\"");
  record.set_status(trace::StatusCode::error, "it broke");
  record.set("otel.scope.name", "shop.http");
  record.set("otel.scope.version", "1.2");
  record.set("w3c.tracestate", "ot=th:8,vendor=x");
  record.set("text", "line\nbreak");
  record.set("empty", "");
  record.set("yes", true);
  record.set("no", false);
  record.set("big", INT64_MAX);
  record.set("small", INT64_MIN);
  record.set("real", 0.1);
  record.set("whole.real", 5.0);
  record.set("texts", trace::OwnedValue(std::vector<std::string>{"a", "", "c"}));
  record.set("flags", trace::OwnedValue(std::vector<bool>{true, false}));
  record.set("numbers", trace::OwnedValue(std::vector<std::int64_t>{1, -2}));
  record.set("reals", trace::OwnedValue(std::vector<double>{1.5, 2.5}));
  record.add_event("exception", record.start_ns + 1000);
  record.set_on_last("exception.type", std::string("Oops"));
  record.add_event("plain", record.start_ns + 2000);
  record.add_link({{7, 8}, {9}, trace::kSampled, true});
  record.set_on_last("w3c.tracestate", std::string("a=b"));
  record.set_on_last("why", std::string("retry"));
  record.add_link({{1, 2}, {3}, 0, false});
  return record;
}

inline std::string shown(const trace::SpanRecord& record) {
  core::CharBuffer out;
  trace::write_json_line(record, out);
  std::string text(out.view());
  text += fmt::format("flags {} remote {} in progress {}", record.flags, record.parent_remote,
                      record.in_progress);
  record.for_each_link([&](const trace::SpanRecord::Link& link) {
    text += fmt::format(" link {} {}", link.to.flags, link.to.remote);
  });
  return text;
}

}  // namespace spawn::otlp
