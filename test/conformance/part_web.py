"""What every answer over HTTP must be like: the whole list of routes is walked, as the sources have it."""
import datetime
import http.client
import json
import re
import urllib.parse

from conformance import ROOT, check, text

FOR_ALL = sorted(set(re.findall(r'(?:GET_PAGE|POST)\(\s*"(/[^"]*)"', text('src/web/route.c')))) + ['/static/portal.css']
OF_A_SESSION = ['/security-info', '/security-info/add', '/security-info/add?kind=mail', '/security-info/prove', '/change']
TOKEN = r'[A-Za-z0-9_-]{43}'


def raw(s, method, path, headers=()):
    """(status, header fields, body as it came): nothing is kept, no redirect followed."""
    link = http.client.HTTPConnection('localhost', s.server.port, timeout=60)
    link.request(method, path, headers={'Host': f'localhost:{s.server.port}', **dict(headers)})
    got = link.getresponse()
    body = got.read()
    link.close()
    return got.status, {n.lower(): v for n, v in got.getheaders()}, body


def pages(s):
    """(path, page) of every page: of a stranger's, of a reset's steps, of a session's."""
    owner, stranger = s.signed_in(s.ada), s.visitor()
    for path in FOR_ALL:
        yield path, stranger.ask('GET', path)
    walker = s.asked('ada')
    yield '/recover/check_messages', walker.page
    yield '/recover/ways', walker.ask('GET', '/recover/ways')
    yield '/recover/choose', s.proven(s.bob).page
    for path in OF_A_SESSION:
        yield path, owner.ask('GET', path)
    s.server.turn(6 * 60)  # the old password is asked for where the proof is not fresh any more
    yield '/change', owner.ask('GET', '/change')


def held(s):
    """All that the store holds, but when a session was seen last, and the audit log's chain, which closes by itself."""
    tables = [name for name, in s.server.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
              if not name.startswith(('audit', 'sqlite_'))]
    rows = {name: s.server.rows(f'SELECT * FROM {name}') for name in tables}
    rows['session'] = s.server.rows('SELECT id, account, created, expires FROM session')
    return rows


@check()
def reading_changes_nothing(s):
    """Every address by GET and HEAD, twice, by a stranger, within a reset and in a session: the store stays as it is."""
    browsers = [s.visitor(), s.proven(s.bob), s.signed_in(s.ada)]
    s.settle()
    s.server.turn(2 * 60)  # so that the session's time of use is written again
    before = held(s)
    for v in browsers:
        for path in FOR_ALL:
            for method in ('GET', 'HEAD', 'GET', 'HEAD'):
                v.ask(method, path)
    after = held(s)
    for table, rows in before.items():
        assert after[table] == rows, f'reading changed {table}: {rows} {after[table]}'


@check()
def a_cookie_says_nothing_and_goes_nowhere_else(s):
    """Cookies are random or one of our few words, out of reach of scripts and of other sites, and no session outlives the browser."""
    set_by = []

    def ask(v, method, path, **fields):
        body = urllib.parse.urlencode({**v.token(), **fields}) if method == 'POST' else None
        v.page = v.ask(method, path, body)
        set_by.extend(value for name, value in v.page.headers if name.lower() == 'set-cookie')

    v = s.visitor()
    for path in ('/security-info', '/signin', '/recover'):
        ask(v, 'GET', path)
    ask(v, 'POST', '/language', language='ja')
    ask(v, 'GET', '/signin')
    ask(v, 'POST', '/signin', name='ada', password=s.ada.password)
    ask(v, 'GET', '/signin/prove')
    ask(v, 'POST', '/signin/answer', code=s.app_code(s.ada))
    ask(v, 'GET', '/security-info')
    ask(v, 'POST', '/signout')
    names = {cookie.split('=')[0] for cookie in set_by}
    assert {'rekey_session', 'rekey_device', 'rekey_browser', 'rekey_flow'} <= names, names
    for cookie in set_by:
        pair, *attributes = cookie.split('; ')
        name, value = pair.split('=', 1)
        assert 'HttpOnly' in attributes and 'Path=/' in attributes, cookie
        assert 'SameSite=Strict' in attributes or 'SameSite=Lax' in attributes, cookie
        assert not any(a.lower().startswith(('domain', 'expires')) for a in attributes), cookie
        assert len(pair) <= 4096
        assert not value or re.fullmatch(TOKEN, value) or name in ('rekey_language', 'rekey_next', 'rekey_did'), cookie
        if name == 'rekey_session':
            assert 'SameSite=Strict' in attributes
            assert not value or not any(a.startswith('Max-Age') for a in attributes), cookie


