// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/protocol/query.h"

#include "core/text.h"

namespace spawn::aws::query {

Form::Form(std::string_view action, std::string_view version)
    : action_(action), text_("Action=" + action_) {
  text("Version", version);
}

Form& Form::text(std::string_view key, std::string_view value) {
  text_ += '&';
  text_ += key;
  text_ += '=';
  text_ += core::percent_encode(value);
  return *this;
}

Form& Form::list(std::string_view key, std::span<const std::string> values) {
  int number = 0;
  for (const std::string& value : values) {
    text(std::string(key) + "." + std::to_string(++number), value);
  }
  return *this;
}

Call make_call(const ServiceInfo& service, const Endpoint& endpoint, const Form& form,
               core::Deadline deadline) {
  Call call;
  call.service = &service;
  call.operation = form.action();
  call.region = endpoint.region;
  call.url = endpoint.url;
  call.headers = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}};
  call.body = form.to_text();
  call.deadline = deadline;
  return call;
}

}  // namespace spawn::aws::query
