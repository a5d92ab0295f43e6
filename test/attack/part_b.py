"""B. Who receives the secret."""
import base64
import concurrent.futures
import pathlib
import re
import unicodedata
import urllib.parse

from attack import attack, plant
from scene import CODE, NEXT, PASS, PASSWORD, Person, add_mail, add_totp, arrived, invited, reply_of

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
UNHURRIED = ('[policy]', 'proofOfWorkAfter = 100000')
THIEF = 'thief@elsewhere.example'


def form(fields):
    return urllib.parse.urlencode(fields)


def all_of(work, given, at_once=8):
    with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(work, given))


def recipients(s):
    """Everybody who got a letter since the attack began."""
    s.settle()
    return {to for to, _ in s.letters()}


def resets(s):
    return s.server.rows("SELECT COUNT(*) FROM flow WHERE kind = 'recover'")[0][0]


# ---- ATK-013 ----

LISTS = ['name=ada&name=THIEF', 'name=THIEF&name=ada', 'name[]=ada&name[]=THIEF', 'name[0]=ada&name[1]=THIEF',
         'name=ada&address=THIEF', 'name=ada&mail=THIEF', 'name=ada&to=THIEF', 'name=ada&name[mail]=THIEF',
         'name=ada&NAME=THIEF', 'name=ada;name=THIEF', 'name=ada&%6eame=THIEF', 'user[email][]=ada&user[email][]=THIEF']


@attack('ATK-013', settings=UNHURRIED)
def of_several_addresses_none_is_taken(s):
    """Names and addresses given twice, as lists, as objects, in JSON, in the query and by other field names, where
    a code is asked for and where an address is added: refused; every letter goes to the stored address alone."""
    v = s.visitor()
    v.get('/recover')
    token, begun = form(v.token()), resets(s)
    for fields in LISTS:
        page = v.ask('POST', '/recover', f'{token}&{fields.replace("THIEF", THIEF)}')
        taken_whole = ';' in fields and page.status == 303
        assert page.status == 400 or taken_whole, f'{fields} was answered by {page.status}'
    for body in ('{"name": ["ada", "%s"]}' % THIEF, '[{"name": "ada"}, {"name": "%s"}]' % THIEF):
        page = v.ask('POST', '/recover', body, {'Content-Type': 'application/json'})
        assert page.status == 415, f'JSON was answered by {page.status}'
    v.ask('POST', f'/recover?name={THIEF}&address={THIEF}', f'{token}&name=ada')
    s.code_to(s.ada)
    owner = s.signed_in(s.ada)
    token, before = form(owner.token()), s.methods('ada')
    for fields in ('address=a@b.example&address=THIEF', 'address[]=a@b.example&address[]=THIEF',
                   'address=a@b.example&to=THIEF', 'address=a@b.example&id=THIEF'):
        page = owner.ask('POST', '/security-info/add', f'{token}&kind=mail&{fields.replace("THIEF", THIEF)}')
        assert page.status == 400 and s.methods('ada') == before, f'{fields} was answered by {page.status}'
    assert recipients(s) == {s.ada.mail}, f'letters went to {sorted(recipients(s))}'
    assert resets(s) <= begun + 2


plant('ATK-013', 'src/web/form.c', 'of a field given twice the last one counts',
      'if (f->seen & 1u << i)', 'if (f->seen & 1u << 31)')
plant('ATK-013', 'src/web/form.c', 'a field of another name is passed over',
      'return f->open ? 0 : refuse(f, NULL, "form_unknown");', 'return 0;')


# ---- ATK-014 ----

SEPARATORS = [',', ';', '|', ' ', '%0a', '%0d%0acc:', '\n', '\r\n', '\r\nBcc: ', '\nTo: ', '\x00', '>,<', '> <',
              '\t', '\u2028', '>\r\nRCPT TO:<', '%', '!', '"', '\\', '(', ')', '<', '>', ':',
              '\uff0c', '\uff1b', '\u3001', '\x0b', '\x85']


def hostile_addresses():
    for mark in SEPARATORS:
        yield f'a@victim.example{mark}{THIEF}'
        yield f'{THIEF}{mark}a@victim.example'
        yield f'a{mark}b@victim.example'
        yield f'a@victim{mark}b.example'
    yield from ('a@b@victim.example', '@victim.example', 'a@', 'a', '', '<a@victim.example>', 'A <a@victim.example>',
                '"a b"@victim.example', '"a@b"@victim.example', 'a@[127.0.0.1]', 'a@127.0.0.1', 'a@victim.example.',
                'a..b@victim.example', '.a@victim.example', 'a.@victim.example', 'a@-victim.example', 'a@victim',
                'a%thief@victim.example', 'thief!a@victim.example', f'{"a" * 65}@victim.example',
                f'a@{"b" * 64}.example')


def well_formed(address):
    """One mailbox that nobody could read as two; blanks at the ends do not count."""
    return re.fullmatch(r"[A-Za-z0-9#$&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+\.[a-z]+", address)


@attack('ATK-014', settings=UNHURRIED)
def an_address_is_one_address(s):
    """Separators, line breaks, quotes, routes and comments within an address, where a person adds one, where an
    administrator does and where a test is sent: refused. What is taken is one mailbox and gets one letter."""
    v = s.signed_in(s.ada)
    v.get('/security-info')
    token, before = v.token(), s.methods('ada')
    listed = sorted(set(hostile_addresses()))
    pages = [v.ask('POST', '/security-info/add', form({**token, 'kind': 'mail', 'address': one})) for one in listed]
    for one, page in zip(listed, pages):
        assert page.status in (400, 422) or well_formed(one), f'{one!r} was taken: {page.status}'
    for row, kind, address, state in s.methods('ada'):
        assert (row, kind, address, state) in before or well_formed(address), f'{address!r} is stored'
    for number, one in enumerate(one for one in listed if '\x00' not in one and one and not one.startswith('-')):
        for words in (('mail', 'test', one), ('people', 'add', f'n{number}', '--other-mail', one)):
            ended, text = s.server.cli(*words)
            assert ended == 1 or well_formed(one.strip()), f'{words[0]} took {one!r}: {text}'
    s.settle()
    for to, letter in s.letters():
        assert well_formed(to), f'a letter went to {to!r}'
        assert len(letter.get_all('To')) == 1 and not letter.get_all('Cc') and not letter.get_all('Bcc')
    arrived(v.send('/security-info/add', {**token, 'kind': 'mail', 'address': 'ada+tag@second.example'}), 'pending')
    s.settle()
    assert [to for to, _ in s.letters()].count('ada+tag@second.example') == 1


