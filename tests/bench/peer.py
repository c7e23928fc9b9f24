#!/usr/bin/python3
"""What one would otherwise write for the same job: pyserial reads a jq-seat-32 mat, numpy takes off the tare and finds
load, contact area, centre of pressure, asymmetry and occupancy of every frame, paho publishes the state on change of
occupancy and every ten seconds. No sit bones, no tilt, no bouts. Usage: peer.py DEVICE BROKER_PORT"""
import json
import sys
import time

import numpy as np
import paho.mqtt.client as mqtt
import serial

SYNC = bytes.fromhex('aa550399')
ORDER = np.array(list(range(15, 32)) + list(range(14, -1, -1)))
x = (np.arange(32) - 15.5) * 12.5
y = (np.arange(32) - 15.5) * 12.5

port = serial.Serial(sys.argv[1], 1000000, timeout=1)
client = mqtt.Client('peer', protocol=mqtt.MQTTv5)
client.connect('127.0.0.1', int(sys.argv[2]))
client.loop_start()
buffer, baseline, occupied, published = b'', np.zeros((32, 32)), False, 0.0
while True:
    buffer += port.read(max(1, port.in_waiting))
    while True:
        start = buffer.find(SYNC)
        if start < 0 or len(buffer) < start + 1032 or buffer[start + 1028:start + 1032] != SYNC:
            break
        cells = np.frombuffer(buffer, np.uint8, 1024, start + 4).reshape(32, 32)[ORDER].astype(float)
        buffer = buffer[start + 1028:]
        load = np.maximum(cells - baseline - 4, 0)
        total = load.sum()
        area = (load > 0).sum() * 1.5625
        now = total > 2000 and area > 250
        if not now:
            baseline = 0.99 * baseline + 0.01 * cells
        rows, cols = load.sum(1), load.sum(0)
        state = {'occupied': bool(now), 'load': float(total), 'area': float(area)}
        if total > 0:
            state['cop_x'] = float(cols @ x / total)
            state['cop_y'] = float(rows @ y / total)
            state['asymmetry'] = float((cols[16:].sum() - cols[:16].sum()) / total)
        if now != occupied or time.monotonic() > published + 10:
            client.publish('peer/state', json.dumps(state), retain=True)
            occupied, published = now, time.monotonic()
