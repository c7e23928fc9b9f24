#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Every command block of README.md, CONTRIBUTING.md and docs/ is run as it is written.

The test enters a sandbox: namespaces of its own (mounts, network, processes) with overlays over /etc, /usr/local, /var/lib and
the source tree. So "sudo cmake --install build/default", the settings, the broker and "uninstall" are the real ones, and
nothing of the machine changes. A virtual mat is /dev/ttyUSB0. What cannot be had there is a stand-in (shims(), below), or
stands in TABLE with the reason why it is not run."""
import glob
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import time

BUILD = os.path.abspath(sys.argv[1])
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DEVICE = '[device]\ndevice = /dev/ttyUSB0\nformat = csv-line\nrows = 16\ncols = 16\npitch_x_mm = 25\npitch_y_mm = 25\n'
DESK = '[seat]\nid = desk\n' + DEVICE
BEGAN = time.monotonic()
PASSWORD = 'PASSWORD'  # as in docs/home-assistant.md


def skip(why):
    print(f'SKIP: {why}')
    sys.exit(77)


# What is done with a block: run(), covered(), or one of the others below. A block that begins with a section of the settings needs
# no row: it is appended to /etc/sitbone/sitbone.conf exactly as it is, and sitboned must accept it.
def run(stdin='', shows=None, after=None):
    """The block must succeed. shows: a pattern of what it prints. after: a check that follows."""
    return lambda box, text: box.run(text, stdin, shows, after)


def runs_on(shows, keys=b''):
    """The block goes on until it is ended; `shows` must come. keys: typed then, and the block must end with success."""
    return lambda box, text: box.run_on(text, shows, keys)


def covered(why):
    return lambda box, text: print(f'   not run here: {why}')


TABLE = {  # page: (prelude, [(begin of the block, what is done with it)])
    'README.md': ('', [
        ('./demo.sh\n./test.sh', covered('system/test_demo runs the one, and the other runs this test')),
        ('./demo.sh --device', covered('system/test_demo')),
        ('./demo.sh --package', lambda box, text: box.install_instead()),
        ('sudo systemctl stop', run(shows=r'format = csv-line')),
        ('sudo systemctl enable', runs_on('seated', keys=b'q')),
        ('systemctl --user enable', run()),
    ]),
    'docs/mats.md': ('', [('sitbonectl ports', run(shows='csv-line'))]),
    'docs/own-mat.md': ('', [
        ('byte sum', covered('an excerpt of a sketch; sitbone-sim sends its bytes in the blocks that follow')),
        ('sudo mkdir -p /etc/sitbone/formats', run(after='own_mat_plays')),
        ('sitbonectl record', run(shows=r'(?i)[1-9]\d+ frames')),
        ('sitbone-sim --format my-mat', run(shows=r'(?i)[1-9]\d+ frames')),
    ]),
    'docs/build-a-mat.md': ('empty 12x12', [
        ('echo ', covered('a work-around for a package of the Arduino IDE, below /usr/share')),
        ('sitbonectl ports', run(shows='ttyUSB0|ttyS0|no serial')),
        ('sitbonectl probe', run(shows=r'csv-line +fits .* 144 cells')),
        ('sitboned --check-config', run()),
        ('sudo systemctl restart', run(after='mat_sends')),
        ('sitbonectl tare', lambda box, text: box.run_in_time(text)),
        ('sitbonectl watch', runs_on('seated|vacant', keys=b'q')),
        ('sitbonectl calibrate', covered('somebody must sit there and change posture: system/test_calibrate')),
        ('sitbonectl record', run(shows=r'(?i)[1-9]\d+ frames')),
    ]),
    'docs/damage.md': ('', [('build/default/tests/test_damage', covered('takes minutes; unit/test_damage is the same with fewer frames'))]),
    'docs/home-assistant.md': ('broker', [
        ('sudo install -D', run(stdin=PASSWORD + '\n', after='password_is_private')),
        ('sudo systemctl restart', run(after='mqtt_connected')),
        ('automation:', lambda box, text: box.automation(text)),
        ('mosquitto_sub', runs_on('sitbone/desk/state')),
        ('mosquitto_pub', run(after='snoozed')),
        ('mosquitto_pub', run(after='settings_are_stored')),
        ('pattern readwrite', covered('the access rules of the broker that the blocks above talk to')),
    ]),
    'docs/desktop.md': (DESK, [
        ('systemctl --user enable', run()),
        ('sitbone-agent --print', runs_on('listening|alerts')),
        ('sitbonectl watch', runs_on('seated', keys=b'q')),
    ]),
    'docs/commands.md': ('', []),
    'docs/troubleshooting.md': (DESK, [
        ('sitbonectl status', run()),
        ('sudo systemctl stop', run(shows='csv-line')),
        ('sitbonectl record', run(shows=r'(?i)[1-9]\d+ frames')),
        ('systemctl --user status', run()),
    ]),
    'docs/security.md': (DESK, [
        ('busctl get-property', run(shows='^s "')),
        ('[Service]', lambda box, text: box.drop_in(text)),
    ]),
    'docs/accuracy.md': ('', []),
    'docs/performance.md': ('', []),
    'docs/decisions.md': ('', []),
    'docs/README.md': ('', []),
    'CONTRIBUTING.md': ('', [
        ('cmake --preset default', covered('this test is one of those that ctest runs')),
        ('build/default/sitboned --print-defaults', run(after='settings_file_is_current')),
    ]),
    'SECURITY.md': ('', []),
    # the last page, since it ends with the removal of everything
    'docs/install.md': (DEVICE, [
        ('./demo.sh --package', covered('system/test_package')),
        ('sudo apt-get install', run()),
        ('cmake --preset default -DBUILD_TESTING=OFF', run(after='installed_for_a_package')),
        ('cmake --preset default -DCMAKE_INSTALL_PREFIX=/usr', run()),
        ('sudo systemctl enable', run(shows='mat')),
        ('udevadm info', run(shows='ID_PATH=')),
        ('sudo tee /etc/udev/rules.d', run(after='rule_is_known')),
        ('sitboned --user', runs_on('.')),
        ('sudo systemctl restart', run()),
        ('sudo cmake --build build/default --target uninstall', run(shows='Kept: /etc/sitbone ', after='uninstalled')),
    ]),
}
SECTIONS = re.compile(r'\[(seat|device|condition|occupancy|posture|sitting|alert|exercise|mqtt|history|bus|realtime)\]\n')


def shims(folder):
    """Stand-ins for what needs a booted system, root's password, a network or half an hour."""
    programs = {
        'sudo': 'exec "$@"',
        'apt-get': f'''# the packages must be those that the build needs
. {ROOT}/tests/setup.sh
for package in $build_packages; do
        case " $* " in *" $package "*) ;; *) echo "apt-get: $package is missing in the page"; exit 1 ;; esac
done''',
        'cmake': f'''# the build that this test belongs to is the result of the first two
case "$*" in
*--target*) exec {shutil.which("cmake")} "$@" ;;
--build*) exit 0 ;;
--preset*) {shutil.which("cmake")} --list-presets | grep -q "\\"$2\\"" ;;
*) exec {shutil.which("cmake")} "$@" ;;
esac''',
        'udevadm': '''case $1 in
info) printf 'ID_VENDOR_ID=0403\\nID_MODEL_ID=6001\\nID_SERIAL_SHORT=A50285BI\\nID_PATH=pci-0000:00:14.0-usb-0:2:1.0\\n' ;;
control) test -e /usr/local/lib/udev/rules.d/70-sitboned.rules || ! test -e /usr/local/bin/sitboned ;;
*) exit 1 ;;
esac''',
        'systemctl': f'''# one service, and what systemd-analyze finds in the units
units=/usr/local/lib/systemd
pid={folder}/pid
stop() {{ ! test -e $pid || {{ kill $(cat $pid); while readlink /proc/$(cat $pid)/exe; do sleep 0.1; done >/dev/null; rm $pid; }}; }}
verify() {{
        command -v systemd-analyze >/dev/null || return 0
        words=$(systemd-analyze verify --man=no "$@" 2>&1 | grep -i sitbone)
        [ -z "$words" ] || {{ echo "$words"; exit 1; }}
}}
case "$*" in
daemon-reload) ! test -e $units/system/sitboned.service || verify sitboned.service ;;
"reload dbus") test -e /etc/dbus-1/system.d/org.sitbone.Seat1.conf || ! test -e /usr/local/bin/sitboned ;;
"enable sitboned") test -e $units/system/sitboned.service ;;
"restart sitboned" | "start sitboned")
        stop
        mkdir -p /var/lib/sitbone
        STATE_DIRECTORY=/var/lib/sitbone CREDENTIALS_DIRECTORY=/etc/credstore setsid sitboned </dev/null >>{folder}/log 2>&1 &
        echo $! >$pid
        for i in $(seq 200); do
                sitbonectl status >/dev/null 2>&1 && exit 0
                sleep 0.1
        done
        cat {folder}/log
        exit 1 ;;
"stop sitboned" | "disable --now sitboned.service") stop; case $1 in disable) echo "$*" >>{folder}/systemctl ;; esac ;;
"stop sitboned@*.service" | "--global disable sitbone-agent.service") ;;
"--user enable --now sitbone-agent" | "--user status sitbone-agent") test -e $units/user/sitbone-agent.service ;;
*) echo "systemctl: no stand-in for: $*"; exit 1 ;;
esac''',
    }
    os.mkdir(f'{folder}/bin')
    for name, text in programs.items():
        with open(f'{folder}/bin/{name}', 'w', encoding='utf-8') as f:
            f.write(f'#!/bin/bash\n{text}\n')
        os.chmod(f'{folder}/bin/{name}', 0o755)


