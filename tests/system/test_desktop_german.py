#!/usr/bin/python3
"""German on real programs, with no locale generated for it: the daemon by its setting, agent and sitbonectl by their user.

The words on safety come once, with the first exercise, and not again when the agent starts anew."""
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desktop import BUILD, ROOT, Desktop, Processes, skip_unless, until  # noqa: E402

SPEED = "40"
SCENARIO = """sitter mass=78 height=178 fidgets=0 shifts=0
mat imperfection=1
0:00:20 sit
+60:00  end
"""
CONFIG = """[seat]
id = test
language = de
[device]
device = {directory}/mat
format = jq-seat-32
[alert]
prompt_min = 1
still = no
slouch = no
asymmetry = no
exercises_file = {root}/config/exercises.conf
[exercise]
sessions_per_week = 2
[bus]
bus = session
"""


def write(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
    return path


def main():
    programs = [f"{BUILD}/{name}" for name in ("sitboned", "sitbonectl", "sitbone-sim", "sitbone-agent")]
    skip_unless("dunst", "dunstctl", "Xvfb", "dbus-daemon", "msgfmt", *programs)
    with Processes() as processes:
        here = processes.directory
        desktop = Desktop(processes)
        english = dict(desktop.environment, TEXTDOMAINDIR=f"{BUILD}/locale", LC_ALL="C.UTF-8")
        desktop.environment.update(TEXTDOMAINDIR=f"{BUILD}/locale", LC_ALL="de_AT.UTF-8", LANGUAGE="")
        desktop.environment.pop("XDG_STATE_HOME", None)
        desktop.start_dunst()
        with open(f"{here}/monitor", "w", encoding="utf-8") as file:
            processes.start("dbus-monitor", "--address", desktop.address,
                            "interface='org.freedesktop.Notifications',member='Notify'", stdout=file,
                            stderr=subprocess.DEVNULL)

        def monitor():
            with open(f"{here}/monitor", encoding="utf-8") as file:
                return file.read()

        until("monitor", lambda: "Name" in monitor())
        agent = desktop.start_agent("--session")
        processes.start(f"{BUILD}/sitbone-sim", "--format", "jq-seat-32", "--scenario",
                        write(f"{here}/x.scenario", SCENARIO), "--link", f"{here}/mat", "--speed", SPEED,
                        stdout=subprocess.DEVNULL)
        until("the virtual mat", lambda: os.path.exists(f"{here}/mat"))
        with open(f"{here}/daemon.log", "w", encoding="utf-8") as log:
            processes.start(f"{BUILD}/sitboned", "--config",
                            write(f"{here}/sitbone.conf", CONFIG.format(directory=here, root=ROOT)), "--state", here,
                            "--speed", SPEED, env=english, stderr=log)
        until("the alert and the words on safety", lambda: desktop.shown() == 2, 40)
        desktop.photograph("german")
        said = monitor()
        for part in ('string "Zeit, dein Gesäß zu aktivieren"', " min gesessen ohne Pause von 2 min",
                     "Gesäß anspannen im Stehen: ein paar Sekunden halten", 'string "Erledigt"', 'string "In 15 min wieder"',
                     'string "Auslassen"', 'string "Bevor du übst"', "Hör auf, wenn es weh tut", "Notfall"):
            assert part in said, part
        assert os.path.exists(f"{here}/.local/state/sitbone/safety-shown")

        def ctl(*words, environment=desktop.environment):
            return subprocess.run([f"{BUILD}/sitbonectl", "--bus", "session", *words], env=environment,
                                  capture_output=True, text=True, check=True).stdout

        why = ctl("why")
        for part in ("aufstehen   jetzt offen", "zuletzt     aufstehen um", "Gesäß anspannen im Stehen: war an der Reihe",
                     "Einheit     "):
            assert part in why, why
        assert "stand up    open now" in ctl("why", environment=english)
        kinds = [kind["kind"] for kind in json.loads(ctl("why", "--json"))["kinds"]]
        assert kinds == ["activate", "slouch", "asymmetry", "still", "short"], kinds
        status = ctl("status")
        assert "sitzt seit  " in status and "Hinweis     " in status, status
        assert json.loads(ctl("status", "--json"))["occupancy"] == "person"
        options = ("exercises", "--session", "--exercises", f"{ROOT}/config/exercises.conf")
        session = ctl(*options)
        assert session.startswith("Kräftigungseinheit: ") and "am Boden" in session and "Notfall" in session, session
        planned = json.loads(ctl(*options, "--json"))
        assert planned["session_of"] == 2 and len(planned["session"].split()) == 6, planned

        processes.end(agent)
        until("the agent took its notes down", lambda: desktop.shown() == 0)
        desktop.start_agent("--session")
        until("the alert again", lambda: monitor().count('string "Zeit, dein Gesäß zu aktivieren"') > said.count(
            'string "Zeit, dein Gesäß zu aktivieren"') and desktop.shown() == 1)
        assert monitor().count("Bevor du übst") == 1, "the words on safety came again"
        print("ok")


main()
