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
  core::Status read_all() {
    found_.clear();
    core::Status unread = core::ok();
    EXPECT_TRUE(traces_.all(
        {}, [&](const Digest& digest) { found_.push_back(digest.summary.id.low); }, &unread));
    return unread;
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

TEST_F(TracesTest, what_cannot_be_read_is_an_error_beside_all_that_can) {
  put(1);
  ASSERT_TRUE(read_all());  // keeps its digest
  put(2);
  execute("DROP TABLE documents");
  const auto all = read_all();
  ASSERT_FALSE(all);
  EXPECT_EQ(all.error().code, core::Code::io);
  EXPECT_THAT(all.error().message, ::testing::HasSubstr("traces.db"));
  EXPECT_THAT(found_, ::testing::ElementsAre(1U));
}

TEST_F(TracesTest, what_is_gone_meanwhile_is_no_error) {
  put(1);
  put(2);
  execute("DELETE FROM batches WHERE trace = (SELECT key FROM traces ORDER BY start_ns LIMIT 1)");
  EXPECT_TRUE(read_all());
  EXPECT_THAT(found_, ::testing::ElementsAre(2U));
}

}  // namespace
}  // namespace spawn::server