def must(*command, **more):
    subprocess.run(command, check=True, **more)


class Box:
    """The inside of the sandbox."""

    def __init__(self):
        must('mount', '--make-rprivate', '/')
        must('mount', '-t', 'tmpfs', 'tmpfs', '/run')
        os.makedirs('/run/systemd/system')
        self.folder = '/run/docs'
        os.mkdir(self.folder)
        with open(f'{ROOT}/config/sitbone.conf', encoding='utf-8') as f:
            self.settings_file = f.read()
        must('ip', 'link', 'set', 'lo', 'up')
        for i, path in enumerate(['/etc', '/usr/local', '/var/lib', ROOT, BUILD]):
            upper, work = f'{self.folder}/upper{i}', f'{self.folder}/work{i}'
            os.mkdir(upper)
            os.mkdir(work)
            must('mount', '-t', 'overlay', 'overlay', '-o', f'lowerdir={path},upperdir={upper},workdir={work}', path)
        if BUILD != f'{ROOT}/build/default':
            os.makedirs(f'{ROOT}/build/default', exist_ok=True)
            must('mount', '--bind', BUILD, f'{ROOT}/build/default')
        self.make_dev()
        shutil.rmtree('/etc/sitbone', ignore_errors=True)
        with open('/etc/hosts', 'a', encoding='ascii') as f:
            f.write('\n127.0.0.1 homeassistant.local\n')
        os.mkdir(f'{self.folder}/home')
        shims(self.folder)
        self.environment = {'PATH': f'{self.folder}/bin:/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin:/bin:/sbin',
                            'HOME': f'{self.folder}/home', 'USER': 'root', 'LC_ALL': 'C.UTF-8', 'TERM': 'xterm-256color',
                            'DBUS_SYSTEM_BUS_ADDRESS': f'unix:path={self.folder}/bus',
                            'DBUS_SESSION_BUS_ADDRESS': f'unix:path={self.folder}/session'}
        for name in ('ASAN_OPTIONS', 'LSAN_OPTIONS', 'TSAN_OPTIONS', 'UBSAN_OPTIONS'):
            if name in os.environ:
                self.environment[name] = os.environ[name]
        for name in ('bus', 'session'):
            self.start_bus(name)
        self.mat = None

    @staticmethod
    def make_dev():
        """A /dev in which ttyUSB0 can be made."""
        old = '/run/dev'
        os.mkdir(old)
        must('mount', '--rbind', '/dev', old)
        must('mount', '-t', 'tmpfs', 'tmpfs', '/dev')
        for name in ('null', 'zero', 'full', 'random', 'urandom', 'tty', 'shm'):
            if os.path.isdir(f'{old}/{name}'):
                os.mkdir(f'/dev/{name}')
            elif os.path.exists(f'{old}/{name}'):
                with open(f'/dev/{name}', 'w', encoding='ascii'):
                    pass
            else:
                continue
            must('mount', '--bind', f'{old}/{name}', f'/dev/{name}')
        os.mkdir('/dev/pts')
        must('mount', '-t', 'devpts', '-o', 'newinstance,ptmxmode=0666', 'devpts', '/dev/pts')
        for name, target in (('ptmx', 'pts/ptmx'), ('fd', '/proc/self/fd'), ('stdin', 'fd/0'), ('stdout', 'fd/1'), ('stderr', 'fd/2')):
            os.symlink(target, f'/dev/{name}')

    def start_bus(self, name):
        path = f'{self.folder}/{name}'
        with open(f'{path}.conf', 'w', encoding='ascii') as f:
            f.write(f'<busconfig><type>{"system" if name == "bus" else "session"}</type><listen>unix:path={path}</listen>'
                    '<auth>EXTERNAL</auth><policy context="default"><allow send_destination="*" eavesdrop="true"/>'
                    '<allow eavesdrop="true"/><allow own="*"/></policy></busconfig>')
        subprocess.Popen(['dbus-daemon', f'--config-file={path}.conf', '--nofork', '--nopidfile'],
                         stderr=subprocess.DEVNULL)
        wait_for('a bus', lambda: os.path.exists(path))

    def play(self, *options, sitter=True):
        """A mat on /dev/ttyUSB0, with somebody on it or without."""
        if self.mat:
            self.mat.kill()
            self.mat.wait()
        scenario = f'{self.folder}/x.scenario'
        with open(scenario, 'w', encoding='ascii') as f:
            f.write(('0:01 sit\n' if sitter else '') + '30:00 end\n')
        self.mat = subprocess.Popen([f'{BUILD}/sitbone-sim', *options, '--scenario', scenario, '--link', '/dev/ttyUSB0'],
                                    env=self.environment, stdout=subprocess.DEVNULL)
        wait_for('the virtual mat', lambda: os.path.exists('/dev/ttyUSB0'))

    # --- actions

    def shell(self, text):
        return ['bash', '-e', '-o', 'pipefail', '-c', text]

    def run(self, text, stdin, shows, after):
        done = subprocess.run(self.shell(text), input=stdin, capture_output=True, text=True, cwd=ROOT, env=self.environment,
                              timeout=120, check=False)
        output = done.stdout + done.stderr
        if done.returncode or shows and not re.search(shows, output, re.M):
            raise AssertionError(f'exit status {done.returncode}, expected to print {shows}\n{output[-3000:]}')
        if after:
            getattr(self, after)()

    def run_in_time(self, text):
        """The seat must have been still for some seconds, which a reader takes to come this far."""
        wait_for(text, lambda: subprocess.run(self.shell(text), capture_output=True, cwd=ROOT, env=self.environment,
                                              check=False).returncode == 0)

    def run_on(self, text, shows, keys):
        master, slave = pty.openpty()
        process = subprocess.Popen(self.shell(text), stdin=slave, stdout=slave, stderr=slave, cwd=ROOT, env=self.environment,
                                   start_new_session=True)
        os.close(slave)
        output, end = b'', time.monotonic() + 60
        while not re.search(shows, output.decode(errors='replace')):
            if time.monotonic() > end or process.poll() is not None and not select.select([master], [], [], 0)[0]:
                raise AssertionError(f'did not print {shows}, status {process.poll()}:\n{output.decode(errors="replace")[-3000:]}')
            if select.select([master], [], [], 0.1)[0]:
                try:
                    output += os.read(master, 65536)
                except OSError:
                    time.sleep(0.1)  # the other end is closed
        if keys:
            os.write(master, keys)
            end = time.monotonic() + 20
            while process.poll() is None and time.monotonic() < end:
                if select.select([master], [], [], 0.1)[0]:
                    try:
                        os.read(master, 65536)
                    except OSError:
                        time.sleep(0.1)
            if process.poll() != 0:
                raise AssertionError(f'exit status {process.poll()} after {keys}')
        else:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(20)
        os.close(master)

    def settings(self, text):
        """Appends the block to the file that was installed."""
        shutil.copy(f'{ROOT}/config/sitbone.conf', '/etc/sitbone/sitbone.conf')
        with open('/etc/sitbone/sitbone.conf', 'a', encoding='utf-8') as f:
            f.write('\n' + text)
        self.run('sitboned --check-config', '', None, None)

    def drop_in(self, text):
        folder = '/etc/systemd/system/sitboned.service.d'
        os.makedirs(folder, exist_ok=True)
        with open(f'{folder}/block.conf', 'w', encoding='utf-8') as f:
            f.write(text)
        self.run('systemctl daemon-reload', '', None, None)
        os.unlink(f'{folder}/block.conf')

    def automation(self, text):
        """Home Assistant is not here: the topic and the event must be those of sitbone-mqtt(7)."""
        topic = re.search(r'topic: (\S+)', text).group(1)
        event = re.search(r'payload: (\S+)', text).group(1)
        with open(f'{ROOT}/config/man/sitbone-mqtt.7.scd', encoding='utf-8') as f:
            manual = f.read()
        events = manual.split('# EVENTS')[1].split('\n# ')[0]
        if topic != 'sitbone/desk/event' or f'*{event}*' not in events:
            raise AssertionError(f'{topic} {event}: not in sitbone-mqtt(7)')

    # --- checks that follow a block

    def install_instead(self):
        """system/test_package installs the package; here the programs of this build are installed."""
        self.run('cmake --install build/default', '', None, 'installed')

    def installed(self):
        for path in ('bin/sitboned', 'bin/sitbonectl', 'lib/systemd/system/sitboned.service', 'lib/udev/rules.d/70-sitboned.rules'):
            if not os.path.exists(f'/usr/local/{path}'):
                raise AssertionError(f'/usr/local/{path} was not installed')

    def installed_for_a_package(self):
        """The same into a DESTDIR, and out of it again; the service of this machine is not touched."""
        self.installed()
        top = f'{self.folder}/dest'
        self.run(f'export DESTDIR={top}; cmake --install build/default && test -x {top}/usr/local/bin/sitboned && '
                 'cmake --build build/default --target uninstall', '', f'Kept: {top}/etc/sitbone ', None)
        left = [path for path in glob.glob(f'{top}/**/*', recursive=True) if os.path.isfile(path)]
        if left != [f'{top}/etc/sitbone/sitbone.conf'] or os.path.exists(f'{self.folder}/systemctl'):
            raise AssertionError(f'left in DESTDIR: {left}, or a service was stopped')

    def uninstalled(self):
        left = glob.glob('/usr/local/**/*sitbone*', recursive=True)
        if left or os.path.exists('/etc/dbus-1/system.d/org.sitbone.Seat1.conf'):
            raise AssertionError(f'left after uninstalling: {left}')
        if not os.path.exists('/etc/sitbone/sitbone.conf') or not os.path.exists('/var/lib/sitbone'):
            raise AssertionError('settings or data were not kept')
        if os.path.exists(f'{self.folder}/pid') or not os.path.exists(f'{self.folder}/systemctl'):
            raise AssertionError('the service was not stopped')

    def own_mat_plays(self):
        self.play('--format', 'my-mat')

    def password_is_private(self):
        mode = os.stat('/etc/credstore/mqtt-password').st_mode & 0o777
        if mode != 0o600:
            raise AssertionError(f'/etc/credstore/mqtt-password has mode {mode:o}')

    def status(self, *options):
        return subprocess.run(['sitbonectl', 'status', *options], env=self.environment, capture_output=True, text=True,
                              check=False).stdout

    def mqtt_connected(self):
        wait_for('mqtt connected', lambda: re.search(r'mqtt\s+connected', self.status()))

    def mat_sends(self):
        wait_for('an empty seat', lambda: '"vacant"' in self.status('--json'))

    def snoozed(self):
        wait_for('snoozed', lambda: 'snoozed' in self.status())

    def settings_are_stored(self):
        shown = '# /var/lib/sitbone/settings.conf:3\nprofile = quiet\n# /var/lib/sitbone/settings.conf:4\nprompt_min = 25\n'
        wait_for('stored', lambda: shown in subprocess.run(
            ['sitboned', '--print-config'], env=self.environment, capture_output=True, text=True, check=False).stdout)

    def rule_is_known(self):
        with open('/etc/udev/rules.d/69-sitbone-mat.rules', encoding='ascii') as f:
            rule = f.read().strip()
        with open('/usr/local/lib/udev/rules.d/70-sitboned.rules', encoding='utf-8') as f:
            if f'#   {rule}' not in f.read():
                raise AssertionError(f'not an example of 70-sitboned.rules: {rule}')

    def settings_file_is_current(self):
        with open(f'{ROOT}/config/sitbone.conf', encoding='utf-8') as f:
            assert f.read() == self.settings_file

    # --- pages

    def broker(self, page):
        """With the user, and the access rules, that the page shows."""
        with open(f'{self.folder}/acl', 'w', encoding='ascii') as f:
            f.write(next(b for b in page if b.startswith('pattern ')))
        must('mosquitto_passwd', '-b', '-c', f'{self.folder}/passwords', 'desk', PASSWORD)
        with open(f'{self.folder}/mosquitto.conf', 'w', encoding='ascii') as f:
            f.write(f'listener 1883 127.0.0.1\nallow_anonymous false\npassword_file {self.folder}/passwords\n'
                    f'acl_file {self.folder}/acl\nuser root\n')
        subprocess.Popen([shutil.which('mosquitto', path=self.environment['PATH']), '-c', f'{self.folder}/mosquitto.conf'],
                         stderr=subprocess.DEVNULL)

    def prepare(self, prelude, blocks):
        """No service runs, the settings are those that were installed, and a mat of text is plugged in."""
        self.run('systemctl stop sitboned', '', None, None)
        shutil.rmtree('/etc/systemd/system/sitboned.service.d', ignore_errors=True)
        for path in glob.glob(f'{ROOT}/*.sbr') + glob.glob(f'{ROOT}/*.bin'):
            os.unlink(path)
        if os.path.exists('/etc/sitbone'):
            shutil.copy(f'{ROOT}/config/sitbone.conf', '/etc/sitbone/sitbone.conf')
        self.play('--format', 'csv-line', '--rows', '16', '--cols', '16', '--pitch', '25')
        if prelude == 'broker':
            self.broker(blocks)
        elif prelude == 'empty 12x12':
            self.play('--format', 'csv-line', '--rows', '12', '--cols', '12', '--pitch', '30', sitter=False)
        elif prelude:
            self.settings(prelude)
            self.run('systemctl restart sitboned', '', None, None)


