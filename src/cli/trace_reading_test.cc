// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The commands that read traces, on a file of two: one of a shop that failed and was slow, one of a
// job that still runs.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <functional>

#include "cli/spawn_commands.h"
#include "cli/test_commands.h"
#include "core/json.h"

namespace spawn::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kShop = "1-65f0a1b2-c3d4e5f60718293a4b5c6d7e";
constexpr const char* kJob = "1-65f0a1b3-000000000000000000000001";
constexpr std::string_view kTraces =
    R"({"trace_id":"65f0a1b2c3d4e5f60718293a4b5c6d7e","span_id":"00000000000000a1","parent_span_id":null,"name":"GET /cart","kind":"SERVER","start":"2026-01-02T03:04:05Z","end":"2026-01-02T03:04:07Z","attributes":{"http.response.status_code":502},"resource":{"service.name":"shop"}}
{"trace_id":"65f0a1b2c3d4e5f60718293a4b5c6d7e","span_id":"00000000000000a2","parent_span_id":"00000000000000a1","name":"S3.GetObject","kind":"CLIENT","start":"2026-01-02T03:04:05.5Z","end":"2026-01-02T03:04:07Z","status":{"code":"ERROR","message":"no"},"attributes":{"rpc.system":"aws-api","rpc.service":"S3","rpc.method":"GetObject","error.type":"NoSuchKey","http.response.status_code":404},"resource":{"service.name":"shop"}}
{"trace_id":"65f0a1b3000000000000000000000001","span_id":"00000000000000b1","parent_span_id":null,"name":"job <b>\u001b[31m","kind":"INTERNAL","start":"2026-01-02T03:05:00Z","end":null,"attributes":{"spawn.job_array_id":"sweep"},"resource":{"service.name":"spored"}}
)";

// Of 150 traces, the oldest first; the third is of the job array `sweep`, those of an even number
// failed. The 149th began last, which only the trace itself tells.
struct Summaries final : view::SummarySource {
  struct Told {
    std::vector<std::size_t> completed;  // how many at once
    core::Status found = core::ok();
    core::Status complete = core::ok();
  };
  Summaries(Told& told, bool filters) : told_(told), filters_(filters) {}
  core::Status find(const trace::TraceQuery&, const Found& found) override {
    for (std::uint64_t i = 1; i <= 150; ++i) {
      view::TraceSummary summary;
      summary.id = {0x65f0a1b200000000, i};
      summary.start_ns = static_cast<std::int64_t>(i) * 1'000'000'000;
      summary.has_fault = i % 2 == 0;
      summary.spans = filters_ ? 0 : 3;
      summary.services = {{{"shop", "", ""}, "", false, false},
                          {{"cart-table", "", ""}, "", false, false}};
      if (i == 3) summary.annotations = {{"spawn_job_array_id", std::string("sweep"), {0}}};
      // The store keeps visits, too.
      if (!filters_)
        summary.visits = {{1, 0, {.duration_ns = 2'000'000}, {.duration_ns = 2'000'000}}};
      found(std::move(summary));
    }
    return told_.found;
  }
  [[nodiscard]] bool filters() const override { return filters_; }
  core::Status complete(std::span<view::TraceSummary> summaries) override {
    told_.completed.push_back(summaries.size());
    if (!told_.complete) return told_.complete;
    for (view::TraceSummary& summary : summaries) {
      summary.spans = 7;
      summary.root_name = fmt::format("root {}", summary.id.low);
      summary.services[1].inferred = true;
      if (summary.id.low == 149) summary.start_ns += 2'000'000'000;
    }
    return core::ok();
  }

 private:
  Told& told_;
  bool filters_;
};

