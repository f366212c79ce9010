# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154,SC2034
# (What lib.sh sets, and what it reads.)
#
# Instances for stories: what moto says was launched is booted, each in a folder of its own, by running
# its user-data with a metadata service of its own that wants tokens, and a role's credentials. Read
# after lib.sh.
#
#   start_ssm OPTION...  SSM with Debian's images; everything else is moto's
#   boot_instance ID     runs its user-data; its folder is $work/ID, what it said $work/ID/boot.log. With
#                        LIFE_CYCLE=spot and SPOT_ACTION it is a spot instance that AWS takes back; with
#                        TAGS_IN_METADATA=no its tags are EC2's alone.
#   start_again ID       its agent, as systemd does after a crash

start_ssm() {
  start_fake_aws --parameter /aws/service/debian/release/12/latest/amd64=ami-12c6146b \
    --parameter /aws/service/debian/release/12/latest/arm64=ami-12c6146b "$@"
  export AWS_ENDPOINT_URL_SSM=$fake_url
}

# One answer of moto's EC2 about an instance.
instance() { /usr/bin/aws --endpoint-url "$moto_url" --output text ec2 "$@"; }

# on_instance ID COMMAND...: with that machine's tools, and the metadata service that is its own.
on_instance() {
  local root=$work/$1
  env -i PATH="$here/instance:/usr/bin:/bin:/usr/sbin:/sbin" TMPDIR="$root/tmp" INSTANCE_ROOT="$root" \
    AWS_ENDPOINT_URL="$moto_url" AWS_EC2_METADATA_SERVICE_ENDPOINT="$(cat "$root/metadata-url")" \
    SERVICE_PATH="$here/bin:/usr/bin:/bin" "${@:2}"
}
start_again() {
  on_instance "$1" systemctl enable --now spored
  started+=("$(cat "$work/$1/spored.pid")")
}

boot_instance() {
  local id=$1 root=$work/$1 index type tags metadata=() key value
  mkdir -p "$root"/var/lib/dpkg/{info,updates,triggers} "$root/tmp"
  : >"$root/var/lib/dpkg/status"
  read -r index type < <(instance describe-instances --instance-ids "$id" \
    --query 'Reservations[0].Instances[0].[AmiLaunchIndex,InstanceType]')
  tags=''
  while IFS=$'\t' read -r key value; do
    tags+=$key$'\n'
    metadata+=(--metadata "/meta-data/tags/instance/$key=$value")
  done < <(instance describe-tags --filters "Name=resource-id,Values=$id" --query 'Tags[].[Key,Value]')
  metadata+=(--metadata "/meta-data/tags/instance=$tags")
  [ "${TAGS_IN_METADATA:-yes}" = yes ] || metadata=()
  start_fake_aws "${metadata[@]}" \
    --metadata "/meta-data/ami-launch-index=$index" --metadata "/meta-data/instance-life-cycle=${LIFE_CYCLE:-on-demand}" \
    ${SPOT_ACTION:+--metadata "/meta-data/spot/instance-action=$SPOT_ACTION"} \
    --metadata "/meta-data/placement/region=us-east-1" \
    --metadata '/meta-data/iam/security-credentials/=worker' \
    --metadata '/meta-data/iam/security-credentials/worker={"Code":"Success","Type":"AWS-HMAC","AccessKeyId":"ASIAROLEEXAMPLEKEYID","SecretAccessKey":"role-secret-EXAMPLE","Token":"role-token-EXAMPLE","Expiration":"2099-01-01T00:00:00Z"}' \
    --metadata "/dynamic/instance-identity/document={\"instanceId\":\"$id\",\"region\":\"us-east-1\",\"availabilityZone\":\"us-east-1a\",\"instanceType\":\"$type\",\"imageId\":\"ami-12c6146b\",\"accountId\":\"123456789012\",\"privateIp\":\"10.0.0.$index\",\"pendingTime\":\"$(date -u +%FT%TZ)\"}"
  echo "$fake_url" >"$root/metadata-url"
  instance describe-instance-attribute --instance-id "$id" --attribute userData \
    --query UserData.Value | base64 -d >"$root/user-data"
  on_instance "$id" bash "$root/user-data" >"$root/boot.log" 2>&1
  status=$?
  [ ! -e "$root/spored.pid" ] || started+=("$(cat "$root/spored.pid")")
}
