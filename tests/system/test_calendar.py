#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""No test depends on the day, the hour or the time zone: runs those that read the wall clock or the zone on every weekday, at
the end of months, on 29 February and when the clock changes, with a shifted wall clock (shim_clock.c).

Usage: test_calendar.py BUILD [REGEX OF TEST NAMES]    the regex replaces the selection below, to try other tests"""
import concurrent.futures
import datetime
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import zoneinfo

BUILD = os.path.abspath(sys.argv[1])
TESTS = sys.argv[2] if len(sys.argv) > 2 else (
    r'^unit/test_(alert_words|exercises|history_rows|identity|mqtt_state|recording|settings|state|text|util)$'
    r'|^scenario/(clock|daily|day|exercise-fades|exercise-turns|midnight|summer|quiet-(hours|night))'
    r'|^system/test_(history|ctl|bus_calls|desktop_disturb|daemon_settings)$')

# Long tests that hardly read the wall clock run at every third moment, each at others.
AT_SOME_MOMENTS = ['system/test_ctl', 'system/test_bus_calls', 'system/test_daemon_settings']

# Of this long test, the parts that read the wall clock.
ARGUMENTS = {
    'system/test_history': ['test_views', 'test_named_periods', 'test_all_of_it', 'test_summer_time', 'test_night',
                            'test_german', 'test_report', 'test_what_if', 'test_replay_against'],
}

# Some are just before midnight or before the clock changes, so that this happens while the tests run.
MOMENTS = [
    ('UTC', '2026-11-30T23:59:57', 'Monday, end of a month'),
    ('America/St_Johns', '2028-02-29T23:59:58', 'Tuesday, 29 February'),
    ('Europe/Berlin', '2026-09-30T00:00:05', 'Wednesday'),
    ('Pacific/Auckland', '2026-12-31T23:59:58', 'Thursday, end of a year'),
    ('America/St_Johns', '2027-01-01T00:00:01', 'Friday, begin of a year'),
    ('Europe/Berlin', '2027-02-27T12:00:00', 'Saturday'),
    ('Europe/Berlin', '2027-03-28T01:59:58', 'Sunday, clock put forward'),
    ('Europe/Berlin', '2026-10-25T02:59:58', 'Sunday, clock put back'),
    ('America/St_Johns', '2027-03-14T01:59:58', 'Sunday, clock put forward'),
    ('America/St_Johns', '2026-11-01T00:30:00', 'Sunday, clock put back'),
    ('Pacific/Auckland', '2026-09-27T01:59:58', 'Sunday, clock put forward'),
    ('Pacific/Auckland', '2027-04-04T12:00:00', 'Sunday, clock put back'),
]


def find_tests():
    listed = subprocess.run(['ctest', '--show-only=json-v1'], cwd=BUILD, capture_output=True, text=True, check=True)
    for test in json.loads(listed.stdout)['tests']:
        name = test['name']
        if re.search(TESTS, name) and name != 'system/test_calendar':
            properties = {p['name']: p['value'] for p in test.get('properties', [])}
            yield name, test['command'] + ARGUMENTS.get(name, []), properties.get('WORKING_DIRECTORY', BUILD)


def moments_of(name):
    if name not in AT_SOME_MOMENTS:
        return MOMENTS
    return MOMENTS[AT_SOME_MOMENTS.index(name)::3]


def run_at(moment, test):
    """Returns what the test printed if it failed, else None."""
    zone, text, _ = moment
    _, command, folder = test
    wanted = datetime.datetime.fromisoformat(text).replace(tzinfo=zoneinfo.ZoneInfo(zone)).timestamp()
    with tempfile.NamedTemporaryFile('w', prefix='sitbone-clock-') as offset:
        offset.write(str(round(wanted - time.time())))
        offset.flush()
        environment = dict(os.environ, TZ=zone, LD_PRELOAD=f'{BUILD}/tests/libshim_clock.so', CLOCK_OFFSET=offset.name)
        r = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=250)
    return None if r.returncode in (0, 77) else f'exit status {r.returncode}\n{r.stdout[-1500:]}{r.stderr[-3000:]}'


def main():
    tests = sorted(find_tests(), key=lambda t: not t[0].startswith('system/'))  # the long ones first
    assert tests, TESTS
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() + 2) as pool:
        runs = {pool.submit(run_at, moment, test): (moment, test[0]) for test in tests for moment in moments_of(test[0])}
        for done in concurrent.futures.as_completed(runs):
            (zone, text, what), name = runs[done]
            if done.result():
                failed += 1
                print(f'FAILED: {name}, {text} {zone} ({what}): {done.result()}', flush=True)
    print(f'{len(runs)} runs of {len(tests)} tests at {len(MOMENTS)} moments, {failed} failed')
    sys.exit(1 if failed else 0)


main()
