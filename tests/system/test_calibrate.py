#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The guided calibration from end to end: a simulated sitter takes the poses that sitbonectl asks for. The daemon learns them,
stores them for each sitter, reads them after a restart, moves a damaged file aside, and refuses implausible poses."""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from seat import Bus, Daemon, Mat, need, wait_for  # noqa: E402

BUILD = sys.argv[1]
FRAME, RATE, SPEED = 1028, 12, 6
PATIENCE_S = 60
need('dbus-daemon')

# Seconds of the simulated day at which each stretch begins.
STRETCH = {'empty': 0, 'upright': 15, 'slouched': 75, 'arched': 135, 'left': 195, 'right': 255, 'crossed': 315, 'gone': 375}
END_S = 420
SCENARIO = '''sitter fidgets=0 shifts=0 resit=0
0:15 sit
1:15 slouch 14
2:15 arch 10
3:15 oblique left 6
4:15 oblique right 6
5:15 cross left
6:15 stand
7:00 end
'''


class Sitter:
    """Plays the chosen stretch, then its end again and again. It waits while the daemon has not read everything, so that
    nothing is missed on a slow machine."""

    def __init__(self, folder):
        with open(f'{folder}/poses.scenario', 'w') as f:
            f.write(SCENARIO)
        subprocess.run([f'{BUILD}/sitbone-sim', '--format', 'jq-seat-32', '--scenario', f'{folder}/poses.scenario',
                        '--output', f'{folder}/poses.bin'], check=True, capture_output=True)
        self.data = open(f'{folder}/poses.bin', 'rb').read()
        self.mat, self.running, self.played = Mat(), True, 0
        self.take('empty')
        self.thread = threading.Thread(target=self.play, daemon=True)
        self.thread.start()

    def take(self, pose, later_s=0):
        end = min([s for s in STRETCH.values() if s > STRETCH[pose]], default=END_S) - 1
        self.turn = ((STRETCH[pose] + later_s) * RATE, end * RATE)

    def play(self):
        turn, due = None, time.monotonic()
        while self.running:
            if turn is not self.turn:
                turn = self.turn
                at, end = turn
            if self.mat.unread() == 0:
                self.mat.write(self.data[at * FRAME:(at + 1) * FRAME])
                self.played += 1
                at += 1
                if at >= end:
                    at -= 10 * RATE
            due = max(due + 1 / RATE / SPEED, time.monotonic())
            time.sleep(max(0, due - time.monotonic()))

    def wait(self, seconds):
        """Seconds of the simulated day."""
        until = self.played + seconds * RATE
        wait_for(f'{seconds} s are played', PATIENCE_S, lambda: self.played >= until)

    def stop(self):
        self.running = False
        self.thread.join()
        self.mat.close()


def ctl(*words, status=0):
    def answer():
        """None if the machine was too slow, or left a gap without frames, after which nothing is steady."""
        r = subprocess.run([f'{BUILD}/sitbonectl', '--bus', 'session', *words], capture_output=True, text=True, timeout=60)
        return None if 'does not answer' in r.stderr or 'not steady yet' in r.stderr else r

    r = wait_for(words, PATIENCE_S, answer, every=1)
    assert r.returncode == status, (words, r)
    return r.stdout if status == 0 else r.stderr


def seated(sitter, daemon, pose='upright'):
    sitter.take(pose)
    wait_for('somebody sits', PATIENCE_S, lambda: daemon.status()['occupancy'] == 'person')
    wait_for('an upright', PATIENCE_S, lambda: daemon.status()['referenced'])
    sitter.wait(12)  # until the sitter is quiet again


def test_refused(sitter, daemon):
    sitter.take('gone', 15)  # the seat was empty before, too: nobody stands up
    wait_for('nobody sits', PATIENCE_S, lambda: daemon.status()['occupancy'] == 'vacant')
    assert 'Nobody is seated' in ctl('calibrate', 'slouched', status=1)
    said = ctl('calibrate', '--seconds', '0', status=1)
    assert 'Nobody is seated' in said, said
    assert 'Nobody is seated' in ctl('teach', 'crossed-left', status=1)
    assert 'No posture of this name' in ctl('teach', '--forget', 'crossed-left', status=1)
    for name in ('../x', 'Anna', '-a', '', 'a b', 'ä', 'x' * 32, '%s'):
        assert 'a name has' in ctl('sitter', '--', name, status=2), name
        assert 'a name has' in ctl('teach', '--', name, status=2), name
    assert not os.path.exists(f'{daemon.state}/profile')


def test_guided(sitter, daemon):
    """The sitter follows the instructions on the terminal."""
    seated(sitter, daemon)
    assert not daemon.status()['calibrated'] and daemon.status()['calibrated_poses'] == {}
    r = subprocess.Popen([f'{BUILD}/sitbonectl', '--bus', 'session', 'calibrate', '--seconds', '1'],
                         stdout=subprocess.PIPE, text=True)
    seen, said = [], []
    for line in r.stdout:
        said.append(line)
        for number, pose in enumerate(('upright', 'slouched', 'arched', 'left', 'right'), 1):
            if line.startswith(f'{number} of 5'):
                sitter.take(pose, 8 if pose == 'upright' else 0)  # seated already
                seen.append(wait_for('the daemon gathers', PATIENCE_S, lambda: gathering(daemon)))
    assert r.wait(timeout=60) == 0, said
    text = ''.join(said)
    assert text.count('  Done.') == 5 and 'Separation of these' in text and text.count(' well\n') >= 3, text
    assert [s['learning_what'] for s in seen] == ['upright', 'slouched', 'arched', 'left', 'right']
    assert all(0 < s['learning_left_s'] <= 10 for s in seen), seen
    poses = daemon.status()['calibrated_poses']
    assert list(poses) == ['upright', 'slouched', 'arched', 'left', 'right'] and poses['upright'] is None
    assert all(poses[p] >= 2 for p in ('slouched', 'arched', 'left', 'right')), poses
    assert daemon.status()['calibrated'] and daemon.status()['learning'] == 'done'
    print('apart from upright:', poses)


def gathering(daemon):
    status = daemon.status()
    return status['learning'] == 'gathers' and status


def test_not_apart(sitter, daemon):
    """Sitting upright when slouched is asked for is refused, and the earlier slouched pose remains."""
    before = daemon.status()['calibrated_poses']
    sitter.take('upright', 8)
    sitter.wait(6)
    assert 'cannot tell this' in ctl('calibrate', 'slouched', status=1)
    assert daemon.status()['calibrated_poses'] == before
    assert daemon.status()['learning'] == 'refused'


def test_stands_up(sitter, daemon):
    r = subprocess.Popen([f'{BUILD}/sitbonectl', '--bus', 'session', 'calibrate', 'left'], stderr=subprocess.PIPE, text=True)
    wait_for('the daemon gathers', PATIENCE_S, lambda: gathering(daemon))
    sitter.take('gone')
    assert r.wait(timeout=30) == 1 and 'Nobody is seated' in r.stderr.read()
    seated(sitter, daemon)


def test_taught(sitter, daemon):
    sitter.take('crossed')
    sitter.wait(4)
    said = ctl('teach', 'crossed-left')
    assert 'Taught: crossed-left' in said and 'teach it again later today and on another day' in said, said
    assert ctl('teach', '--list') == 'crossed-left\n' and json.loads(ctl('teach', '--list', '--json')) == ['crossed-left']


def test_restart(sitter, daemon):
    before = daemon.status()
    assert daemon.kill(signal.SIGTERM) == 0
    daemon.start()
    after = daemon.status()
    assert after['calibrated_poses'] == before['calibrated_poses'] and after['taught_postures'] == ['crossed-left']
    seated(sitter, daemon)
    wait_for('calibrated after a restart', PATIENCE_S, lambda: daemon.status()['calibrated'])


def test_sitters(sitter, daemon):
    """Each sitter has a profile, and nobody in particular has another."""
    assert ctl('sitter') == 'nobody in particular\n'
    ctl('sitter', 'anna')
    status = daemon.status()
    assert status['sitter'] == 'anna' and status['calibrated_poses'] == {} and status['taught_postures'] == []
    assert ctl('sitter') == 'anna (100 % sure)\n'
    ctl('calibrate', 'upright')
    assert list(daemon.status()['calibrated_poses']) == ['upright']
    wait_for('her file', PATIENCE_S, lambda: os.path.exists(f'{daemon.state}/profile-anna'))
    ctl('sitter', 'nobody')
    assert len(daemon.status()['calibrated_poses']) == 5
    ctl('sitter', 'anna')
    wait_for('both slots say so', PATIENCE_S, lambda: open(f'{daemon.state}/memory', 'rb').read().count(b'anna') == 2)
    assert daemon.kill(signal.SIGKILL) == -signal.SIGKILL
    daemon.start()
    status = daemon.status()
    assert status['sitter'] == 'anna' and list(status['calibrated_poses']) == ['upright'], status


def test_damaged(sitter, daemon):
    daemon.kill(signal.SIGTERM)
    with open(f'{daemon.state}/profile-anna', 'r+b') as f:
        f.seek(500)
        f.write(b'damaged')
    daemon.start()
    assert daemon.status()['sitter'] == 'anna' and daemon.status()['calibrated_poses'] == {}
    assert 'profile-anna: it is damaged: moved aside' in daemon.log_text()
    assert os.path.exists(f'{daemon.state}/profile-anna.unusable')
    ctl('sitter', 'nobody')
    assert len(daemon.status()['calibrated_poses']) == 5
    ctl('teach', '--forget', 'crossed-left')
    assert ctl('teach', '--list') == 'No posture was taught yet.\n'


def test_recognised(sitter, daemon):
    """A sitter who was named once is recognised the next time; in between nobody is."""
    ctl('sitter', 'ben')
    sitter.take('upright')
    wait_for('the profile of ben', PATIENCE_S, lambda: os.path.exists(f'{daemon.state}/profile-ben'))
    sitter.take('gone')
    wait_for('nobody in particular', PATIENCE_S, lambda: daemon.status()['sitter'] is None)
    assert daemon.status()['sitter_confidence'] is None
    sitter.take('upright')
    status = wait_for('he is recognised', PATIENCE_S, lambda: (s := daemon.status())['sitter'] and s)
    assert status['sitter'] == 'ben' and 0.9 <= status['sitter_confidence'] < 1, status


def test_settled(sitter, daemon):
    """A calibration begun in the first seconds of a sit is completed, for the sitter named in the command."""
    def sit():
        sitter.take('gone')
        wait_for('the empty seat', PATIENCE_S, lambda: daemon.status()['occupancy'] == 'vacant')
        wait_for('nobody in particular', PATIENCE_S, lambda: daemon.status()['sitter'] is None)
        sitter.take('upright')
        wait_for('somebody sits', PATIENCE_S, lambda: daemon.status()['occupancy'] == 'person')
        return daemon.log_text().count(' % sure)')

    asked = sit()
    ctl('sitter', 'nobody')
    sitter.wait(6)  # the sitter would be recognised after ten quiet seconds
    assert 'counts as your upright' in ctl('calibrate', 'upright')
    status = daemon.status()
    assert status['sitter'] is None and list(status['calibrated_poses']) == ['upright'], status
    assert daemon.log_text().count(' % sure)') == asked
    sit()
    wait_for('the mat is asked again', PATIENCE_S, lambda: daemon.log_text().count(' % sure)') > asked)


def start(sitter, config=''):
    # at this speed the two seconds of silence are a third of a second, which a busy machine may need itself
    daemon = Daemon(BUILD, sitter.mat.name, 'jq-seat-32', config='[device]\nstale_ms = 20000\n' + config, arguments=['--speed', str(SPEED)])
    sitter.take('empty')
    daemon.start()
    wait_for('the empty seat', PATIENCE_S, lambda: daemon.status()['occupancy'] == 'vacant')
    sitter.wait(12)
    return daemon


def run(sitter, config, tests):
    daemon = start(sitter, config)
    try:
        for test in tests:
            begin = time.monotonic()
            test(sitter, daemon)
            print(f'{test.__name__}: {time.monotonic() - begin:.1f} s')
    except BaseException:
        print(daemon.log_text()[-3000:])
        raise
    finally:
        if daemon.process.poll() is None:
            daemon.kill(signal.SIGTERM)


def main():
    bus = Bus()
    folder = tempfile.mkdtemp(prefix='sitbone-poses-')
    sitter = Sitter(folder)
    try:
        run(sitter, '', (test_refused, test_guided, test_not_apart, test_stands_up, test_taught, test_restart, test_sitters,
                         test_damaged))
        run(sitter, '[seat]\nrecognise = yes\n[sitting]\nbreak_s = 40\n', (test_recognised, test_settled))
    finally:
        sitter.stop()
        shutil.rmtree(folder)
        bus.stop()


main()
