# SPDX-License-Identifier: MIT
"""Postures taught from one part of a recording, recognised in another: by halves of each pose, by repetition, or by the
subject column (train, valid). One method, default settings."""
import os
import re

import numpy as np

from accuracy import Row, share

BEST = {  # best of three nearest-neighbour variants (raw, frame-normalised, z-scored), each file its own best one
    'chair12-p1': 92.9, 'chair12-p2': 98.2, 'cushion9x9-p1': 100.0, 'cushion-fsr9-r1': 100.0}
GOAL = {'chair12-p2': 98.2, 'chair12': 97, 'cushion9x9': 99, 'cushion': 99}  # of a recording or of its kind
NONE_CHAIR, NONE_CUSHION = 60, 40  # percent
POSES_MIN = 4  # with fewer, labels say who sits or leans where: other rows
NOT_A_POSE = ('pose0', '')  # chair12: nobody sits, between the poses


def spans(recording, stretches):
    """(label, from, to): half-open intervals of time."""
    t = recording.t
    return [(label, t[a], t[b - 1] + 1e-3) for label, _, a, b in stretches]


def split(recording):
    """Stretches that teach, stretches that test, in words; None when the columns say of none."""
    all_ = [s for s in recording.stretches() if s[0] not in NOT_A_POSE]
    subjects = sorted({s[1] for s in all_})
    if len({s[0] for s in all_}) < 2:
        return None
    if {'train', 'valid'} <= set(subjects):
        return [s for s in all_ if s[1] == 'train'], [s for s in all_ if s[1] == 'valid'], 'train teaches, valid tests'
    if len(subjects) > 1 and all(s.startswith('rep') for s in subjects):
        last = subjects[-1]
        return ([s for s in all_ if s[1] != last], [s for s in all_ if s[1] == last],
                f'{", ".join(subjects[:-1])} teach, {last} tests')
    if len(subjects) > 1 and all({s[0] for s in all_ if s[1] == x} == {s[0] for s in all_} for x in subjects):
        return [s for s in all_ if s[1] != subjects[-1]], [s for s in all_ if s[1] == subjects[-1]], f'{subjects[-1]} tests, the others teach'
    if subjects == [''] and len({s[0] for s in all_}) >= POSES_MIN:
        halves = [(s[2] + s[3]) // 2 for s in all_]
        return ([[s[0], s[1], s[2], h] for s, h in zip(all_, halves)], [[s[0], s[1], h, s[3]] for s, h in zip(all_, halves)],
                'first half of each pose teaches, second half tests')
    return None


LESSON_S = 10


def lessons(recording, n):
    """n lessons of ten seconds of each pose, each at the beginning of an n-th of its time; all else tests."""
    poses = {}
    for s in spans(recording, [s for s in recording.stretches() if s[0] not in NOT_A_POSE]):
        poses.setdefault(s[0], []).append(s)
    teach, test = [], []
    for label, held in poses.items():
        starts = [sum(b - a for _, a, b in held) * i / n for i in range(n)]
        for _, a, b in held:
            length, tested = b - a, a
            for at in [max(tested, min(a + x, b - LESSON_S)) for x in starts if x < length]:
                teach.append((label, at, at + LESSON_S))
                test.append((label, tested, at))
                tested = at + LESSON_S
            test.append((label, tested, b))
            starts = [x - length for x in starts if x >= length]
    return teach, test


def score(world, path, teach, test):
    """Percent right and percent "none of these". An empty seat is right when it is called vacant, too."""
    labels = sorted({s[0] for s in teach})
    names = {x: x if re.fullmatch(r'[A-Za-z0-9_-]{1,31}', x) else f'posture-{i}' for i, x in enumerate(labels)}
    options = [o for label, a, b in teach for o in ('--teach', f'{names[label]}={a:.4f}-{b:.4f}')]
    right, none = [], []
    for frame in world.replay(path, *options):
        for label, a, b in test:
            if a - 1e-6 <= frame['t_s'] < b - 1e-6:
                vacant = label == 'empty' and frame['occupancy'] == 'vacant'
                right.append(frame['taught'] == names.get(label, label) or vacant)
                none.append(frame['taught'] is None and not vacant)
    return share(right), share(none)


def left_out(world, path, teach, test):
    """Percent called "none of these" of each posture in turn that the lessons leave out, the mean over postures."""
    found = []
    for label in sorted({s[0] for s in teach}):
        asked = [s for s in test if s[0] == label]
        if asked:
            found.append(score(world, path, [s for s in teach if s[0] != label], asked)[1])
    return float(np.mean(found)) if found else None


def joined(world, first, second):
    """Both recordings in one file, the second behind the first; returns its path and the seconds between."""
    path = os.path.join(world.folder, 'joined.csv')
    after = first.t[-1] + 1
    with open(path, 'w', encoding='utf-8') as file:
        file.writelines(f'# {k}={v}\n' for k, v in first.head.items())
        file.writelines(first.lines)
        for line in second.lines[1:]:
            t, rest = line.split(',', 1)
            file.write(f'{float(t) - second.from_s + first.from_s + after:.3f},{rest}')
    return path, after


def free_sitting(world, teacher, free):
    path, after = joined(world, teacher, free)
    known = [s for s in teacher.stretches() if s[0] not in NOT_A_POSE]
    test = [(label, a + after, b + after) for label, a, b in spans(free, free.stretches())]
    right, none = score(world, path, spans(teacher, known), test)
    said = f'{none:.1f} % called none of these'
    yield Row(free.name, f'{teacher.name} teaches', 'right, free sitting', right, '%', note=said, best='29 % other people')


def measure(world):
    files = world.recordings(lambda r: r.has('label') and not r.has('ref_pitch_deg') and (r.name.endswith('-free') or split(r)))
    if not world.data:
        yield Row('chair12, cushion-fsr9', '', 'taught postures', note=world.missing())
    for recording in files:
        if recording.name.endswith('-free'):
            teacher = [r for r in files if r.name == recording.name[:-5]]
            if teacher:
                yield from free_sitting(world, teacher[0], recording)
            continue
        teach, test, words = split(recording)
        right, none = score(world, recording.path, spans(recording, teach), spans(recording, test))
        best = BEST.get(recording.name)
        goal = GOAL.get(recording.name) or GOAL.get(recording.prefix) or best
        yield Row(recording.name, words, 'right, of taught postures', right, '%', goal, holds=goal and goal - 0.5,
                  best=f'{best} % (best of three nearest neighbours)' if best else '')
        yield Row(recording.name, words, '"none of these"', none, '%', 3, at_most=True, holds=3)
        for n, number in ((1, 'one lesson'), (3, 'three lessons')):
            right, none = score(world, recording.path, *lessons(recording, n))
            yield Row(recording.name, f'{number} of ten seconds, all else tests', 'right, of taught postures', right, '%',
                      note=f'{none:.1f} % called none of these')
        yield Row(recording.name, words, 'each posture in turn not taught: "none of these"', left_out(world, recording.path, spans(
            recording, teach), spans(recording, test)), '%', NONE_CHAIR if recording.prefix.startswith('chair') else NONE_CUSHION)
