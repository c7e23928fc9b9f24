#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The installed programs on a whole machine with a USB serial port: QEMU's FTDI chip behind the kernel's ftdi_sio, an
Arduino-like CDC-ACM gadget, real udev, systemd and libserialport. The test plays the mat, pulls it out in the middle of frames
and plugs it in again. SITBONE_REPLUGS (12): how often."""
import json
import os
import random
import re
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from guest import Guest, skip  # noqa: E402

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "system"))
from seat import simulate  # noqa: E402

NAME = "org.sitbone.Seat1"
BY_ID = "/dev/serial/by-id/usb-QEMU_QEMU_USB_SERIAL_MAT0001-if00-port0"
OWN_RULE = 'SUBSYSTEM=="tty", ENV{ID_VENDOR_ID}=="0403", ENV{ID_SERIAL_SHORT}=="MAT0001", ENV{SITBONE_MAT}="1"\n'
SETTINGS = "[seat]\nid = seat\n[device]\ndevice = %s\nformat = jq-seat-32\n"
FRAME, RATE = 1028, 25
HASTY, ASLEEP_S = 12, 16
REPLUGS = int(os.environ.get("SITBONE_REPLUGS", "12"))
# The first program that came: it locks the port, as they do.
HOLDER = "import fcntl, os, signal; fcntl.flock(os.open('/dev/ttyUSB0', os.O_RDWR | os.O_NOCTTY), fcntl.LOCK_EX); signal.pause()"
GADGET = "modprobe g_serial use_acm=1 idVendor=0x2341 idProduct=0x8036 iSerialNumber=MAT0002 'iProduct=\"sitbone mat 32x32\"'"

build = os.path.abspath(sys.argv[1])
began = time.monotonic()


def say(text):
    print(f"{time.monotonic() - began:6.1f} s  {text}", flush=True)


def check(condition, what):
    if not condition:
        raise AssertionError(what)
    say(what)


def cache_value(name):
    with open(build + "/CMakeCache.txt") as f:
        found = re.search(rf"^{name}:[A-Z]+=(.*)$", f.read(), re.M)
    return found.group(1) if found else ""


def live(g):
    """What the daemon says of itself, or nothing."""
    done = g.run("busctl", "--json=short", "--timeout=5", "call", NAME, "/org/sitbone/Seat1", NAME, "GetLive")
    return {k: v["data"] for k, v in json.loads(done.stdout)["data"][0].items()} if done.returncode == 0 else {}


def frames_come(g, seconds=20):
    """More of them than a line that was full could still hold."""
    before = live(g).get("frames", 0)
    return g.wait("frames", lambda: (now := live(g)).get("MatOnline") and now["frames"] > before + 5 and now, seconds)


def same_bout(now, bout):
    """When it began is counted back on the wall clock, which is being set meanwhile."""
    return abs(now["SeatedSince"] - bout) < 1e6 and now["bouts_today"] == 1


def costs(g, unit):
    """Open descriptors, resident kB and the processor's seconds."""
    pid = g.show(unit, "MainPID")
    said = g.sh(f"ls /proc/{pid}/fd | wc -l; awk '/VmRSS/{{print $2}}' /proc/{pid}/status; cut -d' ' -f14,15 /proc/{pid}/stat")
    fds, rss, user, system = (int(word) for word in said.split())
    return fds, rss, (user + system) / 100


def settings(g, device):
    g.sh(f"mkdir -p /etc/sitbone/sitbone.conf.d; printf '{SETTINGS}' {device} > /etc/sitbone/sitbone.conf.d/10-test.conf")


def said(g, text, since, unit="sitboned", seconds=15):
    """Lines of the journal from this cursor on."""
    g.wait(f"“{text}” in the journal", lambda: text in g.out(
        "journalctl", "-u", unit, "-o", "cat", "--no-pager", "--after-cursor=" + since), seconds)


def cursor(g):
    return g.must("journalctl", "-n", "0", "--show-cursor", "--no-pager").split("cursor: ")[1]


# --- sitboned.service: the mat is named in the settings ---

def finds_the_mat(g):
    at = cursor(g)
    settings(g, "auto")
    g.sh("mkdir -p /etc/systemd/system/sitboned.service.d; printf '[Service]\\nSupplementaryGroups=\\n'"
         "> /etc/systemd/system/sitboned.service.d/group.conf; systemctl daemon-reload")
    g.must("systemctl", "start", "sitboned")
    said(g, "no USB serial device is plugged in", at)
    say("auto, nothing plugged in: said, and it waits")
    g.wire.plug()
    said(g, "no permission for /dev/ttyUSB0: add its group (ls -l /dev/ttyUSB0; usually dialout) to the service", at)
    say("plugged in, not permitted: says where to look")
    g.sh("echo 16 > /sys/class/tty/ttyUSB0/device/latency_timer")  # as a real chip has it; QEMU's says 0
    g.sh("rm /etc/systemd/system/sitboned.service.d/group.conf; systemctl daemon-reload; systemctl restart sitboned")
    check(frames_come(g)["refused"] <= 2, "auto: found, frames come")
    if g.must("cat", "/sys/class/tty/ttyUSB0/device/latency_timer") == "1":
        raise AssertionError("the latency timer is 1 ms before the rule: nothing can be seen of it")
    said(g, "/dev/ttyUSB0: its chip holds bytes back for up to 16 ms", at)
    say(f"said that the chip holds bytes back; the mat heard {g.wire.received} bytes so far")


