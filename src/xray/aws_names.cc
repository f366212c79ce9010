// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "xray/aws_names.h"

#include <algorithm>
#include <array>
#include <string>

#include "core/text.h"

namespace spawn::xray {
namespace {

// serviceId of AWS's models, as the semantic conventions ask for.
constexpr auto kServices = std::to_array<std::string_view>({"API Gateway",
                                                            "Athena",
                                                            "Auto Scaling",
                                                            "Batch",
                                                            "Bedrock Runtime",
                                                            "CloudFormation",
                                                            "CloudWatch",
                                                            "CloudWatch Logs",
                                                            "DynamoDB",
                                                            "EC2",
                                                            "ECR",
                                                            "ECS",
                                                            "EFS",
                                                            "EKS",
                                                            "EventBridge",
                                                            "Firehose",
                                                            "Glue",
                                                            "IAM",
                                                            "Kinesis",
                                                            "KMS",
                                                            "Lambda",
                                                            "RDS",
                                                            "Redshift",
                                                            "Route 53",
                                                            "S3",
                                                            "SageMaker",
                                                            "Secrets Manager",
                                                            "SES",
                                                            "SFN",
                                                            "SNS",
                                                            "SQS",
                                                            "SSM",
                                                            "STS",
                                                            "XRay"});

constexpr auto kThrottles = std::to_array<std::string_view>(
    {"BandwidthLimitExceeded", "EC2ThrottledException", "LimitExceededException",
     "PriorRequestNotComplete", "ProvisionedThroughputExceeded",
     "ProvisionedThroughputExceededException", "RequestLimitExceeded", "RequestThrottled",
     "RequestThrottledException", "SlowDown", "ThrottledException", "Throttling",
     "ThrottlingException", "TooManyRequestsException", "TransactionInProgressException"});

constexpr auto kServiceFailures = std::to_array<std::string_view>(
    {"InternalError", "InternalException", "InternalFailure", "InternalServerError",
     "InternalServerException", "InternalServiceError", "InternalServiceException",
     "ServiceException", "ServiceFailure", "ServiceUnavailable", "ServiceUnavailableException",
     "Unavailable"});

}  // namespace

std::string_view aws_spelling(std::string_view service) {
  for (const std::string_view prefix : {"AWS.SDK.", "AWS::", "Amazon ", "Amazon", "AWS "}) {
    if (service.size() > prefix.size() && service.starts_with(prefix)) {
      service.remove_prefix(prefix.size());
      break;
    }
  }
  const auto at = std::ranges::find_if(
      kServices, [&](std::string_view known) { return core::iequals(known, service); });
  return at == kServices.end() ? service : *at;
}

bool is_throttle(std::string_view error_code) {
  return std::ranges::find(kThrottles, error_code) != kThrottles.end();
}

bool blames_caller(std::string_view error_code) {
  if (error_code.empty() || error_code[0] < 'A' || error_code[0] > 'Z') return false;
  return std::ranges::find(kServiceFailures, error_code) == kServiceFailures.end();
}

}  // namespace spawn::xray
