// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// XML replies as they are read, for the query protocols and S3: a tree of elements, of which the
// text matters and nothing else. What is absent reads as empty, so that a reader says what it wants
// and checks what it needs. Safe on hostile input: no entities but the predefined ones, no DTD,
// nothing recursive. xml.cc is the only file that knows pugixml.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "aws/caller.h"
#include "core/result.h"

namespace pugi {
class xml_document;
struct xml_node_struct;
}  // namespace pugi

namespace spawn::aws::xml {

// A view into a Document; default-made, or not found, it is no element and has nothing in it.
class Element {
 public:
  Element() = default;

  explicit operator bool() const { return node_ != nullptr; }
  // Without a namespace prefix.
  [[nodiscard]] std::string_view name() const;
  [[nodiscard]] std::string_view text() const;
  [[nodiscard]] bool is_true() const { return text() == "true"; }

  // The first child of that name.
  [[nodiscard]] Element find(std::string_view name) const;
  [[nodiscard]] std::string text_at(std::string_view name) const {
    return std::string(find(name).text());
  }
  // The first element of that name below this one, at any depth; this one if it has the name.
  [[nodiscard]] Element find_below(std::string_view name) const;

  // f(Element) for each child of that name.
  template <typename F>
  void for_each(std::string_view name, F&& f) const {
    for (Element e = find(name); e; e = e.next()) f(e);
  }
  // The lists of the query protocols: <list><item>…</item><item>…</item></list>.
  template <typename F>
  void for_each_in(std::string_view list, std::string_view item, F&& f) const {
    find(list).for_each(item, f);
  }

 private:
  friend class Document;
  explicit Element(pugi::xml_node_struct* node) : node_(node) {}
  [[nodiscard]] Element next() const;  // sibling of the same name

  pugi::xml_node_struct* node_ = nullptr;
};

class Document {
 public:
  // Code::protocol when it is not well-formed, or empty.
  static core::Result<Document> parse(std::string_view text);
  Document(Document&& other) noexcept;
  Document& operator=(Document&& other) noexcept;
  ~Document();

  [[nodiscard]] Element root() const;

 private:
  explicit Document(std::unique_ptr<pugi::xml_document> tree);
  std::unique_ptr<pugi::xml_document> tree_;
};

// The tree of a reply, if its root has the name that is expected.
core::Result<Document> read_document(const Call& call, const Reply& reply, std::string_view root);
core::Result<Document> call_for_document(Caller& caller, const Call& call, std::string_view root);

// As the text of an element.
std::string escaped(std::string_view text);

}  // namespace spawn::aws::xml