def keeps_others_out(g):
    refused = g.run("systemd-run", "--quiet", "--pipe", "-p", "User=nobody", "-p", "SupplementaryGroups=dialout",
                    "sh", "-c", ": </dev/ttyUSB0")
    check("busy" in refused.stderr.lower(), "in use by sitboned: others are refused: " + refused.stderr.strip())
    g.must("systemctl", "stop", "sitboned")
    g.must("systemd-run", "--quiet", "-u", "holder", "python3", "-c", HOLDER)
    g.wait("the holder", lambda: "ttyUSB0" in g.out("sh", "-c", f"ls -l /proc/{g.show('holder', 'MainPID')}/fd"), 15)
    by_hand = g.run("timeout", "3", cache_value("CMAKE_INSTALL_PREFIX") + "/bin/sitboned", "--device", "/dev/ttyUSB0",
                    "--state", "/tmp/by-hand")
    said_by_hand = by_hand.stdout + by_hand.stderr
    if f"/dev/ttyUSB0 is in use by process {g.show('holder', 'MainPID')} (python3)" not in said_by_hand:
        raise AssertionError("in use, but not said by whom: " + said_by_hand)
    say("in use, seen by root: says by whom")
    at = cursor(g)
    g.must("systemctl", "start", "sitboned")
    said(g, "in use by another program", at)
    g.must("systemctl", "stop", "holder")
    frames_come(g)
    say("in use, seen from within the sandbox: said; taken when it was free")


def obeys_the_device_policy(g):
    opens = g.run("systemd-run", "--quiet", "--pipe", "-p", "User=sitboned", "-p", "SupplementaryGroups=dialout",
                  "sh", "-c", ": <>/dev/ttyS1")
    check(opens.returncode == 0, "the user sitboned may open /dev/ttyS1")
    at = cursor(g)
    settings(g, "/dev/ttyS1")
    g.must("systemctl", "restart", "sitboned")
    said(g, "DeviceAllow=", at)
    say("but the service may not: " + [x for x in g.journal("sitboned").splitlines() if "DeviceAllow=" in x][-1])
    settings(g, BY_ID)
    g.must("systemctl", "restart", "sitboned")
    frames_come(g)
    say("by its link in /dev/serial/by-id: found")


def bout_begins(g):
    now = g.wait("a bout", lambda: (now := live(g)).get("SeatedSince") and now, 30)
    check(now["Occupancy"] == "person", f"a bout began; {now['frames']} frames, {now['refused']} refused")
    return now["SeatedSince"]


def hold(g, tty):
    """Open, though nobody reads: the kernel gives the number away only when the last one has closed it."""
    g.must("systemd-run", "--quiet", "-u", "sleeper", "--collect", "-p", "Type=exec", "-p",
           f"StandardInput=file:/dev/{tty}", "sleep", "infinity")


def replug(g, away_s, other_number):
    """Out in the middle of a frame, in again; with another number when somebody holds the old one open."""
    tty = os.path.basename(g.must("readlink", BY_ID))
    if other_number:
        hold(g, tty)
    g.wire.unplug()
    g.wait("the mat to be gone", lambda: g.run("test", "-e", BY_ID).returncode, 20)
    time.sleep(away_s)
    g.wire.plug()
    g.wait("the mat", lambda: g.run("test", "-e", BY_ID).returncode == 0, 20)
    now = os.path.basename(g.must("readlink", BY_ID))
    if other_number:
        if now == tty:
            raise AssertionError(f"the mat came back as {now} again")
        g.must("systemctl", "stop", "sleeper")
    return now


