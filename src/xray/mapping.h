// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Which attributes a segment document is made of, as tables: for the writer (fields.cc), for the
// reader (foreign_span.cc) and for people (docs/reference/xray-mapping.md is made from this file by
// tools/check-docs --write). Sources: semantic conventions v1.44.0 and the older names that
// foreign programs still send; the guide's names; the names that AWS's distributions set.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace spawn::xray {

// What a document can be told. Text, then numbers, then what may have any type.
enum class Field : std::uint8_t {
  rpc_system,
  rpc_service,
  rpc_method,
  aws_service,
  operation,
  region,
  cloud_region,
  request_id,
  extended_request_id,
  account_id,
  queue_url,
  table_name,
  bucket,
  object_key,
  topic_arn,
  stream_name,
  function_name,
  error_type,
  remote_service,
  local_service,
  span_role,
  peer_service,
  server_address,
  http_host,
  host_name,
  peer_name,
  peer_ip,
  destination,
  method,
  url,
  url_scheme,
  url_path,
  url_query,
  target,
  user_agent,
  client_address,
  db_system,
  db_namespace,
  db_query,
  db_user,
  connection_string,
  user,
  // Numbers.
  status,
  content_length,
  attempts,
  server_port,
  peer_port,
  host_port,
  // Of any type.
  tables,
  annotated,
  flags,
  instance_id,
  job_array_id,
  job_array_index,
  count
};
inline constexpr std::size_t kFields = static_cast<std::size_t>(Field::count);
static_assert(kFields <= 64, "a set of fields is one word");
inline constexpr Field kFirstNumber = Field::status;
inline constexpr Field kFirstOther = Field::tables;
inline constexpr std::size_t kNumbers =
    static_cast<std::size_t>(kFirstOther) - static_cast<std::size_t>(kFirstNumber);
constexpr bool is_text(Field field) { return field < kFirstNumber; }
constexpr bool is_number(Field field) { return field >= kFirstNumber && field < kFirstOther; }