plant('ATK-014', 'src/method/mail_address.c', 'marks between two addresses may stand in one',
      'strchr("#$&\'*+-/=?^_`{|}~", ch)', 'strchr("#$&\'*+-/=?^_`{|}~,;<> @", ch)')
plant('ATK-014', 'src/method/mail_address.c', 'what stands after a second @ is left to the mail server',
      'if ((e = text_lower(c, domain, &domain)) || (e = domain_ascii(c, domain, &domain)))',
      'if ((e = text_lower(c, domain, &domain)))')


@attack('ATK-014')
def what_people_write_adds_no_header(s):
    """Line breaks with header fields behind them in the browser's name, in the label of a method, in a person's
    name and in the organisation's: no letter gets a header or a recipient more."""
    evil = 'x\r\nBcc: thief@elsewhere.example\r\nX-Evil: 1\r\n\r\n<b>'
    for key in ('organisation', 'help_mail', 'help_phone'):
        for value in (evil, 'x\ny', 'x\ry', 'x\ty', 'x\x7fy', 'x\x85y', 'x\u2028y'):
            ended, text = s.server.cli('brand', 'set', key, value)
            assert ended == 1, f'{key} was set to {value!r}: {text}'
    s.cli('brand', 'set', 'help_text', evil)
    s.server.cli('people', 'add', 'kim', '--mail', 'kim@example.net', '--display-name', evil)
    v = s.signed_in(s.ada)
    own = s.methods('ada')[0][0].hex()
    page = v.ask('POST', '/security-info/rename', form({**v.token(), 'id': own, 'label': evil}))
    assert page.status == 422, f'a label of several lines was taken: {page.status}'
    w = s.visitor()
    w.get('/recover')
    w.ask('POST', '/recover', form({**w.token(), 'name': 'ada'}), {'User-Agent': f'Firefox/1 Bcc: {THIEF}'})
    s.settle()
    s.asked('bob')
    code = s.code_to(s.bob)
    for to, letter in s.letters():
        headers = [name.lower() for name in letter.keys()]
        assert 'x-evil' not in headers and 'bcc' not in headers, f'a header more: {headers}'
        assert headers.count('to') == headers.count('subject') == headers.count('from') == 1
    assert recipients(s) <= {s.ada.mail, s.bob.mail, s.ada.work_mail}, f'letters went to {sorted(recipients(s))}'
    assert code


plant('ATK-014', 'src/people/brand.c', 'line breaks may stand in the name of the organisation',
      'if (point_breaks(utf8_next(s, &at)))', 'if (utf8_next(s, &at) == 0x7f)')
plant('ATK-014', 'src/people/security_info.c', 'line breaks may stand in the label of a method',
      'good &= !point_steers(utf8_next(s, &at));', 'good &= utf8_next(s, &at) != 0x7f;')


# ---- ATK-015 ----

def look_alikes(name):
    """Every name that some mapping (compatibility, case) makes this one, by one letter; not by its width alone."""
    for at, letter in enumerate(name):
        for point in range(0x80, 0x20000):
            ch = chr(point)
            if 0xd800 <= point < 0xe000 or 0xff01 <= point <= 0xff5e:
                continue
            folds = {unicodedata.normalize('NFKC', ch), ch.lower(), ch.upper().lower(), ch.casefold(),
                     unicodedata.normalize('NFKC', ch.casefold()).lower(), unicodedata.normalize('NFD', ch)[0].lower(),
                     unicodedata.normalize('NFKC', ch).lower()}
            if letter in folds and len(unicodedata.normalize('NFKC', ch)) == 1:
                yield name[:at] + ch + name[at + 1:]


def kim(s):
    """A person whose name has the letters that other letters turn into: the Kelvin sign, the dotless i."""
    person = Person('kim')
    v = invited(s, person)
    add_mail(s, v, person)
    add_totp(s, v, person)
    return person


@attack('ATK-015', settings=UNHURRIED)
def letters_that_turn_into_others_are_nobody(s):
    """Every letter that some mapping makes one of k, i, m stands in for it in a user name and in the work address:
    no account is found, and no letter leaves. What is the same name by its width alone sends to the stored address."""
    person, begun = kim(s), resets(s)
    s.settle()
    before, names = len(s.letters()), sorted(set(look_alikes('kim')))
    names += [name + '@example.net' for name in names[::7]] + ['kim@example.ne\u1d57', 'kim@ex\u0430mple.net']
    all_of(lambda name: s.asked(name), names)
    ours = s.server.rows("SELECT name FROM flow WHERE kind = 'recover' AND account = ?", s.account('kim'))
    assert not ours, f'{len(ours)} of {len(names)} spellings are kim: {ours[:5]}'
    s.settle()
    assert len(s.letters()) == before, 'a letter left'
    for name in ('ＫＩＭ', 'KIM@EXAMPLE.NET', 'ｋｉｍ@example.net'):
        s.asked(name)
    s.settle()
    sent = [to for to, _ in s.letters()[before:]]
    assert set(sent) == {person.mail}, f'codes went to {sorted(set(sent))}, not to the address as stored'
    assert resets(s) >= begun + len(names)


plant('ATK-015', 'src/model/name.c', 'letters with another one as their compatibility form are that one',
      'u8_tolower((const uint8_t *)text.at, text.length, NULL, UNINORM_NFC, room, &length);',
      'u8_tolower((const uint8_t *)text.at, text.length, NULL, UNINORM_NFKC, room, &length);')
plant('ATK-015', 'src/model/name.c', 'the Kelvin sign is a k',
      'return point >= 0x80 && uc_canonical_decomposition(point, parts) == 1 && parts[0] < 0x80;',
      'return point >= 0x80 && uc_canonical_decomposition(point, parts) == 1 && parts[0] < 0x20;')
plant('ATK-015', 'src/flow/effect.c', 'the code goes to the address that was typed',
      '\t\tif (open && (e = outbox_code(&w->unit, &w->account, m,',
      '\t\tstruct method to = *m;\n\n\t\tif (str_find(w->flow.name, STR("@")) < w->flow.name.length)\n'
      '\t\t\tto.address = w->flow.name;\n\t\tif (open && (e = outbox_code(&w->unit, &w->account, &to,')


# ---- ATK-016 ----

