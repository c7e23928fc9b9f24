#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Settings over MQTT, with the real daemon and a real mosquitto: each control of Home Assistant sets its value, which the
daemon publishes, follows and stores in the state directory, and never in the settings file; a hostile payload changes
nothing and is answered. Usage: test_mqtt_controls.py BUILD_FOLDER"""

import json
import os
import signal
import subprocess
import sys
import time

from broker import Broker, Listener, folder, wait_for
import homeassistant_facts
import schema
from seat import Bus, Daemon, Mat, need

BUILD = sys.argv[1]
BASE = "sitbone/test"
DISCOVERY = "homeassistant/device/sitbone_test/controls/config"
need("mosquitto", "dbus-daemon")


def settings(listener):
    return json.loads(wait_for(lambda: listener.text(BASE + "/settings"), why="the settings"))


def answer(listener, key, payload, **more):
    """The answer to one message at set/key, or at set if key is empty."""
    before = len(listener.of(BASE + "/response/set"))
    listener.publish(f"{BASE}/set/{key}" if key else BASE + "/set", payload, **more)
    wait_for(lambda: len(listener.of(BASE + "/response/set")) > before, why=f"an answer to {key} {payload!r}")
    time.sleep(0.5)  # the daemon takes two a second
    return json.loads(listener.of(BASE + "/response/set")[before].payload)


def until(listener, **wanted):
    wait_for(lambda: wanted.items() <= settings(listener).items(), why=f"{wanted} in {settings(listener)}")


def is_ok(listener, key, payload, **more):
    r = answer(listener, key, payload, **more)
    assert r["status"] == "ok", (key, payload, r)
    return r


def printed(daemon):
    """Key -> (value, source) as --print-config shows them."""
    text = subprocess.run([f"{BUILD}/sitboned", "--print-config", "--config", daemon.config, "--state", daemon.state],
                          check=True, capture_output=True, text=True).stdout
    found, section, source = {}, "", ""
    for line in text.splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line.startswith("# "):
            source = line[2:]
        elif " = " in line:
            key, value = line.split(" = ", 1)
            found[f"{section}.{key}"] = (value, source)
    return found


def check_entities(listener):
    """Every control that Home Assistant shows can be set to both ends of its range, and comes back."""
    components = json.loads(wait_for(lambda: listener.text(DISCOVERY)))["components"]
    homeassistant_facts.check(json.loads(listener.text(DISCOVERY)), "test", controls=True)
    controls = {k: c for k, c in components.items() if c.get("command_topic", "").startswith(BASE + "/set/")}
    assert {c["platform"] for c in controls.values()} == {"number", "select", "switch"}, controls
    before = settings(listener)
    assert {c["command_topic"].rsplit("/", 1)[1] for c in controls.values()} == set(before) - {"schema"}
    for c in controls.values():
        key = c["command_topic"].rsplit("/", 1)[1]
        limits = schema.load("settings")["properties"][key]
        if c["platform"] == "number":  # a limit is in the settings table, and in the schema
            assert (c["min"], c["max"]) == (limits["minimum"], limits["maximum"]), (key, limits)
        if c["platform"] == "select":
            assert c["options"] == limits["enum"], (key, limits)
        assert c["state_topic"] == BASE + "/settings" and c["value_template"] == "{{ value_json.%s }}" % key, c
        values = {"number": lambda: (c["max"], c["min"]), "select": lambda: c["options"],
                  "switch": lambda: ("on", "off")}[c["platform"]]()
        # the length of a break and of the window bound other settings
        for value in values if key not in ("break_s", "posture_limit_min") else (60 if key == "break_s" else 15,):
            is_ok(listener, key, str(value))
            until(listener, **{key: {"on": True, "off": False}.get(value, value)})
        is_ok(listener, key, "")
        until(listener, **{key: before[key]})
    assert settings(listener) == before


def check_sources(listener, daemon):
    file_before = open(daemon.config).read()
    is_ok(listener, "sit_limit_min", "25")
    is_ok(listener, "", '{"alert_still":false,"slouch_deg":6.5,"transaction":"t1"}')
    until(listener, sit_limit_min=25, alert_still=False, slouch_deg=6.5)
    assert is_ok(listener, "snooze_min", '{"value":7,"transaction":"t2"}')["transaction"] == "t2"
    stored = f"{daemon.state}/settings.conf"
    wait_for(lambda: os.path.exists(stored) and "snooze_min = 7" in open(stored).read(), why="stored")
    assert os.stat(stored).st_mode & 0o777 == 0o600
    shown = printed(daemon)
    assert shown["alert.prompt_min"][0] == "25" and shown["alert.prompt_min"][1].startswith(stored + ":"), shown
    assert shown["alert.still"][0] == "no" and shown["posture.slouched_deg"][0] == "6.5"
    assert shown["alert.still_min"] == ("20", "default")
    assert open(daemon.config).read() == file_before, "the settings file was written"


def check_profile(listener, daemon):
    """A profile gives what is set nowhere; what was set stays."""
    is_ok(listener, "profile", "strict")
    until(listener, profile="strict", sit_limit_min=25, still_limit_min=15, posture_limit_min=5)
    assert printed(daemon)["alert.still_min"] == ("15", "[alert] profile")
    is_ok(listener, "", '{"sit_limit_min":null,"profile":"quiet"}')
    until(listener, profile="quiet", sit_limit_min=45, still_limit_min=20)
    is_ok(listener, "profile", "")
    until(listener, profile="normal", sit_limit_min=30)


def check_restarts(listener, daemon):
    is_ok(listener, "", '{"sit_limit_min":33,"break_s":90}')
    until(listener, sit_limit_min=33, break_s=90)
    daemon.process.send_signal(signal.SIGHUP)
    time.sleep(1)
    until(listener, sit_limit_min=33)
    daemon.kill(signal.SIGTERM)
    daemon.start()
    until(listener, sit_limit_min=33, break_s=90, snooze_min=7)
    wait_for(lambda: listener.text(BASE + "/availability") == "online", why="online")
    time.sleep(2)
    daemon.kill(signal.SIGKILL)
    daemon.start()
    until(listener, sit_limit_min=33, break_s=90, snooze_min=7)


def check_file_changes(listener, daemon):
    """A reset gives the value of the file as it is now; a file that no longer goes with the controls wins."""
    text = open(daemon.config).read()
    daemon.write_config(text + "[alert]\nprompt_min = 50\n")
    daemon.process.send_signal(signal.SIGHUP)
    time.sleep(1)
    until(listener, sit_limit_min=33)
    is_ok(listener, "sit_limit_min", "")
    until(listener, sit_limit_min=50)
    daemon.write_config(text + "[sitting]\ninterruption_s = 100\n")
    daemon.process.send_signal(signal.SIGHUP)
    until(listener, break_s=120)
    assert "does not go with the files" in daemon.log_text()
    daemon.write_config(text)
    daemon.process.send_signal(signal.SIGHUP)
    until(listener, break_s=90)


def check_refusals(listener, daemon):
    before, stored = settings(listener), open(f"{daemon.state}/settings.conf").read()
    for key, payload, code in (
            ("sit_limit_min", "0", "BadValue"), ("sit_limit_min", "181", "BadValue"), ("sit_limit_min", "nan", "BadValue"),
            ("sit_limit_min", "0x20", "BadValue"), ("sit_limit_min", "25 min", "BadValue"),
            ("sit_limit_min", "9" * 300, "BadValue"), ("sit_limit_min", "9" * 2000, "Malformed"),
            ("profile", "loud", "BadValue"), ("alerts", "maybe", "BadValue"), ("break_s", "20", "BadValue"),
            ("posture_limit_min", "16", "BadValue"), ("password_file", "/etc/shadow", "NoSuchSetting"),
            ("host", "evil.example", "NoSuchSetting"), ("enabled", "no", "NoSuchSetting"), ("x", "", "NoSuchSetting"),
            ("sit_limit_min", "25\nhost=evil", "Malformed"), ("sit_limit_min", b"25\0", "Malformed"),
            ("sit_limit_min", "25\r[mqtt]", "BadValue"), ("sit_limit_min", b"\xff\xfe", "BadValue"),
            ("a/b", "1", "Malformed"), ("../x", "1", "Malformed"), ("é", "1", "Malformed"), ("%n%s", "1", "Malformed"),
            ("sit_limit_min", '{"value":[1]}', "Malformed"), ("sit_limit_min", '{"other":1}', "Malformed"),
            ("", "25", "Malformed"), ("", "{}", "Malformed"), ("", '{"sit_limit_min":20,', "Malformed"),
            ("", '{"sit_limit_min":20,"sit_limit_min":21}', "Malformed"), ("", '{"sit_limit_min":{"a":1}}', "Malformed"),
            ("", '{"sit_limit_min":20,"still_limit_min":500}', "BadValue"),  # all or nothing
            ("", '{"sit_limit_min":20,"nonsense":5}', "NoSuchSetting"), ("", '{"a\\nb":5}', "Malformed"),
            ("", "{" + ",".join(f'"k{i}":{i}' for i in range(90)) + "}", "Malformed")):
        r = answer(listener, key, payload)
        assert r["status"] == "error" and r["code"] == code, (key, payload, r)
        if code == "BadValue":
            assert "must" in r["error"], r
    assert "1..180 min" in answer(listener, "sit_limit_min", "500")["error"]
    assert answer(listener, "sit_limit_min", "22", retain=True)["code"] == "Retained"
    listener.publish(f"{BASE}/set/sit_limit_min", "", retain=True)
    time.sleep(1)
    after = settings(listener)
    after["sit_limit_min"] = before["sit_limit_min"]  # the empty message is also a reset
    assert after == before and open(f"{daemon.state}/settings.conf").read().replace("prompt_min = 50\n", "") == stored


def check_damaged(listener, daemon):
    """What a file of controls has that is not legal is left out, and says so; the daemon starts."""
    daemon.kill(signal.SIGTERM)
    with open(f"{daemon.state}/settings.conf", "w") as f:
        f.write("[alert]\nprompt_min = 9999\nstill_min = 12\n[mqtt]\nhost = evil.example\n\0garbage\n")
    daemon.start()
    until(listener, sit_limit_min=30, still_limit_min=12)
    log = daemon.log_text()
    assert "prompt_min = 9999" in log and "[mqtt] host" in log, log


def main():
    with folder() as place, Broker(place) as broker, Listener(broker) as listener:
        bus, mat = Bus(), Mat()
        daemon = Daemon(BUILD, mat.name, config=f"[mqtt]\nenabled = yes\nport = {broker.port}\n", folder=f"{place}/d")
        try:
            daemon.start()
            wait_for(lambda: listener.text(BASE + "/availability") == "online", why="online")
            check_entities(listener)
            check_sources(listener, daemon)
            check_profile(listener, daemon)
            check_restarts(listener, daemon)
            check_file_changes(listener, daemon)
            check_refusals(listener, daemon)
            check_damaged(listener, daemon)
        finally:
            daemon.stop()
            mat.close()
            bus.stop()


main()
