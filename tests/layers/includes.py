#!/usr/bin/python3
"""Who may include whom (the table of the house). Usage: includes.py SOURCE_FOLDER"""
import os
import re
import sys

NOUNS = ['frame', 'geometry', 'map', 'features', 'posture', 'sitting', 'exercise', 'alert', 'command', 'health',
         'snapshot', 'identity', 'memory', 'profile', 'response', 'settings',
         'surroundings']

# What travels: a stage may see the nouns up to its own output. settings, memory, profile and command are told to every stage.
COMMON = {'settings', 'memory', 'profile', 'command', 'frame', 'geometry'}
STAGES = {
    'acquire': COMMON | {'health'},
    'condition': COMMON | {'map', 'response'},
    'describe': COMMON | {'map', 'features'},
    'estimate': COMMON | {'features', 'posture'},
    'follow': COMMON | {'posture', 'sitting', 'exercise', 'alert', 'surroundings'},
}
CORE_STD = {'assert.h', 'float.h', 'limits.h', 'math.h', 'stdalign.h', 'stdbool.h', 'stddef.h', 'stdint.h', 'string.h'}
PURE_UTIL = {'util/minmax.h'}  # headers of util/ without I/O that the core may use


def includes(path):
    for number, line in enumerate(open(path, encoding='utf-8'), 1):
        m = re.match(r'\s*#\s*include\s+([<"])([^>"]+)[>"]', line)
        if m:
            yield number, m.group(1) == '<', m.group(2)


def nouns_only(path):
    """include/sitbone: standard headers and other nouns."""
    for number, system, name in includes(path):
        if system and name not in CORE_STD or not system and not name.startswith('sitbone/'):
            yield number, name


def stage(path, room):
    for number, system, name in includes(path):
        head = name.split('/')[0]
        if system:
            good = name in CORE_STD
        elif head == 'sitbone':
            good = os.path.basename(name)[:-2] in STAGES[room]
        elif head == 'util':
            good = name in PURE_UTIL
        else:
            good = head == room
        if not good:
            yield number, name


def port(path):
    for number, system, name in includes(path):
        head = name.split('/')[0]
        if not system and not (name.startswith('acquire/port') or head == 'util' or name == 'sitbone/settings.h'):
            yield number, name


def publish(path):
    for number, system, name in includes(path):
        head = name.split('/')[0]
        if not system and head not in ('publish', 'sitbone', 'util') and name not in ('version.h',):
            yield number, name


def util(path):
    for number, system, name in includes(path):
        if not system and name.split('/')[0] != 'util':
            yield number, name


def pipeline(path):
    for number, system, name in includes(path):
        head = name.split('/')[0]
        if (not system and head not in ('sitbone', 'condition', 'describe', 'estimate', 'follow') and
                name not in PURE_UTIL | {'pipeline.h'}):
            yield number, name


def program(path):
    """The composition root and the tools may know every room, but no tool another one: a tool's headers are its folder's."""
    for number, system, name in includes(path):
        if not system and name.split('/')[0] in ('tools', '..'):
            yield number, name


def check(root):
    for folder, _, names in sorted(os.walk(os.path.join(root, 'daemon'))):
        room = os.path.relpath(folder, os.path.join(root, 'daemon'))
        for name in sorted(n for n in names if n.endswith(('.c', '.h'))):
            path = os.path.join(folder, name)
            if room == 'acquire' and name.startswith('port'):
                found = port(path)
            elif room in STAGES:
                found = stage(path, room)
            elif room == 'publish':
                found = publish(path)
            elif room == 'util':
                found = util(path)
            elif name.startswith('pipeline.'):
                found = pipeline(path)
            else:
                found = program(path)
            for number, what in found:
                yield path, number, what
    nouns = os.path.join(root, 'include', 'sitbone')
    for name in sorted(os.listdir(nouns)):
        if name[:-2] not in NOUNS:
            yield os.path.join(nouns, name), 0, 'a noun that is not in the table of this test'
        for number, what in nouns_only(os.path.join(nouns, name)):
            yield os.path.join(nouns, name), number, what


bad = list(check(sys.argv[1]))
for path, number, what in bad:
    print(f'{os.path.relpath(path, sys.argv[1])}:{number}: may not include {what}')
sys.exit(1 if bad else 0)
