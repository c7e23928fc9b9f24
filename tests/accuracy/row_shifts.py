# SPDX-License-Identifier: MIT
"""Shifts of weight counted among fidgets: 9 shifts and 13 fidgets in 15 minutes, as office workers make (Davidson and Callaghan
2025), uncalibrated, on mats of 8 x 8, 16 x 16 and 32 x 32 cells. The constants in core/estimate were chosen on sitters 1 to 4 with
usual imperfections; here are others, and as many with every imperfection doubled."""
import numpy as np

from accuracy import Row, somebody

MINUTES, SHIFTS, FIDGETS = 15, 9, 13
LASTS_S = 3.4     # the longest movement of a sitter; the next one begins later
NEAR_S = 8        # between the label and the shift
CHOSEN_ON = 100   # sitters up to here may have served to choose constants


def scenario(seed, imperfection):
    """Text of a scenario, and when its shifts begin."""
    dice = np.random.default_rng(seed)
    head = somebody(dice, imperfection)
    head[0] += ' fidgets=0 shifts=0'
    kinds = dice.permutation(['shift'] * SHIFTS + ['fidget'] * FIDGETS)
    free = MINUTES * 60 - LASTS_S * len(kinds)
    times = 60 + np.sort(dice.uniform(0, free, len(kinds))) + LASTS_S * np.arange(len(kinds))
    lines = [*head, '0:00:20 sit', *(f'{int(t // 60)}:{t % 60:06.3f} {kind}' for t, kind in zip(times, kinds))]
    return '\n'.join([*lines, f'{MINUTES + 2}:00 end']) + '\n', times[kinds == 'shift']


def match(counted, true):
    """Each shift answers for one that is counted until the movement is over and was seen to be."""
    left = list(counted)
    right = 0
    for t in true:
        found = [c for c in left if t <= c <= t + LASTS_S + 1]
        right += bool(found)
        if found:
            left.remove(found[0])
    return right, len(left)


def labelled(world):
    """Changes of posture on recordings with labels are shifts, too; what else people did there is not known."""
    for recording in world.recordings(lambda r: r.has('label') and not r.ref and np.median(np.diff(r.t)) <= NEAR_S / 10):
        counted = [e['t_s'] for e in world.replay(recording.path, events=True) if e['event'] == 'shifted']
        frames = world.replay(recording.path)
        changes = [recording.t[first] for _, _, first, _ in recording.stretches()[1:]
                   if all(f['occupancy'] == 'person' for f in frames[max(first - 10, 0):first + 10])]
        if len(changes) >= 5:
            found = sum(any(abs(c - t) <= NEAR_S for c in counted) for t in changes)
            yield Row(recording.name, 'no training', 'shifts: changes of posture counted', found / len(changes), '',
                      note=f'{found} of {len(changes)}; {len(counted)} counted in {recording.t[-1] / 60:.0f} min')


def measure(world):
    yield from labelled(world)
    few = max(world.sitters // 8, 1)
    holds = 0.9 if few > 1 else 0.85  # one of nine more or less
    for cells in (8, 16, 32):
        for imperfection in (1, 2):
            right = wrong = 0
            for seed in range(CHOSEN_ON + 1, CHOSEN_ON + 1 + few):
                text, true = scenario(seed, imperfection)
                with world.simulated(text, seed, cols=cells, rows=cells, pitch=400 / cells) as (path, _):
                    counted = [e['t_s'] for e in world.replay(path, events=True) if e['event'] == 'shifted']
                r, w = match(counted, true)
                right, wrong = right + r, wrong + w
            data = f'simulator, {cells} x {cells}, {"usual" if imperfection == 1 else "doubled"} imperfections, {few} sitters'
            split = f'{SHIFTS} shifts and {FIDGETS} fidgets in {MINUTES} min, unseen sitters'
            yield Row(data, split, 'shifts: recall', right / (few * SHIFTS), '', 0.9, holds=holds)
            yield Row(data, split, 'shifts: precision', right / (right + wrong) if right else None, '', 0.9, holds=holds,
                      note=f'{right} of {few * SHIFTS}; {wrong} counted wrongly')
