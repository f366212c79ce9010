// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Prints a few hundred segment documents of all shapes, one a line, for
// tests/schema/check_documents.
#include <cmath>
#include <cstdio>

#include "testing/fakes.h"
#include "xray/test_records.h"

namespace spawn::xray {
namespace {

constexpr const char* kTexts[] = {"",
                                  "plain",
                                  "Name (odd), \"quoted\" \\ \n\t",
                                  "\xFF\xFE",
                                  "\xC3\xA9\xE2\x82\xAC",
                                  "https://example.com/a?b=c"};

std::string text_of(testing::FakeRng& rng) {
  if (rng.next() % 8 == 0) return std::string(rng.next() % 9000, 'x');
  return kTexts[rng.next() % std::size(kTexts)];
}

void add_attributes(trace::SpanRecord& record, testing::FakeRng& rng) {
  const std::size_t count = rng.next() % 10 == 0 ? 128 : rng.next() % 12;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string key = "key." + std::to_string(i);
    switch (rng.next() % 6) {
      case 0:
        record.set(key, static_cast<std::int64_t>(rng.next()));
        break;
      case 1:
        record.set(key, rng.next() % 4 == 0 ? std::nan("") : rng.next_double());
        break;
      case 2:
        record.set(key, rng.next() % 2 == 0);
        break;
      case 3:
        record.set(key, trace::OwnedValue(std::vector<std::string>{"a", text_of(rng)}));
        break;
      case 4:
        record.set(key, trace::OwnedValue(std::vector<double>{1.5, INFINITY}));
        break;
      default:
        record.set(key, text_of(rng));
    }
  }
  if (rng.next() % 2 == 0)
    record.set(trace::key::kHttpStatus, static_cast<int>(200 + rng.next() % 400));
  if (rng.next() % 3 == 0) record.set(trace::key::kUrlFull, "https://host/" + text_of(rng));
  if (rng.next() % 3 == 0) record.set(trace::key::kErrorType, text_of(rng));
  if (rng.next() % 3 == 0) record.set(trace::key::kInstanceId, text_of(rng));
}

void add_details(trace::SpanRecord& record, testing::FakeRng& rng) {
  if (rng.next() % 3 == 0) record.set_status(trace::StatusCode::error, text_of(rng));
  for (std::uint64_t i = rng.next() % 4; i > 0; --i) {
    record.add_event(rng.next() % 2 == 0 ? "exception" : "event", record.start_ns);
    record.set_on_last("exception.type", trace::OwnedValue(text_of(rng)));
    record.set_on_last("exception.message", trace::OwnedValue(text_of(rng)));
    record.set_on_last("exception.stacktrace", trace::OwnedValue(text_of(rng)));
  }
  for (std::uint64_t i = rng.next() % 30; i > 20; --i) record.add_link({{1, i}, {i}, 1, true});
}

void print_corpus() {
  testing::FakeRng rng;
  for (int i = 0; i < 400; ++i) {
    trace::Resource resource;
    resource.set(trace::key::kServiceName, "service " + text_of(rng));
    if (i % 5 == 0) resource.set(trace::key::kCloudPlatform, std::string("aws_ec2"));
    resource.set(trace::key::kHostId, std::string("i-0123456789"));
    trace::SpanRecord record = put_object(resource);
    if (i % 3 != 0) {
      record = trace::SpanRecord();
      record.trace_id = {rng.next(), rng.next()};
      record.span_id = {rng.next()};
      record.start_ns =
          1'767'323'045'000'000'000 + static_cast<std::int64_t>(rng.next() % 1'000'000'000);
      record.end_ns = record.start_ns + static_cast<std::int64_t>(rng.next() % 1'000'000'000);
      record.resource = &resource;
      record.set_name(text_of(rng));
    }
    if (i % 2 == 0) record.parent_id = {rng.next()};
    record.parent_remote = i % 7 == 0;
    record.in_progress = i % 11 == 0;
    record.kind = static_cast<trace::SpanKind>(rng.next() % 5);
    add_attributes(record, rng);
    add_details(record, rng);
    std::printf("%s\n", document_text(record).c_str());
  }
}

}  // namespace
}  // namespace spawn::xray

int main() { spawn::xray::print_corpus(); }
