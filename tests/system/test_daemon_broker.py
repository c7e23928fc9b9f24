#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The whole daemon and a real broker: state is retained, commands reach it and are answered, it says good-bye, the will
comes after kill -9, a broker killed and started again in the middle of a bout loses nothing and hears nothing twice, a
frozen one does not hold up the loop.
Usage: test_daemon_broker.py BUILD_FOLDER"""
import collections
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time

from broker import Broker, Listener
from seat import Bus, Daemon, Mat, need, simulate, wait_for

build = sys.argv[1]
need('dbus-daemon', 'mosquitto')
FRAME, RATE, SPEED = 1028, 12, 30
# Virtual minutes run at 30 times: two bouts, each with its alert and a break after it.
SCENARIO = '''sitter mass=78 fidgets=2 shifts=1
mat imperfection=1
0:20  sit
+5:00 stand
+3:00 sit
+4:00 stand
+3:00 end
'''
data = simulate(build, 'jq-seat-32', SCENARIO)


class Play(threading.Thread):
    """The mat, in fast time; what the daemon does not read is lost."""

    def __init__(self, mat):
        super().__init__(daemon=True)
        self.mat, self.at, self.end = mat, 0, False

    def run(self):
        begin, frames = time.monotonic(), len(data) // FRAME
        while not self.end and self.at < frames:
            try:
                os.write(self.mat.master, data[self.at * FRAME:(self.at + 1) * FRAME])
            except BlockingIOError:
                pass
            self.at += 1
            time.sleep(max(0, begin + self.at / RATE / SPEED - time.monotonic()))


PINGER = '''
import glob, os, sys, time, dbus
connection = dbus.bus.BusConnection(os.environ['DBUS_SESSION_BUS_ADDRESS'])
programs = [os.getpid(), *map(int, sys.argv[2:])]

def queued():
    threads = [path for program in programs for path in glob.glob(f'/proc/{program}/task/*/schedstat')]
    return sum(int(open(path).read().split()[1]) for path in threads) / 1e9

for _ in range(int(sys.argv[1])):
    worst, end = 0.0, time.monotonic() + 0.5
    while time.monotonic() < end:
        before, begin = queued(), time.monotonic()
        connection.call_blocking('org.sitbone.Seat1.test', '/org/sitbone/Seat1', 'org.freedesktop.DBus.Peer', 'Ping', '', ())
        worst = max(worst, time.monotonic() - begin - (queued() - before))
        time.sleep(0.002)
    print(worst)
'''


def ping_worst(times):
    """For each of so many half seconds (the state is published as often), the shortest first: the longest answer of the
    daemon's loop to a message of the bus, asked again and again, less the time in which one of those that take part waited
    for a processor (/proc/PID/schedstat): that is the machine's."""
    done = subprocess.run([sys.executable, '-c', PINGER, str(times), str(daemon.process.pid), str(bus.process.pid)],
                          capture_output=True, text=True, check=True)
    return sorted(map(float, done.stdout.split()))


folder = tempfile.TemporaryDirectory(prefix='sitbone-test-')
bus, mat = Bus(), Mat()
broker = Broker(folder.name, persistent=True)
daemon = Daemon(build, mat.name, 'jq-seat-32',
                f'[device]\nstale_ms = 20000\n[alert]\nprompt_min = 3\nstill_min = 60\n[mqtt]\nenabled = yes\nport = {broker.port}\nstate_interval_s = 0.5\n',
                ['--speed', str(SPEED)])
