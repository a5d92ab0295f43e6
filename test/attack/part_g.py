"""G. Sessions and registration."""
import http.client
import itertools
import random
import re
import socket
import sqlite3
import urllib.parse
from html import unescape

from attack import attack, plant
from part_e import MANY_STARTS, answer, turn_to
from authenticator import cbor, data, text
from scene import NEXT, Person, PASSWORD, add_totp, arrived, passkey_asked, reply_of, vouch


@attack('ATK-069')
def a_reset_ends_what_was_open(s):
    """Two browsers, a half-done sign-in and another reset are open; after a reset none of them goes on."""
    first, second = s.signed_in(s.ada), s.signed_in(s.ada)
    half = s.visitor()
    half.post('/signin', {'name': 'ada', 'password': s.ada.password})
    other = s.asked('ada')
    s.reset(s.ada)
    for v in (first, second):
        v.get('/security-info')
        assert v.page.form('/signin'), f'a session goes on after the reset: {v.page.text[:300]}'
    page = half.send('/signin/answer', {**half.token(), 'code': s.app_code(s.ada)})
    assert s.sessions('ada') == 0, 'a half-done sign-in was finished after the reset'
    assert page.status != 303 or 'security-info' not in page.header('location')
    other.send('/recover/answer', {**other.token(), 'code': s.code_to(s.ada)})
    assert not other.page.form('/recover/choose'), 'another reset goes on'


plant('ATK-069', 'src/flow/effect.c', 'a reset leaves sessions open',
      '\tunit_add(&w->unit, statement_sessions_end, any_rows, WITH(account));\n', '')
plant('ATK-069', 'src/flow/effect.c', 'a reset leaves other flows open',
      '\tflows_end(&w->unit, w->account.id, w->flow.id);\n', '')


@attack('ATK-069')
def a_change_ends_the_other_browsers_only(s):
    """Another browser, a half-done sign-in and a reset are open while the password is changed: the browser that changed it goes on, the others
    do not."""
    other, own = s.signed_in(s.bob), s.signed_in(s.bob)
    reset = s.asked('bob')
    code = s.code_to(s.bob)
    half = s.visitor()
    arrived(half.post('/signin', {'name': 'bob', 'password': PASSWORD}), 'prove')
    arrived(own.post('/change', {'password': NEXT}), 'security-info')
    own.get('/security-info')
    if own.page.form('/signin'):
        raise RuntimeError('the browser that changed the password is out')
    other.get('/security-info')
    assert other.page.form('/signin'), 'another browser goes on after a change of the password'
    assert s.sessions('bob') == 1, f'{s.sessions("bob")} sessions are open'
    half.get('/signin/prove')
    assert not half.page.form('/signin/answer'), 'a sign-in with the old password goes on'
    page = reset.post('/recover/answer', {'code': code})
    assert page.status == 422, 'a reset goes on after a change of the password'


plant('ATK-069', 'src/people/change.c', 'a change of the password leaves other browsers signed in',
      '\tunit_add(&w->unit, statement_sessions_end_others, any_rows, WITH(account, v_bytes(w->c->who->id)));\n', '')


def copy_of(s, v):
    """Somebody else who knows the cookies of a browser as they are now."""
    other = s.visitor()
    other.jar = dict(v.jar)
    return other


def cookie(v, name):
    return v.jar.get(f'rekey_{name}', '')


