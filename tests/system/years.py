# SPDX-License-Identifier: MIT
"""Makes up a history of a given number of days as the daemon would have written it, for tests of its readers."""
import calendar
import json
import random
import sqlite3
import subprocess
import tempfile
import shutil
import time


def make(build, path, days, seed=1, last=None):
    """The last of the days is that of `last` (a time; now), in local time."""
    folder = tempfile.mkdtemp(prefix='sitbone-years-')
    subprocess.run([f'{build}/tests/system/drive_history', folder, '0', '1'], check=True, stdout=subprocess.DEVNULL)
    shutil.move(f'{folder}/history.db', path)
    shutil.rmtree(folder)
    rng = random.Random(seed)
    db = sqlite3.connect(path, isolation_level=None)
    db.execute('BEGIN')
    for table in 'bout', 'away', 'alert', 'posture', 'balance':
        db.execute(f'DELETE FROM {table}')
    end = time.localtime(last or time.time())
    number = alert = 0
    for back in range(days - 1, -1, -1):
        midnight = int(time.mktime((end.tm_year, end.tm_mon, end.tm_mday - back, 0, 0, 0, 0, 0, -1)))
        if time.localtime(midnight).tm_wday >= 5 and rng.random() < 0.85:
            continue
        offset = (calendar.timegm(time.localtime(midnight + 43200)) - midnight - 43200) // 60
        t, hours, balance = midnight + int(rng.gauss(8.6, 0.4) * 3600), {}, {}
        while t < midnight + rng.gauss(17.2, 0.5) * 3600:
            number += 1
            minutes = min(max(rng.gauss(38, 17), 3), 110)
            began, seated, slump = t, 0.0, None
            until = began + int(minutes * 60)
            slump_at = max(rng.gauss(19 - (began - midnight) / 3600 * 0.5, 6), 2) * 60
            while t < until:
                if rng.random() < 0.008:
                    away = rng.choice([12, 20, 45, 70, 100])
                    db.execute('INSERT INTO away(began_s, until_s, offset_min, kind) VALUES(?,?,?,?)',
                               (t, t + away, offset, 'partial' if away >= 30 else 'interruption'))
                    t, until = t + away, until + away
                kind = ('upright' if t - began < slump_at and rng.random() < 0.85 else
                        rng.choices(['slouched', 'upright', 'leaning_left', 'leaning_right', 'leaning_forward', 'unknown',
                                     'arched', 'perched'], [55, 15, 9, 5, 6, 6, 3, 1])[0])
                if kind == 'slouched' and slump is None:
                    slump = seated
                hour = t - (t - midnight) % 3600
                hours[hour, kind] = hours.get((hour, kind), 0) + 60
                b = balance.setdefault(hour, [0, 0, 0])
                b[0] += 60
                b[1] += 60 * rng.gauss(0.045 if (hour - midnight) < 43200 else 0.09, 0.1)
                b[2] += rng.random() < 0.35
                seated += 60
                t += 60
            db.execute('INSERT INTO bout(number, began_s, until_s, offset_min, open, ending, seated_s, in_posture, shifts, '
                       'slump_s) VALUES(?,?,?,?,0,?,?,?,?,?)', (number, began, t, offset, 'break', seated, '{}', 9, slump))
            gap = int(rng.choice([3, 5, 6, 8, 12, 18, 45]) * 60)
            db.execute('INSERT INTO away(began_s, until_s, offset_min, kind) VALUES(?,?,?,?)', (t, t + gap, offset, 'break'))
            if t - began > 1800:
                alert += 1
                worked = rng.random() < 0.35 + 0.35 * ((began - midnight) < 46800)
                outcome = rng.choice(['stood', 'stood', 'done', 'stood', 'partial']) if worked else rng.choice(
                    ['ignored', 'ignored', 'snoozed', 'skipped'])
                latency = rng.uniform(20, 600) if outcome != 'ignored' else None
                db.execute('INSERT INTO alert(number, kind, raised_s, offset_min, closed_s, outcome, latency_s, seated_s, '
                           'exercise) VALUES(?,?,?,?,?,?,?,?,?)',
                           (alert, 'activate', began + 1800, offset, t + 120, outcome, latency, 1800,
                            rng.choice(['standing-glute-contraction', 'hip-hinge-deadlift', 'step-up', 'squat'])))
            if slump is not None and rng.random() < 0.25:
                alert += 1
                db.execute('INSERT INTO alert(number, kind, raised_s, offset_min, closed_s, outcome, latency_s, seated_s, '
                           'exercise) VALUES(?,?,?,?,?,?,?,?,?)',
                           (alert, 'slouch', min(began + 1100, t), offset, t, rng.choice(['shifted', 'ignored', 'shifted']),
                            30, 1100, 'contract-and-relax'))
            t += gap
        for (hour, kind), s in hours.items():
            db.execute('INSERT INTO posture VALUES(?,?,0,?,?)', (hour, kind, offset, s))
        for hour, (s, integral, shifts) in balance.items():
            db.execute('INSERT INTO balance VALUES(?,0,?,?,?,?)', (hour, offset, s, integral, shifts))
    db.execute('COMMIT')
    db.close()
    return path
