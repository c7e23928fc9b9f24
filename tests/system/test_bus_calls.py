#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The seat on the bus: values, refusals, the pace of signals, and a bus that is late, taken, frozen or gone."""
import math
import os
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desktop import BUILD, Processes, Seat, skip_unless, start_bus, until  # noqa: E402
from jitter import Jitter  # noqa: E402

try:
    import dbus
    import dbus.bus
    import dbus.lowlevel
except ImportError:
    print("SKIP: python3-dbus is not there")
    sys.exit(77)
skip_unless("dbus-daemon", "dbus-monitor", f"{BUILD}/tests/system/drive_bus")

NAME, PATH, PROPERTIES = "org.sitbone.Seat1", "/org/sitbone/Seat1", "org.freedesktop.DBus.Properties"


class Caller:
    def __init__(self, address, name=NAME):
        self.bus = dbus.bus.BusConnection(address)
        self.seat = self.bus.get_object(name, PATH, introspect=False)

    def call(self, member, signature, *values, interface=NAME):
        return self.seat.get_dbus_method(member, interface)(*values, signature=signature, timeout=20)

    def get(self, prop):
        return self.call("Get", "ss", NAME, prop, interface=PROPERTIES)

    def refused(self, member, signature, *values, interface=NAME):
        """The error's name and text."""
        try:
            self.call(member, signature, *values, interface=interface)
        except dbus.DBusException as error:
            return error.get_dbus_name(), error.get_dbus_message()
        raise AssertionError(f"{member}{values} was not refused")


def test_properties(caller, seat):
    assert caller.get("Occupancy") == "vacant" and caller.get("SeatName") == "Desk"
    assert caller.get("SeatedSince") == 0 and math.isnan(caller.get("ObliquityDeg"))
    seat.tell("slouched", "skip 600")
    assert caller.get("Posture") == "slouched" and caller.get("Phase") == "seated"
    assert caller.get("TiltDeg") == -9 and caller.get("TiltSdDeg") == 4
    assert caller.get("BoutSeatedS") == 600
    now = time.time() * 1e6
    assert abs(caller.get("SeatedSince") - (now - 600e6)) < 5e6
    assert abs(caller.get("NextAlertAt") - (now + 1200e6)) < 5e6
    assert len(caller.get("OpenAlerts")) == 1  # slouch
    seat.tell("vacant", "skip 130")
    assert len(caller.get("OpenAlerts")) == 0 and caller.get("SeatedSince") == 0


def test_live(caller):
    live = caller.call("GetLive", "")
    assert live["rows"] == 2 and live["cols"] == 3 and [int(x) for x in live["cells"]] == [0, 51, 102, 153, 204, 255]
    assert [int(x) for x in live["unmeasured"]] == [1, 0, 0, 0, 0, 0]  # the others are estimated
    assert math.isnan(live["cop_x_mm"]) and len(live["sit_bones"]) == 0 and len(live["x_mm"]) == 0
    assert live["break_s"] == 120 and live["pitch_y_mm"] == 12 and "alert_kind" not in live
    assert live["Occupancy"] == "vacant" and live["MatOnline"]
    assert live["taught_now"] == "" and live["weight_shifts"] == 0 and live["stuck_cells"] == 0 and "cov" in live


def test_refusals(address, seat):
    caller = Caller(address)
    assert caller.refused("Snooze", "u", 241)[0] == "org.sitbone.Error.OutOfRange"
    assert caller.refused("Snooze", "u", 4294967295)[0] == "org.sitbone.Error.OutOfRange"
    name, text = caller.refused("Done", "")
    assert name == "org.sitbone.Error.NothingDue" and len(text) > 20, text
    assert caller.refused("Skip", "")[0] == "org.sitbone.Error.NothingDue"
    assert caller.refused("DoneAlert", "s", "7")[0] == "org.sitbone.Error.AlertClosed"
    assert caller.refused("SnoozeAlert", "su", "7", 241)[0] == "org.sitbone.Error.OutOfRange"
    assert caller.refused("SkipAlert", "s", "-7")[0] == "org.sitbone.Error.Malformed"
    assert caller.refused("Pause", "u", 1441)[0] == "org.sitbone.Error.OutOfRange"
    assert caller.refused("Hold", "bs", True, "NOBODY!")[0] == "org.sitbone.Error.Malformed"
    caller = Caller(address)  # with an allowance of its own
    for what in ("", "upright ", "UPRIGHT", "x" * 100000, "%s%n", "löffel"):
        assert caller.refused("Calibrate", "s", what)[0] == "org.sitbone.Error.Malformed"
    assert caller.refused("Calibrate", "s", "upright")[0] == "org.sitbone.Error.NoFrames"
    until("the core was asked", lambda: seat.commands and seat.commands[-1] == ["2", "0", "0", "NoFrames"])
    invalid = "org.freedesktop.DBus.Error.InvalidArgs"
    assert caller.refused("Snooze", "s", "15")[0] == invalid
    assert caller.refused("Snooze", "i", -1)[0] == invalid
    assert caller.refused("Snooze", "uu", 1, 2)[0] == invalid
    assert caller.refused("Snooze", "v", dbus.UInt32(3))[0] == invalid
    assert caller.refused("GetLive", "a{sv}", {})[0] == invalid
    assert caller.refused("Reboot", "")[0] == "org.freedesktop.DBus.Error.UnknownMethod"
    assert caller.refused("Done", "", interface="org.sitbone.Seat2")[0].endswith(("UnknownInterface", "UnknownMethod"))
    assert "ReadOnly" in caller.refused("Set", "ssv", NAME, "Posture", "upright", interface=PROPERTIES)[0]
    assert all(verb == "2" or result in ("OutOfRange", "NothingDue", "AlertClosed") for verb, _, _, result in seat.commands)


