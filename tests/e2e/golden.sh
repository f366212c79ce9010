#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# What a person reads, letter by letter: the traces of tests/golden/waterfall as a wide terminal and as a
# narrow one without Unicode show them, and every help text. After a wanted change UPDATE_GOLDEN=1 writes
# the files anew; read the difference before committing it.
. "$(dirname "$0")/lib.sh"
golden=$top/tests/golden

same_as() {
  local wanted=$golden/$1
  if [ -n "${UPDATE_GOLDEN:-}" ]; then cp "$out" "$wanted"; fi
  diff -u "$wanted" "$out" || failed "the output is not that of tests/golden/$1"
}

shown=0
for trace in "$golden"/waterfall/*.jsonl; do
  name=$(basename "$trace" .jsonl)
  cd "$golden/waterfall" || exit 1
  show=(spawn trace show 1-69573385-a1b2c3d4e5f60718293a4b5c --from "$name.jsonl")
  COLUMNS=110 LC_ALL=C.UTF-8 run "${show[@]}" --color never
  expect_exit 0
  same_as "waterfall/$name.wide.txt"
  COLUMNS=60 LC_ALL=C run "${show[@]}" --color always
  expect_exit 0
  same_as "waterfall/$name.narrow.txt"
  shown=$((shown + 1))
done
expect_equal "traces shown" "$shown" 5

cd "$golden/array" || exit 1
run spawn trace array words-7f3a --from words.jsonl
expect_exit 0
same_as array/words.txt
run spawn trace array words-7f3a --from words.jsonl --output json
expect_exit 0
same_as array/words.json

for command in '' launch list status terminate stop start extend queue 'queue submit' collect iam 'iam policy' config \
  'config get' 'config set' 'config list' completion trace 'trace run' 'trace list' 'trace show' 'trace map' 'trace array' 'trace tail' 'trace diff' 'trace export' 'trace cost' 'trace convert' 'trace doctor' 'trace serve' version; do
  # shellcheck disable=SC2086  # a command is words
  run spawn $command --help
  expect_exit 0
  same_as "help/spawn${command:+-${command// /-}}.txt"
done
for command in '' run flush; do
  # shellcheck disable=SC2086
  run spored $command --help
  expect_exit 0
  same_as "help/spored${command:+-$command}.txt"
done
