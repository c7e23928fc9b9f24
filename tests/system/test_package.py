#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The Debian package: built twice in different folders it is the same file, lintian finds no error and no warning. In a
machine with systemd it is installed, does the main job (debian/tests/service), is upgraded with its history, and purged."""
import filecmp
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(__file__))
from machine import Machine, skip  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
began = time.monotonic()
# what programs of the machine write while it runs, and dpkg's own records
ELSEWHERE = ("/var/lib/dpkg/", "/var/log/", "/var/cache/", "/var/tmp/", "/var/lib/systemd/", "/etc/.pwd.lock", "/var/lib/apt/")


def say(text):
    print(f"{time.monotonic() - began:6.1f} s  {text}", flush=True)


def check(condition, what):
    if not condition:
        raise AssertionError(what)
    say(what)


def build(folder, **more):
    """A copy of the tree, built as ./demo.sh --package builds it."""
    os.makedirs(folder + "/tree")
    tree = subprocess.run(["tar", "-C", ROOT, "--exclude=./build", "--exclude=./.git", "--exclude=__pycache__", "-c", "."],
                          stdout=subprocess.PIPE, check=True)
    subprocess.run(["tar", "-C", folder + "/tree", "-x"], input=tree.stdout, check=True)
    environment = {**os.environ, "DEB_BUILD_OPTIONS": "terse", **more}
    if shutil.which("ccache"):
        cache = subprocess.run(["ccache", "-k", "cache_dir"], capture_output=True, text=True, check=True).stdout.strip()
        environment.update(CMAKE_C_COMPILER_LAUNCHER="ccache", CCACHE_DIR=cache, CCACHE_BASEDIR=folder + "/tree", CCACHE_NOHASHDIR="1")
    done = subprocess.run(["./demo.sh", "--package", "--yes"], cwd=folder + "/tree", env=environment, capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, check=False)
    found = glob.glob(folder + "/tree/build/package/sitbone_*.deb")
    check(done.returncode == 0 and len(found) == 1, f"built{'' if found else ': ' + done.stdout[-3000:] + done.stderr}")
    return found[0]


def lint(package):
    if not shutil.which("lintian"):
        say("lintian is not installed")
        return
    changes = glob.glob(os.path.dirname(package) + "/*.changes")[0]
    done = subprocess.run(["lintian", "-EviI", "--pedantic", "--allow-root", changes], capture_output=True, text=True, check=False)
    found = [line for line in done.stdout.splitlines() if line[:2] in ("E:", "W:")]
    check(not found, "lintian: no error, no warning" if not found else "\n".join(found))


def files(m):
    found = m.out("find", "/etc", "/usr", "/var", "/opt", "/run/systemd/system", "-xdev", "!", "-type", "d").splitlines()
    folders = m.out("find", "/", "-xdev", "-iname", "*sitbone*", "-not", "-path", "/proc/*").splitlines()
    return {path for path in found + folders if not path.startswith(ELSEWHERE) or "sitbone" in path} - {"/sitbone.deb"}


def sat(m):
    return re.search(r"(?m)^sat +[1-9]\d* min", m.out("sitbonectl", "history", "all"))


def install(m):
    m.must("env", "DEBIAN_FRONTEND=noninteractive", "dpkg", "--force-confold", "-i", "/sitbone.deb")


def live_in_a_machine(package):
    with Machine() as m:
        shutil.copy(package, m.root + "/sitbone.deb")
        shutil.copy(ROOT + "/debian/tests/service", m.root + "/service")
        m.boot()
        say("booted")
        before = files(m)
        install(m)
        check(m.out("systemctl", "is-enabled", "sitboned") == "enabled" and m.out("systemctl", "is-active", "sitboned") == "active",
              "installed: the service is enabled and runs")
        check({"/usr/bin/sitboned", "/etc/sitbone"} <= files(m) - before, "installed: its files are seen")
        conffiles = m.out("dpkg-query", "-W", "-f", "${Conffiles}", "sitbone")
        check("sitbone.conf" not in conffiles, "settings are no conffile")
        check(m.out("systemctl", "--global", "is-enabled", "sitbone-agent") == "enabled", "the agent is enabled for every user")
        done = m.run("/service")
        check(done.returncode == 0, f"the main job: {done.stdout.splitlines()[:1]}" if not done.returncode else done.stdout + done.stderr)
        m.write("/etc/sitbone/sitbone.conf", "[seat]\nname = My chair\n")
        kept = m.must("sha256sum", "/etc/sitbone/sitbone.conf")
        check(sat(m), "there is a history")
        pid = m.show("sitboned", "MainPID")
        install(m)
        m.wait("the bus", lambda: m.run("sitbonectl", "status").returncode == 0, 20)
        check(m.show("sitboned", "MainPID") != pid and m.must("sha256sum", "/etc/sitbone/sitbone.conf") == kept,
              "upgraded: the new daemon runs, settings are kept")
        check(sat(m), "upgraded: the history is kept")
        m.must("systemctl", "disable", "--now", "sitboned")
        install(m)
        check(m.out("systemctl", "is-enabled", "sitboned") == "disabled" and m.show("sitboned", "ActiveState") == "inactive",
              "upgraded: a service that was disabled stays so")
        m.must("systemctl", "enable", "--now", "sitboned")
        m.must("dpkg", "-r", "sitbone")
        check(m.run("pgrep", "-x", "sitboned").returncode != 0, "removed: the daemon is stopped")
        check(m.run("test", "-e", "/etc/sitbone/sitbone.conf", "-a", "-e", "/var/lib/sitbone").returncode == 0,
              "removed: settings and data are kept")
        m.must("dpkg", "-P", "sitbone")
        left = files(m) - before
        check(not left, f"purged: nothing is left {sorted(left) or ''}")
        check(m.run("getent", "passwd", "sitboned").returncode != 0, "purged: the user is gone")


def main():
    for tool in ("dpkg-buildpackage", "dh", "ninja", "scdoc", "msgfmt"):
        shutil.which(tool) or skip(f"{tool} is not installed")
    if "SITBONE_SANITIZE:STRING=\n" not in open(sys.argv[1] + "/CMakeCache.txt", encoding="utf-8").read():
        skip("the package is built without sanitizers")
    with tempfile.TemporaryDirectory(prefix="sitbone-package-") as top:
        package = build(top + "/one")
        lint(package)
        other = build(top + "/elsewhere", TZ="Pacific/Kiritimati", LC_ALL="C", DEB_BUILD_OPTIONS="terse parallel=1")
        check(filecmp.cmp(package, other, shallow=False), "reproducible: the second is the same, byte for byte")
        live_in_a_machine(package)


main()
