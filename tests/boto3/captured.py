"""Holds answers against those that the AWS CLI's own examples captured from the real service: whatever member they show,
the sandbox shows too.

    python captured.py --binary PATH/provisor

The examples come with the `awscli` package.
"""

import argparse
import json
import os
import re
import sys

import awscli

from sandbox import Server, client
from strict_answers import ACCOUNT, KEY, REGION, WORLD

EXAMPLES = os.path.join(os.path.dirname(awscli.__file__), "examples", "servicecatalog")
# the world file has no words for it
NOT_SHOWN = {("list-constraints-for-portfolio", ".ConstraintDetails[].Description")}


def captured(name):
    """The JSON texts that follow `Output::` in an example."""
    with open(os.path.join(EXAMPLES, f"{name}.rst")) as file:
        texts = re.findall(r"Output::\n\n((?:    .*\n|\n)+)", file.read())
    assert texts, f"{name}: no output"
    return [json.loads(text) for text in texts]


def members(value, path=""):
    if isinstance(value, dict):
        for name, member in value.items():
            yield f"{path}.{name}"
            yield from members(member, f"{path}.{name}")
    elif isinstance(value, list):
        for item in value:
            yield from members(item, f"{path}[]")


def asked(server):
    """Name of the example, operation, arguments."""
    catalog = client(server, key=ACCOUNT, region=REGION)
    vpc = catalog.describe_product(Name="vpc")
    product = {"ProductId": vpc["ProductViewSummary"]["ProductId"]}
    version = product | {"ProvisioningArtifactId": vpc["ProvisioningArtifacts"][0]["Id"]}
    portfolio, shared = (one["Id"] for one in catalog.list_portfolios()["PortfolioDetails"])
    launch = {"ProductName": "vpc", "ProvisioningArtifactName": "v2", "ProvisioningParameters": KEY}
    stage = [{"Key": "stage", "Value": "dev"}]
    yield "provision-product", catalog.provision_product, {"ProvisionedProductName": "good", "Tags": stage, **launch}
    catalog.provision_product(ProvisionedProductName="broken-1", **launch)
    planned = {"PlanName": "a-plan", "PlanType": "CLOUDFORMATION", "ProvisionedProductName": "planned", "ProvisioningParameters": KEY}
    later = version | {"ProvisioningArtifactId": vpc["ProvisioningArtifacts"][1]["Id"]}
    plan = {"PlanId": catalog.create_provisioned_product_plan(**planned, **later)["PlanId"]}
    server.advance(3600)
    yield "describe-provisioned-product-plan", catalog.describe_provisioned_product_plan, plan
    yield "describe-provisioned-product", catalog.describe_provisioned_product, {"Name": "broken-1"}
    for name in ("search-provisioned-products", "scan-provisioned-products", "search-products", "search-products-as-admin", "list-portfolios", "list-tag-options"):
        yield name, getattr(catalog, name.replace("-", "_")), {}
    yield "describe-product", catalog.describe_product, {"Id": product["ProductId"]}
    yield "describe-product-as-admin", catalog.describe_product_as_admin, {"Id": product["ProductId"]}
    yield "list-launch-paths", catalog.list_launch_paths, product
    yield "list-portfolios-for-product", catalog.list_portfolios_for_product, product
    yield "list-provisioning-artifacts", catalog.list_provisioning_artifacts, product
    yield "describe-provisioning-artifact", catalog.describe_provisioning_artifact, version
    yield "describe-provisioning-parameters", catalog.describe_provisioning_parameters, version
    yield "describe-portfolio", catalog.describe_portfolio, {"Id": portfolio}
    yield "list-principals-for-portfolio", catalog.list_principals_for_portfolio, {"PortfolioId": portfolio}
    yield "list-portfolio-access", catalog.list_portfolio_access, {"PortfolioId": shared}
    yield "describe-portfolio-shares", catalog.describe_portfolio_shares, {"PortfolioId": shared, "Type": "ACCOUNT"}
    constraints = catalog.list_constraints_for_portfolio(PortfolioId=portfolio)["ConstraintDetails"]
    yield "list-constraints-for-portfolio", catalog.list_constraints_for_portfolio, {"PortfolioId": portfolio}
    yield "describe-constraint", catalog.describe_constraint, {"Id": constraints[0]["ConstraintId"]}
    (tier,) = catalog.list_tag_options(Filters={"Key": "tier"})["TagOptionDetails"]
    yield "describe-tag-option", catalog.describe_tag_option, {"Id": tier["Id"]}
    yield "list-resources-for-tag-option", catalog.list_resources_for_tag_option, {"TagOptionId": tier["Id"]}
    yield "terminate-provisioned-product", catalog.terminate_provisioned_product, {"ProvisionedProductName": "good"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    server, count = Server(binary=parser.parse_args().binary, world=WORLD), 0
    try:
        for name, call, arguments in asked(server):
            answer = call(**arguments)
            del answer["ResponseMetadata"]
            shown = set(members(answer))
            wanted = {member for example in captured(name) for member in members(example)}
            missing = {member for member in wanted - shown if (name, member) not in NOT_SHOWN}
            assert not missing, f"{name}: the service shows {sorted(missing)}"
            count += len(wanted)
    finally:
        server.stop()
    print(f"{count} members that the service showed are shown here too")


if __name__ == "__main__":
    sys.exit(main())