NAMES = ['\u1d2e\u1d35\u1d33\u1d2e\u1d35\u1d3f\u1d30', 'BIGBIRD', 'Ｂigbird', ' bigbird ', '\u3000bigbird',
         'bigbird\u2003', 'bigbird\t', '\u212aelvin', 'kelvin', '\u212bngström', 'A\u030angström', 'ångström',
         'ÅNGSTRÖM', 'Straße', 'STRASSE', 'ﬁsh', 'fish', 'İstanbul', 'istanbul', 'ıstanbul', 'ΣΑΣ',
         'σας', 'ｶﾞ', 'ガ', 'ガ', '山田', '山田\u3000', 'CORP\\bigbird', 'a\u200db', 'ab',
         'x@Exämple.net', 'x@xn--exmple-cua.net', 'x@EXAMPLE。net', 'x@example.net', 'Ⅷ', '①', '㍿', 'Ǆ',
         'ǆ', 'ẞ', 'ß', '\ufeffbom', 'bom']


@attack('ATK-016', settings=UNHURRIED)
def a_canonical_name_is_canonical_again(s):
    """Forty names with ligatures, modifiers, combining marks, blanks and domains are added. The canonical form of
    each is its own canonical form, finds its account and no other, and cannot be added a second time."""
    s.cli('people', 'add', 'bigbird')
    people = len(s.server.rows('SELECT id FROM account'))
    for blank in (' ', '\u3000', '\u2003', '\t', '\xa0'):
        for name in (f'{blank}bigbird', f'bigbird{blank}', f'{blank}BIGBIRD'):
            s.server.cli('people', 'add', name)
            assert len(s.server.rows('SELECT id FROM account')) == people, f'{name!r} is somebody else than bigbird'
    for name in NAMES:
        s.server.cli('people', 'add', name)
    added = s.server.rows('SELECT id, name, canonical FROM account')
    if len(added) < 20:
        raise RuntimeError(f'only {len(added)} were added')
    for account, name, canonical in added:
        found = s.server.rows('SELECT account FROM login_name WHERE canonical = ?', canonical)
        assert found == [(account,)], f'{canonical!r} is {len(found)} accounts'
        s.server.cli('people', 'add', canonical)
        people = len(s.server.rows('SELECT id FROM account'))
        assert people == len(added), f'{name!r} became {canonical!r}, and that another name'
        shown = s.cli('--format', 'json', 'people', 'show', canonical)
        assert account.hex() in shown, f'{canonical!r} finds another account than {name!r}'


plant('ATK-016', 'src/model/name.c', 'compatibility forms are replaced after the change to lower case',
      'u8_tolower((const uint8_t *)text.at, text.length, NULL, UNINORM_NFC, room, &length);',
      'u8_tolower((const uint8_t *)text.at, text.length, NULL, UNINORM_NFKC, room, &length);')
plant('ATK-016', 'src/model/name.c', 'blanks around a name make it another name',
      'struct str text = trim(typed);', 'struct str text = typed;')


# ---- ATK-017 ----

def codes_of(s, address):
    return len(s.found(address, CODE))


@attack('ATK-017', settings=UNHURRIED)
def an_address_that_was_not_proved_gets_no_code(s):
    """An address that is being added and not confirmed, one whose confirmation was guessed at until it was
    dropped, one that a file brought, and the work mailbox: no reset ever sends a code there."""
    v = s.signed_in(s.ada)
    v.get('/security-info')
    token = v.token()
    page = v.send('/security-info/add', {**token, 'kind': 'mail', 'address': THIEF})
    pending = re.search(r'id=([0-9a-f]{32})', page.header('location'))[1]
    own = next(row.hex() for row, *_, state in s.methods('ada') if state == 'active')
    for path, fields in (('rename', {'label': 'x'}), ('confirm', {'code': '00000000', 'label': 'x'}),
                         ('confirm', {'code': ''})):
        v.ask('POST', f'/security-info/{path}', form({**token, 'id': pending, **fields}))
    s.cli('people', 'add', 'kim', '--mail', 'kim@example.net', '--other-mail', 'kim@private.example')
    file = s.server.folder / 'people.csv'
    file.write_text('userName,otherMail\nada,ada@private.example\ndan,dan@private.example\n')
    s.cli('people', 'import', file)
    s.settle()
    confirmations = codes_of(s, THIEF)
    for name in ('ada', 'dan', 'kim', 'mia'):
        s.asked(name)
    got = {to: codes_of(s, to) for to in (THIEF, 'ada@private.example', 'dan@private.example', 'kim@private.example',
                                          s.ada.work_mail, 'dan@example.net', 'kim@example.net', 'mia@example.net')}
    assert got.pop(THIEF) == confirmations == 1, 'an address that was not confirmed got a code'
    assert not any(got.values()), f'codes went to addresses that nobody proved: {got}'
    s.code_to(s.ada), s.code_to(s.mia)
    for _ in range(6):
        v.ask('POST', '/security-info/confirm', form({**token, 'id': pending, 'code': '00000000'}))
    assert pending not in {row.hex() for row, *_ in s.methods('ada')}, 'an address outlived five wrong codes'
    assert own in {row.hex() for row, *_ in s.methods('ada')}


plant('ATK-017', 'src/model/value.c', 'an address counts before it was confirmed',
      'return str_is(m->state, "active");', 'return str_is(m->state, "active") || m->kind == method_mail;')
plant('ATK-017', 'src/flow/effect.c', 'the code goes to the mailbox that the password protects',
      '\t\tif (open && (e = outbox_code(&w->unit, &w->account, m,',
      '\t\tstruct method to = *m;\n\n\t\tto.address = w->account.mail;\n'
      '\t\tif (open && (e = outbox_code(&w->unit, &w->account, &to,')
plant('ATK-017', 'src/people/register.c', 'wrong confirmations are not counted',
      '\tunit_add(&w->unit, statement_method_try, 1,\n\t\tWITH(v_bytes(w->pending.id), v_bytes(w->account.id)));\n', '')


# ---- ATK-018 ----

def posts():
    """Every address that takes a form."""
    text = (ROOT / 'src/web/route.c').read_text()
    return set(re.findall(r'\t(?:HIDDEN_)?POST\(\s*"([^"]+)"', text)) | set(re.findall(r'\{ "([^"]+)", serve_\w+, verb_post', text))


def programs():
    """Every address that programs, and pages of applications, post to."""
    return set(re.findall(r'\tPROGRAM\("([^"]+)"', (ROOT / 'src/web/route.c').read_text()))


