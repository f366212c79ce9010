// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Who made the spans: service.name, host.id, process.pid and so on (OpenTelemetry resource). One
// immutable Resource is shared by all records of its process; a record only points to it, so it
// must outlive them (Telemetry owns ours, a Trace that was read back owns its own).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "trace/attribute.h"

namespace spawn::trace {

class Resource {
 public:
  Resource() = default;
  explicit Resource(const std::vector<std::pair<std::string, OwnedValue>>& attributes);

  // Replaces an earlier value of the key. Text is repaired to valid UTF-8 here, as in a record.
  void set(std::string_view key, OwnedValue value);
  [[nodiscard]] const OwnedValue* find(std::string_view key) const;
  // The text of the attribute, or "" when it is absent or no string.
  [[nodiscard]] std::string_view text(std::string_view key) const;
  [[nodiscard]] std::string_view service_name() const { return text("service.name"); }
  [[nodiscard]] const std::vector<std::pair<std::string, OwnedValue>>& attributes() const {
    return attributes_;
  }

 private:
  std::vector<std::pair<std::string, OwnedValue>> attributes_;
};

}  // namespace spawn::trace
