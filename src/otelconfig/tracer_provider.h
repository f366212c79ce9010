// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The schema's `tracer_provider`, its limits apart: processors with their exporters, and the
// sampler. All exporters share one queue, so that the settings of the first processor are those of
// all; where another's differ, that is noted. Pure.
#pragma once

#include "otelconfig/configuration.h"
#include "otelconfig/reading.h"

namespace spawn::otelconfig {

void read_tracer_provider(Reading& read, const Node& provider, Configuration& configuration);

}  // namespace spawn::otelconfig