SIGNED = {name: 'A' * 43 for name in ('challenge', 'key_id', 'client_data', 'authenticator_data', 'signature',
                                      'user_handle')}
MADE = {name: 'A' * 43 for name in ('challenge', 'key_id', 'client_data', 'attestation')}


def bodies(s, method, token, idea):
    mail = s.server.rows("SELECT m.id FROM method m JOIN account a ON a.id = m.account "
                         "WHERE a.name = 'ada' AND m.kind = 'mail' AND m.state = 'active'")[0][0].hex()
    return {'/recover': {'name': 'bob'}, '/recover/answer': {'code': s.code_to(s.ada)},
            '/recover/method': {'method': 'totp'}, '/recover/resend': {},
            '/recover/lost': {}, '/signin/lost': {}, '/register/passkey': {'id': method, **MADE},
            '/security-info/replace': {'id': mail, 'address': 'new@evil.example'},
            '/recover/choose': {'password': NEXT}, '/recover/extend': {}, '/recover/leave': {},
            '/signin': {'name': 'mia', 'password': PASSWORD}, '/signin/pass': {'name': 'ada', 'pass': 'A' * 26},
            '/signin/answer': {'code': '123456'}, '/signin/method': {'method': 'recovery_code'},
            '/signin/choose': {'password': NEXT}, '/signin/leave': {}, '/security-info/add': {'kind': 'totp'},
            '/security-info/resend': {'id': method}, '/security-info/confirm': {'id': method, 'code': '123456'},
            '/security-info/rename': {'id': method, 'label': 'x'}, '/security-info/delete': {'id': method},
            '/security-info/prove': {'how': 'recovery_code', 'code': s.ada.paper[0]}, '/change': {'password': NEXT},
            '/signout': {}, '/signout/everywhere': {}, '/oidc/leave': {}, '/not-me': {'token': token},
            '/language': {'language': 'ja', 'path': '/'},
            '/recover/passkey': SIGNED, '/signin/passkey': SIGNED, '/signin/alone': SIGNED,
            '/security-info/prove/passkey': SIGNED, '/security-info/passkey': {'id': method, **MADE},
            '/security-info/default': {'kind': 'recovery_code'}, '/security-info/send': {},
            '/security-info/vouch': {'code': '12345678'},
            '/register/start': {}, '/register/later': {}, '/register/looks-good': {}, '/register/send': {},
            '/register/vouch': {'code': '12345678'}, '/register/add': {'kind': 'totp'},
            '/register/resend': {'id': method}, '/register/confirm': {'id': method, 'code': '123456'},
            '/admin/password-reset/setting': {'id': 'notify_users', 'value': 'on'},
            '/admin/password-reset/change': {'id': 'campaign', 'value': 'on', **SIGNED},
            '/ideas/new': {'title': 'Pressed', 'words': 'From elsewhere.'}, '/ideas/vote': {'id': idea, 'vote': 'give'}}


def store(s):
    """What an attacker would want changed."""
    return [s.server.rows(sql) for sql in (
        'SELECT id, account, level, proved, stage, vouched, vouch_code, vouch_tries FROM session ORDER BY id',
        'SELECT id, state, method, proofs, lost, sent, expires FROM flow ORDER BY id',
        'SELECT id, label, state FROM method ORDER BY id', 'SELECT account, stored FROM password ORDER BY account',
        'SELECT id, frozen FROM account ORDER BY id', 'SELECT slot, mac FROM recovery_code ORDER BY mac',
        'SELECT COUNT(*) FROM outbox', 'SELECT * FROM policy_site ORDER BY name', 'SELECT * FROM registration ORDER BY account',
        'SELECT id, title FROM idea ORDER BY id', 'SELECT idea, account FROM idea_vote ORDER BY idea, account',
        'SELECT id, used FROM site_ticket ORDER BY id', 'SELECT id, session FROM site_session ORDER BY id',
        'SELECT id, code_used, access, refresh FROM oidc_grant ORDER BY id')]


def forgeries(site, path, fields, token, early, others):
    """(words, method, path, body, headers) as a page elsewhere could make a browser send them."""
    whole = form({**token, **fields})
    yield 'no token', 'POST', path, form(fields), {}
    yield 'an empty token', 'POST', path, form({'csrf': '', **fields}), {}
    yield 'another browser\'s token', 'POST', path, form({**others, **fields}), {}
    yield 'an invented token', 'POST', path, form({'csrf': 'A' * 43, **fields}), {}
    if early:
        yield 'a token from before signing in', 'POST', path, form({**early, **fields}), {}
    for origin in ('https://evil.example', f'{site}.evil.example', f'{site}0', f'{site}@evil.example',
                   site.replace('http', 'https'), 'file://'):
        yield f'Origin {origin}', 'POST', path, whole, {'Origin': origin}
    for fetch in ('cross-site', 'same-site'):
        yield fetch, 'POST', path, whole, {'Sec-Fetch-Site': fetch, 'Origin': 'null'}
    yield 'text/plain', 'POST', path, whole, {'Content-Type': 'text/plain'}
    yield 'a link', 'GET', f'{path}?{whole}', None, {'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate'}


WIKI, APPLICATION = 'wiki.example.org', 'https://app.example/cb'
SITE = '__Host-rekey_site'  # what the person holds at an application's host
BEHIND_PROXY = ('[site]', 'trustedProxies = 127.0.0.1/32', 'feedback = board')


