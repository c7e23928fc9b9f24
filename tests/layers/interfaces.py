#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Checks how the parts of the product depend on each other. A part is a .c file with the .h file of the same name.

* No circles: a part never needs, by whatever way, a part that needs it.
* No part header includes the aggregate that contains it (that would be a circle of headers).
* Interfaces serve more than one file: the share of exported functions that exactly one other .c file uses is printed,
  and must not exceed EXPORTS_USED_ONCE_MAX percent.

Usage: interfaces.py SOURCE_FOLDER [--list]   --list names the exported functions that one file uses."""
import os
import re
import sys

EXPORTS_USED_ONCE_MAX = 55
WORD = re.compile(r'\b[A-Za-z_]\w*\b')


def read_sources(root):
    """Path below the root -> text without comments and strings."""
    sources = {}
    for top in ('daemon', 'include'):
        for folder, _, names in sorted(os.walk(os.path.join(root, top))):
            for name in sorted(n for n in names if n.endswith(('.c', '.h'))):
                path = os.path.join(folder, name)
                text = open(path, encoding='utf-8').read()
                text = re.sub(r'/\*.*?\*/|//[^\n]*', ' ', text, flags=re.S)
                sources[os.path.relpath(path, root)] = text
    return sources


def find_includes(text):
    return re.findall(r'^\s*#\s*include\s+"([^"]+)"', text, re.M)


def resolve(name, sources):
    for folder in ('daemon', 'include'):
        path = os.path.join(folder, name)
        if path in sources:
            return path
    return None


def strip_suffix(path):
    return path[:-2]


def strip_strings(text):
    return re.sub(r'"(?:\\.|[^"\\\n])*"', '""', text)


def find_exports(sources):
    """Function -> the part that defines it, for every function that is not static."""
    exports = {}
    for path, text in sources.items():
        if path.endswith('.c'):
            text = strip_strings(text)
            for m in re.finditer(r'^([A-Za-z_][^;{}()#]*?)\b(\w+)\(([^;{}]*?)\)\s*\{', text, re.M | re.S):
                if not re.search(r'\bstatic\b', m.group(1)) and m.group(2) != 'main':
                    exports[m.group(2)] = strip_suffix(path)
    return exports


def find_users(sources, exports):
    """Function -> the other .c files that name it."""
    users = {name: set() for name in exports}
    for path, text in sources.items():
        if not path.endswith('.c'):
            continue
        for word in set(WORD.findall(strip_strings(text))):
            if word in exports and exports[word] != strip_suffix(path):
                users[word].add(path)
    return users


def find_header_closure(path, sources, closures):
    """Every header that a file includes, directly or by way of others."""
    if path not in closures:
        closures[path] = set()
        for name in find_includes(sources[path]):
            target = resolve(name, sources)
            if target:
                closures[path] |= {target} | find_header_closure(target, sources, closures)
    return closures[path]


def find_part_graph(sources, exports):
    """Part -> the parts whose header it includes or whose functions it calls. A name counts as a call only where a header
    with that name is included: programs that are never linked together may use the same name."""
    declared = {}
    for path, text in sources.items():
        if path.endswith('.h'):
            for word in set(WORD.findall(text)) & exports.keys():
                declared.setdefault(word, set()).add(path)
    graph, closures = {}, {}
    for path, text in sources.items():
        part = strip_suffix(path)
        needs = graph.setdefault(part, set())
        for name in find_includes(text):
            target = resolve(name, sources)
            if target:
                needs.add(strip_suffix(target))
        if path.endswith('.c'):
            headers = find_header_closure(path, sources, closures)
            for word in set(WORD.findall(strip_strings(text))) & exports.keys():
                if declared.get(word, set()) & headers:
                    needs.add(exports[word])
        needs.discard(part)
    return graph


def find_circles(graph):
    """Strongly connected components of more than one part (Tarjan)."""
    index, low, stack, on_stack, circles = {}, {}, [], set(), []

    def visit(part):
        index[part] = low[part] = len(index)
        stack.append(part)
        on_stack.add(part)
        for other in sorted(graph.get(part, ())):
            if other not in index:
                visit(other)
                low[part] = min(low[part], low[other])
            elif other in on_stack:
                low[part] = min(low[part], index[other])
        if low[part] == index[part]:
            circle = []
            while True:
                other = stack.pop()
                on_stack.remove(other)
                circle.append(other)
                if other == part:
                    break
            if len(circle) > 1:
                circles.append(sorted(circle))

    sys.setrecursionlimit(10000)
    for part in sorted(graph):
        if part not in index:
            visit(part)
    return circles


def main(arguments):
    sources = read_sources(arguments[0])
    exports = find_exports(sources)
    users = find_users(sources, exports)
    once = sorted(name for name, files in users.items() if len(files) == 1)
    circles = find_circles(find_part_graph(sources, exports))
    share = 100 * len(once) / len(exports)
    for circle in circles:
        print('circle: ' + ' <-> '.join(circle))
    print(f'{len(exports)} exported functions, {len(once)} ({share:.0f} %) used by exactly one other file')
    if '--list' in arguments:
        for name in once:
            print(f'  {exports[name]}.c: {name}, used by {min(users[name])}')
    if share > EXPORTS_USED_ONCE_MAX:
        print(f'too many: at most {EXPORTS_USED_ONCE_MAX} % (see them with --list)')
    return 1 if circles or share > EXPORTS_USED_ONCE_MAX else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
