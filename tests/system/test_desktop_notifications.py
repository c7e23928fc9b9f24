#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Alerts on a real desktop: sitbone-agent, a real notification server (dunst) and the bus outlet.

One notification, updated in place. Snooze and Done pressed on the server reach the daemon. The notification disappears
when the sitter stands; a dismissed one does not return. Server, daemon and agent may start and end in any order."""
import os
import re
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desktop import BUILD, Desktop, Processes, Seat, skip_unless, start_bus, until  # noqa: E402

skip_unless("dunst", "dunstctl", "Xvfb", "dbus-daemon", f"{BUILD}/sitbone-agent", f"{BUILD}/tests/system/drive_bus")

PROMPT = 30 * 60 + 10


class Monitor:
    """Messages on the session bus between the agent and the server, and signals of the seats. It may lag behind them."""

    def __init__(self, desktop):
        self.path, self.environment = f"{desktop.processes.directory}/monitor", desktop.environment
        desktop.processes.start("dbus-monitor", "--address", desktop.address,
                                "interface='org.freedesktop.Notifications'", "path='/org/sitbone/Seat1'",
                                stdout=open(self.path, "w", encoding="utf-8"), stderr=subprocess.DEVNULL)
        until("monitor", lambda: "NameAcquired" in self.text() or "NameLost" in self.text())

    def text(self):
        with open(self.path, encoding="utf-8") as file:
            return file.read()

    def notifies(self):
        """(replaces_id, text of the call) of each Notify that is complete."""
        blocks = [block for block in self.text().split("\nmethod call ")[1:] if "member=Notify\n" in block]
        found = []
        for block in blocks:
            lines = block.split("\n")
            end = next((i for i, line in enumerate(lines[1:], 1)
                        if line.startswith(("method return ", "signal ", "error "))), len(lines))
            lines = lines[:end]
            if not any(line.startswith("   int32 ") for line in lines):
                continue
            replaces = next(line for line in lines if line.strip().startswith("uint32"))
            found.append((int(replaces.split()[1]), "\n".join(lines)))
        return found

    def closed_since_press(self):
        """The number of notifications closed since the last press of a button."""
        return self.text().rpartition("member=ActionInvoked\n")[2].count("member=NotificationClosed\n")

    def await_agent(self):
        """Pings the agent twice: it has then handled everything that was sent to it before on either connection."""
        agent = re.findall(r"sender=(:\S+) .*member=Notify\n", self.text())[-1]
        for _ in range(2):
            subprocess.run(["dbus-send", "--session", "--print-reply", f"--dest={agent}", "/", "org.freedesktop.DBus.Peer.Ping"],
                           env=self.environment, stdout=subprocess.DEVNULL, check=True)

    def mat_online(self):
        """The last value that the seat published: "true" or "false"."""
        said = self.text().rpartition('string "MatOnline"')[2].split(None, 3)
        return said[2] if said[:2] == ["variant", "boolean"] and len(said) > 3 else None


def test_life_of_an_alert(desktop, seat, monitor):
    seat.tell("person", f"skip {PROMPT}")
    until("alert shown", lambda: desktop.shown() == 1)
    desktop.photograph("alert")
    first = until("one notification", monitor.notifies)
    assert len(first) == 1 and first[0][0] == 0, first
    for part in ('string "Stand up: time to activate your glutes"', "Seated 30 min", "byte 1", "x-sitbone.posture.alert",
                 "org.sitbone.Agent", "x-canonical-private-synchronous", 'string "done"', 'string "snooze"',
                 'string "Snooze 15 min"', "int32 0"):
        assert part in first[0][1], part
    assert "Standing glute contraction: 3 x" in first[0][1]

    seat.tell("skip 60", "skip 60")
    monitor.await_agent()
    assert len(monitor.notifies()) == 1, "some servers show each update as a new notification"
    seat.tell("skip 180")
    until("an update", lambda: len(monitor.notifies()) == 2)
    assert monitor.notifies()[1][0] > 0, "updated in place"
    assert "x-canonical-private-synchronous" not in monitor.notifies()[1][1], "mako 1.7 crashes"
    assert "Seated 35 min" in monitor.notifies()[1][1]
    time.sleep(0.2)
    assert desktop.shown() == 1
    desktop.photograph("updated")

    seat.tell("vacant", "skip 10")
    until("gone when the sitter stands", lambda: desktop.shown() == 0)
    seat.tell("person", "skip 70")
    until("shown again after a short stand", lambda: desktop.shown() == 1)
    seat.tell("vacant", "skip 130")
    until("gone after the break", lambda: desktop.shown() == 0)


def test_snooze(desktop, seat):
    seat.tell("person", f"skip {PROMPT}")
    until("alert shown", lambda: desktop.shown() == 1)
    desktop.press("Snooze")
    until("snooze reached the daemon", lambda: ["0", "15", "0", "Ok"] in seat.commands)
    until("when it comes back", lambda: re.search(r'"Snoozed until (\w+ )?\d\d:\d\d"', desktop.monitor.notifies()[-1][1]))
    desktop.ctl("close-all")
    until("gone when snoozed", lambda: desktop.shown() == 0)
    seat.tell(f"skip {15 * 60 + 70}")
    until("back after the snooze", lambda: desktop.shown() == 1)


def press_done(desktop):
    """Returns the thanks, after they are closed: for a moment, the alert is gone and the thanks are not shown yet."""
    desktop.press("Done")
    until("thanked quietly", lambda: "Well done" in desktop.monitor.notifies()[-1][1])
    thanks = desktop.monitor.notifies()[-1][1]
    until("the alert gone", lambda: desktop.shown() == 1)
    desktop.ctl("close-all")
    until("the alert and the thanks gone", lambda: desktop.monitor.closed_since_press() == 2 and desktop.shown() == 0)
    return thanks


def test_heads_up(desktop, seat, monitor):
    """Quiet, in the place that the prompt then takes; gone when nobody sits."""
    def announced():
        return [text for _, text in monitor.notifies() if "Soon: time to stand up" in text]
    seat.tell("heads-up 120", "vacant", "skip 200", "person", f"skip {PROMPT - 100}")
    until("announced", lambda: desktop.shown() == 1 and len(announced()) == 1)
    assert "byte 0" in announced()[0] and re.search(r"The reminder comes at \d\d:\d\d", announced()[0])
    seat.tell("skip 100")
    until("the prompt in its place", lambda: "Stand up" in monitor.notifies()[-1][1])
    time.sleep(0.2)
    assert desktop.shown() == 1
    seat.tell("vacant", "skip 200", "person", f"skip {PROMPT - 100}")
    until("announced again", lambda: len(announced()) == 2)
    seat.tell("vacant", "skip 10")
    until("void", lambda: desktop.shown() == 0)
    seat.tell("heads-up 0")


def test_stood_briefly(desktop, seat, monitor):
    seat.tell("person", "skip 200", "vacant", "skip 200", "person", f"skip {PROMPT}", "vacant", "skip 70", "person", "skip 10")
    until("a word", lambda: "Good that you were up" in monitor.notifies()[-1][1])
    assert "byte 0" in monitor.notifies()[-1][1]
    seat.tell("vacant", "skip 200")
    desktop.ctl("close-all")
    until("gone", lambda: desktop.shown() == 0)
    seat.tell("person")


def test_done(desktop, seat):
    thanks = press_done(desktop)
    assert ["1", "0", "0", "Ok"] in seat.commands, "done did not reach the daemon"
    assert "byte 0" in thanks and "boolean true" in thanks, thanks


def test_skip(desktop, seat):
    seat.tell(f"skip {PROMPT}")
    until("alert shown", lambda: desktop.shown() == 1)
    desktop.press("Skip")
    until("skip reached the daemon", lambda: ["4", "0", "0", "Ok"] in seat.commands)
    until("gone when skipped", lambda: desktop.shown() == 0)


def test_do_not_disturb(desktop, seat):
    """dunst paused: an alert that falls due waits in the daemon, which raises it when dunst goes on."""
    seat.tell("skip 1740")
    desktop.ctl("set-paused", "true")
    until("the daemon has the request", lambda: ["7", "0", "0", "Ok"] in seat.commands)
    until("the agent logs it", lambda: "is on: alerts wait" in desktop.agent_log())
    before = len(desktop.monitor.notifies())
    seat.tell("skip 120")
    time.sleep(0.3)
    assert len(desktop.monitor.notifies()) == before, "raised during do not disturb"
    desktop.ctl("set-paused", "false")
    until("delayed, not lost", lambda: desktop.shown() == 1)
    until("shown once", lambda: len(desktop.monitor.notifies()) == before + 1)
    press_done(desktop)


def test_switched_off(desktop, seat, monitor):
    """With desktop = no nothing is shown, also not what is open when the agent starts, and what is shown goes."""
    seat.tell("vacant", "skip 200", "person", f"skip {PROMPT}")
    until("shown", lambda: desktop.shown() == 1)
    seat.tell("desktop 0")
    until("taken down", lambda: desktop.shown() == 0)
    before = len(monitor.notifies())
    seat.tell("vacant", "skip 200", "person", f"skip {PROMPT}", "online 0")
    time.sleep(0.5)
    assert desktop.shown() == 0 and len(monitor.notifies()) == before
    seat.tell("online 1")
    desktop.processes.end(desktop.agent)
    desktop.agent = desktop.start_agent()
    time.sleep(0.5)
    assert desktop.shown() == 0 and len(monitor.notifies()) == before, monitor.notifies()[before:]
    seat.tell("desktop 1", "vacant", "skip 200", "person", f"skip {PROMPT}")
    until("shown again", lambda: desktop.shown() == 1)
    seat.tell("vacant", "skip 200")
    until("gone", lambda: desktop.shown() == 0)
    seat.tell("person")


def test_refusal_is_shown(desktop, seat):
    seat.tell(f"skip {PROMPT}", "busy 1")
    until("alert shown", lambda: desktop.shown() == 1)
    desktop.press("Done")
    until("refused by the daemon", lambda: ["1", "0", "0", "Busy"] in seat.commands)
    until("the reason is logged", lambda: "Too many commands at once" in desktop.agent_log())
    until("on the desktop too, beside the alert", lambda: desktop.shown() == 2)
    desktop.photograph("refused")
    seat.tell("busy 0", "vacant", "skip 200")
    desktop.ctl("close-all")
    until("closed", lambda: desktop.shown() == 0)


def test_dismissed_stays_dismissed(desktop, seat):
    seat.tell("person", f"skip {PROMPT}")
    until("alert shown", lambda: desktop.shown() == 1)
    desktop.ctl("close")
    until("closed", lambda: desktop.shown() == 0)
    seat.tell("skip 120")
    time.sleep(0.5)
    assert desktop.shown() == 0, "a dismissed alert returned"
    seat.tell("vacant", "skip 200")


def test_markup_is_not_markup(desktop, seat, monitor):
    seat.tell("exercise Squat <b>& lunge</b> <i>", "person", f"skip {PROMPT}")
    until("alert shown", lambda: desktop.shown() == 1)
    until("escaped", lambda: "Squat &lt;b&gt;&amp; lunge&lt;/b&gt; &lt;i&gt;" in monitor.notifies()[-1][1])
    desktop.photograph("markup")


def test_server_comes_and_goes(desktop, dunst):
    """A new server knows nothing: open alerts are shown on it again."""
    assert desktop.shown() == 1
    noticed = desktop.agent_log().count("waiting for one")
    desktop.processes.end(dunst)
    until("agent noticed", lambda: desktop.agent_log().count("waiting for one") == noticed + 1)
    desktop.start_dunst()
    until("shown by the new server", lambda: desktop.shown() == 1)


def test_agent_starts_late(desktop):
    desktop.processes.end(desktop.agent)
    until("taken down with the agent", lambda: desktop.shown() == 0)
    desktop.agent = desktop.start_agent()
    until("open alerts are queried", lambda: desktop.shown() == 1)


def test_agent_ends_at_once(desktop, seat, dunst):
    """The agent ends while its notification is still on the way to the server: it is closed, too."""
    dunst.send_signal(signal.SIGSTOP)
    before = len(desktop.monitor.notifies())
    seat.tell("person", f"skip {PROMPT}")
    until("on its way", lambda: len(desktop.monitor.notifies()) == before + 1)
    desktop.agent.send_signal(signal.SIGTERM)
    time.sleep(0.3)
    dunst.send_signal(signal.SIGCONT)
    assert desktop.agent.wait(10) == 0, desktop.agent_log()
    until("taken down by the agent that ended", lambda: desktop.shown() == 0)
    desktop.processes.all.remove(desktop.agent)
    desktop.agent = desktop.start_agent()
    until("alert shown by the next one", lambda: desktop.shown() == 1)
    press_done(desktop)


def test_gone_before_it_has_an_id(desktop, seat, monitor, dunst):
    """Raised and over, and even raised again, before the server has replied with the id of the first."""
    def frozen(*lines):
        before = len(monitor.notifies())
        dunst.send_signal(signal.SIGSTOP)
        seat.tell("person", f"skip {PROMPT}")
        until("on its way", lambda: len(monitor.notifies()) == before + 1)
        seat.tell(*lines)
        monitor.await_agent()
        dunst.send_signal(signal.SIGCONT)

    closed = monitor.text().count("member=CloseNotification")
    frozen("vacant", "skip 200")
    until("closed when its id was known", lambda: monitor.text().count("member=CloseNotification") == closed + 1)
    until("gone", lambda: desktop.shown() == 0)
    before = len(monitor.notifies())
    seat.tell("person", f"skip {PROMPT}")
    until("the next is shown", lambda: desktop.shown() == 1 and len(monitor.notifies()) == before + 1)
    assert monitor.notifies()[-1][0] == 0, "as a new one"
    seat.tell("vacant", "skip 200")
    until("gone again", lambda: desktop.shown() == 0)
    before = len(monitor.notifies())
    frozen("vacant", "skip 200", "person", f"skip {PROMPT}")
    until("the second in the place of the first", lambda: len(monitor.notifies()) == before + 2)
    assert monitor.notifies()[-1][0] > 0
    time.sleep(0.2)
    assert desktop.shown() == 1


def test_dismissed_during_an_update(desktop, seat, monitor, dunst):
    """The server closes the old text and then shows the new one, which is updated from then on."""
    before = len(monitor.notifies())
    dunst.send_signal(signal.SIGSTOP)
    subprocess.run(["dbus-send", "--session", "--dest=org.freedesktop.Notifications", "/org/freedesktop/Notifications",
                    "org.dunstproject.cmd0.NotificationCloseLast"], env=desktop.environment, check=True)
    seat.tell("skip 300")
    until("an update is on its way", lambda: len(monitor.notifies()) == before + 1)
    dunst.send_signal(signal.SIGCONT)
    until("the new text is shown", lambda: desktop.shown() == 1)
    seat.tell("skip 300")
    until("and the next one, too", lambda: len(monitor.notifies()) == before + 2)
    press_done(desktop)


def test_agent_killed(desktop, seat):
    """The next agent closes what the one that was killed has left, also when nothing else is to be shown."""
    def read_left():
        with open(f"{desktop.environment['XDG_RUNTIME_DIR']}/sitbone-agent.shown", encoding="ascii") as file:
            return file.read().split()[2:]
    until("its id is known to the agent", read_left)
    desktop.processes.end(desktop.agent, signal.SIGKILL)
    time.sleep(0.2)
    assert desktop.shown() == 1
    seat.tell("vacant", "skip 5")
    desktop.agent = desktop.start_agent()
    until("closed", lambda: desktop.shown() == 0)


def test_silent_mat(desktop, seat, monitor):
    seat.tell("vacant", "skip 5")
    until("nothing else is shown", lambda: desktop.shown() == 0)
    seat.tell("online 0")
    until("a silent mat is reported", lambda: desktop.shown() == 1)
    until("as such", lambda: all(words in monitor.notifies()[-1][1] for words in ("device.removed", "Desk: nothing is known")))
    desktop.photograph("silent")
    seat.tell("online 1")
    until("gone when it sends again", lambda: desktop.shown() == 0)
    seat.tell("online 0")
    until("reported again", lambda: desktop.shown() == 1)
    desktop.ctl("close")
    until("dismissed", lambda: desktop.shown() == 0)
    until("silent", lambda: monitor.mat_online() == "false")
    seat.tell("online 1")
    until("it sends", lambda: monitor.mat_online() == "true")  # a shorter change is not even published
    seat.tell("online 0")
    until("another silence is reported too", lambda: desktop.shown() == 1)
    seat.tell("online 1")
    until("gone again", lambda: desktop.shown() == 0)
    seat.tell("person", "skip 70")
    until("the alert again", lambda: desktop.shown() == 1)


def test_workout(desktop, seat, monitor):
    """Once a day, when somebody sits down; not beside an alert, and gone when it is done."""
    def workouts():
        return sum("A workout is planned for today" in text for _, text in monitor.notifies())
    seat.tell("vacant", "skip 130")
    until("nothing is shown", lambda: desktop.shown() == 0)
    seat.tell("workouts 2")
    time.sleep(0.3)
    assert workouts() == 0, "shown while nobody sits"
    seat.tell("person")
    until("the workout is shown", lambda: desktop.shown() == 1 and workouts() == 1)
    assert "byte 0" in monitor.notifies()[-1][1], monitor.notifies()[-1]
    seat.tell(f"skip {PROMPT}")
    until("an alert takes its place", lambda: "Stand up" in monitor.notifies()[-1][1] and desktop.shown() == 1)
    seat.tell("vacant", "skip 130", "person", "skip 10")
    time.sleep(0.3)
    assert workouts() == 1 and desktop.shown() == 0, "shown twice on a day"
    seat.tell("workouts 0", "vacant", "skip 130", "person")


def test_two_seats(desktop, seat, monitor):
    """Each is named, also the one that was shown alone before; an answer concerns the alert on whose notification it was
    pressed."""
    shown = desktop.shown()
    kitchen = Seat(desktop.processes, "session", desktop.environment, "kitchen-2")
    until("agent listens", lambda: "listening to org.sitbone.Seat1.kitchen" in desktop.agent_log())
    until("the first has its name", lambda: "glutes (Desk)" in monitor.notifies()[-1][1])
    kitchen.tell("person", f"skip {PROMPT}")
    until("one of each seat", lambda: desktop.shown() == shown + 1)
    assert "glutes (Chair in the kitchen)" in monitor.notifies()[-1][1], monitor.notifies()[-1]
    desktop.photograph("two-seats")
    kitchen.tell("vacant")
    until("only its own is gone", lambda: desktop.shown() == shown)
    kitchen.leave()


def test_examples(desktop):
    done = subprocess.run([f"{BUILD}/sitbone-agent", "--test", "--print"], env=desktop.environment, capture_output=True, text=True,
                          check=False)
    assert done.returncode == 0 and all(words in done.stdout for words in (
        "Stand up: time to activate your glutes", "Sit back a little", "Soon: time to stand up", "Before you exercise",
        "The seat mat fell silent", "Well done")), done


def test_nobody_there(desktop):
    """Within seconds the agent says that there is no daemon, and where it looks."""
    environment = dict(desktop.environment, DBUS_SYSTEM_BUS_ADDRESS=desktop.empty)
    path = f"{desktop.processes.directory}/alone.log"
    with open(path, "w", encoding="utf-8") as log:
        agent = desktop.processes.start(f"{BUILD}/sitbone-agent", "--print", "--bus", "system", env=environment, stderr=log,
                                        stdout=subprocess.DEVNULL)
    def said():
        with open(path, encoding="utf-8") as log:
            return log.read()
    until("said", lambda: "no sitboned on the system bus" in said(), 6)
    desktop.processes.end(agent)


def test_settings(desktop):
    """Every error with its place; a default file that is absent is no error."""
    path = f"{desktop.processes.directory}/errors.conf"
    with open(path, "w", encoding="ascii") as file:
        file.write("[agent]\nsound = loud\nbus = session\nvolume = 11\nmat_silent_s = -1\n[other]\nnonsense\n")
    done = subprocess.run([f"{BUILD}/sitbone-agent", "--config", path], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and all(f"{path}:{line}:" in done.stderr for line in (2, 4, 5, 6, 7)), done.stderr
    assert f"{path}:3:" not in done.stderr
    for wrong in (["--config", "/nonexistent"], ["--bus", "moon"], ["--loud"], ["now"]):
        done = subprocess.run([f"{BUILD}/sitbone-agent", *wrong], capture_output=True, text=True, check=False)
        assert done.returncode == 2 and done.stderr, wrong
    environment = dict(desktop.environment, DBUS_SESSION_BUS_ADDRESS="unix:path=/nonexistent")
    done = subprocess.run([f"{BUILD}/sitbone-agent"], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "no session bus" in done.stderr, done


def test_daemon_goes_for_good(desktop, seat):
    seat.leave()
    desktop.press("Done")
    until("reported that no daemon runs", lambda: "sitboned is not running" in desktop.monitor.notifies()[-1][1])
    until("taken down some seconds after the daemon", lambda: desktop.shown() == 0)


def main():
    with Processes() as processes:
        desktop = Desktop(processes)
        os.mkdir(f"{processes.directory}/sitbone")
        with open(f"{processes.directory}/sitbone/agent.conf", "w", encoding="ascii") as file:
            file.write("[agent]\nmat_silent_s = 1\n")
        desktop.empty, _ = start_bus(processes, "system")  # the agent finds the daemon on the other bus
        desktop.environment.update(DBUS_SYSTEM_BUS_ADDRESS=desktop.empty, XDG_RUNTIME_DIR=processes.directory)
        desktop.agent = desktop.start_agent()  # neither a server nor a daemon runs yet
        seat = Seat(processes, "session", desktop.environment)
        until("seat on the bus", lambda: seat.says("connected"))
        until("agent listens", lambda: "listening to org.sitbone.Seat1" in desktop.agent_log())
        dunst = desktop.start_dunst()
        monitor = desktop.monitor = Monitor(desktop)
        test_life_of_an_alert(desktop, seat, monitor)
        test_snooze(desktop, seat)
        test_done(desktop, seat)
        test_heads_up(desktop, seat, monitor)
        test_stood_briefly(desktop, seat, monitor)
        test_skip(desktop, seat)
        test_workout(desktop, seat, monitor)
        test_do_not_disturb(desktop, seat)
        test_agent_ends_at_once(desktop, seat, dunst)
        test_gone_before_it_has_an_id(desktop, seat, monitor, dunst)
        test_dismissed_during_an_update(desktop, seat, monitor, dunst)
        test_switched_off(desktop, seat, monitor)
        test_refusal_is_shown(desktop, seat)
        test_dismissed_stays_dismissed(desktop, seat)
        test_markup_is_not_markup(desktop, seat, monitor)
        test_server_comes_and_goes(desktop, dunst)
        test_agent_starts_late(desktop)
        test_agent_killed(desktop, seat)
        test_silent_mat(desktop, seat, monitor)
        test_two_seats(desktop, seat, monitor)
        test_examples(desktop)
        test_nobody_there(desktop)
        test_settings(desktop)
        test_daemon_goes_for_good(desktop, seat)
        assert desktop.agent.poll() is None, "the agent ended"
        assert desktop.processes.end(desktop.agent) == 0, desktop.agent_log()
        print("ok")


main()
