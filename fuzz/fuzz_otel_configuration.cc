// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/env.h"
#include "core/result.h"
#include "otelconfig/file.h"

namespace {

class Env final : public spawn::core::Env {
 public:
  std::optional<std::string> get(std::string_view name) const override {
    return name == "A" ? std::optional<std::string>("${B}: [x\n") : std::nullopt;
  }
  std::vector<std::string> all() const override { return {}; }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<std::string> notes;
  if (const auto read = spawn::otelconfig::read_file(text, "fuzz.yaml", Env(), notes); !read) {
    SPAWN_CHECK(read.error().message.starts_with("fuzz.yaml:"));
    SPAWN_CHECK(read.error().message.find('\n') == std::string::npos);
  }
  return 0;
}
