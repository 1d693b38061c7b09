"""E. Provision, lines 60-80."""

from expect import (
    KEY,
    artifact_id,
    describe,
    error,
    outputs,
    product_id,
    provision,
    provisioned,
    searched,
    tags,
    terminated,
)
from sandbox import client, fresh, wait_record

IP, RNF = "InvalidParametersException", "ResourceNotFoundException"


def line_060(bench):
    catalog = bench.catalog
    record = provision(catalog, product="vpc", version="v2")
    assert set(record) == {
        "RecordId", "ProvisionedProductName", "Status", "CreatedTime", "UpdatedTime", "ProvisionedProductType",
        "RecordType", "ProvisionedProductId", "ProductId", "ProvisioningArtifactId", "PathId", "RecordErrors",
        "RecordTags", "LaunchRoleArn",
    }  # fmt: skip
    assert record["Status"] == "CREATED" and record["CreatedTime"] == record["UpdatedTime"]
    assert record["ProvisionedProductType"] == "CFN_STACK" and record["RecordType"] == "PROVISION_PRODUCT"
    assert record["RecordErrors"] == [] and record["RecordTags"] == []
    assert record["ProductId"] == product_id(catalog, "vpc")
    assert record["ProvisioningArtifactId"] == artifact_id(catalog, "vpc", "v2")
    assert record["LaunchRoleArn"] == "arn:aws:iam::111122223333:role/launch"
    assert "LaunchRoleArn" not in provision(catalog)


def line_061(bench):
    token = fresh("token")
    record = provision(bench.catalog, ProvisionToken=token)
    answer = bench.catalog.describe_provisioned_product(Id=record["ProvisionedProductId"])
    detail = answer["ProvisionedProductDetail"]
    assert detail["Status"] == "UNDER_CHANGE" and detail["IdempotencyToken"] == token
    assert "LastSuccessfulProvisioningRecordId" not in detail and answer["CloudWatchDashboards"] == []
    assert detail["LastRecordId"] == detail["LastProvisioningRecordId"] == record["RecordId"]
    assert detail["CreatedTime"] <= record["CreatedTime"]


def line_062(bench):
    record = provision(bench.catalog)
    last, seen = wait_record(bench.catalog, record["RecordId"])
    assert seen == ["CREATED", "IN_PROGRESS", "SUCCEEDED"] or seen == ["IN_PROGRESS", "SUCCEEDED"], seen
    assert last["RecordDetail"]["UpdatedTime"] > record["UpdatedTime"]
    again = bench.catalog.describe_record(Id=record["RecordId"])
    assert again["RecordDetail"] == last["RecordDetail"] and again["RecordOutputs"] == last["RecordOutputs"]


def line_063(bench):
    detail, last = provisioned(bench.catalog)
    assert detail["Status"] == "AVAILABLE"
    ids = {detail[name] for name in ("LastRecordId", "LastProvisioningRecordId", "LastSuccessfulProvisioningRecordId")}
    assert ids == {last["RecordDetail"]["RecordId"]}


def line_064(bench):
    detail, last = provisioned(bench.catalog)
    found = outputs(last)
    assert set(found) == {"VpcID", "Key", "SizeAndZone", "CloudformationStackARN"}
    assert found["VpcID"].startswith("vpc-") and found["Key"] == "k" and found["SizeAndZone"] == "small-a1"
    arn = found["CloudformationStackARN"]
    assert arn.startswith(f"arn:aws:cloudformation:us-east-1:111122223333:stack/SC-111122223333-{detail['Id']}/")
    (item,) = searched(bench.catalog, f"id:{detail['Id']}")
    assert item["PhysicalId"] == arn


def line_065(bench):
    record = provision(bench.catalog, parameters=[])
    last, seen = wait_record(bench.catalog, record["RecordId"])
    text = (
        "AmazonCloudFormationException  Parameters: [KeyName] must have values (Service: AmazonCloudFormation; "
        "Status Code: 400; Error Code: ValidationError; Request ID:"
    )
    assert last["RecordDetail"]["Status"] == "FAILED" and "IN_PROGRESS_IN_ERROR" not in seen
    (failure,) = last["RecordDetail"]["RecordErrors"]
    assert "Code" not in failure and failure["Description"].startswith(text)
    detail = describe(bench.catalog, record["ProvisionedProductId"])
    assert detail["Status"] == "ERROR" and detail["StatusMessage"].startswith(text)


