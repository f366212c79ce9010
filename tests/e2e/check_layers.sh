#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# tools/check-layers finds what it is there to find, in a small tree with one of each mistake.
. "$(dirname "$0")/lib.sh"
mkdir -p tree/tools tree/src/core tree/src/http tree/src/testing tree/apps
cp "$top/tools/check-layers" tree/tools/
cat >tree/src/core/CMakeLists.txt <<'X'
spawn_room(core HEADERS a.h SOURCES a.cc TESTS a_test.cc)
X
cat >tree/src/http/CMakeLists.txt <<'X'
spawn_room(http HEADERS curl_client.h SOURCES b.cc DEPENDS core)
X
cat >tree/src/testing/CMakeLists.txt <<'X'
spawn_room(testing HEADERS fakes.h DEPENDS core http)
X
echo '#include "http/curl_client.h"' >tree/apps/spawn.cc
touch tree/src/core/a.h tree/src/testing/fakes.h
echo '#include <curl/curl.h>' >tree/src/http/curl_client.h
echo '#include "core/a.h"' >tree/src/http/b.cc
echo '#include "core/a.h"' >tree/src/core/a.cc
echo '#include "testing/fakes.h"' >tree/src/core/a_test.cc
run tree/tools/check-layers
expect_exit 0

printf '#include "core/a.h"\n#include "http/b.h"  // upwards\n' >tree/src/core/a.cc
printf '// CurlClient in a comment is fine\nauto x = CurlClient();\n#include <curl/curl.h>\n' >tree/src/http/b.cc
touch tree/src/http/forgotten_test.cc
run tree/tools/check-layers
expect_exit 1
expect_match "$out" '^src/core/a.cc:2: core may not include http'
expect_match "$out" '^src/http/b.cc:2: CurlClient'
expect_match "$out" '^src/http/b.cc:3: <curl/curl.h>'
expect_match "$out" '^src/http/forgotten_test.cc:1: is in no list'
expect_lines "$out" 4

sed -i 's/TESTS/DEPENDS http TESTS/' tree/src/core/CMakeLists.txt
run tree/tools/check-layers
expect_match "$out" 'cycle: core -> http -> core'
