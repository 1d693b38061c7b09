"""Opens a file in yaml-language-server, as an editor does, and prints as JSON what it says.

    editor.py SERVER FILE [LINE:COLUMN ...]     each place, from 0: what is completed there, and what is shown on hovering
"""

import json
import pathlib
import subprocess
import sys


class Editor:
    def __init__(self, server):
        self.child = subprocess.Popen(["node", server, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.number = 0
        self.diagnostics = {}

    def send(self, method, params, **more):
        body = json.dumps({"jsonrpc": "2.0", "method": method, "params": params, **more}).encode()
        self.child.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.child.stdin.flush()

    def read(self):
        length = 0
        while (line := self.child.stdout.readline().strip()):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        message = json.loads(self.child.stdout.read(length))
        if message.get("method") == "textDocument/publishDiagnostics":
            self.diagnostics[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif message.get("method") == "workspace/configuration":
            settings = {"yaml": {"schemaStore": {"enable": False}, "validate": True, "hover": True, "completion": True}}
            items = [settings.get(item.get("section"), {}) for item in message["params"]["items"]]
            self.answer(message, items)
        elif "id" in message and "method" in message:
            self.answer(message, None)
        return message

    def answer(self, message, result):
        body = json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}).encode()
        self.child.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.child.stdin.flush()

    def ask(self, method, params):
        self.number += 1
        self.send(method, params, id=self.number)
        while True:
            message = self.read()
            if message.get("id") == self.number and "method" not in message:
                return message.get("result")


def main(server, name, *places):
    path = pathlib.Path(name).resolve()
    editor = Editor(server)
    editor.ask("initialize", {
        "processId": None,
        "rootUri": path.parent.as_uri(),
        "capabilities": {"workspace": {"configuration": True}},
    })
    editor.send("initialized", {})
    document = {"uri": path.as_uri()}
    editor.send("textDocument/didOpen", {
        "textDocument": {**document, "languageId": "yaml", "version": 1, "text": path.read_text()},
    })
    while path.as_uri() not in editor.diagnostics:
        editor.read()
    told = {"errors": [one["message"] for one in editor.diagnostics[path.as_uri()]], "places": []}
    for place in places:
        line, column = map(int, place.split(":"))
        at = {"textDocument": document, "position": {"line": line, "character": column}}
        completed = editor.ask("textDocument/completion", at) or {}
        hover = editor.ask("textDocument/hover", at) or {}
        contents = hover.get("contents") or ""
        told["places"].append({
            "completed": [item["label"] for item in completed.get("items", [])],
            "hover": contents if isinstance(contents, str) else contents.get("value", ""),
        })
    print(json.dumps(told))
    editor.child.kill()


main(*sys.argv[1:])
