#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Bytes to frames against what a user would write: numpy for a binary pad, readline and split for lines of numbers.
Both get the same bytes from memory, so that no port counts; ratios within one run, medians of runs taken in turn.
Usage: bench_decode.py BUILD_FOLDER. Prints, never judges time."""
import io
import os
import subprocess
import sys
import tempfile
import time

try:
    import numpy
except ImportError:
    print('SKIP: python3-numpy is not installed')
    sys.exit(77)

ROUNDS = 5
CHUNK = 4096
DELIMITER = b'\xaa\x55\x03\x99'
FOLD = numpy.r_[15:32, 14:-1:-1]  # wire rows in the order of the pad


def numpy_pad(stream):
    """As its owner would: find the delimiter, take the bytes between two of them, put the rows in order."""
    buffer, frames = bytearray(), 0
    while True:
        chunk = stream.read(CHUNK)
        if not chunk:
            return frames
        buffer += chunk
        while True:
            at = buffer.find(DELIMITER)
            if at < 0 or len(buffer) < at + 1032:
                break
            if buffer[at + 1028:at + 1032] == DELIMITER:
                cells = numpy.frombuffer(bytes(buffer[at + 4:at + 1028]), numpy.uint8).reshape(32, 32)[FOLD]
                cells = cells.astype(numpy.float32)
                frames += cells.shape == (32, 32)
            del buffer[:at + 1028]


def readline_split(stream):
    frames = 0
    while True:
        line = stream.readline().decode('ascii').strip()
        if not line:
            return frames
        cells = [int(word) for word in line.split(',')]
        frames += len(cells) == 1024


def readline_numpy(stream):
    frames = 0
    while True:
        line = stream.readline().decode('ascii').strip()
        if not line:
            return frames
        cells = numpy.fromstring(line, numpy.float32, sep=',')
        frames += len(cells) == 1024


def scripted(function, data):
    start = time.process_time()
    frames = function(io.BytesIO(data))
    return (time.process_time() - start) / len(data) * 1e9, frames


def compare(build, format_name, options, scripts, folder):
    path = os.path.join(folder, format_name)
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'bench.scenario')
    subprocess.run([f'{build}/sitbone-sim', '--format', format_name, '--scenario', source, '--output', path, *options],
                   check=True, stderr=subprocess.DEVNULL)
    data = open(path, 'rb').read()[:3 << 20]
    open(path, 'wb').write(data)
    ours, times, ratios = [], {name: [] for name, _ in scripts}, {name: [] for name, _ in scripts}
    for _ in range(ROUNDS):
        words = subprocess.run([f'{build}/tests/bench/bench_decode', format_name, path], check=True,
                               stdout=subprocess.PIPE, text=True).stdout.split()
        ours.append(float(words[0]))
        for name, function in scripts:
            cost, frames = scripted(function, data)
            if abs(frames - int(words[2])) > 2:
                sys.exit(f'{format_name}: {frames} frames, ours {words[2]}: the bench did not measure what it says')
            times[name].append(cost)
            ratios[name].append(cost / ours[-1])
    middle = ROUNDS // 2
    for name, _ in scripts:
        print(f'{format_name:<14} {sorted(ours)[middle]:9.2f} {name:<24} {sorted(times[name])[middle]:9.2f} '
              f'{sorted(ratios[name])[middle]:8.1f}')


build = os.path.abspath(sys.argv[1])
print('bytes to frames against a script (goals: 5 times numpy for bytes, 20 times readline and split for text)')
print(f'{"format":<14} {"ns a byte":>9} {"script":<24} {"ns a byte":>9} {"x ours":>8}')
with tempfile.TemporaryDirectory() as folder:
    compare(build, 'jq-seat-32', [], [('numpy', numpy_pad)], folder)
    compare(build, 'csv-line', ['--rows', '32', '--cols', '32', '--pitch', '12.5'],
            [('readline, split, int', readline_split), ('readline, numpy', readline_numpy)], folder)
