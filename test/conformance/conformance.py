"""The rows, the tests they name, whether those exist, and what their last run said.

A row: its id, where it is said, the requirement in our words; then, indented, a test a line, or one remark:

  P1 NIST SP 800-63B-4 3.1.1.2: A password that is the only proof has at least 15 characters.
      unit:policy password/fifteen_code_points_are_enough_and_fourteen_are_not
  P2 NIST SP 800-63B-4 3.1.1.2: ...
      -- waits for X      or      -- fails: why

story:NAME, unit:ROOM NAME/FUNCTION, peer:FUNCTION, model:WORDS, attack:ATK-nnn, frame:WORDS, command:WORDS, proxy:WORDS,
browser:WORDS, deb:WORDS (words as the test prints them), http:FUNCTION (in part_*.py here)."""
import importlib
import json
import os
import pathlib
import re
import sys
import xml.etree.ElementTree

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
LOGS = ROOT / 'build/test'
SEEN = LOGS / 'conformance.json'
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent / 'attack')]
sys.modules.setdefault('conformance', sys.modules[__name__])
import attack


class Row:
    """One requirement, and the tests that show it or the remark why none does."""

    def __init__(self, standard, id, source, words):
        self.standard, self.id, self.source, self.words = standard, id, source, words
        self.tests, self.remark = [], ''

    @property
    def waits(self):
        return self.remark.startswith('waits for ')

    @property
    def fails(self):
        return self.remark.startswith('fails: ')

    def state(self, seen):
        """holds, fails, waits, or not seen: what the tests' last results make of it."""
        if self.remark:
            return 'waits' if self.waits else 'fails'
        results = [seen.get(test) for test in self.tests]
        if False in results:
            return 'fails'
        return 'not seen' if None in results else 'holds'


def rows():
    standard, found = '', []
    for number, line in enumerate((HERE / 'rows').read_text(encoding='utf-8').splitlines(), 1):
        if heading := re.match(r'# (.*)', line):
            standard = heading[1]
        elif row := re.match(r'([A-Za-z0-9.-]+) (.+?): (.+)', line):
            found.append(Row(standard, *row.groups()))
        elif remark := re.match(r'\s+-- ((?:waits for|fails:) .+)', line):
            found[-1].remark = remark[1]
        elif test := re.match(r'\s+(\w+:.+)', line):
            found[-1].tests.append(test[1].strip())
        elif line.strip():
            raise SystemExit(f'test/conformance/rows:{number}: what is this? {line}')
    return found


# ---- our own checks, over HTTP ----

CHECKS = []


class Check:
    """One test of this folder, played on the scene of the attacks."""

    def __init__(self, run, settings):
        self.run, self.settings, self.name = run, settings, run.__name__


def check(settings=()):
    """Marks a function that gets a Scene and fails by an assertion."""
    def mark(run):
        CHECKS.append(Check(run, list(settings)))
        return run
    return mark


def load():
    attack.load()
    for path in sorted(HERE.glob('part_*.py')):
        importlib.import_module(path.stem)


# ---- does a test exist ----

def text(path):
    return (ROOT / path).read_text(encoding='utf-8') if (ROOT / path).exists() else ''


def defines(path):
    return lambda name: re.search(rf'^def {re.escape(name.replace(" ", "_"))}\(', text(path), re.M)


def has_words(pattern):
    return lambda name: any(name.removeprefix('found in ').split(': ')[-1] in p.read_text(encoding='utf-8')
                            for p in ROOT.glob(pattern))


def unit_exists(name):
    place, _, function = name.partition('/')
    return re.search(rf'^(static )?void {re.escape(function)}\(void \*\*',
                     text(f'test/unit/{place.replace(" ", "/", 1)}_test.c'), re.M)


