// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otel/runtime_context.h"

#include <opentelemetry/trace/context.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace spawn::otel {
namespace {

namespace context = opentelemetry::context;
namespace nostd = opentelemetry::nostd;

// What is attached, and what was current before.
struct Frame {
  context::Context attached;
  ParentContext current;
  telemetry::ActiveContext before;
};

std::vector<Frame>& frames() {
  static thread_local std::vector<Frame> attached;
  return attached;
}

bool same(const telemetry::ActiveContext& a, const telemetry::ActiveContext& b) {
  return a.decided == b.decided && a.span == b.span;
}

}  // namespace

context::Context RuntimeContextStorage::GetCurrent() noexcept {
  const std::vector<Frame>& attached = frames();
  const telemetry::ActiveContext& current = telemetry::current();
  if (!attached.empty() && same(attached.back().current.active, current)) {
    return attached.back().attached;
  }
  context::Context base = attached.empty() ? context::Context() : attached.back().attached;
  if (!current.decided) return base;
  // A scope of ours lies on top.
  return base.SetValue(api::kSpanKey, nostd::shared_ptr<api::Span>(std::shared_ptr<api::Span>(
                                          std::make_shared<RemoteSpan>(current))));
}

nostd::unique_ptr<context::Token> RuntimeContextStorage::Attach(
    const context::Context& context) noexcept {
  telemetry::ActiveContext& current = telemetry::detail::current_context;
  frames().push_back({context, parent_context(context), current});
  current = frames().back().current.active;
  return CreateToken(context);
}

bool RuntimeContextStorage::Detach(context::Token& token) noexcept {
  std::vector<Frame>& attached = frames();
  const auto found = std::find_if(attached.rbegin(), attached.rend(),
                                  [&](const Frame& frame) { return token == frame.attached; });
  if (found == attached.rend()) return false;
  const auto first = std::prev(found.base());
  telemetry::detail::current_context = first->before;
  attached.erase(first, attached.end());
  return true;
}

Extras current_extras() {
  const trace::ContextExtras* const extras = telemetry::current().extras;
  if (extras == nullptr) return {};
  const std::vector<Frame>& attached = frames();
  const auto owner = std::find_if(attached.rbegin(), attached.rend(), [extras](const Frame& frame) {
    return frame.current.active.extras == extras;
  });
  return owner != attached.rend() ? owner->current.extras : Extras();
}

}  // namespace spawn::otel
