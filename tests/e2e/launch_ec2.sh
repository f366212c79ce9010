#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# From `spawn launch` to every member of a job array on EC2: moto launches, each instance is booted by
# its own user-data, and in the end one trace in X-Ray holds the command, the agents and what their
# unmodified workloads asked of AWS; and the registry holds how each member ended.
. "$(dirname "$0")/lib.sh"
. "$here/instances.sh"
start_moto
start_ssm
export AWS_ENDPOINT_URL=$moto_url
/usr/bin/aws --endpoint-url "$moto_url" iam create-instance-profile --instance-profile-name worker >/dev/null
/usr/bin/aws --endpoint-url "$moto_url" s3 mb s3://work >/dev/null

# What each member does: an ordinary aws call, by its index.
# shellcheck disable=SC2016  # the member's shell shall expand it
work_of_a_member='echo "member $TASK_ARRAY_INDEX" | aws s3 cp - "s3://work/$JOB_ARRAY_NAME/$TASK_ARRAY_INDEX"'

run spawn launch --instance-type t3.micro --count 3 --job-array-name words --iam-role worker \
  --command "$work_of_a_member" --on-complete terminate --tag team=blue \
  --trace-exporter xray --trace-sampling 1 --output json --output-id ids
expect_exit 0
expect_lines ids 3
mapfile -t instances <ids
cp "$out" launched.json
id=$(python3 -c 'import json; print(json.load(open("launched.json"))[0]["launch_id"])')
trace=$(python3 -c 'import json; print(json.load(open("launched.json"))[0]["trace_id"])')
expect_match "$err" "launched 3 × t3.micro in us-east-1 as words-.*; trace $trace"
expect_match "$err" "spawn status --job-array-id $id"

# Nothing is secret in what others may read: no key of the person's, no signature, no link's query.
for instance in "${instances[@]}"; do
  instance describe-instance-attribute --instance-id "$instance" --attribute userData \
    --query UserData.Value | base64 -d >"user-data.$instance"
  expect_no_match "user-data.$instance" 'X-Amz-'
done
instance describe-tags >tags

# The package was staged once, under its own hash.
package=$(echo "$SPAWN_BIN_DIR"/../share/spawn/spored_*.deb)
hash=$(sha256sum "$package" | cut -d' ' -f1)
run /usr/bin/aws --endpoint-url "$moto_url" s3 ls s3://spawn-agent-123456789012-us-east-1/
expect_lines "$out" 1
expect_match "$out" "$hash"

for instance in "${instances[@]}"; do
  boot_instance "$instance"
  expect_equal "user-data of $instance" "$status" 0
  [ "$status" -eq 0 ] || show_file "$work/$instance/boot.log"
  expect_match "$work/$instance/boot.log" 'spored [0-9.]* runs'
done

members_ended() { spawn status --job-array-id "$id" --output text 2>/dev/null | grep -cE $'\t(completed|failed|terminated)\t'; }
for _ in {1..60}; do
  [ "$(members_ended)" -lt 3 ] || break
  sleep 0.5
done
run spawn status --job-array-id "$id" --json
expect_exit 0
cp "$out" status.json
for instance in "${instances[@]}"; do
  [ "$(members_ended)" -eq 3 ] || show_file "$work/$instance/spored.log"
done

python3 - "$moto_url" "$id" "$trace" <<'PYTHON' || failed "the registry, the trace or the work is not as it must be"
import json, sys, time
import boto3

url, launch, trace = sys.argv[1:]
client = lambda name: boto3.client(name, endpoint_url=url)
problems = []


def expect(what, got, wanted):
    if got != wanted:
        problems.append(f"{what}: got {got}, expected {wanted}")


