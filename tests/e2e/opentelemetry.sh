#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# The library for OpenTelemetry as it is installed: examples/opentelemetry, a program that knows OpenTelemetry's
# API only, on our engine and on the SDK with our exporter, is part of the trace it runs in.
. "$(dirname "$0")/lib.sh"
prefix=$work/prefix
run cmake --install "$(dirname "$SPAWN_BIN_DIR")" --component opentelemetry --prefix "$prefix"
expect_exit 0
run cmake -S "$top/examples/opentelemetry" -B shop -D CMAKE_PREFIX_PATH="$prefix"
expect_exit 0
run cmake --build shop
expect_exit 0

# What the guide shows is in it.
while read -r line; do
  grep -qF -- "$line" "$top"/examples/opentelemetry/*.cc || failed "the guide's line is not in the example: $line"
done < <(awk '/^```cpp$/ { on = 1; next } /^```/ { on = 0 } on && NF' "$top/docs/guide/opentelemetry.md")

# Without CMake.
PKG_CONFIG_PATH=$(find "$prefix" -name pkgconfig)
export PKG_CONFIG_PATH
read -ra flags < <(pkg-config --cflags --libs spawn-opentelemetry)
flags+=("-Wl,-rpath,$(pkg-config --variable=libdir spawn-opentelemetry)")
run g++ -std=c++17 -o by_hand "$top"/examples/opentelemetry/{shop,with_spawn}.cc "${flags[@]}"
expect_exit 0

# Nothing of ours can be seen but what the headers declare.
library=$(find "$prefix" -name 'libspawn_opentelemetry.so.*.*')
nm -DC --defined-only "$library" | cut -d' ' -f3- | grep -v '^[^(]*opentelemetry::v1' | sed 's/[[(].*//' | sort -u >symbols
expect_equal symbols "$(paste -sd' ' symbols)" "spawn::environment_carrier spawn::install_tracer_provider \
spawn::probability_sampler spawn::propagator_from_environment spawn::remote_sampler spawn::xray_exporter spawn::xray_id_generator \
spawn::xray_propagator"

# spans: what X-Ray got, as JSON lines.
spans() {
  documents >documents.jsonl
  spawn trace convert --from xray --to jsonl documents.jsonl >spans.jsonl
}
expect_the_story() { # NAME-OF-THE-RUN
  expect_exit 0
  expect_no_match "$err" 'not delivered|\[spawn\]'
  spans
  expect_lines spans.jsonl 5
  expect_one_trace spans.jsonl
  expect_parent spans.jsonl "$1" ''
  expect_parent spans.jsonl order "$1"
  expect_parent spans.jsonl GET order
  expect_parent spans.jsonl 'GET /price' GET
  expect_parent spans.jsonl pay order
  expect_span spans.jsonl order 'resource=*"service.name": "shop"*' order.items=2 otel.scope.name=shop
  expect_span spans.jsonl pay 'status=*ERROR*card expired*'
  expect_match spans.jsonl 'looked up'
}
unset AWS_ENDPOINT_URL_XRAY
export OTEL_SERVICE_NAME
for program in shop/with_spawn shop/with_sdk; do
  OTEL_SERVICE_NAME=shop
  start_fake_aws
  export AWS_ENDPOINT_URL_XRAY=$fake_url
  run spawn trace run --exporter xray --sampling 1 --name till -- "$program"
  expect_the_story till

  start_fake_aws
  export AWS_ENDPOINT_URL_XRAY=$fake_url
  printf 'observability: {tracing: {enabled: true, exporter: xray, sampling_rate: 1.0}}\n' >local.yaml
  SPAWN_CONFIG=$work/local.yaml run spored run --name night -- "$program"
  expect_the_story night

  # The decision of the run holds.
  start_fake_aws
  export AWS_ENDPOINT_URL_XRAY=$fake_url
  run spawn trace run --exporter xray --sampling 0 -- "$program"
  expect_exit 0
  expect_equal "documents that were sent" "$(documents | tr -d '[:space:]')" ""

  # On its own it begins a trace.
  OTEL_SERVICE_NAME=''
  run "$program"
  expect_exit 0
  spans
  expect_lines spans.jsonl 4
  expect_parent spans.jsonl order ''
  expect_span spans.jsonl order 'resource=*"service.name": "unknown_service*'
  if [ "$program" = shop/with_spawn ]; then
    expect_span spans.jsonl order 'resource=*"process.executable.name": "with_spawn"*'
    OTEL_RESOURCE_ATTRIBUTES=host.name=desk,os.name=ours run "$program"
    expect_exit 0
    spans
    expect_match spans.jsonl '"host.name": ?"desk".*"os.name": ?"ours"|"os.name": ?"ours".*"host.name": ?"desk"'
  fi

  # What is lost is said by OpenTelemetry's own log, once.
  AWS_ENDPOINT_URL_XRAY=http://127.0.0.1:$(unused_port) run "$program"
  expect_exit 0
  cat "$out" >>"$err"
  # A busy machine may be out of time in the middle of the next attempt.
  expect_match "$err" '4 of 4 spans were not delivered to xray: (.*refused|no answer in time)'
