#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""sitbonectl as used by people and scripts: texts, exit status, JSON, the live view, and refusals."""
import fcntl
import json
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
import xml.etree.ElementTree

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desktop import BUILD, ROOT, Processes, Seat, skip_unless, start_bus, until  # noqa: E402

skip_unless("dbus-daemon", f"{BUILD}/tests/system/drive_bus", f"{BUILD}/sitbone-sim")
DONE, FAILED, USAGE = 0, 1, 2
ENVIRONMENT = dict(os.environ, LC_ALL="C.UTF-8", TERM="xterm-256color")


def ctl(*words, status=DONE):
    """Returns (stdout, stderr). The exit status must be the given one."""
    done = subprocess.run([f"{BUILD}/sitbonectl", *words], env=ENVIRONMENT, capture_output=True, text=True, check=False,
                          timeout=200)
    assert done.returncode == status, (words, done.returncode, done.stdout, done.stderr)
    assert (status == DONE) or done.stderr or "--json" in words, words
    return done.stdout, done.stderr


def test_usage():
    _, error = ctl("statsu", status=USAGE)
    assert 'did you mean "status"' in error and "sitbonectl help" in error, error
    assert "\n  history [PERIOD]" in ctl(status=USAGE)[1]
    _, error = ctl("replay", "--jsn", "x", status=USAGE)
    assert "did you mean --json" in error, error
    assert "missing" in ctl("replay", status=USAGE)[1]
    assert "too many" in ctl("status", "now", status=USAGE)[1]
    assert "needs a value" in ctl("status", "--seat", status=USAGE)[1]
    assert "--seconds" in ctl("replay", "x", "--seconds", "5", status=USAGE)[1]
    ctl("status", "--bus", "sofa", status=USAGE)
    ctl("snooze", "999", status=USAGE)
    ctl("snooze", "-5", status=USAGE)
    ctl("pause", "1441", status=USAGE)
    ctl("hold", "maybe", status=USAGE)
    ctl("calibrate", "slumped", status=USAGE)
    ctl("session", "over", status=USAGE)
    ctl("calibrate", "--seconds", "-1", status=USAGE)
    ctl("teach", status=USAGE)
    ctl("teach", "a", "--list", status=USAGE)
    ctl("teach", "Crossed Left", status=USAGE)
    ctl("sitter", "../anna", status=USAGE)
    for control in b"\x1b[31m", b"\xc2\x9b31m", b"\x9b31m":  # "red" in three spellings that terminals obey
        for words in ([b"check", b"/nowhere/" + control], [b"status", b"--seat", control]):
            done = subprocess.run([f"{BUILD}/sitbonectl".encode(), *words], env=ENVIRONMENT, capture_output=True, check=False)
            assert done.returncode and b"?31m" in done.stderr.replace(b"?[31m", b"?31m") and control not in done.stderr, done
    assert re.fullmatch(r"sitbonectl \d+\.\d+\.\d+\n", ctl("--version")[0])
    assert ctl("version")[0] == ctl("--version")[0] == ctl("-V")[0] == ctl("status", "--version")[0]
    commands = re.findall(r"^  ([a-z]+) ", ctl("--help")[0], re.M)
    assert commands == ["status", "watch", "snooze", "done", "skip", "pause", "resume", "hold", "why", "tare", "calibrate",
                        "teach", "sitter", "exercises", "session", "history", "report", "trial", "record", "label", "export", "replay", "check", "ports",
                        "probe", "formats", "help", "version"], commands
    for command in commands:
        out, _ = ctl(command, "--help")
        assert out.startswith(f"Usage: sitbonectl {command}"), out
        assert out == ctl("help", command)[0] == ctl("--help", command)[0]
        assert command == "version" or f"\n  sitbonectl {command}" in out, out  # an example
        assert all(len(line) <= 80 for line in out.splitlines() if not line.startswith("  sitbonectl")), out
        options = out.split("\nOptions:\n")[1].splitlines()
        for line, below in zip(options, options[1:] + [""]):  # each has a meaning beside it or below
            assert not line.startswith("  --") or re.search(r"\S  +\S", line) or below.startswith(" " * 20), line
    assert ctl("help", "calibrate", "response")[0].startswith("Usage: sitbonectl calibrate response RECORDING")
    assert ctl("help")[0] == ctl("--help")[0] and ctl("-h")[0] == ctl("--help")[0]
    assert "no command" in ctl("help", "me", status=USAGE)[1]
    for words in (["--help"], ["help"], ["status", "--help"], ["version"], ["--version"]):
        with open("/dev/full", "w", encoding="utf-8") as full:
            assert subprocess.run([f"{BUILD}/sitbonectl", *words], stdout=full, stderr=subprocess.DEVNULL).returncode == FAILED


