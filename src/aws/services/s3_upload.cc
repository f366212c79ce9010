// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/services/s3_upload.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "aws/protocol/xml.h"
#include "aws/services/s3_call.h"
#include "core/text.h"
#include "trace/attributes.h"

namespace spawn::aws::s3 {
namespace {

constexpr std::uint64_t kPartSize = 16U << 20;
constexpr std::uint64_t kMaxParts = 10'000;
constexpr core::Nanos kTimeToAbort = std::chrono::seconds(10);

// Larger parts only for a file that would have too many.
std::uint64_t part_size(std::uint64_t size) {
  return std::max(kPartSize, (size + kMaxParts - 1) / kMaxParts);
}

class Upload {
 public:
  Upload(Caller& caller, const Endpoint& endpoint, const NewObject& object, core::Deadline deadline)
      : caller_(caller), endpoint_(endpoint), object_(object), deadline_(deadline) {}

  core::Status create();
  core::Status send_parts(const http::FileSource& file);
  core::Result<std::string> complete();
  core::Status abort(core::Deadline deadline);
  [[nodiscard]] const std::string& id() const { return id_; }

 private:
  core::Result<Call> call_for(std::string_view operation, std::string_view method,
                              std::string query, core::Deadline deadline);
  core::Result<std::string> send_part(int number, http::BodySource& part);

  Caller& caller_;
  const Endpoint& endpoint_;
  const NewObject& object_;
  core::Deadline deadline_;
  std::string id_;
  std::vector<std::string> etags_;
};

// Of an upload that was created.
core::Result<Call> Upload::call_for(std::string_view operation, std::string_view method,
                                    std::string query, core::Deadline deadline) {
  query += "uploadId=" + core::percent_encode(id_);
  auto call =
      make_object_call({operation, method, std::move(query)}, endpoint_, object_.name, deadline);
  if (call) call->attributes.emplace_back(trace::key::kS3UploadId, id_);
  return call;
}

core::Status Upload::create() {
  auto call = make_object_call({"CreateMultipartUpload", "POST", "uploads"}, endpoint_,
                               object_.name, deadline_);
  if (!call) return core::fail(std::move(call.error()));
  if (auto good = add_headers_of(object_, *call); !good) return good;
  const auto reply = xml::call_for_document(caller_, *call, "InitiateMultipartUploadResult");
  if (!reply) return core::fail(reply.error());
  id_ = reply->root().text_at("UploadId");
  if (!id_.empty()) return core::ok();
  return core::fail(core::Code::protocol, "S3 CreateMultipartUpload: the reply names no upload");
}

core::Result<std::string> Upload::send_part(int number, http::BodySource& part) {
  auto call = call_for("UploadPart", "PUT", fmt::format("partNumber={}&", number), deadline_);
  if (!call) return core::fail(std::move(call.error()));
  call->attributes.emplace_back(trace::key::kS3PartNumber, static_cast<std::int64_t>(number));
  call->body_source = &part;
  const auto reply = call_for_reply(caller_, *call);
  if (!reply) return core::fail(reply.error());
  return std::string(http::header(reply->headers, "etag"));
}

core::Status Upload::send_parts(const http::FileSource& file) {
  const std::uint64_t size = part_size(file.size());
  for (std::uint64_t at = 0; at < file.size(); at += size) {
    auto part = file.range(at, std::min(size, file.size() - at));
    if (!part) return core::fail(std::move(part.error()));
    auto etag = send_part(static_cast<int>(etags_.size()) + 1, *part);
    if (!etag) return core::fail(std::move(etag.error()));
    etags_.push_back(std::move(*etag));
  }
  return core::ok();
}

core::Result<std::string> Upload::complete() {
  auto call = call_for("CompleteMultipartUpload", "POST", {}, deadline_);
  if (!call) return core::fail(std::move(call.error()));
  call->headers.emplace_back("Content-Type", "application/xml");
  std::string body = "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";
  int number = 0;
  for (const std::string& etag : etags_) {
    body += fmt::format("<Part><PartNumber>{}</PartNumber><ETag>{}</ETag></Part>", ++number,
                        xml::escaped(etag));
  }
  body += "</CompleteMultipartUpload>";
  call->body = std::move(body);
  const auto reply = xml::call_for_document(caller_, *call, "CompleteMultipartUploadResult");
  if (!reply) return core::fail(reply.error());
  return reply->root().text_at("ETag");
}

core::Status Upload::abort(core::Deadline deadline) {
  const auto call = call_for("AbortMultipartUpload", "DELETE", {}, deadline);
  if (!call) return core::fail(call.error());
  const auto reply = call_for_reply(caller_, *call);
  return reply ? core::ok() : core::Status(core::fail(reply.error()));
}

core::Result<std::string> send_whole(Upload& upload, const http::FileSource& file) {
  if (auto created = upload.create(); !created) return core::fail(std::move(created.error()));
  if (auto sent = upload.send_parts(file); !sent) return core::fail(std::move(sent.error()));
  return upload.complete();
}

core::Result<std::string> upload_parts(Caller& caller, telemetry::Tracer& tracer,
                                       const Endpoint& endpoint, const NewObject& object,
                                       const http::FileSource& file, core::Deadline deadline) {
  telemetry::Span span = tracer.start("upload S3.MultipartUpload");
  span.set(trace::key::kS3Bucket, object.name.bucket);
  span.set(trace::key::kS3Key, object.name.key);
  span.set(trace::key::kHttpRequestBodySize, static_cast<std::int64_t>(file.size()));
  const telemetry::Scope scope(span.context());
  Upload upload(caller, endpoint, object, deadline);
  auto etag = send_whole(upload, file);
  if (etag) return etag;
  core::Error error = std::move(etag.error());
  if (!upload.id().empty()) {
    const auto aborted = upload.abort(core::Deadline::after(tracer.clock(), kTimeToAbort));
    if (!aborted) {
      error.message += fmt::format("; its parts are still there, as upload '{}': {}",
                                   core::visible(upload.id()), aborted.error().message);
    }
  }
  span.set_error(error.message);
  return core::fail(std::move(error));
}

}  // namespace

core::Result<std::string> upload_file(Caller& caller, telemetry::Tracer& tracer,
                                      const Endpoint& endpoint, const NewObject& object,
                                      const std::string& path, core::Deadline deadline) {
  auto file = http::FileSource::open(path);
  if (!file) return core::fail(std::move(file.error()));
  if (file->size() <= kPartSize) return put_object(caller, endpoint, object, *file, deadline);
  return upload_parts(caller, tracer, endpoint, object, *file, deadline);
}

core::Result<ObjectInfo> download_file(Caller& caller, const Endpoint& endpoint,
                                       const ObjectName& name, const std::string& path,
                                       core::Deadline deadline) {
  auto file = http::FileSink::create(path);
  if (!file) return core::fail(std::move(file.error()));
  auto info = get_object(caller, endpoint, name, *file, deadline);
  if (!info) return info;
  if (auto done = file->commit(); !done) return core::fail(std::move(done.error()));
  return info;
}

}  // namespace spawn::aws::s3