@check()
def every_body_has_its_type_and_its_length(s):
    """Each address, found or not: text has a character set, the length is that of the bytes, and HEAD has GET's fields."""
    for path in [*FOR_ALL, '/nowhere', '/signin?mkt=ja']:
        status, fields, body = raw(s, 'GET', path)
        assert int(fields['content-length']) == len(body), f'{path}: {fields}'
        assert not body or 'content-type' in fields, f'{path} has no type'
        if fields.get('content-type', '').startswith('text/'):
            assert 'charset=utf-8' in fields['content-type'].lower(), f'{path}: {fields["content-type"]}'
        head, its, nothing = raw(s, 'HEAD', path)
        assert head == status and not nothing, f'HEAD {path}: {head}'
        assert set(its) == set(fields), f'HEAD {path} has other fields: {set(its) ^ set(fields)}'


@check()
def another_method_is_refused_with_those_allowed(s):
    """TRACE, PUT, DELETE, PATCH, OPTIONS, PROPFIND on every address: 405 and Allow (or 501), and nothing is echoed."""
    for path in [*FOR_ALL, '/language']:
        for method in ('TRACE', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND'):
            status, fields, body = raw(s, method, path, {'X-Echo': 'come back', 'Content-Length': '0'})
            assert status in (405, 501), f'{method} {path}: {status}'
            assert status == 501 or fields.get('allow'), f'{method} {path} does not say what is allowed'
            assert b'come back' not in body
    status, fields, _ = raw(s, 'GET', '/signout')
    assert status == 405 and fields.get('allow') == 'POST', (status, fields)


@check()
def a_made_up_file_below_a_page_is_not_found(s):
    """A signed-in browser is led to /security-info/x.css and the like, which a cache might keep: 404, nothing of the person."""
    v = s.signed_in(s.ada)
    assert 'ada@home.example' in v.ask('GET', '/security-info').html
    for path in ('/security-info/x.css', '/security-info.css', '/security-info;x.css', '/security-info%2fx.css',
                 '/security-info/add/a.js', '/security-info/', '/change/a.png', '/change%0a.css', '/static/../security-info'):
        page = v.ask('GET', path)
        assert page.status in (400, 404), f'{path}: {page.status}'
        assert 'ada@' not in page.html and page.header('cache-control') == 'no-store', path


@check()
def nothing_is_loaded_from_elsewhere(s):
    """No page, style or script names another site: nothing of a visit is told to anybody."""
    ours = f'http://localhost:{s.server.port}'
    for path, page in pages(s):
        for what in re.findall(r'(?:src|href|action|srcset|data|poster)="([^"]*)"', page.html):
            assert not re.match(r'(?:[a-z]+:)?//', what) or what.startswith(ours), f'{path} leads to {what}'
    for name in ('portal.css', 'portal.js', 'icon.svg'):
        shipped = (ROOT / 'share/static' / name).read_text(encoding='utf-8')
        found = [u for u in re.findall(r'(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}[^\s"\')]*', shipped) if 'www.w3.org' not in u]
        assert not found, f'{name} names {found}'
        assert '@import' not in shipped


@check()
def scripts_make_no_code_and_keep_nothing(s):
    """Our one script evaluates nothing, writes no HTML, keeps nothing in the browser and listens to no other window; pages have no
    inline script, style or handler."""
    script = (ROOT / 'share/static/portal.js').read_text(encoding='utf-8')
    for word in (r'\beval\b', r'new Function\b', 'innerHTML', 'outerHTML', 'insertAdjacentHTML', r'document\.write',
                 'localStorage', 'sessionStorage', 'indexedDB', r'document\.cookie', 'postMessage', r"on\w+\s*=\s*['\"]",
                 r"addEventListener\('(?:paste|copy|cut)'"):
        assert not re.search(word, script), f'portal.js has {word}'
    for path, page in pages(s):
        assert not re.search(r'\son[a-z]+\s*=', re.sub(r'"[^"]*"', '""', page.html)), f'{path} has a handler'
        assert not re.search(r'<script(?![^>]*\bsrc=)', page.html), f'{path} has a script in it'
        assert not re.search(r'<style|\sstyle=', page.html), f'{path} has a style in it'


@check()
def each_page_of_a_session_has_the_way_out(s):
    """Wherever a signed-in person is, a button signs out."""
    v = s.signed_in(s.ada)
    for path in OF_A_SESSION:
        page = v.ask('GET', path)
        assert page.status == 200, f'{path}: {page.status}'
        assert page.form('/signout'), f'{path} has no way out'


@check()
def fields_say_what_they_are_for(s):
    """Password managers are told which field is which; no password field is shown, hides from them, or asks for classes. There are no
    fields but these: no question, no hint; nor is there a place for one in the store."""
    seen = set()
    for path, page in pages(s):
        for tag in re.findall(r'<input\b[^>]*>', page.html):
            given = dict(re.findall(r'([a-z-]+)="([^"]*)"', tag))
            if given.get('type') == 'hidden':
                continue
            name, fill = given.get('name'), given.get('autocomplete', '')
            seen.add((name, fill))
            if name in ('password', 'old'):
                assert given['type'] == 'password' and fill in ('current-password', 'new-password'), f'{path}: {tag}'
                assert int(given['maxlength']) >= 256
            if name == 'name':
                # Where a passkey alone signs in, browsers offer it at this field (WebAuthn 3 5.1.4).
                assert fill == ('username webauthn' if path == '/signin' else 'username'), f'{path}: {tag}'
            assert 'required:' not in given.get('passwordrules', ''), f'{path} asks for classes: {tag}'
    known = {'name', 'password', 'old', 'pass', 'code', 'token', 'address', 'label', 'username', 'find', 'saved'}
    assert {name for name, _ in seen} <= known, {name for name, _ in seen} - known
    columns = {row[1] for name, in s.server.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
               for row in s.server.rows(f'SELECT * FROM pragma_table_info(?)', name)}
    assert len(columns) > 50 and not {c for c in columns if re.search('hint|question|answer', c)}, columns
    assert {('name', 'username'), ('password', 'current-password'), ('password', 'new-password'),
            ('old', 'current-password'), ('code', 'one-time-code'), ('address', 'email')} <= seen, seen


@check()
def well_known_addresses_are_those_of_their_standards(s):
    """change-password leads away from there to a page that exists; what should not exist does not; there is nothing else."""
    for v in (s.visitor(), s.signed_in(s.ada)):
        page = v.ask('GET', '/.well-known/change-password')
        assert page.status in (302, 303, 307) and '.well-known' not in page.header('location')
        v.get('/.well-known/change-password')
        assert v.page.status == 200, f'it leads to {v.page.status}'
    never = '/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200'
    for path in (never, '/.well-known/', '/.well-known/host-meta', '/.well-known/webauthn', '/.well-known/x'):
        assert s.visitor().ask('GET', path).status == 404, path
    for path, member in (('/.well-known/openid-configuration', 'issuer'), ('/.well-known/oauth-authorization-server', 'issuer'),
                         ('/.well-known/passkey-endpoints', 'enroll')):
        page = s.visitor().ask('GET', path)
        assert page.status == 200 and page.header('content-type').startswith('application/json'), path
        assert json.loads(page.html)[member].startswith('http'), path


@check()
def security_txt_has_a_contact_and_an_end(s):
    """/.well-known/security.txt: text/plain in UTF-8, at least one Contact, one Expires within a year, and its own address."""
    status, fields, body = raw(s, 'GET', '/.well-known/security.txt')
    assert status == 200 and fields['content-type'].replace(' ', '') == 'text/plain;charset=utf-8', (status, fields)
    rows = [line.split(': ', 1) for line in body.decode().splitlines() if line and not line.startswith('#')]
    values = [value for name, value in rows if name == 'Contact']
    assert values and all(re.match(r'mailto:|https://|tel:', value) for value in values), rows
    ends = [datetime.datetime.strptime(value, '%Y-%m-%dT%H:%M:%SZ') for name, value in rows if name == 'Expires']
    now = datetime.datetime.utcfromtimestamp(s.server.now())
    assert len(ends) == 1 and now < ends[0] < now + datetime.timedelta(days=366), rows


@check()
def password_managers_find_where_passkeys_are_managed(s):
    """/.well-known/passkey-endpoints: 200 without a redirect, JSON, and two addresses of ours that lead to a page."""
    status, fields, body = raw(s, 'GET', '/.well-known/passkey-endpoints')
    assert status == 200 and fields['content-type'] == 'application/json', (status, fields)
    places, own = json.loads(body), f'http://localhost:{s.server.port}'
    assert sorted(places) == ['enroll', 'manage'] and all(at.startswith(own + '/') for at in places.values()), places
    for at in places.values():
        v = s.signed_in(s.mia)
        v.get(at.removeprefix(own))
        assert v.page.status == 200, (at, v.page.status)


@check()
def what_was_sent_is_answered_by_303_or_a_page(s):
    """Forms lead on by 303 alone, so no browser sends a password twice; a limit says when to come again."""
    v = s.signed_in(s.mia)
    s.reset(s.ada)
    v.get('/security-info/add?kind=mail')
    v.post('/security-info/add', {'address': 'mia2@home.example'})
    for _ in range(6):
        page = v.post('/security-info/resend', {}) if v.page.form('/security-info/resend') else \
            v.send('/security-info/resend', v.token())
        assert page.status in (303, 422, 429), page.status
        if page.status == 429:
            break
    assert page.status == 429, 'no limit came'
    assert re.fullmatch(r'[1-9]\d*', page.header('retry-after')), 'it does not say when to come again'
    for line in v.trail:
        if line.startswith('POST') and re.search(r'-> 3', line):
            assert '-> 303' in line, line


@check()
def an_error_says_nothing_of_the_inside(s):
    """Error pages of every kind: a sentence, no version, no file, no library, no stack."""
    v = s.visitor()
    v.get('/recover')
    long = 'a' * 5000
    answers = [v.ask('GET', '/nowhere'), v.ask('POST', '/recover', 'name=ada'), v.ask('POST', '/recover', 'csrf=x&name=%ff'),
               v.ask('POST', '/recover', f'name={long}'), v.ask('GET', f'/help?{long}'), v.ask('PUT', '/help'),
               v.ask('GET', '/help', headers={'Host': 'evil.example'})]
    for page in answers:
        assert page.status >= 400, f'{page.path}: {page.status}'
        assert not re.search(r'src/|\.c:\d|sqlite|microhttpd|libmicro|0x[0-9a-f]{6}|rekey[ /]\d', page.html, re.I), page.html
        assert not page.header('server') and not page.header('x-powered-by')
        assert page.header('cache-control') == 'no-store'


@check()
def what_passes_by_the_protections_is_counted_in_the_log(s):
    """Forms without a token, from another site, for another host: the log says so at once, and within the next minute counts
    what else comes, without a line for each. A wrong link is no attack."""
    def told():
        return re.findall(r'refused (\d+) requests since the last such line; this one: (\d+ \w+)', s.server.logged())

    v = s.visitor()
    v.ask('GET', '/nothing-here')
    assert not told(), 'a wrong link was told as an attack'
    v.get('/signin')
    assert v.ask('POST', '/signin', 'name=ada&password=x').status in (400, 403)
    first, = told()
    assert first[0] == '1', first
    for number in range(20):
        assert raw(s, 'POST', '/signin', {'Origin': f'https://evil{number}.example', 'Content-Length': '0'})[0] >= 400
    assert told() == [first], 'each of twenty refused forms has a line of its own'


@check()
def each_line_of_the_log_is_json_in_utc(s):
    """Hostile names and forms are typed, then every line of the log is one JSON object: a time in UTC (RFC 3339), a level, the program
    and a message, without control bytes."""
    v = s.visitor()
    for name in ('ada\r\n{"level":"error"}', 'ada\x1b[31m', '\u202eada', '%n%s', '${jndi:ldap://x}'):
        v.post('/signin', {'name': name, 'password': 'x\r\ny'})
        v.post('/recover', {'name': name})
    v.ask('GET', '/nowhere%0d%0a{}', headers={'User-Agent': 'x\x1b[2Jy'})
    s.signed_in(s.ada)
    lines = s.server.logged().splitlines()
    assert len(lines) > 5
    for line in lines:
        if not line.startswith('{'):
            assert re.match(r'[A-Za-z]', line) and '\x1b' not in line, line
            continue
        row = json.loads(line)
        assert re.fullmatch(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ', row['time']) and row['level'] and row['program'], line
        assert row['message'] and not re.search('[\x00-\x1f\x7f\u202e]', line), line
