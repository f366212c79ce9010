// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// CRC-32C (Castagnoli, RFC 3720 appendix B.4), with the processor's instruction where there is one.
#pragma once

#include <cstdint>
#include <string_view>

namespace spawn::core {

// Of `bytes`, going on from an earlier result.
std::uint32_t crc32c(std::string_view bytes, std::uint32_t earlier = 0);

}  // namespace spawn::core
