"""Starts the real programs in a folder of their own, turns their clock, reads their log and mail."""
import base64
import contextlib
import ctypes
import email
import email.policy
import hashlib
import hmac
import os
import pathlib
import pwd
import random
import re
import shutil
import signal
import socket
import sqlite3
import struct
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TURN = signal.SIGRTMIN + 4


def free_port():
    """Below those that outgoing connections are given: a server that is started again finds it free again."""
    while True:
        port = random.SystemRandom().randrange(20000, 32768)
        with socket.socket() as s:
            try:
                s.bind(('127.0.0.1', port))
                return port
            except OSError:
                pass


def totp(seed, step):
    """RFC 6238 with SHA-1, 30 seconds and 6 digits; seed in base32."""
    key = base64.b32decode(seed + '=' * (-len(seed) % 8))
    mac = hmac.new(key, struct.pack('>Q', step), hashlib.sha1).digest()
    at = mac[19] & 15
    return f'{(struct.unpack(">I", mac[at:at + 4])[0] & 0x7fffffff) % 1000000:06}'


PROGRAM_USERS = ('rekey-keeper', 'rekey-web', 'rekey-courier')


def with_users(folder):
    """Words before a command of root's, that show it users for the programs: the package makes them on
    a real machine, a test must not. Only this command and its children see the files mounted there."""
    known = {entry.pw_name for entry in pwd.getpwall()}
    if os.getuid() or all(user in known for user in PROGRAM_USERS):
        return []
    for name, row in (('passwd', '{0}:x:{1}:{1}::/nonexistent:/usr/sbin/nologin\n'), ('group', '{0}:x:{1}:\n')):
        rows = [row.format(user, 64100 + at) for at, user in enumerate(PROGRAM_USERS)]
        made = folder / name
        made.write_text(pathlib.Path('/etc', name).read_text() + ''.join(rows))
        made.chmod(0o644)
    return ['unshare', '--mount', 'sh', '-c', f'mount --bind {folder}/passwd /etc/passwd && '
            f'mount --bind {folder}/group /etc/group && exec "$@"', 'sh']


def children(pid):
    return [int(p) for p in pathlib.Path(f'/proc/{pid}/task/{pid}/children').read_text().split()]


def turn_clock(pid, seconds):
    """Moves the clock of a supervisor built for tests, and of web, keeper and courier."""
    for each in [pid, *children(pid)]:
        turn_one(each, seconds)
    time.sleep(0.05)


def turn_one(pid, seconds):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.sigqueue(pid, TURN, ctypes.c_void_p(seconds & 0xffffffff)):
        raise OSError(ctypes.get_errno(), 'sigqueue')


class Postfix:
    """A real mail server of its own: STARTTLS demanded, AUTH demanded, everything kept."""

    def __init__(self, folder):
        self.folder, self.port = pathlib.Path(folder), free_port()

    def __enter__(self):
        self.script('up', self.port)
        return self

    def __exit__(self, *_):
        self.script('down')

    def script(self, verb, *more):
        # Its daemons keep what they inherit, so it must not be a pipe.
        with open(self.folder / 'script.log', 'ab') as log:
            done = subprocess.run(list(map(str, [ROOT / 'test/peer/postfix.sh', verb, self.folder, *more])),
                                  stdout=log, stderr=log, stdin=subprocess.DEVNULL, timeout=90)
        if done.returncode and verb == 'up':
            raise RuntimeError('Postfix did not start: ' + (self.folder / 'script.log').read_text())

    def letters(self):
        """(recipient, message) of everything delivered, oldest first."""
        for path in sorted((self.folder / 'box').glob('new/*'), key=lambda p: p.stat().st_mtime_ns):
            letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            yield (letter['Delivered-To'] or letter['To']).strip('<>').lower(), letter


def letter_text(letter):
    """All that a person could read of a message: subject and both bodies."""
    parts = [str(letter['Subject'])]
    for part in letter.walk():
        if part.get_content_maintype() == 'text':
            parts.append(part.get_content())
    return '\n'.join(parts)


