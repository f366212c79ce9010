// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// X-Ray's REST API over the local store: path → operation. What is not implemented is answered as
// an operation that is not known, in AWS's form, so that clients raise an error of their own kind.
// Signatures are not looked at. Safe for any thread.
// https://docs.aws.amazon.com/xray/latest/api/API_Operations.html
#pragma once

#include <string_view>

#include "core/clock.h"
#include "server/exchange.h"
#include "server/settings_api.h"
#include "server/trace_queries.h"
#include "store/trace_store.h"

namespace spawn::server {

class XRayApi {
 public:
  XRayApi(store::TraceStore& store, Traces& traces, core::Clock& clock)
      : store_(store),
        sampling_(store, clock),
        groups_(store),
        account_(store, clock),
        queries_(traces, clock,
                 [this](std::string_view name) { return groups_.expression_of(name); }) {}

  // A POST.
  http::Reply serve(std::string_view path, std::string_view body);
  [[nodiscard]] GroupsApi& groups() { return groups_; }

 private:
  struct Operation;
  static const Operation kOperations[];

  http::Reply put_trace_segments(const core::Json& request);
  http::Reply put_telemetry(const core::Json& request);
  http::Reply batch_get_traces(const core::Json& request);
  http::Reply summaries(const core::Json& request) { return queries_.summaries(request); }
  http::Reply service_graph(const core::Json& request) { return queries_.service_graph(request); }
  http::Reply trace_graph(const core::Json& request) { return queries_.trace_graph(request); }
  http::Reply time_series(const core::Json& request) { return queries_.time_series(request); }
  http::Reply sampling_rules(const core::Json&) { return sampling_.get_rules(); }
  http::Reply create_rule(const core::Json& request) { return sampling_.create_rule(request); }
  http::Reply update_rule(const core::Json& request) { return sampling_.update_rule(request); }
  http::Reply delete_rule(const core::Json& request) { return sampling_.delete_rule(request); }
  http::Reply targets(const core::Json& request) { return sampling_.get_targets(request); }
  http::Reply get_group(const core::Json& request) { return groups_.get_group(request); }
  http::Reply get_groups(const core::Json&) { return groups_.get_groups(); }
  http::Reply create_group(const core::Json& request) { return groups_.create_group(request); }
  http::Reply update_group(const core::Json& request) { return groups_.update_group(request); }
  http::Reply delete_group(const core::Json& request) { return groups_.delete_group(request); }
  http::Reply encryption(const core::Json&) { return account_.get_encryption(); }
  http::Reply put_encryption(const core::Json& request) { return account_.put_encryption(request); }
  http::Reply destination(const core::Json&) { return account_.get_destination(); }
  http::Reply update_destination(const core::Json& request) {
    return account_.update_destination(request);
  }
  http::Reply indexing(const core::Json&) { return account_.get_indexing(); }
  http::Reply update_indexing(const core::Json& request) {
    return account_.update_indexing(request);
  }

  store::TraceStore& store_;
  SamplingApi sampling_;
  GroupsApi groups_;
  AccountApi account_;
  TraceQueries queries_;
};

}  // namespace spawn::server
