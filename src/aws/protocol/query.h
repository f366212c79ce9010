// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What the query and ec2_query protocols send: a form, with lists spelled as numbered keys. What
// they answer is XML (xml.h).
// https://smithy.io/2.0/aws/protocols/aws-query-protocol.html and aws-ec2-query-protocol.html
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "aws/caller.h"
#include "aws/endpoints.h"
#include "core/clock.h"

namespace spawn::aws::query {

class Form {
 public:
  Form(std::string_view action, std::string_view version);

  Form& text(std::string_view key, std::string_view value);
  // Nothing when the text is empty.
  Form& text_if(std::string_view key, std::string_view some) {
    return some.empty() ? *this : text(key, some);
  }
  Form& integer(std::string_view key, std::int64_t number) {
    return text(key, std::to_string(number));
  }
  // Nothing when it is zero.
  Form& integer_if(std::string_view key, std::int64_t number) {
    return number == 0 ? *this : integer(key, number);
  }
  Form& flag(std::string_view key, bool on) { return text(key, on ? "true" : "false"); }
  // key.1, key.2, …: EC2's lists. The query protocol's are "key.member".
  Form& list(std::string_view key, std::span<const std::string> values);

  [[nodiscard]] const std::string& action() const { return action_; }
  [[nodiscard]] const std::string& to_text() const { return text_; }

 private:
  std::string action_;
  std::string text_;
};

Call make_call(const ServiceInfo& service, const Endpoint& endpoint, const Form& form,
               core::Deadline deadline);

}  // namespace spawn::aws::query
