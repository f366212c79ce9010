#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# wordcount.sh [BUCKET]    counts the words of the licences that every Debian machine carries
#
# Uploads texts to S3 (AWS CLI), counts them and writes the counts to DynamoDB and S3 (count.py, boto3),
# fetches the table and prints it. Knows nothing of tracing.
set -euo pipefail
here=$(dirname "$0")
bucket=${1:-wordcount-example}
table=wordcount-example
texts=/usr/share/common-licenses

# An AWS CLI older than 2.13 does not read AWS_ENDPOINT_URL by itself.
aws() { command aws ${AWS_ENDPOINT_URL:+--endpoint-url "$AWS_ENDPOINT_URL"} "$@"; }

aws s3 mb "s3://$bucket" >/dev/null
aws s3 cp "$texts" "s3://$bucket/texts/" --recursive --no-progress --exclude '*' \
  --include Apache-2.0 --include Artistic --include BSD --include GPL-3 --include MPL-2.0 >/dev/null
python3 "$here/count.py" "$bucket" "$table"
aws s3 cp "s3://$bucket/result.txt" - --no-progress
