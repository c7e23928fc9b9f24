#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""sitbonectl trial on a history that sitboned made: nothing, too little, enough, a fading effect by week, English and German;
status and why report that a trial runs.
Usage: test_trial.py BUILD"""
import json
import os
import shutil
import sqlite3
import subprocess
import sys

from seat import Bus, Daemon, Mat, wait_for

BUILD = sys.argv[1]
MONDAY = 1780304400  # 2026-06-01, 09:00 UTC
WEEK_S = 7 * 86400


def ctl(*words, language='C.UTF-8'):
    r = subprocess.run([f'{BUILD}/sitbonectl', *words], capture_output=True, text=True,
                       env=dict(os.environ, LC_ALL=language, TZ='UTC', LANGUAGE='', TEXTDOMAINDIR=f'{BUILD}/locale'))
    assert r.returncode == 0, r
    return r.stdout


def add_week(db, week, shown, withheld):
    """shown, withheld: (prompts, how many of them the sitter stood up after, shifts after each of the others)"""
    for arm, (n, stood, shifts) in enumerate((shown, withheld)):
        for i in range(n):
            db.execute('INSERT INTO trial(at_s, offset_min, sitter, withheld, stood, shifts) VALUES(?, 0, "", ?, ?, ?)',
                       (MONDAY + week * WEEK_S + 1000 * i, arm, i < stood, 0 if i < stood else shifts + i % 3))
    db.commit()


def test_report(path):
    db = sqlite3.connect(path)
    show = lambda *words, **more: ctl('trial', '--file', path, *words, **more)
    assert show() == 'No prompt was measured yet. The trial runs with trial = yes in section [alert].\n'
    empty = json.loads(show('--json'))
    assert empty['weeks'] == [] and empty['standing'] == {'shown': None, 'withheld': None, 'effect': None, 'low': None,
                                                          'high': None, 'known': False, 'more_prompts': 151}, empty
    add_week(db, 0, (40, 32, 3), (10, 2, 3))
    text = show()
    assert 'prompts     50 since Mon  1 Jun: 40 shown, 10 withheld for 10 min\n' in text, text
    assert 'standing up not yet known; about ' in text and ' more prompts needed for ±0.2\n' in text, text
    assert 'week 1      standing +0.60 (' in text, text
    add_week(db, 1, (40, 16, 3), (10, 2, 3))
    add_week(db, 3, (40, 8, 3), (9, 2, 3))
    add_week(db, 4, (40, 8, 3), (3, 0, 3))
    data = json.loads(show('--json'))
    standing = data['standing']
    assert data['prompts_shown'] == 160 and data['prompts_withheld'] == 32, data
    assert (standing['shown'], standing['withheld'], standing['effect']) == (0.4, 0.1875, 0.2125), standing
    assert standing['known'] and standing['more_prompts'] == 0 and standing['low'] < 0.2125 < standing['high'], standing
    weeks = data['weeks']
    assert [w['from'] for w in weeks] == ['2026-06-01', '2026-06-08', '2026-06-15', '2026-06-22', '2026-06-29'], weeks
    assert [w['prompts_shown'] for w in weeks] == [40, 40, 0, 40, 40] and weeks[2]['standing']['effect'] is None, weeks
    effects = [w['standing']['effect'] for w in weeks]
    assert effects[:2] == [0.6, 0.2] and abs(effects[3] + 0.0222) < 1e-9, effects  # it fades
    text = show()
    assert 'standing up +0.21 by a prompt (95 %: +' in text, text
    assert '40 % with the prompt, 19 % without' in text, text
    assert 'week 3      too few prompts\n' in text and 'week 5      too few prompts\n' in text, text
    german = show(language='de_AT.UTF-8')
    assert not shutil.which('msgfmt') or german.startswith('Hinweise    192 seit '), german
    rows = [r for r in ctl('history', 'all', '--export', 'csv', '--file', path).splitlines() if r.startswith('trial,')]
    assert len(rows) == 192 and rows[0].startswith('trial,2026-06-01T09:00:00+00:00,2026-06-01T09:10:00+00:00,'), rows[0]


def test_running(daemon):
    wait_for('the first second', 20, lambda: daemon.status()['trial'] is False)
    wait_for('why', 20, lambda: subprocess.run([f'{BUILD}/sitbonectl', 'why', '--bus', 'session'],
                                               capture_output=True).returncode == 0)
    assert 'trial' not in ctl('status', '--bus', 'session') and 'trial' not in ctl('why', '--bus', 'session')
    config = open(daemon.config).read()
    daemon.write_config(config + '[alert]\ntrial = yes\n')
    daemon.process.send_signal(1)
    wait_for('the trial runs', 20, lambda: daemon.status()['trial'])
    for command in 'status', 'why':
        text = ctl(command, '--bus', 'session')
        assert 'trial       runs: a prompt to stand up may come up to 10 min after it is due\n' in text, text


def main():
    bus = Bus()
    mat = Mat()
    daemon = Daemon(BUILD, mat.name, config='[device]\nrows = 4\ncols = 4\n').start()
    try:
        path = f'{daemon.state}/history.db'
        wait_for('a history', 20, lambda: os.path.exists(path) and 'CREATE' in str(
            sqlite3.connect(path).execute('SELECT sql FROM sqlite_schema').fetchall()))
        test_running(daemon)
        test_report(path)
    finally:  # a daemon that is left reads the pty of the next test
        daemon.stop()
        mat.close()
        bus.stop()


main()
