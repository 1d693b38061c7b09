"""B. Constraint validation, lines 14-31."""

from botocore.exceptions import ParamValidationError

from expect import error, provision, terminated
from sandbox import fresh, wait_record

BAD = "ValidationException"


def refused(bench, text, **more):
    with error(BAD, text):
        provision(bench.catalog, **more)
    assert bench.catalog.raw.status == 400


def line_014(bench):
    """an id with a colon"""
    name = fresh()
    text = (
        "1 validation error detected: Value 'pa-x:prod-y' at 'provisioningArtifactId' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: ^[a-zA-Z0-9_\\-]*"
    )
    with error(BAD, text):
        bench.catalog.provision_product(ProductName="fixed", ProvisioningArtifactId="pa-x:prod-y", ProvisionedProductName=name)


def line_015(bench):
    refused(bench, "at 'provisionedProductName' failed to satisfy constraint: Member must satisfy regular expression", name="-abc")


def line_016(bench):
    refused(bench, "Member must have length less than or equal to 128", name="a" * 129)


def line_017(bench):
    for name in ("a" * 128, "A.b_c-9"):
        record = provision(bench.catalog, name=name)
        wait_record(bench.catalog, record["RecordId"])
        terminated(bench.catalog, record["ProvisionedProductId"])


def tag_list(count):
    return [{"Key": f"k{i}", "Value": "v"} for i in range(count)]


def line_018(bench):
    refused(bench, "at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50", Tags=tag_list(51))
    provision(bench.catalog, Tags=tag_list(50))


def line_019(bench):
    arn = "arn:aws:sns:us-east-1:111122223333:topic"
    refused(bench, "at 'notificationArns'", NotificationArns=[f"{arn}{i}" for i in range(6)])
    refused(bench, "Member must satisfy regular expression pattern: arn:", NotificationArns=["topic"])
    provision(bench.catalog, NotificationArns=[f"{arn}{i}" for i in range(5)])


def line_020(bench):
    refused(bench, "less than or equal to 256", Tags=[{"Key": "k", "Value": "v" * 257}])
    refused(bench, "less than or equal to 128", Tags=[{"Key": "k" * 129, "Value": "v"}])
    refused(bench, "at 'tags.1.member.value' failed to satisfy constraint: Member must satisfy regular", Tags=[{"Key": "k", "Value": "a,b"}])


def line_021(bench):
    refused(bench, "Value null at 'tags.1.member.value' failed to satisfy constraint: Member must not be null", Tags=[{"Key": "k"}])


def line_022(bench):
    """a default client never sends a tag without a value"""
    before = len(bench.server.calls()) if bench.server.process else None
    try:
        provision(bench.default, Tags=[{"Key": "k"}])
        raise AssertionError("no error")
    except ParamValidationError as failure:
        assert 'Missing required parameter in Tags[0]: "Value"' in str(failure)
    if before is not None:
        assert len(bench.server.calls()) == before


def line_023(bench):
    refused(bench, "less than or equal to 4096", parameters=[{"Key": "KeyName", "Value": "x" * 4097}])
    provision(bench.catalog, parameters=[{"Key": "KeyName", "Value": ""}])


def line_024(bench):
    refused(bench, "at 'provisioningParameters.1.member.key'", parameters=[{"Key": "", "Value": "x"}])
    refused(bench, "less than or equal to 1000", parameters=[{"Key": "k" * 1001, "Value": "x"}])


def line_025(bench):
    refused(bench, "at 'provisionToken'", ProvisionToken="-x")
    refused(bench, "less than or equal to 128", ProvisionToken="t" * 129)


def line_026(bench):
    text = "Value null at 'provisionedProductName' failed to satisfy constraint: Member must not be null"
    with error(BAD, text):
        bench.catalog.provision_product(ProductName="fixed", ProvisioningArtifactName="v1")


def line_027(bench):
    catalog, text = bench.catalog, "at 'pageSize' failed to satisfy constraint: Member must have value less than or equal to"
    with error(BAD, f"{text} 20"):
        catalog.scan_provisioned_products(PageSize=21)
    with error(BAD, f"{text} 20"):
        catalog.describe_record(Id="rec-1", PageSize=21)
    with error(BAD, f"{text} 20"):
        catalog.list_record_history(PageSize=21)
    with error(BAD, f"{text} 100"):
        catalog.search_provisioned_products(PageSize=101)
    catalog.search_provisioned_products(PageSize=100)


def line_028(bench):
    with error(BAD, "at 'outputKeys'"):
        bench.catalog.get_provisioned_product_outputs(ProvisionedProductId="pp-1", OutputKeys=[f"k{i}" for i in range(61)])


def line_029(bench):
    search = bench.catalog.search_provisioned_products
    with error(BAD, "at 'filters'"):
        search(Filters={"Nope": ["x"]})
    with error(BAD, "Member must satisfy enum value set: [ASCENDING, DESCENDING]"):
        search(SortOrder="UP")
    with error(BAD, "at 'accessLevelFilter.key'"):
        search(AccessLevelFilter={"Key": "Zed", "Value": "self"})


def line_030(bench):
    for preferences, text in (
        ({"StackSetAccounts": ["12"]}, "^[0-9]{12}$"),
        ({"StackSetFailureTolerancePercentage": 101}, "less than or equal to 100"),
        ({"StackSetMaxConcurrencyCount": 0}, "greater than or equal to 1"),
    ):
        refused(bench, text, product="fleet", ProvisioningPreferences=preferences)


def line_031(bench):
    """all violations in one message"""
    with error(BAD, "2 validation errors detected: "):
        bench.catalog.provision_product(ProductId="a:b", ProvisioningArtifactName="v1", ProvisionedProductName="-x")
    with error(BAD, "; "):
        bench.catalog.provision_product(ProductId="a:b", ProvisioningArtifactName="v1", ProvisionedProductName="-x")
