# SPDX-License-Identifier: MIT
"""What the tests of the bus and the agent share: private buses, the driven seat, waiting without sleeping."""
import os
import queue
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

BUILD = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else "build/default")
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def skip_unless(*programs):
    for program in programs:
        if not shutil.which(program) and not os.access(program, os.X_OK):
            print(f"SKIP: {program} is not there")
            sys.exit(77)


def until(what, condition, seconds=20):
    """Waits for condition() to be true and returns it; the test fails with `what` when it never is."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"never: {what}")


class Processes:
    """Ends what it started, newest first, and removes its directory."""

    def __init__(self):
        self.all = []
        self.directory = tempfile.mkdtemp(prefix="sitbone-test-")

    def start(self, *argv, **keywords):
        process = subprocess.Popen(argv, **keywords)
        self.all.append(process)
        return process

    def end(self, process, how=signal.SIGTERM):
        process.send_signal(how)
        try:
            return process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"{process.args[0]} did not end")
        finally:
            self.all.remove(process)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in reversed(self.all):
            process.kill()
            process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)


BUS_CONFIG = """<busconfig><type>{type}</type><listen>unix:path={path}</listen><auth>EXTERNAL</auth>{policy}</busconfig>"""
OPEN_POLICY = """<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>
<allow own="*"/></policy>"""
# What matters of Debian's system.conf: nothing may be called or owned unless a policy file says so.
SYSTEM_POLICY = """<policy context="default"><allow user="*"/><deny own="*"/><deny send_type="method_call"/>
<allow send_type="signal"/><allow send_requested_reply="true" send_type="method_return"/>
<allow send_requested_reply="true" send_type="error"/><allow receive_type="method_call"/>
<allow receive_type="method_return"/><allow receive_type="error"/><allow receive_type="signal"/>
<allow send_destination="org.freedesktop.DBus"/></policy><include>{root}/config/org.sitbone.Seat1.conf</include>"""


def answers(path):
    """Whether somebody listens on this socket: it is there a moment before that."""
    with socket.socket(socket.AF_UNIX) as s:
        return s.connect_ex(path) == 0


def start_bus(processes, kind):
    """A private bus; returns its address and the process."""
    path = f"{processes.directory}/{kind}-bus"
    config = f"{path}.conf"
    policy = SYSTEM_POLICY.format(root=ROOT) if kind == "system" else OPEN_POLICY
    with open(config, "w", encoding="ascii") as file:
        file.write(BUS_CONFIG.format(type=kind, path=path, policy=policy))
    if os.path.exists(path):
        os.unlink(path)
    process = processes.start("dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile",
                              stderr=subprocess.DEVNULL)
    until("bus socket", lambda: answers(path))
    return f"unix:path={path}", process


class Seat:
    """drive_bus: the real follow stages and bus outlet, told who sits there."""

    def __init__(self, processes, kind, environment, seat_id="seat", prefix=()):
        self.processes = processes
        self.lines = queue.Queue()
        self.log = []
        self.commands = []
        self.process = processes.start(*prefix, f"{BUILD}/tests/system/drive_bus", kind, seat_id, env=environment,
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        threading.Thread(target=self._read, daemon=True).start()
        threading.Thread(target=self._read_log, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            if line.startswith("command "):
                self.commands.append(line.split()[1:])
            else:
                self.lines.put(line.strip())

    def _read_log(self):
        for line in self.process.stderr:
            self.log.append(line.strip())

    def says(self, text):
        return any(text in line for line in self.log)

    def leave(self):
        """Ends it in good order and returns the seconds that it took."""
        began = time.monotonic()
        self.process.stdin.close()
        assert self.process.wait(20) == 0, self.log
        self.processes.all.remove(self.process)
        return time.monotonic() - began

    def tell(self, *lines):
        for line in lines:
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()
            assert self.lines.get(timeout=60) == "ok"


DUNSTRC = """[global]
width = (0, 520)
origin = top-left
offset = 10x10
font = DejaVu Sans 11
markup = full
format = "<b>%s</b>\\n%b"
idle_threshold = 0
dmenu = {picker}
[urgency_low]
timeout = 2
[urgency_normal]
timeout = 0
"""


PROGRAMS = ("dunst", "dunstctl", "Xvfb", "dbus-daemon",
            *(f"{BUILD}/{name}" for name in ("sitboned", "sitbonectl", "sitbone-sim", "sitbone-agent")))
# A minute of the scenario is a second and a half.
SPEED = "40"
SCENARIO = """sitter mass=78 height=178 fidgets=0 shifts=0
mat imperfection=1
"""
# At this speed the usual two seconds of silence are a twentieth of one, which a busy machine takes for itself.
CONFIG = """[seat]
id = test
[device]
device = {directory}/mat
format = jq-seat-32
stale_ms = 60000
[bus]
bus = session
[alert]
slouch = no
asymmetry = no
still = no
exercises_file = {root}/config/exercises.conf
"""


def write(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
    return path


class Desktop:
    """A screen and a session bus; dunst and sitbone-agent when they are started."""

    def __init__(self, processes):
        self.processes = processes
        self.environment = dict(os.environ, HOME=processes.directory, XDG_CONFIG_HOME=processes.directory)
        for name in ("DBUS_SYSTEM_BUS_ADDRESS", "XDG_SESSION_ID", "WAYLAND_DISPLAY"):
            self.environment.pop(name, None)
        self.address, self.bus = start_bus(processes, "session")
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = self.address
        self.environment["DISPLAY"] = ":" + until("a screen", self._start_screen)
        self.picker = f"{processes.directory}/picker"
        with open(f"{processes.directory}/dunstrc", "w", encoding="ascii") as file:
            file.write(DUNSTRC.format(picker=self.picker))

    def _start_screen(self):
        """Its number; none when the number it took was still another test's that was just ending."""
        read, write = os.pipe()
        self.processes.start("Xvfb", "-displayfd", str(write), "-screen", "0", "560x240x24", pass_fds=[write],
                             stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as file:
            return file.readline().strip()

    def start_dunst(self):
        process = self.processes.start("dunst", "-conf", f"{self.processes.directory}/dunstrc", env=self.environment,
                                       stderr=subprocess.DEVNULL)
        until("dunst on the bus", lambda: self.ctl("count", "displayed") is not None)
        return process

    def start_agent(self, *options):
        log = open(f"{self.processes.directory}/agent.log", "a", encoding="utf-8")
        return self.processes.start(f"{BUILD}/sitbone-agent", *options, env=self.environment, stderr=log)

    def start_mat(self, scenario):
        """The virtual sitter on a pty."""
        here = self.processes.directory
        self.processes.start(f"{BUILD}/sitbone-sim", "--format", "jq-seat-32", "--scenario",
                             write(f"{here}/x.scenario", SCENARIO + scenario), "--link", f"{here}/mat", "--speed", SPEED,
                             stdout=subprocess.DEVNULL)
        until("the virtual mat", lambda: os.path.exists(f"{here}/mat"))

    def start_daemon(self, settings, environment=None):
        """The daemon that reads that mat; settings: the rest of the section [alert], and more."""
        here = self.processes.directory
        config = write(f"{here}/sitbone.conf", CONFIG.format(directory=here, root=ROOT) + settings)
        with open(f"{here}/daemon.log", "a", encoding="utf-8") as log:
            return self.processes.start(f"{BUILD}/sitboned", "--config", config, "--state", here, "--speed", SPEED,
                                        env=environment or self.environment, stderr=log)

    def agent_log(self):
        with open(f"{self.processes.directory}/agent.log", encoding="utf-8") as file:
            return file.read()

    def ctl(self, *words):
        done = subprocess.run(["dunstctl", *words], env=self.environment, capture_output=True, text=True, check=False)
        return done.stdout.strip() if done.returncode == 0 else None

    def shown(self):
        return int(self.ctl("count", "displayed") or 0)

    def press(self, label):
        """Opens dunst's menu of actions and takes the line with this label, as a person does."""
        with open(self.picker, "w", encoding="ascii") as file:
            file.write(f"#!/bin/sh\ngrep -m1 -- '{label}'\n")
        os.chmod(self.picker, 0o755)
        self.ctl("context")

    def photograph(self, name):
        directory = os.environ.get("SITBONE_SCREENSHOTS")
        if directory:
            time.sleep(0.5)  # let it be drawn
            subprocess.run(["import", "-window", "root", f"{directory}/{name}.png"], env=self.environment, check=False)