def test_flood(address, seat):
    """A caller that calls without end is refused; another one is still answered."""
    greedy, modest = Caller(address), Caller(address)
    results = []
    before = len(seat.commands)
    for _ in range(300):
        greedy.bus.send_message(dbus.lowlevel.MethodCallMessage(NAME, PATH, NAME, "Done"))
    greedy.bus.flush()
    for _ in range(30):
        try:
            greedy.call("GetLive", "")
        except dbus.DBusException as error:
            results.append(error.get_dbus_name())
    assert "org.freedesktop.DBus.Error.LimitsExceeded" in results, results
    assert modest.call("GetLive", "")["SeatName"] == "Desk"
    time.sleep(0.2)
    assert len(seat.commands) - before < 30, "most of 300 commands never reached the core"


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def signals(path, member):
    return read(path).count(f"member={member}\n")


def test_pace_of_signals(processes, address, seat):
    """A thousand changes of posture are far fewer messages; without changes there is no message."""
    path = f"{processes.directory}/signals"
    with open(path, "w", encoding="utf-8") as file:
        processes.start("dbus-monitor", "--address", address, "type='signal'", stdout=file, stderr=subprocess.DEVNULL)
    until("monitor", lambda: signals(path, "NameLost") + signals(path, "NameAcquired") > 0)
    time.sleep(0.5)
    start = signals(path, "PropertiesChanged")
    began = time.monotonic()
    for i in range(100):
        seat.tell(f"storm {100 + i % 2}")
        time.sleep(0.01)
    took = time.monotonic() - began
    seat.tell("vacant")
    until("the last state", lambda: signals(path, "PropertiesChanged") > start and
          '"vacant"' in read(path).split("PropertiesChanged")[-1])
    time.sleep(0.5)
    sent = signals(path, "PropertiesChanged") - start
    assert 2 <= sent <= 4 * (took + 1), f"{sent} in {took} s"
    for _ in range(50):
        seat.tell("skip 1")
    time.sleep(0.5)
    assert signals(path, "PropertiesChanged") - start == sent, "an empty seat says nothing"


def test_names(processes, address, environment):
    bus = dbus.bus.BusConnection(address)
    for seat_id, name in (("kitchen-2", "kitchen_2"), ("3rd", "_3rd")):
        other = Seat(processes, "session", environment, seat_id)
        until(name, lambda: bus.name_has_owner(f"{NAME}.{name}"))
        assert Caller(address, f"{NAME}.{name}").get("SeatId") == seat_id
        other.leave()
    rival = Seat(processes, "session", environment)
    until("said that the name is taken", lambda: rival.says("owns the name"))
    rival.leave()


def test_bus_comes_and_goes(processes, environment, seat, bus):
    """Without a bus, with a new one or a frozen one, the seat keeps working, never waits, and comes back."""
    processes.end(bus)
    until("noticed", lambda: seat.says("connection lost"))
    seat.tell("person", "skip 300")
    address, bus = start_bus(processes, "session")
    assert address == environment["DBUS_SESSION_BUS_ADDRESS"]
    until("back on the bus", lambda: dbus.bus.BusConnection(address).name_has_owner(NAME))
    assert Caller(address).get("BoutSeatedS") == 300
    bus.send_signal(signal.SIGSTOP)
    worst = 0
    with Jitter() as jitter:
        for _ in range(20):
            began = time.monotonic()
            seat.tell("storm 20", "skip 120")
            worst = max(worst, time.monotonic() - began)
            time.sleep(0.05)
    assert worst < 0.5 + 2 * jitter.worst, (worst, jitter.worst)
    seat.tell("skip 900000")  # more alerts than the socket accepts: the connection is given up, and agents ask later
    until("said that the bus is stuck", lambda: seat.says("accepts no messages"))
    assert seat.leave() < 2, "waited for a frozen bus at the end"
    bus.send_signal(signal.SIGCONT)
    return worst


def main():
    with Processes() as processes:
        environment = dict(os.environ)
        address, bus = start_bus(processes, "session")
        processes.end(bus)
        environment["DBUS_SESSION_BUS_ADDRESS"] = address
        seat = Seat(processes, "session", environment)
        until("says that there is no bus", lambda: seat.says("no bus"))
        seat.tell("person", "skip 10", "vacant", "skip 130")
        _, bus = start_bus(processes, "session")
        until("on the bus", lambda: seat.says("connected"))
        caller = Caller(address)
        test_properties(caller, seat)
        test_live(caller)
        test_refusals(address, seat)
        test_flood(address, seat)
        test_pace_of_signals(processes, address, seat)
        test_names(processes, address, environment)
        worst = test_bus_comes_and_goes(processes, environment, seat, bus)
        print(f"ok; longest answer of the seat with a frozen bus: {worst * 1000:.1f} ms")


main()
