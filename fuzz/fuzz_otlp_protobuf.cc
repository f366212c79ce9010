// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/result.h"
#include "otlp/json_read.h"
#include "otlp/json_write.h"
#include "otlp/protobuf_read.h"
#include "otlp/protobuf_write.h"

// Whatever was read can be written in both encodings, and reads back as as many spans.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace spawn;
  trace::SpanSet set;
  const auto status = otlp::read_protobuf({reinterpret_cast<const char*>(data), size}, set);
  if (!status) SPAWN_CHECK(!status.error().message.empty());
  SPAWN_CHECK(set.refused <= set.problem_count);

  core::CharBuffer json;
  otlp::write_json(set.spans, json);
  trace::SpanSet from_json;
  SPAWN_CHECK(otlp::read_json(json.view(), from_json).has_value());
  SPAWN_CHECK(from_json.spans.size() == set.spans.size() && from_json.problem_count == 0);

  std::string protobuf;
  otlp::write_protobuf(set.spans, protobuf);
  trace::SpanSet from_protobuf;
  SPAWN_CHECK(otlp::read_protobuf(protobuf, from_protobuf).has_value());
  SPAWN_CHECK(from_protobuf.spans.size() == set.spans.size() && from_protobuf.problem_count == 0);
  return 0;
}
