// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "config/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "testing/fakes.h"

namespace spawn::config {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;

constexpr std::string_view kGuide = R"(observability:
  tracing:
    enabled: true
    exporter: xray      # xray, stdout
    sampling_rate: 0.1  # 10% sampling
    endpoint: ""        # Optional custom endpoint
)";

std::string tracing(std::string_view line) {
  return "observability:\n  tracing:\n    " + std::string(line) + "\n";
}

std::string problem(const std::string& yaml) {
  const auto status = check_yaml(yaml, "local.yaml");
  return status ? "" : status.error().message;
}

TEST(Settings, reads_the_guides_file) { EXPECT_EQ(problem(std::string(kGuide)), ""); }

TEST(Settings, names_file_line_key_and_the_nearest_known_key) {
  EXPECT_THAT(problem(tracing("enabeld: true")), AllOf(HasSubstr("local.yaml"), HasSubstr("3"),
                                                       HasSubstr("enabeld"), HasSubstr("enabled")));
}

TEST(Settings, refuses_values_that_cannot_be) {
  for (const char* line :
       {"enabled: maybe", "sampling_rate: 2", "sampling_rate: nan", "sampling_rate: abc",
        "exporter: xrya", "exporter: \"none, xray\"", "endpoint: nowhere", "exporter: [xray"}) {
    EXPECT_THAT(problem(tracing(line)), HasSubstr("local.yaml")) << line;
  }
}

TEST(Settings, take_jaeger_for_otlp) {
  testing::FakeEnv env;
  const auto settings = resolve({"/no/such/file", false, {"jaeger", {}, {}}, true}, env);
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_THAT(settings->exporters.value, ::testing::ElementsAre(Exporter::otlp));
  EXPECT_THAT(problem(tracing("exporter: otlp,jaeger")), HasSubstr("'otlp' is named twice"));
}