// Traces one by one, from the lines of a file.
struct OneByOne final : trace::TraceSource {
  OneByOne(std::unique_ptr<trace::TraceSource> all, std::vector<std::uint64_t>& asked_for)
      : all_(std::move(all)), asked_for_(asked_for) {}
  core::Result<trace::Trace> get(const trace::TraceId& id) override {
    asked_for_.push_back(id.low);
    return all_->get(id);
  }
  core::Status find(const trace::TraceQuery&, const Found&) override {
    return core::fail(core::Code::internal, "traces were read that nobody asked for");
  }

 private:
  std::unique_ptr<trace::TraceSource> all_;
  std::vector<std::uint64_t>& asked_for_;
};

class TraceReadingCommands : public CommandsTest {
 protected:
  TraceReadingCommands() { file_ = kTraces; }

  int run(std::vector<std::string> arguments, const char* from = "spans.jsonl") {
    out_.str("");
    err_.str("");
    arguments.insert(arguments.begin(), "trace");
    if (from != nullptr) arguments.insert(arguments.end(), {"--from", from});
    return spawn_commands(arguments, parts()).shell_code();
  }
  // From X-Ray or the store: 150 summaries of which nothing is known but what X-Ray tells.
  int run_on_summaries(
      std::vector<std::string> arguments, const char* command = "list",
      const std::function<void()>& looks = [] {}) {
    out_.str("");
    err_.str("");
    told_.completed.clear();
    arguments.insert(arguments.begin(), {"trace", command});
    Parts mine = parts();
    mine.make_source = [](const SourceRequest&) -> decltype(mine.make_source({})) {
      return core::fail(core::Code::internal, "traces were read whole");
    };
    mine.make_summaries = [&](const SourceRequest& request) {
      asked_for_ = request;
      looks();
      return std::make_unique<Summaries>(told_, request.from == "xray");
    };
    return spawn_commands(arguments, mine).shell_code();
  }
  [[nodiscard]] std::size_t lines() const {
    return static_cast<std::size_t>(std::ranges::count(out_.str(), '\n'));
  }

  Summaries::Told told_;
};

TEST_F(TraceReadingCommands, list_has_a_row_a_trace_the_newest_first) {
  clock_.advance(std::chrono::minutes(2));
  EXPECT_EQ(run({"list"}), 0) << err_.str();
  EXPECT_EQ(lines(), 3U) << out_.str();
  EXPECT_LT(out_.str().find(kJob), out_.str().find(kShop));
  EXPECT_THAT(out_.str(), HasSubstr("fault"));
  EXPECT_THAT(out_.str(), HasSubstr("1 min 5 s…  ok, running"));
  EXPECT_THAT(out_.str(), Not(HasSubstr("\x1b")));
}

TEST_F(TraceReadingCommands, list_filters_as_x_ray_does) {
  EXPECT_EQ(run({"list", "service(\"S3\") { error }", "-q"}), 0) << err_.str();
  EXPECT_EQ(out_.str(), std::string(kShop) + "\n");
  EXPECT_EQ(run({"list", "annotation.spawn_job_array_id = \"sweep\"", "-q"}), 0) << err_.str();
  EXPECT_EQ(out_.str(), std::string(kJob) + "\n");
  EXPECT_EQ(run({"list", "duration > 60"}), 0);
  EXPECT_EQ(out_.str(), "");
  EXPECT_EQ(err_.str(), "spawn: no trace matches\n");
}

TEST_F(TraceReadingCommands, list_takes_a_time) {
  EXPECT_EQ(run({"list", "-q", "--since", "2026-01-02T03:04:30Z"}), 0) << err_.str();
  EXPECT_EQ(out_.str(), std::string(kJob) + "\n");
  EXPECT_EQ(run({"list", "-q", "--until", "2026-01-02T03:04:30Z"}), 0) << err_.str();
  EXPECT_EQ(out_.str(), std::string(kShop) + "\n");
}

