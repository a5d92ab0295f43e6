"""What NIST SP 800-63B and its kin ask of passwords, codes, methods, notices and the record of them."""
import json
import re

from conformance import check
from scene import CODE, NEXT, PASS, PASSWORD, Sending, add_mail, add_totp, arrived
from server import letter_text

LISTED = 'passwordpassword'
UNHURRIED = ('[policy]', 'proofOfWorkAfter = 1000000')


def events(s, name):
    """The audit events of a person, oldest first: as `rekey audit export` writes them."""
    rows = [json.loads(line) for line in s.cli('audit', 'export', '--person', name, '--as', 'jsonl').splitlines()]
    return rows[::-1]


def method_id(v, shown):
    """The id of the method whose row of the page shows these words."""
    v.get('/security-info')
    return re.search(re.escape(shown) + r'[\s\S]*?/security-info/delete\?id=([A-Za-z0-9_-]+)', v.page.html)[1]


def deleted(s, v, shown):
    v.get(f'/security-info/delete?id={method_id(v, shown)}')
    arrived(v.post('/security-info/delete', {}), 'security-info')


# ---- passwords ----

def in_a_reset(s):
    return s.proven(s.ada), '/recover/choose'


def in_a_change(s):
    v = s.signed_in(s.bob)
    v.get('/change')
    return v, '/change'


def by_a_pass(s):
    given = re.search(PASS, s.cli('people', 'invite', 'mia'))[0]
    v = s.visitor()
    arrived(v.post('/signin/pass', {'name': 'mia', 'pass': given}), 'must_change')
    return v, '/signin/choose'


@check(settings=UNHURRIED)
def a_new_password_is_asked_for_with_a_word_on_keyboards(s):
    """Where any character may stand in a password, the page says that not every keyboard has all of them."""
    for v, path in (in_a_reset(s), in_a_change(s)):
        assert 'Not every keyboard has letters beyond a to z.' in v.get(path).text, path


@check(settings=UNHURRIED)
def every_way_to_a_password_judges_it_alike(s):
    """In a reset, a change and by a pass: 14 characters, a listed password, one near it and the account's name are refused with a sentence at
    the field, and 15 characters of one kind are taken, with a listed word within or not."""
    for begun, name in ((in_a_reset, 'ada'), (in_a_change, 'bob'), (by_a_pass, 'mia')):
        v, path = begun(s)
        for password in ('quiet lantern!', LISTED, LISTED + '1', name * 5, 'ex' + '\u0378' + 'ample of fifteen'):
            page = v.post(path, {'password': password})
            assert page.status == 422, f'{begun.__name__} takes {password}: {page.status}'
            why = re.search(r'id="password-wrong"[^>]*>(?:<span[^>]*>[^<]*</span>)?([^<]{10,})<', page.html)
            assert why, f'{begun.__name__} does not say why {password} is refused'
        page = v.post(path, {'password': 'wqpassword zvbn'})
        assert page.status == 303, f'{begun.__name__} refuses what only holds a listed word: {page.text[:300]}'


@check(settings=UNHURRIED)
def a_long_password_counts_to_its_last_sign(s):
    """256 signs of four bytes each are taken, with blanks around kept; without the last sign, in another case or without a blank it is wrong."""
    long = ' ' + '\U0001f98a' * 253 + 'z '
    v, path = in_a_change(s)
    assert v.post(path, {'password': long + 'x'}).status == 422, '257 signs are taken'
    arrived(v.post(path, {'password': long}), 'security-info')
    assert s.opens('bob', long), 'the password as it was set does not open'
    for other in (long[:-1], long[1:], long.strip(), long.replace('z', 'Z'), long[:72], long[:-2]):
        assert not s.opens('bob', other), f'{len(other)} signs open, too'


@check(settings=UNHURRIED)
def what_unicode_calls_equal_is_one_password(s):
    """A password set in one spelling opens in every other that Unicode calls the same, and not in one that only looks like it."""
    v, path = in_a_change(s)
    arrived(v.post(path, {'password': 'A\u030angstro\u0308m walks far'}), 'security-info')
    assert s.opens('bob', '\u00c5ngstr\u00f6m walks far')
    assert s.opens('bob', '\u212bngstro\u0308m walks far')
    assert not s.opens('bob', 'Angstrom walks far')
    assert not s.opens('bob', '\u00e5ngstr\u00f6m walks far')


