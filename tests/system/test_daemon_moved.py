#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A mat that slips between sits, with the real daemon: told once in the log, in status and in the picture's quality, still
after a restart, and over when upright is calibrated where it lies now."""
import os
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from seat import Bus, Daemon, Pipe, go_first, need, wait_for  # noqa: E402

BUILD = sys.argv[1]
RATE, SPEED = 4, 30
need('dbus-daemon')


def ctl(*words):
    return subprocess.run([f'{BUILD}/sitbonectl', '--bus', 'session', *words], capture_output=True, text=True, check=True).stdout


def simulated(folder, sits, x_mm, seed):
    """Lines of a mat on which somebody sits down so many times."""
    scenario = f'sitter x={x_mm} fidgets=0 shifts=0\nmat imperfection=0.5\n0:08 sit\n'
    scenario += '+0:18 stand\n+0:08 sit\n' * (sits - 1) + '+0:18 stand\n+0:08 end\n'
    with open(f'{folder}/sits.scenario', 'w') as f:
        f.write(scenario)
    subprocess.run([f'{BUILD}/sitbone-sim', '--format', 'csv-line', '--rows', '12', '--cols', '12', '--pitch', '33', '--rate', str(RATE),
                    '--scenario', f'{folder}/sits.scenario', '--output', f'{folder}/sits', '--seed', str(seed)],
                   check=True, capture_output=True)
    with open(f'{folder}/sits', 'rb') as f:
        return f.read().splitlines(keepends=True)


def play(mat, lines):
    begin = time.monotonic()
    for i, line in enumerate(lines):
        mat.write(line)
        time.sleep(max(0, begin + (i + 1) / RATE / SPEED - time.monotonic()))
    wait_for('all of it read', 20, lambda: mat.unread() == 0, 0.01)


def calibrate(mat, sitting):
    """The command waits for the quiet seconds, which go on meanwhile."""
    asked = subprocess.Popen([f'{BUILD}/sitbonectl', '--bus', 'session', 'calibrate', 'upright'], stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True)
    while asked.poll() is None:
        play(mat, sitting)
    said = asked.stdout.read()
    assert asked.returncode == 0, said


def main():
    folder = tempfile.mkdtemp(prefix='sitbone-moved-')
    usual, moved, restarted, sit = (simulated(folder, *how) for how in ((8, 0, 3), (4, 60, 4), (1, 60, 5), (1, 60, 6)))
    go_first()
    bus, mat = Bus(), Pipe(folder)
    daemon = Daemon(BUILD, mat.name, config='[device]\nrows = 12\ncols = 12\npitch_x_mm = 33\npitch_y_mm = 33\nstale_ms = 60000\n',
                    arguments=['--speed', str(SPEED)])
    said = 'the mat seems to have moved under you'
    try:
        daemon.start()
        play(mat, usual)
        status = wait_for('the usual place', 20, daemon.status)
        assert status['mat_place'] == 'usual' and said not in daemon.log_text(), status
        play(mat, moved)
        status = daemon.status()
        assert status['mat_place'] == 'moved' and -90 < status['mat_moved_x_mm'] < -30, status
        assert 'seems to have moved under you by' in ctl('status') and 'to the left' in ctl('status'), ctl('status')
        assert daemon.log_text().count(said) == 1, daemon.log_text()
        daemon.kill(15)
        daemon.start()
        play(mat, restarted[:4 * RATE])
        wait_for('what is known after a restart', 20, lambda: daemon.status()['mat_place'] == 'moved')
        assert daemon.log_text().count(said) == 2, daemon.log_text()
        play(mat, sit[:24 * RATE])
        calibrate(mat, sit[20 * RATE:24 * RATE])
        wait_for('upright as the mat lies now', 20, lambda: daemon.status()['mat_place'] == 'learning')
        assert 'seems to have moved' not in ctl('status')
    except BaseException:
        print(daemon.log_text()[-3000:])
        raise
    finally:
        if daemon.process.poll() is None:
            daemon.kill(9)
        mat.close()
        shutil.rmtree(folder)
        bus.stop()


main()
