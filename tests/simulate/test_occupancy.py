#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Bags, cats and hands are objects, sitters of every weight are persons: the whole estimator over sitbone-sim's truth."""
import json
import os
import subprocess
import sys
import tempfile

from simulate import BUILD, SIM, Checks

CTL = os.path.join(BUILD, 'sitbonectl')
GRIDS = (['--rows', '16', '--cols', '16', '--pitch', '25', '--rate', '8'],
         ['--rows', '32', '--cols', '32', '--pitch', '12.5', '--rate', '4'])
check = Checks()
if not os.path.exists(CTL):
    print('SKIP: no sitbonectl')
    sys.exit(77)


def decide(scenario, *sim):
    with tempfile.TemporaryDirectory(prefix='sitbone-sim-') as d:
        with open(f'{d}/x', 'w') as f:
            f.write(scenario)
        subprocess.run([SIM, '--format', 'csv', '--scenario', f'{d}/x', '--output', f'{d}/x.csv', *sim], check=True)
        out = subprocess.run([CTL, 'replay', f'{d}/x.csv', '--json', '--exercises', 'config/exercises.conf'], check=True,
                             stdout=subprocess.PIPE, text=True).stdout
    objects = [json.loads(line) for line in out.splitlines()]
    return [o for o in objects if 'event' not in o], [o['event'] for o in objects if 'event' in o]


def words(frames, start, stop):
    return {o['occupancy'] for o in frames if start <= o['t_s'] < stop}


for i, grid in enumerate(GRIDS):
    installed = open('config/scenarios/objects.scenario').read()
    for seed in '12':
        frames, events = decide(installed, *grid, '--seed', seed)
        check.true(f'grid {i} seed {seed}: nobody but the sitter', 'person' not in words(frames, 0, 630))
        check.true(f'grid {i} seed {seed}: one bout', events.count('bout_started') == 1)
        check.true(f'grid {i} seed {seed}: the bag stays there', words(frames, 35, 148) == {'object'})
        check.true(f'grid {i} seed {seed}: so does the light one', words(frames, 185, 238) == {'object'})
        check.true(f'grid {i} seed {seed}: the sitter', words(frames, 645, 695) == {'person'})
    for thing in 'bag 15', 'bag 100', 'bag 150', 'cat 80':
        frames, events = decide(f'0:00 place {thing}\n+3:00 remove\n+0:30 end\n', *grid)
        check.true(f'grid {i}: {thing} N on the seat at the start, {words(frames, 5, 178)}',
                   words(frames, 5, 178) == {'object'} and words(frames, 190, 999) == {'vacant'})

for who in 'mass=38 height=148', 'mass=45 height=155 woman=1', 'mass=45 height=155 seat=40', 'mass=120 height=190':
    scenario = (f'sitter {who}\n0:10 sit\n+1:00 slouch 14\n+0:20 lean forward 35\n+0:20 lean right 20\n+0:20 perch\n'
                '+0:30 stand\n+0:20 sit lean forward 30\n+0:20 stand\n+0:10 end\n')
    for i, grid in enumerate(GRIDS):
        frames, events = decide(scenario, *grid)
        check.true(f'{who}, grid {i}: a person in every posture',
                   words(frames, 13, 159) == {'person'} and words(frames, 164, 179) == {'vacant'}
                   and words(frames, 184, 199) == {'person'})

# Up again before the bout is confirmed, at any moment: no bout.
for length in range(20, 62, 3):
    frames, events = decide(f'0:05 sit\n+{length / 10} stand\n+0:20 end\n'.replace('+', '+0:0', 1), *GRIDS[0])
    up = max((o['t_s'] for o in frames if o['load'] > 10), default=0)
    check.true(f'up after {length / 10} s, off at {up:.1f}: {events}', up - 5.5 >= 5 or 'bout_started' not in events)
check.end()
