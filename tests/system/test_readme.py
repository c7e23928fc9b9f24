#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""README.md, CONTRIBUTING.md and docs/ are true: defaults are the defaults; commands, options, files, links and packages exist;
docs/mats.md is current. test_docs runs the command blocks."""
import glob
import os
import re
import subprocess
import sys

build = os.path.abspath(sys.argv[1])
root = os.path.abspath(os.path.join(os.path.dirname(__file__), '../..'))
failures = 0


def check(what, good):
    global failures
    if not good:
        failures += 1
        print(f'FAILED: {what}')


def run(*arguments):
    return subprocess.run(arguments, capture_output=True, text=True, check=False)


def help_of(program, *command):
    return run(f'{build}/{program}', *command, '--help').stdout


def read(page):
    with open(f'{root}/{page}', encoding='utf-8') as f:
        return f.read()


names = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md'] + sorted(os.path.relpath(p, root) for p in glob.glob(f'{root}/docs/*.md'))
pages = {name: read(name) for name in names}
readme = pages['README.md']

check(f'README.md has {len(readme.splitlines())} lines, at most 150', len(readme.splitlines()) <= 150)
for name, text in pages.items():
    prose = re.sub(r'(?ms)^```.*?^```$', lambda block: '\n' * block.group().count('\n'), text)
    for number, line in enumerate(prose.split('\n'), 1):
        check(f'{name}:{number}: {len(line)} characters, at most 100', len(line) <= 100 or line.startswith(('|', '!', '<')))

# the table of tuning: | `[alert] prompt_min` | 30 min | ...
defaults = dict(re.findall(r'(?m)^#([a-z0-9_]+) = (.*)$', run(f'{build}/sitboned', '--print-defaults').stdout))
rows = re.findall(r'(?m)^\| `\[[a-z]+\] ([a-z0-9_]+)` \| ([0-9.]+)', readme)
check('the table of tuning is found', len(rows) >= 5)
for key, value in rows:
    check(f'README.md: {key}: the default is {defaults.get(key)}, not {value}', defaults.get(key) == value)
for name, text in pages.items():
    for section, key in re.findall(r'`\[([a-z]+)\] ([a-z0-9_]+)', text):
        check(f'{name}: setting [{section}] {key}', key in defaults or section == 'agent')

done = run(f'{root}/docs/make-mats', '--check', build)
check(f'{done.stdout[-2000:]}{done.stderr}', done.returncode == 0)

commands = set(re.findall(r'(?m)^  ([a-z][a-z-]*) ', help_of('sitbonectl')))
calls = []
for name, text in pages.items():
    blocks = re.findall(r'(?ms)^```\w*\n(.*?)^```$', text)
    code = [line for block in blocks for line in block.split('\n')]
    code += [c.replace('\n', ' ') for c in re.findall(r'`([^`]+)`', re.sub(r'(?ms)^```.*?^```$', '', text))]
    calls += [(name, *call) for c in code
              for call in re.findall(r'(?<![/\w-])(sitbonectl|sitboned|sitbone-agent|sitbone-sim)((?: +[^|&;)\s]+)*)', c)]
check('calls are found', len(calls) > 50)
helps = {}
for name, program, rest in calls:
    words = rest.split()
    command = [w for w in words[:1] if program == 'sitbonectl' and not w.startswith('-') and w != 'COMMAND']
    if command:
        check(f'{name}: sitbonectl {command[0]}: no such command', command[0] in commands)
    key = (program, *command)
    if key not in helps:
        helps[key] = help_of(*key)
    for option in re.findall(r'(?<=\s)--[a-z][a-z-]+', rest):
        check(f'{name}: {program}{rest}: no option {option}', option in helps[key])

for name, text in pages.items():
    here = os.path.dirname(name)
    paths = {(p, p) for p in re.findall(r'`((?:daemon|tests|config|systemd|include|docs)/[A-Za-z0-9_./-]+)`', text)}
    paths |= {(link, os.path.normpath(os.path.join(here, link))) for link in re.findall(r'\]\(([A-Za-z.][A-Za-z0-9_./-]+)\)', text)}
    paths |= {(link, os.path.normpath(os.path.join(here, link))) for link in re.findall(r'<img src="([^"]+)"', text)}
    for written, path in paths:
        if 'NAME' not in path:
            check(f'{name}: {written} does not exist', os.path.exists(f'{root}/{path}'))
    check(f'{name}: a link to a place that this repository does not know', 'http' not in text)
for name in names:
    if name.startswith('docs/') and name != 'docs/README.md':
        check(f'docs/README.md does not list {name}', f'({os.path.basename(name)})' in pages['docs/README.md'])

for name, text in pages.items():
    for words in ('correct posture', 'back pain', 'gluteal amnesia', 'diagnose'):
        check(f'{name}: never "{words}"', words not in text.lower())
    for pattern in (r'\b[Ss]aid\b', r'\bso (long|many|often)\b', r'(?m)^[^#\w]*(Who|What|Whoever|Whatever) \w+s\b(?!.*\?)'):
        # the texts about sources in docs/mats.md are the program's
        check(f'{name}: {pattern} (the way of writing is in CONTRIBUTING.md)', name == 'docs/mats.md' or not re.search(pattern, text))
check('README.md: never "diagnos"', 'diagnos' not in readme.lower())
sys.exit(1 if failures else 0)