def nobody_is_let_in_by_a_strangers_ticket(s, site):
    """/.rekey/enter stands at the application's host, where no cookie and no token of ours is: what comes must say
    that it comes from our own page. Else a stranger's ticket would make the person the stranger there."""
    s.cli('application', 'add-site', 'Pressed wiki', '--host', f'https://{WIKI}')
    stranger, v = s.signed_in(s.bob), s.visitor()
    page = stranger.ask('GET', '/auth/start?' + urllib.parse.urlencode({'to': f'https://{WIKI}/'}))
    ticket = form({'ticket': re.search(r'name="ticket" value="([^"]+)"', page.html)[1]})
    before = store(s)
    for origin in ('', 'null', 'https://evil.example', f'https://{WIKI}', f'{site}.evil.example', f'{site}0',
                   f'{site}@evil.example', site.replace('http', 'https'), 'file://'):
        page = v.ask('POST', '/.rekey/enter', ticket, {'X-Forwarded-Host': WIKI, 'Origin': origin})
        assert page.status == 403 and SITE not in v.jar, f'/.rekey/enter by Origin {origin!r}: {page.status}'
    page = v.ask('POST', '/.rekey/enter', ticket, {'X-Forwarded-Host': WIKI, 'Content-Type': 'text/plain'})
    assert page.status == 415 and SITE not in v.jar, f'/.rekey/enter by text/plain: {page.status}'
    page = v.ask('GET', f'/.rekey/enter?{ticket}', None, {'X-Forwarded-Host': WIKI})
    assert page.status == 405 and SITE not in v.jar, f'/.rekey/enter by a link: {page.status}'
    assert store(s) == before, '/.rekey/enter was pressed from elsewhere'
    page = v.ask('POST', '/.rekey/enter', ticket, {'X-Forwarded-Host': WIKI, 'Sec-Fetch-Site': 'cross-site'})
    if page.status != 303 or SITE not in v.jar:
        raise RuntimeError(f'the ticket was none: {page.status} {page.text[:300]}')


def nothing_is_done_where_anybody_may_post(s, v):
    """Programs and applications post to these from elsewhere, by design: they have no token and no Origin of ours.
    Tokens and userinfo look at no cookie. Signing out asks the person first, on a page of ours. Asked to authorise,
    we see a browser without the cookie of the session, which does not travel: a page to sign in, and no code."""
    made = re.search(r'"client_id": ?"([0-9a-f]{32})"', s.cli('--format', 'json', 'application', 'add', 'Pressed',
                                                            '--redirect-uris', APPLICATION))[1]
    ask = {'client_id': made, 'redirect_uri': APPLICATION, 'response_type': 'code', 'scope': 'openid', 'state': 'x',
           'nonce': 'x', 'code_challenge': 'A' * 43, 'code_challenge_method': 'S256'}
    fields = {'/oidc/authorize': [ask, {**ask, 'redirect_uri': 'https://evil.example/'}, {}],
              '/oidc/logout': [{}, {'client_id': made}, {'post_logout_redirect_uri': 'https://evil.example/'}],
              '/oidc/token': [{}, *({'client_id': made, 'grant_type': kind}
                                    for kind in ('authorization_code', 'password', 'refresh_token'))],
              '/oidc/userinfo': [{}, {'access_token': 'A' * 43}]}
    if set(fields) != programs():
        raise RuntimeError(f'no body for {sorted(set(fields) ^ programs())}')
    before, jar = store(s), dict(v.jar)
    travels = {name: value for name, value in jar.items() if name not in ('rekey_session', 'rekey_device')}
    for path in sorted(fields):
        for body in fields[path]:
            for origin in ('https://evil.example', 'https://app.example', 'null'):
                v.jar = dict(travels if path == '/oidc/authorize' else jar)
                page = v.ask('POST', path, form(body), {'Origin': origin, 'Sec-Fetch-Site': 'cross-site'})
                said = page.header('location') + page.html
                assert 'code=' not in said and 'evil.example' not in said, f'{path} {body} led on: {said[:500]}'
                assert not [1 for name, _ in page.headers if name.lower().startswith('access-control')], page.headers
                if path in ('/oidc/token', '/oidc/userinfo'):
                    assert page.status in (400, 401) and v.jar == jar, f'{path} {body}: {page.status}'
                if path == '/oidc/logout':
                    assert v.jar['rekey_session'] == jar['rekey_session'], f'{path} {body} signed out'
        assert store(s) == before, f'{path} did something for a page elsewhere'
    v.jar = dict(jar)
    given = v.ask('GET', '/oidc/authorize?' + form(ask), None, {'Sec-Fetch-Site': 'none'})
    if 'code=' not in given.header('location') + given.html:
        raise RuntimeError(f'what was asked is no good: {given.status} {given.text[:500]}')
    v.jar = dict(jar)


@attack('ATK-018', settings=BEHIND_PROXY + UNHURRIED)
def no_page_elsewhere_presses_our_buttons(s):
    """Every address that takes a form, with all the person's cookies: without a form token, with another's, with
    one from before signing in, from other origins, as plain text and as a link. Refused, and nothing changes.
    What stands at an application's host goes by Origin; what programs may post to does nothing in a person's name."""
    site = f'http://localhost:{s.server.port}'
    v, other = s.visitor(), s.visitor()
    v.get('/signin')
    early = v.token()
    arrived(v.post('/signin', {'name': 'ada', 'password': PASSWORD}), 'prove')
    arrived(v.post('/signin/answer', {'code': s.app_code(s.ada)}), 'security-info')
    v.get('/recover')
    arrived(v.post('/recover', {'name': 'ada'}), 'check_messages')
    other.get('/signin')
    page = v.ask('POST', '/security-info/add', form({**v.token(), 'kind': 'totp'}))
    arrived(s.signed_in(s.mia).post('/ideas/new', {'title': 'Mia wants', 'words': 'That it be voted for.'}), 'ideas')
    idea = s.server.rows('SELECT id FROM idea')[0][0].hex()
    fields = bodies(s, re.search(r'id=([0-9a-f]{32})', page.header('location'))[1], 'A' * 43, idea)
    if wrong := set(fields) ^ (posts() - {'/.rekey/enter'}):
        raise RuntimeError(f'no body for {sorted(wrong)}')
    nobody_is_let_in_by_a_strangers_ticket(s, site)
    nothing_is_done_where_anybody_may_post(s, v)
    s.settle()
    before, jar = store(s), dict(v.jar)
    for path in sorted(fields):
        needs_session = path.startswith(('/security-info', '/change', '/signout', '/register', '/ideas', '/admin'))
        made = forgeries(site, path, fields[path], v.token(), early if needs_session else None, other.token())
        for words, method, to, body, headers in made:
            page = v.ask(method, to, body, headers)
            refused = (404,) if path.startswith('/admin') else (403, 415)
            assert page.status in refused or method == 'GET', f'{path} by {words}: {page.status}'
            v.jar = dict(jar)
        assert store(s) == before, f'{path} was pressed from elsewhere'
    arrived(v.send('/recover/method', {**v.token(), 'method': 'totp'}), 'next_proof')
    own = s.methods('ada')[0][0].hex()
    arrived(v.send('/security-info/rename', {**v.token(), 'id': own, 'label': 'x'}), 'security-info')
    for path in ('/security-info/default', '/ideas/vote', '/ideas/new'):
        arrived(v.send(path, {**v.token(), **fields[path]}), path.split('/')[1])


