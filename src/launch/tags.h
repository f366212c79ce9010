// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The tags that a person asks for, checked before any call: EC2's rules (50 a resource, keys of 128
// and values of 256 characters, no "aws:"), and none that a launch sets by itself. What the
// settings among them mean is config's business. Pure.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace spawn::launch {

using Tags = std::map<std::string, std::string>;

inline constexpr std::size_t kMaxTags = 50;
inline constexpr std::size_t kMaxTagKey = 128;
inline constexpr std::size_t kMaxTagValue = 256;

// "K=V", one each (--tag), and "A=B,C=D" lists (--tags). The same key twice is an error.
core::Result<Tags> parse_tags(const std::vector<std::string>& single,
                              const std::vector<std::string>& lists);

// Of a whole resource, those that the launch adds included.
core::Status check_tags(const Tags& tags);

// Can an instance read tags of these names from its metadata service? There a name is a part of a
// path, so EC2 refuses to launch with blanks and slashes in one.
bool fit_into_metadata(const Tags& tags);

}  // namespace spawn::launch
