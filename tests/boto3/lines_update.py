"""F. Update, lines 81-97."""

from botocore.exceptions import ParamValidationError

from expect import KEY, any_error, artifact_id, describe, error, outputs, product_id, provision, provisioned, tags, updated
from sandbox import client, fresh, wait_record

IP, RNF = "InvalidParametersException", "ResourceNotFoundException"
OTHER = [{"Key": "KeyName", "Value": "other"}]


def keys(*pairs):
    return [{"Key": key, "Value": value} for key, value in pairs]


def line_081(bench):
    token = fresh("token")
    before, _ = provisioned(bench.catalog, ProvisionToken=token)
    record = bench.catalog.update_provisioned_product(ProvisionedProductId=before["Id"], ProvisioningParameters=OTHER)["RecordDetail"]
    assert record["RecordType"] == "UPDATE_PROVISIONED_PRODUCT" and record["Status"] == "CREATED"
    during = describe(bench.catalog, before["Id"])
    assert during["Status"] == "UNDER_CHANGE" and during["LastSuccessfulProvisioningRecordId"] == before["LastRecordId"]
    assert during["LastRecordId"] == during["LastProvisioningRecordId"] == record["RecordId"]
    last, _ = wait_record(bench.catalog, record["RecordId"])
    after = describe(bench.catalog, before["Id"])
    assert after["Status"] == "AVAILABLE" and after["IdempotencyToken"] == token
    assert [after[k] for k in ("Id", "Name", "CreatedTime")] == [before[k] for k in ("Id", "Name", "CreatedTime")]
    assert outputs(last)["Key"] == "other" and after["LastSuccessfulProvisioningRecordId"] == record["RecordId"]


def line_082(bench):
    with error(RNF):
        bench.catalog.update_provisioned_product(ProvisionedProductId="pp-none")
    with error(RNF):
        bench.catalog.update_provisioned_product(ProvisionedProductName="none")


def tainted(bench, **more):
    before, first = provisioned(bench.catalog, product="vpc", version="v2", name=fresh("taint"))
    after, last = updated(bench.catalog, before["Id"], OTHER, ProvisioningArtifactName="v1", **more)
    assert last["RecordDetail"]["Status"] == "FAILED" and after["Status"] == "TAINTED"
    return before, first, after, last


def once(bench):
    """A world of its own, where the first update of a taint-… fails and the next does not."""
    return bench.world(
        """
region: us-east-1
durations: {provision: 10s, update: 10s, terminate: 10s}
portfolios:
  - name: platform
    products:
      - name: vpc
        versions: [{name: v1, template: network.yaml}, {name: v2, template: network.yaml}]
faults: [{operation: update, provisioned_product: "taint-*", outcome: rollback, times: 1, message: "no more addresses"}]
"""
    )


def line_083(bench):
    bench = type("Own", (), {"catalog": client(once(bench))})
    before, first, after, last = tainted(bench)
    assert after["LastProvisioningRecordId"] == last["RecordDetail"]["RecordId"]
    assert after["LastSuccessfulProvisioningRecordId"] == first["RecordDetail"]["RecordId"]
    assert after["ProvisioningArtifactId"] == artifact_id(bench.catalog, "vpc", "v1")
    good = bench.catalog.describe_record(Id=after["LastSuccessfulProvisioningRecordId"])["RecordDetail"]
    assert good["ProvisioningArtifactId"] == before["ProvisioningArtifactId"]
    assert after["StatusMessage"] == "no more addresses"


def line_084(bench):
    before, first = provisioned(bench.catalog)
    after, last = updated(bench.catalog, before["Id"], [])
    assert after["Status"] == "TAINTED" and last["RecordOutputs"] == []
    found = bench.catalog.get_provisioned_product_outputs(ProvisionedProductId=before["Id"])["Outputs"]
    assert {o["OutputKey"]: o["OutputValue"] for o in found} == outputs(first)


def line_085(bench):
    before, _ = provisioned(bench.catalog)
    after, _ = updated(bench.catalog, before["Id"], [])
    assert after["Status"] == "TAINTED"
    after, last = updated(bench.catalog, before["Id"], OTHER)
    assert after["Status"] == "AVAILABLE" and "StatusMessage" not in after and outputs(last)["Key"] == "other"


def line_086(bench):
    failed, _ = provisioned(bench.catalog, parameters=[])
    with error(IP):
        updated(bench.catalog, failed["Id"])
    assert describe(bench.catalog, failed["Id"]) == failed
    terraform, _ = provisioned(bench.catalog, product="infra", parameters=None, name=fresh("infra-error"))
    assert terraform["Status"] == "ERROR" and terraform["Type"] == "TERRAFORM_OPEN_SOURCE"
    after, _ = updated(bench.catalog, terraform["Id"], [])
    assert after["Status"] == "AVAILABLE"


