"""J. Access levels: what end users see of each other, lines 117-119."""

from expect import describe, error, provision, searched
from sandbox import client, wait_record

DENIED = "AccessDeniedException"
MISSING = "ResourceNotFoundException"

WORLD = """
region: us-east-1
time_scale: 1000
durations: {provision: 1s}
portfolios: [{name: p, products: [{name: plain, versions: [{name: v1, template: plain.yaml}]}]}]
knobs: {access_level: LEVEL, denied_as: DENIED_AS}
"""


def world(bench, level, denied_as):
    """Two sessions of a role and a stranger, each with a product of its own."""
    server = bench.world(WORLD.replace("LEVEL", level).replace("DENIED_AS", denied_as))
    callers = [client(server, key=key) for key in ("deploy:run-1", "deploy:run-2", "stranger")]
    ids = []
    for n, caller in enumerate(callers):
        record = provision(caller, product="plain", parameters=None, name=f"pp-{n}")
        wait_record(caller, record["RecordId"])
        ids.append(record["ProvisionedProductId"])
    return callers, ids


def filtered(key):
    return {"AccessLevelFilter": {"Key": key, "Value": "self"}}


def line_117(bench):
    for level, seen in (("account", 3), ("role", 2), ("user", 1)):
        (me, *_), ids = world(bench, level, "access_denied")
        for number, key in ((3, "Account"), (2, "Role"), (1, "User")):
            for call, items in (
                (me.search_provisioned_products, "ProvisionedProducts"),
                (me.scan_provisioned_products, "ProvisionedProducts"),
                (me.list_record_history, "RecordDetails"),
            ):
                if number <= seen:
                    assert len(call(**filtered(key))[items]) == number, (level, key, items)
                else:
                    with error(DENIED, "is not authorized to perform: servicecatalog:"):
                        call(**filtered(key))
        for number, provisioned_id in enumerate(ids):
            if number < seen:
                assert describe(me, provisioned_id)["Status"] == "AVAILABLE"
            else:
                with error(DENIED):
                    describe(me, provisioned_id)


def line_118(bench):
    for denied_as, code in (("not_found", MISSING), ("empty", MISSING), ("access_denied", DENIED)):
        (me, other, _), ids = world(bench, "user", denied_as)
        record = describe(other, ids[1])["LastRecordId"]
        for call, arguments in (
            (me.describe_record, {"Id": record}),
            (me.get_provisioned_product_outputs, {"ProvisionedProductId": ids[1]}),
            (me.update_provisioned_product, {"ProvisionedProductId": ids[1]}),
            (me.terminate_provisioned_product, {"ProvisionedProductName": "pp-1"}),
        ):
            with error(code):
                call(**arguments)
        if denied_as == "empty":
            assert me.search_provisioned_products(**filtered("Account"))["ProvisionedProducts"] == []
        else:
            with error(DENIED):
                me.search_provisioned_products(**filtered("Account"))
        with error("InvalidParametersException", "A stack named pp-1 already exists."):
            provision(me, product="plain", parameters=None, name="pp-1")


def line_119(bench):
    (me, *_), ids = world(bench, "account", "access_denied")
    (item,) = searched(me, f"id:{ids[1]}")
    assert item["UserArn"].endswith(":role/deploy") and item["UserArnSession"].endswith("assumed-role/deploy/run-2")
    (item,) = searched(me, f"id:{ids[2]}")
    assert item["UserArn"] == item["UserArnSession"] and item["UserArn"].endswith(":user/stranger")
