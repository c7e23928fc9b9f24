#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A mat that comes and goes: a server that sends five lines and hangs up, a pty that vanishes after a second. The daemon tries
less and less often, and the log has few lines. Then the mat stays, and its frames are read.
Usage: test_mat_flaps.py BUILD_FOLDER"""
import os
import pty
import socket
import sys
import tempfile
import threading
import time
import tty

from seat import Bus, Daemon, free_port, need, wait_for

build = sys.argv[1]
need('dbus-daemon')
port = free_port()
bus = Bus()
LINE = (','.join(['7'] * 16) + '\n').encode()
SETTINGS = '[device]\nrows = 4\ncols = 4\n'


def check_flapping(daemon, stop):
    """Lines of the log in 20 s, and what the daemon reports about it."""
    daemon.start()
    time.sleep(20)
    log = daemon.log_text()
    lines = [line for line in log.splitlines() if 'mat: ' in line and 'cells a frame' not in line]
    assert len(lines) <= 5, log
    wait_for('counted', 20, lambda: 'times in a row' in (daemon.status()['mat_trouble'] or ''))
    assert daemon.status()['mat_link'] == 'no_device'
    stop()
    before = daemon.frames()
    wait_for('the mat that stays', 60, lambda: daemon.frames() > before + 50)
    assert daemon.status()['mat_link'] == 'frames'
    daemon.kill(15)


class Server:
    def __init__(self):
        self.listener = socket.create_server(('127.0.0.1', port))
        self.accepted, self.stays = 0, False
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            line, _ = self.listener.accept()
            self.accepted += 1
            line.sendall(LINE * 5)
            try:
                while self.stays:
                    line.sendall(LINE)
                    time.sleep(0.05)
            except OSError:
                pass
            line.close()

    def stay(self):
        self.stays = True


class Plug:
    """A link to a pty that is there for a second, and away for half of one."""

    def __init__(self, folder):
        self.path = os.path.join(folder, 'mat')
        self.stays = False
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            master, slave = pty.openpty()
            tty.setraw(slave)
            os.symlink(os.ttyname(slave), self.path)
            os.close(slave)
            self.send(master)
            os.unlink(self.path)
            os.close(master)
            time.sleep(0.5)

    def send(self, master):
        end = time.monotonic() + 1
        while self.stays or time.monotonic() < end:
            try:
                os.write(master, LINE)
            except OSError:
                pass
            time.sleep(0.05)

    def stay(self):
        self.stays = True


def check_pause():
    """With silence = last the last frame of a mat that pauses holds, and that of a mat that was unplugged does not."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    daemon = Daemon(build, os.ttyname(slave), 'csv-line', SETTINGS + 'silence = last\n')
    daemon.start()
    os.close(slave)
    for _ in range(20):
        os.write(master, LINE)
        time.sleep(0.1)
    wait_for('the pause', 20, lambda: daemon.status()['mat_quiet_s'] > 6)
    status = daemon.status()
    assert (status['occupancy'], status['mat_link'], status['mat_trouble']) == ('vacant', 'frames', None), status
    os.close(master)
    wait_for('unplugged', 5, lambda: daemon.status()['occupancy'] == 'unknown')
    assert daemon.status()['mat_link'] == 'no_device', daemon.status()
    daemon.kill(15)


try:
    check_pause()
    server = Server()
    check_flapping(Daemon(build, f'tcp://127.0.0.1:{port}', 'csv-line', SETTINGS), server.stay)
    assert 5 <= server.accepted <= 12, server.accepted  # 0.25, 0.5, 1, 2 .. 32 s between them
    with tempfile.TemporaryDirectory() as folder:
        plug = Plug(folder)
        wait_for('the plug', 5, lambda: os.path.exists(plug.path))
        check_flapping(Daemon(build, plug.path, 'csv-line', SETTINGS), plug.stay)
finally:
    bus.stop()
