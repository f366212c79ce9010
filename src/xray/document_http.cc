// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "xray/draft.h"

namespace spawn::xray {

template <class Writer>
void write_http(Draft<Writer>& draft) {
  const Fields& f = draft.fields;
  const auto http = draft.template open<R"(,"http":)">();

  const auto request = draft.template open<R"(,"request":)">();
  draft.template member<R"(,"method":")">(f.http_method);
  draft.template member<R"(,"url":")">(f.http_url);
  draft.template member<R"(,"user_agent":")">(f.user_agent);
  draft.template member<R"(,"client_ip":")">(f.client_ip);
  draft.close(request);

  const auto response = draft.template open<R"(,"response":)">();
  if (f.http_status != 0) {
    draft.out.template lit<R"(,"status":)">();
    draft.out.integer(f.http_status);
  }
  if (f.content_length >= 0) {
    draft.out.template lit<R"(,"content_length":)">();
    draft.out.integer(f.content_length);
  }
  draft.close(response);

  draft.close(http);
}

template void write_http(Draft<core::JsonWriter>& draft);
template void write_http(Draft<core::NestedJsonWriter>& draft);

}  // namespace spawn::xray
