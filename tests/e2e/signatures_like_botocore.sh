#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# Requests of every protocol, with odd keys, unicode and session tokens: our signature is the one that
# botocore gives the same request.
. "$(dirname "$0")/lib.sh"
run python3 "$here/signatures_like_botocore.py" "$SPAWN_TEST_PROGRAMS/sign_requests"
cat "$out"
expect_exit 0
expect_match "$out" '^[0-9]+ requests, 0 differ$'
