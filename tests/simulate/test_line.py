#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""sitbone-sim as a serial mat: a pty that never blocks it, keeps its pace, gives a late reader fresh frames, and cleans up."""
import os
import select
import signal
import subprocess
import tempfile
import time

from simulate import SIM, Checks

SYNC = b'\xaa\x55\x03\x99'
FRAME = 1028
check = Checks()


def until(seconds, what):
    end = time.monotonic() + seconds
    while time.monotonic() < end and not what():
        time.sleep(0.01)
    return what()


def listen(fd, seconds):
    """The bytes that arrive in some seconds."""
    got, end = b'', time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        if select.select([fd], [], [], left)[0]:
            try:
                got += os.read(fd, 65536)
            except BlockingIOError:
                pass
    return got


def lines(path):
    return open(path).read().count('\n') - 1


with tempfile.TemporaryDirectory(prefix='sitbone-sim-') as d:
    link, truth, scenario = f'{d}/mat', f'{d}/truth.csv', f'{d}/x.scenario'
    open(scenario, 'w').write('mat imperfection=0\n0:02 sit\n+0:20 stand\n+0:08 end\n')
    arguments = [SIM, '--format', 'jq-seat-32', '--scenario', scenario, '--link', link, '--rate', '20']
    p = subprocess.Popen([*arguments, '--speed', '10', '--truth', truth, '--loop'])
    try:
        check.true('the name appears', until(5, lambda: os.path.islink(link)))
        check.true('it plays on with nobody reading', until(10, lambda: lines(truth) > 150) and p.poll() is None)

        # A reader that changes nothing about the line gets bytes as they are, and only new ones.
        before = lines(truth)
        fd = os.open(link, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
        got = listen(fd, 1.0)
        after = lines(truth)
        check.within('frames in a second at 20 Hz, 10 times as fast', got.count(SYNC), 100, 230)
        check.true('nothing old, nothing twice', got.count(SYNC) <= after - before + 2)
        # The last one may still be on its way.
        check.true('starts at a frame, bytes untouched', got.startswith(SYNC)
                   and all(got[i:i + 4] == SYNC[:len(got) - i] for i in range(0, len(got), FRAME)))

        # A reader that stops reading does not stop the mat.
        before = lines(truth)
        check.true('it plays on with a reader that sleeps', until(10, lambda: lines(truth) - before > 50))
        os.write(os.open(link, os.O_WRONLY | os.O_NOCTTY), b'S\r' * 3000)
        check.true('and with one that talks', until(10, lambda: lines(truth) - before > 200))
        os.close(fd)

        taken = subprocess.run([*arguments[:5], '--link', scenario], capture_output=True, text=True)
        check.true('a file is not replaced by the name', taken.returncode == 1 and 'exists' in taken.stderr
                   and open(scenario).read().startswith('mat'))
        p.send_signal(signal.SIGTERM)
        check.true('ends when told', p.wait(5) == 0)
        check.true('the name is gone', not os.path.lexists(link))
    finally:
        if p.poll() is None:
            p.kill()
            p.wait()

    os.symlink('/dev/pts/nowhere', link)
    p = subprocess.Popen([*arguments, '--speed', '20'])
    try:
        check.true('a stale name is replaced', until(5, lambda: os.path.exists(link)))
        start = time.monotonic()
        check.true('ends with the scenario', p.wait(10) == 0)
        check.within('30 s at 20 times, s', time.monotonic() - start, 1.2, 10)  # a busy machine is late, never early
    finally:
        if p.poll() is None:
            p.kill()
            p.wait()

    # A frame larger than what the pty holds goes out in pieces, whole; with a reader that is too slow, whole frames go.
    open(scenario, 'w').write('mat imperfection=0\n0:00 sit\n+0:20 end\n')
    p = subprocess.Popen([SIM, '--format', 'csv-line', '--rows', '64', '--cols', '64', '--full-scale', '4095', '--rate', '20',
                          '--scenario', scenario, '--link', link])
    try:
        check.true('the name appears', until(5, lambda: os.path.islink(link)))
        fd = os.open(link, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
        for pause, least in ((0, 28), (0.02, 5)):
            got, end = b'', time.monotonic() + 2
            while time.monotonic() < end:
                time.sleep(pause)
                if select.select([fd], [], [], 0.1)[0]:
                    got += os.read(fd, 4096)
            rows = got.split(b'\n')[1:-1]
            check.true(f'lines are longer than a pty holds at once, {max(map(len, rows))} bytes', max(map(len, rows)) > 4096)
            check.true(f'{len(rows)} lines with a reader that sleeps {pause} s', len(rows) >= least)
            check.true('every line is whole', all(row.count(b',') == 4095 for row in rows))
        os.close(fd)
    finally:
        p.terminate()
        p.wait()
check.end()
