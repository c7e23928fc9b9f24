#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A mat behind tcp:// that comes and goes: its frames arrive each time it is there, its absence is said once and not every few
seconds, and no descriptor is left behind. Usage: test_daemon_tcp.py BUILD_FOLDER"""
import os
import socket
import sys
import time

from seat import Bus, Daemon, free_port, need, wait_for

build = sys.argv[1]
need('dbus-daemon')
port = free_port()
bus = Bus()
daemon = Daemon(build, f'tcp://127.0.0.1:{port}', 'csv-line', '[device]\nrows = 4\ncols = 4\n', ['--debug'])


def tries():
    return daemon.log_text().count('Connection refused')


def tries_again(times):
    before = tries()
    wait_for('the next tries', 20, lambda: tries() >= before + times)


def descriptors():
    """Between two tries: each has one for a moment."""
    counts = []
    while len(counts) < 5 or len(set(counts[-5:])) > 1:
        counts.append(len(os.listdir(f'/proc/{daemon.process.pid}/fd')))
        time.sleep(0.02)
    return counts[-1]


def trouble():
    return daemon.status()['mat_trouble'] or ''


def accept():
    """The mat is there; the first who asks."""
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(('127.0.0.1', port))
        server.listen()
        server.settimeout(20)
        return server.accept()[0]


def serve(lines):
    """It sends so many lines, and is gone again."""
    with accept() as line:
        before = daemon.frames()
        line.sendall((','.join(['7'] * 16) + '\n').encode() * (lines + 1))  # the first one may be cut: it does not count
        wait_for('its frames', 20, lambda: daemon.frames() == before + lines)


try:
    daemon.start()
    tries_again(3)
    serve(5)
    tries_again(2)
    left = descriptors()
    serve(5)
    tries_again(2)
    assert descriptors() == left, (left, descriptors())

    # why no frames come is said, and in the journal once
    wait_for('the reason', 20, lambda: f'127.0.0.1:{port}: Connection refused' in trouble())
    with accept() as line:
        wait_for('open, and silent', 20, lambda: 'sends nothing' in trouble())
        # one line proves nothing: it may be cut, or a greeting
        line.sendall(b'what is this?\n')
        wait_for('no whole frame', 20, lambda: 'sends no whole frame yet' in trouble())
        wait_for('waited', 20, lambda: daemon.status()['mat_quiet_s'] > 7)
        assert daemon.status()['mat_link'] == 'waiting' and 'baud' not in daemon.log_text(), (trouble(), daemon.log_text())
        wait_for('no frame', 20, lambda: line.sendall(b'what is this?\n') or 'no frame of csv-line' in trouble())
        assert daemon.status()['mat_link'] == 'no_frames'
        wait_for('said', 20, lambda: 'no frame of csv-line' in daemon.log_text())
        line.sendall((','.join(['7'] * 16) + '\n').encode() * 3)
        wait_for('frames', 20, lambda: not trouble())
        assert daemon.status()['mat_link'] == 'frames'
        wait_for('silent again', 20, lambda: 'has stopped sending' in trouble())
        assert daemon.status()['mat_link'] == 'silent'
    assert daemon.log_text().count('no frame of csv-line') == 1, daemon.log_text()

    # in the journal of every day: once, not at every try
    daemon.kill(15)
    os.truncate(daemon.log.name, 0)
    daemon.arguments.remove('--debug')
    daemon.start()
    wait_for('the first try', 20, tries)
    time.sleep(2)  # the next ones come 0.25, 0.5 and 1 s later
    assert tries() == 1, daemon.log_text()
finally:
    daemon.stop()
    bus.stop()
