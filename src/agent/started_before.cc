// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "agent/started_before.h"

#include "agent/places.h"
#include "core/file.h"
#include "core/json.h"

namespace spawn::agent {
namespace {

std::string path_in(const std::string& state_folder) { return state_folder + "/started.json"; }

std::int64_t integer_at(const core::Json& object, std::string_view key) {
  const core::Json* value = object.find(key);
  const std::int64_t* number = value != nullptr ? value->integer() : nullptr;
  return number != nullptr ? *number : 0;
}

}  // namespace

std::optional<StartedBefore> read_started_before(const std::string& state_folder,
                                                 const std::string& launch_id) {
  const auto text = core::read_file(path_in(state_folder), 1U << 16);
  if (!text) return std::nullopt;
  const auto json = core::Json::parse(*text);
  if (!json || json->text_at("launch_id") != launch_id) return std::nullopt;
  return StartedBefore{launch_id, integer_at(*json, "first_start_s"), integer_at(*json, "job_pid")};
}

core::Status write_started_before(const std::string& state_folder, const StartedBefore& what) {
  if (auto made = core::make_private_folder(state_folder); !made) return made;
  const core::Json json(core::Json::Object{{"launch_id", core::Json(what.launch_id)},
                                           {"first_start_s", core::Json(what.first_start_s)},
                                           {"job_pid", core::Json(what.job_pid)}});
  return core::write_private_file(path_in(state_folder), json.to_text() + "\n");
}

}  // namespace spawn::agent
