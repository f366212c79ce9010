// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Spool::adopt: what a successor does with the spool of a process that is gone.
#include <dirent.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/crc32c.h"
#include "core/text.h"
#include "store/frame.h"
#include "store/spool.h"
#include "trace/attributes.h"

namespace spawn::store {
namespace {

constexpr std::string_view kHeadSuffix = ".spool";
constexpr std::string_view kSegmentSuffix = ".spans";

// Sorted, which is the order in which they were made.
std::vector<std::string> files_in(const std::string& folder) {
  std::vector<std::string> names;
  DIR* dir = opendir(folder.c_str());
  if (dir == nullptr) return names;
  while (const dirent* entry = readdir(dir)) names.emplace_back(entry->d_name);
  closedir(dir);
  std::sort(names.begin(), names.end());
  return names;
}

// One slot of a ring as telemetry::Ring has it: a turn that is odd when it holds a record.
struct RingSlot {
  std::uint64_t turn;
  alignas(8) unsigned char record[kSlotBytes - sizeof(std::uint64_t)];
};
static_assert(sizeof(RingSlot) == kSlotBytes &&
              sizeof(trace::SpanRecord) <= sizeof RingSlot::record);

// A record that another process left in memory that it shared with a file. Its pointers mean
// nothing; it had no spill.
bool read_slot(const RingSlot& slot, trace::SpanRecord& to) {
  const auto& left = *std::launder(reinterpret_cast<const trace::SpanRecord*>(slot.record));
  if (left.spilled() || left.payload_bytes() > trace::SpanRecord::kInline) return false;
  if (left.kind > trace::SpanKind::consumer || left.status > trace::StatusCode::error) return false;
  static_cast<trace::SpanHead&>(to) = static_cast<const trace::SpanHead&>(left);
  to.resource = nullptr;
  (void)to.restore(left.payload_view(), static_cast<std::uint32_t>(left.dropped_count()));
  to.settle();
  return to.trace_id.valid() && to.span_id.valid();
}

}  // namespace

Adopted Spool::adopt(const std::string& folder, std::span<const std::string> readers,
                     std::size_t max_bytes) {
  Adopted adopted;
  std::uint64_t bytes = 0;
  std::vector<std::string> names = files_in(folder);
  // The newest first, so that those over the bound are the oldest.
  std::reverse(names.begin(), names.end());
  for (const std::string& file : names) {
    if (!file.ends_with(kHeadSuffix)) continue;
    auto opened = open(folder, file.substr(0, file.size() - kHeadSuffix.size()));
    if (!opened) {
      const core::Code code = opened.error().code;
      if (code != core::Code::unavailable && code != core::Code::not_found) {
        adopted.notes.push_back(fmt::format("left alone: {}", opened.error().message));
      }
      continue;
    }
    Spool& spool = **opened;
    const auto waiting = [&](const std::string& name) {
      const auto reader = name.empty() ? std::nullopt : spool.reader(name);
      return reader ? spool.counts(*reader).waiting : 0;
    };
    bytes += spool.bytes();
    if (bytes > max_bytes) {
      for (const std::string& name : readers) adopted.dropped[name] += waiting(name);
      spool.unlink_all();
      spool.readers_ = 0;
    } else if (std::ranges::any_of(readers, [&](const auto& name) { return waiting(name) > 0; })) {
      adopted.spools.push_back(std::move(*opened));
    }
  }
  std::ranges::reverse(adopted.spools);
  return adopted;
}

core::Result<std::unique_ptr<Spool>> Spool::open(const std::string& folder,
                                                 const std::string& name) {
  auto head = Head::open(folder + "/" + name + std::string(kHeadSuffix));
  if (!head) return core::fail(std::move(head.error()));
  std::unique_ptr<Spool> spool(new Spool(std::move(*head), folder, name));
  spool->recover();
  return spool;
}

void Spool::recover() {
  Head::Fixed& fixed = head_.fixed();
  for (std::size_t i = 0; i < kMaxReaders; ++i) {
    if (*fixed.readers[i].name() != '\0') readers_ = i + 1;
  }
  const std::string_view bytes(fixed.resource,
                               std::min<std::size_t>(fixed.resource_size, Head::kMaxResource));
  std::optional<trace::Resource> resource;
  if (core::crc32c(bytes) == fixed.resource_crc) resource = resource_from(bytes);
  own_shared_ =
      std::make_shared<const trace::Resource>(resource ? std::move(*resource) : trace::Resource());
  find_segments();
  if (const std::uint64_t gone_from = fixed.gone_from.load(); gone_from > 0) {
    fixed.appended.store(std::min(fixed.appended.load(), gone_from - 1));
    fixed.gone_from.store(0);
  }

  std::set<std::uint64_t> seen;
  const std::uint64_t below = scan_segments(seen);
  for (std::size_t i = 0; i < readers_; ++i) {
    // Nothing below was appended in vain, whatever the head says.
    cursors_[i].next = std::min(fixed.readers[i].done.load(), fixed.appended.load());
  }
  adopted_ = true;
  free_settled();
  append_from_ring(below, seen);
  close_open_spans(seen);
  head_.drop_slots();
}

void Spool::find_segments() {
  std::uint64_t last = 0;
  for (const std::string& file : files_in(folder_)) {
    if (!file.starts_with(name_ + ".") || !file.ends_with(kSegmentSuffix)) continue;
    const std::string_view number = std::string_view(file).substr(
        name_.size() + 1, file.size() - name_.size() - 1 - kSegmentSuffix.size());
    const auto parsed = core::parse_int(number);
    auto segment = Segment::open(folder_ + "/" + file);
    if (!parsed || *parsed < 0 || !segment) continue;
    last = static_cast<std::uint64_t>(*parsed);
    segments_.push_back(std::move(*segment));
  }
  // New ones get numbers that are not taken.
  if (!segments_.empty()) first_ = last + 1 - std::min<std::uint64_t>(last + 1, segments_.size());
  for (Cursor& cursor : cursors_) cursor.segment = first_;
}

// Finds what each segment holds, and cuts off what was being written, and what still stood there
// when its file began anew. Returns the position of the ring below which all is in segments.
std::uint64_t Spool::scan_segments(std::set<std::uint64_t>& seen) {
  Head::Fixed& fixed = head_.fixed();
  std::uint64_t taken = fixed.ring_taken.load();
  std::uint64_t next = 0;
  for (Segment& segment : segments_) {
    segment.begin = segment.end = next;
    std::string all;
    if (!segment.read(0, static_cast<std::size_t>(segment.size()), all)) continue;
    std::size_t missing = 0;
    std::uint64_t good = 0;
    std::uint64_t own_end = 0;
    for (std::string_view rest = all; !rest.empty();) {
      const auto frame = read_frame(rest, missing);
      rest.remove_prefix(frame ? frame->size : std::min(kFrameAlign, rest.size()));
      if (!frame) continue;
      SpanFrame span;
      trace::SpanRecord record;
      if (frame->kind != FrameKind::span || !read_span(frame->body, span, record)) continue;
      if (span.sequence < own_end) break;
      own_end = span.sequence + 1;
      segment.end = std::max(segment.end, own_end);
      if (span.position != kNoPosition) taken = std::max(taken, span.position + 1);
      seen.insert(record.span_id.value);
      good = all.size() - rest.size();
    }
    next = segment.end;
    segment.truncate(good);
    bytes_ += segment.size();
  }
  const std::uint64_t appended = std::max(fixed.appended.load(), next);
  fixed.appended.store(appended);
  if (!segments_.empty()) segments_.back().end = appended;
  return taken;
}

void Spool::append_from_ring(std::uint64_t below, std::set<std::uint64_t>& seen) {
  const auto* slots = static_cast<const RingSlot*>(head_.slots());
  const std::uint64_t count = head_.fixed().slots;
  std::vector<std::pair<std::uint64_t, trace::SpanRecord>> left;
  for (std::uint64_t i = 0; i < count; ++i) {
    const RingSlot& slot = slots[i];
    if (slot.turn % 2 == 0) continue;
    const std::uint64_t position = slot.turn / 2 * count + i;
    trace::SpanRecord record;
    if (position < below || !read_slot(slot, record)) continue;
    seen.insert(record.span_id.value);
    left.emplace_back(position, std::move(record));
  }
  std::sort(left.begin(), left.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Source> sources;
  sources.reserve(left.size());
  for (auto& [position, record] : left) sources.push_back({&record, position});
  append(sources);
}

// With what is known: that it began, and when its process was last seen alive.
void Spool::close_open_spans(const std::set<std::uint64_t>& seen) {
  const std::int64_t alive = head_.fixed().alive_wall_ns.load();
  std::vector<trace::SpanRecord> open;
  open_spans_.for_each([&](OpenSpans::Seen span) {
    if (seen.count(span.record.span_id.value) == 0) open.push_back(std::move(span.record));
    open_spans_.remove(static_cast<int>(span.slot));
  });
  std::vector<Source> sources;
  for (trace::SpanRecord& record : open) {
    record.end_ns = std::max(record.start_ns, alive);
    record.set(trace::key::kUnfinished, true);
    record.set(trace::key::kError, true);
    record.set(trace::key::kErrorType, "killed");
    record.set_status(trace::StatusCode::error,
                      "its process ended without ending it; the end is when it was last seen");
    sources.push_back({&record});
  }
  closed_ = append(sources);
}

}  // namespace spawn::store
