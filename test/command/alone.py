"""The keeper's program without rekey: what it is handed is missing, broken, or forbidden by the system."""
import contextlib
import fcntl
import os
import pathlib
import resource
import shutil
import signal
import socket
import sqlite3
import tempfile
import time

from server import ROOT, Server

SEALS = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE
NOBODY = 64999      # nobody else's, so that a limit of processes is a limit of this one's threads
PASSPHRASE = b'seven green boats at dawn'
USER = None if os.getuid() else NOBODY   # root's programs do not serve
PATIENCE = 60
MEGABYTE = 1 << 20


class Failed(Exception):
    pass


def expect(what, holds):
    if not holds:
        raise Failed(what)


def settings(data, sealed=True):
    """What the supervisor hands over: only where the state folder is."""
    fd = os.memfd_create('settings', os.MFD_ALLOW_SEALING | os.MFD_CLOEXEC)
    os.write(fd, b'store.data\0' + str(data).encode() + b'\0')
    if sealed:
        fcntl.fcntl(fd, fcntl.F_ADD_SEALS, SEALS)
    return fd


class Folder:
    """A state folder, and a rekey-keeper started by hand."""

    def __init__(self, build):
        self.program = ROOT / build / 'rekey-keeper'
        self.top = pathlib.Path(tempfile.mkdtemp(prefix='rekey-alone-'))
        self.top.chmod(0o755)
        self.data, self.pid = self.top / 'data', None
        for part in ('', 'keys', 'backup', 'run'):
            (self.data / part).mkdir(mode=0o700)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.top, ignore_errors=True)

    def give(self, user):
        for path in self.top.rglob('*'):
            os.chown(path, user, user)

    def exec(self, words, descriptors, user, limits):
        """In the child: the descriptors by number, and no others."""
        moved = {number: fcntl.fcntl(fd, fcntl.F_DUPFD, 100) for number, fd in descriptors.items()}
        os.closerange(3, 100)
        for number, fd in moved.items():
            os.dup2(fd, number)
        os.closerange(100, 200)
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        for what, most in limits.items():
            resource.setrlimit(what, (most, most))
        if user:
            os.setgroups([])
            os.setgid(user)
            os.setuid(user)
        os.execv(self.program, [self.program, *map(str, words)])

    def begin(self, words, descriptors, limits=None, given=True, user=USER):
        if user and given:
            self.give(user)
        self.log = self.top / 'log'
        with open(self.log, 'wb') as log, open(os.devnull, 'rb') as nothing:
            self.pid = os.fork()
            if not self.pid:
                try:
                    self.exec(words, {0: nothing.fileno(), **descriptors, 1: log.fileno(), 2: log.fileno()}, user,
                              limits or {})
                finally:
                    os._exit(126)

    def ended(self):
        """(exit code, what was said)"""
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(status), self.log.read_text()
            time.sleep(0.005)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        raise Failed(f'it does not end: {self.log.read_text()}')

    def offline(self, words, descriptors=None, **more):
        self.begin(words, descriptors or {}, **more)
        return self.ended()

    def refuses(self, said, words, descriptors=None, **more):
        code, text = self.offline(words, descriptors, **more)
        expect(f'ended with {code}: {text}', code == 1 and said in text)

    @contextlib.contextmanager
    def served(self, words=(), sealed=True, listener=None, control=None, **more):
        """The supervisor's end of the channel; a keeper that serves has said that it is ready."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        door = socket.socket(socket.AF_UNIX)
        path = self.top / 'door'
        path.unlink(missing_ok=True)
        door.bind(str(path))
        door.listen()
        conf = settings(self.data, sealed)
        self.begin(words, {3: conf, 4: control if control is not None else theirs.fileno(),
                           5: listener if listener is not None else door.fileno()}, **more)
        theirs.close()
        os.close(conf)
        ours.settimeout(PATIENCE)
        try:
            yield ours
        finally:
            ours.close()
            door.close()

    def serves(self, *words, **more):
        """It becomes ready; and ends well when nobody supervises it any more."""
        with self.served(words, **more) as ours:
            said = ours.recv(16)
        code, text = self.ended()
        expect(f'{said} {code}: {text}', said == b'ready' and code == 0)
        return text

    def does_not_serve(self, said, **more):
        with self.served(**more) as ours:
            with contextlib.suppress(ConnectionError):
                expect('it is not ready', ours.recv(16) in (b'', b'ready'))
            code, text = self.ended()
        expect(f'ended with {code}: {text}', code == 1 and said in text)


# ---- serving ----

def a_keeper_that_cannot_begin_says_why_and_ends(build):
    with Folder(build) as f:
        f.does_not_serve('not sealed', sealed=False)
        if USER:
            f.does_not_serve('user is missing', user=None)
        text = f.serves()
        f.serves('again')
        with open(f.top / 'file', 'w+b') as file:
            f.does_not_serve('control: ready', control=file.fileno())
            f.does_not_serve('epoll', listener=file.fileno())
        key = f.data / 'keys/master.key'
        key.chmod(0o644)
        f.does_not_serve('it must be 0600 or stricter')
        key.chmod(0o600)
        store = f.data / 'rekey.db'
        kept = store.read_bytes()
        store.write_bytes(b'these are no pages of a store' * 1000)
        f.does_not_serve('no store of rekey')
        store.write_bytes(kept)
        with contextlib.closing(sqlite3.connect(store)) as db:
            db.execute('ALTER TABLE flow RENAME TO flow_away')
        f.does_not_serve('no such table')
        store.write_bytes(kept)
        f.serves()
        shutil.rmtree(f.data)
        f.does_not_serve('cage')
    expect('nothing more to say', 'error' not in text)


def a_keeper_without_locked_memory_says_so_and_serves(build):
    if not USER:
        return
    with Folder(build) as f:
        text = f.serves(limits={resource.RLIMIT_MEMLOCK: 0})
        expect(f'it warns: {text}', 'not in locked memory' in text)


def a_keeper_with_too_few_threads_does_not_serve(build):
    if not USER:
        return
    cores = os.cpu_count()
    before_workers = 3 + cores  # the first, the store's writer, those that hash, and who holds answers back
    with Folder(build) as f:
        for most, said in ((1, 'the writer of the store'), (1 + cores, 'the hash pool'), (2 + cores, 'release thread'),
                           (before_workers, 'worker threads'), (before_workers + 63, 'worker threads'),
                           (before_workers + 64, 'housekeeping thread'), (before_workers + 65, 'housekeeping thread')):
            f.does_not_serve(said, limits={resource.RLIMIT_NPROC: most})
        f.serves(limits={resource.RLIMIT_NPROC: before_workers + 66})


def a_keeper_with_too_little_memory_does_not_serve(build):
    said = set()
    with Folder(build) as f:
        for most in range(8, 200, 1):
            with f.served(limits={resource.RLIMIT_AS: most * MEGABYTE}) as ours:
                with contextlib.suppress(ConnectionError):
                    expect('not ready', ours.recv(16) == b'')
                code, text = f.ended()
            expect(f'{most} MB: {code}: {text}', code != 0)
            said |= {words for words in ('no memory to begin with', 'operations') if words in text}
            if 'operations' in said:
                break
        expect(f'both: {said}', len(said) == 2)
        expect('no store was made', not (f.data / 'rekey.db').exists())


# ---- while nothing serves ----

def opened(path):
    return os.open(path, os.O_RDONLY | os.O_CLOEXEC)


def words_that_rekey_never_says_do_nothing(build):
    with Folder(build) as f:
        for words in (['restore'], ['restore', f.data, 'more'], ['what', f.data]):
            f.refuses('started by rekey', words)
        expect('nothing was made', not list(f.data.glob('*/*')))


class Made(Folder):
    """A folder with a store, a key and a backup of its own, all made by the programs themselves."""

    def __init__(self, build):
        super().__init__(build)
        self.serves()
        self.backup = self.top / 'backup.db'
        shutil.copy(self.data / 'rekey.db', self.backup)
        self.key = self.top / 'kept.key'
        shutil.copy(self.data / 'keys/master.key', self.key)
        self.before = self.state()

    def state(self):
        return (self.data / 'rekey.db').read_bytes(), (self.data / 'keys/master.key').read_bytes()

    def put_back(self):
        for path in self.data.glob('rekey.db*'):
            path.unlink()
        (self.data / 'rekey.db').write_bytes(self.before[0])

    def restore(self, said, backup=None, **more):
        with open(backup or self.backup, 'rb') as file:
            self.refuses(said, ['restore', self.data], {4: file.fileno()}, **more)

    def broken(self, sql):
        """The backup, changed by a hand."""
        path = self.top / 'broken.db'
        shutil.copy(self.backup, path)
        with contextlib.closing(sqlite3.connect(path)) as db:
            db.executescript(sql)
        return path


def a_restore_that_cannot_be_done_leaves_all_as_it_was(build):
    with Made(build) as f:
        f.restore('there is no store in it', f.log)   # an empty file
        f.log.write_text('these are the words of no store, and enough of them to look like one' * 100)
        shutil.copy(f.log, f.top / 'words')
        f.restore('no store of rekey', f.top / 'words')
        f.restore('no such table', f.broken('ALTER TABLE audit RENAME TO audit_away'))
        f.restore('no such table', f.broken('ALTER TABLE pass RENAME TO pass_away'))
        with open(f.top / 'large', 'wb') as file:
            file.truncate(8 * MEGABYTE)
        f.restore('is full', f.top / 'large', limits={resource.RLIMIT_FSIZE: 4 * MEGABYTE})
        folder = os.open(f.top, os.O_RDONLY | os.O_DIRECTORY)
        f.refuses('the backup cannot be read', ['restore', f.data], {4: folder})
        os.close(folder)
        shutil.rmtree(f.data / 'backup')
        f.restore('the backup folder cannot be written')
        (f.data / 'backup').mkdir()
        (f.data / 'backup/incoming').write_text('in the way')
        f.restore('the backup folder cannot be written')
        (f.data / 'backup/incoming').unlink()
        (f.data / 'keys/master.key').chmod(0o644)
        f.restore('0600 or stricter')
        (f.data / 'keys/master.key').chmod(0o600)
        expect('as it was', f.state() == f.before)
        with open(f.backup, 'rb') as file:
            expect('and then it can', f.offline(['restore', f.data], {4: file.fileno()}) == (0, ''))


def a_restore_into_a_folder_that_may_not_be_written_leaves_it(build):
    if not USER:
        return
    with Made(build) as f:
        os.chown(f.data, 0, 0)
        f.data.chmod(0o755)
        f.restore('cannot be moved aside', given=False)
        expect('as it was', f.state() == f.before)
        for path in f.data.glob('rekey.*'):
            path.unlink()
        f.restore('cannot be put in place', given=False)
        expect('nothing is there', not (f.data / 'rekey.db').exists())


def piped(text):
    out, into = os.pipe()
    os.write(into, text)
    os.close(into)
    return out


def exported(build, path):
    """A key file that `rekey key export` wrote."""
    with Server(build) as server:
        code, text = server.cli('key', 'export', str(server.folder / 'key'), stdin=PASSPHRASE + b'\n')
        expect(text, code == 0)
        shutil.copy(server.folder / 'key', path)
    return path


def a_key_that_cannot_be_taken_is_not_taken(build):
    with Folder(build) as f:
        empty, words = f.top / 'empty', f.top / 'words'
        empty.write_bytes(b'')
        words.write_text('nonsense')
        for key, passphrase in ((empty, PASSPHRASE), (words, b''), (f.top, PASSPHRASE)):
            descriptors = {3: opened(key), 0: piped(passphrase)}
            f.refuses('is empty', ['import-key', f.data], descriptors)
        f.refuses('no exported key', ['import-key', f.data], {3: opened(words), 0: piped(PASSPHRASE)})
        f.refuses('no master key yet', ['restore', f.data], {4: opened(words)})
        shutil.rmtree(f.data / 'keys')
        f.refuses('no master key yet', ['restore', f.data], {4: opened(words)})
        f.refuses('no exported key', ['restore', f.data], {3: opened(words), 4: opened(words), 0: piped(PASSPHRASE)})
        f.refuses('the folder of keys cannot be opened', ['import-key', f.data],
                  {3: opened(exported(build, f.top / 'exported')), 0: piped(PASSPHRASE)})
        expect('no key', not (f.data / 'keys').exists())


def a_command_with_too_little_memory_does_nothing(build):
    said = set()
    with Made(build) as f:
        most, step = 8 * MEGABYTE, MEGABYTE
        while most < 300 * MEGABYTE:
            with open(f.backup, 'rb') as file:
                code, text = f.offline(['restore', f.data], {4: file.fileno()}, limits={resource.RLIMIT_AS: most})
            if code == 0 and step < MEGABYTE:
                break
            if code == 0:   # once more, and finer: there is more than one piece of memory
                most, step = most - 2 * MEGABYTE, 32 * 1024
                f.put_back()
                continue
            said.add('out of memory' in text)
            expect('as it was', f.state() == f.before)
            most += step
        expect('it was said', code == 0 and True in said)


TESTS = [a_keeper_that_cannot_begin_says_why_and_ends, a_keeper_without_locked_memory_says_so_and_serves,
         a_keeper_with_too_few_threads_does_not_serve, a_keeper_with_too_little_memory_does_not_serve,
         words_that_rekey_never_says_do_nothing, a_restore_that_cannot_be_done_leaves_all_as_it_was,
         a_restore_into_a_folder_that_may_not_be_written_leaves_it, a_key_that_cannot_be_taken_is_not_taken,
         a_command_with_too_little_memory_does_nothing]