def test_options(folder):
    """One parser for every command: options on both sides of the command, every spelling of getopt_long."""
    good = write(f"{folder}/options.csv", "# rows=2\n# cols=2\n# full_scale=9\nt_s,c0,c1,c2,c3\n0,1,2,3,4\n0.5,1,2,3,4\n")
    settings = write(f"{folder}/options.conf", "[device]\nrows = 2\ncols = 2\n")
    want = ctl("check", good, "--json", "--config", settings)[0]
    for words in (["--config", settings, "check", good, "--json"], ["--json", f"--config={settings}", "check", good],
                  ["check", "--json", f"--conf={settings}", good], ["check", f"--config={settings}", "--js", "--", good]):
        assert ctl(*words)[0] == want, words
    for words, problem in ((["status", "---json"], "---json"), (["status", "-json"], "unknown option -j"),
                           (["--verison"], "unknown option --verison; did you mean --version?"), (["-v"], "unknown option -v"),
                           (["--seet", "x", "status"], "unknown option --seet; did you mean --seat?"),
                           (["watch", "--s", "x"], "may be one of"), (["status", "--json=yes"], "takes no value"),
                           (["--seat"], "needs a value"), (["snooze", "-5"], "1 to 240"), (["snooze", "5h"], "1 to 240"),
                           (["pause", "soon"], "1 to 1440"), (["pause", "until", "25:00"], "1 to 1440"),
                           (["pause", "30", "40"], "1 to 1440"), (["pause", "0x10"], "1 to 1440"), (["pause", "5x"], "1 to 1440"),
                           (["pause", "25h"], "1 to 1440")):
        assert problem in ctl(*words, status=USAGE)[1], words
    for words in ("90",), ("90m",), ("90", "min"), ("2h",), ("1h30",), ("1h", "30m"), ("1.5h",), ("2", "hours"), ("until", "15:30"):
        assert "no daemon" in ctl("pause", *words, status=FAILED)[1], words


def test_other_programs():
    """Options of all four programs: unknown ones are named, help and version as words, a full disk."""
    for program in "sitboned", "sitbone-agent", "sitbone-sim", "sitbonectl":
        def run(*words, **streams):
            return subprocess.run([f"{BUILD}/{program}", *words], env=ENVIRONMENT, check=False, text=True,
                                  **(streams or {"capture_output": True}))
        for words in ("help",), ("-h",), ("--help",):
            assert run(*words).stdout.startswith(f"Usage: {program}") and run(*words).returncode == DONE, (program, words)
        for words in ("version",), ("-V",), ("--version",):
            assert re.fullmatch(program + r" \d+\.\d+\.\d+\n", run(*words).stdout), (program, words)
        for words, problem in ((["--hlep"], "unknown option --hlep; did you mean --help?"), (["-v"], "unknown option -v; see "),
                               (["--help=3"], "--help takes no value"), (["--xyz=\033[31m"], "unknown option --xyz")):
            done = run(*words)
            assert done.returncode == USAGE and done.stderr.startswith(f"{program}: {problem}"), (program, done)
        with open("/dev/full", "w", encoding="utf-8") as full:
            for word in "--help", "--version":
                assert run(word, stdout=full, stderr=subprocess.DEVNULL).returncode == FAILED, program


def test_json_everywhere():
    """With --json every command prints one JSON document, also for an error."""
    for command in re.findall(r"^  ([a-z]+) ", ctl("--help")[0], re.M):
        assert "\n  --json " in ctl(command, "--help")[0], command
    for words, status in ((["snooze", "-5"], USAGE), (["tare"], FAILED), (["report"], USAGE), (["hold", "maybe"], USAGE),
                          (["calibrate", "upright"], FAILED), (["teach", "a", "--foo"], USAGE), (["staus"], USAGE),
                          (["replay", "/nowhere"], FAILED), (["record", "x.csv"], USAGE), (["watch", "--once"], FAILED)):
        out, error = ctl(*words, "--json", status=status)
        document = json.loads(out)
        assert list(document) == ["error"] and error.startswith("sitbonectl: " + document["error"][:20]), (words, out, error)
    assert json.loads(ctl("--json", status=USAGE)[0])["error"].startswith("a command is missing")
    assert json.loads(ctl("version", "--json")[0])["text"].startswith("sitbonectl ")


