#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What Home Assistant shows while the daemon, the broker, the mat and Home Assistant itself start and stop in any
order, against a real mosquitto: a value of an earlier run is never available, and the automations of
docs/home-assistant.md fire once for each alert. Usage: test_mqtt_restarts.py BUILD_FOLDER"""

import json
import sys
import time

from broker import Broker, Drive, Listener, folder, wait_for
from docs_examples import automations

BUILD = sys.argv[1]
SLOW = {"state_interval_s": 1, "heartbeat_s": 5}
EXPIRY_S = 3 * SLOW["heartbeat_s"]


class House(Listener):
    """The MQTT integration of Home Assistant as far as it matters here: an entity is available while every
    availability topic says online, and its value is that of the newest state, however old. It runs the automations."""

    def __init__(self, broker, base="sitbone/desk"):
        self.base, self.shown, self.fired = base, [], {}
        self.topics_now, self.automations = {}, automations()
        super().__init__(broker, (base + "/#",))
        self.client.on_disconnect = self.on_disconnect

    def on_disconnect(self, *_):
        self.connected.clear()
        self.show(lost=True)

    def show(self, lost=False):
        """Appends what the entities show: None = unavailable."""
        online = all(self.topics_now.get(t) == "online" for t in ("availability", "mat/availability"))
        state = json.loads(self.topics_now.get("state", "{}"))
        keys = ("occupied", "posture", "glute_alert", "seated_since")
        now = {k: state.get(k) for k in keys} if online and not lost else None
        before = self.shown[-1] if self.shown else None
        if now == before and self.shown:
            return
        self.shown.append(now)
        on = lambda values: values and values["glute_alert"]
        for name, a in self.automations.items():
            if a["trigger"] == "state" and on(now) and not on(before) and (before is not None or "from" not in a):
                self.fired[name] = self.fired.get(name, 0) + 1

    def on_message(self, client, userdata, message):
        super().on_message(client, userdata, message)
        below, text = message.topic[len(self.base) + 1:], message.payload.decode()
        if below == "event":
            for name, a in self.automations.items():
                if a["trigger"] in ("mqtt", "device") and json.loads(text)["event_type"] == a["event"]:
                    self.fired[name] = self.fired.get(name, 0) + 1
        else:
            self.topics_now[below] = text
            self.show()

    def until(self, **wanted):
        wait_for(lambda: self.shown and self.shown[-1] and wanted.items() <= self.shown[-1].items(), why=str(wanted))

    def until_unavailable(self, seconds=20):
        wait_for(lambda: self.shown and self.shown[-1] is None, seconds, "unavailable")

    def never(self, since, **wanted):
        assert not [v for v in self.shown[since:] if v and wanted.items() <= v.items()], (wanted, self.shown[since:])


def start(place, broker):
    return Drive(BUILD, place, broker.port, seat="desk", **SLOW)


def check_stop(place, broker, kill):
    """The sitter left while the daemon was away, by kill -9 for longer than the delay of the will."""
    with House(broker) as house:
        with start(place, broker) as drive:
            house.until(occupied=False)
            drive.tell("sit -8", "raise 0")
            house.until(occupied=True, glute_alert=True)
            if kill:
                drive.process.kill()
            else:
                drive.quit()
            house.until_unavailable()
        if not kill:
            wait_for(lambda: house.text("sitbone/desk/mat/availability") == "offline", why="the mat at the good-bye")
        since = len(house.shown)
        with House(broker) as late, start(place, broker) as drive:
            house.until(occupied=False)
            late.until(occupied=False)
            with House(broker) as later:
                later.until(occupied=False)
                assert later.shown[0] is None or not later.shown[0]["occupied"], later.shown
            for h, first in ((house, since), (late, 0)):
                h.never(first, occupied=True)
                h.never(first, glute_alert=True)
        assert set(house.fired.values()) == {1}, house.fired


def check_mat(place, broker):
    """What the mat read before its silence is not shown after it."""
    with House(broker) as house, start(place, broker) as drive:
        drive.tell("sit -8")
        house.until(occupied=True)
        drive.tell("mat 0")
        house.until_unavailable()
        since = len(house.shown)
        drive.tell("stand")
        time.sleep(0.1)
        drive.tell("mat 1")
        house.until(occupied=False)
        house.never(since, occupied=True)
        drive.tell("mat 0")
        house.until_unavailable()
        diags = len(house.of("sitbone/desk/diag"))
        drive.tell("mat 1")
        wait_for(lambda: len(house.of("sitbone/desk/diag")) > diags, 3, "diagnostics at a change of the mat")


def check_broker(place, persistent):
    """A restart of the broker, and of Home Assistant, with an alert open."""
    with Broker(place, persistent=persistent) as broker, House(broker) as house, start(place, broker) as drive:
        house.until(occupied=False)
        drive.tell("sit -8", "raise 0")
        house.until(glute_alert=True)
        wait_for(lambda: set(house.fired.values()) == {1} and set(house.fired) == set(house.automations), 5, "one alert")
        time.sleep(0.3)  # acknowledged: an event that is not is sent again
        for _ in range(3):
            times = drive.connections()
            broker.kill()
            house.until_unavailable()
            broker.start()
            wait_for(lambda: drive.connections() > times, 60, "connected again")
            house.until(glute_alert=True)
            with House(broker) as restarted:
                restarted.until(glute_alert=True)
                time.sleep(0.2)
                assert not restarted.fired, restarted.fired
        drive.tell("mat 0")
        house.until_unavailable()
        drive.tell("mat 1")
        house.until(glute_alert=True)
        assert set(house.fired.values()) == {1}, house.fired
        drive.tell("clear 0 4")
        house.until(glute_alert=False)
        drive.tell("raise 0")
        house.until(glute_alert=True)
        wait_for(lambda: set(house.fired.values()) == {2}, 5, "the second alert")
        assert set(house.fired) == set(house.automations), house.fired


def check_power_cut(place):
    """Daemon and broker end together, and only the broker returns: the will is lost, but "online" expires."""
    with Broker(place, persistent=True) as broker:
        with start(place, broker) as drive, House(broker) as house:
            drive.tell("sit -8")
            house.until(occupied=True)
            m = house.last("sitbone/desk/availability")
            assert m.properties.MessageExpiryInterval <= EXPIRY_S
            time.sleep(2)  # the broker saves its memory each second
            broker.kill()
            drive.process.kill()
        time.sleep(EXPIRY_S + 1)
        broker.start()
        with House(broker) as house:
            wait_for(lambda: house.text("sitbone/desk/info"), why="the broker's memory")
            time.sleep(0.3)
            assert not [v for v in house.shown if v], house.shown


with folder() as PLACE:
    with Broker(PLACE) as BROKER:
        check_stop(PLACE, BROKER, False)
        check_stop(PLACE, BROKER, True)
        check_mat(PLACE, BROKER)
    check_broker(PLACE, False)
    check_broker(PLACE, True)
    check_power_cut(PLACE)
