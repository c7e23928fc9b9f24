#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The installed programs under a real systemd: a Debian in a box with D-Bus, logind, journal and mosquitto. A virtual mat
on which somebody sits down plays from one unit, sitboned.service reads it, sitbone-agent runs in a user's session."""
import json
import os
import re
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(__file__))
from machine import Machine, skip  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
NAME = "org.sitbone.Seat1"
BUS = [NAME, "/org/sitbone/Seat1", NAME]
PASSWORD = "between two stools"

SETTINGS = """
[seat]
id = seat
[device]
device = /run/mat/mat
format = jq-seat-32
[alert]
prompt_min = 1
[mqtt]
enabled = yes
user = seat
"""
SCENARIO = """
0:03 sit
20:00 end
"""
MAT_UNIT = """
[Service]
User=sitboned
RuntimeDirectory=mat
ExecStart=%s/sitbone-sim --format jq-seat-32 --scenario /etc/mat.scenario --link /run/mat/mat --seed 1
"""
BROKER = """
per_listener_settings false
listener 1883 127.0.0.1
allow_anonymous false
password_file /etc/mosquitto/passwords
"""
RECORDER_UNIT = """
[Service]
Type=dbus
BusName=org.freedesktop.Notifications
ExecStart=/usr/bin/python3 /usr/local/lib/notification_server.py /home/desk/notifications
"""
# graphical-session.target may not be started by hand: a desktop's own target pulls it in, as here
DESKTOP_TARGET = """
[Unit]
BindsTo=graphical-session.target
Before=graphical-session.target
"""

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


def install(m):
    subprocess.run(["cmake", "--install", build], env={**os.environ, "DESTDIR": m.root}, check=True,
                   stdout=subprocess.DEVNULL)
    m.write("/etc/sitbone/sitbone.conf.d/10-test.conf", SETTINGS)
    m.write("/etc/mat.scenario", SCENARIO)
    m.write("/etc/systemd/system/mat.service", MAT_UNIT % (cache_value("CMAKE_INSTALL_PREFIX") + "/bin"))
    m.write("/etc/systemd/system/sitboned.service.d/watchdog.conf", "[Service]\nWatchdogSec=3s\nRestartSec=200ms\n")
    m.write("/etc/mosquitto/conf.d/test.conf", BROKER)
    m.write("/etc/systemd/user/notifications.service", RECORDER_UNIT)
    m.write("/etc/systemd/user/desktop.target", DESKTOP_TARGET)
    with open(HERE + "/notification_server.py") as f:
        m.write("/usr/local/lib/notification_server.py", f.read())


def prop(m, name):
    said = m.out("busctl", "get-property", *BUS, name)
    return said.split(" ", 1)[1].strip('"') if " " in said else None


def seated_s(m):
    return int(prop(m, "BoutSeatedS") or 0)


def main_pid(m):
    """As the machine numbers it."""
    return m.show("sitboned", "MainPID")


def drop_in(m, text, name="90-more.conf"):
    m.write("/etc/sitbone/sitbone.conf.d/" + name, text)


def captured(m):
    with open(m.root + "/var/log/mqtt", errors="replace") as f:
        return f.read().splitlines()


def events(m):
    return [json.loads(line.split(" ", 1)[1]) for line in captured(m) if line.startswith("sitbone/seat/event ")]


def notifications(m):
    with open(m.root + "/home/desk/notifications") as f:
        return [json.loads(line) for line in f]


