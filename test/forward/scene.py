"""Applications behind the real nginx and the real Caddy, as the files we ship set them up, before the real rekey.

Names, ports and certificates are replaced; everything else is as it is shipped."""
import http.client
import http.server
import json
import pathlib
import re
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / 'story')]
from proxies import nginx, replaced
from server import ROOT, Server, free_port, totp
from visitor import Page

REKEY, WIKI, MAIL, LEDGER = (name + '.example.org' for name in ('reset', 'wiki', 'mail', 'ledger'))
PASSWORD = 'nine quiet lanterns on a hill'


def certificate(folder):
    names = ','.join(f'DNS:{name}' for name in (REKEY, WIKI, MAIL, LEDGER))
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=example.org',
                    '-addext', f'subjectAltName={names}', '-keyout', folder / 'key.pem', '-out', folder / 'cert.pem'],
                   check=True, stderr=subprocess.DEVNULL)


class Nginx:
    program = 'nginx'

    def site(self, folder, tls, inner):
        text = (ROOT / 'packaging/nginx/rekey').read_text()
        # The port is no port that people would use, so it is part of the name here.
        return replaced(re.sub(r'(?s)server \{\n\tlisten 80;.*?\n\}\n', '', text, count=1),
                        ('listen [::]:443 ssl http2;', ''), ('listen 443 ssl', f'listen {tls} ssl'),
                        ('127.0.0.1:8480', f'127.0.0.1:{inner}'), ('Host $host', 'Host $http_host'),
                        ('rate=10r/s', 'rate=1000r/s'), ('burst=40', 'burst=1000'),
                        (f'/etc/ssl/certs/{REKEY}.pem', f'{folder}/cert.pem'),
                        (f'/etc/ssl/private/{REKEY}.key', f'{folder}/key.pem'))

    def application(self, host, folder, tls, inner, behind):
        text = (ROOT / 'packaging/nginx/application').read_text()
        return replaced(text, ('listen [::]:443 ssl http2;', ''), ('listen 443 ssl', f'listen {tls} ssl'),
                        ('127.0.0.1:8480', f'127.0.0.1:{inner}'), ('127.0.0.1:3000', f'127.0.0.1:{behind}'),
                        (f'/etc/ssl/certs/{WIKI}.pem', f'{folder}/cert.pem'),
                        (f'/etc/ssl/private/{WIKI}.key', f'{folder}/key.pem'),
                        (f'X-Forwarded-Host {WIKI};', f'X-Forwarded-Host {host}:{tls};'), (WIKI + ';', host + ';'))

    def command(self, folder, tls, inner, behind):
        text = self.site(folder, tls, inner) + ''.join(self.application(host, folder, tls, inner, port)
                                                       for host, port in behind.items())
        return nginx(folder, text)


class Caddy:
    program = 'caddy'

    def command(self, folder, tls, inner, behind):
        def placed(text, name, host, *more):
            return replaced(text, (f'{name} {{', f'https://{host}:{tls} {{\n\ttls {folder}/cert.pem {folder}/key.pem'),
                            ('127.0.0.1:8480', f'127.0.0.1:{inner}'), *more)
        text = placed((ROOT / 'packaging/caddy/Caddyfile').read_text(), REKEY, REKEY)
        for host, port in behind.items():
            text += placed((ROOT / 'packaging/caddy/application').read_text(), WIKI, host,
                           ('127.0.0.1:3000', f'127.0.0.1:{port}'))
        (folder / 'Caddyfile').write_text(f'{{\n\tadmin off\n\thttp_port {free_port()}\n\thttps_port {tls}\n'
                                          '\tauto_https disable_redirects\n\tskip_install_trust\n}\n' + text)
        return ['env', f'HOME={folder}', 'caddy', 'run', '--config', folder / 'Caddyfile', '--adapter', 'caddyfile']


