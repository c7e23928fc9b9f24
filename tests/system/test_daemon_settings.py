#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Settings of the running daemon: every error of a file is reported and prevents the start; on reload the previous settings
remain active; a correct file takes effect without losing the bout; drop-ins are read. Usage: test_daemon_settings.py BUILD_FOLDER"""
import os
import signal
import subprocess
import sys
import time

from seat import Bus, Daemon, Mat, TOP, need, simulate, wait_for

build = sys.argv[1]
need('dbus-daemon')


def check(text, *arguments):
    path = os.path.join(daemon.folder, 'try.conf')
    open(path, 'w').write(text)
    return subprocess.run([f'{build}/sitboned', '--check-config', *arguments, path], capture_output=True, text=True)


bus, mat = Bus(), Mat()
daemon = Daemon(build, mat.name, 'csv-line', '[device]\nrows = 4\ncols = 4\npitch_x_mm = 90\npitch_y_mm = 90\n',
                ['--user'])
try:
    catalogue = f'[alert]\nexercises_file = {TOP}/config/exercises.conf\n'
    good = check(catalogue)
    assert good.returncode == 0 and 'valid' in good.stdout, good
    bad = check(catalogue + 'prompt_min = 500\nprompt_mn = 5\n[mqt]\n')
    assert bad.returncode == 2, bad
    for words in ('try.conf:3: [alert] prompt_min = 500: must be 1..180 min (default 30)', 'did you mean prompt_min',
                  '[mqt]: unknown section, did you mean [mqtt]', '3 errors'):
        assert words in bad.stderr, (words, bad.stderr)
    start = subprocess.run([f'{build}/sitboned', '--config', os.path.join(daemon.folder, 'try.conf')], capture_output=True,
                           text=True)
    assert start.returncode == 2 and 'try.conf:3' in start.stderr, start
    missing = subprocess.run([f'{build}/sitboned', '--config', '/nonexistent.conf'], capture_output=True, text=True)
    assert missing.returncode == 2 and 'No such file' in missing.stderr, missing

    # drop-ins, and where a value came from
    os.mkdir(daemon.config + '.d')
    open(daemon.config + '.d/50-mine.conf', 'w').write('[alert]\nprompt_min = 44\n')
    printed = subprocess.run([f'{build}/sitboned', '--config', daemon.config, '--print-config'], capture_output=True,
                             text=True)
    assert '50-mine.conf:2\nprompt_min = 44' in printed.stdout, printed.stdout
    assert '# default\nstill_min = 20' in printed.stdout

    # --user goes before the file, also at a reload
    open(daemon.config + '.d/60-bus.conf', 'w').write('[bus]\nbus = off\n')

    # reload: wrong, then right
    daemon.start()
    row = ','.join(['200'] * 16) + '\n'

    def sit(what, condition):
        """Waits until the condition holds."""
        def row_by_row():
            mat.write(row.encode())
            return condition()
        wait_for(what, 20, row_by_row, 0.1)

    def status(key):
        return daemon.status()[key] or 0

    for _ in range(80):
        mat.write((','.join(['0'] * 16) + '\n').encode())
        time.sleep(0.02)
    sit('five seconds', lambda: status('bout_seated_s') >= 5)
    left = status('next_alert_in_s')
    assert 42 * 60 < left < 44 * 60, left
    open(daemon.config + '.d/50-mine.conf', 'w').write('[alert]\nprompt_min = 4000\n')
    daemon.process.send_signal(signal.SIGHUP)
    sit('the mistake is said', lambda: '50-mine.conf:2: [alert] prompt_min = 4000' in daemon.log_text())
    before = status('bout_seated_s')
    sit('a second later', lambda: status('bout_seated_s') > before)
    assert 42 * 60 < status('next_alert_in_s') < 44 * 60
    open(daemon.config + '.d/50-mine.conf', 'w').write('[alert]\nprompt_min = 20\n[mqtt]\nport = 1884\n')
    daemon.process.send_signal(signal.SIGHUP)
    sit('the reload is said', lambda: 'reloaded' in daemon.log_text())
    assert 'at the next restart: mqtt.port\n' in daemon.log_text(), daemon.log_text()
    before = status('bout_seated_s')
    sit('a second later', lambda: status('bout_seated_s') > before)
    assert 18 * 60 < status('next_alert_in_s') < 20 * 60 and status('bout_seated_s') >= 6, daemon.status()
    print('settings: mistakes named, old settings kept, new ones in force without losing the bout')
finally:
    daemon.stop()
    mat.close()
    bus.stop()
