// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "view/filter.h"

#include <algorithm>

#include "view/filter_node.h"

namespace spawn::view {
namespace {

using Kind = FilterNode::Kind;

// What keywords are about: the trace, or one visit in it, as the service or as its caller saw it.
struct Scope {
  const TraceSummary& trace;
  const Visit* visit = nullptr;
  const Outcome* outcome = nullptr;

  [[nodiscard]] const VisitDetails* details() const {
    return visit->details < trace.details.size() ? &trace.details[visit->details] : nullptr;
  }
  [[nodiscard]] const Service& service() const { return trace.services[visit->service]; }
};

bool compare(std::string_view a, Comparison comparison, std::string_view b) {
  switch (comparison) {
    case Comparison::equal:
      return a == b;
    case Comparison::not_equal:
      return a != b;
    case Comparison::contains:
      return a.find(b) != std::string_view::npos;
    case Comparison::begins_with:
      return a.starts_with(b);
    case Comparison::ends_with:
      return a.ends_with(b);
    default:
      return false;  // the parser lets no order of texts through
  }
}

bool compare(double a, Comparison comparison, double b) {
  switch (comparison) {
    case Comparison::equal:
      return a == b;
    case Comparison::not_equal:
      return a != b;
    case Comparison::less:
      return a < b;
    case Comparison::less_or_equal:
      return a <= b;
    case Comparison::greater:
      return a > b;
    case Comparison::greater_or_equal:
      return a >= b;
    default:
      return false;
  }
}

// Values of different types are never equal, and differ.
bool compare(const AnnotationValue& a, Comparison comparison, const AnnotationValue& b) {
  if (a.index() != b.index()) return comparison == Comparison::not_equal;
  if (const auto* text = std::get_if<std::string>(&a)) {
    return compare(std::string_view(*text), comparison, std::get<std::string>(b));
  }
  if (const auto* number = std::get_if<double>(&a)) {
    return compare(*number, comparison, std::get<double>(b));
  }
  return (std::get<bool>(a) == std::get<bool>(b)) == (comparison == Comparison::equal);
}

bool boolean(FilterKeyword keyword, const Scope& scope) {
  const TraceSummary& trace = scope.trace;
  const Outcome* outcome = scope.outcome;
  switch (keyword) {
    case FilterKeyword::ok:
      return outcome != nullptr ? outcome->ok()
                                : !trace.has_error && !trace.has_fault && !trace.has_throttle;
    case FilterKeyword::error:
      return outcome != nullptr ? outcome->error : trace.has_error;
    case FilterKeyword::fault:
      return outcome != nullptr ? outcome->fault : trace.has_fault;
    case FilterKeyword::throttle:
      return outcome != nullptr ? outcome->throttle : trace.has_throttle;
    case FilterKeyword::partial:
      return outcome != nullptr ? outcome->in_progress : trace.is_partial;
    case FilterKeyword::root:
      return scope.visit != nullptr ? scope.service().root : trace.entry_point.has_value();
    default:  // inferred
      return scope.visit != nullptr ? scope.service().inferred
                                    : std::ranges::any_of(trace.services, &Service::inferred);
  }
}

std::optional<double> number(FilterKeyword keyword, const Scope& scope) {
  constexpr double kSecond = 1e9;
  const Outcome* outcome = scope.outcome;
  if (keyword == FilterKeyword::http_status) {
    std::int64_t status = scope.trace.http.status;
    if (scope.visit != nullptr) {
      status = scope.details() == nullptr ? 0 : scope.details()->http.status;
    }
    return status == 0 ? std::nullopt : std::optional(static_cast<double>(status));
  }
  if (outcome != nullptr) {
    if (outcome->in_progress) return std::nullopt;
    return static_cast<double>(outcome->duration_ns) / kSecond;
  }
  if (keyword == FilterKeyword::duration) {
    return static_cast<double>(scope.trace.duration_ns) / kSecond;
  }
  if (!scope.trace.response_time_ns) return std::nullopt;
  return static_cast<double>(*scope.trace.response_time_ns) / kSecond;
}

const std::string& http_text(FilterKeyword keyword, const HttpFacts& http) {
  switch (keyword) {
    case FilterKeyword::http_url:
      return http.url;
    case FilterKeyword::http_method:
      return http.method;
    case FilterKeyword::http_useragent:
      return http.user_agent;
    default:
      return http.client_ip;
  }
}

bool is_http(FilterKeyword keyword) {
  return keyword >= FilterKeyword::http_url && keyword <= FilterKeyword::http_clientip;
}

// Whether holds() is true of the type or message of one of the exceptions.
template <typename Holds>
bool any_exception(FilterKeyword keyword, const VisitDetails& details, const Holds& holds) {
  return std::ranges::any_of(details.exceptions, [&](const ExceptionFacts& exception) {
    return holds(keyword == FilterKeyword::message ? exception.message : exception.type);
  });
}

// The same of one of the texts that a visit has for the keyword.
template <typename Holds>
bool any_text_of_visit(FilterKeyword keyword, const Scope& scope, const Holds& holds) {
  if (keyword == FilterKeyword::name && holds(scope.service().id.name)) return true;
  if (keyword == FilterKeyword::type && holds(scope.service().id.type)) return true;
  const VisitDetails* details = scope.details();
  if (details == nullptr) return false;
  if (is_http(keyword)) return holds(http_text(keyword, details->http));
  switch (keyword) {
    case FilterKeyword::user:
      return holds(details->user);
    case FilterKeyword::instance_id:
      return holds(details->instance_id);
    case FilterKeyword::availabilityzone:
      return holds(details->availability_zone);
    case FilterKeyword::resource_arn:
      return holds(details->resource_arn);
    default:
      return any_exception(keyword, *details, holds);
  }
}

template <typename Holds>
bool any_text_of_trace(FilterKeyword keyword, const TraceSummary& trace, const Holds& holds) {
  if (is_http(keyword)) return holds(http_text(keyword, trace.http));
  switch (keyword) {
    case FilterKeyword::user:
      return std::ranges::any_of(trace.users, holds, &User::name);
    case FilterKeyword::instance_id:
      return std::ranges::any_of(trace.instance_ids, holds);
    case FilterKeyword::availabilityzone:
      return std::ranges::any_of(trace.availability_zones, holds);
    case FilterKeyword::resource_arn:
      return std::ranges::any_of(trace.resource_arns, holds);
    default:  // name, type, message
      return std::ranges::any_of(trace.services,
                                 [&](const Service& service) {
                                   if (keyword == FilterKeyword::name) {
                                     return holds(service.id.name);
                                   }
                                   return keyword == FilterKeyword::type && holds(service.id.type);
                                 }) ||
             std::ranges::any_of(trace.details, [&](const VisitDetails& details) {
               return any_exception(keyword, details, holds);
             });
  }
}

bool keyword_holds(const FilterNode& node, const Scope& scope) {
  if (node.keyword < FilterKeyword::responsetime) {
    return boolean(node.keyword, scope) == std::get<bool>(node.value);
  }
  if (node.keyword < FilterKeyword::http_url) {
    const auto value = number(node.keyword, scope);
    return value && compare(*value, node.comparison, std::get<double>(node.value));
  }
  const std::string_view wanted = std::get<std::string>(node.value);
  // What is not there is not compared: x CONTAINS "" asks whether it is.
  const auto holds = [&](const std::string& text) {
    return !text.empty() && compare(std::string_view(text), node.comparison, wanted);
  };
  return scope.visit != nullptr ? any_text_of_visit(node.keyword, scope, holds)
                                : any_text_of_trace(node.keyword, scope.trace, holds);
}

bool annotation_holds(const FilterNode& node, const TraceSummary& trace) {
  return std::ranges::any_of(trace.annotations, [&](const Annotation& annotation) {
    return annotation.key == node.text && (node.kind == Kind::has_annotation ||
                                           compare(annotation.value, node.comparison, node.value));
  });
}

bool fits(const ServicePattern& pattern, const Service& service) {
  return (!pattern.name || *pattern.name == service.id.name || *pattern.name == service.alias) &&
         (!pattern.type || *pattern.type == service.id.type) &&
         (!pattern.account_id || *pattern.account_id == service.id.account_id);
}

bool caller_fits(const ServicePattern& pattern, const Visit& visit, const TraceSummary& trace) {
  if (visit.caller == kNoService) return false;
  if (visit.caller != kClient) return fits(pattern, trace.services[visit.caller]);
  // On the map the client has the name of the service that it calls.
  return (!pattern.name || *pattern.name == trace.services[visit.service].id.name) &&
         (!pattern.type || *pattern.type == "client") && !pattern.account_id;
}

bool holds(const FilterNode& node, const Scope& scope);

bool any_visit(const FilterNode& node, const TraceSummary& trace) {
  const bool edge = node.kind == Kind::edge;
  return std::ranges::any_of(trace.visits, [&](const Visit& visit) {
    if (!fits(node.to, trace.services[visit.service])) return false;
    if (edge && !caller_fits(node.from, visit, trace)) return false;
    return node.parts.empty() ||
           holds(node.parts[0], {trace, &visit, edge ? &visit.call : &visit.own});
  });
}

// As deep as the parser lets an expression be.
bool holds(const FilterNode& node, const Scope& scope) {
  const auto part_holds = [&](const FilterNode& part) { return holds(part, scope); };
  switch (node.kind) {
    case Kind::all:
      return std::ranges::all_of(node.parts, part_holds);
    case Kind::any:
      return std::ranges::any_of(node.parts, part_holds);
    case Kind::negation:
      return !holds(node.parts[0], scope);
    case Kind::keyword:
      return keyword_holds(node, scope);
    case Kind::annotation:
    case Kind::has_annotation:
      return annotation_holds(node, scope.trace);
    case Kind::service:
    case Kind::edge:
      return any_visit(node, scope.trace);
  }
  return false;
}

}  // namespace

bool Filter::matches(const TraceSummary& trace) const { return holds(*root_, {trace}); }

}  // namespace spawn::view
