# SPDX-License-Identifier: MIT
"""Why tilt is not surer: the simulator's sitters slide on the seat never, half as often, as office workers do (nine times in
15 minutes), and twice as often. A slide looks like a turn of the pelvis; everything else stays as in row_simulator."""
import numpy as np

from accuracy import Row, rmse, share
from row_simulator import collect

USUAL = 9


def measure(world):
    few = max(world.sitters // 4, 1)
    for times in (0, 0.5, 1, 2):
        found = collect(world, 1, [True], few, shifts=USUAL * times)[True]
        split = 'calibrated in another sit' + (f', {len(found["refused"])} refused' if len(found.get('refused', [])) else '')
        if 'right' not in found:
            yield Row('simulator', split, f'slides x {times:g}', note='all refused')
            continue
        note = f'posture, five classes: {share(found["right"]):.1f} %; band: ' \
               f'{share(np.abs(found["tilt error"]) <= 1.96 * found["tilt sd"]):.1f} %'
        yield Row(f'simulator, usual imperfections, {few} sitters, slides x {times:g}', split, 'tilt RMSE',
                  rmse(found['tilt error']), 'deg', note=note)
