// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "launch/user_data.h"

#include <fmt/format.h>

#include <string_view>

#include "core/base64.h"

namespace spawn::launch {
namespace {

constexpr std::string_view kHead = R"sh(#!/bin/bash
# Written by spawn launch: installs spored, spawn's agent, and starts it. What it says is in
# /var/log/cloud-init-output.log. It can be run again, and does nothing twice.
set -euo pipefail
say() { echo "spawn: $*"; }
fail() { say "$*" >&2; exit 1; }
)sh";

// Keys go to curl's standard input: a command line could be read by everybody.
constexpr std::string_view kFetchWithRole = R"sh(
metadata=${AWS_EC2_METADATA_SERVICE_ENDPOINT:-http://169.254.169.254}
metadata=${metadata%/}
get() { curl -sSf --retry 5 --retry-connrefused --max-time 60 --config - "$@"; }
fetch() { # the package, with the keys of the instance's role
  local token role keys
  token=$(get -X PUT -H 'Content-Length: 0' "$metadata/latest/api/token" \
    <<<'header = "X-aws-ec2-metadata-token-ttl-seconds: 300"')
  imds() { get "$metadata/latest/meta-data/$1" <<<"header = \"X-aws-ec2-metadata-token: $token\""; }
  key() { sed -n "s/.*\"$1\" *: *\"\([^\"]*\)\".*/\1/p" <<<"$keys"; }
  role=$(imds iam/security-credentials/)
  keys=$(imds "iam/security-credentials/$role")
  get -o "$1" "$url" <<END
aws-sigv4 = "aws:amz:$region:s3"
user = "$(key AccessKeyId):$(key SecretAccessKey)"
header = "x-amz-security-token: $(key Token)"
header = "x-amz-content-sha256: UNSIGNED-PAYLOAD"
END
}
)sh";

constexpr std::string_view kFetchByLink = R"sh(
fetch() { curl -sSfL --retry 5 --retry-connrefused --max-time 60 -o "$1" "$url"; }
)sh";

constexpr std::string_view kInstall = R"sh(
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
package=$work/spored.deb
say "fetching the agent"
fetch "$package" || fail "the agent could not be fetched; the instance runs without it"
if [ -n "$sha256" ]; then
  echo "$sha256  $package" | sha256sum --check --quiet ||
    fail "the agent is not what was staged (SHA-256 differs); not installed"
fi
version=$(dpkg-deb --field "$package" Version) || fail "what was fetched is no package"
if [ "$(dpkg-query -W -f '${Version}' spored 2>/dev/null)" = "$version" ]; then
  say "spored $version is installed already"
else
  say "installing spored $version"
  chmod 755 "$work"
  export DEBIAN_FRONTEND=noninteractive
  apt-get -q update || say "package lists could not be renewed; going on with the old ones"
  apt-get -q -y install "$package" || fail "spored could not be installed"
fi
systemctl enable --now spored || fail "spored could not be started"
say "spored $version runs"
)sh";

std::string assignment(std::string_view name, std::string_view value) {
  std::string quoted;
  for (const char c : value) {
    if (c == '\'') {
      quoted += R"('\'')";
    } else {
      quoted += c;
    }
  }
  return fmt::format("{}='{}'\n", name, quoted);
}

// As text in base64, so that no line of it can be taken for one of ours.
std::string own_part(const std::string& own) {
  if (own.empty()) return {};
  return fmt::format(
      "\nsay \"running the script given with --user-data\"\nbase64 -d >\"$work/own\" <<'END'\n{}"
      "\nEND\nchmod 700 \"$work/own\"\n\"$work/own\"\n",
      core::base64_encode(own));
}

}  // namespace

core::Result<std::string> user_data(const PackageLink& agent, const std::string& own) {
  std::string script(kHead);
  script += assignment("url", agent.url);
  script += assignment("sha256", agent.sha256);
  if (agent.with_role) script += assignment("region", agent.region);
  script += agent.with_role ? kFetchWithRole : kFetchByLink;
  script += kInstall;
  script += own_part(own);
  if (script.size() <= kMaxUserData) return script;
  return core::fail(core::Code::invalid_argument,
                    fmt::format("--user-data: with the agent's part it has {} bytes; EC2 takes {}",
                                script.size(), kMaxUserData));
}

}  // namespace spawn::launch
