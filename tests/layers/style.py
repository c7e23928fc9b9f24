#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What review should not have to look for: length of files and functions, globals, leftovers.
Usage: style.py SOURCE_FOLDER"""
import os
import re
import sys

FILE_MAX, FUNCTION_MAX = 800, 60


def functions(lines):
    """(first line, length) of each function: a line starting in column 0 that opens a brace, up to the closing one."""
    start = None
    for number, line in enumerate(lines, 1):
        if re.match(r'[A-Za-z_].*\)\s*\{\s*$', line) or (re.match(r'\s.*\)\s*\{\s*$', line) and start is None
                                                         and number > 1 and re.match(r'[A-Za-z_].*[(,]\s*.*,\s*$',
                                                                                     lines[number - 2])):
            start = number
        elif line.startswith('}') and start:
            yield start, number - start + 1
            start = None


def check(root):
    for top in ('daemon', 'include'):
        for folder, _, names in sorted(os.walk(os.path.join(root, top))):
            for name in sorted(n for n in names if n.endswith(('.c', '.h'))):
                path = os.path.join(folder, name)
                lines = open(path, encoding='utf-8').read().split('\n')
                where = os.path.relpath(path, root)
                if len(lines) > FILE_MAX + 1:
                    yield f'{where}: {len(lines) - 1} lines, at most {FILE_MAX}'
                for start, length in functions(lines):
                    if length > FUNCTION_MAX:
                        yield f'{where}:{start}: a function of {length} lines, at most {FUNCTION_MAX}'
                for number, line in enumerate(lines, 1):
                    if '\t' in line:
                        yield f'{where}:{number}: a tab'
                    if re.search(r'\b(TODO|FIXME|XXX)\b', line):
                        yield f'{where}:{number}: unfinished: {line.strip()}'
                    if top == 'daemon' and re.match(r'\s*typedef\s+struct', line):
                        yield f'{where}:{number}: struct without typedef, please'
                    if top == 'daemon' and not where.startswith('daemon/util') and re.match(r'#\s*if(?!ndef [A-Z0-9_]+_H$)', line):
                        yield f'{where}:{number}: options are files chosen by the build, not #if'


bad = list(check(sys.argv[1]))
print('\n'.join(bad))
sys.exit(1 if bad else 0)
