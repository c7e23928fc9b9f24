# SPDX-License-Identifier: MIT
"""A sitter on one to ten FSRs, each in a voltage divider: what an Arduino prints, line by line, and the truth.

Places are shares of the seat: x from -1 (left) to 1, y from -1 (back) to 1. The reading of a cell is
full * G / (1 + G) with a conductance G proportional to the load, so it saturates."""
import math
import random

LAYOUTS = {
    1: [(0, -0.3)],
    2: [(-0.6, -0.3), (0.6, -0.3)],
    3: [(-0.6, -0.4), (0.6, -0.4), (0, 0.6)],
    4: [(-0.6, -0.6), (0.6, -0.6), (-0.6, 0.6), (0.6, 0.6)],
    5: [(-0.6, -0.6), (0.6, -0.6), (0, 0), (-0.6, 0.6), (0.6, 0.6)],
    6: [(-0.6, -0.6), (0.6, -0.6), (-0.6, 0), (0.6, 0), (-0.6, 0.6), (0.6, 0.6)],
    9: [(x, y) for y in (-0.7, 0, 0.7) for x in (-0.7, 0, 0.7)],
    10: [(x, y) for y in (-0.8, -0.4, 0, 0.4, 0.8) for x in (-0.6, 0.6)],
}
GRIDS = {1: (1, 1), 2: (1, 2), 4: (2, 2), 6: (3, 2), 9: (3, 3), 10: (5, 2)}
POSES = {'upright': (0, 0), 'left': (-0.45, 0), 'right': (0.45, 0), 'forward': (0, 0.5), 'back': (0, -0.5),
         'slouch': (0, -0.15)}


class Stream:
    """Lines of numbers at `rate` Hz, and the truth: a list of (begin, end, pose) of sitting."""

    def __init__(self, n, seed, level=8.0, rate=20, full=1023, residue=0.05, drift=0.02, noise=2.0):
        self.random = random.Random(seed)
        self.n, self.rate, self.full, self.noise, self.residue, self.drift = n, rate, full, noise, residue, drift
        self.places = LAYOUTS[n]
        self.gain = [level * self.random.uniform(0.75, 1.3) for _ in range(n)]
        self.bias = [self.random.uniform(0, 25) for _ in range(n)]
        self.lines, self.truth, self.numbers = [], [], []
        self.left = [0.0] * n  # reading left behind in the cell, share of full scale
        self.weight = 0.0      # of the sitter on the seat, 0..1
        self.place = [0.0, 0.0]
        self.t = 0.0

    def share(self, i):
        x, y = self.places[i]
        return max(1 + 1.4 * (x * self.place[0] + y * self.place[1]) / 0.6, 0.04) if self.n > 1 else 1

    def scan(self):
        line = []
        for i in range(self.n):
            g = self.gain[i] * self.weight * self.share(i)
            y = g / (1 + g)
            self.left[i] = max(self.left[i] * (1 - 0.03 / self.rate), self.residue * y)
            wander = self.drift * math.sin(self.t / 180 + i)
            y = max(y, self.left[i]) + max(wander, 0)
            value = y * self.full + (self.bias[i] + self.random.gauss(0, self.noise)) * (1 - y)
            line.append(int(min(max(value, 0), self.full)))
        self.numbers.append(line)
        self.lines.append(','.join(map(str, line)))
        self.t += 1 / self.rate

    def run(self, seconds, weight, pose='upright', ramp_s=0.5):
        """Goes on for so long, on the way to a weight and a pose at first."""
        from_w, from_x, from_y = self.weight, *self.place
        to_x, to_y = POSES[pose]
        for k in range(round(seconds * self.rate)):
            part = min((k + 1) / self.rate / ramp_s, 1)
            sway = 1 + (0.02 * math.sin(self.t * 1.6) if weight else 0)
            self.weight = (from_w + part * (weight - from_w)) * sway
            self.place = [from_x + part * (to_x - from_x), from_y + part * (to_y - from_y)]
            self.scan()

    def sit(self, seconds, pose='upright', weight=1.0):
        begin = self.t
        poses = []
        self.run(min(seconds, 15), weight, pose)
        while self.t < begin + seconds - 0.01:
            left = begin + seconds - self.t
            kind = self.random.choice(('still', 'shift', 'lean'))
            if kind == 'shift':
                self.run(0.4, 0.6 * weight, pose, 0.3)
                self.run(min(max(left - 0.4, 0.1), self.random.uniform(3, 15)), weight, pose)
            elif kind == 'lean':
                other = self.random.choice([p for p in POSES if p != 'slouch'])
                self.run(min(left, self.random.uniform(6, 15)), weight, other, 1)
                poses.append((self.t, other))
                self.run(min(max(begin + seconds - self.t, 0.1), 5), weight, pose, 1)
            else:
                self.run(min(left, self.random.uniform(5, 20)), weight, pose)
        self.truth.append((begin, self.t))

    def stand(self, seconds):
        self.run(seconds, 0, 'upright', self.random.uniform(0.2, 0.5))

    def text(self):
        return '\n'.join(self.lines) + '\n'


def make_day(n, seed, **options):
    """Empty, then three sits with pauses between them."""
    s = Stream(n, seed, **options)
    s.run(s.random.uniform(8, 30), 0)
    for _ in range(3):
        s.sit(s.random.uniform(20, 90), weight=s.random.uniform(0.7, 1.2))
        s.stand(s.random.uniform(5, 60))
    return s