plant('ATK-018', 'src/web/token.c', 'a form token need only look like one',
      'return is_token_of(typed, browser, session) ||', 'return typed.length == token_text ||')
plant('ATK-018', 'src/web/token.c', 'a form token from before signing in is good for the session',
      '(!session_needed && session.length && is_token_of',
      '((!session_needed || session.length) && session.length && is_token_of')
plant('ATK-018', 'src/web/guard.c', 'an origin that begins as ours does is ours',
      'str_same(origin, site->origin);', 'str_starts(origin, site->origin);')
plant('ATK-018', 'src/web/guard.c', 'sites beside ours may press our buttons',
      'if (fetch.length && !str_is(fetch, "same-origin")',
      'if (fetch.length && !str_is(fetch, "same-site") && !str_is(fetch, "same-origin")')


@attack('ATK-018')
def cookies_do_not_travel_with_foreign_requests(s):
    """Each cookie of a person signed in is HttpOnly and not sent by a page elsewhere; what says who is signed in
    does not even come along with a link."""
    v, given = s.visitor(), {}
    ask = v.ask

    def noting(*words, **more):
        page = ask(*words, **more)
        given.update({value.split('=')[0]: value for name, value in page.headers
                      if name.lower() == 'set-cookie' and '=;' not in value})
        return page
    v.ask = noting
    v.post('/signin', {'name': 'ada', 'password': PASSWORD})
    arrived(v.post('/signin/answer', {'code': s.app_code(s.ada)}), 'security-info')
    s.server.turn(120)
    v.ask('GET', '/recover?lng=ja')
    if not {'rekey_session', 'rekey_device', 'rekey_browser', 'rekey_flow'} <= set(given):
        raise RuntimeError(f'only {sorted(given)}')
    for name, value in given.items():
        strict = name in ('rekey_session', 'rekey_device')
        assert 'HttpOnly' in value and ('SameSite=Strict' in value or (not strict and 'SameSite=Lax' in value)), value


plant('ATK-018', 'src/web/cookie.c', 'the session comes along with links from elsewhere',
      '{ "session", "Strict", 0, fits_token }', '{ "session", "Lax", 0, fits_token }')


# ---- ATK-019 ----

def deletes(kind):
    def act(s, person, owner):
        row = next(row.hex() for row, k, _, state in s.methods(person.name) if k == kind and state == 'active')
        arrived(owner.send('/security-info/delete', {**owner.token(), 'id': row}), 'security-info')
    return act


def adds_codes(s, person, owner):
    page = owner.send('/security-info/add', {**owner.token(), 'kind': 'recovery_code'})
    if page.status != 200:
        raise RuntimeError('no new codes')


def adds_an_app(s, person, owner):
    owner.get('/security-info')
    add_totp(s, owner, person.copy())


def changes_password(s, person, owner):
    owner.get('/change')
    arrived(owner.post('/change', {'password': NEXT}), 'security-info')
    person.password = NEXT


def signs_in(s, person, _):
    s.signed_in(person)


def by_the_desk(*acts):
    def act(s, person, _):
        for word in acts:
            s.cli('people', word, person.name)
    return act


ACTS = [('new codes were printed', 'ada', adds_codes), ('another app was added', 'ada', adds_an_app),
        ('the owner signed in', 'ada', signs_in), ('the desk ended the sessions', 'ada', by_the_desk('end-sessions')),
        ('the account was disabled and enabled', 'ada', by_the_desk('disable', 'enable', 'unfreeze')),
        ('the password was changed', 'ada', changes_password), ('the address was deleted', 'ada', deletes('mail')),
        ('the app was deleted', 'bob', deletes('totp'))]


def proofs(s, name):
    return [p for p, in s.server.rows("SELECT proofs FROM flow WHERE kind = 'recover' AND account = ? AND "
                                      "state IN ('asked', 'proven') AND proofs <> ''", s.account(name))]


@attack('ATK-019', settings=UNHURRIED)
def what_changes_the_account_ends_the_codes_under_way(s):
    """A code of a reset is in the mail. Then its address or the app is deleted, another way added, the password
    changed; or the owner signs in; or the desk disables the account or ends its sessions: the code is worth
    nothing any more, and a browser in which nothing was proved is shown nothing of it."""
    for words, name, act in ACTS:
        s.server.turn(16 * 60)
        person = s.people[name]
        owner, before = s.signed_in(person), len(s.found(person.mail, CODE))
        v = s.asked(name)
        code = s.code_to(person, before + 1)
        act(s, person, owner)
        v.ask('POST', '/recover/answer', form({**v.token(), 'code': code}))
        assert not proofs(s, name), f'a code from before {words} was taken after it'
    s.server.turn(16 * 60)
    v = s.asked('bob')
    arrived(v.post('/recover/answer', {'code': s.code_to(s.bob, len(s.found(s.bob.mail, CODE)))}), 'next_proof')


plant('ATK-019', 'src/people/security_info.c', 'codes to an address outlive its deletion',
      '\tif (!str_is(m->state, "pending"))\n\t\tresets_end(&w.unit, w.account.id, STR(""));\n', '')
plant('ATK-019', 'src/flow/effect_signin.c', 'codes under way outlive the owner\'s coming in',
      '\tif (level > 1)\n\t\tresets_end(&w->unit, w->account.id, w->flow.id);\n', '')
plant('ATK-019', 'src/people/change.c', 'codes under way outlive a change of the password',
      '\tflows_end(&w->unit, w->account.id, w->flow.id);\n', '')
plant('ATK-019', 'src/people/desk.c', 'codes under way outlive the end of the sessions',
      '\tflows_end(&unit, account.id, STR(""));\n', '')


@attack('ATK-019', settings=UNHURRIED)
def a_proof_by_an_address_that_is_gone_counts_no_more(s):
    """A thief has proved one way of a reset by the mailbox, and has the other proof. The owner deletes the
    address: the proof that was in does not count any more, and no password is set."""
    s.server.turn(16 * 60)
    owner, v = s.signed_in(s.ada), s.asked('ada')
    arrived(v.post('/recover/answer', {'code': s.code_to(s.ada)}), 'next_proof')
    stored = s.stored('ada')
    deletes('mail')(s, s.ada, owner)
    page = v.ask('POST', '/recover/answer', form({**v.token(), 'code': s.app_code(s.ada)}))
    assert reply_of(page) != 'choose', 'a deleted address was one of two proofs'
    v.ask('POST', '/recover/choose', form({**v.token(), 'password': NEXT}))
    assert s.stored('ada') == stored, 'the password was set'


