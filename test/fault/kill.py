"""kill -9 of one program at a random moment, while everybody does something; then everything said holds."""
import os
import random
import signal
import threading
import time

from crowd import DAY_PART, WORDS, Crowded
from injector import Faulty
from server import children

PROGRAMS = ('rekey-web', 'rekey-keeper', 'rekey-courier', 'supervisor')
DEEDS = ('reset', 'change', 'register', 'signin')
QUICK_DEATHS = 2   # the supervisor mends these at once, and waits longer before each that follows
PATIENCE = 60
SPAN = 0.9         # seconds in which most deeds are under way


class Killer:
    """One server, and who of it was killed."""

    def __init__(self, server, seed):
        self.server, self.chance = server, random.Random(seed)
        self.died = {}
        self.killed = {program: 0 for program in PROGRAMS}

    def choose(self):
        return self.chance.choice([p for p in PROGRAMS if self.died.get(p, 0) < QUICK_DEATHS])

    def kill(self, program):
        """Returns once everything answers again."""
        self.killed[program] += 1
        self.died[program] = self.died.get(program, 0) + 1
        if program == 'supervisor':
            self.all_of_it()
            return
        pid = self.server.child(program)
        os.kill(pid, signal.SIGKILL)
        ends = time.monotonic() + PATIENCE
        while not self.back(program, pid):
            if time.monotonic() > ends:
                raise AssertionError(f'{program} did not come back:\n{self.server.logged()[-2000:]}')
            time.sleep(0.02)

    def back(self, program, pid):
        try:
            return self.server.child(program) != pid and self.server.ready()
        except (RuntimeError, OSError):
            return False

    def all_of_it(self):
        """The supervisor; its programs end with it."""
        self.died = {}
        programs = children(self.server.process.pid)
        self.server.process.kill()
        self.server.process.wait()
        ends = time.monotonic() + PATIENCE
        while any(os.path.exists(f'/proc/{pid}') and 'State:\tZ' not in status(pid) for pid in programs):
            assert time.monotonic() < ends, 'a program outlives its supervisor'
            time.sleep(0.01)
        self.server.start()


def status(pid):
    try:
        with open(f'/proc/{pid}/status', encoding='utf-8') as file:
            return file.read()
    except OSError:
        return 'State:\tZ'


def new_password(chance):
    return ' '.join(chance.sample(WORDS, 4))


def one_round(crowd, killer, program):
    """Everybody starts something; at a random moment one program is gone."""
    chance = killer.chance
    threads = [threading.Thread(target=crowd.deed, args=(who, chance.choice(DEEDS), new_password(chance)))
               for who in crowd.known.values()]
    for thread in threads:
        thread.start()
    time.sleep(chance.random() * SPAN)
    killer.kill(program)
    for thread in threads:
        thread.join()


def complaints(server):
    """Deaths are expected, and what could not be asked or told because of them. A disk that fails may look like a
    damaged store for as long as it does; whether it is one is asked of the store."""
    return [line for line in server.logged().splitlines()
            if any(word in line for word in ('cannot happen', 'runtime error', 'Sanitizer'))]


def damage(server):
    """What SQLite finds wrong with the store as it is."""
    return [row for row in server.rows('PRAGMA integrity_check') if row != ('ok',)]


def run(build, crowd, rounds, seed, say=lambda words: None):
    """Returns what is to be told; raises AssertionError where something is not so."""
    with Faulty(build, crowd) as server:
        crowded, killer = Crowded(server, crowd), Killer(server, seed)
        for number in range(rounds):
            program = killer.choose()
            one_round(crowded, killer, program)
            try:
                crowded.check()
            except AssertionError as why:
                raise AssertionError(f'seed {seed}, round {number + 1}, after kill -9 of {program}: {why}') from why
            assert not (found := complaints(server) + damage(server)), found[:5]
            server.turn(DAY_PART)
            if (number + 1) % 20 == 0:
                say(f'{number + 1} kills, {crowded.acknowledged} deeds acknowledged, {crowded.unanswered} cut off')
        return killer.killed, crowded.acknowledged, crowded.unanswered
