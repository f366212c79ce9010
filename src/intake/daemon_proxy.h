// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What X-Ray SDKs ask the daemon for by TCP: sampling rules and targets. The decision was made at
// the root, so the rule here is to keep everything; otherwise each SDK would drop 95 % of what it
// begins in a second, and tear holes into a trace that is recorded. Pure.
// https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sampling.html
#pragma once

#include <optional>
#include <string_view>

#include "http/client.h"

namespace spawn::intake {

// Nothing: no such operation.
std::optional<http::Reply> answer_daemon(std::string_view path);

}  // namespace spawn::intake
