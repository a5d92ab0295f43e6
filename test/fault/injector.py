"""What the drivers say to fault.so, and what it says back: one small file, mapped by all programs."""
import errno
import mmap
import pathlib
import struct
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
for near in ('story', 'attack'):
    sys.path.insert(0, str(HERE.parent / near))
import scene
from server import turn_clock

# In the order of fault.c.
KINDS = ('none', 'malloc', 'mmap', 'read', 'write', 'fsync', 'getrandom', 'step', 'prepare', 'bind', 'exec',
         'send', 'recv', 'open')
PROGRAMS = ('other', 'keeper', 'web', 'courier')
FIELDS = ('turned', 'program', 'kind', 'left', 'second', 'gap', 'lasting', 'number', 'fired', 'recorded',
          *(f'live_{name}' for name in PROGRAMS), *(f'calls_{kind}' for kind in KINDS))


class Injector:
    """The file, by the names of its fields."""

    def __init__(self, folder):
        self.path = folder / 'orders'
        self.path.write_bytes(bytes(4096))
        self.path.chmod(0o666)
        with open(self.path, 'r+b') as file:
            self.map = mmap.mmap(file.fileno(), 4096)

    def get(self, field):
        return struct.unpack_from('<q', self.map, 8 * FIELDS.index(field))[0]

    def set(self, **fields):
        for field, value in fields.items():
            struct.pack_into('<q', self.map, 8 * FIELDS.index(field), value)

    def arm(self, program, kind, nth, number=errno.EIO, second=None, gap=0, lasting=False):
        """The nth call of the kind from now on fails; then, perhaps, one of a second kind, or all that follow."""
        self.set(kind=0, program=PROGRAMS.index(program), left=nth, number=number, fired=0,
                 second=KINDS.index(second or 'none'), gap=gap, lasting=int(lasting),
                 **{f'calls_{each}': 0 for each in KINDS})
        self.set(kind=KINDS.index(kind))

    def disarm(self):
        """Ends it; says how many calls failed."""
        self.set(kind=0, second=0, lasting=0)
        return self.get('fired')


class Faulty(scene.Copied):
    """A server on a copy of the people's folder, whose programs take orders to fail."""

    def __init__(self, build, state, settings=(), record=False):
        super().__init__(build, state, list(settings))
        self.folder.chmod(0o755)
        self.orders = Injector(self.folder)
        self.orders.set(turned=self.turned)
        self.record = self.folder / 'record'
        words = ['env', f'LD_PRELOAD={self.build}/test/fault/fault.so', f'REKEY_FAULT={self.orders.path}',
                 'ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0']
        if record:
            self.record.write_bytes(b'')
            self.record.chmod(0o666)
            words.append(f'REKEY_FAULT_RECORD={self.record}')
        self.before = [*self.before, *words]

    def start(self):
        """The programs turn their clocks themselves; the supervisor has none to speak of."""
        turned, self.turned = self.turned, 0
        try:
            super().start()
        finally:
            self.turned = turned

    def turn(self, seconds):
        self.turned += seconds
        self.orders.set(turned=self.turned)
        turn_clock(self.process.pid, seconds)