class Server:
    """rekey serve, from a build folder, with a state folder of its own."""

    before, more = [], []

    def __init__(self, build, postfix=None, settings=(), user=None):
        self.build = ROOT / build
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='rekey-story-'))
        os.chmod(self.folder, 0o755)
        self.data, self.log = self.folder / 'data', self.folder / 'log'
        self.port, self.postfix, self.turned = free_port(), postfix, 0
        self.extra = list(settings)
        self.process = None
        self.before = [] if user else with_users(self.folder)
        self.as_user = {'user': user, 'group': user, 'extra_groups': []} if user else {}
        if user:
            os.chown(self.folder, user, user)

    def configuration(self):
        lines = ['[site]', f'baseUrl = http://localhost:{self.port}', 'organisation = Example',
                 '[mail]', 'sender = rekey@reset.example', 'helpDeskMail = desk@example.net',
                 'helpDeskPhone = 555 0100']
        if self.postfix:
            secret = self.folder / 'smtp-password'
            secret.write_text('mail-secret\n')
            secret.chmod(0o600)
            self.own(secret)
            lines += ['smtpHost = localhost', f'smtpPort = {self.postfix.port}', 'smtpUser = rekey',
                      f'smtpPasswordFile = {secret}',
                      f'smtpCaFile = {self.postfix.folder}/ca.crt']
        return '\n'.join([*lines, *self.extra]) + '\n'

    def __enter__(self):
        self.data.mkdir(mode=0o700)
        self.config = self.folder / 'rekey.conf'
        self.config.write_text(self.configuration())
        self.config.chmod(0o640)
        self.own(self.data)
        self.own(self.config)
        self.more = ['--config', self.config]
        self.start()
        return self

    def own(self, path):
        if self.as_user:
            os.chown(path, self.as_user['user'], self.as_user['user'])

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self):
        announced = self.announced()
        with open(self.log, 'ab') as log:
            self.process = subprocess.Popen(
                [*self.before, self.build / 'rekey', 'serve', *self.more, '--data', self.data,
                 '--listen', f'127.0.0.1:{self.port}'], stdout=log, stderr=log,
                stdin=subprocess.DEVNULL, **self.as_user)
        for _ in range(600):
            if self.process.poll() is not None:
                raise RuntimeError('rekey ended at start:\n' + self.logged())
            # All programs: a signal would end one that does not listen for it yet.
            if self.announced() > announced and self.ready():
                break
            time.sleep(0.05)
        else:
            raise RuntimeError('rekey did not become ready:\n' + self.logged())
        if self.turned:
            self.send_turn(self.turned)

    def announced(self):
        return self.logged().count('listening on ')

    def ready(self):
        try:
            with socket.create_connection(('127.0.0.1', self.port), 2) as s:
                s.settimeout(5)
                s.sendall(f'GET /readyz HTTP/1.1\r\nHost: localhost:{self.port}\r\n'
                          'Connection: close\r\n\r\n'.encode())
                return b' 200 ' in s.recv(100)
        except OSError:
            return False

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def child(self, program):
        for pid in children(self.process.pid):
            words = pathlib.Path(f'/proc/{pid}/cmdline').read_bytes().split(b'\0')
            if any(word.endswith(b'/' + program.encode()) for word in words[:2]):
                return pid
        raise RuntimeError(f'no {program} among the children')

    def turn(self, seconds):
        self.turned += seconds
        self.send_turn(seconds)

    def send_turn(self, seconds):
        turn_clock(self.process.pid, seconds)

    def now(self):
        return int(time.time()) + self.turned

    def cli(self, *words, stdin=None):
        """One command; returns (exit code, what it printed)."""
        done = subprocess.run([self.build / 'rekey', *words, '--data', self.data], input=stdin,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120,
                              **self.as_user)
        return done.returncode, done.stdout.decode(errors='replace')

    def rows(self, sql, *values):
        store = sqlite3.connect(f'file:{next(self.data.rglob("*.db"))}?mode=ro', uri=True, timeout=10)
        try:
            return store.execute(sql, values).fetchall()
        finally:
            store.close()

    def write(self, sql):
        """While it is stopped."""
        store = sqlite3.connect(next(self.data.rglob('*.db')), timeout=10)
        store.execute(sql)
        store.commit()
        store.close()

    @contextlib.contextmanager
    def held(self):
        """While it lasts (less than 5 s) nothing is written to the store: all that is asked is judged as it was before."""
        store = sqlite3.connect(next(self.data.rglob('*.db')), isolation_level=None, timeout=10)
        store.execute('BEGIN IMMEDIATE')
        try:
            yield
        finally:
            store.execute('ROLLBACK')
            store.close()

    def logged(self):
        return self.log.read_text(errors='replace') if self.log.exists() else ''

    def complaints(self):
        """What a sanitizer, an assertion or a killed program left in the log."""
        return [line for line in self.logged().splitlines()
                if re.search(r'runtime error|Sanitizer|must_be|"level":"error"|died', line)]


class Demo(Server):
    """rekey serve --demo, whose mail is read on its inbox page."""

    more = ['--demo']

    def __enter__(self):
        self.data.mkdir(mode=0o700)
        self.own(self.data)
        self.start()
        return self
