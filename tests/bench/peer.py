#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What one would otherwise write for the same job: pyserial reads a jq-seat-32 mat, numpy finds the same features of every
frame (load, contact area, centre of pressure, peak and peak pressure index, variation, asymmetry, front share, edges, the
pair of sit bones, the profile round them, movement), decides occupancy and posture by thresholds, and paho publishes the
state on change of either and every ten seconds. It keeps no bouts, raises no alerts and knows no uncertainty.
Usage: peer.py DEVICE BROKER_PORT"""
import json
import sys
import time

import numpy as np
import paho.mqtt.client as mqtt
import serial

SYNC = bytes.fromhex('aa550399')
ORDER = np.array(list(range(15, 32)) + list(range(14, -1, -1)))
X = Y = (np.arange(32) - 15.5) * 12.5
CELL_CM2 = 1.5625
BANDS = np.arange(-3, 6) * 24.0


def smooth(cells):
    """Mean of three in each direction."""
    p = np.pad(cells, 1)
    rows = p[:-2] + p[1:-1] + p[2:]
    return (rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]) / 9


def sub_cell(line, i):
    """Maximum of the parabola through three neighbours."""
    if not 0 < i < len(line) - 1:
        return float(i)
    a, b, c = line[i - 1:i + 2]
    return i + 0.5 * (a - c) / (a - 2 * b + c) if a - 2 * b + c else float(i)


def quantile(line, share):
    total = np.cumsum(line)
    return float(np.interp(share * total[-1], total, X))


def sit_bones(soft):
    """The largest smoothed cell of each side in the rear half, if they stand far enough apart."""
    pair = []
    for first, last in ((0, 16), (16, 32)):
        part = soft[:20, first:last]
        row, col = np.unravel_index(np.argmax(part), part.shape)
        col += first
        pair.append(((sub_cell(soft[row], col) - 15.5) * 12.5, (sub_cell(soft[:, col], row) - 15.5) * 12.5))
    return pair if 80 <= pair[1][0] - pair[0][0] <= 170 else None


def features(load, previous, seconds):
    total = load.sum()
    contact = load[load > 0]
    rows, cols = load.sum(1), load.sum(0)
    soft = smooth(load)
    f = {
        'load': float(total * CELL_CM2 / 255), 'contact_area_cm2': contact.size * CELL_CM2,
        'cop_x_mm': float(cols @ X / total), 'cop_y_mm': float(rows @ Y / total), 'peak': float(load.max()),
        'cov': float(contact.std() / contact.mean()), 'asymmetry': float((cols[16:].sum() - cols[:16].sum()) / total),
        'front_share': float(rows[19:].sum() / total), 'back_y_mm': quantile(rows, 0.05),
        'front_y_mm': quantile(rows, 0.95), 'width_mm': quantile(cols, 0.95) - quantile(cols, 0.05),
        'movement': float(np.abs(load - previous).sum() / total / seconds),
    }
    row, col = np.unravel_index(np.argmax(load), load.shape)
    f['ppi'] = float(load[max(0, row - 1):row + 2, max(0, col - 1):col + 1].mean())
    pair = sit_bones(soft)
    if pair and abs(f['asymmetry']) <= 0.35:
        line = (pair[0][1] + pair[1][1]) / 2
        f['sit_bones'] = pair
        f['profile'] = (np.histogram(Y, BANDS + line, weights=rows)[0] / total).tolist()
    return f


def posture_of(f, upright):
    if f['asymmetry'] > 0.2:
        return 'leaning_right'
    if f['asymmetry'] < -0.2:
        return 'leaning_left'
    if f['front_share'] > 0.6:
        return 'leaning_forward'
    if 'profile' in f and upright:
        tilt = 60 * (sum(f['profile'][:3]) - sum(upright[:3]))
        return 'slouched' if tilt > 8 else 'arched' if tilt < -8 else 'upright'
    return 'unknown'


port = serial.Serial(sys.argv[1], 1000000, timeout=1)
client = mqtt.Client('peer', protocol=mqtt.MQTTv5)
client.connect('127.0.0.1', int(sys.argv[2]))
client.loop_start()
buffer, baseline, previous = b'', np.zeros((32, 32)), np.zeros((32, 32))
occupied, posture, upright, published, seen = False, 'vacant', None, 0.0, time.monotonic()
while True:
    buffer += port.read(max(1, port.in_waiting))
    while True:
        start = buffer.find(SYNC)
        if start < 0 or len(buffer) < start + 1032 or buffer[start + 1028:start + 1032] != SYNC:
            break
        cells = np.frombuffer(buffer, np.uint8, 1024, start + 4).reshape(32, 32)[ORDER].astype(np.float32)
        buffer = buffer[start + 1028:]
        now = time.monotonic()
        load = cells - baseline
        load[load < 4] = 0
        state = {'occupied': False, 'posture': 'vacant'}
        if load.any():
            state.update(features(load, previous, max(now - seen, 1e-3)))
            state['occupied'] = state['load'] > 20 and state['contact_area_cm2'] > 250
        if state['occupied']:
            upright = upright or state.get('profile')
            state['posture'] = posture_of(state, upright)
        else:
            baseline = 0.99 * baseline + 0.01 * cells
        previous, seen = load, now
        if state['occupied'] != occupied or state['posture'] != posture or now > published + 10:
            client.publish('peer/state', json.dumps(state), retain=True)
            occupied, posture, published = state['occupied'], state['posture'], now
