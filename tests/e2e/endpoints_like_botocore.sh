#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# Each service lives, in each kind of region, where botocore says, with and without FIPS and dual-stack;
# where botocore refuses, so do we.
. "$(dirname "$0")/lib.sh"
run python3 "$here/endpoints_like_botocore.py" "$SPAWN_TEST_PROGRAMS/resolve_endpoints"
cat "$out"
expect_exit 0
expect_match "$out" '^[0-9]+ cases, 0 differ$'
