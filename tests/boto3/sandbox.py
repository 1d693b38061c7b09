"""Starts sandboxes, makes clients for them, and checks every answer against botocore's own model."""

import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.request
import uuid

import boto3
from botocore.config import Config

HERE = os.path.dirname(os.path.abspath(__file__))
WORLDS = os.path.join(HERE, "worlds")


class Server:
    """A running sandbox: our own process, or an endpoint that somebody else started on worlds/main.yaml."""

    def __init__(self, binary=None, world=None, endpoint=None):
        self.folder = tempfile.mkdtemp(prefix="checklist-")
        # a sandbox keeps its world beside the world file, so each gets a copy of its own
        self.log = os.path.join(self.folder, "calls.jsonl")
        self.process = None
        self.url = endpoint
        if endpoint is None:
            if world is None:
                with open(os.path.join(WORLDS, "main.yaml")) as main:
                    world = main.read()
            self.start(binary, world_file(world, self.folder))

    def start(self, binary, world):
        command = [binary, "sandbox", "--world", world, "--port", "0", "--log", self.log]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=self.folder)
        self.url = self.process.stdout.readline().strip()
        assert self.url.startswith("http://127.0.0.1:"), f"no endpoint on the first line: {self.url!r}"

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait()
            self.process.stdout.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def calls(self):
        with open(self.log) as log:
            return [json.loads(line) for line in log]

    def control(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/_sandbox/{path}", data=data, method=method)
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read())

    def advance(self, seconds):
        self.control("POST", "advance", {"seconds": seconds})


def world_file(text, folder):
    """A world file of its own beside copies of the templates."""
    for name in os.listdir(WORLDS):
        shutil.copy(os.path.join(WORLDS, name), folder)
    path = os.path.join(folder, "sandbox.yaml")
    with open(path, "w") as file:
        file.write(text)
    return path


class Raw:
    """The last answer as it came."""

    status = headers = body = None


def client(server, service="servicecatalog", key="a", default=False, region="us-east-1"):
    """A client whose every answer is held against the model; `.raw` is the last answer as it came."""
    config = None if default else Config(parameter_validation=False, retries={"total_max_attempts": 1})
    made = boto3.Session().client(
        service, endpoint_url=server.url, region_name=region, aws_access_key_id=key, aws_secret_access_key="b", config=config
    )
    made.raw = Raw()
    create_parser = made._endpoint._response_parser_factory.create_parser

    def create(protocol):
        parser = create_parser(protocol)
        parse = parser.parse

        def parse_strictly(response, shape):
            made.raw.status, made.raw.headers, made.raw.body = response["status_code"], response["headers"], response["body"]
            if service == "servicecatalog" and response["status_code"] == 200:
                conform(json.loads(response["body"]), shape, response["context"]["operation_name"])
            return parse(response, shape)

        parser.parse = parse_strictly
        return parser

    made._endpoint._response_parser_factory.create_parser = create
    return made


# what the service really answers although its model does not list it
BEYOND_THE_MODEL = {"Status": {"CREATED"}, "ProductType": {"CONTROL_TOWER_ACCOUNT"}}


def conform(value, shape, path):
    """Every member is one the model knows, of the type and within the limits that it says."""
    kind = shape.type_name
    if kind == "structure":
        assert isinstance(value, dict), f"{path}: {value!r}"
        for name, member in value.items():
            assert name in shape.members, f"{path}: the model has no {name}"
            conform(member, shape.members[name], f"{path}.{name}")
    elif kind == "list":
        assert isinstance(value, list), f"{path}: {value!r}"
        # automatic tags do not count against the 50 that a user may have
        if shape.name not in ("Tags", "RecordTags"):
            assert len(value) <= shape.metadata.get("max", len(value)), f"{path}: too many"
        for item in value:
            conform(item, shape.member, f"{path}[]")
    elif kind == "map":
        assert isinstance(value, dict), f"{path}: {value!r}"
        for item in value.values():
            conform(item, shape.value, f"{path}{{}}")
    elif kind == "timestamp":
        assert isinstance(value, (int, float)) and not isinstance(value, bool), f"{path}: {value!r}"
        assert round(value, 3) == value, f"{path}: more than milliseconds: {value!r}"
    elif kind == "boolean":
        assert isinstance(value, bool), f"{path}: {value!r}"
    elif kind == "integer":
        assert isinstance(value, int), f"{path}: {value!r}"
    elif kind == "string":
        assert isinstance(value, str), f"{path}: {value!r}"
        assert shape.metadata.get("min", 0) <= len(value) <= shape.metadata.get("max", len(value)), f"{path}: {value!r}"
        if shape.enum:
            assert value in shape.enum or value in BEYOND_THE_MODEL.get(shape.name, ()), f"{path}: {value!r}"


def raw_post(server, operation, body, target="AWS242ServiceCatalogService.", path="/", headers=None):
    """A request that no SDK would send. Gives status, headers and body."""
    sent = {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": target + operation,
        "Authorization": "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/servicecatalog/aws4_request, SignedHeaders=host, Signature=0",
    }
    sent.update(headers or {})
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(server.url + path, data=data, headers=sent, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read()


def fresh(prefix="pp"):
    return f"{prefix}-{uuid.uuid4().hex[:10]}"


def wait_record(catalog, record_id, seconds=20):
    """Polls a record to its end; gives it and the statuses that were seen on the way."""
    seen = []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        record = catalog.describe_record(Id=record_id)
        status = record["RecordDetail"]["Status"]
        if not seen or seen[-1] != status:
            seen.append(status)
        if status in ("SUCCEEDED", "FAILED"):
            return record, seen
        time.sleep(0.004)
    raise AssertionError(f"{record_id} is still {seen[-1]}")