TEST_F(TraceReadingCommands, list_writes_json_as_x_rays_api_does) {
  EXPECT_EQ(run({"list", "--output", "json"}), 0);
  const auto json = core::Json::parse(out_.str());
  ASSERT_TRUE(json.has_value()) << out_.str();
  const core::Json* summaries = json->find("TraceSummaries");
  ASSERT_TRUE(summaries != nullptr && summaries->array()->size() == 2);
  EXPECT_EQ((*summaries->array())[1].text_at("Id"), kShop);
  EXPECT_EQ(run({"list", "--output", "jsonl"}), 0);
  EXPECT_EQ(lines(), 2U);
}

TEST_F(TraceReadingCommands, list_reads_no_trace_whole_for_ids_and_x_rays_json) {
  for (const char* from : {"xray", "local"}) {
    for (const auto& form : {std::vector<std::string>{"--quiet"}, {"--output", "jsonl"}}) {
      auto arguments = form;
      arguments.insert(arguments.end(), {"--from", from});
      EXPECT_EQ(run_on_summaries(arguments), 0) << err_.str();
      EXPECT_EQ(lines(), 150U);
      EXPECT_EQ(err_.str(), "");
      EXPECT_THAT(told_.completed, IsEmpty());
    }
  }
}

TEST_F(TraceReadingCommands, list_reads_names_and_spans_of_the_newest_hundred_and_says_so) {
  EXPECT_EQ(run_on_summaries({"--from", "xray"}), 0) << err_.str();
  EXPECT_THAT(told_.completed, ElementsAre(100U));
  EXPECT_EQ(lines(), 151U);
  EXPECT_LT(out_.str().find("root 149"), out_.str().find("root 150"));
  EXPECT_LT(out_.str().find("root 150"), out_.str().find("root 51"));
  EXPECT_THAT(out_.str(), Not(HasSubstr("root 50 ")));
  EXPECT_THAT(err_.str(), HasSubstr("of the newest 100 only; --output text reads those of all"));
}

TEST_F(TraceReadingCommands, list_names_services_only_where_it_knows_which_told_of_themselves) {
  EXPECT_EQ(run_on_summaries({"--from", "xray"}), 0) << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("shop"));
  EXPECT_THAT(out_.str(), Not(HasSubstr("cart-table")));
}

TEST_F(TraceReadingCommands, list_as_text_reads_names_and_spans_of_all) {
  EXPECT_EQ(run_on_summaries({"--from", "xray", "--output", "text"}), 0) << err_.str();
  EXPECT_THAT(told_.completed, ElementsAre(100U, 50U));
  EXPECT_EQ(lines(), 150U);
  EXPECT_THAT(out_.str(), HasSubstr("\t7\t0\troot 1\tshop\t"));
  EXPECT_EQ(err_.str(), "");
}

TEST_F(TraceReadingCommands, list_has_all_rows_when_names_and_spans_are_refused) {
  told_.complete = core::fail(core::Code::permission_denied, "BatchGetTraces: not allowed");
  EXPECT_EQ(run_on_summaries({"--from", "xray", "--output", "text"}), 4);
  EXPECT_EQ(lines(), 150U);
  EXPECT_THAT(out_.str(), HasSubstr("\tok\t-\t-\t-\t-\t1-65f0a1b2-"));
  EXPECT_EQ(err_.str(), "spawn: names and spans could not be read: BatchGetTraces: not allowed\n");
}

TEST_F(TraceReadingCommands, list_has_the_rows_that_can_be_read_and_says_that_others_cannot) {
  told_.found = core::fail(core::Code::io, "traces.db: damaged");
  EXPECT_EQ(run_on_summaries({"--from", "local"}), 1);
  EXPECT_EQ(lines(), 151U);
  EXPECT_THAT(err_.str(), "spawn: traces.db: damaged\n");
}

TEST_F(TraceReadingCommands, list_filters_summaries_itself_where_their_source_does_not) {
  EXPECT_EQ(run_on_summaries({"fault", "--quiet", "--from", "local"}), 0) << err_.str();
  EXPECT_EQ(lines(), 75U);
  EXPECT_EQ(run_on_summaries({"fault", "--quiet", "--from", "xray"}), 0) << err_.str();
  EXPECT_EQ(lines(), 150U);
}

