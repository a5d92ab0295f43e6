"""Hostile HTTP, row by row: what is sent, and what comes back straight and behind the nginx site.

An outcome is the statuses of all answers, and "closed" when the connection ended without one that refuses; a row may
have two where a reset can overtake the answer. One that is no refusal says why that does no harm."""
NAME = 'reset.example.org'
HOST = f'Host: {NAME}\r\n'.encode()
FORM = HOST + b'Content-Type: application/x-www-form-urlencoded\r\n'
ROWS = []


class Row:
    """What is sent: bytes, or pairs of bytes and the seconds to wait before them."""

    def __init__(self, group, words, sent, straight, nginx, why=''):
        self.group, self.words, self.straight, self.nginx, self.why = group, words, straight.split('|'), nginx.split('|'), why
        self.sent = [(0, sent)] if isinstance(sent, bytes) else sent
        self.ends = group in ('Pipelines', 'Slow ones')  # the connection must end, too


def row(words, sent, straight, nginx, why=''):
    ROWS.append(Row(group, words, sent, straight, nginx, why))


def get(path=b'/signin', more=b'', version=b'HTTP/1.1', host=HOST):
    return b'GET ' + path + b' ' + version + b'\r\n' + host + more + b'\r\n'


def post(more, body=b'', version=b'HTTP/1.1', host=FORM):
    return b'POST /recover ' + version + b'\r\n' + host + more + b'\r\n' + body


def chunked(body):
    return post(b'Transfer-Encoding: chunked\r\n', body)


BEHIND = get(b'/healthz')
PASSED_ON = 'nginx reads it as the RFC allows, and passes on a request of its own that says the same once'

group = 'A good request, for comparison'
row('GET of a page', get(), '200', '200', 'good')
row('one request behind the other', get() + get(), '200 200', '200 200', 'good')
row('a form of some fields', post(b'Content-Length: 6\r\n', b'name=a'), '403', '403', 'good: refused for its form token alone')

group = 'Lengths'
row('two lengths that agree', post(b'Content-Length: 6\r\nContent-Length: 6\r\n', b'name=a'), '400', '400')
row('two lengths that differ', post(b'Content-Length: 6\r\nContent-Length: 0\r\n', b'name=a' + BEHIND), '400', '400')
row('a list of lengths', post(b'Content-Length: 6, 6\r\n', b'name=a'), '400', '400')
row('a length with a plus', post(b'Content-Length: +6\r\n', b'name=a'), '400', '400')
row('a negative length', post(b'Content-Length: -6\r\n', b'name=a'), '400', '400')
row('a length in hexadecimal', post(b'Content-Length: 0x6\r\n', b'name=a'), '400', '400')
row('a length with a blank in it', post(b'Content-Length: 6 6\r\n', b'name=a'), '400', '400')
row('a length with a letter behind it', post(b'Content-Length: 6a\r\n', b'name=a'), '400', '400')
row('an empty length', post(b'Content-Length:\r\n', b'name=a'), '400', '400')
row('a length over 64 bits', post(b'Content-Length: 18446744073709551622\r\n', b'name=a'), '413', '400')
row('a length of a petabyte', post(b'Content-Length: 1000000000000000\r\n', b'name=a'), '413', '413')
row('no length', post(b'', b''), '411', '411')
row('a body of 20 KiB', post(b'Content-Length: 20480\r\n', b'x' * 20480), '413|closed', '413|502')
row('a body on GET', get(more=b'Content-Length: 4\r\n') + b'abcd', '400', '400')
row('a body on GET that is a request', get(more=b'Content-Length: %d\r\n' % len(BEHIND)) + BEHIND, '400', '400')
row('a length whose name ends in a blank', post(b'Content-Length : 6\r\n', b'name=a'), '400', '400')
row('a length after a vertical tab', post(b'\x0bContent-Length: 6\r\n', b'name=a'), '400', '400')

