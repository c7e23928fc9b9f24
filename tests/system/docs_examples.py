# SPDX-License-Identifier: MIT
"""The examples of docs/home-assistant.md, for tests that run them."""

import os
import re

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PAGES = ("README.md", "docs/home-assistant.md")


def read(page):
    with open(f"{ROOT}/{page}", encoding="utf-8") as f:
        return f.read()


def automations():
    """By alias: kind of trigger, the event or the entity that it waits for, and from, if it is limited so."""
    found = {}
    for block in (b for page in PAGES for b in re.findall(r"```yaml\n(.*?)```", read(page), re.S)):
        for text in re.split(r"(?m)^  - (?=alias:)", block)[1:]:
            a = dict(re.findall(r'(?m)^[ -]*(\w+): "?([^"\n]*)"?$', text))
            found[a["alias"]] = a | {"event": a.get("payload") or a.get("subtype")}
    assert {a["trigger"] for a in found.values()} == {"mqtt", "device", "state"}, found
    return found


def access_rules(page):
    """The access lists of mosquitto on this page."""
    rules = [b for b in re.findall(r"(?ms)^```\w*\n(.*?)^```", read(page)) if re.match(r"(pattern|topic|user) ", b)]
    assert rules, page
    return rules