class Echo(http.server.BaseHTTPRequestHandler):
    """An application that says what it was asked and told; each request is kept."""

    protocol_version = 'HTTP/1.1'

    def body(self):
        if self.headers.get('Transfer-Encoding') != 'chunked':
            return self.rfile.read(int(self.headers.get('Content-Length') or 0)).decode()
        parts = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size + 2)[:-2])
        self.rfile.readline()
        return b''.join(parts).decode()

    def answer(self):
        told = {'method': self.command, 'path': self.path, 'body': self.body(),
                'remote': {n.lower(): v.encode('latin-1').decode() for n, v in self.headers.items()
                           if n.lower().startswith('remote') and v}}
        self.server.seen.append(told)
        body = (f'<!DOCTYPE html><html lang="en"><title>{self.server.name}</title><h1>{self.server.name}</h1>'
                f'<pre id="told">{json.dumps(told).replace("<", "&lt;")}</pre>').encode()
        self.send_response(200)
        self.send_header('Content-Type', 'text/html; charset=utf-8')
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        if self.command != 'HEAD':
            self.wfile.write(body)

    do_GET = do_POST = do_HEAD = answer

    def log_message(self, *_):
        pass


class Application(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, name):
        super().__init__(('127.0.0.1', 0), Echo)
        self.name, self.seen, self.port = name, [], self.server_address[1]
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *_):
        """A browser that goes elsewhere before the answer is there."""


class Rekey(Server):
    """rekey as the documents say for one behind a proxy."""

    def __init__(self, build, tls, ca):
        super().__init__(build)
        self.tls, self.ca = tls, ca

    def configuration(self):
        return replaced(super().configuration(), (f'http://localhost:{self.port}', f'https://{REKEY}:{self.tls}'),
                        ('[site]', '[site]\ntrustedProxies = 127.0.0.1, ::1\ntrustedNetworks = 127.0.0.0/8\n'
                                  f'applicationCaFile = {self.ca}'))

    def ready(self):
        link = http.client.HTTPConnection('127.0.0.1', self.port, timeout=5)
        try:
            link.request('GET', '/readyz', headers={'Host': REKEY})
            return link.getresponse().status == 200
        except OSError:
            return False
        finally:
            link.close()


class Browser:
    """A person's browser: cookies a host, and what a browser says of where a request comes from."""

    def __init__(self, stage):
        self.stage, self.jars, self.page, self.at = stage, {}, None, ''

    def ask(self, method, url, body=None, headers=()):
        at = urllib.parse.urlsplit(url)
        jar = self.jars.setdefault(at.netloc, {})
        link = http.client.HTTPSConnection('127.0.0.1', at.port, timeout=30, context=self.stage.context)
        link.sock = self.stage.context.wrap_socket(socket.create_connection(('127.0.0.1', at.port), 10),
                                                   server_hostname=at.hostname)
        given = {'Host': at.netloc, 'Accept-Language': 'en', 'Accept': 'text/html', 'Sec-Fetch-Mode': 'navigate',
                 'Sec-Fetch-Site': 'none', **({'Cookie': '; '.join(f'{n}={v}' for n, v in jar.items())} if jar else {})}
        if body is not None:
            given['Content-Type'] = 'application/x-www-form-urlencoded'
        given.update(headers)
        given = {n: v for n, v in given.items() if v is not None}
        link.request(method, at.path + ('?' + at.query if at.query else ''), body, given,
                     encode_chunked='Transfer-Encoding' in given)
        got = link.getresponse()
        page = Page(got.status, got.getheaders(), got.read(), url)
        link.close()
        for name, value in page.headers:
            if name.lower() == 'set-cookie':
                assert value.startswith('__Host-') and 'Secure' in value and 'HttpOnly' in value and 'Domain' not in value, value
                key, _, rest = value.partition('=')
                if 'Max-Age=0' in rest:
                    jar.pop(key, None)
                else:
                    jar[key] = rest.split(';')[0]
        return page

    def get(self, url, hops=6):
        """Opens a page and goes where it leads; the first answer is returned."""
        first = page = self.ask('GET', url)
        while page.status in (302, 303) and hops:
            url = urllib.parse.urljoin(url, page.header('location'))
            page = self.ask('GET', url)
            hops -= 1
        self.page, self.at = page, url
        return first

    def send(self, path, fields=None):
        """Fills in the form of this page that goes to path, or to a whole address that ends so."""
        form = next(f for f in self.page.reader.forms if urllib.parse.urlsplit(f.action).path == path)
        url = urllib.parse.urljoin(self.at, form.action)
        here = '{0.scheme}://{0.netloc}'.format(urllib.parse.urlsplit(self.at))
        page = self.ask('POST', url, urllib.parse.urlencode({**form.hidden, **(fields or {})}),
                        {'Origin': here, 'Sec-Fetch-Site': 'same-origin' if url.startswith(here) else 'cross-site'})
        if page.status in (302, 303):
            self.get(urllib.parse.urljoin(url, page.header('location')))
        else:
            self.page, self.at = page, url
        return page


