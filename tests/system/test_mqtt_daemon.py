#!/usr/bin/python3
"""The whole daemon, a virtual sitter and a real broker that is killed and restarted in the middle of the bout: the bout's
events arrive once each, commands reach the daemon, and the state is the sitter's. Time passes thirty times faster."""
import json
import os
import subprocess
import sys

from broker import Broker, Listener, folder
from seat import Bus, Daemon, need, wait_for

BUILD = sys.argv[1]
SPEED = '30'
SCENARIO = 'sitter mass=78 fidgets=0 shifts=0\nmat imperfection=1\n0:20 sit\n+6:00 stand\n+4:00 end\n'


def events(listener):
    return [json.loads(m.payload) for m in listener.of('sitbone/test/event')]


def of_type(listener, kind):
    return [e for e in events(listener) if e['event_type'] == kind]


def state(listener):
    text = listener.text('sitbone/test/state')
    return json.loads(text) if text else {}


def follow_bout(broker, listener):
    wait_for('sat_down', 20, lambda: of_type(listener, 'sat_down'))
    wait_for('seated', 5, lambda: state(listener).get('phase') == 'seated')
    assert state(listener)['occupied'] and state(listener)['seated_since'], state(listener)
    assert state(listener)['next_alert_at'], state(listener)
    broker.kill()
    broker.start()
    wait_for('listener back', 10, listener.connected.is_set)
    due = wait_for('the alert', 30, lambda: of_type(listener, 'glute_activation_due'))[0]
    assert due['seated_min'] == 5 and due['limit_min'] == 5 and due['exercise'] and due['exercise_how'], due
    wait_for('the level', 5, lambda: state(listener)['glute_alert'])
    listener.publish('sitbone/test/cmd/activation_done', '{"transaction":1}')
    answer = wait_for('the answer', 5, lambda: listener.text('sitbone/test/response/activation_done'))
    assert json.loads(answer) == {'status': 'ok', 'transaction': 1}, answer
    wait_for('the outcome', 5, lambda: of_type(listener, 'glute_activation_done'))
    wait_for('bout_ended', 30, lambda: of_type(listener, 'bout_ended'))
    wait_for('vacant', 5, lambda: state(listener)['posture'] == 'vacant')
    heard = events(listener)
    types = [e['event_type'] for e in heard]
    assert len({e['id'] for e in heard}) == len(heard), types
    for kind in ('sat_down', 'glute_activation_due', 'glute_activation_done', 'stood_up', 'bout_ended'):
        assert types.count(kind) == 1, types
    assert state(listener)['last_session_min'] in (5, 6), state(listener)
    print('events:', ' '.join(types))


need('dbus-daemon', 'mosquitto')
bus, daemon, sim = Bus(), None, None
try:
    with folder() as place, Broker(place) as broker, Listener(broker) as listener:
        with open(f'{place}/x.scenario', 'w') as f:
            f.write(SCENARIO)
        link = f'{place}/mat'
        sim = subprocess.Popen([f'{BUILD}/sitbone-sim', '--format', 'jq-seat-32', '--scenario', f'{place}/x.scenario',
                                '--link', link, '--speed', SPEED], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for('the mat', 10, lambda: os.path.exists(link))
        config = (f'[mqtt]\nenabled = yes\nhost = 127.0.0.1\nport = {broker.port}\nstate_interval_s = 1\n'
                  'heartbeat_s = 5\n[alert]\nprompt_min = 5\n')
        daemon = Daemon(BUILD, link, 'jq-seat-32', config=config, arguments=['--speed', SPEED]).start()
        wait_for('online', 15, lambda: listener.text('sitbone/test/availability') == 'online')
        follow_bout(broker, listener)
        assert daemon.status()['mqtt'] == 'connected', daemon.status()
        daemon.kill(15)
        wait_for('offline', 5, lambda: listener.text('sitbone/test/availability') == 'offline')
except BaseException:
    if daemon:
        print(daemon.log_text())
    raise
finally:
    if daemon:
        daemon.stop()
    if sim:
        sim.kill()
        sim.wait()
    bus.stop()
