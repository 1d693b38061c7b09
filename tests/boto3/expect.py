"""Small words that the lines are written in."""

from contextlib import contextmanager

from botocore.exceptions import ClientError

from sandbox import fresh, wait_record

KEY = [{"Key": "KeyName", "Value": "k"}]


@contextmanager
def error(code, text=""):
    """The call inside fails with this code and a message that contains the text."""
    try:
        yield
    except ClientError as failure:
        found = failure.response["Error"]
        assert found["Code"] == code, f"{found['Code']} instead of {code}: {found['Message']}"
        assert text in found["Message"], f"{text!r} is not in {found['Message']!r}"
    else:
        raise AssertionError(f"no {code}")


@contextmanager
def any_error():
    try:
        yield
    except ClientError as failure:
        assert 400 <= failure.response["ResponseMetadata"]["HTTPStatusCode"] < 500
    else:
        raise AssertionError("no error")


def provision(catalog, product="fixed", version="v1", name=None, parameters=KEY, **more):
    """Starts a provisioning and gives its record."""
    name = name or fresh()
    arguments = {"ProductName": product, "ProvisioningArtifactName": version, "ProvisionedProductName": name}
    if parameters is not None:
        arguments["ProvisioningParameters"] = parameters
    return catalog.provision_product(**{**arguments, **more})["RecordDetail"]


def provisioned(catalog, *args, **kwargs):
    """Provisions to the end and gives the provisioned product and the last record."""
    record = provision(catalog, *args, **kwargs)
    last, _ = wait_record(catalog, record["RecordId"])
    return describe(catalog, record["ProvisionedProductId"]), last


def describe(catalog, provisioned_id):
    return catalog.describe_provisioned_product(Id=provisioned_id)["ProvisionedProductDetail"]


def updated(catalog, provisioned_id, parameters=KEY, **more):
    """Updates to the end and gives the provisioned product and the record."""
    record = catalog.update_provisioned_product(
        ProvisionedProductId=provisioned_id, ProvisioningParameters=parameters, **more
    )["RecordDetail"]
    last, _ = wait_record(catalog, record["RecordId"])
    return describe(catalog, provisioned_id), last


def terminated(catalog, provisioned_id, **more):
    record = catalog.terminate_provisioned_product(ProvisionedProductId=provisioned_id, **more)["RecordDetail"]
    return wait_record(catalog, record["RecordId"])[0]


def outputs(record):
    return {output["OutputKey"]: output["OutputValue"] for output in record["RecordOutputs"]}


def searched(catalog, *queries, **more):
    return catalog.search_provisioned_products(Filters={"SearchQuery": list(queries)}, **more)["ProvisionedProducts"]


def tags(catalog, name):
    (found,) = searched(catalog, f"name:{name}")
    return {tag["Key"]: tag["Value"] for tag in found["Tags"]}


def product_id(catalog, name):
    return catalog.describe_product(Name=name)["ProductViewSummary"]["ProductId"]


def artifact_id(catalog, product, name):
    for artifact in catalog.describe_product(Name=product)["ProvisioningArtifacts"]:
        if artifact.get("Name") == name:
            return artifact["Id"]
    raise AssertionError(f"no version {name}")
