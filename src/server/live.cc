// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "server/live.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "server/fields.h"
#include "server/summary_json.h"

namespace spawn::server {
namespace {

using core::Json;
using namespace std::chrono_literals;

constexpr core::Nanos kPause = 500ms;  // twice a second at most
constexpr core::Nanos kUnfinishedEvery = 1s;
constexpr core::Nanos kCommentEvery = 10s;
constexpr std::size_t kTracesAtOnce = 200;

}  // namespace

void LiveView::next(std::string& to) {
  if (std::exchange(begun_, true)) clock_.sleep_for(kPause);
  const std::int64_t now = clock_.steady_ns();
  add_changes(to);
  if (now >= next_unfinished_ns_) {
    next_unfinished_ns_ = now + kUnfinishedEvery.count();
    add_unfinished(to);
  }
  if (to.empty() && now >= next_comment_ns_) to += ": still here\n\n";
  if (!to.empty()) next_comment_ns_ = now + kCommentEvery.count();
}

void LiveView::add_changes(std::string& to) {
  const auto last = store_.last_change();
  if (!last || *last <= told_) return;
  Json::Array summaries;
  const auto read =
      traces_.changed(told_, kTracesAtOnce, [&](const Digest& digest, std::uint64_t change) {
        summaries.push_back(page_summary(digest));
        told_ = change;
      });
  // What was written since is for the next time; what is left was removed meanwhile.
  if (read && summaries.empty()) told_ = *last;
  if (summaries.empty()) return;
  const Json event(Json::Object{{"change", integer(told_)},
                                {"now", Json(to_seconds(clock_.now().wall_ns))},
                                {"traces", Json(std::move(summaries))}});
  to += fmt::format("event: traces\nid: {}\ndata: {}\n\n", told_, event.to_text());
}

void LiveView::add_unfinished(std::string& to) {
  const auto found = traces_.unfinished();
  if (!found || (found->empty() && !had_unfinished_)) return;
  had_unfinished_ = !found->empty();
  const std::int64_t now = clock_.now().wall_ns;
  Json::Array spans;
  for (const Digest& digest : *found) {
    for (const Unfinished& span : digest.unfinished) {
      spans.push_back(page_unfinished(digest.summary.id, span, now));
    }
  }
  const Json event(Json::Object{{"now", Json(to_seconds(now))}, {"spans", Json(std::move(spans))}});
  to += fmt::format("event: unfinished\ndata: {}\n\n", event.to_text());
}

}  // namespace spawn::server
