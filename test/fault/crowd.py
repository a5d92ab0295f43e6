"""People who did things, what they were told, and whether all of it is still so.

Every deed that was answered with yes is written down here. A deed whose answer never came may have
been done or not; then the audit log must say which, and everything else must agree with it."""
import email
import email.policy
import http.client
import re
import threading
import time

from injector import scene
from scene import ADD, CODE, Person, Sending, Scene, State, arrived, copy_folder
from server import letter_text, totp
from visitor import Visitor, reply_of

NAMES = [f'p{number:02}' for number in range(1, 7)]
DAY_PART = 9700   # seconds between rounds: no limit of codes a day is met
BUSY = 20         # seconds: by then a program that was started anew serves
UNDER_WAY = 1.5   # seconds: what was asked of a keeper that lives is over by then, whoever asked
LEASE = 130       # after these a letter that a dead courier had is free again
WORDS = 'amber birch cedar delta ember fjord grove heath inlet jetty knoll larch mango north olive'.split()


class Crowd(State):
    """People with a mailbox and an app each, registered once, to be copied."""

    def __init__(self, build, postfix, folder, names=tuple(NAMES)):
        self.postfix, self.people = postfix, {}
        self.kept = folder / 'kept'
        with Sending(build, postfix) as server:
            play = Scene(server, {})
            for name in names:
                self.people[name] = person = Person(name)
                v = scene.invited(play, person)
                for kind in ('mail', 'totp'):
                    ADD[kind](play, v, person)
            play.settle()
            self.turned = server.turned + 86400
            server.stop()
            self.kept.mkdir()
            copy_folder(server.data, self.kept)


class Mailbox:
    """Letters in the order in which they came, each read from its file once."""

    def __init__(self, postfix, sender):
        self.box, self.sender = postfix.folder / 'box/new', sender
        self.seen, self.letters, self.lock = set(), [], threading.Lock()

    def look(self):
        with self.lock:
            fresh = sorted((p for p in self.box.iterdir() if p.name not in self.seen),
                           key=lambda p: p.stat().st_mtime_ns)
            for path in fresh:
                self.seen.add(path.name)
                letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
                if self.sender in str(letter['From']):
                    to = (letter['Delivered-To'] or letter['To']).strip('<>').lower()
                    self.letters.append((to, letter))
            return self.letters

    def ids(self):
        """The ids of the rows whose letters arrived."""
        return {str(letter['Message-ID']).strip('<>').split('@')[0] for _, letter in self.look()}

    def code(self, address, after, patience=2):
        """The first code to an address among the letters after so many."""
        ends = time.monotonic() + patience
        while time.monotonic() < ends:
            for to, letter in self.look()[after:]:
                if to == address and (found := re.search(CODE, letter_text(letter))):
                    return found[0]
            time.sleep(0.03)
        raise TimeoutError(f'no code to {address}')


class Known:
    """One person: what they were told, and what they cannot know."""

    def __init__(self, person):
        self.name, self.seed, self.mail = person.name, person.seed, person.mail
        self.password, self.maybe, self.told = person.password, None, 0
        self.methods, self.maybe_methods, self.added = set(), set(), 0
        self.stored, self.events = None, 0


