// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Whatever is typed is an expression that can be asked, or a mistake with a place inside it.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/result.h"
#include "core/text.h"
#include "view/filter.h"

namespace {

const spawn::view::TraceSummary& trace() {
  static const auto kTrace = [] {
    spawn::view::TraceSummary trace;
    trace.response_time_ns = 1;
    trace.annotations = {{"a", std::string("b"), {0}}, {"n", 1.0, {0}}, {"t", true, {0}}};
    trace.users = {{"ada", {0}}};
    trace.services = {{{"shop", "AWS::EC2::Instance", ""}, "", false, true},
                      {{"db", "", ""}, "S3", true, false}};
    trace.entry_point = 0;
    trace.details.resize(1);
    trace.details[0].exceptions = {{"Type", "message"}};
    trace.visits.resize(3);
    trace.visits[0] = {0, spawn::view::kClient, {}, {}, 0};
    trace.visits[1] = {1, 0, {}, {}};
    trace.visits[2] = {1, spawn::view::kNoService, {}, {}};
    return trace;
  }();
  return kTrace;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace spawn::view;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const FindGroup groups = [](std::string_view name) -> std::optional<std::string> {
    if (name == "ok") return "fault OR ok";
    return name == "no" ? std::optional<std::string>() : std::string(name);
  };
  const auto filter = Filter::parse(text, groups);
  if (filter) {
    (void)filter->matches(trace());
    (void)filter->matches({});
    return 0;
  }
  SPAWN_CHECK(filter.error().at + filter.error().length <= size);
  SPAWN_CHECK(!filter.error().message.empty());
  SPAWN_CHECK(spawn::core::is_valid_utf8(explain(text, filter.error())));
  return 0;
}
