#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# spawn trace convert: every format into every other and back, of spans that a real run made; bad spans
# are named and never stop the rest.
. "$(dirname "$0")/lib.sh"
start_moto
export AWS_ENDPOINT_URL=$moto_url

run spawn trace run --exporter stdout --name nightly -- sh -c 'aws s3 mb s3://convert && aws s3 ls s3://nowhere'
grep '^{"trace_id"' "$err" >made.jsonl
expect_spans made.jsonl 1 S3.CreateBucket

convert() { run spawn trace convert --from "$1" --to "$2" "${@:3}"; }

# What X-Ray keeps to the microsecond is compared to the microsecond.
rounded() { sed -E 's/("(start|end|time)":"[^"]{26})[0-9]{3}Z/\1Z/g; s/"duration_ms":[0-9.]+/"duration_ms":0/' "$1"; }
# The same spans with the same content; the order of keys says nothing.
same_spans() {
  python3 - "$1" "$2" <<'PY' || failed "$1 and $2 are not the same spans"
import json, sys
first, second = ([json.loads(line) for line in open(name)] for name in sys.argv[1:])
key = lambda span: span["span_id"]
if sorted(first, key=key) != sorted(second, key=key) or not first:
    sys.exit(1)
PY
}

# There and back through every other format.
convert jsonl otlp made.jsonl
expect_exit 0
expect_lines "$err" 0
cp "$out" made.otlp
expect_lines made.otlp 1
expect_match made.otlp '^\{"resourceSpans":\[\{"resource":'
convert otlp jsonl made.otlp
expect_exit 0
cp "$out" back.jsonl
same_spans made.jsonl back.jsonl

convert jsonl xray made.jsonl
expect_exit 0
cp "$out" made.xray
expect_equal "documents" "$(wc -l <made.xray)" "$(wc -l <made.jsonl)"
convert xray jsonl made.xray
expect_exit 0
rounded made.jsonl >a.jsonl
rounded "$out" >b.jsonl
same_spans a.jsonl b.jsonl

convert otlp xray made.otlp
cp "$out" other.xray
cmp -s made.xray other.xray || failed "jsonl and otlp make different X-Ray documents"
convert xray otlp made.xray
cp "$out" other.otlp
convert otlp jsonl other.otlp
rounded "$out" >c.jsonl
same_spans b.jsonl c.jsonl
for format in otlp jsonl xray; do
  convert "$format" "$format" "made.$format"
  cp "$out" again
  convert "$format" "$format" again
  cmp -s again "$out" || failed "$format is not the same after the second time"
done

# A whole document over many lines, from standard input; and what is made can be shown.
python3 -m json.tool made.otlp >pretty.otlp
run sh -c '"$SPAWN_BIN_DIR/spawn" trace convert --from otlp --to jsonl - <pretty.otlp'
expect_exit 0
cp "$out" pretty.jsonl
same_spans made.jsonl pretty.jsonl
id=$(sed -n 's/^{"trace_id":"\([0-9a-f]*\)".*/\1/p' pretty.jsonl | head -n 1)
run spawn trace show "$id" --from pretty.jsonl
expect_exit 0
expect_match "$out" 'S3.CreateBucket'

