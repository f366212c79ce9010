// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "server/page_api.h"

#include <map>

#include "server/live.h"
#include "server/test_service.h"
#include "server/xray_api.h"
#include "store/sqlite.h"

namespace spawn::server {
namespace {

using core::Json;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class PageApiTest : public StoreTest {
 protected:
  Json get(const std::string& path, std::vector<std::pair<std::string, std::string>> query = {},
           int status = 200) {
    const Answer answer = page_.serve({"GET", path, std::move(query), {}, ""});
    EXPECT_EQ(answer.reply.status, status) << path << answer.reply.body;
    return *Json::parse(answer.reply.body);
  }
  Json ask(std::string_view path, std::string_view body) {
    const auto reply = xray_.serve(path, body);
    EXPECT_EQ(reply.status, 200) << reply.body;
    return *Json::parse(reply.body);
  }
  // Of a trace with that number, a second after the one before.
  void put(int number, std::string_view more = "", std::string_view name = "shop") {
    const std::string document =
        fmt::format(R"({{"trace_id":"1-69570000-{:024x}","id":"00000000000000aa","name":"{}",)"
                    R"("start_time":{}.0,"end_time":{}.5{}}})",
                    number, name, 1767323000 + number, 1767323000 + number, more);
    const Json request(Json::Object{{"TraceSegmentDocuments", Json(Json::Array{Json(document)})}});
    EXPECT_EQ(ask("/TraceSegments", request.to_text()).to_text(),
              R"({"UnprocessedTraceSegments":[]})");
  }
  static std::string id_of(int number) { return fmt::format("1-69570000-{:024x}", number); }

  Traces traces_{*store_, clock_};
  XRayApi xray_{*store_, traces_, clock_};
  PageApi page_{*store_, traces_, clock_,
                [this](std::string_view name) { return xray_.groups().expression_of(name); },
                "1.0"};
};

TEST_F(PageApiTest, lists_traces_newest_first_page_by_page) {
  for (int i = 1; i <= 5; ++i) put(i);
  Json page = get("/api/traces", {{"limit", "2"}});
  ASSERT_THAT(*list_at(page, "traces"), SizeIs(2));
  EXPECT_EQ(list_at(page, "traces")->at(0).text_at("id"), id_of(5));
  EXPECT_EQ(number_at(list_at(page, "traces")->at(0), "duration"), 0.5);
  page = get("/api/traces", {{"limit", "2"}, {"next", std::string(page.text_at("next"))}});
  EXPECT_EQ(list_at(page, "traces")->at(0).text_at("id"), id_of(3));
  page = get("/api/traces", {{"limit", "2"}, {"next", std::string(page.text_at("next"))}});
  EXPECT_THAT(*list_at(page, "traces"), SizeIs(1));
  EXPECT_TRUE(page.find("next")->is_null());
}

TEST_F(PageApiTest, filters_and_says_where_a_filter_is_wrong) {
  put(1);
  put(2, R"(,"fault":true)");
  const Json page = get("/api/traces", {{"filter", "fault"}});
  ASSERT_THAT(*list_at(page, "traces"), SizeIs(1));
  EXPECT_EQ(list_at(page, "traces")->at(0).text_at("id"), id_of(2));
  const Json wrong = get("/api/traces", {{"filter", "ok AND durationn > 1"}}, 400);
  EXPECT_EQ(number_at(wrong, "at"), 7.0);
  EXPECT_THAT(*list_at(get("/api/traces", {{"start", "1"}, {"end", "2"}}), "traces"), IsEmpty());
  get("/api/traces", {{"start", "yesterday"}}, 400);
  get("/api/traces", {{"limit", "0"}}, 400);
  get("/api/traces", {{"next", "x"}}, 400);
}

TEST_F(PageApiTest, answers_from_digests_until_a_trace_changes) {
  put(1);
  get("/api/traces");
  bool kept = false;
  ASSERT_TRUE(store_->for_each({}, [&](const store::TraceRow& row) {
    kept = digest_from(row.digest).has_value();
    return true;
  }));
  EXPECT_TRUE(kept);
  put(1, R"(,"id":"00000000000000ab","parent_id":"00000000000000aa","fault":true)", "db");
  EXPECT_THAT(*list_at(get("/api/traces", {{"filter", "service(\"db\") { fault }"}}), "traces"),
              SizeIs(1));
}

TEST_F(PageApiTest, says_how_many_traces_could_not_be_read_and_why) {
  put(1);
  for (const char* path : {"/api/traces", "/api/graph"}) {
    EXPECT_TRUE(get(path).find("unread")->is_null()) << path;
  }
  put(2);
  auto db = store::Database::open(store_->path(), store::Database::Access::read_write);
  ASSERT_TRUE(db && db->execute("DROP TABLE documents"));
  for (const char* path : {"/api/traces", "/api/graph"}) {
    const Json reply = get(path);
    EXPECT_EQ(number_at(*reply.find("unread"), "count"), 1.0) << path;
    EXPECT_THAT(std::string(reply.find("unread")->text_at("reason")), HasSubstr("traces.db"));
  }
}

TEST_F(PageApiTest, draws_the_graph_of_many_and_of_one) {
  constexpr const char* kCall =
      R"(,"subsegments":[{"id":"00000000000000bb","name":"S3","namespace":"aws","start_time":1767323001.1,
         "end_time":1767323001.2,"fault":true}])";
  put(1, kCall);
  put(2, kCall);
  for (const auto& [path, calls] : {std::pair<std::string, double>{"/api/graph", 2},
                                    {"/api/traces/" + id_of(1) + "/graph", 1}}) {
    const Json graph = get(path);
    std::map<std::string, Json> services;
    for (const Json& service : *list_at(graph, "services")) {
      services[std::string(service.text_at("name")) + " " + std::string(service.text_at("type"))] =
          service;
    }
    ASSERT_TRUE(services.contains("S3 AWS::S3")) << graph.to_text();
    EXPECT_EQ(number_at(services["S3 AWS::S3"], "fault"), calls);
  }
  const Json xray = ask("/TraceGraph", R"({"TraceIds":[")" + id_of(1) + "\"]}");
  EXPECT_THAT(*list_at(xray, "Services"), SizeIs(3));  // the client, shop, S3
  const Json all = ask("/ServiceGraph", R"({"StartTime":1767323000,"EndTime":1767324000})");
  EXPECT_THAT(*list_at(all, "Services"), SizeIs(3));
}

