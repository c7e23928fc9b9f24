#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Captured wire bytes of real mats, written into a pty at the mat's rate: the daemon decodes every frame and refuses none.
Then the same bytes in random pieces, and with one byte in a hundred damaged. Usage: test_daemon_wire.py BUILD_FOLDER"""
import os
import random
import sys
import time

from seat import DATA, Bus, Daemon, Mat, need, skip, wait_for

build = sys.argv[1]
need('dbus-daemon')
CASES = [('jq-seat-32', 'jq-seat-32.bin', 1028, 120, 12), ('marveldex-v1', 'marveldex-v1.bin', 186, 72, 20)]
if not os.path.isdir(DATA):
    skip('the recordings are not here (SITBONE_DATA)')
bus = Bus()


def counted(daemon):
    live = daemon.live()
    return int(live['frames']), int(live['refused'])


try:
    for format, file, size, frames, rate in CASES:
        data = open(os.path.join(DATA, 'wire', file), 'rb').read()
        assert len(data) == size * frames
        mat = Mat()
        daemon = Daemon(build, mat.name, format).start()
        try:
            mat.play(data, size, rate)
            wait_for(f'{format}: {frames} frames', 20, lambda: counted(daemon)[0] == frames)
            assert counted(daemon) == (frames, 0), counted(daemon)  # nor any more
            print(f'{format}: {frames} of {frames} frames, none refused')

            before, pieces = counted(daemon)[0], random.Random(1)
            at = 0
            while at < len(data):
                n = pieces.randrange(1, 3 * size)
                mat.write(data[at:at + n])
                at += n
                time.sleep(0.001)
            wait_for(f'{format}: split at random', 20, lambda: counted(daemon) == (before + frames, 0))
            print(f'{format}: split at random, {frames} of {frames} frames')

            before, before_refused = counted(daemon)
            damaged = bytearray(data)
            hit = {pieces.randrange(len(data)) for _ in range(len(data) // 100)}
            for i in hit:
                damaged[i] ^= 1 << pieces.randrange(8)
            mat.play(bytes(damaged), size, 500)
            # a byte inside the cells goes unnoticed where the format has no check; what is lost is lost next to damage
            whole = frames - len({i // size for i in hit})
            wait_for(f'{format}: {whole} frames without damage', 20, lambda: counted(daemon)[0] - before >= whole)
            time.sleep(0.5)
            got, refused = counted(daemon)
            assert daemon.process.poll() is None
            print(f'{format}: 1 % of bytes damaged: {got - before} frames accepted of {frames}, '
                  f'{refused - before_refused} refused, {whole} frames without damage')
        finally:
            daemon.stop()
            mat.close()
finally:
    bus.stop()