class Stage:
    """One proxy, two applications behind it, and rekey; ada and bob have passwords."""

    def __init__(self, proxy, folder, build='build-test'):
        self.proxy, self.folder, self.tls = proxy, folder, free_port()
        self.wiki, self.mail = Application('wiki'), Application('mail')
        self.rekey = Rekey(build, self.tls, folder / 'cert.pem')
        certificate(folder)
        self.context = ssl.create_default_context(cafile=str(folder / 'cert.pem'))
        self.steps = {}

    def __enter__(self):
        self.rekey.__enter__()
        behind = {WIKI: self.wiki.port, MAIL: self.mail.port}
        with open(self.folder / 'log', 'wb') as log:
            self.process = subprocess.Popen(list(map(str, self.proxy.command(self.folder, self.tls, self.rekey.port, behind))),
                                            stdout=log, stderr=log)
        self.await_tls()
        for name in ('ada', 'bob'):
            self.run('people', 'add', name, '--mail', f'{name}@example.net', '--display-name', f'{name.title()} 田中')
        self.run('application', 'add-site', 'Wiki', '--host', self.at(WIKI), '--headers', 'user,name,email,groups')
        self.run('application', 'add-site', 'Mail', '--host', self.at(MAIL))
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(20)
        self.rekey.__exit__()
        self.wiki.shutdown()
        self.mail.shutdown()

    def await_tls(self):
        for _ in range(200):
            if self.process.poll() is not None:
                break
            try:
                socket.create_connection(('127.0.0.1', self.tls), 10).close()
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(self.logged())

    def logged(self):
        more = self.folder / 'error.log'
        return (self.folder / 'log').read_text()[-1500:] + (more.read_text()[-1500:] if more.exists() else '')

    def at(self, host, path=''):
        return f'https://{host}:{self.tls}{path}'

    def run(self, *words):
        code, text = self.rekey.cli(*words)
        assert code == 0, f'rekey {" ".join(words)}: {code}\n{text}'
        return text

    def password(self, name):
        """Sets it by a pass, once."""
        given = re.search(r'\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){2,}\b', self.run('people', 'invite', name))[0]
        browser = Browser(self)
        browser.get(self.at(REKEY, '/signin/pass'))
        assert browser.send('/signin/pass', {'name': name, 'pass': given}).status == 303, browser.page.html
        assert browser.send('/signin/choose', {'password': PASSWORD}).status == 303, browser.page.html

    def sign_in(self, browser, name, seed=None):
        """On the sign-in page that the browser is on; to where that leads."""
        assert browser.send('/signin', {'name': name, 'password': PASSWORD}).status == 303, browser.page.html
        if seed:
            assert browser.send('/signin/answer', {'code': self.code(seed)}).status == 303, browser.page.html

    def code(self, seed):
        now = self.rekey.now()
        step = max(now // 30, self.steps.get(seed, 0) + 1)
        if step > now // 30:
            self.rekey.turn(step * 30 - now)
        self.steps[seed] = step
        return totp(seed, step)

    def entered(self, host, name='ada', path='/'):
        """A browser in which somebody entered an application."""
        browser = Browser(self)
        browser.get(self.at(host, path))
        self.sign_in(browser, name)
        assert browser.send('/.rekey/enter').status == 303, browser.page.html
        return browser
