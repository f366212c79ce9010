#!/usr/bin/python3
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
"""Writes X-Ray's model for the AWS CLI with the operations that Debian 12's is too old to know, so that
the CLI itself asks for them: `export AWS_DATA_PATH=FOLDER`.

usage: xray_newer_model.py FOLDER

https://docs.aws.amazon.com/xray/latest/api/API_Operations.html
"""
import json
import pathlib
import sys

from awscli.botocore.loaders import Loader


def structure(**members):
    return {"type": "structure", "members": {name: {"shape": shape} for name, shape in members.items()}}


OPERATIONS = {
    "GetTraceSegmentDestination": ({}, {"Destination": "String", "Status": "String"}),
    "UpdateTraceSegmentDestination": ({"Destination": "String"}, {"Destination": "String", "Status": "String"}),
    "GetIndexingRules": ({"NextToken": "String"}, {"IndexingRules": "IndexingRuleList", "NextToken": "String"}),
    "UpdateIndexingRule": ({"Name": "String", "Rule": "IndexingRuleValue"}, {"IndexingRule": "IndexingRule"}),
}
SHAPES = {
    "IndexingRuleList": {"type": "list", "member": {"shape": "IndexingRule"}},
    "IndexingRule": structure(Name="String", ModifiedAt="Timestamp", Rule="IndexingRuleValue"),
    "IndexingRuleValue": structure(Probabilistic="ProbabilisticRule"),
    "ProbabilisticRule": structure(DesiredSamplingPercentage="Double", ActualSamplingPercentage="Double"),
}


def main():
    model = Loader().load_service_model("xray", "service-2")
    for name, (request, reply) in OPERATIONS.items():
        if name in model["operations"]:
            continue
        model["operations"][name] = {
            "name": name, "http": {"method": "POST", "requestUri": "/" + name},
            "input": {"shape": name + "Request"}, "output": {"shape": name + "Result"}}
        model["shapes"][name + "Request"] = structure(**request)
        model["shapes"][name + "Result"] = structure(**reply)
        for shape, said in SHAPES.items():
            model["shapes"].setdefault(shape, said)
    folder = pathlib.Path(sys.argv[1]) / "xray" / "2016-04-12"
    folder.mkdir(parents=True)
    (folder / "service-2.json").write_text(json.dumps(model))


if __name__ == "__main__":
    main()