@check()
def a_password_does_not_age(s):
    """Three years later a password still signs in, and nobody is asked for another."""
    s.server.turn(3 * 365 * 86400)
    for name, leads in (('ada', '/signin/prove'), ('dan', '/security-info')):
        page = s.visitor().post('/signin', {'name': name, 'password': PASSWORD})
        assert page.status == 303 and page.header('location').endswith(leads), (name, page.status, page.header('location'))


@check()
def no_setting_goes_below_what_the_standards_ask(s):
    """A configuration with shorter passwords, cheaper hashes, longer sessions or codes, or plain HTTP is refused, each by its name."""
    weak = {'baseUrl': ('site', 'http://reset.example.org'), 'passwordMinLength': ('policy', '14'),
            'sessionLifetime': ('policy', '25h'), 'sessionIdle': ('policy', '61m'), 'mailCodeLifetime': ('policy', '25h'),
            'passwordMemoryKib': ('store', '19455'), 'passwordPasses': ('store', '1'), 'lockoutThreshold': ('lockout', '101')}
    path = s.server.folder / 'weak.conf'
    path.write_text(''.join(f'[{section}]\n{name} = {value}\n' for name, (section, value) in weak.items()))
    code, said = s.server.cli('settings', 'check', str(path))
    assert code, f'it is taken: {said}'
    for name in weak:
        assert name in said, f'{name} is taken: {said}'


@check()
def a_fresh_server_has_nobody(s):
    """A server that was just installed knows no account, so there is none with a password that others know."""
    with Sending(s.server.build, s.server.postfix) as server:
        for table in ('account', 'password', 'pass', 'session'):
            assert server.rows(f'SELECT COUNT(*) FROM {table}')[0][0] == 0, table


@check(settings=UNHURRIED)
def nothing_moves_before_a_proof(s):
    """Strangers begin thirty resets of one person and type wrong codes in each: password, ways, sessions, devices and addresses of the account
    stay as they are."""
    tables = {name: '*' for name in ('account', 'password', 'session', 'device', 'contact', 'recovery_code', 'login_name')}
    tables['method'] = 'id, account, kind, address, state, floor'

    def account():
        return {name: s.server.rows(f'SELECT {columns} FROM {name}') for name, columns in tables.items()}

    owner = s.signed_in(s.ada)
    before = account()
    for number in range(30):
        v = s.asked('ada')
        v.send('/recover/answer', {**v.token(), 'code': f'{number:08}'})
        v.send('/recover/method', {**v.token(), 'method': 'totp'})
        v.send('/recover/answer', {**v.token(), 'code': f'{number:06}'})
    after = account()
    for name in tables:
        assert after[name] == before[name], f'{name} moved'
    assert owner.ask('GET', '/security-info').status == 200


# ---- guessing one method for days ----

@check(settings=UNHURRIED)
def a_hundred_wrong_codes_end_the_app(s):
    """From the owner's own browser ten wrong codes a day, for ten days: the app is disabled, and the right code is refused a year later. The
    recovery codes still sign in, and an app that is added anew serves."""
    v = s.signed_in(s.ada)
    arrived(v.post('/signout', {}), 'signed-out')
    for day in range(10):
        s.server.turn(25 * 3600)
        for _ in range(2):
            arrived(v.post('/signin', {'name': 'ada', 'password': PASSWORD}), 'prove')
            for _ in range(5):
                page = v.post('/signin/answer', {'code': '000000'})
    assert page.status == 303
    app = [m for m in s.methods('ada') if m[1] == 'totp']
    assert app[0][3] == 'disabled', f'after a hundred wrong codes it is {app[0][3]}'
    s.server.turn(360 * 86400)
    page = v.post('/signin', {'name': 'ada', 'password': PASSWORD})
    v.get('/signin/prove')
    page = v.post('/signin/answer', {'code': s.app_code(s.ada)}) if v.page.form('/signin/answer') else page
    assert 'security-info' not in page.header('location'), 'a disabled app signs in'
    w = s.visitor()
    arrived(w.post('/signin', {'name': 'ada', 'password': PASSWORD}), 'prove')
    if w.page.form('/signin/method'):
        w.send('/signin/method', {**w.token(), 'method': 'recovery_code'})
    page = w.post('/signin/answer', {'code': s.ada.paper[0]})
    assert page.status == 200, f'the recovery code: {page.status} {page.text[:300]}'
    w.get('/security-info/add')
    s.ada.step = 0
    add_totp(s, w, s.ada)
    arrived(w.post('/signout', {}), 'signed-out')
    s.signed_in(s.ada)


