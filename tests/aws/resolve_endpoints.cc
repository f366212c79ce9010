// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// resolve_endpoints: for each line "PREFIX REGION FIPS DUALSTACK" of stdin (flags true or false)
// where our rules send it, as "host signing-region", or "!" and the error. For
// tests/e2e/endpoints_like_botocore.sh.
#include <iostream>
#include <sstream>
#include <string>

#include "aws/endpoints.h"
#include "testing/fakes.h"

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string prefix;
    std::string region;
    std::string fips;
    std::string dual_stack;
    words >> prefix >> region >> fips >> dual_stack;
    const spawn::aws::ServiceInfo service{prefix, prefix, prefix, "", {}, true};
    const spawn::testing::FakeEnv env{{"AWS_USE_FIPS_ENDPOINT", fips},
                                      {"AWS_USE_DUALSTACK_ENDPOINT", dual_stack}};
    const auto endpoint = spawn::aws::resolve_endpoint(service, "", region, env, {});
    if (endpoint) {
      std::cout << endpoint->url.host << ' ' << endpoint->region << "\n";
    } else {
      std::cout << "! " << endpoint.error().message << "\n";
    }
  }
}
