// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "handoff/dynamodb_registry.h"

#include "aws/stack.h"
#include "aws/test_support.h"
#include "handoff/test_registry.h"
#include "testing/fake_aws.h"
#include "testing/fakes.h"

namespace spawn::handoff {
namespace {

using ::testing::ElementsAre;

// A registry on FakeAws, and what it was asked.
class MadeDynamoDb {
 public:
  MadeDynamoDb() {
    SPAWN_CHECK(
        registry_.publish_launch(launch_row_of("to make the table"), core::Deadline::never()));
  }
  Registry& registry() { return registry_; }
  testing::FakeAws& aws() { return aws_; }
  std::vector<std::string> operations() {
    std::vector<std::string> names;
    for (const auto& seen : aws_.seen()) names.push_back(seen.operation);
    return names;
  }

 private:
  aws::TestTracing tracing_;
  testing::FakeAws aws_{tracing_.clock};
  aws::FixedCredentials credentials_;
  std::unique_ptr<aws::Caller> caller_ =
      aws::make_plain_stack({aws_, credentials_, tracing_.clock, tracing_.rng, aws::RetryPolicy{}});
  DynamoDbRegistry registry_{
      *caller_,
      {*core::Url::parse("https://dynamodb.eu-west-1.amazonaws.com/"), "eu-west-1"},
      tracing_.tracer};
};
INSTANTIATE_TYPED_TEST_SUITE_P(DynamoDb, RegistryTest, MadeDynamoDb);

TEST(DynamoDbRegistry, the_first_launch_makes_the_table_and_lets_its_rows_expire) {
  MadeDynamoDb made;
  EXPECT_THAT(made.operations(), ElementsAre("PutItem", "CreateTable", "DescribeTable",
                                             "UpdateTimeToLive", "PutItem"));
  ASSERT_TRUE(made.registry().publish_launch(launch_row_of("words"), core::Deadline::never()));
  EXPECT_EQ(made.operations().size(), 6U);
}

TEST(DynamoDbRegistry, a_registry_that_is_down_is_unavailable) {
  MadeDynamoDb made;
  made.aws().inject("dynamodb", {testing::Fault::Kind::refused, 100});
  const auto row = made.registry().read_launch(launch_id_of("words"), core::Deadline::never());
  ASSERT_FALSE(row);
  EXPECT_EQ(row.error().code, core::Code::unavailable) << row.error().message;
}

}  // namespace
}  // namespace spawn::handoff