def prepare(m):
    check(re.match(r"sitboned:x:\d+:\d+:", m.out("getent", "passwd", "sitboned")), "sysusers made the user sitboned")
    m.must("mosquitto_passwd", "-c", "-b", "/etc/mosquitto/passwords", "seat", PASSWORD)
    m.must("chown", "mosquitto", "/etc/mosquitto/passwords")
    m.must("systemctl", "restart", "mosquitto")
    m.must("systemd-run", "-q", "-u", "capture", "-p", "StandardOutput=file:/var/log/mqtt", "mosquitto_sub", "-v", "-u",
           "seat", "-P", PASSWORD, "-t", "sitbone/#", "-t", "homeassistant/#")
    for user in ("desk", "stranger"):
        m.must("useradd", "-m", user)
        m.must("loginctl", "enable-linger", user)
    # desk is logged in at this machine; stranger's processes run without a session, like those of a service
    m.must("systemd-run", "-q", "-u", "login", "-p", "PAMName=login", "-p", "User=desk", "sleep", "infinity")


def starts_without_secret(m):
    m.must("systemctl", "start", "mat")
    m.must("systemctl", "start", "sitboned")  # returns when the daemon has said READY=1
    check(m.show("sitboned", "ActiveState") == "active", "sitboned.service is active without a credential")
    m.wait("the refusal of the broker", lambda: "authori" in m.show("sitboned", "StatusText").lower(), 30)
    say("STATUS: " + m.show("sitboned", "StatusText"))


def takes_secret(m):
    m.write("/etc/credstore/mqtt-password", PASSWORD + "\n", 0o600)
    m.must("systemctl", "restart", "sitboned")
    m.wait("mqtt connected", lambda: "mqtt connected" in m.show("sitboned", "StatusText"), 30)
    say("the credential opened the broker; STATUS: " + m.show("sitboned", "StatusText"))
    m.wait("availability", lambda: "sitbone/seat/availability online" in captured(m), 30)
    m.wait("the mat", lambda: "sitbone/seat/mat/availability online" in captured(m), 30)
    say("MQTT: online, mat online")
    m.wait("discovery", lambda: any(line.startswith("homeassistant/device/sitbone_seat/config {") for line in captured(m)), 30)
    say("MQTT: discovery")


def bout_begins(m):
    m.wait("a bout", lambda: seated_s(m) >= 3, 30)
    say("a bout began; STATUS: " + m.show("sitboned", "StatusText"))


def reloads(m):
    pid, due = main_pid(m), int(prop(m, "NextAlertAt"))
    drop_in(m, "[alert]\nprompt_min = 500\nstill_min = 3\nnonsense = 1\n")
    m.must("systemctl", "reload", "sitboned")
    m.wait("the mistakes in the journal", lambda: "the previous settings remain active" in m.journal("sitboned"), 30)
    said = m.journal("sitboned")
    check("90-more.conf:2:" in said and "90-more.conf:4:" in said, "every mistake of a wrong file is in the journal")
    check(main_pid(m) == pid and abs(int(prop(m, "NextAlertAt")) - due) < 2e6, "the old settings stay in force")
    drop_in(m, "[alert]\nprompt_min = 3\n")
    m.must("systemctl", "reload", "sitboned")
    m.wait("the new limit", lambda: abs(int(prop(m, "NextAlertAt")) - due - 120e6) < 2e6, 30)
    drop_in(m, "")
    m.must("systemctl", "reload", "sitboned")
    m.wait("the old limit", lambda: abs(int(prop(m, "NextAlertAt")) - due) < 2e6, 30)
    check(main_pid(m) == pid, "a right file takes effect, the same process goes on")


def survives(m, what, signal_name, cause):
    pid, before, restarts = main_pid(m), seated_s(m), int(m.show("sitboned", "NRestarts"))
    m.must("systemctl", "kill", "--kill-whom=main", "--signal=" + signal_name, "sitboned")
    m.wait("a restart", lambda: int(m.show("sitboned", "NRestarts")) == restarts + 1 and
           m.show("sitboned", "ActiveState") == "active", 30)
    check(main_pid(m) != pid and cause in m.journal("sitboned"), f"{what}: systemd starts it again")
    after = m.wait("the bus", lambda: seated_s(m), 30)
    check(after >= before - 2, f"{what}: the bout goes on ({before} s before, {after} s after)")


