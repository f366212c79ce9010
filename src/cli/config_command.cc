// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/config_command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>

#include "cli/command_line.h"
#include "cli/traced_command.h"
#include "config/keys.h"
#include "config/remarks.h"
#include "config/yaml_file.h"
#include "core/file.h"
#include "core/text.h"

namespace spawn::cli {
namespace {

constexpr std::string_view kCommands[] = {"spawn config get", "spawn config set",
                                          "spawn config list"};

// Where spawn reads its settings from, there or not.
std::string file_of(const core::Env& env) {
  return env.get_non_empty("SPAWN_CONFIG").value_or(config_file(env));
}

core::Status set(const config::Key& key, const ConfigOptions& options, const std::string& path) {
  if (auto good = config::check_value(key, options.value); !good) {
    return core::fail(std::move(good.error()).while_(key.name));
  }
  auto text = core::read_file(path, config::kMaxYamlBytes);
  if (!text && text.error().code != core::Code::not_found) {
    return core::fail(std::move(text.error()));
  }
  auto edited = config::edit_yaml(text.value_or(""), path, key.yaml,
                                  key.plain ? options.value : config::yaml_quoted(options.value));
  if (!edited) return core::fail(std::move(edited.error()));
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
  if (error) return core::fail(core::Code::io, fmt::format("{}: {}", path, error.message()));
  return core::write_private_file(path, *edited);
}

void list(const config::Settings& settings, const ConfigOptions& options, const Parts& parts) {
  Table table({{"key", "KEY"}, {"value", "VALUE"}, {"source", "FROM"}}, "key");
  for (const config::Key& key : config::keys()) {
    table.add({core::Json(std::string(key.name)), text_or_null(key.show(settings)),
               core::Json(key.source(settings))});
  }
  table.write(*form_of(options.output), options.output.quiet, parts.out);
  for (const std::string& remark : config::remarks(settings)) {
    parts.err << fmt::format("spawn: {}\n", remark);
  }
}

}  // namespace

void add_config_options(CLI::App& command, ConfigAction action, ConfigOptions& options) {
  if (action == ConfigAction::list) {
    add_output_options(command, options.output);
    return;
  }
  command
      .add_option("KEY", options.key, "Such as tracing-enabled; 'spawn config list' has them all")
      ->required();
  if (action == ConfigAction::set) {
    command.add_option("VALUE", options.value, "What it shall be")->required();
  }
}

int config_command(ConfigAction action, const ConfigOptions& options, const Parts& parts) {
  const std::string_view command = kCommands[static_cast<std::size_t>(action)];
  const auto refuse = [&](const core::Error& error) {
    if (error.code == core::Code::invalid_argument) {
      return usage_error(parts.err, command, error.message);
    }
    parts.err << fmt::format("spawn: {}\n", core::visible(error.message));
    return core::exit_status(error.code);
  };
  if (!form_of(options.output)) return refuse_form(parts.err, command, options.output);
  const config::Key* key = nullptr;
  if (action != ConfigAction::list) {
    const auto found = config::find_key(options.key);
    if (!found) return refuse(found.error());
    key = *found;
  }
  if (action == ConfigAction::set) {
    const auto done = set(*key, options, file_of(parts.env));
    if (!done) return refuse(done.error());
    if (const std::string remark = config::remark_on(key->name); !remark.empty()) {
      parts.err << fmt::format("spawn: {}\n", remark);
    }
    return 0;
  }
  const auto settings = resolved(command_sources(parts.env), "spawn", parts);
  if (!settings) return refuse(settings.error());
  if (action == ConfigAction::get) {
    parts.out << core::visible(key->show(*settings)) << '\n';
  } else {
    list(*settings, options, parts);
  }
  return finish_output(parts.out, parts.err, "spawn");
}

}  // namespace spawn::cli
