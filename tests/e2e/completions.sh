#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# `spawn completion` for each shell, loaded by the shell itself: commands, options, and what follows an
# option's value. Where it knows nothing it changes nothing.
. "$(dirname "$0")/lib.sh"
for shell in bash zsh fish; do
  run spawn completion "$shell"
  expect_exit 0
  run python3 "$here/completions.py" "$SPAWN_BIN_DIR" "$shell" 'spawn laun' 'spawn trace do' \
    'spawn launch --count 3 --job-array-n' 'spawn trace nothing-like-thi'
  expect_exit 0
  expect_equal "what Tab made in $shell" "$(paste -sd, "$out")" \
    'launch,trace doctor,launch --count 3 --job-array-name,trace nothing-like-thi'
done

# Where packages put it, zsh finds it by the name of its file.
mkdir functions
spawn completion zsh >functions/_spawn
# shellcheck disable=SC2016  # zsh shall expand it
run zsh -f -c 'fpath=($PWD/functions $fpath); autoload -Uz compinit; compinit -D -u; echo $_comps[spawn]'
expect_equal 'completion of spawn in zsh' "$(cat "$out")" _spawn

run spawn completion tcsh
expect_exit 2
expect_match "$err" "'tcsh' is none of bash, zsh, fish"
