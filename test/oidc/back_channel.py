"""Applications that are told when a session ends, by servers of our own that speak real TLS."""
import base64
import http.server
import json
import ssl
import subprocess
import threading
import time
import urllib.parse

from attacks import CALLBACK, address, token, usual
from browser import PASSWORD, Browser

MINUTE = 60


class Listener:
    """An application's server: a certificate of its own, and every request it ever got."""

    def __init__(self, folder):
        self.ca, self.key, self.got, self.answers = folder / 'app.pem', folder / 'app.key', [], {}
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost',
                        '-addext', 'subjectAltName=DNS:localhost', '-keyout', self.key, '-out', self.ca], check=True,
                       stderr=subprocess.DEVNULL)
        self.ca.chmod(0o644)

    def serve(self):
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers['content-length'])).decode()
                outer.got.append((self.path, self.headers['content-type'], dict(urllib.parse.parse_qsl(body))))
                status, more = outer.answers.get(self.path, (200, {}))
                self.send_response(status)
                for name, value in more.items():
                    self.send_header(name, value)
                self.send_header('Content-Length', '0')
                self.end_headers()

            do_GET = do_POST

            def log_message(self, *_):
                pass

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.ca, self.key)
        server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f'https://localhost:{server.server_address[1]}'

    def heard(self, path, seconds=15):
        """The requests that came to a path, once there is one."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and not any(p == path for p, _, _ in self.got):
            time.sleep(0.1)
        return [(kind, fields) for p, kind, fields in self.got if p == path]


def parts(jwt):
    return [json.loads(base64.urlsafe_b64decode(part + '===')) for part in jwt.split('.')[:2]]


def signed_in(site, row):
    browser = Browser(site.base)
    back = browser.sign_in(site.base + address(usual(row)))
    code = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(back).query))['code']
    return browser, token(site, row, {'code': code})[1]


def back_channel(site, tap):
    base = site.listener.serve()
    rows = {name: site.command('application', 'add', 'Told ' + name, '--redirect-uris', CALLBACK, '--back-channel-uri',
                               base + '/' + name) for name in ('here', 'moved', 'no', 'down')}
    site.listener.answers = {'/moved': (302, {'Location': base + '/elsewhere'}), '/no': (400, {}), '/down': (503, {})}

    browser, tokens = signed_in(site, rows['here'])
    hint = parts(tokens['id_token'])[1]
    browser.foreign = False
    browser.follow(browser.ask('GET', '/security-info'), False)
    browser.fill('/signout')
    heard = site.listener.heard('/here')
    tap.say(len(heard) == 1 and heard[0][0] == 'application/x-www-form-urlencoded' and set(heard[0][1]) == {'logout_token'},
            'an application is told once that its session ended', heard)
    if heard:
        head, claims = parts(heard[0][1]['logout_token'])
        tap.say((head['typ'], head['alg']) == ('logout+jwt', 'ES256') and claims['sid'] == hint['sid'] and
                claims['sub'] == hint['sub'] and claims['aud'] == rows['here']['client_id'] and claims['iss'] == site.base and
                claims['events'] == {'http://schemas.openid.net/event/backchannel-logout': {}} and 'nonce' not in claims and
                0 < claims['exp'] - claims['iat'] <= 10 * MINUTE and len(claims['jti']) == 32,
                'a logout token says which session of whom, and that it is one', (head, claims))

    for name in ('moved', 'no', 'down'):
        signed_in(site, rows[name])
    site.cli('people', 'end-sessions', 'ada')
    for name in ('moved', 'no', 'down'):
        tap.say(len(site.listener.heard('/' + name)) == 1, f'sessions ended from outside are told: {name}')
    time.sleep(1)
    tap.say(not site.listener.heard('/elsewhere', 0), 'a logout token is not taken where a redirect leads')
    states = dict(site.rows("SELECT state, count(*) FROM outbox WHERE message = 'logout' GROUP BY state"))
    tap.say(states == {'sent': 1, 'dead': 2, 'waiting': 1}, 'what was refused is over, what is down is told later', states)
    tap.say(site.rows('SELECT count(*) FROM oidc_grant WHERE session IS NULL')[0][0] == 0, 'nothing of it is left')
    tap.say('logout_token' not in site.logged() and 'eyJ' not in site.logged(), 'no token stands in the log')
