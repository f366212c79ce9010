// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// An agent waits for most of its life. Starting up, a heartbeat, an export touch a great deal of
// library code (dynamic linking, TLS, XML, YAML) that it needs no more for a while, or ever; this
// takes that code out of its resident set. What is needed again comes back from the page cache, a
// page at a time.
#pragma once

namespace spawn::agent {

// Code only: it is mapped from files and never written, so nothing can be lost.
void give_back_unused_code();

}  // namespace spawn::agent