class Crowded:
    """The crowd before one server."""

    def __init__(self, server, crowd):
        self.server, self.box = server, Mailbox(server.postfix, server.sender)
        self.known = {name: Known(person) for name, person in crowd.people.items()}
        self.acknowledged = self.unanswered = 0
        self.stale = {'replaced by a newer code'}   # why a code need not leave
        self.rows_before = {row[0] for row in self.server.rows('SELECT hex(id) FROM outbox')}
        for who in self.known.values():
            who.methods = set(self.methods(who.name))
            who.stored, who.events = self.stored(who.name), self.events(who.name)

    # ---- what the store says ----

    def stored(self, name):
        return self.server.rows('SELECT stored FROM password JOIN account ON account.id = account WHERE name = ?',
                                name)

    def events(self, name):
        """How often a password was set, as the audit log has it."""
        return self.server.rows('SELECT COUNT(*) FROM audit JOIN account ON account.id = audit.account '
                                "WHERE name = ? AND failure = 0 AND event IN ('reset', 'change')", name)[0][0]

    def methods(self, name):
        return self.server.rows('SELECT kind, address FROM method JOIN account ON account.id = account '
                                "WHERE name = ? AND method.state = 'active'", name)

    # ---- deeds ----

    def app(self, who):
        return totp(who.seed, self.server.now() // 30)

    def signed_in(self, who):
        v = Visitor(self.server.port)
        page = v.post('/signin', {'name': who.name, 'password': who.password})
        arrived(page, 'prove')
        arrived(v.post('/signin/answer', {'code': self.app(who)}), 'security-info')
        return v

    def password(self, who, v, path, fields, word):
        """The last step of setting a password: from here to the answer nobody knows."""
        v.get(path)
        who.maybe = fields['password']
        page = v.post(path, fields)
        if page.status == 303 and reply_of(page) == word:
            who.password, who.maybe = who.maybe, None
            who.told += 1
            return
        if page.status < 500:
            who.maybe = None
        arrived(page, word)

    def reset(self, who, fresh):
        before = len(self.box.look())
        v = Visitor(self.server.port)
        arrived(v.post('/recover', {'name': who.name}), 'check_messages')
        arrived(v.post('/recover/answer', {'code': self.box.code(who.mail, before)}), 'next_proof')
        arrived(v.post('/recover/answer', {'code': self.app(who)}), 'choose')
        self.password(who, v, '/recover/choose', {'password': fresh}, 'password_done')

    def change(self, who, fresh):
        v = self.signed_in(who)
        self.password(who, v, '/change', {'password': fresh}, 'security-info')

    def register(self, who, fresh):
        """Another mailbox; where there are three, nothing."""
        if len(who.methods | who.maybe_methods) > 3:
            self.signed_in(who)
            return
        who.added += 1
        address = f'{who.name}-{who.added}@more.example'
        v = self.signed_in(who)
        v.get('/security-info/add?kind=mail')
        before = len(self.box.look())
        arrived(v.post('/security-info/add', {'address': address}), 'pending')
        code = self.box.code(address, before)
        who.maybe_methods.add(('mail', address))
        arrived(v.post('/security-info/confirm', {'code': code}), 'security-info')
        who.methods.add(('mail', address))

    def signin(self, who, fresh):
        self.signed_in(who)

    def deed(self, who, kind, fresh):
        """One person does one thing; a server that is gone, or says that it is not well, is no surprise."""
        try:
            getattr(self, kind)(who, fresh)
            self.acknowledged += 1
        except (OSError, LookupError, RuntimeError, http.client.HTTPException) as why:
            self.unanswered += 1
            who.why = why

    # ---- whether it is still so ----

    def settle(self, patience=60):
        """Until nothing waits to be sent; a letter that a dead courier had is sent when its lease is over."""
        ends, leases = time.monotonic() + patience, 0
        while True:
            states = [row[0] for row in self.server.rows(
                "SELECT state FROM outbox WHERE state IN ('waiting', 'leased') AND recipient IS NOT NULL")]
            if not states:
                return
            if time.monotonic() > ends:
                raise AssertionError(f'{len(states)} letters do not leave: '
                                     f'{self.server.rows("SELECT message, state, attempts, next, detail FROM outbox WHERE done = 0")}')
            if time.monotonic() > ends - patience + 1.5 * (leases + 1) and leases < 3:
                self.server.turn(LEASE)
                leases += 1
            time.sleep(0.03)

    def passwords(self):
        """Set as often as the log says, and to what was said."""
        if any(who.maybe for who in self.known.values()):
            time.sleep(UNDER_WAY)
        for who in self.known.values():
            stored, events = self.stored(who.name), self.events(who.name)
            done = events - who.events
            assert (stored != who.stored) == (done > 0), \
                f'{who.name}: the password {"moved" if stored != who.stored else "stayed"}, ' \
                f'and the audit log has {done} events of it'
            assert done in (who.told, who.told + (who.maybe is not None)), \
                f'{who.name}: {who.told} times told that a password was set, {done} events'
            if done > who.told:
                who.password = who.maybe
            changed = done > 0 or who.maybe is not None
            who.stored, who.events, who.told, who.maybe = stored, events, 0, None
            if changed:
                self.opens(who)

    def opens(self, who):
        ends = time.monotonic() + BUSY
        while True:
            try:
                page = Visitor(self.server.port).post('/signin', {'name': who.name, 'password': who.password})
                if page.status != 503 or time.monotonic() > ends:
                    break
            except (OSError, LookupError):   # a page that says that it is busy has no form
                if time.monotonic() > ends:
                    raise
            time.sleep(0.1)
        assert page.status == 303 and reply_of(page) == 'prove', \
            f'{who.name}: the password that was set does not open: {page.status} {reply_of(page)}'

    def all_methods(self):
        for who in self.known.values():
            now = set(self.methods(who.name))
            assert who.methods <= now, f'{who.name}: lost {who.methods - now}'
            assert now <= who.methods | who.maybe_methods, f'{who.name}: never added {now - who.methods}'
            who.methods, who.maybe_methods = now, set()

    def mail(self, notices):
        """Every letter that was written left, and arrived; each password that was set wrote some."""
        self.settle()
        rows = [row for row in self.server.rows(
            'SELECT hex(id), message, state, detail, recipient IS NULL FROM outbox') if row[0] not in self.rows_before]
        told = sum(row[1] in ('password_reset', 'password_changed') for row in rows)
        assert told >= 2 * notices, f'{notices} passwords were set, {told} notices written'
        self.arrived(rows)
        self.rows_before |= {row[0] for row in rows}

    def arrived(self, rows):
        for id_, message, state, detail, nobody in rows:
            if not nobody and state != 'sent':
                assert state == 'dead' and message.endswith('_code') and detail in self.stale, \
                    f'a letter is lost: {message} {state} {detail}'
        wanted = {row[0].lower() for row in rows if row[2] == 'sent' and not row[4]}
        ends = time.monotonic() + 15
        while missing := wanted - self.box.ids():
            assert time.monotonic() < ends, f'{len(missing)} letters were said to be sent and did not arrive'
            time.sleep(0.05)

    def judging(self):
        return self.server.rows("SELECT kind, expires FROM flow WHERE state = 'judging'")

    def check(self):
        """All of it; the server answers."""
        before = {who.name: who.events for who in self.known.values()}
        if stuck := self.judging():
            time.sleep(UNDER_WAY)
            stuck = self.judging()
        assert not stuck, f'flows are stuck: {stuck}'
        self.passwords()
        self.all_methods()
        self.mail(sum(who.events - before[who.name] for who in self.known.values()))
        code, text = self.server.cli('audit', 'verify')
        assert code == 0, f'the audit log does not hold: {text}'
