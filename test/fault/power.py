"""The power goes at each write and each sync of a reset and a change.

What the keeper writes to its store is recorded; afterwards the file is put together as it could have been
found at each moment: with all that was written, without what was not yet synced, with some of it, and with
the last write torn. Each is looked at with SQLite's own eyes; the real keeper opens one of each kind."""
import collections
import hashlib
import os
import random
import shutil
import sqlite3
import struct
import tempfile
import pathlib

from crowd import Crowded
from injector import Faulty, scene
from scene import arrived, copy_folder
from visitor import Visitor, reply_of

WRITE, SYNC, SIZE, UNLINK = 1, 2, 3, 4
STORE, LOG = 1, 2
SECTOR = 512


class Op:
    """One entry of the record: what was done to which file."""

    def __init__(self, what, file, offset, length, data):
        self.what, self.file, self.offset, self.length, self.data = what, file, offset, length, data


def read_record(path):
    text, at, ops = path.read_bytes(), 0, []
    while at < len(text):
        what, file, offset, length = struct.unpack_from('<IIqq', text, at)
        at += 24
        data = b''
        if what == WRITE:
            data, at = text[at:at + length], at + length
        ops.append(Op(what, file, offset, length, data))
    return ops


class Files:
    """The store and its log, as bytes."""

    def __init__(self, store):
        self.bytes = {STORE: bytearray(store), LOG: bytearray()}

    def apply(self, op, data=None):
        held = self.bytes[op.file]
        if op.what == WRITE:
            data = op.data if data is None else data
            if len(held) < op.offset:
                held.extend(bytes(op.offset - len(held)))
            held[op.offset:op.offset + len(data)] = data
        elif op.what == SIZE:
            del held[op.length:]
            held.extend(bytes(op.length - len(held)))
        elif op.what == UNLINK:
            del held[:]

    def copy(self):
        other = Files(b'')
        other.bytes = {file: bytearray(held) for file, held in self.bytes.items()}
        return other