TEST(Settings, the_environments_otlp_address_is_stronger_than_the_files_and_weaker_than_the_flag) {
  char path[] = "/tmp/spawn-settings-XXXXXX";
  close(mkstemp(path));
  std::ofstream(path) << tracing("endpoint: http://file:1");
  testing::FakeEnv env{{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://environment:2"}};
  const auto endpoint = [&](const char* exporter, std::optional<std::string> flag) {
    const auto settings = resolve({path, true, {exporter, {}, std::move(flag)}, true}, env);
    EXPECT_TRUE(settings) << settings.error().message;
    return settings->endpoint.value ? settings->endpoint.value->to_string() : "";
  };
  EXPECT_EQ(endpoint("otlp", std::nullopt), "");
  EXPECT_EQ(endpoint("otlp", "http://flag:3"), "http://flag:3/");
  EXPECT_EQ(endpoint("xray", std::nullopt), "http://file:1/");
  unlink(path);
}

TEST(Settings, refuse_one_endpoint_for_two_services) {
  testing::FakeEnv env;
  const auto settings =
      resolve({"/no/such/file", false, {"xray,otlp", {}, "http://127.0.0.1:9"}, true}, env);
  ASSERT_FALSE(settings);
  EXPECT_THAT(settings.error().message,
              AllOf(HasSubstr("--endpoint"), HasSubstr("OTEL_EXPORTER_OTLP_ENDPOINT")));
}

TEST(Settings, are_off_at_a_tenth_to_xray_by_default) {
  testing::FakeEnv env;
  const auto settings = resolve({"/no/such/file", false, {}, false}, env);
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_FALSE(settings->enabled.value);
  EXPECT_EQ(settings->sampling.value.rate.value(), 0.1);
  EXPECT_THAT(settings->exporters.value, ::testing::ElementsAre(Exporter::xray));
}

TEST(Settings, flags_win_and_zero_means_zero) {
  testing::FakeEnv env;
  const auto settings =
      resolve({"/no/such/file", false, {"stdout,xray", "0", "http://127.0.0.1:9"}, true}, env);
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_TRUE(settings->enabled.value);
  EXPECT_FALSE(settings->sampling.value.rate.keeps(0x00FF'FFFF'FFFF'FFFFU));
  EXPECT_EQ(settings->exporters.value.size(), 2U);
  EXPECT_THAT(settings->sampling.source, HasSubstr("--sampling"));
}

TEST(Settings, whoever_asks_for_a_trace_gets_every_one) {
  testing::FakeEnv env;
  const auto settings = resolve({"/no/such/file", false, {}, true}, env);
  ASSERT_TRUE(settings);
  EXPECT_TRUE(settings->sampling.value.rate.keeps(0));
}

TEST(Settings, x_rays_rules_can_be_asked_for_by_all_who_may_say_a_rate) {
  testing::FakeEnv env;
  const auto flag = resolve({"/no/such/file", false, {{}, "remote", {}}, false}, env);
  ASSERT_TRUE(flag);
  EXPECT_TRUE(flag->sampling.value.remote);
  const auto tag =
      resolve({"/no/such/file", false, {}, false, {{"spawn:tracing-sampling", "remote"}}}, env);
  ASSERT_TRUE(tag);
  EXPECT_TRUE(tag->sampling.value.remote);
  EXPECT_TRUE(check_yaml("observability: {tracing: {sampling_rate: remote}}", "f"));
}

TEST(Settings, obey_opentelemetrys_sampler) {
  const auto sampling = [](const std::string& sampler, const std::string& argument) {
    testing::FakeEnv env{{"OTEL_TRACES_SAMPLER", sampler}, {"OTEL_TRACES_SAMPLER_ARG", argument}};
    const auto settings =
        resolve({"/no/such/file", false, {}, false, {{"spawn:tracing-sampling", "0.75"}}}, env);
    EXPECT_TRUE(settings) << settings.error().message;
    return settings->sampling.value;
  };
  EXPECT_TRUE(sampling("xray", "").remote);
  EXPECT_EQ(sampling("ALWAYS_ON", "").rate, trace::Rate::always());
  EXPECT_EQ(sampling("parentbased_always_off", "").rate, trace::Rate::never());
  EXPECT_EQ(sampling("parentbased_traceidratio", "0.5").rate.value(), 0.5);
  EXPECT_EQ(sampling("traceidratio", "").rate, trace::Rate::always());
  EXPECT_EQ(sampling("jaeger_remote", "0.5").rate.value(), 0.75);  // another program's
  // "Known values for OTEL_TRACES_SAMPLER": the argument is then 1, and that is said.
  const testing::FakeEnv wrong{{"OTEL_TRACES_SAMPLER", "traceidratio"},
                               {"OTEL_TRACES_SAMPLER_ARG", "7"}};
  const auto settings = resolve({"/no/such/file", false, {}, false}, wrong);
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->sampling.value.rate, trace::Rate::always());
  EXPECT_THAT(settings->notes, ElementsAre(HasSubstr("OTEL_TRACES_SAMPLER_ARG: '7' is ignored")));
}

// "Exporter Selection" and "Enum value" of
// https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
TEST(Settings, obey_opentelemetrys_choice_of_exporters) {
  struct Case {
    const char* given;
    std::vector<Exporter> exporters;
    std::size_t notes;
    bool enabled;
  };
  const std::vector<Case> cases = {
      {"", {Exporter::xray}, 0, false},
      {"otlp", {Exporter::otlp}, 0, true},
      {"Console", {Exporter::stdout_}, 0, true},
      {"xray, otlp ,otlp", {Exporter::xray, Exporter::otlp}, 0, true},
      {"otlp,zipkin", {Exporter::otlp}, 1, true},
      {"zipkin", {Exporter::xray}, 1, false},
      {",", {Exporter::xray}, 2, false},
      {"none", {Exporter::none}, 0, true},
      {"none,otlp", {Exporter::otlp}, 0, true},
  };
  for (const Case& one : cases) {
    const testing::FakeEnv env{{"OTEL_TRACES_EXPORTER", one.given}};
    const auto settings = resolve({"/no/such/file", false, {}, false}, env);
    ASSERT_TRUE(settings) << one.given;
    EXPECT_EQ(settings->exporters.value, one.exporters) << one.given;
    EXPECT_EQ(settings->notes.size(), one.notes) << one.given;
    EXPECT_EQ(settings->enabled.value, one.enabled) << one.given;
  }
  const testing::FakeEnv env{{"OTEL_TRACES_EXPORTER", "otlp"}};
  const auto off =
      resolve({"/no/such/file", false, {}, false, {{"spawn:tracing-enabled", "false"}}}, env);
  EXPECT_FALSE(off->enabled.value);
  const auto flag = resolve({"/no/such/file", false, {"stdout", {}, {}}, false}, env);
  EXPECT_THAT(flag->exporters.value, ElementsAre(Exporter::stdout_));
}

// "Boolean value": case-insensitive, and what is neither counts as false.
TEST(Settings, are_off_when_opentelemetry_is) {
  for (const auto& [given, enabled, notes] :
       std::vector<std::tuple<const char*, bool, std::size_t>>{{"true", false, 0},
                                                               {"TRUE", false, 0},
                                                               {"false", true, 0},
                                                               {"", true, 0},
                                                               {"1", true, 1}}) {
    const testing::FakeEnv env{{"OTEL_SDK_DISABLED", given}};
    const auto settings = resolve({"/no/such/file", false, {}, true}, env);
    EXPECT_EQ(settings->enabled.value, enabled) << given;
    EXPECT_EQ(settings->notes.size(), notes) << given;
  }
}

// The whole of OpenTelemetry's variables, not the exporter and sampler alone.
TEST(Settings, take_resource_limits_and_batches_from_opentelemetrys_variables) {
  const testing::FakeEnv env{{"OTEL_RESOURCE_ATTRIBUTES", "service.name=shop,team=a"},
                             {"OTEL_SPAN_EVENT_COUNT_LIMIT", "3"},
                             {"OTEL_BSP_SCHEDULE_DELAY", "100"}};
  const auto settings = resolve({"/no/such/file", false, {}, false}, env);
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ(settings->service_name.value, "shop");
  EXPECT_EQ(settings->otel.resource.size(), 2U);
  EXPECT_EQ(settings->otel.limits, (trace::SpanLimits{.events = 3}));
  EXPECT_EQ(settings->otel.engine.schedule_delay, std::chrono::milliseconds(100));
}

// https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#declarative-configuration
class SettingsOfOpenTelemetrysFile : public ::testing::Test {
 protected:
  ~SettingsOfOpenTelemetrysFile() override {
    for (const std::string& path : {file_, own_}) unlink(path.c_str());
  }

  // `tracing` is spawn's own file.
  core::Result<Settings> resolved(const std::string& text, const Flags& flags = {},
                                  const std::string& own = "", const Tags& tags = {},
                                  bool asked_for_tracing = false, bool rather_untraced = false) {
    std::ofstream(file_) << "file_format: '1.1'\n" << text;
    std::ofstream(own_) << own;
    const testing::FakeEnv env{{"OTEL_CONFIG_FILE", file_},
                               {"OTEL_TRACES_EXPORTER", "local"},
                               {"OTEL_TRACES_SAMPLER", "always_off"},
                               {"OTEL_EXPORTER_OTLP_ENDPOINT", "http://variable:1"}};
    return resolve({own_, false, flags, asked_for_tracing, tags, rather_untraced}, env);
  }
  // Of a program that has something else to do.
  Settings rather_untraced(const std::string& text, const Flags& flags = {},
                           const std::string& own = "") {
    return *resolved(text, flags, own, {}, true, true);
  }
  static std::string exporting(const std::string& exporter, const std::string& more = "") {
    return "tracer_provider: {processors: [{batch: {exporter: {" + exporter + "}}}]" + more + "}\n";
  }

  const std::string stem_ = "/tmp/spawn-settings-" + std::to_string(getpid());
  const std::string file_ = stem_ + ".yaml";
  const std::string own_ = stem_ + "-own.yaml";
};

TEST_F(SettingsOfOpenTelemetrysFile, stand_in_the_place_of_the_variables) {
  const auto settings = resolved(exporting("xray: ",
                                           ", sampler: {parent_based: {root: "
                                           "{trace_id_ratio_based: {ratio: 0.5}}}}") +
                                     "resource: {attributes: [{name: service.name, value: shop}]}",
                                 {}, tracing("exporter: stdout\n    sampling_rate: 0.2"));
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_THAT(settings->exporters.value, ElementsAre(Exporter::xray));
  EXPECT_EQ(settings->exporters.source, file_ + ":2");
  EXPECT_EQ(settings->sampling.value.rate.value(), 0.5);
  EXPECT_EQ(settings->service_name.value, "shop");
  EXPECT_TRUE(settings->enabled.value);
  EXPECT_THAT(settings->notes, ::testing::IsEmpty());
  const auto flags = resolved(exporting("xray: "), {"stdout", "0.25", {}});
  EXPECT_THAT(flags->exporters.value, ElementsAre(Exporter::stdout_));
  EXPECT_EQ(flags->sampling.value.rate.value(), 0.25);
}

TEST_F(SettingsOfOpenTelemetrysFile, ask_for_tracing_unless_they_or_a_tag_say_no) {
  EXPECT_FALSE(resolved(exporting("xray: ") + "disabled: true")->enabled.value);
  EXPECT_FALSE(
      resolved(exporting("xray: "), {}, "", {{"spawn:tracing-enabled", "false"}})->enabled.value);
  const auto none = resolved("");
  EXPECT_THAT(none->exporters.value, ElementsAre(Exporter::none));
}

TEST_F(SettingsOfOpenTelemetrysFile, say_where_each_exporter_sends) {
  const std::string own = tracing("endpoint: http://own:1");
  EXPECT_EQ(xray_url(*resolved(exporting("xray: {endpoint: 'http://file:2'}"), {}, own)),
            "http://file:2/");
  EXPECT_EQ(xray_url(*resolved(exporting("xray: "), {}, own)), "");
  EXPECT_EQ(xray_url(*resolved(exporting("xray: {endpoint: 'http://file:2'}"),
                               {{}, {}, "http://flag:3"}, own)),
            "http://flag:3/");
  const auto both = resolved(
      "tracer_provider: {processors: [{batch: {exporter: {xray: {endpoint: 'http://x:1'}}}}, "
      "{batch: {exporter: {otlp_http: {endpoint: 'http://a:1/v1/traces'}}}}, "
      "{batch: {exporter: {otlp_http: {endpoint: 'http://b:1/v1/traces'}}}}]}\n");
  ASSERT_TRUE(both) << both.error().message;
  EXPECT_THAT(both->exporters.value, ElementsAre(Exporter::xray, Exporter::otlp));
  EXPECT_EQ(xray_url(*both), "http://x:1/");
  EXPECT_FALSE(both->endpoint.value);
}

TEST_F(SettingsOfOpenTelemetrysFile, are_refused_with_the_place_of_what_is_wrong) {
  const auto refused = resolved(exporting("otlp_grpc: "));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, core::Code::invalid_argument);
  EXPECT_THAT(refused.error().message, HasSubstr(file_ + ":2: tracer_provider.processors[0]"));
}

TEST_F(SettingsOfOpenTelemetrysFile,
       switch_tracing_off_where_they_are_wrong_and_work_matters_more) {
  const Settings settings = rather_untraced(exporting("otlp_grpc: ") + "late: ", {},
                                            tracing("enabled: true\n    exporter: stdout"));
  EXPECT_FALSE(settings.enabled.value);
  EXPECT_EQ(settings.enabled.source, "OTEL_CONFIG_FILE");
  EXPECT_THAT(settings.notes,
              ElementsAre(AllOf(HasSubstr(file_ + ":2: tracer_provider.processors[0]"),
                                EndsWith("; tracing is off"))));
}

TEST_F(SettingsOfOpenTelemetrysFile, leave_what_flags_ask_for_where_they_are_wrong) {
  const Settings settings = rather_untraced(exporting("otlp_grpc: "), {"otlp", {}, "http://flag:3"},
                                            tracing("endpoint: http://own:1"));
  EXPECT_TRUE(settings.enabled.value);
  EXPECT_THAT(settings.exporters.value, ElementsAre(Exporter::otlp));
  EXPECT_EQ(settings.endpoint.value->to_string(), "http://flag:3/");
  EXPECT_THAT(settings.notes, ElementsAre(EndsWith("; going by the flags alone")));
}

TEST_F(SettingsOfOpenTelemetrysFile, are_replaced_by_no_variable_where_they_are_wrong) {
  const Settings settings = rather_untraced(exporting("otlp_grpc: "), {"otlp", {}, {}});
  EXPECT_TRUE(settings.otel.from_file);
  EXPECT_EQ(settings.sampling.value.rate, trace::Rate::always());
}

TEST_F(SettingsOfOpenTelemetrysFile, note_that_a_parent_is_obeyed) {
  EXPECT_THAT(resolved(exporting("xray: ", ", sampler: {always_off: }"))->notes,
              ::testing::IsEmpty());
  EXPECT_THAT(resolved(exporting("xray: ",
                                 ", sampler: {parent_based: {remote_parent_not_sampled: "
                                 "{always_on: }}}"))
                  ->notes,
              ElementsAre(HasSubstr("the parts of parent_based are ignored")));
}

TEST(Settings, choose_what_x_ray_can_search_for) {
  using Annotate = trace::DocumentSettings::Annotate;
  testing::FakeEnv env;
  const auto documents = [&](const std::string& annotations, const std::string& log_groups) {
    const auto settings = resolve(
        {"/no/such/file",
         false,
         {},
         false,
         {{"spawn:tracing-annotations", annotations}, {"spawn:tracing-log-groups", log_groups}}},
        env);
    EXPECT_TRUE(settings) << settings.error().message;
    return document_settings(*settings);
  };
  EXPECT_EQ(documents("", ""), trace::DocumentSettings());
  EXPECT_EQ(documents("none", "").annotate, Annotate::none);
  EXPECT_EQ(documents("all", "").annotate, Annotate::all);
  EXPECT_EQ(documents("job.owner, otel.resource.host.name", "/a,/b"),
            (trace::DocumentSettings{
                Annotate::chosen, {"job.owner", "otel.resource.host.name"}, {"/a", "/b"}}));
  EXPECT_FALSE(check_tags({{"spawn:tracing-annotations", "a,,b"}}));
}

TEST(Settings, a_named_file_must_be_there) {
  testing::FakeEnv env;
  EXPECT_FALSE(resolve({"/no/such/file", true, {}, false}, env));
}

}  // namespace
}  // namespace spawn::config
