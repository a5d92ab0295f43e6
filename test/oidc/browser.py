"""A browser that an application sends to rekey and that rekey sends back: no JavaScript, every rule of cookies that
matters here (SameSite=Strict), and of forms (form-action 'self')."""
import http.client
import pathlib
import re
import ssl
import sys
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'story'))
from visitor import Page, Visitor

PASSWORD = 'nine quiet lanterns on a hill'


class Astray(Exception):
    """The browser was led where a real one would not go."""


class Browser(Visitor):
    """Knows one site, by its whole address, and follows it until it is sent elsewhere."""

    def __init__(self, base, name='ada'):
        super().__init__(urllib.parse.urlsplit(base).port)
        self.base, self.name, self.strict, self.foreign = base, name, set(), True

    def connect(self):
        if self.base.startswith('https:'):
            return http.client.HTTPSConnection('localhost', self.port, timeout=60, context=ssl._create_unverified_context())
        return http.client.HTTPConnection('localhost', self.port, timeout=60)

    def ask(self, method, path, body=None, headers=()):
        link = self.connect()
        given = {'Host': f'localhost:{self.port}', 'Accept-Language': 'en', 'Accept': 'text/html',
                 'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64) Story/1.0',
                 'Sec-Fetch-Site': 'cross-site' if self.foreign else 'same-origin'}
        # Strict: not when another site sent the browser here.
        kept = {n: v for n, v in self.jar.items() if not (self.foreign and n in self.strict)}
        if kept:
            given['Cookie'] = '; '.join(f'{n}={v}' for n, v in kept.items())
        if body is not None:
            given['Content-Type'] = 'application/x-www-form-urlencoded'
            given['Origin'] = 'null'
        given.update(headers)
        link.request(method, path, body, given)
        got = link.getresponse()
        page = Page(got.status, got.getheaders(), got.read(), path)
        link.close()
        for name, value in page.headers:
            if name.lower() == 'set-cookie' and 'SameSite=Strict' in value:
                self.strict.add(value.split('=')[0])
        self.keep_cookies(page)
        self.trail.append(f'{method} {path} -> {page.status} {page.header("location")}{page.header("refresh")}')
        return page

    def inside(self, address):
        """The path at this site; None: elsewhere."""
        whole = urllib.parse.urljoin(self.base + '/', address)
        if not whole.startswith(self.base + '/'):
            return None
        at = urllib.parse.urlsplit(whole)
        return at.path + ('?' + at.query if at.query else '')

    def follow(self, page, from_form):
        """Goes where pages lead by themselves: ends on a page (returned), or elsewhere (its address)."""
        for _ in range(12):
            refresh = re.match(r'0; url=(.*)', page.header('refresh'))
            to = page.header('location') if page.status in (301, 302, 303, 307, 308) else refresh[1] if refresh else None
            if to is None:
                self.page = page
                return page
            if page.status in (307, 308):
                raise Astray(f'{page.status}: a password could go along')
            if page.status == 200:
                from_form, self.foreign = False, False
            path = self.inside(to)
            if path is None and from_form:
                raise Astray(f"form-action 'self' forbids {to}")
            if path is None:
                return to
            page = self.ask('GET', path)
        raise Astray('round and round: ' + ' | '.join(self.trail[-12:]))

    def open(self, address):
        """As by a link of another site."""
        self.foreign = True
        return self.follow(self.ask('GET', self.inside(address)), False)

    def fill(self, path, **fields):
        self.foreign = False
        form = self.page.form(path)
        if not form:
            raise Astray(f'no form goes to {path}: {self.page.text[:300]}')
        return self.follow(self.ask('POST', path, urllib.parse.urlencode({**form.hidden, **fields})), True)

    def sign_in(self, address):
        """What a person does who is sent here: signs in where that is asked, and comes back to the application."""
        at = self.open(address)
        if 'prompt=' in address and not isinstance(at, str):
            time.sleep(1.1)  # as long as a person takes at least: a proof of the same second could be of before
        for _ in range(3):
            if isinstance(at, str):
                return at
            if at.form('/signin'):
                at = self.fill('/signin', name=self.name, password=PASSWORD)
            elif at.form('/security-info/prove'):
                at = self.fill('/security-info/prove', code=PASSWORD)
            elif at.form('/oidc/leave'):
                at = self.fill('/oidc/leave')
            else:
                break
        if isinstance(at, str):
            return at
        raise Astray(f'{at.path} {at.status}: {at.text[:300]}')