rows = client("dynamodb").query(
    TableName="spawn-hybrid-registry",
    KeyConditionExpression="job_array_id = :id",
    ExpressionAttributeValues={":id": {"S": launch}},
)["Items"]
by_id = {row["instance_id"]["S"]: row for row in rows}
members = [row for key, row in by_id.items() if key != "launch"]
expect("rows", len(rows), 4)
expect("indices", sorted(int(row["index"]["N"]) for row in members), [0, 1, 2])
expect("providers", {row["provider"]["S"] for row in members}, {"ec2"})
expect("exit codes", [row["exit_code"]["N"] for row in members], ["0"] * 3)
expect("the launch's trace", by_id["launch"]["traceparent"]["S"][3:35], trace)
expect("the members' traces", {row["traceparent"]["S"][3:35] for row in members}, {trace})
names = {"job_array_id", "instance_id", "index", "provider", "private_ip", "region", "registered_at",
         "last_heartbeat", "expires_at", "status", "exit_code", "traceparent"}
for row in members:  # nothing that the contract does not name; no address that there is not
    expect("attributes", set(row) - {"ip_address", "tracestate"}, names)
    expect("expiry", int(row["expires_at"]["N"]) - int(row["last_heartbeat"]["N"]), 3600)
ttl = client("dynamodb").describe_time_to_live(TableName="spawn-hybrid-registry")
expect("time to live", ttl["TimeToLiveDescription"].get("AttributeName"), "expires_at")

# X-Ray's documents come when the agents have left.
xray = f"1-{trace[:8]}-{trace[8:]}"
for _ in range(100):
    traces = client("xray").batch_get_traces(TraceIds=[xray])["Traces"]
    segments = [json.loads(s["Document"]) for s in traces[0]["Segments"]] if traces else []
    whole = [s for s in segments if not s.get("in_progress")]
    if sum(s["name"] == "spored" for s in whole) >= 3:
        break
    time.sleep(0.2)


def below(segment):
    yield segment
    for sub in segment.get("subsegments", []):
        yield from below(sub)


spans = [span for segment in segments for span in below(segment)]
names = [span["name"] for span in spans]
ids = {span["id"] for span in spans}
expect("segments 'spawn'", sum(s["name"] == "spawn" for s in segments), 1)
expect("agents", len({s["aws"]["ec2"]["instance_id"] for s in segments if s.get("aws", {}).get("ec2")}), 3)
expect("orphans", [s["name"] for s in spans if s.get("parent_id") and s["parent_id"] not in ids], [])
for member in range(3):
    try:
        body = client("s3").get_object(Bucket="work", Key=f"words/{member}")["Body"].read()
    except client("s3").exceptions.NoSuchKey:
        body = "nothing"
    expect(f"what member {member} left", body, f"member {member}\n".encode())
expect("the workloads' own calls", sum(n == "S3" for n in names) >= 3, True)
if problems:
    print("\n".join(problems), "\nspans:", sorted(names))
    sys.exit(1)
PYTHON
if [ "$failures" -gt 0 ]; then
  for file in "$work"/i-*/spored.log "$work"/i-*/var/log/spored/jobs/*; do echo "$file:" && show_file "$file"; done
fi

for instance in "${instances[@]}"; do
  expect_equal "state of $instance" "$(instance describe-instances --instance-ids "$instance" \
    --query 'Reservations[0].Instances[0].State.Name')" terminated
done

# No secret of the person's or of the role's is in anything that anybody wrote: user-data, tags, the
# registry, X-Ray, what the command and the agents said, the commands' output, the spools.
/usr/bin/aws --endpoint-url "$moto_url" dynamodb scan --table-name spawn-hybrid-registry >registry.json
/usr/bin/aws --endpoint-url "$moto_url" xray batch-get-traces --trace-ids "1-${trace:0:8}-${trace:8}" >documents.json
mapfile -t files < <(find "$work" -type f ! -path '*/usr/*' ! -path '*/var/lib/dpkg/*')
for name in user-data tags registry.json documents.json launched.json status.json spored.log boot.log stdout.log; do
  printf '%s\n' "${files[@]}" | grep -q "$name" || failed "there is no file of $name to search"
done
expect_no_secret "${files[@]}"
for file in "${files[@]}"; do expect_no_match "$file" 'role-secret-EXAMPLE|role-token-EXAMPLE|ASIAROLEEXAMPLEKEYID'; done