def survives_replugs(g, bout):
    g.must("systemd-run", "--quiet", "-u", "load", "sh", "-c", "while :; do :; done")
    fds, rss, cpu = costs(g, "sitboned")
    pid, longest, numbers, start = g.show("sitboned", "MainPID"), 0, set(), time.monotonic()
    for i in range(REPLUGS):
        other = i % 5 == 2
        numbers.add(replug(g, random.uniform(0.1, 2) if i % 7 else 4, other))
        again = time.monotonic()
        now = frames_come(g)
        longest = max(longest, time.monotonic() - again)
        if not same_bout(now, bout):
            raise AssertionError(f"replug {i}: the bout of {bout} became {now['SeatedSince']}, {now['bouts_today']} today")
        if i == REPLUGS // 2:
            fds, rss, _ = costs(g, "sitboned")  # after every way was gone often, and everything was stored once
    # a port that is being looked at is one descriptor more for a moment
    g.wait("the descriptors of before", lambda: costs(g, "sitboned")[0] <= fds, 20)
    after = costs(g, "sitboned")
    share = (after[2] - cpu) / (time.monotonic() - start)
    say(f"{REPLUGS} times out and in as {sorted(numbers)}: frames again after {longest:.1f} s at most, {now['refused']} refused")
    check(g.show("sitboned", "MainPID") == pid and g.show("sitboned", "NRestarts") == "0", "the same process all along")
    check(after[0] <= fds and after[1] <= rss + 1024, f"no leak: {fds} descriptors, then {after[0]}; {rss} kB, then {after[1]}")
    check(share < 0.5, f"no spin: {100 * share:.0f} % of a (slow, emulated) processor at {RATE} frames/s")
    check(same_bout(live(g), bout), "the bout goes on")


def rests_while_away(g, bout):
    g.wire.unplug()
    time.sleep(3.5)
    before = costs(g, "sitboned")[2]
    now = live(g)
    time.sleep(4)
    used = costs(g, "sitboned")[2] - before
    check(used < 0.4, f"unplugged: {used:.2f} s of the processor in 4 s")
    check(not now["MatOnline"] and now["Occupancy"] == "unknown" and same_bout(now, bout),
          "unplugged: offline, occupancy unknown, the bout not ended")
    g.wire.plug()
    check(same_bout(frames_come(g), bout), "plugged in: the bout goes on")
    g.must("systemctl", "stop", "load")


def survives_hasty_replugs(g, bout):
    """Out and in again within milliseconds, faster than udev and systemd can follow."""
    for _ in range(HASTY):
        g.wire.unplug()
        time.sleep(random.uniform(0, 0.03))
        g.wire.plug()
        time.sleep(random.choice((0, 0.01, 0.1, 0.5)))
    check(same_bout(frames_come(g, 60), bout), f"{HASTY} times out and in again within milliseconds: the bout goes on")


CLOCKS = "import time; print(time.clock_gettime(time.CLOCK_BOOTTIME), time.clock_gettime(time.CLOCK_MONOTONIC))"


def clocks(g):
    """Seconds since the machine was started, and of them awake."""
    return [float(word) for word in g.must("python3", "-c", CLOCKS).split()]


def seated(g):
    return int(g.must("busctl", "get-property", NAME, "/org/sitbone/Seat1", NAME, "BoutSeatedS").split()[1])


def sleep_for(g, seconds):
    """To RAM, and up again by the clock's alarm. Returns seated seconds before and after, seconds awake and asleep."""
    before, (began, awake) = seated(g), clocks(g)
    g.sh("echo 0 > /sys/class/rtc/rtc0/wakealarm; "
         f"echo +{seconds} > /sys/class/rtc/rtc0/wakealarm; echo mem > /sys/power/state")
    frames_come(g, 60)
    after, (end, awake_end) = seated(g), clocks(g)
    return before, after, awake_end - awake, (end - began) - (awake_end - awake)


def survives_sleep(g, bout):
    before, after, awake, asleep = sleep_for(g, ASLEEP_S)
    check(asleep > ASLEEP_S / 2, f"the machine slept for {asleep:.0f} s, and the mat came back")
    check(after - before <= awake + 1, f"seated for {after - before} s more in {awake:.0f} s awake: sleep is not sitting")
    check(same_bout(live(g), bout), "a sleep shorter than a break: the bout goes on")


# --- sitboned@.service: udev knows the mat ---

def udev_starts_the_service(g):
    unit = "sitboned@sitbone-MAT0001.service"
    g.must("systemctl", "stop", "sitboned")
    g.wire.unplug()
    g.sh(f"rm -r /etc/systemd/system/sitboned.service.d; systemctl daemon-reload; printf '%s' '{OWN_RULE}' "
         "> /etc/udev/rules.d/69-sitbone-mat.rules; udevadm control --reload")
    g.wire.plug()
    g.wait("the service", lambda: g.show(unit, "ActiveState") == "active", 30)
    frames_come(g)
    tty = os.path.basename(g.must("readlink", "/dev/sitbone/MAT0001"))
    check(g.must("stat", "-L", "-c", "%U:%G %a", "/dev/" + tty) == "root:sitboned 660", f"udev: {tty} is the mat, {unit} reads it")
    check(g.must("cat", f"/sys/class/tty/{tty}/device/latency_timer") == "1", "udev: FTDI's latency timer is 1 ms")
    bout = bout_begins(g)
    for other in (False, True):
        if other:
            hold(g, tty)
        g.wire.unplug()
        g.wait("the end of the service", lambda: g.show(unit, "ActiveState") == "inactive", 20)
        g.wire.plug()
        g.wait("the service again", lambda: g.show(unit, "ActiveState") == "active", 30)
        now, now_tty = frames_come(g), os.path.basename(g.must("readlink", "/dev/sitbone/MAT0001"))
        check((now_tty != tty) == other and same_bout(now, bout),
              f"udev: out, and in again as {now_tty}: the bout goes on")
    g.wire.unplug()
    g.wait("the end of the service", lambda: g.show(unit, "ActiveState") == "inactive", 20)