def wait_for(what, condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f'not within {seconds} s: {what}')
        time.sleep(0.05)


def blocks_of(page):
    with open(f'{ROOT}/{page}', encoding='utf-8') as f:
        return re.findall(r'(?ms)^```\w*\n(.*?)^```$', f.read())


def play_page(box, page, prelude, rows):
    blocks, failures, rows = blocks_of(page), 0, list(rows)
    box.prepare(prelude, blocks)
    for block in blocks:
        first = block.split('\n')[0]
        print(f'{time.monotonic() - BEGAN:6.1f} s  {page}: {first}', flush=True)
        if rows and block.startswith(rows[0][0]):
            action = rows.pop(0)[1]
        elif SECTIONS.match(block):
            action = Box.settings
        else:
            raise AssertionError(f'{page}: this block is not in TABLE of tests/system/test_docs.py, or not in that order:\n{block}')
        try:
            action(box, block)
        except (AssertionError, subprocess.SubprocessError) as e:
            failures += 1
            print(f'FAILED: {page}: {block}{e}')
    if rows:
        raise AssertionError(f'{page}: blocks of TABLE that the page no longer has: {[r[0] for r in rows]}')
    return failures


def check_pages():
    """Every page with blocks is in TABLE."""
    for path in glob.glob(f'{ROOT}/*.md') + glob.glob(f'{ROOT}/docs/*.md'):
        page = os.path.relpath(path, ROOT)
        if page not in TABLE and any(not SECTIONS.match(b) for b in blocks_of(page)):
            raise AssertionError(f'{page} has command blocks, but is not in TABLE of tests/system/test_docs.py')


