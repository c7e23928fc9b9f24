#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A sitter who is named in the middle of a sit is recognised in the next ones: the sit of the naming counts."""
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from seat import Bus, Daemon, Pipe, need, wait_for, simulate  # noqa: E402

BUILD = sys.argv[1]
FRAME, RATE, SPEED = 1028, 12, 15  # a build with a sanitizer keeps up, beside other tests too
SIT = '''sitter mass=78 height=178 fidgets=0 shifts=0 resit=2
0:10 sit
+1:00 stand
+2:40 sit
+1:00 stand
+2:40 end
'''
need('dbus-daemon')


def main():
    bus = Bus()
    folder = tempfile.mkdtemp(prefix='sitbone-test-')
    mat = Pipe(folder)
    daemon = Daemon(BUILD, mat.name, 'jq-seat-32', '[seat]\nrecognise = yes\n', ['--speed', str(SPEED)], folder=folder)
    data = simulate(BUILD, 'jq-seat-32', SIT)
    try:
        daemon.start()
        named = (10 + 50) * RATE * FRAME
        mat.play(data[:named], FRAME, RATE * SPEED)
        wait_for('seated', 20, lambda: daemon.status()['bout_seated_s'] > 30)
        subprocess.run([f'{BUILD}/sitbonectl', '--bus', 'session', 'sitter', 'anna'], check=True, capture_output=True)
        assert daemon.status()['sitter'] == 'anna'
        mat.play(data[named:], FRAME, RATE * SPEED)
        wait_for('recognised', 40, lambda: 'sitter: anna (' in daemon.log_text())
    finally:
        daemon.stop()
        mat.close()
        bus.stop()


main()
