"""The n-th call of each kind fails, for every n until a request needs no more calls.

The paths are walked by a real browser's requests. Before each step the rows of the store are kept; after
each fault they are looked at, and put back, so that the same request can be sent again for the next n."""
import collections
import errno
import http.client
import os
import pathlib
import random
import re
import signal
import sqlite3
import time
import urllib.parse

from crowd import Crowded
from injector import Faulty
from scene import arrived
from visitor import Visitor, reply_of

KEEPER = ('malloc', 'mmap', 'read', 'write', 'fsync', 'getrandom', 'step', 'prepare', 'bind', 'exec', 'send', 'recv')
WEB = ('malloc', 'mmap', 'read', 'write', 'getrandom', 'send', 'recv')
# The deed was done, but its answer could not be passed on: nobody can say yes then.
UNSAID = {('keeper', 'send'), ('keeper', 'recv')} | {('web', kind) for kind in WEB}
# Without randomness nothing may go on: the program ends itself, and is started anew.
ENDS = {'getrandom'}
SLOW = 10   # seconds; then it is said
WARM_FROM = 100  # faults of a kind; fewer do not reach every worker
WARM_SENDS, WARM_ROUNDS, WARM_KB = 16, 40, 64
HOUSE = 0.3     # seconds between two looks of the keeper's house
STORE_FILES = 15    # a writer and six readers, two files each, and what they share
REST = 5    # seconds in which a descriptor that was still in use is closed
LEAK_KB, LEAK_EACH_KB = 1024, 8
PAIRED = ('malloc', 'write', 'fsync', 'step', 'exec')
# What a fault must leave as it is, unless the answer is yes. The tries that were spent may stay spent.
DEEDS = {
    'password': 'SELECT account, stored FROM password',
    'account': 'SELECT id, state, frozen FROM account',
    'method': "SELECT id, kind, address, state FROM method",
    'recovery code': 'SELECT method, slot, mac FROM recovery_code',
    'session': 'SELECT id FROM session',
    'pass': 'SELECT account FROM pass',
}
NOT_PUT_BACK = ('audit', 'audit_day', 'audit_count', 'account_key', 'brand', 'migration', 'schema')


STEPS = ('sign in: password', 'sign in: code', 'register: address', 'register: code', 'register: app', 'change',
         'recover: name', 'recover: mailed code', 'recover: app code', 'recover: password')
COMMITS = ('sign in: code', 'register: code', 'change', 'recover: password')   # a deed's own unit
SHORT = ('sign in: code', 'recover: mailed code', 'recover: password')


def target(link):
    """What a descriptor of another process leads to; none, if it was closed meanwhile."""
    try:
        return os.readlink(link)
    except FileNotFoundError:
        return None


class Rows:
    """The store's rows from outside, beside the running keeper."""

    def __init__(self, server):
        self.db = sqlite3.connect(next(server.data.rglob('*.db')), timeout=10, isolation_level=None)
        self.db.execute('PRAGMA synchronous = OFF')
        self.tables = [row[0] for row in self.db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
                       if not any(row[0].startswith(word) for word in NOT_PUT_BACK)]

    def all(self, sql):
        return self.db.execute(sql).fetchall()

    def keep(self):
        return {table: self.all(f'SELECT * FROM {table}') for table in self.tables}

    def put_back(self, kept, now):
        self.db.execute('BEGIN IMMEDIATE')
        for table, rows in kept.items():
            self.db.execute(f'DELETE FROM {table}')
            if rows:
                self.db.executemany(f'INSERT INTO {table} VALUES ({", ".join("?" * len(rows[0]))})', rows)
        # However long the sweep takes, for the keeper it is still the same moment.
        self.db.execute('UPDATE flow SET expires = ?, code_expires = ? WHERE expires > 0', (now + 900, now + 600))
        self.db.execute('UPDATE method SET code_expires = ? WHERE code_expires > 0', (now + 600,))
        self.db.execute('UPDATE session SET seen = ?1, proved = ?1, expires = ?1 + 3600', (now,))
        self.db.execute('COMMIT')

    def deeds(self):
        return {name: sorted(self.all(sql)) for name, sql in DEEDS.items()}

    def events(self):
        return self.all("SELECT COUNT(*) FROM audit WHERE failure = 0 AND event IN ('reset', 'change')")[0][0]

    def notices(self):
        return self.all("SELECT COUNT(*) FROM outbox WHERE message IN ('password_reset', 'password_changed')")[0][0]