TEST_F(TraceReadingCommands, a_filter_typo_shows_where) {
  EXPECT_EQ(run({"list", "ok AND duratoin > 1"}), 2);
  EXPECT_EQ(
      err_.str(),
      "spawn trace list: FILTER: 'duratoin' is no keyword of filter expressions; did you mean "
      "duration?\n"
      "  ok AND duratoin > 1\n"
      "         ^^^^^^^^\n");
}

TEST_F(TraceReadingCommands, a_trace_id_is_no_filter_and_leads_to_show) {
  for (const char* command : {"list", "map", "tail", "cost"}) {
    EXPECT_EQ(run({command, kShop}), 2) << command;
    EXPECT_THAT(err_.str(), HasSubstr(std::string("'spawn trace show ") + kShop + "' shows it"));
  }
}

TEST_F(TraceReadingCommands, what_only_x_ray_knows_is_left_to_x_ray) {
  EXPECT_EQ(run({"list", "rootcause.fault.service { name = \"a\" }"}), 2);
  EXPECT_EQ(run_on_summaries({"coverage > 0.5", "--from", "xray"}), 0) << err_.str();
}

TEST_F(TraceReadingCommands, bad_times_and_forms_are_named) {
  EXPECT_EQ(run({"list", "--since", "yesterday"}), 2);
  EXPECT_THAT(err_.str(), HasSubstr("--since: 'yesterday' is no time; expected 30m, 2h, 1d"));
  EXPECT_EQ(run({"list", "--since", "1h", "--until", "2h"}), 2);
  EXPECT_THAT(err_.str(), HasSubstr("--since is later than --until"));
  for (const char* command : {"list", "map", "tail", "cost"}) {
    EXPECT_EQ(run({command, "--output", "xml"}), 2) << command;
  }
}

TEST_F(TraceReadingCommands, show_tells_where_the_time_went) {
  EXPECT_EQ(run({"show", kShop}), 0);
  EXPECT_THAT(out_.str(), HasSubstr("Critical path: 2 s"));
  EXPECT_THAT(out_.str(), HasSubstr("75 %  S3.GetObject (shop)"));
  EXPECT_EQ(run({"show", kShop, "--output", "json"}), 0);
  const auto json = core::Json::parse(out_.str());
  ASSERT_TRUE(json.has_value()) << out_.str();
  EXPECT_EQ(json->find("spans")->array()->size(), 2U);
  EXPECT_EQ(json->find("critical_path")->array()->size(), 2U);
}

TEST_F(TraceReadingCommands, map_counts_who_calls_whom) {
  EXPECT_EQ(run({"map", "--output", "text"}), 0) << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("client\tshop\t-\t1\t0\t0\t0\t1\t2 s\n"));
  EXPECT_THAT(out_.str(), HasSubstr("shop\tS3\tAWS::S3\t1\t0\t1\t0\t0\t1.5 s\n"));
  EXPECT_EQ(run({"map", "--trace", kJob, "--output", "json"}), 0) << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr(R"("Name":"spored")"));
  EXPECT_THAT(out_.str(), Not(HasSubstr("shop")));
  EXPECT_EQ(run({"map", "--trace", kJob, "--output", "text"}), 0) << err_.str();
  EXPECT_EQ(out_.str(), "client\tspored\t-\t0\t0\t0\t0\t0\t-\n");
  EXPECT_EQ(run({"map", "--trace", "1-65f0a1b3-00000000000000000000000f"}), 3);
  EXPECT_EQ(run({"map", "--trace", "42"}), 2);
}

