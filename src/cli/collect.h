// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// `spawn collect`: what a job array left in S3, listed or fetched. Each file is there whole or not
// at all, and never outside the folder it goes to, whatever an object is called.
#pragma once

#include <string>

#include "cli/account.h"
#include "cli/parts.h"
#include "cli/table.h"

namespace CLI {
class App;
}

namespace spawn::cli {

struct CollectOptions {
  std::string from;  // s3://BUCKET[/PREFIX]
  std::string folder = ".";
  std::string job_array_id;  // below the prefix
  bool list = false;
  AccountOptions account;
  OutputOptions output;
};
void add_collect_options(CLI::App& command, CollectOptions& options);

// The exit status.
int collect(const CollectOptions& options, const Parts& parts);

}  // namespace spawn::cli