plant('ATK-019', 'src/store/records.c', 'a proof outlives the way by which it was given',
      '\tunit_add(unit, statement_resets_end, any_rows, WITH(v_bytes(account), v_bytes(except)));\n', '')


@attack('ATK-019', settings=UNHURRIED)
def a_password_alone_ends_no_reset(s):
    """A thief who has only the password of an account without an app signs in while its owner resets it: the
    owner's code stays good."""
    v = s.asked('mia')
    code = s.code_to(s.mia)
    arrived(s.visitor().post('/signin', {'name': 'mia', 'password': PASSWORD}), 'security-info')
    page = v.post('/recover/answer', {'code': code})
    assert reply_of(page) == 'contact_desk', f'the owner was told {page.status} {reply_of(page)}'


plant('ATK-019', 'src/flow/effect_signin.c', 'whoever comes in by a password ends the owner\'s reset',
      '\tif (level > 1)\n\t\tresets_end', '\tif (level > 0)\n\t\tresets_end')


# ---- ATK-020 ----

def spoiled(text, every=1):
    """The text with one character changed, at each place."""
    for at in range(0, len(text), every):
        yield at, text[:at] + ('B' if text[at] == 'A' else 'A') + text[at + 1:]


@attack('ATK-020', settings=UNHURRIED)
def each_byte_of_what_a_browser_holds_is_looked_at(s):
    """Every byte of the tokens of a reset, of a session, of a form and of a known device is changed in turn: none
    is taken for the whole one. None of them says anything of the person or where a code goes."""
    v = s.signed_in(s.ada)
    v.post('/recover', {'name': 'ada'})
    s.code_to(s.ada)
    v.get('/recover/check_messages')
    token, jar = v.token(), dict(v.jar)

    def page(changed, path):
        one = s.visitor()
        one.jar = {**jar, **changed}
        return one.ask('GET', path)
    for name, path, opens in (('rekey_flow', '/recover/check_messages', '/recover/answer'),
                              ('rekey_session', '/security-info', '/signout')):
        if not page({}, path).form(opens):
            raise RuntimeError(f'{path} does not open')
        for at, taken in all_of(lambda one: (one[0], page({name: one[1]}, path).form(opens)), spoiled(jar[name])):
            assert not taken, f'byte {at} of {name} is not looked at'
    row = s.methods('ada')[0][0].hex()
    for at, csrf in spoiled(token['csrf']):
        got = v.ask('POST', '/security-info/rename', form({'csrf': csrf, 'id': row, 'label': 'x'}))
        assert got.status == 403, f'byte {at} of the form token is not looked at'
    for value in [*jar.values(), *token.values()]:
        held = value.encode()
        if re.fullmatch(r'[\w-]+', value):
            held += base64.urlsafe_b64decode(value + '=' * (-len(value) % 4))
        for told in ('ada', s.ada.mail, s.ada.work_mail, 'totp', 'check_messages'):
            assert told.encode() not in held.lower(), f'a token says {told}'


plant('ATK-020', 'src/flow/token.c', 'half of a token is looked at',
      'digest_keyed(c->keys, key_token, str_of(about), secret_show(token), digest);',
      'digest_keyed(c->keys, key_token, str_of(about), str_upto(secret_show(token), token_size / 2), digest);')
plant('ATK-020', 'src/web/token.c', 'of a form token the beginning is compared',
      'return bytes_same(typed, (struct str){ right, sizeof(right) });',
      'return bytes_same(str_upto(typed, 16), (struct str){ right, 16 });')


@attack('ATK-020', settings=('[policy]', 'proofOfWorkAfter = 0'))
def each_byte_of_a_signed_wait_is_looked_at(s):
    """Of the one thing that the server signs and a browser keeps, the wait of a busy site, every byte is changed
    in turn: no reset begins."""
    v = s.visitor()
    v.get('/recover')
    token, begun = v.token(), resets(s)
    signed = v.send('/recover', {**token, 'name': 'ada'}).form('/recover').hidden['work'].removesuffix('|wait')
    s.server.turn(25)

    def sends(one):
        w = s.visitor()
        w.jar = dict(v.jar)
        digit = '1' if signed[one[0]] == '0' else '0' if signed[one[0]] in '0123456789abcdef' else 'x'
        work = f'{signed[:one[0]]}{digit}{signed[one[0] + 1:]}|wait'
        w.ask('POST', '/recover', form({**token, 'name': 'ada', 'work': work}))
        return one[0], resets(s)
    for at, now in all_of(sends, spoiled(signed)):
        assert now == begun, f'byte {at} of the signed wait is not looked at'
    arrived(v.send('/recover', {**token, 'name': 'ada', 'work': signed + '|wait'}), 'check_messages')


plant('ATK-020', 'src/policy/work.c', 'of the signature of a wait the beginning is compared',
      'return !own.full && bytes_same(buf_str(&own),\n\t\tstr_upto(text, (size_t)(mac.at - text.at) + mac.length)) &&',
      'return !own.full && mac.length && bytes_same(str_upto(buf_str(&own), (size_t)(mac.at - text.at) + 8),\n'
      '\t\tstr_upto(text, (size_t)(mac.at - text.at) + 8)) &&')


# ---- ATK-021 ----

