// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "core/rng.h"

#include <pthread.h>
#include <sys/random.h>

#include <bit>
#include <vector>

#include "core/text.h"

namespace spawn::core {
namespace {

struct State {
  std::uint64_t s[2];
};

// All zero means "not seeded": the generator never reaches that state by itself. Its first word
// alone does, once in 2^64, so only then are both looked at.
thread_local constinit State state{};

void fill_from_kernel(void* to, std::size_t size) {
  auto* at = static_cast<char*>(to);
  while (size > 0) {
    const ssize_t got = getrandom(at, size, 0);
    if (got <= 0) continue;
    at += got;
    size -= static_cast<std::size_t>(got);
  }
}

[[gnu::noinline]] void seed_if_needed() {
  while ((state.s[0] | state.s[1]) == 0) {
    fill_from_kernel(&state, sizeof state);
  }
}

void forget_seed() { state = State{}; }

}  // namespace

SystemRng::SystemRng() {
  static const int registered = pthread_atfork(nullptr, nullptr, forget_seed);
  (void)registered;
}

// Blackman and Vigna, "Scrambled linear pseudorandom number generators" (public domain algorithm).
std::uint64_t SystemRng::next() {
  auto& s = state.s;
  if (s[0] == 0) [[unlikely]] {
    seed_if_needed();
  }
  const std::uint64_t s0 = s[0];
  std::uint64_t s1 = s[1];
  const std::uint64_t result = std::rotl(s0 + s1, 17) + s0;
  s1 ^= s0;
  s[0] = std::rotl(s0, 49) ^ s1 ^ (s1 << 21);
  s[1] = std::rotl(s1, 28);
  return result;
}

std::string secure_random_hex(std::size_t hex_digits) {
  std::string bytes(hex_digits / 2, '\0');
  fill_from_kernel(bytes.data(), bytes.size());
  return to_hex(bytes);
}

}  // namespace spawn::core