def refuses_strangers(m):
    refused = m.run("busctl", "call", *BUS, "Snooze", "u", "30", user="stranger")
    check(refused.returncode != 0 and re.search("denied|may ask", refused.stderr, re.I),
          "D-Bus: a stranger is refused: " + refused.stderr.strip())
    taken = m.run("busctl", "call", "org.freedesktop.DBus", "/", "org.freedesktop.DBus", "RequestName", "su",
                  NAME + ".other", "0", user="stranger")
    check(taken.returncode != 0 and re.search("denied|not allowed to own", taken.stderr, re.I),
          "D-Bus: nor may a stranger take its name: " + taken.stderr.strip())
    check(prop(m, "SnoozedUntil") == "0", "D-Bus: nothing was snoozed")
    m.wait("person", lambda: m.out("busctl", "get-property", *BUS, "Occupancy", user="desk") == 's "person"', 30)
    live = m.run("busctl", "call", *BUS, "GetLive", user="desk")
    check(live.returncode == 0 and "cop_x_mm" in live.stdout, "D-Bus: the person logged in may look")
    refused = m.run("busctl", "call", *BUS, "GetLive", user="stranger")
    check(refused.returncode != 0, "D-Bus: a stranger may not")


def agent_starts(m):
    m.wait("the user's bus", lambda: m.run("systemctl", "--user", "is-active", "dbus.socket", user="desk").returncode == 0, 30)
    m.must("systemctl", "--user", "start", "notifications", user="desk")
    m.must("systemctl", "--user", "enable", "--quiet", "sitbone-agent", user="desk")
    m.must("systemctl", "--user", "start", "desktop.target", user="desk")
    m.wait("the agent", lambda: m.out("systemctl", "--user", "is-active", "sitbone-agent", user="desk") == "active", 30)
    say("sitbone-agent.service came with the graphical session")


def alert_arrives(m):
    m.wait("the alert", lambda: notifications(m), 90)
    shown = notifications(m)[0]
    say("notification: " + json.dumps(shown))
    check("glutes" in shown["summary"] and "eated 1 min" in shown["body"], "the alert is shown with its reason")
    check("done" in shown["actions"] and "snooze" in shown["actions"], "with its buttons")
    raised = m.wait("the event", lambda: [e for e in events(m) if e["event_type"] == "glute_activation_due"], 30)
    check(len(raised) == 1, "MQTT: one event glute_activation_due")
    m.write("/home/desk/press", "done")
    m.must("mv", "/home/desk/press", "/home/desk/notifications.press")
    m.wait("the outcome", lambda: [e for e in events(m) if e["event_type"] == "glute_activation_done"], 30)
    m.wait("the withdrawal", lambda: {"call": "CloseNotification", "id": shown["id"]} in notifications(m), 30)
    say("button Done reached the daemon; afterwards: " + json.dumps(notifications(m)[-1])[:160])


def keeps_state(m):
    found = m.out("find", "/var/lib/sitbone", "-printf", "%p %u %m\\n").splitlines()
    check("/var/lib/sitbone sitboned 700" in found and any("memory" in line for line in found),
          "state directory: " + "; ".join(found))
    boot = m.must("cat", "/proc/sys/kernel/random/boot_id").replace("-", "")
    check(m.run("grep", "-q", boot, "/var/lib/sitbone/memory").returncode == 0,
          "the sandboxed daemon knows which boot it is, and a reboot from a restart")
    before = seated_s(m)
    m.must("systemctl", "restart", "sitboned")
    check(m.wait("the bus", lambda: seated_s(m), 30) >= before - 2, "an ordinary restart keeps the bout too")


# Where even root may not raise limits (some containers), rights by capability stand in for the two Limit lines.
NO_LIMITS = """
[Service]
PrivateUsers=no
CapabilityBoundingSet=CAP_SYS_NICE CAP_IPC_LOCK
AmbientCapabilities=CAP_SYS_NICE CAP_IPC_LOCK
"""


