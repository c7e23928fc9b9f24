#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A mat that sends only what changes, empty for minutes: with every setting of silence a sitter comes and goes on time, and the
seat is unknown once at most. Usage: test_silence.py BUILD_FOLDER"""
import os
import re
import subprocess
import sys
import tempfile

from simulate import BUILD, SIM, Checks

CTL = os.path.join(BUILD, 'sitbonectl')
MAT = ['--format', 'csv-line', '--rows', '16', '--cols', '16', '--pitch', '25', '--rate', '10', '--full-scale', '1023']
SCENARIO = '0:20 sit\n+2:00 slouch 14\n+1:00 stand\n+4:00 sit\n+1:00 stand\n+5:00 end\n'
TRUTH = [(20, 'person'), (202.5, 'vacant'), (440, 'person'), (502.5, 'vacant')]
check = Checks()
if not os.path.exists(CTL):
    print('SKIP: no sitbonectl')
    sys.exit(77)


def changes(folder, silence):
    """(seconds, occupancy) of every change that replay prints."""
    with open(f'{folder}/conf', 'w') as f:
        f.write(f'[device]\nsilence = {silence}\n')
    out = subprocess.run([CTL, 'replay', f'{folder}/mat.rec', '--config', f'{folder}/conf', '--exercises',
                          'config/exercises.conf'], check=True, stdout=subprocess.PIPE, text=True).stdout
    return [(int(h) * 3600 + int(m) * 60 + float(s), word)
            for h, m, s, word in re.findall(r'(\d+):(\d+):([\d.]+)  seat: (\w+)', out)]


with tempfile.TemporaryDirectory(prefix='sitbone-sim-') as folder:
    with open(f'{folder}/x', 'w') as f:
        f.write(SCENARIO)
    subprocess.run([SIM, *MAT, '--scenario', f'{folder}/x', '--recording', '--output', f'{folder}/mat.rec', '--only-changes',
                    '12'], check=True)
    for silence in 'unknown', 'empty', 'last':
        seen = changes(folder, silence)
        unknown = [t for t, word in seen if word == 'unknown']
        check.true(f'{silence}: unknown at {unknown}', len(unknown) == (1 if silence == 'unknown' else 0))
        known = [(t, word) for t, word in seen if word != 'unknown' and t > 20.5]
        check.true(f'{silence}: {known}', [word for _, word in known] == [word for _, word in TRUTH] and
                   all(0 <= t - at <= 3 for (t, _), (at, _) in zip(known, TRUTH)))
check.end()