@attack('ATK-070')
def every_step_up_has_a_new_token(s):
    """Somebody has planted his own reset, his own form token and a session of his making into ada's browser, and watches with copies of its
    cookies: after each of her proofs, her sign-in and her proving it again the tokens are new, and the copies see and do nothing."""
    thief = s.asked('ada')
    owner = copy_of(s, thief)
    owner.get('/recover/check_messages')
    copies = [thief]
    for code in (s.code_to(s.ada), s.app_code(s.ada)):
        before = cookie(owner, 'flow')
        if not answer(owner, code).status == 303:
            raise RuntimeError(f'the proof was not taken: {owner.page.text[:500]}')
        assert cookie(owner, 'flow') != before, 'a proof leaves the token of the flow as it was'
        for copy in copies:
            copy.get('/recover')
            copy.get('/recover/choose')
            assert not copy.page.form('/recover/choose'), 'the copy of a cookie came to the new password'
            copy.send('/recover/choose', {**copy.token(), 'password': 'the words of a thief now'})
        copies.append(copy_of(s, owner))
    assert not s.opens('ada', 'the words of a thief now'), 'the copy of a cookie set the password'
    planted = 'A' * 43
    owner = s.visitor()
    owner.jar = {'rekey_session': planted, 'rekey_flow': planted, 'rekey_browser': planted, 'rekey_device': planted}
    arrived(owner.post('/signin', {'name': 'ada', 'password': PASSWORD}), 'prove')
    half = copy_of(s, owner)
    arrived(answer(owner, s.app_code(s.ada), '/signin/answer'), 'security-info')
    assert cookie(owner, 'session') not in ('', planted) and cookie(owner, 'device') != planted, 'a planted cookie was taken'
    half.get('/security-info')
    assert half.page.form('/signin'), 'a half-done sign-in became a session under its old cookies'
    copy = copy_of(s, owner)
    owner.get('/security-info/prove')
    arrived(owner.send('/security-info/prove', {**owner.token(), 'how': 'totp', 'code': s.app_code(s.ada)}), 'security-info')
    assert cookie(owner, 'session') != cookie(copy, 'session'), 'proving it again leaves the session\'s token as it was'
    copy.get('/security-info')
    assert copy.page.form('/signin'), 'the copy of a session became as fresh as the session'
    owner.get('/security-info')
    assert not owner.page.form('/signin')


plant('ATK-070', 'src/flow/effect.c', 'a proof leaves the token of the flow as it was',
      '\t\t(e = token_mint(w->c, "flow", &w->out->flow, &w->flow.token)))\n\t\treturn e;\n\treturn walk_note',
      '\t\t(e = 0))\n\t\treturn e;\n\treturn walk_note')
plant('ATK-070', 'src/people/security_info.c', 'proving it again leaves the session\'s token as it was',
      '\tif ((e = token_mint(w->c, "session", &w->out->session, &mac)))\n\t\treturn e;\n'
      '\tunit_add(&w->unit, statement_session_proved, 1,\n\t\tWITH(v_bytes(w->c->who->id), v_bytes(mac), v_number(w->c->now),\n',
      'mac = w->c->who->id;\n'
      '\tunit_add(&w->unit, statement_session_proved, 1,\n\t\tWITH(v_bytes(w->c->who->id), v_bytes(mac), v_number(w->c->now),\n')


def held(s, name):
    """What a thief of a session would want to move."""
    return s.methods(name), s.stored(name), s.server.rows('SELECT label FROM method WHERE account = ?', s.account(name))


def touches(s, v, name):
    """Every change of the security information, asked of a session: (what, the answer)."""
    method = s.methods(name)[0][0].hex()
    forms = [('/security-info/add', {'kind': 'mail', 'address': 'thief@home.example'}), ('/security-info/add', {'kind': 'totp'}),
             ('/security-info/add', {'kind': 'recovery_code'}), ('/security-info/rename', {'id': method, 'label': 'mine'}),
             ('/security-info/replace', {'id': method, 'address': 'thief@home.example'}),
             ('/security-info/delete', {'id': method}), ('/security-info/resend', {'id': method}),
             ('/security-info/confirm', {'id': method, 'code': '123456'}), ('/change', {'password': 'the words of a thief now'})]
    for path, fields in forms:
        v.get('/security-info')
        yield f'{path} {fields}', v.send(path, {**v.token(), **fields})


def nothing_moves(s, v, name, why):
    before = held(s, name)
    for what, page in touches(s, v, name):
        asked_first = page.status == 303 and '/security-info/prove' in page.header('location')
        assert asked_first or page.status in (404, 422), f'{why} was let in: {what}: {page.status} {page.header("location")}'
    assert held(s, name) == before, f'{why} changed the security information'


