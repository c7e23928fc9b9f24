#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A sitter on a perfect 32 x 32 mat of 15 mm against numbers measured on people: recordings of a commercial seat mat
(contact 1200-1330 cm2, peak 83-137 mmHg, centre of pressure 32-45 mm in front of the sit bones, 30 % of the load on the
front 13 rows, sit-down in 1.4 s; lean asymmetry 0.41-0.89 with 40 % less area) and the literature (sit bones
112 +- 9 mm apart, peaks roll back 1 mm a degree of slump, deep forward lean takes 58-75 % off the seat)."""
from simulate import Checks, Run

STILL = 'sitter mass=78 height=178 fidgets=0 shifts=0 resit=0 sway=0\nmat imperfection=0\n'
check = Checks()

run = Run(STILL + '''
0:01 sit
+0:10 slouch 10
+0:10 slouch 20
+0:10 upright
+0:06 lean left 8
+0:06 lean right 20
+0:06 upright
+0:06 lean forward 85
+0:06 upright
+0:06 perch
+0:08 upright
+0:06 oblique right 4
+0:06 stand
+0:04 end
''')
upright, truth = run.mean(6, 11)
check.within('contact, cm2', upright.area_cm2, 1200, 1330)
check.within('peak, mmHg', upright.peak_mmhg, 83, 137)
bones_y = (truth['left_y_mm'] + truth['right_y_mm']) / 2
check.within('centre of pressure in front of the sit bones, mm', upright.cop_y - bones_y, 32, 45)
check.within('share on the front 13 rows', upright.front_share(), 0.25, 0.35)
check.within('sit bones apart, mm', truth['right_x_mm'] - truth['left_x_mm'], 103, 121)
check.within('seat carries of the body weight', truth['load_n'] / (78 * 9.81), 0.68, 0.85)
check.within('cells against truth, force', upright.force_n / truth['load_n'], 0.985, 1.005)
check.within('asymmetry upright', upright.asymmetry(), -0.01, 0.01)


def peak_y(m, side):
    """Row of the highest pressure on a side, to a fraction by a parabola through its neighbours."""
    best = max((i for i in range(len(m.cells)) if m.x[i] * side > 0 and abs(m.x[i]) < 90), key=lambda i: m.cells[i])
    a, b, c = (m.cells[best + k * m.cols] for k in (-1, 0, 1))
    return m.y[best] + m.pitch * (a - c) / (2 * (a - 2 * b + c))


slump10, truth10 = run.mean(17, 21)
slump20, truth20 = run.mean(27, 31)
check.within('tilt asked for 20', truth20['tilt_deg'], -20.01, -19.99)
check.within('sit bones roll back, mm a degree', (bones_y - truth20['left_y_mm']) / 20, 0.9, 1.1)
check.within('their peaks roll back, mm a degree', (peak_y(upright, 1) - peak_y(slump20, 1)) / 20, 0.6, 1.4)
check.within('centre of pressure goes back, mm a degree', (upright.cop_y - slump20.cop_y) / 20, 0.5, 2)


def sacrum(m, t):
    line = (t['left_y_mm'] + t['right_y_mm']) / 2
    return m.share(lambda x, y: abs(x) < 20 and line - 110 < y < line - 55)


check.within('load at the sacrum, upright', sacrum(upright, truth), 0, 0.03)
check.within('load at the sacrum, slump 20, times upright', sacrum(slump20, truth20) / sacrum(upright, truth), 1.5, 20)
check.true('more at the sacrum the deeper the slump', sacrum(slump20, truth20) > sacrum(slump10, truth10))

left, truth_left = run.mean(40, 43)
right, _ = run.mean(46, 49)
check.within('mm of COP a degree of trunk lean', (upright.cop_x - left.cop_x) / 8, 2, 4.5)
check.true('left lean: left side lower', truth_left['obliquity_deg'] < -2 and left.asymmetry() < -0.15)
check.within('asymmetry of a strong lean', right.asymmetry(), 0.41, 0.89)
check.within('contact left in a strong lean', right.area_cm2 / upright.area_cm2, 0.55, 0.82)

deep, truth_deep = run.mean(58, 61)
check.within('deep forward lean takes off the seat', 1 - truth_deep['load_n'] / truth['load_n'], 0.58, 0.75)
perch, _ = run.mean(71, 75)
check.within('perched, contact cm2', perch.area_cm2, 450, 800)
check.within('perched, in front of upright, mm', perch.cop_y - upright.cop_y, 90, 200)
oblique, truth_oblique = run.mean(84, 87)
check.within('obliquity asked for 4', truth_oblique['obliquity_deg'], 3.4, 4.6)
check.true('right side lower: more load there', oblique.asymmetry() > 0.1)

full = truth['load_n']
begun = next(t for t, w in zip(run.t, run.truth) if w['load_n'] > 0.1 * full)
done = next(t for t, w in zip(run.t, run.truth) if w['load_n'] > 0.9 * full)
check.within('sit-down 10 to 90 %, s', done - begun, 1.2, 1.6)

woman, truth_woman = Run(STILL.replace('sitter ', 'sitter woman=1 ') + '0:01 sit\n+0:05 end\n').mean(4, 6)
check.within('a woman\'s sit bones, mm further apart',
             truth_woman['right_x_mm'] - truth_woman['left_x_mm'] - truth['right_x_mm'] + truth['left_x_mm'], 12.9, 13.1)
high, _ = Run(STILL.replace('sitter ', 'sitter seat=-12 ') + '0:01 sit\n+0:05 end\n').mean(4, 6)
check.within('knees 12 mm higher move the COP as much as so many degrees',
             (upright.cop_y - high.cop_y) / ((upright.cop_y - slump20.cop_y) / 20), 3, 9)

objects = Run('mat imperfection=0\n0:01 place bag\n+0:06 remove\n+0:03 place cat\n+0:06 remove\n+0:03 place hand\n'
              '+0:04 remove\n+0:02 end\n')
for what, start, stop, force in ('bag', 4, 6, 60), ('cat', 13, 15, 44), ('hand', 20, 22, 80):
    m, t = objects.mean(start, stop)
    check.within(f'{what}, N', t['load_n'], 0.97 * force, 1.03 * force)
    check.within(f'{what}, contact cm2', m.area_cm2, 60, 450)  # a person has at least twice that
check.end()
