// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// which_credentials [PROFILE]: what our chain finds in this environment, as "id secret token", or
// "!" and the error. For tests/e2e/credentials_like_botocore.sh, whose credentials are no secrets.
#include <iostream>
#include <string>

#include "aws/credentials.h"
#include "core/clock.h"
#include "core/env.h"
#include "core/rng.h"
#include "http/curl_client.h"

int main(int argc, char** argv) {
  const spawn::core::SystemEnv env;
  spawn::core::SystemClock clock;
  spawn::core::SystemRng rng;
  spawn::http::CurlClient client(env);
  const auto found =
      spawn::aws::make_default_credentials(env, client, clock, rng, argc > 1 ? argv[1] : "")->get();
  if (!found) {
    std::cout << "! " << found.error().message << "\n";
    return 0;
  }
  std::cout << found->access_key_id << ' ' << found->secret_access_key.reveal() << ' '
            << found->session_token.reveal() << "\n";
  return 0;
}