# One bad span is named; the rest goes on.
bad='{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"broken","traceId":"xyz"}]}]}]}'
{ cat made.otlp && echo "$bad" && cat made.otlp; } >mixed.otlp
convert otlp jsonl mixed.otlp
expect_exit 1
expect_equal "spans" "$(wc -l <"$out")" $((2 * $(wc -l <made.jsonl)))
expect_lines "$err" 1
expect_match "$err" "^spawn: mixed.otlp: line 2: resourceSpans\[0\].scopeSpans\[0\].spans\[0\] 'broken': traceId: 'xyz' is not 32 hex digits; the span was left out$"
span='{"name":"SPAN","traceId":"692f1a2b010203041122334455667788","spanId":"0000000000000002","startTimeUnixNano":"1","endTimeUnixNano":"2"}'
{
  echo "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":${span/SPAN/lost}}]}]}"
  echo "{\"resourceSpans\":[{\"instrumentationLibrarySpans\":[{\"spans\":[${span/SPAN/old}]}]}]}"
  printf '{"resourceSpans":[{"scopeSpans":[{"spans":[%s]}]}]}\n' "${span/SPAN/cut$(printf '\360\237')}"
} >shapes.otlp
convert otlp jsonl shapes.otlp
expect_exit 1
expect_lines "$out" 2
expect_match "$out" '"name":"old"'
expect_match "$out" '"name":"cut��"'
expect_equal "stderr" "$(cat "$err")" 'spawn: shapes.otlp: line 1: resourceSpans[0].scopeSpans[0].spans: an object is no list; it was left out'
{ cat made.xray && echo '{"id":"1"}'; } >mixed.xray
convert xray otlp mixed.xray
expect_exit 1
expect_lines "$out" 1
expect_match "$err" '^spawn: mixed.xray: line [0-9]+: a document has no valid id; it was left out$'

# What can be searched, and where the logs are.
cat >annotated.jsonl <<'LINES'
{"trace_id":"692f1a2b010203041122334455667788","span_id":"0000000000000001","name":"op","kind":"SERVER","start":"2026-01-02T03:04:05Z","attributes":{"customer.id":7,"vip":true,"note":"n"}}
LINES
convert jsonl xray annotated.jsonl --annotate customer.id --annotate vip --log-group /app --log-group /web
expect_exit 0
expect_match "$out" '"annotations":\{"customer_id":7,"vip":true\}'
expect_match "$out" '"cloudwatch_logs":\[\{"log_group":"/app"\},\{"log_group":"/web"\}\]'
convert jsonl xray annotated.jsonl --annotate-all
expect_match "$out" '"annotations":\{"customer_id":7,"vip":true,"note":"n"\}'
convert jsonl xray annotated.jsonl --no-annotations
expect_no_match "$out" '"annotations"'
convert jsonl otlp annotated.jsonl --annotate-all
expect_exit 2
expect_lines "$out" 0

# What opens doors stays here, also where it is asked for.
cat >secret.jsonl <<'LINES'
{"trace_id":"692f1a2b010203041122334455667788","span_id":"0000000000000001","name":"op","kind":"CLIENT","start":"2026-01-02T03:04:05Z","attributes":{"db.system.name":"mysql","db.connection_string":"DRIVER={x};PWD={hun;ter2}","url.full":"https://u:hunter2@h/"}}
LINES
for format in otlp jsonl xray; do
  convert jsonl "$format" secret.jsonl
  expect_match "$out" 'PWD=\{REDACTED\}'
  expect_no_match "$out" 'ter2'
done
convert jsonl xray secret.jsonl --annotate url.full --annotate db.connection_string
expect_match "$out" '"url_full":"https://u:REDACTED@h/"'
expect_no_match "$out" 'ter2'

# The is-remote bits of OTLP's flags make a segment of a span whose parent is elsewhere.
span='{"traceId":"692f1a2b010203041122334455667788","spanId":"0000000000000002","parentSpanId":"0000000000000001","name":"op","kind":1,"startTimeUnixNano":"1","endTimeUnixNano":"2","flags":FLAGS}'
for case in 769:no 257:yes 1:yes; do
  echo "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[${span/FLAGS/${case%:*}}]}]}]}" >flags.otlp
  convert otlp xray flags.otlp
  expect_exit 0
  case $case in
    *:no) expect_no_match "$out" '"type":"subsegment"' ;;
    *) expect_match "$out" '"type":"subsegment"' ;;
  esac
done

# What was typed wrong, what is not there, what is something else.
convert otpl xray made.otlp
expect_exit 2
expect_match "$err" "--from: 'otpl' is no format; did you mean 'otlp'\?"
convert otlp jsonl /no/such/file
expect_exit 3
convert otlp jsonl made.xray
expect_exit 1
expect_lines "$out" 0
expect_lines "$err" 1
: >empty
convert otlp xray empty
expect_exit 0
expect_lines "$out" 0