def line_066(bench):
    detail, last = provisioned(bench.catalog, parameters=KEY + [{"Key": "Bogus", "Value": "1"}])
    assert detail["Status"] == "ERROR" and "Parameters: [Bogus] do not exist in the template" in detail["StatusMessage"]
    assert last["RecordOutputs"] == []


def line_067(bench):
    for key, value in (("Size", "huge"), ("Zone", "zz"), ("Count", "10"), ("Count", "many"), ("Secret", "abc")):
        detail, _ = provisioned(bench.catalog, parameters=KEY + [{"Key": key, "Value": value}])
        assert detail["Status"] == "ERROR" and detail["StatusMessage"].startswith("AmazonCloudFormationException  ")


def line_068(bench):
    detail, _ = provisioned(bench.catalog, parameters=[])
    (item,) = searched(bench.catalog, f"id:{detail['Id']}")
    assert "PhysicalId" not in item and item["Status"] == "ERROR"


def line_069(bench):
    record = provision(bench.catalog, name=fresh("rollback"))
    last, seen = wait_record(bench.catalog, record["RecordId"])
    assert seen[-2:] == ["IN_PROGRESS_IN_ERROR", "FAILED"], seen
    assert last["RecordDetail"]["RecordErrors"][0]["Description"] == "Subnet is full"
    assert describe(bench.catalog, record["ProvisionedProductId"])["Status"] == "ERROR"


def line_070(bench):
    detail, _ = provisioned(bench.catalog, parameters=[])
    with error(IP, "Last Successful Provisioning Record doesn't exist."):
        bench.catalog.get_provisioned_product_outputs(ProvisionedProductId=detail["Id"])


def line_071(bench):
    catalog = bench.catalog
    for prefix, parameters in (("name", KEY), ("taint", KEY), ("name", [])):
        name = fresh(prefix)
        record = provision(catalog, name=name, parameters=parameters)
        with error(IP, f"A stack named {name} already exists."):
            provision(catalog, name=name)
        wait_record(catalog, record["RecordId"])
        if prefix == "taint":
            change = catalog.update_provisioned_product(ProvisionedProductName=name, ProvisioningParameters=[])
            wait_record(catalog, change["RecordDetail"]["RecordId"])
            assert describe(catalog, record["ProvisionedProductId"])["Status"] == "TAINTED"
        with error(IP, f"A stack named {name} already exists."):
            provision(catalog, name=name)


def line_072(bench):
    name, token = fresh(), fresh("token")
    first = provision(bench.catalog, name=name, ProvisionToken=token)
    again = provision(bench.catalog, name=name, ProvisionToken=token)
    assert [first[k] for k in ("RecordId", "ProvisionedProductId")] == [again[k] for k in ("RecordId", "ProvisionedProductId")]
    wait_record(bench.catalog, first["RecordId"])
    assert provision(bench.catalog, name=name, ProvisionToken=token)["Status"] == "SUCCEEDED"
    assert len(searched(bench.catalog, f"name:{name}")) == 1
    assert len(searched(bench.catalog, f"idempotencyToken:{token}")) == 1


def line_073(bench):
    token, other = fresh("token"), fresh()
    provision(bench.catalog, ProvisionToken=token)
    with error("DuplicateResourceException"):
        provision(bench.catalog, name=other, ProvisionToken=token)
    assert searched(bench.catalog, f"name:{other}") == []
    knob = "knobs: {token_reuse_error: InvalidParametersException}\n"
    server = bench.world(PLAIN + knob)
    catalog = client(server)
    provision(catalog, product="plain", parameters=None, ProvisionToken=token)
    with error(IP):
        provision(catalog, product="plain", parameters=None, ProvisionToken=token)


PLAIN = """
region: us-east-1
durations: {provision: 10s, update: 10s, terminate: 10s}
portfolios: [{name: p, products: [{name: plain, versions: [{name: v1, template: plain.yaml}], constraints: {launch_role: "arn:aws:iam::111122223333:role/new"}}]}]
"""


