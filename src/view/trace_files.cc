// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "view/trace_files.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "trace/attribute.h"
#include "view/tree.h"
#include "view/waterfall_rows.h"

namespace spawn::view {
namespace {

using core::JsonWriter;

// Puts a comma before every item but the first.
class Comma {
 public:
  void operator()(JsonWriter& out) {
    if (any_) out.lit<",">();
    any_ = true;
  }

 private:
  bool any_ = false;
};

void scalar(const trace::Value& value, JsonWriter& out) {
  switch (value.type()) {
    case trace::ValueType::boolean:
      return out.boolean(value.boolean());
    case trace::ValueType::integer:
      return out.integer(value.integer());
    case trace::ValueType::real:
      return out.real(value.real());
    default:
      return out.string(value.is_array() ? value.display() : value.string());
  }
}

std::string_view jaeger_type(trace::ValueType type) {
  switch (type) {
    case trace::ValueType::boolean:
      return "bool";
    case trace::ValueType::integer:
      return "int64";
    case trace::ValueType::real:
      return "float64";
    default:
      return "string";
  }
}

void tag(std::string_view key, const trace::Value& value, Comma& comma, JsonWriter& out) {
  comma(out);
  out.lit<R"({"key":)">();
  out.string(key);
  out.lit<R"(,"type":)">();
  out.string(jaeger_type(value.type()));
  out.lit<R"(,"value":)">();
  scalar(value, out);
  out.lit<"}">();
}
void text_tag(std::string_view key, std::string_view text, Comma& comma, JsonWriter& out) {
  tag(key, trace::Value(trace::ValueType::string, text), comma, out);
}

void reference(std::string_view type, const trace::TraceId& trace, trace::SpanId span, Comma& comma,
               JsonWriter& out) {
  comma(out);
  out.lit<R"({"refType":)">();
  out.string(type);
  out.lit<R"(,"traceID":)">();
  out.string(trace.hex());
  out.lit<R"(,"spanID":)">();
  out.string(span.hex());
  out.lit<"}">();
}

// Which resources there are, in order of first appearance; none counts as one.
class Processes {
 public:
  explicit Processes(const trace::Trace& trace) {
    for (const trace::SpanRecord& span : trace.spans) {
      if (places_.emplace(span.resource, list_.size()).second) list_.push_back(span.resource);
    }
  }
  [[nodiscard]] std::size_t of(const trace::SpanRecord& span) const {
    return places_.at(span.resource);
  }
  [[nodiscard]] const std::vector<const trace::Resource*>& list() const { return list_; }

 private:
  std::vector<const trace::Resource*> list_;
  std::map<const trace::Resource*, std::size_t> places_;
};

std::int64_t duration_of(const trace::SpanRecord& span, const Tree& tree) {
  return time_between(span.start_ns, span.in_progress ? tree.end_ns : span.end_ns);
}

void references(const trace::SpanRecord& span, JsonWriter& out) {
  Comma comma;
  out.lit<R"(,"references":[)">();
  if (span.parent_id.valid()) reference("CHILD_OF", span.trace_id, span.parent_id, comma, out);
  span.for_each_link([&](const trace::SpanRecord::Link& link) {
    reference("FOLLOWS_FROM", link.to.trace_id, link.to.span_id, comma, out);
  });
  out.lit<"]">();
}

void tags(const trace::SpanRecord& span, JsonWriter& out) {
  Comma comma;
  out.lit<R"(,"tags":[)">();
  std::string kind(trace::to_string(span.kind));
  std::ranges::transform(kind, kind.begin(), [](char c) { return static_cast<char>(c | 0x20); });
  text_tag("span.kind", kind, comma, out);
  if (span.status != trace::StatusCode::unset) {
    text_tag("otel.status_code", trace::to_string(span.status), comma, out);
  }
  if (!span.status_message().empty()) {
    text_tag("otel.status_description", span.status_message(), comma, out);
  }
  if (span.status == trace::StatusCode::error && !span.find("error")) {
    const char yes = 1;
    tag("error", trace::Value(trace::ValueType::boolean, {&yes, 1}), comma, out);
  }
  span.for_each_attribute(
      [&](const trace::Attribute& one) { tag(one.key, one.value, comma, out); });
  out.lit<"]">();
}

void logs(const trace::SpanRecord& span, JsonWriter& out) {
  Comma comma;
  out.lit<R"(,"logs":[)">();
  span.for_each_event([&](const trace::SpanRecord::Event& event) {
    comma(out);
    out.lit<R"({"timestamp":)">();
    out.integer(event.time_ns / 1000);
    out.lit<R"(,"fields":[)">();
    Comma fields;
    text_tag("event", event.name, fields, out);
    span.for_each_attribute_of(
        event, [&](const trace::Attribute& one) { tag(one.key, one.value, fields, out); });
    out.lit<"]}">();
  });
  out.lit<"]">();
}

void process_id(std::size_t place, JsonWriter& out) { out.string("p" + std::to_string(place + 1)); }

// An OwnedValue as a view of a record has it.
void owned_tag(const std::string& key, const trace::OwnedValue& value, Comma& comma,
               JsonWriter& out) {
  trace::SpanRecord carrier;
  carrier.set(key, value);
  carrier.for_each_attribute(
      [&](const trace::Attribute& one) { tag(one.key, one.value, comma, out); });
}

void processes(const Processes& all, JsonWriter& out) {
  Comma comma;
  for (std::size_t i = 0; i < all.list().size(); ++i) {
    const trace::Resource* resource = all.list()[i];
    comma(out);
    process_id(i, out);
    out.lit<R"(:{"serviceName":)">();
    out.string(resource == nullptr ? std::string_view() : resource->service_name());
    out.lit<R"(,"tags":[)">();
    Comma inner;
    if (resource != nullptr) {
      for (const auto& [key, value] : resource->attributes()) {
        if (key != "service.name") owned_tag(key, value, inner, out);
      }
    }
    out.lit<"]}">();
  }
}

// The lane of each row, by process.
std::vector<std::size_t> lanes_of(const Tree& tree, const Processes& processes) {
  struct Lane {
    std::vector<std::int64_t> open;  // ends of the spans that lie in each other
  };
  std::vector<std::vector<Lane>> lanes(processes.list().size());
  std::vector<std::size_t> order(tree.rows.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return tree.rows[i].span->start_ns; });
  std::vector<std::size_t> result(tree.rows.size());
  for (const std::size_t row : order) {
    const trace::SpanRecord& span = *tree.rows[row].span;
    const std::int64_t end = span.start_ns + duration_of(span, tree);
    std::vector<Lane>& own = lanes[processes.of(span)];
    std::size_t lane = 0;
    for (; lane < own.size(); ++lane) {
      auto& open = own[lane].open;
      while (!open.empty() && open.back() <= span.start_ns) open.pop_back();
      if (open.empty() || open.back() >= end) break;
    }
    if (lane == own.size()) own.emplace_back();
    own[lane].open.push_back(end);
    result[row] = lane;
  }
  return result;
}

void micros(std::int64_t ns, JsonWriter& out) { out.real(static_cast<double>(ns) / 1e3); }

}  // namespace

