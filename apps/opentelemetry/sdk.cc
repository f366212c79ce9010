// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <mutex>
#include <new>
#include <utility>

#include "apps/opentelemetry/engine.h"
#include "apps/remote_sampling.h"
#include "otel/remote_sampler.h"
#include "otel/sampler.h"
#include "otel/span_exporter.h"
#include "spawn/opentelemetry_sdk.h"
#include "telemetry/fork_registry.h"

namespace spawn {

namespace sdk = opentelemetry::sdk::trace;

namespace {

// X-Ray's rules for one sampler. The thread that asks for them is not in a forked child, and its
// lock may be held for ever there: the child leaves all that behind and begins anew.
class Rules final : telemetry::ForkListener {
 public:
  explicit Rules(apps::RemoteSampling::Request request) : request_(std::move(request)) {
    (void)now();
  }
  ~Rules() override {
    // X-Ray hangs: its thread is left behind, and what it is in.
    const auto deadline =
        core::Deadline::after(apps::seams().clock, std::chrono::milliseconds(250));
    if (end(deadline)) delete asking_.load();
  }
  Rules(const Rules&) = delete;
  Rules& operator=(const Rules&) = delete;

  bool keeps(const xray::SamplingRequest& request, std::uint64_t randomness) {
    return now().sampler().keeps(request, randomness);
  }

  // False: the thread is in a call to X-Ray that lasts.
  bool end(core::Deadline deadline) {
    apps::RemoteSampling* const asking = asking_.load();
    return asking == nullptr || asking->stop(deadline);
  }

 private:
  apps::RemoteSampling& now() {
    if (apps::RemoteSampling* const asking = asking_.load()) return *asking;
    const std::lock_guard lock(making_);
    if (asking_.load() == nullptr) {
      auto& [env, clock, rng] = apps::seams();
      asking_.store(new apps::RemoteSampling(request_, env, clock, rng));
    }
    return *asking_.load();
  }
  void after_fork_in_child() override {
    new (&making_) std::mutex;
    asking_.store(nullptr);
  }

  apps::RemoteSampling::Request request_;
  std::mutex making_;
  std::atomic<apps::RemoteSampling*> asking_{nullptr};
};

}  // namespace

std::unique_ptr<sdk::SpanExporter> xray_exporter(const XRayOptions& options) {
  return std::make_unique<otel::SpanExporter>(
      apps::xray_engine(options), [](const telemetry::Stats& stats) { apps::report(stats); });
}

std::unique_ptr<sdk::IdGenerator> xray_id_generator() {
  return std::make_unique<otel::XRayIdGenerator>(apps::seams().clock, apps::seams().rng);
}

std::unique_ptr<sdk::Sampler> probability_sampler(double rate) {
  const auto valid = trace::Rate::from(rate);
  if (!valid) apps::warn("probability_sampler: the rate is not from 0 to 1; every trace is kept");
  return std::make_unique<otel::ProbabilitySampler>(valid.value_or(trace::Rate::always()));
}

std::unique_ptr<sdk::Sampler> remote_sampler(const opentelemetry::sdk::resource::Resource& resource,
                                             const std::string& endpoint) {
  auto [service, arn] = otel::sampled_service(resource);
  auto rules = std::make_shared<Rules>(apps::RemoteSampling::Request{
      std::move(service.name), std::move(service.type), endpoint, apps::warn});
  apps::at_exit(apps::AtExit::after_spans, rules,
                [ending = rules.get()](core::Deadline deadline) { ending->end(deadline); });
  return std::make_unique<otel::RemoteSampler>(
      std::move(arn), [rules](const xray::SamplingRequest& request, std::uint64_t randomness) {
        return rules->keeps(request, randomness);
      });
}

}  // namespace spawn
