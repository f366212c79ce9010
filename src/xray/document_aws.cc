// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "core/text.h"
#include "trace/attributes.h"
#include "xray/draft.h"

namespace spawn::xray {
namespace {

namespace key = trace::key;
using trace::ValueType;

template <class Writer>
void write_tables(Draft<Writer>& draft) {
  const Fields& f = draft.fields;
  if (!f.has(Field::tables) || f.value(Field::tables).type() != ValueType::strings) {
    return draft.template field_member<R"(,"table_name":")">(Field::table_name);
  }
  std::size_t count = 0;
  std::string_view first;
  f.value(Field::tables).for_each_element([&](const trace::Value& table) {
    if (count++ == 0) first = table.string();
  });
  if (count == 1) return draft.template member<R"(,"table_name":")">(first);
  draft.out.template lit<R"(,"table_names":)">();
  draft.value(f.value(Field::tables));
}

// What a call is about.
constexpr std::uint64_t kResources = Fields::bits(
    {Field::account_id, Field::bucket, Field::object_key, Field::queue_url, Field::tables,
     Field::table_name, Field::topic_arn, Field::stream_name, Field::function_name});

template <class Writer>
void write_call(Draft<Writer>& draft) {
  const Fields& f = draft.fields;
  draft.template member<R"(,"operation":")">(f.operation);
  draft.template member<R"(,"region":")">(
      f.text(f.has(Field::region) ? Field::region : Field::cloud_region));
  draft.template field_member<R"(,"request_id":")">(Field::request_id);
  draft.template field_member<R"(,"id_2":")">(Field::extended_request_id);
  if (const auto attempts = f.number(Field::attempts); attempts && *attempts > 0) {
    draft.out.template lit<R"(,"retries":)">();
    draft.out.integer(*attempts - 1);
  }
  if (!f.has_any(kResources)) return;
  if (!draft.segment) draft.template field_member<R"(,"account_id":")">(Field::account_id);
  draft.template field_member<R"(,"bucket_name":")">(Field::bucket);
  draft.template field_member<R"(,"key":")">(Field::object_key);
  draft.template field_member<R"(,"queue_url":")">(Field::queue_url);
  write_tables(draft);
  draft.template field_member<R"(,"topic_arn":")">(Field::topic_arn);
  draft.template field_member<R"(,"stream_name":")">(Field::stream_name);
  draft.template field_member<R"(,"function_name":")">(Field::function_name);
}

template <class Writer>
void write_ecs(Draft<Writer>& draft) {
  const auto ecs = draft.template open<R"(,"ecs":)">();
  draft.template resource_member<R"(,"container":")">("container.name");
  draft.template resource_member<R"(,"container_id":")">("container.id");
  draft.template resource_member<R"(,"container_arn":")">("aws.ecs.container.arn");
  draft.template resource_member<R"(,"task_arn":")">("aws.ecs.task.arn");
  draft.template resource_member<R"(,"task_family":")">("aws.ecs.task.family");
  draft.template resource_member<R"(,"cluster_arn":")">("aws.ecs.cluster.arn");
  draft.template resource_member<R"(,"launch_type":")">("aws.ecs.launchtype");
  draft.template resource_member<R"(,"availability_zone":")">(key::kCloudZone);
  draft.close(ecs);
}

template <class Writer>
void write_beanstalk(Draft<Writer>& draft) {
  const auto block = draft.template open<R"(,"elastic_beanstalk":)">();
  draft.template resource_member<R"(,"environment_name":")">("service.namespace");
  draft.template resource_member<R"(,"version_label":")">(key::kServiceVersion);
  const std::string_view id = draft.record.resource->text(key::kServiceInstanceId);
  if (const auto number = core::parse_int(id)) {
    draft.out.template lit<R"(,"deployment_id":)">();
    draft.out.integer(*number);
  }
  draft.close(block);
}

// Where this process runs: a container on an instance is both.
template <class Writer>
void write_place(Draft<Writer>& draft) {
  const trace::Resource& resource = *draft.record.resource;
  const std::string_view platform = resource.text(key::kCloudPlatform);
  if (platform == "aws_ecs") write_ecs(draft);
  if (platform == "aws_eks" || !resource.text("k8s.cluster.name").empty()) {
    const auto eks = draft.template open<R"(,"eks":)">();
    draft.template resource_member<R"(,"cluster_name":")">("k8s.cluster.name");
    draft.template resource_member<R"(,"pod":")">("k8s.pod.name");
    draft.template resource_member<R"(,"container_id":")">("container.id");
    draft.close(eks);
  }
  if (platform == "aws_elastic_beanstalk") write_beanstalk(draft);
  // host.id alone may be any machine's; EC2's have one form.
  if (platform == "aws_ec2" || resource.text(key::kHostId).starts_with("i-")) {
    const auto ec2 = draft.template open<R"(,"ec2":)">();
    draft.template resource_member<R"(,"instance_id":")">(key::kHostId);
    draft.template resource_member<R"(,"instance_size":")">(key::kHostType);
    draft.template resource_member<R"(,"ami_id":")">(key::kHostImageId);
    draft.template resource_member<R"(,"availability_zone":")">(key::kCloudZone);
    draft.close(ec2);
  }
}

