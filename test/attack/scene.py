"""What an attack meets: the real programs, with people who registered before, and a real mail server.

The people are made once, by the portal itself; each attack then gets a copy of that state folder, so
that none sees what another did."""
import contextlib
import html
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'story'))
from authenticator import Authenticator
from server import Server, letter_text, totp, turn_one
from visitor import Visitor, reply_of

PASSWORD = 'nine quiet lanterns on a hill'
NEXT = 'a long walk to the sea'
PATIENCE = 15
CODE = r'\b\d{8}\b'
PASS = r'\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){2,}\b'

# name: what they have. ada and bob are whole; the others each lack something.
PEOPLE = {
    'ada': ('mail', 'totp', 'recovery_code'),
    'bob': ('mail', 'totp', 'recovery_code'),
    'mia': ('mail',),           # too few ways for a reset
    'dan': (),                  # never came
    'eve': ('mail', 'totp'),    # disabled
    'fay': ('mail', 'totp'),    # frozen
}


class Person:
    """Somebody, and what they know."""

    def __init__(self, name):
        self.name, self.password, self.seed, self.step, self.paper = name, PASSWORD, None, 0, []

    @property
    def mail(self):
        return f'{self.name}@home.example'

    @property
    def work_mail(self):
        return f'{self.name}@example.net'

    def copy(self):
        other = Person(self.name)
        other.seed, other.step, other.paper = self.seed, self.step, list(self.paper)
        return other


