// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The one maker of Settings, for settings.cc and keys.cc: sources are applied to it from the
// weakest to the strongest.
#pragma once

#include "config/settings.h"

namespace spawn::config {

struct SettingsBuilder {
  Settings settings;
};

}  // namespace spawn::config
