"""A load run: many provisioned products, a hundred operations in flight, several accounts and regions at once, and a
server that is killed.

    python load.py --binary PATH/provisor            1,000 provisioned products
    python load.py --binary PATH/provisor --full     10,000

Fails on a wrong count, an answer that is an error, a page that is missing, a search that differs after `kill -9`, or
more than 500 MB. It measures speed and asserts nothing about it.
"""

import argparse
import json
import multiprocessing
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

PLACES = [(account, region) for account in ("111122223333", "410000000001", "410000000002") for region in ("eu-west-1", "us-east-1")]
PROCESSES, THREADS = 3, 6
IN_FLIGHT = 100
MEGABYTES = 500
WORLD = """
time_scale: 2000
portfolios:
  - name: platform
    products:
      - {name: quick, versions: [{name: v1, template: queue.json}], durations: {provision: 30s, update: 30s, terminate: 30s}}
      - {name: slow, versions: [{name: v1, template: queue.json}], durations: {provision: 1000h}}
"""
TEMPLATE = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Parameters": {"Stage": {"Type": "String", "AllowedValues": ["dev", "prod"]}},
    "Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::Sub": "q-${Stage}"}}}},
    "Outputs": {"QueueUrl": {"Value": {"Ref": "Queue"}}, "QueueArn": {"Value": {"Fn::GetAtt": ["Queue", "Arn"]}}},
}