class Scene:
    """A running server, the people, and the letters that came since it began."""

    def __init__(self, server, people):
        self.server = server
        self.people = {name: person.copy() for name, person in people.items()}
        self.started = len(list(server.postfix.letters()))
        self.expected = []

    def __getattr__(self, name):
        if name in PEOPLE:
            return self.people[name]
        raise AttributeError(name)

    def visitor(self, language='en'):
        return Visitor(self.server.port, language)

    # ---- letters ----

    def letters(self, address=None):
        """(recipient, message) from this scene's server since the attack began, oldest first."""
        came = [(to, letter) for to, letter in list(self.server.postfix.letters())[self.started:]
                if self.server.sender in str(letter['From'])]
        return [(to, letter) for to, letter in came if address in (None, to)]

    def settle(self):
        """Until nothing waits to be sent."""
        ends = time.monotonic() + PATIENCE
        while self.server.rows("SELECT COUNT(*) FROM outbox WHERE state IN ('waiting', 'leased') "
                               'AND recipient IS NOT NULL')[0][0]:
            if time.monotonic() > ends:
                raise TimeoutError('the outbox is not empty in time')
            time.sleep(0.05)
        time.sleep(0.2)

    def texts(self, address):
        self.settle()
        return [letter_text(letter) for _, letter in self.letters(address)]

    def found(self, address, pattern):
        """Every match of the pattern in the letters to an address, oldest first."""
        return [m for text in self.texts(address) for m in re.findall(pattern, text)[:1]]

    def code_to(self, person, nth=None):
        """The code mailed last to a person since the attack began; with nth, waits for that many."""
        ends = time.monotonic() + PATIENCE
        while True:
            codes = [re.search(CODE, letter_text(m))[0] for _, m in self.letters(person.mail)
                     if re.search(CODE, letter_text(m))]
            if len(codes) >= (nth or 1):
                return codes[-1]
            if time.monotonic() > ends:
                raise TimeoutError(f'no code came to {person.mail}')
            time.sleep(0.05)

    # ---- what an owner does ----

    def app_code(self, person):
        """A code of the person's app whose step was not used before; turns the clock where it must."""
        now = self.server.now()
        person.step = max(now // 30, person.step + 1)
        if person.step > now // 30:
            self.server.turn(person.step * 30 - now)
        return totp(person.seed, person.step)

    def signed_in(self, person):
        """A browser in which the person has signed in."""
        v = self.visitor()
        page = v.post('/signin', {'name': person.name, 'password': person.password})
        if reply_of(page) == 'prove':
            page = v.post('/signin/answer', {'code': self.app_code(person)})
        arrived(page, 'security-info')
        return v

    def asked(self, name):
        """A browser in which a reset of this name was begun."""
        v = self.visitor()
        arrived(v.post('/recover', {'name': name}), 'check_messages')
        return v

    def proven(self, person):
        """A browser in which both proofs of a reset are in."""
        before = len(self.found(person.mail, CODE))
        v = self.asked(person.name)
        arrived(v.post('/recover/answer', {'code': self.code_to(person, before + 1)}), 'next_proof')
        arrived(v.post('/recover/answer', {'code': self.app_code(person)}), 'choose')
        return v

    def reset(self, person, password=NEXT):
        """The whole reset, by its owner."""
        v = self.proven(person)
        arrived(v.post('/recover/choose', {'password': password}), 'password_done')
        person.password = password
        return v

    def opens(self, name, password):
        """True: this password is the account's (a fresh browser gets past the first page)."""
        page = self.visitor().post('/signin', {'name': name, 'password': password})
        return page.status == 303 and reply_of(page) in ('prove', 'security-info', 'must_change')

    def key(self, name):
        return Authenticator(self.server.folder, name, f'http://localhost:{self.server.port}')

    def passkey(self, person):
        """Registers a passkey, and signs out."""
        v, key = self.signed_in(person), self.key(person.name)
        arrived(v.post('/security-info/add', {'kind': 'passkey'}), 'pending')
        arrived(v.post('/security-info/passkey', key.create(passkey_asked(v))), 'security-info')
        v.post('/signout', {})
        return key

    # ---- what the store holds ----

    def account(self, name):
        return self.server.rows('SELECT id FROM account WHERE name = ?', name)[0][0]

    def stored(self, name):
        """The account's password as kept: moves only when somebody set one."""
        return self.server.rows('SELECT stored, changed FROM password WHERE account = ?', self.account(name))

    def methods(self, name):
        return self.server.rows('SELECT id, kind, address, state FROM method WHERE account = ? ORDER BY id',
                                self.account(name))

    def sessions(self, name):
        return self.server.rows('SELECT COUNT(*) FROM session WHERE account = ?', self.account(name))[0][0]

    def complaints(self):
        """What the log complains of, but for what this attack itself did."""
        return [line for line in self.server.complaints() if not any(words in line for words in self.expected)]

    def kill(self, program):
        """kill -9; the supervisor starts it anew."""
        pid = self.server.child(program)
        self.expected.append(f'"{program.removeprefix("rekey-")} ended')
        os.kill(pid, signal.SIGKILL)
        ends = time.monotonic() + PATIENCE
        while not self.server.ready() or self.server.child(program) == pid:
            if time.monotonic() > ends:
                raise TimeoutError(f'{program} did not come back')
            time.sleep(0.05)
        turn_one(self.server.child(program), self.server.turned)

    def cli(self, *words, code=0):
        ended, text = self.server.cli(*map(str, words))
        assert ended == code, f'rekey {" ".join(map(str, words))} ended with {ended}:\n{text}'
        return text


def arrived(page, word):
    """The setting-up of an attack went as it does for everyone; not the claim of a test."""
    if page.status != 303 or reply_of(page) != word:
        raise RuntimeError(f'{page.status} {reply_of(page)}, not 303 {word}:\n{page.text[:800]}')


def passkey_asked(v):
    """What the page asks a browser with, for a passkey."""
    asked = re.search(r' data-options="(.+?)"', v.page.html)
    assert asked, f'the page asks for no passkey: {v.page.text[:300]}'
    return json.loads(html.unescape(asked[1]))


# ---- the people, made once ----

def invited(scene, person):
    scene.cli('people', 'add', person.name, '--mail', person.work_mail)
    given = re.search(PASS, scene.cli('people', 'invite', person.name))[0]
    v = scene.visitor()
    arrived(v.post('/signin/pass', {'name': person.name, 'pass': given}), 'must_change')
    arrived(v.post('/signin/choose', {'password': person.password}), 'security-info')
    return v


def vouch(scene, v, person):
    """What a password alone adds counts a day later; at once, once a code came back to an address known before."""
    v.get('/security-info/add')
    if v.page.form('/security-info/send'):
        arrived(v.post('/security-info/send', {}), 'vouch')
        arrived(v.post('/security-info/vouch', {'code': scene.code_to(person)}), 'add')


def add_mail(scene, v, person):
    v.get('/security-info/add?kind=mail')
    arrived(v.post('/security-info/add', {'address': person.mail}), 'pending')
    arrived(v.post('/security-info/confirm', {'code': scene.code_to(person)}), 'security-info')


def add_totp(scene, v, person):
    vouch(scene, v, person)
    arrived(v.post('/security-info/add', {'kind': 'totp'}), 'pending')
    person.seed = re.search(r'secret=([A-Z2-7]+)', v.page.html)[1]
    arrived(v.post('/security-info/confirm', {'code': scene.app_code(person)}), 'security-info')


def add_recovery_code(scene, v, person):
    vouch(scene, v, person)
    page = v.post('/security-info/add', {'kind': 'recovery_code'})
    person.paper = re.findall(r'<code>([0-9A-Z]{4}(?:[- ][0-9A-Z]{2,4}){6})</code>', page.html)
    if not person.paper:
        raise RuntimeError(f'no recovery codes on the page: {page.text[:800]}')


ADD = {'mail': add_mail, 'totp': add_totp, 'recovery_code': add_recovery_code}


class Sending(Server):
    """A server with a sender of its own: all scenes share one mail server, and the same people's addresses."""

    @property
    def sender(self):
        return f'rekey-{self.port}@reset.example'

    def configuration(self):
        return super().configuration().replace('sender = rekey@reset.example', f'sender = {self.sender}')


class State:
    """The folder of a server whose people have registered, to be copied."""

    def __init__(self, build, postfix, folder):
        self.postfix, self.people = postfix, {}
        self.kept = pathlib.Path(folder) / 'kept'
        with Sending(build, postfix) as server:
            scene = Scene(server, {})
            for name, kinds in PEOPLE.items():
                self.people[name] = person = Person(name)
                v = invited(scene, person)
                for kind in kinds:
                    ADD[kind](scene, v, person)
            scene.cli('people', 'disable', 'eve')
            self.freeze(scene)
            scene.settle()
            self.turned = server.turned
            server.stop()
            self.kept.mkdir()
            copy_folder(server.data, self.kept)

    def freeze(self, scene):
        """fay says that a change was not hers."""
        v = scene.signed_in(self.people['fay'])
        arrived(v.post('/change', {'password': NEXT}), 'security-info')
        token = scene.found('fay@home.example', r'/not-me#([A-Za-z0-9_-]+)')[-1]
        arrived(scene.visitor().post('/not-me', {'token': token}), 'not_me_done')
        self.people['fay'].password = NEXT

    @contextlib.contextmanager
    def scene(self, build, settings=()):
        with Copied(build, self, settings) as server:
            yield Scene(server, self.people)


def tried(one, state, build):
    """Words of what is wrong, or None; an attack that could not be tried is wrong, too."""
    try:
        with state.scene(build, one.settings) as scene:
            one.run(scene)
            scene.server.stop()
            if complaints := scene.complaints():
                return 'the log complains:\n' + '\n'.join(complaints[:10])
    except AssertionError as why:
        return f'{traceback.format_exc()}\n{why}'
    except Exception:
        return 'it could not be tried:\n' + traceback.format_exc()
    return None


class Copied(Sending):
    """A server whose state folder is a copy."""

    def __init__(self, build, state, settings):
        super().__init__(build, state.postfix, settings)
        self.kept, self.turned = state.kept, state.turned

    def start(self):
        if not self.process:
            copy_folder(self.kept, self.data)
        super().start()


def copy_folder(source, target):
    """With owners and modes, which the keeper looks at."""
    subprocess.run(['cp', '-a', f'{source}/.', target], check=True)
