// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otelconfig/exporter.h"

#include <string>
#include <utility>

#include "core/text.h"

namespace spawn::otelconfig {
namespace {

std::optional<core::Url> read_url(Reading& read, const Node& map) {
  const auto text = read.text(map, "endpoint");
  if (!text) return std::nullopt;
  auto url = core::Url::parse(core::trim(*text));
  if (url) return std::move(*url);
  const Node& node = *map.find("endpoint");
  read.fault(node, shown(node) + " is no URL; expected http://HOST[:PORT]/… or https://…");
  return std::nullopt;
}

// "Entries have higher priority than entries from .headers_list. If an entry's .value is null, the
// entry is ignored." No message has a value in it.
void read_headers(Reading& read, const Node& otlp, otlp::Target& target) {
  if (const auto list = read.text(otlp, "headers_list")) {
    auto parsed = otlp::parse_headers(*list);
    if (!parsed) read.fault(*otlp.find("headers_list"), parsed.error().message);
    if (parsed) target.headers = std::move(*parsed);
  }
  for (const Node& item : read.items(otlp, "headers")) {
    if (!read.is_map(item, {"name", "value"})) continue;
    const auto name = read.text(item, "name");
    const auto value = read.text(item, "value");
    if (!name || item.find("value") == nullptr) {
      read.fault(item, "expected name and value");
    } else if (value) {
      std::erase_if(target.headers,
                    [&](const auto& header) { return core::iequals(header.first, *name); });
      auto header = otlp::make_header(*name, *value);
      if (!header) read.fault(item, header.error().message);
      if (header) target.headers.push_back(std::move(*header));
    }
  }
}

// HttpTls: absolute paths, and of a client's certificate both files.
void read_tls(Reading& read, const Node& otlp, otlp::Target& target) {
  const Node* const tls = otlp.find("tls");
  if (tls == nullptr || !read.is_map_or_null(*tls, {"ca_file", "key_file", "cert_file"})) return;
  const auto path = [&](std::string_view key) {
    std::string file = read.text(*tls, key).value_or("");
    if (!file.empty() && !file.starts_with('/')) {
      read.fault(*tls->find(key), shown(*tls->find(key)) + "; expected an absolute path");
    }
    return file;
  };
  target.tls = {path("ca_file"), path("cert_file"), path("key_file")};
  if (target.tls.certificate.empty() != target.tls.key.empty()) {
    read.fault(*tls, "cert_file and key_file belong together; one of them is not set");
  }
}

// Which of two words it is; the first when nothing is said.
bool is_second(Reading& read, const Node& map, std::string_view key, std::string_view first,
               std::string_view second) {
  const auto word = read.text(map, key);
  if (!word || *word == first) return false;
  if (*word != second) {
    read.fault(*map.find(key), shown(*map.find(key)) + "; expected " + std::string(first) + " or " +
                                   std::string(second));
  }
  return true;
}

otlp::Target read_otlp(Reading& read, const Node& node) {
  otlp::Target target{otlp::traces_url(std::nullopt)};
  if (!read.is_map_or_null(node, {"endpoint", "tls", "headers", "headers_list", "compression",
                                  "timeout", "encoding"})) {
    return target;
  }
  if (auto url = read_url(read, node)) target.url = std::move(*url);
  read_tls(read, node, target);
  read_headers(read, node, target);
  target.gzip = is_second(read, node, "compression", "none", "gzip");
  if (is_second(read, node, "encoding", "protobuf", "json")) {
    target.encoding = otlp::Encoding::json;
  }
  if (const auto ms = read.whole(node, "timeout", 0, otlp::kMostTimeoutMs)) {
    target.timeout = otlp::timeout_of(*ms);
  }
  return target;
}

}  // namespace

std::optional<Exporter> read_exporter(Reading& read, const Node& node) {
  constexpr std::string_view kKinds = "otlp_http, console, xray, local";
  const auto chosen = read.choice(node, kKinds);
  if (!chosen) return std::nullopt;
  const auto [name, exporter] = *chosen;
  using Kind = Exporter::Kind;
  if (name == "otlp_http") return Exporter{Kind::otlp, read_otlp(read, *exporter), {}};
  if (name == "xray") {
    if (!read.is_map_or_null(*exporter, {"endpoint"})) return std::nullopt;
    const auto url = read_url(read, *exporter);
    return Exporter{Kind::xray, {}, url ? url->to_string() : ""};
  }
  if (name == "console" || name == "local") {
    if (!read.is_map_or_null(*exporter, {})) return std::nullopt;
    return Exporter{name == "local" ? Kind::local : Kind::console};
  }
  read.fault(*exporter, name == "otlp_grpc"
                            ? "gRPC is not spoken; otlp_http is (a collector has it on port 4318)"
                            : "no such exporter here; expected " + std::string(kKinds));
  return std::nullopt;
}

}  // namespace spawn::otelconfig
