// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "xray/sink.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/text.h"
#include "trace/attributes.h"
#include "xray/fields.h"

namespace spawn::xray {
namespace {

// Below what 50 documents of 64 KB come to; the service names no limit for the whole body.
constexpr std::size_t kMaxBodyBytes = 3'000'000;
constexpr core::Nanos kTellEvery = std::chrono::seconds(60);

// What may go better when it is sent again as it is. A reply that cannot be understood may be a
// proxy's: nobody said that the spans were taken.
bool may_go_later(core::Code code) {
  switch (code) {
    case core::Code::invalid_argument:
    case core::Code::not_found:
    case core::Code::internal:
      return false;
    default:
      return true;
  }
}

struct Hint {
  std::string_view code;
  std::string_view cure;
};
// The codes that X-Ray was seen to give.
constexpr Hint kHints[] = {
    {"InvalidName", "give the span or the service a name of letters, digits and _.:/%&#=+-@"},
    {"MissingName", "give the span a name"},
    {"InvalidTraceId", "the program that began the trace must make ids that X-Ray takes"},
    {"InvalidId", "the program that made the span must give it 8 bytes of id"},
    {"MissingId", "the program that made the span must give it an id"},
    {"MissingParentId", "the program that made the span must name its parent"},
    {"InvalidSegment", "the span is too large or has a time that X-Ray does not take"},
};

std::string_view cure_for(std::string_view code) {
  const auto* const hint = std::ranges::find(kHints, code, &Hint::code);
  return hint == std::end(kHints) ? std::string_view() : hint->cure;
}

bool is_over_budget(const aws::xray::Unprocessed& refused) {
  const std::string text = core::to_lower(refused.code + " " + refused.message);
  return text.find("trace size") != std::string::npos;
}

// X-Ray gives no id for what it could not read; with one document alone it is clear which one.
std::string describe(const aws::xray::Unprocessed& refused, const trace::SpanRecord* record,
                     std::size_t sent) {
  const std::string which =
      record != nullptr ? fmt::format("span '{}' ({})", record->name(), record->span_id.hex())
                        : fmt::format("one of {} spans (it does not say which)", sent);
  const std::string_view cure = cure_for(refused.code);
  return fmt::format(
      "refused {}: {}{}{}{}{}", which, refused.code.empty() ? "without a reason" : refused.code,
      refused.message.empty() ? "" : ": ", refused.message, cure.empty() ? "" : "; ", cure);
}

std::string ascii(std::string_view text) {
  std::string spelled;
  for (const char c : text) {
    const bool good = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                      std::string_view(" _.:/%&#=+-@").find(c) != std::string_view::npos;
    if (good || (c & '\xC0') != '\x80') spelled += good ? c : '_';
  }
  return spelled.substr(0, 200);
}

}  // namespace

XRaySink::XRaySink(aws::Caller& caller, aws::Endpoint endpoint, core::Clock& clock, core::Rng& rng,
                   DocumentSettings settings)
    : caller_(caller, counts_),
      endpoint_(std::move(endpoint)),
      clock_(clock),
      rng_(rng),
      settings_(std::move(settings)),
      where_(fmt::format("X-Ray at {} ", endpoint_.url.to_string())) {}

trace::WriteReport XRaySink::write(Batch batch, core::Deadline deadline) {
  Task task{deadline, {}};
  for (Batch rest = batch; !rest.empty();) {
    // What fits in one call.
    const Batch part = rest.first(fill_body(rest));
    if (!send(part, task, true)) break;
    rest = rest.subspan(part.size());
  }
  // What has to wait is received when it comes again.
  counts_.segments_received += static_cast<std::int64_t>(task.report.delivered + task.report.lost);
  task.report.later = batch.size() - task.report.delivered - task.report.lost;
  return std::move(task.report);
}

// What body_ holds.
bool XRaySink::send(Batch batch, Task& task, bool may_halve) {
  const auto refused = put(task.deadline);
  if (!refused) {
    const core::Error& error = refused.error();
    if (may_go_later(error.code)) {
      task.report.reason = core::visible(where_ + "failed: " + error.message);
      return false;
    }
    // Is one of them bad, or all?
    if (batch.size() > 1) return send_halves(batch, task, may_halve);
    lose(1, "whole call refused",
         fmt::format("refused span '{}': {}", batch.front().name(), error.message), task);
    return true;
  }
  const bool suspect =
      batch.size() > 1 && may_halve &&
      std::ranges::any_of(*refused, [](const auto& one) { return one.id.empty(); });
  if (suspect) return send_halves(batch, task, false);
  return settle(batch, *refused, task);
}

// Documents that were taken are taken again: the same id replaces.
bool XRaySink::send_halves(Batch batch, Task& task, bool may_halve) {
  const std::size_t half = batch.size() / 2;
  for (const Batch part : {batch.first(half), batch.subspan(half)}) {
    begin_body();
    for (const trace::SpanRecord& record : part) add_document(record);
    end_body();
    if (!send(part, task, may_halve)) return false;
  }
  return true;
}

bool XRaySink::settle(Batch sent, const Refusals& refused, Task& task) {
  std::size_t lost = 0;
  for (const aws::xray::Unprocessed& one : refused) {
    const auto by_id = std::ranges::find_if(
        sent, [&](const auto& record) { return document_id(record).hex() == one.id; });
    const trace::SpanRecord* record = by_id != sent.end() ? &*by_id
                                      : sent.size() == 1  ? &sent.front()
                                                          : nullptr;
    if (record != nullptr && cure(*record, one, task)) continue;
    // A broken reply may name more documents than were sent.
    if (++lost > sent.size()) break;
    lose(1, one.code.empty() ? "no reason" : one.code, describe(one, record, sent.size()), task);
  }
  lost = std::min(lost, sent.size());
  task.report.delivered += sent.size() - lost;
  counts_.segments_sent += static_cast<std::int64_t>(sent.size() - lost);
  return true;
}

bool XRaySink::cure(const trace::SpanRecord& record, const aws::xray::Unprocessed& refused,
                    Task& task) {
  begin_body();
  if (is_over_budget(refused)) {
    budget_.of(record.trace_id, clock_.steady_ns()).full = true;
    add_document(record);
  } else if (refused.code == "InvalidName") {
    trace::SpanRecord renamed;
    renamed.copy_from(record);
    trace::Resource resource;
    if (record.resource != nullptr) resource = *record.resource;
    resource.set(trace::key::kServiceName, ascii(resource.service_name()));
    renamed.resource = &resource;
    renamed.set_name(ascii(record.name()));
    add_document(renamed);
  } else {
    return false;
  }
  end_body();
  const auto again = put(task.deadline);
  return again && again->empty();
}

void XRaySink::lose(std::size_t count, const std::string& code, const std::string& what,
                    Task& task) {
  task.report.lost += count;
  counts_.segments_rejected += static_cast<std::int64_t>(count);
  if (task.report.reason.empty()) task.report.reason = core::visible(where_ + what);
  const auto known = std::ranges::find(task.report.losses, code, &trace::Loss::why);
  if (known != task.report.losses.end()) {
    known->count += count;
  } else {
    task.report.losses.push_back({code, count});
  }
}

core::Result<XRaySink::Refusals> XRaySink::put(core::Deadline deadline) {
  if (counted_since_ns_ == 0) counted_since_ns_ = clock_.steady_ns();
  auto refused =
      aws::xray::put_trace_segments(caller_, endpoint_, std::string(body_.view()), deadline);
  if (refused) {
    charged_.clear();
    begun_.clear();
  }
  return refused;
}

// --- the body
// --------------------------------------------------------------------------------------

void XRaySink::begin_body() {
  for (const auto& [trace, bytes] : charged_) {
    std::size_t& taken = budget_.of(trace, clock_.steady_ns()).bytes;
    taken -= std::min(taken, bytes);
  }
  for (const trace::TraceId& trace : begun_) {
    budget_.of(trace, clock_.steady_ns()).continued_in.reset();
  }
  charged_.clear();
  begun_.clear();
  body_.clear();
  body_.append(R"({"TraceSegmentDocuments":[)");
  documents_ = 0;
}

// How many of the batch went into the body.
std::size_t XRaySink::fill_body(Batch batch) {
  begin_body();
  std::size_t count = 0;
  for (const trace::SpanRecord& record : batch) {
    if (documents_ >= kMaxDocumentsPerCall || body_.size() > kMaxBodyBytes) break;
    const std::size_t before = body_.size();
    const std::size_t documents = documents_;
    add_document(record);
    if (documents_ > kMaxDocumentsPerCall) {  // it came with the beginning of a continuation
      body_.truncate(before);
      documents_ = documents;
      budget_.of(record.trace_id, clock_.steady_ns()).continued_in.reset();
      begun_.pop_back();
      break;
    }
    ++count;
  }
  end_body();
  return count;
}

std::size_t XRaySink::append_document(const trace::SpanRecord& record) {
  const std::size_t before = body_.size();
  core::NestedJsonWriter document(body_);
  body_.append(documents_++ == 0 ? "\"" : ",\"");
  write_document(record, document, settings_);
  body_.append("\"");
  return body_.size() - before;
}

void XRaySink::charge(const trace::TraceId& trace, std::size_t bytes) {
  budget_.of(trace, clock_.steady_ns()).bytes += bytes;
  charged_.emplace_back(trace, bytes);
}

void XRaySink::add_document(const trace::SpanRecord& record) {
  const std::int64_t now = clock_.steady_ns();
  const std::size_t before = body_.size();
  const std::size_t bytes = append_document(record);
  const Budget::Trace& trace = budget_.of(record.trace_id, now);
  // The local root stays where people look for it, as long as X-Ray takes it.
  if (Budget::takes(trace, bytes, now) || (collect_fields(record).segment && !trace.full)) {
    charge(record.trace_id, bytes);
    return;
  }
  body_.truncate(before);
  --documents_;
  add_continued(record);
}

// In the trace that continues the full one: below a segment there that links back to it.
void XRaySink::add_continued(const trace::SpanRecord& record) {
  const std::int64_t now = clock_.steady_ns();
  Budget::Trace full = budget_.of(record.trace_id, now);
  if (full.continued_in && !Budget::takes(budget_.of(*full.continued_in, now), 0, now)) {
    full.continued_in.reset();
  }
  if (!full.continued_in) begin_continuation(record, full);
  trace::SpanRecord moved;
  moved.copy_from(record);
  moved.trace_id = *full.continued_in;
  moved.parent_id = full.continued_at;
  moved.parent_remote = false;
  const trace::SpanId there = record.parent_id.valid() ? record.parent_id : record.span_id;
  moved.add_link({record.trace_id, there, record.flags, true});
  charge(moved.trace_id, append_document(moved));
}

void XRaySink::begin_continuation(const trace::SpanRecord& record, Budget::Trace& full) {
  const core::Instant now = clock_.now();
  const auto seconds = static_cast<std::uint64_t>(now.wall_ns / 1'000'000'000);
  full.continued_in = trace::TraceId{seconds << 32 | rng_.next() >> 32, rng_.next() | 1};
  full.continued_at = {rng_.next() | 1};
  budget_.of(record.trace_id, now.steady_ns) = full;
  begun_.push_back(record.trace_id);
  trace::SpanRecord begin;
  begin.trace_id = *full.continued_in;
  begin.span_id = full.continued_at;
  begin.start_ns = record.start_ns;
  begin.end_ns = record.in_progress ? record.start_ns : record.end_ns;
  begin.resource = record.resource;
  begin.flags = record.flags;
  begin.set_name("continued");
  begin.set(trace::key::kContinues, std::string_view(record.trace_id.xray()));
  const trace::SpanId there = record.parent_id.valid() ? record.parent_id : record.span_id;
  begin.add_link({record.trace_id, there, record.flags, true});
  charge(begin.trace_id, append_document(begin));
}

// --- what X-Ray is told of us
// ------------------------------------------------------------------------

aws::Outcome XRaySink::Counting::call(const aws::Call& call) {
  auto outcome = inner_.call(call);
  if (outcome) return outcome;
  const aws::Failure& failure = outcome.error();
  if (failure.status >= 500) {
    ++counts_.http_5xx;
  } else if (failure.status >= 400) {
    ++counts_.http_4xx;
  } else if (failure.error.code == core::Code::timeout) {
    ++counts_.timeouts;
  } else if (failure.error.message.find("name was not found") != std::string::npos) {
    ++counts_.unknown_hosts;
  } else if (failure.error.code == core::Code::unavailable) {
    ++counts_.connections_refused;
  } else {
    ++counts_.other_errors;
  }
  return outcome;
}

core::Nanos XRaySink::housekeeping(core::Deadline deadline) {
  if (counted_since_ns_ == 0) return core::Nanos::max();
  const std::int64_t now = clock_.steady_ns();
  const std::int64_t due = counted_since_ns_ + kTellEvery.count();
  if (now < due) return core::Nanos(due - now);
  aws::xray::TelemetryRecord record = counts_;
  record.time_ns = clock_.now().wall_ns;
  const auto told =
      aws::xray::put_telemetry_records(caller_, endpoint_, {{record}, "", ""}, deadline);
  if (!told) {
    counted_since_ns_ = now;  // next minute, with what comes until then
    return kTellEvery;
  }
  counts_ = {};
  counted_since_ns_ = 0;
  return core::Nanos::max();
}

}  // namespace spawn::xray
