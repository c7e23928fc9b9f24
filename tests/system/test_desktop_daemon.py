#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The whole chain of real programs: a virtual sitter's bytes on a pty, sitboned, its bus, sitbone-agent, dunst.

The alert is raised in time, Snooze pressed on the desktop reaches the daemon, the alert returns after the snooze, and it
disappears when the sitter stands."""
import json
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desktop import BUILD, PROGRAMS, SPEED, Desktop, Processes, skip_unless, until, write  # noqa: E402

SCENARIO = """0:00:40 sit
+13:00  stand
+30:00  end
"""
SETTINGS = """prompt_min = 5
snooze_min = 4
[sitting]
break_s = 1200
"""  # at this speed a delay of three seconds would count as a break


def main():
    skip_unless(*PROGRAMS)
    with Processes() as processes:
        here = processes.directory
        desktop = Desktop(processes)
        desktop.start_dunst()
        desktop.environment["XDG_STATE_HOME"] = here
        os.mkdir(f"{here}/sitbone")
        write(f"{here}/sitbone/safety-shown", "")  # test_desktop_german.py tests that
        desktop.start_agent("--session")
        printed = f"{here}/printed"
        with open(printed, "w", encoding="utf-8") as file:
            processes.start(f"{BUILD}/sitbone-agent", "--bus", "session", "--print", env=desktop.environment,
                            stdout=file, stderr=subprocess.DEVNULL)
        desktop.start_mat(SCENARIO)
        desktop.start_daemon(SETTINGS)

        def status():
            """None while the machine stalls."""
            done = subprocess.run([f"{BUILD}/sitbonectl", "--bus", "session", "status", "--json"],
                                  env=desktop.environment, capture_output=True, text=True, check=False)
            return json.loads(done.stdout) if done.returncode == 0 else None

        def read_status(key):
            return until("the daemon answers", status)[key]

        until("the alert on the desktop", lambda: desktop.shown() == 1, 40)
        desktop.photograph("daemon")
        assert read_status("bout_seated_s") >= 300, "too early"  # too late: see the printed text below
        over = time.monotonic() + 4 * 60 / int(SPEED)
        desktop.press("Snooze 4 min")
        until("pressed", lambda: "snooze pressed for activate" in desktop.agent_log())
        until("snoozed", lambda: not read_status("alert") or time.monotonic() > over)  # a stall may be longer than the snooze
        until("gone when snoozed", lambda: desktop.shown() == 0 or time.monotonic() > over)
        until("back after the snooze", lambda: read_status("alert") and desktop.shown() == 1)
        assert time.monotonic() > over, f"{over - time.monotonic()} s too early"
        until("the sitter stands", lambda: read_status("occupancy") == "vacant", 200)
        until("gone when the sitter stands", lambda: desktop.shown() == 0)

        def read_printed():
            with open(printed, encoding="utf-8") as file:
                return file.read()

        until("taken down twice", lambda: read_printed().count("(taken down: Stand up: time to activate") >= 2)
        assert read_printed().startswith("Stand up: time to activate your glutes\nSeated 5 min without a 20-minute break"), read_printed()
        assert "[Done]  [Snooze 4 min]" in read_printed(), read_printed()
        print("ok")


main()
