# SPDX-License-Identifier: MIT
"""A Debian in QEMU (TCG, so it runs where KVM does not): the kernel's USB serial drivers and udev are real, the FTDI chip
and the wire behind it are QEMU's. The base system is that of the nspawn test, the kernel comes from the Debian archive."""
import fcntl
import glob
import hashlib
import json
import os
import random
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "system"))
from machine import base_tar, skip  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
EARLY = ["virtio_pci", "virtio_blk", "crc32c_generic", "ext4"]  # to mount the disk
LATER = ["xhci_pci", "ftdi_sio", "cdc_acm", "dummy_hcd", "g_serial", "usb_f_acm", "virtio_console"]
INIT = """#!/bin/busybox sh
/bin/busybox mount -t devtmpfs dev /dev
for m in %s; do /bin/busybox insmod /$m; done
until /bin/busybox mount -t ext4 /dev/vda /root; do /bin/busybox sleep 0.2; done
exec /bin/busybox switch_root /root /sbin/init
"""
SHELL_UNIT = """
[Unit]
StartLimitIntervalSec=0
[Service]
ExecStart=/usr/bin/python3 /usr/local/lib/shell_in_guest.py
Restart=always
RestartSec=1
"""
KERNEL_LINE = "console=ttyS0 panic=-1 quiet mitigations=off audit=0 nowatchdog tsc=reliable systemd.show_status=no"


def require():
    if os.geteuid() != 0:
        skip("making the disk of a machine needs root")
    for tool in ("qemu-system-x86_64", "mmdebstrap", "cpio", "mke2fs", "depmod", "busybox", "dpkg"):
        shutil.which(tool, path=os.environ["PATH"] + ":/usr/sbin:/sbin") or skip(f"{tool} is not installed")


def run(*command, **more):
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more).stdout


def modules_for(tree, version, names):
    """Their files and those they need, in the order of loading."""
    files = []
    for name in names:
        for line in run("modprobe", "-d", tree, "-S", version, "--show-depends", name).splitlines():
            if line.startswith("insmod "):
                files.append(os.path.normpath(line.split()[1]))
    return list(dict.fromkeys(files))


def fetch_kernel(folder):
    """vmlinuz, initrd.gz and the modules of Debian's kernel, out of its package."""
    with tempfile.TemporaryDirectory(prefix="sitbone-kernel-", dir="/var/tmp") as top:
        package = next((word.split()[1] for word in run("apt-cache", "depends", "linux-image-amd64").splitlines()
                        if "Depends: linux-image" in word), None) or skip("apt knows no linux-image-amd64")
        run("apt-get", "-q", "download", package, cwd=top)
        run("dpkg", "-x", *glob.glob(top + "/*.deb"), top)
        version = os.listdir(top + "/lib/modules")[0]
        run("depmod", "-b", top, version)
        new = folder + ".new"
        shutil.rmtree(new, ignore_errors=True)
        early = modules_for(top, version, EARLY)
        for file in early + modules_for(top, version, LATER):
            to = new + file.removeprefix(top)
            os.makedirs(os.path.dirname(to), exist_ok=True)
            shutil.copy(file, to)
        for extra in glob.glob(f"{top}/lib/modules/{version}/modules.*"):
            if os.path.basename(extra) in ("modules.order", "modules.builtin", "modules.builtin.modinfo"):
                shutil.copy(extra, f"{new}/lib/modules/{version}")
        shutil.copy(f"{top}/boot/vmlinuz-{version}", new + "/vmlinuz")
        make_initrd(early, top + "/initrd", new + "/initrd.gz")
        os.rename(new, folder)


def make_initrd(modules, work, to):
    for folder in ("bin", "dev", "root"):
        os.makedirs(f"{work}/{folder}")
    shutil.copy(shutil.which("busybox"), work + "/bin/busybox")
    for module in modules:
        shutil.copy(module, work)
    with open(work + "/init", "w") as f:
        f.write(INIT % " ".join(os.path.basename(m) for m in modules))
    os.chmod(work + "/init", 0o755)
    run("sh", "-c", f"find . | cpio -o -H newc --quiet | gzip -1 > {to}", cwd=work)


