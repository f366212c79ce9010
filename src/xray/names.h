// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Names that X-Ray takes, for the document writer: 1 to 200 characters, letters, numbers and
// separators of any script and _.:/%&#=+-@. A document with another name is refused as a whole, so
// a name is made to fit before it is sent. The set is the one of the published segment schema.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace spawn::xray {

inline constexpr std::size_t kMaxNameCharacters = 200;

// Refused characters and broken UTF-8 become '_', what is too long is cut, "" becomes "span".
// Returns `text` itself when it is good, which costs no allocation, else a view of `storage`.
std::string_view fit_name(std::string_view text, std::string& storage);
// The same with '_' for each character that is not ASCII.
std::string ascii_name(std::string_view text);

}  // namespace spawn::xray
