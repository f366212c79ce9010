// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Compression of a request's body. The only file that knows zlib.
#pragma once

#include <string>
#include <string_view>

namespace spawn::otlp {

// In the gzip format (RFC 1952), at zlib's level 1: spans repeat themselves so much that higher
// levels cost more time than they save bytes.
std::string gzip(std::string_view bytes);

}  // namespace spawn::otlp
