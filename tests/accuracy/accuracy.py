# SPDX-License-Identifier: MIT
"""What the rows of the accuracy report share: recordings by their columns, the real programs, a row of the table.

A row is a module row_NAME.py with one function:

    def measure(world):
        for recording in world.recordings(lambda r: r.has('label', 'subject')):
            ...
            yield Row(data=recording.name, split='...', what='...', value=98.1, unit='%', goal=92.9, best='92.9 % best of three kNN')

A Row without value says why in note. Splits are by sit, repetition or person only; they come from the columns `label`
and `subject`, so that other recordings with the same columns are measured the same way. Nothing is fitted here: programs
are run with their default settings, and only what they print is scored.
"""
import contextlib
import csv
import json
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
RECORDINGS = os.path.join(ROOT, 'tests', 'recordings')


@dataclass
class Row:
    data: str
    split: str
    what: str
    value: float = None      # None: could not be measured, note says why
    unit: str = ''
    goal: float = None       # to be reached
    at_most: bool = False    # smaller is better
    holds: float = None      # worse than this fails the run: a step back
    best: str = ''           # the published or earlier best, with its conditions
    note: str = ''

    def reached(self):
        if self.value is None or self.goal is None:
            return None
        return self.value <= self.goal if self.at_most else self.value >= self.goal

    def fell(self):
        if self.value is None or self.holds is None:
            return False
        return not (self.value <= self.holds if self.at_most else self.value >= self.holds)


class Recording:
    """A frames CSV: head, times, labels, subjects, references."""

    def __init__(self, path):
        self.path = path
        self.name = os.path.splitext(os.path.basename(path))[0]
        self.prefix = self.name.split('-')[0]
        self.head = {}
        self.used = False  # by a row
        with open(path, encoding='utf-8-sig') as file:
            lines = []
            for line in file:
                if line.startswith('#'):
                    key, _, value = line[1:].strip().partition('=')
                    self.head[key.strip()] = value
                else:
                    lines.append(line)
        rows = [r for r in csv.reader(lines) if r]
        if not rows or 't_s' not in rows[0] or 'c0' not in rows[0]:
            raise ValueError('no frames CSV: its header is not t_s,...,c0,...')
        self.columns, rows = rows[0], [r for r in rows[1:] if len(r) == len(rows[0])]  # the last may be cut off
        self.from_s = float(rows[0][self.columns.index('t_s')]) if rows else 0
        self.t = np.array([float(r[self.columns.index('t_s')]) for r in rows]) - self.from_s  # as replay counts
        self.label = self._text(rows, 'label')
        self.subject = self._text(rows, 'subject')
        self.ref = {c: np.array([float(r[self.columns.index(c)] or 'nan') for r in rows])
                    for c in self.columns if c.startswith('ref_')}
        self.lines = lines

    def _text(self, rows, column):
        if column not in self.columns:
            return [''] * len(rows)
        at = self.columns.index(column)
        return [r[at] for r in rows]

    def stretches(self):
        """[label, subject, first, behind the last] of rows in a row with the same label and subject."""
        ret = []
        for i, key in enumerate(zip(self.label, self.subject)):
            if ret and (ret[-1][0], ret[-1][1]) == key:
                ret[-1][3] = i + 1
            else:
                ret.append([*key, i, i + 1])
        return ret

    def has(self, *names):
        return set(names) <= set(self.columns)


