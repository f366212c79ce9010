// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Errors in the shape that each AWS service gives them, for the fakes.
#pragma once

#include <string_view>

#include "http/client.h"

namespace spawn::testing {

// `service` is the signing name. `message` needs no escaping.
http::Reply error_reply(std::string_view service, int status, std::string_view code,
                        std::string_view message);

// The error that a service gives with this status: S3 says SlowDown with 503, X-Ray
// ThrottledException with 429.
http::Reply usual_error(std::string_view service, int status);

// The errors for credentials past their time, and for a signature whose time is not the service's.
http::Reply expired_error(std::string_view service);
http::Reply skewed_error(std::string_view service);

// The error for a signature that is not the request's.
http::Reply wrong_signature_error(std::string_view service);

}  // namespace spawn::testing