def images(store, ops, chance):
    """(after so many operations, the kind of image, the files); what was synced is in every one."""
    full, synced, loose = Files(store), Files(store), []
    yield 0, 'all', full
    for number, op in enumerate(ops, 1):
        if op.what == WRITE and len(op.data) > 1:
            torn = full.copy()
            torn.apply(op, op.data[:max(1, len(op.data) // 2 // SECTOR * SECTOR)])
            yield number, 'torn', torn
        full.apply(op)
        if op.what == SYNC:
            for each in loose:
                if each.file == op.file:
                    synced.apply(each)
            loose = [each for each in loose if each.file != op.file]
        else:
            loose.append(op)
        yield number, 'all', full
        if loose:
            yield number, 'not synced', synced
            mixed = synced.copy()
            for each in loose:
                if chance.random() < 0.5:
                    mixed.apply(each)
            yield number, 'some of it', mixed


class Said:
    """What was asked and what was acknowledged, with the place in the record."""

    def __init__(self, server):
        self.server, self.deeds = server, []

    def deed(self, name, password, act):
        begun = self.server.orders.get('recorded')
        arrived(*act())
        self.deeds.append((name, password, begun, self.server.orders.get('recorded')))

    def of(self, name, number):
        """(passwords that were asked for in their order, how many must be there, how many may)"""
        mine = [deed for deed in self.deeds if deed[0] == name]
        return [deed[1] for deed in mine], sum(deed[3] <= number for deed in mine), \
            sum(deed[2] < number for deed in mine)


def walk(crowded, said):
    """A reset and a change by each of two people."""
    for who in list(crowded.known.values())[:2]:
        before = len(crowded.box.look())
        v = Visitor(crowded.server.port)
        arrived(v.post('/recover', {'name': who.name}), 'check_messages')
        arrived(v.post('/recover/answer', {'code': crowded.box.code(who.mail, before, 30)}), 'next_proof')
        arrived(v.post('/recover/answer', {'code': crowded.app(who)}), 'choose')
        first, second = f'marble {who.name} thistle orchard nine', f'velvet {who.name} harbour copper ten'
        said.deed(who.name, first, lambda: (v.post('/recover/choose', {'password': first}), 'password_done'))
        who.password = first
        crowded.server.turn(60)
        v = crowded.signed_in(who)
        v.get('/change')
        said.deed(who.name, second, lambda: (v.post('/change', {'password': second}), 'security-info'))
        crowded.server.turn(60)


class Image:
    """One way the files could have been found."""

    def __init__(self, number, kind, files, owner, folder, kept):
        self.number, self.kind, self.folder = number, kind, folder / 'image'
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        copy_folder(kept, self.folder)
        for name, file in (('rekey.db', STORE), ('rekey.db-wal', LOG)):
            path = self.folder / name
            path.write_bytes(files.bytes[file])
            path.chmod(0o600)
            os.chown(path, *owner)
        (self.folder / 'rekey.db-shm').unlink(missing_ok=True)

    def look(self, said, people, events):
        """By a copy, which SQLite mends. Returns (the digest of what is in it, {name: passwords set})."""
        with tempfile.TemporaryDirectory(dir=self.folder.parent) as aside:
            for name in ('rekey.db', 'rekey.db-wal'):
                shutil.copy(self.folder / name, aside)
            db = sqlite3.connect(f'{aside}/rekey.db')
            try:
                return self.facts(db, said, people, events)
            finally:
                db.close()

    def facts(self, db, said, people, events):
        where = f'after {self.number} operations, {self.kind}'
        assert db.execute('PRAGMA integrity_check').fetchall() == [('ok',)], f'{where}: the store is damaged'
        done = {}
        for name in people:
            count = db.execute('SELECT COUNT(*) FROM audit JOIN account ON account.id = audit.account '
                               "WHERE name = ? AND failure = 0 AND event IN ('reset', 'change')", (name,)).fetchone()[0]
            count -= events[name]
            _, least, most = said.of(name, self.number)
            assert least <= count <= most, f'{where}: {name} was told of {least} passwords, {count} are there'
            notices = db.execute('SELECT COUNT(*) FROM outbox JOIN account ON account.id = outbox.account WHERE '
                                 "name = ? AND message IN ('password_reset', 'password_changed')", (name,)).fetchone()[0]
            assert notices >= 2 * count, f'{where}: {count} passwords, {notices} notices'
            done[name] = count
        digest = hashlib.sha256()
        for line in db.iterdump():
            digest.update(line.encode(errors='replace'))
        return digest.hexdigest(), done


class Found:
    """A folder as an image left it, for a server to begin on."""

    def __init__(self, folder, turned):
        self.postfix, self.kept, self.turned = None, folder, turned


def open_by_keeper(build, image, said, done, turned, initial):
    """The programs start on it, the passwords open, the log holds, and no flow is stuck."""
    where = f'after {image.number} operations, {image.kind}'
    with Faulty(build, Found(image.folder, turned)) as server:
        assert not server.rows("SELECT 1 FROM flow WHERE state = 'judging'"), f'{where}: a flow is stuck'
        for name, count in done.items():
            passwords, _, _ = said.of(name, image.number)
            password = passwords[count - 1] if count else initial[name]
            page = Visitor(server.port).post('/signin', {'name': name, 'password': password})
            assert page.status == 303 and reply_of(page) == 'prove', f'{where}: the password of {name} does not open'
        code, text = server.cli('audit', 'verify')
        assert code == 0, f'{where}: the audit log does not hold: {text}'


def run(build, crowd, most, seed, folder, say=lambda words: None, every=1):
    """Looks at every image, or each so manieth; the real keeper opens `most` of those that differ in what they
    hold, or all (0)."""
    with Faulty(build, crowd, record=True) as server:
        crowded, said = Crowded(server, crowd), Said(server)
        people = list(crowded.known)[:2]
        initial = {name: crowd.people[name].password for name in people}
        events = {name: crowded.known[name].events for name in people}
        walk(crowded, said)
        crowded.settle()
        server.process.kill()
        server.process.wait()
        ops, turned = read_record(server.record), server.turned
        status = os.stat(server.data / 'rekey.db')
    store = (crowd.kept / 'rekey.db').read_bytes()
    kinds, seen, opened, differ = collections.Counter(), {}, 0, []
    for place, (number, kind, files) in enumerate(images(store, ops, random.Random(seed))):
        if (place + seed) % every:
            continue
        image = Image(number, kind, files, (status.st_uid, status.st_gid), folder, crowd.kept)
        digest, done = image.look(said, people, events)
        kinds[kind] += 1
        if (digest, kind) not in seen:
            seen[digest, kind] = True
            differ.append((number, kind, done))
    say(f'{len(ops)} writes and syncs, {sum(kinds.values())} images, {len(differ)} differ')
    chosen = differ if not most or len(differ) <= most else random.Random(seed).sample(differ, most)
    wanted = {(number, kind): done for number, kind, done in chosen}
    for number, kind, files in images(store, ops, random.Random(seed)):
        if (number, kind) in wanted:
            image = Image(number, kind, files, (status.st_uid, status.st_gid), folder, crowd.kept)
            open_by_keeper(build, image, said, wanted[number, kind], turned, initial)
            opened += 1
    return len(ops), dict(kinds), opened