def on_terminal(columns, rows, *words, program="sitbonectl", **environment):
    """What a program prints on a terminal of this size."""
    pid, master = pty.fork()
    if pid == 0:
        fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        os.execvpe(f"{BUILD}/{program}", [program, *words], {**ENVIRONMENT, **environment})
    out = b""
    try:
        while piece := os.read(master, 65536):
            out += piece
    except OSError:  # the end of a terminal
        pass
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == DONE, (words, out)
    os.close(master)
    return out.decode().replace("\r\n", "\n")


def test_terminal(folder):
    """Lines are broken at the width of the terminal; long texts go through the pager; no text of a file acts on it."""
    pager = write(f"{folder}/pager", "#!/bin/sh\necho PAGED; exec cat\n")
    os.chmod(pager, 0o700)
    for words in ("help",), ("help", "replay"), ("formats",), ("formats", "csv-line"):
        plain = ctl(*words)[0]
        for columns in 50, 60, 200:
            shown = on_terminal(columns, 1000, *words, PAGER=pager)
            assert all(len(line) <= columns for line in shown.splitlines()), (columns, shown)
            assert shown.split() == plain.split() and "PAGED" not in shown, shown
    for program in "sitboned", "sitbone-agent", "sitbone-sim":
        assert all(len(line) <= 60 for line in on_terminal(60, 1000, "--help", program=program).splitlines()), program
    assert on_terminal(80, 24, "help", PAGER=pager).startswith("PAGED\n")
    assert on_terminal(80, 24, "help", PAGER="false", SITBONE_PAGER=pager).startswith("PAGED\n")
    for none in {"PAGER": ""}, {"PAGER": "cat"}, {"PAGER": pager, "SITBONE_PAGER": ""}, {"PAGER": pager, "TERM": "dumb"}:
        assert on_terminal(80, 24, "help", **none).startswith("Usage:"), none
    hostile = "x\033]0;pwned\a\033[31m\u009b1m\u202ey"
    path = write(f"{folder}/hostile.conf", f"[format]\nframing = text\nfull_scale = 9\ntitle = {hostile}\nsource = {hostile}\n")
    for out in ctl("formats", path)[0], on_terminal(80, 1000, "formats", path):
        assert "pwned" in out and not re.search("[\033\a\u009b\u202e]", out), out


def test_hostile_texts(folder):
    """No text of a file or an argument reaches the terminal with characters that it acts on."""
    text = "\033[31mX\a\u009b1m\u202e"
    frames = f"# rows=2\n# cols=2\n# full_scale=9\n# note={text}\nt_s,label,c0,c1,c2,c3\n" + f"0,{text},1,2,3,4\n1,{text},1,2,3,4\n"
    path = {name: write(f"{folder}/{name}", content) for name, content in (
        ("frames.csv", frames), (f"{text}.csv", frames), ("table.csv", f"t,a{text},b,c\n" + "0,1,2,3\n1,2,3,4\n" * 9),
        ("log.txt", f"I (12) {text}: 1,2,3,4\n" * 40), ("rows.txt", f"{text}\n1 2 3 4\n5 6 7 8\n" * 40),
        ("sim.scenario", f"at 10 {text}\n{text}\n"), ("ini.conf", f"[mqtt]\n{text} = {text}\n[{text}]\nname = {text}\n"))}
    ini, frames, scenario = path["ini.conf"], path["frames.csv"], path["sim.scenario"]
    for program, *words in (
            *(("sitbonectl", "check", p) for p in path.values()), *(("sitbonectl", "probe", p) for p in path.values()),
            ("sitbonectl", "replay", frames), ("sitbonectl", "replay", frames, "--json"), ("sitbonectl", "export", frames),
            ("sitbonectl", "replay", path[f"{text}.csv"]), ("sitbonectl", "replay", frames, "--config", ini),
            ("sitbonectl", "replay", path["table.csv"], "--columns", f"time=t,cells=a{text}..c"), ("sitbonectl", "formats", ini),
            ("sitbonectl", "exercises", "--exercises", ini), ("sitbonectl", text), ("sitbonectl", "history", text),
            ("sitboned", text), ("sitboned", "--check-config", ini), ("sitboned", "--speed", text), ("sitboned", f"--{text}"),
            ("sitbone-agent", text), ("sitbone-agent", "--bus", text), ("sitbone-agent", "--config", ini),
            ("sitbone-sim", "--format", "csv", "--scenario", scenario, "--output", "-"), ("sitbone-sim", "--format", text),
            ("sitbone-sim", "--format", "csv", "--scenario", text, "--output", "-"), ("sitbone-sim", text)):
        done = subprocess.run([f"{BUILD}/{program}", *words], env=ENVIRONMENT, capture_output=True, check=False, timeout=100)
        for out in done.stdout, done.stderr:
            assert not re.search("[^\n\t -~\u00a0-\u2027\u202f-\uffff]", out.decode()), (program, words, out)


