"""C. Exclusive-or and resolution, lines 32-46."""

from expect import any_error, artifact_id, describe, error, product_id, provision, provisioned, terminated, updated
from sandbox import fresh, wait_record

IP, RNF = "InvalidParametersException", "ResourceNotFoundException"


def line_032(bench):
    with error(IP):
        bench.catalog.describe_provisioned_product()
    with error(IP):
        bench.catalog.describe_provisioned_product(Id="pp-1", Name="n")


def line_033(bench):
    with error(IP):
        provision(bench.catalog, ProductId="prod-1")
    with error(IP):
        bench.catalog.provision_product(ProvisioningArtifactName="v1", ProvisionedProductName=fresh())


def line_034(bench):
    with error(IP):
        provision(bench.catalog, ProvisioningArtifactId="pa-1")
    with error(IP):
        bench.catalog.provision_product(ProductName="fixed", ProvisionedProductName=fresh())
    with error(IP):
        provision(bench.catalog, PathId="lpv3-1", PathName="platform")


def line_035(bench):
    with error(IP):
        bench.catalog.update_provisioned_product(ProvisioningParameters=[])
    with error(IP):
        bench.catalog.update_provisioned_product(ProvisionedProductId="pp-1", ProvisionedProductName="n")


def line_036(bench):
    with error(RNF, "Product with name subnet does not exist or access was denied."):
        provision(bench.catalog, product="subnet")


def line_037(bench):
    with error(IP):
        provision(bench.catalog, product="double")


def line_038(bench):
    with error(IP, "Multiple Provisioning Artifact with name twin found."):
        provision(bench.catalog, product="vpc", version="twin")


def line_039(bench):
    catalog, text = bench.catalog, "No launch paths found for resource: prod-hiddenhidden0"
    with error(RNF, text):
        catalog.provision_product(ProductId="prod-hiddenhidden0", ProvisioningArtifactName="v1", ProvisionedProductName=fresh())
    with error(RNF, text):
        catalog.list_launch_paths(ProductId="prod-hiddenhidden0")
    with error(RNF, text):
        catalog.describe_provisioning_parameters(ProductId="prod-hiddenhidden0", ProvisioningArtifactName="v1")
    assert "prod-hiddenhidden0" not in [view["ProductId"] for view in catalog.search_products()["ProductViewSummaries"]]


def line_040(bench):
    with error(IP, "More than one launch path ids exist. Please specify the launch path id"):
        provision(bench.catalog, product="shared")


def line_041(bench):
    with error(IP, "Invalid PathId: lpv3-gone"):
        provision(bench.catalog, PathId="lpv3-gone")
    detail, _ = provisioned(bench.catalog)
    with error(IP, "Invalid PathId: lpv3-gone"):
        updated(bench.catalog, detail["Id"], PathId="lpv3-gone")


def line_042(bench):
    paths = bench.catalog.describe_product(Name="shared")["LaunchPaths"]
    assert {path["Name"] for path in paths} == {"platform", "second"}
    for path in paths:
        record = provision(bench.catalog, product="shared", PathName=path["Name"])
        assert record["PathId"] == path["Id"] and path["Id"].startswith("lpv3-")


def line_043(bench):
    record = provision(bench.catalog)
    (path,) = bench.catalog.describe_product(Name="fixed")["LaunchPaths"]
    assert record["PathId"] == path["Id"]


def line_044(bench):
    detail, _ = provisioned(bench.catalog)
    record = bench.catalog.update_provisioned_product(
        ProvisionedProductName=detail["Arn"], ProvisioningParameters=[{"Key": "KeyName", "Value": "z"}]
    )["RecordDetail"]
    wait_record(bench.catalog, record["RecordId"])
    with error("ValidationException"):
        bench.catalog.describe_provisioned_product(Name=detail["Arn"])
    record = bench.catalog.terminate_provisioned_product(ProvisionedProductName=detail["Arn"])["RecordDetail"]
    assert wait_record(bench.catalog, record["RecordId"])[0]["RecordDetail"]["Status"] == "SUCCEEDED"


def line_045(bench):
    with any_error():
        provision(bench.catalog, product="vpc", version="v1")
    detail, _ = provisioned(bench.catalog, product="vpc", version="v2")
    after, record = updated(bench.catalog, detail["Id"], ProvisioningArtifactName="v1")
    assert record["RecordDetail"]["Status"] == "SUCCEEDED"
    assert after["ProvisioningArtifactId"] == artifact_id(bench.catalog, "vpc", "v1")


def line_046(bench):
    """a version that is withdrawn later leaves what runs on it alone"""
    with any_error():
        provision(bench.catalog, product="vpc", version="v3")
    names = [artifact.get("Name") for artifact in bench.catalog.describe_product(Name="vpc")["ProvisioningArtifacts"]]
    assert "v3" not in names
    detail, _ = provisioned(bench.catalog, product="vpc", version="v2")
    assert describe(bench.catalog, detail["Id"])["Status"] == "AVAILABLE"
    terminated(bench.catalog, detail["Id"])
    assert product_id(bench.catalog, "vpc").startswith("prod-")
