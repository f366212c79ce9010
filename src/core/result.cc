// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "core/result.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <system_error>

namespace spawn::core {

std::string_view to_string(Code code) {
  switch (code) {
    case Code::invalid_argument:
      return "invalid argument";
    case Code::not_found:
      return "not found";
    case Code::permission_denied:
      return "permission denied";
    case Code::unauthenticated:
      return "unauthenticated";
    case Code::unavailable:
      return "unavailable";
    case Code::throttled:
      return "throttled";
    case Code::timeout:
      return "timeout";
    case Code::io:
      return "io";
    case Code::protocol:
      return "protocol";
    case Code::internal:
      return "internal";
  }
  return "internal";
}

int exit_status(Code code) {
  switch (code) {
    case Code::invalid_argument:
      return 2;
    case Code::not_found:
      return 3;
    case Code::permission_denied:
    case Code::unauthenticated:
      return 4;
    case Code::timeout:
      return 5;
    default:
      return 1;
  }
}

Error system_error(std::string_view what, int error_number) {
  Code code = Code::io;
  if (error_number == ENOENT) code = Code::not_found;
  if (error_number == EACCES || error_number == EPERM || error_number == EROFS) {
    code = Code::permission_denied;
  }
  return Error{code, std::string(what) + ": " + std::generic_category().message(error_number)};
}

void check_failed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "spawn: bug: %s does not hold (%s:%d)\n", expression, file, line);
  std::abort();
}

}  // namespace spawn::core
