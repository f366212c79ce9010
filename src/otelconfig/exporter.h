// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The schema's span exporters that are there: otlp_http and console, and two of our own, xray
// (`endpoint`: base URL of an X-Ray API) and local (the trace store of this machine). Pure.
#pragma once

#include <optional>

#include "otelconfig/configuration.h"
#include "otelconfig/reading.h"

namespace spawn::otelconfig {

// Nothing after a fault.
std::optional<Exporter> read_exporter(Reading& read, const Node& node);

}  // namespace spawn::otelconfig
