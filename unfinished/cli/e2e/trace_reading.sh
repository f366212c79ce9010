#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# Traces that X-Ray has: listed, filtered, mapped, compared, exported, counted, followed.
. "$(dirname "$0")/lib.sh"
start_fake_aws
trace_of() { # what to run inside a trace; its id
  run spawn trace run --exporter stdout,xray --endpoint "$fake_url" --sampling 1 --name "$1" -- "${@:2}"
  python3 "$here/spans.py" value "$err" "$1" trace_id
}
good=$(trace_of good true)
bad=$(trace_of bad false)
xray=(--from xray --endpoint "$fake_url")

run spawn trace list "${xray[@]}"
expect_exit 0
expect_lines "$out" 3
expect_match "$out" "fault .* bad "
expect_no_match "$out" $'\x1b'
run spawn trace list 'fault' "${xray[@]}" --quiet
expect_exit 0
expect_equal "what failed" "$(cat "$out")" "1-${bad:0:8}-${bad:8}"
run spawn trace list 'falt' "${xray[@]}"
expect_exit 2
expect_match "$err" "did you mean fault\?"
expect_match "$err" "^  \^\^\^\^$"

run spawn trace map "${xray[@]}" --output json
expect_exit 0
python3 - "$out" <<'PY' || failed "the map is not as wanted"
import json, sys
services = json.load(open(sys.argv[1]))["Services"]
assert sorted((s["Name"], s.get("Type")) for s in services if s.get("Type") == "client"), services
assert any(s["Name"] == "spawn" and s["Root"] and s["SummaryStatistics"]["TotalCount"] == 2 for s in services), services
PY

run spawn trace diff "$good" "$bad" "${xray[@]}"
expect_exit 0
expect_match "$out" "^bad "
run spawn trace cost "${xray[@]}"
expect_exit 0
expect_match "$out" "^100 %  *2  *2 "

for format in otlp xray jsonl jaeger chrome; do
  run spawn trace export "$bad" --format $format "${xray[@]}"
  expect_exit 0
  python3 -c 'import json,sys; [json.loads(l) for l in open(sys.argv[1])]' "$out" || failed "$format is no JSON"
  expect_match "$out" bad
done
run spawn trace export "$bad" --format html "${xray[@]}"
expect_exit 0
# The page's policy lets in its own style and nothing else.
python3 - "$out" <<'PY' || failed "the policy is not the style's"
import base64, hashlib, re, sys
page = open(sys.argv[1]).read()
style = re.search(r"<style>(.*?)</style>", page, re.S).group(1)
digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
assert f"default-src 'none'; style-src 'sha256-{digest}'" in page
assert "<script" not in page and " style=" not in page and "http:" not in page
PY
run spawn trace export 1-581cf771-000000000000000000000001 --format html "${xray[@]}"
expect_exit 3

# What comes is shown while it comes; an interrupt ends it.
timeout --signal=INT 6 "$SPAWN_BIN_DIR/spawn" trace tail "${xray[@]}" >tailed 2>"$err"
expect_match tailed "ok .* good"
expect_match tailed "fault .* bad"

# Nobody there: said, not hung on.
run spawn trace list --from xray --endpoint http://127.0.0.1:1
expect_equal "exit status when nobody answers" "$((status != 0))" 1
expect_lines "$err" 1
