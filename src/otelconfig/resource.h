// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The schema's `resource`. A schema URL has no place to go, and that is noted. Pure.
#pragma once

#include "core/env.h"
#include "otelconfig/configuration.h"
#include "otelconfig/reading.h"

namespace spawn::otelconfig {

// Resource and detection. Of `env` the detector `service` reads OTEL_SERVICE_NAME, by the schema.
void read_resource(Reading& read, const Node& resource, const core::Env& env,
                   Configuration& configuration);

}  // namespace spawn::otelconfig