def line_074(bench):
    name = fresh()
    detail, _ = provisioned(bench.catalog, name=name, parameters=[])
    terminated(bench.catalog, detail["Id"])
    again, _ = provisioned(bench.catalog, name=name)
    assert again["Status"] == "AVAILABLE" and again["Id"] != detail["Id"]


def line_075(bench):
    detail, _ = provisioned(bench.catalog, product="vpc", version="v2")
    assert tags(bench.catalog, detail["Name"])["single"] == "only"
    assert "choice" not in tags(bench.catalog, detail["Name"])


def line_076(bench):
    sent = [{"Key": f"k{i}", "Value": "v"} for i in range(50)]
    detail, last = provisioned(bench.catalog, Tags=sent)
    found = tags(bench.catalog, detail["Name"])
    automatic = {key.removeprefix("aws:servicecatalog:"): value for key, value in found.items() if key.startswith("aws:")}
    assert set(automatic) == {
        "portfolioArn", "productArn", "provisioningPrincipalArn", "provisionedProductArn", "provisioningArtifactIdentifier",
    }  # fmt: skip
    assert automatic["provisionedProductArn"] == detail["Arn"]
    assert automatic["productArn"].endswith(f":product/{detail['ProductId']}")
    assert automatic["provisioningArtifactIdentifier"] == detail["ProvisioningArtifactId"]
    assert set(found) - set(t["Key"] for t in sent) - {key for key in found if key.startswith("aws:")} == {"clash"}
    assert set(t["Key"] for t in sent) <= set(found) and {t["Key"] for t in last["RecordDetail"]["RecordTags"]} >= {"k0", "k49"}


def line_077(bench):
    detail, _ = provisioned(bench.catalog, product="vpc", version="v2")
    assert "conflict" in tags(bench.catalog, detail["Name"])["clash"]
    with error(IP):
        provision(bench.catalog, product="vpc", version="v2", Tags=[{"Key": "choice", "Value": "z"}])


def line_078(bench):
    server = bench.world(PLAIN + "knobs: {launch_role_lag_calls: 2}\n")
    catalog, name = client(server), fresh()
    for _ in range(2):
        with error(IP, "profile does not exist"):
            provision(catalog, product="plain", parameters=None, name=name)
    assert provision(catalog, product="plain", parameters=None, name=name)["Status"] == "CREATED"


def line_079(bench):
    server = bench.world(PLAIN + "knobs: {path_lag_calls: 2}\n")
    catalog, name = client(server), fresh()
    for _ in range(2):
        with error(RNF, "No launch paths found"):
            provision(catalog, product="plain", parameters=None, name=name)
    assert provision(catalog, product="plain", parameters=None, name=name)["Status"] == "CREATED"


def line_080(bench):
    catalog = bench.catalog
    detail, _ = provisioned(catalog, product="fleet")
    assert detail["Type"] == "CFN_STACKSET"
    listed = lambda id: catalog.list_stack_instances_for_provisioned_product(ProvisionedProductId=id)["StackInstances"]
    found = {(i["Account"], i["Region"], i["StackInstanceStatus"]) for i in listed(detail["Id"])}
    assert found == {
        (account, region, "CURRENT") for account in ("111122223333", "444455556666") for region in ("us-east-1", "eu-west-1")
    }
    one = {"StackSetAccounts": ["444455556666"], "StackSetRegions": ["eu-west-1"], "StackSetFailureToleranceCount": 1}
    few, _ = provisioned(catalog, product="fleet", ProvisioningPreferences=one)
    assert [(i["Account"], i["Region"]) for i in listed(few["Id"])] == [("444455556666", "eu-west-1")]
    assert not [key for key in tags(catalog, few["Name"]) if key.startswith("aws:")]
    for wrong in (
        {"StackSetFailureToleranceCount": 1, "StackSetFailureTolerancePercentage": 1},
        {"StackSetMaxConcurrencyCount": 1, "StackSetMaxConcurrencyPercentage": 1},
        {"StackSetAccounts": ["999999999999"]},
        {"StackSetRegions": ["mars-1"]},
    ):
        with error(IP):
            provision(catalog, product="fleet", ProvisioningPreferences=wrong)
