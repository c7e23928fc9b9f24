#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""One to ten FSRs that saturate, set up with rows and cols or positions alone: every sit and stand within a second, none
invented."""
import json
import os
import subprocess
import sys
import tempfile

from few_cells import GRIDS, LAYOUTS, Stream, make_day
from simulate import BUILD, Checks

CTL = os.path.join(BUILD, 'sitbonectl')
SEEDS = int(os.environ.get('SITBONE_SEEDS', '1'))
check = Checks()
if not os.path.exists(CTL):
    print('SKIP: no sitbonectl')
    sys.exit(77)


def settings(n, extra='', grid=True):
    if grid and n in GRIDS:
        rows, cols = GRIDS[n]
        return f'[device]\nformat = csv-line\nfull_scale = 1023\nrows = {rows}\ncols = {cols}\n{extra}'
    places = LAYOUTS[n]
    return ('[device]\nformat = csv-line\nfull_scale = 1023\nx_mm = ' + ' '.join(str(round(150 * x)) for x, _ in places) + '\ny_mm = '
            + ' '.join(str(round(150 * y)) for _, y in places) + f'\n{extra}')


def replay(stream, conf):
    with tempfile.TemporaryDirectory(prefix='sitbone-few-') as d:
        with open(f'{d}/conf', 'w') as f:
            f.write(conf)
        columns = ','.join(f'c{i}' for i in range(stream.n))
        with open(f'{d}/mat.csv', 'w') as f:
            f.write(f't_s,{columns}\n')
            for k, line in enumerate(stream.lines):
                f.write(f'{k / stream.rate:.4f},{line}\n')
        out = subprocess.run([CTL, 'replay', f'{d}/mat.csv', '--json', '--config', f'{d}/conf', '--exercises',
                              'config/exercises.conf'], check=True, stdout=subprocess.PIPE, text=True).stdout
    return [o for o in map(json.loads, out.splitlines()) if 'event' not in o]


def changes(frames):
    """Times at which a person is there, and is no longer."""
    now, ret = False, []
    for o in frames:
        if (o['occupancy'] == 'person') != now:
            now = not now
            ret.append(o['t_s'])
    return ret


def check_day(name, stream, conf):
    wanted = [t for begin_end in stream.truth for t in begin_end]
    got = changes(replay(stream, conf))
    late = [g - w for g, w in zip(got, wanted)]
    check.true(f'{name}: {[round(x, 2) for x in got]} for {[round(x, 2) for x in wanted]}, late {[round(x, 2) for x in late]}',
               len(got) == len(wanted) and all(-0.1 <= x <= 1.01 for x in late))


KINDS = {'usual': {}, 'light': {'level': 1.2}, 'heavy': {'level': 40}, 'residue': {'residue': 0.15},
         'drift': {'drift': 0.05}, 'weak': {'level': 0.6}, 'slow': {'rate': 5}, 'noisy': {'noise': 6}}
RESPONSES = '', '[condition]\nresponse = divider\n'
for n in sorted(LAYOUTS):
    for k, (kind, options) in enumerate(KINDS.items()):
        for seed in range(SEEDS):
            by_grid, response = (k + seed) % 2 == 0, RESPONSES[(k + n + seed // 2) % 2]
            check_day(f'{n} cells, {kind}, seed {seed}, {"grid" if by_grid else "places"}, {response[-8:-1] or "linear"}',
                      make_day(n, seed, **options), settings(n, response, by_grid))

# Leans that saturation hides in the readings: named with the divider, and never "upright" without it.
NAMES = {'left': 'leaning_left', 'right': 'leaning_right', 'forward': 'leaning_forward', 'back': 'leaning_back'}
for n in (n for n in sorted(LAYOUTS) if n >= 4):
    for level in 4, 10, 30:
        for pose in (*NAMES, 'slouch'):
            stream = Stream(n, n * level, level=level)
            stream.run(15, 0)
            stream.run(30, 1)
            stream.run(30, 1, pose, 1)
            for response in RESPONSES:
                frames = [o for o in replay(stream, settings(n, response)) if 55 < o['t_s'] < 74]
                sure = [o['posture'] for o in frames if o['confidence'] >= 0.5]
                name = f'{n} cells, level {level}, {pose}, {response[-8:-1] or "linear"}: {sorted(set(sure))}'
                if response and pose in NAMES:
                    check.true(name, sure.count(NAMES[pose]) > 0.9 * len(frames))
                else:
                    check.true(name, 'upright' not in sure)
check.end()
