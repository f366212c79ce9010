// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The program on spawn's engine.
#include <opentelemetry/context/runtime_context.h>
#include <spawn/opentelemetry.h>

#include "shop.h"

int main() {
  const auto provider = spawn::install_tracer_provider();
  int status = 0;
  {
    // The trace that this process was started in, if any.
    opentelemetry::context::Context none;
    const auto token = opentelemetry::context::RuntimeContext::Attach(
        spawn::propagator_from_environment()->Extract(*spawn::environment_carrier(), none));
    status = shop();
  }
  provider->Shutdown(std::chrono::seconds(2));
  return status;
}
