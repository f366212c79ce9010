// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "xray/sink.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "aws/services/xray.h"
#include "core/text.h"

namespace spawn::xray {
namespace {

using Batch = std::span<const trace::SpanRecord>;

// Below what 50 documents of 64 KB come to; the service names no limit for the whole body.
constexpr std::size_t kMaxBodyBytes = 3'000'000;

// How many of the batch went into the body.
std::size_t fill_body(Batch batch, core::CharBuffer& body) {
  core::NestedJsonWriter document(body);
  body.clear();
  body.append(R"({"TraceSegmentDocuments":[)");
  std::size_t count = 0;
  for (const trace::SpanRecord& record :
       batch.first(std::min(batch.size(), kMaxDocumentsPerCall))) {
    const std::size_t before = body.size();
    body.append(count == 0 ? "\"" : ",\"");
    write_document(record, document);
    body.append("\"");
    if (count > 0 && body.size() > kMaxBodyBytes) {
      body.truncate(before);
      break;
    }
    ++count;
  }
  body.append("]}");
  return count;
}

// X-Ray gives no id for what it could not read; with one document alone it is clear which one.
std::string describe(const aws::xray::Unprocessed& refused, Batch sent) {
  const auto by_id = std::ranges::find_if(sent, [&](const trace::SpanRecord& record) {
    return document_id(record).hex() == refused.id;
  });
  std::string which = fmt::format("one of {} spans (it does not say which)", sent.size());
  if (by_id != sent.end()) {
    which = fmt::format("span '{}' ({})", by_id->name(), refused.id);
  } else if (sent.size() == 1) {
    which = fmt::format("span '{}'", sent.front().name());
  }
  return fmt::format("refused {}: {}{}{}", which, refused.code, refused.message.empty() ? "" : ": ",
                     refused.message);
}

void add_loss(trace::WriteReport& report, std::size_t lost, const std::string& what) {
  report.lost += lost;
  if (report.reason.empty()) report.reason = core::visible(what);
}

}  // namespace

XRaySink::XRaySink(aws::Caller& caller, aws::Endpoint endpoint)
    : caller_(caller), endpoint_(std::move(endpoint)) {}

trace::WriteReport XRaySink::write(Batch batch, core::Deadline deadline) {
  trace::WriteReport report;
  const std::string where = fmt::format("X-Ray at {} ", endpoint_.url.to_string());
  while (!batch.empty()) {
    const Batch sent = batch.first(fill_body(batch, body_));
    batch = batch.subspan(sent.size());
    const auto refused =
        aws::xray::put_trace_segments(caller_, endpoint_, std::string(body_.view()), deadline);
    if (!refused) {
      add_loss(report, sent.size(), where + "failed: " + refused.error().message);
      continue;
    }
    // A broken reply may name more documents than were sent.
    const std::size_t lost = std::min(sent.size(), refused->size());
    report.delivered += sent.size() - lost;
    if (lost > 0) add_loss(report, lost, where + describe(refused->front(), sent));
  }
  return report;
}

}  // namespace spawn::xray
