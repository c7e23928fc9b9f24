#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""sitbonectl probe: on files, FIFOs and lines of every speed; says what it knows, sends nothing that it was not told to send."""
import fcntl
import concurrent.futures
import json
import os
import pty
import select
import struct
import subprocess
import sys
import tempfile
import threading
import time
import tty

build = os.path.abspath(sys.argv[1])
root = os.path.abspath(os.path.join(os.path.dirname(__file__), "../.."))
scenario = f"{root}/tests/golden/desk.scenario"


def probe(*words, status=0):
    done = subprocess.run([f"{build}/sitbonectl", "probe", *words], capture_output=True, text=True, check=False, timeout=200)
    assert status is None or done.returncode == status, (words, done)
    return done.stdout if done.stdout or status == 0 else done.stderr


def sim(name, path, *words):
    with open(path, "wb") as f:  # 64 KB are enough
        p = subprocess.Popen([f"{build}/sitbone-sim", "--scenario", scenario, "--format", name, "--output", "-", *words],
                             stdout=subprocess.PIPE)
        f.write(p.stdout.read(65536))
        p.stdout.close()
        p.wait()


def speed_of(fd):
    TCGETS2 = 0x802C542A  # odd speeds have no name of their own
    return struct.unpack("4I20s2I", fcntl.ioctl(fd, TCGETS2, bytes(44)))[-1]


