#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""kill -9 of the daemon itself at random moments of a day in fast time: sitboned --speed with a simulated sitter on a FIFO. The
totals of its history equal those of a daemon that was not killed, within 2 s for each kill; the database is intact, no
alert has two rows. The mat waits while no daemon runs: the time that a start takes is not part of the day.
Usage: test_history_daemon.py BUILD [KILLS [HOURS [SPEED [SEED]]]]"""
import os
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time

from seat import TOP, Pipe, go_first, simulate

BUILD = sys.argv[1]
KILLS = int(sys.argv[2]) if len(sys.argv) > 2 else 10
HOURS = int(sys.argv[3]) if len(sys.argv) > 3 else 1
SPEED = int(sys.argv[4]) if len(sys.argv) > 4 else 100  # at three times that a stall of 20 ms is six seconds of this day
SEED = int(sys.argv[5]) if len(sys.argv) > 5 else random.randrange(1 << 30)
RATE = 2
# 40 min upright and slouched with 50 s at the printer between, then a break of 14 min
HOUR = '''sitter mass=78 shifts=4
mat imperfection=0.5
1:00 sit
18:00 slouch
25:00 stand
25:50 sit
46:00 stand
60:00 end
'''
SEATED_S = 44 * 60 + 10
LAG_S = 5  # a daemon that is late by more lets time pass slower, and so does the world


class Day:
    """A daemon, its state directory, and a mat that goes on only while the daemon listens."""

    def __init__(self, lines, kills, rng):
        # in memory: a disk that takes a tenth of a second takes a minute of this day
        self.folder = tempfile.mkdtemp(prefix='sitbone-history-', dir='/dev/shm' if os.path.isdir('/dev/shm') else None)
        self.mat, self.lines, self.rng = Pipe(self.folder), lines, rng
        self.kill_at = sorted(rng.uniform(60, HOURS * 3600 - 60) for _ in range(kills))
        with open(f'{self.folder}/conf', 'w') as f:
            f.write(f'[device]\ndevice = {self.mat.name}\nformat = csv-line\nrows = 12\ncols = 12\nstale_ms = 60000\n'
                    f'[bus]\nbus = off\n[alert]\nexercises_file = {TOP}/config/exercises.conf\n'
                    'slouch = no\nasymmetry = no\nstill = no\n')
        self.log = open(f'{self.folder}/log', 'w')
        self.ready = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.ready.bind(f'{self.folder}/notify')
        self.ready.setblocking(False)
        self.notified = []

    def start(self):
        self.daemon = subprocess.Popen([f'{BUILD}/sitboned', '--config', f'{self.folder}/conf', '--state', self.folder,
                                        '--speed', str(SPEED)], stdout=self.log, stderr=self.log,
                                       env=dict(os.environ, NOTIFY_SOCKET=f'{self.folder}/notify'))
        self.notified.clear()
        while not any(b'READY=1' in words for words in self.notified):
            assert self.daemon.poll() is None, 'it ended while it started'
            time.sleep(0.001)
            self.listen()

    def listen(self):
        """Reads what the daemon sends to systemd; a full socket would block it."""
        try:
            while True:
                self.notified.append(self.ready.recv(4096))
        except BlockingIOError:
            pass

    def run(self):
        self.start()
        world, late, before, sent = 0.0, 0.0, time.monotonic(), 0
        while sent < HOURS * 3600 * RATE:
            now = time.monotonic()
            passed = (now - before) * SPEED
            if self.mat.unread() == 0:
                late = 0.0
            else:
                passed = min(passed, max(LAG_S - late, 0))
                late += passed
            world += passed
            before = now
            self.listen()
            if self.kill_at and world > self.kill_at[0]:
                self.kill_at.pop(0)
                self.daemon.kill()
                self.daemon.wait()
                self.listen()
                self.start()
                before = time.monotonic()
            while sent < world * RATE and self.mat.unread() < 3000:
                self.mat.write(self.lines[sent % len(self.lines)])
                sent += 1
            time.sleep(0.5 / RATE / SPEED)
        self.daemon.send_signal(signal.SIGTERM)
        self.ready.close()
        assert self.daemon.wait(timeout=20) == 0, open(f'{self.folder}/log').read()
        self.mat.close()

    def totals(self):
        db = sqlite3.connect(f'{self.folder}/history.db')
        assert db.execute('PRAGMA integrity_check').fetchone()[0] == 'ok'
        one = lambda sql: db.execute(sql).fetchone()[0]
        numbers = [n for n, in db.execute('SELECT number FROM alert')]
        assert len(set(numbers)) == len(numbers), f'an alert is there twice: {numbers}'
        return {'seated': one('SELECT sum(seated_s) FROM bout'), 'hours': one('SELECT sum(seconds) FROM posture'),
                'bouts': one('SELECT count(*) FROM bout'), 'open': one('SELECT count(*) FROM bout WHERE open'),
                'alerts': [tuple(r) for r in db.execute('SELECT kind, outcome FROM alert ORDER BY id')],
                'away': {k: n for k, n in db.execute('SELECT kind, count(*) FROM away GROUP BY 1')}}


def main():
    print('seed', SEED)
    rng = random.Random(SEED)
    data = simulate(BUILD, 'csv-line', HOUR, extra=('--rows', '12', '--cols', '12', '--rate', str(RATE)))
    lines = data.splitlines(keepends=True)
    go_first()
    begun = time.monotonic()
    days = Day(lines, 0, rng), Day(lines, KILLS, rng)
    beside = os.fork()
    days[beside == 0].run()
    if beside == 0:
        os._exit(0)
    assert os.waitpid(beside, 0)[1] == 0
    whole, broken = (d.totals() for d in days)
    print('unbroken', whole)
    print('broken  ', broken)
    print(f'{KILLS} kills in {time.monotonic() - begun:.1f} s; seated {broken["seated"] - whole["seated"]:+.1f} s')
    assert 0.9 < whole['seated'] / (HOURS * SEATED_S) < 1.1, whole  # the machine may be busy
    allowed = 2 * KILLS + LAG_S * 2 * HOURS  # a busy machine blurs both ends of a bout in fast time
    for key in 'seated', 'hours':
        assert abs(broken[key] - whole[key]) <= allowed, (key, broken[key], whole[key])
    assert broken['bouts'] == whole['bouts'] == HOURS
    assert broken['alerts'] == whole['alerts'] and len(whole['alerts']) >= HOURS
    for d in days:
        shutil.rmtree(d.folder)


main()
