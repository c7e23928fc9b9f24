#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Properties of sitbone-sim beside its physics: the same seed gives the same bytes, the truth agrees with the cells, the
faults of the mat follow their option, scenarios report their errors, and the installed scenarios work."""
import glob
import math
import os
import re
import subprocess
import tempfile

from simulate import BUILD, SIM, Checks, Run

check = Checks()
DAY = '''sitter fidgets=60 shifts=40
0:02 sit
+0:20 slouch 12
+0:20 stand
+0:06 sit
+0:20 stand
+0:04 place bag
+0:05 remove
+0:03 end
'''


def repeatable():
    one, same, other = Run(DAY), Run(DAY), Run(DAY, seed=2)
    check.true('the same seed gives the same bytes', one.csv == same.csv and one.truth_text == same.truth_text)
    check.true('another seed another day', one.truth_text != other.truth_text)
    calm = Run(DAY.replace('sitter', 'mat imperfection=2\nsitter'))
    check.true('the mat\'s faults leave the sitter alone', calm.truth_text == one.truth_text and calm.csv != one.csv)
    return one


def truthful(run):
    check.true('a truth for every frame', len(run.truth) == len(run.raw) == len(run.t))
    load = [sum(r) for r in run.raw]
    person = [i for i, w in enumerate(run.truth) if w['occupancy'] == 'person']
    vacant = [i for i, w in enumerate(run.truth) if w['occupancy'] == 'vacant']
    check.true('somebody, nobody and something', person and vacant and
               any(w['occupancy'] == 'object' for w in run.truth))
    empty = max(load[i] for i in vacant)
    check.true('heavier than an empty seat when there is weight',
               all(load[i] > empty for i in person if run.truth[i]['load_n'] > 60))
    check.true('load, tilt and sit bones only with a person', all(
        math.isnan(w['tilt_deg']) == math.isnan(w['left_x_mm']) == (w['occupancy'] != 'person') for w in run.truth))
    check.true('nothing weighs nothing', all(run.truth[i]['load_n'] == 0 for i in vacant))
    check.within('slump of the truth', min(run.truth[i]['tilt_deg'] for i in person), -20, -8)
    places = {w['left_y_mm'] for w in run.truth if w['occupancy'] == 'person'}
    check.within('re-sitting moves the sit bones, mm', max(places) - min(places), 5, 120)
    still = Run('sitter fidgets=0 shifts=0\nmat imperfection=0\n0:01 sit\n+1:00 end\n').truth[200:]
    busy = Run('sitter fidgets=200 shifts=200\nmat imperfection=0\n0:01 sit\n+1:00 end\n').truth[200:]
    spread = [max(w['tilt_deg'] for w in r) - min(w['tilt_deg'] for w in r) for r in (still, busy)]
    check.true('fidgets move the pelvis', spread[1] > 1.5 * spread[0])


def cv(values):
    mean = sum(values) / len(values)
    return math.sqrt(sum((v - mean) ** 2 for v in values) / len(values)) / mean


def faulty():
    words = 'sitter fidgets=0 shifts=0 sway=0 resit=0\nmat imperfection={}\n0:02 sit\n+{} end\n'
    perfect, usual = (Run(words.format(k, '0:10')) for k in (0, 1))
    check.true('a perfect mat reads 0 when empty', not any(perfect.raw[10]))
    check.true('a usual mat does not', 0 < sum(usual.raw[10]) < 3 * len(usual.raw[10]))
    a, b = perfect.mean(8, 12)[0].cells, usual.mean(8, 12)[0].cells
    ratio = [q / p for p, q in zip(a, b) if 2 < p < 5 and q > 0]
    check.within('gain spread at light load', cv(ratio), 0.14, 0.25)
    alone = Run('mat imperfection=1 gain=0 curve=0 noise=0 offset=0 dead=0 stuck=0 creep=0.18\n'
                'sitter fidgets=0 shifts=0 sway=0 resit=0\n0:02 sit\n+5:00 end\n', '--rate', '5')
    early, late = sum(alone.mean(12, 13)[0].cells), sum(alone.mean(102, 103)[0].cells)
    check.within('creep from 10 to 100 s after sitting down', late / early - 1, 0.08, 0.2)
    dead = Run('mat imperfection=1 dead=0 stuck=0.1 dead_rows=2\n0:02 end\n').raw[10]
    check.within('stuck cells of 1024', sum(v > 20 for v in dead), 60, 150)


def mistaken():
    def error(text, *arguments):
        with tempfile.TemporaryDirectory() as d:
            path = os.path.join(d, 'x.scenario')
            open(path, 'w').write(text)
            p = subprocess.run([SIM, '--format', 'csv', '--scenario', path, '--output', '/dev/null', *arguments],
                               capture_output=True, text=True)
            return p.returncode, p.stderr

    for text, line, words in (
            ('0:05 sit\n0:10 slump 4\n', 2, 'slouch, arch, lean left'),
            ('0:05 sit\n0:04 stand\n', 2, 'before'),
            ('0:05 stand\n', 1, 'nobody sits'),
            ('0:05 sit\n+0:05 place bag\n', 2, 'stand'),
            ('0:05 sit\n+0:05 sit\n', 2, 'taken'),
            ('0:05 remove\n', 1, 'nothing'),
            ('sitter mass=78 weight=3\n', 1, 'mass'),
            ('\n\nsitter mass=heavy\n', 3, '30 to 200'),
            ('sitter mass=1e9\n', 1, '30 to 200'),
            ('mat noise\n', 1, 'KEY=NUMBER'),
            ('0:05 sit\n+0:01 slouch 300\n', 2, '0 to 30'),
            ('0:05 sit\n+0:01 lean left far\n', 2, '0 to 25'),
            ('0:05 sit\n+0:01 perch 4\n', 2, 'nothing may follow'),
            ('soon sit\n', 1, 'time like'),
            ('0:75 sit\n', 1, 'time like'),
            ('0:05\n', 1, 'what happens'),
            ('0:05 end\n0:06 sit\n', 2, 'nothing may follow'),
            ('0:05 sit\n', 1, 'end'),
            ('x' * 600 + '\n', 1, 'longer'),
    ):
        code, said = error(text)
        check.true(f'line {line} of {text[:40]!r}: {said.strip()[-90:]}',
                   code == 2 and f'x.scenario:{line}: ' in said and re.search(words, said))
    good = '0:01 end\n'
    for arguments, words in ((['--speed', 'fast'], 'speed'), (['--rows', '0'], 'rows'), (['--rows', '100', '--cols', '100'], '4096'),
                             (['--format', 'nonsense'], 'no format "nonsense"'), (['--loop'], 'never end'), (['--bogus'], 'bogus'),
                             (['--link', '/nowhere/x'], 'one of'), (['more'], 'more')):
        code, said = error(good, *arguments)
        check.true(f'{" ".join(arguments)}: {said.strip()[-60:]}', code == 2 and words in said)
    p = subprocess.run([SIM, '--format', 'csv', '--scenario', '/nowhere/x', '--output', '-'], capture_output=True, text=True)
    check.true('no such scenario', p.returncode == 1 and '/nowhere/x' in p.stderr)
    p = subprocess.run([SIM, '--format', 'csv', '--scenario', '/dev/null', '--output', '/dev/full'], capture_output=True, text=True)
    check.true('an empty scenario', p.returncode == 2 or p.returncode == 1)
    p = subprocess.run([SIM, '--help'], capture_output=True, text=True)
    check.true('help', p.returncode == 0 and 'jq-seat-32' in p.stdout and 'slouch [DEG]' in p.stdout)


def installed():
    for path in sorted(glob.glob('config/scenarios/*.scenario')):
        p = subprocess.run([SIM, '--format', 'csv', '--scenario', path, '--output', '/dev/null', '--rate', '0.5'])
        check.true(path, p.returncode == 0)
    events = [line.split()[1] for line in open('config/scenarios/demo.scenario') if line[0] in '+0123456789']
    check.true('the demo ends with an empty seat', events[-1] == 'end' and events[-2] in ('stand', 'remove'))


def fast():
    """Enough for 60 times as fast at 20 Hz; sanitizers and debug builds only have to finish."""
    with tempfile.TemporaryDirectory() as d:
        open(f'{d}/x', 'w').write('0:01 sit\n+2:00 end\n')
        start = os.times()
        subprocess.run([SIM, '--format', 'jq-seat-32', '--scenario', f'{d}/x', '--output', '/dev/null', '--rate', '20'], check=True)
        stop = os.times()
    spent = stop.children_user + stop.children_system - start.children_user - start.children_system
    rate = 121 * 20 / spent
    print(f'{rate:.0f} frames of 1024 cells a second of one core')


truthful(repeatable())
faulty()
mistaken()
installed()
fast()
check.end()
