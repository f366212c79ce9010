// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "xray/diagnosis.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "aws/services/xray.h"
#include "aws/services/xray_sampling.h"
#include "aws/timestamp.h"
#include "core/json.h"
#include "core/text.h"
#include "trace/attributes.h"
#include "xray/document.h"
#include "xray/sampling_rules.h"

namespace spawn::xray {
namespace {

using namespace std::chrono_literals;
using core::Code;
using core::Json;
using trace::Finding;
using State = Finding::State;

constexpr core::Nanos kAllowedSkew = 5min;  // what AWS's signatures allow
constexpr core::Nanos kCallTimeout = 10s;
constexpr core::Nanos kBetweenLooks = 1s;

class Diagnosis {
 public:
  Diagnosis(const aws::Endpoint& endpoint, aws::Caller& caller, core::Clock& clock, core::Rng& rng,
            const DiagnosisRequest& request)
      : endpoint_(endpoint), caller_(caller), clock_(clock), rng_(rng), request_(request) {}

  trace::Findings run() {
    const bool sent = send_segment();
    if (sent || reached_) {
      check_right("PutTelemetryRecords", "/TelemetryRecords", R"({"TelemetryRecords":[]})");
      if (request_.remote_sampling) check_sampling_rules();
      check_destination();
    }
    if (sent) read_back();
    return std::move(findings_);
  }

 private:
  aws::Outcome ask(std::string_view operation, std::string_view path, std::string body) {
    aws::Call call;
    call.service = &aws::xray::kService;
    call.operation = operation;
    call.region = endpoint_.region;
    call.url = endpoint_.url;
    if (call.url.path.ends_with('/')) call.url.path.pop_back();
    call.url.path += path;
    call.headers = {{"Content-Type", "application/json"}};
    call.body = std::move(body);
    call.deadline = core::Deadline::after(clock_, kCallTimeout);
    return caller_.call(call);
  }
  void add(std::string check, State state, const std::string& detail, std::string cure = {}) {
    findings_.push_back({std::move(check), state, core::visible(detail), std::move(cure)});
  }

  std::string self_test_body() {
    trace::Resource resource;
    resource.set(trace::key::kServiceName, std::string("spawn-doctor"));
    trace::SpanRecord span;
    const core::Instant now = clock_.now();
    const auto seconds = static_cast<std::uint64_t>(now.wall_ns / 1'000'000'000);
    span.trace_id = {seconds << 32 | rng_.next() >> 32, rng_.next()};
    span.span_id = {rng_.next() | 1};
    span.start_ns = now.wall_ns;
    span.end_ns = now.wall_ns + 1'000'000;
    span.resource = &resource;
    span.set_name("self-test");
    trace_id_ = span.trace_id.xray();
    core::CharBuffer body;
    core::NestedJsonWriter out(body);
    body.append(R"({"TraceSegmentDocuments":[")");
    write_document(span, out);
    body.append("\"]}");
    return std::string(body.view());
  }

  // True when X-Ray took it.
  bool send_segment() {
    const aws::Outcome outcome = ask("PutTraceSegments", "/TraceSegments", self_test_body());
    const std::string where = endpoint_.url.to_string();
    if (!outcome) {
      explain(outcome.error(), where);
      return false;
    }
    reached_ = true;
    check_clock(aws_date(*outcome));
    const auto reply = Json::parse(outcome->body);
    const Json* refused = reply ? reply->find("UnprocessedTraceSegments") : nullptr;
    if (refused == nullptr || refused->array() == nullptr) {
      add("endpoint", State::problem, where + " answers, but not as X-Ray does",
          "set tracing-endpoint (or AWS_ENDPOINT_URL_XRAY) to X-Ray's own address, or to none");
      reached_ = false;
      return false;
    }
    add("endpoint", State::ok, where + " answers");
    add("right xray:PutTraceSegments", State::ok, "allowed");
    if (refused->array()->empty()) {
      add("self-test", State::ok, "X-Ray took segment " + trace_id_);
      return true;
    }
    const Json& first = refused->array()->front();
    add("self-test", State::problem,
        fmt::format("X-Ray refused the segment: {} {}", first.text_at("ErrorCode"),
                    first.text_at("Message")),
        "report this with the line above; nothing of ours is accepted here");
    return false;
  }

  static std::optional<std::int64_t> aws_date(const aws::Reply& reply) {
    return aws::parse_http_date(http::header(reply.headers, "Date"));
  }

  void check_clock(std::optional<std::int64_t> theirs_ns) {
    if (!theirs_ns) {
      return add("clock", State::unknown, "the reply has no Date to compare with");
    }
    const core::Nanos ahead(clock_.now().wall_ns - *theirs_ns);
    say_clock(ahead);
  }
  void say_clock(core::Nanos ahead) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(ahead).count();
    if (std::abs(ahead.count()) < kAllowedSkew.count()) {
      return add("clock", State::ok, fmt::format("within {} s of AWS's", std::abs(seconds)));
    }
    add("clock", State::problem,
        fmt::format("this machine's clock is {} s {} AWS's", std::abs(seconds),
                    seconds > 0 ? "ahead of" : "behind"),
        "start a time service: systemctl enable --now chrony (on EC2: server 169.254.169.123)");
  }

