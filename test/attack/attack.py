"""The attacks, and the faults that each must find; part_*.py has them, a row of the table each."""
import hashlib
import importlib
import os
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
FOUND = HERE / 'found'
ATTACKS, PLANTS = [], []


class Attack:
    """One test: the rows it stands for, what it claims, and what it needs."""

    def __init__(self, ids, run, settings, part):
        self.ids, self.run, self.settings, self.part = ids, run, settings, part
        self.name = run.__name__
        self.words = ' '.join((run.__doc__ or '').split())


def attack(*ids, settings=()):
    """Marks a function as the test of these rows. It gets a Scene, and fails by an assertion."""
    def mark(run):
        assert run.__doc__, f'{run.__name__} says nothing about itself'
        ATTACKS.append(Attack(ids, run, list(settings), run.__module__))
        return run
    return mark


class Plant:
    """One fault: the row whose attack must find it, and the change in the sources that makes it."""

    def __init__(self, row, path, words, old, new):
        self.row, self.path, self.words, self.old, self.new = row, path, words, old, new
        digest = hashlib.sha256('\0'.join((path, old, new)).encode()).hexdigest()
        self.mark = f'{row} {digest[:8]} {words}'  # of another change of the sources nothing was seen yet


def plant(row, path, words, old, new):
    """In this file, where `old` stands exactly once, `new` takes its place; then it is as the words say."""
    PLANTS.append(Plant(row, path, words, old, new))


def load():
    """All attacks, in the order of their ids."""
    sys.path.insert(0, str(HERE))
    sys.modules.setdefault('attack', sys.modules[__name__])
    for path in sorted(HERE.glob('part_*.py')):
        importlib.import_module(path.stem)
    return sorted(ATTACKS, key=lambda a: a.ids)


def chosen(words):
    every = load()
    unknown = [w for w in words if not any(w in (*a.ids, a.name, a.part) for a in every)]
    if unknown:
        raise SystemExit(f'no such attack: {" ".join(unknown)}')
    return [a for a in every if not words or any(w in (*a.ids, a.name, a.part) for w in words)]


def found():
    """The marks of the faults that a test was seen to find."""
    return set(FOUND.read_text(encoding='utf-8').splitlines()) if FOUND.exists() else set()


def note(plant, was):
    """Keeps whether this fault was found, for the report and for runs that try the others only."""
    if 'SUDO_UID' in os.environ:
        return  # the folder is another user's
    marks = found() - {plant.mark} | ({plant.mark} if was else set())
    FOUND.write_text(''.join(f'{mark}\n' for mark in sorted(marks & {p.mark for p in PLANTS})), encoding='utf-8')
