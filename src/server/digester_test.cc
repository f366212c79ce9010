// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "server/digester.h"

#include <chrono>
#include <thread>

#include "server/test_service.h"

namespace spawn::server {
namespace {

class DigesterTest : public StoreTest {
 protected:
  void write(std::uint64_t id) {
    trace::SpanRecord span;
    span.trace_id = {0x6957000000000000, id};
    span.span_id = {id};
    span.start_ns = 1'767'323'045'000'000'000;
    span.end_ns = span.start_ns + 1'000'000;
    span.set_name("work");
    ASSERT_TRUE(store_->write({&span, 1}));
  }
  std::size_t without_digest() {
    std::size_t count = 0;
    EXPECT_TRUE(store_->for_each({}, [&](const store::TraceRow& row) {
      count += row.digest.empty() ? 1 : 0;
      return true;
    }));
    return count;
  }
  // Until all have one, or for so long that they never will.
  void wait_for_digests() {
    for (int i = 0; i < 1000 && without_digest() > 0; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }
};

TEST_F(DigesterTest, digests_are_made_before_anybody_asks) {
  for (std::uint64_t id = 1; id <= 3; ++id) write(id);
  ASSERT_EQ(without_digest(), 3U);
  Traces traces(*store_, clock_);
  const Digester digester(traces);
  wait_for_digests();
  EXPECT_EQ(without_digest(), 0U);
  // What comes later, too.
  write(4);
  wait_for_digests();
  EXPECT_EQ(without_digest(), 0U);
}

}  // namespace
}  // namespace spawn::server