def kernel():
    cache = os.path.dirname(base_tar())
    folder = f"{cache}/kernel-{hashlib.sha256(' '.join(EARLY + LATER + [INIT]).encode()).hexdigest()[:12]}"
    with open(cache + "/lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.isdir(folder):
            try:
                fetch_kernel(folder)
            except subprocess.CalledProcessError as e:
                skip(f"no kernel for the machine: {' '.join(e.cmd[:3])}: {(e.stderr.strip().splitlines() or ['?'])[-1]}")
    return folder


class Wire(threading.Thread):
    """What the mat sends, at its pace. QEMU's chip is on the bus while somebody holds the other end of its wire."""

    def __init__(self, path, frames, rate):
        super().__init__(daemon=True)
        self.path, self.frames, self.rate = path, frames, rate
        self.at, self.received, self.ended = 0, 0, False
        self.socket, self.lock = None, threading.Lock()
        self.start()

    def run(self):
        while not self.ended:
            with self.lock:
                if self.socket:
                    self._send(self._next())
            time.sleep(1 / self.rate)

    def _next(self):
        """The recording, and when it has ended the second half of it for ever."""
        n, at = len(self.frames), self.at
        self.at += 1
        return self.frames[at if at < n else n // 2 + (at - n) % (n - n // 2)]

    def _send(self, data):
        try:
            if select.select([self.socket], [], [], 0)[0]:
                self.received += len(self.socket.recv(65536))
            self.socket.sendall(data)
        except OSError:
            pass  # nobody has the port open: the chip's buffer is full

    def plug(self):
        with self.lock:
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)  # a chip keeps little back
            self.socket.settimeout(0.2)
            self.socket.connect(self.path)

    def unplug(self):
        """In the middle of a frame."""
        with self.lock:
            frame = self._next()
            self._send(frame[:random.randrange(1, len(frame))])
            self.socket.close()
            self.socket = None

    def stop(self):
        self.ended = True
        self.join(5)


class Guest:
    def __init__(self):
        require()
        self.kernel = kernel()
        self.top = tempfile.mkdtemp(prefix="sitbone-guest-", dir="/var/tmp")
        self.root = self.top + "/root"
        self.qemu = self.shell = self.wire = None
        os.mkdir(self.root)
        run("tar", "-xf", base_tar(), "-C", self.root)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.qemu:
            self.qemu.kill()
            self.qemu.wait()
        if self.wire:
            self.wire.stop()
        subprocess.run(["rm", "-rf", "--one-file-system", self.top], check=False)

    def write(self, path, text, mode=0o644):
        path = self.root + path
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as f:
            f.write(text)
        os.chmod(path, mode)

    def make_disk(self):
        run("cp", "-a", self.kernel + "/lib/modules", self.root + "/lib/")
        run("depmod", "-b", self.root, os.listdir(self.kernel + "/lib/modules")[0])
        with open(HERE + "/shell_in_guest.py") as f:
            self.write("/usr/local/lib/shell_in_guest.py", f.read())
        self.write("/etc/systemd/system/test-shell.service", SHELL_UNIT)
        wants = self.root + "/etc/systemd/system/multi-user.target.wants"
        os.makedirs(wants, exist_ok=True)
        os.symlink("../test-shell.service", wants + "/test-shell.service")
        for unit in ("mosquitto.service", "apt-daily.timer", "apt-daily-upgrade.timer", "dpkg-db-backup.timer", "fstrim.timer",
                     "e2scrub_all.timer", "e2scrub_reap.service", "systemd-timesyncd.service", "getty.target"):
            path = f"{self.root}/etc/systemd/system/{unit}"
            os.path.lexists(path) and os.unlink(path)
            os.symlink("/dev/null", path)
        self.write("/etc/fstab", "")
        self.write("/etc/machine-id", "5eab0000000000000000000000000001\n")
        self.write("/etc/hosts", "127.0.0.1 localhost\n")
        run("mke2fs", "-q", "-t", "ext4", "-O", "^has_journal", "-d", self.root, self.top + "/disk", "600M",
            env={**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin:/sbin"})

    def boot(self, seconds=240):
        top = self.top
        self.qemu = subprocess.Popen(
            ["qemu-system-x86_64", "-M", "q35", "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", "768",
             "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
             "-kernel", self.kernel + "/vmlinuz", "-initrd", self.kernel + "/initrd.gz", "-append", KERNEL_LINE,
             "-drive", f"if=none,id=d0,file={top}/disk,format=raw,snapshot=on,cache=unsafe",
             "-device", "virtio-blk-pci,drive=d0", "-serial", f"file:{top}/console", "-serial", "null",
             "-device", "virtio-serial-pci", "-chardev", f"socket,id=shell,path={top}/shell,server=on,wait=off",
             "-device", "virtserialport,chardev=shell,name=test",
             "-device", "qemu-xhci,id=xhci", "-chardev", f"socket,id=mat,path={top}/mat,server=on,wait=off",
             "-device", "usb-serial,chardev=mat,bus=xhci.0,serial=MAT0001"],
            stdin=subprocess.DEVNULL, stdout=open(top + "/qemu", "wb"), stderr=subprocess.STDOUT)
        self.wait("QEMU", lambda: os.path.exists(top + "/mat") or self._died(), 20)
        time.sleep(0.5)
        self._died()
        s = socket.socket(socket.AF_UNIX)
        s.connect(top + "/shell")
        s.settimeout(seconds)
        self.shell = s.makefile("rwb", buffering=0)
        assert self.out("cat", "/sys/class/dmi/id/sys_vendor") == "QEMU"  # what follows must not happen to the host

    def _died(self):
        if self.qemu.poll() is not None:
            with open(self.top + "/qemu", errors="replace") as f:
                skip("QEMU cannot run here: " + f.read().strip()[-300:])

    def attach(self, frames, rate):
        self.wire = Wire(self.top + "/mat", frames, rate)

    # --- a shell ---

    def run(self, *command):
        self.shell.write(json.dumps(command).encode() + b"\n")
        line = self.shell.readline()
        if not line:
            raise AssertionError(f"QEMU ended with {self.qemu.wait(5)}")
        return subprocess.CompletedProcess(command, *json.loads(line))

    def out(self, *command):
        return self.run(*command).stdout.strip()

    def must(self, *command):
        done = self.run(*command)
        if done.returncode:
            raise AssertionError(f"{' '.join(command)} = {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout.strip()

    def sh(self, text):
        return self.must("sh", "-ec", text)

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
