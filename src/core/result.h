// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// How every function here says that it failed. Result<T> is a value or an Error; an Error has one
// of about ten codes, on which retry, exit status and span status are decided, and a message for
// people. Context is added on the way up: `return std::move(error).while_("reading the launch
// row")`. Optional absence is std::optional, not an Error. Bugs of our own are SPAWN_CHECK.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace spawn::core {

enum class Code {
  invalid_argument,   // the person's input is wrong; nothing was done
  not_found,          // what was named does not exist
  permission_denied,  // credentials are good but not allowed
  unauthenticated,    // no credentials, or bad ones
  unavailable,        // the other side is down or unreachable; may be retried
  throttled,          // asked to slow down; may be retried later
  timeout,            // a deadline passed
  io,                 // a local file or system call failed
  protocol,           // the other side said something that cannot be understood
  internal,           // a bug of ours, reported instead of crashing
};

std::string_view to_string(Code code);

struct [[nodiscard]] Error {
  Code code = Code::internal;
  std::string message;

  // "launch: " + message, for the way up.
  Error while_(std::string_view doing) && {
    message.insert(0, ": ");
    message.insert(0, doing);
    return std::move(*this);
  }
};

template <typename T>
using Result = tl::expected<T, Error>;

// For functions that only succeed or fail. Success is `return core::ok();`.
using Status = Result<void>;
inline Status ok() { return {}; }

inline tl::unexpected<Error> fail(Code code, std::string message) {
  return tl::unexpected<Error>(Error{code, std::move(message)});
}
inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

// The exit status of a command that ended with this code (contract: 0 ok, 1 failure, 2 usage,
// 3 not found, 4 permission denied, 5 time-out).
int exit_status(Code code);

// The errno of the last system call, in words: "open /etc/x: Permission denied".
Error system_error(std::string_view what, int error_number);

[[noreturn]] void check_failed(const char* expression, const char* file, int line);

}  // namespace spawn::core

// A condition that only a bug of ours can break. On in every build.
#define SPAWN_CHECK(condition)                                     \
  do {                                                             \
    if (!(condition)) [[unlikely]]                                 \
      ::spawn::core::check_failed(#condition, __FILE__, __LINE__); \
  } while (false)
