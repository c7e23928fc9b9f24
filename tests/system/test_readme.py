#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""README.md tells the truth: its settings pass --check-config, its defaults are the defaults, its verbs, options, formats, files
and settings exist."""
import os
import re
import subprocess
import sys
import tempfile

build = os.path.abspath(sys.argv[1])
root = os.path.abspath(os.path.join(os.path.dirname(__file__), '../..'))
readme = open(f'{root}/README.md', encoding='utf-8').read()
failures = 0


def check(what, good):
    global failures
    if not good:
        failures += 1
        print(f'FAILED: {what}')


def run(*arguments):
    return subprocess.run(arguments, capture_output=True, text=True)


def help_of(program, *verb):
    return run(f'{build}/{program}', *verb, '--help').stdout


blocks = [re.sub('(?m)^ {3}', '', b) for b in re.findall(r'(?ms)^ *```\w*\n(.*?)^ *```$', readme)]
settings = [b for b in blocks if b.startswith('[')]
check('settings are shown', len(settings) >= 2)
with tempfile.TemporaryDirectory() as d:
    for i, block in enumerate(settings):
        path = f'{d}/{i}.conf'
        with open(path, 'w') as f:
            f.write(block + f'[alert]\nexercises_file = {root}/config/exercises.conf\n')
        p = run(f'{build}/sitboned', '--check-config', '--config', path)
        check(f'settings {i}: {p.stdout}{p.stderr}', p.returncode == 0)

# the table of tuning: | `[alert] prompt_min` | 30 min | ...
defaults = dict(re.findall(r'(?m)^#([a-z0-9_]+) = (.*)$', run(f'{build}/sitboned', '--print-defaults').stdout))
rows = re.findall(r'(?m)^\| `\[[a-z]+\] ([a-z0-9_]+)` \| ([0-9.]+)', readme)
check('the table of tuning is found', len(rows) >= 5)
for key, value in rows:
    check(f'{key}: default {defaults.get(key)}, the README says {value}', defaults.get(key) == value)

formats = re.findall(r'(?m)^ *\| `([a-z0-9-]+)` \| ', readme.split('| format |')[1].split('\n\n')[0])
known = re.search(r'wire format: (.*)', help_of('sitbone-sim')).group(1).split(', ')
check(f'formats {formats} against {known}', formats == known)

verbs = set(re.findall(r'(?m)^  ([a-z]+) ', help_of('sitbonectl')))
code = blocks + re.findall(r'`([^`\n]+)`', readme)
calls = [c for b in code for c in re.findall(r'\b(sitbonectl|sitboned|sitbone-agent|sitbone-sim)((?: +\S+)*)', b)]
check('calls are found', len(calls) > 10)
for program, rest in calls:
    words = rest.split()
    verb = [w for w in words[:1] if program == 'sitbonectl']
    if verb and not verb[0].startswith('-'):
        check(f'sitbonectl {verb[0]}', verb[0] in verbs)
    said = help_of(program, *verb)
    for option in re.findall(r'(?<=\s)--[a-z][a-z-]+', rest):
        check(f'{program}{rest}: {option}', option in said)

paths = set(re.findall(r'`((?:daemon|tests|config|systemd|include)/[A-Za-z0-9_./-]+)`', readme))
paths |= set(re.findall(r'\]\(([A-Za-z][A-Za-z0-9_./-]+)\)', readme))
check('paths are found', len(paths) > 10)
for path in paths:
    check(f'{path} exists', os.path.exists(f'{root}/{path}'))
for words in ('correct posture', 'back pain', 'gluteal amnesia', 'diagnos'):
    check(f'never "{words}"', words not in readme.lower())
sys.exit(1 if failures else 0)
