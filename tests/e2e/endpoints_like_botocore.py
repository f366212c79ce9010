# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
"""endpoints_like_botocore.py RESOLVE_ENDPOINTS: do our rules find the endpoints that botocore finds?

botocore's answer is read from the request that it would send: its host, and the region it is signed for.
Left out are regions of partitions that this botocore does not know, and one thing it gets wrong: in
partitions without dual-stack it makes up names for S3 and IAM, where we refuse as for all services.
"""

import itertools
import os
import subprocess
import sys
import urllib.parse

# As newer versions do unasked.
os.environ |= {"AWS_STS_REGIONAL_ENDPOINTS": "regional", "AWS_S3_US_EAST_1_REGIONAL_ENDPOINT": "regional"}

import botocore.config
import botocore.session

CALLS = {
    "xray": ("xray", "get_groups", {}),
    "sts": ("sts", "get_caller_identity", {}),
    "ec2": ("ec2", "describe_instances", {}),
    "dynamodb": ("dynamodb", "list_tables", {}),
    "s3": ("s3", "list_buckets", {}),
    "sqs": ("sqs", "list_queues", {}),
    "lambda": ("lambda", "list_functions", {}),
    "ssm": ("ssm", "get_parameter", {"Name": "x"}),
    "iam": ("iam", "list_users", {}),
    "portal.sso": ("sso", "get_role_credentials", {"roleName": "r", "accountId": "1", "accessToken": "t"}),
    "oidc": ("sso-oidc", "create_token", {"clientId": "c", "clientSecret": "s", "grantType": "g"}),
}
REGIONS = {
    "aws": ["us-east-1", "us-west-2", "eu-west-1", "ap-northeast-3", "ca-central-1", "sa-east-1", "nowhere", "us-gov", "cn-north"],
    "aws-cn": ["cn-north-1", "cn-northwest-1"],
    "aws-us-gov": ["us-gov-west-1", "us-gov-east-1"],
    "aws-eusc": ["eusc-de-east-1"],
    "aws-iso": ["us-iso-east-1", "us-iso-west-1"],
    "aws-iso-b": ["us-isob-east-1"],
    "aws-iso-e": ["eu-isoe-west-1"],
    "aws-iso-f": ["us-isof-south-1"],
}


class Sent(Exception):
    pass


def stop(request, **kwargs):
    authorization = request.headers.get("Authorization") or b""
    if isinstance(authorization, bytes):
        authorization = authorization.decode()
    region = authorization.split("/")[2] if authorization else None
    raise Sent((urllib.parse.urlsplit(request.url).hostname, region))


def theirs(session, prefix, region, fips, dual_stack):
    service, operation, arguments = CALLS[prefix]
    config = botocore.config.Config(use_fips_endpoint=fips, use_dualstack_endpoint=dual_stack)
    try:
        client = session.create_client(service, region_name=region, config=config)
        client.meta.events.register("before-send", stop)
        getattr(client, operation)(**arguments)
    except Sent as sent:
        host, signed_region = sent.args[0]
        return f"{host} {signed_region or region}"  # single sign-on is not signed
    except botocore.exceptions.BotoCoreError as error:
        return f"! {error}"
    return "! nothing was sent"


def main():
    session = botocore.session.Session()
    known = set(session.get_available_partitions())
    cases = [
        (prefix, region, fips, dual_stack)
        for partition, regions in REGIONS.items()
        if partition in known
        for prefix, region, fips, dual_stack in itertools.product(CALLS, regions, (False, True), (False, True))
        if not (dual_stack and "-iso" in partition and prefix in ("s3", "iam"))
    ]
    lines = "".join(f"{p} {r} {str(f).lower()} {str(d).lower()}\n" for p, r, f, d in cases)
    ours = subprocess.run([sys.argv[1]], input=lines, capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(ours) == len(cases)
    differ = 0
    for case, our in zip(cases, ours):
        their = theirs(session, *case)
        if our == their or (our.startswith("!") and their.startswith("!")):
            continue
        differ += 1
        print(f"{case}:\n  botocore  {their}\n  ours      {our}")
    print(f"{len(cases)} cases, {differ} differ")
    return 1 if differ else 0


sys.exit(main())
