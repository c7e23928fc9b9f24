# SPDX-License-Identifier: MIT
"""The parts that tests of the whole daemon put together: a private message bus, a mat on a pty, the daemon itself."""
import fcntl
import json
import os
import pty
import random
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import time
import tty

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DATA = os.environ.get('SITBONE_DATA')  # a larger set of recordings; without it tests make their own


def skip(why):
    print(f'SKIP: {why}')
    sys.exit(77)


def need(*programs):
    path = os.environ['PATH'] + ':/usr/sbin:/sbin'
    for program in programs:
        if not shutil.which(program, path=path):
            skip(f'{program} is not installed')


def wait_for(what, seconds, condition, every=0.05):
    """The first true value of condition(), or the test fails."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f'not within {seconds} s: {what}')
        time.sleep(every)


def free_port():
    """This test's own to its end, also while nobody listens there: below those that the kernel gives to whoever connects,
    and another test that draws the same number finds its name taken."""
    while True:
        port = random.randrange(20000, 32000)
        name = socket.socket(socket.AF_UNIX)
        try:
            name.bind(f'\0sitbone-test-port-{port}')
            with socket.socket() as s:
                s.bind(('127.0.0.1', port))
        except OSError:
            name.close()
            continue
        port_names.append(name)
        return port


port_names = []


class Bus:
    """A session bus of our own; its address goes into the environment of everything started later."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix='sitbone-bus-')
        self.process = subprocess.Popen(['dbus-daemon', '--session', '--nofork', '--print-address=1',
                                         f'--address=unix:path={self.folder}/bus'],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.address = self.process.stdout.readline().strip()
        os.environ['DBUS_SESSION_BUS_ADDRESS'] = self.address

    def stop(self):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def go_first():
    """In fast time a tenth of a second that other programs take is half a minute: what is started from here on goes before
    them, where that is allowed. It must mostly sleep."""
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    except PermissionError:
        print('no right to go before others: as slow as this machine is busy')


class Mat:
    """The mat's end of a serial line. What nobody reads is lost, as on a wire."""

    def __init__(self):
        self.master, slave = pty.openpty()
        tty.setraw(slave)
        os.set_blocking(self.master, False)
        self.name = os.ttyname(slave)
        self.slave = slave  # held open: the pty outlives a daemon that is killed

    def write(self, data, patience=20.0):
        """All of it, waiting while the line is full."""
        end = time.monotonic() + patience
        while data:
            try:
                data = data[os.write(self.master, data):]
            except BlockingIOError:
                if time.monotonic() > end:
                    raise
                select.select([], [self.master], [], 0.1)

    def play(self, data, frame, rate):
        begin = time.monotonic()
        for i in range(0, len(data), frame):
            self.write(data[i:i + frame])
            time.sleep(max(0, begin + (i // frame + 1) / rate - time.monotonic()))

    def unread(self):
        """Bytes that the daemon has still to read."""
        return struct.unpack('i', fcntl.ioctl(self.slave, termios.FIONREAD, b'\0' * 4))[0]

    def close(self):
        os.close(self.master)
        os.close(self.slave)


class Pipe(Mat):
    """For fast time: a pty hands on by a thread of the kernel, which waits for a processor like everybody."""

    def __init__(self, folder):
        self.name = f'{folder}/mat'
        os.mkfifo(self.name)
        self.master = self.slave = os.open(self.name, os.O_RDWR | os.O_NONBLOCK)

    def close(self):
        os.close(self.master)


class Daemon:
    """sitboned on the session bus with a configuration and a state directory of its own."""

    def __init__(self, build, device, format='csv-line', config='', arguments=(), folder=None, environment=None):
        self.build, self.arguments = build, list(arguments)
        self.folder = folder or tempfile.mkdtemp(prefix='sitbone-test-')
        self.config = os.path.join(self.folder, 'sitbone.conf')
        self.state = os.path.join(self.folder, 'state')
        os.makedirs(self.state, exist_ok=True)
        self.environment = dict(os.environ, **(environment or {}))
        self.write_config(f'[seat]\nid = test\n[device]\ndevice = {device}\nformat = {format}\n[bus]\nbus = session\n'
                          f'[alert]\nexercises_file = {TOP}/config/exercises.conf\n' + config)
        self.process = None

    def write_config(self, text):
        """Sections may come twice in text; the file has each once."""
        sections, name = {}, ''
        for line in text.splitlines():
            if line.startswith('['):
                name = line.strip()
            elif line.strip():
                sections.setdefault(name, []).append(line)
        with open(self.config, 'w') as f:
            for name, lines in sections.items():
                f.write('\n'.join([name, *lines, '']))

    def start(self):
        self.log = open(os.path.join(self.folder, 'log'), 'a')
        self.process = subprocess.Popen([f'{self.build}/sitboned', '--config', self.config, '--state', self.state,
                                         *self.arguments], stderr=self.log, stdout=self.log, env=self.environment)
        self.status()
        return self

    def status(self):
        """What `sitbonectl status --json` says; a machine that stalls may take longer than that waits."""
        return wait_for('the daemon answers', 20, self.status_now)

    def status_now(self):
        """None when it does not answer."""
        r = subprocess.run([f'{self.build}/sitbonectl', '--bus', 'session', 'status', '--json'], capture_output=True,
                           text=True)
        return json.loads(r.stdout) if r.returncode == 0 else None

    def live(self):
        """GetLive as a dictionary of plain values."""
        import dbus
        proxy = dbus.bus.BusConnection(os.environ['DBUS_SESSION_BUS_ADDRESS']).get_object(
            'org.sitbone.Seat1.test', '/org/sitbone/Seat1')
        return dict(proxy.GetLive(dbus_interface='org.sitbone.Seat1'))

    def frames(self):
        """Frames so far; GetLive counts none before the daemon's first tick."""
        return int(self.live().get('frames', 0))

    def kill(self, number=signal.SIGKILL):
        self.process.send_signal(number)
        status = self.process.wait(timeout=20)
        return status

    def log_text(self):
        return open(os.path.join(self.folder, 'log')).read()

    def stop(self):
        if self.process and self.process.poll() is None:
            status = self.kill(signal.SIGTERM)
            assert status == 0, f'sitboned ended with {status}:\n{self.log_text()}'  # also what a sanitizer reports
        shutil.rmtree(self.folder, ignore_errors=True)


def simulate(build, format, scenario, seed=1, extra=()):
    """Wire bytes of a scenario given as text."""
    with tempfile.TemporaryDirectory(prefix='sitbone-sim-') as d:
        with open(f'{d}/x.scenario', 'w') as f:
            f.write(scenario)
        subprocess.run([f'{build}/sitbone-sim', '--format', format, '--scenario', f'{d}/x.scenario', '--output',
                        f'{d}/bytes', '--seed', str(seed), *extra], check=True, stdout=subprocess.DEVNULL)
        return open(f'{d}/bytes', 'rb').read()
