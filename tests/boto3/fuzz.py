"""Random requests for every operation: whatever comes in, an answer that the model allows goes out.

python fuzz.py --binary PATH/provisor [--seconds 20] [--seed 1]
"""

import argparse
import http.client
import json
import random
import time

from sandbox import Server, client, conform

HEAD = {
    "Content-Type": "application/x-amz-json-1.1",
    "Authorization": "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/servicecatalog/aws4_request",
}
TEXTS = [
    "fixed", "vpc", "v1", "v2", "platform", "KeyName", "self", "id", "SearchQuery", "status:AVAILABLE", "", "-",
    "a" * 200, "é", "\0", "arn:aws:x", "Account", "en", "t1", "t2", "product", "provisionedproduct",
]  # fmt: skip
WRONG = [None, 1, -1, "x", [], {}, True, 1.5, 10**30]


class Fuzz:
    def __init__(self, catalog, seed):
        self.model = catalog.meta.service_model
        self.random = random.Random(seed)
        self.texts = list(TEXTS)

    def value(self, shape):
        pick = self.random
        if pick.random() < 0.05:
            return pick.choice(WRONG)
        kind = shape.type_name
        if kind == "structure":
            likely = lambda name: 0.9 if name in shape.required_members else 0.4
            return {name: self.value(member) for name, member in shape.members.items() if pick.random() < likely(name)}
        if kind == "list":
            return [self.value(shape.member) for _ in range(pick.choice([0, 1, 1, 2]))]
        if kind == "map":
            return {pick.choice(self.texts): self.value(shape.value) for _ in range(pick.choice([0, 1, 2]))}
        if kind == "boolean":
            return pick.random() < 0.5
        if kind in ("integer", "long"):
            return pick.choice([0, 1, 5, 20, 100, -1, 10**12])
        return pick.choice([*shape.enum, "x"]) if shape.enum else pick.choice(self.texts)

    def request(self):
        operation = self.random.choice(self.model.operation_names)
        if operation == "ProvisionProduct" or self.random.random() < 0.2:
            body = {
                "ProductName": "fixed", "ProvisioningArtifactName": "v1",
                "ProvisionedProductName": f"n{self.random.randrange(50)}",
                "ProvisionToken": f"t{self.random.randrange(10**6)}",
                "ProvisioningParameters": [{"Key": "KeyName", "Value": "x"}],
            }  # fmt: skip
            return "ProvisionProduct", json.dumps(body)
        shape = self.model.operation_model(operation).input_shape
        text = json.dumps(self.value(shape)) if shape is not None else "{}"
        cut = self.random.randrange(len(text) + 1) if self.random.random() < 0.02 else len(text)
        return operation, text[:cut]

    def learn(self, value):
        """Ids and tokens in answers make later requests mean something."""
        if isinstance(value, dict):
            for name, member in value.items():
                if isinstance(member, str) and name.endswith(("Id", "Token", "Arn")) and len(self.texts) < 600:
                    self.texts.append(member)
                self.learn(member)
        elif isinstance(value, list):
            for item in value[:3]:
                self.learn(item)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    server = Server(binary=arguments.binary)
    fuzz = Fuzz(client(server), arguments.seed)
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"))
    until, sent, good = time.monotonic() + arguments.seconds, 0, 0
    while time.monotonic() < until:
        operation, body = fuzz.request()
        connection.request("POST", "/", body.encode(), {**HEAD, "X-Amz-Target": f"AWS242ServiceCatalogService.{operation}"})
        answer = connection.getresponse()
        data = json.loads(answer.read())
        sent += 1
        assert answer.status in (200, 400), (operation, body, answer.status, data)
        if answer.status == 200:
            good += 1
            shape = fuzz.model.operation_model(operation).output_shape
            if shape is not None:
                conform(data, shape, operation)
            fuzz.learn(data)
    server.stop()
    print(f"{sent} requests, {good} of them accepted, every answer as the model has it")
    assert good > 50


if __name__ == "__main__":
    main()