class Step:
    """One request of a path: where it goes, with what, and what yes looks like."""

    def __init__(self, name, visitor, path, fields, word, *others):
        form = visitor.page.form(path) if visitor.page else None
        if form is None:
            visitor.get(path)
            form = visitor.page.form(path)
        self.name, self.visitor, self.word, self.others = name, visitor, word, others
        self.path, self.hidden, self.fields = form.action, form.hidden, fields
        self.jar = dict(visitor.jar)

    def send(self):
        """(yes, no or cut off, the page)"""
        self.visitor.jar = dict(self.jar)
        fields = {name: value() if callable(value) else value for name, value in self.fields.items()}
        try:
            page = self.visitor.ask('POST', self.path, urllib.parse.urlencode({**self.hidden, **fields}))
        except (OSError, http.client.HTTPException) as why:
            return 'cut off', why
        return 'yes' if page.status == 303 and reply_of(page) in (self.word, *self.others) else 'no', page

    def go(self, box):
        """Without a fault, and on to the next page."""
        self.letters = len(box.look())
        self.visitor.jar = dict(self.jar)
        fields = {name: value() if callable(value) else value for name, value in self.fields.items()}
        arrived(self.visitor.send(self.path, {**self.hidden, **fields}), self.word)


def paths(crowded):
    """Each step when its turn has come: the one before has been taken then."""
    who = crowded.known['p01']
    app = lambda: crowded.app(who)
    new = lambda: Visitor(crowded.server.port)

    v = new()
    yield Step('sign in: password', v, '/signin', {'name': who.name, 'password': who.password}, 'prove')
    # The session has begun when it is asked what it owes: where that fails, the page of it asks anew.
    yield Step('sign in: code', v, '/signin/answer', {'code': app}, 'security-info', 'register')
    v.get('/security-info/add?kind=mail')
    asked = Step('register: address', v, '/security-info/add', {'address': 'new@more.example'}, 'pending')
    yield asked
    code = crowded.box.code('new@more.example', asked.letters, 30)
    yield Step('register: code', v, '/security-info/confirm', {'code': code}, 'security-info')
    v.get('/security-info/add?kind=totp')
    yield Step('register: app', v, '/security-info/add', {'kind': 'totp'}, 'pending')
    yield Step('change', v, '/change', {'password': 'granite kettle sparrow noon'}, 'security-info')
    v = new()
    asked = Step('recover: name', v, '/recover', {'name': who.name}, 'check_messages')
    yield asked
    code = crowded.box.code(who.mail, asked.letters, 30)
    crowded.server.turn(60)   # a code of the app counts once
    yield Step('recover: mailed code', v, '/recover/answer', {'code': code}, 'next_proof')
    yield Step('recover: app code', v, '/recover/answer', {'code': app}, 'choose')
    yield Step('recover: password', v, '/recover/choose', {'password': 'walnut quarry lantern dusk'}, 'password_done')