def test_tables():
    rows = json.loads(ctl("formats", "--json")[0])
    text = ctl("formats")[0]
    assert {"csv-line", "jq-seat-32"} <= {r["name"] for r in rows} and all(r["name"] in text for r in rows), text
    pad = next(r for r in rows if r["name"] == "jq-seat-32")
    assert (pad["rows"], pad["cols"], pad["baud"], pad["check"]) == (32, 32, 1000000, "none"), pad
    ports = json.loads(ctl("ports", "--json")[0])
    text = ctl("ports")[0]
    assert text == "no serial ports\n" if not ports else all(p["path"] in text for p in ports), (text, ports)


def test_nobody():
    for words in (["status"], ["watch", "--once"], ["tare"], ["done"], ["snooze"], ["calibrate", "upright"], ["calibrate"],
                  ["teach", "a"], ["sitter"]):
        _, error = ctl(*words, status=FAILED)
        assert "is sitboned running? systemctl status sitboned" in error, error
    assert 'seat "attic"' in ctl("status", "--seat", "attic", "--bus", "session", status=FAILED)[1]
    # does not fall back to the device in the settings of another seat
    assert 'seat "attic"' in ctl("record", "/nowhere/a.sbr", "--seat", "attic", status=FAILED)[1]
    assert "--bus moon" in ctl("record", "/nowhere/a.sbr", "--bus", "moon", status=FAILED)[1]


def test_status(seat):
    seat.tell("slouched", "skip 600")
    out, _ = ctl("status")
    assert "slouched (90 % sure)" in out and "-9.0 ± 4.0°" in out and "10 min" in out, out
    state = json.loads(ctl("status", "--json")[0])
    assert state["posture"] == "slouched" and state["pelvic_tilt_deg"] == -9 and state["pelvic_tilt_sd_deg"] == 4
    assert state["pelvic_obliquity_deg"] is None and state["bout_seated_s"] == 600, state
    assert state["alert"]["kind"] == "slouch", state["alert"]
    assert abs(state["next_alert_in_s"] - 1200) < 5, state
    assert json.loads(ctl("--bus", "session", "status", "--json")[0])["seat_id"] == "seat"


def test_silence(seat):
    seat.tell("online 0")
    state = json.loads(ctl("status", "--json")[0])
    assert state["mat_online"] is False and state["load"] is None, state
    assert "no frames from the mat" in ctl("status")[0]
    seat.tell("online 1")
    assert "slouched" in ctl("status")[0]


def test_answers(seat):
    """An answer that names its alert; another alert is not put off by it."""
    open_id = json.loads(ctl("status", "--json")[0])["alert"]["id"]
    assert f"({open_id})" in ctl("status")[0]
    for words in (["done", "99"], ["skip", "99"], ["snooze", "5", "--alert", "99"]):
        assert "not open" in ctl(*words, status=FAILED)[1], words
    assert "malformed" in ctl("done", "x", status=FAILED)[1]
    out, _ = ctl("snooze", "7", "--alert", open_id)
    assert re.fullmatch(rf"Snoozed until (\w+ )?\d\d:\d\d: alert {open_id} \(slouch\)\.\n", out), out
    assert "not open" in ctl("done", open_id, status=FAILED)[1]
    assert "snoozed" not in ctl("status")[0], "a lesser alert that is named is put off alone"


