#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Which row takes which recording, and how it is split, comes from the columns, not from the name; what is no recording does
not keep the others from being measured."""
import os
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import accuracy  # noqa: E402
import row_taught  # noqa: E402

POSES = ('upright', 'left', 'right', '直 坐')


def frames(header, rows, end='\n', mark=''):
    return mark + end.join(['# cells=2', header] + [','.join(map(str, r)) for r in rows]) + end


def main():
    files = {
        'somebody else 7': frames('t_s,label,subject,c0,c1', [(i / 10, p, s, i, 3) for s in ('rep1', 'rep2', 'rep3') for p in POSES
                                                              for i in range(5)], '\r\n', '\ufeff'),
        'stool': frames('t_s,label,c0,c1', [(i / 10, POSES[i // 10], i, 3) for i in range(40)]),
        'sits': frames('t_s,label,subject,c0,c1', [(i, p, s, i, 3) for s in 'AB' for p in POSES[:2] for i in range(5)]),
        'neck-s1': frames('t_s,label,ref_pitch_deg,ref_roll_deg,c0,c1', [(i, POSES[i % 4], 1, 2, 3, 4) for i in range(20)]),
        'few': frames('t_s,label,c0,c1', [(i, POSES[i % 2], 1, 2) for i in range(20)])[:-3],  # cut off
        'table': 'name,value\na,1\n',
    }
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            with open(os.path.join(folder, f'{name}.csv'), 'w', encoding='utf-8', newline='') as file:
                file.write(text)
        world = accuracy.World('.', folder, 0)
        taken, real = {}, row_taught.split
        row_taught.split = lambda r: taken.setdefault(r.name, real(r))
        row_taught.score = lambda world, path, teach, test: (100, 0)
        rows = list(row_taught.measure(world))
        world.close()
    assert {r.data for r in rows} == {'somebody else 7', 'stool', 'sits'}, rows
    assert taken['somebody else 7'][2] == 'rep1, rep2 teach, rep3 tests' and len(taken['somebody else 7'][0]) == 8
    assert taken['stool'][2].startswith('first half') and len(taken['stool'][1]) == 4
    assert taken['sits'][2] == 'B tests, the others teach'
    left = ' '.join(world.not_measured())
    assert 'table.csv: no frames CSV' in left and 'few: its labels' in left and 'stool' not in left, left


main()
