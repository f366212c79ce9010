// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "apps/xray_session.h"

#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "apps/curl_session.h"
#include "aws/services/xray.h"
#include "xray/sink.h"

namespace spawn::apps {
namespace {

// XRaySink with its session. The endpoint is found with the first batch: by then nobody waits for
// us.
class XRaySessionSink final : public trace::SpanSink {
 public:
  XRaySessionSink(std::unique_ptr<CurlSession> session, std::string url,
                  trace::DocumentSettings documents, core::Clock& clock, core::Rng& rng)
      : session_(std::move(session)),
        url_(std::move(url)),
        documents_(std::move(documents)),
        clock_(clock),
        rng_(rng) {}

  trace::WriteReport write(std::span<const trace::SpanRecord> batch,
                           core::Deadline deadline) override {
    if (!sink_) {
      auto endpoint = session_->get().endpoint(aws::xray::kService, url_);
      if (!endpoint) {
        trace::WriteReport report{0, 0, endpoint.error().message};
        report.later = batch.size();
        return report;
      }
      sink_.emplace(session_->get().caller(), std::move(*endpoint), clock_, rng_, documents_);
    }
    return sink_->write(batch, deadline);
  }
  void dropped(std::uint64_t count) override {
    if (sink_) sink_->dropped(count);
  }
  core::Nanos housekeeping(core::Deadline deadline) override {
    return sink_ ? sink_->housekeeping(deadline) : core::Nanos::max();
  }

 private:
  std::unique_ptr<CurlSession> session_;
  std::string url_;
  trace::DocumentSettings documents_;
  core::Clock& clock_;
  core::Rng& rng_;
  std::optional<xray::XRaySink> sink_;
};

}  // namespace

core::Result<telemetry::NamedSink> xray_sink(std::string url, telemetry::Keeping keeping,
                                             trace::DocumentSettings documents,
                                             const core::Env& env, core::Clock& clock,
                                             core::Rng& rng) {
  auto session = CurlSession::make("", "", env, clock, rng, nullptr);
  if (!session) return core::fail(std::move(session.error()));
  // Spans that were meant for one address never go to another.
  keeping.name = url.empty() ? "xray" : "xray " + url;
  return telemetry::NamedSink{"xray",
                              std::make_unique<XRaySessionSink>(std::move(*session), std::move(url),
                                                                std::move(documents), clock, rng),
                              std::move(keeping), /*whole_traces=*/true, /*in_progress=*/true};
}

}  // namespace spawn::apps
