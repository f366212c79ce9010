// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What it costs a process to record and export spans, whole: user and system time by getrusage,
// over everything that its threads did, for a sink in another process (export_sink.cc). Traces are
// as a command makes them: its own span and nine AWS calls below it. One case a process;
// bench/check_bounds runs them in turn and compares.
//
//   spawn_export_bench CASE URL COUNT
//     ours    the agent's assembly with its spool, to X-Ray
//     memory  the same without a spool on disk
//     ours-otlp  ours, to an OTLP receiver
//     otlp    stock opentelemetry-cpp, its OTLP/HTTP exporter, 50 spans a call: as many as X-Ray
//             takes documents
//     otlp-512  the same with stock's own default, 512
//     plain   an exporter as one would write it: stock SDK, nlohmann, one connection, SigV4 from
//             the beginning with each call
//     rate    ours, two threads, 100,000 spans a second for COUNT / 100,000 seconds
// COUNT is a multiple of ten.
#include <opentelemetry/exporters/otlp/otlp_http_exporter_factory.h>
#include <opentelemetry/exporters/otlp/otlp_http_exporter_options.h>
#include <opentelemetry/trace/scope.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "apps/assembly.h"
#include "aws/sigv4.h"
#include "config/settings.h"
#include "http/curl_client.h"
#include "workload.h"

namespace spawn::bench {
namespace {

constexpr long kBurst = 400;  // below every queue's size, so that nobody drops
constexpr long kTrace = 10;   // spans
constexpr std::size_t kXRayBatch = 50;

double cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

// VmRSS, or RssAnon: without the file of the ring, which the kernel may write out, and without
// code.
long memory_kb(std::string_view kind) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(kind)) return std::strtol(line.c_str() + kind.size() + 1, nullptr, 10);
  }
  return 0;
}
long resident_kb() { return memory_kb("VmRSS"); }

void report(double cpu, long spans, std::uint64_t delivered, std::uint64_t dropped, long rss_kb,
            long anonymous_kb = 0) {
  std::printf(
      R"({"us":%.3f,"spans":%ld,"delivered":%lu,"dropped":%lu,"rss_kb":%ld,"anonymous_kb":%ld})"
      "\n",
      cpu * 1e6 / static_cast<double>(spans), spans, static_cast<unsigned long>(delivered),
      static_cast<unsigned long>(dropped), rss_kb, anonymous_kb);
  std::fflush(stdout);
  std::_Exit(0);
}

// --- ours

struct Ours {
  explicit Ours(const std::string& url, bool on_disk, const char* exporter = "xray") {
    config::Sources sources;
    sources.file.clear();
    sources.flags = {exporter, "1", url};
    sources.asked_for_tracing = true;
    const auto settings = config::resolve(sources, parts.env);
    SPAWN_CHECK(settings);
    auto sinks = parts.make_sinks(*settings);
    SPAWN_CHECK(sinks);
    if (!on_disk) sinks->front().keeping = {};
    trace::Resource resource;
    resource.set(trace::key::kServiceName, std::string("bench"));
    telemetry = std::make_unique<telemetry::Telemetry>(std::move(*sinks), trace::Rate::always(),
                                                       std::move(resource), parts.clock, parts.rng);
  }
  void trace() {
    telemetry::Span command = telemetry->tracer().start("command");
    const telemetry::Scope scope(command.context());
    for (long i = 1; i < kTrace; ++i) call();
  }
  void call() {
    telemetry::Span span =
        telemetry->tracer().start("ec2.DescribeInstances", trace::SpanKind::client);
    if (trace::SpanRecord* record = span.record()) {
      for_each_attribute([&](std::string_view key, std::string_view value)
                             __attribute__((always_inline)) { record->set(key, value); });
    }
  }
  void flush() { (void)telemetry->flush(in(std::chrono::seconds(60))); }
  core::Deadline in(core::Nanos time) { return core::Deadline::after(parts.clock, time); }

  apps::Assembly assembly{"spored"};
  cli::Parts parts = assembly.parts();
  std::unique_ptr<telemetry::Telemetry> telemetry;
};

// The first spans open the connection and touch the memory; they are not counted.
template <typename Exporter>
double cpu_of(Exporter& exporter, long count) {
  for (long i = 0; i < kBurst; i += kTrace) exporter.trace();
  exporter.flush();
  const double before = cpu_seconds();
  for (long done = kTrace; done <= count; done += kTrace) {
    exporter.trace();
    if (done % kBurst == 0) exporter.flush();
  }
  exporter.flush();
  return cpu_seconds() - before;
}

// As an agent does before it traces anything: the transport and its libraries are there.
void warm_up_transport(const std::string& url) {
  const core::SystemEnv env;
  http::CurlClient client(env);
  http::Request request;
  request.method = "GET";
  request.url = url + "/";
  SPAWN_CHECK(client.send(request));
}

