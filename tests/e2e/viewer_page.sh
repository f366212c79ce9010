#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# The viewer's page in Debian's Chromium over made traces: every view in light and dark under axe-core,
# hostile names, broken and running traces, 50,000 spans (opening time and frames a second are printed),
# refusals; and a job array as a person looks at it, by mouse and by keys alone. UPDATE_SCREENSHOTS=1 takes the pictures of docs/guide anew.
. "$(dirname "$0")/lib.sh"
if [ -n "${UPDATE_SCREENSHOTS:-}" ]; then export SPAWN_SCREENSHOTS=$work/pictures; fi
run node --test "$top/tests/web/page_story.mjs" "$top/tests/web/person_story.mjs"
grep -E '^# 50,000 spans' "$out"
expect_exit 0
[ "$status" -eq 0 ] || show_file "$out"
if [ -n "${SPAWN_SCREENSHOTS:-}" ]; then
  mkdir -p "$top/docs/guide/pictures"
  for name in list trace details map array compare live trace-dark broken; do cp "$SPAWN_SCREENSHOTS/$name.png" "$top/docs/guide/pictures/viewer-$name.png"; done
fi
