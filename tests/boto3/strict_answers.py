"""Holds every answer of every simulated operation against the models that ship with botocore: no unknown member, no
wrong type, no value beyond an enumeration or a length; errors have a type and a message and nothing else.

    python strict_answers.py --binary PATH/provisor

Operations of the model that are not simulated are counted and must say so in one way.
"""

import argparse
import json
import logging
import sys
import time
import xml.etree.ElementTree as ElementTree
from datetime import datetime

from botocore import xform_name
from botocore.exceptions import ClientError

from sandbox import Server, client, fresh

ACCOUNT, REGION = "111122223333", "us-east-1"
WORLD = f"""
account_id: "{ACCOUNT}"
region: {REGION}
time_scale: 100
portfolios:
  - name: platform
    description: all there is
    tags: {{team: platform}}
    tag_options: {{stage: [dev, prod]}}
    products:
      - name: vpc
        description: a network
        distributor: us
        support_email: help@example.com
        support_description: ask
        support_url: https://example.com
        versions:
          - {{name: v1, template: network.yaml, guidance: DEPRECATED, description: old}}
          - {{name: v2, template: network.yaml}}
        constraints:
          launch_role: "arn:aws:iam::{ACCOUNT}:role/launch"
          tag_update: true
          notification_arns: ["arn:aws:sns:{REGION}:{ACCOUNT}:events"]
          template: true
        tags: {{tier: core}}
        tag_options: {{tier: [core]}}
        service_actions: [{{name: Restart, description: restarts it, parameters: {{InstanceId: [i-1]}}}}]
      - name: fleet
        versions: [{{name: v1, template: network.yaml}}]
        constraints: {{stack_set: {{accounts: ["{ACCOUNT}", "444455556666"], regions: [{REGION}, eu-west-1]}}}}
      - name: many
        versions: [{{name: v1, template: many.yaml}}]
      - name: terraform
        type: TERRAFORM_OPEN_SOURCE
        versions: [{{name: v1}}]
      - name: account
        type: CONTROL_TOWER_ACCOUNT
        versions: [{{name: v1}}]
        organizational_units: [Sandbox, Prod]
  - {{name: shared, accounts: ["{ACCOUNT}", "444455556666", "777788889999"], products: []}}
faults:
  - {{operation: provision, provisioned_product: "broken-*", outcome: rollback}}
  - {{operation: update, provisioned_product: "tainted-*", outcome: rollback}}
"""
KEY = [{"Key": "KeyName", "Value": "k"}]
ACCOUNT_FACTORY = {
    "AccountName": "one",
    "AccountEmail": "one@example.com",
    "SSOUserFirstName": "Ann",
    "SSOUserLastName": "Other",
    "SSOUserEmail": "ann@example.com",
    "ManagedOrganizationalUnit": "Sandbox",
}
# they follow copies and shares, which nobody can start here: the answer is that there is no such thing
READS_OF_NOTHING = {"DescribeCopyProductStatus", "DescribePortfolioShareStatus"}


