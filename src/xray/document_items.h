// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Attributes of a thing and lists of links, for document_metadata.cc and document_links.cc: X-Ray
// takes 20 links a segment, the others go to the metadata.
#pragma once

#include "xray/draft.h"

namespace spawn::xray {

// Whether a key that has to be cut to `max` bytes is another one's then: of those that are the same
// a whole one stays, or else the first. for_each_key(f) calls f(std::string_view) with all of them.
template <typename ForEachKey>
[[gnu::noinline]] bool is_taken(std::string_view key, std::size_t max, ForEachKey&& for_each_key) {
  const std::string_view cut = core::utf8_prefix(key, max);
  bool before = true;
  bool taken = false;
  for_each_key([&](std::string_view other) {
    if (other == key) {
      before = false;
    } else if (other == cut || (before && core::utf8_prefix(other, max) == cut)) {
      taken = true;
    }
  });
  return taken;
}

// With keys that may have to be cut.
template <class Writer, typename ForEach>
[[gnu::noinline]] void write_cut_attributes(Draft<Writer>& draft, ForEach& for_each) {
  const std::size_t max = draft.limits.text;
  const auto for_each_key = [&](auto&& f) {
    for_each([&](const trace::Attribute& a) { f(a.key); });
  };
  std::size_t count = 0;
  for_each([&](const trace::Attribute& a) {
    if (a.key.size() > max && is_taken(a.key, max, for_each_key)) return;
    if (count++ < draft.limits.items) draft.attribute(a);
  });
}

// for_each(f) calls f(const trace::Attribute&).
template <class Writer, typename ForEach>
void write_attributes(Draft<Writer>& draft, ForEach&& for_each) {
  if (draft.limits.text < trace::kMaxKeyBytes) [[unlikely]] {
    return write_cut_attributes(draft, for_each);
  }
  std::size_t count = 0;
  for_each([&](const trace::Attribute& a) {
    if (count++ < draft.limits.items) draft.attribute(a);
  });
}

// Links number first (counted from 0) up to, not with, last.
template <core::Literal Key, class Writer>
void write_some_links(Draft<Writer>& draft, std::size_t first, std::size_t last) {
  if (draft.record.link_count() <= first || draft.limits.items <= first) return;
  std::size_t number = 0;
  draft.out.template lit<Key>();
  draft.record.for_each_link([&](const trace::SpanRecord::Link& link) {
    const std::size_t n = number++;
    if (n < first || n >= last || n >= draft.limits.items) return;
    if (n > first) draft.out.template lit<",">();
    draft.out.template lit<R"({"trace_id":")">();
    draft.trace_id(link.to.trace_id);
    draft.out.template lit<R"(","id":")">();
    draft.span_id(link.to.span_id);
    draft.out.template lit<"\"">();
    const auto attributes = draft.template open<R"(,"attributes":)">();
    write_attributes(draft, [&](auto&& f) { draft.record.for_each_attribute_of(link, f); });
    draft.close(attributes);
    draft.out.template lit<"}">();
  });
  draft.out.template lit<"]">();
}

}  // namespace spawn::xray
