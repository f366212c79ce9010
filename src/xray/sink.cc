// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "xray/sink.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "core/text.h"
#include "trace/attributes.h"
#include "xray/fields.h"

namespace spawn::xray {
namespace {

// Below what 50 documents of 64 KB come to; the service names no limit for the whole body.
constexpr std::size_t kMaxBodyBytes = 3'000'000;
// Had at once: to grow there would touch as much again. What is not written to takes no memory.
constexpr std::size_t kUsualBodyBytes = 400'000;
constexpr std::size_t kMostAnnounced = 4096;  // spans that are open and were shown
constexpr core::Nanos kTellEvery = std::chrono::seconds(60);

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
  wide_.reset();
  for (const trace::SpanRecord& record : batch) {
    if (!record.in_progress) continue;
    if (announced_.size() >= kMostAnnounced) announced_.clear();
    announced_.insert(record.span_id.value);
  }
  (void)send_all(batch, task, true);
  // What has to wait is received when it comes again.
  counts_.segments_sent += static_cast<std::int64_t>(task.report.delivered);
  counts_.segments_rejected += static_cast<std::int64_t>(task.report.lost);
  counts_.segments_received += static_cast<std::int64_t>(task.report.delivered + task.report.lost);
  task.report.later = batch.size() - task.report.delivered - task.report.lost;
  return std::move(task.report);
}

bool XRaySink::send_all(Batch batch, Task& task, bool may_halve) {
  while (!batch.empty()) {
    // What fits in one call.
    const Batch part = batch.first(fill_body(batch, task.apart));
    if (!send(part, task, may_halve)) return false;
    batch = batch.subspan(part.size());
  }
  return true;
}

// What body_ holds.
bool XRaySink::send(Batch batch, Task& task, bool may_halve) {
  const auto refused = put(task.deadline);
  if (!refused) {
    const core::Error& error = refused.error();
    if (!caller_.refused()) {
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
      batch.size() > 1 && may_halve && !holds_trees() &&
      std::ranges::any_of(*refused, [](const auto& one) { return one.id.empty(); });
  if (suspect) return send_halves(batch, task, false);
  return settle(batch, *refused, task);
}

// Documents that were taken are taken again: the same id replaces.
bool XRaySink::send_halves(Batch batch, Task& task, bool may_halve) {
  const std::size_t half = batch.size() / 2;
  return send_all(batch.first(half), task, may_halve) &&
         send_all(batch.subspan(half), task, may_halve);
}

// The span whose document has that id; else one that is inside a document.
const trace::SpanRecord* XRaySink::find_refused(Batch sent, const std::string& id) const {
  const trace::SpanRecord* inside = nullptr;
  for (std::size_t i = 0; i < sent.size(); ++i) {
    if (document_id(sent[i]).hex() != id && sent[i].span_id.hex() != id) continue;
    if (root_of_[i] == i) return &sent[i];
    inside = &sent[i];
  }
  if (inside == nullptr && sent.size() == 1) return &sent.front();
  return inside;
}

bool XRaySink::holds_trees() const {
  for (std::size_t i = 0; i < root_of_.size(); ++i) {
    if (root_of_[i] != i) return true;
  }
  return false;
}

// Of spans whose document was refused with others in it only one may be bad: each goes alone. False
// when that cannot be now: then all that was sent with them comes again, and the same ids replace.
bool XRaySink::send_apart(Batch spans, Task& task) {
  Task alone{task.deadline, {}, true};
  const bool sent = send_all(spans, alone, true);
  if (task.report.reason.empty() || !sent) task.report.reason = std::move(alone.report.reason);
  if (!sent) return false;
  task.report.delivered += alone.report.delivered;
  task.report.lost += alone.report.lost;
  for (const trace::Loss& loss : alone.report.losses) count_loss(loss.why, loss.count, task);
  return true;
}

bool XRaySink::settle(Batch sent, const Refusals& refused, Task& task) {
  std::vector<Refused> single;
  std::set<std::uint32_t> trees;
  bool unknown = false;
  for (const aws::xray::Unprocessed& one : refused) {
    const trace::SpanRecord* record = find_refused(sent, one.id);
    unknown = unknown || record == nullptr;
    const std::uint32_t root = record == nullptr ? 0 : root_of_[record - sent.data()];
    if (record == nullptr || std::ranges::count(root_of_, root) == 1) {
      if (record == nullptr || std::ranges::find(single, record, &Refused::record) == single.end())
        single.push_back({&one, record});
      continue;
    }
    trees.insert(root);
    if (is_over_budget(one)) budget_of(*record).full = true;
  }
  // Nobody knows how many spans it was.
  if (unknown && holds_trees()) {
    begin_body();
    return send_apart(sent, task);
  }
  for (const Charge& charge : charged_) {
    if (trees.count(charge.root) > 0) give_back(charge);
  }
  forget_charges();
  std::vector<trace::SpanRecord> apart;
  for (std::size_t i = 0; i < sent.size() && !trees.empty(); ++i) {
    if (trees.count(root_of_[i]) > 0) apart.emplace_back().copy_from(sent[i]);
  }
  // What may end with "later" comes first: then nothing of all this was counted.
  for (auto one = single.begin(); one != single.end();) {
    const Cure cured = one->record == nullptr ? Cure::none : cure(*one->record, *one->by, task);
    if (cured == Cure::later) return false;
    one = cured == Cure::done ? single.erase(one) : std::next(one);
  }
  if (!send_apart(apart, task)) return false;
  // A broken reply may name more documents than were sent.
  const std::size_t rest = sent.size() - apart.size();
  if (single.size() > rest) single.resize(rest);
  for (const Refused& one : single) {
    lose(1, one.by->code.empty() ? "no reason" : one.by->code,
         describe(*one.by, one.record, sent.size()), task);
  }
  task.report.delivered += rest - single.size();
  return true;
}

XRaySink::Cure XRaySink::cure(const trace::SpanRecord& record,
                              const aws::xray::Unprocessed& refused, Task& task) {
  begin_body();
  if (is_over_budget(refused)) {
    budget_of(record).full = true;
    add_document(record);
  } else if (refused.code == "InvalidName") {
    settings_.ascii_names = true;
    add_document(record);
    settings_.ascii_names = false;
  } else {
    return Cure::none;
  }
  end_body();
  const auto again = put(task.deadline);
  if (!again && !caller_.refused()) {
    task.report.reason = core::visible(where_ + "failed: " + again.error().message);
    return Cure::later;
  }
  if (!again || !again->empty()) return Cure::none;
  forget_charges();
  return Cure::done;
}

void XRaySink::lose(std::size_t count, const std::string& code, const std::string& what,
                    Task& task) {
  task.report.lost += count;
  if (task.report.reason.empty()) task.report.reason = core::visible(where_ + what);
  count_loss(code, count, task);
}

void XRaySink::count_loss(const std::string& why, std::size_t count, Task& task) {
  const auto known = std::ranges::find(task.report.losses, why, &trace::Loss::why);
  if (known != task.report.losses.end()) {
    known->count += count;
  } else {
    task.report.losses.push_back({why, count});
  }
}

core::Result<XRaySink::Refusals> XRaySink::put(core::Deadline deadline) {
  if (counted_since_ns_ == 0) counted_since_ns_ = clock_.steady_ns();
  return aws::xray::put_trace_segments(caller_, endpoint_, http::Body::borrowed(body_.view()),
                                       deadline);
}

// --- the body
// --------------------------------------------------------------------------------------

void XRaySink::begin_body() {
  undo({});
  body_.clear();
  body_.ensure(kUsualBodyBytes);
  body_.append(R"({"TraceSegmentDocuments":[)");
}

XRaySink::Mark XRaySink::mark() const {
  return {body_.size(), documents_, charged_.size(), begun_.size(), root_of_.size()};
}

// As if nothing had been put into the body since then, nor taken from budgets for it.
void XRaySink::undo(const Mark& to) {
  for (; charged_.size() > to.charged; charged_.pop_back()) give_back(charged_.back());
  for (; begun_.size() > to.begun; begun_.pop_back()) {
    budget_.of(begun_.back(), clock_.steady_ns()).continued_in.reset();
  }
  body_.truncate(to.bytes);
  documents_ = to.documents;
  root_of_.resize(to.spans);
}

void XRaySink::give_back(const Charge& charge) {
  std::size_t& taken = budget_.of(charge.trace, clock_.steady_ns()).bytes;
  taken -= std::min(taken, charge.bytes);
}

// X-Ray has it.
void XRaySink::forget_charges() {
  charged_.clear();
  begun_.clear();
}

// How many of the batch went into the body: whole traces, or what one call takes of one.
std::size_t XRaySink::fill_body(Batch batch, bool apart) {
  begin_body();
  std::size_t count = 0;
  while (count < batch.size() && documents_ < kMaxDocumentsPerCall &&
         body_.size() <= kMaxBodyBytes) {
    const Batch rest = batch.subspan(count);
    const auto end = std::ranges::find_if(
        rest, [&](const auto& record) { return record.trace_id != rest.front().trace_id; });
    const Batch trace = rest.first(static_cast<std::size_t>(end - rest.begin()));
    if (trace.front().trace_id != wide_ && add_trees(trace, apart)) {
      count += trace.size();
      continue;
    }
    if (count == 0) count = add_singles(trace);
    break;
  }
  end_body();
  return count;
}

// False, with nothing done, when it is more than one call takes.
bool XRaySink::add_trees(Batch trace, bool apart) {
  const Mark before = mark();
  forest_.plant(trace, apart, announced_);
  // There may be more roots on the way.
  for (std::size_t i = 0; i < forest_.roots().size(); ++i) {
    const std::size_t documents = before.documents + forest_.roots().size();
    if (documents > kMaxDocumentsPerCall || !add_tree(forest_.roots()[i])) {
      // Then the rest of it will not fit either.
      if (before.documents == 0) wide_ = trace.front().trace_id;
      undo(before);
      return false;
    }
  }
  for (std::uint32_t i = 0; i < trace.size(); ++i) {
    root_of_.push_back(static_cast<std::uint32_t>(before.spans) + forest_.root_of(i));
  }
  return true;
}

// False when X-Ray would not take it with what is below it.
bool XRaySink::add_tree(std::uint32_t root) {
  const trace::SpanRecord& record = forest_.span(root);
  if (forest_.first_child(root) == Forest::kNone) {
    add_document(record);
    return documents_ <= kMaxDocumentsPerCall;
  }
  const std::int64_t now = clock_.steady_ns();
  const std::size_t bytes = append_document(
      [&](core::NestedJsonWriter& to) { write_tree(forest_, root, to, settings_); });
  Budget::Trace& trace = budget_.of(record.trace_id, now);
  if (!Budget::takes(trace, bytes, now)) return false;
  charge(record.trace_id, trace, bytes);
  charged_.back().root = static_cast<std::uint32_t>(root_of_.size()) + root;
  return true;
}

std::size_t XRaySink::add_singles(Batch trace) {
  std::size_t count = 0;
  for (const trace::SpanRecord& record : trace) {
    if (documents_ >= kMaxDocumentsPerCall || body_.size() > kMaxBodyBytes) break;
    const Mark before = mark();
    add_document(record);
    if (documents_ > kMaxDocumentsPerCall) {  // it came with the beginning of a continuation
      undo(before);
      break;
    }
    root_of_.push_back(static_cast<std::uint32_t>(count++));
  }
  return count;
}

template <typename Write>
std::size_t XRaySink::append_document(const Write& write) {
  const std::size_t before = body_.size();
  core::NestedJsonWriter document(body_);
  body_.append(documents_++ == 0 ? "\"" : ",\"");
  write(document);
  body_.append("\"");
  return body_.size() - before;
}

std::size_t XRaySink::append_document(const trace::SpanRecord& record) {
  return append_document(
      [&](core::NestedJsonWriter& to) { write_document(record, to, settings_); });
}

void XRaySink::charge(const trace::TraceId& id, Budget::Trace& trace, std::size_t bytes) {
  trace.bytes += bytes;
  charged_.push_back({id, bytes});
}

void XRaySink::add_document(const trace::SpanRecord& record) {
  const std::int64_t now = clock_.steady_ns();
  const std::size_t before = body_.size();
  const std::size_t bytes = append_document(record);
  Budget::Trace& trace = budget_.of(record.trace_id, now);
  // The local root stays where people look for it, as long as X-Ray takes it.
  if (Budget::takes(trace, bytes, now) || (collect_fields(record).segment && !trace.full)) {
    charge(record.trace_id, trace, bytes);
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
  charge(moved.trace_id, budget_.of(moved.trace_id, now), append_document(moved));
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
  charge(begin.trace_id, budget_.of(begin.trace_id, now.steady_ns), append_document(begin));
}

// --- what X-Ray is told of us
// ------------------------------------------------------------------------

aws::Outcome XRaySink::Counting::call(const aws::Call& call) {
  auto outcome = inner_.call(call);
  refused_ = false;
  if (outcome) return outcome;
  const aws::Failure& failure = outcome.error();
  // A load balancer gives 413, too; all else without a code of AWS may be a proxy's.
  refused_ = failure.status == 413 ||
             (!failure.aws_code.empty() && failure.error.code == core::Code::invalid_argument);
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
