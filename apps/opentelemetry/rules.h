// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// X-Ray's sampling rules for the two faces of the library, over the real clock, environment and
// network. The thread that asks for them begins here; it ends with the last copy of what is
// returned, or at exit, within 250 ms: while X-Ray hangs it is left behind. A forked child asks
// anew, with its first root.
#pragma once

#include <string>

#include "otel/root_rules.h"
#include "trace/resource.h"

namespace spawn::apps {

// For the service that `resource` describes. `url` is X-Ray's, "" for where the AWS CLI finds it.
otel::RootRules root_rules(const trace::Resource& resource, const std::string& url);

}  // namespace spawn::apps
