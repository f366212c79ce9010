// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "store/frame.h"

#include <cstring>

#include "core/crc32c.h"

namespace spawn::store {
namespace {

constexpr std::uint32_t kMagic = 0x4E505331;  // "1SPN"
// More than the largest record can be (128 attributes of 64 KiB, events, links).
constexpr std::size_t kMaxFrame = std::size_t{1} << 31;

struct Head {
  std::uint32_t magic;
  std::uint32_t size;
  std::uint32_t crc;
  std::uint8_t kind;
  std::uint8_t done;
  std::uint8_t padding;
  std::uint8_t done_again;
};
static_assert(sizeof(Head) == kFrameHead && offsetof(Head, done) == kDoneAt[0] &&
              offsetof(Head, done_again) == kDoneAt[1]);

struct SpanFixed {
  std::uint64_t sequence;
  std::uint64_t position;
  trace::TraceId trace_id;
  trace::SpanId span_id;
  trace::SpanId parent_id;
  std::int64_t start_ns;
  std::int64_t end_ns;
  std::uint32_t resource;
  std::uint32_t dropped;
  trace::SpanKind kind;
  trace::StatusCode status;
  std::uint8_t flags;
  std::uint8_t bits;  // 1: the parent is remote; 2: it had not ended
  std::uint32_t payload;
};
static_assert(sizeof(SpanFixed) == 80);

std::uint32_t crc_of(const Head& head, std::string_view body) {
  char first[8] = {};
  std::memcpy(first, &head.size, 4);
  first[4] = static_cast<char>(head.padding);
  first[6] = static_cast<char>(head.kind);
  return core::crc32c(body, core::crc32c({first, sizeof first}));
}

// Room for a frame at the end of `to`; the body begins kFrameHead later.
std::size_t begin_frame(std::string& to, std::size_t body) {
  const std::size_t at = to.size();
  to.resize(at + (kFrameHead + body + kFrameAlign - 1) / kFrameAlign * kFrameAlign);
  return at;
}

void finish_frame(std::string& to, std::size_t at, FrameKind kind, std::size_t body) {
  Head head{kMagic, static_cast<std::uint32_t>(to.size() - at),
            0,      static_cast<std::uint8_t>(kind),
            0,      static_cast<std::uint8_t>(to.size() - at - kFrameHead - body),
            0};
  head.crc = crc_of(head, std::string_view(to).substr(at + kFrameHead));
  std::memcpy(to.data() + at, &head, sizeof head);
}

}  // namespace

void write_span(const trace::SpanRecord& record, std::uint64_t sequence, std::uint64_t position,
                std::uint32_t resource, std::string& to) {
  const std::string_view payload = record.payload_view();
  const SpanFixed fixed{
      sequence,
      position,
      record.trace_id,
      record.span_id,
      record.parent_id,
      record.start_ns,
      record.end_ns,
      resource,
      static_cast<std::uint32_t>(record.dropped_count()),
      record.kind,
      record.status,
      record.flags,
      static_cast<std::uint8_t>((record.parent_remote ? 1 : 0) | (record.in_progress ? 2 : 0)),
      static_cast<std::uint32_t>(payload.size())};
  const std::size_t body = sizeof fixed + payload.size();
  const std::size_t at = begin_frame(to, body);
  std::memcpy(to.data() + at + kFrameHead, &fixed, sizeof fixed);
  if (!payload.empty()) {
    std::memcpy(to.data() + at + kFrameHead + sizeof fixed, payload.data(), payload.size());
  }
  finish_frame(to, at, FrameKind::span, body);
}

void write_resource(const trace::Resource& resource, std::uint32_t id, std::string& to) {
  const std::string bytes = resource_bytes(resource);
  const std::size_t at = begin_frame(to, sizeof id + bytes.size());
  std::memcpy(to.data() + at + kFrameHead, &id, sizeof id);
  std::memcpy(to.data() + at + kFrameHead + sizeof id, bytes.data(), bytes.size());
  finish_frame(to, at, FrameKind::resource, sizeof id + bytes.size());
}

std::optional<Frame> read_frame(std::string_view bytes, std::size_t& missing) {
  missing = 0;
  if (bytes.size() < kFrameHead) {
    missing = kFrameHead - bytes.size();
    return std::nullopt;
  }
  Head head;
  std::memcpy(&head, bytes.data(), sizeof head);
  if (head.magic != kMagic || head.size % kFrameAlign != 0 || head.size < kFrameHead ||
      head.size > kMaxFrame || head.padding >= kFrameAlign ||
      head.padding > head.size - kFrameHead) {
    return std::nullopt;
  }
  if (head.size > bytes.size()) {
    missing = head.size - bytes.size();
    return std::nullopt;
  }
  const std::string_view body = bytes.substr(kFrameHead, head.size - kFrameHead);
  if (crc_of(head, body) != head.crc) return std::nullopt;
  if (head.kind != static_cast<std::uint8_t>(FrameKind::span) &&
      head.kind != static_cast<std::uint8_t>(FrameKind::resource)) {
    return std::nullopt;
  }
  const auto done = static_cast<std::uint8_t>(head.done & head.done_again);
  return Frame{static_cast<FrameKind>(head.kind), done, head.size,
               body.substr(0, body.size() - head.padding)};
}

bool read_span(std::string_view body, SpanFrame& to, trace::SpanRecord& record) {
  SpanFixed fixed;
  if (body.size() < sizeof fixed) return false;
  std::memcpy(static_cast<void*>(&fixed), body.data(), sizeof fixed);
  if (fixed.payload != body.size() - sizeof fixed || fixed.kind > trace::SpanKind::consumer ||
      fixed.status > trace::StatusCode::error) {
    return false;
  }
  to.sequence = fixed.sequence;
  to.position = fixed.position;
  to.resource = fixed.resource;
  static_cast<trace::SpanHead&>(record) = trace::SpanHead{};
  record.trace_id = fixed.trace_id;
  record.span_id = fixed.span_id;
  record.parent_id = fixed.parent_id;
  record.start_ns = fixed.start_ns;
  record.end_ns = fixed.end_ns;
  record.kind = fixed.kind;
  record.status = fixed.status;
  record.flags = fixed.flags;
  record.parent_remote = (fixed.bits & 1) != 0;
  record.in_progress = (fixed.bits & 2) != 0;
  return record.restore(body.substr(sizeof fixed), fixed.dropped);
}

std::optional<ResourceFrame> read_resource(std::string_view body) {
  ResourceFrame frame;
  if (body.size() < sizeof frame.id) return std::nullopt;
  std::memcpy(&frame.id, body.data(), sizeof frame.id);
  auto resource = resource_from(body.substr(sizeof frame.id));
  if (!resource) return std::nullopt;
  frame.resource = std::move(*resource);
  return frame;
}

std::string resource_bytes(const trace::Resource& resource) {
  trace::SpanRecord record;
  for (const auto& [key, value] : resource.attributes()) record.set(key, value);
  record.settle();
  return std::string(record.payload_view());
}

std::optional<trace::Resource> resource_from(std::string_view bytes) {
  trace::SpanRecord record;
  if (!record.restore(bytes, 0)) return std::nullopt;
  trace::Resource resource;
  record.for_each_attribute(
      [&](const trace::Attribute& a) { resource.set(a.key, a.value.owned()); });
  return resource;
}

}  // namespace spawn::store