// An attribute and what it says. Of several that say the same the first one of this table counts:
// newest conventions first, except that the guide's own names come before all.
struct Name {
  std::string_view attribute;
  Field field;
};
inline constexpr auto kNames = std::to_array<Name>({
    // AWS call
    {"aws.service", Field::aws_service},
    {"rpc.system.name", Field::rpc_system},
    {"rpc.system", Field::rpc_system},
    {"rpc.service", Field::rpc_service},
    {"aws.operation", Field::operation},
    {"rpc.method", Field::rpc_method},
    {"aws.region", Field::region},
    {"cloud.region", Field::cloud_region},
    {"aws.request_id", Field::request_id},
    {"aws.requestId", Field::request_id},
    {"aws.extended_request_id", Field::extended_request_id},
    {"aws.account_id", Field::account_id},
    {"spawn.aws.attempts", Field::attempts},
    {"aws.s3.bucket", Field::bucket},
    {"aws.bucket.name", Field::bucket},
    {"aws.s3.key", Field::object_key},
    {"aws.sqs.queue.url", Field::queue_url},
    {"messaging.url", Field::queue_url},
    {"aws.queue_url", Field::queue_url},
    {"aws.queue.url", Field::queue_url},
    {"aws.dynamodb.table_names", Field::tables},
    {"aws.table_name", Field::table_name},
    {"aws.table.name", Field::table_name},
    {"aws.sns.topic.arn", Field::topic_arn},
    {"aws.kinesis.stream_name", Field::stream_name},
    {"aws.stream.name", Field::stream_name},
    {"faas.invoked_name", Field::function_name},
    // HTTP
    {"http.request.method", Field::method},
    {"http.method", Field::method},
    {"url.full", Field::url},
    {"http.url", Field::url},
    {"url.scheme", Field::url_scheme},
    {"http.scheme", Field::url_scheme},
    {"url.path", Field::url_path},
    {"url.query", Field::url_query},
    {"http.target", Field::target},
    {"user_agent.original", Field::user_agent},
    {"http.user_agent", Field::user_agent},
    {"client.address", Field::client_address},
    {"http.client_ip", Field::client_address},
    {"http.response.status_code", Field::status},
    {"http.status_code", Field::status},
    {"http.response.body.size", Field::content_length},
    {"http.response_content_length", Field::content_length},
    // Peers
    {"aws.span.kind", Field::span_role},
    {"aws.local.service", Field::local_service},
    {"aws.remote.service", Field::remote_service},
    {"service.peer.name", Field::peer_service},
    {"peer.service", Field::peer_service},
    {"server.address", Field::server_address},
    {"http.host", Field::http_host},
    {"http.server_name", Field::host_name},
    {"net.host.name", Field::host_name},
    {"net.peer.name", Field::peer_name},
    {"network.peer.address", Field::peer_ip},
    {"net.sock.peer.addr", Field::peer_ip},
    {"net.peer.ip", Field::peer_ip},
    {"server.port", Field::server_port},
    {"net.peer.port", Field::peer_port},
    {"net.host.port", Field::host_port},
    {"messaging.destination.name", Field::destination},
    {"messaging.destination", Field::destination},
    // Database
    {"db.system.name", Field::db_system},
    {"db.system", Field::db_system},
    {"db.namespace", Field::db_namespace},
    {"db.name", Field::db_namespace},
    {"db.query.text", Field::db_query},
    {"db.statement", Field::db_query},
    {"db.user", Field::db_user},
    {"db.connection_string", Field::connection_string},
    // Others
    {"error.type", Field::error_type},
    {"enduser.id", Field::user},
    {"user.id", Field::user},
    {"aws.xray.annotations", Field::annotated},
    {"aws.xray.flags", Field::flags},
    {"spawn.instance_id", Field::instance_id},
    {"spawn.job_array_id", Field::job_array_id},
    {"spawn.job_array_index", Field::job_array_index},
});

// A member of the document is read back as this attribute, and our metadata need not repeat it.
struct Member {
  std::string_view path;  // in the document
  std::string_view attribute;
  Field field;
};
inline constexpr auto kMembers = std::to_array<Member>({
    {"http.request.method", "http.request.method", Field::method},
    {"http.request.url", "url.full", Field::url},
    {"http.request.user_agent", "user_agent.original", Field::user_agent},
    {"http.request.client_ip", "client.address", Field::client_address},
    {"http.response.status", "http.response.status_code", Field::status},
    {"http.response.content_length", "http.response.body.size", Field::content_length},
    {"aws.operation", "aws.operation", Field::operation},
    {"aws.operation", "rpc.method", Field::rpc_method},
    {"aws.region", "aws.region", Field::region},
    {"aws.region", "cloud.region", Field::cloud_region},
    {"aws.request_id", "aws.request_id", Field::request_id},
    {"aws.id_2", "aws.extended_request_id", Field::extended_request_id},
    {"aws.account_id", "aws.account_id", Field::account_id},
    {"aws.bucket_name", "aws.s3.bucket", Field::bucket},
    {"aws.key", "aws.s3.key", Field::object_key},
    {"aws.queue_url", "aws.sqs.queue.url", Field::queue_url},
    {"aws.topic_arn", "aws.sns.topic.arn", Field::topic_arn},
    {"aws.stream_name", "aws.kinesis.stream_name", Field::stream_name},
    {"aws.function_name", "faas.invoked_name", Field::function_name},
});

// Members that are read back in a way of their own.
inline constexpr auto kOtherMembers = std::to_array<Member>({
    {"namespace", "rpc.system", Field::rpc_system},
    {"name", "rpc.service", Field::rpc_service},
    {"aws.table_name", "aws.dynamodb.table_names", Field::tables},
    {"aws.retries", "spawn.aws.attempts", Field::attempts},
});