done

# X-Ray's sampling rules decide, with the SDK and with our engine, in a forked child too, and X-Ray is told what became
# of them.
cat >ruled.cc <<'CC'
#include <opentelemetry/sdk/trace/processor.h>
#include <opentelemetry/sdk/trace/simple_processor_factory.h>
#include <opentelemetry/sdk/trace/tracer_provider.h>
#include <opentelemetry/trace/provider.h>
#include <signal.h>
#include <spawn/opentelemetry_sdk.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace sdk = opentelemetry::sdk;
namespace trace = opentelemetry::trace;

std::shared_ptr<trace::TracerProvider> provider_of(const std::string& part, const char* url, bool exports) {
  if (part == "engine") {
    spawn::TracerProviderOptions options;
    options.xray.endpoint = url;
    auto provider = spawn::install_tracer_provider(options);
    trace::Provider::SetTracerProvider({});
    return provider;
  }
  const auto resource = sdk::resource::Resource::Create({{"service.name", "shop"}});
  auto sampler = spawn::remote_sampler(resource, url);
  std::vector<std::unique_ptr<sdk::trace::SpanProcessor>> processors;
  if (exports) {
    spawn::XRayOptions options;
    options.endpoint = url;
    processors.push_back(sdk::trace::SimpleSpanProcessorFactory::Create(spawn::xray_exporter(options)));
  }
  return std::make_shared<sdk::trace::TracerProvider>(std::move(processors), resource, std::move(sampler),
                                                      spawn::xray_id_generator());
}

bool sampled(trace::TracerProvider& provider, const char* path) {
  const auto span = provider.GetTracer("ruled")->StartSpan("GET", {{"url.path", path}});
  return span->GetContext().IsSampled();
}

