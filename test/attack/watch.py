"""Browsers that remember all they saw, raw requests, and what secrets look like in other dress."""
import base64
import concurrent.futures
import contextlib
import hashlib
import html.parser
import re
import socket
import time
import urllib.parse

from server import letter_text
from visitor import Page, Visitor

LINK = r'https?://[^\s"<>]+'


class Watcher(Visitor):
    """A browser whose every answer is kept in a list that several may share."""

    def __init__(self, port, seen, language='en'):
        super().__init__(port, language)
        self.seen, self.held = seen, set()

    def ask(self, method, path, body=None, headers=()):
        page = super().ask(method, path, body, headers)
        self.seen.append(page)
        self.held |= {value for value in self.jar.values() if len(value) == 43}
        return page


def watched(scene):
    """From here on the scene's browsers are watched; returns (answers, browsers), which fill."""
    seen, browsers = [], []

    def visitor(language='en'):
        browsers.append(Watcher(scene.server.port, seen, language))
        return browsers[-1]

    scene.visitor = visitor
    return seen, browsers


def raw(scene, head, body=b''):
    """One request, byte for byte; the answer as a Page, or None where the connection just ended."""
    with socket.create_connection(('127.0.0.1', scene.server.port), 30) as link:
        try:
            link.sendall(head + b'\r\n' + body)
        except OSError:  # refused before all of it was sent; what was answered can be read
            pass
        got = b''
        try:
            while part := link.recv(65536):
                got += part
        except OSError:
            pass
    top, _, rest = got.partition(b'\r\n\r\n')
    lines = top.decode('latin-1').split('\r\n')
    if not lines[0].startswith('HTTP/'):
        return None
    return Page(int(lines[0].split()[1]), [tuple(line.split(': ', 1)) for line in lines[1:] if ': ' in line],
                rest, '')


def links(letter):
    """Every address in a letter: those that stand in its text, and those behind its words."""
    found = re.findall(LINK, letter_text(letter))
    for part in letter.walk():
        if part.get_content_type() == 'text/html':
            found += [value for name, value in Markup.of(part.get_content()).values if name in ('href', 'src')]
    return found


class Markup(html.parser.HTMLParser):
    """The tags of a page and the attributes in them, as a browser reads them."""

    def __init__(self):
        super().__init__()
        self.tags, self.values = [], []

    @classmethod
    def of(cls, text):
        read = cls()
        read.feed(text)
        return read

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.values += [(name, value or '') for name, value in attrs]

    def shape(self):
        return sorted(self.tags), sorted(name for name, _ in self.values)


def dresses(secret):
    """The bytes of a secret as they are, as its text may be decoded, and as unkeyed digests of these."""
    plain = secret.encode() if isinstance(secret, str) else secret
    forms = {plain, plain.lower(), plain.replace(b'-', b'')}
    if len(plain) == 43:
        forms.add(base64.urlsafe_b64decode(plain + b'='))
    for form in set(forms):
        forms |= {form.hex().encode(), form.hex().upper().encode(), base64.b64encode(form).rstrip(b'='),
                  base64.urlsafe_b64encode(form).rstrip(b'='), base64.b32encode(form).rstrip(b'=')}
        for digest in (hashlib.sha256, hashlib.sha1, hashlib.md5, lambda b: hashlib.blake2b(b, digest_size=32)):
            made = digest(form).digest()
            forms |= {made, made.hex().encode()}
    return forms


def at_once(works, server=None):
    """What each of these calls, made at the same moment, said. With a server: nothing is written there before all of
    them were read and judged, so that each of them is sure to have seen the store as it was before the others."""
    with concurrent.futures.ThreadPoolExecutor(len(works)) as pool:
        with server.held() if server else contextlib.nullcontext():
            under_way = [pool.submit(work) for work in works]
            time.sleep(1 if server else 0)
        return [done.result() for done in under_way]


def carrying(scene, jar):
    """A browser with exactly these cookies, and a form token that is good for them."""
    v = scene.visitor()
    v.jar = dict(jar)
    v.page = v.ask('GET', '/help')
    return v


def post(scene, jar, path, fields):
    """The answer to a form sent by a browser with these cookies."""
    v = carrying(scene, jar)
    return v.ask('POST', path, urllib.parse.urlencode({**v.token(), **fields}))
