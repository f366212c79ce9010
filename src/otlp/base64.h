// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Bytes as base64 text (RFC 4648, 4), which is how protobuf's JSON writes them; our attributes have
// no bytes.
#pragma once

#include <string>
#include <string_view>

namespace spawn::otlp {

std::string base64(std::string_view bytes);

}  // namespace spawn::otlp
