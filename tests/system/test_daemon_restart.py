#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""kill -9 in the middle of a bout, and start again: the bout goes on and at most two seconds are lost. A clean stop and start
too. A wall clock that steps by an hour changes no duration. Usage: test_daemon_restart.py BUILD_FOLDER"""
import os
import signal
import sys
import tempfile
import threading
import time

from seat import Bus, Daemon, Mat, need, simulate, wait_for

build = sys.argv[1]
need('dbus-daemon')
FRAME, RATE = 1028, 12
data = simulate(build, 'jq-seat-32', 'sitter mass=78 fidgets=0 shifts=0\nmat imperfection=1\n0:04 sit\n+2:00 end\n')
bus, mat = Bus(), Mat()
shim = os.path.join(build, 'tests', 'libshim_clock.so')
offset = f'/tmp/sitbone-clock-{os.getpid()}'
open(offset, 'w').write('0')
environment = {'LD_PRELOAD': shim, 'CLOCK_OFFSET': offset} if os.path.exists(shim) else {}
# what a busy machine takes for itself is no silence of the mat, and in memory no disk is slow
daemon = Daemon(build, mat.name, 'jq-seat-32', '[device]\nstale_ms = 20000\n', environment=environment,
                folder=tempfile.mkdtemp(prefix='sitbone-test-', dir='/dev/shm' if os.path.isdir('/dev/shm') else None))
stop = threading.Event()


def feed():
    """The mat goes on whatever the daemon does; an unread line loses bytes."""
    begin = time.monotonic()
    i = 0
    while not stop.is_set():
        frame = data[i * FRAME:(i + 1) * FRAME]
        try:
            os.write(mat.master, frame)
        except BlockingIOError:
            pass
        i = min(i + 1, len(data) // FRAME - 1)
        time.sleep(max(0, begin + (i + 1) / RATE - time.monotonic()) if i < len(data) // FRAME - 1 else 1 / RATE)


def seated():
    return (daemon.status_now() or {}).get('bout_seated_s') or 0


def asked():
    """Not before, seconds seated, not after."""
    return time.monotonic(), seated(), time.monotonic()


def grows_as_time_passes(one, other):
    """To the whole second, and as far as it is known when the answer was given."""
    grown, least, most = other[1] - one[1], other[0] - one[2], other[2] - one[0]
    print(f'clock stepped by an hour: {grown} s seated in {least:.1f} to {most:.1f} s')
    assert least - 1.5 <= grown <= most + 1.5


thread = threading.Thread(target=feed)
try:
    daemon.start()
    thread.start()
    wait_for('a bout of 12 s', 40, lambda: seated() >= 12, 0.2)

    for number in (signal.SIGKILL, signal.SIGTERM):
        begin = time.monotonic()
        before = seated()
        daemon.kill(number)
        daemon.start()
        after = wait_for('the bout goes on', 20, seated, 0.05)
        down = time.monotonic() - begin
        lost = before - after
        print(f'signal {int(number)}: seated {before} s before, {after} s after, down {down:.1f} s')
        assert lost <= 2, (before, after)
        assert after <= before + down + 1, 'a restart invents no sitting'
        later = seated()
        wait_for('and is counted on', 20, lambda: seated() >= later + 2, 0.2)

    if environment:
        first = asked()
        open(offset, 'w').write('3600')
        time.sleep(3)
        grows_as_time_passes(first, asked())
        open(offset, 'w').write('-3600')
        time.sleep(2)
        grows_as_time_passes(first, asked())
    elif os.path.isdir(os.path.join(build, 'tests')):
        raise AssertionError('libshim_clock.so was not built')
finally:
    stop.set()
    if thread.ident:
        thread.join()
    daemon.stop()
    mat.close()
    bus.stop()
    os.unlink(offset)