void write_jaeger(const trace::Trace& trace, JsonWriter& out) {
  const Tree tree = build_tree(trace);
  const Processes all(trace);
  out.lit<R"({"data":[{"traceID":)">();
  out.string(trace.id.hex());
  out.lit<R"(,"spans":[)">();
  Comma comma;
  for (const TreeRow& row : tree.rows) {
    const trace::SpanRecord& span = *row.span;
    comma(out);
    out.lit<R"({"traceID":)">();
    out.string(span.trace_id.hex());
    out.lit<R"(,"spanID":)">();
    out.string(span.span_id.hex());
    out.lit<R"(,"operationName":)">();
    out.string(span.name());
    references(span, out);
    out.lit<R"(,"startTime":)">();
    out.integer(span.start_ns / 1000);
    out.lit<R"(,"duration":)">();
    out.integer(duration_of(span, tree) / 1000);
    tags(span, out);
    logs(span, out);
    out.lit<R"(,"processID":)">();
    process_id(all.of(span), out);
    out.lit<R"(,"warnings":null})">();
  }
  out.lit<R"(],"processes":{)">();
  processes(all, out);
  out.lit<R"(},"warnings":null}],"total":1,"limit":0,"offset":0,"errors":null})">();
}

void write_chrome(const trace::Trace& trace, JsonWriter& out) {
  const Tree tree = build_tree(trace);
  const Processes all(trace);
  const std::vector<std::size_t> lanes = lanes_of(tree, all);
  Comma comma;
  out.lit<R"({"traceEvents":[)">();
  for (std::size_t i = 0; i < all.list().size(); ++i) {
    comma(out);
    out.lit<R"({"name":"process_name","ph":"M","pid":)">();
    out.integer(static_cast<std::int64_t>(i + 1));
    out.lit<R"(,"args":{"name":)">();
    out.string(all.list()[i] == nullptr ? std::string_view() : all.list()[i]->service_name());
    out.lit<"}}">();
  }
  for (std::size_t i = 0; i < tree.rows.size(); ++i) {
    const trace::SpanRecord& span = *tree.rows[i].span;
    comma(out);
    out.lit<R"({"name":)">();
    out.string(span.name());
    out.lit<R"(,"cat":)">();
    out.string(trace::to_string(span.kind));
    out.lit<R"(,"ph":"X","ts":)">();
    micros(time_between(tree.start_ns, span.start_ns), out);
    out.lit<R"(,"dur":)">();
    micros(duration_of(span, tree), out);
    out.lit<R"(,"pid":)">();
    out.integer(static_cast<std::int64_t>(all.of(span) + 1));
    out.lit<R"(,"tid":)">();
    out.integer(static_cast<std::int64_t>(lanes[i] + 1));
    out.lit<R"(,"args":{"span_id":)">();
    out.string(span.span_id.hex());
    out.lit<R"(,"status":)">();
    out.string(trace::to_string(span.status));
    span.for_each_attribute([&](const trace::Attribute& one) {
      if (one.key == "span_id" || one.key == "status") return;
      out.lit<",">();
      out.string(one.key);
      out.lit<":">();
      scalar(one.value, out);
    });
    out.lit<"}}">();
  }
  out.lit<R"(],"displayTimeUnit":"ms","otherData":{"trace_id":)">();
  out.string(trace.id.hex());
  out.lit<"}}">();
}

}  // namespace spawn::view
