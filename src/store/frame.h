// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// How spans and resources are written in a spool's segments: frames of
//
//   magic · size · CRC-32C · kind · done · padding · done    16 bytes
//   body                                                     to the next multiple of 8
//
// The CRC covers all but magic, itself and `done`, which is changed in place: one bit for each
// reader that has settled the span, twice, so that a flipped bit settles nothing. Numbers are the
// machine's own: a spool is read where it was written. A new form is a new kFormat.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "trace/resource.h"
#include "trace/span_record.h"

namespace spawn::store {

inline constexpr std::uint32_t kFormat = 2;
inline constexpr std::size_t kFrameHead = 16;
inline constexpr std::size_t kFrameAlign = 8;
inline constexpr std::size_t kDoneAt[] = {13, 15};  // of the `done` bytes in a frame
inline constexpr std::uint64_t kNoPosition = UINT64_MAX;

enum class FrameKind : std::uint8_t { span = 1, resource = 2 };

struct SpanFrame {
  std::uint64_t sequence = 0;            // counts every span of the spool
  std::uint64_t position = kNoPosition;  // in the ring it came from
  std::uint32_t resource = 0;            // 0: that of the process
};
struct ResourceFrame {
  std::uint32_t id = 0;
  trace::Resource resource;
};

// Append one frame. The record must be settled.
void write_span(const trace::SpanRecord& record, std::uint64_t sequence, std::uint64_t position,
                std::uint32_t resource, std::string& to);
void write_resource(const trace::Resource& resource, std::uint32_t id, std::string& to);

// A frame whose CRC is right. `size` is all of it.
struct Frame {
  FrameKind kind;
  std::uint8_t done;
  std::size_t size;
  std::string_view body;
};
// What `bytes` begin with. Nothing when that is no whole frame; `missing` then tells how many more
// bytes it may need, 0 when no number helps.
std::optional<Frame> read_frame(std::string_view bytes, std::size_t& missing);

// Nothing when the body makes no sense, in spite of its CRC.
bool read_span(std::string_view body, SpanFrame& to, trace::SpanRecord& record);
std::optional<ResourceFrame> read_resource(std::string_view body);

// A resource as the payload of a record, and back.
std::string resource_bytes(const trace::Resource& resource);
std::optional<trace::Resource> resource_from(std::string_view bytes);

}  // namespace spawn::store
