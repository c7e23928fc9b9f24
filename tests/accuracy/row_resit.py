# SPDX-License-Identifier: MIT
"""Postures taught for ten seconds in one sit, recognised in later sits of the same person, who comes down elsewhere each
time (12 mm SD and a little turned, as sitbone-sim does by default). Simulated sitters, each another body on another mat.
"Untaught": the same sits, with upright and slouched not taught; these two are to be none of the others."""
import numpy as np

from accuracy import Row, share, somebody

POSTURES = {'upright': 'upright', 'slouch': 'slouch 12', 'cross-left': 'cross left', 'cross-right': 'cross right',
            'lean-left': 'lean left 12', 'lean-right': 'lean right 12', 'forward': 'lean forward', 'perch': 'perch'}
UNTAUGHT = ('upright', 'slouch')
HOLD_S, SETTLE_S, LESSON_S, SITS = 17, 5, 10, 2


def sitter(seed, imperfection):
    """Scenario; lessons and tests as (name, from, to)."""
    dice = np.random.default_rng(seed)
    lines = somebody(dice, imperfection)
    t, lessons, tests = 0, [], []
    for sit in range(1 + SITS):
        lines.append('+0:10 sit')
        t, wait = t + 10, 5
        for name in POSTURES if sit == 0 else dice.permutation([*POSTURES]):
            lines.append(f'+0:{wait:02d} {POSTURES[name]}')
            t += wait
            wait = HOLD_S
            if sit == 0:
                lessons.append((name, t + SETTLE_S, t + SETTLE_S + LESSON_S))
            else:
                tests.append((name, t + SETTLE_S, t + HOLD_S))
        lines.append(f'+0:{HOLD_S} stand')
        t += HOLD_S
    lines.append('+0:05 end')
    return '\n'.join(lines) + '\n', lessons, tests


def score(frames, tests, taught, into):
    for name, a, b in tests:
        said = [f['taught'] for f in frames if a <= f['t_s'] < b]
        if name in taught:
            into['right'] += [s == name for s in said]
            into['wrong'] += [s not in (name, None) for s in said]
        else:
            into['invented'] += [s is not None for s in said]


def collect(world, side, imperfection, sitters):
    found = {'right': [], 'wrong': [], 'invented': []}
    for seed in range(1, sitters + 1):
        scenario, lessons, tests = sitter(seed, imperfection)
        with world.simulated(scenario, seed, rows=side, cols=side, pitch=400 / side, rate=3) as (path, _):
            for left_out in ((), UNTAUGHT):
                lessons = [lesson for lesson in lessons if lesson[0] not in left_out]
                options = [o for name, a, b in lessons for o in ('--teach', f'{name}={a:g}-{b:g}')]
                asked = [test for test in tests if not left_out or test[0] in left_out]
                score(world.replay(path, *options), asked, {lesson[0] for lesson in lessons}, found)
    return found


def measure(world):
    sitters = max(1, world.sitters // 3)
    split = f'ten seconds each in one sit, tested in {SITS} others'
    for side, imperfection in ((16, 1), (32, 1), (32, 2)):
        found = collect(world, side, imperfection, sitters)
        data = f'simulator, {side} x {side}, {"usual" if imperfection == 1 else "doubled"} imperfections, {sitters} sitters'
        yield Row(data, split, 'right, of eight taught postures', share(found['right']), '%', 90, holds=80)
        yield Row(data, split, 'taken for another taught posture', share(found['wrong']), '%', 3, at_most=True, holds=10)
        yield Row(data, split, 'untaught upright and slouch taken for another posture', share(found['invented']), '%')