# ---- notices, and the record ----

@check(settings=UNHURRIED)
def each_change_is_told_to_every_address_old_and_new(s):
    """An address is added, another removed, the password is changed, a recovery code used: each is told to all verified addresses and the
    work mailbox, the removed one too, and tells how to say that it was somebody else, and whom to call."""
    v = s.signed_in(s.ada)
    told = {}

    def acted(what, *addresses):
        s.settle()
        for to in addresses:
            notices = [letter_text(m) for a, m in s.letters(to) if '/not-me#' in letter_text(m)]
            new = notices[told.get(to, 0):]
            told[to] = len(notices)
            assert new, f'{what} was not told to {to}'
            assert '555 0100' in new[-1], f'{what}: nobody to call'
        for to, _ in s.letters():
            assert to in {'ada@home.example', 'ada@example.net', 'ada2@home.example'}, f'{what} was told to {to}'

    old, work, second = 'ada@home.example', 'ada@example.net', 'ada2@home.example'
    v.get('/security-info/add?kind=mail')
    arrived(v.post('/security-info/add', {'address': second}), 'pending')
    s.settle()
    arrived(v.post('/security-info/confirm', {'code': s.found(second, CODE)[-1]}), 'security-info')
    acted('a second address', old, work)
    deleted(s, v, old)
    acted('the removal of an address', old, work, second)
    arrived(v.post('/change', {'password': NEXT}), 'security-info')
    acted('a changed password', work, second)
    s.ada.password = NEXT
    w = s.visitor()
    arrived(w.post('/signin', {'name': 'ada', 'password': NEXT}), 'prove')
    arrived(w.post('/signin/method', {'method': 'recovery_code'}), 'prove')
    assert w.post('/signin/answer', {'code': s.ada.paper[0]}).status == 200
    acted('a used recovery code', work, second)


def warned(s, *addresses):
    """How often each of these was told of a password that was right without its second proof."""
    s.settle()
    return [sum('not the right code' in letter_text(m) for _, m in s.letters(to)) for to in addresses]


@check(settings=UNHURRIED)
def a_right_password_with_a_wrong_code_is_told_to_its_owner(s):
    """From a strange browser: at the first wrong code, once a sign-in, to all addresses, with the way to deny it. From the
    owner's own browser: not for a slip, but when the tries are used up. A wrong password is told to nobody."""
    both = 'ada@home.example', 'ada@example.net'
    thief = s.visitor()
    thief.post('/signin', {'name': 'ada', 'password': 'not the right one'})
    assert warned(s, *both) == [0, 0]
    arrived(thief.post('/signin', {'name': 'ada', 'password': PASSWORD}), 'prove')
    thief.post('/signin/answer', {'code': '000000'})
    thief.post('/signin/answer', {'code': '000001'})
    assert warned(s, *both) == [1, 1], 'two wrong codes of a strange browser are one warning to each address'
    assert '/not-me#' in letter_text([m for _, m in s.letters(both[0])][-1])
    owner = s.signed_in(s.ada)
    arrived(owner.post('/signout', {}), 'signed-out')
    arrived(owner.post('/signin', {'name': 'ada', 'password': PASSWORD}), 'prove')
    for number in range(4):
        owner.post('/signin/answer', {'code': f'00000{number}'})
    assert warned(s, *both) == [1, 1], 'the owner was warned of slips of their own'
    owner.post('/signin/answer', {'code': '000009'})
    assert warned(s, *both) == [2, 2], 'five wrong codes in the owner\'s own browser were told to nobody'


