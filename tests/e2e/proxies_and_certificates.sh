#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# Our transport goes through the proxy that HTTPS_PROXY names and past it where NO_PROXY says, trusts
# nobody whom it was not told to, and reads a bundle of certificates as well as a directory of them.
. "$(dirname "$0")/lib.sh"
fetch() { "$SPAWN_TEST_PROGRAMS/fetch" "$@"; }
untrusted='the server.s certificate is not trusted \(AWS_CA_BUNDLE names whom to trust\)'

openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
  -keyout key.pem -out cert.pem 2>/dev/null
mkdir folder empty
cp cert.pem folder/
openssl rehash folder
python3 "$here/tls_and_proxy.py" cert.pem key.pem proxy.log >ports </dev/null &
started+=($!)
for _ in {1..100}; do
  [ -s ports ] && break
  sleep 0.05
done
read -r server proxy <ports
url=https://localhost:$server/

run fetch "$url"
expect_match "$out" "^! https://localhost:$server: $untrusted$"
AWS_CA_BUNDLE=$work/cert.pem run fetch "$url"
expect_match "$out" '^200 hello$'
AWS_CA_BUNDLE=$work/folder run fetch "$url"
expect_match "$out" '^200 hello$'
AWS_CA_BUNDLE=$work/empty run fetch "$url"
expect_match "$out" "$untrusted"
expect_equal "the proxy's log" "$(cat proxy.log)" ''

export AWS_CA_BUNDLE=$work/cert.pem
HTTPS_PROXY=http://127.0.0.1:$proxy run fetch "$url"
expect_match "$out" '^200 hello$'
expect_equal "the proxy's log" "$(cat proxy.log)" "CONNECT localhost:$server"
https_proxy=http://127.0.0.1:$proxy NO_PROXY=example.com,localhost run fetch "$url"
expect_match "$out" '^200 hello$'
HTTPS_PROXY=http://127.0.0.1:$proxy run fetch "$url" direct
expect_match "$out" '^200 hello$'
expect_lines proxy.log 1
# The tunnel is no reason to trust the other end.
AWS_CA_BUNDLE=$work/empty HTTPS_PROXY=http://127.0.0.1:$proxy run fetch "$url"
expect_match "$out" "$untrusted"
HTTPS_PROXY=http://127.0.0.1:$(unused_port) run fetch "$url"
expect_match "$out" '^! https://localhost:[0-9]+: connection refused$'
HTTPS_PROXY=http://user:my-password@127.0.0.1:$(unused_port) run fetch "$url"
expect_no_match "$out" 'my-password'
