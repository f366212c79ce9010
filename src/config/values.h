// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What the values of settings may be: one parser for each kind, the same for file, tags and flags.
// An error says what was given, what was expected and the nearest right thing; where it stood is
// added by the caller. For settings.cc alone. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.h"
#include "core/clock.h"
#include "core/result.h"
#include "core/url.h"
#include "trace/rate.h"

namespace spawn::config {

// 'text', cut and made safe for a terminal.
std::string quote(std::string_view text);

core::Result<bool> parse_bool(std::string_view text);
core::Result<Sampling> parse_sampling(std::string_view text);
core::Result<Annotations> parse_annotations(std::string_view text);
// With commas between them; "" is none.
core::Result<std::vector<std::string>> parse_names(std::string_view text);
core::Result<std::vector<Exporter>> parse_exporters(std::string_view text);
core::Result<std::optional<core::Url>> parse_endpoint(std::string_view text);
core::Result<std::optional<When>> parse_when(std::string_view text);
core::Result<std::optional<core::Nanos>> parse_optional_duration(std::string_view text);
core::Result<core::Nanos> parse_needed_duration(std::string_view text);
core::Result<double> parse_percent(std::string_view text);
core::Result<OnComplete> parse_on_complete(std::string_view text);
core::Result<std::string> parse_path(std::string_view text);
core::Result<std::string> parse_text(std::string_view text);
core::Result<std::optional<std::int64_t>> parse_count(std::string_view text);
core::Result<std::int64_t> parse_port(std::string_view text);

}  // namespace spawn::config
