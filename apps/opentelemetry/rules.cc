// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "apps/opentelemetry/rules.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <new>
#include <utility>

#include "apps/opentelemetry/engine.h"
#include "apps/remote_sampling.h"
#include "telemetry/fork_registry.h"

namespace spawn::apps {
namespace {

// X-Ray's rules for one provider or sampler. The thread that asks for them is not in a forked
// child, and its lock may be held for ever there: the child leaves all that behind and begins anew.
class Rules final : telemetry::ForkListener {
 public:
  explicit Rules(RemoteSampling::Request request) : request_(std::move(request)) { (void)now(); }
  ~Rules() override {
    // X-Ray hangs: its thread is left behind, and what it is in.
    const auto deadline = core::Deadline::after(seams().clock, std::chrono::milliseconds(250));
    if (end(deadline)) delete asking_.load();
  }
  Rules(const Rules&) = delete;
  Rules& operator=(const Rules&) = delete;

  bool keeps(const xray::SamplingRequest& request, std::uint64_t randomness) {
    return now().sampler().keeps(request, randomness);
  }

  // False: the thread is in a call to X-Ray that lasts.
  bool end(core::Deadline deadline) {
    RemoteSampling* const asking = asking_.load();
    return asking == nullptr || asking->stop(deadline);
  }

 private:
  RemoteSampling& now() {
    if (RemoteSampling* const asking = asking_.load()) return *asking;
    const std::lock_guard lock(making_);
    if (asking_.load() == nullptr) {
      auto& [env, clock, rng] = seams();
      asking_.store(new RemoteSampling(request_, env, clock, rng));
    }
    return *asking_.load();
  }
  void after_fork_in_child() override {
    new (&making_) std::mutex;
    asking_.store(nullptr);
  }

  RemoteSampling::Request request_;
  std::mutex making_;
  std::atomic<RemoteSampling*> asking_{nullptr};
};

}  // namespace

otel::RootRules root_rules(const trace::Resource& resource, const std::string& url) {
  auto [service, arn] = otel::sampled_service(resource);
  auto rules = std::make_shared<Rules>(
      RemoteSampling::Request{std::move(service.name), std::move(service.type), url, warn});
  at_exit(AtExit::after_spans, rules,
          [ending = rules.get()](core::Deadline deadline) { ending->end(deadline); });
  return {std::move(arn), [rules](const xray::SamplingRequest& request, std::uint64_t randomness) {
            return rules->keeps(request, randomness);
          }};
}

}  // namespace spawn::apps
