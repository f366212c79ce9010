// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "trace/attributes.h"
#include "xray/draft.h"

namespace spawn::xray {
namespace {

namespace key = trace::key;

template <class Writer>
void write_call(Draft<Writer>& draft) {
  const Fields& f = draft.fields;
  draft.template member<R"(,"operation":")">(f.operation);
  draft.template member<R"(,"region":")">(f.region);
  draft.template member<R"(,"request_id":")">(f.request_id);
  draft.template member<R"(,"id_2":")">(f.extended_request_id);
  if (f.attempts > 0) {
    draft.out.template lit<R"(,"retries":)">();
    draft.out.integer(f.attempts - 1);
  }
  draft.template member<R"(,"bucket_name":")">(f.bucket);
  draft.template member<R"(,"key":")">(f.object_key);
  draft.template member<R"(,"queue_url":")">(f.queue_url);
  if (f.tables && f.tables->type() == trace::ValueType::strings) {
    draft.out.template lit<R"(,"table_names":)">();
    draft.value(*f.tables);
  }
}

// Where this process runs and what traces it.
template <class Writer>
void write_origin(Draft<Writer>& draft) {
  const trace::Resource& resource = *draft.record.resource;
  draft.template resource_member<R"(,"account_id":")">(key::kCloudAccountId);
  if (resource.text(key::kCloudPlatform) == "aws_ec2") {
    const auto ec2 = draft.template open<R"(,"ec2":)">();
    draft.template resource_member<R"(,"instance_id":")">(key::kHostId);
    draft.template resource_member<R"(,"instance_size":")">(key::kHostType);
    draft.template resource_member<R"(,"ami_id":")">(key::kHostImageId);
    draft.template resource_member<R"(,"availability_zone":")">(key::kCloudZone);
    draft.close(ec2);
  }
  const auto xray = draft.template open<R"(,"xray":)">();
  draft.template resource_member<R"(,"sdk":")">(key::kSdkName);
  draft.template resource_member<R"(,"sdk_version":")">(key::kSdkVersion);
  draft.close(xray);
}

}  // namespace

template <class Writer>
void write_aws(Draft<Writer>& draft) {
  const bool origin = draft.record.resource != nullptr && draft.fields.segment;
  if (!origin && !draft.fields.is_aws_call()) return;
  const auto aws = draft.template open<R"(,"aws":)">();
  if (draft.fields.is_aws_call()) write_call(draft);
  if (origin) write_origin(draft);
  draft.close(aws);
}

template void write_aws(Draft<core::JsonWriter>& draft);
template void write_aws(Draft<core::NestedJsonWriter>& draft);

}  // namespace spawn::xray
