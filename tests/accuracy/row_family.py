# SPDX-License-Identifier: MIT
"""Strangers: the members of the family of models (sitbone-sim --model), each left out in turn. The standard deviations that the
estimator adds for what it cannot know are chosen on the other members, as tests/accuracy/fit does, and scored on the one left out.

Each sitter has slumps (6 to 19 degrees), arches (4 to 10), leans (4 to 10) and a share of upright (a fifth to three fifths) of
their own, feet flat, forward or one of them higher, and sometimes an armrest; crosses the legs both ways; is calibrated in the
first sit by what that sitter does when asked, and sits twice: "same sit" and "sat down again". Sources of the ranges:
daemon/tools/sitbone-sim/model.c; slumps of 10 to 20 degrees and standing obliquity: daemon/core/estimate/angles.c; the
other ranges [judgement]."""
import os
import re

import numpy as np

from accuracy import ROOT, Row, numbers, somebody

MEMBERS = ('exponential', 'exponential-axis', 'bottoming', 'bottoming-soft', 'hyperbolic-axis', 'gliding', 'sticking')
ACTIONS = {'upright': 'upright', 'slouch': 'slouched', 'arch': 'arched', 'lean left': 'leaning_left',
           'lean right': 'leaning_right', 'lean forward': 'leaning_forward', 'perch': 'perched', 'cross left': 'crossed',
           'cross right': 'crossed'}
SEVEN = [name for name in ACTIONS.values() if name != 'crossed']
POSES = (('upright', 'upright'), ('slouched', 'slouch'), ('arched', 'arch'), ('left', 'lean left'), ('right', 'lean right'))
CHOSEN_ON = 1000     # seeds from here on serve to choose constants, those below to report
SETTLE_S, HOLD_S, POSE_S, SIDE = 4, 13, 25, 16
BANDS = {'tilt': 'UNKNOWN_SD_DEG', 'obliquity': 'UNKNOWN_ROLL_SD_DEG'}


class Script:
    def __init__(self, head):
        self.lines, self.t = head, 0.0

    def after(self, seconds, what):
        self.t += seconds
        self.lines.append(f'{int(self.t // 60)}:{self.t % 60:05.2f} {what}')


def sitter(seed, member):
    """Scenario; spans of the poses; (from, to, name, sit) of what is scored."""
    dice = np.random.default_rng([seed, ('default', *MEMBERS).index(member)])
    who, mat = somebody(dice, 1)
    who += f' fidgets={dice.uniform(5, 20):.0f} shifts={dice.uniform(4, 14):.0f} breaths={dice.uniform(10, 18):.0f} ' \
           f'sway={dice.uniform(0.6, 1.6):.1f}'
    own = {'slouch': dice.uniform(6, 19), 'arch': dice.uniform(4, 10), 'lean left': dice.uniform(4, 10),
           'lean right': dice.uniform(4, 10), 'lean forward': dice.uniform(20, 40)}
    upright = dice.uniform(0.2, 0.6)
    script, poses, scored = Script([who, mat]), [], []

    def enter(action, seconds=0):
        script.after(seconds, action + (f' {own[action] * dice.uniform(0.8, 1.2):.1f}' if action in own else ''))

    def play(sit):
        for action in dice.permutation([*ACTIONS]):
            for each in (action, 'upright') if dice.uniform() < upright else (action,):
                enter(each)
                if dice.uniform() < 0.15:
                    script.after(0, dice.choice(['rest off', *(f'rest {side} {dice.uniform(20, 80):.0f}'
                                                               for side in ('left', 'right', 'both'))]))
                scored.append((script.t + SETTLE_S, script.t + HOLD_S, ACTIONS[each], sit))
                script.t += HOLD_S

    script.after(10, 'sit')
    script.t += 5
    for pose, action in POSES:
        enter(action)
        poses.append((pose, script.t + 2.5, script.t + POSE_S))
        script.t += POSE_S
    enter('upright')
    script.t += 8
    play(0)
    script.after(0, 'rest off')
    script.after(0, 'stand')
    script.after(15, 'sit')
    script.after(0, dice.choice(['feet flat', 'feet flat', f'feet forward {dice.uniform(10, 40):.0f}',
                                 f'feet left {dice.uniform(5, 25):.0f}', f'feet right {dice.uniform(5, 25):.0f}']))
    enter('upright', 5)
    scored.append((script.t + 2, script.t + 25, 'upright', 1))
    script.t += 25
    play(1)
    script.after(0, 'end')
    return '\n'.join(script.lines) + '\n', poses, scored


def columns(frames, truth, scored):
    """What one sitter is scored by."""
    at, name, sit = [], [], []
    for a, b, posture, which in scored:
        chosen = np.flatnonzero((truth['t_s'] >= a) & (truth['t_s'] < b))
        at += [*chosen]
        name += [posture] * len(chosen)
        sit += [which] * len(chosen)
    frames = [frames[i] for i in at]
    ret = {'name': np.array(name), 'sit': np.array(sit), 'said': np.array([f['posture'] for f in frames]),
           'asymmetry': numbers(frames, 'asymmetry'), 'tilt': numbers(frames, 'pelvic_tilt_deg'), 'at': np.array(at)}
    for key in BANDS:
        ret[f'{key} error'] = numbers(frames, f'pelvic_{key}_deg') - truth[f'{key}_deg'][at]
        ret[f'{key} sd'] = numbers(frames, f'pelvic_{key}_sd_deg')
    return ret