def gadget(g, data):
    """An Arduino with native USB: no chip, no wire; its firmware is a loop that writes."""
    unit = "sitboned@sitbone-MAT0002.service"
    g.must("modprobe", "dummy_hcd")
    for i in range(3):
        g.sh(GADGET)
        g.must("systemd-run", "--quiet", "--collect", "-u", f"firmware{i}", "python3", "/usr/local/lib/firmware.py", "/dev/ttyGS0",
               data, str(FRAME), str(RATE))
        g.wait("the service", lambda: g.show(unit, "ActiveState") == "active", 30)
        now = frames_come(g)
        if i == 0:
            check(os.path.basename(g.must("readlink", "/dev/sitbone/MAT0002")) == "ttyACM0",
                  "CDC-ACM: it calls itself a mat and is taken; frames come")
            bout = bout_begins(g)
        elif not same_bout(now, bout):
            raise AssertionError(f"CDC-ACM, replug {i}: the bout of {bout} became {now['SeatedSince']}")
        g.must("systemctl", "stop", f"firmware{i}")
        g.must("modprobe", "-r", "g_serial")
        g.wait("the end of the service", lambda: g.show(unit, "ActiveState") == "inactive", 20)
    say("CDC-ACM: out and in again twice: the bout goes on")


FIRMWARE = """
import os, sys, termios, time, tty
_, path, data, size, rate = sys.argv
fd = os.open(path, os.O_RDWR | os.O_NOCTTY)
tty.setraw(fd)
with open(data, "rb") as f:
    data = f.read()
at = 0
while True:
    os.write(fd, data[at:at + int(size)])
    at = (at + int(size)) % len(data)
    time.sleep(1 / int(rate))
"""


def journey(g):
    finds_the_mat(g)
    keeps_others_out(g)
    obeys_the_device_policy(g)
    bout = bout_begins(g)
    survives_replugs(g, bout)
    rests_while_away(g, bout)
    survives_hasty_replugs(g, bout)
    survives_sleep(g, bout)
    say(f"the mat heard {g.wire.received} bytes: what the kernel echoes until an opened port is raw")
    udev_starts_the_service(g)
    gadget(g, "/usr/local/lib/mat.bytes")
    failed = g.out("systemctl", "--failed", "--no-legend", "--plain")
    check("sitbone" not in failed, "no unit of ours failed")


def prepare(g):
    subprocess.run(["cmake", "--install", build], env={**os.environ, "DESTDIR": g.root}, check=True, stdout=subprocess.DEVNULL)
    data = simulate(build, "jq-seat-32", "mat imperfection=1\n0:02 sit\n3:00 end\n")
    seated = data[FRAME * 60:FRAME * 660]
    g.write("/usr/local/lib/firmware.py", FIRMWARE)
    with open(g.root + "/usr/local/lib/mat.bytes", "wb") as f:
        f.write(seated)
    g.make_disk()
    return [data[i:i + FRAME] for i in range(0, len(data), FRAME)]


def main():
    os.access(f"{build}/sitboned", os.X_OK) or skip("sitboned is not built")
    if cache_value("SITBONE_SANITIZE"):
        skip("a sanitizer needs more memory and address space than the unit allows")
    if cache_value("CMAKE_INSTALL_PREFIX") not in ("/usr", "/usr/local"):
        skip("configured for a prefix where systemd and udev do not look")
    with Guest() as g:
        frames = prepare(g)
        say("the disk is made")
        g.boot()
        say("booted Linux " + g.out("uname", "-r"))
        g.attach(frames, RATE)
        try:
            journey(g)
        except (AssertionError, OSError, KeyError, subprocess.SubprocessError) as e:
            print(f"FAILED: {type(e).__name__}: {e}")
            for unit in ("sitboned", "sitboned@*", "holder", "firmware0"):
                print(f"--- journal of {unit}:\n{g.journal(unit)[-2500:]}")
            print("--- kernel:\n" + g.out("sh", "-c", "dmesg | tail -n 30"))
            return 1
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # a time limit: leave nothing running
    sys.exit(main())