@attack('ATK-071')
def no_method_moves_without_a_fresh_proof_of_the_accounts_level(s):
    """A session six minutes old, and one by password alone of an account that has a second way by now: adding, renaming, deleting, confirming a method and
    changing the password are refused until it is proved again, and the password alone is not taken for that. A fresh session may."""
    v = s.signed_in(s.ada)
    v.get('/security-info')
    s.server.turn(360)
    nothing_moves(s, v, 'ada', 'a session six minutes old')
    thief, owner = s.signed_in(s.mia), s.signed_in(s.mia)
    add_totp(s, owner, s.mia)
    nothing_moves(s, thief, 'mia', 'a session by password alone')
    page = thief.send('/security-info/prove', {**thief.token(), 'how': 'password', 'code': PASSWORD})
    assert page.status != 303, 'the password alone stood for the second way'
    nothing_moves(s, thief, 'mia', 'a session by password, proved by the password')
    method = s.methods('mia')[0][0].hex()
    arrived(owner.send('/security-info/rename', {**owner.token(), 'id': method, 'label': 'mine'}), 'security-info')


plant('ATK-071', 'src/model/value.c', 'a session is fresh as long as it lives',
      'return s->proved + fresh_seconds > now && s->proved <= now;', 'return s->expires > now;')
plant('ATK-071', 'src/people/security_info.c', 'a fresh session by password alone may touch the second way',
      'return who->level < 2 && methods_have_second(w->methods) ? reply_prove_first : 0;', 'return 0;')
plant('ATK-071', 'src/people/security_info.c', 'whoever proved it again by the password counts as if by a second way',
      '\tif (code ? !method_of(in->how, &w.wanted) : methods_have_second(w.methods))\n',
      '\tif (code && !method_of(in->how, &w.wanted))\n')
plant('ATK-071', 'src/people/security_info.c', 'methods are renamed and deleted without asking for a proof',
      '\tif ((e = walk_signed_in(c, &flow_register, "proof", out, w)) || (e = info_fresh(w)))\n\t\treturn e;\n'
      '\t*m = method_by(w, id_hex);\n',
      '\tif ((e = walk_signed_in(c, &flow_register, "proof", out, w)))\n\t\treturn e;\n\t*m = method_by(w, id_hex);\n')


@attack('ATK-071')
def what_is_lost_is_not_replaced_by_whoever_found_it(s):
    """Ada's phone was found by somebody who knows her password: signed in with it he replaces nothing, the app, the address or anything that the
    app proves, whether he proves it again or waits. She signs in by paper, and begins too; five minutes later hers is not finished either. When it is,
    his session, his familiar browser and the old app are worth nothing, and all her addresses were told."""
    thief, before = s.signed_in(s.ada), s.methods('ada')
    app = next(row[0].hex() for row in before if row[1] == 'totp')
    replace = {'id': app}
    thief.get('/security-info')
    assert thief.send('/security-info/replace', {**thief.token(), **replace}).status == 422, 'the app replaced itself'
    thief.get('/security-info/prove')
    arrived(thief.send('/security-info/prove', {**thief.token(), 'how': 'totp', 'code': s.app_code(s.ada)}), 'security-info')
    assert thief.send('/security-info/replace', {**thief.token(), **replace}).status == 422, 'the app, proved again, replaced itself'
    owner = s.visitor()
    arrived(owner.post('/signin', {'name': 'ada', 'password': s.ada.password}), 'prove')
    arrived(owner.send('/signin/lost', owner.token()), 'prove')
    owner.get('/signin/prove')
    assert owner.send('/signin/answer', {**owner.token(), 'code': s.ada.paper[0]}).status == 200
    s.ada.paper[0] = re.search(r'<code class="key-code">([^<]*)</code>', owner.page.html)[1]
    owner.get(f'/security-info/replace?id={app}')
    arrived(owner.send('/security-info/replace', {**owner.token(), **replace}), 'pending')
    pending, new = owner.page.form('/security-info/confirm').hidden, Person('ada')
    new.seed = re.search(r'secret=([A-Z2-7]+)', unescape(owner.page.html))[1]
    s.server.turn(301)
    owner.send('/security-info/confirm', {**pending, 'code': s.app_code(new)})
    assert [row for row in s.methods('ada') if row[3] != 'pending'] == before, 'a proof of five minutes ago was enough'
    owner.get('/security-info/prove')
    assert owner.send('/security-info/prove', {**owner.token(), 'how': 'recovery_code', 'code': s.ada.paper[1]}).status == 200
    owner.get('/security-info')
    pending['csrf'] = owner.token()['csrf']
    arrived(owner.send('/security-info/confirm', {**pending, 'code': s.app_code(new)}), 'security-info')
    assert len([row for row in s.methods('ada') if row[1] == 'totp']) == 1, 'both apps count'
    thief.get('/security-info')
    assert thief.page.form('/signin'), 'whoever found the phone is still signed in'
    devices = s.server.rows('SELECT COUNT(*) FROM device WHERE account = ?', s.account('ada'))[0][0]
    assert devices == 1, f'{devices} browsers are familiar: that of whoever found it too'
    arrived(thief.post('/signin', {'name': 'ada', 'password': s.ada.password}), 'prove')
    assert answer(thief, s.app_code(s.ada), '/signin/answer').status == 422, 'the old app still proves it'
    for address in (s.ada.mail, s.ada.work_mail):
        assert s.found(address, r'was replaced'), f'{address} was not told'


