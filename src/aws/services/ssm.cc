// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/services/ssm.h"

#include "aws/protocol/json.h"

namespace spawn::aws::ssm {

const ServiceInfo kService{"SSM", "ssm", "ssm", "SSM", Protocol::json_1_1, true, "AmazonSSM"};

core::Result<Parameter> get_parameter(Caller& caller, const Endpoint& endpoint,
                                      const std::string& name, core::Deadline deadline) {
  json::Object input;
  input.text("Name", name);
  const Call call = json::make_call(kService, endpoint, "GetParameter", std::move(input), deadline);
  const auto reply = json::call_for_object(caller, call);
  if (!reply) return core::fail(reply.error());
  const core::Json& from = json::member(*reply, "Parameter");
  if (from.text_at("Value").empty()) {
    return core::fail(core::Code::protocol, "SSM GetParameter: the reply holds no value");
  }
  return Parameter{std::string(from.text_at("Name")), std::string(from.text_at("Value")),
                   json::integer_at(from, "Version").value_or(0)};
}

}  // namespace spawn::aws::ssm