class Line:
    """A mat on a pty that can be understood at one speed only; answers only when asked, if it is one of those. Each write
    ends with a frame: a busy machine makes pauses between them, and one inside would be what it looks like, a frame's end."""

    def __init__(self, data, speed, size, asked=False):
        self.master, self.slave = pty.openpty()
        tty.setraw(self.slave)  # a new pty echoes what comes before anybody opened it; that is not the program's doing
        self.path = os.ttyname(self.slave)
        self.data, self.speed, self.size, self.asked = data[:len(data) // size * size], speed, size, asked
        self.heard, self.running = b"", True
        os.set_blocking(self.master, False)
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        at = 0
        while self.running:
            if select.select([self.master], [], [], self.size / 50000)[0]:
                self.heard += os.read(self.master, 4096)
            if self.asked and not self.heard:
                continue
            piece = self.data[at:at + self.size - at % self.size]
            if speed_of(self.slave) != self.speed:
                piece = bytes((b * 7 + 129) & 255 | 0x80 for b in piece)
            try:
                at = (at + os.write(self.master, piece)) % len(self.data)
            except BlockingIOError:
                pass

    def stop(self):
        self.running = False
        self.thread.join()
        os.close(self.master)
        os.close(self.slave)


def test_files(folder):
    rows = json.loads(subprocess.check_output([f"{build}/sitbonectl", "formats", "--json"]))
    for row in rows:
        path = f"{folder}/{row['name']}.bin"
        size = ["--rows", "12", "--cols", "11"] if row["resizable"] and not row["rows"] else []
        sim(row["name"], path, *size)
        if row["cells"] and not row["rows"]:
            continue  # cells without places: nothing that a simulated sitter could sit on
        found = json.loads(probe(path, "--json"))
        assert found["format"] == row["name"], (row["name"], found)
        assert found["candidates"][0]["in_a_row"] >= 3 and found["baud"] is None, found
    text = probe(f"{folder}/csv-line.bin")
    assert "format = csv-line" in text and "132 cells a frame: set rows and cols" in text, text
    assert "rows = 12\ncols = 11" in probe(f"{folder}/csv-line.bin", "--rows", "12", "--cols", "11")


def test_nothing(folder):
    with open(f"{folder}/noise", "wb") as f:
        f.write(os.urandom(30000))
    out = probe(f"{folder}/noise", status=1)
    assert "nothing fits" in out and "it begins: " in out, out
    assert json.loads(probe(f"{folder}/noise", "--json", status=1))["format"] is None
    with open(f"{folder}/words", "w") as f:
        f.write("Hello\nI am \033[2J a kettle\n" * 50)
    out = probe(f"{folder}/words", status=1)
    assert "it begins: Hello I am" in out and "\033" not in out, out
    assert "is not there" in probe("/dev/ttyUSB99", status=1)
    assert "whole number" in probe(f"{folder}/noise", "--baud", "fast", status=2)
    sim("jq-seat-32", f"{folder}/x.bin")
    subprocess.check_call([f"{build}/sitbone-sim", "--scenario", scenario, "--format", "jq-seat-32", "--recording", "--output",
                           f"{folder}/x.sbr"])
    assert "is a recording" in probe(f"{folder}/x.sbr", status=1)


def test_described(folder):
    """A description in a file is tried, too, and named as the setting must be; without it nothing fits."""
    with open(f"{folder}/my-mat.conf", "w") as f:
        f.write("[format]\nframing = prefix\nsync = C3 5A\ncheck = xor8\nfull_scale = 255\nrows = 9\ncols = 7\n"
                "sure = B\nsource = my own sketch\n")
    sim(f"{folder}/my-mat.conf", f"{folder}/my-mat.bin")
    assert json.loads(probe(f"{folder}/my-mat.bin", "--json", status=1))["format"] is None
    found = json.loads(probe(f"{folder}/my-mat.bin", "--format", f"{folder}/my-mat.conf", "--json"))
    assert found["format"] == f"{folder}/my-mat.conf" and "xor8" in found["candidates"][0]["evidence"], found
    out = probe(f"{folder}/my-mat.bin", "--format", f"{folder}/my-mat.conf")
    assert f"format = {folder}/my-mat.conf\n" in out and "each: begins with C3 5A, 66 bytes long, xor8" in out, out
    sheet = subprocess.check_output([f"{build}/sitbonectl", "formats", f"{folder}/my-mat.conf"], text=True)
    for words in ("C3 5A | 63 x u8 | xor8", "B: one source", "my own sketch", f"{folder}/my-mat.conf"):
        assert words in sheet, (words, sheet)
    assert "no format" in probe(f"{folder}/my-mat.bin", "--format", "my-mut", status=2)


def suggested(folder, lines, want):
    """Text that no format fits: the description that probe writes reads it, every line or block but the first."""
    with open(f"{folder}/text.bin", "w") as f:
        f.write("".join(lines))
    # what is suggested is no format that fits: words and JSON end with the same status
    fits = json.loads(probe(f"{folder}/text.bin", "--json", status=None))["format"] is not None
    out = probe(f"{folder}/text.bin", status=0 if fits else 1)
    assert want in out, out
    with open(f"{folder}/text.conf", "w") as f:
        f.write(out[out.index("[format]"):])
    found = subprocess.run([f"{build}/sitbonectl", "check", f"{folder}/text.bin", "--format", f"{folder}/text.conf", "--json"],
                           stdout=subprocess.PIPE)
    return json.loads(found.stdout)


def test_suggested(folder):
    cells = "[[1, 2, 3, 4], [5, 600, 7, 8], [9, 10, 11, 12]]"
    found = suggested(folder, [f'{{"t": {i * 50}, "cells": {cells}}}\r\n' for i in range(40)],
                      "(a counter).\nThis description fits")
    assert found["cells"] == 12 and found["frames"] >= 39 and found["full_scale"] == 1023, found
    row = "".join(f"Row {r}: 1 2 3 {r} 5\r\n" for r in range(6))
    found = suggested(folder, [row + "-- end --\r\n"] * 20, "(the number of a row).\nThis description fits")
    assert found["cells"] == 30 and found["frames"] >= 19, found
    found = suggested(folder, [f"{4000000000 + i * 50}\t1\t2\t3\t{i % 3}\n" for i in range(40)], "[format]\nheader = 1\n")
    assert found["cells"] == 4 and found["frames"] >= 39, found
    found = suggested(folder, [f"R{i % 6}: 1 2 3 4 5\n" for i in range(90)], "header = 1\nframe_end = number\n")
    assert found["cells"] == 30 and found["frames"] >= 13, found
    found = suggested(folder, [f"Frame {i}:\n" + row for i in range(30)], "header = 1\nframe_end = number\n")
    assert found["cells"] == 30 and found["frames"] >= 28, found


class Slow(threading.Thread):
    """One frame a second, into a FIFO."""

    def __init__(self, path, data, size):
        super().__init__(daemon=True)
        self.path, self.data, self.size, self.running = path, data, size, True
        os.mkfifo(path)
        self.start()

    def run(self):
        fd = os.open(self.path, os.O_RDWR)
        for at in range(0, len(self.data), self.size):
            if not self.running:
                break
            os.write(fd, self.data[at:at + self.size])
            time.sleep(1)
        os.close(fd)


def test_slow_rows(folder):
    """Sixteen rows a second: lines that fit as they are, until more frames say that they are rows."""
    slow = [Slow(f"{folder}/slow-{i}", ("1 2 3 4 5 6\n" * 16 + end).encode() * 20, 192 + len(end))
            for i, end in enumerate(("\n", "Mat of 6 x 16\n"))]
    with concurrent.futures.ThreadPoolExecutor() as several:
        found = list(several.map(lambda s: json.loads(probe(s.path, "--json")), slow))
    for s in slow:
        s.running = False
    assert [f["format"] for f in found] == ["rows-blank", "rows-word"], found
    assert all(f["candidates"][0]["cells"] == 96 for f in found), found


def test_slow(folder):
    with open(f"{folder}/jq-seat-32.bin", "rb") as f:
        slow = Slow(f"{folder}/slow", f.read(), 1028)
    found = json.loads(probe(f"{folder}/slow", "--json"))
    slow.running = False
    assert found["format"] == "jq-seat-32" and 3 <= found["candidates"][0]["in_a_row"] <= 9, found


def test_lines(folder):
    with open(f"{folder}/jq-seat-32.bin", "rb") as f:
        data = f.read()
    line = Line(data, 921600, 1028)  # not the speed of the format
    out = probe(line.path)
    line.stop()
    assert "format = jq-seat-32\nbaud = 921600\n" in out and "fits" in out, out
    assert "between two AA 55 03 99, 1028 bytes long" in out, out
    assert line.heard == b"", line.heard  # it only listened
    line = Line(data, 115200, 1028)
    out = probe(line.path, "--baud", "9600", status=1)
    line.stop()
    assert "nothing fits" in out and "at 9600 baud" in out, out


def test_unreachable():
    out = probe("tcp://127.0.0.1:1", status=1)
    assert "Connection refused" in out and "powered" not in out, out


def test_asked(folder):
    with open(f"{folder}/stag-request.bin", "rb") as f:
        data = f.read()
    line = Line(data, 115200, 500, asked=True)
    out = probe(line.path, status=1)
    assert "nothing comes" in out and "--send" in out and line.heard == b"", (out, line.heard)
    out = probe(line.path, "--send")
    assert "format = stag-request" in out and line.heard, out
    line.heard = b""
    said = subprocess.run([f"{build}/sitbonectl", "record", f"{folder}/asked.sbr", "--config", f"{root}/config/sitbone.conf",
                           "--device", line.path, "--format", "stag-request", "--seconds", "1"], capture_output=True, text=True,
                          check=False, timeout=100)
    line.stop()
    assert said.returncode == 0 and line.heard, said


with tempfile.TemporaryDirectory() as d:
    test_files(d)
    test_nothing(d)
    test_described(d)
    test_suggested(d)
    test_slow(d)
    test_slow_rows(d)
    test_lines(d)
    test_asked(d)
    test_unreachable()
