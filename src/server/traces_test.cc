// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "server/traces.h"

#include "server/test_service.h"
#include "server/xray_api.h"
#include "store/sqlite.h"

namespace spawn::server {
namespace {

class TracesTest : public StoreTest {
 protected:
  // A segment of a trace of its own.
  void put(int number) {
    const std::string id = fmt::format("1-69570000-{:024x}", number);
    const core::Json segment(core::Json::Object{{"trace_id", core::Json(id)},
                                                {"id", core::Json(std::string("00000000000000aa"))},
                                                {"name", core::Json(std::string("shop"))},
                                                {"start_time", core::Json(1767323000.0 + number)},
                                                {"end_time", core::Json(1767323001.0 + number)}});
    const core::Json request(core::Json::Object{
        {"TraceSegmentDocuments", core::Json(core::Json::Array{core::Json(segment.to_text())})}});
    EXPECT_EQ(xray_.serve("/TraceSegments", request.to_text()).status, 200);
  }
  Unread read_all() {
    found_.clear();
    const auto unread =
        traces_.all({}, [&](const Digest& digest) { found_.push_back(digest.summary.id.low); });
    EXPECT_TRUE(unread) << unread.error().message;
    return unread.value_or(Unread{});
  }
  void execute(const char* sql) {
    auto db = store::Database::open(store_->path(), store::Database::Access::read_write);
    ASSERT_TRUE(db) << db.error().message;
    const auto done = db->execute(sql);
    ASSERT_TRUE(done) << done.error().message;
  }

  Traces traces_{*store_, clock_};
  XRayApi xray_{*store_, traces_, clock_};
  std::vector<std::uint64_t> found_;
};

TEST_F(TracesTest, what_cannot_be_read_is_counted_beside_all_that_can) {
  put(1);
  ASSERT_EQ(read_all().count, 0U);  // keeps its digest
  put(2);
  put(3);
  execute("DROP TABLE documents");
  const Unread unread = read_all();
  EXPECT_EQ(unread.count, 2U);
  EXPECT_THAT(unread.reason, ::testing::HasSubstr("traces.db"));
  EXPECT_THAT(found_, ::testing::ElementsAre(1U));
}

TEST_F(TracesTest, a_trace_of_which_nothing_is_whole_is_named_and_counted) {
  put(1);
  put(2);
  execute("DELETE FROM documents WHERE trace = (SELECT max(key) FROM traces)");
  execute("UPDATE batches SET spans = x'00'");
  const Unread unread = read_all();
  EXPECT_EQ(unread.count, 1U);
  EXPECT_THAT(unread.reason,
              ::testing::HasSubstr(fmt::format("trace 1-69570000-{:024x}: all of its spans are "
                                               "damaged",
                                               2)));
  EXPECT_THAT(found_, ::testing::ElementsAre(1U));  // its document tells all
}

TEST_F(TracesTest, a_page_says_what_it_leaves_out) {
  put(1);
  put(2);
  ASSERT_TRUE(traces_.page({}));
  put(3);
  execute("DROP TABLE documents");
  const auto page = traces_.page({});
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_THAT(page->traces, ::testing::SizeIs(2));
  EXPECT_EQ(page->unread.count, 1U);
  EXPECT_THAT(page->unread.reason, ::testing::HasSubstr("traces.db"));
}

TEST_F(TracesTest, what_is_gone_meanwhile_is_not_missed) {
  put(1);
  put(2);
  execute("DELETE FROM batches WHERE trace = (SELECT key FROM traces ORDER BY start_ns LIMIT 1)");
  EXPECT_EQ(read_all().count, 0U);
  EXPECT_THAT(found_, ::testing::ElementsAre(2U));
}

}  // namespace
}  // namespace spawn::server
