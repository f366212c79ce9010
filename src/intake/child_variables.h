// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What the workload finds in its environment, so that its AWS calls and its own spans come to the
// intake. A setting that was there and says otherwise stays; an outer run's is replaced, since the
// inner one is nearer. Pure. Variables:
// https://opentelemetry.io/docs/specs/otel/protocol/exporter/ and
// https://docs.aws.amazon.com/xray/latest/devguide/xray-sdk-nodejs-configuration.html
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spawn::intake {

// Where OTLP's base URL begins, before the token: "http://127.0.0.1:PORT" + this + TOKEN.
inline constexpr std::string_view kTokenPath = "/spawn/";

// `inherited` gives a variable of the environment that the workload would have, "" when it is not
// set. Most are only set where nothing says otherwise; the CSM ones always are.
std::vector<std::pair<std::string, std::string>> child_variables(
    std::uint16_t port, const std::string& token,
    const std::function<std::string(std::string_view name)>& inherited);

}  // namespace spawn::intake