  // What stands in the way of a call that failed.
  void explain(const aws::Failure& failure, const std::string& where) {
    const std::string& message = failure.error.message;
    if (failure.clock_offset) say_clock(-*failure.clock_offset);
    if (failure.status == 0) return explain_no_reply(failure.error, where);
    reached_ = true;
    switch (failure.error.code) {
      case Code::permission_denied:
        return add("right xray:PutTraceSegments", State::problem, message,
                   "allow xray:PutTraceSegments to this role (spawn iam policy prints all it "
                   "needs)");
      case Code::unauthenticated:
        reached_ = false;
        return add("credentials", State::problem, message,
                   failure.aws_code.find("Expired") != std::string::npos
                       ? "they have expired: log in again (aws sso login), or renew the token"
                       : "the key is wrong, disabled, or of another account: check it with "
                         "aws sts get-caller-identity");
      case Code::throttled:
        return add("throttling", State::problem, message,
                   "X-Ray takes fewer segments than this account sends: lower tracing-sampling");
      case Code::unavailable:
      case Code::timeout:
        return add("endpoint", State::problem, message,
                   "X-Ray itself is in trouble; spans wait until it is back");
      default:
        reached_ = false;
        return add("endpoint", State::problem, message,
                   "check that tracing-endpoint is X-Ray's own address");
    }
  }

  void explain_no_reply(const core::Error& error, const std::string& where) {
    const std::string& message = error.message;
    const auto says = [&](std::string_view text) {
      return message.find(text) != std::string::npos;
    };
    if (error.code == Code::unauthenticated) {
      return add("credentials", State::problem, message, kFindCredentials);
    }
    if (says("certificate") || says("ssl") || says("tls")) {
      return add("TLS", State::problem, message,
                 "a proxy may put its own certificate in between: set AWS_CA_BUNDLE to its "
                 "authority");
    }
    if (says("name was not found")) {
      return add("endpoint", State::problem, message,
                 fmt::format("the name in {} is not known here: check the region's name, DNS, and "
                             "tracing-endpoint",
                             where));
    }
    if (error.code == Code::timeout) {
      return add("endpoint", State::problem, message,
                 "nothing comes back: a security group, route or VPC endpoint policy blocks port "
                 "443; a VPC without internet needs the endpoint com.amazonaws.REGION.xray");
    }
    add("endpoint", State::problem, message,
        "nobody listens there: check tracing-endpoint, AWS_ENDPOINT_URL and the proxy variables");
  }

  // Of an action that exporting or sampling needs. True when it is allowed.
  bool check_right(std::string_view action, std::string_view path, std::string body) {
    const aws::Outcome outcome = ask(action, path, std::move(body));
    return tell_right(action, outcome ? nullptr : &outcome.error().error);
  }
  bool tell_right(std::string_view action, const core::Error* error) {
    const std::string check = fmt::format("right xray:{}", action);
    if (error == nullptr) {
      add(check, State::ok, "allowed");
    } else if (error->code == Code::permission_denied) {
      add(check, State::problem, error->message,
          fmt::format("allow xray:{} to this role (spawn iam policy prints all it needs)", action));
    } else {
      add(check, State::unknown, error->message);
    }
    return error == nullptr;
  }

  void check_sampling_rules() {
    auto rules = aws::xray::get_all_sampling_rules(caller_, endpoint_,
                                                   core::Deadline::after(clock_, kCallTimeout));
    if (!tell_right("GetSamplingRules", rules ? nullptr : &rules.error())) return;
    check_right("GetSamplingTargets", "/SamplingTargets", R"({"SamplingStatisticsDocuments":[]})");
    SamplingRules in_order;
    in_order.set(std::move(*rules));
    tell_rules(in_order.all());
  }

  // Up to the first that takes whatever is asked: none behind it ever is.
  void tell_rules(std::span<const ActiveRule> rules) {
    if (rules.empty()) return add("sampling rules", State::unknown, "X-Ray names none");
    auto last = std::ranges::find_if(
        rules, [](const ActiveRule& one) { return matches(one.rule(), SamplingRequest{}); });
    if (last == rules.end()) --last;
    const aws::xray::SamplingRule& rule = last->rule();
    const bool recorded = std::any_of(rules.begin(), last + 1, [](const ActiveRule& one) {
      return one.rule().fixed_rate > 0 || one.rule().reservoir_size > 0;
    });
    const std::string what = fmt::format(
        "'{}': {} a second and {:g} % of the rest{}", rule.name, rule.reservoir_size,
        rule.fixed_rate * 100, last == rules.begin() ? "" : ", of what no rule before it takes");
    if (recorded) return add("sampling rules", State::ok, what);
    add("sampling rules", State::problem, what + "; no trace is ever recorded",
        fmt::format("raise it: aws xray update-sampling-rule --sampling-rule-update "
                    "'{{\"RuleName\":\"{}\",\"FixedRate\":0.05,\"ReservoirSize\":1}}'",
                    core::visible(rule.name)));
  }

