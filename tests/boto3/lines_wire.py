"""A. Wire, lines 1-13."""

import json

from botocore.exceptions import ClientError

from expect import error, provisioned
from sandbox import client, raw_post


def line_001(bench):
    """every answer has its own request id"""
    ids = set()
    for _ in range(3):
        answer = bench.catalog.search_products()
        request_id = answer["ResponseMetadata"]["RequestId"]
        assert request_id and bench.catalog.raw.headers["x-amzn-requestid"] == request_id
        ids.add(request_id)
    assert len(ids) == 3


def line_002(bench):
    """content type of answers"""
    bench.catalog.search_products()
    assert bench.catalog.raw.headers["content-type"] == "application/x-amz-json-1.1"


def line_003(bench):
    """errors carry __type and Message in the body"""
    try:
        bench.catalog.describe_record(Id="rec-none")
        raise AssertionError("no error")
    except bench.catalog.exceptions.ResourceNotFoundException as failure:
        assert failure.response["Error"]["Message"]
    body = json.loads(bench.catalog.raw.body)
    assert bench.catalog.raw.status == 400
    assert body["__type"] == "ResourceNotFoundException" and body["Message"]


def line_004(bench):
    """what the Rust SDK reads: the header agrees with the body, and the message is there"""
    status, headers, body = raw_post(bench.server, "DescribeRecord", {"Id": "rec-none"})
    assert status == 400
    lower = {name.lower(): value for name, value in headers.items()}
    assert lower.get("x-amzn-errortype", "ResourceNotFoundException") == json.loads(body)["__type"]
    assert json.loads(body)["Message"]


def line_005(bench):
    """times are JSON numbers"""
    detail, record = provisioned(bench.catalog)
    for call in (
        lambda c: c.describe_record(Id=record["RecordDetail"]["RecordId"]),
        lambda c: c.describe_provisioned_product(Id=detail["Id"]),
        lambda c: c.search_provisioned_products(),
        lambda c: c.describe_product(Name="vpc"),
        lambda c: c.list_record_history(),
    ):
        call(bench.catalog)
        text = bench.catalog.raw.body.decode()
        assert 'Time":' in text and 'Time":"' not in text.replace(" ", "")


def line_006(bench):
    """records in milliseconds, products in whole seconds"""
    provisioned(bench.catalog)
    for line in times(bench.catalog.search_provisioned_products, bench):
        assert round(line, 3) == line
    for line in times(lambda: bench.catalog.describe_product(Name="vpc"), bench):
        assert line == int(line)


def times(call, bench):
    call()
    found = []

    def walk(value):
        if isinstance(value, dict):
            for name, member in value.items():
                if name.endswith("Time"):
                    found.append(member)
                walk(member)
        elif isinstance(value, list):
            for item in value:
                walk(item)

    walk(json.loads(bench.catalog.raw.body))
    assert found
    return found


def line_007(bench):
    """unknown operation"""
    status, _, body = raw_post(bench.server, "MakeCoffee", {})
    assert status == 400 and json.loads(body)["__type"] == "UnknownOperationException"


def line_008(bench):
    """malformed and mistyped bodies"""
    for body in (b"{", {"PageSize": "x", "Id": "rec-1"}, b"[]"):
        status, _, answer = raw_post(bench.server, "DescribeRecord", body)
        assert status == 400 and json.loads(answer)["__type"] == "SerializationException", answer


def line_009(bench):
    """unknown members are ignored"""
    status, _, _ = raw_post(bench.server, "SearchProducts", {"Nonsense": [1]})
    assert status == 200


def line_010(bench):
    """RPC v2 CBOR is refused with the supported protocol's name"""
    headers = {"smithy-protocol": "rpc-v2-cbor", "Content-Type": "application/cbor"}
    path = "/service/AWS242ServiceCatalogService/operation/DescribeRecord"
    status, _, body = raw_post(bench.server, "", b"\xa0", path=path, headers=headers)
    assert 400 <= status < 500 and b"AWS JSON 1.1" in body


def line_011(bench):
    """throttling is retried three times by a default client"""
    server = bench.world(SMALL + "faults: [{call: '*', outcome: throttle}]\n")
    try:
        client(server, default=True).search_products()
        raise AssertionError("no error")
    except ClientError as failure:
        assert failure.response["Error"]["Code"] == "ThrottlingException"
        assert "Rate exceeded" in str(failure) and "(reached max retries: 2)" in str(failure)
    assert [call["operation"] for call in server.calls()] == ["SearchProducts"] * 3


SMALL = """
region: us-east-1
portfolios: [{name: p, products: [{name: plain, versions: [{name: v1, template: plain.yaml}]}]}]
"""


def line_012(bench):
    """an internal failure is gone at the second attempt"""
    server = bench.world(SMALL + "faults: [{call: SearchProducts, outcome: error_500, times: 1}]\n")
    assert client(server, default=True).search_products()["ProductViewSummaries"]
    assert [call["http_status"] for call in server.calls()] == [500, 200]


def line_013(bench):
    """the last page has no token"""
    pages = list(bench.default.get_paginator("scan_provisioned_products").paginate(PaginationConfig={"PageSize": 2}))
    assert "NextPageToken" not in pages[-1]
    assert "NextPageToken" not in bench.catalog.list_launch_paths(ProductId=bench.catalog.describe_product(Name="vpc")["ProductViewSummary"]["ProductId"])
    with error("InvalidParametersException"):
        bench.catalog.search_provisioned_products(PageToken="made-up")
