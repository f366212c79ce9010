// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "launch/policy.h"

#include <fmt/format.h>

#include <vector>

#include "handoff/registry.h"

namespace spawn::launch {
namespace {

// What must be equal.
struct Condition {
  std::string_view key;
  std::string_view value;
};
// Instances that spawn launched; so what is no instance of spawn's must not be made one by a tag.
constexpr Condition kOnlyOurs{"aws:ResourceTag/spawn:managed", "true"};
constexpr Condition kAtLaunch{"ec2:CreateAction", "RunInstances"};

struct Statement {
  std::string_view sid;
  std::vector<std::string_view> actions;
  std::vector<std::string> resources;
  Condition condition{};
};

std::string list(const std::vector<std::string>& texts) {
  std::string lines;
  for (const std::string& text : texts) {
    lines += fmt::format("{}\n        \"{}\"", lines.empty() ? "" : ",", text);
  }
  return fmt::format("[{}\n      ]", lines);
}

std::string text_of(const Statement& statement) {
  std::string text = fmt::format(
      "    {{\n      \"Sid\": \"{}\",\n      \"Effect\": \"Allow\",\n      \"Action\": {},\n"
      "      \"Resource\": {}",
      statement.sid, list({statement.actions.begin(), statement.actions.end()}),
      list(statement.resources));
  if (!statement.condition.key.empty()) {
    text += fmt::format(
        ",\n      \"Condition\": {{\n        \"StringEquals\": {{ \"{}\": \"{}\" }}\n      }}",
        statement.condition.key, statement.condition.value);
  }
  return text + "\n    }";
}

std::string bucket(const PolicyRequest& request, std::string_view rest) {
  return fmt::format("arn:aws:s3:::spawn-agent-{}-{}{}", request.account, request.region, rest);
}

Statement traces(const PolicyRequest& request) {
  Statement statement{"Trace", {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}, {"*"}};
  if (request.remote_sampling) {
    statement.actions.insert(statement.actions.end(),
                             {"xray:GetSamplingRules", "xray:GetSamplingTargets"});
  }
  if (request.who == PolicyFor::person) {
    statement.actions.insert(statement.actions.end(),
                             {"xray:BatchGetTraces", "xray:GetTraceSummaries"});
  }
  return statement;
}

// A launch makes the table when it is not there; what was launched only writes its row.
Statement registry(const PolicyRequest& request) {
  Statement statement{
      "Registry",
      {"dynamodb:PutItem", "dynamodb:GetItem", "dynamodb:UpdateItem", "dynamodb:Query"},
      {fmt::format("arn:aws:dynamodb:{}:{}:table/{}", request.region, request.account,
                   handoff::kRegistryTable)}};
  if (request.who == PolicyFor::person) {
    statement.actions.insert(
        statement.actions.end(),
        {"dynamodb:CreateTable", "dynamodb:DescribeTable", "dynamodb:UpdateTimeToLive"});
  }
  return statement;
}

std::string queue(const PolicyRequest& request) {
  return fmt::format("arn:aws:sqs:{}:{}:{}", request.region, request.account, request.queue);
}

std::string object(const std::string& place) { return fmt::format("arn:aws:s3:::{}", place); }

std::string function(const PolicyRequest& request) {
  if (request.function.starts_with("arn:")) return request.function;
  return fmt::format("arn:aws:lambda:{}:{}:function:{}", request.region, request.account,
                     request.function);
}

std::string instances(const PolicyRequest& request) {
  return fmt::format("arn:aws:ec2:{}:{}:instance/*", request.region, request.account);
}

std::vector<Statement> for_person(const PolicyRequest& request) {
  std::vector<Statement> statements = {
      {"Look", {"ec2:DescribeInstances", "ec2:DescribeInstanceTypes", "ec2:DescribeImages"}, {"*"}},
      {"Image",
       {"ssm:GetParameter"},
       {fmt::format("arn:aws:ssm:{}::parameter/aws/service/*", request.region)}},
      {"Launch", {"ec2:RunInstances"}, {"*"}},
      {"TagAtLaunch", {"ec2:CreateTags"}, {"*"}, kAtLaunch},
      {"Change",
       {"ec2:TerminateInstances", "ec2:StopInstances", "ec2:StartInstances", "ec2:CreateTags"},
       {instances(request)},
       kOnlyOurs},
      {"AgentBucket", {"s3:CreateBucket", "s3:ListBucket"}, {bucket(request, "")}},
      {"AgentPackage", {"s3:GetObject", "s3:PutObject"}, {bucket(request, "/*")}},
      registry(request)};
  if (!request.iam_role.empty()) {
    statements.push_back(
        {"Role",
         {"iam:PassRole"},
         {fmt::format("arn:aws:iam::{}:role/{}", request.account, request.iam_role)}});
  }
  if (!request.queue.empty()) {
    statements.push_back({"Queue", {"sqs:GetQueueUrl", "sqs:SendMessage"}, {queue(request)}});
  }
  if (!request.results.empty()) {
    const std::string bucket = request.results.substr(0, request.results.find('/'));
    statements.push_back({"ResultsList", {"s3:ListBucket"}, {object(bucket)}});
    statements.push_back({"Results", {"s3:GetObject"}, {object(request.results + "*")}});
  }
  if (request.xray) statements.push_back(traces(request));
  return statements;
}

std::vector<Statement> for_instance(const PolicyRequest& request) {
  std::vector<Statement> statements = {
      {"AgentPackage", {"s3:GetObject"}, {bucket(request, "/*")}},
      registry(request),
      {"Tags", {"ec2:DescribeTags"}, {"*"}},
      {"End",
       {"ec2:TerminateInstances", "ec2:StopInstances", "ec2:CreateTags"},
       {instances(request)},
       kOnlyOurs}};
  if (!request.queue.empty()) {
    statements.push_back({"Queue",
                          {"sqs:GetQueueUrl", "sqs:GetQueueAttributes", "sqs:ReceiveMessage",
                           "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"},
                          {queue(request)}});
  }
  if (!request.jobs.empty()) {
    statements.push_back({"Jobs", {"s3:GetObject"}, {object(request.jobs)}});
  }
  if (!request.results.empty()) {
    statements.push_back(
        {"Results", {"s3:PutObject", "s3:AbortMultipartUpload"}, {object(request.results + "*")}});
  }
  if (!request.function.empty()) {
    statements.push_back({"Function", {"lambda:InvokeFunction"}, {function(request)}});
  }
  if (request.xray) statements.push_back(traces(request));
  return statements;
}

}  // namespace

std::string iam_policy(const PolicyRequest& request) {
  std::string statements;
  for (const Statement& statement :
       request.who == PolicyFor::person ? for_person(request) : for_instance(request)) {
    statements += fmt::format("{}\n{}", statements.empty() ? "" : ",", text_of(statement));
  }
  return fmt::format("{{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [{}\n  ]\n}}\n",
                     statements);
}

}  // namespace spawn::launch
