#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Another text mat in the place of the first: its number of cells is learnt anew, said in the log, and the bout goes on.
Usage: test_daemon_other_mat.py BUILD_FOLDER"""
import math
import sys
import time

from seat import Bus, Daemon, Mat, need, wait_for

build = sys.argv[1]
need('dbus-daemon')
bus, mat = Bus(), Mat()
daemon = Daemon(build, mat.name, config='[device]\ncols = 4\npitch_x_mm = 100\nmask = 13\n[sitting]\nconfirm_s = 1\n'
                '[occupancy]\nsit_s = 0.2\n').start()


def send(cells, value, seconds, done=lambda: False):
    end = time.monotonic() + seconds
    while time.monotonic() < end and not done():
        lean = 0.2 * math.sin(1.7 * time.monotonic())  # a person is never quite still
        row = [round(value * (1 + (lean if i % 4 < 2 else -lean))) for i in range(cells)]
        mat.write((','.join(map(str, row)) + '\n').encode())
        time.sleep(0.05)


def seated_for():
    return daemon.status()['bout_seated_s'] or 0


try:
    send(16, 0, 3)  # a seat that is empty, not a board that has just begun
    send(16, 0, 20, lambda: daemon.status()['occupancy'] == 'vacant')
    send(16, 600, 20, lambda: daemon.status()['occupancy'] == 'person' and seated_for() > 1)
    before = daemon.status()
    assert before['occupancy'] == 'person' and int(daemon.live()['rows']) == 4, before
    send(20, 600, 20, lambda: int(daemon.live()['rows']) == 5)
    assert int(daemon.live()['rows']) == 5, daemon.live()
    assert 'mat: 20 cells a frame now instead of 16' in daemon.log_text(), daemon.log_text()
    after = {}

    def went_on():
        after.update(daemon.status())
        return (after['occupancy'] == 'person' and (after['bout_seated_s'] or 0) > before['bout_seated_s'] and
                after['seated_since_s'] >= before['seated_since_s'] + 2)

    send(20, 600, 60, went_on)  # who sat there from its first frame is known by moving
    assert went_on(), (before, after)
    print(f"seated for {before['bout_seated_s']} s before and {after['bout_seated_s']} s after, 16 cells and 20")

    # one that the settings do not fit: said once, and nothing else happens
    wrong = '12 cells a frame: mask names a cell that is not there'
    send(12, 600, 20, lambda: wrong in daemon.log_text())
    send(12, 600, 1)
    assert daemon.log_text().count(wrong) == 1, daemon.log_text()
    send(20, 600, 60, lambda: daemon.status()['occupancy'] == 'person')
    assert daemon.status()['occupancy'] == 'person' and daemon.process.poll() is None
finally:
    daemon.stop()
    mat.close()
    bus.stop()
