#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""sitbonectl probe on lines: a pty that gives other bytes to a listener at another speed, as a UART does; lines that are
readable at every speed; boards that boot first; mats that send seldom, or only when something changes."""
import concurrent.futures
import fcntl
import json
import os
import pty
import random
import struct
import subprocess
import sys
import threading
import time
import tty

build = os.path.abspath(sys.argv[1])


def speed_of(fd):
    TCGETS2 = 0x802C542A  # odd speeds have no name of their own
    return struct.unpack("4I20s2I", fcntl.ioctl(fd, TCGETS2, bytes(44)))[-1]


def garble(data, speed):
    """Bytes as a listener at a wrong speed gets them: others, and another number of them."""
    shuffled = random.Random(speed)
    table = [shuffled.choice((0, 255, 128 + i // 2, shuffled.randrange(256))) for i in range(256)]
    return bytes(table[b] for b in data)[::1 + speed % 2]


class Line(threading.Thread):
    """Sends (pause in s, bytes, speed) one after the other, at that speed. Speed None: readable at every speed."""

    def __init__(self, pieces):
        super().__init__(daemon=True)
        self.master, self.slave = pty.openpty()
        tty.setraw(self.slave)
        self.path, self.pieces, self.running = os.ttyname(self.slave), pieces, True
        os.set_blocking(self.master, False)
        self.opened = threading.Event()
        self.start()

    def run(self):
        self.opened.wait()
        for pause, data, speed in self.pieces:
            until = time.monotonic() + pause
            while self.running and time.monotonic() < until:
                time.sleep(min(0.05, max(0, until - time.monotonic())))
            if not self.running:
                return
            actual = speed_of(self.slave)
            try:
                os.write(self.master, data if speed in (None, actual) else garble(data, actual))
            except BlockingIOError:
                pass

    def probe(self, *words):
        self.opened.set()
        began = time.monotonic()
        p = subprocess.run([f"{build}/sitbonectl", "probe", self.path, *words], capture_output=True, text=True, check=False,
                           timeout=200)
        self.running = False
        self.join()
        os.close(self.master)
        os.close(self.slave)
        self.seconds, self.stderr, self.status = time.monotonic() - began, p.stderr, p.returncode
        return json.loads(p.stdout) if "--json" in words else p.stdout


def cells(n, i, full=1023):
    mat = random.Random(i // 20)
    return [max(0, min(full, int(mat.random() * full * 0.6) + (i * 7 + k * 3) % 11)) for k in range(n)]


def every(pause, speed, make, begin=()):
    yield from begin
    i = 0
    while True:
        yield pause, make(i), speed
        i += 1


def csv(n):
    return lambda i: (",".join(map(str, cells(n, i))) + "\r\n").encode()


def named(i):
    return (f"R{i % 4}: " + " ".join(map(str, cells(12, i))) + "\r\n").encode()


BOOT = [(0.05, bytes(random.Random(3).randrange(256) for _ in range(180)), None)]  # a loader at 74880 baud
ROM = [(0.05, b"ets Jul 29 2019 12:21:46\r\n\r\nrst:0x1 (POWERON_RESET),boot:0x13\r\nconfigsip: 0, SPIWP:0xee\r\n"
        b"mode:DIO, clock div:1\r\nload:0x3fff0030,len:1184\r\nload:0x40078000,len:13232\r\nentry 0x400805f0\r\n", 115200)]


def check_speed(speed, pause, make=csv(16), begin=(), most=60):
    line = Line(every(pause, speed, make, begin))
    found = line.probe("--json")
    assert found["baud"] == speed and not found["any_baud"], (speed, pause, found, line.stderr)
    assert line.seconds < most, (speed, pause, line.seconds)
    return found


def test_speeds():
    """The true speed, whatever it is, of fast and slow senders, with and without a boot message."""
    with concurrent.futures.ThreadPoolExecutor(8) as several:
        todo = [several.submit(check_speed, *words) for words in (
            (115200, 0.1), (9600, 0.1), (57600, 0.02), (2000000, 0.1), (500000, 0.05, named), (19200, 1.0),
            (115200, 2.5), (9600, 2.5), (115200, 0.1, named), (921600, 0.1, csv(16), ROM), (115200, 2.5, csv(16), BOOT),
            (115200, 0.1, csv(16), BOOT), (250000, 0.1, named, BOOT), (57600, 2.0, csv(16), ROM))]
        for one in todo:
            one.result()


if __name__ == "__main__":
    test_speeds()
