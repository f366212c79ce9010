// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/protocol/xml.h"

#include <pugixml.hpp>
#include <utility>

namespace spawn::aws::xml {
namespace {

// A key of S3 may be one blank.
constexpr unsigned kHowToParse = pugi::parse_default | pugi::parse_ws_pcdata_single;

std::string_view local_name(pugi::xml_node node) {
  const std::string_view name = node.name();
  const auto colon = name.rfind(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

pugi::xml_node first_named(pugi::xml_node node, std::string_view name) {
  while (node && local_name(node) != name) node = node.next_sibling();
  return node;
}

}  // namespace

std::string_view Element::name() const { return local_name(pugi::xml_node(node_)); }

std::string_view Element::text() const { return pugi::xml_node(node_).text().get(); }

Element Element::find(std::string_view name) const {
  return Element(first_named(pugi::xml_node(node_).first_child(), name).internal_object());
}

Element Element::find_below(std::string_view name) const {
  const auto has_name = [&](pugi::xml_node node) { return local_name(node) == name; };
  const pugi::xml_node here(node_);
  if (here && has_name(here)) return *this;
  return Element(here.find_node(has_name).internal_object());
}

Element Element::next() const {
  const pugi::xml_node here(node_);
  return Element(first_named(here.next_sibling(), local_name(here)).internal_object());
}

Document::Document(std::unique_ptr<pugi::xml_document> tree) : tree_(std::move(tree)) {}
Document::Document(Document&& other) noexcept = default;
Document& Document::operator=(Document&& other) noexcept = default;
Document::~Document() = default;

core::Result<Document> Document::parse(std::string_view text) {
  auto tree = std::make_unique<pugi::xml_document>();
  const auto parsed = tree->load_buffer(text.data(), text.size(), kHowToParse, pugi::encoding_utf8);
  if (!parsed || !tree->document_element()) {
    return core::fail(core::Code::protocol, "no well-formed XML");
  }
  return Document(std::move(tree));
}

Element Document::root() const { return Element(tree_->document_element().internal_object()); }

core::Result<Document> read_document(const Call& call, const Reply& reply, std::string_view root) {
  auto document = Document::parse(reply.body);
  if (document && document->root().name() == root) return document;
  return core::fail(core::Code::protocol, std::string(call.service->id) + " " + call.operation +
                                              ": the reply of " + call.url.authority() +
                                              " is no XML that begins with <" + std::string(root) +
                                              "> (check the endpoint)");
}

core::Result<Document> call_for_document(Caller& caller, const Call& call, std::string_view root) {
  const auto reply = call_for_reply(caller, call);
  if (!reply) return core::fail(reply.error());
  return read_document(call, *reply, root);
}

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace spawn::aws::xml
