"""The AWS CLI from end to end against a sandbox: browse, provision, watch, update, taint, repair, look back, terminate.

    python awscli_story.py --binary PATH/provisor

Every step is a real `aws` process; what it prints is parsed as JSON and compared.
"""

import argparse
import json
import os
import subprocess
import sys
import time

from sandbox import Server, fresh

ACCOUNT = "111122223333"
REGION = "eu-central-1"
FULL = "Security group quota exceeded"
WORLD = f"""
account_id: "{ACCOUNT}"
region: {REGION}
time_scale: 200
durations: {{provision: 60s, update: 60s, terminate: 60s}}
portfolios:
  - name: platform
    products:
      - name: vpc
        owner: network-team
        versions: [{{name: v1, template: network.yaml, guidance: DEPRECATED}}, {{name: v2, template: network.yaml}}]
        constraints: {{launch_role: "arn:aws:iam::{ACCOUNT}:role/launch", tag_update: true}}
        tag_options: {{cost-centre: ["100", "200"]}}
faults:
  - {{operation: update, product: vpc, outcome: rollback, message: "{FULL}", times: 1}}
"""


class Aws:
    """`aws servicecatalog …` as a shell would run it."""

    def __init__(self, server):
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": server.folder,
            "NO_PROXY": "127.0.0.1",
            "AWS_ENDPOINT_URL": server.url,
            "AWS_ACCESS_KEY_ID": ACCOUNT,
            "AWS_SECRET_ACCESS_KEY": "x",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_PAGER": "",
        }

    def run(self, *arguments, service="servicecatalog"):
        command = [sys.executable, "-m", "awscli", service, *arguments, "--output", "json"]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=60)

    def __call__(self, *arguments, service="servicecatalog"):
        done = self.run(*arguments, service=service)
        assert done.returncode == 0 and not done.stderr, f"{arguments}: {done.returncode} {done.stderr}"
        return json.loads(done.stdout) if done.stdout.strip() else None

    def refused(self, code, text, *arguments):
        done = self.run(*arguments)
        # "An error occurred": the service refused, not the client
        assert done.returncode != 0 and f"An error occurred ({code})" in done.stderr and text in done.stderr, done.stderr

    def until(self, status, answer):
        """Describes the record until it ends, which must be with this status."""
        record_id, seen = answer["RecordDetail"]["RecordId"], ["CREATED"]
        assert answer["RecordDetail"]["Status"] == "CREATED"
        patience = time.monotonic() + 60
        while seen[-1] not in ("SUCCEEDED", "FAILED"):
            assert time.monotonic() < patience, f"{record_id} is still {seen}"
            record = self("describe-record", "--id", record_id)
            seen.append(record["RecordDetail"]["Status"])
        order = ["CREATED", "IN_PROGRESS", "IN_PROGRESS_IN_ERROR", "FAILED", "SUCCEEDED"]
        assert seen == sorted(seen, key=order.index) and seen[-1] == status, seen
        return record


def browse(aws):
    (view,) = aws("search-products", "--filters", "Owner=network-team")["ProductViewSummaries"]
    assert (view["Name"], view["Type"]) == ("vpc", "CLOUD_FORMATION_TEMPLATE")
    product = aws("describe-product", "--name", "vpc")
    assert product["ProductViewSummary"] == view
    guidance = {version["Name"]: version["Guidance"] for version in product["ProvisioningArtifacts"]}
    assert guidance == {"v1": "DEPRECATED", "v2": "DEFAULT"}
    version = next(version["Id"] for version in product["ProvisioningArtifacts"] if version["Name"] == "v2")
    (path,) = aws("list-launch-paths", "--product-id", view["ProductId"])["LaunchPathSummaries"]
    assert path["Name"] == "platform"
    assert sorted(constraint["Type"] for constraint in path["ConstraintSummaries"]) == ["LAUNCH", "RESOURCE_UPDATE"]
    chosen = ["--product-id", view["ProductId"], "--provisioning-artifact-id", version, "--path-id", path["Id"]]
    asked = aws("describe-provisioning-parameters", *chosen)
    parameters = {parameter["ParameterKey"]: parameter for parameter in asked["ProvisioningArtifactParameters"]}
    assert "DefaultValue" not in parameters["KeyName"] and parameters["Secret"]["IsNoEcho"] is True
    assert parameters["Size"]["ParameterConstraints"]["AllowedValues"] == ["small", "large"]
    assert asked["TagOptions"] == [{"Key": "cost-centre", "Values": ["100", "200"]}]
    return chosen


def outputs(answer, member):
    return {output["OutputKey"]: output["OutputValue"] for output in answer[member]}