@attack('ATK-021', settings=UNHURRIED)
def a_new_account_of_an_old_name_inherits_nothing(s):
    """A person is erased while a reset, a session and a known device are open, and added again by the same name
    and work address: no code, password, app, printed code or cookie of the old account is worth anything."""
    ada, old = s.ada, s.account('ada')
    known, v = s.signed_in(ada), s.asked('ada')
    code = s.code_to(ada)
    given = re.search(PASS, s.cli('people', 'invite', 'ada'))[0]
    s.cli('people', 'erase', 'ada', '--confirm', 'yes')
    left = s.server.rows('SELECT COUNT(*) FROM flow WHERE account = ?', old)
    assert left == [(0,)], 'a reset of the erased account is kept'
    s.cli('people', 'add', 'ada', '--mail', ada.work_mail)
    new = s.account('ada')
    assert new != old, 'the new account has the old id'
    for path, fields in (('/recover/answer', {'code': code}), ('/recover/method', {'method': 'totp'}),
                         ('/recover/answer', {'code': s.app_code(ada)}), ('/recover/choose', {'password': NEXT})):
        v.ask('POST', path, form({**v.token(), **fields}))
    assert reply_of(known.ask('GET', '/security-info')) == 'signin', 'a session of the erased account opens'
    came = len(s.found(ada.mail, CODE))
    w = s.asked('ada')
    w.send('/recover/answer', {**w.token(), 'code': code})
    arrived(w.send('/recover/method', {**w.token(), 'method': 'recovery_code'}), 'next_proof')
    w.send('/recover/answer', {**w.token(), 'code': ada.paper[0]})
    page = s.visitor().post('/signin/pass', {'name': 'ada', 'pass': given})
    assert page.status == 422, 'a pass of the erased account opens'
    assert not s.opens('ada', PASSWORD), 'the password of the erased account opens'
    assert len(s.found(ada.mail, CODE)) == came, 'a code went to the address of the erased account'
    for table in ('method', 'session', 'device', 'password', 'pass', 'token'):
        assert s.server.rows(f'SELECT COUNT(*) FROM {table} WHERE account = ?', new) == [(0,)], f'{table} has rows'
    kept = s.server.rows("SELECT proofs, state FROM flow WHERE account = ? AND proofs <> ''", new)
    assert not kept, f'a proof of the erased account counts: {kept}'
    s.cli('people', 'erase', 'ada', '--confirm', 'yes')
    s.cli('people', 'add', 'ada', '--mail', ada.work_mail)
    assert s.account('ada') not in (old, new), 'the new account has the old id'


plant('ATK-021', 'src/people/erase.c', 'a reset that is open outlives its account',
      '\tunit_add(&unit, statement_flows_drop, any_rows, WITH(v_bytes(account.id)));\n', '')
plant('ATK-021', 'src/people/import.c', 'the id of an account is made of its name',
      '\tput->id = put->known ? row_str(&rows, 0, 0) : id_make(c);\n',
      '\tput->id = put->known ? row_str(&rows, 0, 0) : id_make(c);\n'
      '\tif (!put->known && put->id.at) {\n\t\tuint8_t named[digest_size];\n\n'
      '\t\tdigest_keyed(c->keys, key_name, STR("account"), put->e->canonical, named);\n'
      '\t\tmemcpy((char *)(uintptr_t)put->id.at, named, put->id.length);\n\t}\n')


# ---- ATK-022 ----

class Listener:
    """Every answer that browsers got, as bytes."""

    def __init__(self):
        self.heard = []

    def hears(self, v):
        ask = v.ask

        def noting(*words, **more):
            page = ask(*words, **more)
            self.heard.append((words, f'{page.status} {page.headers}'.encode() + page.body))
            return page
        v.ask = noting
        return v

    def says(self, secret):
        return [words[:2] for words, answer in self.heard if secret.encode() in answer]


@attack('ATK-022', settings=UNHURRIED)
def no_answer_and_no_log_says_a_secret(s):
    """A reset, wrong and malformed answers, an error from inside and a sign-in, with every answer kept: no code
    that was mailed, no password, no app's secret and no printed code is in an answer, a log or the store."""
    ada, listener = s.ada, Listener()
    v = listener.hears(s.visitor())
    v.post('/recover', {'name': 'ada'})
    codes = [s.code_to(ada)]
    for typed in ('x', '00000000', '1' * 79):
        v.send('/recover/answer', {**v.token(), 'code': typed})
    for path in ('/recover/ways', '/recover/link', '/recover/choose'):
        v.get(path)
    v.ask('POST', '/recover/resend', 'x=1')
    v.get('/recover/check_messages')
    v.send('/recover/resend', v.token())
    codes.append(s.code_to(ada, 2))
    links = s.found(ada.mail, r'/recover/link#([\w-]+)')
    arrived(v.send('/recover/answer', {**v.token(), 'code': codes[1]}), 'next_proof')
    app = s.app_code(ada)
    arrived(v.send('/recover/answer', {**v.token(), 'code': app}), 'choose')
    arrived(v.send('/recover/choose', {**v.token(), 'password': NEXT}), 'password_done')
    notices = s.found(ada.work_mail, r'/not-me#([A-Za-z0-9_-]+)')
    w = listener.hears(s.visitor())
    w.post('/signin', {'name': 'ada', 'password': PASSWORD})
    w.post('/signin', {'name': 'ada', 'password': NEXT})
    s.kill('rekey-keeper')
    w.send('/signin/answer', {**w.token(), 'code': '000000'})
    w.post('/signin/method', {'method': 'recovery_code'}) if w.page.form('/signin/method') else None
    w.send('/signin/answer', {**w.token(), 'code': ada.paper[0]})
    if s.sessions('ada') != 1 or not notices or not links:
        raise RuntimeError('not everything happened')
    secrets = [*codes, *links, *notices, NEXT, PASSWORD, ada.paper[0], ada.paper[0].replace('-', ''), ada.seed]
    for secret in secrets:
        assert not listener.says(secret), f'an answer to {listener.says(secret)} has a secret'
    said = s.server.logged() + ''.join(s.cli(*words) for words in (
        ('audit', 'export'), ('outbox', 'list'), ('people', 'show', 'ada'), ('throttle', 'list')))
    kept = b''.join(path.read_bytes() for path in s.server.data.rglob('*.db*'))
    tokens = [value for jar in (v.jar, w.jar) for name, value in jar.items()
              if name in ('rekey_session', 'rekey_flow', 'rekey_device')]
    for secret in [*secrets, *tokens]:
        assert secret not in said, f'a log says a secret of {len(secret)} characters'
        assert secret.encode() not in kept, f'the store has a secret of {len(secret)} characters in the clear'


plant('ATK-022', 'src/flow/effect.c', 'a line for finding a mistake was left in the code',
      '\tcount_code(w);\n\treturn walk_note(w, event_reset_progress, true, started[method_mail]);',
      '\tcount_code(w);\n\tlog_line(log_info, NULL, "mail: %.*s", STR_ARG(secret_show(code)));\n'
      '\treturn walk_note(w, event_reset_progress, true, started[method_mail]);')
plant('ATK-022', 'src/flow/effect.c', 'the code is kept for a resend where a new recovery code is shown from',
      '(e = keep_code(w, code)) ||\n',
      '(e = keep_code(w, code)) ||\n'
      '\t\t(e = seal(c, key_seal, w->flow.id, secret_show(code), &w->flow.reissued)) ||\n')
