// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Types are those of the schema, https://opentelemetry.io/docs/specs/otel-config/types/; quoted is
// what it says of a property.
#include "otelconfig/file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testing/fakes.h"

namespace spawn::otelconfig {
namespace {

using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::StartsWith;
using Kind = Exporter::Kind;

struct Read {
  explicit Read(const std::string& text, const testing::FakeEnv& env = {})
      : result(read_file("file_format: \"1.1\"\n" + text, "f.yaml", env, notes)) {}

  const Configuration& operator*() const {
    if (!result) throw std::runtime_error(result.error().message);
    return *result;
  }
  const Configuration* operator->() const { return &**this; }

  std::vector<std::string> notes;
  core::Result<Configuration> result;
};

std::string problem(const std::string& text, const testing::FakeEnv& env = {}) {
  const Read read(text, env);
  return read.result ? "" : read.result.error().message;
}

// A tracer_provider with one batch processor of that exporter.
std::string exporting(const std::string& exporter) {
  return "tracer_provider: {processors: [{batch: {exporter: {" + exporter + "}}}]}\n";
}
Exporter exporter_of(const std::string& exporter, const testing::FakeEnv& env = {}) {
  return Read(exporting(exporter), env)->exporters->value.at(0);
}
Sampler sampler_of(const std::string& sampler) {
  return Read("tracer_provider: {processors: [{simple: {exporter: {console: }}}], sampler: {" +
              sampler + "}}\n")
      ->sampler->value;
}

// VERSIONING.md, "File format".
TEST(File, has_a_format_that_is_understood) {
  const auto read = [](const char* text, std::vector<std::string>& notes) {
    return read_file(text, "f.yaml", testing::FakeEnv(), notes);
  };
  std::vector<std::string> notes;
  for (const char* good : {"file_format: \"1.0\"", "file_format: '1.1'", "file_format: 1.0",
                           "file_format: \"1.1\"\ntracer_provider: {processors: [{simple: "
                           "{exporter: {console: }}}]}"}) {
    EXPECT_TRUE(read(good, notes)) << good;
  }
  EXPECT_THAT(notes, IsEmpty());
  EXPECT_TRUE(read("file_format: \"1.2\"", notes));
  EXPECT_THAT(notes, ElementsAre(HasSubstr("f.yaml:1: file_format: '1.2' is newer")));
  for (const char* bad : {"file_format: \"0.4\"", "file_format: \"2.0\"", "file_format: \"1\"",
                          "file_format: \"1.0-rc.2\"", "file_format: one", "disabled: true",
                          "file_format:", "file_format: [1.0]", "", "text"}) {
    const auto refused = read(bad, notes);
    ASSERT_FALSE(refused) << bad;
    EXPECT_THAT(refused.error().message,
                AllOf(StartsWith("f.yaml:1: "), HasSubstr("expected file_format: \"1.")))
        << bad;
  }
}

TEST(File, says_by_what_it_leaves_out_that_nothing_is_traced_or_handed_on) {
  const Read read("");
  EXPECT_TRUE(read->from_file);
  EXPECT_FALSE(read->disabled);
  ASSERT_TRUE(read->exporters);
  EXPECT_THAT(read->exporters->value, IsEmpty());    // "a noop tracer provider is used"
  EXPECT_THAT(read->propagators->value, IsEmpty());  // "a noop propagator is used"
  EXPECT_THAT(read->resource, IsEmpty());
  EXPECT_FALSE(read->limits);
  EXPECT_THAT(read.notes, IsEmpty());
}

TEST(File, disables) {
  EXPECT_TRUE(Read("disabled: true")->disabled->value);
  EXPECT_EQ(Read("disabled: true")->disabled->source, "f.yaml:2");
  EXPECT_FALSE(Read("disabled: ${OFF:-false}")->disabled->value);
  EXPECT_TRUE(Read("disabled: ${OFF}", testing::FakeEnv{{"OFF", "true"}})->disabled->value);
  EXPECT_FALSE(Read("disabled:")->disabled);
  EXPECT_THAT(problem("disabled: yes"),
              StartsWith("f.yaml:2: disabled: 'yes'; expected true or false"));
  EXPECT_THAT(problem("disabled: \"true\""), HasSubstr("expected true or false"));
}

// "Meter and logger parts": other readers'. Substitution is everywhere.
TEST(File, leaves_other_signals_alone) {
  const Read read(
      "meter_provider: {readers: [{pull: {exporter: {prometheus/development: {port: 1}}}}]}\n"
      "logger_provider: {processors: []}\n"
      "instrumentation/development: {general: }\n"
      "log_level: info\n"
      "distribution: {}\n");
  EXPECT_TRUE(read.result);
  EXPECT_THAT(read.notes, IsEmpty());
  EXPECT_THAT(problem("meter_provider: {a: '${1}'}"), HasSubstr("no reference"));
  EXPECT_THAT(problem("log_level: 9"), HasSubstr("log_level: a number or a truth value"));
}

// The schema allows any key at the top, and there alone.
TEST(File, names_a_key_that_it_does_not_know) {
  const Read read("tracer_providers: {}\nmine: 1\n");
  EXPECT_THAT(read.notes,
              ElementsAre("f.yaml:2: tracer_providers: not understood, and ignored; did you mean "
                          "'tracer_provider'?",
                          "f.yaml:3: mine: not understood, and ignored"));
  EXPECT_THAT(problem("resource:\n  atributes: []\n"),
              StartsWith("f.yaml:3: resource.atributes: unknown key; did you mean 'attributes'?"));
  EXPECT_THAT(problem("resource: text"), HasSubstr("'text'; expected attributes"));
  EXPECT_THAT(problem("resource: "), HasSubstr("nothing; expected attributes"));
}

// Resource, AttributeNameValue, AttributeType.
TEST(File, describes_the_resource) {
  const Read read(R"(
resource:
  attributes_list: ${LIST}
  attributes:
    - {name: service.name, value: "${NAME}"}
    - {name: typed, value: text, type: string}
    - {name: bool, value: true, type: bool}
    - {name: int, value: 0x10, type: int}
    - {name: double, value: 1, type: double}
    - {name: strings, value: [a, "1"], type: string_array}
    - {name: bools, value: [true, false], type: bool_array}
    - {name: ints, value: [1, 2], type: int_array}
    - {name: doubles, value: [1, 2.5], type: double_array}
    - name: absent
      value: ${UNDEFINED}
)",
                  testing::FakeEnv{{"LIST", "service.name=weaker,team=a%2Cb"}, {"NAME", "shop"}});
  EXPECT_THAT(
      read->resource,
      ElementsAre(
          Pair("service.name", trace::OwnedValue("weaker")), Pair("team", trace::OwnedValue("a,b")),
          Pair("service.name", trace::OwnedValue("shop")), Pair("typed", trace::OwnedValue("text")),
          Pair("bool", trace::OwnedValue(true)), Pair("int", trace::OwnedValue(std::int64_t{16})),
          Pair("double", trace::OwnedValue(1.0)),
          Pair("strings", trace::OwnedValue(std::vector<std::string>{"a", "1"})),
          Pair("bools", trace::OwnedValue(std::vector<bool>{true, false})),
          Pair("ints", trace::OwnedValue(std::vector<std::int64_t>{1, 2})),
          Pair("doubles", trace::OwnedValue(std::vector<double>{1, 2.5}))));
  EXPECT_THAT(read.notes, IsEmpty());
  const Read ignored("resource: {schema_url: 'http://a/b'}");
  EXPECT_THAT(ignored.notes, ElementsAre(HasSubstr("resource.schema_url: not exported")));
}

// ExperimentalResourceDetection.
TEST(File, chooses_what_a_process_tells_of_itself) {
  using telemetry::Detection;
  using telemetry::Detector;
  const auto detection = [](const std::string& members) {
    return Read("resource: {detection/development: {" + members + "}}")->detection;
  };
  EXPECT_EQ(detection("detectors: [{container: }, {host: {}}, {process: }, {service: }, {aws: }]"),
            (Detection{{Detector::container, Detector::host, Detector::process, Detector::service,
                        Detector::aws}}));
  EXPECT_EQ(detection("detectors: [{host: }], attributes: {included: [host.*, os.*], excluded: "
                      "['*.id']}"),
            (Detection{{Detector::host}, {"host.*", "os.*"}, {"*.id"}}));
  EXPECT_EQ(detection("attributes: {excluded: [a]}"), (Detection{{}, {}, {"a"}}));
  EXPECT_EQ(Read("resource: {detection/development: }")->detection, std::nullopt);
  EXPECT_EQ(Read("resource: {}")->detection, std::nullopt);
}

TEST(File, refuses_what_no_detector_is) {
  const auto detection = [](const std::string& members) {
    return problem("resource: {detection/development: {" + members + "}}");
  };
  EXPECT_THAT(detection("detectors: [{k8s: }]"),
              HasSubstr("detection/development.detectors[0].k8s: no such detector here; expected "
                        "container, host, process, service, aws"));
  EXPECT_THAT(detection("detectors: [host]"), HasSubstr("expected a map with one key: container"));
  EXPECT_THAT(detection("detectors: [{host: {a: b}}]"), HasSubstr("unknown key; expected none"));
  EXPECT_THAT(detection("detectors: []"), HasSubstr("an empty list"));
  EXPECT_THAT(detection("detector: []"), HasSubstr("did you mean 'detectors'?"));
  EXPECT_THAT(detection("attributes: {included: [1]}"),
              HasSubstr("attributes.included[0]: expected the name of an attribute"));
  EXPECT_THAT(detection("attributes: {exclude: [a]}"), HasSubstr("did you mean 'excluded'?"));
}

// "populates service.name based on the OTEL_SERVICE_NAME environment variable".
TEST(File, takes_the_name_of_the_service_from_its_variable_where_the_detector_is_listed) {
  const testing::FakeEnv env{{"OTEL_SERVICE_NAME", "till"}};
  const auto named = [&](const std::string& detection, const std::string& rest = "") {
    return Read("resource: {" + rest + "detection/development: {" + detection + "}}", env)
        ->resource;
  };
  const auto till = Pair("service.name", trace::OwnedValue("till"));
  EXPECT_THAT(named("detectors: [{service: }]"), ElementsAre(till));
  EXPECT_THAT(named("detectors: [{service: }]", "attributes_list: service.name=shop, "),
              ElementsAre(till, Pair("service.name", trace::OwnedValue("shop"))));
  EXPECT_THAT(named("detectors: [{host: }]"), IsEmpty());
  EXPECT_THAT(named("detectors: [{service: }], attributes: {excluded: [service.name]}"), IsEmpty());
}

TEST(File, refuses_an_attribute_that_is_not_of_its_type) {
  const auto attribute = [](const std::string& members) {
    return problem("resource:\n  attributes:\n    - {" + members + "}\n");
  };
  EXPECT_THAT(attribute("name: a, value: 1"),
              StartsWith("f.yaml:4: resource.attributes[0].value: no string, which is its type"));
  EXPECT_THAT(attribute("name: a, value: 1.5, type: int"), HasSubstr("no int"));
  EXPECT_THAT(attribute("name: a, value: '1', type: int"), HasSubstr("no int"));
  EXPECT_THAT(attribute("name: a, value: yes, type: bool"), HasSubstr("no bool"));
  EXPECT_THAT(attribute("name: a, value: [1, b], type: int_array"), HasSubstr("no int_array"));
  EXPECT_THAT(attribute("name: a, value: [], type: int_array"), HasSubstr("no int_array"));
  EXPECT_THAT(attribute("name: a, value: 1, type: int_array"), HasSubstr("no int_array"));
  EXPECT_THAT(attribute("name: a, value: 1, type: integer"), HasSubstr("expected string, bool"));
  EXPECT_THAT(attribute("name: a"), HasSubstr("expected name and value"));
  EXPECT_THAT(attribute("value: a"), HasSubstr("expected name and value"));
  EXPECT_THAT(problem("resource: {attributes: []}"), HasSubstr("an empty list"));
  EXPECT_THAT(problem("resource: {attributes: }"), HasSubstr("nothing; expected a list"));
  EXPECT_THAT(problem("resource: {attributes: {a: b}}"), HasSubstr("a map; expected a list"));
  EXPECT_THAT(problem("resource: {attributes_list: 'a=1,b'}"),
              HasSubstr("resource.attributes_list: expected key=value"));
}

// AttributeLimits, SpanLimits: "Overrides .attribute_limits".
TEST(File, limits_spans) {
  const std::string exporter = "processors: [{simple: {exporter: {console: }}}]";
  const Read general(
      "attribute_limits: {attribute_count_limit: 10, "
      "attribute_value_length_limit: 100}\ntracer_provider: {" +
      exporter + "}\n");
  EXPECT_EQ(general->limits, (trace::SpanLimits{.attributes = 10, .characters = 100}));
  const Read spans(
      "attribute_limits: {attribute_count_limit: 10, attribute_value_length_limit: "
      "100}\ntracer_provider: {" +
      exporter +
      ", limits: {attribute_count_limit: 20, attribute_value_length_limit: , "
      "event_count_limit: 0, link_count_limit: 3, event_attribute_count_limit: 4, "
      "link_attribute_count_limit: 5}}\n");
  EXPECT_EQ(spans->limits, (trace::SpanLimits{.attributes = 20,
                                              .events = 0,
                                              .links = 3,
                                              .attributes_of_event = 4,
                                              .attributes_of_link = 5,
                                              .characters = 100}));
  const Read more("attribute_limits: {attribute_count_limit: 1000}");
  EXPECT_FALSE(more->limits);
  EXPECT_THAT(more.notes, ElementsAre("f.yaml:2: attribute_limits.attribute_count_limit: 1000 is "
                                      "more than there is room for; it is 128"));
  for (const char* bad : {"-1", "1.5", "'1'", "ten", "[1]", "99999999999999999999"}) {
    EXPECT_THAT(problem(std::string("attribute_limits: {attribute_count_limit: ") + bad + "}"),
                AllOf(StartsWith("f.yaml:2: attribute_limits.attribute_count_limit: "),
                      HasSubstr("expected a whole number from 0")))
        << bad;
  }
}

// Propagator: "Entries are appended to .composite with duplicates filtered out."
TEST(File, names_propagators) {
  const auto names = [](const std::string& propagator) {
    return Read("propagator: {" + propagator + "}")->propagators->value;
  };
  EXPECT_THAT(names("composite: [{tracecontext: }, {xray: {}}, {b3: }]"),
              ElementsAre("tracecontext", "xray", "b3"));
  EXPECT_THAT(names("composite: [{baggage: }], composite_list: 'tracecontext, baggage'"),
              ElementsAre("baggage", "tracecontext"));
  EXPECT_THAT(names("composite_list: none"), IsEmpty());
  EXPECT_THAT(problem("propagator: {composite: [tracecontext]}"),
              HasSubstr("propagator.composite[0]: one value; expected a map with one key"));
  EXPECT_THAT(problem("propagator: {composite: [{a: , b: }]}"), HasSubstr("2 keys; expected one"));
  EXPECT_THAT(problem("propagator: {composite: [{baggage: {a: 1}}]}"), HasSubstr("unknown key"));
}

// BatchSpanProcessor, SimpleSpanProcessor.
TEST(File, tells_when_spans_go) {
  const Read batch(
      "tracer_provider: {processors: [{batch: {schedule_delay: 100, export_timeout: 200, "
      "max_queue_size: 1000, max_export_batch_size: 512, exporter: {console: }}}]}");
  EXPECT_EQ(batch->engine.schedule_delay, milliseconds(100));
  EXPECT_EQ(batch->engine.export_timeout, milliseconds(200));
  EXPECT_EQ(batch->engine.queue_slots, 1000U);
  EXPECT_EQ(batch->engine.batch_spans, 512U);
  EXPECT_EQ(batch->engine.export_spans, 512U);
  EXPECT_EQ(Read(exporting("console: "))->engine, telemetry::Options());
  const Read simple("tracer_provider: {processors: [{simple: {exporter: {console: }}}]}");
  EXPECT_EQ(simple->engine.schedule_delay, milliseconds(0));
  EXPECT_EQ(simple->engine.batch_spans, 1U);
  const Read both(
      "tracer_provider: {processors: [{batch: {schedule_delay: 100, exporter: {console: }}}, "
      "{simple: {exporter: {local: }}}]}");
  EXPECT_EQ(both->engine.schedule_delay, milliseconds(100));
  EXPECT_THAT(both.notes, ElementsAre(HasSubstr("processors[1]: all exporters share one queue")));
}

TEST(File, refuses_a_processor_that_is_none) {
  const auto processors = [](const std::string& list) {
    return problem("tracer_provider:\n  processors: " + list);
  };
  EXPECT_THAT(problem("tracer_provider: {}"), HasSubstr("no processors"));
  EXPECT_THAT(problem("tracer_provider:"), HasSubstr("nothing; expected processors"));
  EXPECT_THAT(processors("[]"), HasSubstr("an empty list"));
  EXPECT_THAT(processors("[{batch: }]"), HasSubstr("nothing; expected schedule_delay"));
  EXPECT_THAT(processors("[{batch: {}}]"),
              StartsWith("f.yaml:3: tracer_provider.processors[0].batch: no exporter"));
  EXPECT_THAT(processors("[{batches: {}}]"), HasSubstr("expected batch or simple"));
  EXPECT_THAT(processors("[{simple: {schedule_delay: 1, exporter: {console: }}}]"),
              HasSubstr("simple.schedule_delay: unknown key"));
  EXPECT_THAT(processors("[{batch: {max_queue_size: 0, exporter: {console: }}}]"),
              HasSubstr("expected a whole number from 1"));
  EXPECT_THAT(processors("[{simple: {exporter: {xray: }}}, {batch: {exporter: {xray: }}}]"),
              HasSubstr("exports to the same place"));
}

// OtlpHttpExporter
TEST(File, sets_up_an_exporter_over_http) {
  const Exporter usual = exporter_of("otlp_http: ");
  EXPECT_EQ(usual.kind, Kind::otlp);
  EXPECT_EQ(*usual.otlp, otlp::Target{otlp::traces_url(std::nullopt)});

  const Exporter set = exporter_of(
      "otlp_http: {endpoint: '${WHERE}/a', compression: gzip, encoding: json, timeout: 300, "
      "tls: {ca_file: /ca.pem, cert_file: /c.pem, key_file: /k.pem}, "
      "headers_list: 'api-key=weak,x-tenant=a%20b', "
      "headers: [{name: Api-Key, value: '${KEY}'}, {name: absent, value: }]}",
      testing::FakeEnv{{"WHERE", "https://collector:4318"}, {"KEY", "geheim"}});
  EXPECT_EQ(set.otlp->url.to_string(), "https://collector:4318/a");
  EXPECT_TRUE(set.otlp->gzip);
  EXPECT_EQ(set.otlp->encoding, otlp::Encoding::json);
  EXPECT_EQ(set.otlp->timeout, milliseconds(300));
  EXPECT_EQ(set.otlp->tls.authorities, "/ca.pem");
  EXPECT_EQ(set.otlp->tls.certificate, "/c.pem");
  EXPECT_EQ(set.otlp->tls.key, "/k.pem");
  EXPECT_THAT(set.otlp->headers, ElementsAre(Pair("x-tenant", core::Secret("a b")),
                                             Pair("Api-Key", core::Secret("geheim"))));
  // "A value of 0 indicates no limit (infinity)."
  EXPECT_EQ(exporter_of("otlp_http: {timeout: 0}").otlp->timeout, std::chrono::hours(1));
}

TEST(File, refuses_an_exporter_that_would_send_elsewhere_or_otherwise_than_meant) {
  const auto otlp = [](const std::string& members) {
    return problem(exporting("otlp_http: {" + members + "}"));
  };
  EXPECT_THAT(
      otlp("endpoint: nowhere"),
      StartsWith("f.yaml:2: tracer_provider.processors[0].batch.exporter.otlp_http.endpoint: "
                 "'nowhere' is no URL"));
  EXPECT_THAT(otlp("compression: zip"), HasSubstr("'zip'; expected none or gzip"));
  EXPECT_THAT(otlp("encoding: xml"), HasSubstr("'xml'; expected protobuf or json"));
  EXPECT_THAT(otlp("timeout: -1"), HasSubstr("expected a whole number from 0"));
  // "Absolute path to certificate file in PEM format."
  EXPECT_THAT(otlp("tls: {ca_file: ca.pem}"), HasSubstr("'ca.pem'; expected an absolute path"));
  EXPECT_THAT(otlp("tls: {cert_file: /c.pem}"), HasSubstr("belong together"));
  EXPECT_THAT(otlp("headers: [{name: a}]"), HasSubstr("expected name and value"));
  EXPECT_THAT(otlp("headers: [{name: 'a b', value: c}]"), HasSubstr("not the name of a header"));
  EXPECT_THAT(otlp("certificate_file: /c.pem"), HasSubstr("unknown key"));
}

TEST(File, never_shows_what_may_be_a_secret) {
  const testing::FakeEnv env{{"KEY", "12345"}, {"BAD", "geheim\r\nX: y"}, {"URL", "geheim"}};
  const std::string header = "headers:\n            - name: a\n              value: ";
  for (const std::string& member :
       {header + "12345", header + "${KEY}", header + "${BAD}", header + "[geheim]",
        std::string("headers_list: a=geheim%0d"), std::string("headers_list: geheim"),
        std::string("headers_list: ${KEY}"), std::string("endpoint: ${URL}"),
        std::string("compression: ${URL}"), std::string("timeout: ${URL}"),
        std::string("tls: {ca_file: '${URL}'}")}) {
    const std::string said = problem(
        "tracer_provider:\n  processors:\n    - simple:\n        exporter:\n          otlp_http:\n"
        "            " +
            member + "\n",
        env);
    EXPECT_THAT(said,
                AllOf(HasSubstr(".otlp_http."), Not(HasSubstr("geheim")), Not(HasSubstr("12345"))))
        << member;
  }
}

TEST(File, knows_our_own_exporters) {
  EXPECT_EQ(exporter_of("console: ").kind, Kind::console);
  EXPECT_EQ(exporter_of("local: ").kind, Kind::local);
  EXPECT_EQ(exporter_of("xray: "), (Exporter{Kind::xray, {}, ""}));
  EXPECT_EQ(exporter_of("xray: {endpoint: 'http://127.0.0.1:4319'}").xray_url,
            "http://127.0.0.1:4319/");
  EXPECT_THAT(problem(exporting("otlp_grpc: ")),
              HasSubstr("otlp_grpc: gRPC is not spoken; otlp_http is"));
  EXPECT_THAT(problem(exporting("zipkin: ")),
              HasSubstr("no such exporter here; expected otlp_http, console, xray, local"));
  EXPECT_THAT(problem(exporting("local: {path: /tmp}")), HasSubstr("unknown key"));
}

// Sampler, ParentBasedSampler, TraceIdRatioBasedSampler, ExperimentalComposableSampler.
TEST(File, names_a_sampler) {
  const trace::Rate on = trace::Rate::always();
  const trace::Rate off = trace::Rate::never();
  const trace::Rate quarter = *trace::Rate::from(0.25);
  struct Case {
    const char* sampler;
    trace::Rate root;
    trace::ParentRates parents;
  };
  for (const Case& c : std::vector<Case>{
           {"always_on: ", on, trace::ParentRates::all(on)},
           {"always_off: {}", off, trace::ParentRates::all(off)},
           {"trace_id_ratio_based: {ratio: 0.25}", quarter, trace::ParentRates::all(quarter)},
           {"trace_id_ratio_based: ", on, trace::ParentRates::all(on)},
           {"trace_id_ratio_based: {ratio: }", on, trace::ParentRates::all(on)},
           {"probability/development: {ratio: 0.25}", quarter, trace::ParentRates::all(quarter)},
           {"composite/development: {probability: {ratio: 0.25}}", quarter,
            trace::ParentRates::all(quarter)},
           {"composite/development: {parent_threshold: {root: {always_off: }}}", off, {}},
           {"parent_based: ", on, {}},
           {"parent_based: {root: {always_off: }}", off, {}},
           {"parent_based: {root: {trace_id_ratio_based: {ratio: 0.25}}}", quarter, {}},
           // The defaults, as the specification's own examples spell them out.
           {"parent_based: {root: {always_on: }, remote_parent_sampled: {always_on: }, "
            "remote_parent_not_sampled: {always_off: }, local_parent_sampled: {always_on: }, "
            "local_parent_not_sampled: {always_off: }}",
            on,
            {}},
           {"parent_based: {remote_parent_sampled: {trace_id_ratio_based: {ratio: 0.25}}, "
            "remote_parent_not_sampled: {always_on: }, local_parent_sampled: {always_off: }, "
            "local_parent_not_sampled: {always_on: }}",
            on,
            {quarter, on, off, on}},
       }) {
    const Sampler sampler = sampler_of(c.sampler);
    EXPECT_EQ(sampler.root, c.root) << c.sampler;
    EXPECT_EQ(sampler.parents, c.parents) << c.sampler;
    EXPECT_FALSE(sampler.remote) << c.sampler;
  }
  EXPECT_TRUE(sampler_of("xray: ").remote);
  EXPECT_TRUE(sampler_of("parent_based: {root: {xray: }}").remote);
  // "parent based sampler with a root of always_on is used"
  EXPECT_TRUE(Read(exporting("console: "))->sampler->value.parents.obey_all());
}

TEST(File, refuses_a_sampler_that_is_not_there) {
  const auto sampler = [](const std::string& text) {
    return problem(
        "tracer_provider: {processors: [{simple: {exporter: {console: }}}],\n  sampler: {" + text +
        "}}\n");
  };
  EXPECT_THAT(sampler("sometimes: "), StartsWith("f.yaml:3: tracer_provider.sampler.sometimes: no "
                                                 "such sampler here; expected always_on"));
  EXPECT_THAT(sampler("jaeger_remote/development: {endpoint: a, initial_sampler: {always_on: }}"),
              HasSubstr("no such sampler"));
  for (const char* ratio : {"1.5", "-0.1", ".nan", "half", "'0.5'", ".inf"}) {
    EXPECT_THAT(sampler(std::string("trace_id_ratio_based: {ratio: ") + ratio + "}"),
                HasSubstr("expected a probability from 0 to 1"))
        << ratio;
  }
  EXPECT_THAT(sampler("always_on: {ratio: 1}"), HasSubstr("unknown key"));
  EXPECT_THAT(sampler("always_on: , always_off: "), HasSubstr("2 keys; expected one"));
  EXPECT_THAT(sampler("parent_based: {roots: {always_on: }}"), HasSubstr("did you mean 'root'?"));
  EXPECT_THAT(sampler("parent_based: {local_parent_sampled: {parent_based: }}"),
              HasSubstr("expected always_on, always_off or trace_id_ratio_based"));
  EXPECT_THAT(sampler("composite/development: {rule_based: {}}"), HasSubstr("no such sampler"));
}

// The first fault is the one that is told.
TEST(File, is_refused_by_one_line) {
  const std::string said = problem("disabled: maybe\nresource: []\npropagator: 1\n");
  EXPECT_THAT(said, StartsWith("f.yaml:2: disabled: "));
  EXPECT_EQ(said.find('\n'), std::string::npos);
}

TEST(File, is_a_template_of_opentelemetrys_own) {
  // examples/otel-sdk-migration-config.yaml, its tracing part.
  const Read read(R"(
disabled: ${OTEL_SDK_DISABLED:-false}
log_level: info
resource:
  attributes:
    - name: service.name
      value: ${OTEL_SERVICE_NAME:-unknown_service}
  attributes_list: ${OTEL_RESOURCE_ATTRIBUTES}
attribute_limits:
  attribute_value_length_limit: ${OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT}
  attribute_count_limit: ${OTEL_ATTRIBUTE_COUNT_LIMIT:-128}
propagator:
  composite_list: ${OTEL_PROPAGATORS:-tracecontext,baggage}
tracer_provider:
  processors:
    - batch:
        schedule_delay: ${OTEL_BSP_SCHEDULE_DELAY:-5000}
        export_timeout: ${OTEL_BSP_EXPORT_TIMEOUT:-30000}
        max_queue_size: ${OTEL_BSP_MAX_QUEUE_SIZE:-2048}
        max_export_batch_size: ${OTEL_BSP_MAX_EXPORT_BATCH_SIZE:-512}
        exporter:
          otlp_http:
            endpoint: ${OTEL_EXPORTER_OTLP_ENDPOINT:-http://localhost:4318}/v1/traces
            tls:
              ca_file: ${OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE}
              key_file: ${OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY}
              cert_file: ${OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE}
            compression: ${OTEL_EXPORTER_OTLP_TRACES_COMPRESSION:-gzip}
            timeout: ${OTEL_EXPORTER_OTLP_TRACES_TIMEOUT:-10000}
            headers_list: ${OTEL_EXPORTER_OTLP_TRACES_HEADERS}
)",
                  testing::FakeEnv{{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1/run"}});
  EXPECT_EQ(read->exporters->value.at(0).otlp->url.to_string(), "http://127.0.0.1:1/run/v1/traces");
  EXPECT_THAT(read->resource,
              ElementsAre(Pair("service.name", trace::OwnedValue("unknown_service"))));
  EXPECT_THAT(read->propagators->value, ElementsAre("tracecontext", "baggage"));
  EXPECT_FALSE(read->limits);
  EXPECT_THAT(read.notes, IsEmpty());
}

}  // namespace
}  // namespace spawn::otelconfig