// Where resource attributes go; the first one that is there counts.
struct ResourceMember {
  std::string_view path;
  std::string_view attribute;
};
inline constexpr auto kResourceMembers = std::to_array<ResourceMember>({
    {"name", "service.name"},
    {"service.version", "service.version"},
    {"service.version", "container.image.tags"},
    {"service.version", "container.image.tag"},
    {"aws.account_id", "cloud.account.id"},
    {"aws.ec2.instance_id", "host.id"},
    {"aws.ec2.instance_size", "host.type"},
    {"aws.ec2.ami_id", "host.image.id"},
    {"aws.ec2.availability_zone", "cloud.availability_zone"},
    {"aws.ecs.container", "container.name"},
    {"aws.ecs.container_id", "container.id"},
    {"aws.ecs.container_arn", "aws.ecs.container.arn"},
    {"aws.ecs.task_arn", "aws.ecs.task.arn"},
    {"aws.ecs.task_family", "aws.ecs.task.family"},
    {"aws.ecs.cluster_arn", "aws.ecs.cluster.arn"},
    {"aws.ecs.launch_type", "aws.ecs.launchtype"},
    {"aws.ecs.availability_zone", "cloud.availability_zone"},
    {"aws.eks.cluster_name", "k8s.cluster.name"},
    {"aws.eks.pod", "k8s.pod.name"},
    {"aws.eks.container_id", "container.id"},
    {"aws.elastic_beanstalk.environment_name", "service.namespace"},
    {"aws.elastic_beanstalk.version_label", "service.version"},
    {"aws.elastic_beanstalk.deployment_id", "service.instance.id"},
    {"aws.cloudwatch_logs.arn", "aws.log.group.arns"},
    {"aws.cloudwatch_logs.log_group", "aws.log.group.names"},
    {"aws.xray.sdk", "telemetry.sdk.name"},
    {"aws.xray.sdk_version", "telemetry.sdk.version"},
    {"aws.xray.auto_instrumentation", "telemetry.distro.version"},
    {"aws.xray.auto_instrumentation", "telemetry.auto.version"},
});

// The databases that speak SQL, as db.system.name and db.system call them.
inline constexpr std::string_view kOtherSql = "other_sql";
inline constexpr auto kSqlSystems = std::to_array<std::string_view>({
    "actian.ingres",
    "aws.redshift",
    "clickhouse",
    "cockroachdb",
    "db2",
    "derby",
    "firebirdsql",
    "gcp.spanner",
    "h2database",
    "hanadb",
    "hive",
    "hsqldb",
    "ibm.db2",
    "ibm.informix",
    "ibm.netezza",
    "informix",
    "ingres",
    "instantdb",
    "mariadb",
    "maxdb",
    "microsoft.sql_server",
    "mssql",
    "mysql",
    "netezza",
    "oracle",
    "oracle.db",
    kOtherSql,
    "postgresql",
    "redshift",
    "sap.hana",
    "sap.maxdb",
    "spanner",
    "sqlite",
    "sybase",
    "softwareag.adabas",
    "teradata",
    "trino",
    "vertica",
});

// In metadata.default stands before the name of what is the resource's and not the span's.
inline constexpr std::string_view kResourcePrefix = "otel.resource.";

// cloud.platform → origin, and the block of the document about the place.
struct Platform {
  std::string_view cloud_platform;
  std::string_view origin;
};
inline constexpr auto kPlatforms = std::to_array<Platform>({
    {"aws_ec2", "AWS::EC2::Instance"},
    {"aws_ecs", "AWS::ECS::Container"},
    {"aws_eks", "AWS::EKS::Container"},
    {"aws_elastic_beanstalk", "AWS::ElasticBeanstalk::Environment"},
    {"aws_app_runner", "AWS::AppRunner::Service"},
    {"aws_lambda", "AWS::Lambda::Function"},
});

}  // namespace spawn::xray