def outside():
    for program in ('unshare', 'ip', 'dbus-daemon', 'mosquitto_sub', 'mosquitto_passwd', 'cmake', 'busctl'):
        shutil.which(program, path=os.environ['PATH'] + ':/usr/sbin:/sbin') or skip(f'{program} is not installed')
    with open(f'{BUILD}/CMakeCache.txt', encoding='utf-8') as f:
        if not re.search(r'(?m)^CMAKE_INSTALL_PREFIX:PATH=/usr/local$', f.read()):
            skip('the build is for another prefix than /usr/local, which the pages use')
    if os.geteuid():
        skip('the sandbox writes to its own view of /etc, which needs root')
    enter = ['unshare', '-m', '-n', '-p', '--fork', '--kill-child', '--mount-proc']
    probe = subprocess.run([*enter, 'sh', '-c', 'mount -t tmpfs tmpfs /run && mkdir /run/u /run/w && mount -t overlay overlay '
                            '-o lowerdir=/usr/local,upperdir=/run/u,workdir=/run/w /usr/local'], capture_output=True, text=True, check=False)
    if probe.returncode:
        skip(f'no sandbox can be made here: {probe.stderr.strip()}')
    os.execvp(enter[0], [*enter, sys.executable, os.path.abspath(__file__), BUILD, '--inside'])


def main():
    if '--inside' not in sys.argv:
        outside()
    check_pages()
    box = Box()
    failures = 0
    for page, (prelude, rows) in TABLE.items():
        if os.path.exists(f'{ROOT}/{page}'):
            failures += play_page(box, page, prelude, rows)
    sys.exit(1 if failures else 0)


main()
