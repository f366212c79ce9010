// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "agent/local_settings.h"

#include <fmt/format.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "agent/places.h"
#include "config/duration.h"
#include "config/yaml_file.h"
#include "core/file.h"
#include "core/text.h"
#include "core/time_text.h"

namespace spawn::agent {
namespace {

using core::Code;
using core::Json;

Json shown(const config::Key& key, const config::Settings& settings) {
  return Json(Json::Object{{"key", Json(std::string(key.name))},
                           {"value", Json(core::repair_utf8(key.show(settings)))},
                           {"source", Json(core::repair_utf8(key.source(settings)))}});
}

}  // namespace

Answer get_setting(const config::Settings& settings, const std::string& name) {
  const auto key = config::find_key(name);
  if (!key) return core::fail(key.error());
  return shown(**key, settings);
}

core::Json list_settings(const config::Settings& settings) {
  Json::Array all;
  for (const config::Key& key : config::keys()) all.push_back(shown(key, settings));
  return Json(std::move(all));
}

core::Result<std::pair<const config::Key*, std::string>> checked_setting(const std::string& name,
                                                                         const std::string& value,
                                                                         std::int64_t now_ns) {
  const auto key = config::find_key(name);
  if (!key) return core::fail(key.error());
  if (auto good = config::check_value(**key, value); !good) {
    return core::fail(std::move(good.error()).while_(name));
  }
  const bool is_point = name == "tracing-from" || name == "tracing-until";
  if (is_point && value.starts_with('+')) {
    const auto length = config::parse_duration(std::string_view(value).substr(1));
    if (length) return std::pair(*key, core::rfc3339(now_ns + length->count()));
  }
  return std::pair(*key, value);
}

core::Status edit_settings_file(const std::string& path, const config::Key& key,
                                const std::string& value) {
  auto text = core::read_file(path, config::kMaxYamlBytes);
  if (!text && text.error().code != Code::not_found) return core::fail(std::move(text.error()));
  auto edited = config::edit_yaml(text.value_or(""), path, key.yaml,
                                  key.plain ? value : config::yaml_quoted(value));
  if (!edited) return core::fail(std::move(edited.error()));
  if (!text) {
    const std::size_t slash = path.rfind('/');
    if (slash != std::string::npos && slash > 0) {
      if (auto made = core::make_private_folder(path.substr(0, slash)); !made) return made;
    }
  }
  // Whoever could read it before still can, and a link stays one.
  char* resolved = realpath(path.c_str(), nullptr);
  const std::string target = resolved != nullptr ? resolved : path;
  free(resolved);
  struct stat before {};
  const bool was_there = stat(target.c_str(), &before) == 0;
  if (auto written = core::write_private_file(target, *edited); !written) return written;
  if (was_there) {
    (void)chmod(target.c_str(), before.st_mode & 0777);
    (void)!chown(target.c_str(), before.st_uid, before.st_gid);
  }
  return core::ok();
}

}  // namespace spawn::agent
