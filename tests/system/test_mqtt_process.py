#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The broker cannot stop the seat: sitbone-mqtt alone speaks with it. Real sitboned and mosquitto, and a broker that sends
what libmosquitto 2.0.11 does not survive. Usage: test_mqtt_process.py BUILD_FOLDER"""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time

from broker import Broker, Drive, Listener, folder, wait_for
from seat import need

BUILD = sys.argv[1]
need("mosquitto", "ldd")
# CONNACK, SUBACK, PUBACK and DISCONNECT with a property that MQTT 5 does not have
SPOILT = ("200400000175", "200300000090050001017500", "20030000004005000100027500", "2003000000e003000175")


def check_libraries():
    linked = subprocess.run(["ldd", f"{BUILD}/sitboned"], check=True, capture_output=True, text=True).stdout
    assert not any(name in linked for name in ("libmosquitto", "libssl", "libcrypto.so.1")) or "asan" in linked, linked
    assert "libmosquitto" in subprocess.run(["ldd", f"{BUILD}/sitbone-mqtt"], capture_output=True, text=True).stdout


class Spoiler:
    """Answers each connection with the same bytes; levels: the MQTT versions that were asked for."""

    def __init__(self, answer):
        self.answer, self.levels = bytes.fromhex(answer), []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                peer, _ = self.socket.accept()
            except OSError:
                return
            with peer:
                hello = peer.recv(4096)
                self.levels.append(hello[8] if len(hello) > 8 else 0)
                try:
                    peer.sendall(self.answer)
                    peer.settimeout(1)
                    while peer.recv(4096):
                        pass
                except OSError:
                    pass


def check_spoilt(place, answer):
    """The seat goes on; after a crash of the library under MQTT 5, 3.1.1 is used."""
    broker = Spoiler(answer)
    with Drive(BUILD, place, broker.port, seat="spoilt") as drive:
        wait_for(lambda: len(broker.levels) >= 2, 30, f"a second attempt after {answer}")
        time.sleep(1)
        assert drive.process.poll() is None, drive.log()
        if "ended by itself" in drive.log():
            wait_for(lambda: 4 in broker.levels, 30, "MQTT 3.1.1 after a crash")
            assert "MQTT 3.1.1 from now on" in drive.log()
        worst, _ = drive.worst_us()
        assert worst < 1000000, worst
        drive.quit()
    broker.socket.close()


def check_kill(place, broker):
    """Events arrive, once by their id, though the process is killed again and again."""
    with Listener(broker) as listener, Drive(BUILD, place, broker.port, seat="kill", state_interval_s=1) as drive:
        drive.status("connected")
        for i in range(4):
            drive.tell(f"raise {i % 4}")
            child = drive.child()
            os.kill(child, signal.SIGKILL)
            wait_for(lambda: drive.child() not in (None, child), 40, "a new process")
            wait_for(lambda: drive.connections() >= i + 2, 40, "connected again")
        wait_for(lambda: len({json.loads(m.payload)["id"] for m in listener.of("sitbone/kill/event")}) == 4, 40,
                 "four events")
        assert "ended by itself" in drive.log()
        drive.quit()


def check_giant(place, broker):
    """A retained message of many megabytes, which anybody may leave at the broker, stops nothing."""
    subprocess.run(["mosquitto_pub", "-p", str(broker.port), "-t", "sitbone/giant/cmd/x", "-r", "-s"], check=True,
                   input=b"x" * 90_000_000)
    for protocol in ("5", "3.1.1"):
        with Drive(BUILD, place, broker.port, seat="giant", protocol=protocol) as drive:
            wait_for(lambda: any(s.startswith("status connected") for s in drive.said("status")), 40, "connected")
            time.sleep(3)
            assert drive.process.poll() is None, drive.log()
            with open(f"/proc/{drive.process.pid}/status") as f:
                peak = next(int(line.split()[1]) for line in f if line.startswith("VmHWM"))
            assert peak < 60_000 or "asan" in BUILD or "tsan" in BUILD, peak
            drive.quit()


def main():
    check_libraries()
    with folder() as place:
        for answer in SPOILT:
            check_spoilt(place, answer)
        with Broker(place) as broker:
            check_kill(place, broker)
            check_giant(place, broker)


main()