play, listener = Play(mat), None
try:
    listener = Listener(broker)
    daemon.start()
    wait_for('online', 20, lambda: listener.text('sitbone/test/availability') == 'online')
    play.start()

    def events(kind=None):
        all = [json.loads(m.payload) for m in listener.of('sitbone/test/event')]
        return [e for e in all if kind in (None, e['event_type'])]

    def state():
        return json.loads(listener.text('sitbone/test/state') or '{}')

    wait_for('sat down', 20, lambda: events('sat_down'))
    wait_for('the state says so', 20, lambda: state().get('occupied') is True and state()['seated_since'])

    # killed in the middle of the first bout, back before its alert falls due
    assert state()['next_alert_at'], state()
    broker.kill()
    time.sleep(2)
    broker.start()
    due = wait_for('the alert', 30, lambda: events('glute_activation_due'))[0]
    assert due['seated_min'] == 3 and due['limit_min'] == 3 and due['exercise'] and due['exercise_how'], due
    wait_for('the level', 20, lambda: state()['glute_alert'])
    listener.publish('sitbone/test/cmd/activation_done', '{"transaction":1}')
    answer = wait_for('the answer', 20, lambda: listener.text('sitbone/test/response/activation_done'))
    answer = json.loads(answer)
    assert answer.pop('alert_id') > 0 and answer == {'status': 'ok', 'alert': 'activate', 'transaction': 1}, answer
    wait_for('the outcome', 20, lambda: events('glute_activation_done'))
    wait_for('stood up for a break', 20, lambda: events('bout_ended'))
    wait_for('the state says so', 20, lambda: state()['posture'] == 'vacant' and state()['last_session_min'])
    assert state()['last_session_min'] in (4, 5), state()

    # killed again; the second sitting begins, and its alert falls due, while the broker is away
    broker.kill()
    wait_for('the second alert has fallen due', 60, lambda: play.at > (20 + 300 + 180 + 210) * RATE, 0.2)
    broker.start()
    # after an outage of ten seconds the daemon may let up to half a minute pass before it tries again
    wait_for('everything that happened in between', 60, lambda: len(events('glute_activation_due')) >= 2)
    wait_for('the second bout ended', 30, lambda: len(events('bout_ended')) >= 2)
    time.sleep(1)
    counts = collections.Counter(e['event_type'] for e in events())
    ids = collections.Counter(e['id'] for e in events())
    print('events:', dict(counts))
    assert max(ids.values()) == 1, [i for i in ids if ids[i] > 1]
    in_turn = ['sat_down', 'glute_activation_due', 'glute_activation_done', 'stood_up', 'bout_ended',
               'sat_down', 'glute_activation_due', 'stood_up', 'alert_cleared', 'bout_ended']
    assert [e['event_type'] for e in events()] == in_turn, events()

    # retained: a newcomer knows at once
    newcomer = Listener(broker, ['sitbone/#', 'homeassistant/#'])
    wait_for('retained state', 20, lambda: newcomer.last('sitbone/test/state'))
    for topic in ('availability', 'mat/availability', 'info', 'state'):
        m = newcomer.last(f'sitbone/test/{topic}')
        assert m and m.retain, topic
    assert newcomer.last('homeassistant/device/sitbone_test/config').retain
    assert not newcomer.of('sitbone/test/event')
    newcomer.close()

    # frozen: the loop goes on
    play.end = True
    play.join()
    play = Play(mat)
    play.start()
    calm = ping_worst(8)
    broker.freeze()
    frozen = ping_worst(8)
    broker.thaw()
    turn = max(float(json.loads(m.payload).get('decide_worst_us', 0)) for m in listener.of('sitbone/test/diag')) / 1000
    for what, answers in ('live', calm), ('frozen', frozen):
        print(f'worst answers of the loop with a {what} broker: ' + ', '.join(f'{s * 1000:.1f}' for s in answers) + ' ms')
    print(f'longest turn {turn:.2f} ms')
    # who waits for the broker does so every time; one whose virtual processor is taken away does so with a live one, too
    assert frozen[0] <= max(0.005, calm[5]), (frozen, calm)

    # a clean stop says offline itself
    wait_for('connected', 20, lambda: daemon.status()['mqtt'] == 'connected')
    daemon.kill(signal.SIGTERM)
    wait_for('offline', 8, lambda: listener.text('sitbone/test/availability') == 'offline')  # the will takes ten
    daemon.start()

    # killed without a chance to say good-bye: the will does it
    wait_for('online again', 20, lambda: listener.text('sitbone/test/availability') == 'online')
    daemon.kill()
    begin = time.monotonic()
    wait_for('the will', 30, lambda: listener.text('sitbone/test/availability') == 'offline')
    print(f'will after kill -9: {time.monotonic() - begin:.1f} s')
finally:
    play.end = True
    if listener:
        listener.close()
    daemon.stop()
    broker.kill()
    mat.close()
    bus.stop()
    folder.cleanup()
