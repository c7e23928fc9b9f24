#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Do not disturb on real desktops: Xfce's notification server and its settings, GNOME's setting in a real dconf; and
programs that keep the screen awake, as the power management of Xfce and GNOME's session list them.

An alert that falls due meanwhile waits in the daemon, which raises it afterwards. Programs that a session would start from
its bus are started by this test: its bus is private."""
import glob
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desktop import BUILD, Desktop, Processes, Seat, skip_unless, until  # noqa: E402

PROMPT = 30 * 60 + 10


def find_helper(pattern):
    return (glob.glob(pattern) + [pattern])[0]


XFCONFD = find_helper("/usr/lib/*/xfce4/xfconf/xfconfd")
NOTIFYD = find_helper("/usr/lib/*/xfce4/notifyd/xfce4-notifyd")
DCONFD = find_helper("/usr/libexec/dconf-service")


def count_notifies(desktop):
    with open(desktop.monitor, encoding="utf-8") as file:
        return file.read().count("member=Notify\n")


def run(desktop, *words):
    subprocess.run(words, env=desktop.environment, check=True, stdout=subprocess.DEVNULL)


def held_by(desktop):
    done = subprocess.run(["dbus-send", "--session", "--print-reply=literal", "--dest=org.sitbone.Seat1", "/org/sitbone/Seat1",
                           "org.freedesktop.DBus.Properties.Get", "string:org.sitbone.Seat1", "string:HeldBy"],
                          env=desktop.environment, capture_output=True, text=True, check=False)
    return done.stdout.split("variant")[-1].strip()


def check_programs(desktop):
    """The daemon knows the program that keeps the screen awake, not one that only keeps the user from logging out."""
    state = f"{desktop.processes.directory}/awake"

    def turn(words):
        with open(state, "w", encoding="ascii") as file:
            file.write(words)

    turn("nothing")
    services = desktop.processes.start(sys.executable, f"{os.path.dirname(os.path.abspath(__file__))}/awake_services.py", state,
                                       env=desktop.environment, stdout=subprocess.PIPE, text=True)
    assert services.stdout.readline().startswith("ready")
    for words, program in ("power", "Firefox"), ("nothing", ""), ("session", "Totem"), ("nothing", ""):
        turn(words)
        until(program or "nobody", lambda program=program: held_by(desktop) == program)


def check_inhibited(desktop, seat, turn, by):
    """Turns "do not disturb" on before the alert is due: the alert is raised only when it is turned off."""
    begun, logged, sent = count_notifies(desktop), desktop.agent_log().count("is on: alerts wait"), len(seat.commands)
    seat.tell("skip 1740")
    turn(True)
    until("the agent logs it", lambda: desktop.agent_log().count("is on: alerts wait") == logged + 1)
    until("the daemon has the request", lambda: seat.commands[sent:] == [["7", "0", "0", "Ok"]])
    seat.tell("skip 120")
    until("the source", lambda: held_by(desktop) == by)
    time.sleep(0.3)
    assert count_notifies(desktop) == begun, "raised during do not disturb"
    turn(False)
    until("delayed, not lost", lambda: count_notifies(desktop) == begun + 1)
    until("the daemon has the end of the request", lambda: seat.commands[sent + 1:] == [["7", "0", "0", "Ok"]])
    seat.tell("vacant", "skip 300", "person", "skip 30")


def main():
    skip_unless("Xvfb", "dbus-daemon", "dbus-monitor", "xfconf-query", "gsettings", XFCONFD, NOTIFYD, DCONFD,
                f"{BUILD}/sitbone-agent", f"{BUILD}/tests/system/drive_bus")
    with Processes() as processes:
        desktop = Desktop(processes)
        runtime = f"{processes.directory}/run"  # a separate folder: dconf has a file of the same name there
        os.mkdir(runtime, 0o700)
        desktop.environment.update(XDG_CURRENT_DESKTOP="ubuntu:GNOME", GSETTINGS_BACKEND="dconf",
                                   XDG_RUNTIME_DIR=runtime, XDG_CACHE_HOME=runtime)
        desktop.monitor = f"{processes.directory}/monitor"
        with open(desktop.monitor, "w", encoding="utf-8") as file:
            processes.start("dbus-monitor", "--address", desktop.address, "interface='org.freedesktop.Notifications'",
                            stdout=file, stderr=subprocess.DEVNULL)
        until("monitor", lambda: os.path.getsize(desktop.monitor) > 0)
        for program in XFCONFD, NOTIFYD, DCONFD:
            processes.start(program, env=desktop.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for name in "org.xfce.Xfconf", "org.freedesktop.Notifications", "ca.desrt.dconf":
            until(name, lambda name=name: subprocess.run(
                ["dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus", "/",
                 "org.freedesktop.DBus.GetNameOwner", f"string:{name}"],
                env=desktop.environment, capture_output=True, check=False).returncode == 0)
        agent = desktop.start_agent("--session")
        seat = Seat(processes, "session", desktop.environment)
        until("agent listens", lambda: "listening to org.sitbone.Seat1" in desktop.agent_log())
        seat.tell("person", "skip 10")
        check_inhibited(desktop, seat, lambda on: run(desktop, "xfconf-query", "-c", "xfce4-notifyd", "-p", "/do-not-disturb", "-n",
                                           "-t", "bool", "-s", "true" if on else "false"), "Xfce")
        check_inhibited(desktop, seat, lambda on: run(desktop, "gsettings", "set", "org.gnome.desktop.notifications",
                                           "show-banners", "false" if on else "true"), "GNOME")
        check_programs(desktop)
        assert processes.end(agent) == 0, desktop.agent_log()
        print("ok")


main()
