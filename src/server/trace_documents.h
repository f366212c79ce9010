// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A stored trace as X-Ray documents, however it came: those that were sent, and one for each span
// that came another way.
#pragma once

#include <vector>

#include "core/result.h"
#include "store/trace_store.h"

namespace spawn::server {

struct TraceDocuments {
  std::vector<store::Document> documents;
  double duration_s = 0;
  bool sent = false;  // some came as documents
};

// Code::not_found when there is no such trace.
core::Result<TraceDocuments> documents_of(store::TraceStore& store, const trace::TraceId& id);

}  // namespace spawn::server
