// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Compression of a request's body, and back. The only file that knows zlib.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"

namespace spawn::otlp {

// In the gzip format (RFC 1952), at zlib's level 1: spans repeat themselves so much that higher
// levels cost more time than they save bytes.
std::string gzip(std::string_view bytes);

// What somebody else compressed, one member after the other. nullopt when it would be more than
// `max_bytes`, which is found out before more memory than that is used. Code::invalid_argument when
// it is not in that format, or ends too early.
core::Result<std::optional<std::string>> gunzip(std::string_view bytes, std::size_t max_bytes);

}  // namespace spawn::otlp
