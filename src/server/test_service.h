// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What tests of this room share: a store in a folder of its own, and documents.
#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "core/json.h"
#include "server/fields.h"
#include "store/trace_store.h"
#include "testing/fakes.h"

namespace spawn::server {

inline constexpr const char* kTraceId = "1-69570000-000000000000000000000001";

// A segment of kTraceId that took a second; `more` are members, each with a comma before it.
inline std::string segment(std::string_view id, std::string_view more = "",
                           std::string_view name = "shop") {
  return fmt::format(
      R"({{"trace_id":"{}","id":"{}","name":"{}","start_time":1767323045.0,"end_time":1767323046.0{}}})",
      kTraceId, id, name, more);
}

class StoreTest : public ::testing::Test {
 protected:
  StoreTest() {
    char name[] = "/tmp/spawn-server.XXXXXX";
    folder_ = mkdtemp(name);
    auto store = store::TraceStore::open(folder_ + "/traces.db", clock_);
    EXPECT_TRUE(store) << store.error().message;
    store_ = std::move(*store);
  }
  ~StoreTest() override { std::filesystem::remove_all(folder_); }

  std::string folder_;
  testing::FakeClock clock_;
  std::unique_ptr<store::TraceStore> store_;
};

}  // namespace spawn::server
