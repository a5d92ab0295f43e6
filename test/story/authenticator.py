"""An authenticator that does what browsers and their keys do (WebAuthn 6), by the openssl program: for stories."""
import base64
import hashlib
import json
import pathlib
import struct
import subprocess

UP, UV, AT = 1, 4, 64


def text(data):
    return base64.urlsafe_b64encode(data).rstrip(b'=').decode()


def data(text_):
    return base64.urlsafe_b64decode(text_ + '=' * (-len(text_) % 4))


def cbor(value):
    """Numbers, bytes, text and maps, in their shortest form (RFC 8949)."""
    def head(major, number):
        if number < 24:
            return bytes([major << 5 | number])
        return bytes([major << 5 | 24, number]) if number < 256 else bytes([major << 5 | 25]) + struct.pack('>H', number)
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    return head(5, len(value)) + b''.join(cbor(k) + cbor(v) for k, v in value.items())


def openssl(*words, given=None):
    return subprocess.run(['openssl', *words], input=given, capture_output=True, check=True).stdout


class Authenticator:
    """One credential on P-256; kept in a folder of the story."""

    def __init__(self, folder, name, origin):
        self.key, self.id, self.origin = pathlib.Path(folder) / f'{name}.pem', name.encode() + b' key', origin
        self.count, self.handle = 0, b''
        openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', str(self.key))
        point = openssl('ec', '-in', str(self.key), '-pubout', '-outform', 'DER')[-64:]
        self.cose = cbor({1: 2, 3: -7, -1: 1, -2: point[:32], -3: point[32:]})

    def client(self, kind, options):
        return json.dumps({'type': 'webauthn.' + kind, 'challenge': options['challenge'], 'origin': self.origin,
                           'crossOrigin': False}, separators=(',', ':')).encode()

    def head(self, site, flags):
        self.count += 1
        return hashlib.sha256(site.encode()).digest() + bytes([flags]) + struct.pack('>I', self.count)

    def create(self, options, flags=UP | UV):
        self.handle = data(options['user']['id'])
        made = (self.head(options['rp']['id'], flags | AT) + bytes(16) + struct.pack('>H', len(self.id)) + self.id
                + self.cose)
        return {'challenge': options['challenge'], 'key_id': text(self.id),
                'client_data': text(self.client('create', options)), 'transports': 'internal',
                'attestation': text(cbor({'fmt': 'none', 'attStmt': {}, 'authData': made}))}

    def get(self, options, flags=UP | UV):
        client, said = self.client('get', options), self.head(options['rpId'], flags)
        signed = said + hashlib.sha256(client).digest()
        return {'challenge': options['challenge'], 'key_id': text(self.id), 'client_data': text(client),
                'authenticator_data': text(said), 'user_handle': text(self.handle),
                'signature': text(openssl('dgst', '-sha256', '-sign', str(self.key), given=signed))}
