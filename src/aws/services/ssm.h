// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// SSM's parameter store, where AWS publishes which image is the newest:
// "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64".
// https://docs.aws.amazon.com/systems-manager/latest/APIReference/
#pragma once

#include <cstdint>
#include <string>

#include "aws/caller.h"
#include "aws/endpoints.h"
#include "core/clock.h"
#include "core/result.h"

namespace spawn::aws::ssm {

extern const ServiceInfo kService;

struct Parameter {
  std::string name;
  std::string value;  // of a SecureString: as it is kept, encrypted
  std::int64_t version = 0;
};
core::Result<Parameter> get_parameter(Caller& caller, const Endpoint& endpoint,
                                      const std::string& name, core::Deadline deadline);

}  // namespace spawn::aws::ssm
