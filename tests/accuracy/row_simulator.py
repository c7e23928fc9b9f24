# SPDX-License-Identifier: MIT
"""Simulated sitters, each another body on another mat: what is estimated against what is true. The simulator's physics
stands in its own files with its own sources; every imperfection of the mat as usual, and doubled.

Each sitter sits twice. In the first sit the poses of the calibration are held for 30 s each, of which the program takes ten quiet ones; the second is scored: upright
first, then postures of random size in random order, four seconds after each change left out. Uncalibrated: the same
sits, nothing said to the program. Where the program refuses the poses, as it would tell the sitter, the sitter is not
scored as calibrated; how many, is said."""
import collections

import numpy as np

from accuracy import Row, numbers, rmse, share, somebody

POSES = ('upright', 'slouched', 'arched', 'left', 'right')
DO = {'upright': 'upright', 'slouched': 'slouch 12', 'arched': 'arch 10', 'left': 'lean left 8', 'right': 'lean right 8'}
NAMES = {'upright': 'upright', 'slouch': 'slouched', 'arch': 'arched', 'lean left': 'leaning_left',
         'lean right': 'leaning_right'}
SIZES = {'upright': None, 'slouch': (9, 16), 'arch': (8, 12), 'lean left': (10, 18), 'lean right': (10, 18)}
SINCE = (0, 25), (25, 60), (60, 120), (120, 165)
SETTLE_S, HOLD_S, POSE_S, FIRST_S = 4, 14, 30, 25


def sitter(seed, imperfection, shifts=None):
    """Scenario; spans of the poses; (from, to, name) of what is scored. shifts: in 15 minutes, otherwise as usual."""
    dice = np.random.default_rng(seed)
    who, mat = somebody(dice, imperfection)
    lines = [who + (f' shifts={shifts:g}' if shifts is not None else ''), mat, '0:10 sit']
    t, poses, scored = 10.0, [], []
    wait = 5
    for pose in POSES:
        lines.append(f'+0:{wait:02d} {DO[pose]}')
        t += wait
        poses.append((pose, t + 2.5, t + POSE_S))
        wait = POSE_S
    lines += [f'+0:{POSE_S} stand', '+0:15 sit', '+0:05 upright']
    t += POSE_S + 20
    scored.append((t, t + FIRST_S, 'upright'))
    t, wait = t + FIRST_S, FIRST_S
    for verb in dice.permutation([*SIZES] * 2):
        size = SIZES[verb]
        lines.append(f'+0:{wait} {verb}' + (f' {dice.uniform(*size):.1f}' if size else ''))
        scored.append((t + SETTLE_S, t + HOLD_S, NAMES[verb]))
        t, wait = t + HOLD_S, HOLD_S
    lines.append(f'+0:{wait} end')
    return '\n'.join(lines) + '\n', poses, scored


def score(frames, truth, scored, into):
    t = truth['t_s']
    name = np.full(len(t), '', dtype=object)
    for a, b, posture in scored:
        name[(t >= a) & (t < b)] = posture
    chosen = np.flatnonzero(name != '')
    frames, name = [frames[i] for i in chosen], name[chosen]
    for key in ('tilt', 'obliquity'):
        into[f'{key} error'].append(numbers(frames, f'pelvic_{key}_deg') - truth[f'{key}_deg'][chosen])
        into[f'{key} sd'].append(numbers(frames, f'pelvic_{key}_sd_deg'))
    into['right'].append(np.array([f['posture'] == n for f, n in zip(frames, name)]))
    into['name'].append(name)
    into['since'].append(t[chosen] - scored[0][0])
    for side in ('left', 'right'):
        mm = np.array([(f['sit_bones'] or {}).get(f'{side}_mm') or (np.nan, np.nan) for f in frames], dtype=float)
        into['bones'].append(np.hypot(mm[:, 0] - truth[f'{side}_x_mm'][chosen], mm[:, 1] - truth[f'{side}_y_mm'][chosen]))


def collect(world, imperfection, ways, sitters, pitch=25, shifts=None):
    """For each way (calibrated or not) the columns of all sitters."""
    found = {way: collections.defaultdict(list) for way in ways}
    n = round(400 / pitch)
    for seed in range(1, sitters + 1):
        scenario, poses, scored = sitter(seed, imperfection, shifts)
        options = [o for name, a, b in poses for o in ('--calibrate', f'{name}={a:g}-{b:g}')]
        with world.simulated(scenario, seed, rows=n, cols=n, pitch=pitch, rate=5) as (path, truth):
            for way in ways:
                try:
                    frames = world.replay(path, *(options if way else []))
                except RuntimeError as refused:
                    if not way or '--calibrate' not in str(refused):
                        raise
                    found[way]['refused'].append(np.array([seed]))
                    continue
                score(frames, truth, scored, found[way])
    return {way: {key: np.concatenate(parts) for key, parts in columns.items()} for way, columns in found.items()}


def bones(data, split, all_):
    known = np.isfinite(all_['bones'])
    return Row(data, split, 'sit-bone error, mean', float(np.mean(all_['bones'][known])) if known.any() else None, 'mm', 8,
               at_most=True, note=f'found {share(known):.0f} % of the time', best='15 mm')


def table(world, imperfection, calibrated, all_):
    data = f'simulator, {"usual" if imperfection == 1 else "doubled"} imperfections, {world.sitters} sitters'
    split = 'calibrated in another sit' if calibrated else 'uncalibrated, unseen sitters'
    if len(all_.get('refused', [])):
        split += f', {len(all_["refused"])} refused'
    for key, goal in (('tilt', 3), ('obliquity', 1.5)):
        error, sd = all_[f'{key} error'], all_[f'{key} sd']
        yield Row(data, split, f'{key} RMSE', rmse(error), 'deg', goal if calibrated else None, at_most=True,
                  note=f'known {share(np.isfinite(error)):.0f} % of the time', best='none published' if key == 'tilt' else '')
        inside = np.abs(error[np.isfinite(error)]) <= 1.96 * sd[np.isfinite(error)]
        yield Row(data, split, f'{key} inside the stated 95 % band', share(inside), '%', note='goal 93 to 97')
        if key == 'tilt':
            by_time = (f'{rmse(error[(all_["since"] >= a) & (all_["since"] < b)]):.1f}' for a, b in SINCE)
            yield Row(data, split, 'tilt RMSE by time since upright was learnt', note='; '.join(
                f'{a} to {b} s: {e}' for (a, b), e in zip(SINCE, by_time)))
    yield bones(data, split, all_)
    sagittal = np.isin(all_['name'], ['upright', 'slouched', 'arched'])
    yield Row(data, split, 'posture, five classes', share(all_['right']), '%', 97 if calibrated else None,
              best='90.9 % (7 positions, 41 unseen people)')
    yield Row(data, split, 'posture, sagittal classes', share(all_['right'][sagittal]), '%', None if calibrated else 90,
              best='85.4 % (22 people, 32 x 32)')


def measure(world):
    ways = [False, True] if world.replay_takes('--calibrate') else [False]
    for imperfection in (1, 2):
        found = collect(world, imperfection, ways, world.sitters)
        for calibrated in ways:
            yield from table(world, imperfection, calibrated, found[calibrated])
    few = max(world.sitters // 5, 1)
    for pitch in (400 / 24, 12.5):
        found = collect(world, 1, [False], few, pitch)[False]
        yield bones(f'simulator, usual imperfections, {few} sitters', f'cells of {pitch:.1f} mm instead of 25', found)
    if True not in ways:
        yield Row('simulator', 'calibrated', 'angles', note='replay takes no --calibrate')
