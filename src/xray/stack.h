// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The text of a stack trace → exceptions with frames, for the block `cause`. Each line is known by
// its form, so the language need not be: C++ (libstdc++ and Boost, GDB and the sanitizers, glibc,
// Abseil, backward-cpp), Java and Kotlin, PHP, Python, Go, JavaScript (V8, Firefox, Safari), .NET,
// Rust. What is no frame is passed over, and so are exceptions beside the text's own that did not
// cause it: Java's suppressed ones, the members of Python's groups, .NET's inner ones after the
// first. Views point into the text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace spawn::xray {

struct Frame {
  std::string_view path;
  std::int64_t line = 0;  // 0: not known
  std::string_view label;
};

struct StackedException {
  // Of a cause that the text names; the text's own exception has neither.
  std::string_view type;
  std::string_view message;
  std::vector<Frame> frames;  // innermost call first
  std::size_t left_out = 0;   // frames that are not in the text ("... 23 more")
};

// The text's own exception, then what caused it, and so on. Never empty.
std::vector<StackedException> parse_stack(std::string_view text);

}  // namespace spawn::xray
