#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The whole daemon at 32x32 and 100 Hz, in one run with what it is measured against: cat of the same bytes from a pty, and
a pyserial + numpy + paho script doing (less of) the same job. Prints ratios, each the median of several windows, so that
what else the machine does matters little; passes no judgement on time.
Usage: bench_daemon.py BUILD_FOLDER"""
import os
import pty
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import tty

build = sys.argv[1]
here = os.path.dirname(os.path.abspath(__file__))
top = os.path.dirname(os.path.dirname(here))
quiet = {'stdout': subprocess.DEVNULL, 'stderr': subprocess.DEVNULL}
FRAME, RATE, WINDOWS, SECONDS = 1028, 100, 7, float(os.environ.get('SITBONE_BENCH_SECONDS', 21))


def cpu_ns(pid):
    """Time on a processor of all threads, nanoseconds."""
    total = 0
    for process in with_children(pid):
        for task in os.listdir(f'/proc/{process}/task'):
            total += int(open(f'/proc/{process}/task/{task}/schedstat').read().split()[0])
    return total


def with_children(pid):
    """sitboned has one, sitbone-mqtt."""
    return [pid, *map(int, open(f'/proc/{pid}/task/{pid}/children').read().split())]


def memory_kb(pid):
    """Resident (code that two processes share counts twice), and private."""
    resident = private = 0
    for process in with_children(pid):
        for line in open(f'/proc/{process}/smaps_rollup'):
            name, kb, *_ = line.split()
            resident += int(kb) if name == 'Rss:' else 0
            private += int(kb) if name in ('Private_Dirty:', 'Private_Clean:') else 0
    return resident, private


def open_pty():
    master, slave = pty.openpty()
    tty.setraw(slave)
    os.set_blocking(master, False)
    return master, slave, os.ttyname(slave)


def play(masters, data, seconds):
    """Writes a frame to each every 1/RATE s, in turn, so that one reader's work does not slow another's; a reader that is
    behind loses it, as on a serial line."""
    frames, n = len(data) // FRAME, len(masters)
    begin = time.monotonic()
    for i in range(int(seconds * RATE)):
        frame = data[i % frames * FRAME:(i % frames + 1) * FRAME]
        for j, m in enumerate(masters):
            try:
                os.write(m, frame)
            except BlockingIOError:
                pass
            time.sleep(max(0, begin + (i + (j + 1) / n) / RATE - time.monotonic()))


def measure(programs, masters, data):
    """Microseconds of processor a frame, of each program in each window."""
    seconds, used = SECONDS / WINDOWS, {name: [] for name in programs}
    for _ in range(WINDOWS):
        before = {name: cpu_ns(p.pid) for name, p in programs.items()}
        play(masters, data, seconds)
        for name, p in programs.items():
            used[name].append((cpu_ns(p.pid) - before[name]) / (seconds * RATE) / 1000)
    return used


def times(used, more, less):
    return statistics.median(m / n for m, n in zip(used[more], used[less]))


def allocations(config, folder, data):
    """Allocations a second while frames come; the difference of two runs: starting, connecting and ending cancel."""
    counts, runs = [], (3, 8)
    for seconds in runs:
        master, slave, name = open_pty()
        p = subprocess.Popen([f'{build}/sitboned', '--config', config, '--device', name], **quiet,
                             env=dict(os.environ, LD_PRELOAD=f'{build}/tests/bench/libshim_malloc.so',
                                      MALLOC_COUNT=f'{folder}/count'))
        time.sleep(0.5)
        play([master], data, seconds)
        p.send_signal(signal.SIGTERM)
        p.wait()
        os.close(master)
        os.close(slave)
        counts.append(int(open(f'{folder}/count').read()))
    return (counts[1] - counts[0]) / (runs[1] - runs[0])


def write_config(path, device, port, mqtt):
    open(path, 'w').write(
        f'[device]\ndevice = {device}\nformat = jq-seat-32\n[mqtt]\nenabled = {mqtt}\nport = {port}\n'
        f'[bus]\nbus = off\n[alert]\nexercises_file = {top}/config/exercises.conf\n')


def simulate(path):
    subprocess.run([f'{build}/sitbone-sim', '--format', 'jq-seat-32', '--scenario', f'{here}/bench.scenario', '--seed', '1',
                    '--output', path], check=True)
    data = open(path, 'rb').read()
    return data[:len(data) // FRAME * FRAME]


def report(used, programs, minimal):
    for name in used:
        us = statistics.median(used[name])
        print(f'{name:10s} {us:8.1f} us of processor a frame, {us * RATE / 1e4:6.2f} % of one')
    print(f'processor, sitboned against cat of the same pty:              {times(used, "sitboned", "cat"):6.2f} times (goal 3 or less)')
    print(f'processor, pyserial + numpy + paho against sitboned:          {times(used, "peer", "sitboned"):6.2f} times (goal 10 or more)')
    (rss, own), (least_rss, least_own) = memory_kb(programs['sitboned'].pid), memory_kb(minimal.pid)
    print(f'resident memory, sitboned with sitbone-mqtt {rss} kB against minimal program {least_rss} kB: {rss / least_rss:6.2f} times (goal 1.4 or less)')
    print(f'  of it private: {own} kB against {least_own} kB; the script: {memory_kb(programs["peer"].pid)[0]} kB resident')


def main():
    folder = tempfile.TemporaryDirectory(prefix='sitbone-bench-')
    d = folder.name
    data = simulate(f'{d}/bytes')
    port = 20000 + os.getpid() % 20000
    open(f'{d}/mosquitto.conf', 'w').write(f'listener {port} 127.0.0.1\nallow_anonymous true\nuser root\n')
    ptys = [open_pty() for _ in range(3)]
    masters = [m for m, _, _ in ptys]
    write_config(f'{d}/sitbone.conf', ptys[0][2], port, 'yes')
    write_config(f'{d}/alone.conf', ptys[0][2], port, 'no')
    environment = dict(os.environ, PATH=os.environ['PATH'] + ':/usr/sbin')
    broker = subprocess.Popen(['mosquitto', '-c', f'{d}/mosquitto.conf'], env=environment, **quiet)
    time.sleep(0.5)
    programs = {
        'sitboned': subprocess.Popen([f'{build}/sitboned', '--config', f'{d}/sitbone.conf', '--state', d], **quiet),
        'cat': subprocess.Popen(['cat'], stdin=ptys[1][1], **quiet),
        'peer': subprocess.Popen([f'{here}/peer.py', ptys[2][2], str(port)], **quiet),
    }
    minimal = subprocess.Popen([f'{build}/tests/bench/minimal'], **quiet)
    running = [*programs.values(), minimal]
    try:
        play(masters, data, 3)  # everybody has started and connected
        report(measure(programs, masters, data), programs, minimal)
        while running:
            p = running.pop()
            p.send_signal(signal.SIGTERM)
            p.wait()
        alone, connected = (allocations(f'{d}/{name}.conf', d, data) for name in ('alone', 'sitbone'))
        print(f'allocations in the whole process: {alone / RATE:.3f} a frame without MQTT; connected {connected:.0f} a second, '
              'by the messages it sends')
    finally:
        for p in [*running, broker]:
            p.send_signal(signal.SIGTERM)
            p.wait()


main()
