"""The AWS CLI's whole story against a sandbox: browse, provision, describe, update, taint, repair, terminate.

python story_awscli.py --binary PATH/provisor
"""

import argparse
import json
import os
import subprocess
import sys
import time

from sandbox import Server, fresh


class Aws:
    def __init__(self, server):
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": server.folder,
            "AWS_ENDPOINT_URL": server.url,
            "AWS_ACCESS_KEY_ID": "story",
            "AWS_SECRET_ACCESS_KEY": "x",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_PAGER": "",
        }

    def __call__(self, *arguments, service="servicecatalog", fails=None):
        command = [sys.executable, "-m", "awscli", service, *arguments, "--output", "json"]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True)
        if fails is not None:
            assert done.returncode != 0 and fails in done.stderr, done.stderr
            return None
        assert done.returncode == 0, f"{arguments}: {done.stderr}"
        return json.loads(done.stdout) if done.stdout.strip() else None

    def finished(self, answer):
        for _ in range(100):
            record = self("describe-record", "--id", answer["RecordDetail"]["RecordId"])
            if record["RecordDetail"]["Status"] in ("SUCCEEDED", "FAILED"):
                return record
            time.sleep(0.05)
        raise AssertionError("the record does not end")


def story(aws):
    assert aws("get-caller-identity", service="sts")["Account"] == "111122223333"
    names = [view["Name"] for view in aws("search-products")["ProductViewSummaries"]]
    assert "fixed" in names
    chosen = ["--product-name", "fixed", "--provisioning-artifact-name", "v1"]
    parameters = aws("describe-provisioning-parameters", *chosen)["ProvisioningArtifactParameters"]
    assert parameters[0]["ParameterKey"] == "KeyName"
    name = fresh("story")
    named = ["--provisioned-product-name", name]
    key = ["--provisioning-parameters", "Key=KeyName,Value=k"]
    record = aws.finished(aws("provision-product", *chosen, *named, *key, "--tags", "Key=a,Value=1"))
    assert record["RecordDetail"]["Status"] == "SUCCEEDED"
    status = lambda: aws("describe-provisioned-product", "--name", name)["ProvisionedProductDetail"]["Status"]
    assert status() == "AVAILABLE"
    kept = ["--provisioning-parameters", "Key=KeyName,UsePreviousValue=true", "Key=Size,Value=large"]
    record = aws.finished(aws("update-provisioned-product", *named, *kept))
    assert {o["OutputKey"]: o["OutputValue"] for o in record["RecordOutputs"]}["SizeAndZone"] == "large-a1"
    aws.finished(aws("update-provisioned-product", *named))
    assert status() == "TAINTED"
    aws.finished(aws("update-provisioned-product", *named, *key))
    assert status() == "AVAILABLE"
    found = aws("search-provisioned-products", "--filters", f"SearchQuery=name:{name}")
    (stack,) = aws("describe-stacks", "--stack-name", found["ProvisionedProducts"][0]["PhysicalId"], service="cloudformation")["Stacks"]
    assert stack["StackStatus"] == "UPDATE_COMPLETE"
    summary = aws("get-template-summary", "--stack-name", stack["StackName"], service="cloudformation")
    assert [parameter["ParameterKey"] for parameter in summary["Parameters"]][0] == "KeyName"
    aws("provision-product", *chosen, *named, *key, fails="already exists")
    aws.finished(aws("terminate-provisioned-product", *named))
    aws("describe-provisioned-product", "--name", name, fails="ResourceNotFoundException")
    history = aws("list-record-history", "--search-filter", f"Key=provisionedproduct,Value={record['RecordDetail']['ProvisionedProductId']}")
    kinds = [record["RecordType"].split("_")[0] for record in history["RecordDetails"]]
    assert kinds == ["TERMINATE", "UPDATE", "UPDATE", "UPDATE", "PROVISION"], kinds


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    server = Server(binary=parser.parse_args().binary)
    try:
        story(Aws(server))
    finally:
        server.stop()
    print("the AWS CLI's story is told")


if __name__ == "__main__":
    main()