def test_commands(seat):
    ctl("snooze", "7")
    until("snoozed 7 min", lambda: ["0", "7"] == (seat.commands[-1:] or [[]])[0][:2])
    assert "snoozed until " in ctl("status")[0]
    answer = json.loads(ctl("snooze", "--json")[0])
    assert set(answer) == {"text", "until", "alert_id", "alert_kind"} and answer["until"].endswith("Z"), answer
    until("the default snooze", lambda: seat.commands[-1][:2] == ["0", "0"])
    _, error = ctl("done", status=FAILED)
    assert error.startswith("sitbonectl: No alert is open"), error
    _, error = ctl("session", "done", status=FAILED)
    assert error.startswith("sitbonectl: No workouts are planned"), error
    _, error = ctl("tare", status=FAILED)
    assert "silent" in error or "frame" in error, error  # one of the sentences of a refusal
    until("tare was asked", lambda: seat.commands[-1][0] == "3")
    assert json.loads(ctl("hold", "on", "--json")[0])["text"].startswith("Alerts wait")
    until("held", lambda: seat.commands[-1][0] == "7")
    assert "Do Not Disturb: set by you" in ctl("why")[0]
    ctl("hold", "off")
    assert re.match(r"Paused until (\w+ )?\d\d:\d\d\.", ctl("pause", "90")[0])
    until("paused", lambda: seat.commands[-1][:2] == ["5", "90"])
    out, why = ctl("why")[0], json.loads(ctl("why", "--json")[0])
    assert "paused until" in out and [k["kind"] for k in why["kinds"]] == ["activate", "slouch", "asymmetry", "still",
                                                                        "short"], out
    assert why["paused_until"] > 0 and why["disturb"] == 0 and "pause" in why["kinds"][0]["held"], why
    assert why["last_kind"] == "slouch" and "slouched" in why["last_reason"] and why["last_outcome"] == "snoozed", why
    time.sleep(1)  # the rate of commands is limited
    ctl("resume")
    until("resumed", lambda: seat.commands[-1][0] == "6")
    assert "paused" not in ctl("why")[0]
    assert ctl("skip", status=FAILED)[1].startswith("sitbonectl: No alert is open")
    ctl("calibrate", "upright", status=FAILED)
    until("calibrate was asked", lambda: seat.commands[-1][0] == "2" and seat.commands[-1][2] == "0")