TEST_F(TraceReadingCommands, map_and_cost_read_no_trace_of_this_machine_whole) {
  EXPECT_EQ(run_on_summaries({"--from", "local", "--output", "text"}, "map"), 0) << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("shop\tcart-table\t-\t150\t150\t0\t0\t0\t2 ms\n"));
  EXPECT_EQ(run_on_summaries({"fault", "--from", "local", "--output", "text"}, "map"), 0);
  EXPECT_THAT(out_.str(), HasSubstr("shop\tcart-table\t-\t75\t75\t"));
  EXPECT_EQ(run_on_summaries({"--from", "local", "--output", "text"}, "cost"), 0) << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("100 %\t150\t450\t"));
  EXPECT_THAT(told_.completed, IsEmpty());
}

TEST_F(TraceReadingCommands, map_and_cost_count_what_can_be_read_and_say_that_others_cannot) {
  told_.found = core::fail(core::Code::io, "2 traces could not be read: traces.db: damaged");
  for (const char* command : {"map", "cost"}) {
    EXPECT_EQ(run_on_summaries({"--from", "local", "--output", "json"}, command), 1);
    EXPECT_THAT(out_.str(), HasSubstr("150")) << command;
    EXPECT_EQ(err_.str(), "spawn: 2 traces could not be read: traces.db: damaged\n");
  }
}

TEST_F(TraceReadingCommands, map_and_cost_say_only_why_where_nothing_can_be_read) {
  for (const char* command : {"map", "cost"}) {
    EXPECT_EQ(run_on_summaries({"--from", "xray"}, command), 1);
    EXPECT_EQ(out_.str(), "") << command;
    EXPECT_EQ(err_.str(), "spawn: traces were read whole\n");
  }
}

TEST_F(TraceReadingCommands, array_reads_only_its_own_traces_of_this_machine) {
  file_ =
      R"({"trace_id":"65f0a1b2000000000000000000000003","span_id":"00000000000000b1","parent_span_id":null,"name":"job","kind":"INTERNAL","start":"2026-01-02T03:05:00Z","end":null,"attributes":{"spawn.job_array_id":"sweep","spawn.job_array_index":0,"spawn.instance_id":"i-0"},"resource":{"service.name":"spored"}})";
  told_.found = core::fail(core::Code::io, "1 trace could not be read: traces.db: damaged");
  std::vector<std::uint64_t> asked_for;
  Parts mine = parts();
  const auto make = mine.make_source;
  mine.make_source = [&](const SourceRequest& request) -> decltype(make(request)) {
    return std::make_unique<OneByOne>(*make(request), asked_for);
  };
  mine.make_summaries = [&](const SourceRequest&) {
    return std::make_unique<Summaries>(told_, false);
  };
  const auto run_array = [&](const char* id) {
    return spawn_commands({"trace", "array", id, "--from", "local", "--output", "text"}, mine)
        .shell_code();
  };
  EXPECT_EQ(run_array("sweep"), 1);
  EXPECT_THAT(asked_for, ElementsAre(3U));
  EXPECT_THAT(out_.str(), HasSubstr("running"));
  EXPECT_EQ(err_.str(), "spawn: 1 trace could not be read: traces.db: damaged\n");
}

TEST_F(TraceReadingCommands, diff_says_what_changed) {
  EXPECT_EQ(run({"diff", kShop, kJob, "--output", "json"}), 0) << err_.str();
  const auto json = core::Json::parse(out_.str());
  ASSERT_TRUE(json.has_value() && json->array() != nullptr) << out_.str();
  EXPECT_EQ((*json->array())[0].text_at("name"), "S3.GetObject");
  EXPECT_EQ(*(*json->array())[0].find("change_ns")->integer(), -1'500'000'000);
  EXPECT_EQ(run({"diff", kShop, "1-65f0a1b3-00000000000000000000000f"}), 3);
}

TEST_F(TraceReadingCommands, export_knows_its_formats) {
  for (const char* format : {"jsonl", "jaeger", "chrome"}) {
    EXPECT_EQ(run({"export", kShop, "--format", format}), 0) << err_.str();
    EXPECT_THAT(out_.str(), HasSubstr("S3.GetObject")) << format;
  }
  EXPECT_EQ(run({"export", kShop, "--format", "jager"}), 2);
  EXPECT_THAT(err_.str(), HasSubstr("did you mean 'jaeger'?"));
}

TEST_F(TraceReadingCommands, cost_counts_what_was_recorded) {
  EXPECT_EQ(run({"cost", "--output", "text", "--price", "1000000"}), 0) << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("100 %\t2\t3\t2.00\t"));
  EXPECT_THAT(out_.str(), HasSubstr("1 %\t0\t0\t0.02\t"));
  for (const char* price : {"-1", "x", "nan"}) {
    EXPECT_EQ(run({"cost", "--price", price}), 2) << price;
    EXPECT_THAT(err_.str(), HasSubstr("is no price; expected US dollars")) << price;
  }
}