plant('ATK-071', 'src/people/replace.c', 'whoever found what was lost keeps the account with it',
      'return proofs_have(who->proved_by, kind) ? refused(w->out, "replace_other") : 0;', '(void)kind;\n\treturn 0;')
plant('ATK-071', 'src/people/replace.c', 'a way is replaced without a fresh proof',
      'if ((e = info_fresh(w)))\n\t\treturn e;\n\tif (who->level', 'if ((e = 0))\n\t\treturn e;\n\tif (who->level')
plant('ATK-071', 'src/people/register.c', 'the proof is asked for at the beginning of a replacement only',
      'w->pending.replaces.length ? replace_allowed(w) : info_fresh(w)', 'w->pending.replaces.length ? 0 : info_fresh(w)')
plant('ATK-071', 'src/people/replace.c', 'whoever found what was lost stays signed in',
      '\tunit_add(&w->unit, statement_sessions_end_others, any_rows,\n\t\tWITH(account, v_bytes(w->c->who->id)));\n', '')
plant('ATK-071', 'src/people/replace.c', 'the browser of whoever found it stays familiar',
      '\tunit_add(&w->unit, statement_devices_end_others, any_rows, WITH(account, v_bytes(device)));\n', '\t(void)device;\n')
plant('ATK-071', 'src/people/replace.c', 'what was lost goes on counting beside what replaced it',
      '\tunit_add(&w->unit, statement_method_delete, 1,\n\t\tWITH(v_bytes(old->id), v_bytes(w->account.id)));\n', '')
plant('ATK-071', 'src/people/replace.c', 'nobody is told that a way was replaced',
      '\tif ((e = info_tell(w, "method_replaced", &w->pending)))\n\t\treturn e;\n', '')


@attack('ATK-072', settings=MANY_STARTS)
def one_channel_is_one_proof(s):
    """The same mailbox in other spellings and the work mailbox cannot be added; a second mailbox can, and a reset takes the code of both as one
    proof: mia, who has mail alone, comes to no new password."""
    v = s.signed_in(s.mia)
    vouch(s, v, s.mia)
    for address in ('MIA@home.example', 'mia@HOME.example', 'mia+2@home.example', 'mia@home.example ', 'mia@example.net',
                    'other@example.net', 'mia@mail.example.net'):
        v.get('/security-info/add?kind=mail')
        page = v.post('/security-info/add', {'address': address})
        assert page.status == 422, f'{address} was taken: {page.status}'
    v.get('/security-info/add?kind=mail')
    arrived(v.post('/security-info/add', {'address': 'mia@second.example'}), 'pending')
    code = s.found('mia@second.example', r'\b\d{8}\b')[-1]
    arrived(v.post('/security-info/confirm', {'code': code}), 'security-info')
    s.server.turn(1000)
    v = s.asked('mia')
    s.settle()
    code, other = s.code_to(s.mia), s.found('mia@second.example', r'\b\d{8}\b')[-1]
    assert code == other, 'two mailboxes got two codes'
    page = answer(v, code)
    assert reply_of(page) == 'contact_desk', f'a code by mail led on: {reply_of(page)}'
    answer(v, other) if v.page.form('/language') else None
    v.get('/recover/choose')
    assert not v.page.form('/recover/choose'), 'two mailboxes were two proofs'


