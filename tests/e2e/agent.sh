#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# The agent as a real process on this machine, without AWS: settings, its socket, the command, and
# every way it can end. What is exported and what the registry says afterwards.
. "$(dirname "$0")/lib.sh"
unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_REGION AWS_DEFAULT_REGION AWS_PROFILE
export AWS_EC2_METADATA_DISABLED=true AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null
export XDG_STATE_HOME=$work/state XDG_RUNTIME_DIR=$work/run
mkdir -p "$XDG_RUNTIME_DIR"

# row COLUMN: of the one member, from the file that `spawn status` reads too.
row() {
  python3 - "$XDG_STATE_HOME/spawn/registry.db" "$1" <<'PYTHON'
import sqlite3, sys
rows = sqlite3.connect(sys.argv[1]).execute(
    f'SELECT "{sys.argv[2]}" FROM "spawn-hybrid-registry" WHERE instance_id <> \'launch\'').fetchall()
print(rows[-1][0] if rows else "no row")
PYTHON
}
# Until the command succeeds; ten seconds on an idle machine, more on a busy one.
eventually() {
  local tries
  for ((tries = 0; tries < 400; tries++)); do
    "$@" >/dev/null 2>&1 && return 0
    sleep 0.05
  done
  failed "never: $*" && show_file agent.log
  return 1
}
settings() { # settings COMMAND [LINE...]
  {
    printf 'instance_id: "local-%s"\nlaunch:\n  id: "words-%s"\n  command: %s\n' "$n" "$n" "$1"
    printf 'job_array:\n  id: "words-%s"\n  name: "words"\n  index: 0\n  size: 1\n' "$n"
    printf 'observability:\n  tracing:\n    enabled: true\n    exporter: stdout\n    sampling_rate: 1.0\n'
    printf '%s\n' "${@:2}"
  } >local.yaml
}
n=0
start_agent() { # start_agent COMMAND [LINE...]
  n=$((n + 1)) ran="spored, with the command $1"
  settings "$@"
  rm -rf "$XDG_STATE_HOME/spawn"
  "$SPAWN_BIN_DIR/spored" --config local.yaml </dev/null >agent.out 2>agent.log &
  agent=$!
  started+=("$agent")
  eventually spored status
}
end_of_agent() {
  wait "$agent"
  status=$?
  grep '^{' agent.log >spans.jsonl
}

# The command ends, and so does a local agent: its output, its spans, its row.
export GO=$work/go
start_agent "'echo \"member \$JOB_ARRAY_INDEX of \$JOB_ARRAY_SIZE\"; until [ -e \"\$GO\" ]; do sleep 0.05; done; exit 3'"
run spored status
expect_match "$out" '^instance +local-1 \(local\)'
expect_match "$out" '^launch +words-1'
expect_match "$out" '^tracing +on'
touch "$GO"
end_of_agent
expect_exit 0
expect_equal output "$(cat "$XDG_STATE_HOME/spored/local-1/jobs/words-1-stdout.log")" 'member 0 of 1'
expect_equal mode "$(stat -c %a "$XDG_STATE_HOME/spored/local-1/jobs/words-1-stdout.log")" 600
expect_one_trace spans.jsonl
expect_parent spans.jsonl 'spored workload' 'spored boot'
expect_span spans.jsonl 'spored workload' process.exit.code=3 error=true spawn.instance_id=local-1
expect_span spans.jsonl 'spored exit' spawn.reason=completed
expect_equal status "$(row status)" failed
expect_equal 'exit code' "$(row exit_code)" 3
run spored status
expect_exit 3
expect_match "$err" 'no agent runs here'

