// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// fetch URL [direct]: one GET with our transport in this environment; prints the status and the
// body, or "!" and the error. For tests/e2e/proxies_and_certificates.sh.
#include <iostream>
#include <string_view>

#include "core/env.h"
#include "http/curl_client.h"

int main(int argc, char** argv) {
  const spawn::core::SystemEnv env;
  spawn::http::CurlClient client(env);
  spawn::http::Request request;
  request.url = argv[1];
  request.direct = argc > 2 && std::string_view(argv[2]) == "direct";
  request.total_timeout = std::chrono::seconds(10);
  const auto reply = client.send(request);
  if (!reply) {
    std::cout << "! " << reply.error().message << "\n";
  } else {
    std::cout << reply->status << ' ' << reply->body << "\n";
  }
}
