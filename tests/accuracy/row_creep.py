# SPDX-License-Identifier: MIT
"""One cell pressed by a robot for a minute or more: how far its load has crept 90 s later, with what was learnt of creep
from another recording. All ordered pairs of recordings; accuracy_creep (creep.c) runs the stage of the daemon over each."""
import subprocess

from accuracy import Row


def measure(world):
    files = world.recordings(lambda r: r.head.get('unit') == 'resistance' and r.head.get('cells') == '1')
    if len(files) < 2:
        yield Row('velostat-creep', 'constant from another recording', 'load error at 90 s', note=world.missing())
        return
    done = subprocess.run([f'{world.build}/tests/accuracy/accuracy_creep', *(f.path for f in files)], check=True,
                          stdout=subprocess.PIPE, text=True)
    pairs = [line.split() for line in done.stdout.splitlines() if line.split()[1:2] == ['->']]
    before, kept, learning = ([abs(float(pair[k])) for pair in pairs] for k in (3, 4, 5))
    split = f'constant from another recording, {len(pairs)} ordered pairs'
    for what, errors in (('as the daemon learns on', learning), ('constant kept as it was', kept)):
        goal = 5 if errors is learning else None
        yield Row('velostat-creep', split, f'worst load error at 90 s, {what}', max(errors), '%', goal, at_most=True,
                  holds=10 if errors is learning else None, best=f'{min(before):.0f} to {max(before):.0f} % without a model')
