// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// One line on a terminal that says what is being done now, replaced by the next and gone at the
// end. Nothing at all when stderr is no terminal.
#pragma once

#include <ostream>
#include <string_view>

#include "cli/terminal.h"

namespace spawn::cli {

class Progress {
 public:
  Progress(const Terminal& terminal, std::ostream& err) : terminal_(terminal), err_(err) {}
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void say(std::string_view text);
  // Before anything else is written there.
  void clear();

 private:
  Terminal terminal_;
  std::ostream& err_;
  bool shown_ = false;
};

}  // namespace spawn::cli
