// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "launch/policy.h"

#include <fmt/format.h>

#include <vector>

#include "handoff/registry.h"

namespace spawn::launch {
namespace {

struct Statement {
  std::string_view sid;
  std::vector<std::string_view> actions;
  std::vector<std::string> resources;
  bool only_ours = false;  // instances that spawn launched
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
  if (statement.only_ours) {
    text +=
        ",\n      \"Condition\": {\n        \"StringEquals\": { \"aws:ResourceTag/spawn:managed\": "
        "\"true\" }\n      }";
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
  if (request.who == PolicyFor::person) statement.actions.emplace_back("xray:BatchGetTraces");
  return statement;
}

Statement registry(const PolicyRequest& request) {
  return {"Registry",
          {"dynamodb:PutItem", "dynamodb:GetItem", "dynamodb:UpdateItem", "dynamodb:Query",
           "dynamodb:CreateTable", "dynamodb:DescribeTable", "dynamodb:UpdateTimeToLive"},
          {fmt::format("arn:aws:dynamodb:{}:{}:table/{}", request.region, request.account,
                       handoff::kRegistryTable)}};
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
      {"Launch", {"ec2:RunInstances", "ec2:CreateTags"}, {"*"}},
      {"Change",
       {"ec2:TerminateInstances", "ec2:StopInstances", "ec2:StartInstances"},
       {instances(request)},
       true},
      {"AgentBucket", {"s3:CreateBucket", "s3:ListBucket"}, {bucket(request, "")}},
      {"AgentPackage", {"s3:GetObject", "s3:PutObject"}, {bucket(request, "/*")}},
      registry(request)};
  if (!request.iam_role.empty()) {
    statements.push_back(
        {"Role",
         {"iam:PassRole"},
         {fmt::format("arn:aws:iam::{}:role/{}", request.account, request.iam_role)}});
  }
  if (request.queue) {
    statements.push_back({"Queue",
                          {"sqs:GetQueueUrl", "sqs:SendMessage"},
                          {fmt::format("arn:aws:sqs:{}:{}:*", request.region, request.account)}});
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
       true}};
  if (request.queue) {
    statements.push_back({"Queue",
                          {"sqs:GetQueueUrl", "sqs:ReceiveMessage", "sqs:DeleteMessage",
                           "sqs:ChangeMessageVisibility"},
                          {fmt::format("arn:aws:sqs:{}:{}:*", request.region, request.account)}});
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
