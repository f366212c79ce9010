// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/result.h"
#include "server/intake.h"
#include "server/span_json.h"
#include "trace/merge.h"
#include "xray/daemon_protocol.h"
#include "xray/document.h"
#include "xray/to_span.h"

// What X-Ray's rules let pass becomes spans, which the page can read, and documents again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace spawn;
  const auto text = xray::document_in({reinterpret_cast<const char*>(data), size});
  const auto document = text ? core::Json::parse(*text)
                             : core::Result<core::Json>(core::fail(core::Code::protocol, ""));
  if (!document || document->object() == nullptr) return 0;
  if (server::check_segment(*document, text->size())) return 0;
  trace::Trace trace;
  xray::add_document(*document, trace);
  SPAWN_CHECK(!trace.spans.empty());
  for (trace::SpanRecord& span : trace.spans) span.settle();
  trace::drop_older_versions(trace);
  trace::share_resources(trace);
  core::CharBuffer page;
  server::write_trace(trace, true, {}, page);
  SPAWN_CHECK(core::Json::parse(page.view()).has_value());
  for (const trace::SpanRecord& span : trace.spans) {
    core::CharBuffer buffer;
    core::JsonWriter out(buffer);
    xray::write_document(span, out);
    SPAWN_CHECK(core::Json::parse(buffer.view()).has_value());
  }
  return 0;
}
