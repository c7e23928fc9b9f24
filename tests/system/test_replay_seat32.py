#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Replay of a real 32x32 seat: ten changes of occupancy, each within three frames, none invented."""
import json
import os
import subprocess
import sys
import tempfile

KEYS = ["t_s", "occupancy", "posture", "confidence", "pelvic_tilt_deg", "pelvic_tilt_sd_deg", "pelvic_obliquity_deg",
        "pelvic_obliquity_sd_deg", "load", "contact_area_cm2", "cop_x_mm", "cop_y_mm", "asymmetry", "sit_bones",
        "taught"]
CHANGES = [38, 68, 110, 150, 194, 234, 277, 317, 359, 398]

build = sys.argv[1]
data = os.environ.get("SITBONE_DATA", "../shared/data")
recording = os.path.join(data, "seat32-jq.csv")
if not os.path.exists(recording):
    print(f"SKIP: {recording} is not there (SITBONE_DATA says where)")
    sys.exit(77)

command = [f"{build}/sitbonectl", "replay", recording, "--config", "config/sitbone.conf",
           "--exercises", "config/exercises.conf", "--json"]
lines = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
objects = [json.loads(line) for line in lines]
frames = [o for o in objects if "event" not in o]
assert len(frames) == 500, len(frames)
for o in frames:
    assert list(o) == KEYS, o
times = [o["t_s"] for o in objects]
assert times == sorted(times), "not in time order"

found, last = [], "vacant"
for i, o in enumerate(frames):
    if o["occupancy"] != last:
        assert o["occupancy"] in ("vacant", "person"), (i, o["occupancy"])
        found.append(i)
        last = o["occupancy"]
assert frames[0]["occupancy"] == "vacant", frames[0]
assert len(found) == len(CHANGES), found
late = [a - b for a, b in zip(found, CHANGES)]
assert all(abs(n) <= 3 for n in late), late
for o in frames:
    if o["occupancy"] != "person":
        assert o["pelvic_tilt_deg"] is None and o["pelvic_obliquity_deg"] is None, o
    assert (o["pelvic_tilt_deg"] is None) == (o["pelvic_tilt_sd_deg"] is None), o

# The same seat by its wire bytes, at 12 Hz: left within the dwell and two frames, seen as empty, no bout of nobody.
wire = os.path.join(data, "wire/jq-seat-32.bin")
with tempfile.NamedTemporaryFile("w", suffix=".conf") as config:
    config.write("[device]\nflip_y = yes\n")
    config.flush()
    command = [f"{build}/sitbonectl", "replay", wire, "--format", "jq-seat-32", "--config", config.name, "--exercises",
               "config/exercises.conf", "--json"]
    lines = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
objects = [json.loads(line) for line in lines]
seen = [(o["t_s"], o["occupancy"]) for o in objects if "event" not in o]
changes = [seen[0]] + [b for a, b in zip(seen, seen[1:]) if a[1] != b[1]]
assert [c[1] for c in changes] == ["vacant", "person", "vacant", "person"], changes
assert 5.6 + 0.8 <= changes[2][0] <= 5.75 + 0.8 + 0.17, changes
assert not [o for o in objects if o.get("event") == "bout_started" and o["t_s"] < changes[3][0]], "nobody sat so long"
print(f"ten changes, off by {late} frames")