void run_ours(const std::string& url, long count, bool on_disk, const char* exporter = "xray") {
  warm_up_transport(url);
  const long before_kb = resident_kb();
  const long anonymous_before_kb = memory_kb("RssAnon");
  Ours ours(url, on_disk, exporter);
  const double cpu = cpu_of(ours, count);
  const telemetry::Stats stats = ours.telemetry->stats();
  report(cpu, count, stats.exporters[0].delivered - kBurst,
         stats.dropped + stats.exporters[0].dropped, resident_kb() - before_kb,
         memory_kb("RssAnon") - anonymous_before_kb);
}

void run_rate(const std::string& url, long count) {
  Ours ours(url, true);
  const double before = cpu_seconds();
  const auto produce = [&](long spans) {
    const std::int64_t began = ours.parts.clock.steady_ns();
    for (long done = kTrace; done <= spans; done += kTrace) {
      ours.trace();
      if (done % 50 != 0) continue;
      const std::int64_t early = began + done * 20'000 - ours.parts.clock.steady_ns();
      if (early > 0) ours.parts.clock.sleep_for(core::Nanos(early));
    }
  };
  std::thread second(produce, count / 2);
  produce(count - count / 2);
  second.join();
  (void)ours.telemetry->flush(ours.in(std::chrono::seconds(60)));
  const double cpu = cpu_seconds() - before;
  const telemetry::Stats stats = ours.telemetry->stats();
  report(cpu, count, stats.exporters[0].delivered, stats.dropped + stats.exporters[0].dropped,
         resident_kb());
}

// --- the peers

namespace sdk = otel::sdk::trace;

// ForceFlush makes the stock processor forget its batch size: after it, a batch is what there is.
class InBatches final : public sdk::SpanExporter {
 public:
  InBatches(std::unique_ptr<sdk::SpanExporter> inner, std::size_t most)
      : inner_(std::move(inner)), most_(most) {}

  std::unique_ptr<sdk::Recordable> MakeRecordable() noexcept override {
    return inner_->MakeRecordable();
  }
  otel::sdk::common::ExportResult Export(
      const otel::nostd::span<std::unique_ptr<sdk::Recordable>>& spans) noexcept override {
    auto result = otel::sdk::common::ExportResult::kSuccess;
    for (std::size_t at = 0; at < spans.size(); at += most_) {
      const auto sent = inner_->Export({spans.data() + at, std::min(most_, spans.size() - at)});
      if (sent != otel::sdk::common::ExportResult::kSuccess) result = sent;
    }
    return result;
  }
  bool ForceFlush(std::chrono::microseconds timeout) noexcept override {
    return inner_->ForceFlush(timeout);
  }
  bool Shutdown(std::chrono::microseconds timeout) noexcept override {
    return inner_->Shutdown(timeout);
  }

 private:
  std::unique_ptr<sdk::SpanExporter> inner_;
  std::size_t most_;
};

struct Stock {
  Stock(std::unique_ptr<sdk::SpanExporter> exporter, std::size_t batch) {
    sdk::BatchSpanProcessorOptions options;
    options.max_export_batch_size = batch;
    provider = sdk::TracerProviderFactory::Create(
        sdk::BatchSpanProcessorFactory::Create(std::move(exporter), options),
        otel::sdk::resource::Resource::Create({}));
    tracer = provider->GetTracer("bench");
  }
  void trace() {
    const auto command = tracer->StartSpan("command");
    const otel::trace::Scope scope(command);
    for (long i = 1; i < kTrace; ++i) api_span(*tracer);
    command->End();
  }
  void flush() { static_cast<sdk::TracerProvider&>(*provider).ForceFlush(); }

  std::shared_ptr<otel::trace::TracerProvider> provider;
  otel::nostd::shared_ptr<otel::trace::Tracer> tracer;
};

void run_stock(std::unique_ptr<sdk::SpanExporter> exporter, std::size_t batch, long count,
               const std::atomic<std::uint64_t>* delivered) {
  Stock stock(std::make_unique<InBatches>(std::move(exporter), batch), batch);
  const double cpu = cpu_of(stock, count);
  report(cpu, count, delivered == nullptr ? 0 : delivered->load() - kBurst, 0, resident_kb());
}

// As in many a program: one connection, a tree of JSON a span, everything signed from scratch.
class PlainExporter final : public sdk::SpanExporter {
 public:
  PlainExporter(std::string url, std::atomic<std::uint64_t>& delivered)
      : url_(std::move(url)), delivered_(delivered) {}

