#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Checks what a review should not have to look for: length of files and functions, names, comments, leftovers.
Usage: style.py SOURCE_FOLDER"""
import os
import re
import sys

FILE_MAX, FUNCTION_MAX, PARAMETERS_MAX = 800, 60, 6

# Static functions whose name is one word without an object. These are understood everywhere.
ONE_WORD_NAMES = {'main', 'init', 'free', 'square', 'median'}

# sd-bus gives the getter of a property seven parameters.
SD_BUS_GETTER = re.compile(r'\(sd_bus \*\w+, const char \*\w+, const char \*\w+, const char \*\w+,\s*sd_bus_message')

# A comment must not begin with a relative clause that has no noun ("Who sits is ...", "What is left ..."). Questions and
# headings with a noun are fine.
HEADLESS = re.compile(r'^(Who|Whom|Whose|What|Whatever|Whoever|Where|Wherever|Whence|How|So (?:long|much|many|often))\b(?![^.]*\?)')

# Words that users should not read in messages, because a program neither says nor is told anything.
VOICE_TOPS = ('daemon', 'config/man')
VOICE = re.compile(r'\b(is said|are said|was said|is told|are told|was told|said so|anew|of ours)\b')


def find_functions(lines):
    """(first line, length, header text) of each function: a header in column 0 up to the closing brace."""
    start, header = None, ''
    for number, line in enumerate(lines, 1):
        if start is None and re.match(r'[a-z]', line) and '(' in line and not line.rstrip().endswith(';'):
            header, start_candidate = line, number
            start = start_candidate
        elif start is not None and '{' not in header:
            header += ' ' + line.strip()
        if start is not None and '{' not in header and header.rstrip().endswith(';'):
            start = None
        if line.startswith('}') and start is not None:
            if re.search(r'\)\s*\{', header):
                yield start, number - start + 1, header
            start = None


def count_parameters(header):
    """Parameters of a function; a function pointer among them counts as one."""
    inside = header[header.index('(') + 1:header.rindex(')')]
    depth, commas = 0, 0
    for letter in inside:
        depth += letter == '('
        depth -= letter == ')'
        commas += letter == ',' and depth == 0
    return 0 if inside.strip() in ('', 'void') else commas + 1


def find_comments(text):
    """(line, text) of each comment, without its stars."""
    for m in re.finditer(r'/\*(.*?)\*/', text, re.S):
        yield text.count('\n', 0, m.start()) + 1, re.sub(r'\s*\n\s*\*?\s*', ' ', m.group(1)).strip()


def check_functions(lines):
    for start, length, header in find_functions(lines):
        if length > FUNCTION_MAX:
            yield start, f'a function of {length} lines, at most {FUNCTION_MAX}'
        if count_parameters(header) > PARAMETERS_MAX and not SD_BUS_GETTER.search(header):
            yield start, f'a function with {count_parameters(header)} parameters, at most {PARAMETERS_MAX}'
        name = re.search(r'(\w+)\(', header).group(1)
        if header.startswith('static') and re.fullmatch('[a-z]+', name) and name not in ONE_WORD_NAMES:
            yield start, f'static function {name}: name it verb_object, so that it can be searched for'


def check_comments(text):
    for number, comment in find_comments(text):
        for sentence in re.split(r'(?<=[.;:])\s+', comment):
            if HEADLESS.match(sentence):
                yield number, f'a sentence without a subject: "{sentence[:60]}"'


def check_lines(where, lines):
    for number, line in enumerate(lines, 1):
        if '\t' in line:
            yield number, 'a tab'
        if re.search(r'\b(TODO|FIXME|XXX)\b', line):
            yield number, f'unfinished: {line.strip()}'
        if where.startswith('daemon') and re.match(r'\s*typedef\s+struct', line):
            yield number, 'a struct behind a typedef: write struct'
        if (where.startswith('daemon') and not where.startswith('daemon/util') and
                re.match(r'#\s*if(?!ndef [A-Z0-9_]+_H$)', line)):
            yield number, 'options are files chosen by the build, not #if'


def check_file(where, text):
    lines = text.split('\n')
    if not lines[0].startswith('/* SPDX-License-Identifier: MIT */'):
        yield 1, 'the first line must be /* SPDX-License-Identifier: MIT */'
    if len(lines) > FILE_MAX + 1:
        yield 1, f'{len(lines) - 1} lines, at most {FILE_MAX}'
    yield from check_functions(lines)
    yield from check_comments(text)
    yield from check_lines(where, lines)


def check_voice(root):
    """Texts for users: strings in the product, and the manual pages."""
    for top in VOICE_TOPS:
        for folder, _, names in sorted(os.walk(os.path.join(root, top))):
            for name in sorted(n for n in names if n.endswith(('.c', '.scd'))):
                path = os.path.join(folder, name)
                for number, line in enumerate(open(path, encoding='utf-8'), 1):
                    texts = re.findall(r'"(?:\\.|[^"\\])*"', line) if name.endswith('.c') else [line]
                    for text in texts:
                        m = VOICE.search(text)
                        if m:
                            yield f'{os.path.relpath(path, root)}:{number}: "{m.group(0)}" in a text for users'


def check(root):
    for top in ('daemon', 'include'):
        for folder, _, names in sorted(os.walk(os.path.join(root, top))):
            for name in sorted(n for n in names if n.endswith(('.c', '.h'))):
                path = os.path.join(folder, name)
                where = os.path.relpath(path, root)
                for number, problem in check_file(where, open(path, encoding='utf-8').read()):
                    yield f'{where}:{number}: {problem}'
    yield from check_voice(root)


bad = list(check(sys.argv[1]))
print('\n'.join(bad))
sys.exit(1 if bad else 0)
