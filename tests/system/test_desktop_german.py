#!/usr/bin/python3
"""Two languages at once on real programs, with no locale generated for either: an English daemon's alert is German on the
desktop and in the terminal of a German user, and a German daemon's is English for an English one.

The words on safety come once, with the first exercise, and not again when the agent starts anew."""
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desktop import BUILD, PROGRAMS, ROOT, Desktop, Processes, skip_unless, until  # noqa: E402

SCENARIO = """0:00:20 sit
+60:00  end
"""
SETTINGS = """prompt_min = 5
[exercise]
sessions_per_week = 2
[sitting]
break_s = 1200
"""  # at this speed what a busy machine takes to start the daemon anew would be a break


def main():
    skip_unless("msgfmt", "dbus-monitor", *PROGRAMS)
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
        desktop.start_mat(SCENARIO)
        daemon = desktop.start_daemon(SETTINGS, english)
        until("the alert and the words on safety", lambda: desktop.shown() == 2, 40)
        desktop.photograph("german")
        said = monitor()
        for part in ('string "Zeit, dein Gesäß zu aktivieren"', " min gesessen ohne Pause von 20 min",
                     "Gesäß anspannen im Stehen: ein paar Sekunden halten", 'string "Erledigt"', 'string "In 15 min wieder"',
                     'string "Auslassen"', 'string "Bevor du übst"', "Hör auf, wenn es weh tut", "Notfall"):
            assert part in said, part
        assert os.path.exists(f"{here}/.local/state/sitbone/safety-shown")

        def ctl(*words, environment=desktop.environment, check=True):
            return subprocess.run([f"{BUILD}/sitbonectl", "--bus", "session", *words], env=environment,
                                  capture_output=True, text=True, check=check).stdout

        why = ctl("why")
        for part in ("aufstehen   jetzt offen", "zuletzt     aufstehen um", "Gesäß anspannen im Stehen: war an der Reihe",
                     "Einheit     "):
            assert part in why, why
        assert "stand up    open now" in ctl("why", environment=english)
        assert " without a 20 min break" in json.loads(ctl("why", "--json"))["last_reason"], "the daemon is not English"
        kinds = [kind["kind"] for kind in json.loads(ctl("why", "--json"))["kinds"]]
        assert kinds == ["activate", "slouch", "asymmetry", "still", "short"], kinds
        status = ctl("status")
        assert "sitzt seit  " in status and "Hinweis     Zeit, dein Gesäß zu aktivieren: " in status, status
        assert " min gesessen ohne Pause von 20 min. Gesäß anspannen im Stehen" in status, status
        refused = subprocess.run([f"{BUILD}/sitbonectl", "--bus", "session", "tare"], env=desktop.environment,
                                 capture_output=True, text=True, check=False).stderr
        assert refused == "sitbonectl: Jemand sitzt: Lass den Sitz leer und frag noch einmal.\n", refused
        until("somebody sits", lambda: json.loads(ctl("status", "--json"))["occupancy"] == "person")  # not while the machine stalls
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

        processes.end(daemon)
        desktop.start_daemon(SETTINGS + "[seat]\nlanguage = de\n", english)
        until("the alert of before", lambda: "open now" in ctl("why", environment=english, check=False))
        assert " min gesessen ohne Pause von 20 min" in json.loads(ctl("why", "--json"))["last_reason"]
        why = ctl("why", environment=english)
        # The one of before, or where all takes longer already the next.
        assert " min without a 20 min break; " in why and ("Standing glute contraction: it was its turn" in why or
                                                           "Contract and relax: one that releases" in why), why
        until("the alert in English", lambda: "Time to activate your glutes: seated " in ctl("status", environment=english))
        print("ok")


main()
