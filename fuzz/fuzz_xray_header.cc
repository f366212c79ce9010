// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/result.h"
#include "trace/xray_header.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace spawn::trace;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto header = parse_xray_header(text);
  if (header && header->root && header->parent) {
    const SpanContext context{*header->root, *header->parent, kSampled, true};
    const auto again = parse_xray_header(format_xray_header(context, header->unknown_fields));
    SPAWN_CHECK(again && again->root == header->root && again->parent == header->parent &&
                again->sampled == XRayHeader::Sampled::yes);
  }
  return 0;
}
