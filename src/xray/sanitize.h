// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// URLs and connection strings without what opens doors: passwords, tokens and signatures become
// REDACTED. The guide wants none of them in http.request.url, sql.url and sql.connection_string;
// the semantic conventions name the same keys for url.full.
#pragma once

#include <string>
#include <string_view>

namespace spawn::xray {

// Returns `text` itself when there is nothing to hide, which costs no allocation, else a view of
// `storage`. Knows user:password@ (and Oracle's user/password@), and key=value between any of
// ? & ; , and blanks.
std::string_view without_secrets(std::string_view text, std::string& storage);

}  // namespace spawn::xray
