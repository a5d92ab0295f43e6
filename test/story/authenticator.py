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
    """Numbers, bytes, text, lists and maps, in their shortest form (RFC 8949)."""
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
    if isinstance(value, list):
        return head(4, len(value)) + b''.join(map(cbor, value))
    return head(5, len(value)) + b''.join(cbor(k) + cbor(v) for k, v in value.items())


def openssl(*words, given=None):
    return subprocess.run(['openssl', *map(str, words)], input=given, capture_output=True, check=True).stdout


AAGUID = b'a model of maker'


class Maker:
    """Who makes authenticators: a root of its own, and a model whose certificate that one signed (WebAuthn 8.2.1)."""

    def __init__(self, folder, name):
        self.root, self.model = folder / f'{name}.pem', folder / f'{name}-model'
        key, asked, said = (folder / f'{name}-{part}' for part in ('root.key', 'asked', 'said'))
        ec = ('-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes')
        openssl('req', '-x509', *ec, '-days', '2', '-subj', f'/C=SE/O={name}/CN={name} root', '-keyout', key, '-out', self.root)
        openssl('req', '-new', *ec, '-subj', f'/C=SE/O={name}/OU=Authenticator Attestation/CN={name} model', '-keyout', self.model, '-out', asked)
        said.write_text(f'basicConstraints=critical,CA:FALSE\n1.3.6.1.4.1.45724.1.1.4=DER:0410{AAGUID.hex()}\n')
        self.certificate = openssl('x509', '-req', '-in', asked, '-CA', self.root, '-CAkey', key, '-CAcreateserial', '-days', '2', '-extfile',
                                   said, '-outform', 'DER')

    def signs(self, message):
        return openssl('dgst', '-sha256', '-sign', self.model, given=message)

    def vouches(self, form, made, client, key):
        """An attestation statement: over all that the authenticator says, or as keys from before WebAuthn do (8.6)."""
        digest, chain = hashlib.sha256(client).digest(), [self.certificate]
        if form == 'packed':
            return {'alg': -7, 'sig': self.signs(made + digest), 'x5c': chain}
        return {'sig': self.signs(b'\0' + made[:32] + digest + key.id + b'\4' + key.point), 'x5c': chain}


class Authenticator:
    """One credential on P-256; kept in a folder of the story."""

    def __init__(self, folder, name, origin):
        self.key, self.id, self.origin = pathlib.Path(folder) / f'{name}.pem', name.encode() + b' key', origin
        self.count, self.handle = 0, b''
        openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', str(self.key))
        self.point = openssl('ec', '-in', str(self.key), '-pubout', '-outform', 'DER')[-64:]
        self.cose = cbor({1: 2, 3: -7, -1: 1, -2: self.point[:32], -3: self.point[32:]})

    def client(self, kind, options):
        return json.dumps({'type': 'webauthn.' + kind, 'challenge': options['challenge'], 'origin': self.origin,
                           'crossOrigin': False}, separators=(',', ':')).encode()

    def head(self, site, flags):
        self.count += 1
        return hashlib.sha256(site.encode()).digest() + bytes([flags]) + struct.pack('>I', self.count)

    def create(self, options, flags=UP | UV, form='none', maker=None):
        self.handle = data(options['user']['id'])
        client = self.client('create', options)
        made = (self.head(options['rp']['id'], flags | AT) + (AAGUID if form == 'packed' else bytes(16))
                + struct.pack('>H', len(self.id)) + self.id + self.cose)
        said = maker.vouches(form, made, client, self) if maker else {}
        return {'challenge': options['challenge'], 'key_id': text(self.id), 'client_data': text(client), 'transports': 'internal',
                'attestation': text(cbor({'fmt': form, 'attStmt': said, 'authData': made}))}

    def get(self, options, flags=UP | UV):
        client, said = self.client('get', options), self.head(options['rpId'], flags)
        signed = said + hashlib.sha256(client).digest()
        return {'challenge': options['challenge'], 'key_id': text(self.id), 'client_data': text(client),
                'authenticator_data': text(said), 'user_handle': text(self.handle),
                'signature': text(openssl('dgst', '-sha256', '-sign', str(self.key), given=signed))}
