#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The forms of the announcement, and its removal, against a real mosquitto: a change of `discovery`, at a reload or a start,
leaves no message of the other form, and `sitbonectl ha-remove` leaves no retained topic at all.
Usage: test_mqtt_forms.py BUILD_FOLDER"""

import json
import re
import signal
import subprocess
import sys
import time

import homeassistant_facts
from broker import Broker, Drive, Listener, folder, wait_for
from seat import Bus, Daemon, Mat, need

BUILD = sys.argv[1]
need("mosquitto", "dbus-daemon")


def retained(broker, seconds=1.0):
    """Topic -> payload of everything that a new subscriber gets."""
    with Listener(broker) as late:
        time.sleep(seconds)
        return {m.topic: m.payload.decode() for m in list(late.heard) if m.retain and m.payload}


def forms(broker, seat):
    """The topics of announcements: those of a device, and those of components."""
    topics = [t for t in retained(broker) if t.startswith("homeassistant/") and f"/sitbone_{seat}/" in t]
    device = [t for t in topics if t.startswith("homeassistant/device/")]
    return len(device), len(topics) - len(device)


def check_component(topic, config, seat):
    """As Home Assistant 2024.2 accepts it: no model_id, and the device in each."""
    platform, node, key = topic.split("/")[1:4]
    assert node == f"sitbone_{seat}"
    device = config.pop("device")
    assert device["identifiers"] == [f"sitbone_{seat}"] and "model_id" not in device and config.pop("origin")
    availability = [a["topic"] for a in config.get("availability", [])]
    if platform == "device_automation":
        assert not availability
    elif len(availability) == 2:
        assert config["availability_mode"] == "all" and availability[1].endswith("/mat/availability")
    else:
        assert availability == [f"sitbone/{seat}/availability"] and "availability_mode" not in config, (topic, config)
    template = config.get("value_template", "{{ value_json.x }}")
    # what the template reader of Domoticz knows
    assert re.fullmatch(r"\{\{ value_json\.[a-z_.]+ \}\}", template) or key in ("learning", "last_command", "who_sits"), template
    homeassistant_facts.check_component(key, {"platform": platform, **config}, seat)


def check_components(broker, listener, place):
    def configs():
        return {m.topic: m.payload for m in list(listener.heard) if "/sitbone_forms/" in m.topic and m.payload}

    with Drive(BUILD, place, broker.port, seat="forms", discovery="components") as drive:
        drive.status("connected")
        wait_for(lambda: len(configs()) > 70, why="the components")
        time.sleep(0.5)
        found = configs()
        assert not [t for t in found if t.startswith("homeassistant/device/")]
        for topic, payload in found.items():
            check_component(topic, json.loads(payload), "forms")
        n = len(found)
        drive.tell("discovery 1")
        wait_for(lambda: forms(broker, "forms") == (2, 0), why="only the device")
        drive.tell("discovery 2")
        wait_for(lambda: forms(broker, "forms") == (0, n), why="only the components")
        drive.tell("discovery 0")
        wait_for(lambda: forms(broker, "forms") == (0, 0), why="nothing")
        drive.tell("discovery 1")
        wait_for(lambda: forms(broker, "forms") == (2, 0), why="the device again")
        drive.quit()
    # what changes between two runs
    for form, expected in (("components", (0, n)), ("yes", (2, 0)), ("components", (0, n)), ("no", (0, 0))):
        with Drive(BUILD, place, broker.port, seat="forms", discovery=form) as drive:
            drive.status("connected")
            wait_for(lambda: forms(broker, "forms") == expected, why=f"{form} at a start")
            drive.quit()


def check_layout(broker, listener, place):
    """A topic for each value, bare, the same as in the document; what is null has no topic."""
    with Drive(BUILD, place, broker.port, seat="values", layout="both", heartbeat_s=5, state_interval_s=0.2) as drive:
        drive.status("connected")
        base = "sitbone/values"
        drive.tell("sit -8")
        wait_for(lambda: listener.text(base + "/v/posture") == "slouched", why="the posture")
        time.sleep(0.5)
        drive.tell("stand")
        wait_for(lambda: listener.text(base + "/v/occupied") == "false", why="nobody")
        wait_for(lambda: listener.text(base + "/v/pelvic_tilt_deg") == "", why="no tilt")
        time.sleep(1)
        state = json.loads(listener.text(base + "/state"))
        for key, value in state.items():
            bare = value if isinstance(value, str) else "" if value is None else json.dumps(value, separators=(",", ":"))
            if key not in ("seq", "ts"):
                assert listener.text(f"{base}/v/{key}") == bare, (key, bare)
        count = len(listener.of(base + "/v/posture"))
        wait_for(lambda: len(listener.of(base + "/v/posture")) > count, why="the heartbeat")
        topics = [t for t in retained(broker) if t.startswith(base + "/v/")]
        assert base + "/v/posture" in topics and base + "/v/pelvic_tilt_deg" not in topics, topics
        drive.quit()
    with Drive(BUILD, place, broker.port, seat="only", layout="values", discovery="no") as drive:
        drive.status("connected")
        wait_for(lambda: listener.text("sitbone/only/v/occupied") == "false", why="the values")
        assert not listener.of("sitbone/only/state")
        drive.quit()


def ctl(*words):
    done = subprocess.run([f"{BUILD}/sitbonectl", "--bus", "session", *words], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def check_removal(broker, listener, daemon, form):
    daemon.write_config(open(daemon.config).read() + f"[mqtt]\ndiscovery = {form}\n")
    daemon.start()
    wait_for(lambda: listener.text("sitbone/test/availability") == "online", why="online")
    wait_for(lambda: len([t for t in retained(broker) if "sitbone" in t]) >= 8, why="everything is retained")
    listener.publish("sitbone/test/cmd/snooze", "5", retain=True)  # what others left
    listener.publish("sitbone/test/old/topic", "x", retain=True)
    listener.publish("sitbone/other/availability", "online", retain=True)
    status, text = ctl("ha-remove")
    assert status == 0 and "enabled = no" in text, text
    wait_for(lambda: "removed from the broker" in ctl("status")[1], why="the status")
    left = [t for t in retained(broker) if "test" in t.split("/")[1] or "sitbone_test" in t]
    assert not left, left
    assert "sitbone/other/availability" in retained(broker), "another seat"
    time.sleep(3)  # no later message brings it back
    assert not [t for t in retained(broker) if "sitbone/test" in t or "sitbone_test" in t]
    assert ctl("ha-remove")[0] != 0 and "no connection to a broker" in ctl("ha-remove")[1]
    daemon.process.send_signal(signal.SIGHUP)
    wait_for(lambda: "sitbone/test/state" in retained(broker), why="back after a reload")
    daemon.kill(signal.SIGTERM)


def main():
    with folder() as place, Broker(place) as broker, Listener(broker) as listener:
        check_components(broker, listener, place)
        check_layout(broker, listener, place)
        bus, mat = Bus(), Mat()
        daemon = Daemon(BUILD, mat.name, config=f"[mqtt]\nenabled = yes\nport = {broker.port}\n", folder=f"{place}/d")
        config = open(daemon.config).read()
        try:
            for form in ("device", "components", "no"):
                daemon.write_config(config)
                check_removal(broker, listener, daemon, form)
        finally:
            daemon.stop()
            mat.close()
            bus.stop()


main()