group = 'Lengths and chunks'
row('a length and chunks', post(b'Content-Length: 6\r\nTransfer-Encoding: chunked\r\n', b'0\r\n\r\n' + BEHIND), '411', '400')
row('chunks and a length', post(b'Transfer-Encoding: chunked\r\nContent-Length: 6\r\n', b'0\r\n\r\n' + BEHIND), '411', '400')
row('chunks, said twice', post(b'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', b'0\r\n\r\n' + BEHIND), '400', '400')
row('chunks, then identity', post(b'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n', b'0\r\n\r\n' + BEHIND), '400', '400')
row('an encoding that is none', post(b'Transfer-Encoding: xchunked\r\n', b'0\r\n\r\n'), '411', '501')
row('gzip, chunked', post(b'Transfer-Encoding: gzip, chunked\r\n', b'0\r\n\r\n'), '411', '501')
row('chunked, identity', post(b'Transfer-Encoding: chunked, identity\r\n', b'0\r\n\r\n'), '411', '501')
row('chunks after a vertical tab', post(b'Content-Length: 6\r\nTransfer-Encoding: \x0bchunked\r\n', b'name=a'), '400', '501')
row('chunks behind a name that ends in a blank', post(b'Content-Length: 6\r\nTransfer-Encoding : chunked\r\n', b'name=a'), '400', '400')
row('chunks behind a name that ends in a tab', post(b'Content-Length: 6\r\nTransfer-Encoding\t: chunked\r\n', b'name=a'), '400', '400')
row('chunks in HTTP/1.0', post(b'Transfer-Encoding: chunked\r\n', b'0\r\n\r\n', b'HTTP/1.0'), '411', '400')
row('no chunks on GET', get(more=b'Transfer-Encoding: chunked\r\n') + b'0\r\n\r\n', '411', '200', PASSED_ON)
row('chunks on GET', get(more=b'Transfer-Encoding: chunked\r\n') + b'4\r\nabcd\r\n0\r\n\r\n', '411', '400')
row('a length, and chunks in a fold', post(b'Content-Length: 6\r\nTransfer-Encoding:\r\n chunked\r\n', b'name=a'), '400', '400')
row('a length, and chunks behind a NUL', post(b'Content-Length: 6\r\nTransfer-Encoding: \0chunked\r\n', b'name=a'), '411', '400')
row('a length that goes on behind a NUL', post(b'Content-Length: 6\x007\r\n', b'name=a'), '400', '400')
row('a length that goes on in a fold', post(b'Content-Length: 6\r\n 7\r\n', b'name=a'), '411', '400')

group = 'Chunks'
row('good chunks', chunked(b'6\r\nname=a\r\n0\r\n\r\n'), '411', '403', PASSED_ON)
row('a size in words', chunked(b'six\r\nname=a\r\n0\r\n\r\n'), '411', '400')
row('a size with 0x', chunked(b'0x6\r\nname=a\r\n0\r\n\r\n'), '411', '400')
row('a negative size', chunked(b'-6\r\nname=a\r\n0\r\n\r\n'), '411', '400')
row('a size over 64 bits', chunked(b'10000000000000006\r\nname=a\r\n0\r\n\r\n'), '411', '400')
row('a size that is larger than the chunk', chunked(b'7\r\nname=a\r\n0\r\n\r\n'), '411', '403', PASSED_ON)
row('a size that is smaller than the chunk', chunked(b'5\r\nname=a\r\n0\r\n\r\n'), '411', '400')
row('a bare CR behind the size', chunked(b'6\rname=a\r\n0\r\n\r\n'), '411', '400')
row('trailers that name a length', chunked(b'6\r\nname=a\r\n0\r\nContent-Length: 4\r\n\r\n'), '411', '403', PASSED_ON)

group = 'Line ends'
row('bare CR between fields', b'GET /signin HTTP/1.1\r' + HOST + b'\r\n', '400', '400')
row('bare CR in a value', get(more=b'X: a\rContent-Length: 6\r\n'), '400', '400')
row('bare CR before a name', get(more=b'\rX: a\r\n'), '400', '400')
row('bare LF for all ends', get().replace(b'\r\n', b'\n'), '400', '200', PASSED_ON)
row('bare LF in what was a value', get(more=b'X: a\nContent-Length: 4\r\n') + b'abcd', '400', '400')
row('a fold', get(more=b'X: a\r\n b\r\n'), '400', '400')
row('a fold by a tab', get(more=b'X: a\r\n\tb\r\n'), '400', '400')
row('a fold before the first field', b'GET /signin HTTP/1.1\r\n ' + HOST + b'\r\n', '400', '400')
row('a fold of Host', get(host=b'Host:\r\n ' + NAME.encode() + b'\r\n'), '400', '400')
row('a hundred empty lines first', b'\r\n' * 100 + get(), '200', '200', 'RFC 9112 2.2 allows it')
row('CR CR LF', get(more=b'X: a\r\r\n'), '400', '200', PASSED_ON)

