// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The seam for randomness: ids, sampling and retry jitter draw from it, so a test with a seeded Rng
// sees the same ids every time. Not for secrets: use secure_random for tokens.
#pragma once

#include <cstdint>

#include "core/result.h"

namespace spawn::core {

class Rng {
 public:
  Rng() = default;
  Rng(const Rng&) = delete;
  Rng& operator=(const Rng&) = delete;
  virtual ~Rng() = default;

  virtual std::uint64_t next() = 0;

  // Uniform in [0, 1).
  double next_double() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
};

// xoroshiro128++, one state a thread, seeded from the kernel, and seeded anew in a forked child (so
// that parent and child never make the same ids). Safe for any thread.
class SystemRng final : public Rng {
 public:
  SystemRng();
  std::uint64_t next() override;
};

// `hex_digits` hex digits (an even number) from the kernel's generator.
std::string secure_random_hex(std::size_t hex_digits);

}  // namespace spawn::core
