// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/services/sqs_context.h"

#include "trace/xray_header.h"

namespace spawn::aws::sqs {

Carried carried(const Carrier& attributes, const telemetry::ActiveContext& context) {
  Carried out{attributes, {}};
  if (attributes.contains(kTraceparent)) {
    if (const auto own = extract(attributes)) {
      out.trace_header = trace::format_xray_header(own->span);
    }
    return out;
  }
  const std::string_view fields =
      context.extras == nullptr ? std::string_view() : context.extras->xray_fields;
  out.trace_header = trace::format_xray_header(context.span, fields);
  Carrier ours;
  inject(context.span, context.extras, ours);
  out.attributes.erase(std::string(kTracestate));  // of no traceparent
  // traceparent comes first, so that it is the one that gets the last place.
  for (auto& [name, value] : ours) {
    if (out.attributes.size() < kMaxAttributes) out.attributes.emplace(name, std::move(value));
  }
  return out;
}

std::optional<trace::TraceContext> context_of(const Carrier& attributes,
                                              std::string_view trace_header) {
  auto context = extract(attributes);
  return context ? context : extract_xray(trace_header);
}

}  // namespace spawn::aws::sqs
