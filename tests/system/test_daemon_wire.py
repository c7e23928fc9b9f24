#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Wire bytes of two mats, written into a pty at the mat's rate: the daemon decodes every frame and refuses none.
Then the same bytes in random pieces, and with one byte in a hundred damaged. The bytes are sitbone-sim's; with
SITBONE_DATA they are captured ones. Usage: test_daemon_wire.py BUILD_FOLDER"""
import os
import random
import sys
import time

from seat import DATA, Bus, Daemon, Mat, need, simulate, wait_for

build = sys.argv[1]
need('dbus-daemon')
CASES = [('jq-seat-32', 'jq-seat-32.bin', 1028, 120, 12), ('marveldex-v1', 'marveldex-v1.bin', 186, 72, 20)]
SCENARIO = 'mat imperfection=1\n0:01 sit\n0:04 lean left 12\n0:07 stand\n0:08 sit slouch\n0:15 end\n'
bus = Bus()


def wire_bytes(format, file, length):
    if DATA:
        with open(os.path.join(DATA, 'wire', file), 'rb') as f:
            return f.read()
    return simulate(build, format, SCENARIO)[:length]


def counted(daemon):
    live = daemon.live()
    return int(live['frames']), int(live['refused'])


try:
    for format, file, size, frames, rate in CASES:
        data = wire_bytes(format, file, size * frames)
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
