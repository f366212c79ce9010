#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# For each of a table of config files and environments our chain of credentials chooses what botocore
# chooses, or both refuse.
. "$(dirname "$0")/lib.sh"
unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_EC2_METADATA_DISABLED
unset AWS_CONFIG_FILE AWS_SHARED_CREDENTIALS_FILE
run python3 "$here/credentials_like_botocore.py" "$SPAWN_TEST_PROGRAMS/which_credentials"
cat "$out"
expect_exit 0
expect_match "$out" '^[0-9]+ cases, 0 differ$'
