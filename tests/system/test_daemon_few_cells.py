#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""One FSR and four on a pty in real time: the daemon reports the sitter within a second, what cannot be known is null, and
status says what the mat measures. Usage: test_daemon_few_cells.py BUILD_FOLDER"""
import os
import subprocess
import sys
import threading
import time

from seat import TOP, Bus, Daemon, Mat, need

sys.path.insert(0, os.path.join(TOP, 'tests', 'simulate'))
from few_cells import Stream  # noqa: E402

build = sys.argv[1]
need('dbus-daemon')
SLACK = 0.5  # of a busy machine
UNKNOWN = ('pelvic_tilt_deg', 'pelvic_tilt_sd_deg', 'pelvic_obliquity_deg', 'sit_bones', 'contact_area_cm2', 'ppi')
CASES = [(1, 'rows = 1\ncols = 1\n', '', 'sitting'),
         (4, 'rows = 2\ncols = 2\n', '[condition]\nresponse = divider\n', 'sitting balance leans taught')]
bus = Bus()


def make_stream(n):
    s = Stream(n, n)
    s.run(3, 0)
    s.sit(8)
    s.stand(4)
    s.sit(4)
    s.stand(3)
    return s


def play(mat, stream, begin):
    for k, line in enumerate(stream.lines):
        time.sleep(max(0, begin + k / stream.rate - time.monotonic()))
        mat.write(line.encode() + b'\n')


for n, size, response, measures in CASES:
    stream, mat = make_stream(n), Mat()
    daemon = Daemon(build, mat.name, config=f'[device]\n{size}{response}').start()
    try:
        begin = time.monotonic() + 0.5
        player = threading.Thread(target=play, args=(mat, stream, begin))
        player.start()
        got, now, seated = [], False, None
        while player.is_alive():
            live = daemon.live()
            if (live.get('Occupancy') == 'person') != now:
                now = not now
                got.append(time.monotonic() - begin)
            if now and not seated and time.monotonic() - begin > stream.truth[0][0] + 6:
                seated = daemon.status(), subprocess.run([f'{build}/sitbonectl', '--bus', 'session', 'status'],
                                                         capture_output=True, text=True).stdout
            time.sleep(0.05)
        player.join()
        wanted = [t for sit in stream.truth for t in sit]
        late = [round(g - w, 2) for g, w in zip(got, wanted)]
        print(f'{n} cells: {len(got)} changes of {len(wanted)}, late by {late} s')
        assert len(got) == len(wanted) and all(-0.2 <= x <= 1 + SLACK for x in late), (got, wanted, daemon.log_text())
        status, text = seated
        assert [status[key] for key in UNKNOWN] == [None] * len(UNKNOWN), status
        assert (status['asymmetry'] is None) == (n == 1), status
        assert ' '.join(status['measures']) == measures, status['measures']
        assert 'sitting and standing' in text, text
    finally:
        daemon.stop()
        mat.close()
bus.stop()