def provision(aws, chosen, name):
    arguments = ["--provisioned-product-name", name, "--provision-token", f"token-{name}", "--tags", "Key=cost-centre,Value=100"]
    parameters = ["--provisioning-parameters", "Key=KeyName,Value=first", "Key=Secret,Value=hush-hush"]
    answer = aws("provision-product", *chosen, *arguments, *parameters)
    record = aws.until("SUCCEEDED", answer)
    again = aws("provision-product", *chosen, *arguments, *parameters)
    assert again["RecordDetail"]["RecordId"] == record["RecordDetail"]["RecordId"], "a token that comes again is the same call"
    aws.refused("InvalidParametersException", "already exists", "provision-product", *chosen, "--provisioned-product-name", name)
    found = aws("get-provisioned-product-outputs", "--provisioned-product-name", name)
    assert outputs(found, "Outputs") == outputs(record, "RecordOutputs")
    assert outputs(found, "Outputs")["Key"] == "first"
    assert outputs(found, "Outputs")["CloudformationStackARN"].startswith(f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/SC-")
    return record["RecordDetail"]["ProvisionedProductId"]


def described(aws, name):
    return aws("describe-provisioned-product", "--name", name)["ProvisionedProductDetail"]


def update_taint_repair(aws, name):
    size = lambda: outputs(aws("get-provisioned-product-outputs", "--provisioned-product-name", name), "Outputs")["SizeAndZone"]
    change = ["update-provisioned-product", "--provisioned-product-name", name, "--provisioning-parameters"]
    large = ["Key=KeyName,UsePreviousValue=true", "Key=Secret,UsePreviousValue=true", "Key=Size,Value=large"]
    good = described(aws, name)["LastSuccessfulProvisioningRecordId"]
    failed = aws.until("FAILED", aws(*change, *large))
    assert [error["Description"] for error in failed["RecordDetail"]["RecordErrors"]] == [FULL]
    tainted = described(aws, name)
    assert tainted["Status"] == "TAINTED" and FULL in tainted["StatusMessage"]
    assert tainted["LastProvisioningRecordId"] == failed["RecordDetail"]["RecordId"]
    assert tainted["LastSuccessfulProvisioningRecordId"] == good and size() == "small-a1"
    aws.until("SUCCEEDED", aws(*change, *large))
    assert described(aws, name)["Status"] == "AVAILABLE" and size() == "large-a1"


def search(aws, name, provisioned_id):
    (found,) = aws("search-provisioned-products", "--filters", f"SearchQuery=name:{name}")["ProvisionedProducts"]
    assert (found["Id"], found["Status"], found["ProductName"]) == (provisioned_id, "AVAILABLE", "vpc")
    assert {"Key": "cost-centre", "Value": "100"} in found["Tags"]
    stacks = aws("describe-stacks", "--stack-name", found["PhysicalId"], service="cloudformation")["Stacks"]
    values = {parameter["ParameterKey"]: parameter["ParameterValue"] for parameter in stacks[0]["Parameters"]}
    assert (values["Size"], values["Secret"]) == ("large", "****")


def terminate(aws, name, provisioned_id):
    aws.until("SUCCEEDED", aws("terminate-provisioned-product", "--provisioned-product-id", provisioned_id))
    aws.refused("ResourceNotFoundException", provisioned_id, "describe-provisioned-product", "--id", provisioned_id)
    aws.refused("ResourceNotFoundException", name, "describe-provisioned-product", "--name", name)
    assert aws("search-provisioned-products", "--filters", f"SearchQuery=name:{name}")["ProvisionedProducts"] == []


def look_back(aws, provisioned_id, kinds):
    listed = aws("list-record-history", "--search-filter", f"Key=provisionedproduct,Value={provisioned_id}")["RecordDetails"]
    assert [(record["RecordType"].split("_")[0], record["Status"]) for record in listed] == kinds


def story(aws):
    name = fresh("story")
    assert aws("get-caller-identity", service="sts")["Account"] == ACCOUNT
    chosen = browse(aws)
    provisioned_id = provision(aws, chosen, name)
    update_taint_repair(aws, name)
    search(aws, name, provisioned_id)
    kinds = [("UPDATE", "SUCCEEDED"), ("UPDATE", "FAILED"), ("PROVISION", "SUCCEEDED")]
    look_back(aws, provisioned_id, kinds)
    terminate(aws, name, provisioned_id)
    look_back(aws, provisioned_id, [("TERMINATE", "SUCCEEDED"), *kinds])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    server = Server(binary=parser.parse_args().binary, world=WORLD)
    try:
        story(Aws(server))
        print(f"the AWS CLI's story is told, in {len(server.calls())} calls")
    finally:
        server.stop()


if __name__ == "__main__":
    main()