def may_raise_limits():
    with open("/proc/self/status") as f:
        effective = re.search(r"CapEff:\s+(\w+)", f.read()).group(1)
    return int(effective, 16) >> 24 & 1  # CAP_SYS_RESOURCE


def needs_rights_for_realtime(m):
    policy = "import os; print(os.sched_getscheduler(%s))"
    drop_in(m, "[realtime]\npriority = 10\nlock_memory = yes\n")
    if not may_raise_limits():
        say("real time: no CAP_SYS_RESOURCE here, so the limits of realtime.conf stay untried")
        m.write("/etc/systemd/system/sitboned.service.d/limits.conf", NO_LIMITS)
        m.must("systemctl", "daemon-reload")
    m.must("systemctl", "restart", "sitboned")
    check("realtime: priority 10" in m.journal("sitboned"), "real time refused by the sandbox: said, and it runs")
    m.must("cp", cache_value("CMAKE_INSTALL_PREFIX") + "/share/sitbone/examples/realtime.conf",
           "/etc/systemd/system/sitboned.service.d/")
    m.must("systemctl", "daemon-reload")
    m.must("systemctl", "restart", "sitboned")
    check(m.out("python3", "-c", policy % main_pid(m))[:1] == str(os.SCHED_FIFO), "realtime.conf: SCHED_FIFO")
    status = m.out("cat", f"/proc/{main_pid(m)}/status")
    locked, resident = (int(re.search(rf"{what}:\s+(\d+)", status).group(1)) for what in ("VmLck", "VmRSS"))
    check(locked > 1000, f"realtime.conf: {locked} kB locked, {resident} kB resident")
    m.must("sh", "-c", "rm -f /etc/systemd/system/sitboned.service.d/realtime.conf /etc/systemd/system/sitboned.service.d/limits.conf")
    m.must("systemctl", "daemon-reload")


def stops(m):
    drop_in(m, "[alert]\nprompt_min = 500\n")
    check(m.run("systemctl", "restart", "sitboned").returncode != 0, "wrong settings at the start are fatal")
    time.sleep(1)
    check(m.show("sitboned", "ExecMainStatus") == "2" and m.show("sitboned", "ActiveState") == "failed",
          "and not tried again and again")
    drop_in(m, "")
    m.must("systemctl", "start", "sitboned")
    m.wait("mqtt connected", lambda: "mqtt connected" in m.show("sitboned", "StatusText"), 30)
    m.must("systemctl", "stop", "sitboned")
    check(m.show("sitboned", "Result") == "success", "stops cleanly")
    m.wait("the good-bye", lambda: [line for line in captured(m) if "sitbone/seat/availability" in line][-1].endswith("offline"), 30)
    say("MQTT: offline at the end")


def journal_fields(m):
    lines = [json.loads(line) for line in m.out("journalctl", "-u", "sitboned", "-o", "json", "_COMM=sitboned").splitlines()]
    levels = {line["PRIORITY"] for line in lines}
    check({"3", "5", "6"} <= levels and {line["SYSLOG_IDENTIFIER"] for line in lines} == {"sitboned"},
          f"journal: {len(lines)} lines with priorities {sorted(levels)}")
    check(not any(line["MESSAGE"].startswith("<") for line in lines), "journal: no prefix left in the text")


USB_DEVICE = """P: /devices/pci0000:00/0000:00:14.0/usb1/1-2
E: DEVTYPE=usb_device
E: SUBSYSTEM=usb
A: idVendor={vendor}\\n
A: idProduct={model}\\n
A: manufacturer=Maker\\n
A: product={product}\\n
A: serial={serial}\\n

P: /devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0
E: DEVTYPE=usb_interface
E: SUBSYSTEM=usb
E: DRIVER={driver}
L: driver=../../../../../../bus/usb/drivers/{driver}
A: bInterfaceNumber=00\\n
A: bInterfaceClass=02\\n
A: latency_timer=16\\n

P: /devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0/tty/{tty}
N: {tty}
L: device=../..
E: DEVNAME=/dev/{tty}
E: SUBSYSTEM=tty
E: MAJOR=166
E: MINOR=0
"""
# What a person writes beside our rule, after its own instructions.
OWN_RULE = 'SUBSYSTEM=="tty", ENV{ID_VENDOR_ID}=="0403", ENV{ID_SERIAL_SHORT}=="A50285BI", ENV{SITBONE_MAT}="1"\n'


