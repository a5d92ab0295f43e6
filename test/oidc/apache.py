"""A site behind Apache with mod_auth_openidc: nobody here wrote it, and it knows rekey by its metadata alone."""
import http.client
import http.cookies
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.parse

from browser import Browser
from server import free_port

CONF = '''
ServerRoot {folder}
ServerName {host}
Listen 127.0.0.1:{port}
PidFile {folder}/pid
ErrorLog {folder}/error.log
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authn_core_module {modules}/mod_authn_core.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule authz_user_module {modules}/mod_authz_user.so
LoadModule headers_module {modules}/mod_headers.so
LoadModule auth_openidc_module {modules}/mod_auth_openidc.so
User www-data
Group www-data
DocumentRoot {folder}/site
OIDCProviderMetadataURL {issuer}/.well-known/openid-configuration
OIDCClientID {client_id}
OIDCClientSecret {client_secret}
OIDCRedirectURI {base}/back
OIDCCryptoPassphrase a-passphrase-of-the-test
OIDCPKCEMethod S256
OIDCScope "openid profile email groups"
OIDCRemoteUserClaim preferred_username
OIDCCABundlePath {ca}
OIDCCookiePath /
<Location />
AuthType openid-connect
Require valid-user
Header set X-User "expr=%{{REMOTE_USER}}"
</Location>
<Location /bye>
AuthType None
Require all granted
</Location>
{more}
'''
# As the document says: TLS, and the address that is told when a session ends.
TLS = '''
LoadModule ssl_module {modules}/mod_ssl.so
SSLEngine on
SSLCertificateFile {certificate}
SSLCertificateKeyFile {key}
'''
MODULES = pathlib.Path('/usr/lib/apache2/modules')


class Apache:
    """One site behind it. command: runs rekey and returns what it printed as JSON. certificate: with it the site
    speaks TLS as `host`, and is told when a session ends."""

    def __init__(self, command, issuer, ca_file, host='127.0.0.1', certificate=None):
        self.folder, self.port = pathlib.Path(tempfile.mkdtemp(prefix='rekey-apache-')), free_port()
        self.base, self.jar = f'{"https" if certificate else "http"}://{host}:{self.port}', {}
        told = ['--back-channel-uri', self.base + '/back?logout=backchannel'] if certificate else []
        made = command('application', 'add', 'Apache', '--redirect-uris', self.base + '/back', '--post-logout-uris',
                       self.base + '/bye', *told)
        ca = self.folder / 'ca.pem'
        ca.write_text(ca_file.read_text())
        more = TLS.format(modules=MODULES, certificate=certificate[0], key=certificate[1]) if certificate else ''
        for path in ('wiki', 'bye'):
            (self.folder / 'site').mkdir(exist_ok=True)
            (self.folder / 'site' / path).write_text(path + '\n')
        (self.folder / 'conf').write_text(CONF.format(folder=self.folder, host=host, port=self.port, base=self.base,
                                                      modules=MODULES, issuer=issuer, ca=ca, more=more, **made))
        for path in (self.folder, self.folder / 'site'):
            path.chmod(0o755)

    def __enter__(self):
        with open(self.folder / 'log', 'wb') as log:
            self.process = subprocess.Popen(['apache2', '-X', '-f', self.folder / 'conf'], stdout=log, stderr=log)
        for _ in range(200):
            try:
                socket.create_connection(('127.0.0.1', self.port), 10).close()
                return self
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(self.said())

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def said(self):
        return '\n'.join(p.read_text(errors='replace') for p in (self.folder / 'log', self.folder / 'error.log') if p.exists())

    def ask(self, path):
        """(status, fields, body) of one request, with the site's cookies."""
        link = http.client.HTTPConnection('127.0.0.1', self.port, timeout=30)
        cookie = '; '.join(f'{n}={v}' for n, v in self.jar.items())
        link.request('GET', path, headers={'Accept': 'text/html', **({'Cookie': cookie} if cookie else {})})
        got = link.getresponse()
        body = got.read().decode()
        for name, value in got.getheaders():
            if name.lower() == 'set-cookie':
                for key, morsel in http.cookies.SimpleCookie(value).items():
                    if morsel.value and morsel['max-age'] != '0' and '1970' not in morsel['expires']:
                        self.jar[key] = morsel.value
                    else:
                        self.jar.pop(key, None)
        link.close()
        return got.status, got.headers, body

    def path_of(self, address):
        whole = urllib.parse.urlsplit(address)
        return whole.path + ('?' + whole.query if whole.query else '')


def apache(site, proxy, tap):
    with Apache(site.command, site.base, proxy.folder / 'cert.pem') as app:
        browser, page = Browser(site.base), '/wiki?page=7&x=%20'
        status, fields, _ = app.ask(page)
        tap.say(status == 302 and fields['location'].startswith(site.base + '/oidc/authorize?') and
                'code_challenge_method=S256' in fields['location'], 'mod_auth_openidc sends a person to rekey',
                (status, fields.items(), app.said()))
        back = browser.sign_in(fields['location'])
        tap.say(back.startswith(app.base + '/back?'), 'mod_auth_openidc: the person comes back', back)
        status, fields, body = app.ask(app.path_of(back))
        tap.say(status == 302 and fields['location'] == app.base + page, 'mod_auth_openidc: to the page first asked for',
                (status, fields.items(), body, app.said()))
        status, fields, body = app.ask(page)
        tap.say((status, fields['x-user'], body) == (200, 'ada', 'wiki\n'), 'mod_auth_openidc: as who it is',
                (status, fields.items(), body, app.said()))
        status, fields, body = app.ask('/back?logout=' + urllib.parse.quote(app.base + '/bye', safe=''))
        tap.say(status == 302 and fields['location'].startswith(site.base + '/oidc/logout?id_token_hint='),
                'mod_auth_openidc: signs out', (status, fields.items(), body, app.said()))
        tap.say(browser.open(fields['location']) == app.base + '/bye', 'mod_auth_openidc: of rekey too, and comes back',
                browser.trail[-6:])
        browser.foreign = False
        tap.say(browser.ask('GET', '/security-info').status == 303, 'mod_auth_openidc: nobody is signed in any more')
        tap.say(app.ask(page)[0] == 302, 'mod_auth_openidc: nor there')
