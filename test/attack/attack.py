"""The attacks, and the faults that each must find; part_*.py has them, a row of the table each."""
import importlib
import json
import os
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
SEEN = HERE.parent.parent / 'build-planted/seen.json'
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


def note(kind, seen):
    """Keeps what was seen for the report: {name: whether it was}."""
    if 'SUDO_UID' in os.environ:
        return  # the folder is another user's
    kept = json.loads(SEEN.read_text()) if SEEN.exists() else {}
    names = set(kept.get(kind, [])) - set(seen) | {name for name, was in seen.items() if was}
    SEEN.parent.mkdir(exist_ok=True)
    SEEN.write_text(json.dumps({**kept, kind: sorted(names)}, indent=1))
