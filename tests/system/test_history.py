#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""sitbonectl's views of a history, and the daemon's outlet with a file that is damaged, newer, of another program, read-only,
or on a full disk. Usage: test_history.py BUILD [TEST...]"""
import calendar
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import years  # noqa: E402

BUILD = sys.argv[1]
LAST = calendar.timegm((2026, 5, 24, 10, 0, 0))  # a Sunday: what is tested is the same on every day
WEEK = '2026-05-18..2026-05-24'
FOLDER = tempfile.mkdtemp(prefix='sitbone-history-')
ENVIRONMENT = dict(os.environ, LC_ALL='C.UTF-8', TZ='Europe/Berlin')


def ctl(*words, status=0, environment=ENVIRONMENT):
    r = subprocess.run([f'{BUILD}/sitbonectl', *words], capture_output=True, text=True, env=environment)
    assert r.returncode == status, (words, r.returncode, r.stdout, r.stderr)
    return r.stdout if status == 0 else r.stderr


def drive(folder, hours, prefix=()):
    """(status of the outlet, log)"""
    r = subprocess.run([*prefix, f'{BUILD}/tests/system/drive_history', folder, '100', str(hours)], capture_output=True,
                       text=True)
    assert r.returncode == 0, r
    return r.stdout.strip(), r.stderr


def fresh():
    return tempfile.mkdtemp(dir=FOLDER)


def test_views(week):
    data = json.loads(ctl('history', WEEK, '--file', week, '--json'))
    db = sqlite3.connect(week)
    assert abs(data['seated_s'] - db.execute('SELECT sum(seconds) FROM posture').fetchone()[0]) < 1
    assert data['bouts'] == db.execute('SELECT count(*) FROM bout').fetchone()[0]
    assert sum(data['outcomes'].values()) == data['alerts'] > 0
    assert abs(sum(d['seated_s'] for d in data['days']) - data['seated_s']) < 1 and len(data['days']) == 7
    text = ctl('history', WEEK, '--file', week)
    assert '\033' not in text and f"{data['bouts']} bouts" in text, text
    assert 'Nobody sat' in ctl('history', '2020-01-01', '--file', week)
    assert 'not a period' in ctl('history', '2020-02-30', '--file', week, status=2)
    assert 'not a period' in ctl('history', 'fortnight', '--file', week, status=2)
    ctl('history', '--file', f'{FOLDER}/none', status=1)
    for words in ('history',), ('report', '--output', f'{FOLDER}/s.svg'):
        assert '/var/lib/sitbone/no-such-seat/history.db' in ctl(*words, '--seat', 'no-such-seat', status=1)
        assert 'seat' in ctl(*words, '--seat', '../elsewhere', status=2)
    rows = ctl('history', '--export', 'csv', '--file', week).splitlines()
    assert rows[0].startswith('what,began,') and all(r.count(',') == rows[0].count(',') for r in rows)
    assert len(json.loads(ctl('history', '--export', 'json', '--file', week))) == len(rows) - 1
    ctl('history', '--export', 'xml', '--file', week, status=2)


def test_named_periods():
    """They end today, whatever day it is, and nothing of the days that they name is missing."""
    today = None
    while today != time.strftime('%Y-%m-%d'):  # again when midnight passed meanwhile
        today = time.strftime('%Y-%m-%d')
        path = years.make(BUILD, f'{FOLDER}/now.db', 7)
        week, month, day, yesterday = (json.loads(ctl('history', period, '--file', path, '--json'))
                                       for period in ('week', 'month', 'today', 'yesterday'))
        ctl('report', '--file', path, '--output', f'{FOLDER}/now.svg')
    bouts = sqlite3.connect(path).execute('SELECT count(*) FROM bout').fetchone()[0]
    assert bouts == week['bouts'] == month['bouts'], (bouts, week, month)
    assert len(week['days']) == 7 and len(month['days']) == 30 and week['days'][-1]['date'] == today, week
    assert [day['seated_s']] + [yesterday['seated_s']] == [d['seated_s'] for d in week['days'][:-3:-1]], (day, yesterday)


def one_bout(began, minutes, offset):
    """A file with one bout, and a workout on the day before."""
    folder = fresh()
    drive(folder, 1)
    path = f'{folder}/history.db'
    db = sqlite3.connect(path)
    for table in 'bout', 'away', 'alert', 'posture', 'balance', 'squeeze', 'calibration', 'session':
        db.execute(f'DELETE FROM {table}')
    db.execute("INSERT INTO bout(number, began_s, until_s, offset_min, open, ending, seated_s, in_posture, shifts) "
               "VALUES(1, ?, ?, ?, 0, 'break', ?, '{}', 0)", (began, began + 60 * minutes, offset, 60 * minutes))
    db.execute('INSERT INTO session(at_s, offset_min, sitter) VALUES(?, ?, ?)', (began - 86400, offset, ''))
    db.commit()
    db.close()
    return path


def test_all_of_it():
    """An evening in California, which is the next day in Greenwich; and rows before the first bout."""
    evening = calendar.timegm((2026, 3, 11, 3, 0, 0))  # the 10th, 20:00
    path = one_bout(evening, 40, -7 * 60)
    there = dict(ENVIRONMENT, TZ='America/Los_Angeles')
    data = json.loads(ctl('history', 'all', '--file', path, '--json', environment=there))
    assert (data['bouts'], data['strengthening_sessions'], len(data['days'])) == (1, 1, 2), data
    assert data['days'][1]['date'] == '2026-03-10', data
    rows = ctl('history', '--export', 'csv', '--file', path, environment=there).splitlines()[1:]
    assert [row.split(',')[1] for row in rows] == ['2026-03-09T20:00:00-07:00', '2026-03-10T20:00:00-07:00'], rows


def test_summer_time():
    """Noon is at noon also on the day of the clock change, and when the file is read in another time zone."""
    path = one_bout(calendar.timegm((2026, 3, 29, 10, 0, 0)), 60, 120)
    for zone in 'Europe/Berlin', 'Europe/Lisbon':
        text = ctl('history', '2026-03-29', '--file', path, environment=dict(ENVIRONMENT, TZ=zone))
        strip = next(line for line in text.splitlines() if line.startswith('Sun 29 Mar'))[12:]
        assert strip == '·' * 18 + '███' + '·' * 27, (zone, text)


def test_night(week):
    """Ten hours later: bouts from the evening to the morning are drawn, too, and no line is too long."""
    night = shutil.copy(week, f'{FOLDER}/night.db')
    db = sqlite3.connect(night)
    for table in 'bout', 'away':
        db.execute(f'UPDATE {table} SET began_s = began_s + 36000, until_s = until_s + 36000')
    db.commit()
    db.close()
    for path, hours in (week, ('6', '22')), (night, ('0', '24')):
        lines = ctl('history', WEEK, '--file', path).splitlines()
        ruler, strips = lines[2].split(), lines[3:10]
        assert (ruler[0], ruler[-1]) == hours and max(map(len, lines)) <= 80, lines
        assert sum(set(line[12:60]) > {'·'} for line in strips) >= 4, strips
    assert any(strip[12] not in ' ·' for strip in strips), strips  # past midnight


def test_german(week):
    """Columns are straight also with umlauts and in long lists; output for machines is not translated."""
    if not shutil.which('msgfmt'):
        return
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    with open(f'{FOLDER}/german.conf', 'w', encoding='ascii') as f:
        f.write(f'[alert]\nexercises_file = {root}/config/exercises.conf\n')
    german = dict(ENVIRONMENT, LC_ALL='de_AT.UTF-8', LANGUAGE='', TEXTDOMAINDIR=f'{BUILD}/locale')
    text = ctl('history', WEEK, '--file', week, '--config', f'{FOLDER}/german.conf', environment=german)
    title, facts = text.splitlines()[0], text.split('\n\n')[2].splitlines()
    assert all(len(line) <= 80 and line == line.rstrip() for line in text.splitlines()), text
    assert all(line[11] == ' ' and line[12] != ' ' for line in facts), text
    assert [line[:11].strip() for line in facts if line[0] != ' '] == [
        'gesessen', 'weg', 'Pausen', 'verlagert', 'Haltungen', 'eingesunken', 'Balance', 'Hinweise'], text
    shares = [line for line in facts if line.endswith(' wirkten')]
    assert len({line.index(' von ') for line in shares}) == 1 and 'Gesäß anspannen im Stehen' in text, text
    months = 'Januar Februar März April Mai Juni Juli August September Oktober November Dezember'.split()
    assert any(month in title for month in months) and ' bis ' in title, title
    data, in_german = (json.loads(ctl('history', WEEK, '--json', '--file', week, environment=e))
                       for e in (ENVIRONMENT, german))
    assert data == in_german and data['period'] == f"{data['days'][0]['date']}..{data['days'][-1]['date']}", data['period']
    export = ('history', '--export', 'csv', '--file', week)
    assert ctl(*export, environment=german) == ctl(*export)


def test_report(week):
    for name, begin in ('r.svg', b'<svg '), ('r.png', b'\x89PNG'), ('r.html', b'<!doctype html>\n<html lang="en">'):
        printed = ctl('report', '--period', WEEK, '--file', week, '--output', f'{FOLDER}/{name}')
        assert printed == f'{FOLDER}/{name}\n', printed
        page = open(f'{FOLDER}/{name}', 'rb').read()
        assert page.startswith(begin), page[:60]
        fetched = re.findall(rb'https?://.{0,60}', page.replace(b'http://www.w3.org', b''))
        assert not fetched, fetched
    ctl('report', '--file', week, '--output', f'{FOLDER}/empty.png', '--period', '2020-01-01')
    ctl('report', '--file', week, '--output', f'{FOLDER}/r.jpeg', status=2)
    ctl('report', '--file', week, '--output', f'{FOLDER}/no/r.svg', status=1)
    without_converter = dict(ENVIRONMENT, PATH='/nowhere')
    ctl('report', '--file', week, '--output', f'{FOLDER}/no.png', status=1, environment=without_converter)
    assert not os.path.exists(f'{FOLDER}/no.png')
    ctl('report', '--file', week, '--output', f'{FOLDER}/r.svg', environment=without_converter)


def test_what_if(week):
    for name, minutes in ('old', 30), ('new', 45):
        with open(f'{FOLDER}/{name}.conf', 'w') as f:
            f.write(f'[alert]\nprompt_min = {minutes}\n')
    same = json.loads(ctl('history', WEEK, '--file', week, '--json', '--config', f'{FOLDER}/old.conf', '--what-if',
                          f'{FOLDER}/old.conf'))
    assert same and all(a['change'] == 'same' for a in same), same
    other = json.loads(ctl('history', WEEK, '--file', week, '--json', '--config', f'{FOLDER}/old.conf', '--what-if',
                           f'{FOLDER}/new.conf'))
    moved = [a for a in other if a['change'] == 'moves']
    assert moved and any(a['change'] == 'goes' for a in other), other
    assert all(abs(a['after_s'] - a['before_s'] - 900) < 130 for a in moved), moved  # waits for a lull at most 2 min
    # an alert a bout longer than the limit, give or take the wait for a lull
    longer = sqlite3.connect(week).execute('SELECT count(*) FROM bout WHERE seated_s > 1860').fetchone()[0]
    assert sum(a['before_s'] is not None for a in other) >= longer


def test_sitters():
    """Two sitters of one seat, in one hour of two days: each has a part of everything, and the day before to compare."""
    path = one_bout(calendar.timegm((2026, 5, 19, 7, 0, 0)), 10, 120)
    db = sqlite3.connect(path)
    db.execute('DELETE FROM bout')
    bout = 0
    for began, minutes, sitter, shifts, outcome in (
            (calendar.timegm((2026, 5, 19, 7, 0, 0)), 10, 'anna', 1, 'ignored'),
            (calendar.timegm((2026, 5, 19, 7, 30, 0)), 15, 'bob', 9, 'stood'),
            (calendar.timegm((2026, 5, 20, 7, 0, 0)), 20, 'anna', 5, 'stood'),
            (calendar.timegm((2026, 5, 20, 7, 30, 0)), 12, '', 7, 'done')):
        bout += 1
        until = began + 60 * minutes
        db.execute("INSERT INTO bout(id, number, began_s, until_s, offset_min, open, ending, seated_s, in_posture, shifts, "
                   "sitter) VALUES(?, ?, ?, ?, 120, 0, 'break', ?, '{}', ?, ?)",
                   (bout, bout, began, until, 60 * minutes, shifts, sitter))
        hour = began - began % 3600
        db.execute("INSERT INTO posture VALUES(?, 'upright', ?, 120, ?)", (hour, bout, 60 * minutes))
        db.execute('INSERT INTO balance VALUES(?, ?, 120, 0, 0, ?)', (hour, bout, shifts))
        db.execute("INSERT INTO away(began_s, until_s, offset_min, kind) VALUES(?, ?, 120, 'break')", (until, until + 300))
        db.execute("INSERT INTO alert(number, kind, raised_s, offset_min, closed_s, outcome, latency_s, seated_s) "
                   "VALUES(?, 'activate', ?, 120, ?, ?, 5, 60)", (bout, began + 60, began + 65, outcome))
        db.execute('INSERT INTO squeeze(began_s, until_s, offset_min, sitter, repetitions, held_s) VALUES(?, ?, 120, ?, ?, 5)',
                   (began, began + 9, sitter, bout))
    db.execute("INSERT INTO away(began_s, until_s, offset_min, kind) VALUES(?, ?, 120, 'silence')", (until + 300, until + 900))
    night = calendar.timegm((2026, 5, 20, 18, 0, 0))
    db.execute("INSERT INTO away(began_s, until_s, offset_min, kind) VALUES(?, ?, 120, 'break')", (night, night + 43200))
    db.commit()
    db.close()

    def load(*words):
        return json.loads(ctl('history', '2026-05-20', '--json', '--file', path, *words))
    everybody, anna, nobody, bob = load(), load('--sitter', 'anna'), load('--sitter', 'nobody'), load('--sitter', 'bob')
    keys = 'bouts', 'seated_s', 'away_s', 'shifts', 'alerts', 'squeezes', 'stood_percent'
    assert [everybody[k] for k in keys] == [2, 1920, 600, 12, 2, 7, 50], everybody
    assert [anna[k] for k in keys] == [1, 1200, 300, 5, 1, 3, 100] and anna['days'][0]['away_s'] == 300, anna
    assert [nobody[k] for k in keys] == [1, 720, 300, 7, 1, 4, 0] and nobody['before'] is None, nobody
    assert bob['bouts'] == bob['seated_s'] == bob['alerts'] == 0 and bob['before'] is None, bob
    assert anna['before'] == {'period': '2026-05-19', 'seated_s': 600, 'away_s': 300, 'shifts_per_hour': 6,
                              'stood_percent': 0}, anna
    assert everybody['before']['seated_s'] == 1500 and everybody['before']['stood_percent'] == 50, everybody
    text = ctl('history', '2026-05-20', '--file', path, '--sitter', 'anna')
    assert text.startswith('Wednesday, 20 May 2026, anna\n') and '5 min standing or away' in text, text
    said = ' '.join(text[text.index('compared'):].split())
    assert said == ('compared sat 20 min, the day before 10 min; standing or away 5 min, before 5 min; shifts 15 an hour, '
                    'before 6; prompts answered by standing 100 %, before 0 %'), said
    assert 'compared' not in ctl('history', '2026-05-19', '--file', path)
    rows = json.loads(ctl('history', '--export', 'json', '--file', path, '--sitter', 'bob'))
    assert sorted(r['what'] for r in rows) == ['alert', 'away', 'balance', 'bout', 'posture', 'squeeze'], rows
    ctl('report', '--period', '2026-05-20', '--sitter', 'anna', '--file', path, '--output', f'{FOLDER}/anna.svg')
    assert '2026, anna' in open(f'{FOLDER}/anna.svg', encoding='utf-8').read()
    assert 'leave out --sitter' in ctl('history', '--forget', 'all', '--sitter', 'anna', '--file', path, status=2)


def test_twelve_years(week):
    decade = years.make(BUILD, f'{FOLDER}/decade.db', 4400, last=LAST)
    took = {}
    for path in week, decade:
        begin = time.monotonic()
        for _ in range(5):
            ctl('report', '--period', WEEK, '--file', path, '--output', f'{FOLDER}/r.svg')
        took[path] = (time.monotonic() - begin) / 5
    ctl('report', '--period', 'all', '--file', decade, '--output', f'{FOLDER}/r.svg')
    columns = open(f'{FOLDER}/r.svg').read().count('class="sitting"')
    assert columns > 145, columns  # a column for each of 145 months, and those of the chart of the balance
    print(f'report: {took[week] * 1000:.0f} ms on a week, {took[decade] * 1000:.0f} ms on twelve years')
    db = sqlite3.connect(decade)
    for sql in ('SELECT * FROM bout WHERE began_s < 9 AND began_s >= 5 AND until_s > 6',
                'SELECT * FROM alert WHERE raised_s >= 5 AND raised_s < 9',
                'SELECT * FROM posture WHERE hour_s >= 5 AND hour_s < 9'):
        plan = ' '.join(r[3] for r in db.execute('EXPLAIN QUERY PLAN ' + sql))
        assert 'SEARCH' in plan and 'SCAN' not in plan, plan
    begin = time.localtime(LAST - 300 * 86400)
    forgotten = ctl('history', '--forget', time.strftime('%Y-%m-%d', begin), '--file', decade)
    assert int(forgotten.split()[0]) > 100000, forgotten
    assert os.path.getsize(decade) < 2e6
    assert db.execute('SELECT min(began_s) FROM bout').fetchone()[0] > LAST - 302 * 86400
    ctl('history', '--forget', 'all', '--file', decade)
    assert db.execute('SELECT count(*) FROM bout').fetchone()[0] == 0


def test_files():
    folder = fresh()
    assert drive(folder, 2) == ('written', '')
    mode = os.stat(f'{folder}/history.db').st_mode & 0o777
    assert mode == 0o640, oct(mode)
    # damaged in the middle: moved aside and logged, a new one begun
    with open(f'{folder}/history.db', 'r+b') as f:
        f.seek(4096)
        f.write(os.urandom(30000))
    os.unlink(f'{folder}/clock')
    status, log = drive(folder, 2)
    aside = [n for n in os.listdir(folder) if 'damaged' in n and not n.endswith(('-wal', '-shm'))]
    assert status == 'written' and len(aside) == 1 and aside[0] in log, (status, log, aside)
    assert sqlite3.connect(f'{folder}/history.db').execute('SELECT count(*) FROM bout').fetchone()[0] == 2
    # no database at all, an empty file, the database of another program
    for content, moved in ((b'hello' * 1000, 1), (b'', 0)):
        folder = fresh()
        with open(f'{folder}/history.db', 'wb') as f:
            f.write(content)
        assert drive(folder, 1)[0] == 'written'
        assert sum('damaged' in n for n in os.listdir(folder)) == moved
    folder = fresh()
    db = sqlite3.connect(f'{folder}/history.db')
    db.execute('CREATE TABLE precious(x)')
    db.close()
    status, log = drive(folder, 1)
    assert status == 'written' and 'no history' in log, (status, log)
    # a file without tables: only the mark of its program
    folder = fresh()
    db = sqlite3.connect(f'{folder}/history.db')
    db.execute('PRAGMA application_id=0x53495442')
    db.close()
    assert drive(folder, 1) == ('written', '')


def test_body():
    """Squeezes, workouts and calibrations are in every view, and can be deleted."""
    folder = fresh()
    path = f'{folder}/history.db'
    drive(folder, 5)
    data = json.loads(ctl('history', 'all', '--file', path, '--json'))
    assert (data['squeezes'], data['squeezed_s'], data['strengthening_sessions']) == (25, 125, 1), data
    assert data['squeezes_asked'] == 0 and data['calibration_changes'] == 1, data
    text = ctl('history', 'all', '--file', path)
    assert '25 detected, held for 2 min' in text and '1 of strengthening' in text, text
    assert data['shifts'] > 0 and abs(data['shifts_per_hour'] - 3600 * data['shifts'] / data['seated_s']) < 0.1, data
    assert f"\nshifts      {data['shifts']}, {data['shifts_per_hour']:.0f} an hour (20 in a study)\n" in text, text
    assert len(data['shifts_by_hour']) == 24 and 'goal' not in text, text
    for goal, words in ((60, '; 1 day with the goal of 60 s'), (200, '; 0 days with the goal of 200 s')):
        with open(f'{FOLDER}/goal.conf', 'w') as f:
            f.write(f'[exercise]\nsqueeze_goal_s = {goal}\n')
        assert words in ctl('history', 'all', '--file', path, '--config', f'{FOLDER}/goal.conf'), words
    rows = json.loads(ctl('history', '--export', 'json', '--file', path))
    sets = [r for r in rows if r['what'] == 'squeeze']
    assert [(r['repetitions'], r['seconds'], r['alert'], r['sitter']) for r in sets] == [(5, 25, None, '')] * 5, sets
    assert sum(r['repetitions'] for r in rows if r['what'] == 'bout') == 25
    assert [r['detail'] for r in rows if r['what'] == 'session'] == ['done']
    assert [r['detail'] for r in rows if r['what'] == 'calibration'] == ['population squeeze']
    ctl('report', '--file', path, '--period', 'all', '--output', f'{FOLDER}/body.svg')
    # an alert of a daemon that lost its state: it was never closed
    db = sqlite3.connect(path)
    db.execute("INSERT INTO alert(number, kind, raised_s, offset_min, seated_s) SELECT 99, 'activate', began_s + 60, "
               "offset_min, 60 FROM bout WHERE began_s = (SELECT min(began_s) FROM bout)")
    db.commit()
    db.close()
    ctl('history', '--forget', 'all', '--file', path)
    assert len(ctl('history', '--export', 'csv', '--file', path).splitlines()) == 1


def once_said(words, folder):
    """A shell command that waits, 20 s at most, until the file `said` has these words."""
    return f'for i in $(seq 400); do grep -q "{words}" {folder}/said && break; sleep 0.05; done'


def private(script):
    """In a mount namespace; None where there is none."""
    r = subprocess.run(['unshare', '-m', 'sh', '-ec', script], capture_output=True, text=True, env=ENVIRONMENT)
    if 'unshare:' in r.stderr or 'mount:' in r.stderr:
        print('no mount namespace here: left out')
        return None
    assert r.returncode == 0, r
    return r


def test_read_only_file():
    """Nothing is lost when the file can be written again before the queue is full."""
    folder = fresh()
    drive(folder, 1)
    path = f'{folder}/history.db'
    r = private(f'mount --bind {path} {path}; mount -o remount,bind,ro {path};'
                f'{BUILD}/tests/system/drive_history {folder} 400 3 2>{folder}/said & {once_said("not written", folder)};'
                f'umount -l {path}; wait $!; cat {folder}/said >&2')
    if r:
        assert r.stdout.strip() == 'written', r
        assert r.stderr.count('not written') == 1 and r.stderr.count('written again') == 1, r
        bouts, seated = sqlite3.connect(path).execute('SELECT count(*), sum(seated_s) FROM bout').fetchone()
        assert bouts == 3 and abs(seated - 3 * 48 * 60) < 2, (bouts, seated)


def test_read_only_directory():
    """The daemon goes on without state and history, and logs it; the history can still be read."""
    folder = fresh()
    drive(folder, 1)
    os.unlink(f'{folder}/clock')
    with open(f'{FOLDER}/ro.conf', 'w') as f:
        f.write('[device]\ndevice = /dev/null\nformat = csv-line\nrows = 8\ncols = 8\n[bus]\nbus = off\n')
    before = open(f'{folder}/history.db', 'rb').read()
    out = fresh()
    r = private(f'mount --bind {folder} {folder}; mount -o remount,bind,ro {folder};'
                f'{BUILD}/sitboned --config {FOLDER}/ro.conf --state {folder} 2>{out}/said & {once_said("not written", out)};'
                f'{once_said("will forget the bout", out)}; kill $!; wait $!; cat {out}/said >&2;'
                f'{BUILD}/sitbonectl history 2026-06-01 --json --file {folder}/history.db')
    if r:
        assert json.loads(r.stdout)['bouts'] == 1, r
        assert r.stderr.count('not written') == 1 and 'will forget the bout' in r.stderr, r
        assert open(f'{folder}/history.db', 'rb').read() == before


def test_replay_against():
    recording = f'{FOLDER}/day.csv'
    with open(f'{FOLDER}/day.scenario', 'w') as f:
        f.write('sitter mass=78 fidgets=0 shifts=6\nmat imperfection=0\n0:10 sit\n+9:00 stand\n+0:30 end\n')
    subprocess.run([f'{BUILD}/sitbone-sim', '--format', 'csv', '--rows', '12', '--cols', '12', '--rate', '2', '--scenario',
                    f'{FOLDER}/day.scenario', '--output', recording], check=True, stdout=subprocess.DEVNULL)
    for minutes in 5, 8, 30:
        with open(f'{FOLDER}/{minutes}.conf', 'w') as f:
            f.write(f'[alert]\nprompt_min = {minutes}\nslouch = no\nasymmetry = no\nstill = no\n')

    def changes(before, after):
        return json.loads(ctl('replay', recording, '--config', f'{FOLDER}/{before}.conf', '--against',
                              f'{FOLDER}/{after}.conf', '--json'))

    assert [a['change'] for a in changes(5, 5)] == ['same']
    moved, = changes(5, 8)
    assert moved['change'] == 'moves' and abs(moved['after_s'] - moved['before_s'] - 180) < 130, moved
    gone, = changes(5, 30)
    assert gone['change'] == 'goes' and gone['after_s'] is None, gone
    assert [a['change'] for a in changes(30, 5)] == ['comes']
    text = ctl('replay', recording, '--config', f'{FOLDER}/5.conf', '--against', f'{FOLDER}/30.conf')
    assert '1 before, 0 after: 0 come, 1 go' in text, text
    ctl('replay', recording, '--against', f'{FOLDER}/none.conf', status=2)


def test_newer():
    folder = fresh()
    drive(folder, 1)
    db = sqlite3.connect(f'{folder}/history.db')
    db.execute('PRAGMA user_version=99')
    db.close()
    before = open(f'{folder}/history.db', 'rb').read()
    os.unlink(f'{folder}/clock')
    status, log = drive(folder, 1)
    assert status.startswith('of a newer version') and log.count('newer version') == 1, (status, log)
    assert open(f'{folder}/history.db', 'rb').read() == before, 'it was touched'
    assert 'newer version' in ctl('history', '--file', f'{folder}/history.db', status=1)


def test_full_queue():
    """Another program locks the file all day: entries without room are counted and reported."""
    folder = fresh()
    drive(folder, 1)
    db = sqlite3.connect(f'{folder}/history.db', isolation_level=None)
    db.execute('BEGIN EXCLUSIVE')
    status, log = drive(folder, 9)
    db.execute('COMMIT')
    lost = int(status.split(', ')[1].split()[0])
    assert status.startswith('cannot be written, ') and lost > 0, status
    assert log.count('not written') == 1, log


def test_full_disk():
    """A real file system is full while the daemon writes, and has space again later: nothing is missing in the end."""
    inside, out = fresh(), fresh()
    # enough for the tables, not for what is written before they take it over
    script = (f'mount -t tmpfs -o size=1m none {inside} || exit 0; head -c 880k /dev/zero >{inside}/filler; '
              f'{BUILD}/tests/system/drive_history {inside} 400 4 2>{out}/said & {once_said("not written", out)}; '
              f'rm {inside}/filler; wait $!; cat {out}/said >&2; '
              f'{BUILD}/sitbonectl history 2026-06-01 --json --file {inside}/history.db')
    r = subprocess.run(['unshare', '-m', 'sh', '-c', script], capture_output=True, text=True, env=ENVIRONMENT)
    if 'unshare:' in r.stderr or 'mount:' in r.stderr:
        print('no mount namespace here: the full disk was left out')
        return
    assert r.returncode == 0, r
    status, data = r.stdout.split('\n')[:2]
    assert status == 'written' and r.stderr.count('not written') == 1 and r.stderr.count('written again') == 1, r
    data = json.loads(data)
    assert data['bouts'] == 4 and abs(data['seated_s'] - 4 * 48 * 60) < 1, data


def main():
    week = years.make(BUILD, f'{FOLDER}/week.db', 7, last=LAST)
    for name, test in list(globals().items()):
        if name.startswith('test_') and (name in sys.argv[2:] or not sys.argv[2:]):
            test(week) if test.__code__.co_argcount else test()
            print(name)
    shutil.rmtree(FOLDER)


os.environ['TZ'] = 'Europe/Berlin'
time.tzset()
main()
