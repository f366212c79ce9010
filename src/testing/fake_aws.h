// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// AWS as an http::Client, for whole stories in one process without a socket, and behind
// fake_aws_server for real clients. The service is told by the credential scope of the signature,
// as AWS does; a request without a signature is refused with 403, and with a wrong one too once
// there are credentials to check it by. EC2, DynamoDB, Lambda, S3 (a little), SQS, SSM, STS, X-Ray
// and the metadata service of an instance answer; the others answer AWS-shaped errors. Faults can
// be put before the answers. Safe for any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/credentials.h"
#include "core/clock.h"
#include "http/client.h"
#include "testing/fake_dynamodb.h"
#include "testing/fake_ec2.h"
#include "testing/fake_imds.h"
#include "testing/fake_lambda.h"
#include "testing/fake_s3.h"
#include "testing/fake_sqs.h"
#include "testing/fake_sts.h"
#include "testing/fake_xray.h"

namespace spawn::testing {

// What happens to the next `count` requests of a service.
struct Fault {
  enum class Kind {
    status,     // answered with `status` and the error the service gives with it
    hang,       // never answered: Code::timeout after the request's total_timeout
    refused,    // nobody listens: Code::unavailable, nothing arrived
    reset,      // the connection breaks before an answer: Code::unavailable
    truncated,  // it is served, but the connection breaks in the answer's body: Code::unavailable
    expired,    // the error that the service gives for credentials past their time
    garbage,    // 200, and a body that is neither JSON nor XML
    delay,      // answered well, `delay` later
    wrong_ids,  // 200, about documents and traces that nobody sent or asked for; X-Ray only
  };
  Kind kind = Kind::status;
  int count = 1;
  int status = 503;
  core::Nanos delay = std::chrono::seconds(1);
};

class FakeAws final : public http::Client {
 public:
  // Hangs and delays pass on this clock; with a FakeClock nothing ever waits.
  explicit FakeAws(core::Clock& clock) : clock_(clock) {}

  core::Result<http::Reply> send(const http::Request& request) override;

  // Faults of one service happen one after the other.
  void inject(const std::string& service, Fault fault);

  // From now on its clock is that much ahead of ours: it sends its Date, and refuses signatures
  // that are more than five minutes off by it, as AWS does.
  void set_clock_ahead(core::Nanos by);

  // From now on a request must bear a signature by these.
  void require_signature_by(aws::Credentials credentials);

  void put_parameter(const std::string& name, std::string value);  // of SSM
  void add_sampling_rule(core::Json rule) { xray_.add_sampling_rule(std::move(rule)); }
  void set_function(const std::string& name, Function function);   // of Lambda
  void set_metadata(const std::string& path, std::string text);    // "/meta-data/instance-id"
  [[nodiscard]] std::vector<FakeEc2::Instance> instances() const;  // of EC2

  // Forgets what was asked of it and what it keeps, so that a long run needs no more memory.
  void forget();

  // What was asked, without what is secret.
  struct Seen {
    std::string service;    // "" when it was not signed
    std::string operation;  // "PutTraceSegments"; of S3 the method
    std::string method;
    std::string path;
    std::vector<std::string> header_names;
    std::string trace_header;  // X-Amzn-Trace-Id
  };
  [[nodiscard]] std::vector<Seen> seen() const;

  // The segment documents that X-Ray accepted.
  [[nodiscard]] std::vector<std::string> documents() const;
  // The bodies of PutTelemetryRecords.
  [[nodiscard]] std::vector<std::string> telemetry() const;

 private:
  core::Result<http::Reply> send_in_memory(const http::Request& request);
  core::Result<http::Reply> answer(const Seen& seen, const http::Request& request);
  http::Reply serve(const Seen& seen, const http::Request& request);
  http::Reply serve_json(const Seen& seen, const http::Request& request);
  [[nodiscard]] std::int64_t wall_ns() const;

  core::Clock& clock_;
  mutable std::mutex mutex_;
  std::map<std::string, std::deque<Fault>> faults_;
  std::vector<Seen> seen_;
  FakeDynamoDb dynamodb_;
  FakeEc2 ec2_;
  FakeImds imds_;
  FakeLambda lambda_;
  FakeS3 s3_;
  FakeSqs sqs_;
  FakeSts sts_;
  FakeXRay xray_;
  std::map<std::string, std::string, std::less<>> parameters_;
  std::optional<aws::Credentials> credentials_;
  std::optional<core::Nanos> clock_ahead_;
  std::int64_t requests_ = 0;
};

}  // namespace spawn::testing