def udev_says(m, vendor, model, product, serial, driver, tty):
    m.write("/var/tmp/device.umockdev", USB_DEVICE.format(**locals()))
    parent = "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0"
    done = m.run("env", "SYSTEMD_DEVICE_VERIFY_SYSFS=0", "umockdev-run", "-d", "/var/tmp/device.umockdev", "--", "sh", "-c",
                 f"udevadm test --action=add {parent}/tty/{tty} 2>&1")
    if not re.search("70-sitboned.rules$", done.stdout, re.M):
        raise AssertionError("udev did not read the rule: " + done.stdout + done.stderr)
    bad = [line for line in done.stdout.splitlines() if re.search(r"69-sitbone|70-sitboned.*(nvalid|nknown|ail)", line)
           and "Reading" not in line]
    if bad:
        raise AssertionError(f"udev does not like the rule: {bad}")
    return done.stdout


def udev_rule(m):
    said = udev_says(m, "2341", "8036", "sitbone mat 16x16", "MAT0001", "cdc_acm", "ttyACM0")
    check("SYSTEMD_WANTS=sitboned@sitbone-MAT0001.service" in said and "ID_MM_DEVICE_IGNORE=1" in said and
          "/dev/sitbone/MAT0001" in said, "udev: what calls itself a mat is taken")
    ftdi = (m, "0403", "6001", "FT232R USB UART", "A50285BI", "ftdi_sio", "ttyUSB0")
    said = udev_says(*ftdi)
    check("SITBONE_MAT" not in said and "sitboned@" not in said and "latency_timer" not in said, "udev: a bare bridge is left alone")
    m.write("/etc/udev/rules.d/69-sitbone-mat.rules", OWN_RULE)
    said = udev_says(*ftdi)
    check("SYSTEMD_WANTS=sitboned@sitbone-A50285BI.service" in said, "udev: one line of one's own takes it")
    check("device/latency_timer' writing '1'" in said, "udev: FTDI latency timer set to 1 ms")


def main():
    for program in ("sitboned", "sitbonectl", "sitbone-agent", "sitbone-sim"):
        os.access(f"{build}/{program}", os.X_OK) or skip(f"{program} is not built")
    if cache_value("SITBONE_SANITIZE"):
        skip("a sanitizer needs more memory and address space than the unit allows")
    if cache_value("CMAKE_INSTALL_PREFIX") not in ("/usr", "/usr/local"):
        skip("configured for a prefix where systemd and udev do not look")
    with Machine() as m:
        install(m)
        m.boot()
        say("booted")
        try:
            prepare(m)
            starts_without_secret(m)
            takes_secret(m)
            agent_starts(m)
            bout_begins(m)
            reloads(m)
            survives(m, "kill -9", "KILL", "status=9/KILL")
            survives(m, "watchdog", "STOP", "Watchdog timeout")
            refuses_strangers(m)
            keeps_state(m)
            udev_rule(m)
            alert_arrives(m)
            needs_rights_for_realtime(m)
            stops(m)
            journal_fields(m)
        except (AssertionError, subprocess.SubprocessError) as e:
            print(f"FAILED: {e}")
            print("STATUS: " + m.show("sitboned", "StatusText"))
            for unit in ("sitboned", "mat", "capture"):
                print(f"--- journal of {unit}:\n{m.journal(unit)[-4000:]}")
            print("--- agent:\n" + m.out("journalctl", "--user-unit", "sitbone-agent", "-o", "cat", "--no-pager")[-2000:])
            return 1
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # a time limit: leave nothing running
    sys.exit(main())
