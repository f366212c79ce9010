// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// DynamoDB in memory, for FakeAws: tables with one or two keys, whole items, and of the expression
// language what spawn writes: attribute_exists(a), attribute_not_exists(a), a = :v, joined by AND;
// SET a = :v, …; REMOVE a, …. Anything else is a ValidationException, so that a test notices. With
// the limit that moto has not: an item of 400 KB. Not thread-safe.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "core/json.h"
#include "http/client.h"

namespace spawn::testing {

class FakeDynamoDb {
 public:
  http::Reply serve(std::string_view operation, const core::Json& body);

 private:
  using Item = std::map<std::string, core::Json>;
  struct Table {
    std::string partition;
    std::string sort;                   // "": none
    std::map<std::string, Item> items;  // by their keys' text
  };

  http::Reply create(const core::Json& body);
  http::Reply describe(const std::string& name) const;
  http::Reply put(Table& table, const core::Json& body);
  http::Reply get(const Table& table, const core::Json& body) const;
  http::Reply remove(Table& table, const core::Json& body);
  http::Reply update(Table& table, const core::Json& body);
  http::Reply query(const Table& table, const core::Json& body) const;

  std::map<std::string, Table, std::less<>> tables_;
};

}  // namespace spawn::testing
