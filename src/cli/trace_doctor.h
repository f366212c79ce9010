// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// `spawn trace doctor` and `spored trace doctor`: why traces do not show. Looks at the settings, at
// what waits on disk, and at X-Ray by sending it a segment (Parts::diagnose). Exit status 0: all is
// well; 1: there is a problem, and each has its cure beside it.
#pragma once

#include <cstdint>
#include <string>

#include "cli/parts.h"

namespace CLI {
class App;
}

namespace spawn::cli {

struct DoctorOptions {
  std::string endpoint;
  std::string region;
  std::string profile;
  std::string config;
  std::string output = "text";
  std::string color = "auto";
};
void add_doctor_options(CLI::App& doctor, DoctorOptions& options);

struct DoctorStyle {
  std::string program;                   // "spawn"
  std::string config_file;               // where settings are looked for
  std::string spool;                     // folder of what waits; "" for none
  bool has_agent = false;                // one may run here, and knows what became of its spans
  config::Tags tags = {};                // of the instance
  std::uintmax_t least_free = 2U << 20;  // bytes; the spool grows by 1 MB
};
int trace_doctor(const DoctorOptions& options, const DoctorStyle& style, const Parts& parts);

}  // namespace spawn::cli