class Sweep:
    """All faults of all steps on one server, and what was wrong."""

    def __init__(self, server, most, chance):
        self.server, self.most, self.chance = server, most, chance
        self.warms = most >= WARM_FROM
        self.rows, self.wrong = Rows(server), collections.Counter()
        self.count = collections.Counter()

    def say_wrong(self, step, what, nth, words):
        self.wrong[f'{step.name}, {what}: {words}'] += 1
        if self.wrong[f'{step.name}, {what}: {words}'] == 1:
            print(f'# {step.name}, {what}, n = {nth}: {words}', flush=True)

    def alive(self):
        return {child: self.server.child(child) for child in ('rekey-keeper', 'rekey-web')}

    def courier(self, number):
        """It rests while faults are made: its own questions would come in between."""
        os.kill(self.server.child('rekey-courier'), number)

    def ready(self, patience):
        ends = time.monotonic() + patience
        while not self.server.ready():
            if time.monotonic() > ends:
                return False
            time.sleep(0.02)
        return True

    def shot(self, step, program, what, nth, arm):
        """One request with one fault in it; True if the fault was met."""
        deeds, events, notices = self.rows.deeds(), self.rows.events(), self.rows.notices()
        arm()
        begun = time.monotonic()
        answer, page = step.send()
        if time.monotonic() - begun > SLOW:
            print(f'# {step.name}, {what}, n = {nth}: {answer} after {time.monotonic() - begun:.0f} s', flush=True)
        fired = self.server.orders.disarm() > 0
        self.count['faults' if fired else 'none met'] += 1
        self.count[answer] += fired
        kinds = what.split(' ')[1:]
        self.look(step, program, what, nth, kinds, answer, page, (deeds, events, notices))
        return fired

    def look(self, step, program, what, nth, kinds, answer, page, before):
        deeds, events, notices = before
        ended = self.ended(step, what, nth, kinds, answer)
        moved = [name for name, rows in self.rows.deeds().items() if rows != deeds[name]]
        done = self.rows.events() - events
        if ('password' in moved) != (done > 0):
            self.say_wrong(step, what, nth, f'password moved: {"password" in moved}, events of it: {done}')
        if 'password' in moved and self.rows.notices() - notices < 2:
            self.say_wrong(step, what, nth, 'a password was set without notices')
        if answer != 'yes' and moved and not ended:
            if (program, kinds[0]) in UNSAID:
                self.count['done but unsaid'] += 1
            else:
                self.say_wrong(step, what, nth, f'the answer was {answer} ({getattr(page, "status", page)}), '
                               f'but {", ".join(moved)} moved')
        if answer == 'yes' and step.moves and not moved:
            self.say_wrong(step, what, nth, 'the answer was yes, but nothing was done')
        if not ended and not self.calm():
            self.say_wrong(step, what, nth, 'a flow is stuck in judging')

    def calm(self):
        """What could not even be taken back is taken back by the clock, soon."""
        ends = time.monotonic() + REST
        while self.rows.all("SELECT 1 FROM flow WHERE state = 'judging'"):
            if time.monotonic() > ends:
                return False
            time.sleep(0.05)
        return True

    def ended(self, step, what, nth, kinds, answer):
        """Whether a program ended; what may not end it is wrong."""
        try:
            now = self.alive()
        except (RuntimeError, OSError):
            now = None
        if now == self.programs:
            if answer != 'yes' and not self.ready(5):
                self.say_wrong(step, what, nth, 'it does not get ready again by itself')
                self.again()
            return False
        self.count['ended itself'] += 1
        if not ENDS & set(kinds):
            self.say_wrong(step, what, nth, 'a program ended: ' + '; '.join(
                line for line in self.server.logged().splitlines()[-6:] if 'cannot happen' in line or 'ended' in line))
        self.again()
        return True

    def again(self):
        self.courier(signal.SIGCONT)
        self.server.stop()
        self.server.start()
        self.courier(signal.SIGSTOP)
        self.programs = self.alive()

    def singles(self, step, program, kinds):
        """Each kind, for each n."""
        for kind in kinds:
            numbers = self.numbers(step, program, kind, self.most)
            if self.warms:
                self.warm(step, program)
            held = self.held(program)
            for nth in numbers:
                self.rows.put_back(self.kept, self.server.now())
                self.shot(step, program, f'{program} {kind}', nth, lambda: self.server.orders.arm(
                    program, kind, nth, errno.ENOMEM if kind == 'malloc' else errno.EIO))
            self.holds(step, f'{program} {kind}')
            self.kept_nothing(step, f'{program} {kind}', held, self.at_rest(program, held), len(numbers))

    def warm(self, step, program):
        """Until the step takes nothing for the first time any more: each worker opens the store, and prepares each
        statement, when it first needs it."""
        for _ in range(WARM_ROUNDS):
            before = self.held(program)
            for _ in range(WARM_SENDS):
                self.rows.put_back(self.kept, self.server.now())
                step.send()
            after = self.at_rest(program, before)
            if after[1] <= before[1] and after[2] - before[2] < WARM_KB:
                return

    def held(self, program):
        """(process, its descriptors, its memory in KB). Of the store's files as many as its connections may have: one
        more is opened when operations meet for the first time, whatever fails."""
        pid = self.programs[f'rekey-{program}']
        status = pathlib.Path(f'/proc/{pid}/status').read_text()
        files = [link for link in map(target, pathlib.Path(f'/proc/{pid}/fd').iterdir()) if link]
        of_store = sum('/rekey.db' in link for link in files)
        return (pid, len(files) - of_store + max(0, of_store - STORE_FILES),
                int(re.search(r'RssAnon:\s+(\d+)', status)[1]))

    def at_rest(self, program, before):
        """The same, when who asked last (a command at the keeper's own door) has been seen to be gone."""
        ends = time.monotonic() + REST
        while True:
            now = self.held(program)
            if now[1] <= before[1] or time.monotonic() > ends:
                return now
            time.sleep(0.02)

    def kept_nothing(self, step, what, before, after, faults):
        """No descriptor, and no more memory than what was touched for the first time: a little for all, and not for each."""
        if before[0] != after[0]:
            return
        if after[1] > before[1]:
            self.say_wrong(step, what, 0, f'{after[1] - before[1]} descriptors stay open')
        if after[2] - before[2] > LEAK_KB + faults * LEAK_EACH_KB:
            self.say_wrong(step, what, 0, f'{after[2] - before[2]} KB more after {faults} faults')

    def numbers(self, step, program, kind, most):
        """All n, or some; the house's own calls come in between, so some more than were counted."""
        self.rows.put_back(self.kept, self.server.now())
        self.server.orders.arm(program, 'none', 0)
        answer, page = step.send()
        if answer != 'yes':
            self.say_wrong(step, f'{program} {kind}', 0, f'without a fault the answer is {answer}: '
                           f'{getattr(page, "status", page)} {reply_of(page) if answer == "no" else ""}')
        calls = self.server.orders.get(f'calls_{kind}')
        self.count[f'calls of {kind} in {program}'] += calls
        numbers = list(range(1, calls + 3)) if calls else []
        return numbers if len(numbers) <= most else sorted(self.chance.sample(numbers, most))

    def pairs(self, step, most):
        """A second fault while the first is dealt with: on the steps that commit."""
        for first in PAIRED:
            for second in PAIRED:
                for nth in self.numbers(step, 'keeper', first, most):
                    gap = self.chance.randint(1, 6)
                    self.rows.put_back(self.kept, self.server.now())
                    self.shot(step, 'keeper', f'keeper {first} {second}', nth, lambda: self.server.orders.arm(
                        'keeper', first, nth, errno.EIO, second, gap))
                    time.sleep(HOUSE)   # a recall that is due would cross the next request
        self.holds(step, 'keeper pairs')

    def holds(self, step, what):
        code, text = self.server.cli('audit', 'verify')
        if code:
            self.say_wrong(step, what, 0, f'the audit log does not hold: {text}')
        found = self.rows.all('PRAGMA quick_check')
        if found != [('ok',)]:
            self.say_wrong(step, what, 0, f'the store is damaged: {found}')

    def step(self, step, kinds, pairs, box):
        self.courier(signal.SIGSTOP)
        self.programs = self.alive()
        self.kept = self.rows.keep()
        deeds = self.rows.deeds()
        answer, page = step.send()
        assert answer == 'yes', f'{step.name}: {answer} {getattr(page, "text", page)[:300]}'
        step.moves = self.rows.deeds() != deeds
        for program, listed in kinds.items():
            self.singles(step, program, listed)
        if pairs and step.moves:
            self.pairs(step, pairs)
        self.rows.put_back(self.kept, self.server.now())
        self.courier(signal.SIGCONT)
        step.go(box)


def run(build, crowd, most, seed, kinds=None, pairs=0, only=''):
    """Returns (what was counted, what was wrong)."""
    kinds = {'keeper': KEEPER, 'web': WEB} if kinds is None else kinds
    with Faulty(build, crowd, ['[policy]', 'proofOfWorkAfter = 1000000']) as server:
        crowded = Crowded(server, crowd)
        sweep = Sweep(server, most, random.Random(seed))
        for step in paths(crowded):
            if only in ('', step.name):
                sweep.step(step, kinds, pairs, crowded.box)
            else:
                step.go(crowded.box)
        return sweep.count, sweep.wrong
