// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The text of one element of an AWS XML reply, for replies of which a few leaves are all that
// matters (errors, GetCallerIdentity). No parser: AWS writes these elements without attributes and
// without CDATA. Pure; safe on hostile input.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace spawn::aws {

// What stands in the first <name>…</name>, with the five predefined entities decoded.
std::optional<std::string> xml_text(std::string_view xml, std::string_view name);

}  // namespace spawn::aws
