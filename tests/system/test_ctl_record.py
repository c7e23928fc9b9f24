#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""sitbonectl record: what a mat sends comes back out of the file, whatever ends it."""
import csv
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

import seat

build = os.path.abspath(sys.argv[1])
root = os.path.abspath(os.path.join(os.path.dirname(__file__), "../.."))
scenario = f"{root}/tests/golden/desk.scenario"
conf = f"{root}/config/sitbone.conf"


def run(program, *words, status=0):
    done = subprocess.run([f"{build}/{program}", *words], capture_output=True, text=True, check=False, timeout=200)
    assert done.returncode == status, (words, done)
    return done.stdout + done.stderr


def sim(*words):
    return run("sitbone-sim", "--scenario", scenario, *words)


def decisions(*words):
    lines = [json.loads(line) for line in run("sitbonectl", "replay", "--json", "--config", conf, *words).splitlines()
             if line.startswith("{")]
    return [x for x in lines if "event" not in x]


def record(folder, name, device, *words):
    p = subprocess.Popen([f"{build}/sitbonectl", "record", f"{folder}/{name}", "--config", conf, "--device", device, *words],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    line = p.stderr.readline()
    assert "Ctrl-C ends it" in line, line
    return p


def start_mat(folder):
    mat = subprocess.Popen([f"{build}/sitbone-sim", "--format", "jq-seat-32", "--scenario", scenario, "--link",
                            f"{folder}/mat", "--speed", "4"])
    mats.append(mat)
    while not os.path.islink(f"{folder}/mat"):
        time.sleep(0.02)
    return mat


def test_simulated(folder):
    """sim writes what record writes: the same decisions as from the bare bytes."""
    for name in ("csv-line", "jq-seat-32", "marveldex-v1"):
        size = ["--rows", "12", "--cols", "10"] if name == "csv-line" else []
        sim("--format", name, *size, "--output", f"{folder}/{name}.sbr", "--recording")
        sim("--format", name, *size, "--output", f"{folder}/{name}.bin")
        ours = json.loads(run("sitbonectl", "check", f"{folder}/{name}.sbr", "--json", "--config", conf))
        assert ours["clean"] and ours["format"] == name and ours["cut_bytes"] == 0, ours
        assert os.path.getsize(f"{folder}/{name}.sbr") < os.path.getsize(f"{folder}/{name}.bin")
        a, b = decisions(f"{folder}/{name}.sbr"), decisions(f"{folder}/{name}.bin", "--format", name)
        assert len(a) == len(b) > 1000, (name, len(a), len(b))
        if name == "jq-seat-32":  # its pace is the nominal one, and it needs no rows and cols
            differ = [(x, y) for x, y in zip(a, b) if x["posture"] != y["posture"] or abs(x["load"] - y["load"]) > 1e-3]
            assert not differ, differ[:2]
    assert "recording needs" in run("sitbone-sim", "--scenario", scenario, "--format", "csv", "--output", "x", "--recording",
                                    status=2)


def test_recorded(folder):
    mat = start_mat(folder)
    p = record(folder, "a.sbr", f"{folder}/mat", "--format", "jq-seat-32")
    time.sleep(1.5)
    p.send_signal(signal.SIGINT)
    out, err = p.communicate(timeout=60)
    assert p.returncode == 0 and "frames of jq-seat-32, 0 refused" in out, (out, err)
    found = json.loads(run("sitbonectl", "check", f"{folder}/a.sbr", "--json", "--config", conf))
    assert found["clean"] and found["frames"] > 30 and 35 < found["rate_hz"] < 70, found  # 12 Hz, 4 times as fast
    assert "is there already" in run("sitbonectl", "record", f"{folder}/a.sbr", "--config", conf, "--device",
                                     f"{folder}/mat", "--format", "jq-seat-32", status=1)

    p = record(folder, "b.sbr", f"{folder}/mat", "--format", "jq-seat-32", "--seconds", "60")  # killed: the whole chunks stay
    time.sleep(3)
    p.kill()
    p.communicate()
    found = json.loads(run("sitbonectl", "check", f"{folder}/b.sbr", "--json", "--config", conf))
    assert found["clean"] and found["frames"] > 60, found

    p = record(folder, "c.sbr", f"{folder}/mat", "--format", "jq-seat-32", "--seconds", "7")  # unplugged, and back
    time.sleep(1)
    mat.terminate()
    mat.wait()
    assert "waiting" in p.stderr.readline()
    mat = start_mat(folder)
    out, _ = p.communicate(timeout=60)
    assert p.returncode == 0 and ", away 1 time\n" in out, out
    found = json.loads(run("sitbonectl", "check", f"{folder}/c.sbr", "--json", "--config", conf))
    assert found["clean"] and found["frames"] > 60, found
    mat.terminate()
    mat.wait()


def test_beside_daemon(folder):
    """The daemon hands over what it reads, and goes on deciding."""
    mat = start_mat(folder)
    bus = seat.Bus()
    d = seat.Daemon(build, f"{folder}/mat", "jq-seat-32").start()
    try:
        seat.wait_for("frames", 20, lambda: d.frames() > 5)
        p = subprocess.Popen([f"{build}/sitbonectl", "record", f"{folder}/beside.sbr"], stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True)
        assert "recording what sitboned reads as jq-seat-32" in p.stderr.readline()
        before = d.frames()
        run("sitbonectl", "label", "upright")
        assert "0 and hyphens" not in run("sitbonectl", "label", "none"), "none ends a label"
        assert "a name has" in run("sitbonectl", "label", "Up right", status=2)
        run("sitbonectl", "label", "leaning-left")
        time.sleep(2.5)
        assert d.frames() > before + 30, "the daemon goes on"
        p.send_signal(signal.SIGINT)
        out, err = p.communicate(timeout=60)
        assert p.returncode == 0 and "frames of jq-seat-32, 0 refused" in out and "lost" not in out, (out, err)
        found = json.loads(run("sitbonectl", "check", f"{folder}/beside.sbr", "--json", "--config", conf))
        assert found["clean"] and found["frames"] > 30 and 30 < found["rate_hz"] < 70, found
        with open(f"{folder}/beside.sbr", "rb") as f:
            head = f.read(2000)
        assert head.startswith(b"# sitbone recording 2\n# started=2") and b"mat\n" in head, head
        assert "is there already" in run("sitbonectl", "record", f"{folder}/beside.sbr", status=1)
        rows = exported(folder, "beside.sbr")
        assert [r["label"] for r in rows[-20:]] == ["leaning-left"] * 20, rows[-1]
        assert "Nothing is recorded now" in run("sitbonectl", "label", "upright", status=1)
        p = subprocess.Popen([f"{build}/sitbonectl", "record", f"{folder}/end.sbr"], stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True)
        p.stderr.readline()
        time.sleep(1)
        d.kill(signal.SIGTERM)  # what was written stays
        out, err = p.communicate(timeout=60)
        assert p.returncode == 0 and "the daemon has ended" in err, (out, err)
    finally:
        d.process.kill()
        bus.stop()
        del os.environ["DBUS_SESSION_BUS_ADDRESS"]
        mat.terminate()
        mat.wait()


def exported(folder, name, *words):
    """The rows of the table that export writes; replay decides the same from both."""
    out = f"{folder}/{name}.csv"
    assert " frames" in run("sitbonectl", "export", f"{folder}/{name}", "--output", out, "--config", conf, *words)
    assert "is there already" in run("sitbonectl", "export", f"{folder}/{name}", "--output", out, "--config", conf, *words,
                                     status=1)
    assert json.loads(run("sitbonectl", "check", out, "--json", "--config", conf))["clean"]
    with open(out) as f:
        return list(csv.DictReader(line for line in f if not line.startswith("#")))


def test_exported(folder):
    """A recording, raw bytes and a table come back as the same frames, and a mat that is turned lies the right way."""
    rows = exported(folder, "jq-seat-32.sbr")
    assert len(rows) > 1000 and list(rows[0])[:3] == ["t_s", "label", "c0"] and len(rows[0]) == 2 + 32 * 32, rows[0]
    native, table = decisions(f"{folder}/jq-seat-32.sbr"), decisions(f"{folder}/jq-seat-32.sbr.csv")
    assert len(native) == len(table) and all(a["posture"] == b["posture"] for a, b in zip(native, table))
    again = exported(folder, "jq-seat-32.sbr.csv")
    assert [list(r.values())[1:] for r in again] == [list(r.values())[1:] for r in rows]
    assert "no CSV" in run("sitbonectl", "record", f"{folder}/x.csv", status=2)


def test_foreign_tables(folder):
    """check says what somebody else's table is, and with its columns named it is read."""
    cells = [f"{i % 7}" for i in range(9)]
    clocks = {"iso": [f"2024-02-28 23:59:{59.0 + k / 10:.3f}" if k < 10 else f"2024-02-29 00:00:{(k - 10) / 10:06.3f}"
                      for k in range(40)],
              "clock": [f"23:59:{59.0 + k / 10:.3f}" if k < 10 else f"00:00:{(k - 10) / 10:06.3f}" for k in range(40)],
              "millis": [str(81000 + 100 * k) for k in range(40)],
              "seconds": [f"{1709164800 + k / 10:.1f}" for k in range(40)]}
    for delimiter, word in ((",", "commas"), (";", "semicolons"), ("\t", "tabs")):
        for clock, times in clocks.items():
            path = f"{folder}/{clock}-{word}.csv"
            with open(path, "w") as f:
                print(*(["when"] + [f"s{i}" for i in range(9)] + ["mood"]), sep=delimiter, file=f)
                for t in times:
                    print(*([t] + cells + ["calm, mostly" if delimiter == ";" else "calm"]), sep=delimiter, file=f)
            out = run("sitbonectl", "check", path, status=1)
            assert f"11 columns separated by {word}" in out and "--columns time=when,cells=s0..s8" in out, out
            assert out.count("\n") == 2, out
            found = json.loads(run("sitbonectl", "check", path, "--columns", "time=when,cells=s0..s8,label=mood", "--json",
                                   "--config", conf))
            assert found["clean"] and found["frames"] == 40 and found["cells"] == 9 and found["rate_hz"] == 10, (path, found)
            rows = exported(folder, os.path.basename(path), "--columns", "time=when,cells=s0..s8,label=mood")
            assert rows[5]["label"].startswith("calm") and rows[5]["c3"] == "3" and rows[39]["t_s"] == "3.900", rows[5]
    assert "sitbonectl check shows how" in run("sitbonectl", "replay", path, "--config", conf, status=1)
    for columns, words in (("time=then,cells=s0..s8", "no column then"), ("time=when", "cells are missing"),
                           ("cells=s0..s8", "time is missing"), ("time=when,cells=s8..s0", "the last is before the first"),
                           ("when", "must be time=NAME")):
        assert words in run("sitbonectl", "check", path, "--columns", columns, status=2), columns
    body = [f"{k / 10:.1f};{k % 5};{k % 3};{k % 7}" for k in range(30)]
    for name, header, columns in (("excel", "sep=;\r\nZeit;a;b;c", "time=Zeit,cells=a..c"),
                                  ("pandas", ";time;a;b;c", "time=time,cells=a..c"), ("untimed", "a;b;c", "rate=10,cells=a..c")):
        lines = [f"{k};{line}" if name == "pandas" else line[line.index(";") + 1:] if name == "untimed" else line
                 for k, line in enumerate(body)]
        text = "\r\n".join([header, *lines, ""])
        with open(f"{folder}/{name}.csv", "w", newline="") as f:
            f.write(text)
        assert f"--columns {columns} " in run("sitbonectl", "check", f"{folder}/{name}.csv", status=1), name
        rows = exported(folder, f"{name}.csv", "--columns", columns)
        assert len(rows) == 30 and [rows[9][c] for c in ("t_s", "c0", "c2")] == ["0.900", "4", "2"], (name, rows[9])
    with open(f"{folder}/wide.csv", "w", encoding="utf-16") as f:
        f.write(text)
    assert "save it as UTF-8" in run("sitbonectl", "check", f"{folder}/wide.csv", status=1)
    with open(f"{folder}/bare.csv", "w") as f:  # no header, decimal commas
        f.writelines(f"{k};0,5;{k % 3},25\n" for k in range(30))
    rows = exported(folder, "bare.csv", "--columns", "rate=5,cells=2..3", "--delimiter", "semicolon")
    assert rows[7]["t_s"] == "1.400" and rows[7]["c0"] == "0.5" and rows[7]["c1"] == "1.25", rows[7]
    with open(f"{folder}/words.txt", "w") as f:
        f.write("hello\nthis is nothing\n" * 200)
    out = run("sitbonectl", "check", f"{folder}/words.txt", status=1)
    assert "neither settings" in out and out.count("\n") == 1, out


def test_described(folder):
    """A format that is in no table travels in the recording: the file that described it may be gone."""
    path = f"{folder}/my-mat.conf"
    with open(path, "w") as f:
        f.write("# ours\n[format]\nframing = prefix\nsync = C3 5A\ncheck = xor8\nfull_scale = 255\nrows = 9\ncols = 7\n"
                "baud = 9600\n")
    sim("--format", path, "--output", f"{folder}/my-mat.bin")
    sim("--format", path, "--output", f"{folder}/sim.sbr", "--recording")
    out = run("sitbonectl", "record", f"{folder}/my.sbr", "--config", conf, "--device", f"{folder}/my-mat.bin", "--format", path)
    assert "frames of my-mat, 0 refused" in out, out
    os.rename(path, path + ".gone")
    for name in ("sim.sbr", "my.sbr"):
        found = json.loads(run("sitbonectl", "check", f"{folder}/{name}", "--json", "--config", conf))
        assert found["clean"] and found["format"] == "my-mat" and (found["rows"], found["cols"]) == (9, 7), found
        assert len(decisions(f"{folder}/{name}")) > 1000
    with open(f"{folder}/sim.sbr", "rb") as f:
        good = f.read()
    with open(f"{folder}/bad.sbr", "wb") as f:
        f.write(good.replace(b"description=check = xor8", b"description=check = xor9", 1))
    out = run("sitbonectl", "check", f"{folder}/bad.sbr", "--config", conf, status=2)
    assert "check = xor9: must be none | sum8" in out, out
    with open(f"{folder}/none.sbr", "wb") as f:  # as they were written before
        f.write(b"".join(line for line in good.splitlines(True) if not line.startswith(b"# description=")))
    assert "its format is not in the table here" in run("sitbonectl", "check", f"{folder}/none.sbr", "--config", conf, status=1)
    found = json.loads(run("sitbonectl", "check", f"{folder}/none.sbr", "--json", "--config", conf, "--format", path + ".gone"))
    assert found["clean"], found


def test_refused(folder):
    def refused(*words, status):
        return run("sitbonectl", "record", f"{folder}/z.sbr", "--config", conf, *words, status=status)

    assert "is not there" in refused("--device", "/dev/ttyUSB99", status=1)
    assert "no format" in refused("--device", f"{folder}/csv-line.bin", "--format", "cvs-line", status=2)
    assert "not a number" in refused("--device", f"{folder}/csv-line.bin", "--seconds", "soon", status=2)
    assert not os.path.exists(f"{folder}/z.sbr")
    out = refused("--device", f"tcp://127.0.0.1:{seat.free_port()}", "--format", "csv-line", "--seconds", "1.2", status=1)
    assert out.count("is away") == 1 and "is back" not in out and "times" not in out, out  # nobody listens there
    os.unlink(f"{folder}/z.sbr")
    assert "no frame in it" in refused("--device", f"{folder}/csv-line.bin", "--format", "jq-seat-32", status=1)
    with open(f"{folder}/jq-seat-32.sbr", "rb") as f:
        good = f.read()
    with open(f"{folder}/cut.sbr", "wb") as f:
        f.write(good[:len(good) // 2])
    for verb in (("check",), ("replay",), ("replay", "--json")):
        out = run("sitbonectl", *verb, f"{folder}/cut.sbr", "--config", conf)
        assert "cut.sbr: cut off, " in out, out
    with open(f"{folder}/damaged.sbr", "wb") as f:
        f.write(good[:50000] + b"\0" * 100 + good[50100:])
    assert "damaged" in run("sitbonectl", "check", f"{folder}/damaged.sbr", "--config", conf, status=1)
    assert "damaged" in run("sitbonectl", "replay", f"{folder}/damaged.sbr", "--config", conf)
    with open(f"{folder}/rows.csv", "w") as f:
        f.write("# rows=1\n\nt_s,c0,c1\n0,1,2\n1,2\n2,1,x\n\n4,1,2\n3,1,2\n")
    for verb, status in (("check", 1), ("replay", 0)):
        out = run("sitbonectl", verb, f"{folder}/rows.csv", "--config", conf, status=status)
        for words in ("range; the first is line 9: a time before", "text; the first is line 6: not a number",
                      "count; the first is line 5: not as many"):
            assert words in out, (words, out)
    open(f"{folder}/empty", "w").close()
    assert "empty; as" in run("sitbonectl", "check", f"{folder}/empty", "--config", conf)
    assert "nothing in it" in run("sitbonectl", "replay", f"{folder}/empty", "--config", conf, status=1)
    done = subprocess.run([f"{build}/sitbonectl", "replay", "/dev/stdin", "--config", conf], input=good, check=False,
                          capture_output=True, timeout=200)
    assert done.returncode == 1 and b"not a regular file" in done.stderr, done


mats = []
try:
    with tempfile.TemporaryDirectory() as d:
        test_simulated(d)
        test_beside_daemon(d)
        test_exported(d)
        test_foreign_tables(d)
        test_described(d)
        test_recorded(d)
        test_refused(d)
finally:
    for m in mats:
        m.kill()