def line_087(bench):
    record = provision(bench.catalog)
    with any_error():
        updated(bench.catalog, record["ProvisionedProductId"])
    history = bench.catalog.list_record_history(SearchFilter={"Key": "provisionedproduct", "Value": record["ProvisionedProductId"]})
    assert len(history["RecordDetails"]) == 1


def line_088(bench):
    before, _ = provisioned(bench.catalog)
    record = bench.catalog.update_provisioned_product(ProvisionedProductId=before["Id"])["RecordDetail"]
    last, _ = wait_record(bench.catalog, record["RecordId"])
    assert "Parameters: [KeyName] must have values" in last["RecordDetail"]["RecordErrors"][0]["Description"]
    assert describe(bench.catalog, before["Id"])["Status"] == "TAINTED"


def line_089(bench):
    before, first = provisioned(bench.catalog, parameters=keys(("KeyName", "k"), ("Size", "large")))
    assert outputs(first)["SizeAndZone"] == "large-a1"
    _, last = updated(bench.catalog, before["Id"], KEY)
    assert outputs(last)["SizeAndZone"] == "small-a1"


def line_090(bench):
    before, _ = provisioned(bench.catalog, parameters=keys(("KeyName", "k"), ("Size", "large"), ("Secret", "swordfish")))
    kept = [{"Key": key, "UsePreviousValue": True} for key in ("KeyName", "Size", "Secret")]
    after, last = updated(bench.catalog, before["Id"], kept)
    assert after["Status"] == "AVAILABLE"
    assert outputs(last)["SizeAndZone"] == "large-a1" and outputs(last)["Key"] == "k"


def line_091(bench):
    before, _ = provisioned(bench.catalog)
    after, last = updated(bench.catalog, before["Id"], [{"Key": "KeyName", "Value": "x", "UsePreviousValue": True}])
    text = (
        "Invalid input for parameter key KeyName. Cannot specify usePreviousValue as true and non empty value for a parameter"
    )
    assert text in last["RecordDetail"]["RecordErrors"][0]["Description"] and after["Status"] == "TAINTED"


def mine(bench, name):
    return {key: value for key, value in tags(bench.catalog, name).items() if not key.startswith("aws:")}


def line_092(bench):
    before, _ = provisioned(bench.catalog, Tags=keys(("a", "1")))
    after, _ = updated(bench.catalog, before["Id"], Tags=keys(("a", "2"), ("b", "1")))
    assert after["Status"] == "AVAILABLE" and mine(bench, before["Name"]) == {"a": "1", "clash": "ours"}


ALWAYS = {"single": "only", "clash": "sc-tagconflict-portfolioid-productid", "both": "2"}


def line_093(bench):
    before, _ = provisioned(bench.catalog, product="vpc", version="v2", Tags=keys(("a", "1")))
    assert mine(bench, before["Name"]) == {"a": "1", **ALWAYS}
    updated(bench.catalog, before["Id"], Tags=keys(("a", "2"), ("b", "1")))
    assert mine(bench, before["Name"]) == {"a": "2", "b": "1", **ALWAYS}
    updated(bench.catalog, before["Id"])
    assert mine(bench, before["Name"]) == {"a": "2", "b": "1", **ALWAYS}
    assert len([key for key in tags(bench.catalog, before["Name"]) if key.startswith("aws:")]) == 5


def line_094(bench):
    before, _ = provisioned(bench.catalog, product="vpc", version="v2", Tags=keys(("a", "1"), ("b", "1")))
    for sent in (keys(("a", "1")), []):
        updated(bench.catalog, before["Id"], Tags=sent)
        assert mine(bench, before["Name"]) == {"a": "1", "b": "1", **ALWAYS}
    updated(bench.catalog, before["Id"], Tags=keys(("a", "2")))
    assert mine(bench, before["Name"]) == {"a": "2", **ALWAYS}


def line_095(bench):
    try:
        bench.default.update_provisioned_product(ProvisionedProductName="n", NotificationArns=["arn:aws:sns:us-east-1:1:t"])
        raise AssertionError("no error")
    except ParamValidationError as failure:
        assert 'Unknown parameter in input: "NotificationArns"' in str(failure)


def line_096(bench):
    before, _ = provisioned(bench.catalog)
    after, last = updated(bench.catalog, before["Id"], [], ProductName="plain", ProvisioningArtifactName="v1")
    assert (after["Id"], after["Name"]) == (before["Id"], before["Name"])
    assert after["ProductId"] == product_id(bench.catalog, "plain") != before["ProductId"]
    assert set(outputs(last)) == {"BucketName", "CloudformationStackARN"}


def line_097(bench):
    before, _ = provisioned(bench.catalog)
    after, last = updated(bench.catalog, before["Id"], KEY)
    assert last["RecordDetail"]["Status"] == "SUCCEEDED" and after["Status"] == "AVAILABLE"
