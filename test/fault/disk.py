"""What rekey stands on goes wrong: the disk, the clock, the mail server, the keeper itself. Afterwards, when
all is well again, everything that was said holds."""
import contextlib
import errno
import os
import pathlib
import random
import signal
import subprocess
import threading
import time

import kill
import smtp_peer
from crowd import DAY_PART, Crowded
from injector import Faulty
from visitor import Visitor

PATIENCE = 60


def everybody(crowded, chance, kinds=kill.DEEDS):
    """All do something at once; returns when all were answered, or were not."""
    threads = [threading.Thread(target=crowded.deed, args=(who, chance.choice(kinds), kill.new_password(chance)))
               for who in crowded.known.values()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def well_again(crowded, chance):
    """Nothing of it stays: everything holds, and every deed is done again."""
    crowded.check()
    crowded.server.turn(DAY_PART)
    before = crowded.unanswered
    everybody(crowded, chance)
    assert crowded.unanswered == before, f'afterwards: {[getattr(w, "why", None) for w in crowded.known.values()]}'
    crowded.check()
    crowded.server.turn(DAY_PART)
    assert not (found := kill.complaints(crowded.server) + kill.damage(crowded.server)), found[:5]


class Small(Faulty):
    """A server whose state folder is a file system of a few megabytes."""

    mounted = False

    def start(self):
        if not self.mounted:
            subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=6m,mode=0700', 'tmpfs', self.data], check=True)
            self.mounted = True
        super().start()

    def __exit__(self, *why):
        self.stop()
        subprocess.run(['umount', '-l', self.data], check=True)
        super().__exit__(*why)

    def fill(self, leave):
        """All of it but so many bytes."""
        place = os.statvfs(self.data)
        free = place.f_bavail * place.f_frsize
        (self.data / 'fill').write_bytes(bytes(max(0, free - leave)))

    def empty(self):
        (self.data / 'fill').unlink()


def full_disk(build, crowd, chance, rounds):
    """the disk is full"""
    with Small(build, crowd) as server:
        crowded, refused = Crowded(server, crowd), 0
        for number in range(rounds):
            server.fill(chance.choice((0, 4096, 16384, 65536)))
            before = crowded.unanswered
            everybody(crowded, chance)
            refused += crowded.unanswered - before
            server.empty()
            well_again(crowded, chance)
        assert refused, 'the disk was never full'
        return f'{refused} deeds refused in {rounds} rounds'


def failing_disk(build, crowd, chance, rounds):
    """every read, write or sync of the keeper fails from some moment on, for a while"""
    refused = 0
    with Faulty(build, crowd) as server:
        crowded = Crowded(server, crowd)
        for number in range(rounds):
            kind = ('write', 'fsync', 'read')[number % 3]
            code = (errno.EIO, errno.EROFS, errno.ENOSPC)[number // 3 % 3]
            server.orders.arm('keeper', kind, chance.randint(1, 60), code, lasting=True)
            before = crowded.unanswered
            everybody(crowded, chance)
            refused += crowded.unanswered - before
            server.orders.disarm()
            well_again(crowded, chance)
        assert refused, 'nothing failed'
    return f'{refused} deeds refused in {rounds} rounds'


def read_only(build, crowd, chance, rounds):
    """the state folder cannot be written at the start"""
    with Small(build, crowd) as server:
        crowded = Crowded(server, crowd)
        everybody(crowded, chance)
        server.stop()
        subprocess.run(['mount', '-o', 'remount,ro', server.data], check=True)
        try:
            server.start()
            started = True
        except RuntimeError:
            started = False
        assert not started, 'it serves from a folder that it cannot write'
        assert not (found := kill.complaints(server)), found[:5]
        subprocess.run(['mount', '-o', 'remount,rw', server.data], check=True)
        server.start()
        well_again(crowded, chance)
    return 'it says why, and does not start'


def clock_steps(build, crowd, chance, rounds):
    """the clock is put forward and back while everybody does something"""
    with Faulty(build, crowd) as server:
        crowded = Crowded(server, crowd)
        crowded.stale.add('too old')
        for number in range(rounds):
            step = chance.choice((90, 3600, 86400, 40 * 86400)) * (1 if number % 2 else -1)
            turner = threading.Timer(chance.random() * 0.5, server.turn, (step,))
            turner.start()
            everybody(crowded, chance)
            turner.join()
            # A letter that was leased in a future is sent when that comes.
            if step < 0:
                server.turn(-step)
            well_again(crowded, chance)
    return f'{rounds} steps'


def hung_keeper(build, crowd, chance, rounds):
    """the keeper hangs: everybody is told so in time, and when it goes on nothing is lost"""
    with Faulty(build, crowd) as server:
        crowded = Crowded(server, crowd)
        for _ in range(rounds):
            keeper = server.child('rekey-keeper')
            hang = threading.Timer(chance.random() * 0.3, os.kill, (keeper, signal.SIGSTOP))
            hang.start()
            everybody(crowded, chance)
            hang.join()
            v = Visitor(server.port)
            v.jar['rekey-flow'] = 'A' * 43
            page = v.ask('GET', '/recover/check_messages')
            os.kill(keeper, signal.SIGCONT)
            assert page.status in (200, 303, 503), page.status
            assert server.child('rekey-keeper') == keeper, 'the keeper that hung was not the one that went on'
            well_again(crowded, chance)
    return f'{rounds} times'


def hung_web(build, crowd, chance, rounds):
    """the web process hangs longer than the keeper waits for it, and is asked by the keeper anew"""
    with Faulty(build, crowd) as server:
        crowded = Crowded(server, crowd)
        server.orders.arm('keeper', 'send', 1, errno.EAGAIN)
        everybody(crowded, chance)
        assert server.orders.disarm(), 'nothing was sent'
        ends = time.monotonic() + PATIENCE
        while not server.ready():
            assert time.monotonic() < ends, 'web and keeper stay apart'
            time.sleep(0.05)
        well_again(crowded, chance)
    return 'joined again'


def cut_off_courier(build, crowd, chance, rounds):
    """the courier's stream to the keeper breaks, and it is joined again"""
    with Faulty(build, crowd) as server:
        crowded = Crowded(server, crowd)
        for program, each in (('courier', 'send'), ('courier', 'recv')):
            server.orders.arm(program, each, 1, errno.EIO)
            everybody(crowded, chance, ('signin', 'change'))
            ends = time.monotonic() + PATIENCE
            while not server.orders.get('fired'):
                assert time.monotonic() < ends, f'the courier never came to {each}'
                time.sleep(0.05)
            server.orders.disarm()
            well_again(crowded, chance)
    return 'joined again'


class OtherPost:
    """The people's state, before another mail server."""

    def __init__(self, crowd, peer):
        self.people, self.kept, self.turned, self.postfix = crowd.people, crowd.kept, crowd.turned, peer


def smtp_errors(build, crowd, chance, rounds):
    """the mail server answers each error at each step: what is not final is sent when it is well again"""
    folder = crowd.postfix.folder
    peer = smtp_peer.Peer(folder / 'server.crt', folder / 'server.key')
    peer.folder = folder
    wrongs = ('421', '454', '550', '554', 'close', 'garbage')
    tried = [(step, wrong) for step in smtp_peer.STEPS for wrong in wrongs
             if step != 'handshake' or wrong == 'close']
    if rounds:
        tried = chance.sample(tried, min(rounds, len(tried)))
    with contextlib.closing(peer), Faulty(build, OtherPost(crowd, peer)) as server:
        bad = [words for step, wrong in tried if (words := one_error(server, peer, step, wrong))]
        assert not bad, '\n'.join(bad)
    return f'{len(tried)} errors'


def one_error(server, peer, step, wrong):
    """Words of what is not so, or None."""
    before = {row[0] for row in server.rows('SELECT hex(id) FROM outbox')}
    arrived = len(peer.letters)
    peer.fail(step, wrong)
    code, text = server.cli('mail', 'test', 'ada@home.example')
    assert code == 0, text
    ends = time.monotonic() + PATIENCE
    while True:
        state, detail = server.rows(f'SELECT state, detail FROM outbox WHERE hex(id) NOT IN '
                                    f'({", ".join("?" * len(before))})', *before)[0]
        if state in ('sent', 'dead') or (state == 'waiting' and detail):
            break
        assert time.monotonic() < ends, f'{step} {wrong}: the letter stays {state}'
        time.sleep(0.03)
    final = (step, wrong[:1]) in (('rcpt', '5'), ('data', '5'), ('message', '5'))
    met = peer.met
    peer.fail(None, None)
    if not met:
        return f'{step} {wrong}: never came to it ({state} {detail})'
    if final != (state == 'dead'):
        return f'{step} {wrong}: {"the letter is tried again" if final else "the letter is given up"}: {detail}'
    if final:
        return None
    server.turn(4000)
    ends = time.monotonic() + PATIENCE
    while len(peer.letters) == arrived and state != 'sent':
        if time.monotonic() > ends:
            return f'{step} {wrong}: the letter is not sent when the mail server is well ({detail})'
        time.sleep(0.03)
    return None


# What is tried, and how often in the short form and in the long one; None: not, for it waits for half a minute.
TRIED = ((full_disk, 1, 20), (failing_disk, 3, 45), (read_only, 1, 1), (clock_steps, 2, 40),
         (hung_keeper, None, 5), (hung_web, 1, 1), (cut_off_courier, 1, 1), (smtp_errors, 12, 0))
