// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/table.h"

#include <gtest/gtest.h>

#include <sstream>

namespace spawn::cli {
namespace {

using core::Json;

std::string written(OutputForm form, bool quiet = false) {
  Table table({{"id", "INSTANCE"}, {"index", "#"}, {"state", "STATE"}, {"trace_id", ""}}, "id");
  table.add({Json(std::string("i-1")), Json(std::int64_t{0}), Json(std::string("läuft")),
             Json(std::string("abc"))});
  table.add({Json(std::string("i-22\x1b[31m")), Json(std::int64_t{10}), Json(), Json()});
  std::ostringstream out;
  table.write(form, quiet, out);
  return out.str();
}

TEST(Table, aligns_columns_by_what_is_seen) {
  EXPECT_EQ(written(OutputForm::table),
            "INSTANCE      #   STATE\n"
            "i-1           0   läuft\n"
            "i-22\\x1b[31m  10  -\n");
}

TEST(Table, gives_machines_every_column_under_its_name) {
  EXPECT_EQ(written(OutputForm::jsonl),
            "{\"id\":\"i-1\",\"index\":0,\"state\":\"läuft\",\"trace_id\":\"abc\"}\n"
            "{\"id\":\"i-22\\u001b[31m\",\"index\":10,\"state\":null,\"trace_id\":null}\n");
  const auto json = Json::parse(written(OutputForm::json));
  ASSERT_TRUE(json);
  ASSERT_NE(json->array(), nullptr);
  EXPECT_EQ(json->array()->size(), 2U);
}

TEST(Table, writes_text_with_tabs_and_no_titles) {
  EXPECT_EQ(written(OutputForm::text), "i-1\t0\tläuft\tabc\ni-22\\x1b[31m\t10\t-\t-\n");
}

TEST(Table, says_ids_alone_when_quiet) {
  EXPECT_EQ(written(OutputForm::json, true), "i-1\ni-22\\x1b[31m\n");
}

TEST(Table, of_nothing_is_nothing_to_a_person_and_an_empty_list_to_a_machine) {
  std::ostringstream table;
  Table({{"id", "ID"}}, "id").write(OutputForm::table, false, table);
  EXPECT_EQ(table.str(), "");
  std::ostringstream json;
  Table({{"id", "ID"}}, "id").write(OutputForm::json, false, json);
  EXPECT_EQ(json.str(), "[]\n");
}

TEST(FormOf, knows_four_forms) {
  EXPECT_EQ(form_of({"table", false, false}), OutputForm::table);
  EXPECT_EQ(form_of({"table", true, false}), OutputForm::json);
  EXPECT_EQ(form_of({"jsonl", false, false}), OutputForm::jsonl);
  EXPECT_EQ(form_of({"text", false, false}), OutputForm::text);
  EXPECT_FALSE(form_of({"yaml", false, false}));
}

}  // namespace
}  // namespace spawn::cli
