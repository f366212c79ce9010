// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "view/trace_html.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>

#include "core/text.h"
#include "core/time_text.h"
#include "view/breakage.h"
#include "view/duration.h"
#include "view/span_text.h"
#include "view/tree.h"
#include "view/waterfall_rows.h"

namespace spawn::view {
namespace {

// The policy lets in this very text and no other: kStyleHash is base64 of its
// SHA-256, which tests/e2e/trace_export.sh compares.
constexpr std::string_view kStyle =
    R"css(:root{color-scheme:light dark;--line:#8884;--bar:#2a6fbb;--bad:#b3261e;--soft:#777}
@media(prefers-color-scheme:dark){:root{--bar:#7db3ee;--bad:#ff8a80;--soft:#aaa}}
body{font:14px/1.4 system-ui,sans-serif;margin:1.5rem}
h1{font-size:1.2rem}h2{font-size:1rem}
table{border-collapse:collapse;width:100%;table-layout:fixed}
th,td{text-align:left;vertical-align:top;padding:.2rem .4rem;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
.name{width:45%}.took{width:7em;text-align:right}
svg{width:100%;height:1em;display:block}rect{fill:var(--bar)}.bad rect{fill:var(--bad)}.bad summary{color:var(--bad)}
.service,.note{color:var(--soft)}
dl{display:grid;grid-template-columns:minmax(8em,auto) 1fr;gap:0 .8em;margin:.3rem 0;font-size:.9em}
dt{color:var(--soft)}dd{margin:0}
.d1{padding-left:1.3rem}.d2{padding-left:2.2rem}.d3{padding-left:3.1rem}.d4{padding-left:4.0rem}.d5{padding-left:4.9rem}.d6{padding-left:5.8rem}.d7{padding-left:6.7rem}.d8{padding-left:7.6rem}.d9{padding-left:8.5rem}.d10{padding-left:9.4rem}.d11{padding-left:10.3rem}.d12{padding-left:11.2rem}.d13{padding-left:12.1rem}.d14{padding-left:13.0rem}.d15{padding-left:13.9rem}
)css";
constexpr std::string_view kStyleHash = "3hScvBf6l/KJE+1N/OW2fR6O5VQt+hair6v95EmaPJk=";
constexpr std::size_t kDeepest = 15;  // of the levels that are indented

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : core::visible(text)) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

class Page {
 public:
  explicit Page(const trace::Trace& trace)
      : trace_(trace),
        tree_(build_tree(trace)),
        total_ns_(time_between(tree_.start_ns, tree_.end_ns)) {}

  std::string write() {
    head();
    put("<table><thead><tr><th class=\"name\">Span</th><th>Time</th><th "
        "class=\"took\">Took</th>"
        "</tr></thead><tbody>\n");
    for (const TreeRow& row : tree_.rows) span_row(row);
    put("</tbody></table>\n</body></html>\n");
    return std::move(out_);
  }

 private:
  template <typename... Values>
  void put(fmt::format_string<Values...> format, Values&&... values) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<Values>(values)...);
  }

  void head() {
    const std::string id = trace_.id.xray();
    put("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
        "'none'; style-src "
        "'sha256-{}'; base-uri 'none'; form-action 'none'\">\n"
        "<meta name=\"viewport\" content=\"width=device-width\">\n"
        "<title>Trace {}</title><style>",
        kStyleHash, id);
    out_ += kStyle;
    put("</style></head><body>\n<h1>Trace {}</h1>\n<p>{} UTC, {}, {} "
        "spans</p>\n",
        id, core::rfc3339(tree_.start_ns).substr(0, 23), duration_text(total_ns_),
        trace_.spans.size());
    for (const Breakage& one : find_breakages(trace_, tree_)) {
      put("<p class=\"note\">{}</p>\n", escaped(one.text));
    }
    for (const std::string& note : trace_.notes) put("<p class=\"note\">{}</p>\n", escaped(note));
  }

  void span_row(const TreeRow& row) {
    const trace::SpanRecord& span = *row.span;
    const bool failed = span.status == trace::StatusCode::error;
    put("<tr{}><td class=\"d{}\"><details><summary>{}{} <span "
        "class=\"service\">{}</span>"
        "</summary>",
        failed ? " class=\"bad\"" : "", std::min(row.depth, kDeepest), failed ? "✗ " : "",
        span.name().empty() ? "(no name)" : escaped(span.name()), escaped(service_of(span)));
    details(span);
    put("</details></td><td>");
    bar(span);
    put("</td><td class=\"took\">{}</td></tr>\n",
        span.in_progress ? "running" : duration_text(time_between(span.start_ns, span.end_ns)));
  }

  void pair(std::string_view name, std::string_view value) {
    put("<dt>{}</dt><dd>{}</dd>", escaped(name), escaped(value));
  }

  void details(const trace::SpanRecord& span) {
    put("<dl>");
    pair("span id", span.span_id.hex());
    pair("kind", trace::to_string(span.kind));
    pair("started", core::rfc3339(span.start_ns));
    if (const std::string message = failure_message(span); !message.empty()) {
      pair("failed with", message);
    }
    span.for_each_attribute(
        [&](const trace::Attribute& one) { pair(one.key, one.value.display()); });
    span.for_each_event([&](const trace::SpanRecord::Event& event) {
      pair(fmt::format("event {}", event.name), core::rfc3339(event.time_ns));
      span.for_each_attribute_of(
          event, [&](const trace::Attribute& one) { pair(one.key, one.value.display()); });
    });
    span.for_each_link([&](const trace::SpanRecord::Link& link) {
      pair("link", fmt::format("{} {}", link.to.trace_id.xray(), link.to.span_id.hex()));
    });
    put("</dl>");
  }

  // In thousandths of the whole, at least two of them wide.
  void bar(const trace::SpanRecord& span) {
    const auto part = [&](std::int64_t at) {
      if (total_ns_ == 0) return 0.0;
      return 1000.0 * static_cast<double>(time_between(tree_.start_ns, at)) /
             static_cast<double>(total_ns_);
    };
    const double from = part(span.start_ns);
    const double to = span.in_progress ? 1000.0 : part(span.end_ns);
    put("<svg viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\" "
        "role=\"img\" "
        "aria-label=\"starts after {}\"><rect x=\"{:.1f}\" y=\"1\" "
        "width=\"{:.1f}\" height=\"8\"/>"
        "</svg>",
        duration_text(time_between(tree_.start_ns, span.start_ns)), std::min(from, 998.0),
        std::max(to - from, 2.0));
  }

  const trace::Trace& trace_;
  Tree tree_;
  std::int64_t total_ns_;
  std::string out_;
};

}  // namespace

std::string trace_html(const trace::Trace& trace) { return Page(trace).write(); }

}  // namespace spawn::view
