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
import tempfile
import threading
import time
import tty

build = os.path.abspath(sys.argv[1])


def speed_of(fd):
    TCGETS2 = 0x802C542A  # odd speeds have no name of their own
    return struct.unpack("4I20s2I", fcntl.ioctl(fd, TCGETS2, bytes(44)))[-1]


def halve(data):
    """Bytes as a UART gets them at half of their speed: it samples every second bit after a start bit. It looks like text."""
    bits = [b for byte in data for b in [0] + [byte >> k & 1 for k in range(8)] + [1]] + [1] * 20
    out, at = bytearray(), 0
    while at < len(bits) - 20:
        if bits[at]:
            at += 1
            continue
        sampled = [bits[min(at + 3 + 2 * k, len(bits) - 1)] for k in range(9)]
        out.append(sum(bit << k for k, bit in enumerate(sampled[:8])) if sampled[8] else 0)
        at += 20
    return bytes(out)


def garble(data, speed, sent):
    """Bytes as a listener at a wrong speed gets them: others, and another number of them."""
    if 2 * speed == sent:
        return halve(data)
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
                os.write(self.master, data if speed in (None, actual) else garble(data, actual, speed))
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


def packet(i):
    data = bytes([0xA7, 0x3C, 0x40] + cells(64, i, 255))
    return data + bytes([sum(data) & 255])


def check_speed(speed, pause, make=csv(16), begin=(), most=60):
    """The true speed, whatever it is, of fast and slow senders, with and without a boot message."""
    line = Line(every(pause, speed, make, begin))
    found = line.probe("--json")
    assert found["baud"] == speed and not found["any_baud"], (speed, pause, found, line.stderr)
    assert line.seconds < most, (speed, pause, line.seconds)
    return found


def check_slow(speed):
    """A line every two and a half seconds is named within half a minute, and few are called few."""
    found = check_speed(speed, 2.5, most=30 + 5)
    assert any("Only" in d and "frames" in d for d in found["doubts"]), found
    assert found["description"]["cells"] == 16 and found["stale_ms"] > 5000 and not found["silence"], found


def check_any_speed(make):
    """A line that is readable at every speed has none."""
    line = Line(every(0.1, None, make))
    found = line.probe("--json")
    assert found["any_baud"] and found["baud"] is None and line.seconds < 30, (found, line.seconds)
    assert found["description"]["cells"] in (12, 16, 64), found


def check_sentence():
    line = Line(every(0.05, None, csv(16)))
    out = line.probe()
    assert "readable at every speed: the baud rate does not matter" in out and "baud =" not in out, out


def check_packets(speed):
    """Bytes of no format: the sync, the distance and a description that its check confirms."""
    found = check_speed(speed, 0.1, packet)
    assert (found["sync"], found["period_bytes"], found["reason"]) == ("A7 3C 40", 68, None), found
    assert found["format"] is None and found["description"]["check"] == "sum8", found


def check_slow_packets(n):
    """Frames of no format, one a second, on a line without a speed."""
    line = Line(every(1.0, None, lambda i: bytes([0xA7, 0x3C, i & 255] + cells(n, i, 255) + [i * 91 & 255])))
    found = line.probe("--json")
    assert found["any_baud"] and found["sync"].startswith("A7 3C") and found["period_bytes"] == n + 4, found
    assert line.seconds < 30, line.seconds


def check_changes():
    """Pauses of other lengths than usual: it sends when something changes."""
    def pieces():
        i = 0
        while True:
            yield 2.6 if i % 12 == 11 else 0.1, csv(16)(i), 115200
            i += 1
    line = Line(pieces())
    out = line.probe("--baud", "115200")
    assert "silence = empty" in out and "stale_ms" not in out, out


def check_silent():
    line = Line(every(1000, None, csv(16)))
    out = line.probe()
    assert "does it send only when pressed?" in out and line.status == 1, out


def test_lines():
    todo = [(check_speed, *words) for words in (
        (115200, 0.1), (9600, 0.1), (57600, 0.02), (2000000, 0.1), (500000, 0.05, named), (19200, 1.0), (115200, 0.1, named),
        (921600, 0.1, csv(16), ROM), (115200, 2.5, csv(16), BOOT), (115200, 0.1, csv(16), BOOT), (250000, 0.1, named, BOOT),
        (57600, 2.0, csv(16), ROM))]
    todo += [(check_slow, 115200), (check_slow, 9600), (check_any_speed, csv(16)), (check_any_speed, named),
             (check_any_speed, packet), (check_sentence,), (check_packets, 115200), (check_packets, 57600),
             (check_slow_packets, 32), (check_slow_packets, 300), (check_changes,),
             (check_silent,)]
    with concurrent.futures.ThreadPoolExecutor(len(todo)) as several:
        for one in [several.submit(*words) for words in todo]:
            one.result()


def run(*words):
    return subprocess.run([f"{build}/sitbonectl", *words], capture_output=True, text=True, check=False, timeout=60)


def test_packet_files(folder):
    """Descriptions of bytes are accepted and read them; another size and the other order of bytes are named."""
    with open(f"{folder}/be.bin", "wb") as f:
        f.write(b"".join(b"\xff\xff\x00\x06" + struct.pack(">6H", *cells(6, i)) + b"\xff\xfe" for i in range(200))[7:])
    found = json.loads(run("probe", f"{folder}/be.bin", "--json").stdout)
    assert found["sync"] == "FF FF 00 06" and found["tail"] == "FF FE" and found["period_bytes"] == 18, found
    assert found["description"]["element"] == "u16be" and found["description"]["cells"] == 6 and found["doubts"], found
    assert "FF FF 00 06 .. FF FE occurs every 18 bytes" in run("probe", f"{folder}/be.bin").stdout
    keys = found["description"]

    def check(**other):
        with open(f"{folder}/mine.conf", "w") as f:
            f.write("[format]\n" + "".join(f"{k} = {v}\n" for k, v in {**keys, **other}.items()))
        assert run("check", f"{folder}/mine.conf").returncode == 0
        return json.loads(run("check", f"{folder}/be.bin", "--format", f"{folder}/mine.conf", "--json").stdout)

    found = check()
    assert found["frames"] == 199 and found["mismatch"] is None, found
    assert "element = u16be" in check(element="u16le", full_scale=65535)["mismatch"]
    found = check(cells=8)
    assert "expects frames of 22 bytes (8 cells)" in found["mismatch"] and "18 bytes (6 cells)" in found["mismatch"], found
    out = run("probe", f"{folder}/be.bin", "--format", f"{folder}/mine.conf").stdout
    assert "expects frames of 22 bytes (8 cells)" in out, out


def test_beginning(folder):
    """A capture begins anywhere, but what is shown of it begins with a line."""
    with open(f"{folder}/hex", "w") as f:
        f.write("B 0C\n" + "1F 0A 00 2B 0C\n2A 0B 01 2C 0D\n" * 40)
    out = run("probe", f"{folder}/hex").stdout
    assert "it begins: 1F 0A 00 2B 0C" in out, out
    open(f"{folder}/empty", "w").close()
    out = run("probe", f"{folder}/empty").stdout
    assert "the file is empty" in out and "powered" not in out, out


with tempfile.TemporaryDirectory() as d:
    test_packet_files(d)
    test_beginning(d)
test_lines()
