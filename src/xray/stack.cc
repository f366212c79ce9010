// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "xray/stack.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/text.h"

namespace spawn::xray {
namespace {

constexpr auto kNpos = std::string_view::npos;

bool is_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// Takes ":12" from the end of "file:12".
std::optional<std::int64_t> take_number(std::string_view& text) {
  const auto colon = text.rfind(':');
  if (colon == kNpos || colon == 0 || !is_digits(text.substr(colon + 1))) return std::nullopt;
  const auto number = core::parse_int(text.substr(colon + 1));
  if (number) text = text.substr(0, colon);
  return number;
}

// "file", "file:line" or "file:line:column".
Frame place(std::string_view text, std::string_view label) {
  const auto last = take_number(text);
  const auto before = last ? take_number(text) : std::nullopt;
  return {text, before ? *before : last.value_or(0), core::trim(label)};
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// Java, JavaScript, .NET, PHP in Java's form, and Rust's second lines: "at …".
std::optional<Frame> at_frame(std::string_view line, std::string_view pending) {
  if (!take_prefix(line, "at ")) return std::nullopt;
  if (const auto mark = line.rfind(":line "); mark != kNpos) {  // .NET
    const auto in = line.rfind(" in ", mark);
    if (in != kNpos) {
      return Frame{line.substr(in + 4, mark - in - 4),
                   core::parse_int(line.substr(mark + 6)).value_or(0), line.substr(0, in)};
    }
  }
  const auto open = line.rfind('(');
  if (open != kNpos && line.ends_with(')')) {
    const std::string_view inside = line.substr(open + 1, line.size() - open - 2);
    const std::string_view label = line.substr(0, open);
    const bool is_place = inside.find(':') != kNpos || inside.ends_with(".java") ||
                          inside == "Native Method" || inside == "Unknown Source" ||
                          inside.starts_with('<') || inside == "native";
    if (is_place) return place(inside, label);
    return Frame{{}, 0, line};  // .NET without a file: the arguments belong to the name
  }
  std::string_view bare = line;
  (void)take_prefix(bare, "async ");  // JavaScript
  const Frame frame = place(bare, pending);
  if (frame.line != 0) return frame;
  return Frame{{}, 0, line};
}

// Firefox and Safari: add@https://shop.example/cart.js:10:5, nothing before the @ where there is no
// name.
std::optional<Frame> browser_frame(std::string_view line) {
  const auto at = line.find('@');
  if (at == kNpos) return std::nullopt;
  std::string_view path = line.substr(at + 1);
  if (path == "[native code]") return Frame{path, 0, line.substr(0, at)};
  if (path.find("://") == kNpos || !take_number(path)) return std::nullopt;
  const auto number = take_number(path);
  if (!number) return std::nullopt;
  return Frame{path, *number, line.substr(0, at)};
}

// Python: File "app.py", line 3, in main
std::optional<Frame> python_frame(std::string_view line) {
  if (!take_prefix(line, "File \"")) return std::nullopt;
  const auto quote = line.find("\", line ");
  if (quote == kNpos) return std::nullopt;
  const std::string_view path = line.substr(0, quote);
  line.remove_prefix(quote + 8);
  const auto comma = line.find(", in ");
  const auto number = core::parse_int(line.substr(0, comma));
  if (!number) return std::nullopt;
  return Frame{path, *number, comma == kNpos ? std::string_view() : line.substr(comma + 5)};
}

// backward-cpp: Source "main.cc", line 12, in main
std::optional<Frame> backward_frame(std::string_view line) {
  if (!take_prefix(line, "Source \"")) return std::nullopt;
  const auto quote = line.find("\", line ");
  if (quote == kNpos) return std::nullopt;
  const std::string_view path = line.substr(0, quote);
  line.remove_prefix(quote + 8);
  const auto comma = line.find(", in ");
  return Frame{path, core::parse_int(line.substr(0, comma)).value_or(0),
               comma == kNpos ? std::string_view() : line.substr(comma + 5)};
}

// PHP, after the number: /app/index.php(12): Shop->order()
std::optional<Frame> php_frame(std::string_view line) {
  const auto close = line.find("): ");
  const auto open = line.substr(0, close).rfind('(');
  if (close == kNpos || open == kNpos) return std::nullopt;
  const auto number = core::parse_int(line.substr(open + 1, close - open - 1));
  if (!number) return std::nullopt;
  return Frame{line.substr(0, open), *number, line.substr(close + 3)};
}

// Takes "0x55d0c1 " away, which says nothing once the process is gone.
void skip_address(std::string_view& text) {
  text = core::trim(text);
  if (!text.starts_with("0x")) return;
  const auto blank = text.find(' ');
  text = blank == kNpos ? std::string_view() : core::trim(text.substr(blank));
}

// After the number of a frame: "[0x… in] function [at|in place]".
std::optional<Frame> native_frame(std::string_view rest) {
  skip_address(rest);
  if (rest.ends_with(']')) {  // the address again
    const auto open = rest.rfind(" [0x");
    if (open != kNpos) rest = core::trim(rest.substr(0, open));
  }
  if (const auto frame = backward_frame(rest)) return frame;
  (void)take_prefix(rest, "in ");
  if (rest.empty()) return std::nullopt;
  if (const auto frame = php_frame(rest)) return frame;
  if (const auto at = rest.rfind(" at "); at != kNpos) {
    return place(rest.substr(at + 4), rest.substr(0, at));
  }
  if (const auto in = rest.rfind(" in "); in != kNpos) {
    return place(rest.substr(in + 4), rest.substr(0, in));
  }
  // The sanitizers': "main /src/main.cc:12:3".
  if (const auto blank = rest.rfind(' '); blank != kNpos) {
    const Frame frame = place(rest.substr(blank + 1), rest.substr(0, blank));
    if (frame.line != 0) return frame;
  }
  return rest[0] == '/' ? Frame{rest, 0, {}} : Frame{{}, 0, rest};
}

// "#3 …" (GDB, sanitizers, cpptrace) or "3# …" (libstdc++, Boost).
std::optional<Frame> numbered_frame(std::string_view line) {
  const bool before = take_prefix(line, "#");
  std::size_t digits = 0;
  while (digits < line.size() && line[digits] >= '0' && line[digits] <= '9') ++digits;
  if (digits == 0) return std::nullopt;
  line.remove_prefix(digits);
  if (!before && !take_prefix(line, "#")) return std::nullopt;
  if (line.empty() || line[0] != ' ') return std::nullopt;
  return native_frame(line);
}

// glibc: ./program(_ZN3foo+0x1b) [0x55d0c1]. Abseil: @ 0x55d0c1 foo()
std::optional<Frame> glibc_frame(std::string_view line) {
  if (take_prefix(line, "@ ")) {
    skip_address(line);
    (void)take_prefix(line, "(unknown)");
    return line.empty() ? std::nullopt : std::optional(Frame{{}, 0, line});
  }
  const auto address = line.rfind(" [0x");
  if (address == kNpos || !line.ends_with(']')) return std::nullopt;
  line = line.substr(0, address);
  const auto open = line.rfind('(');
  if (open == kNpos || !line.ends_with(')')) return std::nullopt;
  const std::string_view symbol = line.substr(open + 1, line.size() - open - 2);
  return Frame{line.substr(0, open), 0, symbol.substr(0, symbol.rfind('+'))};
}

// The second line of Go's two: "/app/main.go:12 +0x1d".
std::optional<Frame> go_frame(std::string_view line, std::string_view pending) {
  const auto offset = line.rfind(" +0x");
  if (offset != kNpos) line = line.substr(0, offset);
  if (pending.empty()) return std::nullopt;
  std::string_view path = line;
  const auto number = take_number(path);
  if (!number || !path.ends_with(".go")) return std::nullopt;
  (void)take_prefix(pending, "created by ");
  pending = pending.substr(0, pending.find(" in goroutine "));
  // main.(*Server).run(0x1, 0x2): the last brackets are the arguments.
  if (pending.ends_with(')')) pending = pending.substr(0, pending.rfind('('));
  return Frame{path, *number, pending};
}

// Rust: "  3: core::panicking::panic", its place on the next line.
std::string_view rust_label(std::string_view line) {
  const auto colon = line.find(": ");
  return colon != kNpos && is_digits(line.substr(0, colon)) ? line.substr(colon + 2)
                                                            : std::string_view();
}

void name_exception(StackedException& exception, std::string_view line) {
  const auto colon = line.find(": ");
  exception.type = line.substr(0, colon);
  exception.message = colon == kNpos ? std::string_view() : line.substr(colon + 2);
}

class Parser {
 public:
  std::vector<StackedException> parse(std::string_view text) {
    while (!text.empty()) {
      const auto end = std::min(text.find('\n'), text.size());
      read(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    if (python_) finish_python();
    if (dotnet_) std::ranges::reverse(found_);  // it tells the innermost exception first
    return std::move(found_);
  }

 private:
  void read(std::string_view whole) {
    std::string_view line = core::trim(whole);
    if (line.empty()) return;
    if (is_beside(whole.find(line[0]), line)) return;
    // Python draws a line at the left of an exception that is a group.
    if (line.starts_with("| ") || line.starts_with("+ ")) {
      whole = line.substr(2);
      line = core::trim(whole);
      if (line.empty()) return;
    }
    if (read_border(whole, line)) return;
    if (const auto frame = python_frame(line)) {
      python_ = true;
      return add(*frame);
    }
    for (const auto& frame : {at_frame(line, rust_label_), numbered_frame(line), glibc_frame(line),
                              go_frame(line, pending_), browser_frame(line)}) {
      if (frame) return add(*frame);
    }
    rust_label_ = rust_label(line);
    pending_ = line;
    const bool names_it =
        whole[0] != ' ' && found_.back().type.empty() && !found_.back().frames.empty();
    if (python_ && names_it) name_exception(found_.back(), line);
  }

  // Exceptions that are no causes of this one, but happened beside it: .NET's inner ones after the
  // first, the members of Python's groups, and Java's suppressed ones, each with causes of its own.
  bool is_beside(std::size_t indent, std::string_view line) {
    if (line.find("---> (Inner Exception #") != kNpos) ++inner_;
    if (inner_ > 0) {
      if (line.ends_with("<---")) --inner_;
      return true;
    }
    if (members_ && indent > *members_) return true;
    members_ = line.starts_with("+-+-") ? std::optional(indent) : std::nullopt;
    if (members_) return true;
    // Its own causes stand below it, a cause of the exception that it belongs to does not.
    const bool outer = suppressed_ && (indent < *suppressed_ || indent == 0);
    if (outer && line.starts_with("Caused by: ")) suppressed_.reset();
    if (!suppressed_ && line.starts_with("Suppressed: ")) suppressed_ = indent;
    return suppressed_.has_value();
  }

  // Lines between exceptions.
  bool read_border(std::string_view whole, std::string_view line) {
    std::string_view rest = line;
    if (take_prefix(rest, "Caused by: ")) {
      found_.emplace_back();
      name_exception(found_.back(), rest);
      return true;
    }
    if (take_prefix(rest, "... ") && rest.ends_with(" more")) {
      found_.back().left_out += static_cast<std::size_t>(
          std::max<std::int64_t>(0, core::parse_int(rest.substr(0, rest.size() - 5)).value_or(0)));
      return true;
    }
    if (line.starts_with("--- End of inner exception")) {
      name_inner();
      dotnet_ = true;
      found_.emplace_back();
      return true;
    }
    if (read_arrows(line)) return true;
    if (whole.starts_with("The above exception was the direct cause") ||
        whole.starts_with("During handling of the above exception")) {
      turn_python();
      found_.emplace_back();
      return true;
    }
    return false;
  }

  // .NET: "Outer: text ---> Inner: text", on one line or on many.
  bool read_arrows(std::string_view line) {
    constexpr std::string_view kArrow = "---> ";
    auto arrow = line.find(kArrow);
    if (arrow == kNpos) return false;
    while (arrow != kNpos) {
      line.remove_prefix(arrow + kArrow.size());
      arrow = line.find(kArrow);
      arrows_.push_back(core::trim(line.substr(0, arrow)));
    }
    return true;
  }

  void name_inner() {
    if (arrows_.empty()) return;
    name_exception(found_.back(), arrows_.back());
    arrows_.pop_back();
  }

  // Python tells the outermost call first.
  void turn_python() { std::ranges::reverse(found_.back().frames); }
  // … and the first cause first; the last one is the text's own.
  void finish_python() {
    turn_python();
    std::ranges::reverse(found_);
    found_.front().type = found_.front().message = {};
  }

  void add(const Frame& frame) {
    found_.back().frames.push_back(frame);
    pending_ = rust_label_ = {};
  }

  std::vector<StackedException> found_{1};
  std::vector<std::string_view> arrows_;
  std::string_view pending_;
  std::string_view rust_label_;
  bool dotnet_ = false;
  bool python_ = false;
  std::optional<std::size_t> suppressed_;  // how far the first line is indented
  std::optional<std::size_t> members_;     // the same
  std::size_t inner_ = 0;                  // inside each other
};

}  // namespace

std::vector<StackedException> parse_stack(std::string_view text) { return Parser().parse(text); }

}  // namespace spawn::xray
