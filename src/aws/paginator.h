// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Fetches page after page of an operation: one INTERNAL span "pages S3.ListObjectsV2" around the
// calls, with the number of pages.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "core/result.h"
#include "telemetry/tracer.h"
#include "trace/attributes.h"

namespace spawn::aws {

// `fetch` gets the token of the page ("" for the first one) and returns a Result of something with
// a member next_token, "" on the last page; `use` takes each page. A service that answers with the
// token that it was given would go on for ever, and is an error.
template <typename Fetch, typename Use>
core::Status for_each_page(telemetry::Tracer& tracer, std::string_view operation, Fetch&& fetch,
                           Use&& use) {
  telemetry::Span span = tracer.start("pages " + std::string(operation));
  const telemetry::Scope scope(span.context());
  const auto fetch_all = [&](int& pages) -> core::Status {
    std::string token;
    for (pages = 1;; ++pages) {
      auto page = fetch(token);
      if (!page) return core::fail(std::move(page.error()));
      std::string next = page->next_token;
      use(std::move(*page));
      if (next.empty()) return core::ok();
      if (next == token) {
        return core::fail(core::Code::protocol,
                          std::string(operation) + ": the same page was announced twice");
      }
      token = std::move(next);
    }
  };
  int pages = 0;
  core::Status status = fetch_all(pages);
  span.set(trace::key::kAwsPages, pages);
  if (!status) span.set_error(status.error().message);
  return status;
}

}  // namespace spawn::aws
