// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What X-Ray SDKs send to the X-Ray daemon by UDP: a header line and one document. Pure.
// https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-daemon
#pragma once

#include <optional>
#include <string_view>

namespace spawn::xray {

// The document that comes after the header line, read as the daemon reads it: format "json" in any
// case, version 1. Nothing when there is no such line.
std::optional<std::string_view> document_in(std::string_view datagram);

}  // namespace spawn::xray
