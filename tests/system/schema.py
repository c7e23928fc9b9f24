# SPDX-License-Identifier: MIT
"""The schemas of config/schema/ and a validator for the part of JSON Schema that they use; any other keyword is an error, so
that nothing in them is left unchecked."""

import functools
import json
import os
import re

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "config", "schema")
IGNORED = {"$schema", "title", "description", "$defs", "then"}
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None), "number": (int, float), "integer": int}


@functools.cache
def load(name):
    with open(os.path.join(FOLDER, name + ".json"), encoding="utf-8") as f:
        return json.load(f)


def is_type(value, name):
    return isinstance(value, TYPES[name]) and (name == "boolean" or not isinstance(value, bool))


def check_object(value, schema, root, where):
    properties = schema.get("properties", {})
    for key in schema.get("required", []):
        if key not in value:
            yield f"{where}: {key} is missing"
    for key, member in value.items():
        if key in properties:
            yield from check(member, properties[key], root, f"{where}.{key}")
        elif schema.get("additionalProperties") is False:
            yield f"{where}: {key} is not known"
        elif "additionalProperties" in schema:
            yield from check(member, schema["additionalProperties"], root, f"{where}.{key}")


def check(value, schema, root, where="$"):
    """Every mistake, as a sentence."""
    for keyword, rule in schema.items():
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if keyword == "type":
            if not any(is_type(value, t) for t in ([rule] if isinstance(rule, str) else rule)):
                yield f"{where}: {value!r} is no {rule}"
        elif keyword in ("enum", "const"):
            if value not in (rule if keyword == "enum" else [rule]):
                yield f"{where}: {value!r} is not {rule}"
        elif keyword in ("minimum", "maximum"):
            if number and (value < rule if keyword == "minimum" else value > rule):
                yield f"{where}: {value} is beyond {keyword} {rule}"
        elif keyword in ("pattern", "maxLength"):
            if isinstance(value, str) and (not re.search(rule, value) if keyword == "pattern" else len(value) > rule):
                yield f"{where}: {value!r} does not match {rule}"
        elif keyword in ("properties", "required", "additionalProperties"):
            if isinstance(value, dict) and keyword == next(k for k in schema if k in ("properties", "required", "additionalProperties")):
                yield from check_object(value, schema, root, where)
        elif keyword == "items":
            for i, item in enumerate(value if isinstance(value, list) else []):
                yield from check(item, rule, root, f"{where}[{i}]")
        elif keyword == "anyOf":
            if all(list(check(value, option, root)) for option in rule):
                yield f"{where}: {value!r} matches none of {rule}"
        elif keyword == "allOf":
            for part in rule:
                yield from check(value, part, root, where)
        elif keyword == "if":
            if not list(check(value, rule, root)):
                yield from check(value, schema["then"], root, where)
        elif keyword == "$ref":
            yield from check(value, root["$defs"][rule.rsplit("/", 1)[1]], root, where)
        elif keyword not in IGNORED:
            raise AssertionError(f"{where}: the keyword {keyword} is not checked")


def find(topic):
    """The schema of a topic that sitbone publishes: its name, or None."""
    m = re.fullmatch(r"sitbone/[^/]+/(state|diag|info|settings|event|response)(/.*)?", topic)
    return m.group(1) if m and (bool(m.group(2)) == (m.group(1) == "response")) else None


def mistakes(topic, payload):
    name = find(topic)
    if not name or not payload:
        return []
    schema = load(name)
    return [f"{topic}: {m}" for m in check(json.loads(payload), schema, schema)]
