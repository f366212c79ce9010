// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Hides credentials in text that a foreign program wrote. AWS error messages can recite what was
// signed: SignatureDoesNotMatch the session token header, IncompleteSignature the whole
// Authorization header. Works by the shape of what surrounds a secret, so it also finds one that
// was cut short. Pure.
#pragma once

#include <string>
#include <string_view>

namespace spawn::intake {

// What trace/secrets.h finds becomes "***".
std::string scrub(std::string_view text);

// Every occurrence of `secret` (of 8 bytes and more) becomes "***".
void scrub_literal(std::string& text, std::string_view secret);

}  // namespace spawn::intake
