# SPDX-License-Identifier: MIT
"""Sit-downs and get-ups of a 32 x 32 seat pad against its labels: every one, none invented, and how late."""
from accuracy import Row


def changes(values):
    return [i for i in range(1, len(values)) if values[i] != values[i - 1]]


def true_changes(labels):
    """(first, last) frame at which it may be said: rows labelled transition belong to either side."""
    sure = [i for i, label in enumerate(labels) if label != 'transition']
    return [(a + 1, b) for a, b in zip(sure, sure[1:]) if labels[a] != labels[b]]


def distance(seen, span):
    return max(span[0] - seen, seen - span[1], 0)


def measure(world):
    files = world.recordings(lambda r: {'seated', 'empty'} <= set(r.label))
    if not files:
        yield Row('seat32', '', 'sit-downs and get-ups', note=world.missing())
    for recording in files:
        frames = world.replay(recording.path)
        true = true_changes(recording.label)
        seen = changes([f['occupancy'] == 'person' for f in frames])
        late = [min((distance(s, span) for s in seen), default=999) for span in true]
        extra = len([s for s in seen if min((distance(s, span) for span in true), default=999) > 5])
        yield Row(recording.name, 'all', f'largest distance of {len(true)} changes', max(late), 'frames', 2, at_most=True,
                  holds=2)
        yield Row(recording.name, 'all', 'invented changes', extra, '', 0, at_most=True, holds=0)
