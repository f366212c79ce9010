# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# What every script here starts with: a stdin that exists, Debian's own programs before any other
# Python or AWS CLI in PATH, and the top of the tree in $top.
[ -e /proc/self/fd/0 ] || exec </dev/null
export PATH="/usr/bin:/bin:/usr/sbin:/sbin:$PATH"
# shellcheck disable=SC2034  # for the scripts that read this one
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# What the person's environment says about AWS, OpenTelemetry and spawn does not reach what runs next:
# no account of theirs is ever touched, no exporter of theirs is ever fed.
isolate_from_accounts() {
  local name
  for name in $(compgen -e | grep -E '^(AWS_|OTEL_|SPAWN_)' || true); do
    case $name in SPAWN_BIN_DIR | SPAWN_FAKE_AWS | SPAWN_TEST_PROGRAMS | SPAWN_WEB_MODULES) ;; *) unset "$name" ;; esac
  done
  unset TRACEPARENT TRACESTATE BAGGAGE _X_AMZN_TRACE_ID BOTO_CONFIG PYTHONPATH PYTHONHOME
  unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY all_proxy ALL_PROXY
  export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null
  export AWS_EC2_METADATA_DISABLED=true AWS_PAGER='' SPAWN_CONFIG=/dev/null
}

# For a stand-in only: any key will do.
use_dummy_credentials() {
  export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1
  export AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
}

port_is_open() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# run_moto LOGFILE: sets $moto_url and $moto_pid; whoever starts it ends it. A port cannot be asked
# of the system by moto_server, so a free one is looked for, and another one if it was just taken.
run_moto() {
  local log=$1 port tries
  for tries in 1 2 3; do
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    moto_server -H 127.0.0.1 -p "$port" </dev/null >"$log" 2>&1 &
    moto_pid=$!
    for _ in {1..300}; do
      if port_is_open "$port" && kill -0 "$moto_pid" 2>/dev/null; then
        # shellcheck disable=SC2034
        moto_url="http://127.0.0.1:$port"
        return 0
      fi
      kill -0 "$moto_pid" 2>/dev/null || break
      sleep 0.1
    done
    kill "$moto_pid" 2>/dev/null || true
  done
  echo "moto_server did not start in $tries tries; its last words:" >&2
  tail -n 3 "$log" >&2
  return 1
}
