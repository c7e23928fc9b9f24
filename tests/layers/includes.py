#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Checks who may include whom: the dependency table of CONTRIBUTING.md. Usage: includes.py SOURCE_FOLDER"""
import os
import re
import sys

NOUNS = ['frame', 'geometry', 'map', 'features', 'posture', 'sitting', 'exercise', 'alert', 'command', 'health',
         'snapshot', 'identity', 'memory', 'profile', 'response', 'settings', 'wall_clock']

# Nouns that a stage may see: those that every stage may see, and those up to its own output.
COMMON = {'settings', 'memory', 'profile', 'command', 'frame', 'geometry'}
STAGE_NOUNS = {
    'acquire': COMMON | {'health'},
    'condition': COMMON | {'map', 'response'},
    'describe': COMMON | {'map', 'features'},
    'estimate': COMMON | {'features', 'posture'},
    'follow': COMMON | {'posture', 'sitting', 'exercise', 'alert', 'wall_clock'},
}
# Sections of the settings (include/sitbone/settings/) that a stage may see one by one.
STAGE_SECTIONS = {
    'acquire': {'device'},
    'condition': {'condition'},
    'describe': set(),
    'estimate': {'device', 'occupancy', 'posture'},
    'follow': {'sitting', 'alert'},
}
CORE_STD = {'assert.h', 'float.h', 'limits.h', 'math.h', 'stdalign.h', 'stdbool.h', 'stddef.h', 'stdint.h', 'string.h'}
PURE_UTIL = {'util/minmax.h', 'util/ascii.h', 'util/checksum.h'}  # no input, output or state: the core may use them

# Folder below daemon/ -> prefixes of what it may include; its own folder and standard headers are always allowed.
# Libraries are in daemon/CMakeLists.txt.
ROOMS = {
    'util': [],
    'ports': ['sitbone/', 'util/'],
    'configure': ['sitbone/', 'core/acquire/', 'util/'],
    'recording': ['sitbone/', 'core/acquire/', 'configure/', 'util/'],
    'words': ['sitbone/', 'util/'],
    'contract': ['sitbone/', 'words/', 'configure/exercises.h', 'util/'],
    'store': ['sitbone/', 'words/names.h', 'util/'],
    'publish': ['sitbone/'],
    'publish/bus': ['sitbone/', 'publish/outlet.h', 'contract/', 'words/', 'util/'],
    'publish/history': ['sitbone/', 'publish/outlet.h', 'store/history_database.h', 'words/', 'util/'],
    'publish/mqtt': ['sitbone/', 'publish/outlet.h', 'contract/', 'configure/settings_table.h', 'words/', 'util/'],
    'app': ['sitbone/', 'core/', 'configure/', 'ports/', 'recording/', 'store/', 'publish/', 'contract/', 'words/',
            'util/'],
    'tools/sitbonectl': ['sitbone/', 'core/', 'configure/', 'ports/', 'recording/', 'contract/', 'words/', 'util/',
                         'store/history_database.h'],
    'tools/sitbone-agent': ['sitbone/', 'configure/', 'contract/', 'words/', 'util/'],
    'tools/sitbone-sim': ['sitbone/', 'core/acquire/', 'configure/', 'recording/', 'words/', 'util/'],
}


def includes(path):
    for number, line in enumerate(open(path, encoding='utf-8'), 1):
        m = re.match(r'\s*#\s*include\s+([<"])([^>"]+)[>"]', line)
        if m:
            yield number, m.group(1) == '<', m.group(2)


def is_allowed_in_noun(system, name):
    return name in CORE_STD if system else name.startswith('sitbone/')


def is_allowed_in_stage(stage, system, name):
    if system:
        return name in CORE_STD or stage == 'acquire' and name == 'lz4.h'
    if name.startswith('sitbone/settings/'):
        return os.path.basename(name)[:-2] in STAGE_SECTIONS[stage]
    if name.startswith('sitbone/'):
        return os.path.basename(name)[:-2] in STAGE_NOUNS[stage]
    return name in PURE_UTIL or name.startswith(f'core/{stage}/')


def is_allowed_in_pipeline(system, name):
    if system:
        return name in CORE_STD
    return name.startswith(('sitbone/', 'core/')) and not name.startswith('core/acquire/') or name in PURE_UTIL


def is_allowed_in_room(room, system, name):
    return system or name.startswith((room + '/', *ROOMS[room]))


def find_room(folder):
    """The rule of a folder below daemon/: the longest room that contains it."""
    rooms = [room for room in ROOMS if folder == room or folder.startswith(room + '/')]
    return max(rooms, key=len) if rooms else None


def rule_for(folder):
    """A function (system, name) -> allowed, or None for a folder that is no room."""
    parts = folder.split('/')
    if folder == 'core':
        return is_allowed_in_pipeline
    if parts[0] == 'core' and len(parts) == 2 and parts[1] in STAGE_NOUNS:
        return lambda system, name: is_allowed_in_stage(parts[1], system, name)
    room = find_room(folder)
    return room and (lambda system, name: is_allowed_in_room(room, system, name))


def check(root):
    daemon = os.path.join(root, 'daemon')
    for folder, _, names in sorted(os.walk(daemon)):
        sources = sorted(n for n in names if n.endswith(('.c', '.h')))
        where = os.path.relpath(folder, daemon)
        rule = rule_for(where)
        for name in sources:
            path = os.path.join(folder, name)
            if rule is None:
                yield path, 0, 'anything: its folder is no room of the table in this test'
                continue
            for number, system, what in includes(path):
                if not rule(system, what):
                    yield path, number, what
    nouns = os.path.join(root, 'include', 'sitbone')
    for folder, _, names in sorted(os.walk(nouns)):
        for name in sorted(names):
            path = os.path.join(folder, name)
            if folder == nouns and name[:-2] not in NOUNS:
                yield path, 0, 'anything: it is not in the list of nouns of this test'
            for number, system, what in includes(path):
                if not is_allowed_in_noun(system, what):
                    yield path, number, what


bad = list(check(sys.argv[1]))
for path, number, what in bad:
    print(f'{os.path.relpath(path, sys.argv[1])}:{number}: may not include {what}')
sys.exit(1 if bad else 0)
