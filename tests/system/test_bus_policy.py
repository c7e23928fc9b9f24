#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The system bus with the installed policy: programs that may own the name, callers that may use it, and desktops that are notified.

Runs in a mount namespace of its own, with a user sitboned and with logind's state files written by the test."""
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desktop import BUILD, Desktop, Processes, Seat, skip_unless, start_bus, until  # noqa: E402

NOBODY, SITBONED = 65534, 64990
NAME, PATH = "org.sitbone.Seat1", "/org/sitbone/Seat1"


def enter_namespace():
    if os.geteuid() != 0:
        print("SKIP: needs root for a mount namespace")
        sys.exit(77)
    if os.environ.get("SITBONE_TEST_NAMESPACE") != "1":
        if subprocess.run(["unshare", "--mount", "true"], check=False, capture_output=True).returncode != 0:
            print("SKIP: no mount namespaces here")
            sys.exit(77)
        os.environ["SITBONE_TEST_NAMESPACE"] = "1"
        os.execvp("unshare", ["unshare", "--mount", "--propagation", "private", sys.executable, *sys.argv])


def prepare_namespace(directory):
    passwd = f"{directory}/passwd"
    with open("/etc/passwd", encoding="utf-8") as old, open(passwd, "w", encoding="utf-8") as new:
        new.write("".join(line for line in old if not line.startswith("sitboned:")))
        new.write(f"sitboned:x:{SITBONED}:{SITBONED}::/:/usr/sbin/nologin\n")
    os.chmod(passwd, 0o644)
    subprocess.run(["mount", "--bind", passwd, "/etc/passwd"], check=True)
    os.makedirs("/run/systemd", exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/run/systemd"], check=True)
    for name in ("users", "sessions", "seats", "machines"):
        os.makedirs(f"/run/systemd/{name}")


def logind_says(uid, active, remote):
    """The files of /run/systemd that sd-login reads, as logind writes them: to a new file, then renamed."""
    session = f"c{uid}"
    files = {
        f"users/{uid}": f"NAME=x\nSTATE=active\nDISPLAY={session}\nSESSIONS={session}\n"
                        f"ACTIVE_SESSIONS={session if active else ''}\n",
        f"sessions/{session}": f"UID={uid}\nUSER=x\nACTIVE={active:d}\nSTATE={'active' if active else 'online'}\n"
                               f"REMOTE={remote:d}\nTYPE=x11\nCLASS=user\n",
    }
    for name, text in files.items():
        with open("/run/systemd/.new", "w", encoding="ascii") as file:
            file.write(text)
        os.chmod("/run/systemd/.new", 0o644)
        os.rename("/run/systemd/.new", f"/run/systemd/{name}")


def as_user(uid):
    return ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups"]


class System:
    def __init__(self, processes):
        self.processes = processes
        os.chmod(processes.directory, 0o755)
        self.address, _ = start_bus(processes, "system")
        self.environment = dict(os.environ, DBUS_SYSTEM_BUS_ADDRESS=self.address)

    def call(self, uid, member, *arguments, path=PATH, interface=NAME):
        """'' when it worked, otherwise the error."""
        done = subprocess.run([*as_user(uid), "dbus-send", f"--bus={self.address}", "--print-reply", f"--dest={NAME}",
                               path, f"{interface}.{member}", *arguments],
                              capture_output=True, text=True, check=False, timeout=30)
        return "" if done.returncode == 0 else done.stderr.strip() or "failed"


def test_who_may_be_a_seat(system):
    impostor = Seat(system.processes, "system", system.environment, prefix=as_user(NOBODY))
    until("impostor refused", lambda: impostor.says("not allowed to own"))
    impostor.leave()
    for seat_id in ("seat", "kitchen"):
        seat = Seat(system.processes, "system", system.environment, seat_id, prefix=as_user(SITBONED))
        until("the daemon's user may", lambda: seat.says("connected"))
        if seat_id == "kitchen":
            done = subprocess.run([*as_user(0), "busctl", "--system", "get-property", f"{NAME}.kitchen", PATH, NAME,
                                   "SeatId"], env=system.environment, capture_output=True, text=True, check=False)
            assert done.stdout == 's "kitchen"\n', done
            seat.leave()
        else:
            kept = seat
    return kept


def test_authorisation(system):
    denied = "Only root, the daemon's own user"
    for uid in (0, SITBONED):
        assert system.call(uid, "GetLive") == ""
        assert "No alert is open" in system.call(uid, "Done")
    for words in (["GetLive"], ["Done"], ["Snooze", "uint32:5"], ["Tare"], ["GetWhy"],
                  ["Hold", "boolean:true", "string:desktop"], ["Calibrate", "string:upright"]):
        said = system.call(NOBODY, *words)
        assert denied in said, (words, said)
    done = subprocess.run([*as_user(NOBODY), f"{BUILD}/sitbonectl", "--bus", "system", "status"], env=system.environment,
                          capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "only root and users with an active local session" in done.stderr, done
    assert system.call(NOBODY, "Get", f"string:{NAME}", "string:Occupancy",
                       interface="org.freedesktop.DBus.Properties") == ""
    logind_says(NOBODY, active=True, remote=True)
    assert denied in system.call(NOBODY, "GetLive"), "a remote session is not the one on the seat"
    logind_says(NOBODY, active=False, remote=False)
    assert denied in system.call(NOBODY, "GetLive"), "somebody else is at the screen"
    logind_says(NOBODY, active=True, remote=False)
    assert system.call(NOBODY, "GetLive") == ""
    assert "No alert is open" in system.call(NOBODY, "Done")
    assert system.call(NOBODY, "Ping", path="/", interface="org.freedesktop.DBus.Peer") == ""
    assert system.call(NOBODY, "Done", path="/other") != ""


def test_whose_desktop(system, seat):
    """The agent of an inactive session waits; a signal from a program that is no seat shows nothing."""
    desktop = Desktop(system.processes)
    desktop.environment["DBUS_SYSTEM_BUS_ADDRESS"] = system.address
    desktop.start_dunst()
    logind_says(0, active=False, remote=False)
    agent = desktop.start_agent()
    until("agent listens", lambda: "listening to" in desktop.agent_log())
    seat.tell("person", "skip 1810")
    time.sleep(0.5)
    assert desktop.shown() == 0
    logind_says(0, active=True, remote=False)
    until("shown when the session is active", lambda: desktop.shown() == 1)
    seat.tell("vacant", "skip 5")
    until("gone", lambda: desktop.shown() == 0)
    subprocess.run([*as_user(NOBODY), "busctl", "--system", "emit", PATH, NAME, "AlertRaised", "ssa{sv}", "7",
                    "activate", "1", "title", "s", "Phishing"], env=system.environment, check=True, timeout=30)
    time.sleep(0.5)
    assert desktop.shown() == 0, "a stranger's signal was shown"
    assert agent.poll() is None


def test_an_answer_that_cannot_be_given(system, seat):
    """Text that a bus refuses is reported at once, also to a caller whose uid the bus had to look up first."""
    seat.process.stdin.buffer.write(b"exercise \xff\n")
    seat.tell("person", "skip 1810")
    assert seat.lines.get(timeout=60) == "ok"
    for member in "GetLive", "GetWhy":
        said = system.call(0, member)
        assert said and "NoReply" not in said, said


def main():
    skip_unless("dbus-daemon", "busctl", "dbus-send", "setpriv", "unshare", f"{BUILD}/tests/system/drive_bus")
    enter_namespace()
    with Processes() as processes:
        prepare_namespace(processes.directory)
        system = System(processes)
        seat = test_who_may_be_a_seat(system)
        test_authorisation(system)
        skip_unless("dunst", "dunstctl", "Xvfb", f"{BUILD}/sitbone-agent")
        test_whose_desktop(system, seat)
        test_an_answer_that_cannot_be_given(system, seat)
        print("ok")


main()
