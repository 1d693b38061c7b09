"""H. Reads, search, paging, lines 104-112."""

from expect import error, provision, provisioned, searched, updated
from sandbox import client, fresh, wait_record

IP = "InvalidParametersException"


def line_104(bench):
    detail, _ = provisioned(bench.catalog, product="vpc", version="v2")
    (item,) = searched(bench.catalog, f"id:{detail['Id']}")
    assert set(item) >= {
        "Name", "Arn", "Type", "Id", "Status", "CreatedTime", "IdempotencyToken", "LastRecordId",
        "LastProvisioningRecordId", "Tags", "ProductId", "ProductName", "ProvisioningArtifactId",
        "ProvisioningArtifactName", "UserArn", "UserArnSession",
    }  # fmt: skip
    assert "LaunchRoleArn" not in item and not [name for name in item if "utput" in name]
    assert (item["ProductName"], item["ProvisioningArtifactName"]) == ("vpc", "v2")


def line_105(bench):
    detail, _ = provisioned(bench.catalog, product="vpc", version="v2")
    scanned = bench.default.get_paginator("scan_provisioned_products").paginate()
    (item,) = [item for page in scanned for item in page["ProvisionedProducts"] if item["Id"] == detail["Id"]]
    for one in (item, detail):
        assert one["LaunchRoleArn"].endswith("role/launch") and "Tags" not in one and "PhysicalId" not in one


def line_106(bench):
    detail, _ = provisioned(bench.catalog)
    (item,) = searched(bench.catalog, f"name:{detail['Name']}")
    for query in (
        f"id:{detail['Id']}", f"idempotencyToken:{detail['IdempotencyToken']}", f"arn:{detail['Arn']}",
        f"lastRecordId:{detail['LastRecordId']}", detail["Id"], detail["Name"],
    ):  # fmt: skip
        assert [found["Id"] for found in searched(bench.catalog, query)] == [detail["Id"]], query
    for query in ("status:AVAILABLE", f"productId:{detail['ProductId']}", "type:CFN_STACK", "productName:fixed", item["ProductId"]):
        assert detail["Id"] in [found["Id"] for found in searched(bench.catalog, query)], query
    assert all(found["Status"] == "AVAILABLE" for found in searched(bench.catalog, "status:AVAILABLE"))
    assert [f["Id"] for f in searched(bench.catalog, "status:AVAILABLE", f"name:{detail['Name']}")] == [detail["Id"]]
    assert searched(bench.catalog, "status:ERROR", f"name:{detail['Name']}") == []


LOTS = """
region: us-east-1
time_scale: 1000
durations: {provision: 1s}
portfolios: [{name: p, products: [{name: plain, versions: [{name: v1, template: plain.yaml}]}]}]
"""


def lots(bench, knobs=""):
    catalog = client(bench.world(LOTS + knobs))
    ids = {provision(catalog, product="plain", parameters=None, name=f"pp-{i:03}")["ProvisionedProductId"] for i in range(250)}
    return catalog, ids


def pages(catalog, **more):
    token = {}
    while True:
        page = catalog.search_provisioned_products(PageSize=100, **more, **token)
        yield page
        if "NextPageToken" not in page:
            return
        token = {"PageToken": page["NextPageToken"]}


def line_107(bench):
    catalog, ids = lots(bench)
    for field in ("id", "name", "arn", "lastRecordId", "createdTime"):
        for order in ("ASCENDING", "DESCENDING"):
            found = list(pages(catalog, SortBy=field, SortOrder=order))
            assert [len(page["ProvisionedProducts"]) for page in found] == [100, 100, 50]
            assert [page["TotalResultsCount"] for page in found] == [250] * 3
            items = [item for page in found for item in page["ProvisionedProducts"]]
            assert {item["Id"] for item in items} == ids and len(items) == 250
            values = [item[field[0].upper() + field[1:]] for item in items]
            assert values == sorted(values, reverse=order == "DESCENDING"), field


def line_108(bench):
    catalog, ids = lots(bench, "knobs: {unstable_search: true}\n")
    overlaps = False
    for _ in range(20):
        seen = [item["Id"] for page in pages(catalog) for item in page["ProvisionedProducts"]]
        overlaps = overlaps or len(seen) != len(set(seen)) or set(seen) != ids
    assert overlaps
    sorted_ids = [item["Id"] for page in pages(catalog, SortBy="id") for item in page["ProvisionedProducts"]]
    assert len(sorted_ids) == 250 and set(sorted_ids) == ids


def line_109(bench):
    server = bench.world(LOTS + "knobs: {search_lag: 1h}\n")
    catalog, name = client(server), fresh()
    provision(catalog, product="plain", parameters=None, name=name)
    assert searched(catalog, f"name:{name}") == []
    assert catalog.describe_provisioned_product(Name=name)["ProvisionedProductDetail"]["Name"] == name
    server.advance(3601)
    assert [item["Name"] for item in searched(catalog, f"name:{name}")] == [name]


def line_110(bench):
    _, last = provisioned(bench.catalog, product="many", parameters=None)
    record_id = last["RecordDetail"]["RecordId"]
    sizes, keys, token = [], set(), {}
    while True:
        page = bench.catalog.describe_record(Id=record_id, PageSize=20, **token)
        assert page["RecordDetail"] == last["RecordDetail"]
        sizes.append(len(page["RecordOutputs"]))
        keys.update(output["OutputKey"] for output in page["RecordOutputs"])
        if "NextPageToken" not in page:
            break
        token = {"PageToken": page["NextPageToken"]}
    assert sizes == [20, 20, 5] and len(keys) == 45


def line_111(bench):
    detail, _ = provisioned(bench.catalog)
    get = lambda *keys: bench.catalog.get_provisioned_product_outputs(ProvisionedProductId=detail["Id"], OutputKeys=list(keys))
    assert [output["OutputKey"] for output in get("VpcID")["Outputs"]] == ["VpcID"]
    with error(IP):
        get("Nope")
    named = bench.catalog.get_provisioned_product_outputs(ProvisionedProductName=detail["Name"])["Outputs"]
    assert len(named) == 4


def line_112(bench):
    detail, first = provisioned(bench.catalog)
    _, second = updated(bench.catalog, detail["Id"])
    ids = [record["RecordId"] for record in bench.catalog.list_record_history()["RecordDetails"]]
    assert ids[:2] == [second["RecordDetail"]["RecordId"], first["RecordDetail"]["RecordId"]]
    stranger = client(bench.server, key="stranger")
    assert stranger.list_record_history()["RecordDetails"] == []
    everyone = stranger.list_record_history(AccessLevelFilter={"Key": "Account", "Value": "self"}, PageSize=1)
    assert everyone["RecordDetails"][0]["RecordId"] == ids[0] and everyone["NextPageToken"]
    record = provision(stranger)
    wait_record(stranger, record["RecordId"])
    assert [r["RecordId"] for r in stranger.list_record_history()["RecordDetails"]] == [record["RecordId"]]
