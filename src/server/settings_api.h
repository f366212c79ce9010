// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The part of X-Ray's API that is about settings: sampling rules and targets, groups, encryption,
// where segments go, what is indexed. Kept in the trace store. Shapes and limits:
// https://docs.aws.amazon.com/xray/latest/api/API_Operations.html. Safe for any thread.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/clock.h"
#include "core/json.h"
#include "server/exchange.h"
#include "store/trace_store.h"

namespace spawn::server {

inline constexpr std::size_t kMaxSamplingRules = 25;
inline constexpr std::size_t kMaxGroups = 25;

class SamplingApi {
 public:
  SamplingApi(store::TraceStore& store, core::Clock& clock) : store_(store), clock_(clock) {}

  http::Reply get_rules();
  http::Reply create_rule(const core::Json& request);
  http::Reply update_rule(const core::Json& request);
  http::Reply delete_rule(const core::Json& request);
  http::Reply get_targets(const core::Json& request);

 private:
  using Records = std::map<std::string, core::Json>;  // SamplingRuleRecord by name

  core::Result<Records> records();
  http::Reply save(const std::string& name, core::Json record);
  core::Json target_of(const std::string& name, const core::Json& rule, std::string_view client);
  [[nodiscard]] double now() const;

  store::TraceStore& store_;
  core::Clock& clock_;
  std::mutex mutex_;  // one change at a time; over clients_, too
  std::map<std::string, std::map<std::string, double, std::less<>>> clients_;  // of a rule: heard
};

class GroupsApi {
 public:
  explicit GroupsApi(store::TraceStore& store) : store_(store) {}

  http::Reply get_group(const core::Json& request);
  http::Reply get_groups();
  http::Reply create_group(const core::Json& request);
  http::Reply update_group(const core::Json& request);
  http::Reply delete_group(const core::Json& request);

  // For filters: the expression of a group, by name or ARN.
  std::optional<std::string> expression_of(std::string_view name_or_arn);

 private:
  using Groups = std::map<std::string, core::Json>;

  core::Result<Groups> groups();
  http::Reply save(const core::Json& group);

  store::TraceStore& store_;
  std::mutex mutex_;
};

// What there is one of: encryption, destination, indexing.
class AccountApi {
 public:
  AccountApi(store::TraceStore& store, core::Clock& clock) : store_(store), clock_(clock) {}

  http::Reply get_encryption();
  http::Reply put_encryption(const core::Json& request);
  http::Reply get_destination();
  http::Reply update_destination(const core::Json& request);
  http::Reply get_indexing();
  http::Reply update_indexing(const core::Json& request);

 private:
  core::Json kept(std::string_view name, std::string_view otherwise);
  http::Reply keep(std::string_view name, const core::Json& value, const char* member);

  store::TraceStore& store_;
  core::Clock& clock_;
};

}  // namespace spawn::server
