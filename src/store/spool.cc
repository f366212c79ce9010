// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "store/spool.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/crc32c.h"
#include "core/file.h"

namespace spawn::store {
namespace {

// When all is settled, a segment of this size begins again rather than grow. What then still stands
// in its file behind the new frames has sequences that every reader is past.
constexpr std::uint64_t kWorthRewinding = 64 * 1024;
// Memory is free again when a whole segment is settled.
constexpr std::uint64_t kMemorySegmentBytes = 128 * 1024;
// What a reader finds in memory; more than that it reads from the disk.
constexpr std::size_t kMostAhead = 512;
constexpr std::size_t kMostAheadBytes = 512 * 1024;  // of payload
constexpr std::size_t kMostSpare = 512;

// A file over a limit of the process is an error of the write, not its death.
class FileSizeSignalBlocked {
 public:
  FileSizeSignalBlocked() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGXFSZ);
    pthread_sigmask(SIG_BLOCK, &set, &before_);
  }
  ~FileSizeSignalBlocked() {
    if (sigismember(&before_, SIGXFSZ) == 0) {
      sigset_t pending;
      sigpending(&pending);
      if (sigismember(&pending, SIGXFSZ) != 0) {
        sigset_t set;
        sigemptyset(&set);
        sigaddset(&set, SIGXFSZ);
        const timespec at_once{0, 0};
        (void)sigtimedwait(&set, nullptr, &at_once);
      }
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  FileSizeSignalBlocked(const FileSizeSignalBlocked&) = delete;
  FileSizeSignalBlocked& operator=(const FileSizeSignalBlocked&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace

Spool::Spool(Head head, std::string folder, std::string name)
    : head_(std::move(head)), folder_(std::move(folder)), name_(std::move(name)) {}

core::Result<std::unique_ptr<Spool>> Spool::create(const SpoolOptions& options,
                                                   const trace::Resource& resource,
                                                   std::int64_t wall_ns) {
  const FileSizeSignalBlocked blocked;
  SPAWN_CHECK(options.readers.size() <= kMaxReaders);
  std::string name;
  if (!options.folder.empty()) {
    if (auto made = core::make_private_folder(options.folder); !made)
      return core::fail(made.error());
    // Names in the order of time; two of one process in one nanosecond differ by the last part.
    static std::atomic<unsigned> count{0};
    name = fmt::format("{:016x}-{}-{}", wall_ns, getpid(), count.fetch_add(1));
  }
  auto head = name.empty()
                  ? Head::in_memory(options.ring_slots)
                  : Head::create(options.folder + "/" + name + ".spool", options.ring_slots);
  if (!head) return core::fail(std::move(head.error()));
  std::unique_ptr<Spool> spool(new Spool(std::move(*head), options.folder, std::move(name)));
  spool->max_bytes_ = options.max_bytes;
  spool->segment_bytes_ =
      std::min(options.segment_bytes, std::max<std::size_t>(options.max_bytes / 8, 1));
  spool->own_ = &resource;
  spool->readers_ = options.readers.size();
  Head::Fixed& fixed = spool->head_.fixed();
  for (std::size_t i = 0; i < options.readers.size(); ++i) {
    fixed.readers[i].set_name(options.readers[i]);
  }
  if (const std::string bytes = resource_bytes(resource); bytes.size() <= Head::kMaxResource) {
    std::memcpy(fixed.resource, bytes.data(), bytes.size());
    fixed.resource_size = static_cast<std::uint32_t>(bytes.size());
    fixed.resource_crc = core::crc32c(bytes);
  }
  fixed.alive_wall_ns.store(wall_ns);
  return spool;
}

Spool::~Spool() {
  if (on_disk() && all_done()) {
    unlink_all();
  } else if (settled_) {
    settled_->unlink();
  }
}

void Spool::unlink_all() {
  for (const Segment& segment : segments_) segment.unlink();
  if (settled_) settled_->unlink();
  ::unlink((folder_ + "/" + name_ + ".spool").c_str());
}

std::string Spool::segment_path(std::uint64_t number) const {
  return name_.empty() ? std::string() : fmt::format("{}/{}.{:08}.spans", folder_, name_, number);
}

// --- writing
// ---------------------------------------------------------------------------------------

std::size_t Spool::append(std::span<const Source> spans) {
  if (spans.empty()) return 0;
  const std::lock_guard lock(*mutex_);
  const bool kept = append_locked(spans);
  Head::Fixed& fixed = head_.fixed();
  if (!kept) fixed.dropped.fetch_add(spans.size(), std::memory_order_relaxed);
  if (const std::uint64_t last = spans.back().position; last != kNoPosition) {
    fixed.ring_taken.store(last + 1);
  }
  return kept ? spans.size() : 0;
}

bool Spool::append_locked(std::span<const Source> spans) {
  if (segments_.empty() || is_full(segments_.back())) {
    if (!grow()) return false;
  }
  for (int attempt = 0; attempt < 2; ++attempt) {
    buffer_.clear();
    written_.clear();
    std::uint64_t sequence = segments_.back().end;
    for (const Source& source : spans) {
      source.record->settle();
      const std::uint32_t resource = resource_id(source.record->resource);
      written_.push_back({buffer_.size(), resource});
      write_span(*source.record, sequence++, source.position, resource, buffer_);
    }
    const std::uint64_t offset = segments_.back().size();
    const auto written = segments_.back().append(buffer_);
    if (written) {
      bytes_ += buffer_.size();
      segments_.back().end = sequence;
      head_.fixed().appended.store(sequence);
      hand_over(spans, offset);
      make_room();
      return true;
    }
    ids_.clear();
    if (!segments_.back().on_disk()) return false;
    trouble_ = written.error().message;
    if (!grow()) return false;
  }
  return false;
}

bool Spool::is_full(const Segment& segment) const {
  return segment.size() >= (segment.on_disk()
                                ? segment_bytes_
                                : std::min<std::uint64_t>(segment_bytes_, kMemorySegmentBytes));
}

// Who has read all that was before gets them as they are: not by way of the disk.
void Spool::hand_over(std::span<const Source> spans, std::uint64_t offset) {
  Segment& last = segments_.back();
  const std::uint64_t first = last.end - spans.size();
  std::size_t bytes = 0;
  for (const Source& source : spans) bytes += source.record->payload_bytes();
  for (std::size_t reader = 0; reader < readers_; ++reader) {
    Cursor& cursor = cursors_[reader];
    if (cursor.next != first || cursor.ahead.size() + spans.size() > kMostAhead ||
        cursor.ahead_bytes + bytes > kMostAheadBytes) {
      continue;
    }
    cursor.ahead_bytes += bytes;
    cursor.segment = end_number() - 1;
    for (std::size_t i = 0; i < spans.size(); ++i) {
      Taken& taken = room_for_one(cursor.ahead);
      taken.record.copy_from(*spans[i].record);
      take(taken, reader, {first + i, kNoPosition, written_[i].resource},
           offset + written_[i].offset);
    }
    cursor.offset = last.size();
  }
}

// On disk if that can be had, else in memory. After trouble the next one tries the disk again.
core::Status Spool::grow() {
  const std::uint64_t begin = appended();
  std::string path = segment_path(end_number());
  const bool last_failed = !segments_.empty() && segments_.back().on_disk() && !trouble_.empty() &&
                           segments_.back().size() < segment_bytes_;
  if (last_failed) path.clear();
  const FileSizeSignalBlocked blocked;
  auto made = new_segment(path, begin);
  if (!made && !path.empty()) {
    trouble_ = made.error().message;
    made = Segment::create("", begin);
  } else if (made && made->on_disk()) {
    trouble_.clear();
  }
  if (!made) return core::fail(std::move(made.error()));
  segments_.push_back(std::move(*made));
  ids_.clear();
  return core::ok();
}

core::Result<Segment> Spool::new_segment(const std::string& path, std::uint64_t begin) {
  if (!path.empty() && settled_) {
    Segment again = std::move(*settled_);
    settled_.reset();
    if (again.begin_anew(path, begin)) return again;
    again.unlink();
  }
  return Segment::create(path, begin);
}

// 0 is the process's own. The frame that names another one is written before its first span.
std::uint32_t Spool::resource_id(const trace::Resource* resource) {
  if (resource == nullptr || resource == own_) return 0;
  const auto known = ids_.find(resource);
  Segment& last = segments_.back();
  if (known != ids_.end() &&
      last.resources.at(known->second)->attributes() == resource->attributes()) {
    return known->second;
  }
  // Another one at the same address, or a new one.
  const auto id = static_cast<std::uint32_t>(last.resources.size() + 1);
  write_resource(*resource, id, buffer_);
  last.resources[id] = std::make_shared<const trace::Resource>(*resource);
  ids_[resource] = id;
  return id;
}

void Spool::make_room() {
  while (bytes_ > max_bytes_ && segments_.size() > 1) drop_first_segment(false);
}

void Spool::drop_first_segment(bool settled) {
  Segment& first = segments_.front();
  for (std::size_t i = 0; i < readers_; ++i) {
    Cursor& cursor = cursors_[i];
    if (cursor.next < first.end) {
      cursor.dropped += first.end - cursor.next;
      cursor.next = first.end;
    }
    while (!cursor.ahead.empty() && cursor.ahead.front().segment == first_) {
      cursor.ahead_bytes -= cursor.ahead.front().record.payload_bytes();
      cursor.ahead.pop_front();
    }
    // What it took is on its way still, but a successor would not find it.
    cursor.taken -= first.taken.at(i);
    cursor.dropped += first.taken.at(i);
    Voted& done = head_.fixed().readers[i].done;
    done.store(std::max(done.load(), cursor.taken == 0 ? cursor.next : first.end));
    if (cursor.segment <= first_) {
      cursor.segment = first_ + 1;
      cursor.offset = 0;
    }
  }
  bytes_ -= std::min(bytes_, first.size());
  if (settled && !settled_ && first.on_disk()) {
    settled_ = std::move(first);
  } else {
    first.unlink();
  }
  segments_.pop_front();
  ++first_;
}

void Spool::still_alive(std::int64_t wall_ns) {
  head_.fixed().alive_wall_ns.store(wall_ns, std::memory_order_relaxed);
}

std::uint64_t Spool::appended() const { return head_.fixed().appended.load(); }

std::string Spool::trouble() const {
  const std::lock_guard lock(*mutex_);
  return trouble_;
}

std::uint64_t Spool::bytes() const {
  const std::lock_guard lock(*mutex_);
  return bytes_;
}

// --- reading
// ---------------------------------------------------------------------------------------

std::optional<std::size_t> Spool::reader(std::string_view name) const {
  for (std::size_t i = 0; i < readers_; ++i) {
    if (name == head_.fixed().readers[i].name()) return i;
  }
  return std::nullopt;
}

std::size_t Spool::read(std::size_t reader, std::size_t spans, std::size_t bytes, TakenSpans& to) {
  const std::lock_guard lock(*mutex_);
  const std::size_t before = to.size();
  Cursor& cursor = cursors_[reader];
  cursor.segment = std::max(cursor.segment, first_);
  for (std::size_t got = 0; !cursor.ahead.empty() && to.size() - before < spans && got < bytes;) {
    got += cursor.ahead.front().record.payload_bytes();
    cursor.ahead_bytes -= cursor.ahead.front().record.payload_bytes();
    to.splice(to.end(), cursor.ahead, cursor.ahead.begin());
  }
  if (!cursor.ahead.empty()) return to.size() - before;
  while (to.size() - before < spans && cursor.segment < end_number()) {
    if (read_chunk(reader, spans - (to.size() - before), bytes, to)) break;
    if (cursor.segment + 1 >= end_number()) break;
    count_gap(cursor, segment(cursor.segment).end);
    ++cursor.segment;
    cursor.offset = 0;
  }
  // At the very end nothing more can come of what was damaged.
  if (cursor.segment + 1 == end_number() && cursor.offset >= segments_.back().size()) {
    count_gap(cursor, segments_.back().end);
    if (cursor.taken == 0) {
      head_.fixed().readers[reader].done.store(cursor.next);
      free_settled();
    }
  }
  return to.size() - before;
}

// Reads what the cursor's segment still has; true when `to` has enough.
bool Spool::read_chunk(std::size_t reader, std::size_t spans, std::size_t bytes, TakenSpans& to) {
  Cursor& cursor = cursors_[reader];
  const std::size_t enough = to.size() + spans;
  std::size_t wanted = bytes;
  while (cursor.offset < segment(cursor.segment).size()) {
    const Segment& from = segment(cursor.segment);
    const auto left = static_cast<std::size_t>(from.size() - cursor.offset);
    if (!from.read(cursor.offset, std::min(left, wanted), chunk_) || chunk_.empty()) {
      cursor.offset = from.size();  // a bad disk; what it had is a gap
      return false;
    }
    const std::size_t had = to.size();
    std::string_view rest = chunk_;
    std::size_t missing = 0;
    while (!rest.empty() && to.size() < enough) {
      const auto frame = read_frame(rest, missing);
      if (!frame && missing > 0 && chunk_.size() < left) break;  // the rest of it is in the file
      const std::size_t size = frame ? frame->size : std::min(kFrameAlign, rest.size());
      if (frame) take_frame(cursor, reader, *frame, to);
      cursor.offset += size;
      rest.remove_prefix(size);
    }
    if (to.size() > had) return true;
    wanted = std::max(bytes, rest.size() + missing);
  }
  return false;
}

void Spool::take_frame(Cursor& cursor, std::size_t reader, const Frame& frame, TakenSpans& to) {
  Segment& from = segment(cursor.segment);
  if (frame.kind == FrameKind::resource) {
    auto named = read_resource(frame.body);
    if (named && from.resources.count(named->id) == 0) {
      from.resources[named->id] =
          std::make_shared<const trace::Resource>(std::move(named->resource));
    }
    return;
  }
  Taken& taken = room_for_one(to);
  SpanFrame span;
  // Below `next`: it was settled before a successor came, or stands twice.
  const bool is_next = read_span(frame.body, span, taken.record) && span.sequence >= cursor.next;
  if (is_next) count_gap(cursor, span.sequence);
  if (is_next && (frame.done >> reader & 1) == 0) {
    take(taken, reader, span, cursor.offset);
  } else {
    if (is_next) cursor.next = span.sequence + 1;
    spare_.splice(spare_.end(), to, std::prev(to.end()));
  }
}

Taken& Spool::room_for_one(TakenSpans& to) {
  if (spare_.empty()) return to.emplace_back();
  to.splice(to.end(), spare_, spare_.begin());
  return to.back();
}

// The record is there.
void Spool::take(Taken& taken, std::size_t reader, const SpanFrame& frame, std::uint64_t offset) {
  Cursor& cursor = cursors_[reader];
  Segment& from = segment(cursor.segment);
  const auto resource = from.resources.find(frame.resource);
  taken.resource = resource != from.resources.end() ? resource->second : own_shared_;
  taken.record.resource = taken.resource != nullptr ? taken.resource.get() : own_;
  taken.sequence = frame.sequence;
  taken.segment = cursor.segment;
  taken.offset = offset;
  cursor.next = frame.sequence + 1;
  ++cursor.taken;
  ++from.taken.at(reader);
}

void Spool::count_gap(Cursor& cursor, std::uint64_t sequence) {
  if (sequence <= cursor.next) return;
  cursor.damaged += sequence - cursor.next;
  cursor.next = sequence;
}

void Spool::settle(std::size_t reader, TakenSpans&& spans, std::uint64_t all_below) {
  const std::lock_guard lock(*mutex_);
  Cursor& cursor = cursors_[reader];
  for (const Taken& taken : spans) {
    if (taken.segment < first_) {
      --cursor.dropped;
    } else {
      --cursor.taken;
      --segment(taken.segment).taken.at(reader);
    }
  }
  spare_.splice(spare_.end(), spans);
  while (spare_.size() > kMostSpare) spare_.pop_front();
  Voted& done = head_.fixed().readers[reader].done;
  if (cursor.taken == 0) all_below = std::max(all_below, cursor.next);
  if (all_below > done.load()) done.store(all_below);
  free_settled();
  if (adopted_ && all_done()) unlink_all();
}

void Spool::free_settled() {
  std::uint64_t done = UINT64_MAX;
  for (std::size_t i = 0; i < readers_; ++i) {
    const Head::Reader& reader = head_.fixed().readers[i];
    // Nobody reads on where one without a name was.
    if (adopted_ && *reader.name() == '\0') continue;
    done = std::min(done, reader.done.load());
  }
  while (segments_.size() > 1 && segments_.front().end <= done) drop_first_segment(true);
  if (segments_.size() != 1 || segments_.front().end > done ||
      segments_.front().size() < kWorthRewinding) {
    return;
  }
  // One in memory is filled, so that the next one is on the disk again.
  if (on_disk() && !segments_.front().on_disk()) return;
  Segment& only = segments_.front();
  only.rewind();
  only.begin = only.end;
  only.resources.clear();
  ids_.clear();
  bytes_ = only.size();
  for (std::size_t i = 0; i < readers_; ++i) cursors_[i].offset = only.size();
}

void Spool::mark(std::size_t reader, std::uint64_t number, std::uint64_t offset) {
  const std::lock_guard lock(*mutex_);
  if (number < first_) return;
  Segment& in = segment(number);
  for (const std::size_t at : kDoneAt) {
    std::string done;
    if (!in.read(offset + at, 1, done) || done.empty()) return;
    done[0] = static_cast<char>(static_cast<unsigned char>(done[0]) | 1U << reader);
    in.overwrite(offset + at, done);
  }
}

ReaderCounts Spool::counts(std::size_t reader) const {
  const std::lock_guard lock(*mutex_);
  const Cursor& cursor = cursors_[reader];
  std::uint64_t in_memory = 0;
  for (const Segment& segment : segments_) {
    if (segment.on_disk()) continue;
    in_memory += segment.taken.at(reader) + segment.end -
                 std::clamp(cursor.next, segment.begin, segment.end);
  }
  return {appended() - cursor.next + cursor.taken, in_memory, cursor.dropped, cursor.damaged};
}

bool Spool::all_done() const {
  for (std::size_t i = 0; i < readers_; ++i) {
    const Head::Reader& reader = head_.fixed().readers[i];
    if (*reader.name() != '\0' && reader.done.load() < appended()) return false;
  }
  return true;
}

core::Status Spool::save(const std::string& folder, std::int64_t wall_ns) {
  SpoolOptions options;
  options.folder = folder;
  options.max_bytes = max_bytes_;
  options.ring_slots = 1;
  for (std::size_t i = 0; i < readers_; ++i)
    options.readers.emplace_back(head_.fixed().readers[i].name());
  static const trace::Resource none;
  auto saved = create(options, own_ != nullptr ? *own_ : none, wall_ns);
  if (!saved) return core::fail(std::move(saved.error()));
  Spool& to = **saved;
  const std::lock_guard lock(*mutex_);
  const FileSizeSignalBlocked blocked;
  to.first_ = 0;
  for (std::size_t i = 0; i < readers_; ++i) {
    to.head_.fixed().readers[i].done.store(head_.fixed().readers[i].done.load());
  }
  to.head_.fixed().appended.store(appended());
  for (const Segment& from : segments_) {
    auto copy = from.copy_to(to.segment_path(to.end_number()));
    if (!copy) {
      to.unlink_all();
      to.readers_ = 0;
      return core::fail(std::move(copy.error()));
    }
    to.segments_.push_back(std::move(*copy));
  }
  return core::ok();
}

void Spool::to_disk() {
  const std::lock_guard lock(*mutex_);
  if (!on_disk() || all_done()) return;
  const FileSizeSignalBlocked blocked;
  trouble_.clear();
  for (std::size_t i = 0; i < segments_.size(); ++i) {
    if (segments_[i].on_disk()) continue;
    auto copy = segments_[i].copy_to(segment_path(first_ + i));
    if (!copy) {
      trouble_ = copy.error().message;
      break;
    }
    segments_[i] = std::move(*copy);
  }
  // A successor is not to miss them. Files to which nothing could be written stand between them.
  for (auto last = segments_.rbegin(); last != segments_.rend(); ++last) {
    if (last->on_disk() && last->end > last->begin) break;
    head_.fixed().gone_from.store(last->begin + 1);
  }
}

void Spool::begin_anew() {
  (void)mutex_.release();  // another thread may have held it at the fork
  mutex_ = std::make_unique<std::mutex>();
  head_.leave_to_parent();
  // What another thread may have been changing is left behind as it is.
  new (&segments_) std::deque<Segment>;
  new (&settled_) std::optional<Segment>;
  new (&ids_) decltype(ids_);
  new (&buffer_) std::string;
  new (&chunk_) std::string;
  new (&trouble_) std::string;
  new (&written_) std::vector<Written>;
  name_.clear();
  first_ = 0;
  bytes_ = 0;
  closed_ = 0;
  for (Cursor& cursor : cursors_) new (&cursor) Cursor{};
  new (&spare_) TakenSpans;
}

}  // namespace spawn::store
