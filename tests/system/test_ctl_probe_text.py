#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""sitbonectl probe on text of every kind: the right cells or the right reason; what it writes is accepted by --check-config,
and sitbonectl check reads as many frames with it. Text of other devices is not taken for a mat."""
import concurrent.futures
import functools
import json
import math
import operator
import os
import random
import subprocess
import sys
import tempfile

build = os.path.abspath(sys.argv[1])
root = os.path.abspath(os.path.join(os.path.dirname(__file__), "../.."))


class Seat:
    """Readings of n cells: noise while the seat is empty, then a sitter who leans to and fro."""

    def __init__(self, n, seed=1, most=420, empty=8, rate=10, seconds=30):
        self.random = random.Random(seed)
        self.n, self.most, self.empty = n, most, empty
        self.frames = rate * seconds
        self.weight = [self.random.uniform(0.1, 1) for _ in range(n)]

    def frame(self, i):
        seated = min(1, max(0, (i - 0.3 * self.frames) / 5))
        sway = 1 + 0.2 * math.sin(i / 23)
        return [max(0, round(self.random.gauss(0, self.empty) if not seated else
                             self.weight[k] * seated * self.most * (sway if k % 2 else 2 - sway) + self.random.gauss(0, 3)))
                for k in range(self.n)]

    def __iter__(self):
        return (self.frame(i) for i in range(self.frames))


def lines(n, form, end="\r\n", **seat):
    """One line a frame."""
    return "".join(form(i, f) + end for i, f in enumerate(Seat(n, **seat)))


def joined(frame, between=",", form=str):
    return between.join(form(v) for v in frame)


def clock(i):
    return f"{9 + (i + 3000) // 36000:02}:{(i + 3000) // 600 % 60:02}:{(i + 3000) // 10 % 60:02}"


def names(frame, form, between=","):
    return between.join(form(k, v) for k, v in enumerate(frame))


def grid(form, n, **seat):
    """One line a cell, or a frame of several lines."""
    return "".join(form(i, f) for i, f in enumerate(Seat(n, **seat)))


def rows_of(frame, cols):
    return [frame[k:k + cols] for k in range(0, len(frame), cols)]


def changes(n, form):
    last, out = [0] * n, ""
    for f in Seat(n):
        order = list(range(n))
        random.Random(sum(f)).shuffle(order)
        for k in order:
            if abs(f[k] - last[k]) > 12:
                out += form(k, f[k])
                last[k] = f[k]
    return out


def inverted(frame):
    return [1023 - v for v in frame]


def nmea(text):
    value = 0
    for c in text:
        value ^= ord(c)
    return f"${text}*{value:02X}"


def missing(i, frame, word):
    return ["" if word is None and (i + k) % 7 == 0 else word if (i + k) % 7 == 0 else v for k, v in enumerate(frame)]


# name: (bytes, cells)
MATS = {
    "plain": (lines(12, lambda i, f: joined(f)), 12),
    "plain-64": (lines(64, lambda i, f: joined(f, "\t")), 64),
    "blanks": (lines(9, lambda i, f: joined(f, "  ")), 9),
    "trailing-comma": (lines(16, lambda i, f: joined(f) + ","), 16),
    "one": (lines(1, lambda i, f: joined(f), rate=20), 1),
    "comments": (lines(12, lambda i, f: joined(["###"] * (i % 3 == 0) + f[i % 3 == 0:])), 12),
    "two": (lines(2, lambda i, f: joined(f, "/")), 2),
    "three": (lines(3, lambda i, f: joined(f, " ")), 3),
    "value": (lines(1, lambda i, f: f"Sensor reading = {f[0]}"), 1),
    "count-front": (lines(10, lambda i, f: f"{i + 500},{joined(f)}"), 10),
    "counts-front": (lines(10, lambda i, f: f"{i * 100 + 7},{i + 5},{i // 10},{joined(f)}"), 10),
    "byte-count-front": (lines(6, lambda i, f: f"{i % 256} {joined(f, ' ')}"), 6),
    "count-behind": (lines(8, lambda i, f: f"{joined(f)},{i * 50}"), 8),
    "seconds-front": (lines(8, lambda i, f: f"{i / 10:.2f};{joined(f, ';')}"), 8),
    "count-both": (lines(8, lambda i, f: f"{i} {joined(f, ' ')} {i * 20 + 3}"), 8),
    "constants-front": (lines(9, lambda i, f: f"7,3,{joined(f)}"), 9),
    "constant-behind": (lines(9, lambda i, f: f"{joined(f)},99"), 9),
    "sum-behind": (lines(9, lambda i, f: f"{joined(f)},{sum(f)}"), 9),
    "temperature-behind": (lines(9, lambda i, f: f"{joined(f)},{22.5 + (i % 7) / 10:.1f}"), 9),
    "id-front": (lines(12, lambda i, f: f"mat01,{joined(f)}"), 12),
    "label-behind": (lines(12, lambda i, f: f"DATA:{joined(f)},{'upright' if i % 90 < 60 else 'slouched'}"), 12),
    "names": (lines(12, lambda i, f: names(f, lambda k, v: f"s{k + 1}:{v}")), 12),
    "names-equal": (lines(6, lambda i, f: names(f, lambda k, v: f"A{k}={v}", " ")), 6),
    "names-json": (lines(8, lambda i, f: "{" + names(f, lambda k, v: f'"s{k}":{v}') + "}"), 8),
    "names-json-time": (lines(8, lambda i, f: f'{{"t":{i * 50},' + names(f, lambda k, v: f'"fsr{k}": {v}', ", ") + "}"), 8),
    "names-grid": (lines(16, lambda i, f: names(f, lambda k, v: f"C{k % 4 + 1}R{k // 4 + 1}={v}", ";")), 16),
    "names-blank": (lines(6, lambda i, f: names(f, lambda k, v: f"FSR {k + 1}: {v}", "  ")), 6),
    "names-words": (lines(4, lambda i, f: f"LF:{f[0]} RF:{f[1]} LB:{f[2]} RB:{f[3]}"), 4),
    "name-a-line": (grid(lambda i, f: "".join(f"S{k}={v}\r\n" for k, v in enumerate(f)), 12), 12),
    "grid-a-line": (grid(lambda i, f: "".join(f"C{k % 4 + 1}R{k // 4 + 1}={v}\r\n" for k, v in enumerate(f)), 16), 16),
    "channel-a-line": (grid(lambda i, f: "".join(f"{k},{v}\r\n" for k, v in enumerate(f)), 9), 9),
    "clock": (lines(12, lambda i, f: f"[{clock(i)}] {joined(f)}"), 12),
    "clock-arrow": (lines(12, lambda i, f: f"{clock(i)}.{i % 10}00 -> {joined(f)}"), 12),
    "date": (lines(12, lambda i, f: f"2024-03-05 {clock(i)}.{i % 10}00,{joined(f)}"), 12),
    "date-iso": (lines(6, lambda i, f: f"2024-03-05T{clock(i)}Z {joined(f, ' ')}"), 6),
    "log-tag": (lines(16, lambda i, f: f"I ({i * 100 + 350}) mat: {joined(f, ' ')}"), 16),
    "log-level": (lines(8, lambda i, f: f"[INFO] cells: {joined(f, ' ')}"), 8),
    "colours": (lines(8, lambda i, f: f"\033[0;32mcells: {joined(f, ' ')}\033[0m"), 8),
    "colour-each": (lines(6, lambda i, f: joined(f, " ", lambda v: f"\033[3{1 + v % 6}m{v}\033[0m")), 6),
    "decimal-comma": (lines(9, lambda i, f: joined(f, ";", lambda v: f"{v / 128:.2f}".replace(".", ","))), 9),
    "decimal-comma-tab": (lines(6, lambda i, f: joined(f, "\t", lambda v: f"{v / 128:.3f}".replace(".", ","))), 6),
    "volts": (lines(9, lambda i, f: joined(f, "; ", lambda v: f"{v / 128:.2f}")), 9),
    "percent": (lines(6, lambda i, f: joined(f, " ", lambda v: f"{v / 10:.1f}%")), 6),
    "nan": (lines(16, lambda i, f: joined(missing(i, f, "nan"))), 16),
    "null": (lines(12, lambda i, f: "[" + joined(missing(i, f, "null"), ", ") + "]"), 12),
    "xx": (lines(10, lambda i, f: joined(missing(i, f, "XX"), " ")), 10),
    "empty-fields": (lines(10, lambda i, f: joined(missing(i, f, None)) + ",2"), 10),
    "padded": (lines(12, lambda i, f: joined(f, " ", lambda v: f"{v:04}")), 12),
    "padded-commas": (lines(9, lambda i, f: joined(f, ",", lambda v: f"{v:03}")), 9),
    "digits": (lines(40, lambda i, f: joined(f, "", lambda v: str(min(9, v // 50)))), 40),
    "header-again": (lines(9, lambda i, f: ("t,a,b,c,d,e,f,g,h,i\r\n" if i % 20 == 0 else "") + f"{i * 50},{joined(f)}"), 9),
    "header-again-bare": (lines(9, lambda i, f: ("a,b,c,d,e,f,g,h,i\r\n" if i % 25 == 0 else "") + joined(f)), 9),
    "remarks": (lines(9, lambda i, f: ("# still alive\r\n" if i % 30 == 0 else "") + joined(f)), 9),
    "words-between": (lines(6, lambda i, f: f"Person {'IS' if i % 40 < 20 else 'is NOT'} seated\r\n{joined(f)}"), 6),
    "utf8": (lines(9, lambda i, f: f"\u2192 {joined(f, ' ')} \u00b0"), 9),
    "utf8-boxes": (lines(5, lambda i, f: "\u2500" * 20 + f"\r\n  R:{f[0]} L:{f[1]} F:{f[2]} B:{f[3]} MID:{f[4]}\r\n  Avg: {sum(f) / 5:.1f}"), 5),
    "rows-blank": (grid(lambda i, f: "".join(joined(r, " ") + "\r\n" for r in rows_of(f, 6)) + "\r\n", 24), 24),
    "rows-word": (grid(lambda i, f: "".join(joined(r) + "\r\n" for r in rows_of(f, 6)) + "END\r\n", 24), 24),
    "rows-title": (grid(lambda i, f: f"Frame {i}:\r\n" + "".join(joined(r) + "\r\n" for r in rows_of(f, 6)), 24), 24),
    "rows-number": (grid(lambda i, f: "".join(f"R{k}: {joined(r, ' ')}\r\n" for k, r in enumerate(rows_of(f, 6))), 24), 24),
    "rows-letters": (grid(lambda i, f: "".join(f"{'ABCD'[k]}: {joined(r, ' ')}\r\n" for k, r in enumerate(rows_of(f, 6))), 24), 24),
    "word-a-line": (grid(lambda i, f: "".join(f"{'LF RF LB RB'.split()[k]}={v}\r\n" for k, v in enumerate(f)), 4), 4),
    "rows-x": (grid(lambda i, f: "".join(f"z{k}x{joined(r, 'x')}x\r\n" for k, r in enumerate(rows_of(f, 6))), 24), 24),
    "numpy": (grid(lambda i, f: "[" + "\n ".join(f"[{joined(r, ' ', '{:4}'.format)}]" for r in rows_of(f, 8)) + "]\n", 64), 64),
    "python": (grid(lambda i, f: "[" + ",\n ".join(f"[{joined(r, ', ')}]" for r in rows_of(f, 6)) + "]\n", 36), 36),
    "picture": (grid(lambda i, f: "\033[2J\033[H" + "".join("|" + joined(r, "|", "{:4}".format) + "|\r\n" + "+----" * 8 + "+\r\n"
                                                         for r in rows_of(f, 8)), 64), 64),
    "home": (grid(lambda i, f: "\033[H" + "".join(joined(r, " ", "{:4}".format) + "\r\n" for r in rows_of(f, 6)), 36), 36),
    "json-lines": (grid(lambda i, f: "{\r\n" + ",\r\n".join(f'  "s{k}": {v}' for k, v in enumerate(f)) + "\r\n}\r\n", 8), 8),
    "json-nested": (grid(lambda i, f: "{\r\n" + ",\r\n".join(f'  "FSR_{k}": {{\r\n    "ohm": {4000 - v},\r\n    "force": {v}\r\n  }}'
                                                            for k, v in enumerate(f)) + "\r\n}\r\n", 6), 6),
    "json": (lines(16, lambda i, f: f'{{"t": {i * 50}, "cells": [{joined(f, ", ")}]}}'), 16),
    "json-rows": (grid(lambda i, f: f'{{\r\n  "t": {i * 100},\r\n  "cells": [\r\n' +
                       ",\r\n".join(f"    [{joined(r, ', ')}]" for r in rows_of(f, 6)) + "\r\n  ]\r\n}\r\n", 24), 24),
    "json-objects": (lines(6, lambda i, f: json.dumps([{"id": k, "v": v} for k, v in enumerate(f)])), 6),
    "json-objects-time": (lines(8, lambda i, f: json.dumps({"t": i * 100, "cells": [{"ch": k + 1, "val": v} for k, v in enumerate(f)]})), 8),
    "names-in-brackets": (lines(8, lambda i, f: names(f, lambda k, v: f"[{k}]={v}", " ")), 8),
    "names-glued": (lines(6, lambda i, f: names(f, lambda k, v: f"{'ABCDEF'[k]}{v}", " ")), 6),
    "bounds-behind": (lines(1, lambda i, f: f"Force:{f[0]},Min:0,Max:1023"), 1),
    "bounds-front": (lines(2, lambda i, f: f"Min:0,Max:1023,A0:{f[0]},A1:{f[1]}"), 2),
    "check-behind": (lines(10, lambda i, f: f"{joined(f)},{sum(f) % 256}"), 10),
    "xor-behind": (lines(12, lambda i, f: f"{joined(f, ' ')} {functools.reduce(operator.xor, f)}"), 12),
    "null-behind": (lines(6, lambda i, f: f'true,{i},"mat A",{joined(f)},null'), 6),
    "two-words-a-line": (grid(lambda i, f: "".join(f"{'vorne links,vorne rechts,hinten links,hinten rechts'.split(',')[k]}: {v}\r\n"
                                                   for k, v in enumerate(f)), 4), 4),
    "one-a-line-title": (grid(lambda i, f: "Frame\r\n" + "".join(f"{v}\r\n" for v in f), 9), 9),
    "title-again-one": (lines(1, lambda i, f: ("Force\r\n" if i % 20 == 0 else "") + str(f[0])), 1),
    "decimal-comma-comma": (lines(6, lambda i, f: joined(f, ", ", lambda v: f"{v / 128:.2f}".replace(".", ","))), 6),
    "halves": (lines(16, lambda i, f: f"L: {joined(f[:8], ' ')} R: {joined(f[8:], ' ')}"), 16),
    "dashes": (lines(4, lambda i, f: joined(f, "-")), 4),
    "nmea": (lines(16, lambda i, f: nmea("MAT," + joined(f))), 16),
    "cr-only": (lines(9, lambda i, f: joined(f), end="\r"), 9),
    "brackets": (lines(6, lambda i, f: f"<{joined(f)}>", end=""), 6),
    "lf-cr": (lines(12, lambda i, f: joined(f), end=" \n\r"), 12),
    "two-in-turn": (lines(32, lambda i, f: f"S,{joined(f[:16])}\r\nB,{joined(f[16:])}"), 16),
    "two-in-turn-words": (lines(24, lambda i, f: f"back: {joined(f[12:], ' ')}\r\nseat: {joined(f[:12], ' ')}"), 12),
    "two-in-line": (lines(32, lambda i, f: f'{{"seat":[{joined(f[:16])}],"back":[{joined(f[16:])}]}}'), 16),
    "two-in-line-large": (lines(200, lambda i, f: f"SEAT {joined(f[:100])} BACK {joined(f[100:])}"), 100),
    "two-in-line-uneven": (lines(48, lambda i, f: f"S:{joined(f[:32], ' ')} B:{joined(f[32:], ' ')}"), 32),
    "load-cells-signed": (lines(4, lambda i, f: joined((v * 500 - 120000 + k * 33333 for k, v in enumerate(f)), " ")), 4),
    "load-cells": (lines(4, lambda i, f: joined(8394000 * (k == 0) - 201000 * (k == 1) + 90000 * (k > 1) + v * 700
                                              for k, v in enumerate(f))), 4),
    "falls": (lines(16, lambda i, f: joined(inverted(f))), 16),
    "twelve-bit": (lines(9, lambda i, f: joined(f), most=3600), 9),
}

# what a doubt about them says; the others are certain
DOUBTS = {"one": "Is this a mat?", "two": "Is this a mat?", "three": "Is this a mat?", "value": "Is this a mat?",
          "comments": "begin with #",
          "falls": "inverted = yes", "two-in-turn": "two mats", "two-in-turn-words": "two mats", "two-in-line": "two mats",
          "two-in-line-large": "two mats", "two-in-line-uneven": "two mats", "bounds-behind": "Is this a mat?",
          "bounds-front": "Is this a mat?", "title-again-one": "Is this a mat?"}

REASONS = {
    "hex_text": [lines(16, lambda i, f: joined(f, " ", lambda v: f"{v // 4:02X}")),
                 lines(16, lambda i, f: joined(f, "", lambda v: f"{v:03x}")),
                 lines(8, lambda i, f: joined(f, ",", lambda v: f"0x{v:04X}")),
                 lines(8, lambda i, f: "D=" + joined(f, ";", lambda v: f"0x{v:X}")),
                 lines(8, lambda i, f: joined(f, " ", lambda v: f"{v:03X}h")),
                 lines(32, lambda i, f: joined(f, "", lambda v: f"{v // 4:02X}"), rate=5, seconds=1, empty=200),
                 lines(8, lambda i, f: "DATA: " + joined(f, " ", lambda v: f"{v // 4:02x}"))],
    "no_line_ends": [lines(3, lambda i, f: joined(f, "\t"), end="")],
    "one_number_a_line": [grid(lambda i, f: "".join(f"{v}\r\n" for v in f), 9)],
    "only_changes": [changes(8, lambda k, v: f"S{k}={v}\r\n")],
    "glued_numbers": [lines(n, lambda i, f, w=w: prefix + joined(f, "", lambda v: f"{v:0{w}}"))
                      for n, w, prefix in ((12, 4, ""), (3, 4, ""), (64, 4, "S,"), (16, 3, ""), (7, 5, "D:"))],
    "unknown": [lines(16, lambda i, f: names(f, lambda k, v: f"({k // 4},{k % 4}):{v}", " ")),
                lines(16, lambda i, f: names(f, lambda k, v: f"[{k // 4},{k % 4}]={v}")),
                lines(12, lambda i, f: "192.168.1.20 " + joined(f)),
                lines(16, lambda i, f: "10.0.0.7: " + joined(f, " ")),
                lines(12, lambda i, f: "### " + joined(f[1:], " "))],
    "words_only": ["".join("SEATED\r\n" if i > 40 else "EMPTY\r\n" for i in range(90))],
}


def foreign(kind, i, r):
    t = i * 100
    return {
        "gps": nmea(f"GPGGA,{123519 + i},4807.{i % 999:03},N,01131.000,E,1,08,0.9,545.{i % 9},M,46.9,M,,"),
        "imu": ",".join(f"{r.gauss(0, 9):.3f}" for _ in range(6)),
        "imu-names": f"ax:{r.gauss(0, 1):.2f} ay:{r.gauss(0, 1):.2f} az:{9.8 + r.gauss(0, 1):.2f} gx:1 gy:2 gz:{r.randrange(9)}",
        "weather": f"Temperature: {20 + r.random():.2f} C Humidity: {40 + r.random():.1f} %",
        "printer": f"ok T:{200 + r.random():.1f} /200.0 B:{60 + r.random():.1f} /60.0 @:127 B@:{r.randrange(127)}",
        "lidar": f"theta: {r.random() * 360:.2f} Dist: {r.random() * 4000:08.2f} Q: {r.randrange(48)}",
        "wifi": f"I ({t}) wifi: state: run -> init ({r.randrange(256):x})",
        "syslog": f"Nov 30 19:{i // 60 % 60:02}:{i % 60:02} host {r.choice(['kernel', 'sshd', 'cron'])}[{r.randrange(9999)}]: " +
                  " ".join(r.choice(["link", "up", "eth0", "user", "session", "opened", "irq"]) for _ in range(5)),
        "boot": r.choice(["rst:0x1 (POWERON_RESET),boot:0x13", "load:0x3fff0030,len:1184", "ho 0 tail 12 room 4",
                          f"entry 0x{r.randrange(1 << 30):x}", "ESP-ROM:esp32c3-api1-20210207"]),
        "anything": " ".join(str(r.randrange(500)) for _ in range(1 + r.randrange(12))),
        "quaternion": ",".join(f"q{k}={r.gauss(0, 0.5):.4f}" for k in range(4)),
        "dust": f"PM1.0: {r.randrange(30)} PM2.5: {r.randrange(40)} PM10: {r.randrange(60)} ug/m3",
        "position": f"X:{r.random() * 200:.2f} Y:{r.random() * 200:.2f} Z:{i / 5:.2f} E:{i / 10:.2f} Count X:{r.randrange(9999)}",
        "modem": r.choice(["AT+CSQ", "OK", "+CSQ: 17,99", "+CREG: 0,1", "", "RING", f'+CMTI: "SM",{i}']),
        "micros": str(1732212345678901 + i * 20011),
    }[kind]


FOREIGN = ["gps", "imu", "imu-names", "weather", "printer", "lidar", "wifi", "syslog", "boot", "anything", "quaternion", "dust",
           "position", "modem", "micros"]


def probe(folder, name, text):
    path = f"{folder}/{name}.txt"
    with open(path, "wb") as f:
        f.write(text.encode()[3:])  # a capture begins anywhere
    done = subprocess.run([f"{build}/sitbonectl", "probe", path, "--json"], capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout.startswith('{'), (name, done.stderr)
    return path, json.loads(done.stdout)


def check_settings(folder, name, found):
    """The daemon accepts what probe writes, and it reads the capture."""
    form, keys = found["format"], found["description"]
    if form is None:
        form = f"{folder}/{name}.conf"
        with open(form, "w", encoding="utf-8") as f:
            f.write("[format]\n" + "".join(f"{k} = {'yes' if v is True else v}\n" for k, v in keys.items()))
    with open(f"{folder}/{name}-sitbone.conf", "w", encoding="utf-8") as f:
        f.write(f"[device]\ndevice = /dev/null\nformat = {form}\n[alert]\nexercises_file = {root}/config/exercises.conf\n")
    done = subprocess.run([f"{build}/sitboned", "--check-config", f"{folder}/{name}-sitbone.conf"], capture_output=True, text=True,
                          check=False, timeout=60)
    return done.returncode == 0 or (done.stdout + done.stderr)


def wrong_mat(folder, name):
    text, cells = MATS[name]
    _, found = probe(folder, name, text)
    keys = found["description"] or {}
    if keys.get("cells") != cells or keys.get("mask_cells") or found["reason"]:
        return f"{name}: {cells} cells: {found['format']} {keys} {found['reason']} {found['notes']}"
    if (DOUBTS.get(name, "") not in " ".join(found["doubts"])) or (name not in DOUBTS and found["doubts"]):
        return f"{name}: {found['doubts']}"
    accepted = check_settings(folder, name, found)
    if accepted is not True:
        return f"{name}: refused: {keys} {accepted}"
    return None


def wrong_reason(folder, reason, i):
    _, found = probe(folder, f"{reason}-{i}", REASONS[reason][i])
    return None if found["reason"] == reason and found["format"] is None and found["advice"] else f"{reason} {i}: {found}"


def wrong_foreign(folder, kind):
    r = random.Random(5)
    _, found = probe(folder, kind, "".join(foreign(kind, i, r) + "\r\n" for i in range(300)))
    return None if found["format"] is None and not found["description"] else f"{kind}: {found}"


with tempfile.TemporaryDirectory() as d:
    with concurrent.futures.ThreadPoolExecutor(2) as several:
        jobs = [several.submit(wrong_mat, d, name) for name in MATS]
        jobs += [several.submit(wrong_reason, d, reason, i) for reason in REASONS for i in range(len(REASONS[reason]))]
        jobs += [several.submit(wrong_foreign, d, kind) for kind in FOREIGN]
        wrong = [j.result() for j in jobs if j.result()]
    print("\n".join(wrong))
    assert not wrong, f"{len(wrong)} of {len(jobs)}"
