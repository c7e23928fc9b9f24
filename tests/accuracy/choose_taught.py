#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Chooses the constants of the taught postures (daemon/core/estimate/taught.c) on recordings, leave one recording out.

    tests/accuracy/choose_taught.py [BUILD] [--data DIR]

The same distances as in taught.c, without its dwell, for each combination of the weight and the variance of the shape and of
the limits. For each recording left out it prints the best combination of the others, and what that is worth on the one left out:
percent right, percent of taught frames called none of these, and percent of a posture called so when nobody taught it. Then
the best of all together, and the one in taught.c. Recordings and splits are those of row_taught.py."""
import argparse
import io
import itertools
import os
import subprocess
import sys

import numpy as np

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
import accuracy  # noqa: E402
import row_taught  # noqa: E402

NU, POOLED, EVEN, AGAIN, SHORT, SHORT_S, LIMIT_SHORT, LIMIT_SHORT_S, LIMIT_MOST = 4, 0.3, 0.1, 0.01, 0.03, 30, 3, 10, 5
GRID = list(itertools.product((0, 0.3, 0.4, 0.5), (0.02, 0.03), (0.4, 0.5, 0.6), (0.4, 0.5, 0.6)))
IN_FORCE = (0.4, 0.03, 0.5, 0.5)  # SHAPE_WEIGHT, SHAPE_VARIANCE, LIMIT, LIMIT_APART
HEADROOM = 1.5  # percent by which the goals are to be passed


class Recording:
    def __init__(self, build, recording):
        said = subprocess.run([f'{build}/tests/accuracy/accuracy_fingerprints', recording.path], stdout=subprocess.PIPE, check=True)
        table = np.loadtxt(io.BytesIO(said.stdout), delimiter=',')
        self.name, self.t, load = recording.name, table[:, 0], table[:, 1:]
        teach, test, _ = row_taught.split(recording)
        self.teach = [(label, self.within(a, b)) for label, a, b in row_taught.spans(recording, teach)]
        self.test = [(label, self.within(a, b)) for label, a, b in row_taught.spans(recording, test)]
        mean = load[self.teach[0][1]][0].mean()
        self.views = [np.log(load + (0.25 * mean if mean >= 0.01 else 0.05)),
                      (load - load.mean(1, keepdims=True)) / np.maximum(load.std(1, keepdims=True), 1e-6)]

    def within(self, a, b):
        return (self.t >= a - 1e-6) & (self.t < b - 1e-6)


def lessons(r, labels):
    """Seconds of each posture; mean and variance of each number in both views, all lessons merged."""
    frames = [[mask for label, mask in r.teach if label == name] for name in labels]
    seconds = np.array([sum(np.ptp(r.t[mask]) for mask in masks) for masks in frames])
    views = []
    for x in r.views:
        weight = [np.array([np.ptp(r.t[m]) for m in masks]) / sum(np.ptp(r.t[m]) for m in masks) for masks in frames]
        means = [np.array([x[m].mean(0) for m in masks]) for masks in frames]
        mean = np.array([w @ m for w, m in zip(weight, means)])
        within = [w @ np.array([x[m].var(0) for m in masks]) for w, masks in zip(weight, frames)]
        views.append((mean, np.array([v + w @ (m - c) ** 2 for v, w, m, c in zip(within, weight, means, mean)])))
    return seconds, views


def widened(variance, floor):
    pooled = variance.mean(0)
    return (1 - POOLED) * variance + POOLED * pooled + EVEN * pooled.mean() + floor


def misfit(x, mean, variance):
    return np.mean((NU + 1) * np.log1p((x[:, None] - mean) ** 2 / (NU * variance)), 2)


def decide(r, labels, asked, constants):
    """Of the frames asked for: index of the posture that fits best, and whether it is none of them."""
    weight, shape_variance, limit, apart = constants
    seconds, ((load, load_v), (shape, shape_v)) = lessons(r, labels)
    load_v = widened(load_v, (AGAIN + SHORT / (1 + seconds / SHORT_S))[:, None])
    shape_v = widened(shape_v, shape_variance)

    def both(x, z):
        return misfit(x, load, load_v) + weight * misfit(z, shape, shape_v)

    between = both(load, shape) + np.diag(np.full(len(labels), np.inf))
    limits = np.minimum(LIMIT_MOST, limit + apart * between.min(1).mean() + LIMIT_SHORT / (1 + seconds / LIMIT_SHORT_S))
    found = both(r.views[0][asked], r.views[1][asked])
    best = (found + np.log(load_v).mean(1) + weight * np.log(shape_v).mean(1)).argmin(1)
    return best, found[np.arange(len(best)), best] >= limits[best]


def score(r, constants):
    labels = sorted({label for label, _ in r.teach})
    right, none, noticed = [], [], []
    for label in sorted({label for label, _ in r.test}):
        asked = np.any([mask for name, mask in r.test if name == label], axis=0)
        best, refused = decide(r, labels, asked, constants)
        right += list((np.array(labels)[best] == label) & ~refused)
        none += list(refused)
        noticed.append(decide(r, [x for x in labels if x != label], asked, constants)[1].mean())
    return 100 * np.mean(right), 100 * np.mean(none), 100 * np.mean(noticed)


def loss(name, value):
    right, none, noticed = value
    least = row_taught.NONE_CHAIR if name.startswith('chair') else row_taught.NONE_CUSHION
    return max(0, 97 + HEADROOM - right) + max(0, none - 3 + HEADROOM) + 0.2 * max(0, least + 10 - noticed)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('build', nargs='?', default='build/default')
    parser.add_argument('--data', default=os.environ.get('SITBONE_DATA'))
    options = parser.parse_args()
    world = accuracy.World(options.build, options.data, 0, excerpts=accuracy.RECORDINGS)
    chosen = world.recordings(lambda r: r.has('label') and not r.has('ref_pitch_deg') and not r.name.endswith('-free')
                              and len({s[0] for s in r.stretches()}) >= row_taught.POSES_MIN and row_taught.split(r))
    recordings = [Recording(options.build, r) for r in chosen]
    world.close()
    values = {c: [score(r, c) for r in recordings] for c in GRID}

    def cost(constants, without=None):
        return sum(loss(r.name, v) for r, v in zip(recordings, values[constants]) if r is not without)

    print('shape weight, shape variance, limit, limit by distance: right, none of these, untaught called none of these (%)')
    for i, r in enumerate(recordings):
        best = min(GRID, key=lambda c, r=r: cost(c, r))
        print(f'{r.name:18} left out: {best}: ' + ', '.join(f'{x:.1f}' for x in values[best][i]))
    for words, c in ('best of all', min(GRID, key=cost)), ('in taught.c', IN_FORCE):
        print(f'{words}: {c}, loss {cost(c):.1f}')
        for r, v in zip(recordings, values[c]):
            print(f'  {r.name:18}' + ', '.join(f'{x:.1f}' for x in v))


main()
