// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The version that both programs show and every span's resource carries. From the file VERSION.
#pragma once

#include <string_view>

namespace spawn::core {

std::string_view version();

}  // namespace spawn::core
