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
  std::uint64_t s[4];
};

// All zero means "not seeded": xoshiro never reaches that state by itself.
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

[[gnu::noinline]] void seed() {
  do {
    fill_from_kernel(&state, sizeof state);
  } while ((state.s[0] | state.s[1] | state.s[2] | state.s[3]) == 0);
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
  if ((s[0] | s[1] | s[2] | s[3]) == 0) [[unlikely]] {
    seed();
  }
  const std::uint64_t result = std::rotl(s[0] + s[3], 23) + s[0];
  const std::uint64_t t = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = std::rotl(s[3], 45);
  return result;
}

std::string secure_random_hex(std::size_t hex_digits) {
  std::string bytes(hex_digits / 2, '\0');
  fill_from_kernel(bytes.data(), bytes.size());
  return to_hex(bytes);
}

}  // namespace spawn::core
