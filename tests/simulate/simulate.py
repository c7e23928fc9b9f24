# SPDX-License-Identifier: MIT
"""Runs sitbone-sim and reads its output."""
import math
import os
import subprocess
import sys
import tempfile

BUILD = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else 'build/default')
SIM = os.path.join(BUILD, 'sitbone-sim')
MMHG = 7.50062  # in a kPa


class Run:
    """Frames (kPa a cell when the mat is perfect) and truth of a scenario given as text."""

    def __init__(self, scenario, *extra, seed=1):
        with tempfile.TemporaryDirectory(prefix='sitbone-sim-') as d:
            with open(f'{d}/x.scenario', 'w') as f:
                f.write(scenario)
            subprocess.run([SIM, '--format', 'csv', '--scenario', f'{d}/x.scenario', '--output', f'{d}/x.csv', '--truth',
                            f'{d}/truth.csv', '--seed', str(seed), *extra], check=True)
            self.csv = open(f'{d}/x.csv').read()
            self.truth_text = open(f'{d}/truth.csv').read()
        self._read()

    def _read(self):
        self.head = dict(line[2:].split('=', 1) for line in self.csv.split('\n') if line.startswith('# ') and '=' in line)
        rows = [line.split(',') for line in self.csv.split('\n') if line and line[0].isdigit()]
        self.t = [float(r[0]) for r in rows]
        self.label = [r[1] for r in rows]
        self.raw = [[int(v) for v in r[2:]] for r in rows]
        names, *lines = [line.split(',') for line in self.truth_text.split('\n') if line]
        self.truth = [{n: v if n in ('occupancy', 'posture') else float(v or 'nan') for n, v in zip(names, line)}
                      for line in lines]
        self.rows, self.cols = int(self.head['rows']), int(self.head['cols'])
        self.pitch = float(self.head['pitch_x_mm'])
        self.kpa = float(self.head['full_scale_kpa']) / float(self.head['full_scale'])

    def mean(self, start, stop):
        """Mean map, kPa, and mean truth between two times."""
        chosen = [i for i, t in enumerate(self.t) if start <= t < stop]
        cells = [self.kpa * sum(self.raw[i][c] for i in chosen) / len(chosen) for c in range(self.rows * self.cols)]
        truth = {n: sum(self.truth[i][n] for i in chosen) / len(chosen) for n in self.truth[0]
                 if n not in ('occupancy', 'posture')}
        return Map(cells, self.rows, self.cols, self.pitch), truth


class Map:
    def __init__(self, cells, rows, cols, pitch):
        self.cells, self.cols, self.rows, self.pitch = cells, cols, rows, pitch
        self.x = [(i % cols - (cols - 1) / 2) * pitch for i in range(rows * cols)]
        self.y = [(i // cols - (rows - 1) / 2) * pitch for i in range(rows * cols)]
        self.sum = sum(cells)
        self.force_n = self.sum * pitch * pitch * 1e-3
        self.area_cm2 = sum(c > 0.13 for c in cells) * pitch * pitch / 100  # 1 mmHg
        self.peak_mmhg = max(cells) * MMHG
        self.cop_x = sum(c * x for c, x in zip(cells, self.x)) / self.sum if self.sum else math.nan
        self.cop_y = sum(c * y for c, y in zip(cells, self.y)) / self.sum if self.sum else math.nan

    def share(self, where):
        return sum(c for c, x, y in zip(self.cells, self.x, self.y) if where(x, y)) / self.sum

    def front_share(self):
        return self.share(lambda x, y: y > ((self.rows - 1) / 2 - 13) * self.pitch)

    def asymmetry(self):
        return self.share(lambda x, y: x > 0) - self.share(lambda x, y: x < 0)


class Checks:
    """Prints each number beside its bounds; the test fails at the end when one is outside."""

    def __init__(self):
        self.failed = 0

    def within(self, what, value, least, most):
        good = least <= value <= most
        self.failed += not good
        print(f'{"ok  " if good else "FAIL"} {what}: {value:.4g} in {least:g} .. {most:g}')

    def true(self, what, value):
        self.failed += not value
        print(f'{"ok  " if value else "FAIL"} {what}')

    def end(self):
        sys.exit(1 if self.failed else 0)
