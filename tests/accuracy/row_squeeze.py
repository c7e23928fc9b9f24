# SPDX-License-Identifier: MIT
"""Squeezes of the glutes on simulated seats (tests/simulate/test_squeeze.c): 15 % of the load under the sit bones, up, down
and absent; taught by five, then two sets of five among legs crossed, leans, slumps, fidgets, shifts and typing. With --hours N also sitters
who never squeeze, N hours in all, every other one very restless, while a prompt is open that squeezes would answer."""
import re
import subprocess

from accuracy import Row

LINE = re.compile(r'(\w[\w ]*?) +-?[\d.]+ %: learnt by (\d+) of (\d+); (\d+) squeezes, (\d+) counted rightly, (\d+) wrongly in ([\d.]+) h')
NEVER = re.compile(r'never: wrongly (\d+) in ([\d.]+) h, prompts open ([\d.]+) h, answered wrongly (\d+)')


def most_an_hour(n, hours):
    """The upper end of the two-sided 95 % interval of a Poisson rate."""
    import math
    low, high = 0.0, 10.0 * (n + 4)
    for _ in range(60):
        mean = (low + high) / 2
        at_most = math.fsum(math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(n + 1))
        low, high = (mean, high) if at_most > 0.025 else (low, mean)
    return high / hours


def sets(found):
    for sign in ('up', 'down'):
        learnt, sitters, done, right, wrong, hours = found[sign]
        data, split = f'simulator, 15 % {sign}, {sitters:.0f} sitters', 'five squeezes teach, ten others test'
        many = done >= 100  # a few fidgets more or less decide over a single sitter
        yield Row(data, split, 'squeezes: recall', right / done if done else None, '', 0.85, holds=0.75 if many else None,
                  note=f'{right:.0f} of {done:.0f}; taught at the first try {learnt:.0f}')
        yield Row(data, split, 'squeezes: precision', right / (right + wrong) if right else None, '', 0.95, holds=0.9 if many else None,
                  note=f'{wrong:.0f} counted wrongly in {hours:.1f} h')
    learnt, sitters = found['no effect'][:2]
    yield Row(f'simulator, no effect, {sitters:.0f} sitters', 'five squeezes', 'said to be not distinguishable',
              100 * (1 - learnt / sitters), '%', holds=90)


def never(text):
    wrong, hours, prompts, answered = (float(x) for x in NEVER.findall(text)[-1])
    yield Row('simulator, 15 % up and down, nobody squeezes', 'an hour a sitter, half of them very restless', 'repetitions counted wrongly an hour',
              wrong / hours, '', 1, at_most=True,
              note=f'{wrong:.0f} in {hours:.1f} h, 95 %: below {most_an_hour(int(wrong), hours):.2f}; prompts open {prompts:.1f} h, '
                   f'{answered:.0f} answered by them')


def measure(world):
    command = [f'{world.build}/tests/simulate/test_squeeze', str(world.sitters if world.sitters > 6 else 1), '15', str(world.hours)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found = {m[0]: [float(x) for x in m[1:]] for m in LINE.findall(done.stdout)}
    yield from sets(found)
    if world.hours > 0:
        yield from never(done.stdout)
