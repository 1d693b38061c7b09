"""D. Catalogue reads, lines 47-59."""

from expect import artifact_id, product_id


def line_047(bench):
    answer = bench.catalog.describe_product(Id=product_id(bench.catalog, "vpc"))
    view = answer["ProductViewSummary"]
    assert view["Id"].startswith("prodview-") and view["ProductId"].startswith("prod-")
    assert view["HasDefaultPath"] is False
    expected = {
        "Name": "vpc",
        "Owner": "network-team",
        "ShortDescription": "a network",
        "Type": "CLOUD_FORMATION_TEMPLATE",
        "Distributor": "us",
        "SupportEmail": "help@example.com",
        "SupportDescription": "ask",
        "SupportUrl": "https://example.com",
    }
    assert {name: view[name] for name in expected} == expected
    artifacts = {artifact.get("Name"): artifact for artifact in answer["ProvisioningArtifacts"]}
    assert artifacts["v1"]["Guidance"] == "DEPRECATED" and artifacts["v2"]["Guidance"] == "DEFAULT"
    assert "v3" not in artifacts and answer["Budgets"] == []
    assert [set(path) for path in answer["LaunchPaths"]] == [{"Id", "Name"}]


def line_048(bench):
    artifacts = bench.catalog.describe_product(Name="vpc")["ProvisioningArtifacts"]
    assert [artifact for artifact in artifacts if "Name" not in artifact]


def line_049(bench):
    answer = bench.catalog.describe_product_as_admin(Id=product_id(bench.catalog, "vpc"))
    detail = answer["ProductViewDetail"]
    assert detail["Status"] == "CREATED"
    assert detail["ProductARN"].startswith("arn:aws:catalog:us-east-1:111122223333:product/prod-")
    assert all("ProvisioningArtifactMetadata" in item for item in answer["ProvisioningArtifactSummaries"])
    assert {option["Key"] for option in answer["TagOptions"]} == {"both", "clash", "single", "choice"}


def line_050(bench):
    details = bench.catalog.list_provisioning_artifacts(ProductId=product_id(bench.catalog, "vpc"))["ProvisioningArtifactDetails"]
    active = {detail.get("Name"): detail["Active"] for detail in details}
    assert active["v3"] is False and active["v2"] is True


def line_051(bench):
    catalog = bench.catalog
    wanted = {"ProductId": product_id(catalog, "vpc"), "ProvisioningArtifactId": artifact_id(catalog, "vpc", "v2")}
    answer = catalog.describe_provisioning_artifact(**wanted)
    assert answer["ProvisioningArtifactDetail"]["Active"] is True and answer["Status"] == "AVAILABLE"
    assert answer["Info"]["TemplateUrl"].startswith("https://")
    assert "ProvisioningArtifactParameters" not in answer
    answer = catalog.describe_provisioning_artifact(**wanted, IncludeProvisioningArtifactParameters=True)
    assert [p["ParameterKey"] for p in answer["ProvisioningArtifactParameters"]] == ["KeyName", "Size", "Zone", "Count", "Secret"]


def parameters(bench, product="vpc", version="v2"):
    return bench.catalog.describe_provisioning_parameters(ProductName=product, ProvisioningArtifactName=version)


def line_052(bench):
    instructions = {i["Type"]: i["Value"] for i in parameters(bench)["UsageInstructions"]}
    assert instructions == {
        "rules": "{}",
        "version": "2010-09-09",
        "description": "a network",
        "launchAsRole": "arn:aws:iam::111122223333:role/launch",
        "tagUpdateOnProvisionedProduct": "ALLOWED",
    }
    instructions = {i["Type"]: i["Value"] for i in parameters(bench, "fixed", "v1")["UsageInstructions"]}
    assert instructions == {
        "rules": "{}",
        "version": "2010-09-09",
        "description": "a network",
        "tagUpdateOnProvisionedProduct": "NOT_ALLOWED",
    }


def line_053(bench):
    found = {p["ParameterKey"]: p for p in parameters(bench)["ProvisioningArtifactParameters"]}
    assert all("AllowedValues" in p["ParameterConstraints"] for p in found.values())
    assert "DefaultValue" not in found["KeyName"] and found["KeyName"]["ParameterConstraints"]["AllowedValues"] == []
    assert found["Size"]["ParameterConstraints"]["AllowedValues"] == ["small", "large"]
    assert found["Zone"]["ParameterConstraints"] == {
        "AllowedValues": [],
        "AllowedPattern": "[a-z][0-9]",
        "ConstraintDescription": "a letter and a digit",
        "MinLength": "2",
        "MaxLength": "2",
    }
    assert found["Count"]["DefaultValue"] == "1"
    assert (found["Count"]["ParameterConstraints"]["MinValue"], found["Count"]["ParameterConstraints"]["MaxValue"]) == ("1", "9")


def line_054(bench):
    echo = {p["ParameterKey"]: p["IsNoEcho"] for p in parameters(bench)["ProvisioningArtifactParameters"]}
    assert echo["Secret"] is True and echo["KeyName"] is False


def line_055(bench):
    options = {option["Key"]: option["Values"] for option in parameters(bench)["TagOptions"]}
    assert options == {"both": ["2"], "clash": [], "single": ["only"], "choice": ["a", "b"]}


def line_056(bench):
    assert parameters(bench)["ProvisioningArtifactPreferences"] == {}
    assert parameters(bench, "fleet", "v1")["ProvisioningArtifactPreferences"] == {
        "StackSetAccounts": ["111122223333", "444455556666"],
        "StackSetRegions": ["us-east-1", "eu-west-1"],
    }


def line_057(bench):
    answer = parameters(bench)
    keys = [output["Key"] for output in answer["ProvisioningArtifactOutputKeys"]]
    assert keys == ["VpcID", "Key", "SizeAndZone"]
    assert answer["ProvisioningArtifactOutputs"] == [{"Key": artifact_id(bench.catalog, "vpc", "v2"), "Description": ""}]


def line_058(bench):
    names = lambda **more: [view["Name"] for view in bench.catalog.search_products(**more)["ProductViewSummaries"]]
    assert names(Filters={"FullTextSearch": ["network"]}) == ["vpc"]
    assert {"vpc", "fixed", "fleet", "shared", "many", "infra"} <= set(names())
    assert names(SortBy="Title") == sorted(names())
    first = bench.catalog.search_products(PageSize=3)
    assert len(first["ProductViewSummaries"]) == 3
    rest = bench.catalog.search_products(PageSize=100, PageToken=first["NextPageToken"])
    assert len(rest["ProductViewSummaries"]) == len(names()) - 3
    view = bench.catalog.search_products(Filters={"FullTextSearch": ["network"]})["ProductViewSummaries"][0]
    assert bench.catalog.describe_product_view(Id=view["Id"])["ProductViewSummary"] == view


def line_059(bench):
    (path,) = bench.catalog.list_launch_paths(ProductId=product_id(bench.catalog, "vpc"))["LaunchPathSummaries"]
    assert path["Name"] == "platform" and path["Id"].startswith("lpv3-")
    assert {summary["Type"] for summary in path["ConstraintSummaries"]} == {"LAUNCH", "RESOURCE_UPDATE"}
    assert path["Tags"] == [{"Key": "team", "Value": "platform"}]
