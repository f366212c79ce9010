// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "testing/fakes.h"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace spawn::testing {

std::string OwnedSpan::text(const std::string& key) const {
  const auto at = attributes.find(key);
  if (at == attributes.end()) return {};
  if (const auto* text = std::get_if<std::string>(&at->second)) return *text;
  if (const auto* value = std::get_if<bool>(&at->second)) return *value ? "true" : "false";
  if (const auto* value = std::get_if<std::int64_t>(&at->second)) return fmt::format("{}", *value);
  if (const auto* value = std::get_if<double>(&at->second)) return fmt::format("{}", *value);
  return "<array>";
}

OwnedSpan SpanLog::only(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  const OwnedSpan* found = nullptr;
  for (const OwnedSpan& span : spans_) {
    if (span.name != name) continue;
    SPAWN_CHECK(found == nullptr);
    found = &span;
  }
  SPAWN_CHECK(found != nullptr);
  return *found;
}

void ScriptedHttp::answer(int status, std::string body, http::Headers headers) {
  answers_.push_back([status, body = std::move(body), headers = std::move(headers)](
                         const http::Request&) -> core::Result<http::Reply> {
    http::Reply reply;
    reply.status = status;
    reply.headers = headers;
    reply.body = body;
    return reply;
  });
}

void ScriptedHttp::fail(core::Error error) {
  answers_.push_back([error = std::move(error)](const http::Request&) -> core::Result<http::Reply> {
    return core::fail(error);
  });
}

core::Result<http::Reply> in_memory(const http::Request& request, const SendInMemory& send) {
  if (!request.streamed()) return send(request);
  http::Request whole = request;
  whole.body_source = nullptr;
  if (request.body_source != nullptr) {
    std::string body;
    request.body_source->rewind();
    std::array<char, 16384> buffer;
    for (;;) {
      auto got = request.body_source->read(buffer);
      if (!got) return core::fail(std::move(got.error()));
      if (*got == 0) break;
      body.append(buffer.data(), *got);
    }
    whole.body = std::move(body);
  }
  auto reply = send(whole);
  if (reply && reply->status / 100 == 2 && request.body_sink != nullptr) {
    auto written = request.body_sink->write(std::exchange(reply->body, {}));
    if (!written) return core::fail(std::move(written.error()));
  }
  return reply;
}

core::Result<http::Reply> ScriptedHttp::send(const http::Request& request) {
  return in_memory(request, [this](const http::Request& whole) -> core::Result<http::Reply> {
    requests_.push_back(whole);
    requests_.back().body = std::string(whole.body.view());  // which may be borrowed
    if (answers_.empty()) {
      return core::fail(core::Code::unavailable, "the script has no answer left");
    }
    const Answer next = std::move(answers_.front());
    answers_.pop_front();
    return next(whole);
  });
}

}  // namespace spawn::testing
