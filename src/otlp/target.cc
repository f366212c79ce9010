// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otlp/target.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <tuple>

#include "core/text.h"

namespace spawn::otlp {
namespace {

using core::Result;

constexpr std::string_view kDefaultBase = "http://localhost:4318";

// A variable's value with the name it was found under.
struct Variable {
  std::string name;
  std::string value;
};

std::optional<Variable> variable(const core::Env& env, std::string_view what) {
  for (const char* prefix : {"OTEL_EXPORTER_OTLP_TRACES_", "OTEL_EXPORTER_OTLP_"}) {
    std::string name = fmt::format("{}{}", prefix, what);
    if (auto value = env.get_non_empty(name)) return Variable{std::move(name), std::move(*value)};
  }
  return std::nullopt;
}

tl::unexpected<core::Error> bad(const Variable& variable, std::string_view what) {
  return core::fail(core::Code::invalid_argument, fmt::format("{}: {}", variable.name, what));
}

std::string quote(std::string_view text) {
  constexpr std::size_t kShown = 60;
  return "'" + core::visible(core::utf8_prefix(text, kShown)) + "'";
}

core::Url traces_below(core::Url base) {
  if (!base.path.ends_with('/')) base.path += '/';
  base.path += "v1/traces";
  return base;
}

Result<core::Url> url_from(const std::optional<core::Url>& base, const core::Env& env) {
  const auto found = variable(env, "ENDPOINT");
  if (base || !found) return traces_url(base);
  auto url = core::Url::parse(core::trim(found->value));
  if (!url) return core::fail(std::move(url.error()).while_(found->name));
  // The one for traces is taken as it is.
  if (found->name.find("_TRACES_") != std::string::npos) return url;
  return traces_below(std::move(*url));
}

using Notes = std::vector<std::string>;

// What makes no sense counts as not set, and that is said: "Enum" and "Numeric" of
// https://opentelemetry.io/docs/specs/otel/configuration/common/#type-specific-guidance
void note(Notes& notes, const Variable& found, std::string_view expected) {
  notes.push_back(fmt::format("{}: {} is ignored: {}", found.name, quote(found.value), expected));
}

// One of a few words, in any case; nothing when it is none of them, which was noted.
std::optional<std::size_t> choice(const std::optional<Variable>& found,
                                  std::span<const std::string_view> words, Notes& notes) {
  if (!found) return std::nullopt;
  const std::string typed = core::to_lower(core::trim(found->value));
  const auto at = std::ranges::find(words, std::string_view(typed));
  if (at != words.end()) return static_cast<std::size_t>(at - words.begin());
  const auto near = core::nearest(typed, words);
  note(notes, *found,
       near ? fmt::format("did you mean '{}'?", *near)
            : fmt::format("expected one of {}", fmt::join(words, ", ")));
  return std::nullopt;
}

void read_encoding(const core::Env& env, Target& target, Notes& notes) {
  constexpr std::array<std::string_view, 2> kWords = {"http/protobuf", "http/json"};
  const auto found = variable(env, "PROTOCOL");
  if (found && core::iequals(core::trim(found->value), "grpc")) {
    note(notes, *found, "not spoken; http/protobuf is (a collector has it on port 4318)");
  } else if (const auto which = choice(found, kWords, notes)) {
    target.encoding = *which == 0 ? Encoding::protobuf : Encoding::json;
  }
}

void read_compression(const core::Env& env, Target& target, Notes& notes) {
  constexpr std::array<std::string_view, 2> kWords = {"none", "gzip"};
  if (const auto which = choice(variable(env, "COMPRESSION"), kWords, notes)) {
    target.gzip = *which == 1;
  }
}

void read_timeout(const core::Env& env, Target& target, Notes& notes) {
  const auto found = variable(env, "TIMEOUT");
  if (!found) return;
  const auto milliseconds = core::parse_int(core::trim(found->value));
  if (!milliseconds || *milliseconds < 0 || *milliseconds > kMostTimeoutMs) {
    note(notes, *found, fmt::format("expected milliseconds from 0 to {}", kMostTimeoutMs));
    return;
  }
  target.timeout = timeout_of(*milliseconds);
}

// RFC 9110, 5.6.2.
bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    const bool letter_or_digit =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return letter_or_digit || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

core::Status read_headers(const core::Env& env, Target& target) {
  const auto found = variable(env, "HEADERS");
  if (!found) return core::ok();
  auto headers = parse_headers(found->value);
  if (!headers) return bad(*found, headers.error().message);
  target.headers = std::move(*headers);
  return core::ok();
}

core::Status read_certificates(const core::Env& env, Target& target) {
  const auto path = [&](std::string_view what) {
    const auto found = variable(env, what);
    return found ? found->value : std::string();
  };
  target.tls = {path("CERTIFICATE"), path("CLIENT_CERTIFICATE"), path("CLIENT_KEY")};
  if (target.tls.certificate.empty() != target.tls.key.empty()) {
    return core::fail(core::Code::invalid_argument,
                      "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE and OTEL_EXPORTER_OTLP_CLIENT_KEY "
                      "belong together; one of them is not set");
  }
  return core::ok();
}

}  // namespace

core::Url traces_url(const std::optional<core::Url>& base) {
  return traces_below(base ? *base : *core::Url::parse(kDefaultBase));
}

bool operator==(const Target& a, const Target& b) {
  const auto all = [](const Target& t) {
    return std::tuple(t.url.to_string(), t.encoding, t.gzip, t.headers, t.timeout,
                      t.tls.authorities, t.tls.certificate, t.tls.key, t.user_agent);
  };
  return all(a) == all(b);
}

core::Nanos timeout_of(std::int64_t milliseconds) {
  return std::chrono::milliseconds(milliseconds > 0 ? milliseconds : kMostTimeoutMs);
}

// Values are secrets: messages count members instead of showing them.
Result<std::vector<Header>> parse_headers(std::string_view list) {
  std::vector<Header> headers;
  std::size_t number = 0;
  for (const std::string_view part : core::split(list, ',')) {
    ++number;
    if (core::trim(part).empty()) continue;
    const auto equals = part.find('=');
    if (equals == std::string_view::npos) {
      return core::fail(core::Code::invalid_argument,
                        fmt::format("member {} is no header; expected NAME=VALUE, several with "
                                    "commas, values percent-encoded",
                                    number));
    }
    auto header = make_header(core::trim(part.substr(0, equals)),
                              core::percent_decode(core::trim(part.substr(equals + 1))));
    if (!header)
      return core::fail(std::move(header.error()).while_(fmt::format("member {}", number)));
    headers.push_back(std::move(*header));
  }
  return headers;
}

Result<Header> make_header(std::string_view name, std::string value) {
  if (!is_token(name)) {
    return core::fail(core::Code::invalid_argument,
                      "not the name of a header; expected letters, digits and -");
  }
  if (std::ranges::any_of(value, [](unsigned char c) { return c < ' ' || c == 0x7F; })) {
    return core::fail(core::Code::invalid_argument,
                      fmt::format("the value of {} has control characters", name));
  }
  return Header(name, core::Secret(std::move(value)));
}

Result<Target> target_from(const std::optional<core::Url>& base, const core::Env& env,
                           std::vector<std::string>& notes) {
  Target target;
  auto url = url_from(base, env);
  if (!url) return core::fail(std::move(url.error()));
  target.url = std::move(*url);
  read_encoding(env, target, notes);
  read_compression(env, target, notes);
  read_timeout(env, target, notes);
  for (const auto read : {read_headers, read_certificates}) {
    if (auto status = read(env, target); !status) return core::fail(std::move(status.error()));
  }
  return target;
}

}  // namespace spawn::otlp
