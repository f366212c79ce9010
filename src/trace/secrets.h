// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What opens doors, found by its name or its shape, so that no exporter shows it: passwords, access
// keys, session and bearer tokens, Authorization headers and cookies, private keys, what signs a
// presigned URL, and user information in URLs and connection strings. The semantic conventions name
// the same for url.full; the guide wants none of it. Errs on the side of hiding. Pure.
#pragma once

#include <string>
#include <string_view>

namespace spawn::trace {

inline constexpr std::string_view kRedacted = "REDACTED";

// Does this name belong to a secret: "password", "DB_PASSWORD",
// "http.request.header.authorization", "SecretAccessKey", "x-amz-security-token"? Its last word
// behind the dots counts, without regard to case, '-' and '_'.
bool names_secret(std::string_view name);

// Whether its values are addresses that can have a password without a scheme before it:
// "db.connection_string".
bool names_address(std::string_view name);

// False: without_secrets() leaves every text in these bytes as it is. Much cheaper than to ask it
// of each.
bool may_hold_secret(std::string_view bytes);

// `text` with `mask` for every secret in it. Returns `text` itself when there is none, which costs
// no allocation, else a view of `storage`. Any text: messages, URLs, headers, JSON, command lines.
std::string_view without_secrets(std::string_view text, std::string& storage,
                                 std::string_view mask = kRedacted);

// The same of what is known to be an address: then "app:pw@tcp(db)/x" and Oracle's "scott/tiger@db"
// have a password, too.
std::string_view address_without_secrets(std::string_view text, std::string& storage,
                                         std::string_view mask = kRedacted);

}  // namespace spawn::trace
