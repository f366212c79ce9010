// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The traced stack over the real transport, before whatever AWS_ENDPOINT_URL names, and the spans
// that it makes.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "aws/endpoints.h"
#include "aws/services/ec2_catalog.h"
#include "aws/stack.h"
#include "aws/test_support.h"
#include "core/env.h"
#include "http/curl_client.h"
#include "trace/attributes.h"

namespace spawn::aws {

using core::Deadline;
using testing::OwnedSpan;

inline constexpr const char* kInstance = "i-0123456789abcdef0";  // that we are on
inline constexpr const char* kJobArray = "job-20261127";

// Puts on every span who we are, where it is not said already, as an agent's tracing does.
class IdentifyingQueue final : public telemetry::Queue {
 public:
  explicit IdentifyingQueue(spawn::testing::SpanLog& log) : inner_(log) {}
  void push(trace::SpanRecord& record) noexcept override {
    if (!record.find(trace::key::kInstanceId)) record.set(trace::key::kInstanceId, kInstance);
    if (!record.find(trace::key::kJobArrayId)) record.set(trace::key::kJobArrayId, kJobArray);
    inner_.push(record);
  }

 private:
  CollectingQueue inner_;
};

class AwsTest : public ::testing::Test {
 protected:
  static core::Status status_of(core::Status status) { return status; }
  template <typename T>
  static core::Status status_of(const core::Result<T>& result) {
    return result ? core::ok() : core::Status(core::fail(result.error()));
  }
  Endpoint endpoint(const ServiceInfo& service) {
    return *resolve_endpoint(service, "", "us-east-1", env_, profile_);
  }
  Deadline soon() { return Deadline::after(clock_, std::chrono::seconds(30)); }
  // Spans since the last time.
  std::vector<OwnedSpan> new_spans() {
    auto all = log_.spans();
    all.erase(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(seen_));
    seen_ += all.size();
    return all;
  }
  static std::vector<OwnedSpan> named(const std::vector<OwnedSpan>& spans, std::string_view name) {
    std::vector<OwnedSpan> found;
    std::ranges::copy_if(spans, std::back_inserter(found),
                         [&](const OwnedSpan& s) { return s.name == name; });
    return found;
  }
  std::string any_image() {
    const auto images = ec2::describe_images(*caller_, ec2_, {{}, {"amazon"}, {}}, soon());
    return images && !images->empty() ? images->front().id : std::string();
  }
  std::string launch(const ec2::Tags& tags = {}) {
    ec2::RunInstances request;
    request.image_id = any_image();
    request.instance_type = "t3.micro";
    request.client_token = "token-" + std::to_string(rng_.next());
    request.user_data = "#!/bin/sh\nexport PASSWORD=hunter2\n";
    request.tags = tags;
    const auto instances = ec2::run_instances(*caller_, ec2_, request, soon());
    return instances && instances->size() == 1 ? instances->front().id : std::string();
  }

  core::SystemEnv env_;
  core::SystemClock clock_;
  core::SystemRng rng_;
  Profile profile_;
  http::CurlClient client_{env_};
  FixedCredentials credentials_;
  testing::SpanLog log_;
  IdentifyingQueue queue_{log_};
  trace::Resource resource_;
  telemetry::Tracer tracer_{&queue_, trace::Rate::always(), resource_, clock_, rng_};
  std::unique_ptr<Caller> caller_ =
      make_traced_stack({client_, credentials_, clock_, rng_, RetryPolicy{}}, tracer_);
  Endpoint ec2_ = endpoint(ec2::kService);
  std::size_t seen_ = 0;
};

}  // namespace spawn::aws
