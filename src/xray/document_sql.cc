// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Calls of databases that speak SQL. The guide wants a URL in `url` and any other connection string
// in `connection_string`, both without passwords.
#include <string>

#include "trace/secrets.h"
#include "xray/draft.h"

namespace spawn::xray {
namespace {

std::string address(const Fields& f) {
  std::string text(f.first_text({Field::server_address, Field::peer_name, Field::peer_ip}));
  if (text.find(':') != text.rfind(':') && text[0] != '[') text = "[" + text + "]";
  auto port = f.number(Field::server_port);
  if (!port) port = f.number(Field::peer_port);
  if (!text.empty() && port) text += ':' + std::to_string(*port);
  return text;
}

// Of a file there is no host: sqlite:///data/a.db.
std::string built_url(const Fields& f) {
  const std::string host = address(f);
  const std::string_view name = f.text(Field::db_namespace);
  if ((host.empty() && name.empty()) || host.find_first_of("/@?") != std::string::npos) return {};
  std::string url(f.text(Field::db_system));
  url += "://" + host;
  if (!name.empty()) url += "/" + std::string(name);
  return url;
}

}  // namespace

template <class Writer>
void write_sql(Draft<Writer>& draft) {
  const Fields& f = draft.fields;
  // By the older name one may say so that the table does not know.
  if (!is_sql_system(f.text(Field::db_system)) && draft.record.text("db.system") != kOtherSql) {
    return;
  }
  constexpr std::size_t kMaxQueryBytes = 4096;  // all of it is in the metadata
  const auto sql = draft.template open<R"(,"sql":)">();
  const std::string_view connection = f.text(Field::connection_string);
  std::string storage;
  if (connection.empty()) {
    const std::string url = built_url(f);
    draft.template member<R"(,"url":")">(trace::address_without_secrets(url, storage));
  } else if (connection.find("://") != std::string_view::npos || connection.starts_with("jdbc:")) {
    draft.template member<R"(,"url":")">(trace::address_without_secrets(connection, storage));
  } else {
    draft.template member<R"(,"connection_string":")">(
        trace::address_without_secrets(connection, storage));
  }
  draft.template field_member<R"(,"database_type":")">(Field::db_system);
  draft.template field_member<R"(,"user":")">(Field::db_user);
  draft.template member<R"(,"sanitized_query":")">(f.text(Field::db_query), kMaxQueryBytes);
  draft.close(sql);
}

template void write_sql(Draft<core::JsonWriter>& draft);
template void write_sql(Draft<core::NestedJsonWriter>& draft);

}  // namespace spawn::xray