  // Where segments go to CloudWatch Logs, only the indexed part can be searched.
  void check_destination() {
    const aws::Outcome outcome =
        ask("GetTraceSegmentDestination", "/GetTraceSegmentDestination", "{}");
    const auto reply = outcome ? Json::parse(outcome->body) : core::fail(Code::protocol, "");
    if (!reply || reply->text_at("Destination").empty()) {
      return add("Transaction Search", State::unknown,
                 outcome ? "X-Ray does not say where segments go" : outcome.error().error.message);
    }
    if (reply->text_at("Destination") != "CloudWatchLogs") {
      return add("Transaction Search", State::ok, "off: every trace can be searched");
    }
    const double percent = indexed_percent();
    if (percent >= 100) {
      return add("Transaction Search", State::ok, "on, and every trace is indexed");
    }
    add("Transaction Search", State::problem,
        fmt::format("on: segments go to the log group aws/spans, and {:g} % of the traces are "
                    "indexed; the others are in no list and no map",
                    percent),
        "look in the log group, or raise it: aws xray update-indexing-rule --name Default --rule "
        "'{\"Probabilistic\":{\"DesiredSamplingPercentage\":100}}'");
  }
  double indexed_percent() {
    const aws::Outcome outcome = ask("GetIndexingRules", "/GetIndexingRules", "{}");
    constexpr double kDefault = 1;  // as AWS documents it
    const auto reply = outcome ? Json::parse(outcome->body) : core::fail(Code::protocol, "");
    const Json* rules = reply ? reply->find("IndexingRules") : nullptr;
    if (rules == nullptr || rules->array() == nullptr || rules->array()->empty()) return kDefault;
    const Json* rule = rules->array()->front().find("Rule");
    const Json* probabilistic = rule == nullptr ? nullptr : rule->find("Probabilistic");
    const Json* wanted =
        probabilistic == nullptr ? nullptr : probabilistic->find("DesiredSamplingPercentage");
    return wanted == nullptr ? kDefault : wanted->number().value_or(kDefault);
  }

  void read_back() {
    const core::Deadline deadline = core::Deadline::after(clock_, request_.patience);
    const std::string body = fmt::format(R"({{"TraceIds":["{}"]}})", trace_id_);
    for (;;) {
      const aws::Outcome outcome = ask("BatchGetTraces", "/Traces", body);
      if (!outcome) {
        const core::Error& error = outcome.error().error;
        return add("reading back", State::unknown, error.message,
                   error.code == Code::permission_denied
                       ? "only who looks at traces needs xray:BatchGetTraces; the agent does not"
                       : "");
      }
      if (outcome->body.find("self-test") != std::string::npos) {
        return add("reading back", State::ok, "the segment can be read");
      }
      if (deadline.passed(clock_)) break;
      clock_.sleep_for(kBetweenLooks);
    }
    add("reading back", State::problem,
        fmt::format("X-Ray took the segment, but cannot show it after {} s",
                    std::chrono::duration_cast<std::chrono::seconds>(request_.patience).count()),
        "look in this region and account; with Transaction Search on, look in the log group "
        "aws/spans");
  }

 public:
  static constexpr const char* kFindCredentials =
      "give the instance a role, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run aws "
      "configure";

 private:
  const aws::Endpoint& endpoint_;
  aws::Caller& caller_;
  core::Clock& clock_;
  core::Rng& rng_;
  DiagnosisRequest request_;
  trace::Findings findings_;
  std::string trace_id_;
  bool reached_ = false;  // X-Ray answered, and knows who we are
};

}  // namespace

trace::Findings diagnose(const core::Result<aws::Endpoint>& endpoint,
                         aws::CredentialsProvider& credentials, aws::Caller& caller,
                         core::Clock& clock, core::Rng& rng, const DiagnosisRequest& request) {
  trace::Findings findings;
  if (!endpoint) {
    findings.push_back({"region", State::problem, core::visible(endpoint.error().message),
                        "set AWS_REGION, or region in ~/.aws/config"});
    return findings;
  }
  findings.push_back({"region", State::ok, endpoint->region, {}});
  const auto found = credentials.get();
  if (!found) {
    findings.push_back({"credentials", State::problem, core::visible(found.error().message),
                        Diagnosis::kFindCredentials});
    return findings;
  }
  findings.push_back({"credentials", State::ok, "from " + found->source, {}});
  trace::Findings asked = Diagnosis(*endpoint, caller, clock, rng, request).run();
  std::ranges::move(asked, std::back_inserter(findings));
  return findings;
}

}  // namespace spawn::xray
