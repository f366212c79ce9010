// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/services/dynamodb_context.h"

#include "aws/propagation.h"

namespace spawn::aws::dynamodb {

void set_context(const trace::SpanContext& span, const trace::ContextExtras* extras, Item& item) {
  Carrier carrier;
  inject(span, extras, carrier);
  item.erase(std::string(kTracestate));
  for (const auto& [name, value] : carrier) item.insert_or_assign(name, Value::text(value));
}

std::optional<trace::TraceContext> context_of(const Item& item) {
  return extract({{std::string(kTraceparent), std::string(text_at(item, kTraceparent))},
                  {std::string(kTracestate), std::string(text_at(item, kTracestate))}});
}

}  // namespace spawn::aws::dynamodb
