#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# One order, by three programs that know nothing of spawn: a bucket by the AWS CLI, the invoice by Python with
# the X-Ray SDK, the stock by Node.js with OpenTelemetry, and the parcel by this script, which speaks X-Ray's
# datagrams itself. See README.md.
set -eu
here=$(dirname "$0")

# The AWS CLI reads AWS_ENDPOINT_URL from version 2.13 on; Debian 12 has an older one.
aws() { command aws ${AWS_ENDPOINT_URL:+--endpoint-url "$AWS_ENDPOINT_URL"} "$@"; }

segment() { # NAME COMMAND...   runs it, and tells the X-Ray daemon
  local name=$1 start=$EPOCHREALTIME document
  shift
  "$@"
  document=$(printf '{"format":"json","version":1}\n{"name":"%s","id":"%s","trace_id":"1-%08x-%s","start_time":%s,"end_time":%s}' \
    "$name" "$(random 8)" "${start%.*}" "$(random 12)" "$start" "$EPOCHREALTIME")
  cat >"/dev/udp/${AWS_XRAY_DAEMON_ADDRESS/://}" <<<"$document" || true # in one piece, as printf does not
}
random() { od -An -N "$1" -tx1 /dev/urandom | tr -d ' \n'; }

aws s3 mb s3://orders
python3 "$here/invoice.py"
node "$here/stock.cjs"
segment parcel sleep 0.2
aws s3 ls s3://orders
