"""The sites we ship for nginx, HAProxy and Caddy, as the real ones run them before the real rekey.

Names, ports and certificates are replaced; everything else is as it is shipped."""
import http.client
import pathlib
import socket
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'story'))
from proxies import nginx, replaced
from server import ROOT, Server

NAME = 'reset.example.org'


def certificate(folder):
    """A certificate for NAME, and one file with it and its key."""
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', f'/CN={NAME}',
                    '-addext', f'subjectAltName=DNS:{NAME}', '-keyout', folder / 'key.pem', '-out',
                    folder / 'cert.pem'], check=True, stderr=subprocess.DEVNULL)
    both = (folder / 'cert.pem').read_text() + (folder / 'key.pem').read_text()
    (folder / 'both.pem').write_text(both)


class Nginx:
    program = 'nginx'

    def command(self, folder, plain, tls, inner):
        return nginx(folder, replaced(
            (ROOT / 'packaging/nginx/rekey').read_text(), ('listen [::]:80;', ''), ('listen [::]:443 ssl http2;', ''),
            ('listen 80;', f'listen {plain};'), ('listen 443 ssl', f'listen {tls} ssl'),
            ('127.0.0.1:8480', f'127.0.0.1:{inner}'), (f'/etc/ssl/certs/{NAME}.pem', f'{folder}/cert.pem'),
            (f'/etc/ssl/private/{NAME}.key', f'{folder}/key.pem')))


class Haproxy:
    program = 'haproxy'

    def command(self, folder, plain, tls, inner):
        (folder / 'haproxy.cfg').write_text(replaced(
            (ROOT / 'packaging/haproxy/rekey.cfg').read_text(), ('bind :80\n', f'bind :{plain}\n'),
            ('bind :443 ', f'bind :{tls} '), ('127.0.0.1:8480', f'127.0.0.1:{inner}'),
            (f'/etc/haproxy/{NAME}.pem', f'{folder}/both.pem')))
        return ['haproxy', '-db', '-f', folder / 'haproxy.cfg']


class Caddy:
    program = 'caddy'

    def command(self, folder, plain, tls, inner):
        site = replaced((ROOT / 'packaging/caddy/Caddyfile').read_text(),
                        (f'{NAME} {{', f'https://{NAME}:{tls} {{\n\ttls {folder}/cert.pem {folder}/key.pem'),
                        ('127.0.0.1:8480', f'127.0.0.1:{inner}'))
        (folder / 'Caddyfile').write_text(f'{{\n\tadmin off\n\thttp_port {plain}\n\thttps_port {tls}\n\tskip_install_trust\n}}\n' + site)
        return ['env', f'HOME={folder}', 'caddy', 'run', '--config', folder / 'Caddyfile', '--adapter', 'caddyfile']


def connected(port):
    return socket.create_connection(('127.0.0.1', port), 10)


class Behind(Server):
    """rekey as the documents say for a site behind a proxy."""

    def configuration(self):
        text = super().configuration().replace(f'baseUrl = http://localhost:{self.port}', f'baseUrl = https://{NAME}')
        return text.replace('[site]', '[site]\ntrustedProxies = 127.0.0.1, ::1')

    def ready(self):
        link = http.client.HTTPConnection('127.0.0.1', self.port, timeout=5)
        try:
            link.request('GET', '/readyz', headers={'Host': NAME})
            return link.getresponse().status == 200
        except OSError:
            return False
        finally:
            link.close()


def await_tls(port, folder, process):
    """Until the proxy takes connections; what it said when it ended instead."""
    for _ in range(200):
        if process.poll() is not None:
            break
        try:
            connected(port).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError((folder / 'log').read_text())
