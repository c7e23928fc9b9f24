"""Sit-downs and get-ups of a 32 x 32 seat pad against its labels: every one, none invented, and how late."""
from accuracy import Row


def changes(values):
    return [i for i in range(1, len(values)) if values[i] != values[i - 1]]


def measure(world):
    files = world.recordings(lambda r: r.prefix == 'seat32' and 'seated' in r.label)
    if not files:
        yield Row('seat32', '', 'sit-downs and get-ups', note='no recordings')
    for recording in files:
        frames = world.replay(recording.path)
        true = changes([label == 'seated' for label in recording.label])
        seen = changes([f['occupancy'] == 'person' for f in frames])
        late = [min((abs(s - i) for s in seen), default=999) for i in true]
        extra = len([s for s in seen if min((abs(s - i) for i in true), default=999) > 5])
        yield Row(recording.name, 'all', f'largest distance of {len(true)} changes', max(late), 'frames', 2, at_most=True,
                  holds=3)
        yield Row(recording.name, 'all', 'invented changes', extra, '', 0, at_most=True, holds=0)