class World:
    def __init__(self, build, data, sitters, verbose=False, hours=0, excerpts=None):
        self.build, self.data, self.sitters, self.verbose = os.path.abspath(build), data, sitters, verbose
        self.hours, self.excerpts = hours, excerpts
        self.folder = tempfile.mkdtemp(prefix='sitbone-accuracy-')
        self._recordings = None
        self.left_out = []

    def close(self):
        shutil.rmtree(self.folder)

    def recordings(self, chosen=lambda r: True):
        if self._recordings is None:
            self._recordings = [r for path in self._paths() for r in self._read(path)]
        ret = [r for r in self._recordings if chosen(r)]
        for r in ret:
            r.used = True
        return ret

    def _paths(self):
        """Of both folders; a recording of the larger set takes the place of the excerpt of the same name."""
        found = {}
        for folder in (self.excerpts, self.data):
            for name in os.listdir(folder) if folder else []:
                if name.endswith('.csv'):
                    found[name] = os.path.join(folder, name)
        return [found[name] for name in sorted(found)]

    def missing(self, what='no recordings'):
        """Note of a row whose recordings are not there."""
        return what if self.data else 'not run: needs SITBONE_DATA'

    def _read(self, path):
        try:
            return [Recording(path)]
        except (ValueError, UnicodeDecodeError, csv.Error) as error:
            self.left_out.append(f'{os.path.basename(path)}: {error}')
            return []

    def not_measured(self):
        """Recordings that no row took, and why files are none."""
        return self.left_out + [f'{r.name}: its labels and subjects fit no row' for r in self._recordings or [] if not r.used]

    def replay(self, path, *options, settings='', events=False):
        """The frames that `sitbonectl replay --json` prints, or the events between them."""
        config = os.path.join(self.folder, 'settings.conf')
        with open(config, 'w', encoding='utf-8') as file:
            file.write(settings)
        command = [f'{self.build}/sitbonectl', 'replay', path, '--json', '--config', config, '--exercises',
                   f'{ROOT}/config/exercises.conf', *options]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f'{" ".join(command)}: {done.stderr}')
        objects = (json.loads(line) for line in done.stdout.splitlines())
        return [o for o in objects if ('event' in o) == events]

    def replay_takes(self, option):
        done = subprocess.run([f'{self.build}/sitbonectl', 'replay', 'x', option, 'x'], stderr=subprocess.PIPE, text=True,
                              check=False)
        return 'unknown option' not in done.stderr

    @contextlib.contextmanager
    def simulated(self, scenario, seed, *options, rows=32, cols=32, pitch=12.5, rate=10):
        """Path of a simulated recording, and its truth: a dict of columns."""
        base = os.path.join(self.folder, f'sim-{seed}')
        with open(f'{base}.scenario', 'w', encoding='utf-8') as file:
            file.write(scenario)
        subprocess.run([f'{self.build}/sitbone-sim', '--format', 'csv', '--rows', str(rows), '--cols', str(cols), '--pitch',
                        str(pitch), '--rate', str(rate), '--scenario', f'{base}.scenario', '--seed', str(seed), '--output',
                        f'{base}.csv', '--truth', f'{base}.truth', *options], check=True)
        with open(f'{base}.truth', encoding='utf-8') as file:
            names, *lines = list(csv.reader(file))
        truth = {}
        for i, name in enumerate(names):
            column = [line[i] for line in lines]
            words = name in ('occupancy', 'posture')
            truth[name] = np.array(column if words else [float(v or 'nan') for v in column])
        try:
            yield f'{base}.csv', truth
        finally:
            for end in ('scenario', 'csv', 'truth'):
                os.unlink(f'{base}.{end}')


def somebody(dice, imperfection):
    """The head of a scenario: a body and a mat as they come."""
    woman = int(dice.integers(2))
    mass, height = dice.normal(68 if woman else 82, 12), dice.normal(166 if woman else 179, 7)
    return [f'sitter mass={np.clip(mass, 45, 130):.0f} height={np.clip(height, 150, 200):.0f} woman={woman} '
            f'seat={dice.normal(0, 8):.0f}', f'mat imperfection={imperfection}']


def numbers(frames, key):
    """A column of what replay printed; null is nan."""
    return np.array([np.nan if f[key] is None else f[key] for f in frames], dtype=float)


def rmse(error):
    error = error[np.isfinite(error)]
    return float(np.sqrt(np.mean(error ** 2))) if len(error) else None


def share(true):
    """Percent."""
    return 100 * float(np.mean(true)) if len(true) else None
