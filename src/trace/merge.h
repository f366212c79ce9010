// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What readers do with the spans of one trace that came in pieces, in any order, some of them more
// than once: from X-Ray, and from the store.
#pragma once

#include "trace/source.h"

namespace spawn::trace {

// A span may be there as unfinished and as ended: the last one that has an end counts, in the place
// of the first.
void drop_older_versions(Trace& trace);

// A span without a Resource takes that of the nearest one above it, or an empty one.
void share_resources(Trace& trace);

}  // namespace spawn::trace