class Caller:
    """One keep-alive connection of one account in one region; an answer that is no success ends the run."""

    def __init__(self, port, place):
        account, region = place
        scope = f"{account}/20260101/{region}/servicecatalog/aws4_request"
        self.head = (
            "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-amz-json-1.1\r\n"
            f"Authorization: AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0\r\n"
            "X-Amz-Target: AWS242ServiceCatalogService."
        )
        self.stream = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.calls = 0

    def __call__(self, operation, **body):
        text = json.dumps(body).encode()
        self.stream.sendall(f"{self.head}{operation}\r\nContent-Length: {len(text)}\r\n\r\n".encode() + text)
        status, answer = self.receive()
        self.calls += 1
        assert status == 200, f"{operation} {body}: {status} {answer!r}"
        return json.loads(answer)

    def receive(self):
        data = b""
        while b"\r\n\r\n" not in data:
            data += self.more()
        head, _, body = data.partition(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        (length,) = [int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length:")]
        while len(body) < length:
            body += self.more()
        assert len(body) == length, "more than one answer"
        return int(lines[0].split()[1]), body

    def more(self):
        data = self.stream.recv(1 << 16)
        if not data:
            raise ConnectionError("the connection ended without an answer")
        return data

    def provision(self, product, name):
        stage = [{"Key": "Stage", "Value": "dev"}]
        wanted = {"ProductName": product, "ProvisioningArtifactName": "v1", "ProvisionedProductName": name}
        return self("ProvisionProduct", ProvisionToken=f"token-{name}", ProvisioningParameters=stage, **wanted)["RecordDetail"]

    def search(self, size=100, **filters):
        """Every page; gives the items, and holds the count against what each page says."""
        found, token = [], {}
        while True:
            arguments = {"Filters": filters} if filters else {}
            page = self("SearchProvisionedProducts", PageSize=size, SortBy="id", AccessLevelFilter={"Key": "Account", "Value": "self"}, **arguments, **token)
            found += page["ProvisionedProducts"]
            if "NextPageToken" not in page:
                assert page["TotalResultsCount"] == len(found), f"{page['TotalResultsCount']} announced, {len(found)} found"
                return found
            token = {"PageToken": page["NextPageToken"]}


class Server:
    def __init__(self, binary):
        self.binary = binary
        self.folder = tempfile.mkdtemp(prefix="load-")
        self.world = os.path.join(self.folder, "sandbox.yaml")
        with open(self.world, "w") as world, open(os.path.join(self.folder, "queue.json"), "w") as template:
            world.write(WORLD)
            json.dump(TEMPLATE, template)
        self.start()

    def start(self):
        command = [self.binary, "sandbox", "--world", self.world, "--port", "0"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.port = int(self.process.stdout.readline().rpartition(":")[2])

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()

    def megabytes(self):
        with open(f"/proc/{self.process.pid}/status") as status:
            (line,) = [line for line in status if line.startswith("VmRSS:")]
        return int(line.split()[1]) / 1024

    def stop(self):
        if self.process.poll() is None:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def spread(port, task, shares):
    """Runs `task(port, share)` for all shares at once, over processes and threads; gives the sum of their calls."""
    queue = multiprocessing.Queue()
    groups = [shares[start::PROCESSES] for start in range(PROCESSES)]
    workers = [multiprocessing.Process(target=together, args=(port, task, group, queue)) for group in groups]
    started = time.monotonic()
    for worker in workers:
        worker.start()
    results = [queue.get(timeout=600) for _ in range(len(shares))]
    for worker in workers:
        worker.join()
    failures = [result for result in results if isinstance(result, str)]
    assert not failures, failures[0]
    calls, seconds = sum(results), time.monotonic() - started
    print(f"{task.__name__:10} {calls:7} requests in {seconds:5.1f} s: {calls / seconds:6.0f} per second")
    return calls


def together(port, task, shares, queue):
    def run(share):
        try:
            queue.put(task(port, share))
        except BaseException as error:
            queue.put(f"{task.__name__}: {type(error).__name__}: {error}")

    threads = [threading.Thread(target=run, args=(share,)) for share in shares]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def create(port, share):
    """Provisions these names, several at a time, and follows each record to its end."""
    place, names = share
    caller, waiting = Caller(port, place), []
    for name in names:
        waiting.append(caller.provision("quick", name)["RecordId"])
        if len(waiting) == 8:
            finish(caller, waiting.pop(0))
    for record_id in waiting:
        finish(caller, record_id)
    return caller.calls


def finish(caller, record_id):
    patience = time.monotonic() + 60
    while True:
        record = caller("DescribeRecord", Id=record_id)
        status = record["RecordDetail"]["Status"]
        if status == "SUCCEEDED":
            assert {output["OutputKey"] for output in record["RecordOutputs"]} == {"QueueUrl", "QueueArn", "CloudformationStackARN"}
            return
        assert status in ("CREATED", "IN_PROGRESS") and time.monotonic() < patience, f"{record_id}: {status}"
        time.sleep(0.002)


def launch(port, share):
    """Starts operations that will not end for a long time."""
    place, names = share
    caller = Caller(port, place)
    for name in names:
        caller.provision("slow", name)
    return caller.calls


def read(port, share):
    """Reads as a reconciler does, while others do the same."""
    place, names = share
    caller = Caller(port, place)
    for name in names:
        detail = caller("DescribeProvisionedProduct", Name=name)["ProvisionedProductDetail"]
        assert (detail["Name"], detail["Status"], detail["IdempotencyToken"]) == (name, "AVAILABLE", f"token-{name}")
        found = caller("SearchProvisionedProducts", Filters={"SearchQuery": [f"idempotencyToken:token-{name}"]})
        assert [item["Id"] for item in found["ProvisionedProducts"]] == [detail["Id"]], found
        outputs = caller("GetProvisionedProductOutputs", ProvisionedProductId=detail["Id"])["Outputs"]
        assert len(outputs) == 3
        caller("DescribeRecord", Id=detail["LastRecordId"])
    return caller.calls


def shares_of(names):
    """Every place's names, over several threads."""
    per_place = PROCESSES * THREADS // len(PLACES)
    return [(place, names[place][start::per_place]) for place in PLACES for start in range(per_place)]


def named(prefix, count):
    names = {place: [] for place in PLACES}
    for number in range(count):
        # the same names in every place: nothing may leak from one to another
        names[PLACES[number % len(PLACES)]].append(f"{prefix}-{number // len(PLACES):05}")
    return names


def all_found(port, names, slow):
    """Each place has its own, all of them and nothing else. Gives what each search said."""
    found = {}
    for place in PLACES:
        caller = Caller(port, place)
        items = caller.search()
        assert len({item["Id"] for item in items}) == len(items), "one twice"
        assert sorted(item["Name"] for item in items) == sorted(names[place] + slow[place]), place
        scope = f":{place[1]}:{place[0]}:"
        assert all(scope in item["Arn"] for item in items), place
        found[place] = items
    return found


def killed_while_writing(server, names):
    """Whatever was answered before `kill -9` is there afterwards."""
    acknowledged, failures, enough = [], [], threading.Event()

    def write(place):
        caller = Caller(server.port, place)
        try:
            for number in range(100_000):
                acknowledged.append((place, caller.provision("quick", f"late-{number}")["ProvisionedProductId"]))
                if len(acknowledged) >= IN_FLIGHT:
                    enough.set()
        except OSError:
            # the server is gone; a call in the middle may or may not have been accepted
            return
        except AssertionError as failure:
            failures.append(failure)

    writers = [threading.Thread(target=write, args=(place,)) for place in PLACES]
    for writer in writers:
        writer.start()
    assert enough.wait(60), "too slow to be killed"
    server.kill()
    for writer in writers:
        writer.join()
    assert not failures, failures[0]
    server.start()
    for place in PLACES:
        items = Caller(server.port, place).search()
        lost = {own for where, own in acknowledged if where == place} - {item["Id"] for item in items}
        assert not lost, f"{place}: accepted and lost: {sorted(lost)}"
        # one call per connection can be under way when the server dies
        late = sum(1 for where, _ in acknowledged if where == place)
        assert len(names[place]) + late <= len(items) <= len(names[place]) + late + 1, place
    print(f"killed while writing: all {len(acknowledged)} that were accepted are there")


def in_flight(port):
    return sum(len(Caller(port, place).search(SearchQuery=["status:UNDER_CHANGE"])) for place in PLACES)


def run(server, count):
    quick, slow = named("pp", count - IN_FLIGHT), named("slow", IN_FLIGHT)
    started = time.monotonic()
    total = spread(server.port, create, shares_of(quick))
    total += spread(server.port, launch, shares_of(slow))
    assert in_flight(server.port) == IN_FLIGHT
    total += spread(server.port, read, shares_of(quick))
    assert in_flight(server.port) == IN_FLIGHT, "operations were lost, or ended"
    before = all_found(server.port, quick, slow)
    assert sum(len(items) for items in before.values()) == count
    memory = server.megabytes()
    print(f"{count} provisioned products in {len(PLACES)} places, {IN_FLIGHT} in flight: {memory:.0f} MB, {total} requests, {time.monotonic() - started:.1f} s")
    server.kill()
    restarted = time.monotonic()
    server.start()
    after = all_found(server.port, quick, slow)
    assert after == before, "the search says something else after kill -9"
    assert in_flight(server.port) == IN_FLIGHT
    print(f"killed, started again, found the same: {server.megabytes():.0f} MB, {time.monotonic() - restarted:.1f} s")
    killed_while_writing(server, {place: quick[place] + slow[place] for place in PLACES})
    assert memory < MEGABYTES and server.megabytes() < MEGABYTES, f"more than {MEGABYTES} MB"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--full", action="store_true")
    arguments = parser.parse_args()
    server = Server(arguments.binary)
    try:
        run(server, 10_000 if arguments.full else 1_000)
    finally:
        server.stop()


if __name__ == "__main__":
    sys.exit(main())