plant('ATK-072', 'src/model/value.c', 'the way that was just proved counts once more',
      '\t\tif (kind != beside && !proofs_have(proofs, kind))\n\t\t\tcount += methods_worth(all, kind);\n',
      '\t\tif (beside <= method_kind_count && !proofs_have(proofs, kind))\n\t\t\tcount += methods_worth(all, kind);\n')
plant('ATK-072', 'src/people/register.c', 'a mailbox is known by its spelling',
      'if (str_same(m->channel, address.channel))', 'if (str_same(m->address, address.address))')
plant('ATK-072', 'src/people/vouch.c', 'the work mailbox is protected only where a setting says so',
      '\tfor (size_t i = 0; i < 2; i++) {\n\t\tstruct mail_address address;\n',
      'for (size_t i = 2; i < 2; i++) {\n\t\tstruct mail_address address;')


def enrol(s, kinds):
    """ada has these ways and no others."""
    store = sqlite3.connect(next(s.server.data.rglob('*.db')), timeout=10)
    with store:
        store.execute("UPDATE method SET state = 'disabled' WHERE account = ?", (s.account('ada'),))
        for kind in kinds:
            store.execute("UPDATE method SET state = 'active' WHERE account = ? AND kind = ?", (s.account('ada'), kind))
    store.close()


def reset_with(s, kinds):
    """How many different proofs it took to come to the new password; None: it did not."""
    v = s.asked('ada')
    code = s.code_to(s.ada, len(s.found(s.ada.mail, r'\b\d{8}\b')) or 1) if 'mail' in kinds else None
    given = 0
    for kind in kinds:
        if v.page.form('/recover/choose') or reply_of(v.page) == 'contact_desk':
            break
        turn_to(v, kind)
        if kind == 'mail' and given:
            s.settle()
            code = s.found(s.ada.mail, r'\b\d{8}\b')[-1]
        answer(v, code if kind == 'mail' else s.app_code(s.ada) if kind == 'totp' else s.ada.paper.pop())
        given += 1
    v.get('/recover/choose')
    return given if v.page.form('/recover/choose') else None


@attack('ATK-073', settings=MANY_STARTS)
def no_set_of_methods_asks_for_less_than_policy(s):
    """All eight sets of methods, for a policy of two proofs and of one: a reset comes to the new password after that many different proofs and never
    sooner, and not at all where the set has fewer; sign-in asks for a second way exactly where there is one that may prove it."""
    kinds = ('mail', 'totp', 'recovery_code')
    sets = [c for count in range(4) for c in itertools.combinations(kinds, count)]
    for needed in (2, 1):
        if needed == 1:
            s.server.stop()
            s.server.config.write_text(s.server.config.read_text() + 'numberOfAuthenticationMethodsRequired = 1\n')
            s.server.start()
        for chosen in sets:
            s.server.turn(86400)
            enrol(s, chosen)
            got = reset_with(s, chosen)
            want = needed if len(chosen) >= needed else None
            assert got == want, f'with {chosen} and {needed} proofs needed, a reset came through after {got}'
            page = s.visitor().post('/signin', {'name': 'ada', 'password': PASSWORD})
            second = 'totp' in chosen or 'recovery_code' in chosen
            assert reply_of(page) == ('prove' if second else 'security-info'), f'with {chosen}, sign-in led to {reply_of(page)}'


plant('ATK-073', 'src/flow/guard.c', 'a recovery code alone is not asked for at sign-in',
      '\treturn w->right && methods_have_second(w->methods);\n',
      '\treturn w->right && methods_next(w->methods, method_totp, NULL);\n')
