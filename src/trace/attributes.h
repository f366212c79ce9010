// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Every attribute key that spawn writes or reads, in one table: the guide's names and
// OpenTelemetry's semantic conventions. Sources: docs/reference/attributes.md is made from this
// file; semantic conventions v1.44.0, cloud-providers/aws-sdk.md and general/; the guide's "Span
// Attributes".
#pragma once

#include <string_view>

namespace spawn::trace::key {

// The guide's own, on every AWS call.
inline constexpr std::string_view kAwsService = "aws.service";
inline constexpr std::string_view kAwsOperation = "aws.operation";
inline constexpr std::string_view kAwsRegion = "aws.region";
inline constexpr std::string_view kAwsRequestId = "aws.request_id";
inline constexpr std::string_view kError = "error";
inline constexpr std::string_view kInstanceId = "spawn.instance_id";
inline constexpr std::string_view kJobArrayId = "spawn.job_array_id";
inline constexpr std::string_view kJobArrayIndex = "spawn.job_array_index";

// Ours, beyond the guide.
inline constexpr std::string_view kSource =
    "spawn.source";  // "csm", "otlp", "xray": what an unmodified program sent
inline constexpr std::string_view kOriginalTraceId =
    "spawn.original_trace_id";  // the program's own, before its trace became part of the run's
// Where the launch's context came from: "registry", "tag", "none".
inline constexpr std::string_view kContextSource = "spawn.context_source";
inline constexpr std::string_view kProvider = "spawn.provider";  // "ec2", "local"
inline constexpr std::string_view kReason = "spawn.reason";      // why an instance is ended
inline constexpr std::string_view kSettingsChanged =
    "spawn.settings.changed";                               // names, with commas
inline constexpr std::string_view kJobId = "spawn.job_id";  // of a queue
inline constexpr std::string_view kAwsAttempts = "spawn.aws.attempts";
inline constexpr std::string_view kAwsThrottled = "spawn.aws.throttled";
inline constexpr std::string_view kAwsBackoffMs = "spawn.aws.backoff_ms";
inline constexpr std::string_view kAwsPolls = "spawn.aws.polls";     // of a waiter
inline constexpr std::string_view kAwsPages = "spawn.aws.pages";     // of a paginator
inline constexpr std::string_view kUnfinished = "spawn.unfinished";  // closed by a successor
inline constexpr std::string_view kContinues = "spawn.continues";    // the trace that was full
inline constexpr std::string_view kDnsMs = "spawn.http.dns_ms";
inline constexpr std::string_view kConnectMs = "spawn.http.connect_ms";
inline constexpr std::string_view kTlsMs = "spawn.http.tls_ms";
inline constexpr std::string_view kFirstByteMs = "spawn.http.first_byte_ms";

// Semantic conventions.
inline constexpr std::string_view kRpcSystem = "rpc.system";
inline constexpr std::string_view kRpcService = "rpc.service";
inline constexpr std::string_view kRpcMethod = "rpc.method";
inline constexpr std::string_view kAwsExtendedRequestId = "aws.extended_request_id";
inline constexpr std::string_view kCloudRegion = "cloud.region";
inline constexpr std::string_view kErrorType = "error.type";
inline constexpr std::string_view kHttpMethod = "http.request.method";
inline constexpr std::string_view kHttpStatus = "http.response.status_code";
inline constexpr std::string_view kHttpRequestBodySize = "http.request.body.size";
inline constexpr std::string_view kHttpResponseBodySize = "http.response.body.size";
inline constexpr std::string_view kHttpResendCount = "http.request.resend_count";
inline constexpr std::string_view kUrlFull = "url.full";
inline constexpr std::string_view kServerAddress = "server.address";
inline constexpr std::string_view kServerPort = "server.port";
inline constexpr std::string_view kPeerAddress = "network.peer.address";
inline constexpr std::string_view kUserAgent = "user_agent.original";
inline constexpr std::string_view kExecutable = "process.executable.name";
inline constexpr std::string_view kExitCode = "process.exit.code";
inline constexpr std::string_view kPid = "process.pid";

// Semantic conventions of S3 (object-stores/s3.md).
inline constexpr std::string_view kS3Bucket = "aws.s3.bucket";
inline constexpr std::string_view kS3Key = "aws.s3.key";
inline constexpr std::string_view kS3UploadId = "aws.s3.upload_id";
inline constexpr std::string_view kS3PartNumber = "aws.s3.part_number";

// Semantic conventions of DynamoDB (database/dynamodb.md).
inline constexpr std::string_view kDbSystem = "db.system.name";
inline constexpr std::string_view kDbOperation = "db.operation.name";
inline constexpr std::string_view kDbCollection = "db.collection.name";
inline constexpr std::string_view kDbStatus = "db.response.status_code";
inline constexpr std::string_view kDynamoDbTables = "aws.dynamodb.table_names";
inline constexpr std::string_view kDynamoDbConsistentRead = "aws.dynamodb.consistent_read";
inline constexpr std::string_view kDynamoDbProjection = "aws.dynamodb.projection";
inline constexpr std::string_view kDynamoDbIndex = "aws.dynamodb.index_name";
inline constexpr std::string_view kDynamoDbLimit = "aws.dynamodb.limit";
inline constexpr std::string_view kDynamoDbScanForward = "aws.dynamodb.scan_forward";
inline constexpr std::string_view kDynamoDbCount = "aws.dynamodb.count";
inline constexpr std::string_view kDynamoDbScannedCount = "aws.dynamodb.scanned_count";
inline constexpr std::string_view kDynamoDbCapacity = "aws.dynamodb.consumed_capacity";

// Semantic conventions of messaging (messaging/sqs.md) and Lambda (faas/aws-lambda.md).
inline constexpr std::string_view kMessagingSystem = "messaging.system";
inline constexpr std::string_view kMessagingOperation = "messaging.operation.name";
inline constexpr std::string_view kMessagingOperationType = "messaging.operation.type";
inline constexpr std::string_view kMessagingDestination = "messaging.destination.name";
inline constexpr std::string_view kMessageCount = "messaging.batch.message_count";
inline constexpr std::string_view kMessageId = "messaging.message.id";
inline constexpr std::string_view kSqsQueueUrl = "aws.sqs.queue.url";
inline constexpr std::string_view kFaasName = "faas.invoked_name";
inline constexpr std::string_view kFaasProvider = "faas.invoked_provider";
inline constexpr std::string_view kFaasRegion = "faas.invoked_region";

// Resource.
inline constexpr std::string_view kServiceName = "service.name";
inline constexpr std::string_view kServiceVersion = "service.version";
inline constexpr std::string_view kServiceInstanceId = "service.instance.id";
inline constexpr std::string_view kHostName = "host.name";
inline constexpr std::string_view kHostId = "host.id";
inline constexpr std::string_view kHostArch = "host.arch";
inline constexpr std::string_view kHostType = "host.type";
inline constexpr std::string_view kHostImageId = "host.image.id";
inline constexpr std::string_view kCloudProvider = "cloud.provider";
inline constexpr std::string_view kCloudPlatform = "cloud.platform";
inline constexpr std::string_view kCloudAccountId = "cloud.account.id";
inline constexpr std::string_view kCloudZone = "cloud.availability_zone";
inline constexpr std::string_view kContainerId = "container.id";
inline constexpr std::string_view kOsType = "os.type";
inline constexpr std::string_view kOsName = "os.name";
inline constexpr std::string_view kOsVersion = "os.version";
inline constexpr std::string_view kOsDescription = "os.description";
inline constexpr std::string_view kExecutablePath = "process.executable.path";
inline constexpr std::string_view kParentPid = "process.parent_pid";
inline constexpr std::string_view kProcessOwner = "process.owner";
inline constexpr std::string_view kSdkName = "telemetry.sdk.name";
inline constexpr std::string_view kSdkLanguage = "telemetry.sdk.language";
inline constexpr std::string_view kSdkVersion = "telemetry.sdk.version";

}  // namespace spawn::trace::key
