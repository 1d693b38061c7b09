"""Reads JSON lines `{schema, text, as}` and answers each with a JSON list of what the schema says against the text.

`as` is `yaml`, or `json`: then no member may stand there that the schema does not have.
"""

import functools
import json
import sys

import jsonschema
import yaml


class Loader(yaml.SafeLoader):
    """Dates are texts, as in YAML 1.2."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def closed(schema):
    """The schema, in which every map with known keys has no others."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made = {}
    for key, value in schema.items():
        if key == "properties":
            made[key] = {name: closed(one) for name, one in value.items()}
        elif key in ("if", "then"):
            made[key] = value
        else:
            made[key] = closed(value)
    if "properties" in made and "additionalProperties" not in made:
        made["additionalProperties"] = False
    return made


@functools.lru_cache
def validator(text, is_closed):
    schema = json.loads(text)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(closed(schema) if is_closed else schema)


def main():
    for line in sys.stdin:
        asked = json.loads(line)
        is_json = asked["as"] == "json"
        value = json.loads(asked["text"]) if is_json else yaml.load(asked["text"], Loader)
        found = validator(json.dumps(asked["schema"]), is_json).iter_errors(value)
        told = [f"{'/'.join(map(str, one.absolute_path))}: {one.message[:200]}" for one in found]
        print(json.dumps(told), flush=True)


main()