group = 'Bytes'
row('NUL in a name', get(more=b'X\0Y: a\r\n'), '400', '400')
row('NUL in a value', get(more=b'X: a\0b\r\n'), '400', '400')
row('NUL in the path', get(b'/sig\0nin'), '400', '400')
row('NUL in the verb', b'GE\0T /signin HTTP/1.1\r\n' + HOST + b'\r\n', '405', '400')
row('NUL in the host', get(host=b'Host: ' + NAME.encode() + b'\0.evil.example\r\n'), '400', '400')
row('a control byte in a value', get(more=b'X: a\x01b\r\n'), '400', '400')
row('DEL in a value', get(more=b'X: a\x7fb\r\n'), '400', '400')
row('a control byte in a name', get(more=b'X\x01Y: a\r\n'), '400', '400')
row('a control byte in the path', get(b'/sig\x01nin'), '400', '400')
row('bytes over 127 in the path', get(b'/\xff\xfe'), '404', '404')
row('a tab between verb and path', b'GET\t/signin HTTP/1.1\r\n' + HOST + b'\r\n', '400', '400')
row('two blanks before the version', b'GET /signin  HTTP/1.1\r\n' + HOST + b'\r\n', 'closed', '200', PASSED_ON)
row('two blanks behind the verb', b'GET  /signin HTTP/1.1\r\n' + HOST + b'\r\n', '400', '200|400', PASSED_ON)
row('a blank in the path', b'GET /sign in HTTP/1.1\r\n' + HOST + b'\r\n', 'closed', '400')

group = 'Names of fields'
row('a blank in a name', get(more=b'X Y: a\r\n'), '400', '400')
row('a blank before the colon', get(more=b'X : a\r\n'), '400', '400')
row('no name', get(more=b': a\r\n'), '400', '400')
row('no colon', get(more=b'X\r\n'), '400', '200', 'nginx leaves the line out')
row('brackets in a name', get(more=b'X(Y): a\r\n'), '400', '400')
row('a name of bytes over 127', get(more=b'X\xc3\xa9: a\r\n'), '400', '400')

group = 'Host'
row('none', get(host=b''), '400', '400')
row('two that agree', get(host=HOST + HOST), '400', '400')
row('two that differ', get(host=HOST + b'Host: evil.example\r\n'), '400', '400')
row('an empty one', get(host=b'Host:\r\n'), '421', '400')
row('another one', get(host=b'Host: evil.example\r\n'), '421', '421')
row('one with a person in it', get(host=b'Host: a@' + NAME.encode() + b'\r\n'), '421', '421')
row('one with a path behind it', get(host=b'Host: ' + NAME.encode() + b'/x\r\n'), '421', '400')
row('one with another behind a comma', get(host=b'Host: ' + NAME.encode() + b', evil.example\r\n'), '421', '400')
row('one with a port that is none', get(host=b'Host: ' + NAME.encode() + b':evil\r\n'), '421', '200', 'nginx passes on the name without it')
row('a forwarded one', get(more=b'X-Forwarded-Host: evil.example\r\n'), '200', '200', 'it is not looked at')
row('none, in HTTP/1.0', get(host=b'', version=b'HTTP/1.0'), '421', '200', 'RFC 9112 3.2 asks for none; nginx passes on its own name')

group = 'Targets'
row('an absolute address, ours', get(b'https://' + NAME.encode() + b'/signin'), '400', '200', 'RFC 9112 3.2.2 asks for it')
row('an absolute address, another', get(b'http://evil.example/signin'), '400', '421')
row('an absolute address, ours, with another Host', get(b'https://' + NAME.encode() + b'/signin', host=b'Host: evil.example\r\n'), '400', '200', 'RFC 9112 3.2.2: Host is passed over')
row('a name and a port', get(NAME.encode() + b':443'), '400', '400')
row('a star', b'OPTIONS * HTTP/1.1\r\n' + HOST + b'\r\n', '400', '400')
row('a star on GET', get(b'*'), '400', '400')
row('no path', b'GET HTTP/1.1\r\n' + HOST + b'\r\n', '400', '400')
row('no slash first', get(b'signin'), '400', '400')

group = 'Paths'
REFUSED_BY_NGINX = 'dots above the top', 'dots to a file', 'an encoded NUL', 'a bad escape'
for words, path in (('two dots', b'/x/../signin'), ('two dots, encoded', b'/x/%2e%2e/signin'), ('dots above the top', b'/../signin'),
                    ('dots to a file', b'/static/../../../etc/passwd'), ('encoded dots to a file', b'/static/%2e%2e%2fetc%2fpasswd'),
                    ('one dot', b'/./signin'), ('two slashes', b'//signin'), ('a slash behind', b'/signin/'),
                    ('upper case', b'/SIGNIN'), ('an encoded letter', b'/%73ignin'), ('an encoded slash', b'/recover%2fanswer'),
                    ('an encoded NUL', b'/signin%00'), ('a bad escape', b'/signin%zz'), ('a semicolon', b'/signin;a=b'),
                    ('a backslash', b'/x\\..\\signin'), ('an encoded letter of what is not public', b'/%72eadyz'),
                    ('two slashes before what is not public', b'//readyz'), ('dots before what is not public', b'/x/../readyz')):
    row(words, get(path), '404', '400' if words in REFUSED_BY_NGINX else '404')