def test_picture(folder):
    out, _ = ctl("watch", "--once", "--plain")
    assert "front" in out and "back" in out and "slouched" in out and "\033" not in out, out
    lines = json.loads(ctl("watch", "--once", "--json")[0])
    assert lines["posture"] == "slouched"
    ctl("watch", "--once", "--svg", f"{folder}/seat.svg")
    root = xml.etree.ElementTree.parse(f"{folder}/seat.svg").getroot()
    words = [e.text for e in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "slouched" in words and "-9.0 ± 4.0°" in words, words
    assert "cannot write" in ctl("watch", "--once", "--svg", "/nowhere/seat.svg", status=FAILED)[1]
    ctl("watch", "--svg", f"{folder}/seat.svg", status=USAGE)


def drain(fd, seconds, until=None):
    """Returns the output of this many seconds, or until the given words."""
    seen, end = b"", time.monotonic() + seconds
    while time.monotonic() < end and not (until and until in seen):
        if select.select([fd], [], [], 0.05)[0]:
            try:
                seen += os.read(fd, 65536)
            except OSError:
                break
    return seen.decode(errors="replace")


def test_screen(processes, seat):
    """The live view on a real terminal draws, obeys keys, and survives a resize and the end of the daemon."""
    master, slave = pty.openpty()
    subprocess.run(["stty", "rows", "24", "cols", "80"], stdin=slave, check=True)
    view = processes.start(f"{BUILD}/sitbonectl", "watch", stdin=slave, stdout=slave, stderr=slave, env=ENVIRONMENT)
    seen = drain(master, 20, b"q quit")
    assert "front" in seen and "slouched" in seen and "q quit" in seen, seen
    n = len(seat.commands)
    os.write(master, b"s")
    until("s snoozes", lambda: drain(master, 0.05) and len(seat.commands) > n)
    assert seat.commands[-1][0] == "0", seat.commands
    os.write(master, b"q")
    until("q quits", lambda: drain(master, 0.05) is not None and view.poll() is not None)
    assert view.returncode == 0
    processes.all.remove(view)
    assert "\033[3" in seen, "no colours on a terminal that has them"
    view = processes.start(f"{BUILD}/sitbonectl", "watch", stdin=slave, stdout=slave, stderr=slave,
                           env=dict(ENVIRONMENT, NO_COLOR="1"))
    seen = drain(master, 20, b"q quit")
    assert "q quit" in seen and not re.search("\033\\[[34][0-9]", seen), seen
    os.write(master, b"q")
    drain(master, 0.3)
    assert view.wait(5) == 0
    processes.all.remove(view)
    os.close(master)
    os.close(slave)


def test_seats(processes, seat):
    other = Seat(processes, "session", ENVIRONMENT, "kitchen-2")
    until("two seats", lambda: other.says("connected"))
    _, error = ctl("status", status=USAGE)
    assert "--seat" in error and "kitchen_2" in error, error
    master, slave = pty.openpty()
    view = processes.start(f"{BUILD}/sitbonectl", "watch", stdin=slave, stdout=slave, stderr=subprocess.PIPE,
                           env=ENVIRONMENT, text=True)
    assert view.wait(10) == USAGE and "--seat" in view.stderr.read(), "waits for a daemon where there are two"
    processes.all.remove(view)
    os.close(master)
    os.close(slave)
    assert json.loads(ctl("status", "--json", "--seat", "kitchen-2")[0])["occupancy"] != "person"
    assert json.loads(ctl("status", "--json", "--seat", "seat")[0])["occupancy"] == "person"
    assert ctl("status", "--seat", "kitchen-2")[0].startswith("Chair in the kitchen  "), "a long name runs into what it is"
    other.leave()


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def test_json_of_foreign_bytes(folder):
    """A title that is not UTF-8 is no reason to leave the whole format out."""
    path = os.path.join(folder, "latin1.conf")
    with open(path, "wb") as f:
        f.write(b"[format]\ntitle = Matte f\xfcr B\xfcro\nrows = 4\ncols = 4\nfull_scale = 1023\npitch_x_mm = 20\npitch_y_mm = 20\n")
    row = json.loads(ctl("formats", path, "--json")[0])
    assert row["name"] == "latin1" and row["title"] == "Matte f?r B?ro" and row["rows"] == 4, row


def test_check(folder):
    assert "in order" in ctl("check", f"{ROOT}/config/sitbone.conf")[0]
    assert "exercises in order" in ctl("check", f"{ROOT}/config/exercises.conf")[0]
    assert "format in order" in ctl("check", f"{ROOT}/config/formats/jq-smallbed.conf")[0]
    bad = write(f"{folder}/bad.conf", "[alert]\nprompt_mn = 30\n[seats]\n")
    _, error = ctl("check", bad, status=FAILED)
    assert "bad.conf:2:" in error and "prompt_min" in error and "bad.conf:3:" in error, error
    found = json.loads(ctl("check", bad, "--json", status=FAILED)[0])
    assert found["content"] == "settings" and not found["clean"] and len(found["mistakes"]) == 2, found
    good = write(f"{folder}/good.csv", "# rows=2\n# cols=2\n# full_scale=9\nt_s,c0,c1,c2,c3\n0,1,2,3,4\n0.5,1,2,3,4\n")
    found = json.loads(ctl("check", good, "--json")[0])
    assert found["frames"] == 2 and found["rows"] == 2 and found["rate_hz"] == 2, found
    cut = write(f"{folder}/cut.csv", "# rows=2\n# cols=2\n# full_scale=9\nt_s,c0,c1,c2,c3\n0,1,2,3,4\n0.5,1,2,3\n1,1,x,3,4\n")
    found = json.loads(ctl("check", cut, "--json", status=FAILED)[0])
    assert found["frames"] == 1 and found["refused"]["count"] == 1 and found["refused"]["text"] == 1, found
    with open(f"{folder}/mark.csv", "wb") as file:  # as some editors write it: byte order mark, other columns first
        file.write(b"\xef\xbb\xbfsubject,t_s,c0\r\np1,0,1\r\np1,1,2\r\n")
    assert json.loads(ctl("check", f"{folder}/mark.csv", "--json")[0])["frames"] == 2
    with open(f"{folder}/bytes.bin", "wb") as file:
        file.write(bytes(range(256)))
    assert "--format" in ctl("check", f"{folder}/bytes.bin", status=FAILED)[1]
    ctl("check", f"{folder}/nowhere.csv", status=FAILED)
    other = write(f"{folder}/other.conf", "[device]\nformat = csv-line\nrows = 16\ncols = 16\npitch_x_mm = 25\n")
    bytes_ = f"{folder}/pad.bin"
    subprocess.run([f"{BUILD}/sitbone-sim", "--format", "jq-seat-32", "--scenario",
                    write(f"{folder}/pad.scenario", "0:03 end\n"), "--output", bytes_], check=True)
    found = json.loads(ctl("check", bytes_, "--format", "jq-seat-32", "--config", other, "--json")[0])
    assert found["rows"] == 32 and found["frames"] > 9, found  # the size in the settings belongs to another mat


def replay_teaches(folder, csv):
    """Crossed legs are taught in one sit and recognised in another; a lean, which was not taught, is not mistaken for them."""
    words = "+0:20 cross left\n+0:30 cross right\n+0:30 lean left 15\n+0:20 stand\n"
    scenario = write(f"{folder}/teach.scenario", "sitter resit=3\n0:10 sit\n" + words + "+0:10 sit\n" + words + "+0:10 end\n")
    teach = f"{folder}/teach.csv"
    subprocess.run([f"{BUILD}/sitbone-sim", "--format", "csv", "--rows", "16", "--cols", "16", "--pitch", "25", "--rate",
                    "10", "--scenario", scenario, "--output", teach], check=True)
    out, _ = ctl("replay", teach, "--json", "--teach", "left=40-50", "--teach", "right=70-80", "--teach", "left=51-56")
    taught = {o["t_s"]: o["taught"] for o in map(json.loads, out.splitlines()) if "event" not in o}
    for start, stop, name in (146, 160, "left"), (176, 190, "right"), (206, 212, None), (0, 10, None):
        seen = [taught[t] for t in taught if start <= t < stop]
        assert seen.count(name) > 0.75 * len(seen), (name, start, {n: seen.count(n) for n in seen})
    for wrong in ("left", "left=", "left=4", "left=5-4", "=1-2", "le ft=1-2", "x" * 32 + "=1-2", "left=1-2s", "left=nan-2"):
        assert "--teach" in ctl("replay", csv, "--teach", wrong, status=USAGE)[1]
    assert "no frame in that time" in ctl("replay", csv, "--teach", "left=5-5", status=USAGE)[1]
    assert "fewer than two maps" in ctl("replay", csv, "--teach", "left=5000-5001", status=FAILED)[1]
    said = ctl("replay", teach, "--teach", "left=40-50", "--teach", "right=70-80")[0]
    assert re.search(r"^taught +.*left \d+ %", said, re.M) and "none of these" in said, said


def replay_calibrates(folder, csv):
    """Poses are calibrated in one sit; in the other the slouch is known in degrees, with a smaller uncertainty."""
    words = "+0:20 slouch 14\n+0:30 upright\n+0:20 stand\n"
    scenario = write(f"{folder}/poses.scenario", "sitter fidgets=0 shifts=0\n0:10 sit\n" + words + "+0:10 sit\n" + words +
                     "+0:10 end\n")
    poses = f"{folder}/poses.csv"
    subprocess.run([f"{BUILD}/sitbone-sim", "--format", "csv", "--rows", "16", "--cols", "16", "--pitch", "25", "--rate",
                    "10", "--scenario", scenario, "--output", poses], check=True)

    def slouch(*options):
        out, _ = ctl("replay", poses, "--json", *options)
        seen = [o for o in map(json.loads, out.splitlines()) if "event" not in o and 120 <= o["t_s"] < 128]
        assert all(o["posture"] == "slouched" for o in seen), seen
        return [sum(o[k] for o in seen) / len(seen) for k in ("pelvic_tilt_deg", "pelvic_tilt_sd_deg")]

    upright, slouched = "upright=13-29", "slouched=36-58"
    plain, calibrated = slouch(), slouch("--calibrate", upright, "--calibrate", slouched)
    assert -20 < calibrated[0] < -8 and calibrated[1] < plain[1], (plain, calibrated)
    for wrong in ("slouched", "slumped=1-20", "slouched=5-4", "=1-2", "slouched=1-2s"):
        assert "--calibrate" in ctl("replay", csv, "--calibrate", wrong, status=USAGE)[1]
    said = ctl("replay", poses, "--calibrate", "upright=0-9", status=FAILED)[1]
    assert "ten quiet seconds" in said, said
    said = ctl("replay", poses, "--calibrate", upright, "--calibrate", "slouched=66-79", status=FAILED)[1]
    assert "cannot be distinguished" in said, said


def at_a_minute(csv, frames):
    """The same recording with a sitter from 59.96 s on: the empty seat at its beginning lasts longer."""
    with open(csv, encoding="utf-8") as file:
        head, rows = re.match(r"(.*\nt_s,[^\n]*\n)(.*)", file.read(), re.S).groups()
    rows = [row.split(",", 1) for row in rows.splitlines()]
    late = 59.96 - next(frame["t_s"] for frame in frames if frame["occupancy"] == "person")
    before = [(1.4 * i, rows[i % 5][1]) for i in range(int(late / 1.4))]
    return head + "".join(f"{t:.3f},{cells}\n" for t, cells in
                          before + [(late + float(t), cells) for t, cells in rows])


def test_replay(folder):
    scenario = write(f"{folder}/s.scenario", "sitter mass=70 height=170\n0:20 sit\n+1:00 stand\n+0:20 end\n")
    csv, raw = f"{folder}/slow.csv", f"{folder}/mat.bin"
    subprocess.run([f"{BUILD}/sitbone-sim", "--format", "csv", "--rows", "12", "--cols", "12", "--pitch", "35", "--rate",
                    "0.7", "--scenario", scenario, "--output", csv], check=True)
    out, note = ctl("replay", csv, "--json", "--exercises", f"{ROOT}/config/exercises.conf")
    assert "counts as silent" in note, note
    frames = [o for o in map(json.loads, out.splitlines()) if "event" not in o]
    assert len(frames) == len(open(csv, encoding="utf-8").read().split("\nt_s,")[1].splitlines()) - 1
    assert {"vacant", "person"} == {o["occupancy"] for o in frames[3:]}, "a slow recording is no silent mat"
    out, _ = ctl("replay", csv, "--exercises", f"{ROOT}/config/exercises.conf")
    assert "person" in out and "refused    none" in out and "bout started" in out, out
    rounded = at_a_minute(csv, frames)
    out, _ = ctl("replay", write(f"{folder}/minute.csv", rounded), "--exercises", f"{ROOT}/config/exercises.conf")
    assert "\n  0:01:00.0  seat: person\n" in out, out
    subprocess.run([f"{BUILD}/sitbone-sim", "--format", "jq-seat-32", "--scenario", scenario, "--output", raw], check=True)
    ctl("replay", raw, status=FAILED)
    out, _ = ctl("replay", raw, "--format", "jq-seat-32", "--svg", f"{folder}/at.svg", "--at", "50")
    words = [e.text for e in xml.etree.ElementTree.parse(f"{folder}/at.svg").getroot().iter() if e.text]
    assert "29 s" in words or "28 s" in words or "30 s" in words, words  # seated at 50 s, sat down at 20 s
    assert "did you mean jq-seat-32" in ctl("replay", raw, "--format", "jq-seat-31", status=USAGE)[1]
    ctl("replay", raw, "--format", "jq-seat-32", "--config", f"{folder}/bad.conf", status=USAGE)
    ctl("replay", csv, "--svg", f"{folder}/at.svg", "--at", "soon", status=USAGE)
    assert "the recording ends at" in ctl("replay", csv, "--svg", f"{folder}/at.svg", "--at", "5000", status=FAILED)[1]
    assert "upright" in ctl("replay", csv, "--calibrate", "slouched=60-75", status=USAGE)[1]
    replay_teaches(folder, csv)
    replay_calibrates(folder, csv)
    with open("/dev/full", "w", encoding="utf-8") as full:
        for words in (["replay", csv, "--json"], ["replay", csv]):
            done = subprocess.run([f"{BUILD}/sitbonectl", *words], stdout=full, stderr=subprocess.PIPE, check=False)
            assert done.returncode == FAILED and b"cannot write" in done.stderr, done


def test_exercises():
    out, _ = ctl("exercises", "--exercises", f"{ROOT}/config/exercises.conf")
    catalogue = json.loads(ctl("exercises", "--json", "--exercises", f"{ROOT}/config/exercises.conf")[0])
    assert catalogue["safety"] in out and len(catalogue["exercises"]) > 5, out
    assert all(e["name"] in out and e["dose"] in out for e in catalogue["exercises"])
    ctl("exercises", "--exercises", "/nowhere.conf", status=USAGE)


def main():
    with Processes() as processes:
        ENVIRONMENT["DBUS_SESSION_BUS_ADDRESS"], _ = start_bus(processes, "session")
        ENVIRONMENT["DBUS_SYSTEM_BUS_ADDRESS"] = f"unix:path={processes.directory}/no-bus"
        test_usage()
        test_options(processes.directory)
        test_other_programs()
        test_json_everywhere()
        test_terminal(processes.directory)
        test_hostile_texts(processes.directory)
        test_tables()
        test_check(processes.directory)
        test_json_of_foreign_bytes(processes.directory)
        test_replay(processes.directory)
        test_exercises()
        test_nobody()
        seat = Seat(processes, "session", ENVIRONMENT)
        until("on the bus", lambda: seat.says("connected"))
        test_status(seat)
        test_answers(seat)
        test_picture(processes.directory)
        test_screen(processes, seat)
        test_silence(seat)
        test_commands(seat)
        test_seats(processes, seat)


main()
