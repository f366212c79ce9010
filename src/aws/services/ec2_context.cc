// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/services/ec2_context.h"

#include "aws/propagation.h"

namespace spawn::aws::ec2 {
namespace {

constexpr std::size_t kMaxTagValue = 256;
constexpr std::string_view kPrefix = "spawn:";

// The front of the list matters most: the last to write put itself there.
std::string shortened(std::string tracestate) {
  while (tracestate.size() > kMaxTagValue) {
    const auto comma = tracestate.rfind(',');
    tracestate.resize(comma == std::string::npos ? 0 : comma);
  }
  return tracestate;
}

}  // namespace

Tags context_tags(const trace::SpanContext& span, const trace::ContextExtras* extras) {
  Carrier carrier;
  inject(span, extras, carrier);
  Tags tags;
  for (const auto& [name, value] : carrier) {
    std::string text = shortened(value);
    if (!text.empty()) tags[std::string(kPrefix) + name] = std::move(text);
  }
  return tags;
}

std::optional<trace::TraceContext> context_of(const Tags& tags) {
  Carrier carrier;
  for (const auto& [key, value] : tags) {
    if (key.starts_with(kPrefix)) carrier[key.substr(kPrefix.size())] = value;
  }
  return extract(carrier);
}

}  // namespace spawn::aws::ec2
