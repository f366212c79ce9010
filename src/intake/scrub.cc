// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "intake/scrub.h"

#include <cstddef>

#include "trace/secrets.h"

namespace spawn::intake {
namespace {

constexpr std::string_view kHidden = "***";

}  // namespace

std::string scrub(std::string_view text) {
  std::string storage;
  return std::string(trace::without_secrets(text, storage, kHidden));
}

void scrub_literal(std::string& text, std::string_view secret) {
  constexpr std::size_t kShortest = 8;
  if (secret.size() < kShortest) return;
  for (std::size_t at = text.find(secret); at != std::string::npos; at = text.find(secret, at)) {
    text.replace(at, secret.size(), kHidden);
  }
}

}  // namespace spawn::intake
