"""Speaks frames as src/wire says them, with the shapes of src/spec/operation.def."""
import importlib.machinery
import importlib.util
import pathlib
import re
import socket
import struct

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def load_gen():
    loader = importlib.machinery.SourceFileLoader('gen', str(ROOT / 'tools/gen'))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader('gen', loader))
    loader.exec_module(module)
    return module


def replies():
    text = (ROOT / 'src/spec/reply.def').read_text()
    return re.findall(r'^REPLY\((\w+),', text, re.M)


RECORDS, LIST = load_gen().operations(ROOT / 'src/spec/operation.def')
REPLIES = replies()


class Operation:
    """One row of the list. A field is (name, kind, limit, choices, required)."""

    def __init__(self, number, row):
        self.number = number
        self.name, self.door, self.record, self.item = row[0], row[1], row[2], row[3]
        self.fields = row[7]


OPERATIONS = {row[0]: Operation(number, row) for number, row in enumerate(LIST)}
ENVELOPE = [('session', 'secret'), ('flow', 'secret'), ('device', 'secret'), ('address', 'text'),
            ('agent', 'text'), ('language', 'text')]
ANSWER = [('support', 'id'), ('session', 'secret'), ('flow', 'secret'), ('device', 'secret'),
          ('field', 'text'), ('words', 'text'), ('number', 'number'), ('wait_seconds', 'number'),
          ('cursor', 'text')]


def put(kind, value):
    if kind in ('number', 'time'):
        return struct.pack('<q', int(value or 0))
    given = value.encode() if isinstance(value, str) else bytes(value or b'')
    return struct.pack('<I', len(given)) + given


class Taker:
    """Reads values from an answer."""

    def __init__(self, frame):
        self.frame, self.at = frame, 0

    def take(self, size):
        if self.at + size > len(self.frame):
            raise ValueError('an answer is cut short')
        self.at += size
        return self.frame[self.at - size:self.at]

    def value(self, kind):
        if kind in ('number', 'time'):
            return struct.unpack('<q', self.take(8))[0]
        got = self.take(struct.unpack('<I', self.take(4))[0])
        return got if kind in ('secret', 'bytes') else got.decode()

    def shape(self, fields):
        return {field[0]: self.value(field[1]) for field in fields}


class Answer:
    """What came back: reply, envelope, record, items, and how long the frame was."""

    def __init__(self, frame, operation):
        taker = Taker(frame)
        self.length = len(frame)
        self.serial, word = struct.unpack('<IH', taker.take(6))
        self.reply = REPLIES[word]
        self.head = taker.shape(ANSWER)
        self.end_session, self.end_flow, self.kiosk, there = taker.take(4)
        record = RECORDS.get(operation.record) if operation else None
        self.record = taker.shape(record) if there else None
        count = struct.unpack('<I', taker.take(4))[0]
        self.items = [taker.shape(RECORDS[operation.item]) for _ in range(count)]


def frame(serial, number, head, body):
    rest = struct.pack('<IH', serial, number) + head + body
    return struct.pack('<I', len(rest)) + rest


class Web:
    """The place of a web process on the keeper's stream: any frame may be sent."""

    def __init__(self, stream):
        self.stream, self.serial = stream, 0
        stream.settimeout(60)

    def build(self, operation, fields, request):
        self.serial += 1
        head = b''.join(put(kind, request.get(name)) for name, kind in ENVELOPE)
        body = b''.join(put(f[1], fields.get(f[0])) for f in operation.fields)
        return frame(self.serial, operation.number, head, body)

    def receive(self):
        length = struct.unpack('<I', self.exactly(4))[0]
        return self.exactly(length)

    def exactly(self, size):
        got = b''
        while len(got) < size:
            part = self.stream.recv(size - len(got))
            if not part:
                raise ConnectionError('the keeper closed the stream')
            got += part
        return got

    def ask(self, name, request=None, /, **fields):
        operation = OPERATIONS[name]
        given = {'language': 'en', 'address': '192.0.2.7', 'agent': 'Firefox', **(request or {})}
        self.stream.sendall(self.build(operation, fields, given))
        return Answer(self.receive(), operation)


class Browser:
    """The tokens that one person's browser would hold, kept by whoever is web."""

    def __init__(self, web):
        self.web, self.tokens = web, {}

    def ask(self, name, /, **fields):
        answer = self.web.ask(name, self.tokens, **fields)
        for token in ('session', 'flow', 'device'):
            if answer.head[token]:
                self.tokens[token] = answer.head[token]
        if answer.end_session:
            self.tokens.pop('session', None)
        if answer.end_flow:
            self.tokens.pop('flow', None)
        return answer


def listen_for_stream(name):
    """An abstract socket on which the taken-over web hands over the keeper's stream."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listener.bind('\0' + name)
    listener.listen(4)
    listener.settimeout(60)
    return listener


def accept_stream(listener):
    link, _ = listener.accept()
    with link:
        _, passed, _, _ = socket.recv_fds(link, 100, 1)
    return socket.socket(fileno=passed[0])
