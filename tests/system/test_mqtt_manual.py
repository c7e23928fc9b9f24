#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""config/schema/ and sitbone-mqtt(7) name the same keys, both ways, and the schemas refuse what is wrong; that every message
matches them is checked by the other tests of MQTT, as they hear it. Usage: test_mqtt_manual.py BUILD_FOLDER"""

import copy
import os
import re

import schema

MANUAL = os.path.join(schema.FOLDER, "..", "man", "sitbone-mqtt.7.scd")
PARTS = {"STATE": "state", "EVENTS": "event", "DIAGNOSTICS": "diag", "SETTINGS": "settings"}
failures = []


def sections():
    with open(MANUAL, encoding="utf-8") as f:
        return dict(re.findall(r"(?ms)^# ([A-Z -]+)\n(.*?)(?=^# |\Z)", f.read()))


def keys_of(text):
    """The words of the headings of a definition list: *a*, *b*."""
    heads = re.findall(r"(?m)^(\*[a-z0-9_]+\*(?:,\s\*[a-z0-9_]+\*)*)$", text)
    return {key for head in heads for key in re.findall(r"\*([a-z0-9_]+)\*", head)}


def check_manual():
    text = sections()
    for section, name in PARTS.items():
        known = set(schema.load(name)["properties"])
        if name == "event":  # its headings are the types
            known_types = set(schema.load(name)["properties"]["event_type"]["enum"])
            if keys_of(text[section]) != known_types:
                failures.append(f"types of events: {sorted(keys_of(text[section]) ^ known_types)}")
            missing = {k for k in known if not re.search(rf"(?<![a-z]){k}(?![a-z])", text[section])}
            if missing:
                failures.append(f"{section} does not mention {sorted(missing)}")
            continue
        described = keys_of(text[section]) - {"set"}
        if name == "diag":
            described -= set(schema.load(name)["properties"]["map"]["properties"])
            described |= {"map", "mat_moved"}  # described in sentences
            inside = set(schema.load(name)["properties"]["map"]["properties"])
            if inside - keys_of(text[section]):
                failures.append(f"map: {sorted(inside - keys_of(text[section]))}")
        known -= {"schema", "ts"} | ({"seq"} if name == "state" else set())
        described -= {"schema", "ts", "seq"}
        if described != known:
            failures.append(f"{section}: not both in the manual and in {name}.json: {sorted(described ^ known)}")
    for key in schema.load("response")["properties"]:
        if not re.search(rf"(?<![a-z]){key}(?![a-z])", text["PUBLISHED TOPICS"]):
            failures.append(f"response: the manual does not mention {key}")
    for key in schema.load("state")["properties"]["learning"]["properties"]:
        if f"*{key}*" not in text["STATE"]:
            failures.append(f"learning: the manual does not mention {key}")


EVENT = {"event_type": "glute_activation_due", "id": "6a-1", "ts": "2026-09-08T09:41:07.250Z", "seated_min": 31,
         "alert": "activate", "alert_id": 1, "title": "t", "reason": "r", "limit_min": 30.0, "slouched_pct": None,
         "asymmetry": None, "exercise": None, "exercise_name": None, "exercise_dose": None, "exercise_how": None,
         "exercise_why": None, "snooze_min": 15.0}


def check_refusals():
    """Each change makes a good message a bad one."""
    good = {"event": EVENT, "response": {"status": "ok"}, "set": {"sit_limit_min": 25, "alerts": None, "transaction": 1}}
    wrong = [("event", "alert", None), ("event", "ts", "yesterday"), ("event", "seated_min", -1), ("event", "seated_min", True),
             ("event", "outcome", "done"), ("event", "extra", 1), ("event", "event_type", "sat_down"), ("event", "id", ""),
             ("response", "status", "error"), ("response", "status", None), ("set", "sit_limit_min", 181),
             ("set", "sit_limit_min", "25"), ("set", "host", "x"), ("set", "sessions_per_week", 1.5)]
    for name, document in good.items():
        found = list(schema.check(document, schema.load(name), schema.load(name)))
        failures.extend(f"{name}: {m}" for m in found)
    for name, key, value in wrong:
        document = copy.deepcopy(good[name])
        document[key] = value
        if not list(schema.check(document, schema.load(name), schema.load(name))):
            failures.append(f"{name}.json accepts {key} = {value!r}")


def check_settings():
    """set takes what settings has, and null."""
    for key, value in schema.load("settings")["properties"].items():
        if key != "schema" and schema.load("set")["properties"][key] != {"anyOf": [value, {"type": "null"}]}:
            failures.append(f"set.json: {key} differs from settings.json")


check_manual()
check_refusals()
check_settings()
print("\n".join(failures))
raise SystemExit(bool(failures))
