// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "core/version.h"

namespace spawn::core {

std::string_view version() { return SPAWN_VERSION; }

}  // namespace spawn::core
