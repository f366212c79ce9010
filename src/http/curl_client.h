// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The real http::Client, over libcurl (the only file that knows it). Keeps connections alive
// between requests, verifies TLS against the system's CA directory (the bundle costs 20 ms to load)
// unless the request or AWS_CA_BUNDLE names a bundle or another directory, follows no redirects.
// The proxy variables (http_proxy, https_proxy, HTTPS_PROXY, no_proxy, NO_PROXY) are read by
// libcurl itself, from the real environment and not from `env`. One thread at a time; safe after
// fork (the child opens its own connections). libcurl is initialised at the first request, so that
// a program that sends nothing pays nothing.
#pragma once

#include <memory>

#include "core/env.h"
#include "http/client.h"

namespace spawn::http {

class CurlClient final : public Client {
 public:
  explicit CurlClient(const core::Env& env);
  ~CurlClient() override;

  core::Result<Reply> send(const Request& request) override;

 private:
  struct Handle;
  void drop_inherited_handle();
  const core::Env& env_;
  std::unique_ptr<Handle> handle_;
};

}  // namespace spawn::http
