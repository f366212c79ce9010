// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Telling systemd how we are (Type=notify): one datagram to the socket that NOTIFY_SOCKET names, as
// https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html says. A dozen lines are
// less than a library.
#pragma once

#include <string_view>

#include "core/env.h"

namespace spawn::agent {

// "READY=1", "STOPPING=1", "STATUS=…"; several with newlines. Does nothing without systemd.
void sd_notify(const core::Env& env, std::string_view state);

}  // namespace spawn::agent
