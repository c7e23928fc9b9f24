#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""[realtime] as root: the decision thread is SCHED_FIFO and no other, memory is locked, and what the loop measured of itself
arrives in diag. Without the right to it: said, and it goes on. Usage: test_realtime.py BUILD_FOLDER"""
import json
import os
import resource
import sys
import time
import tempfile

from broker import Broker, Listener
from seat import Bus, Daemon, Mat, need, simulate, skip, wait_for

build = os.path.abspath(sys.argv[1])
need('dbus-daemon', 'mosquitto', 'setpriv')
if os.geteuid() != 0:
    skip('needs root')
FRAME, RATE, LOCKED_MOST_KB = 1028, 100, 24 * 1024
sanitized = any(mark in open(f'{build}/sitboned', 'rb').read() for mark in (b'__asan_init', b'__tsan_init'))
data = simulate(build, 'jq-seat-32', '0:00 sit\n+0:03 end\n', extra=('--rate', str(RATE)))


def locked_kb(pid):
    return next(int(line.split()[1]) for line in open(f'/proc/{pid}/status') if line.startswith('VmLck:'))


def policies(pid):
    return {int(t): os.sched_getscheduler(int(t)) & ~os.SCHED_RESET_ON_FORK for t in os.listdir(f'/proc/{pid}/task')}


def test_granted(folder, mat):
    with Broker(folder) as broker, Listener(broker) as listener:
        broker.freeze()  # until the loop has something to say
        daemon = Daemon(build, mat.name, 'jq-seat-32', '[realtime]\nlock_memory = yes\npriority = 10\n'
                        f'[mqtt]\nenabled = yes\nhost = 127.0.0.1\nport = {broker.port}\n').start()
        try:
            pid = daemon.process.pid
            of = policies(pid)
            assert of.pop(pid) == os.SCHED_FIFO and os.sched_getparam(pid).sched_priority == 10
            assert len(of) >= 2 and set(of.values()) == {os.SCHED_OTHER}, of
            if not sanitized:  # mlockall does nothing there
                assert 1024 < locked_kb(pid) < LOCKED_MOST_KB, locked_kb(pid)
            mat.play(data, FRAME, RATE)
            wait_for('the last frame', 20, lambda: daemon.frames() >= len(data) // FRAME - 1)
            time.sleep(1.5)  # the loop reports once a second
            broker.thaw()
            topic = 'sitbone/test/diag'
            wait_for('diag', 20, lambda: listener.last(topic))
            diag = json.loads(listener.text(topic))
            assert 0 < diag['decide_p99_us'] <= diag['decide_worst_us'] < 1e6, diag
            assert diag['frames'] >= len(data) // FRAME - 1 and diag['frames_bad'] == 0, diag
            assert diag['deadlines_missed'] <= 2 and diag['frame_rate_hz'] > 0, diag
            print(f'locked {locked_kb(pid)} kB; a turn of the loop takes {diag["decide_p99_us"]} us (p99), '
                  f'{diag["decide_worst_us"]} us at worst')
        finally:
            daemon.stop()


def test_refused(folder, mat):
    """A sitboned that lacks the capabilities and the limits."""
    os.symlink(f'{build}/sitbonectl', f'{folder}/sitbonectl')
    with open(f'{folder}/sitboned', 'w') as f:
        f.write(f'#!/bin/sh\nulimit -l 64\nexec setpriv --bounding-set=-sys_nice,-ipc_lock --inh-caps=-sys_nice,-ipc_lock '
                f'{build}/sitboned "$@"\n')
    os.chmod(f'{folder}/sitboned', 0o755)
    assert resource.getrlimit(resource.RLIMIT_RTPRIO)[0] == 0
    daemon = Daemon(folder, mat.name, 'jq-seat-32', '[realtime]\nlock_memory = yes\npriority = 10\n').start()
    try:
        assert set(policies(daemon.process.pid).values()) == {os.SCHED_OTHER}
        log = daemon.log_text()
        assert 'realtime: priority 10' in log and 'LimitRTPRIO' in log, log
        assert sanitized or ('realtime: lock_memory' in log and 'LimitMEMLOCK' in log), log
        assert daemon.status()
    finally:
        daemon.stop()


bus, mat = Bus(), Mat()
try:
    with tempfile.TemporaryDirectory(prefix='sitbone-realtime-') as folder:
        test_granted(folder, mat)
        test_refused(folder, mat)
finally:
    mat.close()
    bus.stop()
