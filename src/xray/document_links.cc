// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "xray/document_items.h"
#include "xray/draft.h"

namespace spawn::xray {

template <class Writer>
void write_links(Draft<Writer>& draft) {
  write_some_links<R"(,"links":[)">(draft, 0, kMaxLinks);
}

template void write_links(Draft<core::JsonWriter>& draft);
template void write_links(Draft<core::NestedJsonWriter>& draft);

}  // namespace spawn::xray
