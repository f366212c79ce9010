// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The schema's `sampler`: always_on, always_off, trace_id_ratio_based, parent_based with its parts,
// probability/development, composite/development as far as it says the same, and our `xray`. Every
// probability is decided as trace/rate.h does. Pure.
#pragma once

#include "otelconfig/configuration.h"
#include "otelconfig/reading.h"

namespace spawn::otelconfig {

Sampler read_sampler(Reading& read, const Node& node);

}  // namespace spawn::otelconfig
