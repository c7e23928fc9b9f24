#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""./demo.sh as the README shows it: without a mat, with a mat on a pty, with --format and more options, with mistakes, and with
packages missing. Usage: test_demo.py BUILD"""
import concurrent.futures
import os
import pty
import select
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from seat import TOP, need, wait_for  # noqa: E402

BUILD = os.path.abspath(sys.argv[1])
FOLDER = tempfile.mkdtemp(prefix='sitbone-demo-test-')
ENVIRONMENT = {k: v for k, v in os.environ.items() if k not in ('DISPLAY', 'WAYLAND_DISPLAY', 'DBUS_SESSION_BUS_ADDRESS')}
ENVIRONMENT |= {'SITBONE_BUILD': BUILD, 'LC_ALL': 'C.UTF-8', 'TMPDIR': FOLDER}
SCENARIO = """
sitter mass=78
0:03 sit
60:00 end
"""


def run_demo(*options, status=0, **more):
    r = subprocess.run([f'{TOP}/demo.sh', *options], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                       text=True, env=ENVIRONMENT | more, timeout=280)
    assert r.returncode == status, (options, r.returncode, r.stdout)
    return r.stdout


def start_mat(name, *options):
    """A virtual mat in real time; returns its process and its device."""
    link = f'{FOLDER}/{name}'
    mat = subprocess.Popen([f'{BUILD}/sitbone-sim', *options, '--scenario', f'{FOLDER}/scenario', '--link', link],
                           stdout=subprocess.DEVNULL)
    wait_for('a virtual mat', 10, lambda: os.path.exists(link))
    return mat, link


def test_without_a_mat():
    text = run_demo()
    assert 'The mat is virtual, and time runs 60 times as fast' in text, text
    picture = text.split('== live view')[1].split('== waiting')[0]
    assert 'Virtual mat' in picture and 'not seated' not in picture and ' min\n' in picture, picture
    assert 'glute_activation_due, seated 30 min' in text and 'Stand up: time to activate your glutes' in text, text
    assert 'this session is' not in text, text


def test_mat():
    """With the default format, rows, cols and pitch as in the README."""
    mat, link = start_mat('csv', '--format', 'csv-line', '--rows', '16', '--cols', '16')
    try:
        text = run_demo('--device', link, '--format', 'csv-line', '--rows', '16', '--cols', '16', '--pitch', '25')
    finally:
        mat.kill()
        mat.wait()
    assert 'glute_activation_due, seated 1 min' in text and 'virtual' not in text.lower(), text


def test_format():
    """A format that knows its size, and a device relative to the caller's folder."""
    mat, link = start_mat('jq', '--format', 'jq-seat-32', '--flip-y')
    try:
        text = run_demo('--device', os.path.relpath(link), '--format', 'jq-seat-32')
    finally:
        mat.kill()
        mat.wait()
    assert 'glute_activation_due, seated 1 min' in text, text


def test_mistakes():
    os.mkfifo(f'{FOLDER}/fifo')
    text = run_demo('--device', f'{FOLDER}/fifo', '--format', 'csv-lines', status=2)
    assert "unknown format 'csv-lines'; did you mean csv-line? (available: csv-line, " in text, text
    text = run_demo('--device', f'{FOLDER}/fifo', '--format', 'nothing-like-it', status=2)
    assert "unknown format 'nothing-like-it' (available: csv-line, " in text and 'jq-seat-32, ' in text, text
    assert 'is not there' in run_demo('--device', '/dev/no-such-mat', '--format', 'csv-line', status=2)
    assert '--device is missing' in run_demo('--format', 'csv-line', status=2)
    assert 'must be a number' in run_demo('--device', f'{FOLDER}/fifo', '--rows', 'many', status=2)
    assert "unknown option '--mat'" in run_demo('--mat', status=2)
    assert '--device /dev/ttyUSB0 --format csv-line' in run_demo('--help')


def on_terminal(environment, until, answer, seconds=60):
    """Runs ./demo.sh on a terminal and types `answer` when it has shown `until`. Returns (exit status, output)."""
    pid, master = pty.fork()
    if pid == 0:
        os.execve(f'{TOP}/demo.sh', ['./demo.sh'], environment)
    output, end, typed = b'', time.monotonic() + seconds, False
    while time.monotonic() < end:
        if not select.select([master], [], [], 0.2)[0]:
            continue
        try:
            piece = os.read(master, 65536)
        except OSError:  # all programs on this terminal have ended
            break
        if not piece:
            break
        output += piece
        if not typed and until.encode() in output:
            time.sleep(0.5)
            os.write(master, answer.encode())
            typed = True
    assert typed, output[-2000:]
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), output.decode(errors='replace')


def test_terminal():
    status, text = on_terminal(ENVIRONMENT | {'TERM': 'xterm'}, 'next alert', 'q')
    assert status == 0 and 'time runs 60 times as fast' in text and 'Virtual mat' in text, text[-2000:]


def test_packages():
    """Asks on a terminal, and never without one. apt-get and dpkg-query only pretend here."""
    tools = f'{FOLDER}/tools'
    os.mkdir(tools)
    for name, script in (('dpkg-query', 'exit 1'), ('apt-get', f'echo "$*" >>{FOLDER}/apt; exit 100'),
                         ('sudo', 'exec "$@"')):
        with open(f'{tools}/{name}', 'w') as f:
            f.write(f'#!/bin/sh\n{script}\n')
        os.chmod(f'{tools}/{name}', 0o755)
    environment = ENVIRONMENT | {'PATH': f"{tools}:{os.environ['PATH']}", 'TERM': 'xterm', 'SITBONE_BUILD': ''}
    status, text = on_terminal(environment, '[Y/n]', 'n\n')
    assert status == 1 and 'libserialport-dev' in text and 'were not installed' in text, text
    assert 'valgrind' not in text and 'python3' not in text and not os.path.exists(f'{FOLDER}/apt'), text
    on_terminal(environment, '[Y/n]', '\n')
    assert os.path.exists(f'{FOLDER}/apt'), 'yes installs nothing'
    for options in ([], ['-y']):
        os.unlink(f'{FOLDER}/apt')
        run_demo(*options, status=1, **{k: environment[k] for k in ('PATH', 'SITBONE_BUILD')})
        assert os.path.exists(f'{FOLDER}/apt'), 'not installed without a terminal'


def main():
    need('mosquitto', 'mosquitto_sub', 'dbus-daemon', 'dbus-send')
    with open(f'{FOLDER}/scenario', 'w') as f:
        f.write(SCENARIO)
    tests = [test for name, test in globals().items() if name.startswith('test_')]
    with concurrent.futures.ThreadPoolExecutor(len(tests)) as pool:  # they wait most of the time
        for name, done in [(t.__name__, pool.submit(t)) for t in tests]:
            done.result()
            print(name, flush=True)


try:
    main()
finally:
    shutil.rmtree(FOLDER)
