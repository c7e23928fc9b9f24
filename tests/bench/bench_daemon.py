#!/usr/bin/python3
"""The whole daemon at 32x32 and 100 Hz, in one run with what it is measured against: cat of the same bytes from a pty, and
a pyserial + numpy + paho script doing (less of) the same job. Prints ratios; passes no judgement on time.
Usage: bench_daemon.py BUILD_FOLDER"""
import os
import pty
import signal
import subprocess
import sys
import tempfile
import time
import tty

build = sys.argv[1]
here = os.path.dirname(os.path.abspath(__file__))
top = os.path.dirname(os.path.dirname(here))
FRAME, RATE, SECONDS = 1028, 100, float(os.environ.get('SITBONE_BENCH_SECONDS', 20))


def cpu_ns(pid):
    """Time on a processor of all threads, nanoseconds."""
    total = 0
    for task in os.listdir(f'/proc/{pid}/task'):
        total += int(open(f'/proc/{pid}/task/{task}/schedstat').read().split()[0])
    return total


def memory_kb(pid):
    values = {}
    for line in open(f'/proc/{pid}/smaps_rollup'):
        parts = line.split()
        if parts[0] in ('Rss:', 'Pss:', 'Private_Dirty:', 'Private_Clean:'):
            values[parts[0][:-1]] = int(parts[1])
    return values['Rss'], values['Private_Dirty'] + values['Private_Clean']


def open_pty():
    master, slave = pty.openpty()
    tty.setraw(slave)
    os.set_blocking(master, False)
    return master, slave, os.ttyname(slave)


def play(masters, data, seconds):
    """Writes a frame to each every 1/RATE s; a reader that is behind loses it, as on a serial line."""
    frames = len(data) // FRAME
    begin = time.monotonic()
    for i in range(int(seconds * RATE)):
        frame = data[i % frames * FRAME:(i % frames + 1) * FRAME]
        for m in masters:
            try:
                os.write(m, frame)
            except BlockingIOError:
                pass
        time.sleep(max(0, begin + (i + 1) / RATE - time.monotonic()))


def main():
    folder = tempfile.TemporaryDirectory(prefix='sitbone-bench-')
    d = folder.name
    subprocess.run([f'{build}/sitbone-sim', '--format', 'jq-seat-32', '--scenario', f'{here}/bench.scenario', '--seed', '1',
                    '--output', f'{d}/bytes'], check=True)
    data = open(f'{d}/bytes', 'rb').read()
    data = data[:len(data) // FRAME * FRAME]
    port = 20000 + os.getpid() % 20000
    open(f'{d}/mosquitto.conf', 'w').write(f'listener {port} 127.0.0.1\nallow_anonymous true\nuser root\n')
    ptys = [open_pty() for _ in range(3)]
    open(f'{d}/sitbone.conf', 'w').write(
        f'[device]\ndevice = {ptys[0][2]}\nformat = jq-seat-32\n[mqtt]\nenabled = yes\nport = {port}\n'
        f'[bus]\nbus = off\n[alert]\nexercises_file = {top}/config/exercises.conf\n')
    quiet = {'stdout': subprocess.DEVNULL, 'stderr': subprocess.DEVNULL}
    environment = dict(os.environ, PATH=os.environ['PATH'] + ':/usr/sbin')
    broker = subprocess.Popen(['mosquitto', '-c', f'{d}/mosquitto.conf'], env=environment, **quiet)
    time.sleep(0.5)
    programs = {
        'sitboned': subprocess.Popen([f'{build}/sitboned', '--config', f'{d}/sitbone.conf', '--state', d], **quiet),
        'cat': subprocess.Popen(['cat'], stdin=ptys[1][1], **quiet),
        'peer': subprocess.Popen([f'{here}/peer.py', ptys[2][2], str(port)], **quiet),
    }
    minimal = subprocess.Popen([f'{build}/tests/bench/minimal'], **quiet)
    masters = [m for m, _, _ in ptys]
    try:
        play(masters, data, 3)  # everybody has started and connected
        before = {name: cpu_ns(p.pid) for name, p in programs.items()}
        play(masters, data, SECONDS)
        used = {name: cpu_ns(p.pid) - before[name] for name, p in programs.items()}
        frames = SECONDS * RATE
        for name in used:
            print(f'{name:10s} {used[name] / frames / 1000:8.1f} us of processor a frame, {used[name] / SECONDS / 1e7:6.2f} % of one')
        print(f'processor, sitboned against cat of the same pty:              {used["sitboned"] / used["cat"]:6.2f} times (goal 3 or less)')
        print(f'processor, pyserial + numpy + paho against sitboned:          {used["peer"] / used["sitboned"]:6.2f} times (goal 10 or more)')
        (rss, own), (least_rss, least_own) = memory_kb(programs['sitboned'].pid), memory_kb(minimal.pid)
        print(f'resident memory, sitboned {rss} kB against minimal program {least_rss} kB: {rss / least_rss:6.2f} times (goal 1.3 or less)')
        print(f'  of it private: {own} kB against {least_own} kB; the script: {memory_kb(programs["peer"].pid)[0]} kB resident')
    finally:
        for p in [*programs.values(), minimal, broker]:
            p.send_signal(signal.SIGTERM)
        for p in [*programs.values(), minimal, broker]:
            p.wait()
    counts = []
    for seconds in (4, 8):  # the difference is what frames cost; start and stop cancel
        master, slave, name = open_pty()
        p = subprocess.Popen([f'{build}/sitboned', '--config', f'{d}/sitbone.conf', '--device', name],
                             env=dict(os.environ, LD_PRELOAD=f'{build}/tests/bench/libshim_malloc.so',
                                      MALLOC_COUNT=f'{d}/count'), **quiet)
        time.sleep(0.5)
        play([master], data, seconds)
        p.send_signal(signal.SIGTERM)
        p.wait()
        counts.append(int(open(f'{d}/count').read()))
    print(f'allocations: {(counts[1] - counts[0]) / (4 * RATE):.2f} a frame in the whole process '
          f'({(counts[1] - counts[0]) / 4:.1f} a second, by the timers of a second)')


main()
