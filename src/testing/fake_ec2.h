// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// EC2 in memory, for FakeAws: instances that run at once, found by id and by tag; a client token
// used again gives the same instances; with the limits of 50 tags and of 16 KB of user-data. Not
// thread-safe.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "http/client.h"

namespace spawn::testing {

class FakeEc2 {
 public:
  // `form` is the body, as it was sent.
  http::Reply serve(std::string_view form);

  struct Instance {
    std::string id;
    std::string type;
    std::string image_id;
    std::string state = "running";
    std::string user_data;  // decoded
    std::string client_token;
    int launch_index = 0;
    std::map<std::string, std::string> tags;
  };
  // In the order they were launched.
  [[nodiscard]] const std::vector<Instance>& instances() const { return instances_; }

 private:
  using Form = std::map<std::string, std::string, std::less<>>;

  http::Reply run(const Form& form);
  http::Reply describe(const Form& form);
  static http::Reply describe_types(const Form& form);
  http::Reply change_state(const Form& form, std::string_view action, std::string_view state);
  http::Reply create_tags(const Form& form);
  http::Reply describe_tags(const Form& form) const;
  Instance* find(std::string_view id);

  std::vector<Instance> instances_;
};

}  // namespace spawn::testing