plant('ATK-073', 'src/flow/walk.c', 'nobody is asked for more proofs than they have ways',
      '\tw->trusted = str_is(',
      '\tif (methods_unproved(w->methods, STR_NONE, method_kind_count) < w->proofs_needed)\n'
      '\t\tw->proofs_needed = methods_unproved(w->methods, STR_NONE, method_kind_count);\n\tw->trusted = str_is(')


# ---- other readers ----

def raw(s, request):
    """The status of what came back to these bytes; None: the connection was closed without a word."""
    with socket.create_connection(('127.0.0.1', s.server.port), 20) as link:
        link.sendall(request)
        got = b''
        try:
            while part := link.recv(65536):
                got += part
        except ConnectionResetError:
            pass
    return (int(got[9:12]) if got.startswith(b'HTTP/1.1 ') else None), got


def bare(s, path, more=b'', method=b'GET'):
    return (method + b' ' + path + b' HTTP/1.1\r\nHost: localhost:%d\r\nConnection: close\r\n' % s.server.port + more + b'\r\n')


@attack('ATK-075')
def foreign_bytes_end_in_a_refusal(s):
    """Paths that climb out of the files in every spelling, header fields with control bytes, and forms that are not UTF-8 or cut in an escape are refused;
    header values outside ASCII and 400 requests with bytes changed at random harm nothing. The same web process answers afterwards."""
    web = s.server.child('rekey-web')
    status, page = raw(s, bare(s, b'/recover'))
    if status != 200:
        raise RuntimeError(f'the honest way does not work: {status}')
    for path in (b'/static/../../etc/passwd', b'/static/..%2f..%2fetc/passwd', b'/static/%2e%2e/%2e%2e/etc/passwd', b'/static//etc/passwd',
                 b'/static/....//etc/passwd', b'/static/..\\..\\etc\\passwd', b'/static/', b'/static', b'/static/%00', b'/static/portal.css/..',
                 b'/static/' + b'a' * 3000, b'/logo/../static/', b'/%c0%ae%c0%ae/etc/passwd'):
        status, page = raw(s, bare(s, path))
        assert status in (400, 404, 414) and b'root:' not in page, f'{path} was answered with {status}'
    for field in (b'X-A: a\x01b\r\n', b'X-A: a\x7fb\r\n', b'X A: b\r\n', b'X\xe9: b\r\n', b'User-Agent: \x0bx\r\n'):
        status, _ = raw(s, bare(s, b'/recover', field))
        assert status in (400, None), f'{field} was answered with {status}'
    for field in (b'User-Agent: \xff\xfe\xc3\r\n', b'Accept-Language: \xe6\x97\r\n', b'X-A: \x80\xbf\r\n', b'Cookie: rekey_browser=\xff\r\n'):
        status, _ = raw(s, bare(s, b'/recover', field))
        assert status in (200, 400), f'{field} was answered with {status}'
    v = s.visitor()
    v.get('/recover')
    for body in (b'name=%ff%fe', b'name=\xff', b'name=%', b'name=%4', b'name=%zz', b'name=a%00b', b'%=a', b'name=%ed%a0%80'):
        page = v.ask('POST', '/recover', f'csrf={v.token()["csrf"]}&'.encode() + body)
        assert page.status == 400, f'{body} was answered with {page.status}'
    chance, whole = random.Random(75), bare(s, b'/recover?username=ada&lng=ja', b'User-Agent: a\r\nCookie: rekey_browser=b; rekey_flow=c\r\n'
                                            b'X-Forwarded-For: 192.0.2.1\r\nAccept-Language: ja;q=0.5, en\r\n')
    for _ in range(400):
        request = bytearray(whole)
        for _ in range(chance.randrange(1, 4)):
            request[chance.randrange(4, len(request) - 4)] = chance.randrange(256)
        with socket.create_connection(('127.0.0.1', s.server.port), 20) as link:
            link.sendall(request)
            link.shutdown(socket.SHUT_WR)
            try:
                link.recv(100)
            except ConnectionResetError:
                pass
    assert s.server.child('rekey-web') == web, 'the web process died of what it read'
    assert raw(s, bare(s, b'/recover'))[0] == 200, 'the server does not answer any more'


