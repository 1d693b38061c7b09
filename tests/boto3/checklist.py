"""The fidelity checklist: each line of it is one function, `line_NNN`, driven by boto3.

    python checklist.py --binary PATH/provisor        starts its own sandboxes
    python checklist.py --endpoint http://127.0.0.1:N  uses one that serves worlds/main.yaml; other worlds are skipped
    … 14 60-64                                         only these lines
"""

import argparse
import importlib
import inspect
import sys
import time
import traceback

from sandbox import Server, client

MODULES = ["wire", "validation", "resolution", "reads", "provision", "update", "terminate", "search", "plans", "access"]


class Skip(Exception):
    """This line needs a sandbox of its own."""


class Bench:
    """What a line works with: the common sandbox and its client, and sandboxes of its own."""

    def __init__(self, binary, endpoint):
        self.binary = binary
        self.server = Server(binary=binary, endpoint=endpoint)
        self.catalog = client(self.server)
        self.default = client(self.server, default=True)
        self.own = []

    def world(self, text):
        """A server for this line only."""
        if self.binary is None:
            raise Skip("needs --binary")
        server = Server(binary=self.binary, world=text)
        self.own.append(server)
        return server

    def tidy(self):
        for server in self.own:
            server.stop()
        self.own.clear()

    def stop(self):
        self.tidy()
        self.server.stop()


def lines():
    found = {}
    for name in MODULES:
        module = importlib.import_module(f"lines_{name}")
        for function_name, function in inspect.getmembers(module, inspect.isfunction):
            if function_name.startswith("line_"):
                number = int(function_name.split("_")[1])
                assert number not in found, f"line {number} twice"
                found[number] = function
    return found


def wanted(arguments):
    numbers = set()
    for argument in arguments:
        low, _, high = argument.partition("-")
        numbers.update(range(int(low), int(high or low) + 1))
    return numbers


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--binary")
    where.add_argument("--endpoint")
    parser.add_argument("numbers", nargs="*")
    arguments = parser.parse_args()
    only = wanted(arguments.numbers)
    bench = Bench(arguments.binary, arguments.endpoint)
    failed, skipped, passed = [], [], 0
    started = time.monotonic()
    for number, function in sorted(lines().items()):
        if only and number not in only:
            continue
        try:
            function(bench)
            passed += 1
        except Skip as why:
            skipped.append(number)
            print(f"skip {number:3} {why}")
        except Exception:
            failed.append(number)
            print(f"FAIL {number:3} {(function.__doc__ or '').strip()}")
            traceback.print_exc(file=sys.stdout)
        finally:
            bench.tidy()
    bench.stop()
    print(f"{passed} lines passed, {len(failed)} failed {failed or ''}, {len(skipped)} skipped, {time.monotonic() - started:.1f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
