#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The sketches in config/firmware, wired as the tables of docs/build-a-mat.md list it: they compile for an ATmega328P and fit
its memory, and the programs read exactly the cells that are pressed, in their places. The sketches run on this machine and, as
the binary of the board, in simavr. Usage: test_firmware.py BUILD_FOLDER"""
import json
import math
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading

import seat

build = os.path.abspath(sys.argv[1])
root = seat.TOP
firmware, here = f'{root}/config/firmware', f'{root}/tests/firmware'
page = open(f'{root}/docs/build-a-mat.md', encoding='utf-8').read()
AVR = '/usr/share/arduino/hardware/arduino/avr'
RAM, FLASH = 2048, 30720  # bytes of an ATmega328P; 2 kB of its 32 belong to the boot loader of a Nano
ROWS = COLS = 12
missing = [what for what, there in (('avr-gcc (gcc-avr)', shutil.which('avr-gcc')),
                                    ('avr-libc', os.path.exists('/usr/lib/avr/include/avr/io.h')),
                                    ('arduino-core-avr', os.path.isdir(f'{AVR}/cores/arduino'))) if not there]
has_simavr = not missing and os.path.exists('/usr/include/simavr/sim_avr.h')


def run(*words, **more):
    done = subprocess.run(words, capture_output=True, check=False, timeout=250, **more)
    assert done.returncode == 0, (words, done.returncode, done.stderr.decode()[-3000:])
    return done


def pin_number(name):
    """A0 is pin 14 of an ATmega328P board; D2 and GPIO 2 are pin 2."""
    return int(name[1:]) + 14 if name[0] == 'A' else int(re.sub(r'\D', '', name))


def read_wiring(board):
    """Rows, select lines and signal of the tables; then the inputs of the small mat. board: 0 Nano, 1 ESP32."""
    def pins(pattern):
        found = re.findall(pattern + r'[^\n]*\| ([AD]\d+) \| (GPIO \d+) \|$', page, re.M)
        return ','.join(str(pin_number(row[board])) for row in found)
    wiring = [pins(r'^\| row \d+'), pins(r'^\| S\d \|'), pins(r'^\| SIG \|')]
    assert [len(x.split(',')) for x in wiring] == [ROWS, 4, 1], wiring
    small = pins(r'^\| [0-3] \| (?:back|front)')
    assert len(small.split(',')) == 4, small
    return wiring, ['-', '-', small]


def read_settings():
    """The blocks of settings, as somebody copies them: the large mat, the small mat."""
    blocks = [b for b in re.findall(r'(?ms)^```\n(.*?)^```$', page) if b.startswith('[')]
    assert len(blocks) == 2, blocks
    return blocks


def compile_avr(folder, sketch):
    """The ELF file, and the bytes of memory that it takes before it runs."""
    flags = ['-mmcu=atmega328p', '-DF_CPU=16000000L', '-DARDUINO=10819', '-DARDUINO_AVR_NANO', '-DARDUINO_ARCH_AVR', '-Os',
             '-ffunction-sections', '-fdata-sections', f'-I{AVR}/cores/arduino', f'-I{AVR}/variants/eightanaloginputs',
             '-DDECIMAL_DIG=__DECIMAL_DIG__']  # Debian's avr-libc does not define it for C++11
    plus = ['-std=gnu++11', '-fno-exceptions', '-fno-threadsafe-statics']
    core = f'{folder}/core'
    if not os.path.isdir(core):
        os.mkdir(core)
        for name in sorted(os.listdir(f'{AVR}/cores/arduino')):
            source, output = f'{AVR}/cores/arduino/{name}', f'{core}/{name}.o'
            if name.endswith('.c'):
                run('avr-gcc', '-std=gnu11', '-w', *flags, '-c', source, '-o', output)
            elif name.endswith('.cpp'):
                run('avr-g++', *plus, '-w', *flags, '-c', source, '-o', output)
    elf = f'{folder}/{sketch}.elf'
    run('avr-g++', *plus, *flags, '-Wall', '-Wextra', '-Werror', '-include', 'Arduino.h', '-x', 'c++', '-c',
        f'{firmware}/{sketch}/{sketch}.ino', '-o', f'{elf}.o')
    run('avr-gcc', '-mmcu=atmega328p', '-Os', '-Wl,--gc-sections', '-o', elf, f'{elf}.o',
        *[f'{core}/{name}' for name in sorted(os.listdir(core))])
    text, data, bss = [int(x) for x in run('avr-size', elf).stdout.decode().splitlines()[1].split()[:3]]
    assert text + data <= FLASH, (sketch, text, data)
    return elf, data + bss


def compile_host(folder, sketch, *flags):
    program = f'{folder}/{sketch}{"-".join(["", *flags])}'
    run('cc', '-O2', '-Wall', '-Wextra', '-Werror', '-c', f'{here}/virtual_mat.c', '-o', f'{folder}/virtual_mat.o')
    compiler = shutil.which('g++') or shutil.which('clang++') or seat.skip('no C++ compiler is installed')
    run(compiler, '-O2', '-Wall', '-Wextra', '-Werror', *flags, f'-I{here}/arduino', f'{here}/arduino/run_host.cpp',
        '-x', 'c++', '-include', 'Arduino.h', f'{firmware}/{sketch}/{sketch}.ino', '-x', 'none', f'{folder}/virtual_mat.o',
        '-o', program)
    return program


def write_frames(path, frames):
    with open(path, 'w') as f:
        f.writelines(','.join(map(str, frame)) + '\n' for frame in frames)
    return path


def lone_cells():
    """Twelve frames with one loaded cell in each row and column, every cell once, every value another."""
    values = random.Random(1).sample(range(100, 1000), ROWS * COLS)
    frames = []
    for shift in range(ROWS):
        frame = [0] * (ROWS * COLS)
        for row in range(ROWS):
            cell = row * COLS + (row + shift) % COLS
            frame[cell] = values[cell]
        frames.append(frame)
    return frames


def read_lines(data):
    """The frames of what a sketch sent. It sends whole lines, and but for an empty one and a remark nothing but numbers."""
    lines = data.decode('ascii').split('\r\n')
    assert lines[-1] == '' and lines[0].startswith('\n# sitbone '), lines[:1]
    return [[int(x) for x in line.split(',')] for line in lines[1:-1]]


def play_host(program, wiring, frames_file, count, kind='circuit'):
    return run(program, 'fast', str(count + 2), *wiring, kind, frames_file).stdout


def play_simavr(folder, elf, wiring, frames_file, count, kind='circuit'):
    program = f'{folder}/run_simavr'
    if not os.path.exists(program):
        run('cc', '-O2', '-Wall', '-Wextra', '-Werror', f'{here}/run_simavr.c', f'{folder}/virtual_mat.o', '-o', program,
            '-lsimavr')
    done = run(program, elf, str(count + 2), *wiring, kind, frames_file)
    return done.stdout, json.loads(done.stderr.decode().splitlines()[-1])


def check_host(folder, program, wiring, direct):
    """Exactly the cells that are pressed; in a column of many loaded cells to 1 % of full scale, as rounding allows."""
    alone = lone_cells()
    small = [random.Random(2).sample(range(1024), 4) for _ in range(20)]
    frames = small if direct else alone
    file = write_frames(f'{folder}/alone', frames)
    sent = play_host(program, wiring, file, len(frames))
    assert read_lines(sent) == frames, 'another cell or value than was pressed'
    if not direct:
        dice = random.Random(3)
        full = [[dice.randrange(30, 450) for _ in range(ROWS * COLS)] for _ in range(20)]
        got = read_lines(play_host(program, wiring, write_frames(f'{folder}/full', full), len(full)))
        worst = max(abs(a - b) for x, y in zip(full, got) for a, b in zip(x, y))
        print(f'full columns: cells are right to {worst} of 1023')
        assert worst <= 10, worst
        short = [2] * (ROWS * COLS)
        short[0] = 1023  # what a short circuit leaves of the others must not be raised to full scale
        got = read_lines(play_host(program, wiring, write_frames(f'{folder}/short', [short]), 1, 'cells'))[0]
        assert got[0] == 1023 and max(got[1:]) < 20, got
    return file, frames, sent


def check_simavr(folder, sketch, elf, static_ram, wiring, file, frames, sent):
    """The binary of the board sends the same bytes, ten frames a second, also when every cell has four digits."""
    bytes_, figures = play_simavr(folder, elf, wiring, file, len(frames))
    assert bytes_ == sent, f'{sketch}: simavr and the host differ'
    cells = len(frames[0])
    _, crowded = play_simavr(folder, elf, wiring, write_frames(f'{folder}/crowded', [[1023] * cells]), 12, 'cells')
    for x in (figures, crowded):
        assert 99 < x['frame_ms_min'] and x['frame_ms_max'] < 101, x
    used = static_ram + crowded['stack_bytes']
    print(f'{sketch} in simavr: {len(frames)} frames as on the host, {figures}, all at full scale {crowded}; '
          f'{used} of {RAM} bytes of memory')
    assert used <= RAM // 2, used


def write_config(folder, name, settings):
    path = f'{folder}/{name}.conf'
    with open(path, 'w') as f:
        f.write(settings)
    return path


def check_file(folder, name, sent, count, settings):
    """`sitbonectl check` of captured bytes, with the settings of the page."""
    with open(f'{folder}/{name}.bin', 'wb') as f:
        f.write(sent)
    conf = write_config(folder, name, settings)
    found = json.loads(run(f'{build}/sitbonectl', 'check', f'{folder}/{name}.bin', '--format', 'csv-line', '--config', conf,
                           '--json').stdout)
    assert found['clean'] and found['frames'] == count, found


SITTER = '''sitter mass=78 height=178 fidgets=0 shifts=0
0:20    sit
+0:40   slouch 14
+0:40   upright
+0:30   lean left 12
+0:40   upright
+0:30   lean right 12
+0:40   upright
+0:30   stand
+0:30   end
'''


def simulate_frames(rows, cols, pitch):
    data = seat.simulate(build, 'csv-line', SITTER, extra=['--rows', str(rows), '--cols', str(cols), '--pitch', str(pitch),
                                                           '--rate', '10', '--full-scale', '1023'])
    return [[int(x) for x in line.split(b',')] for line in data.split()]


def replay_sitter(folder, program, wiring, settings, frames, name):
    """Seat and posture of each second, through the sketch and the settings of the page."""
    sent = play_host(program, wiring, write_frames(f'{folder}/sitter', frames), len(frames))
    check_file(folder, name, sent, len(frames), settings)
    out = run(f'{build}/sitbonectl', 'replay', f'{folder}/{name}.bin', '--format', 'csv-line', '--config',
              f'{folder}/{name}.conf', '--json').stdout.decode()
    lines = [json.loads(x) for x in out.splitlines() if x.startswith('{')]
    seconds = [x for x in lines if 'event' not in x][9::10]
    return [(x['occupancy'], x['posture']) for x in seconds]


def read_foil(frames, empty):
    """empty: what the foil lets pass while nobody sits, up to this, another for each cell."""
    dice = random.Random(4)
    floor = [dice.randrange(empty // 3, empty + 1) for _ in frames[0]]
    return [[min(1000, round(v * 0.6) + f) for v, f in zip(frame, floor)] for frame in frames]


def read_resistors(frames):
    """Force-sensing resistors in a divider saturate."""
    return [[round(1023 * (1 - math.exp(-3 * v / 1023))) for v in frame] for frame in frames]


def check_sitter(folder, program, wiring, settings, frames, postures):
    """postures: by the second."""
    got = replay_sitter(folder, program, wiring, settings, frames, os.path.basename(program))
    for second, want in {18: 'vacant', **postures, len(got) - 5: 'vacant'}.items():
        assert got[second] == ('vacant' if want == 'vacant' else 'person', want), (program, second, want, got[second])


def play_forever(mat, data):
    """The remark, then the last frame again and again. Returns what ends it."""
    lines = data.split(b'\r\n')
    stop = threading.Event()

    def play():
        mat.write(b'\r\n'.join(lines[:2]) + b'\r\n')
        while not stop.wait(0.1):
            mat.write(lines[-2] + b'\r\n')
    thread = threading.Thread(target=play)
    thread.start()
    return lambda: (stop.set(), thread.join())


def read_live(sent, settings):
    """GetLive of a daemon that reads this through a pty, with nothing taken off the cells."""
    mat = seat.Mat()
    own = re.sub(r'(?m)^(device|format|noise_floor_pct) = .*\n', '', settings)
    daemon = seat.Daemon(build, mat.name, config=own + '[condition]\nnoise_floor_pct = 0\ntare = no\ncreep = no\n'
                         'stuck_mask = no\n').start()
    stop = play_forever(mat, sent)
    try:
        def read_map():
            live = daemon.live()
            return live if live.get('peak') else None
        return seat.wait_for('the map', 20, read_map)
    finally:
        stop()
        daemon.stop()
        mat.close()


def check_daemon(folder, program, wiring, settings):
    """Every cell is where it was pressed, and what is pressed at the back left weighs at the back left."""
    corner = [0] * (ROWS * COLS)
    for row in range(3):
        corner[row * COLS + row] = 900 - 200 * row
    for frame in (corner, *lone_cells()[3:5]):
        sent = play_host(program, wiring, write_frames(f'{folder}/pressed', [frame]), 1)
        live = read_live(sent, settings)
        assert (int(live['rows']), int(live['cols']), int(live['refused'])) == (ROWS, COLS, 0), live
        want, got = [round(255 * v / max(frame)) for v in frame], [int(x) for x in live['cells']]
        assert want == got, (want, got)
        if frame is corner:
            assert float(live['cop_x_mm']) < -100 and float(live['cop_y_mm']) < -100, live


with tempfile.TemporaryDirectory(prefix='sitbone-firmware-') as d:
    nano, esp32 = read_wiring(0), read_wiring(1)
    settings = read_settings()
    for i, (sketch, direct) in enumerate((('velostat-mat', False), ('four-fsr', True))):
        check_host(d, compile_host(d, sketch, '-DESP32'), esp32[i], direct)
        program = compile_host(d, sketch)
        file, frames, sent = check_host(d, program, nano[i], direct)
        check_file(d, sketch, sent, len(frames), settings[i])
        if not missing:
            elf, static_ram = compile_avr(d, sketch)
            print(f'{sketch}: {static_ram} of {RAM} bytes of memory before the stack')
            assert static_ram <= RAM // 2, static_ram
            if has_simavr:
                check_simavr(d, sketch, elf, static_ram, nano[i], file, frames, sent)
    large = f'{d}/velostat-mat'
    postures = {55: 'upright', 95: 'slouched', 165: 'leaning_left', 195: 'upright', 235: 'leaning_right'}
    sitter = simulate_frames(ROWS, COLS, 30)
    for empty in (0, 40, 90):
        check_sitter(d, large, nano[0], settings[0], read_foil(sitter, empty), postures)
    del postures[95]  # four cells do not show it
    check_sitter(d, f'{d}/four-fsr', nano[1], settings[1], read_resistors(simulate_frames(2, 2, 150)), postures)
    if shutil.which('dbus-daemon'):
        bus = seat.Bus()
        try:
            check_daemon(d, large, nano[0], settings[0])
        finally:
            bus.stop()
if missing:
    seat.skip(f'the rest passed, but the sketches were not compiled for a board without {", ".join(missing)}')
if not has_simavr:
    seat.skip('the rest passed, but the binary did not run without libsimavr-dev')
