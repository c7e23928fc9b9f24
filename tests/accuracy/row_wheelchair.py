# SPDX-License-Identifier: MIT
"""Neck tilt and roll of wheelchair users who steer by leaning, from twelve cells: weights from the person's other
recording, zero (the mean) per recording. sitbone has nothing to fit to a reference sensor; the weights are made here, by
ridge regression on what `sitbonectl replay` prints of the load, and on each cell's share of it where that does better on
parts of the teaching recording that did not teach. So these rows say how much the mat shows, not how well
sitbone's own tilt and obliquity do. Of the tested recording nothing of the reference is used but its zero. The reference is a neck sensor, not the pelvis; rows in which it hangs beyond 90 degrees are left out."""
import re

import numpy as np

from accuracy import Row, numbers, share

RIDGE, SLOW_S = 0.1, 1
FEW_CELLS, LIGHT = 32, 0.5  # shares of more cells than that are too many weights; of a cell that hardly changes: percent points


def slow(x, t):
    """First-order low pass."""
    ret, state = np.empty_like(x), x[0]
    for i, row in enumerate(x):
        dt = t[i] - t[i - 1] if i else 0
        state = state + dt / (SLOW_S + dt) * (row - state)
        ret[i] = state
    return ret


def features(frames, t):
    """What replay prints: place of the load, its logarithm, asymmetry, area; as they are, and slowed down."""
    x, y, load, asymmetry, area = (numbers(frames, k) for k in ('cop_x_mm', 'cop_y_mm', 'load', 'asymmetry', 'contact_area_cm2'))
    f = np.nan_to_num(np.stack([x, y, 100 * np.log(np.maximum(load, 1)), x * x / 50, x * y / 50, area, 100 * asymmetry], axis=1))
    return np.concatenate([f, slow(f, t)], axis=1)


def shares(recording, rows):
    """Each cell's share of the load, percent; as it is, and slowed down. None: too many cells."""
    columns = [i for i, name in enumerate(recording.columns) if re.fullmatch(r'c\d+', name)]
    if len(columns) > FEW_CELLS:
        return None
    raw = np.array([[float(line.split(',')[i] or 0) for i in columns] for line in recording.lines[1:rows + 1]])
    x = 100 * raw / np.maximum(raw.sum(axis=1, keepdims=True), 1)
    return np.concatenate([x, slow(x, recording.t[:rows])], axis=1)


def ridge(x, y):
    scale = np.hypot(x.std(axis=0), LIGHT)
    a = x / scale
    return np.linalg.solve(a.T @ a / len(a) + RIDGE * np.eye(a.shape[1]), a.T @ y / len(a)) / scale


def spread(x, y, parts=3):
    """Of the error on thirds that did not teach, each with a zero of its own: another recording is further away than the next minute."""
    error = []
    for part in np.array_split(np.arange(len(y)), parts):
        rest = np.setdiff1d(np.arange(len(y)), part)
        e = y[part] - x[part] @ ridge(x[rest], y[rest])
        error.append(e - e.mean())
    return float(np.concatenate(error).std())


def prepared(world, recording, what):
    frames = world.replay(recording.path)[:len(recording.t)]
    pitch, ref = recording.ref['ref_pitch_deg'], recording.ref[f'ref_{what}_deg']
    good = np.isfinite(ref) & (np.abs(pitch) < 90)
    cop = numbers(frames, 'cop_x_mm' if what == 'roll' else 'cop_y_mm')[:, None]
    good &= np.isfinite(cop[:, 0])
    seen, cells = features(frames, recording.t), shares(recording, len(frames))
    ways = (cop, seen, seen if cells is None else np.concatenate([seen, cells], axis=1))
    return [x[good] - x[good].mean(axis=0) for x in ways] + [ref[good] - ref[good].mean()]


def person(recording):
    return re.sub(r'-s\d+$', '', recording.name)


def measure(world):
    files = world.recordings(lambda r: r.has('ref_pitch_deg', 'ref_roll_deg'))
    pairs = [(a, b) for a in files for b in files if a is not b and person(a) == person(b)]
    if not pairs:
        yield Row('wheelchair12', '', 'neck roll and pitch', note=world.missing('no two recordings of one person (NAME-s1, NAME-s2)'))
        return
    split = "the person's other recording teaches, zero per recording"
    for what, goal, holds, best in (('roll', 6, 5.6, 7.1), ('pitch', 8.5, 8.8, 9.6)):
        data = {r.name: prepared(world, r, what) for pair in pairs for r in pair}
        plain, rich, inside = [], [], []
        for teacher, test in pairs:
            (cop, *taught, ref), (cop1, *seen, ref1) = data[teacher.name], data[test.name]
            plain.append(ref1 - cop1 @ ridge(cop, ref) * (1 + RIDGE))
            sds = [spread(x, ref) for x in taught]  # with the cells' shares or without: the teaching recording decides
            best_way = int(np.argmin(sds))
            rich.append(ref1 - seen[best_way] @ ridge(taught[best_way], ref))
            inside.append(np.abs(rich[-1]) <= 1.96 * sds[best_way])
        names = ', '.join(sorted({person(a) for a, _ in pairs}))
        yield Row(names, split, f'neck {what} from the COP, RMSE', float(np.sqrt(np.mean(np.concatenate(plain) ** 2))), 'deg', at_most=True,
                  best=f'{best} deg (one slope)')
        yield Row(names, split, f'neck {what} from place, load, area and cells, RMSE', float(np.sqrt(np.mean(np.concatenate(rich) ** 2))), 'deg',
                  goal, True, holds, best=f'{best} deg (one slope of the COP)', note='fitted by the report, not by sitbone')
        yield Row(names, split, f'neck {what}, inside 95 % of the error within the teaching recording', share(np.concatenate(inside)), '%',
                  best='93 to 97 % is true')