// Without rules one root in twenty would be kept.
bool obeys_the_rules(trace::TracerProvider& provider) {
  for (int tries = 0; tries < 1000; ++tries) {
    int obeyed = 0;
    for (int i = 0; i < 20; ++i) {
      obeyed += sampled(provider, "/cart/7") && !sampled(provider, "/health") ? 1 : 0;
    }
    if (obeyed == 20) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

bool has(const char* file, const char* text) {
  std::stringstream content;
  content << std::ifstream(file).rdbuf();
  return content.str().find(text) != std::string::npos;
}

// sdk|engine URL [LOG|forgets|soon [PID]]
int main(int, char** argv) {
  const std::string what = argv[3] == nullptr ? "at once" : argv[3];
  auto provider = provider_of(argv[1], argv[2], what == "forgets");
  if (what != "at once" && !obeys_the_rules(*provider)) return 1;
  if (what == "forgets") {
    (void)new std::shared_ptr<trace::TracerProvider>(provider);
    return 0;
  }
  if (what == "at once" || what == "soon") {
    if (what == "soon" && argv[4] != nullptr) kill(std::atoi(argv[4]), SIGSTOP);
    const auto begun = std::chrono::steady_clock::now();
    provider.reset();
    return std::chrono::steady_clock::now() - begun < std::chrono::seconds(4) ? 0 : 4;
  }
  const pid_t child = fork();
  if (child == 0) _exit(obeys_the_rules(*provider) ? 0 : 1);
  int status = 0;
  if (waitpid(child, &status, 0) != child || status != 0) return 2;
  for (int tries = 0; tries < 300 && !has(argv[3], "GetSamplingTargets"); ++tries) {
    sampled(*provider, "/cart/7");
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return has(argv[3], "GetSamplingTargets") ? 0 : 3;
}
CC
run g++ -std=c++17 -o ruled ruled.cc "${flags[@]}"
expect_exit 0
rule() { # NAME PRIORITY RATE PATH [TYPE]
  printf '{"RuleName":"%s","Priority":%s,"FixedRate":%s,"ReservoirSize":0,"ServiceName":"shop","ServiceType":"%s",' "$1" "$2" "$3" "${5:-*}"
  printf '"Host":"*","HTTPMethod":"*","URLPath":"%s","ResourceARN":"*","Version":1}' "$4"
}
start_ruling_aws() { # LOG
  start_fake_aws --log "$1" --sampling-rule "$(rule instances 1 0 '*' AWS::EC2::Instance)" \
    --sampling-rule "$(rule cart 2 1 '/cart/*')" --sampling-rule "$(rule rest 3 0 '*')"
}
export OTEL_SERVICE_NAME=shop OTEL_TRACES_SAMPLER=xray # of the engine; the SDK does not read them
for part in sdk engine; do
  start_ruling_aws "$part.asked"
  # The machine looks like an instance, but it is the resource that counts.
  AWS_EC2_METADATA_SERVICE_ENDPOINT=http://127.0.0.1:$(unused_port) run ./ruled "$part" "$fake_url" "$part.asked"
  expect_exit 0
  expect_equal "times that rules were asked for" "$(grep -c GetSamplingRules "$part.asked")" 2
done
# What the file says of X-Ray is where the engine asks.
start_ruling_aws file.asked
cat >ruled.yaml <<YAML
file_format: "1.1"
resource: {attributes: [{name: service.name, value: shop}]}
tracer_provider:
  processors: [{batch: {exporter: {xray: {endpoint: "$fake_url"}}}}]
  sampler: {parent_based: {root: {xray: }}}
YAML
OTEL_CONFIG_FILE=$work/ruled.yaml AWS_ENDPOINT_URL_XRAY=http://127.0.0.1:1 run ./ruled engine '' file.asked
expect_exit 0
# An engine that is off asks nobody.
start_ruling_aws off.asked
OTEL_TRACES_EXPORTER=none run ./ruled engine "$fake_url"
expect_exit 0
[ ! -s off.asked ] || failed 'an engine that is off asked for rules'
AWS_ENDPOINT_URL_XRAY=$fake_url run shop/with_sdk rules
expect_exit 0
for part in sdk engine; do
  # X-Ray is told at the end what was not due yet.
  start_ruling_aws "$part.soon"
  run ./ruled "$part" "$fake_url" soon
  expect_exit 0
  expect_match "$part.soon" '"operation":"GetSamplingTargets"'
  # Nobody waits for it then.
  run ./ruled "$part" "$fake_url" soon "${started[-1]}"
  expect_exit 0
  kill -CONT "${started[-1]}"
  # Also by a program that shuts nothing down, after the spans.
  start_ruling_aws "$part.forgets"
  run ./ruled "$part" "$fake_url" forgets
  expect_exit 0
  expect_match "$part.forgets" '"operation":"PutTraceSegments"'
  tail -n 1 "$part.forgets" >last.jsonl
  expect_match last.jsonl '"operation":"GetSamplingTargets"'
done
# Nor where it hangs from the beginning, though a call may take 5 s.
start_fake_aws --fault xray:hang:10
for part in sdk engine; do
  run ./ruled "$part" "$fake_url"
  expect_exit 0
done
export OTEL_SERVICE_NAME='' OTEL_TRACES_SAMPLER=''
# That it cannot be asked is said once.
run timeout 20 ./ruled sdk "http://127.0.0.1:$(unused_port)" sdk.asked
expect_exit 1
cat "$out" >>"$err"
expect_equal "times that it is said" "$(grep -c "X-Ray's sampling rules cannot be had: .*; until they can, one trace a second" "$err")" 1

# A program that shuts nothing down ends well all the same, also when its provider is older than what spawn works with
# and goes after it.
cat >forgetful.cc <<'CC'
#include <opentelemetry/sdk/resource/resource.h>
#include <opentelemetry/sdk/trace/batch_span_processor_factory.h>
#include <opentelemetry/sdk/trace/samplers/always_on_factory.h>
#include <opentelemetry/sdk/trace/simple_processor_factory.h>
#include <opentelemetry/sdk/trace/tracer_provider.h>
#include <opentelemetry/trace/provider.h>
#include <spawn/opentelemetry_sdk.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace sdk = opentelemetry::sdk;
namespace trace = opentelemetry::trace;

// PART URL older|newer [MICROSECONDS]
int main(int, char** argv) {
  const std::string part = argv[1];
  if (argv[3] == std::string("older")) (void)trace::Provider::GetTracerProvider();
  static std::unique_ptr<sdk::trace::Sampler> sampler;
  if (part == "sampler") {
    sampler = spawn::remote_sampler(sdk::resource::Resource::Create({}), argv[2]);
  } else if (part == "engine") {
    spawn::TracerProviderOptions options;
    options.xray.endpoint = argv[2];
    spawn::install_tracer_provider(options);
  } else {
    spawn::XRayOptions options;
    options.endpoint = argv[2];
    auto exporter = spawn::xray_exporter(options);
    auto processor = part == "batch" ? sdk::trace::BatchSpanProcessorFactory::Create(std::move(exporter), {})
                                     : sdk::trace::SimpleSpanProcessorFactory::Create(std::move(exporter));
    trace::Provider::SetTracerProvider(
        opentelemetry::nostd::shared_ptr<trace::TracerProvider>(new sdk::trace::TracerProvider(
            std::move(processor), sdk::resource::Resource::Create({}),
            sdk::trace::AlwaysOnSamplerFactory::Create(), spawn::xray_id_generator())));
  }
  trace::Provider::GetTracerProvider()->GetTracer("forgetful")->StartSpan("left")->End();
  if (argv[4] != nullptr) usleep(std::atoi(argv[4]));
}
CC
run g++ -std=c++17 -o forgetful forgetful.cc "${flags[@]}"
expect_exit 0
nowhere=http://127.0.0.1:$(unused_port)
for part in engine simple batch; do
  for age in older newer; do
    start_fake_aws
    run ./forgetful "$part" "$fake_url" "$age"
    expect_exit 0
    spans
    if [ "$part $age" = 'batch older' ]; then # The SDK has it until it is too late.
      expect_lines spans.jsonl 0
      cat "$out" >>"$err"
      expect_match "$err" '1 of 1 spans were not delivered to xray: they came after the end'
    else
      expect_spans spans.jsonl 1 left
      expect_no_match "$out" '\[spawn\]'
    fi
    if [ "$part $age" = 'engine older' ] || [ "$part $age" = 'simple older' ]; then # OpenTelemetry's log is gone already.
      run ./forgetful "$part" "$nowhere" "$age"
      expect_exit 0
      cat "$out" >>"$err"
      expect_match "$err" '1 of 1 spans were not delivered to xray: (.*refused|no time left|no answer)'
    fi
  done
done
start_fake_aws
for microseconds in {300..1800..100}; do # X-Ray is being asked
  run ./forgetful sampler "$fake_url" older "$microseconds"
  expect_exit 0
  OTEL_TRACES_SAMPLER=xray run ./forgetful engine "$fake_url" older "$microseconds"
  expect_exit 0
done

# X-Ray keeps the library waiting beyond the end, and answers while the program exits, which used OpenSSL itself:
# handlers that the program registered early run after OpenSSL's own.
cat >waited_for.cc <<'CC'
#include <arpa/inet.h>
#include <openssl/crypto.h>
#include <opentelemetry/trace/provider.h>
#include <spawn/opentelemetry.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>

namespace {
int server = -1;
char word = '.';

void let_it_answer() {
  if (write(server, &word, 1) != 1 || read(server, &word, 1) != 0) _exit(3);
}
}  // namespace

// URL PORT
int main(int, char** argv) {
  std::atexit(let_it_answer);
  OPENSSL_init_crypto(0, nullptr);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(std::atoi(argv[2]));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  server = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(server, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) return 4;
  spawn::TracerProviderOptions options;
  options.xray.endpoint = argv[1];
  const auto provider = spawn::install_tracer_provider(options);
  provider->GetTracer("waited for")->StartSpan("late")->End();
  provider->ForceFlush(std::chrono::milliseconds(1));
  return read(server, &word, 1) == 1 ? 0 : 5;
}
CC
run g++ -std=c++17 -o waited_for waited_for.cc "${flags[@]}" -lcrypto
expect_exit 0
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
  -keyout key.pem -out cert.pem 2>/dev/null
python3 "$here/late_tls.py" cert.pem key.pem >late.out </dev/null &
started+=($!)
for _ in {1..100}; do
  [ -s late.out ] && break
  sleep 0.05
done
read -r https words <late.out
AWS_CA_BUNDLE=$work/cert.pem run timeout 20 ./waited_for "https://localhost:$https" "$words"
expect_exit 0
cat "$out" >>"$err"
expect_match "$err" '1 of 1 spans were not delivered to xray: no answer in time'
expect_match late.out '^answered$'

# Switched off, and with settings that make no sense, the program runs as ever.
start_fake_aws
export AWS_ENDPOINT_URL_XRAY=$fake_url
OTEL_SDK_DISABLED=true run ./by_hand
expect_exit 0
OTEL_TRACES_SAMPLER=always_off run shop/with_spawn
expect_exit 0
expect_equal "documents that were sent" "$(documents | tr -d '[:space:]')" ""
OTEL_TRACES_SAMPLER=sometimes OTEL_PROPAGATORS=pigeon run shop/with_spawn
expect_exit 0
cat "$out" >>"$err"
expect_match "$err" "OTEL_TRACES_SAMPLER: 'sometimes' is ignored"
expect_match "$err" "OTEL_PROPAGATORS: 'pigeon' is not known"
OTEL_PROPAGATORS='' expect_equal "spans that were sent" "$(documents | grep -o '"start_time"' | wc -l)" 4

# OpenTelemetry's declarative configuration in the variables' place: exporters, resource, sampler, propagators.
start_receiver
start_fake_aws
cat >otel.yaml <<YAML
file_format: "1.1"
resource:
  attributes: [{name: service.name, value: store}, {name: shelf, value: 3, type: int}]
  detection/development: {detectors: [{process: }], attributes: {excluded: ["*.owner"]}}
propagator: {composite: [{tracecontext: }]}
tracer_provider:
  processors:
    - batch: {exporter: {otlp_http: {endpoint: "$receiver_url/as/it/is"}}}
    - batch: {exporter: {xray: {endpoint: "$fake_url"}}}
YAML
export OTEL_CONFIG_FILE=$work/otel.yaml
OTEL_TRACES_SAMPLER=always_off OTEL_SERVICE_NAME=shop AWS_ENDPOINT_URL_XRAY=http://127.0.0.1:$(unused_port) run shop/with_spawn
expect_exit 0
cat "$out" >>"$err"
expect_no_match "$err" '\[spawn\]'
expect_match "$work/receiver.out" '^request /as/it/is '
expect_lines "$spans" 4
expect_span "$spans" order service=store 'resource=*"shelf": 3*' 'resource=*"process.executable.name": "with_spawn"*' order.items=2
expect_no_match "$spans" '"(host[.]|os[.]|process.owner)'
spans
expect_lines spans.jsonl 4
expect_span spans.jsonl order 'resource=*"service.name": "store"*'
# In the trace of whoever starts it, and by his decision.
rm "$spans"
TRACEPARENT=00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00 run shop/with_spawn
expect_exit 0
# A file that is wrong: the program runs as ever, without spans, and its log says why.
printf 'file_format: "1.1"\ntracer_provider: {processors: [{batch: {exporter: {otlp_grpc: }}}]}\n' >otel.yaml
run shop/with_spawn
expect_exit 0
cat "$out" >>"$err"
expect_match "$err" '\[spawn\] no span is recorded, and no context passed on: .*otel.yaml:2: .*gRPC is not spoken'
[ ! -e "$spans" ] || failed 'a span was sent that nobody wants'
unset OTEL_CONFIG_FILE

# A file for the program alone: the run's address stands in it, and the spans join the run.
start_fake_aws
cat >shop.yaml <<'YAML'
file_format: "1.1"
propagator: {composite: [{tracecontext: }]}
tracer_provider:
  processors:
    - batch: {exporter: {otlp_http: {endpoint: "${OTEL_EXPORTER_OTLP_ENDPOINT:-http://127.0.0.1:1}/v1/traces"}}}
YAML
AWS_ENDPOINT_URL_XRAY=$fake_url run spawn trace run --exporter xray --sampling 1 --name till -- \
  env OTEL_CONFIG_FILE="$work/shop.yaml" shop/with_spawn
expect_exit 0
spans
expect_lines spans.jsonl 5
expect_one_trace spans.jsonl
expect_parent spans.jsonl order till
rm "$spans"

# The exporter by its variable.
start_receiver
OTEL_TRACES_EXPORTER=otlp OTEL_EXPORTER_OTLP_ENDPOINT=$receiver_url run shop/with_spawn
expect_exit 0
expect_lines "$spans" 4

# Options; and what X-Ray has not got survives an end without warning, and goes with the next process.
cat >kept.cc <<'CC'
#include <opentelemetry/trace/provider.h>
#include <spawn/opentelemetry.h>
#include <unistd.h>

int main(int, char** argv) {
  spawn::TracerProviderOptions options;
  options.service_name = "keeper";
  options.sampling_rate = 1.0;
  options.xray.endpoint = argv[1];
  options.xray.spool_folder = argv[2];
  const auto provider = spawn::install_tracer_provider(options);
  provider->GetTracer("kept")->StartSpan(argv[3])->End();
  if (argv[4] != nullptr) _exit(0);
  return provider->Shutdown(std::chrono::seconds(5)) ? 0 : 1;
}
CC
run g++ -std=c++17 -o kept kept.cc "${flags[@]}"
expect_exit 0
unset AWS_ENDPOINT_URL_XRAY
port=$(unused_port)
run ./kept "http://127.0.0.1:$port" "$work/kept.spool" first in-a-hurry
expect_exit 0
start_fake_aws --port "$port"
run ./kept "http://127.0.0.1:$port" "$work/kept.spool" second
expect_exit 0
spans
expect_span spans.jsonl first 'resource=*"service.name": "keeper"*'
expect_spans spans.jsonl 1 second
run ./kept nonsense "" third
expect_exit 0
cat "$out" >>"$err"
expect_match "$err" "no span is sent to X-Ray: .*'nonsense' is no URL"
