// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Lambda in memory, for FakeAws: functions are functions of the test, run while the call waits; an
// event's outcome is kept from the caller. Not thread-safe.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "http/client.h"

namespace spawn::testing {

struct FunctionResult {
  std::string payload = "null";
  std::string error = {};  // X-Amz-Function-Error: "Handled", "Unhandled"
};
// What a function gets.
struct FunctionCall {
  std::string payload;
  std::string trace_header;    // X-Amzn-Trace-Id
  std::string client_context;  // as JSON, "" for none
};
using Function = std::function<FunctionResult(const FunctionCall&)>;

class FakeLambda {
 public:
  void set(std::string name, Function function) {
    functions_[std::move(name)] = std::move(function);
  }

  // The name in a path of Invoke; "" for any other path.
  static std::string_view function_in(std::string_view path);
  http::Reply serve(const http::Request& request, std::string_view path);

 private:
  std::map<std::string, Function, std::less<>> functions_;
};

}  // namespace spawn::testing
