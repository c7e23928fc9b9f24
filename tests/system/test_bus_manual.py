#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""sitbone-dbus(7) and the programs agree, both ways: properties, methods and signals as a running sitboned describes them, and
the keys and types of the live view, of the reasons and of the details of an alert."""
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desktop import BUILD, ROOT, Processes, Seat, skip_unless, start_bus, until  # noqa: E402

skip_unless("dbus-daemon", "busctl", f"{BUILD}/sitboned", f"{BUILD}/tests/system/drive_bus")

INTERFACE, PATH = "org.sitbone.Seat1", "/org/sitbone/Seat1"
CONFIG = """[seat]
id = manual
[device]
device = {directory}/no-such-mat
format = jq-seat-32
[exercise]
sessions_per_week = 3
[alert]
exercises_file = {root}/config/exercises.conf
"""
# These keys appear only after a squeeze of the glutes was calibrated, or with a target of the coach.
NOT_REACHED = {"squeezing", "squeezes", "squeezed_s", "squeezed_today_s", "squeeze_goal_s", "shifts_target"}


class Manual:
    """What the source of the page defines."""

    def __init__(self):
        with open(f"{ROOT}/config/man/sitbone-dbus.7.scd", encoding="utf-8") as file:
            self.sections = dict(re.findall(r"(?ms)^# ([A-Z -]+)\n(.*?)(?=^# |\Z)", file.read()))

    def properties(self):
        found = re.findall(r"(?m)^\*(\w+)\* (\S+?)(?:, (constant|not announced))?$", self.sections["PROPERTIES"])
        return {name: (kind, note) for name, kind, note in found}

    def members(self, section):
        found = re.findall(r"(?m)^\*(\w+)\*\((.*?)\)(?: -> (.*))?$", self.sections[section])
        return {name: (arguments(taken), arguments(given)) for name, taken, given in found}

    def keys(self, section, since="", until_text=None):
        """{key: type} between two sentences of a section."""
        text = self.sections[section]
        assert since in text and (until_text or "") in text, f"{section}: a sentence that divides the keys is gone"
        text = text[text.index(since):]
        text = text[:text.index(until_text)] if until_text else text
        return dict(key for line in re.findall(r"(?m)^\*.*$", text)
                    for key in re.findall(r"\*(\w+)\* (\S+?)(?:, |$)", line))

    def errors(self):
        defined = set(re.findall(r"(?m)^\*(\w+)\*$", self.sections["ERRORS"]))
        lists = re.findall(r"Errors?: ([\w,\s]+?)\.", self.sections["METHODS"])
        return defined, {name for names in lists for name in re.split(r",\s+", names)}


def arguments(text):
    return [tuple(re.fullmatch(r"(\S+) _(\w+)_", part).groups()) for part in text.split(", ")] if text else []


def differ(what, manual, program):
    """Both are dictionaries; every difference is named."""
    for name in sorted(manual.keys() | program.keys()):
        if manual.get(name) != program.get(name):
            yield (f"{what} {name}: the manual has {manual.get(name, 'nothing')}, "
                   f"the program has {program.get(name, 'nothing')}")


def introspect(seat):
    xml = ElementTree.fromstring(seat.call("Introspect", "org.freedesktop.DBus.Introspectable")[0])
    interface = xml.find(f"interface[@name='{INTERFACE}']")
    notes = {"const": "constant", "false": "not announced"}
    properties = {}
    for p in interface.iter("property"):
        changed = p.find("annotation[@name='org.freedesktop.DBus.Property.EmitsChangedSignal']")
        assert p.get("access") == "read", p.get("name")
        properties[p.get("name")] = (p.get("type"), notes.get(changed.get("value"), "") if changed is not None else "")

    def members(tag, default):
        return {m.get("name"): tuple([(a.get("type"), a.get("name")) for a in m.iter("arg")
                                      if a.get("direction", default) == way] for way in ("in", "out"))
                for m in interface.iter(tag)}
    return properties, members("method", "in"), members("signal", "in")


def types(dictionary):
    return {key: value["type"] for key, value in dictionary.items()}


class Caller:
    def __init__(self, address, name):
        self.options = ["busctl", f"--address={address}", "--json=short"]
        self.name = name

    def busctl(self, verb, *words):
        """The data of the answer; None when there is none (yet)."""
        done = subprocess.run([*self.options, verb, self.name, PATH, *words], capture_output=True, text=True,
                              check=False, timeout=30)
        return json.loads(done.stdout)["data"] if done.returncode == 0 else None

    def call(self, member, interface=INTERFACE):
        return self.busctl("call", interface, member)

    def get(self, name):
        return self.busctl("get-property", INTERFACE, name)


class Check:
    def __init__(self, manual):
        facts = "The remaining keys"
        self.manual = manual
        self.failures = []
        self.seen = set()
        self.facts = manual.keys("ALERT DETAILS", facts)
        self.details = manual.keys("ALERT DETAILS")
        self.live = manual.keys("LIVE VIEW", "", "These keys are there only")
        self.live |= {name: kind for name, (kind, _) in manual.properties().items()}
        self.live_sometimes = manual.keys("LIVE VIEW", "These keys are there only")
        self.why = manual.keys("REASONS", "", "These keys are there only if")
        self.why_sometimes = manual.keys("REASONS", "These keys are there only if", "For each kind:")
        self.kind = manual.keys("REASONS", "For each kind:")

    def differences(self, *arguments_of_differ):
        self.failures += differ(*arguments_of_differ)

    def dictionary(self, what, found, always, sometimes, prefix):
        """Every key that is always there is there, and no key is without a line in the manual."""
        found = types(found)
        sometimes = sometimes | {f"{prefix}{key}": kind for key, kind in self.facts.items()}
        wanted = always | {key: kind for key, kind in sometimes.items() if key in found}
        self.seen |= found.keys()
        self.differences(what, wanted, found)

    def running(self, seat):
        self.dictionary("GetLive:", seat.call("GetLive")[0], self.live, self.live_sometimes, "alert_")
        everything, kinds = seat.call("GetWhy")
        self.dictionary("GetWhy:", everything, self.why, self.why_sometimes, "last_")
        for kind in kinds:
            self.differences("GetWhy, kinds:", self.kind, types(kind))

    def all_seen(self):
        sometimes = self.live_sometimes.keys() | self.why_sometimes.keys()
        sometimes |= {f"{prefix}{key}" for prefix in ("alert_", "last_") for key in self.facts}
        self.failures += [f"{key}: the manual has it, no program sent it"
                          for key in sorted(sometimes - self.seen - NOT_REACHED)]


def check_daemon(processes, address, check):
    config = f"{processes.directory}/sitbone.conf"
    with open(config, "w", encoding="utf-8") as file:
        file.write(CONFIG.format(directory=processes.directory, root=ROOT) + "[bus]\nbus = session\n")
    environment = dict(os.environ, DBUS_SESSION_BUS_ADDRESS=address)
    processes.start(f"{BUILD}/sitboned", "--config", config, "--state", processes.directory, env=environment,
                    stderr=subprocess.DEVNULL)
    seat = Caller(address, f"{INTERFACE}.manual")
    until("the first state", lambda: "rows" in (seat.call("GetLive") or [{}])[0])
    properties, methods, signals = introspect(seat)
    check.differences("property", check.manual.properties(), properties)
    check.differences("method", check.manual.members("METHODS"), methods)
    check.differences("signal", check.manual.members("SIGNALS"), signals)
    check.running(seat)


def check_alert(processes, address, check):
    environment = dict(os.environ, DBUS_SESSION_BUS_ADDRESS=address)
    driven = Seat(processes, "session", environment)
    until("the driven seat on the bus", lambda: driven.says("connected"))
    driven.tell("exercise Walk", "person", "skip 1810")
    seat = Caller(address, INTERFACE)
    check.running(seat)
    alerts = seat.get("OpenAlerts")
    assert alerts, "no alert is open"
    check.differences("details of an alert:", check.details, types(alerts[0][2]))
    driven.leave()


def main():
    manual = Manual()
    check = Check(manual)
    defined, named = manual.errors()
    check.failures += [f"error {name}: not both defined and used in the manual" for name in sorted(defined ^ named)]
    with Processes() as processes:
        address, _ = start_bus(processes, "session")
        check_daemon(processes, address, check)
        check_alert(processes, address, check)
    check.all_seen()
    for failure in check.failures:
        print(f"FAILED: {failure}")
    sys.exit(1 if check.failures else 0)


main()