plant('ATK-075', 'src/web/guard.c', 'control bytes in header fields are let through',
      'if (!is_token(h->name) || has_control(h->value) ||', 'if (!is_token(h->name) || (has_control(h->name) && has_control(h->value)) ||')
plant('ATK-075', 'src/web/form.c', 'forms need not be UTF-8',
      '\treturn utf8_valid((struct str){ at, to });\n', '\treturn true;\n')
plant('ATK-075', 'src/web/form.c', 'an escape may hold a NUL',
      '\t\tif (c == 0)\n\t\t\treturn false;\n', '')
plant('ATK-075', 'src/web/file.c', 'a file that is not there ends the program',
      '\tif (!file) {\n\t\trefuse_visit(v, 404, NULL);\n\t\treturn;\n\t}\n\ttype', '\tmust_be(file);\n\ttype')


# ---- what a browser says of a passkey ----

def spoilt(made):
    """Objects that are no attestation: cut short anywhere, longer by a byte, a length more or less than what is there; what the
    authenticator said cut short, or longer, within an object that is whole."""
    yield from (made[:n] for n in range(len(made)))
    yield from (made + b'\0', b'\xa3' * 200, b'\x9f' * 5000, b'\xbf\xff', b'\xa3' + b'\x5b' + b'\xff' * 8, b'\xc0' + made)
    begins = made.index(b'hauthData') + 11
    for n in (*range(0, len(made) - begins, 3), len(made) - begins - 1):
        yield cbor({'fmt': 'none', 'attStmt': {}, 'authData': made[begins:begins + n]})
    yield cbor({'fmt': 'none', 'attStmt': {}, 'authData': made[begins:] + b'\xa0'})
    for at in (begins - 1, begins + 53, begins + 54):
        for other in {made[at] - 1 & 255, made[at] + 1 & 255, 0, 255} - {made[at]}:
            yield made[:at] + bytes([other]) + made[at + 1:]


@attack('ATK-074')
def attestations_that_are_none_register_nothing(s):
    """Ada's browser sends, in place of what an authenticator made, every beginning of it, too much of it, and lengths that are wrong by one:
    each is refused, no process dies, nothing is registered; then the whole of it is."""
    v, web, keeper = s.signed_in(s.ada), s.server.child('rekey-web'), s.server.child('rekey-keeper')
    arrived(v.post('/security-info/add', {'kind': 'passkey'}), 'pending')
    key, asked, known = s.key('ada'), passkey_asked(v), len(s.methods('ada'))
    good, page, token = key.create(asked), v.page, v.page.form('/security-info/passkey').hidden
    for bad in spoilt(data(good['attestation'])):
        try:
            page = v.ask('POST', '/security-info/passkey', urllib.parse.urlencode({**token, **good, 'attestation': text(bad)}))
        except (ConnectionError, http.client.HTTPException) as why:
            raise AssertionError(f'{len(bad)} bytes were not answered: {why!r}') from why
        assert page.status in (400, 422), f'{bad[:40]}… of {len(bad)} bytes: {page.status} {page.header("location")}'
        if page.status == 422:
            break  # the keeper judged it, which costs tries
    assert (s.server.child('rekey-web'), s.server.child('rekey-keeper')) == (web, keeper), 'a process died of it'
    assert not s.server.rows('SELECT method FROM passkey'), 'a passkey was registered'
    assert len(s.methods('ada')) <= known
    arrived(v.post('/security-info/add', {'kind': 'passkey'}), 'pending')
    arrived(v.post('/security-info/passkey', key.create(passkey_asked(v))), 'security-info')


plant('ATK-074', 'src/web/attestation.c', 'what follows the object is passed over',
      '!item_whole(&rest, &whole) || rest.length ||', '!item_whole(&rest, &whole) ||')
plant('ATK-074', 'src/web/attestation.c', 'an id may be longer than what is there',
      '\tif (data.length < id_at || !(', '\tmust_be(data.length >= id_at);\n\tif (!(')