TEST_F(TraceReadingCommands, tail_shows_what_comes_and_what_ends_until_it_is_interrupted) {
  clock_.advance(std::chrono::minutes(10));
  Parts mine = parts();
  int looks = 0;
  const auto make = mine.make_source;
  mine.make_source = [&](const SourceRequest& request) {
    ++looks;
    if (looks == 2) {
      const auto end = file_.find("\"end\":null");
      file_.replace(end, 10, R"("end":"2026-01-02T03:06:00Z")");
    }
    if (looks == 3) kill(getpid(), SIGINT);
    return make(request);
  };
  const auto status = spawn_commands(
      {"trace", "tail", "--from", "spans.jsonl", "--since", "2026-01-01T00:00:00Z", "-q"}, mine);
  EXPECT_EQ(status.signal, SIGINT);
  EXPECT_EQ(looks, 3);
  // The shop's once; the job's when it came and when it ended.
  EXPECT_EQ(out_.str(), fmt::format("{}\n{}\n{}\n", kShop, kJob, kJob));
}

TEST_F(TraceReadingCommands, tail_goes_on_beside_traces_that_cannot_be_read_and_says_so_once) {
  told_.found = core::fail(core::Code::io, "1 trace could not be read: traces.db: damaged");
  int looks = 0;
  const auto end_second = [&] {
    if (++looks == 2) kill(getpid(), SIGINT);
  };
  EXPECT_EQ(run_on_summaries({"--from", "local"}, "tail", end_second), 128 + SIGINT);
  EXPECT_EQ(lines(), 150U);
  EXPECT_EQ(err_.str(), "spawn: 1 trace could not be read: traces.db: damaged\n");
}

TEST_F(TraceReadingCommands, tail_reads_names_of_all_that_came_a_hundred_at_a_time) {
  int looks = 0;
  const auto end_second = [&] {
    if (++looks == 2) kill(getpid(), SIGINT);
  };
  EXPECT_EQ(run_on_summaries({"--from", "xray"}, "tail", end_second), 128 + SIGINT);
  EXPECT_THAT(told_.completed, ElementsAre(100U, 50U));
  EXPECT_EQ(lines(), 150U);
  EXPECT_LT(out_.str().find("  root 1  "), out_.str().find("  root 150  "));
}

TEST_F(TraceReadingCommands, tail_goes_on_without_names_and_says_once_why) {
  told_.complete = core::fail(core::Code::throttled, "BatchGetTraces: slow down");
  int looks = 0;
  const auto end_second = [&] {
    if (++looks == 2) kill(getpid(), SIGINT);
  };
  EXPECT_EQ(run_on_summaries({"--from", "xray"}, "tail", end_second), 128 + SIGINT);
  EXPECT_EQ(lines(), 150U);
  EXPECT_THAT(out_.str(), HasSubstr("  ok        -  1-65f0a1b2-"));
  EXPECT_EQ(err_.str(), "spawn: names and spans could not be read: BatchGetTraces: slow down\n");
}

}  // namespace
}  // namespace spawn::cli
