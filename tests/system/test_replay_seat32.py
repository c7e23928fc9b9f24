#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Replay of a 32x32 seat: ten changes of occupancy, each found within three frames, none invented. The seat is simulated;
with SITBONE_DATA a recording of a real one is replayed, too."""
import csv
import json
import os
import subprocess
import sys
import tempfile

from seat import DATA

KEYS = ["t_s", "occupancy", "posture", "confidence", "pelvic_tilt_deg", "pelvic_tilt_sd_deg", "pelvic_obliquity_deg",
        "pelvic_obliquity_sd_deg", "load", "contact_area_cm2", "cop_x_mm", "cop_y_mm", "asymmetry", "sit_bones",
        "taught"]
REAL_CHANGES = [38, 68, 110, 150, 194, 234, 277, 317, 359, 398]  # of seat32-jq.csv, 500 frames
SLOW_HZ, FAST_HZ = 2.4, 12
HEAD = "sitter mass=78 height=176\nmat imperfection=1\n"
CHANGES = [36, 70, 110, 150, 194, 234, 277, 317, 359, 398]  # a sitter comes down almost a frame before each of the first
SITS = HEAD + "".join(f"{(frame - 0.9) / SLOW_HZ // 60:.0f}:{(frame - 0.9) / SLOW_HZ % 60:06.3f} {word}\n"
                      for frame, word in zip(CHANGES, ["sit", "stand"] * 5)) + "3:28 end\n"
SHORT = HEAD + "0:02 sit\n0:05.6 stand\n0:11 sit\n0:14 end\n"

build = sys.argv[1]


def replay(path, *options, settings=""):
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as config:
        config.write(settings)
        config.flush()
        command = [f"{build}/sitbonectl", "replay", path, "--config", config.name if settings else "config/sitbone.conf",
                   "--exercises", "config/exercises.conf", "--json", *options]
        lines = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    return [json.loads(line) for line in lines]


def simulate(folder, name, scenario, *options):
    """Path of the recording, and the truth: one row for each frame."""
    base = os.path.join(folder, name)
    with open(f"{base}.scenario", "w", encoding="utf-8") as f:
        f.write(scenario)
    subprocess.run([f"{build}/sitbone-sim", "--scenario", f"{base}.scenario", "--output", base, "--truth",
                    f"{base}.truth", "--seed", "1", *options], check=True, stdout=subprocess.DEVNULL)
    with open(f"{base}.truth", encoding="utf-8") as f:
        return base, list(csv.DictReader(f))


def changes_of(truth):
    seated = [row["occupancy"] == "person" for row in truth]
    return [i for i in range(1, len(seated)) if seated[i] != seated[i - 1]]


def mostly_gone_s(truth):
    """When a tenth of the load is left after the first sit."""
    loads = [(float(row["t_s"]), float(row["load_n"])) for row in truth]
    most = max(load for _, load in loads)
    return next(t for t, load in loads if t > 5.6 and load < most / 10)


def check_changes(path, n_frames, changes):
    objects = replay(path)
    frames = [o for o in objects if "event" not in o]
    assert len(frames) == n_frames, len(frames)
    for o in frames:
        assert sorted(o) == sorted(KEYS), o
    times = [o["t_s"] for o in objects]
    assert times == sorted(times), "not in time order"

    found, last = [], "vacant"
    for i, o in enumerate(frames):
        if o["occupancy"] != last:
            assert o["occupancy"] in ("vacant", "person"), (i, o["occupancy"])
            found.append(i)
            last = o["occupancy"]
    assert frames[0]["occupancy"] == "vacant", frames[0]
    assert len(found) == len(changes), found
    late = [a - b for a, b in zip(found, changes)]
    assert all(abs(n) <= 3 for n in late), late
    for o in frames:
        if o["occupancy"] != "person":
            assert o["pelvic_tilt_deg"] is None and o["pelvic_obliquity_deg"] is None, o
        assert (o["pelvic_tilt_deg"] is None) == (o["pelvic_tilt_sd_deg"] is None), o
    print(f"{os.path.basename(path)}: ten changes, off by {late} frames")


def check_short_sit(path, left_s):
    """A seat by its wire bytes, at 12 Hz: left within the dwell and two frames, seen as empty, no bout of nobody."""
    objects = replay(path, "--format", "jq-seat-32", settings="[device]\nflip_y = yes\n")
    seen = [(o["t_s"], o["occupancy"]) for o in objects if "event" not in o]
    changes = [seen[0]] + [b for a, b in zip(seen, seen[1:]) if a[1] != b[1]]
    assert [c[1] for c in changes] == ["vacant", "person", "vacant", "person"], changes
    assert left_s[0] + 0.8 <= changes[2][0] <= left_s[1] + 0.8 + 0.17, (changes, left_s)
    assert not [o for o in objects if o.get("event") == "bout_started" and o["t_s"] < changes[3][0]], \
        "nobody sat so long"


with tempfile.TemporaryDirectory(prefix="sitbone-replay-") as work:
    seat, truth = simulate(work, "seat32.csv", SITS, "--format", "csv", "--rows", "32", "--cols", "32", "--pitch",
                           "12.5", "--rate", str(SLOW_HZ), "--full-scale", "255")
    assert len(changes_of(truth)) == 10, changes_of(truth)
    check_changes(seat, len(truth), changes_of(truth))
    wire, truth = simulate(work, "seat32.bin", SHORT, "--format", "jq-seat-32", "--flip-y")
    left = mostly_gone_s(truth)
    check_short_sit(wire, (left - 1 / FAST_HZ, left))

if DATA:
    check_changes(os.path.join(DATA, "seat32-jq.csv"), 500, REAL_CHANGES)
    check_short_sit(os.path.join(DATA, "wire/jq-seat-32.bin"), (5.6, 5.75))
