#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The family of models: every member carries the weight of its sitter, two seeds are two sitters, a slump moves the load
back, a crossed leg does not and has no posture class; a name that is none is refused."""
import json
import os
import subprocess
import sys
import tempfile

SIM = os.path.join(sys.argv[1] if len(sys.argv) > 1 else 'build/default', 'sitbone-sim')
SCENARIO = '''sitter mass=70 fidgets=0 shifts=0 resit=0 sway=0
0:01 sit
0:08 slouch 14
0:18 upright
0:24 cross left
0:30 feet forward
0:34 rest both 100
0:40 end
'''


def truth(folder, model, seed):
    path = os.path.join(folder, 'truth')
    with open(os.path.join(folder, 's'), 'w', encoding='utf-8') as file:
        file.write(SCENARIO)
    subprocess.run([SIM, '--format', 'csv', '--rows', '8', '--cols', '8', '--pitch', '50', '--rate', '2', '--model', model, '--seed',
                    str(seed), '--scenario', file.name, '--output', '/dev/null', '--truth', path], check=True)
    with open(path, encoding='utf-8') as file:
        rows = [line.strip().split(',') for line in file][1:]
    return {float(r[0]): r for r in rows}


def replay(folder, model):
    """What a sitter is called who sits upright, then crosses the left leg, then sits upright: two seconds each."""
    path = os.path.join(folder, 'frames.csv')
    with open(os.path.join(folder, 's'), 'w', encoding='utf-8') as file:
        file.write('sitter mass=75 fidgets=0 shifts=0\n0:15 sit\n0:40 cross left\n1:00 upright\n1:20 end\n')
    subprocess.run([SIM, '--format', 'csv', '--rows', '16', '--cols', '16', '--pitch', '25', '--rate', '5', '--model', model,
                    '--scenario', file.name, '--output', path], check=True)
    with open(os.path.join(folder, 'none.conf'), 'w', encoding='utf-8') as file:
        pass
    done = subprocess.run([SIM.replace('sitbone-sim', 'sitbonectl'), 'replay', path, '--json', '--config', file.name,
                           '--exercises', 'config/exercises.conf'], stdout=subprocess.PIPE, text=True, check=True)
    frames = [json.loads(line) for line in done.stdout.splitlines()]
    return [{f['posture'] for f in frames if 'posture' in f and 'event' not in f and t < f['t_s'] < t + 2} for t in (37, 57, 77)]


def main():
    usage = subprocess.run([SIM, '--help'], stdout=subprocess.PIPE, text=True, check=True).stdout
    names = usage.split('a sitter for each seed: ')[1].split('\n')[0].split(', ')
    assert names[0] == 'default' and len(names) >= 7, names
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            a, b = truth(folder, name, 1), truth(folder, name, 2)
            load = {t: float(a[t][9]) for t in (7.5, 29.5, 39.5)}
            assert 350 < load[7.5] < 650 and load[39.5] < load[29.5] - 50, (name, load)
            assert float(a[17.5][3]) == -14 and float(a[29.5][3]) == 0 and a[29.5][2] == 'unknown', name
            assert (a[7.5] == b[7.5]) == (name == 'default'), name
        for name in ('default', 'exponential', 'bottoming', 'sticking'):
            assert replay(folder, name) == [{'upright'}, {'unknown'}, {'upright'}], (name, replay(folder, name))
        done = subprocess.run([SIM, '--format', 'csv', '--model', 'nobody', '--scenario', 's', '--output', '-'],
                              stderr=subprocess.PIPE, text=True, check=False)
        assert done.returncode and 'model' in done.stderr, done


main()
