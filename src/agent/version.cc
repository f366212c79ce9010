// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "agent/version.h"

namespace spawn::agent {

std::string_view version() { return SPAWN_VERSION; }

}  // namespace spawn::agent
