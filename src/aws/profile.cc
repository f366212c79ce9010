// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/profile.h"

#include <fmt/format.h>

#include "core/file.h"
#include "core/text.h"

namespace spawn::aws {
namespace {

constexpr std::size_t kMaxFileBytes = 1U << 20;

std::string_view value_of(const IniSection& section, std::string_view key) {
  const auto at = section.find(std::string(key));
  return at == section.end() ? std::string_view() : std::string_view(at->second.value);
}

// "" when nobody says where the file is.
std::string path_of(const core::Env& env, std::string_view variable, std::string_view below_home) {
  const std::string home = env.get_non_empty("HOME").value_or("");
  auto path = env.get_non_empty(variable);
  if (!path) return home.empty() ? "" : home + "/.aws/" + std::string(below_home);
  if (path->starts_with("~/") && !home.empty()) return home + path->substr(1);
  return *path;
}

core::Result<IniFile> read_ini(const std::string& path) {
  if (path.empty()) return IniFile();
  auto text = core::read_file(path, kMaxFileBytes);
  if (!text) {
    if (text.error().code == core::Code::not_found) return IniFile();
    return core::fail(std::move(text.error()));
  }
  return parse_ini(*text, path);
}

const IniSection* find_section(const IniFile& file, const std::string& section) {
  const auto at = file.find(section);
  return at == file.end() ? nullptr : &at->second;
}

struct Name {
  std::string text;
  std::string said_by;  // "" when nobody named it
};
Name profile_name(const core::Env& env, std::string_view asked_for) {
  if (!asked_for.empty()) return {std::string(asked_for), "the profile asked for"};
  for (const char* variable : {"AWS_PROFILE", "AWS_DEFAULT_PROFILE"}) {
    if (auto name = env.get_non_empty(variable)) return {std::move(*name), variable};
  }
  return {"default", ""};
}

}  // namespace

std::string_view Profile::get(std::string_view key) const {
  const std::string_view value = value_of(credentials, key);
  return value.empty() ? value_of(config, key) : value;
}

bool Profile::has(std::string_view key) const {
  const std::string wanted(key);
  return credentials.contains(wanted) || config.contains(wanted);
}

std::optional<Profile> SharedFiles::find(const std::string& name) const {
  const IniSection* in_config = section("profile " + name);
  // Only this one may be written without the word "profile".
  if (in_config == nullptr && name == "default") in_config = section("default");
  const IniSection* in_credentials = find_section(credentials, name);
  if (in_config == nullptr && in_credentials == nullptr) return std::nullopt;
  Profile profile;
  profile.name = name;
  profile.config_path = config_path;
  profile.credentials_path = credentials_path;
  if (in_config != nullptr) profile.config = *in_config;
  if (in_credentials != nullptr) profile.credentials = *in_credentials;
  return profile;
}

const IniSection* SharedFiles::section(const std::string& name) const {
  return find_section(config, name);
}

core::Result<SharedFiles> read_shared_files(const core::Env& env) {
  SharedFiles files;
  files.config_path = path_of(env, "AWS_CONFIG_FILE", "config");
  files.credentials_path = path_of(env, "AWS_SHARED_CREDENTIALS_FILE", "credentials");
  auto config = read_ini(files.config_path);
  if (!config) return core::fail(std::move(config.error()));
  auto credentials = read_ini(files.credentials_path);
  if (!credentials) return core::fail(std::move(credentials.error()));
  files.config = std::move(*config);
  files.credentials = std::move(*credentials);
  return files;
}

core::Result<Profile> load_profile(const core::Env& env, std::string_view name) {
  const auto files = read_shared_files(env);
  if (!files) return core::fail(files.error());
  return load_profile(*files, env, name);
}

core::Result<Profile> load_profile(const SharedFiles& files, const core::Env& env,
                                   std::string_view name) {
  const Name named = profile_name(env, name);
  std::optional<Profile> found = files.find(named.text);
  if (!found && !named.said_by.empty() && named.text != "default") {
    return core::fail(core::Code::invalid_argument,
                      fmt::format("{}: there is no profile '{}' in {} or {}", named.said_by,
                                  named.text, files.config_path, files.credentials_path));
  }
  if (!found) {
    found.emplace();
    found->config_path = files.config_path;
    found->credentials_path = files.credentials_path;
  }
  Profile profile = std::move(*found);
  if (const std::string_view services = profile.get("services"); !services.empty()) {
    const IniSection* section = files.section("services " + std::string(services));
    if (section == nullptr) {
      return core::fail(core::Code::invalid_argument,
                        fmt::format("{}: profile '{}' names a section [services {}], which is not "
                                    "there",
                                    profile.config_path, profile.name, services));
    }
    profile.services = *section;
  }
  return profile;
}

}  // namespace spawn::aws
