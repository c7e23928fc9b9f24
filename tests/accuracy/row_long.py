# SPDX-License-Identifier: MIT
"""A sit as long as people sit: most of an hour with a change of posture every few minutes, and the usual slides. What is learnt
in its first seconds has to last; nobody calibrates."""
import numpy as np

from accuracy import Row, rmse, share, somebody, numbers

VERBS = 'upright', 'upright', 'slouch 12', 'slouch 8', 'arch 8', 'lean left 8', 'lean right 8'
CHANGES = 15
SPANS = (60, 900), (900, 1800), (1800, 3600)
HOLDS = {'tilt': 3.5, 'obliquity': 2.2, 'posture': 80}  # slides that add up without end make it worse


def scenario(seed, imperfection):
    dice = np.random.default_rng(seed)
    lines = [*somebody(dice, imperfection), '0:00:20 sit']
    for _ in range(CHANGES):
        lines.append(f'+{dice.integers(2, 5)}:00 {dice.choice(VERBS)}')
    return '\n'.join(lines) + '\n+3:00 end\n'


def measure(world):
    few = max(world.sitters // 2, 1)
    found = {span: {'tilt': [], 'obliquity': [], 'named': []} for span in SPANS}
    for seed in range(1, few + 1):
        with world.simulated(scenario(seed, 1), seed, rows=16, cols=16, pitch=25, rate=5) as (path, truth):
            frames, t = world.replay(path), truth['t_s']
        for a, b in SPANS:
            chosen = np.flatnonzero((t >= a) & (t < b) & (truth['occupancy'] == 'person'))
            some = [frames[i] for i in chosen]
            for key in ('tilt', 'obliquity'):
                found[a, b][key].append((numbers(some, f'pelvic_{key}_deg') - truth[f'{key}_deg'][chosen],
                                         numbers(some, f'pelvic_{key}_sd_deg')))
            found[a, b]['named'].append(np.array([f['posture'] for f in some]) == truth['posture'][chosen])
    data, split = f'simulator, usual imperfections, {few} sitters', 'uncalibrated, a sit of 50 minutes'
    for (a, b), of in found.items():
        when = f'minute {a // 60} to {b // 60}'
        for key in ('tilt', 'obliquity'):
            error, sd = (np.concatenate(x) for x in zip(*of[key]))
            known = np.isfinite(error)
            inside = share(np.abs(error[known]) <= 1.96 * sd[known])
            yield Row(data, split, f'{key} RMSE, {when}', rmse(error), 'deg', at_most=True, holds=HOLDS[key],
                      note=f'{inside:.0f} % inside the stated 95 % band')
        yield Row(data, split, f'posture, {when}', share(np.concatenate(of['named'])), '%',
                  holds=HOLDS['posture'])
