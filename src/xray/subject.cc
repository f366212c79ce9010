// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "xray/subject.h"

#include "core/url.h"
#include "xray/aws_names.h"

namespace spawn::xray {
namespace {

// Of "S3/PutObject": newer conventions have the service in front of the method.
std::string_view service_of_method(std::string_view method) {
  const auto slash = method.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : method.substr(0, slash);
}

std::string_view aws_service(const Fields& fields) {
  const std::string_view service =
      fields.text(fields.has(Field::rpc_service) ? Field::rpc_service : Field::aws_service);
  if (!service.empty()) {
    const bool looks_spelled = service[0] >= 'B' && service[0] <= 'Z';
    return looks_spelled ? service : aws_spelling(service);
  }
  return aws_spelling(service_of_method(fields.text(Field::rpc_method)));
}

// "orders@db.example.com": one node a database.
std::string_view database(const Fields& fields, std::string& storage) {
  storage = fields.text(Field::db_namespace);
  const std::string_view host =
      fields.first_text({Field::server_address, Field::peer_name, Field::peer_ip});
  if (!host.empty()) {
    if (!storage.empty()) storage += '@';
    storage += host;
  }
  if (storage.empty()) storage = fields.text(Field::db_system);
  return storage;
}

std::string_view host_of_url(const Fields& fields, std::string& storage) {
  if (!fields.has(Field::url)) return {};
  const auto url = core::Url::parse(fields.text(Field::url));
  if (!url) return {};
  storage = url->host;
  return storage;
}

}  // namespace

std::string_view service_of(const trace::SpanRecord& record, const Fields& fields) {
  if (fields.has(Field::local_service)) return fields.text(Field::local_service);
  const std::string_view service =
      record.resource == nullptr ? std::string_view() : record.resource->service_name();
  return service.empty() ? record.name() : service;
}

std::string_view callee_of(const trace::SpanRecord& record, const Fields& fields,
                           std::string& storage) {
  if (record.kind != trace::SpanKind::internal && fields.has(Field::remote_service)) {
    const std::string_view remote = fields.text(Field::remote_service);
    return fields.aws_call ? aws_spelling(remote) : remote;
  }
  if (fields.aws_call) {
    const std::string_view service = aws_service(fields);
    if (!service.empty()) return service;
  }
  if (record.kind == trace::SpanKind::internal) return record.name();
  if (fields.has(Field::peer_service)) return fields.text(Field::peer_service);
  if (fields.has(Field::db_system)) return database(fields, storage);
  if (fields.has(Field::rpc_service)) return fields.text(Field::rpc_service);
  const std::string_view service = service_of_method(fields.text(Field::rpc_method));
  if (!service.empty()) return service;
  const std::string_view host =
      fields.first_text({Field::server_address, Field::http_host, Field::peer_name});
  if (!host.empty()) return host;
  const std::string_view url_host = host_of_url(fields, storage);
  if (!url_host.empty()) return url_host;
  const std::string_view other = fields.first_text({Field::destination, Field::peer_ip});
  return other.empty() ? record.name() : other;
}

}  // namespace spawn::xray
