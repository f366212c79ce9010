// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// S3: objects, streamed from and to wherever they are. A large file goes up in parts by
// s3_upload.h. Buckets of AWS are addressed as hosts (https://BUCKET.s3.REGION.amazonaws.com); by
// path where that cannot be: a bucket with a dot, which no certificate fits, and an endpoint that
// is not AWS. https://docs.aws.amazon.com/AmazonS3/latest/API/
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/caller.h"
#include "aws/endpoints.h"
#include "aws/propagation.h"
#include "core/clock.h"
#include "core/result.h"
#include "http/body.h"

namespace spawn::aws::s3 {

extern const ServiceInfo kService;

struct ObjectName {
  std::string bucket;
  std::string key;
};

// Names in lower case, without "x-amz-meta-"; printable ASCII.
using Metadata = Carrier;

struct ObjectInfo {
  std::uint64_t size = 0;
  std::string etag;  // with its quotes, as S3 writes it
  std::string last_modified;
  std::string content_type;
  Metadata metadata;  // extract(metadata) is the context it carries, if any
};

// The object's bytes go to the sink. A transfer that breaks off begins anew if the sink can.
core::Result<ObjectInfo> get_object(Caller& caller, const Endpoint& endpoint,
                                    const ObjectName& name, http::BodySink& sink,
                                    core::Deadline deadline);
core::Result<ObjectInfo> head_object(Caller& caller, const Endpoint& endpoint,
                                     const ObjectName& name, core::Deadline deadline);

struct NewObject {
  ObjectName name;
  std::string content_type;
  Metadata metadata;
  // Adds the current trace context to the metadata, which everybody sees who may read the object.
  bool carries_context = false;
};
// At most 5 GiB. Returns the ETag.
core::Result<std::string> put_object(Caller& caller, const Endpoint& endpoint,
                                     const NewObject& object, http::BodySource& body,
                                     core::Deadline deadline);

struct ListObjects {
  std::string bucket;
  std::string prefix;
  std::string delimiter;    // "/": what is below it is one common prefix
  int max_keys = 0;         // a page; 0: as many as S3 gives (1000)
  std::string start_after;  // a key
  std::string next_token;   // of the page before
};
struct ListedObject {
  std::string key;
  std::uint64_t size = 0;
  std::string etag;
  std::string last_modified;
};
struct ObjectPage {
  std::vector<ListedObject> objects;
  std::vector<std::string> common_prefixes;
  std::string next_token;  // "" on the last page
};
core::Result<ObjectPage> list_objects_v2(Caller& caller, const Endpoint& endpoint,
                                         const ListObjects& request, core::Deadline deadline);

}  // namespace spawn::aws::s3
