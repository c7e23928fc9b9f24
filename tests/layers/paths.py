#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Tests and programs depend on nothing outside the repository: no path in them leads out of it. A larger set of recordings
is found by the environment variable SITBONE_DATA only. Usage: paths.py SOURCE_FOLDER"""
import os
import re
import sys

TOPS = ('daemon', 'include', 'config', 'systemd', 'tests')
NEIGHBOUR = re.compile(r'\.\./shared\b')
FROM_FOLDER = re.compile(r'dirname|__file__|\bhere\b|\bHERE\b|CMAKE_CURRENT_(?:SOURCE|LIST)_DIR')  # of the file itself
FROM_TOP = re.compile(r'(?:ROOT|TOP|root|top|CMAKE_SOURCE_DIR)\}/\.\.|dirname\((?:TOP|ROOT|root|top)\)')
CLIMB = re.compile(r'(?<![\w.])(?:\.\./)*\.\.(?![\w.])')


def mistakes(where, line):
    depth = where.count('/')  # folders between the top of the repository and the file
    if NEIGHBOUR.search(line):
        yield 'names a folder beside the repository'
    if FROM_TOP.search(line):
        yield 'leads out of the repository'
    if FROM_FOLDER.search(line) and any(m.group().count('..') > depth for m in CLIMB.finditer(line)):
        yield f'leads out of the repository, whose top is {depth} folders above'


def check(root):
    for top in TOPS:
        for folder, _, names in sorted(os.walk(os.path.join(root, top))):
            if os.path.relpath(folder, root).startswith('tests/fuzz/corpus'):
                continue
            for name in sorted(names):
                path = os.path.join(folder, name)
                where = os.path.relpath(path, root)
                if os.path.samefile(path, __file__):
                    continue
                with open(path, 'rb') as f:
                    lines = f.read().decode('utf-8', 'replace').split('\n')
                for number, line in enumerate(lines, 1):
                    for mistake in mistakes(where, line):
                        yield f'{where}:{number}: {mistake}: {line.strip()[:100]}'


bad = list(check(sys.argv[1]))
print('\n'.join(bad))
sys.exit(1 if bad else 0)
