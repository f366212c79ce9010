// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <string>

#include "otlp/reply.h"

// The first byte chooses the content type, the rest is the body.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace spawn;
  if (size == 0) return 0;
  http::Reply reply;
  reply.headers = {
      {"Content-Type", data[0] % 2 == 0 ? "application/json" : "application/x-protobuf"}};
  reply.body.assign(reinterpret_cast<const char*>(data) + 1, size - 1);
  (void)otlp::read_success(reply);
  (void)otlp::read_failure(reply);
  (void)otlp::retry_after({{"Retry-After", reply.body}}, 0);
  return 0;
}