EXISTS = {
    'story': lambda name: (ROOT / f'test/story/{name}.story').exists(),
    'unit': unit_exists,
    'peer': lambda name: f'void {name}(void **' in text('test/peer/courier_test.c'),
    'model': lambda name: bool(re.fullmatch(r'\w+ holds', name)) and (
        ROOT / f'src/spec/flow/{name.split()[0]}.def').exists() or has_words('test/model/*.c')(name),
    'attack': lambda name: any(name in one.ids for one in attack.ATTACKS),
    'frame': defines('test/frame/run'),
    'command': defines('test/command/run'),
    'proxy': defines('test/proxy/run'),
    'browser': lambda name: f"check('{name}'" in text('test/browser/suite.js'),
    'openid': lambda name: any(name in p.read_text(encoding='utf-8').replace("\\'", "'").replace('_', ' ')
                               for p in ROOT.glob('test/oidc/*.[pj][ys]')),
    'deb': has_words('test/deb/run'),
    'http': lambda name: any(name == one.name for one in CHECKS),
}


def missing(test):
    kind, _, name = test.partition(':')
    return kind not in EXISTS or not EXISTS[kind](name)


# ---- what its last run said ----

# How the words of a line of TAP belong to a name.
FITS = {
    'story': lambda words, name: words.startswith(name + ':'),
    'model': lambda words, name: words.startswith(name),
    'attack': lambda words, name: name in words.split(),
    'frame': lambda words, name: words.startswith(name + ' ('),
    'command': lambda words, name: words == name,
    'proxy': lambda words, name: words.endswith(': ' + name),
    'browser': lambda words, name: words.endswith(': ' + name),
    'openid': lambda words, name: words == name,
    'deb': lambda words, name: words == name,
    'peer': lambda words, name: words == name,
}
LOG_OF = {'story': 'stories', 'attack': 'attacks', 'frame': 'frames', 'command': 'commands', 'proxy': 'proxies',
          'browser': 'browser', 'openid': 'openid', 'deb': 'deb'}


def lines_of(log):
    """[(whether it was well, its words)] of a TAP text, without what was skipped."""
    found = re.findall(r'^(not )?ok \d+ - (.*)$', log, re.M)
    return [(not bad, words) for bad, words in found if not re.search(r'# *skip', words, re.I)]


def cases_of(path):
    """[(whether it was well, suite, its words)] of a report of meson's."""
    if not path.exists():
        return
    for case in xml.etree.ElementTree.parse(path).getroot().iter('testcase'):
        if case.find('skipped') is None:
            yield (case.find('failure') is None and case.find('error') is None,
                   case.get('classname').split(' / ')[-1], re.sub(r'^\d+ - ', '', case.get('name')))


def unit_results(path):
    results = {}
    for good, suite, words in cases_of(path):
        for test in (f'unit:{suite}/{words}', f'peer:{words}'):
            results[test] = good and results.get(test, True)
    return results


def judged(test, lines):
    """True, False, or None when no line is about it."""
    kind, _, name = test.partition(':')
    about = [good for good, words in lines if FITS[kind](words, name)]
    return all(about) if about else None


def last_results(tests):
    """What the last run of each test said, for those that left a report."""
    results = {}
    for report in ('unit', 'peer'):
        results |= unit_results(LOGS / f'{report}.junit.xml')
    model = [(good, words) for good, _, words in cases_of(LOGS / 'model.junit.xml')]
    for test in tests:
        kind = test.partition(':')[0]
        if kind == 'model':
            results[test] = judged(test, model)
        elif kind in LOG_OF:
            results[test] = judged(test, lines_of(text(f'build/test/{LOG_OF[kind]}.log')))
    return {test: results[test] for test in tests if results.get(test) is not None}


def kept():
    return json.loads(SEEN.read_text()) if SEEN.exists() else {}


def keep(results):
    if 'SUDO_UID' in os.environ:
        return  # the folder is another user's
    SEEN.parent.mkdir(parents=True, exist_ok=True)
    SEEN.write_text(json.dumps({**kept(), **results}, indent=1, sort_keys=True))
