#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Alerts on mako, the notification server of Wayland desktops, on a headless sway: the prompt to stand up stays, is updated
without a crash of the server, and its buttons answer it; the modes do-not-disturb and dnd make alerts wait.

sway refuses to run as root: root runs this test as nobody."""
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desktop import BUILD, Desktop, Processes, Seat, skip_unless, until  # noqa: E402

PROMPT = 30 * 60 + 10
NOBODY = "65534"


def leave_root():
    if os.getuid() != 0:
        return
    as_nobody = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    if subprocess.run([*as_nobody, "test", "-x", f"{BUILD}/sitbone-agent"], check=False).returncode != 0:
        print(f"SKIP: sway does not run as root, and nobody cannot read {BUILD}")
        sys.exit(77)
    os.execvp("setpriv", [*as_nobody, sys.executable, os.path.abspath(__file__), BUILD])


class Mako(Desktop):
    def _start_screen(self):
        """sway's own display takes the place of the X server."""
        here = self.processes.directory
        self.environment.update(XDG_RUNTIME_DIR=here, WLR_BACKENDS="headless", WLR_LIBINPUT_NO_DEVICES="1",
                                WLR_RENDERER="pixman")
        os.chmod(here, 0o700)
        with open(f"{here}/sway", "w", encoding="ascii") as file:
            file.write("output HEADLESS-1 resolution 620x420\n")
        self.processes.start("sway", "-c", f"{here}/sway", env=self.environment, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
        names = until("a display", lambda: [name for name in os.listdir(here) if name.startswith("wayland-") and "lock" not in name])
        self.environment["WAYLAND_DISPLAY"] = names[0]
        return "none"

    def makoctl(self, *words):
        done = subprocess.run(["makoctl", *words], env=self.environment, capture_output=True, text=True, check=False)
        return done.stdout if done.returncode == 0 else None

    def notes(self):
        """The summaries on the screen, by id."""
        done = subprocess.run(["busctl", f"--address={self.address}", "--json=short", "call", "org.freedesktop.Notifications",
                               "/fr/emersion/Mako", "fr.emersion.Mako", "ListNotifications"], capture_output=True, text=True,
                              check=False)
        listed = json.loads(done.stdout)["data"][0] if done.returncode == 0 else []
        return {note["id"]["data"]: note["summary"]["data"] for note in listed}


def test_prompt(desktop, mako, seat):
    seat.tell("person", f"skip {PROMPT}")
    until("shown", lambda: list(desktop.notes().values()) == ["Stand up: time to activate your glutes"])
    number = next(iter(desktop.notes()))
    seat.tell("skip 300", "skip 300")
    until("updated in place", lambda: desktop.notes() == {number: "Stand up: time to activate your glutes"})
    assert mako.poll() is None, "mako ended"
    desktop.makoctl("invoke", "-n", str(number), "done")
    until("done reached the daemon", lambda: ["1", "0", "0", "Ok"] in seat.commands)
    until("thanks in its place", lambda: list(desktop.notes().values()) == ["Well done"])
    desktop.makoctl("dismiss", "-a")


def test_modes(desktop, seat):
    for mode in "do-not-disturb", "dnd":
        seat.tell("vacant", "skip 300", "person", "skip 1700")
        sent = len(seat.commands)
        desktop.makoctl("mode", "-s", mode)
        until("the daemon has the request", lambda: ["7", "0", "0", "Ok"] in seat.commands[sent:], 30)
        seat.tell("skip 170")
        assert not desktop.notes(), "raised during do not disturb"
        desktop.makoctl("mode", "-s", "default")
        until("delayed, not lost", lambda: len(desktop.notes()) == 1, 30)


def main():
    skip_unless("sway", "mako", "makoctl", "busctl", "dbus-daemon", f"{BUILD}/sitbone-agent", f"{BUILD}/tests/system/drive_bus")
    leave_root()
    with Processes() as processes:
        desktop = Mako(processes)
        mako = processes.start("mako", env=desktop.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until("mako", lambda: desktop.makoctl("list") is not None)
        agent = desktop.start_agent("--session")
        seat = Seat(processes, "session", desktop.environment)
        until("agent listens", lambda: "listening to org.sitbone.Seat1" in desktop.agent_log())
        test_prompt(desktop, mako, seat)
        test_modes(desktop, seat)
        assert mako.poll() is None, "mako ended"
        assert processes.end(agent) == 0, desktop.agent_log()
        print("ok")


main()
