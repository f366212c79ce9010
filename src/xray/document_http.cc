// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>

#include <string>

#include "trace/attributes.h"
#include "trace/secrets.h"
#include "xray/draft.h"

namespace spawn::xray {
namespace {

constexpr std::uint64_t kOfRequest =
    Fields::bits({Field::method, Field::url, Field::url_scheme, Field::url_path, Field::target,
                  Field::user_agent, Field::client_address, Field::peer_ip});

bool is_ip_address(std::string_view text) {
  const std::string copy(text);
  unsigned char bytes[16];
  return inet_pton(AF_INET, copy.c_str(), bytes) == 1 ||
         inet_pton(AF_INET6, copy.c_str(), bytes) == 1;
}

// "host:port", the port left out where it says nothing; IPv6 in brackets.
std::string authority(std::string_view scheme, std::string_view host, std::int64_t port) {
  const bool bare_ipv6 = host.find(':') != host.rfind(':') && host[0] != '[';
  std::string text = bare_ipv6 ? "[" + std::string(host) + "]" : std::string(host);
  const bool has_port = !bare_ipv6 && host.find(':', host.rfind(']') + 1) != std::string_view::npos;
  const std::int64_t usual = scheme == "https" ? 443 : scheme == "http" ? 80 : 0;
  if (!has_port && port > 0 && port != usual) text += ':' + std::to_string(port);
  return text;
}

template <class Writer>
std::string_view server_host(const Draft<Writer>& draft) {
  const std::string_view host =
      draft.fields.first_text({Field::server_address, Field::http_host, Field::host_name});
  if (!host.empty() || draft.record.resource == nullptr) return host;
  return draft.record.resource->text(trace::key::kHostName);
}

// A URL of its parts, where there is no whole one. AWS's calls are described by their own block.
template <class Writer>
std::string built_url(const Draft<Writer>& draft) {
  const Fields& f = draft.fields;
  if (f.aws_call) return {};
  const bool server = draft.record.kind == trace::SpanKind::server;
  const std::string_view host = server ? server_host(draft)
                                       : f.first_text({Field::http_host, Field::server_address,
                                                       Field::peer_name, Field::peer_ip});
  if (host.empty() || host.find_first_of("/@?") != std::string_view::npos) return {};
  const std::string_view scheme =
      f.has(Field::url_scheme) ? f.text(Field::url_scheme) : std::string_view("http");
  std::optional<std::int64_t> port = f.number(Field::server_port);
  if (!port) port = f.number(server ? Field::host_port : Field::peer_port);
  std::string url = std::string(scheme) + "://" + authority(scheme, host, port.value_or(0));
  if (f.has(Field::url_path)) {
    url += f.text(Field::url_path);
    if (f.has(Field::url_query)) url += '?' + std::string(f.text(Field::url_query));
  } else {
    url += f.has(Field::target) ? f.text(Field::target) : std::string_view("/");
  }
  return url;
}

template <class Writer>
void write_url(Draft<Writer>& draft) {
  const Fields& f = draft.fields;
  std::string storage;
  std::string built;
  std::string_view whole;
  // A host alone is no URL.
  if (f.has(Field::url)) {
    whole = f.text(Field::url);
  } else if (f.has(Field::method) || f.has(Field::target) || f.has(Field::url_path) ||
             f.has(Field::url_scheme)) {
    built = built_url(draft);
    whole = built;
  }
  if (whole.empty()) return;
  if (!f.has(Field::url) || f.name_of(Field::url) != trace::key::kUrlFull) {
    draft.add_derived(Field::url);
  }
  draft.template member<R"(,"url":")">(trace::address_without_secrets(whole, storage));
}

// Of a caller only: a client span's own address is no caller's.
template <class Writer>
void write_client(Draft<Writer>& draft) {
  const Fields& f = draft.fields;
  if (!f.has(Field::client_address) && !f.has(Field::peer_ip)) return;
  if (draft.record.kind != trace::SpanKind::server) return;
  std::string_view client = f.text(Field::client_address);
  if (client.empty() || !is_ip_address(client)) client = f.text(Field::peer_ip);
  if (client.empty() || !is_ip_address(client)) return;
  draft.template member<R"(,"client_ip":")">(client);
  if (client != f.text(Field::client_address) ||
      f.name_of(Field::client_address) != "client.address") {
    draft.add_derived(Field::client_address);
  }
  // Who is connected to us is somebody else: then it was a header that named the client.
  const bool from_header =
      f.text(Field::client_address) == client &&
      (f.has(Field::peer_ip) ? f.text(Field::peer_ip) != client
                             : f.name_of(Field::client_address) == "http.client_ip");
  if (from_header) draft.out.template lit<R"(,"x_forwarded_for":true)">();
}

template <class Writer>
void write_response(Draft<Writer>& draft) {
  const auto response = draft.template open<R"(,"response":)">();
  if (const auto status = draft.fields.number(Field::status)) {
    draft.out.template lit<R"(,"status":)">();
    draft.out.integer(*status);
  }
  if (const auto length = draft.fields.number(Field::content_length)) {
    draft.out.template lit<R"(,"content_length":)">();
    draft.out.integer(*length);
  }
  draft.close(response);
}

}  // namespace

template <class Writer>
void write_http(Draft<Writer>& draft) {
  const auto http = draft.template open<R"(,"http":)">();
  if (draft.fields.has_any(kOfRequest)) {
    const auto request = draft.template open<R"(,"request":)">();
    draft.template field_member<R"(,"method":")">(Field::method);
    write_url(draft);
    draft.template field_member<R"(,"user_agent":")">(Field::user_agent);
    write_client(draft);
    draft.close(request);
  }
  write_response(draft);
  draft.close(http);
}

template void write_http(Draft<core::JsonWriter>& draft);
template void write_http(Draft<core::NestedJsonWriter>& draft);

}  // namespace spawn::xray
