#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What the machine or a former intruder may do to the daemon and its files: a clock that jumps, too few descriptors, a second
daemon on the state directory, a directory that is removed, rows of the history that cannot be, texts that control a terminal."""
import csv
import io
import json
import os
import re
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

from seat import TOP, Pipe, simulate, wait_for

BUILD = sys.argv[1]
DAY = 86400
CONTROL = re.compile('[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]')
SIT = 'sitter mass=78\nmat imperfection=0.5\n0:05 sit\n1:00 end\n'


class Place:
    """A state directory, settings, and daemons that use them."""

    def __init__(self, device='/dev/null', more=''):
        self.folder = tempfile.mkdtemp(prefix='sitbone-faults-')
        self.state, self.config = f'{self.folder}/state', f'{self.folder}/conf'
        os.mkdir(self.state)
        self.configure(device, more)

    def configure(self, device, more=''):
        with open(self.config, 'w') as f:
            f.write(f'[device]\ndevice = {device}\nformat = csv-line\nrows = 12\ncols = 12\n[bus]\nbus = off\n{more}')

    def start(self, state=None, **more):
        return subprocess.Popen([f'{BUILD}/sitboned', '--config', self.config, '--state', state or self.state],
                                stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, **more)

    def run(self, seconds=1.0, **more):
        """Exit status and log of a daemon that gets SIGTERM after a while, if it has not ended before."""
        daemon = self.start(**more)
        try:
            daemon.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            daemon.terminate()
        log = daemon.communicate(timeout=20)[1]
        return daemon.returncode, log

    def history(self):
        return f'{self.state}/history.db'

    def db(self):
        return sqlite3.connect(self.history())

    def begin_history(self):
        self.run()
        assert os.path.exists(self.history())


def ctl(*words, status=0, timeout=30, binary=False):
    done = subprocess.run([f'{BUILD}/sitbonectl', *words], capture_output=True, timeout=timeout,
                          env=dict(os.environ, LC_ALL='C.UTF-8'))
    assert done.returncode == status, (words, done)
    out, err = (s if binary else s.decode() for s in (done.stdout, done.stderr))
    return out, err


def add_bouts(db, ages_days, seated_s=1200):
    now = int(time.time())
    for age in ages_days:
        began = now - int(age * DAY)
        db.execute('INSERT INTO bout(number, began_s, until_s, offset_min, open, ending, seated_s, in_posture, shifts) '
                   "VALUES(1, ?, ?, 60, 0, 'break', ?, '{}', 3)", (began, began + 1500, seated_s))
        db.execute("INSERT OR IGNORE INTO posture VALUES(?, 'upright', 0, 60, ?)", (began - began % 3600, seated_s))
    db.commit()


def count_bouts(place):
    return place.db().execute('SELECT count(*) FROM bout').fetchone()[0]


def test_clock():
    """A clock that is ahead deletes nothing, neither at a start nor at a second one; a good clock deletes what is old."""
    place = Place()
    place.begin_history()
    add_bouts(place.db(), [1, 2, 3, 4, 7, 20, 700])
    shim, offset = f'{BUILD}/tests/libshim_clock.so', f'{place.folder}/offset'
    if not os.path.exists(shim):
        shim = f'{BUILD}/tests/shim_clock.so'
    environment = dict(os.environ, LD_PRELOAD=shim, CLOCK_OFFSET=offset)
    for days in 810, 811, 40, 8000:
        open(offset, 'w').write(str(days * DAY))
        status, log = place.run(env=environment)
        assert status == 0 and count_bouts(place) == 7, (days, count_bouts(place), log)
        assert 'nothing old is deleted' in log and 'clock' in log, log
    open(offset, 'w').write(str(810 * DAY))
    add_bouts(place.db(), [-809.9, -810])  # rows of the wrong clock: one day of them confirms nothing
    status, log = place.run(env=environment)
    assert status == 0 and count_bouts(place) == 9, log
    place.db().executescript(f'DELETE FROM bout WHERE began_s > {int(time.time())}')
    add_bouts(place.db(), [729, 731, 900])
    status, log = place.run()
    assert status == 0 and count_bouts(place) == 8 and 'rows older than 730 days deleted' in log, (count_bouts(place), log)


def test_descriptors():
    """With any number of descriptors the daemon runs, or ends with status 1 and a reason."""
    ran = False
    for more in '', '[bus]\nbus = session\n[mqtt]\nenabled = yes\nhost = 127.0.0.1\nport = 1\n':
        place = Place(more=more.replace('[bus]\nbus = off\n', ''))
        if more:
            text = open(place.config).read().replace('[bus]\nbus = off\n', '', 1)
            open(place.config, 'w').write(text)
        for n in range(4, 21):
            status, log = place.run(0.4, preexec_fn=lambda n=n: resource.setrlimit(resource.RLIMIT_NOFILE, (n, n)))
            assert status in (0, 1), (n, status, log)
            assert status == 0 or 'Too many open files' in log, (n, log)
            ran = ran or status == 0
    assert ran
    status, _ = Place().run(0.4, preexec_fn=lambda: [os.close(i) for i in (0, 1, 2)])
    assert status == 0, status


def test_bad_directories():
    """A state directory that cannot be used is reported, and the daemon goes on without."""
    place = Place()
    for state in '/proc', '/nonexistent/x', '/dev/null', '/sys':
        daemon = place.start(state=state)
        time.sleep(0.5)
        daemon.terminate()
        log = daemon.communicate(timeout=20)[1]
        assert daemon.returncode == 0 and 'a restart will forget' in log, (state, log)


def test_two_daemons():
    """A second daemon on the directory ends with status 1 and names the first, which goes on; a killed one leaves no lock."""
    place = Place()
    first = place.start()
    wait_for('the memory', 10, lambda: os.path.exists(f'{place.state}/memory'))
    time.sleep(0.3)
    for _ in range(2):
        status, log = place.run(5)
        assert status == 1 and f'process {first.pid}' in log and '--state' in log, (status, log)
    first.kill()
    first.communicate()
    status, log = place.run()
    assert status == 0 and 'in use' not in log, log


def test_removed_directory():
    """Removed, replaced or moved away while running: it is reported, made again, and written to."""
    place = Place()
    pipe = Pipe(place.folder)
    place.configure(pipe.name)
    data = simulate(BUILD, 'csv-line', SIT, extra=('--rows', '12', '--cols', '12', '--rate', '10'))
    daemon = place.start()
    try:
        pipe.play(data[:data.index(b'\n', len(data) // 4) + 1], len(data) // 600, 40)
        for remove in (shutil.rmtree, lambda p: os.rename(p, p + '.old'), None):
            if remove:
                remove(place.state)
            else:
                os.remove(f'{place.state}/memory')
            wait_for('the memory is there again', 30, lambda: os.path.exists(f'{place.state}/memory') and
                     os.path.getsize(f'{place.state}/memory') > 0)
    finally:
        daemon.terminate()
        log = daemon.communicate(timeout=20)[1]
    assert daemon.returncode == 0 and 'removed or replaced' in log, log
    pipe.close()


def test_restart_loop():
    """Killed again and again before a bout is confirmed: the bout begins all the same."""
    place = Place()
    pipe = Pipe(place.folder)
    place.configure(pipe.name)
    data = simulate(BUILD, 'csv-line', SIT, extra=('--rows', '12', '--cols', '12', '--rate', '10'))
    lines = data.splitlines(keepends=True)
    for life in range(5):
        daemon = place.start()
        for line in (lines[:80] if life == 0 else lines[100:135]):  # empty and sitting down, then seated
            pipe.write(line)
            time.sleep(0.1)
        daemon.kill()
        daemon.communicate()
    db = place.db()
    bouts = db.execute('SELECT number, seated_s FROM bout').fetchall()
    assert [number for number, _ in bouts] == [1], (bouts, open(f'{place.state}/memory').read()[:900])
    pipe.close()


def bad_rows():
    """Statements that put rows which cannot be beside a good one."""
    huge, escape = 2**63 - 1, "char(155) || '31m' || char(27) || ']0;x' || char(8238)"
    bout = "INSERT INTO bout VALUES(NULL, 1, {0}, {1}, {2}, 0, 'break', {3}, '{{}}', {4}, {5}, 0, 0, '')"
    t = int(time.time()) - 3 * DAY
    yield bout.format(huge, huge, 60, 5, 0, 'NULL')
    yield bout.format(-huge - 1, huge, 60, 5, 0, 'NULL')
    yield bout.format(t, huge, 60, 5, 0, 'NULL')
    yield bout.format(t, t + 9, 2**40, 5, 0, 'NULL')
    yield bout.format(t, t + 9, 60, '9e999', 0, 'NULL')
    yield bout.format(t, t + 9, 60, '-9e999', 0, 'NULL')
    yield bout.format(t, t + 9, 60, 5, huge, '1e300')
    yield f"INSERT INTO away VALUES(NULL, {t}, {huge}, 60, 'break')"
    yield f"INSERT INTO away VALUES(NULL, {-huge}, NULL, {-huge}, 'break')"
    yield f"INSERT INTO alert VALUES(NULL, 1, {escape}, {t}, 60, {t}, {escape}, 5, 5, {escape})"
    yield f"INSERT INTO alert VALUES(NULL, 1, '=1+1', {t}, 60, {t}, '@x', 5, 5, '-2+3')"
    yield f"INSERT INTO alert VALUES({huge - 1}, {huge}, 'activate', {huge}, 60, {huge}, 'stood', 9e999, 9e999, 'x')"
    yield f"INSERT INTO posture VALUES({t}, 'upright', 0, 60, 1e11)"
    yield f"INSERT INTO posture VALUES({t}, {escape}, {huge}, 60, 5)"
    yield f"INSERT INTO posture VALUES({t}, 'perched', 0, {huge}, 9e999)"
    yield f"INSERT INTO balance VALUES({t}, 0, 60, 9e999, 1, {huge})"
    yield f"INSERT INTO balance VALUES({t + 1}, {huge}, 60, 5, -1e300, 1)"
    yield f"INSERT INTO squeeze VALUES(NULL, {t}, {huge}, 60, {escape}, {huge}, 9e999, {-huge})"
    yield f"INSERT INTO trial VALUES(NULL, {t}, 60, {escape}, {huge}, {huge}, {huge})"
    yield f"INSERT INTO trial VALUES(NULL, {huge}, {huge}, 'x', 0, 1, 2)"
    yield f"INSERT INTO session VALUES(NULL, {t}, 60, {escape})"
    yield f"INSERT INTO calibration VALUES(NULL, {huge}, 60, 'personal', {escape}, {escape})"
    yield f"INSERT INTO calibration VALUES(NULL, {t}, 60, {escape}, {escape}, {escape})"


def check_views(path, folder):
    json.loads(ctl('history', 'all', '--json', '--file', path)[0], parse_constant=lambda c: 1 / 0)
    rows = json.loads(ctl('history', 'all', '--export', 'json', '--file', path)[0], parse_constant=lambda c: 1 / 0)
    for words in (['history', 'all'], ['history', 'week'], ['history', 'all', '--json'],
                  ['history', 'all', '--export', 'json'], ['history', 'all', '--export', 'csv']):
        for text in ctl(*words, '--file', path):
            assert not CONTROL.search(text), (words, text)
    table = list(csv.reader(io.StringIO(ctl('history', 'all', '--export', 'csv', '--file', path)[0])))
    assert all(len(row) == len(table[0]) for row in table) and len(table) == len(rows) + 1
    for row in table:
        assert not any(re.match(r'[=+@]|-[^0-9]', cell) for cell in row), row
    for period in 'all', 'week':
        ctl('report', '--period', period, '--file', path, '--output', f'{folder}/x.svg')
        text = open(f'{folder}/x.svg', encoding='utf-8').read()
        assert len(text) < 1_000_000 and not CONTROL.search(text)
        os.remove(f'{folder}/x.svg')
    ctl('history', 'all', '--what-if', '/dev/null', '--file', path)
    json.loads(ctl('trial', '--json', '--file', path)[0])


def test_impossible_rows():
    place = Place()
    place.begin_history()
    add_bouts(place.db(), [1, 2, 3, 500, 600])
    check_views(place.history(), place.folder)
    assert not ctl('history', 'all', '--file', place.history())[1]
    everything = f'{place.folder}/all.db'
    shutil.copy(place.history(), everything)
    for sql in bad_rows():
        path = f'{place.folder}/one.db'
        shutil.copy(place.history(), path)
        for db in sqlite3.connect(path), sqlite3.connect(everything):
            db.execute(sql.replace('INSERT', 'INSERT OR REPLACE'))
            db.commit()
            db.close()
        check_views(path, place.folder)
        seated = json.loads(ctl('history', 'all', '--json', '--file', path)[0])['seated_s']
        assert seated in (6000, 6005), (sql, seated)
    check_views(everything, place.folder)
    assert re.search(r'[0-9]+ rows with impossible values are left out',
                     ctl('history', 'all', '--file', everything)[1])
    shutil.copy(everything, place.history())  # the daemon goes on with it
    db = place.db()
    db.execute('UPDATE bout SET open = 1')
    db.execute('UPDATE away SET until_s = NULL')
    db.commit()
    db.close()
    status, log = place.run()
    assert status == 0, log


def test_foreign_objects():
    """Views and triggers are never made by sitbone: a reader refuses the file, the daemon moves it aside."""
    place = Place()
    place.begin_history()
    for sql in ('CREATE TRIGGER t AFTER INSERT ON bout BEGIN DELETE FROM alert; END',
                'CREATE VIEW v AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n'):
        path = f'{place.folder}/one.db'
        shutil.copy(place.history(), path)
        db = sqlite3.connect(path)
        db.execute(sql)
        db.commit()
        db.close()
        _, error = ctl('history', 'all', '--file', path, status=1)
        assert 'no history of sitbone' in error, error


def test_texts():
    """Texts of files come to a terminal without what a terminal acts on."""
    folder = tempfile.mkdtemp(prefix='sitbone-faults-')
    for bad in '\x1b]0;x\x07', '\x9b31m', '\u202edrawkcab', '\u2066x', '\x7f':
        for key in 'title', 'known', 'source':
            path = f'{folder}/f.conf'
            with open(path, 'w', encoding='utf-8') as f:
                f.write(f'[format]\nfull_scale = 9\n{key} = a{bad}b\n')
            for words in ['formats', path], ['formats', path, '--json']:
                out, error = ctl(*words)
                assert 'a?' in out and not CONTROL.search(out) and not CONTROL.search(error), (out, error)
        with open(f'{folder}/c.conf', 'w', encoding='utf-8') as f:
            f.write(f'[seat]\nname = a{bad}b\n')
        done = subprocess.run([f'{BUILD}/sitboned', '--check-config', f'{folder}/c.conf'], capture_output=True, text=True)
        assert done.returncode == 2 and not CONTROL.search(done.stderr), done
    shutil.rmtree(folder)


def test_check_config():
    folder = tempfile.mkdtemp(prefix='sitbone-faults-')
    secret = f'{folder}/secret'
    open(secret, 'w').write('x\n')

    def check(file, more=''):
        with open(f'{folder}/c.conf', 'w') as f:
            f.write(f'[mqtt]\nenabled = yes\nhost = broker.example\npassword_file = {file}\n{more}'
                    f'[alert]\nexercises_file = {TOP}/config/exercises.conf\n')
        done = subprocess.run([f'{BUILD}/sitboned', '--check-config', f'{folder}/c.conf'], capture_output=True, text=True)
        return done.returncode, done.stderr

    os.chmod(secret, 0o600)
    status, error = check(secret)
    assert status == 0 and 'unencrypted' in error and 'tls' in error, error
    assert check(secret, 'tls = yes\n') == (0, '')
    os.chmod(secret, 0o644)
    assert check(secret)[0] == 2 and 'chmod 600' in check(secret)[1]
    for file in folder, '/dev/zero', f'{folder}/missing':
        status, error = check(file)
        assert status == 2 and 'password_file' in error, (file, error)
    shutil.rmtree(folder)


def test_recordings():
    """A file that gets shorter meanwhile, and a large one without a frame: a sentence, soon."""
    folder = tempfile.mkdtemp(prefix='sitbone-faults-')
    zeros = f'{folder}/zeros'
    with open(zeros, 'wb') as f:
        f.truncate(20_000_000_000)
    for words in ([], ['--format', 'csv-line'], ['--format', 'jq-seat-32']):
        begun = time.monotonic()
        done = subprocess.run([f'{BUILD}/sitbonectl', 'replay', zeros, *words], capture_output=True, timeout=60)
        assert done.returncode > 0 and done.stderr and time.monotonic() - begun < 20, (words, done)
    with open(zeros, 'wb') as f:
        f.truncate(15 << 20)  # below the size of which only the first part is read
    process = subprocess.Popen([f'{BUILD}/sitbonectl', 'replay', zeros, '--format', 'jq-seat-32'],
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    time.sleep(0.01)
    os.truncate(zeros, 0)
    error = process.communicate(timeout=60)[1]
    assert process.returncode > 0 and error, (process.returncode, error)
    shutil.rmtree(folder)


def main():
    names = sys.argv[2:] or [n for n in globals() if n.startswith('test_')]
    with open(f'{BUILD}/sitboned', 'rb') as f:
        program = f.read()
    if b'__asan_init' in program or b'__tsan_init' in program:  # they open files, and want to be loaded first
        names = [n for n in names if n not in ('test_clock', 'test_descriptors')]
    for name in names:
        begun = time.monotonic()
        globals()[name]()
        print(f'{name}: {time.monotonic() - begun:.1f} s', flush=True)


main()
