// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The queue between finished spans and their exporters, on disk or in memory: appended once, read
// by each reader (exporter) at its own pace, bounded; full means that the oldest go, counted for
// every reader that had not settled them. On disk it survives its process, whatever ends that: what
// was appended is in the page cache, and so are the slots of the ring before it (ring_memory()).
// A loss of power may take what the kernel had not written yet.
//
// A spool is one head file `NAME.spool`, locked while its process lives, and segments
// `NAME.NUMBER.spans`. A successor adopts what no process owns (adopt()): what was in the ring is
// appended, spans that were open are closed and marked, and readers of the same name go on where
// they were. What is damaged is skipped, and counted by the gap in the sequence that it leaves.
// When the disk takes no more, segments go to memory, and come back to disk later.
//
// Safe for any thread. docs/adr/0012-spool.md tells why.
#pragma once

#include <cstdint>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "core/result.h"
#include "store/frame.h"
#include "store/head.h"
#include "store/open_spans.h"
#include "store/segment.h"
#include "trace/resource.h"
#include "trace/span_record.h"

namespace spawn::store {

struct SpoolOptions {
  std::string folder;  // made when it is not there; "": in memory
  // What the readers are called, for successors; at most kMaxReaders. "": what it has not read when
  // the process ends is nobody's.
  std::vector<std::string> readers;
  std::size_t max_bytes = 64U << 20;
  std::size_t segment_bytes = 1U << 20;
  std::size_t ring_slots = 2048;  // a power of two
};

// A span on its way to one reader.
struct Taken {
  trace::SpanRecord record;
  std::shared_ptr<const trace::Resource> resource;  // what the record points to
  std::uint64_t sequence = 0;
  std::uint64_t segment = 0;  // where its frame is
  std::uint64_t offset = 0;
};
// They stay where they were read to, whatever list they are in.
using TakenSpans = std::list<Taken>;

// For one reader: appended = settled + dropped + damaged + taken and not settled + unread.
struct ReaderCounts {
  std::uint64_t waiting = 0;    // not settled: unread, or taken
  std::uint64_t in_memory = 0;  // of them; they end with the process
  std::uint64_t dropped = 0;    // by the bound, before they were settled
  std::uint64_t damaged = 0;    // could not be read back
};

class Spool;
// What processes that are gone left in a folder.
struct Adopted {
  std::vector<std::unique_ptr<Spool>> spools;  // the oldest first
  // By reader: what it had not settled in spools that are over the bound, and gone.
  std::map<std::string, std::uint64_t> dropped;
  std::vector<std::string> notes;  // a line about each that could not be used
};

class Spool {
 public:
  // The resource must outlive it. An error names the folder and what is wrong with it.
  static core::Result<std::unique_ptr<Spool>> create(const SpoolOptions& options,
                                                     const trace::Resource& resource,
                                                     std::int64_t wall_ns);
  // Every spool of the folder that no process owns and that has spans for one of `readers`. Those
  // that nobody can read are left alone.
  static Adopted adopt(const std::string& folder, std::span<const std::string> readers,
                       std::size_t max_bytes);
  // Unlinks its files when every named reader is done, else leaves them to a successor.
  ~Spool();
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  // --- for the engine ----------------------------------------------------------------------------
  [[nodiscard]] void* ring_memory() const { return head_.slots(); }
  [[nodiscard]] OpenSpans& open_spans() { return open_spans_; }
  [[nodiscard]] bool on_disk() const { return !name_.empty(); }

  struct Source {
    trace::SpanRecord* record;            // is settled here
    std::uint64_t position = UINT64_MAX;  // in the ring
  };
  // How many of them were kept: the disk and then the memory may be full. Positions up to the last
  // one's are then no longer needed in the ring.
  std::size_t append(std::span<const Source> spans);
  void still_alive(std::int64_t wall_ns);
  // At the end: what had to go to memory instead of the disk is tried there once more. What is
  // in_memory afterwards ends with the process: the caller counts it, a successor does not.
  void to_disk();
  [[nodiscard]] std::uint64_t appended() const;
  // Why segments are in memory now; "" when they are where they should be.
  [[nodiscard]] std::string trouble() const;
  [[nodiscard]] std::uint64_t bytes() const;
  // Spans of a predecessor that it had not ended, and that were closed here.
  [[nodiscard]] std::uint64_t closed() const { return closed_; }