row('a part of a page', get(b'/signin#x'), '404', '404')
row('a form to where nothing is', post(b'Content-Length: 6\r\n', b'name=a').replace(b' /recover ', b' /nothing '), '404', '404')
row('a question with NUL', get(b'/signin?lng=%00'), '200', '200', 'a wish that is not well formed is passed over')

group = 'Sizes'
row('a request line of 100 KiB', get(b'/' + b'a' * 102400), '414|closed', '414|closed')
row('a question of 4 KiB', get(b'/signin?a=' + b'a' * 4096), '414', '414')
row('a field of 100 KiB', get(more=b'X: ' + b'a' * 102400 + b'\r\n'), '431|closed', '400|closed')
row('100 KiB of fields', get(more=b''.join(b'X-%d: %s\r\n' % (i, b'a' * 1024) for i in range(100))), '431|closed', '400|closed')
row('5,000 fields', get(more=b''.join(b'X-%d: a\r\n' % i for i in range(5000))), '431|closed', '400|closed')
row('65 fields', get(more=b''.join(b'X-%d: a\r\n' % i for i in range(65))), '431', '431')
row('a name of 10 KiB', get(more=b'X' * 10240 + b': a\r\n'), '200', '400', 'as long as the head may be')
row('100 KiB of cookies', get(more=b'Cookie: ' + b'a=b; ' * 20480 + b'\r\n'), '431|closed', '400|closed')

group = 'Versions and verbs'
row('HTTP/0.9', b'GET /signin\r\n', '400', 'closed')
row('HTTP/0.9 with fields', b'GET /signin\r\n' + HOST + b'\r\n', '400', 'closed')
row('HTTP/2 preface', b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', '505', '400')
row('HTTP/3.0', get(version=b'HTTP/3.0'), '505', '505')
row('HTTP/1.9', get(version=b'HTTP/1.9'), '200', '200', 'RFC 9110 2.5: read as the highest version known')
row('http/1.1', get(version=b'http/1.1'), '400', '400')
row('HTTP/1.1 and words', get(version=b'HTTP/1.1 x'), '400', '400')
row('HTTP/1.10', get(version=b'HTTP/1.10'), '400', '200', 'read as the highest version known')
row('CONNECT', b'CONNECT evil.example:443 HTTP/1.1\r\n' + HOST + b'\r\n', '400', '400')
row('TRACE', b'TRACE /signin HTTP/1.1\r\n' + HOST + b'\r\n', '405', '405')
for verb in (b'OPTIONS', b'PUT', b'DELETE', b'PATCH', b'PROPFIND', b'JUNK', b'get'):
    row(verb.decode(), verb + b' /signin HTTP/1.1\r\n' + HOST + b'Content-Length: 0\r\n\r\n', '405', '400' if verb == b'get' else '405')
row('a verb of 1 KiB', b'A' * 1024 + b' /signin HTTP/1.1\r\n' + HOST + b'\r\n', '405', '405')
row('an upgrade to HTTP/2', get(more=b'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n'), '200', '200', 'no upgrade is made')
row('an expectation that is none', post(b'Expect: nonsense\r\nContent-Length: 6\r\n', b'name=a'), '403', '403', 'RFC 9110 10.1.1 allows passing over it')
row('a TLS greeting in clear', b'\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03' + bytes(range(256)), 'closed', '400')
row('bytes at random', bytes((i * 167 + 13) % 256 for i in range(2000)) + b'\r\n\r\n', '400', '400')

group = 'Pipelines'
row('junk behind a good request', get() + b'\x00\x01junk\r\n\r\n', '200 closed', '200 400', 'the first one is good')
row('a good request behind junk', b'JUNK\r\n\r\n' + get(), 'closed', '400')
row('a request behind one that is refused', get(more=b'X Y: a\r\n') + get(b'/healthz'), '400', '400')
row('a body shorter than its length, then a request', post(b'Content-Length: 9\r\n', b'name=a' + get(b'/healthz')), '403', '403 400')

group = 'Slow ones'
row('nothing', [(0, b'')], 'closed', 'closed')
row('half a request line', b'GET /sig', 'closed', 'closed')
row('half a head', get()[:-2] + b'X: ', 'closed', 'closed')
row('a head, a byte a second', [(1, get()[i:i + 1]) for i in range(50)], 'closed', 'closed')
row('no body', post(b'Content-Length: 6\r\n'), 'closed', 'closed')
row('half a body', post(b'Content-Length: 6\r\n', b'nam'), 'closed', 'closed')
row('a body, a byte a second', [(0, post(b'Content-Length: 45\r\n'))] + [(1, b'a')] * 44, 'closed', 'closed')
