#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A mistake in a scenario is named with its file and line; nothing that was written is passed over.
test_mistakes.py RUN_SCENARIO EXERCISES"""
import subprocess, sys, tempfile, os

RUN, EXERCISES = sys.argv[1:3]
GOOD = "[settings]\nalert.still = no\n[seat]\n0:00 sits\n%s\n[expect]\n0:05 bout starts\n"


def play(text):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "a.scenario")
        with open(path, "wb") as f:
            f.write(text.encode() if isinstance(text, str) else text)
        done = subprocess.run([RUN, EXERCISES, path], capture_output=True, text=True)
        return done.returncode, done.stderr.replace(path, "FILE")


# [seat] lines that cannot be meant so
for line in ("0:30 jumps", "0:30 sits sideways", "0:30 sits vacant", "0:30 sits confidence 7", "0:30 sits asymmetry nan",
             "0:30 stands up", "0:30 mat silent 10 s", "0:30 end now", "0:30 shifts -5 s", "0:30 types nan s",
             "0:30 machine sleeps", "0:30 machine sleeps 10", "0:30 squeezes many", "0:30 command stop",
             "0:30 command snooze soon", "0:30 command done 5", "0:30 clock 25:00 mon", "0:30 clock 5:00 monday",
             "0:30 clock 5:60 mon", "0:30 hour 3 worked 2", "0:30 hour 3 worked 3 of 2", "0:30 set alert.prompt_min = 0",
             "0:30", "0:99 end", "0:nan end", "31 end", "1:60:00 end", "0:0:0:30 end", "0:30end", "99999999999999:00 end"):
    rc, said = play(GOOD % line)
    assert rc == 1 and said.startswith("FILE:5: "), (line, rc, said)

# [settings]: the line is that of the scenario
for line, word in (("alert.prompt_min = 500", "1..180"), ("alert.stil = no", "still"), ("still = no", "SECTION.KEY"),
                   ("alert = 0.5", "SECTION.KEY"), ("alert.still", "=")):
    rc, said = play("# a comment\n[settings]\nsitting.break_s = 300\n%s\n[seat]\n0:00 sits\n[expect]\n" % line)
    assert rc == 1 and said.startswith("FILE:4: ") and word in said, (line, rc, said)

# what is expected and does not come is named with what happened instead
rc, said = play(GOOD % "0:30 end" + "0:30 bout = 0:29\n")
assert rc == 1 and "FILE:8: bout is 0:30, expected 0:29" in said and "0:05     bout starts" in said, said
rc, said = play(GOOD % "0:30 end" + "0:30 bouts today = 1\n")
assert rc == 1 and 'FILE:8: do not know the value "bouts today"' in said, said

# other editors: indented, tabs, CRLF, a byte order mark; nothing may happen at all; and many things may
for text in ("  [seat]\n\t0:00\tsits  upright\n  0:30 end\n [expect]\n  0:05\tbout  starts\n",
             "\ufeff[seat]\r\n0:00 sits\r\n0:30 end\r\n[expect]\r\n0:05 bout starts\r\n",
             "[seat]\n0:00 object\n1:00 end\n[expect]\n",
             "[settings]\nalert.enabled = no\n[seat]\n0:00 sits\n" +
             "".join("%d:00 shifts\n" % m for m in range(1, 600)) + "[expect]\n0:05 bout starts\n" +
             "".join("%d:02 shifted\n" % m for m in range(1, 600))):
    rc, said = play(text)
    assert rc == 0, (text[:60], said[-200:])
