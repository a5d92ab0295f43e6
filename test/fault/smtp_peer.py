"""A mail server that goes wrong at one step of its protocol, as told. What is right is Postfix's to show."""
import email
import email.policy
import socket
import ssl
import threading

STEPS = ('greeting', 'ehlo', 'starttls', 'handshake', 'ehlo again', 'auth', 'mail', 'rcpt', 'data', 'message', 'quit')


class Peer:
    """Speaks SMTP with STARTTLS and AUTH PLAIN; at one step it says or does something else."""

    def __init__(self, certificate, key):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        self.step, self.wrong, self.met = None, None, 0
        self.letters = []
        threading.Thread(target=self.accept, daemon=True).start()

    def fail(self, step, wrong):
        """wrong: a line to say instead, 'close', or 'garbage'."""
        self.step, self.wrong, self.met = step, wrong, 0

    def close(self):
        self.listener.close()

    def accept(self):
        while True:
            try:
                link, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(link,), daemon=True).start()

    def serve(self, link):
        try:
            link.settimeout(60)
            self.talk(link)
        except (OSError, EOFError):
            pass
        finally:
            link.close()

    def say(self, link, step, line):
        """The line of this step, or what goes wrong in it."""
        if step != self.step:
            link.sendall(line.encode() + b'\r\n')
            return
        self.met += 1
        if self.wrong == 'close':
            raise EOFError
        if self.wrong == 'garbage':
            link.sendall(b'\x00\xff no line of SMTP\r\n')
            raise EOFError
        link.sendall(f'{self.wrong} no\r\n'.encode())

    @staticmethod
    def line(link):
        got = b''
        while not got.endswith(b'\n'):
            byte = link.recv(1)
            if not byte:
                raise EOFError
            got += byte
        return got.decode(errors='replace').strip().upper()

    def talk(self, link):
        secure = False
        self.say(link, 'greeting', '220 peer')
        while True:
            word = self.line(link)
            if word.startswith(('EHLO', 'HELO')):
                offers = '250 AUTH PLAIN' if secure else '250 STARTTLS'
                self.say(link, 'ehlo again' if secure else 'ehlo', f'250-peer\r\n{offers}')
            elif word == 'STARTTLS':
                self.say(link, 'starttls', '220 go on')
                if self.step == 'starttls':
                    continue
                if self.step == 'handshake':
                    self.met += 1
                    raise EOFError
                link, secure = self.context.wrap_socket(link, server_side=True), True
            elif word.startswith('AUTH'):
                if word == 'AUTH PLAIN':
                    link.sendall(b'334 \r\n')
                    self.line(link)
                self.say(link, 'auth', '235 ok')
            elif word.startswith('MAIL'):
                self.say(link, 'mail', '250 ok')
            elif word.startswith('RCPT'):
                self.say(link, 'rcpt', '250 ok')
            elif word == 'DATA':
                self.say(link, 'data', '354 go on')
                if self.step != 'data':
                    self.message(link)
            elif word == 'QUIT':
                self.say(link, 'quit', '221 bye')
                return
            else:
                link.sendall(b'250 ok\r\n')

    def message(self, link):
        got = b''
        while not got.endswith(b'\r\n.\r\n'):
            more = link.recv(65536)
            if not more:
                raise EOFError
            got += more
        if self.step != 'message':
            self.letters.append(email.message_from_bytes(got, policy=email.policy.default))
        self.say(link, 'message', '250 kept')
