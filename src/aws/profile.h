// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The profiles of the files that AWS tools share: ~/.aws/config and ~/.aws/credentials, or where
// AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE point. Values, read once. Which profile: the one
// asked for, AWS_PROFILE, AWS_DEFAULT_PROFILE, "default". A missing file is an empty one; a profile
// that was named and is in neither file is an error.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "aws/ini.h"
#include "core/env.h"
#include "core/result.h"

namespace spawn::aws {

struct Profile {
  std::string name = "default";
  IniSection config;       // of the config file
  IniSection credentials;  // of the credentials file
  IniSection services;     // the section `[services …]` that the config names
  std::string config_path;
  std::string credentials_path;

  // The setting's value, "" when there is none. The credentials file goes first.
  [[nodiscard]] std::string_view get(std::string_view key) const;
  // The setting is there, if only with an empty value.
  [[nodiscard]] bool has(std::string_view key) const;
};

// Both files whole, for what refers from one profile to another.
struct SharedFiles {
  IniFile config;
  IniFile credentials;
  std::string config_path;
  std::string credentials_path;

  // Without its services. Nothing when neither file has it.
  [[nodiscard]] std::optional<Profile> find(const std::string& name) const;
  // A section of the config file, such as "sso-session work"; null when it is not there.
  [[nodiscard]] const IniSection* section(const std::string& name) const;
};

core::Result<SharedFiles> read_shared_files(const core::Env& env);

core::Result<Profile> load_profile(const core::Env& env, std::string_view name = {});
core::Result<Profile> load_profile(const SharedFiles& files, const core::Env& env,
                                   std::string_view name);

}  // namespace spawn::aws
