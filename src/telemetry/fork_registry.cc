// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "telemetry/fork_registry.h"

#include <pthread.h>

#include <algorithm>
#include <mutex>
#include <vector>

namespace spawn::telemetry {
namespace {

struct Registry {
  std::mutex mutex;
  std::vector<ForkListener*> listeners;
};

// Never destroyed: a handler may run while the program ends.
Registry& registry() {
  static auto* const instance = new Registry;
  return *instance;
}

void on_prepare() { registry().mutex.lock(); }
void on_parent() { registry().mutex.unlock(); }
void on_child() {
  for (ForkListener* listener : registry().listeners) listener->after_fork_in_child();
  registry().mutex.unlock();
}

}  // namespace

ForkListener::ForkListener() {
  static const int registered = pthread_atfork(on_prepare, on_parent, on_child);
  (void)registered;
  const std::lock_guard lock(registry().mutex);
  registry().listeners.push_back(this);
}

ForkListener::~ForkListener() {
  const std::lock_guard lock(registry().mutex);
  std::erase(registry().listeners, this);
}

}  // namespace spawn::telemetry
