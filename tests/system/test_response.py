#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""sitbonectl calibrate response: from a recording of known loads to loads that are proportional to newtons."""
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile

BUILD = sys.argv[1]
CTL = os.path.join(BUILD, 'sitbonectl')
CELLS = 25


def reading(cell, newton):
    """Cells of unlike gain whose curve flattens; every one rests at 3 counts. Cell 7 never reads anything."""
    if cell == 7:
        return 3
    gain = 0.8 + 0.4 * (cell % 5) / 4
    return 3 + 800 * gain * newton / (newton + 6)


def write(path, stretches):
    """(seconds, newtons on each cell)... at 10 Hz."""
    with open(path, 'w', encoding='ascii') as f:
        f.write('# rows=5\n# cols=5\n# pitch_x_mm=80\n# pitch_y_mm=80\n# full_scale=1023\n')
        f.write('t_s,' + ','.join(f'c{i}' for i in range(CELLS)) + '\n')
        row = 0
        for seconds, newton in stretches:
            for _ in range(seconds * 10):
                f.write(f'{row / 10:.1f},' + ','.join(f'{reading(i, newton):.2f}' for i in range(CELLS)) + '\n')
                row += 1


def ctl(*words, status=0):
    done = subprocess.run([CTL, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == status, (words, done)
    return done


def small_files():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300, 300))


def loads(recording, config):
    frames = [json.loads(line) for line in ctl('replay', recording, '--json', '--config', config).stdout.splitlines()]
    return {frame['t_s']: frame['load'] for frame in frames if 'event' not in frame}


with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    write('known.csv', [(20, 0)] + [(20, n) for n in (1, 2, 4, 8)])
    write('sit.csv', [(20, 0), (10, 3), (10, 6)])
    with open('plain.conf', 'w', encoding='ascii') as file:
        file.write('[condition]\ncreep = no\n')
    with open('newton.conf', 'w', encoding='ascii') as file:
        file.write(f'[condition]\ncreep = no\nresponse_file = {folder}/mat.response\n')

    # 24 cells are pressed: newtons in all
    given = [word for n, at in ((1, 25), (2, 45), (8, 85), (4, 65)) for word in ('--load', f'{24 * n}={at}-{at + 10}')]
    ctl('calibrate', 'response', 'known.csv', *given, '--output', 'mat.response', '--config', 'plain.conf')
    with open('mat.response', encoding='ascii') as file:
        lines = [line.split() for line in file if line.startswith('load')]
    assert [float(line[1]) for line in lines] == [1, 2, 4, 8], lines
    for line in lines:
        for cell in range(CELLS):
            if cell != 7:
                truth = reading(cell, float(line[1])) - 3
                assert abs(float(line[2 + cell]) - truth) < 0.01 * truth + 0.5, (line[1], cell, line[2 + cell], truth)

    bent, straight = loads('sit.csv', 'plain.conf'), loads('sit.csv', 'newton.conf')
    assert bent[35] / bent[25] < 1.6, (bent[25], bent[35])
    assert abs(straight[35] / straight[25] - 2) < 0.1, (straight[25], straight[35])

    # what cannot be written as a whole is not there, and no second try fails because of it
    done = subprocess.run([CTL, 'calibrate', 'response', 'known.csv', *given, '--output', 'cut.response', '--config',
                           'plain.conf'], stderr=subprocess.PIPE, text=True, check=False,
                          preexec_fn=small_files)
    assert done.returncode == 1 and 'cut.response: File too large' in done.stderr, done
    assert not os.path.exists('cut.response')

    # what is wrong is said
    assert 'File exists' in ctl('calibrate', 'response', 'known.csv', '--load', '24=25-35', '--output', 'mat.response',
                                status=1).stderr
    assert 'must be N=FROM-TO' in ctl('calibrate', 'response', 'known.csv', '--load', '24', status=2).stderr
    assert '1 to 8 times' in ctl('calibrate', 'response', 'known.csv', status=2).stderr
    assert 'no frame' in ctl('calibrate', 'response', 'known.csv', '--load', '24=500-510', status=1).stderr
    write('never-empty.csv', [(20, 1), (20, 2)])
    assert 'seat is not empty' in ctl('calibrate', 'response', 'never-empty.csv', '--load', '24=5-15', status=1).stderr
    assert 'do not read more' in ctl('calibrate', 'response', 'known.csv', '--load', '24=45-55', '--load', '48=25-35',
                                     status=1).stderr
    with open('mat.response', 'a', encoding='ascii') as file:
        file.write('load 5 1\n')
    assert 'mat.response:' in ctl('replay', 'sit.csv', '--config', 'newton.conf', status=2).stderr
    checked = subprocess.run([os.path.join(BUILD, 'sitboned'), '--check-config', '--config', 'newton.conf'],
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    assert checked.returncode == 2 and 'mat.response:' in checked.stderr, checked