def collect(world, member, seeds, also=lambda path, found: None):
    """Per sitter: {calibrated: columns}; a sitter whose poses are refused has no calibrated ones."""
    ret = []
    for seed in seeds:
        scenario, poses, scored = sitter(seed, member)
        options = [o for name, a, b in poses for o in ('--calibrate', f'{name}={a:g}-{b:g}')]
        with world.simulated(scenario, seed, '--model', member, rows=SIDE, cols=SIDE, pitch=400 / SIDE, rate=5) as (path, truth):
            found = {False: columns(world.replay(path), truth, scored)}
            also(path, found[False])
            try:
                found[True] = columns(world.replay(path, *options), truth, scored)
            except RuntimeError as refused:
                if '--calibrate' not in str(refused):
                    raise
        ret.append(found)
    return ret


def constant(name):
    """A constant of the estimator, as it is in the tree."""
    with open(os.path.join(ROOT, 'daemon/core/estimate/angles.c'), encoding='utf-8') as file:
        return float(re.search(rf'\b{name} = ([0-9.]+)F', file.read()).group(1))


def coverage(sitters, key, calibrated, unknown, sit=None):
    """Share of each sitter's frames inside the 95 % band, with another standard deviation for the unknown."""
    ret = []
    now = constant(BANDS[key])
    for found in sitters:
        if calibrated not in found:
            continue
        all_ = found[calibrated]
        chosen = ~np.isin(all_['name'], ['perched', 'leaning_forward']) & np.isfinite(all_[f'{key} error'])
        if sit is not None:
            chosen &= all_['sit'] == sit
        sd = np.sqrt(np.maximum(all_[f'{key} sd'][chosen] ** 2 - now ** 2, 0) + unknown ** 2)
        ret.append(float(np.mean(np.abs(all_[f'{key} error'][chosen]) <= 1.96 * sd)))
    return ret


def choose_unknown(sitters, key):
    """The least standard deviation with which the bands hold 95 % on average and 90 % for nine sitters of ten."""
    for unknown in np.arange(0.2, 8, 0.1):
        held = [c for calibrated in (False, True) for sit in (0, 1) for c in coverage(sitters, key, calibrated, unknown, sit)]
        if np.mean(held) >= 0.95 and np.percentile(held, 10) >= 0.9:
            break
    return round(float(unknown), 1)


def recall(sitters, calibrated, sit):
    said, name = (np.concatenate([f[calibrated][key][f[calibrated]['sit'] == sit] for f in sitters if calibrated in f])
                  for key in ('said', 'name'))
    return {n: 100 * float(np.mean(said[name == n] == n)) for n in SEVEN}, \
        100 * float(np.mean(np.isin(said[name == 'crossed'], ['slouched', 'arched'])))


def table(of, calibrated, sit):
    """Rows over all members, each scored with what the others chose."""
    few = sum(calibrated in f for sitters in of.values() for f in sitters)
    data = f'family of {len(of)} models, each left out in turn, {few} sitters'
    split = ('calibrated' if calibrated else 'uncalibrated') + (', sat down again' if sit else ', same sit')
    everybody = [f for sitters in of.values() for f in sitters]
    for key in BANDS:
        error = np.concatenate([f[calibrated][f'{key} error'][(f[calibrated]['sit'] == sit) & ~np.isin(
            f[calibrated]['name'], ['perched', 'leaning_forward'])] for f in everybody if calibrated in f])
        error = error[np.isfinite(error)]
        yield Row(data, split, f'{key} RMSE', float(np.sqrt(np.mean(error ** 2))), 'deg', 4.2 if key == 'tilt' else 1.5,
                  at_most=True)
        held, chosen = [], []
        for member, sitters in of.items():
            chosen.append(choose_unknown([f for other, some in of.items() if other != member for f in some], key))
            held += coverage(sitters, key, calibrated, chosen[-1], sit)
        yield Row(data, split, f'{key} inside the stated 95 % band', 100 * float(np.mean(held)), '%', 93, holds=85,
                  note=f'goal 93 to 97; nine sitters of ten: {100 * np.percentile(held, 10):.0f} %; unknown '
                  f'{min(chosen):.1f} to {max(chosen):.1f} deg')
    names, slouched = recall(everybody, calibrated, sit)
    yield Row(data, split, 'posture, seven names, macro recall', float(np.mean([*names.values()])), '%', 78 if sit else 80, holds=65,
              note=', '.join(f'{n} {r:.0f}' for n, r in names.items()))
    yield Row(data, split, 'crossed legs called slouched or arched', slouched, '%', 20, at_most=True)


def measure(world):
    few = max(world.sitters // 6, 1)
    of = {member: collect(world, member, range(1, few + 1)) for member in MEMBERS}
    for calibrated in (True, False):
        for sit in (0, 1):
            if any(calibrated in f for sitters in of.values() for f in sitters):
                yield from table(of, calibrated, sit)