# Settings: read without side effects, changed while it runs, comments kept; the next span shows it.
start_agent "'sleep 1000'" '# a comment that stays'
run spored config get tracing-enabled
expect_equal 'config get' "$(cat "$out")" true
run spored config list
expect_match "$out" '^tracing-sampling +1 +local.yaml:[0-9]+$'
run spored config set tracing-enabled false
expect_exit 0
run spored config get tracing-enabled
expect_equal 'config get' "$(cat "$out")" false
expect_match local.yaml '^    enabled: false$'
expect_match local.yaml '^# a comment that stays$'
run spored span start unseen
run spored config set tracing-enabled true
run spored span start seen
traceparent=$(cat "$out")
run spored span event "$traceparent" half
run spored span end "$traceparent" --status error --message 'no space'
expect_exit 0
run spored config set tracing-sampling 2
expect_exit 2
expect_match "$err" '0.0 to 1.0'
run spored config get tracing-enabeld
expect_exit 2
expect_match "$err" "did you mean 'tracing-enabled'"
sed -i 's/sampling_rate: 1.0/sampling_rate: often/' local.yaml
kill -HUP "$agent"
eventually grep -q "often" agent.log
expect_match agent.log "local.yaml:[0-9]+: sampling_rate: 'often'"
sed -i 's/sampling_rate: often/sampling_rate: 1.0/' local.yaml
run spored reload
expect_exit 0

# SIGTERM: the command is told, all is flushed, the registry says so.
kill -TERM "$agent"
end_of_agent
expect_exit 0
expect_span spans.jsonl seen
expect_match spans.jsonl '"name":"seen".*no space'
expect_no_match spans.jsonl '"name":"unseen"'
expect_span spans.jsonl 'spored settings' spawn.settings.changed=tracing-enabled
expect_span spans.jsonl 'spored workload' error.type=SIGTERM
expect_span spans.jsonl 'spored exit' spawn.reason=SIGTERM
expect_equal status "$(row status)" stopped
expect_equal 'exit code' "$(row exit_code)" 143

# Ctrl-C does the same.
start_agent "'sleep 1000'"
kill -INT "$agent"
end_of_agent
expect_exit 0
expect_span spans.jsonl 'spored exit' spawn.reason=SIGINT
expect_equal status "$(row status)" stopped

# SIGKILL: the row stays as it was and grows old; the command goes on, and is not run twice.
start_agent "'echo once; sleep 5'"
kill -KILL "$agent"
wait "$agent" 2>/dev/null
expect_equal status "$(row status)" running
"$SPAWN_BIN_DIR/spored" --config local.yaml </dev/null >agent.out 2>agent.log &
agent=$!
started+=("$agent")
eventually spored status
expect_match agent.log 'the command was started before, as process [0-9]+; it is not started again'
kill -TERM "$agent"
end_of_agent
expect_equal runs "$(cat "$XDG_STATE_HOME/spored/local-4/jobs/words-4-stdout.log")" once

# Completion by the command line and by the file; time to live.
start_agent "'sleep 1000'" 'lifecycle:' '  completion_delay: 0s'
run spored complete --status failed --message 'disk full'
expect_exit 0
end_of_agent
expect_match agent.log 'failed: disk full'
expect_equal status "$(row status)" failed
start_agent "'sleep 1000'" 'lifecycle:' '  ttl: 1s'
end_of_agent
expect_span spans.jsonl 'spored exit' spawn.reason=ttl
expect_equal status "$(row status)" stopped
run spored complete --file "$work/SPAWN_COMPLETE" --status partial
expect_exit 0
expect_equal 'completion file' "$(cat SPAWN_COMPLETE)" partial

# Two agents on one instance: the second says so and starts nothing.
start_agent "'sleep 1000'"
run spored --config local.yaml
expect_exit 2
expect_match "$err" 'another agent runs here'
expect_equal mode "$(stat -c %a "$XDG_RUNTIME_DIR/spored/control.sock")" 600
kill -TERM "$agent"
end_of_agent

# A file that makes no sense: one line, where and what.
printf 'observability:\n  tracing:\n    enabeld: true\n' >bad.yaml
run spored --config bad.yaml
expect_exit 2
expect_lines "$err" 1
expect_match "$err" "^spored: bad.yaml:3: unknown key 'enabeld' in observability.tracing; did you mean 'enabled'"

# A list of jobs from a file, each a span of its own.
printf 'echo one\n{"id":"two","command":"exit 4"}\n' >jobs.txt
settings "'true'"
run spored run-queue ./jobs.txt --config local.yaml
expect_exit 1
expect_match "$err" '1 jobs succeeded, 1 failed'
grep '^{' "$err" >spans.jsonl
expect_spans spans.jsonl 2 'process jobs.txt'
expect_match spans.jsonl '"kind":"CONSUMER"'
