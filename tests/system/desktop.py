"""What the tests of the bus and the agent share: private buses, the driven seat, waiting without sleeping."""
import os
import queue
import shutil
import signal
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
            return process.wait(5)
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
    until("bus socket", lambda: os.path.exists(path))
    return f"unix:path={path}", process


class Seat:
    """drive_bus: the real follow stages and bus outlet, told who sits there."""

    def __init__(self, processes, kind, environment, seat_id="seat", prefix=()):
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

    def tell(self, *lines):
        for line in lines:
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()
            assert self.lines.get(timeout=20) == "ok"
