// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// DynamoDB: items by their keys, with conditions. A condition that does not hold is an answer, not
// an Error. Values that spawn has no use for (sets, bytes, lists) pass through unchanged.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/caller.h"
#include "aws/endpoints.h"
#include "core/clock.h"
#include "core/json.h"
#include "core/result.h"
#include "telemetry/tracer.h"

namespace spawn::aws::dynamodb {

extern const ServiceInfo kService;

class Value;
using Item = std::map<std::string, Value, std::less<>>;

// One attribute's value, kept in DynamoDB's own form: {"S":"text"}.
class Value {
 public:
  Value() = default;
  explicit Value(core::Json form) : form_(std::move(form)) {}
  static Value text(std::string_view text);
  static Value number(std::int64_t number);
  static Value flag(bool on);
  static Value map(const Item& members);

  // Empty when it is of another type.
  [[nodiscard]] std::string_view as_text() const { return form_.text_at("S"); }
  [[nodiscard]] std::optional<std::int64_t> as_number() const;
  [[nodiscard]] std::optional<bool> as_flag() const;
  [[nodiscard]] Item as_map() const;

  [[nodiscard]] const core::Json& form() const { return form_; }

 private:
  core::Json form_;
};

// Empty when it is absent, or of another type.
std::string_view text_at(const Item& item, std::string_view name);
std::optional<std::int64_t> number_at(const Item& item, std::string_view name);

// What the words in an expression stand for: "#status" for an attribute (many names are reserved),
// ":now" for a value.
struct Words {
  std::map<std::string, std::string> names;
  Item values;
};

enum class Write { done, condition_failed };

struct PutItem {
  std::string table;
  Item item;
  std::string condition;  // "attribute_not_exists(instance_id)"; "" for none
  Words words;
};
core::Result<Write> put_item(Caller& caller, const Endpoint& endpoint, const PutItem& request,
                             core::Deadline deadline);

struct UpdateItem {
  std::string table;
  Item key;
  std::string update;  // "SET #status = :s REMOVE note"
  std::string condition;
  Words words;
  bool repeatable = true;  // false for what adds to what is there: not sent again when unsure
};
// Makes the item if there is none.
core::Result<Write> update_item(Caller& caller, const Endpoint& endpoint, const UpdateItem& request,
                                core::Deadline deadline);

struct DeleteItem {
  std::string table;
  Item key;
  std::string condition;
  Words words;
};
// Done also when there was none.
core::Result<Write> delete_item(Caller& caller, const Endpoint& endpoint, const DeleteItem& request,
                                core::Deadline deadline);

struct GetItem {
  std::string table;
  Item key;
  bool consistent_read = false;  // see every write that was done before
  std::string projection;        // "status, #i": these attributes only
  Words words;                   // of the projection
};
core::Result<std::optional<Item>> get_item(Caller& caller, const Endpoint& endpoint,
                                           const GetItem& request, core::Deadline deadline);

struct Query {
  std::string table;
  std::string index;          // "" for the table itself
  std::string key_condition;  // "job_array_id = :j"
  std::string filter;
  std::string projection;
  Words words;
  std::int64_t limit = 0;  // items looked at, a page; 0: what fits into 1 MB
  bool consistent_read = false;
  bool backward = false;   // by the sort key
  std::string next_token;  // of the page before
};
struct QueryPage {
  std::vector<Item> items;
  std::string next_token;  // "" on the last page
};
core::Result<QueryPage> query(Caller& caller, const Endpoint& endpoint, const Query& request,
                              core::Deadline deadline);

struct CreateTable {
  std::string table;
  std::string partition_key;  // both are texts
  std::string sort_key;       // "" for none
};
// Paid by request. A table of that name that is there already is left as it is.
core::Status create_table(Caller& caller, const Endpoint& endpoint, const CreateTable& request,
                          core::Deadline deadline);

struct Table {
  std::string name;
  std::string arn;
  std::string status;  // "CREATING", "ACTIVE", …
  std::string partition_key;
  std::string sort_key;
};
core::Result<Table> describe_table(Caller& caller, const Endpoint& endpoint,
                                   const std::string& table, core::Deadline deadline);
// As botocore's table_exists: every 20 seconds, 25 times at most.
core::Status wait_until_active(Caller& caller, telemetry::Tracer& tracer, const Endpoint& endpoint,
                               const std::string& table, core::Deadline deadline);

// From now on items go some time after the second, since the epoch, that this attribute tells.
core::Status update_time_to_live(Caller& caller, const Endpoint& endpoint, const std::string& table,
                                 const std::string& attribute, core::Deadline deadline);

}  // namespace spawn::aws::dynamodb
