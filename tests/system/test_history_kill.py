#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""kill -9 at random moments of a day: the totals of the history equal those of the unbroken day within 2 s for each kill, no
alert has two rows and the database is intact. Usage: test_history_kill.py BUILD [KILLS [SEED]]"""
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

BUILD = sys.argv[1]
KILLS = int(sys.argv[2]) if len(sys.argv) > 2 else 120
SEED = int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(1 << 30)
DRIVER = f'{BUILD}/tests/system/drive_history'
DAY_S = 9 * 3600


def totals(folder):
    db = sqlite3.connect(f'{folder}/history.db')
    assert db.execute('PRAGMA integrity_check').fetchone()[0] == 'ok'
    one = lambda sql: db.execute(sql).fetchone()[0]
    numbers = [n for n, in db.execute('SELECT number FROM alert')]
    assert len(set(numbers)) == len(numbers), f'an alert is there twice: {numbers}'
    assert one('SELECT count(*) FROM alert WHERE outcome IS NULL') == 0
    assert one('SELECT count(*) FROM bout WHERE open') == 0
    ended = {k: n for k, n in db.execute('SELECT ending, count(*) FROM bout GROUP BY 1')}
    return {'seated': one('SELECT sum(seated_s) FROM bout'),
            'hours': one('SELECT sum(seconds) FROM posture'),
            'slouched': one("SELECT sum(seconds) FROM posture WHERE posture = 'slouched'"),
            'balance': one('SELECT sum(seconds) FROM balance'),
            'bouts': one('SELECT count(*) FROM bout'), 'ended': ended,
            'alerts': len(numbers),
            'outcomes': sorted(o for o, in db.execute('SELECT outcome FROM alert')),
            'away': {k: n for k, n in db.execute('SELECT kind, count(*) FROM away GROUP BY 1')},
            'away_s': one("SELECT sum(until_s - began_s) FROM away WHERE kind = 'break'"),
            'shifts': one('SELECT sum(shifts) FROM balance'),
            'squeezes': one('SELECT sum(repetitions) FROM squeeze'),
            'sessions': one('SELECT count(*) FROM session')}


def day(kills, folder, rng):
    """Returns the number of kills."""
    pace = max(200, int(kills * 40000 / DAY_S)) if kills else 2
    n = 0
    while True:
        process = subprocess.Popen([DRIVER, folder, str(pace), *(['9', 'written'] if kills else [])], stdout=subprocess.PIPE,
                                   text=True)
        try:
            out, _ = process.communicate(timeout=rng.uniform(0.003, 0.06) if n < kills else None)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.communicate()
            n += 1
            continue
        assert process.returncode == 0, process.returncode
        assert out == 'written\n', out
        return n


def main():
    print('seed', SEED)
    rng = random.Random(SEED)
    folders = [tempfile.mkdtemp(prefix='sitbone-history-') for _ in range(2)]
    day(0, folders[0], rng)
    whole = totals(folders[0])
    print('unbroken', whole)
    assert whole['sessions'] == 1
    assert whole['bouts'] == 9 and whole['ended'] == {'break': 9} and whole['alerts'] == 9
    assert abs(whole['seated'] - 9 * 48 * 60) < 2 and abs(whole['hours'] - whole['seated']) < 0.01
    begun = time.monotonic()
    kills = day(KILLS, folders[1], rng)
    broken = totals(folders[1])
    print('broken  ', broken)
    print(f'{kills} kills in {time.monotonic() - begun:.1f} s; seated {broken["seated"] - whole["seated"]:+.1f} s')
    assert kills > KILLS // 2, 'the day was over too soon'
    for key in 'seated', 'hours', 'slouched':
        assert -2 * kills <= broken[key] - whole[key] <= 2, (key, broken[key], whole[key])
    assert abs(broken['hours'] - broken['seated']) < 1, (broken['hours'], broken['seated'])
    # a squeeze in the half second without a daemon is not seen
    assert whole['squeezes'] - 5 <= broken['squeezes'] <= whole['squeezes'] == 45, (broken, whole)
    for key in 'bouts', 'alerts', 'outcomes', 'sessions':
        assert broken[key] == whole[key], (key, broken[key], whole[key])
    assert broken['away']['partial'] == 9 and broken['away'].get('break') == 9, broken['away']
    for folder in folders:
        shutil.rmtree(folder)


main()