@check(settings=UNHURRIED)
def two_recovery_addresses_serve_as_one_proof(s):
    """A second address is confirmed, and a code of a reset goes to both; before it was confirmed none went there."""
    v = s.signed_in(s.bob)
    v.get('/security-info/add?kind=mail')
    arrived(v.post('/security-info/add', {'address': 'bob2@home.example'}), 'pending')
    s.settle()
    confirm = s.found('bob2@home.example', CODE)[-1]
    s.asked('bob')
    s.code_to(s.bob)
    s.settle()
    assert len(s.found('bob2@home.example', CODE)) == 1, 'a code went to an address that was not confirmed'
    arrived(v.post('/security-info/confirm', {'code': confirm}), 'security-info')
    s.asked('bob')
    s.settle()
    assert len(s.found('bob2@home.example', CODE)) == 2, 'the second address got no code'
    assert s.found('bob2@home.example', CODE)[-1] == s.found('bob@home.example', CODE)[-1], 'two codes for one proof'


@check(settings=UNHURRIED)
def what_was_ever_registered_stays_on_record(s):
    """An app is removed and another added: the log keeps both with their times and where it was done, after they are gone."""
    v = s.signed_in(s.ada)
    v.get('/security-info')
    app = re.findall(r'/security-info/delete\?id=([A-Za-z0-9_-]+)', v.page.html)
    kinds = {m[1]: m for m in s.methods('ada')}
    assert len(app) >= 2 and 'totp' in kinds
    deleted(s, v, 'ada@home.example')
    add_mail(s, v, s.ada)
    seen = [(row['activity'], row['at'], row['address']) for row in events(s, 'ada')]
    registered = [row for row in seen if row[0] == 'User registered security info']
    gone = [row for row in seen if row[0] == 'User deleted security info']
    assert len(registered) >= 4 and len(gone) == 1, seen
    assert all(time for _, time, _ in registered + gone)
    assert gone[0][2], f'it does not say from where: {gone}'


@check(settings=UNHURRIED)
def each_act_is_one_event(s):
    """A wrong and a right password, a wrong and a right code, a sign-out, a change, a reset: each leaves its own event, once, with how it went."""
    v = s.visitor()
    before = len(events(s, 'ada'))

    def came(activity, well):
        nonlocal before
        rows = events(s, 'ada')
        new, before = rows[before:], len(rows)
        fits = [row for row in new if row['activity'] == activity and (row['result'] == 'success') == well]
        assert len(fits) == 1, f'{len(fits)} of {activity}, well {well}: {new}'
        return new

    v.post('/signin', {'name': 'ada', 'password': 'not the right one'})
    came('Sign-in', False)
    v.post('/signin', {'name': 'ada', 'password': PASSWORD})
    v.post('/signin/answer', {'code': '000000'})
    came('Sign-in', False)
    arrived(v.post('/signin/answer', {'code': s.app_code(s.ada)}), 'security-info')
    came('Sign-in', True)
    arrived(v.post('/change', {'password': NEXT}), 'security-info')
    came('Change password (self-service)', True)
    arrived(v.post('/signout', {}), 'signed-out')
    came('Sign-out', True)
    s.reset(s.ada, 'five grey herons over water')
    came('Reset password (self-service)', True)


# ---- letters ----

@check()
def letters_say_that_a_machine_wrote_them(s):
    """Each letter has one recipient and one sender, a date, an id of its own, and Auto-Submitted (RFC 3834); none offers to be unsubscribed from,
    which a mail program would follow unasked (RFC 8058), or says the code in its subject."""
    s.reset(s.ada)
    s.settle()
    letters = s.letters()
    assert len(letters) >= 3
    for to, letter in letters:
        assert str(letter['Auto-Submitted']) == 'auto-generated', to
        assert str(letter['To']).count('@') == 1 and letter['Cc'] is None and letter['Bcc'] is None
        assert letter['Date'] and s.server.sender in str(letter['From'])
        assert not [name for name in letter.keys() if name.lower().startswith('list-')], letter.keys()
        assert letter['Reply-To'] is None or '@' in str(letter['Reply-To'])
        assert not re.search(CODE, str(letter['Subject'])), letter['Subject']
    ids = [str(letter['Message-ID']) for _, letter in letters]
    assert len(set(ids)) == len(ids) and all(re.fullmatch(r'<[^@<>]+@[^@<>]+>', i) for i in ids), ids