// The log group of "arn:aws:logs:REGION:ACCOUNT:log-group:NAME:*".
std::string_view group_of(std::string_view arn) {
  constexpr std::string_view kMark = ":log-group:";
  const auto at = arn.find(kMark);
  if (!arn.starts_with("arn:") || at == std::string_view::npos) return {};
  const std::string_view name = arn.substr(at + kMark.size());
  return name.substr(0, name.find(':'));
}

template <class Writer>
void write_log_group(Draft<Writer>& draft, std::string_view text, std::size_t& count) {
  if (text.empty() || count >= draft.limits.items) return;
  if (count++ == 0) {
    draft.out.template lit<R"(,"cloudwatch_logs":[{)">();
  } else {
    draft.out.template lit<",{">();
  }
  const bool arn = text.starts_with("arn:");
  const std::string_view name = arn ? group_of(text) : text;
  draft.out.template lit<R"("log_group":)">();
  draft.quoted(name, 512);
  if (arn) draft.template member<R"(,"arn":")">(text, 1024);
  draft.out.template lit<"}">();
}

// A list, or one text with & between; false when there is no such attribute.
template <class Writer>
bool write_log_groups(Draft<Writer>& draft, std::string_view attribute) {
  const trace::OwnedValue* value = draft.record.resource->find(attribute);
  if (value == nullptr) return false;
  std::size_t count = 0;
  if (const auto* list = std::get_if<std::vector<std::string>>(value)) {
    for (const std::string& group : *list) write_log_group(draft, group, count);
  } else if (const auto* text = std::get_if<std::string>(value)) {
    for (const auto group : core::split(*text, '&'))
      write_log_group(draft, core::trim(group), count);
  }
  if (count > 0) draft.out.template lit<"]">();
  return count > 0;
}

template <class Writer>
void write_logs(Draft<Writer>& draft) {
  if (write_log_groups(draft, "aws.log.group.arns")) return;
  if (write_log_groups(draft, "aws.log.group.names")) return;
  std::size_t count = 0;
  for (const std::string& group : draft.settings.log_groups) write_log_group(draft, group, count);
  if (count > 0) draft.out.template lit<"]">();
}

// "opentelemetry for java", as AWS's tools write it.
template <class Writer>
void write_sdk(Draft<Writer>& draft) {
  const trace::Resource& resource = *draft.record.resource;
  std::string sdk(resource.text(key::kSdkName));
  const std::string_view language = resource.text(key::kSdkLanguage);
  if (!sdk.empty() && !language.empty() && sdk.find(" for ") == std::string::npos) {
    sdk += " for " + std::string(language);
  }
  const auto xray = draft.template open<R"(,"xray":)">();
  draft.template member<R"(,"sdk":")">(sdk);
  draft.template resource_member<R"(,"sdk_version":")">(key::kSdkVersion);
  if (resource.find("telemetry.distro.version") != nullptr ||
      resource.find("telemetry.auto.version") != nullptr) {
    draft.out.template lit<R"(,"auto_instrumentation":true)">();
  }
  draft.close(xray);
}

template <class Writer>
void write_origin(Draft<Writer>& draft) {
  const trace::Resource& resource = *draft.record.resource;
  const std::string_view provider = resource.text(key::kCloudProvider);
  if (provider.empty() || provider == "aws") {
    const std::string_view account = resource.text(key::kCloudAccountId);
    draft.template member<R"(,"account_id":")">(
        account.empty() ? draft.fields.text(Field::account_id) : account);
    write_place(draft);
    write_logs(draft);
  }
  write_sdk(draft);
}

}  // namespace

template <class Writer>
void write_aws(Draft<Writer>& draft) {
  const bool origin = draft.record.resource != nullptr && draft.segment;
  const bool call = draft.fields.aws_call && !(draft.segment && draft.fields.wrapped);
  if (!origin && !call) return;
  const auto aws = draft.template open<R"(,"aws":)">();
  if (call) write_call(draft);
  if (origin) write_origin(draft);
  draft.close(aws);
}

template void write_aws(Draft<core::JsonWriter>& draft);
template void write_aws(Draft<core::NestedJsonWriter>& draft);

}  // namespace spawn::xray
