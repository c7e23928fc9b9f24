#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Two languages at once on real programs, with no locale generated for either: an English daemon's alert is German on the
desktop and in the terminal of a German user, and a German daemon's is English for an English one.

The advice on safety comes with the first exercise, and not again when it was confirmed."""
import json
import os
import re
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
"""  # at this speed a restart of the daemon on a busy machine would count as a break


def names(catalogue):
    """A pattern for any exercise of the catalogue: on a machine that stalls, another one may be chosen."""
    with open(f"{ROOT}/config/{catalogue}", encoding="utf-8") as file:
        return "(" + "|".join(re.escape(name) for name in re.findall(r"^name = (.*)$", file.read(), re.M)) + ")"


GERMAN, ENGLISH = names("exercises.de.conf"), names("exercises.conf")


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
        until("the alert and the advice on safety", lambda: desktop.shown() == 2, 40)
        desktop.photograph("german")
        for part in (re.escape('string "Steh auf: Zeit, dein Gesäß zu aktivieren"'), " min gesessen ohne Pause von 20 min",
                     'string "Erledigt"', 'string "In 15 min wieder"', 'string "Auslassen"', 'string "Bevor du übst"',
                     "Hör auf, wenn es weh tut", "Sofort Hilfe", 'string "Verstanden"', rf"\n{GERMAN}: .*\. [A-ZÄÖÜ]"):
            until(part, lambda part=part: re.search(part, monitor()))  # the monitor may lag behind the screen
        said = monitor()
        marker = f"{here}/.local/state/sitbone/safety-shown"
        assert not os.path.exists(marker), "shown is not read"

        def ctl(*words, environment=desktop.environment):
            """Asks again when a machine that stalls gave no answer."""
            return until(words, lambda: subprocess.run([f"{BUILD}/sitbonectl", "--bus", "session", *words], env=environment,
                                                       stdout=subprocess.PIPE, text=True, check=False).stdout)

        def says(words, *patterns, environment=desktop.environment):
            """Waits, because on a machine that stalls the mat is silent and no alert is open for a moment."""
            until(f"{words}: {patterns}", lambda: all(re.search(pattern, ctl(words, environment=environment), re.M)
                                                      for pattern in patterns))

        says("why", "^aufstehen   jetzt offen", "^zuletzt     aufstehen um .* min gesessen ohne Pause von 20 min",
             rf"^            {GERMAN}: (war an der Reihe|eine, die)", "^Einheit     ")
        says("why", "^stand up    open now", rf"^            {ENGLISH}: (it was its turn|one that)", environment=english)
        assert " without a 20-minute break" in json.loads(ctl("why", "--json"))["last_reason"], "the daemon is not English"
        kinds = [kind["kind"] for kind in json.loads(ctl("why", "--json"))["kinds"]]
        assert kinds == ["activate", "slouch", "asymmetry", "still", "short"], kinds
        says("status", "^sitzt seit  ", "^Hinweis     Steh auf: Zeit, dein Gesäß zu aktivieren: .* min gesessen ohne Pause von 20 min.*"
             rf"\. {GERMAN} \(\d+\)$")
        until("a German refusal", lambda: subprocess.run(
            [f"{BUILD}/sitbonectl", "--bus", "session", "tare"], env=desktop.environment, capture_output=True, text=True,
            check=False).stderr.startswith("sitbonectl: Der Sitz misst, als säße jemand darauf"))
        until("somebody sits", lambda: json.loads(ctl("status", "--json"))["occupancy"] == "person")  # not while the machine stalls
        options = ("exercises", "--session", "--exercises", f"{ROOT}/config/exercises.conf")
        session = ctl(*options)
        assert session.startswith("Kräftigungseinheit: ") and "am Boden" in session and "Notfall" in session, session
        planned = json.loads(ctl(*options, "--json"))
        assert planned["session_of"] == 2 and len(planned["session"].split()) == 6, planned

        desktop.press("Verstanden")
        until("the user has read it", lambda: os.path.exists(marker))
        processes.end(agent)
        until("the agent closed its notifications", lambda: desktop.shown() == 0)
        agent = desktop.start_agent("--session")
        until("the alert again", lambda: monitor().count('string "Steh auf: Zeit, dein Gesäß zu aktivieren"') > said.count(
            'string "Steh auf: Zeit, dein Gesäß zu aktivieren"') and desktop.shown() == 1)
        assert monitor().count("Bevor du übst") == 1, "the advice on safety was shown again"

        processes.end(agent)
        os.unlink(marker)
        desktop.start_agent("--session")
        until("an alert that was open before the agent started brings the advice on safety, too",
              lambda: monitor().count("Bevor du übst") == 2 and desktop.shown() == 2)

        processes.end(daemon)
        desktop.start_daemon(SETTINGS + "[seat]\nlanguage = de\n", english)
        says("why", "^stand up    open now", "^last .* seated .* min without a 20-minute break; ",
             rf"^            {ENGLISH}: (it was its turn|one that)", environment=english)
        assert " min gesessen ohne Pause von 20 min" in json.loads(ctl("why", "--json"))["last_reason"]
        says("status", "^alert       Stand up: time to activate your glutes: seated ", environment=english)
        print("ok")


main()