TEST_F(PageApiTest, gives_x_ray_its_summaries_page_by_page) {
  for (int i = 1; i <= 150; ++i) put(i);
  const std::string range = R"("StartTime":1767323000,"EndTime":1767324000)";
  const Json first = ask("/TraceSummaries", "{" + range + "}");
  const std::string next(first.text_at("NextToken"));
  ASSERT_FALSE(next.empty());
  const Json second = ask("/TraceSummaries", "{" + range + R"(,"NextToken":")" + next + "\"}");
  EXPECT_EQ(list_at(first, "TraceSummaries")->size() + list_at(second, "TraceSummaries")->size(),
            150U);
  EXPECT_EQ(second.find("NextToken"), nullptr);
  const auto wrong = xray_.serve("/TraceSummaries", "{" + range + R"(,"FilterExpression":"("})");
  EXPECT_EQ(wrong.status, 400);
  EXPECT_THAT(wrong.body, HasSubstr("FilterExpression"));
  EXPECT_EQ(xray_.serve("/TraceSummaries", "{}").status, 400);
}

TEST_F(PageApiTest, counts_by_time_for_edges_and_for_a_service) {
  for (int i = 1; i <= 90; ++i) put(i);
  const auto series = [&](std::string_view more) {
    return *list_at(
        ask("/TimeSeriesServiceStatistics",
            R"({"StartTime":1767323000,"EndTime":1767324000)" + std::string(more) + "}"),
        "TimeSeriesServiceStatistics");
  };
  double edges = 0;
  for (const Json& period : series("")) {
    edges += *number_at(*period.find("EdgeSummaryStatistics"), "TotalCount");
  }
  EXPECT_EQ(edges, 90);  // from the client
  double visits = 0;
  for (const Json& period :
       series(R"x(,"Period":300,"EntitySelectorExpression":"service(\"shop\")")x")) {
    visits += *number_at(*period.find("ServiceSummaryStatistics"), "TotalCount");
  }
  EXPECT_EQ(visits, 90);
  for (const Json& period : series(R"x(,"EntitySelectorExpression":"service(\"other\")")x")) {
    EXPECT_EQ(number_at(*period.find("ServiceSummaryStatistics"), "TotalCount"), 0.0);
  }
}

TEST_F(PageApiTest, uses_groups_as_filters) {
  put(1);
  put(2, R"(,"fault":true)");
  ask("/CreateGroup", R"({"GroupName":"bad","FilterExpression":"fault"})");
  const Json graph =
      ask("/ServiceGraph", R"({"StartTime":1767323000,"EndTime":1767324000,"GroupName":"bad"})");
  double total = 0;
  for (const Json& service : *list_at(graph, "Services")) {
    const Json* statistics = service.find("SummaryStatistics");
    if (statistics != nullptr) total += *number_at(*statistics, "TotalCount");
  }
  EXPECT_EQ(total, 1);
  EXPECT_EQ(xray_.serve("/CreateGroup", R"({"GroupName":"x","FilterExpression":"("})").status, 400);
}

TEST_F(PageApiTest, tells_of_the_members_of_an_array) {
  trace::Resource resource;
  const auto write = [&](std::uint64_t id, const char* name, int index, bool in_progress) {
    trace::SpanRecord span;
    span.trace_id = *trace::TraceId::from_xray(kTraceId);
    span.span_id = {id};
    span.start_ns = 1'767'323'000'000'000'000 + static_cast<std::int64_t>(id) * 1'000'000'000;
    span.end_ns = span.start_ns + 500'000'000;
    span.in_progress = in_progress;
    span.resource = &resource;
    span.set_name(name);
    span.set("spawn.job_array_id", "sweep");
    span.set("spawn.job_array_index", index);
    span.set("spawn.instance_id", fmt::format("i-{}", index));
    if (!in_progress && std::string_view(name) == "spored workload")
      span.set("process.exit.code", 3);
    span.settle();
    ASSERT_TRUE(store_->write({&span, 1}));
  };
  write(1, "spored boot", 1, false);
  write(2, "spored workload", 1, false);
  write(3, "S3.PutObject", 1, false);
  write(4, "spored workload", 0, true);
  const Json array = get("/api/arrays/sweep");
  const Json::Array& members = *list_at(array, "members");
  ASSERT_THAT(members, SizeIs(2));
  EXPECT_EQ(members[0].text_at("instance"), "i-0");
  EXPECT_TRUE(members[0].find("end")->is_null());
  EXPECT_TRUE(members[0].find("run")->array()->at(1).is_null());
  EXPECT_EQ(number_at(members[1], "exit_code"), 3.0);
  EXPECT_EQ(members[1].find("upload")->array()->at(0).number(), 1767323003.0);
  get("/api/arrays/none", {}, 404);
}

TEST_F(PageApiTest, tells_listeners_what_is_new_and_what_runs_and_for_how_long) {
  put(1);
  LiveView live(traces_, *store_, clock_, *store_->last_change());
  const auto next = [&] {
    std::string events;
    live.next(events);
    return events;
  };
  EXPECT_EQ(next(), ": still here\n\n");
  EXPECT_EQ(next(), "");
  put(2);
  EXPECT_THAT(next(), HasSubstr("event: traces\nid: 2\ndata: {\"change\":2"));
  const std::string open = fmt::format(
      R"({{"TraceSegmentDocuments":["{{\"trace_id\":\"{}\",\"id\":\"00000000000000cc\",\"name\":\"job\",)"
      R"(\"start_time\":1767323040.0,\"in_progress\":true}}"]}})",
      id_of(3));
  ask("/TraceSegments", open);
  std::string events = next() + next() + next();
  EXPECT_THAT(events, HasSubstr("event: unfinished"));
  EXPECT_THAT(events, HasSubstr(R"("id":"00000000000000cc")"));
  put(3, R"(,"id":"00000000000000cc")");
  events = next() + next() + next() + next();
  EXPECT_THAT(events, HasSubstr(R"("spans":[]})"));
}

TEST_F(PageApiTest, says_which_way_there_is_none) {
  get("/api/nothing", {}, 404);
  get("/api/traces/x", {}, 400);
  get("/api/traces/" + id_of(1), {}, 404);
  put(1);
  EXPECT_EQ(list_at(get("/api/traces/" + id_of(1)), "spans")->size(), 1U);
  EXPECT_EQ(get("/api/version").text_at("spawn"), "1.0");
}

}  // namespace
}  // namespace spawn::server