class Complaints(logging.Handler):
    """What botocore itself finds odd about an answer."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.found = []
        logging.getLogger("botocore").addHandler(self)

    def emit(self, record):
        self.found.append(record.getMessage())


class Witness:
    """Calls operations and remembers which of them answered; `sandbox.client` does the holding against the model."""

    def __init__(self, server):
        self.server = server
        self.catalog = client(server, key=ACCOUNT, region=REGION)
        self.model = self.catalog.meta.service_model
        self.answered = set()

    def __call__(self, operation, **arguments):
        method = {name: snake for snake, name in self.catalog.meta.method_to_api_mapping.items()}[operation]
        answer = getattr(self.catalog, method)(**arguments)
        self.answered.add(operation)
        return answer

    def pages(self, operation, **arguments):
        """Every page to the last; tokens must not come again."""
        found, seen, size = [], set(), arguments.pop("PageSize", 1)
        while True:
            answer = self(operation, PageSize=size, **arguments)
            found.append(answer)
            token = answer.get("NextPageToken") or answer.get("PageToken")
            if not token:
                return found
            assert token not in seen, f"{operation}: the token {token} comes again"
            seen.add(token)
            arguments["PageToken"] = token

    def ends(self, record):
        self.server.advance(3600)
        found = self("DescribeRecord", Id=record["RecordId"])
        assert found["RecordDetail"]["Status"] in ("SUCCEEDED", "FAILED"), found
        return found


def names(product, version="v2"):
    return {"ProductName": product, "ProvisioningArtifactName": version}


def lives(witness):
    """Provisioned products of every kind and status, each looked at on the way."""
    made = {}
    accounts = [{"Key": key, "Value": value} for key, value in ACCOUNT_FACTORY.items()]
    kinds = [
        ("good", names("vpc"), KEY),
        ("broken", names("vpc"), KEY),
        ("unset", names("vpc"), []),
        ("tainted", names("vpc"), KEY),
        ("fleet", names("fleet", "v1"), KEY),
        ("many", names("many", "v1"), []),
        ("terraform", names("terraform", "v1"), []),
        ("account", names("account", "v1"), accounts),
    ]
    for kind, chosen, parameters in kinds:
        name = fresh(kind)
        more = {"Tags": [{"Key": "stage", "Value": "dev"}]} if kind == "good" else {}
        record = witness("ProvisionProduct", ProvisionedProductName=name, ProvisioningParameters=parameters, **chosen, **more)
        witness("DescribeProvisionedProduct", Name=name)
        witness("DescribeRecord", Id=record["RecordDetail"]["RecordId"])
        made[kind] = record["RecordDetail"] | witness.ends(record["RecordDetail"])["RecordDetail"]
    failing = witness("UpdateProvisionedProduct", ProvisionedProductId=made["tainted"]["ProvisionedProductId"], ProvisioningParameters=KEY)
    witness("SearchProvisionedProducts")
    witness.ends(failing["RecordDetail"])
    expected = {"good": "AVAILABLE", "broken": "ERROR", "unset": "ERROR", "tainted": "TAINTED", "account": "AVAILABLE"}
    for kind, status in expected.items():
        detail = witness("DescribeProvisionedProduct", Id=made[kind]["ProvisionedProductId"])["ProvisionedProductDetail"]
        assert detail["Status"] == status, f"{kind}: {detail}"
    return made


def browsed(witness):
    (vpc,) = witness("SearchProducts", Filters={"FullTextSearch": ["vpc"]})["ProductViewSummaries"]
    product = {"ProductId": vpc["ProductId"]}
    witness.pages("SearchProducts")
    witness.pages("SearchProductsAsAdmin")
    witness("DescribeProduct", Id=vpc["ProductId"])
    witness("DescribeProductView", Id=vpc["Id"])
    witness("DescribeProductAsAdmin", Id=vpc["ProductId"])
    (path,) = witness.pages("ListLaunchPaths", **product)[0]["LaunchPathSummaries"]
    versions = witness("ListProvisioningArtifacts", **product)["ProvisioningArtifactDetails"]
    version = product | {"ProvisioningArtifactId": versions[1]["Id"]}
    witness("DescribeProvisioningArtifact", **version, IncludeProvisioningArtifactParameters=True)
    witness("DescribeProvisioningParameters", **version, PathId=path["Id"])
    for name in ("fleet", "many", "terraform", "account"):
        witness("DescribeProvisioningParameters", **names(name, "v1"))
    portfolio = {"PortfolioId": witness.pages("ListPortfolios")[0]["PortfolioDetails"][0]["Id"]}
    witness("DescribePortfolio", Id=portfolio["PortfolioId"])
    witness.pages("ListPortfoliosForProduct", **product)
    for page in witness.pages("ListConstraintsForPortfolio", **portfolio):
        for constraint in page["ConstraintDetails"]:
            witness("DescribeConstraint", Id=constraint["ConstraintId"])
    for page in witness.pages("ListTagOptions"):
        for option in page["TagOptionDetails"]:
            witness("DescribeTagOption", Id=option["Id"])
    (action,) = witness.pages("ListServiceActionsForProvisioningArtifact", **version)[0]["ServiceActionSummaries"]
    (same,) = witness.pages("ListServiceActions")[0]["ServiceActionSummaries"]
    assert witness("DescribeServiceAction", Id=action["Id"])["ServiceActionDetail"]["ServiceActionSummary"] == same == action
    views = witness.pages("ListProvisioningArtifactsForServiceAction", ServiceActionId=action["Id"])
    assert [view["ProvisioningArtifact"]["Name"] for page in views for view in page["ProvisioningArtifactViews"]] == ["v1", "v2"]
    shared(witness, portfolio["PortfolioId"])
    return version, action["Id"]


def shared(witness, portfolio):
    """Who may see a portfolio, and what is attached to what."""
    only = witness.pages("ListPortfolios")[1]["PortfolioDetails"][0]["Id"]
    for portfolio_id, accounts in ((portfolio, []), (only, ["444455556666", "777788889999"])):
        one = {"PortfolioId": portfolio_id}
        assert [account for page in witness.pages("ListPortfolioAccess", **one) for account in page["AccountIds"]] == accounts
        shares = witness("DescribePortfolioShares", Type="ACCOUNT", **one)["PortfolioShareDetails"]
        assert [share["PrincipalId"] for share in shares] == accounts
        assert witness("DescribePortfolioShares", Type="ORGANIZATION", **one)["PortfolioShareDetails"] == []
        assert witness("ListOrganizationPortfolioAccess", OrganizationNodeType="ACCOUNT", **one)["OrganizationNodes"] == []
        assert len(witness.pages("ListPrincipalsForPortfolio", **one)) == 3
        assert witness("ListBudgetsForResource", ResourceId=portfolio_id)["Budgets"] == []
    assert witness("GetAWSOrganizationsAccessStatus")["AccessStatus"] == "DISABLED"
    assert witness("ListAcceptedPortfolioShares")["PortfolioDetails"] == []
    elsewhere = client(witness.server, key="444455556666", region=REGION)
    assert [one["Id"] for one in elsewhere.list_accepted_portfolio_shares()["PortfolioDetails"]] == [only]
    attached = {}
    for page in witness.pages("ListTagOptions"):
        for option in page["TagOptionDetails"]:
            resources = [one for page in witness.pages("ListResourcesForTagOption", TagOptionId=option["Id"]) for one in page["ResourceDetails"]]
            attached[option["Key"], option["Value"]] = sorted(one["Name"] for one in resources)
    assert attached == {("stage", "dev"): ["platform"], ("stage", "prod"): ["platform"], ("tier", "core"): ["vpc"]}, attached


def looked_at(witness, made):
    for kind, record in made.items():
        one = {"ProvisionedProductId": record["ProvisionedProductId"]}
        if kind not in ("broken", "unset", "fleet"):
            witness.pages("GetProvisionedProductOutputs", **one)
        history = {"SearchFilter": {"Key": "provisionedproduct", "Value": record["ProvisionedProductId"]}}
        assert witness.pages("ListRecordHistory", **history)
        witness("DescribeProvisionedProduct", Id=record["ProvisionedProductId"])
        witness.pages("DescribeRecord", Id=record["RecordId"], PageSize=20)
    witness.pages("ListStackInstancesForProvisionedProduct", ProvisionedProductId=made["fleet"]["ProvisionedProductId"])
    for level in ("Account", "Role", "User"):
        reach = {"AccessLevelFilter": {"Key": level, "Value": "self"}}
        for sort in ("arn", "id", "name", "lastRecordId"):
            witness("SearchProvisionedProducts", SortBy=sort, SortOrder="DESCENDING", **reach)
        witness.pages("SearchProvisionedProducts", PageSize=3, **reach)
        witness.pages("ScanProvisionedProducts", **reach)
        witness.pages("ListRecordHistory", **reach)


def changed(witness, made, version, action):
    good = {"ProvisionedProductId": made["good"]["ProvisionedProductId"]}
    witness("UpdateProvisionedProductProperties", ProvisionedProductProperties={"LAUNCH_ROLE": f"arn:aws:iam::{ACCOUNT}:role/other"}, **good, IdempotencyToken=fresh())
    witness.server.advance(3600)
    witness("DescribeServiceActionExecutionParameters", ServiceActionId=action, **good)
    executed = witness("ExecuteProvisionedProductServiceAction", ServiceActionId=action, ExecuteToken=fresh(), **good)
    witness.ends(executed["RecordDetail"])
    tags = [{"Key": "stage", "Value": "prod"}]
    updated = witness("UpdateProvisionedProduct", **good, **version, ProvisioningParameters=KEY, Tags=tags)
    witness.ends(updated["RecordDetail"])
    plan = witness(
        "CreateProvisionedProductPlan",
        PlanName="a-plan",
        PlanType="CLOUDFORMATION",
        ProvisionedProductName=fresh("planned"),
        ProvisioningParameters=KEY,
        **version,
    )
    witness("DescribeProvisionedProductPlan", PlanId=plan["PlanId"])
    witness.server.advance(3600)
    witness("DescribeProvisionedProductPlan", PlanId=plan["PlanId"])
    witness.pages("ListProvisionedProductPlans")
    witness.ends(witness("ExecuteProvisionedProductPlan", PlanId=plan["PlanId"])["RecordDetail"])
    witness("DescribeProvisionedProductPlan", PlanId=plan["PlanId"])
    witness("DeleteProvisionedProductPlan", PlanId=plan["PlanId"])
    last = witness("TerminateProvisionedProduct", RetainPhysicalResources=True, **good)
    witness.ends(last["RecordDetail"])
    stack = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/SC-{ACCOUNT}-{good['ProvisionedProductId']}"
    retained = [one["StackId"] for one in stacks(witness) if one["StackId"].startswith(stack)]
    imported = {"PhysicalId": retained[0], "ProvisionedProductName": fresh("imported"), "IdempotencyToken": fresh()}
    witness.ends(witness("ImportAsProvisionedProduct", **version, **imported)["RecordDetail"])


def stacks(witness):
    """CloudFormation and STS speak XML: their answers are held against their models too."""
    kinds = {"cloudformation": None, "sts": None}
    for service in kinds:
        kinds[service] = client(witness.server, service=service, key=ACCOUNT, region=REGION)
    kinds["sts"].get_caller_identity()
    conform_xml(kinds["sts"], "GetCallerIdentity")
    found = kinds["cloudformation"].describe_stacks()["Stacks"]
    conform_xml(kinds["cloudformation"], "DescribeStacks")
    kinds["cloudformation"].list_stacks(StackStatusFilter=["ROLLBACK_COMPLETE"])
    conform_xml(kinds["cloudformation"], "ListStacks")
    kinds["cloudformation"].list_exports()
    conform_xml(kinds["cloudformation"], "ListExports")
    for stack in found:
        one = {"StackName": stack["StackId"]}
        for operation in ("GetTemplateSummary", "DescribeStackResources", "ListStackResources", "GetTemplate"):
            getattr(kinds["cloudformation"], xform_name(operation))(**one)
            conform_xml(kinds["cloudformation"], operation)
        for resource in kinds["cloudformation"].describe_stack_resources(**one)["StackResources"]:
            kinds["cloudformation"].describe_stack_resource(**one, LogicalResourceId=resource["LogicalResourceId"])
            conform_xml(kinds["cloudformation"], "DescribeStackResource")
    return found


def conform_xml(service, operation):
    root = ElementTree.fromstring(service.raw.body)
    wanted = service.meta.service_model.operation_model(operation).output_shape
    (result,) = [child for child in root if plain(child).endswith("Result")]
    conform_element(result, wanted, operation)


def plain(element):
    return element.tag.rpartition("}")[2]


def conform_element(element, shape, path):
    kind, text = shape.type_name, element.text or ""
    if kind == "structure":
        for child in element:
            assert plain(child) in shape.members, f"{path}: the model has no {plain(child)}"
            conform_element(child, shape.members[plain(child)], f"{path}.{plain(child)}")
    elif kind == "list":
        for child in element:
            assert plain(child) == "member", f"{path}: {plain(child)} in a list"
            conform_element(child, shape.member, f"{path}[]")
    else:
        assert not len(element), f"{path}: elements instead of text"
        readers = {"timestamp": datetime.fromisoformat, "integer": int, "boolean": ["true", "false"].index}
        readers.get(kind, str)(text)
        assert not getattr(shape, "enum", None) or text in shape.enum, f"{path}: {text}"
        assert shape.metadata.get("min", 0) <= len(text), f"{path}: {text!r} is too short"


# from the page of errors that every AWS service may answer with
COMMON = {"ValidationException", "SerializationException", "UnknownOperationException"}


def refused(witness):
    """Every operation of the model, called with nothing and with nonsense."""
    unknown = set()
    # the model gives TerminateProvisionedProduct one error only, so the service's other ones are taken everywhere
    modelled = {shape.name for shape in witness.model.error_shapes}
    for name in witness.model.operation_names:
        operation = witness.model.operation_model(name)
        nonsense = {member: "?" for member, shape in operation.input_shape.members.items() if shape.type_name == "string"}
        for arguments in ({}, nonsense):
            try:
                witness(name, **arguments)
            except ClientError as error:
                code = error.response["Error"]["Code"]
                body = json.loads(witness.catalog.raw.body)
                assert set(body) == {"__type", "Message"}, f"{name}: {body}"
                assert witness.catalog.raw.headers["x-amzn-requestid"], name
                assert code in modelled | COMMON, f"{name}: {code} is none of {sorted(modelled)}: {body['Message']}"
                if code == "UnknownOperationException":
                    unknown.add(name)
                    assert "world file" in body["Message"], f"{name}: it does not say what to do: {body}"
                elif name in READS_OF_NOTHING:
                    assert code in ("ValidationException", "ResourceNotFoundException"), f"{name}: {code}"
                assert body["Message"], name
    return unknown


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    server = Server(binary=parser.parse_args().binary, world=WORLD)
    started, complaints = time.monotonic(), Complaints()
    try:
        witness = Witness(server)
        version, action = browsed(witness)
        made = lives(witness)
        looked_at(witness, made)
        stacks(witness)
        changed(witness, made, version, action)
        answered = set(witness.answered)
        unknown = refused(witness)
    finally:
        server.stop()
    reads = {name for name in witness.model.operation_names if name.startswith(("Describe", "List", "Search", "Scan", "Get"))}
    missing = reads - answered - READS_OF_NOTHING
    assert not missing, f"reads that nothing called with success: {sorted(missing)}"
    assert not answered & unknown and not unknown & reads and not complaints.found, complaints.found
    count = len(witness.model.operation_names)
    print(f"{len(answered)} of {count} operations answered as their models say ({len(reads & answered)} reads), {time.monotonic() - started:.1f} s")
    print(f"not simulated: {', '.join(sorted(unknown))}")


if __name__ == "__main__":
    sys.exit(main())
