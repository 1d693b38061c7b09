"""I. Plans, lines 113-116."""

import os
import time

from expect import KEY, artifact_id, describe, error, outputs, product_id, provision, provisioned
from sandbox import WORLDS, client, fresh, wait_record

IS, RNF = "InvalidStateException", "ResourceNotFoundException"

with open(os.path.join(WORLDS, "main.yaml")) as main:
    MAIN = main.read()


def create(catalog, name, parameters=KEY, product="fixed", **more):
    return catalog.create_provisioned_product_plan(
        PlanName="a-plan",
        PlanType="CLOUDFORMATION",
        ProductId=product_id(catalog, product),
        ProvisioningArtifactId=artifact_id(catalog, product, "v1"),
        ProvisionedProductName=name,
        ProvisioningParameters=parameters,
        **more,
    )


def plan(catalog, plan_id):
    return catalog.describe_provisioned_product_plan(PlanId=plan_id)


def settled(catalog, plan_id):
    for _ in range(2000):
        found = plan(catalog, plan_id)
        if not found["ProvisionedProductPlanDetails"]["Status"].endswith("IN_PROGRESS"):
            return found
        time.sleep(0.005)
    raise AssertionError("the plan is still in progress")


def line_113(bench):
    # time stands almost still, so that the plan is under way for as long as the machine needs to look at it
    server = bench.world(MAIN.replace("time_scale: 100", "time_scale: 0.001"))
    catalog, name = client(server), fresh()
    made = create(catalog, name, Tags=[{"Key": "a", "Value": "1"}])
    assert made["PlanId"].startswith("plan-") and made["ProvisionProductId"].startswith("pp-")
    assert plan(catalog, made["PlanId"])["ProvisionedProductPlanDetails"]["Status"] == "CREATE_IN_PROGRESS"
    assert describe(catalog, made["ProvisionProductId"])["Status"] == "PLAN_IN_PROGRESS"
    server.advance(6)
    found = plan(catalog, made["PlanId"])
    details = found["ProvisionedProductPlanDetails"]
    assert details["Status"] == "CREATE_SUCCESS" and details["ProvisioningParameters"] == KEY
    assert details["Tags"] == [{"Key": "a", "Value": "1"}] and details["PathId"].startswith("lpv3-")
    assert [(c["Action"], c["LogicalResourceId"], c["ResourceType"]) for c in found["ResourceChanges"]] == [
        ("ADD", "Network", "AWS::EC2::VPC")
    ]
    assert made["PlanId"] in [p["PlanId"] for p in catalog.list_provisioned_product_plans(ProvisionProductId=made["ProvisionProductId"])["ProvisionedProductPlans"]]


def line_114(bench):
    detail, _ = provisioned(bench.catalog)
    made = create(bench.catalog, detail["Name"])
    details = settled(bench.catalog, made["PlanId"])["ProvisionedProductPlanDetails"]
    assert details["Status"] == "CREATE_FAILED"
    text = "The submitted information didn't contain changes. Submit different information to create a change set."
    assert details["StatusMessage"] == text
    assert describe(bench.catalog, detail["Id"])["Status"] == "AVAILABLE"


def line_115(bench):
    catalog = bench.catalog
    stuck = provision(catalog, name=fresh("stuck"))
    failed, _ = provisioned(catalog, parameters=[])
    for name in (stuck["ProvisionedProductName"], failed["Name"]):
        with error(IS):
            create(catalog, name)
    detail, _ = provisioned(catalog)
    create(catalog, detail["Name"], [{"Key": "KeyName", "Value": "x"}])
    with error(IS):
        create(catalog, detail["Name"], [{"Key": "KeyName", "Value": "y"}])


def line_116(bench):
    catalog, name = bench.catalog, fresh()
    made = create(catalog, name, KEY + [{"Key": "Secret", "Value": "swordfish"}])
    settled(catalog, made["PlanId"])
    record = catalog.execute_provisioned_product_plan(PlanId=made["PlanId"])["RecordDetail"]
    assert plan(catalog, made["PlanId"])["ProvisionedProductPlanDetails"]["Status"] == "EXECUTE_IN_PROGRESS"
    last, _ = wait_record(catalog, record["RecordId"])
    assert last["RecordDetail"]["Status"] == "SUCCEEDED" and outputs(last)["Key"] == "k"
    assert describe(catalog, made["ProvisionProductId"])["Status"] == "AVAILABLE"
    assert plan(catalog, made["PlanId"])["ProvisionedProductPlanDetails"]["Status"] == "EXECUTE_SUCCESS"
    assert {k for k in catalog.delete_provisioned_product_plan(PlanId=made["PlanId"])} == {"ResponseMetadata"}
    assert catalog.raw.body == b"{}"
    with error(RNF):
        plan(catalog, made["PlanId"])
    unused = create(catalog, fresh())
    catalog.delete_provisioned_product_plan(PlanId=unused["PlanId"])
    with error(RNF):
        describe(catalog, unused["ProvisionProductId"])
