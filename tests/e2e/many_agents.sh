#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# Many local agents in one array on this machine: all register and are linked to the launch, none is
# lost, and at rest each is small and wakes for its timers alone. AGENTS=200 for the large measurement;
# what was measured is printed.
. "$(dirname "$0")/lib.sh"
unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_REGION AWS_DEFAULT_REGION AWS_PROFILE
export AWS_EC2_METADATA_DISABLED=true AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null
export XDG_STATE_HOME=$work/state
agents=${AGENTS:-20}
watched=${WATCHED:-12}
db=$XDG_STATE_HOME/spawn/registry.db
launch=00-65f0000011112222333344445555aaaa-00f067aa0ba902b7-01

for ((i = 0; i < agents; i++)); do
  mkdir -p "$i"
  cat >"$i/local.yaml" <<YAML
instance_id: "local-$i"
launch:
  id: "many"
  command: "sleep 100000"
  traceparent: "$launch"
job_array: {id: "many", name: "many", index: $i, size: $agents}
observability:
  tracing: {enabled: true, exporter: stdout, sampling_rate: 1.0}
YAML
  XDG_RUNTIME_DIR=$work/$i "$SPAWN_BIN_DIR/spored" --config "$i/local.yaml" </dev/null >/dev/null 2>"$i/log" &
  started+=($!)
done
count() {
  python3 - "$db" "$1" <<'PYTHON'
import sqlite3, sys
print(sqlite3.connect(sys.argv[1]).execute(
    'SELECT count(*) FROM "spawn-hybrid-registry" WHERE status = ?', (sys.argv[2],)).fetchone()[0])
PYTHON
}
for ((tries = 0; tries < 600; tries++)); do
  [ "$(count running 2>/dev/null)" != "$agents" ] || break
  sleep 0.2
done
expect_equal 'registered agents' "$(count running)" "$agents"

# At rest: heartbeat every 30 s, a look for the completion file every 10 s, nothing else.
sum() { # sum FIELD: of all agents, from /proc
  for pid in "${started[@]}"; do cat "/proc/$pid/task/"*/status; done | awk -v f="$1:" '$1 == f {s += $2} END {print s}'
}
sleep 3
before=$(sum voluntary_ctxt_switches)
sleep "$watched"
after=$(sum voluntary_ctxt_switches)
rss=$(for pid in "${started[@]}"; do awk '$1 == "VmRSS:" {print $2}' "/proc/$pid/status"; done | sort -n)
largest=$(tail -n 1 <<<"$rss")
echo "$agents agents at rest: RSS median $(sed -n "$((agents / 2 + 1))p" <<<"$rss") KiB, largest $largest KiB;" \
  "$((after - before)) wake-ups in $watched s, $(((after - before) * 100 / agents / watched)) in 100 s each"
# 30 in 100 s for timers would be 3.3 + 10; a busy loop would be thousands.
[ $(((after - before) * 100 / agents / watched)) -le 60 ] || failed "agents wake up more often than their timers"
[ "$largest" -le "${MOST_RSS_KIB:-12288}" ] || failed "an agent takes $largest KiB"

kill "${started[@]}"
wait
started=()
expect_equal 'stopped agents' "$(count stopped)" "$agents"
cat ./*/log | grep '^{' >spans.jsonl
expect_spans spans.jsonl "$agents" 'spored boot'
expect_equal 'boots linked to the launch or in its trace' \
  "$(grep '"name":"spored boot"' spans.jsonl | grep -c 65f0000011112222333344445555aaaa)" "$agents"
