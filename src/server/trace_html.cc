// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "server/trace_html.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "core/json.h"
#include "server/fields.h"
#include "server/page_files.h"
#include "server/span_json.h"
#include "server/summary_json.h"
#include "view/summary.h"
#include "xray/facts.h"

namespace spawn::server {
namespace {

using core::Json;

std::string_view page_file(std::string_view path) {
  const auto file = std::ranges::find(page_files(), path, &PageFile::path);
  return file == page_files().end() ? std::string_view() : file->bytes;
}

std::string data_of(const trace::Trace& trace, std::int64_t now_ns) {
  Annotations told;
  for (const trace::SegmentFacts& fact : trace.facts) told[fact.id] = fact.annotations;
  core::CharBuffer spans;
  write_trace(trace, !trace.facts.empty(), told, spans);
  const view::TraceSummary summary =
      view::summarize(trace.id, trace.facts.empty() ? xray::facts_of(trace.spans) : trace.facts);
  return fmt::format(R"({{"trace":{},"graph":{},"now":{}}})", spans.view(),
                     trace_graph_json(summary).to_text(), to_seconds(now_ns));
}

std::string modules() {
  Json::Object sources;
  for (const PageFile& file : page_files()) {
    if (file.path.ends_with(".js")) {
      sources.emplace_back(std::string(file.path.substr(1)), Json(std::string(file.bytes)));
    }
  }
  return Json(std::move(sources)).to_text();
}

// JSON has a "<" only inside of its texts; there it must not begin an element.
std::string inert(std::string_view json) {
  std::string text;
  text.reserve(json.size());
  for (const char c : json) {
    if (c == '<') {
      text += "\\u003c";
    } else {
      text += c;
    }
  }
  return text;
}

}  // namespace

std::string trace_html(const trace::Trace& trace, std::int64_t now_ns) {
  const std::pair<std::string_view, std::string> marks[] = {
      {"{{style}}", std::string(page_file("/style.css"))},
      {"{{data}}", inert(data_of(trace, now_ns))},
      {"{{modules}}", inert(modules())},
      {"{{loader}}", std::string(page_file("/export_loader.js"))}};
  // What is put in is not looked through for marks.
  std::string_view rest = page_file("/export.html");
  std::string page;
  for (const auto& [mark, text] : marks) {
    const std::size_t at = rest.find(mark);
    if (at == std::string_view::npos) continue;
    page.append(rest.substr(0, at)).append(text);
    rest.remove_prefix(at + mark.size());
  }
  return page.append(rest);
}

}  // namespace spawn::server
