// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/services/s3_call.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.h"
#include "telemetry/current.h"
#include "trace/attributes.h"

namespace spawn::aws::s3 {
namespace {

constexpr std::string_view kMetadataPrefix = "x-amz-meta-";

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// Today's rule and the older, wider one.
bool is_bucket(std::string_view name) {
  return name.size() >= 3 && name.size() <= 255 && is_letter_or_digit(name.front()) &&
         std::ranges::all_of(name, [](char c) {
           return is_letter_or_digit(c) || c == '.' || c == '-' || c == '_';
         });
}

// Fits before the endpoint's host, and under its certificate.
bool is_host_label(std::string_view bucket) {
  return bucket.size() <= 63 && is_letter_or_digit(bucket.back()) &&
         std::ranges::all_of(bucket, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

core::Url address(const Endpoint& endpoint, const ObjectName& name) {
  core::Url url = endpoint.url;
  if (url.path.ends_with('/')) url.path.pop_back();
  if (url.scheme == "https" && is_aws_host(url.host) && is_host_label(name.bucket)) {
    url.host = name.bucket + "." + url.host;
    url.path += '/';
  } else {
    url.path += "/" + name.bucket;
    if (!name.key.empty()) url.path += '/';
  }
  url.path += core::percent_encode(name.key, true);
  return url;
}

bool is_metadata_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  });
}

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c < 0x7F; });
}

}  // namespace

core::Result<Call> make_call(const Operation& operation, const Endpoint& endpoint,
                             const ObjectName& name, core::Deadline deadline) {
  if (!is_bucket(name.bucket)) {
    return core::fail(core::Code::invalid_argument,
                      fmt::format("S3 {}: '{}' is no name of a bucket: expected 3 to 63 lower-case "
                                  "letters, digits, dots and hyphens",
                                  operation.name, core::visible(name.bucket)));
  }
  Call call;
  call.service = &kService;
  call.operation = operation.name;
  call.region = endpoint.region;
  call.method = operation.method;
  call.url = address(endpoint, name);
  call.url.query = operation.query;
  call.deadline = deadline;
  call.attributes.emplace_back(trace::key::kS3Bucket, name.bucket);
  if (!name.key.empty()) call.attributes.emplace_back(trace::key::kS3Key, name.key);
  return call;
}

core::Result<Call> make_object_call(const Operation& operation, const Endpoint& endpoint,
                                    const ObjectName& name, core::Deadline deadline) {
  // It would be a call about the bucket.
  if (name.key.empty()) {
    return core::fail(core::Code::invalid_argument,
                      fmt::format("S3 {}: expected the key of an object in bucket '{}'",
                                  operation.name, core::visible(name.bucket)));
  }
  return make_call(operation, endpoint, name, deadline);
}

core::Status add_headers_of(const NewObject& object, Call& call) {
  if (!object.content_type.empty()) call.headers.emplace_back("Content-Type", object.content_type);
  Metadata metadata = object.metadata;
  const telemetry::ActiveContext& context = telemetry::current();
  if (object.carries_context && context.span.valid()) {
    inject(context.span, context.extras, metadata);
  }
  for (const auto& [name, value] : metadata) {
    if (!is_metadata_name(name) || !is_printable(value)) {
      return core::fail(core::Code::invalid_argument,
                        fmt::format("S3 {}: metadata '{}': expected a name of lower-case letters, "
                                    "digits, '-', '_', '.', and a value of printable ASCII",
                                    call.operation, core::visible(name)));
    }
    call.headers.emplace_back(std::string(kMetadataPrefix) + name, value);
  }
  return core::ok();
}

}  // namespace spawn::aws::s3
