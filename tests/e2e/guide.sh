#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# Every bash snippet of the guide runs as written (against moto), every YAML snippet is a valid setting.
. "$(dirname "$0")/lib.sh"
. "$here/instances.sh"
start_moto
start_ssm
export AWS_ENDPOINT_URL=$moto_url XDG_STATE_HOME=$work/s
PATH=$here/bin:$SPAWN_BIN_DIR:$PATH
guide=$top/docs/guide/distributed-tracing.md
# snippets LANGUAGE: files snippet.LANGUAGE.1, .2, …
snippets() {
  awk -v language="$1" '$0 == "```" language { file = "snippet." language "." ++n; next }
    /^```$/ { file = "" } file { print > file }' "$guide"
}
snippets bash
snippets yaml
aws s3 mb s3://my-bucket >/dev/null
echo 'text' >data.txt
for snippet in snippet.bash.*; do
  run bash -eu "$snippet"
  expect_exit 0
  [ "$status" -eq 0 ] || show_file "$snippet"
done
for snippet in snippet.yaml.*; do
  run env SPAWN_CONFIG="$snippet" spored run -- true
  expect_exit 0
done
expect_less "snippets that were not found" "$((2 - $(find . -name 'snippet.*' | wc -l)))" 1
