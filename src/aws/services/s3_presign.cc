// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/services/s3_presign.h"

#include "aws/services/s3_call.h"
#include "aws/sigv4.h"
#include "aws/timestamp.h"

namespace spawn::aws::s3 {

core::Result<std::string> presigned_get(const Credentials& credentials, const Endpoint& endpoint,
                                        const ObjectName& name, std::chrono::seconds lives,
                                        core::Clock& clock) {
  auto call = make_object_call({"GetObject", "GET"}, endpoint, name, core::Deadline::never());
  if (!call) return core::fail(std::move(call.error()));
  const sigv4::Request request{
      call->method,       call->url.path, "", {{"Host", call->url.authority()}},
      "UNSIGNED-PAYLOAD", false};
  sigv4::KeyCache keys;
  call->url.query = sigv4::presign(
      request, credentials,
      {format_amz_date(clock.now().wall_ns), call->region, std::string(kService.signing_name)},
      lives.count(), keys);
  return call->url.to_string();
}

core::Result<std::string> object_url(const Endpoint& endpoint, const ObjectName& name) {
  auto call = make_object_call({"GetObject", "GET"}, endpoint, name, core::Deadline::never());
  if (!call) return core::fail(std::move(call.error()));
  return call->url.to_string();
}

}  // namespace spawn::aws::s3
