# SPDX-License-Identifier: MIT
"""A machine in a box (systemd-nspawn) with the Debian of this machine, so that the programs built here run in it: a real
systemd, D-Bus, logind, journal and mosquitto. The base system is made once by mmdebstrap and kept as a tar in the user's cache."""
import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

PACKAGES = [
    "systemd", "systemd-sysv", "dbus", "dbus-user-session", "libpam-systemd", "libserialport0", "libmosquitto1",
    "libjansson4", "liblz4-1", "libncursesw6", "mosquitto", "mosquitto-clients", "python3-dbus", "python3-gi", "udev", "umockdev", "kmod",
]
SOURCES = ["/etc/apt/sources.list.d/debian.sources", "/etc/apt/sources.list"]


def skip(why):
    print(f"SKIP: {why}")
    sys.exit(77)


def find_suite():
    """The code name of this machine's Debian; Debian 12 where it is another system."""
    with open("/etc/os-release") as f:
        fields = dict(line.strip().split("=", 1) for line in f if "=" in line)
    return fields.get("VERSION_CODENAME", "bookworm") if fields.get("ID") == "debian" else "bookworm"


def make_base(tar):
    sources = next((s for s in SOURCES if os.path.exists(s)), None) or skip("no apt sources to make a machine from")
    command = ["mmdebstrap", "--quiet", "--variant=minbase", '--aptopt=Acquire::Languages "none"',
               "--include=" + ",".join(PACKAGES), "--format=tar"]
    for tree in ("man", "doc", "locale", "info"):
        command.append(f"--dpkgopt=path-exclude=/usr/share/{tree}/*")
    with open(sources) as given:
        made = subprocess.run([*command, find_suite(), tar + ".new", "-"], stdin=given, stderr=subprocess.PIPE, text=True)
    if made.returncode:
        skip("mmdebstrap could not make a Debian: " + (made.stderr.strip().splitlines() or ["?"])[-1])
    os.rename(tar + ".new", tar)


def base_tar():
    cache = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "sitbone-tests")
    os.makedirs(cache, exist_ok=True)
    key = hashlib.sha256(" ".join(PACKAGES).encode()).hexdigest()[:12]
    tar = os.path.join(cache, f"{find_suite()}-{key}.tar")
    with open(os.path.join(cache, "lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(tar):
            make_base(tar)
    return tar


def cgroup_parents():
    """Where a cgroup of our own must be made, so that the box gets a subtree to delegate."""
    hybrid = [f"/sys/fs/cgroup/{h}" for h in ("systemd", "unified") if os.path.isdir(f"/sys/fs/cgroup/{h}")]
    return hybrid or ["/sys/fs/cgroup"]


def in_chroot():
    with open("/proc/self/mountinfo") as f:
        return not any(line.split()[4] == "/" for line in f)


def require():
    if os.geteuid() != 0:
        skip("a machine in a box needs root")
    if in_chroot():  # the kernel then refuses the user namespace of PrivateUsers=
        skip("a machine in a box cannot run inside a chroot")
    for tool in ("systemd-nspawn", "mmdebstrap", "nsenter"):
        shutil.which(tool) or skip(f"{tool} is not installed")
    for parent in cgroup_parents():
        os.path.exists(parent + "/cgroup.procs") and os.access(parent, os.W_OK) or skip(f"no cgroups at {parent}")


class Machine:
    def __init__(self):
        require()
        tar = base_tar()
        self.top = tempfile.mkdtemp(prefix="sitbone-machine-", dir="/var/tmp")
        self.root = self.top + "/root"
        self.cgroups = [f"{p}/sitbone-test-{os.getpid()}" for p in cgroup_parents()]
        self.nspawn = self.leader = None
        os.mkdir(self.root)
        subprocess.run(["tar", "-xf", tar, "-C", self.root], check=True)
        self.write("/this-is-the-box", "")
        self.write("/etc/hosts", "127.0.0.1 localhost\n")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.nspawn:
            self.nspawn.send_signal(signal.SIGTERM)
            try:
                self.nspawn.wait(10)
            except subprocess.TimeoutExpired:
                self.nspawn.kill()
                self.nspawn.wait()
        for cgroup in self.cgroups:
            for folder, _, _ in os.walk(cgroup, topdown=False):
                try:
                    os.rmdir(folder)
                except OSError as e:
                    print(f"left behind {folder}: {e}")
        subprocess.run(["rm", "-rf", "--one-file-system", self.top], check=False)

    def write(self, path, text, mode=0o644):
        path = self.root + path
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as f:
            f.write(text)
        os.chmod(path, mode)

    def boot(self):
        for cgroup in self.cgroups:
            os.mkdir(cgroup)
        enter = "".join(f"echo $$ > {c}/cgroup.procs; " for c in self.cgroups)
        start = ["sh", "-ec", enter + 'exec systemd-nspawn "$@"', "sh"]
        self.nspawn = subprocess.Popen(
            [*start, "-q", "-D", self.root, "--boot", "--private-network",
             "--register=no", "--keep-unit", "--console=pipe", "--system-call-filter=bpf", "--capability=all",
             "-M", f"sitbone-{os.getpid()}"],
            stdin=subprocess.DEVNULL, stdout=open(self.top + "/console", "wb"), stderr=subprocess.STDOUT,
            env={**os.environ, "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"})
        self.wait("the first process of the machine", self._find_leader, 20)
        self.must("test", "-e", "/this-is-the-box")  # whatever follows must not happen to the host
        self.wait("the end of booting", lambda: self.out("systemctl", "is-system-running") in ("running", "degraded"), 60)

    def _find_leader(self):
        if self.nspawn.poll() is not None:
            with open(self.top + "/console", errors="replace") as f:
                skip("systemd-nspawn cannot run here: " + f.read().strip()[-300:])
        found = subprocess.run(["pgrep", "-x", "-P", str(self.nspawn.pid), "systemd"], capture_output=True, text=True).stdout.split()
        self.leader = found[0] if found else None
        return self.leader

    def run(self, *command, user=None):
        """A command inside. user: in that user's own systemd session."""
        if user:
            run = f"/run/user/{self.uid(user)}"
            command = ["runuser", "-u", user, "--", "env", f"XDG_RUNTIME_DIR={run}",
                       f"DBUS_SESSION_BUS_ADDRESS=unix:path={run}/bus", *command]
        return subprocess.run(["nsenter", "-a", "-r", "-w", "-t", self.leader, *command], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=100)

    def out(self, *command, user=None):
        return self.run(*command, user=user).stdout.strip()

    def must(self, *command, user=None):
        done = self.run(*command, user=user)
        if done.returncode:
            raise AssertionError(f"{' '.join(command)} = {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout.strip()

    def uid(self, user):
        with open(self.root + "/etc/passwd") as f:
            return next(line.split(":")[2] for line in f if line.startswith(user + ":"))

    def show(self, unit, what):
        return self.out("systemctl", "show", "--value", "-p", what, unit)

    def journal(self, unit):
        return self.out("journalctl", "-u", unit, "-o", "cat", "--no-pager")

    @staticmethod
    def wait(what, condition, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            got = condition()
            if got:
                return got
            time.sleep(0.1)
        raise AssertionError(f"waited {seconds} s in vain for {what}")
