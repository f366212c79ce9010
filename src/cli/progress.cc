// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/progress.h"

#include "core/text.h"
#include "view/text_width.h"

namespace spawn::cli {

void Progress::say(std::string_view text) {
  if (!terminal_.is_terminal) return;
  const std::size_t columns = terminal_.columns > 1 ? terminal_.columns - 1 : 79;
  err_ << "\r\x1b[K" << view::cut_to_width(core::visible(text), columns, "…") << std::flush;
  shown_ = true;
}

void Progress::clear() {
  if (!shown_) return;
  err_ << "\r\x1b[K" << std::flush;
  shown_ = false;
}

}  // namespace spawn::cli
