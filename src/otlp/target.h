// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Where and how spans are sent over OTLP, from OpenTelemetry's variables
// (https://opentelemetry.io/docs/specs/otel/protocol/exporter/), each of them also with _TRACES_ in
// its name, which is then the one that counts. Empty is as good as not set.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "core/env.h"
#include "core/result.h"
#include "core/secret.h"
#include "core/url.h"
#include "http/client.h"

namespace spawn::otlp {

enum class Encoding { protobuf, json };

using Header = std::pair<std::string, core::Secret>;

struct Target {
  core::Url url;  // of the traces themselves: …/v1/traces
  Encoding encoding = Encoding::protobuf;
  bool gzip = false;
  std::vector<Header> headers{};
  core::Nanos timeout = std::chrono::seconds(10);  // of one batch, retries included
  http::TlsFiles tls{};
  std::string user_agent = "OTel-OTLP-Exporter-spawn";
};
bool operator==(const Target& a, const Target& b);

// `base` is the setting `endpoint`, which is stronger than the variables; /v1/traces is added to
// it, as to OTEL_EXPORTER_OTLP_ENDPOINT. A protocol, compression or timeout that makes no sense
// counts as not set and is noted. Where spans would go elsewhere, or unprotected, than meant
// (address, headers, certificates): Code::invalid_argument, one line that names the variable and
// never a header's value.
core::Result<Target> target_from(const std::optional<core::Url>& base, const core::Env& env,
                                 std::vector<std::string>& notes);

// Of the traces below that base URL; http://localhost:4318/v1/traces without one.
core::Url traces_url(const std::optional<core::Url>& base);

// "NAME=VALUE,NAME=VALUE", values percent-encoded. Code::invalid_argument, without any value.
core::Result<std::vector<Header>> parse_headers(std::string_view list);
core::Result<Header> make_header(std::string_view name, std::string value);

// Milliseconds, not over kMostTimeoutMs; 0 is no limit but that.
inline constexpr std::int64_t kMostTimeoutMs = 3'600'000;
core::Nanos timeout_of(std::int64_t milliseconds);

}  // namespace spawn::otlp
