#!/usr/bin/python3
"""The whole way on real programs: a virtual sitter's bytes on a pty, sitboned, its bus, sitbone-agent, dunst.

Alert in time, Snooze pressed on the desktop reaches the daemon, the alert comes back after it, and goes when the sitter
stands. A minute of the scenario is a second and a half."""
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desktop import BUILD, ROOT, Desktop, Processes, skip_unless, until  # noqa: E402

SPEED = "40"
SCENARIO = """sitter mass=78 height=178 fidgets=0 shifts=0
mat imperfection=1
0:00:40 sit
+10:30  stand
+6:00   end
"""
CONFIG = """[seat]
id = test
[device]
device = {directory}/mat
format = jq-seat-32
[alert]
prompt_min = 5
snooze_min = 3
slouch = no
asymmetry = no
still = no
exercises_file = {root}/config/exercises.conf
[bus]
bus = session
"""


def write(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
    return path


def main():
    programs = [f"{BUILD}/{name}" for name in ("sitboned", "sitbonectl", "sitbone-sim", "sitbone-agent")]
    skip_unless("dunst", "dunstctl", "Xvfb", "dbus-daemon", *programs)
    with Processes() as processes:
        here = processes.directory
        desktop = Desktop(processes)
        desktop.start_dunst()
        desktop.environment["XDG_STATE_HOME"] = here
        os.mkdir(f"{here}/sitbone")
        write(f"{here}/sitbone/safety-shown", "")  # test_desktop_german.py is about that
        desktop.start_agent("--session")
        printed = f"{here}/printed"
        with open(printed, "w", encoding="utf-8") as file:
            processes.start(f"{BUILD}/sitbone-agent", "--bus", "session", "--print", env=desktop.environment,
                            stdout=file, stderr=subprocess.DEVNULL)
        processes.start(f"{BUILD}/sitbone-sim", "--format", "jq-seat-32", "--scenario",
                        write(f"{here}/x.scenario", SCENARIO), "--link", f"{here}/mat", "--speed", SPEED,
                        stdout=subprocess.DEVNULL)
        until("the virtual mat", lambda: os.path.exists(f"{here}/mat"))
        with open(f"{here}/daemon.log", "w", encoding="utf-8") as log:
            processes.start(f"{BUILD}/sitboned", "--config",
                            write(f"{here}/sitbone.conf", CONFIG.format(directory=here, root=ROOT)), "--state", here,
                            "--speed", SPEED, env=desktop.environment, stderr=log)

        def status():
            done = subprocess.run([f"{BUILD}/sitbonectl", "--bus", "session", "status", "--json"],
                                  env=desktop.environment, capture_output=True, text=True, check=False)
            return json.loads(done.stdout) if done.returncode == 0 else {}

        until("the alert on the desktop", lambda: desktop.shown() == 1, 40)
        desktop.photograph("daemon")
        seated = status().get("bout_seated_s")
        assert 300 <= seated < 420, seated
        desktop.press("Snooze 3 min")
        until("gone when snoozed", lambda: desktop.shown() == 0, 5)
        until("back after the snooze", lambda: desktop.shown() == 1)
        seated = status().get("bout_seated_s")  # a machine that stalls makes the mat silent: that is not counted
        assert 300 + 150 <= seated < 720, seated
        until("the sitter stands", lambda: status().get("occupancy") == "vacant", 30)
        until("gone when the sitter stands", lambda: desktop.shown() == 0, 3)
        assert "snooze pressed for activate" in desktop.agent_log()
        with open(printed, encoding="utf-8") as file:
            text = file.read()
        assert text.count("Time to activate your glutes\nSeated 5 min without a 2 min break") == 1, text
        assert "[Done]  [Snooze 3 min]" in text and text.count("(taken down: Time to activate") >= 2, text
        print("ok")


main()