  std::unique_ptr<sdk::Recordable> MakeRecordable() noexcept override {
    return std::make_unique<sdk::SpanData>();
  }
  otel::sdk::common::ExportResult Export(
      const otel::nostd::span<std::unique_ptr<sdk::Recordable>>& spans) noexcept override {
    send({spans.data(), spans.size()});
    return otel::sdk::common::ExportResult::kSuccess;
  }
  bool ForceFlush(std::chrono::microseconds) noexcept override { return true; }
  bool Shutdown(std::chrono::microseconds) noexcept override { return true; }

 private:
  static std::string document(const sdk::SpanData& span) {
    nlohmann::json json;
    char id[17] = "";
    span.GetSpanId().ToLowerBase16(otel::nostd::span<char, 16>(id, 16));
    char trace[33] = "";
    span.GetTraceId().ToLowerBase16(otel::nostd::span<char, 32>(trace, 32));
    const auto seconds = [](auto time) {
      return std::chrono::duration<double>(time.time_since_epoch()).count();
    };
    const auto start = static_cast<std::chrono::system_clock::time_point>(span.GetStartTime());
    json["id"] = id;
    if (span.GetParentSpanId().IsValid()) {
      char parent[17] = "";
      span.GetParentSpanId().ToLowerBase16(otel::nostd::span<char, 16>(parent, 16));
      json["parent_id"] = parent;
      json["type"] = "subsegment";
    }
    json["trace_id"] = "1-" + std::string(trace, 8) + "-" + std::string(trace + 8, 24);
    json["name"] = "EC2";
    json["start_time"] = seconds(start);
    json["end_time"] = seconds(start + span.GetDuration());
    for (const auto& [key, value] : span.GetAttributes()) {
      if (const auto* text = otel::nostd::get_if<std::string>(&value)) {
        json["metadata"]["default"][key] = *text;
      }
    }
    json["aws"]["operation"] = "DescribeInstances";
    json["aws"]["region"] = "eu-central-1";
    json["annotations"]["aws_operation"] = "DescribeInstances";
    json["http"]["response"]["status"] = 200;
    return json.dump();
  }

  void send(std::span<const std::unique_ptr<sdk::Recordable>> spans) {
    nlohmann::json body;
    for (const auto& span : spans) {
      body["TraceSegmentDocuments"].push_back(document(static_cast<const sdk::SpanData&>(*span)));
    }
    http::Request request;
    request.method = "POST";
    request.url = url_ + "/TraceSegments";
    request.headers = {{"Content-Type", "application/json"}};
    request.body = body.dump();
    sign(request);
    if (client_.send(request)) delivered_ += spans.size();
  }
  // Date, hash of the body and five HMACs, each time.
  void sign(http::Request& request) const {
    aws::Credentials credentials;
    credentials.access_key_id = "AKIDEXAMPLE";
    credentials.secret_access_key = core::Secret("secret");
    aws::sigv4::Request canonical;
    canonical.method = request.method;
    canonical.path = "/TraceSegments";
    canonical.headers = request.headers;
    canonical.headers.emplace_back("Host", url_.substr(url_.rfind('/') + 1));
    canonical.payload_hash = aws::sigv4::sha256_hex(request.body);
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    gmtime_r(&now, &parts);
    char time[32];
    (void)std::strftime(time, sizeof time, "%Y%m%dT%H%M%SZ", &parts);
    aws::sigv4::KeyCache no_cache;
    aws::sigv4::sign(canonical, credentials, {time, "eu-west-1", "xray"}, no_cache);
    request.headers = canonical.headers;
  }

  std::string url_;
  std::atomic<std::uint64_t>& delivered_;
  core::SystemEnv env_;
  http::CurlClient client_{env_};
};

int run(std::string_view which, const std::string& url, long count) {
  if (which == "ours") run_ours(url, count, true);
  if (which == "memory") run_ours(url, count, false);
  if (which == "ours-otlp") run_ours(url, count, true, "otlp");
  if (which == "rate") run_rate(url, count);
  if (which == "otlp" || which == "otlp-512") {
    otel::exporter::otlp::OtlpHttpExporterOptions options;
    options.url = url + "/v1/traces";
    options.content_type = otel::exporter::otlp::HttpRequestContentType::kBinary;
    run_stock(otel::exporter::otlp::OtlpHttpExporterFactory::Create(options),
              which == "otlp" ? kXRayBatch : 512, count, nullptr);
  }
  if (which == "plain") {
    std::atomic<std::uint64_t> delivered{0};
    run_stock(std::make_unique<PlainExporter>(url, delivered), kXRayBatch, count, &delivered);
  }
  std::fprintf(stderr, "spawn_export_bench: no case %s\n", std::string(which).c_str());
  return 2;
}

}  // namespace
}  // namespace spawn::bench

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("usage: spawn_export_bench CASE URL COUNT\n", stderr);
    return 2;
  }
  return spawn::bench::run(argv[1], argv[2], std::strtol(argv[3], nullptr, 10));
}
