// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Makes the digests of traces as they come in, whoever wrote them, so that the first one who asks
// for a list or a map does not wait for a hundred thousand of them. A thread of its own, from the
// constructor to the destructor.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "server/traces.h"

namespace spawn::server {

class Digester {
 public:
  explicit Digester(Traces& traces);

 private:
  void run(const std::stop_token& stop);

  Traces& traces_;
  std::mutex mutex_;
  std::condition_variable_any stopped_;
  std::jthread thread_;  // last: it uses the others
};

}  // namespace spawn::server
