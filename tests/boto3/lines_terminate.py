"""G. Terminate, lines 98-103."""

from expect import any_error, describe, error, provision, provisioned, searched, terminated, updated
from sandbox import client, fresh, wait_record

RNF = "ResourceNotFoundException"


def line_098(bench):
    detail, _ = provisioned(bench.catalog, product="vpc", version="v2")
    record = bench.catalog.terminate_provisioned_product(ProvisionedProductId=detail["Id"])["RecordDetail"]
    assert record["RecordType"] == "TERMINATE_PROVISIONED_PRODUCT" and record["Status"] == "CREATED"
    assert record["RecordErrors"] == [] and record["RecordTags"] == []
    assert record["LaunchRoleArn"] == "arn:aws:iam::111122223333:role/launch"


def line_099(bench):
    catalog = bench.catalog
    detail, first = provisioned(catalog)
    record = catalog.terminate_provisioned_product(ProvisionedProductId=detail["Id"])["RecordDetail"]
    assert describe(catalog, detail["Id"])["Status"] == "UNDER_CHANGE"
    last, _ = wait_record(catalog, record["RecordId"])
    assert last["RecordDetail"]["Status"] == "SUCCEEDED"
    for wanted in ({"Id": detail["Id"]}, {"Name": detail["Name"]}):
        with error(RNF):
            catalog.describe_provisioned_product(**wanted)
    assert searched(catalog, f"id:{detail['Id']}") == []
    assert catalog.describe_record(Id=first["RecordDetail"]["RecordId"])["RecordDetail"]["Status"] == "SUCCEEDED"
    history = catalog.list_record_history(SearchFilter={"Key": "provisionedproduct", "Value": detail["Id"]})["RecordDetails"]
    assert [r["RecordId"] for r in history] == [record["RecordId"], first["RecordDetail"]["RecordId"]]


def line_100(bench):
    catalog, token = bench.catalog, fresh("token")
    detail, _ = provisioned(catalog)
    end = lambda: catalog.terminate_provisioned_product(ProvisionedProductId=detail["Id"], TerminateToken=token)["RecordDetail"]
    first = end()
    assert end()["RecordId"] == first["RecordId"]
    wait_record(catalog, first["RecordId"])
    with error(RNF):
        end()
    with error(RNF):
        terminated(catalog, detail["Id"])


def line_101(bench):
    catalog = bench.catalog
    available, _ = provisioned(catalog)
    failed, _ = provisioned(catalog, parameters=[])
    tainted, _ = provisioned(catalog)
    assert updated(catalog, tainted["Id"], [])[0]["Status"] == "TAINTED"
    for one in (available, failed, tainted):
        assert terminated(catalog, one["Id"])["RecordDetail"]["Status"] == "SUCCEEDED"
    record = provision(catalog, name=fresh("stuck"))
    for ignore in (False, True):
        with any_error():
            terminated(catalog, record["ProvisionedProductId"], IgnoreErrors=ignore)
    assert describe(catalog, record["ProvisionedProductId"])["Status"] == "UNDER_CHANGE"


def line_102(bench):
    catalog = bench.catalog
    detail, _ = provisioned(catalog, name=fresh("sticky"))
    last = terminated(catalog, detail["Id"])
    assert last["RecordDetail"]["Status"] == "FAILED" and last["RecordDetail"]["RecordErrors"]
    tainted = describe(catalog, detail["Id"])
    assert tainted["Status"] == "TAINTED"
    assert tainted["LastProvisioningRecordId"] == tainted["LastRecordId"] == last["RecordDetail"]["RecordId"]
    assert terminated(catalog, detail["Id"], IgnoreErrors=True)["RecordDetail"]["Status"] == "SUCCEEDED"
    with error(RNF):
        describe(catalog, detail["Id"])


def line_103(bench):
    catalog = bench.catalog
    formation = client(bench.server, service="cloudformation")
    kept, kept_record = provisioned(catalog)
    gone, _ = provisioned(catalog)
    stack = lambda detail: f"SC-111122223333-{detail['Id']}"
    assert formation.describe_stacks(StackName=stack(kept))["Stacks"][0]["StackStatus"] == "CREATE_COMPLETE"
    terminated(catalog, kept["Id"], RetainPhysicalResources=True)
    terminated(catalog, gone["Id"])
    with error(RNF):
        describe(catalog, kept["Id"])
    (left,) = formation.describe_stacks(StackName=stack(kept))["Stacks"]
    shown = {o["OutputKey"]: o["OutputValue"] for o in left["Outputs"]}
    assert shown["Key"] == "k"
    with error("ValidationError", "does not exist"):
        formation.describe_stacks(StackName=stack(gone))
