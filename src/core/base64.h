// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Base64 with padding, the alphabet of RFC 4648 section 4: how AWS carries bytes in JSON, headers
// and forms. Decoding is strict: what encode() would not have written is refused.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace spawn::core {

std::string base64_encode(std::string_view bytes);
std::optional<std::string> base64_decode(std::string_view text);

}  // namespace spawn::core