  // --- for a reader, by its number
  // -----------------------------------------------------------------
  [[nodiscard]] std::optional<std::size_t> reader(std::string_view name) const;
  // The next ones, at most so many and about so many bytes; how many there were.
  std::size_t read(std::size_t reader, std::size_t spans, std::size_t bytes, TakenSpans& to);
  // These, which it took, are settled; every span below the sequence is. (What was dropped while it
  // was on its way is not dropped then.)
  void settle(std::size_t reader, TakenSpans&& spans, std::uint64_t all_below);
  // The one there is settled although earlier ones are not: a successor will not send it again.
  void mark(std::size_t reader, std::uint64_t segment, std::uint64_t offset);
  [[nodiscard]] ReaderCounts counts(std::size_t reader) const;

  // What is not settled goes into a new spool in the folder, for a successor.
  core::Status save(const std::string& folder, std::int64_t wall_ns);

  // In a forked child: a new spool in memory, with the same readers; the files are the parent's.
  void begin_anew();

 private:
  struct Cursor {
    std::uint64_t segment = 0;  // its number
    std::uint64_t offset = 0;
    std::uint64_t next = 0;   // sequence it expects
    std::uint64_t taken = 0;  // and not settled
    std::uint64_t dropped = 0;
    std::uint64_t damaged = 0;
    TakenSpans ahead{};  // taken for a reader that had read all when they were appended
    std::size_t ahead_bytes = 0;
  };

  Spool(Head head, std::string folder, std::string name);
  bool append_locked(std::span<const Source> spans);
  [[nodiscard]] bool is_full(const Segment& segment) const;
  core::Status grow();
  core::Result<Segment> new_segment(const std::string& path, std::uint64_t begin);
  void make_room();
  void drop_first_segment(bool settled);
  void free_settled();
  std::uint32_t resource_id(const trace::Resource* resource);
  // What `reader` finds at its cursor; false at the end.
  bool read_chunk(std::size_t reader, std::size_t spans, std::size_t bytes, TakenSpans& to);
  void take_frame(Cursor& cursor, std::size_t reader, const Frame& frame, TakenSpans& to);
  void hand_over(std::span<const Source> spans, std::uint64_t offset);
  Taken& room_for_one(TakenSpans& to);
  void take(Taken& taken, std::size_t reader, const SpanFrame& frame, std::uint64_t offset);
  void count_gap(Cursor& cursor, std::uint64_t sequence);
  [[nodiscard]] std::string segment_path(std::uint64_t number) const;
  [[nodiscard]] Segment& segment(std::uint64_t number) { return segments_[number - first_]; }
  [[nodiscard]] std::uint64_t end_number() const { return first_ + segments_.size(); }
  [[nodiscard]] bool all_done() const;

  // adopt.cc
  static core::Result<std::unique_ptr<Spool>> open(const std::string& folder,
                                                   const std::string& name);
  void recover();
  void find_segments();
  std::uint64_t scan_segments(std::set<std::uint64_t>& seen);
  void append_from_ring(std::uint64_t below, std::set<std::uint64_t>& seen);
  void close_open_spans(const std::set<std::uint64_t>& seen);
  void unlink_all();

  mutable std::unique_ptr<std::mutex> mutex_ = std::make_unique<std::mutex>();  // over what follows
  Head head_;
  OpenSpans open_spans_{head_.open_spans()};
  std::string folder_;
  std::string name_;  // "": in memory
  std::size_t max_bytes_ = 64U << 20;
  std::size_t segment_bytes_ = 1U << 20;
  std::deque<Segment> segments_;
  std::uint64_t first_ = 0;         // number of the first of them
  std::optional<Segment> settled_;  // on disk, to begin anew
  std::uint64_t bytes_ = 0;
  std::size_t readers_ = 0;
  Cursor cursors_[kMaxReaders];
  const trace::Resource* own_ = nullptr;
  std::shared_ptr<const trace::Resource> own_shared_;
  std::map<const trace::Resource*, std::uint32_t> ids_;  // in the last segment
  std::string buffer_;
  struct Written {
    std::uint64_t offset;  // in the buffer
    std::uint32_t resource;
  };
  std::vector<Written> written_;  // the spans in it
  std::string chunk_;
  TakenSpans spare_;  // room for spans
  std::string trouble_;
  std::uint64_t closed_ = 0;
  bool adopted_ = false;
};

}  // namespace spawn::store
