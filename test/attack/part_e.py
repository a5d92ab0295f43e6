"""E. Guessing codes, races, limits."""
import base64
import concurrent.futures
import hashlib
import json
import pathlib
import random
import re
import secrets
import socket
import sqlite3
import sys
import urllib.parse

from attack import attack, plant
from scene import CODE, NEXT, PASS, PASSWORD, Person, add_totp, arrived, reply_of, vouch
from server import totp

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'frame'))
from frames import ENVELOPE, Operation, load_gen

MANY_STARTS = ('[policy]', 'proofOfWorkAfter = 1000000')


def all_at_once(work, count):
    """What each of so many calls at the same moment said."""
    with concurrent.futures.ThreadPoolExecutor(min(count, 64)) as pool:
        return list(pool.map(work, range(count)))


def wrong(code):
    return str((int(code) + 1) % 10**len(code)).zfill(len(code))


def misses(s, name):
    """How many wrong codes were compared: each but the last leaves a try, the last ends the challenge."""
    log = s.cli('--format', 'json', 'audit', 'list', '--person', name, '--most', '500')
    return log.count('A code was wrong') + log.count('Too many wrong codes')


def recover_state(s):
    """How the newest reset stands, and how many tries it has."""
    return s.server.rows("SELECT state, tries FROM flow WHERE kind = 'recover' ORDER BY rowid DESC LIMIT 1")[0]


def turn_to(v, method):
    """Another way to prove it, in a reset."""
    page = v.send('/recover/method', {**v.token(), 'method': method})
    arrived(page, 'check_messages' if method == 'mail' else 'next_proof')


def by_app(s, name):
    """A reset that asks for a code of the app."""
    v = s.asked(name)
    turn_to(v, 'totp')
    return v


def answer(v, code, path='/recover/answer'):
    return v.send(path, {**v.token(), 'code': code})


def of(s, number):
    """A browser at one of many addresses."""
    v = s.visitor()
    v.source = (f'127.0.{1 + number // 250}.{1 + number % 250}', 0)
    return v



def storm(s, codes, addresses, at_once=64):
    """So many wrong codes against one challenge, from so many addresses; how many were judged. The right code comes last."""
    v = s.asked('ada')
    code = s.code_to(s.ada)
    form = {**v.page.form('/recover/answer').hidden, 'code': wrong(code)}

    def guess(number):
        one = of(s, number % addresses)
        one.jar = dict(v.jar)
        return one.ask('POST', '/recover/answer', '&'.join(f'{k}={f}' for k, f in form.items())).status

    with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        said = set(pool.map(guess, range(codes)))
    assert said <= {303, 409, 422, 503}, f'the answers were {said}'
    judged = misses(s, 'ada')
    for number in range(6):  # who lost a race spent nothing; the limit is reached at the latest now
        guess(number)
    page = v.send('/recover/answer', {**form, 'code': code})
    assert reply_of(page) != 'next_proof', 'the right code was taken after the limit'
    assert recover_state(s) == ('shut', 0), f'after {codes} wrong codes the challenge stands so: {recover_state(s)}'
    return judged


@attack('ATK-048')
def rotating_addresses_give_no_more_guesses(s):
    """200 wrong codes against one challenge from 50 addresses: at most 5 are judged, and the right one comes too late. Then new
    challenges from new addresses, until 10 codes were wrong: after that no right code helps this day, and it does the next."""
    judged = storm(s, 200, 50, 16)
    assert 1 <= judged <= 5, f'{judged} guesses were judged'
    for number in range(60, 64):
        v = of(s, number)
        arrived(v.post('/recover', {'name': 'ada'}), 'check_messages')
        turn_to(v, 'totp')
        for _ in range(4):
            answer(v, wrong(s.app_code(s.ada)))
    page = answer(by_app(s, 'ada'), s.app_code(s.ada))
    assert reply_of(page) != 'check_messages', 'a right code was taken after the limit of the day'
    s.server.turn(86400)
    arrived(answer(by_app(s, 'ada'), s.app_code(s.ada)), 'check_messages')


plant('ATK-048', 'src/flow/walk.c', 'the day\'s tries are counted for each address apart',
      '.account = w->account.id, .kind = throttle };',
      '.account = w->c->request->address.length ? w->c->request->address : w->account.id, .kind = throttle };')
plant('ATK-048', 'src/policy/throttle.c', 'of a proof nobody looks at the count of the day before comparing',
      '*may = t->spent_by_shutting || counter.count <= threshold(c, t);',
      '*may = t->spent_by_shutting || !of_signin(t) || counter.count <= threshold(c, t);')


def challenge_guessed(s, count):
    """So many wrong codes at the same moment, and the right one after them; how many were judged."""
    v = s.asked('ada')
    code = s.code_to(s.ada)
    form = v.page.form('/recover/answer').hidden

    def guess(_):
        one = s.visitor()
        one.jar = dict(v.jar)
        return one.send('/recover/answer', {**form, 'code': wrong(code)}).status

    before = misses(s, 'ada')
    all_at_once(guess, count)
    judged = misses(s, 'ada') - before
    for _ in range(5):  # who lost a race spent nothing; the limit is reached at the latest now
        guess(0)
    assert recover_state(s)[0] == 'shut'
    page = v.send('/recover/answer', {**form, 'code': code})
    assert reply_of(page) != 'next_proof', 'the right code was taken after the limit'
    return judged


@attack('ATK-049')
def of_parallel_guesses_no_more_are_judged_than_the_limit(s):
    """64 wrong codes at the same moment: at most 5 of them are judged; the right one is too late then."""
    judged = challenge_guessed(s, 64)
    assert judged <= 5, f'{judged} guesses were judged'


plant('ATK-049', 'src/flow/guard.c', 'tries are counted, but nobody looks at the count',
      'return w->flow.tries > 0;', 'return w->flow.tries > -1000;')


def last_byte_together(s, visitors, path, fields):
    """The same form from each browser: all are sent but for their last byte, then the last bytes at once."""
    links = []
    for v in visitors:
        body = urllib.parse.urlencode({**v.token(), **fields})
        jar = '; '.join(f'{name}={value}' for name, value in v.jar.items())
        links.append(socket.create_connection(('127.0.0.1', s.server.port), 30))
        links[-1].sendall((f'POST {path} HTTP/1.1\r\nHost: localhost:{s.server.port}\r\nCookie: {jar}\r\nConnection: close\r\n'
                           'Content-Type: application/x-www-form-urlencoded\r\n'
                           f'Content-Length: {len(body)}\r\n\r\n{body[:-1]}').encode())
    for link in links:
        link.sendall(body[-1:].encode())
    for link in links:
        while link.recv(65536):
            pass
        link.close()


@attack('ATK-049')
def of_ten_right_codes_at_once_one_opens(s):
    """The right code of the app in 10 half-done sign-ins at the same moment, three times: one session comes of each code."""
    for _ in range(3):
        halves = [s.visitor() for _ in range(10)]
        for v in halves:
            arrived(v.post('/signin', {'name': 'ada', 'password': s.ada.password}), 'prove')
        code, before = s.app_code(s.ada), s.sessions('ada')
        last_byte_together(s, halves, '/signin/answer', {'code': code})
        assert s.sessions('ada') == before + 1, f'{s.sessions("ada") - before} sessions came of one code'
        s.cli('throttle', 'clear', 'ada')  # the nine others have spent tries


plant('ATK-049', 'sql/statement.def', 'a used step is noted whether it was noted before or not',
      'floor = ?3 WHERE id = ?1 AND floor < ?3 AND', 'floor = ?3 WHERE id = ?1 AND floor <= ?3 AND')


@attack('ATK-050', settings=MANY_STARTS)
def every_way_to_ask_for_a_code_is_limited(s):
    """12 resets are begun, and in one more there is 12 times "send again", then an address is added with 12 times "send again" and by
    adding it anew: to one mailbox go 3 codes in 15 minutes, whichever way they are asked for, and 10 a day."""
    s.server.turn(1000)  # the code of the registration is forgotten

    def sent(name, message='recover_code'):  # also those that a newer one replaced before they left
        return s.server.rows('SELECT COUNT(*) FROM outbox WHERE message = ? AND account = ?', message, s.account(name))[0][0]

    for _ in range(12):
        v = s.asked('ada')
    assert sent('ada') == 3, f'12 starts sent {sent("ada")} codes'
    s.server.turn(1000)
    v = s.asked('ada')
    for _ in range(12):
        arrived(v.post('/recover/resend', {}), 'check_messages')
    assert sent('ada') == 6, f'one start and 12 times "send again" sent {sent("ada") - 3} codes'
    for _ in range(4):
        s.server.turn(1000)
        for _ in range(4):
            s.asked('ada')
    assert sent('ada') <= 10, f'{sent("ada")} codes were sent in a day'
    before = sent('mia', 'confirm_code')
    v = s.signed_in(s.mia)
    v.get('/security-info/add?kind=mail')
    arrived(v.post('/security-info/add', {'address': 'third@home.example'}), 'pending')
    form = v.page.form('/security-info/resend').hidden
    for _ in range(12):
        v.send('/security-info/resend', form)
    for _ in range(3):
        v.get('/security-info/add?kind=mail')
        v.post('/security-info/add', {'address': 'third@home.example'})
    got = sent('mia', 'confirm_code') - before
    assert got == 3, f'an address to be added got {got} codes'


plant('ATK-050', 'src/policy/throttle.c', 'of the codes sent to a mailbox only those of the day are looked at',
      '*open = row_number(&rows, 0, 0) < sends_in_15_minutes && row_number', '*open = row_number')
plant('ATK-050', 'src/outbox/outbox.c', 'codes are limited, but not counted',
      'return e ? e : sending_note(unit, to->channel, id);', 'return e;')


@attack('ATK-050')
def every_way_to_type_a_code_is_limited(s):
    """Five wrong codes in a reset, at sign-in and when a method is added: the right one is not taken after them; once each of
    these ways has taken a right one."""
    v = s.asked('ada')
    code = s.code_to(s.ada)
    for _ in range(5):
        answer(v, wrong(code))
    assert reply_of(answer(v, code)) != 'next_proof', 'a reset took the right code after five wrong ones'
    half, before = s.visitor(), s.sessions('bob')
    arrived(half.post('/signin', {'name': 'bob', 'password': PASSWORD}), 'prove')
    for _ in range(5):
        answer(half, wrong(s.app_code(s.bob)), '/signin/answer')
    answer(half, s.app_code(s.bob), '/signin/answer')
    assert s.sessions('bob') == before, 'sign-in took the right code after five wrong ones'
    v = s.signed_in(s.mia)
    v.get('/security-info/add?kind=mail')
    arrived(v.post('/security-info/add', {'address': 'third@home.example'}), 'pending')
    form = v.page.form('/security-info/confirm').hidden
    code = s.found('third@home.example', CODE)[-1]
    for _ in range(5):
        v.send('/security-info/confirm', {**form, 'code': wrong(code)})
    v.send('/security-info/confirm', {**form, 'code': code})
    assert [m[2] for m in s.methods('mia') if m[3] == 'active'] == [s.mia.mail], 'an address was added after five wrong codes'


plant('ATK-050', 'src/people/register.c', 'when a method is added, tries are counted in memory only',
      '\tunit_add(&w->unit, statement_method_try, 1,\n\t\tWITH(v_bytes(w->pending.id), v_bytes(w->account.id)));\n', '')


@attack('ATK-051', settings=MANY_STARTS)
def a_new_code_gives_no_new_tries(s):
    """Two wrong codes, "send again", two more, another way and back, one more: then the challenge is spent. Four wrong codes in each of ten
    challenges: 10 are judged this day, and no right one after them."""
    s.server.turn(1000)
    v = s.asked('ada')
    first = s.code_to(s.ada)
    for count in (2, 3):
        for _ in range(2):
            assert reply_of(answer(v, wrong(first))) != 'shut', 'the tries ended too early'
        arrived(v.post('/recover/resend', {}), 'check_messages')
        code = s.code_to(s.ada, count)
    turn_to(v, 'totp')
    turn_to(v, 'mail')
    answer(v, wrong(code))
    assert reply_of(answer(v, code)) != 'next_proof', 'a new code gave new tries'
    for _ in range(10):
        v = by_app(s, 'ada')
        for _ in range(4):
            answer(v, wrong(s.app_code(s.ada)))
    assert reply_of(answer(by_app(s, 'ada'), s.app_code(s.ada))) == '', 'a right code was taken after the limit of the day'


plant('ATK-051', 'src/flow/effect.c', 'a new code comes with new tries',
      '\tw->flow.sent++;\n', '\tw->flow.sent++;\n\tw->flow.tries = tries_a_challenge;\n')
plant('ATK-051', 'src/flow/effect.c', 'a reset\'s tries are counted for the challenge, not for the account\'s day',
      '\treturn throttle_spend(&w->unit, &w->try);\n}\n\nerr effect_note_miss',
      '\treturn 0;\n}\n\nerr effect_note_miss')


def spoil_seed(s, name):
    """The seed of a person's app does not open any more: every comparison ends with a fault."""
    store = sqlite3.connect(next(s.server.data.rglob('*.db')), timeout=10)
    with store:
        store.execute("UPDATE method SET seed = ? WHERE account = ? AND kind = 'totp'", (secrets.token_bytes(60), s.account(name)))
    store.close()
    s.expected.append('"level":"error"')


@attack('ATK-052')
def a_failing_comparison_gives_no_try_back(s):
    """The comparison of each code fails inside, after its try was counted: the try stays spent, on the challenge and for the day, and
    the challenge ends."""
    v = by_app(s, 'ada')
    spoil_seed(s, 'ada')
    for left in (4, 3, 2, 1, 0):
        page = answer(v, '123456')
        assert page.status == 500, f'the comparison did not fail: {page.status}'
        assert recover_state(s)[1] == left, f'{recover_state(s)[1]} tries are left after a failure, not {left}'
        v.get('/recover/next_proof')
    assert reply_of(answer(v, '123456')) == 'shut', 'the challenge goes on'
    count = s.server.rows("SELECT count FROM counter WHERE account = ? AND kind = 'proof'", s.account('ada'))
    assert count == [(5,)], f'the counter of the day says {count}'


plant('ATK-052', 'src/flow/judge.c', 'a try whose comparison failed inside is given back',
      '\terr recalled = flow_step(w, on_recall);\n',
      '\terr recalled;\n\n\tw->flow.tries++;\n\trecalled = flow_step(w, on_recall);\n')
plant('ATK-052', 'src/spec/flow/recover.def', 'the limit of the day is counted with the verdict, and is lost where none comes',
      'ROW(asked,   answer,   tries_left,      spend_try,   again,          judging)',
      'ROW(asked,   answer,   tries_left,      keep,        again,          judging)')


@attack('ATK-053')
def a_kill_between_guesses_restores_no_try(s):
    """kill -9 of the keeper after each wrong code: the sixth guess is not judged."""
    v = s.asked('ada')
    code = s.code_to(s.ada)
    for _ in range(5):
        v.post('/recover/answer', {'code': wrong(code)})
        s.kill('rekey-keeper')
    v.get('/recover')
    page = v.send('/recover/answer', {**v.token(), 'code': code})
    assert reply_of(page) != 'next_proof', 'the right code was taken after five wrong ones'


plant('ATK-053', 'src/flow/effect.c', 'a try is not spent before the comparison',
      '\tw->flow.tries--;\n', '')


TRUSTED = ('[site]', 'trustedNetworks = 203.0.113.0/24, 127.0.0.77/32')


@attack('ATK-054', settings=TRUSTED)
def a_forwarded_address_of_a_stranger_is_not_believed(s):
    """X-Forwarded-For with another address on each request, from a peer that is no trusted proxy: the tries are the same five; it puts
    nobody into a trusted network, where reasons are told; and the audit log has the peer's own address."""
    known = s.visitor()
    known.source = ('127.0.0.77', 0)
    arrived(known.post('/recover', {'name': 'mia'}), 'contact_desk')

    class Forwarding(type(s.visitor())):
        def ask(self, method, path, body=None, headers=()):
            end = random.randrange(1, 255)
            return super().ask(method, path, body, {**dict(headers), 'X-Forwarded-For': f'198.51.100.{end}, 203.0.113.{end}',
                                                    'X-Real-IP': f'203.0.113.{end}', 'Forwarded': f'for=203.0.113.{end}'})

    v = Forwarding(s.server.port)
    assert reply_of(v.post('/recover', {'name': 'mia'})) == 'check_messages', 'a claimed address was told the reason'
    v = Forwarding(s.server.port)
    arrived(v.post('/recover', {'name': 'ada'}), 'check_messages')
    code = s.code_to(s.ada)
    for _ in range(5):
        answer(v, wrong(code))
    assert reply_of(answer(v, code)) != 'next_proof', 'another address on each request gave more tries'
    log = s.cli('--format', 'json', 'audit', 'list', '--person', 'ada')
    assert '127.0.0.1' in log and '203.0.113.' not in log and '198.51.100.' not in log, 'the audit log believes X-Forwarded-For'


plant('ATK-054', 'src/web/address.c', 'whoever says X-Forwarded-For is believed',
      '\tif (!vouched && spell(peer, address))\n\t\tvouched = network_has(trusted, str_of(address));\n',
      '\tif (!vouched)\n\t\tvouched = spell(peer, address);\n')


def full_width(code):
    return ''.join(chr(ord(c) - ord('0') + 0xff10) for c in code)


@attack('ATK-055')
def spellings_of_one_code_are_one_code(s):
    """A wrong code plain, with blanks, a hyphen, a no-break space and in full width: five tries, and the right one comes too late. The right code
    is taken in full width with a blank; then it is used up in every other spelling."""
    v = by_app(s, 'ada')
    code = wrong(s.app_code(s.ada))
    for spelling in (code, f' {code}', f'{code[:3]} {code[3:]}', f'{code[:3]}-{code[3:]}\u00a0', full_width(code)):
        assert recover_state(s)[0] == 'asked', 'the tries ended too early'
        answer(v, spelling)
    answer(v, s.app_code(s.ada))
    assert recover_state(s)[0] == 'shut', 'another spelling was another code'
    code, halves = s.app_code(s.bob), [s.visitor() for _ in range(4)]
    for half in halves:
        arrived(half.post('/signin', {'name': 'bob', 'password': PASSWORD}), 'prove')
    before = s.sessions('bob')
    arrived(answer(halves[0], full_width(code[:3]) + '\u3000' + code[3:], '/signin/answer'), 'security-info')
    for half, spelling in zip(halves[1:], (code, f'{code} ', full_width(code))):
        answer(half, spelling, '/signin/answer')
    assert s.sessions('bob') == before + 1, 'a code was taken again in another spelling'


plant('ATK-055', 'sql/statement.def', 'when a code was used is kept, but not which',
      'SET last_used = ?2, floor = ?3 WHERE id = ?1 AND floor < ?3',
      'SET last_used = ?2 WHERE id = ?1 AND floor < ?3')
plant('ATK-055', 'src/flow/judge.c', 'a code typed with blanks is compared before its try is spent',
      '\te = flow_step(w, on_answer);\n',
      '\tif (secret_length(code) != secret_length(typed))\n\t\tw->flow.tries++;\n\te = flow_step(w, on_answer);\n')


@attack('ATK-056')
def a_code_of_an_app_counts_once(s):
    """A code that opened a sign-in is tried again in a sign-in, in a reset and as a new proof, so is the code of the step before, and so is the code
    with which an app was registered: none is taken."""
    half, sessions = s.visitor(), s.sessions('ada')
    arrived(half.post('/signin', {'name': 'ada', 'password': PASSWORD}), 'prove')
    before = s.app_code(s.ada)
    s.server.turn(30)
    code = s.app_code(s.ada)
    signed = s.visitor()
    arrived(signed.post('/signin', {'name': 'ada', 'password': PASSWORD}), 'prove')
    arrived(answer(signed, code, '/signin/answer'), 'security-info')
    reset = by_app(s, 'ada')
    for used in (code, before):
        answer(half, used, '/signin/answer')
        answer(reset, used)
        signed.get('/security-info/prove')
        page = signed.send('/security-info/prove', {**signed.token(), 'how': 'totp', 'code': used})
        assert page.status == 422, f'a used code was taken as a new proof: {page.status}'
    assert s.sessions('ada') == sessions + 1, 'a used code opened a session'
    assert recover_state(s)[0] == 'asked' and 'totp' not in str(s.server.rows("SELECT proofs FROM flow WHERE kind = 'recover'")), (
        'a used code was taken in a reset')
    arrived(answer(reset, s.app_code(s.ada)), 'check_messages')
    v = s.signed_in(s.mia)
    add_totp(s, v, s.mia)
    step = s.mia.step
    half, sessions = s.visitor(), s.sessions('mia')
    arrived(half.post('/signin', {'name': 'mia', 'password': PASSWORD}), 'prove')
    answer(half, totp(s.mia.seed, step), '/signin/answer')
    assert s.sessions('mia') == sessions, 'the code that registered an app opened a session'


plant('ATK-056', 'sql/statement.def', 'the step before the used one is remembered as used',
      'SET last_used = ?2, floor = ?3 WHERE id = ?1 AND floor < ?3',
      'SET last_used = ?2, floor = ?3 - 1 WHERE id = ?1 AND floor < ?3')
plant('ATK-056', 'src/people/register.c', 'the code that registers an app is not noted as used',
      'v_text(w->label), v_number(w->matched_at)));', 'v_text(w->label), v_number(0)));')


@attack('ATK-057')
def no_code_and_anothers_code_prove_nothing(s):
    """In a reset of ada: bob's mailed code, a code of bob's app, bob's recovery code, nothing, blanks, "null", zeros and a field that is not
    there. None counts as a proof; ada's own codes do."""
    theirs = s.asked('bob')
    code = s.code_to(s.bob)
    v = s.asked('ada')
    own = s.code_to(s.ada)
    for typed in (code, '', ' ', '-', 'null', '00000000', '[]'):
        page = answer(v, typed)
        assert page.status in (400, 422), f'{typed!r} was answered with {page.status}'
    assert v.send('/recover/answer', v.token()).status in (400, 422), 'no code at all went on'
    arrived(answer(v, own), 'next_proof')
    turn_to(v, 'recovery_code')
    for typed in (s.bob.paper[0], '0' * 26, '\u3000'):
        answer(v, typed)
    turn_to(v, 'totp')
    answer(v, s.app_code(s.bob))
    answer(v, '')
    assert recover_state(s)[0] == 'asked', 'a code of another person was a proof'
    arrived(answer(v, s.app_code(s.ada)), 'choose')
    arrived(answer(theirs, code), 'next_proof')


plant('ATK-057', 'sql/statement.def', 'a query for a person\'s methods finds everybody\'s apps',
      'WHERE m.account = ?1 ORDER BY m.created, m.id',
      'WHERE m.account = ?1 OR m.kind = \'totp\' ORDER BY m.created, m.id')


@attack('ATK-058')
def recovery_codes_are_limited_long_and_kept_as_digests(s):
    """Recovery codes have 128 bits. Five wrong ones end a reset, ten the day: the right one is not taken after them; before, it was. The store has no code
    in any spelling."""
    v = s.signed_in(s.mia)
    vouch(s, v, s.mia)
    made = v.post('/security-info/add', {'kind': 'recovery_code'})
    s.mia.paper = re.findall(r'<code>([0-9A-Z]{4}(?:-[0-9A-Z]{2,4}){2,})</code>', made.html)
    if len(s.mia.paper) != 10:
        raise RuntimeError(f'no recovery codes on the page: {made.text[:500]}')
    for code in s.mia.paper:
        plain = code.replace('-', '').replace(' ', '')
        assert len(plain) * 5 >= 128, f'a recovery code has {len(plain)} digits'
    held = b''.join(path.read_bytes() for path in s.server.data.rglob('*.db*'))
    for code in s.ada.paper + s.mia.paper:
        for spelling in (code, code.replace('-', ''), code.replace('-', ' ')):
            assert spelling.encode() not in held and spelling.lower().encode() not in held, 'the store has a recovery code'
    good, spare = s.bob.paper[:2]
    v = s.asked('bob')
    turn_to(v, 'recovery_code')
    arrived(answer(v, good), 'check_messages')
    for _ in range(2):
        v = s.asked('bob')
        turn_to(v, 'recovery_code')
        for count in range(5):
            assert recover_state(s)[0] == 'asked', f'{count} tries were all'
            answer(v, s.ada.paper[count])
        answer(v, spare)
        assert recover_state(s)[0] == 'shut', 'a sixth recovery code was looked at'
    v = s.asked('bob')
    turn_to(v, 'recovery_code')
    answer(v, spare)
    assert recover_state(s) == ('asked', 4), 'the right recovery code was taken after ten wrong ones'


plant('ATK-058', 'src/flow/effect.c', 'recovery codes are taken to be too long to guess, and cost no try',
      '\tw->flow.tries--;\n', '\tif (!str_is(kind, "recovery_code"))\n\t\tw->flow.tries--;\n')
plant('ATK-058', 'src/method/inside.h', 'recovery codes are short',
      'recovery_code_bytes = 16', 'recovery_code_bytes = 6')


# ---- every operation that looks at a secret ----

TOKENS = ('session', 'flow', 'device')
EASY = 'password1'  # breaks the rules of a new password, and came in by an import


def operations(s):
    """The list of operations of the sources that these programs were built of."""
    _, rows = load_gen().operations(s.server.build.parent / 'src/spec/operation.def')
    return [Operation(number, row) for number, row in enumerate(rows)]


def secrets_looked_at(s):
    """(operation, field) of each secret that the operations take, and the tokens, which all of them take."""
    asked = {(o.name, f[0]): o.door for o in operations(s) for f in o.fields if f[1] == 'secret'}
    return {**asked, **{('token', name): 'visitor' for name, kind in ENVELOPE if kind == 'secret'}}


def mailed_code_in_a_reset(s):
    for method, right in (('mail', lambda: s.code_to(s.ada)), ('totp', lambda: s.app_code(s.ada)),
                          ('recovery_code', lambda: s.ada.paper[0])):
        v = s.asked('ada')
        code = right()
        turn_to(v, method)
        for _ in range(5):
            answer(v, s.bob.paper[0] if method == 'recovery_code' else wrong(code))
        answer(v, code)
        yield recover_state(s)[0] != 'shut'
        s.server.turn(86400)


def password_at_sign_in(s):
    for number in range(10):
        s.visitor().post('/signin', {'name': 'bob', 'password': f'not the password of bob {number}'})
    yield s.opens('bob', PASSWORD)
    s.server.turn(86400)


def pass_at_sign_in(s):
    given = s.cli('people', 'invite', 'dan')
    code = re.search(PASS, given)[0]
    for _ in range(5):
        s.visitor().post('/signin/pass', {'name': 'dan', 'pass': code[:-1] + ('0' if code[-1] != '0' else '1')})
    yield reply_of(s.visitor().post('/signin/pass', {'name': 'dan', 'pass': code})) == 'must_change'


def code_at_sign_in(s):
    for method, right in (('totp', lambda: s.app_code(s.bob)), ('recovery_code', lambda: s.bob.paper[0])):
        before, v = s.sessions('bob'), s.visitor()
        arrived(v.post('/signin', {'name': 'bob', 'password': PASSWORD}), 'prove')
        v.send('/signin/method', {**v.token(), 'method': method})
        for _ in range(5):
            answer(v, s.ada.paper[0] if method == 'recovery_code' else wrong(right()), '/signin/answer')
        answer(v, right(), '/signin/answer')
        yield s.sessions('bob') > before
        s.server.turn(86400)


def proof_again(s):
    for how, right in (('totp', lambda: s.app_code(s.ada)), ('recovery_code', lambda: s.ada.paper[1])):
        v = s.signed_in(s.ada)
        for _ in range(10):
            v.send('/security-info/prove', {**v.token(), 'how': how, 'code': s.bob.paper[0]})
        yield v.send('/security-info/prove', {**v.token(), 'how': how, 'code': right()}).status != 422
        s.server.turn(86400)
    v = s.signed_in(s.mia)
    for number in range(11):
        v.send('/security-info/prove', {**v.token(), 'how': 'password', 'code': f'not the password {number}'})
    yield v.send('/security-info/prove', {**v.token(), 'how': 'password', 'code': PASSWORD}).status != 422
    s.server.turn(86400)


def code_of_a_new_method(s):
    v = s.signed_in(s.mia)
    v.get('/security-info/add?kind=mail')
    arrived(v.post('/security-info/add', {'address': 'third@home.example'}), 'pending')
    form, code = v.page.form('/security-info/confirm').hidden, s.found('third@home.example', CODE)[-1]
    for _ in range(5):
        v.send('/security-info/confirm', {**form, 'code': wrong(code)})
    v.send('/security-info/confirm', {**form, 'code': code})
    yield len(s.methods('mia')) > 1


def old_password(s):
    v = s.signed_in(s.mia)
    form = v.token()
    for number in range(11):
        v.send('/change', {**form, 'old': f'not the password {number}', 'password': NEXT})
    yield v.send('/change', {**form, 'old': PASSWORD, 'password': NEXT}).status == 303
    s.server.turn(86400)


def people_file(s, name, password, must_change=''):
    """A file to import, with the hash of a person's password."""
    table = s.server.folder / f'{name}.csv'
    kept = base64.b64encode(hashlib.sha1(password.encode() + b'salt').digest() + b'salt').decode()
    table.write_text(f'userName,passwordHash,mustChange\n{name},{{SSHA}}{kept},{must_change}\n')
    return table


def imported(s, name, must_change=''):
    """A browser of a person whose password came with an import, and is one that nobody could choose."""
    s.cli('people', 'import', people_file(s, name, EASY, must_change))
    v = s.visitor()
    arrived(v.post('/signin', {'name': name, 'password': EASY}), 'must_change' if must_change else 'security-info')
    return v


def said_of(v, path, guess):
    """What is said of a new password, without the password itself, which stays in its field."""
    page = v.send(path, {**v.token(), 'password': guess})
    return page.status, page.settled()[1].replace(guess, '')


def new_password_at_change(s):
    """Whoever proved it by a second way is not asked for the old password: may the form still be asked what it is?"""
    v = imported(s, 'eli')
    s.people['eli'] = person = Person('eli')
    add_totp(s, v, person)
    yield said_of(v, '/change', 'password2') != said_of(v, '/change', EASY)


def new_password_at_sign_in(s):
    v = imported(s, 'eno', 'yes')
    yield said_of(v, '/signin/choose', 'password2') != said_of(v, '/signin/choose', EASY)


def new_password_of_a_reset(s):
    """No reset looks at the password that was: the same one again is as good as another."""
    v = s.proven(s.bob)
    yield v.post('/recover/choose', {'password': PASSWORD}).status != 303
    s.server.turn(86400)


def long_tokens(s):
    """Of tokens the length is the limit: 256 bits, which no number of tries finds."""
    v = s.signed_in(s.bob)
    v.jar.update(s.asked('bob').jar)
    for name, token in v.jar.items():
        if name.removeprefix('rekey_') in TOKENS:
            yield len(token) < 43 or len(set(token)) < 12
    yield not set(TOKENS) <= {name.removeprefix('rekey_') for name in v.jar}


def token_of_a_notice(s):
    s.bob.password = NEXT + ' again'
    v = s.visitor()
    arrived(v.post('/signin', {'name': 'bob', 'password': PASSWORD}), 'prove')
    arrived(answer(v, s.app_code(s.bob), '/signin/answer'), 'security-info')
    arrived(v.post('/change', {'password': s.bob.password}), 'security-info')
    yield len(s.found(s.bob.mail, r'/not-me#([A-Za-z0-9_-]+)')[-1]) < 43


def code_to_an_address_known_before(s):
    """Five tries in one session. Another session has no code until one is sent there, and what was sent before is no good in it."""
    s.cli('people', 'add', 'uma', '--mail', 'uma@example.net', '--other-mail', 'uma@home.example')
    v, given = s.visitor(), re.search(PASS, s.cli('people', 'invite', 'uma'))[0]
    arrived(v.post('/signin/pass', {'name': 'uma', 'pass': given}), 'must_change')
    arrived(v.post('/signin/choose', {'password': PASSWORD}), 'security-info')

    def vouched():
        return s.server.rows('SELECT MAX(vouched) FROM session WHERE account = ?', s.account('uma')) != [(0,)]

    def begin():
        v = s.visitor()
        arrived(v.post('/signin', {'name': 'uma', 'password': PASSWORD}), 'security-info')
        return v, v.token()

    def sent():
        v, form = begin()
        before = len(s.found('uma@home.example', CODE))
        arrived(v.send('/security-info/send', form), 'vouch')
        return v, form, s.found('uma@home.example', CODE)[before]
    v, form, code = sent()
    for _ in range(5):
        v.send('/security-info/vouch', {**form, 'code': wrong(code)})
    v.send('/security-info/vouch', {**form, 'code': code})
    yield vouched()
    v, form = begin()
    v.send('/security-info/vouch', {**form, 'code': code})
    yield vouched()
    v, form, code = sent()
    for _ in range(4):
        v.send('/security-info/vouch', {**form, 'code': wrong(code)})
    v.send('/security-info/vouch', {**form, 'code': code})
    if not vouched():
        raise RuntimeError('the right code is never taken')


# What is long needs no count: 128 bits or more, all of them random, which no number of tries finds. What the server gives is looked at, twice
# over: the bytes in which two differ are those that chance made. One letter off, it opens nothing; whole, it does.

def random_bytes(one, other):
    one, other = (base64.urlsafe_b64decode(text + '=' * (-len(text) % 4)) for text in (one, other))
    return min(len(one), len(other)) - sum(a == b for a, b in zip(one, other))


def near(text):
    at = len(text) * 2 // 3
    return text[:at] + ('A' if text[at] != 'A' else 'B') + text[at + 1:]


def long_secret(made):
    """made: gives two of a kind, and a way to try one that says whether it opened anything."""
    def limit(s):
        other, one, opens = made(s)
        yield random_bytes(one, other) < 16
        yield opens(near(one))
        if not opens(one):
            raise RuntimeError('the right one opens nothing')
    return limit


WIKI, CALLBACK = 'guessed.example.org', 'https://app.example/cb'
BEHIND_PROXY = ('[site]', 'trustedProxies = 127.0.0.1/32')
AT_WIKI = {'X-Forwarded-Host': WIKI}


def ticket(v):
    page = v.ask('GET', '/auth/start?' + urllib.parse.urlencode({'to': f'https://{WIKI}/'}))
    return re.search(r'name="ticket" value="([^"]+)"', page.html)[1]


def enter(s, text):
    """What a browser holds at the application after that; None: nothing."""
    v = s.visitor()
    v.ask('POST', '/.rekey/enter', urllib.parse.urlencode({'ticket': text}), AT_WIKI)
    return v.jar.get('__Host-rekey_site')


def tickets(s):
    s.server.cli('application', 'add-site', 'Guessed wiki', '--host', f'https://{WIKI}')
    v = s.signed_in(s.ada)
    return ticket(v), ticket(v), lambda text: enter(s, text) is not None


def at_wiki(s, path, held):
    return s.visitor().ask('GET', path, None, {**AT_WIKI, 'Cookie': f'__Host-rekey_site={held}'}).status


def helds(s):
    one, other, _ = tickets(s)
    return enter(s, one), enter(s, other), lambda held: at_wiki(s, '/auth/verify', held) == 200


def leaves(s):
    """To leave opens nothing, but ends what somebody else has."""
    one, held, opens = helds(s)
    return one, held, lambda text: opens(held) and at_wiki(s, '/.rekey/leave', text) and not opens(held)


class Client:
    """An application that ada signs in to."""

    def __init__(self, s):
        self.s, self.name, self.verifier = s, 'Guessed ' + secrets.token_hex(4), secrets.token_urlsafe(32)
        self.row = self.made('add', '--redirect-uris', CALLBACK)
        self.v = s.signed_in(s.ada)

    def made(self, verb, *more):
        row = json.loads(self.s.cli('--format', 'json', 'application', verb, self.name, *more))
        return row[0] if isinstance(row, list) else row

    def code(self):
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).decode().rstrip('=')
        page = self.v.ask('GET', '/oidc/authorize?' + urllib.parse.urlencode({
            'client_id': self.row['client_id'], 'redirect_uri': CALLBACK, 'response_type': 'code', 'scope': 'openid offline_access', 'state': 'x',
            'nonce': 'x', 'code_challenge': challenge, 'code_challenge_method': 'S256'}))
        return re.search(r'[?&]code=([A-Za-z0-9_-]+)', page.header('location'))[1]

    def tokens(self, code=None, **more):
        """What it got; {'error': why} if nothing."""
        fields = {'client_id': self.row['client_id'], 'client_secret': self.row['client_secret'], **more}
        if 'refresh_token' not in more:
            fields = {'grant_type': 'authorization_code', 'redirect_uri': CALLBACK, 'code_verifier': self.verifier,
                      'code': code or self.code(), **fields}
        page = self.s.visitor().ask('POST', '/oidc/token', urllib.parse.urlencode({'grant_type': 'refresh_token', **fields}))
        return json.loads(page.html)

    def opens(self, *words, **more):
        return 'access_token' in self.tokens(*words, **more)


def codes_of_an_application(s):
    client = Client(s)
    return client.code(), client.code(), client.opens


def access_tokens(s):
    client = Client(s)
    one, other = (client.tokens()['access_token'] for _ in range(2))
    return one, other, lambda text: s.visitor().ask('GET', '/oidc/userinfo', None,
                                                    {'Authorization': 'Bearer ' + text}).status == 200


def client_secrets(s):
    client = Client(s)
    old, client.row = client.row['client_secret'], client.made('secret')
    return old, client.row['client_secret'], lambda text: client.opens(client_secret=text)


def refresh_token(s):
    """Besides being long, of one grant's the first that is wrong is the last: the right one is none any more."""
    client = Client(s)
    first = client.tokens()['refresh_token']
    second = client.tokens(refresh_token=first)['refresh_token']
    third = client.tokens(refresh_token=second)['refresh_token']
    yield random_bytes(second, third) < 16
    yield client.opens(refresh_token=near(third))
    yield client.opens(refresh_token=third)


def verifier_of_a_code(s):
    """The application makes it, of 43 letters or more, and each code takes one try: the right one after a wrong one is too late."""
    client = Client(s)
    code = client.code()
    yield client.opens(code, code_verifier=near(client.verifier))
    yield client.opens(code)
    if not client.opens():
        raise RuntimeError('no verifier is right')
    client.verifier = client.verifier[:42]
    yield client.opens()


LIMITS = {
    ('recover_answer', 'code'): mailed_code_in_a_reset,
    ('recover_choose', 'password'): new_password_of_a_reset,
    ('signin_password', 'password'): password_at_sign_in,
    ('signin_pass', 'pass'): pass_at_sign_in,
    ('signin_answer', 'code'): code_at_sign_in,
    ('signin_choose', 'password'): new_password_at_sign_in,
    ('info_prove', 'code'): proof_again,
    ('info_confirm', 'code'): code_of_a_new_method,
    ('change_password', 'old'): old_password,
    ('change_password', 'password'): new_password_at_change,
    ('notice_deny', 'token'): token_of_a_notice,
    ('vouch_answer', 'code'): code_to_an_address_known_before,
    ('site_enter', 'ticket'): long_secret(tickets),
    ('site_verify', 'held'): long_secret(helds),
    ('site_leave', 'held'): long_secret(leaves),
    ('oidc_token', 'code'): long_secret(codes_of_an_application),
    ('oidc_token', 'client_secret'): long_secret(client_secrets),
    ('oidc_token', 'code_verifier'): verifier_of_a_code,
    ('oidc_token', 'refresh_token'): refresh_token,
    ('oidc_userinfo', 'access_token'): long_secret(access_tokens),
    **{('token', name): long_tokens for name in TOKENS},
}


@attack('ATK-061', settings=BEHIND_PROXY + MANY_STARTS)
def no_operation_that_looks_at_a_secret_is_without_a_limit(s):
    """The list of operations says which take a secret; each that can be reached over the network has a test of its limit here, or this fails. Each is
    guessed at until its limit and then given the right secret, which must not help; or the secret is too long to be guessed. A form for a new
    password must not tell the old one."""
    open_doors = {at for at, door in secrets_looked_at(s).items() if door in ('visitor', 'session')}
    assert open_doors == set(LIMITS), f'without a test of its limit, or no longer there: {open_doors ^ set(LIMITS)}'
    s.server.turn(1000)
    for at, limit in LIMITS.items():
        if at != ('token', 'flow') and at != ('token', 'device'):
            for number, got_in in enumerate(limit(s)):
                assert not got_in, f'{" ".join(at)} ({number + 1}) has no limit'


plant('ATK-061', 'src/people/security_info.c', 'proving it again has no limit of its own',
      '\tif ((e = throttle_spend(&w->unit, &w->try)))\n\t\treturn e;\n\treturn unit_commit(&w->unit);\n}\n\n/* Of a',
      '\te = unit_commit(&w->unit);\n\treturn e;\n}\n\n/* Of a')
plant('ATK-061', 'sql/statement.def', 'the tries of a pass are looked at, but not counted',
      'UPDATE pass SET tries = tries - 1 WHERE', 'UPDATE pass SET tries = tries WHERE')
plant('ATK-061', 'src/people/change.c', 'the old password may be typed as often as one likes',
      '\treturn throttle_spend(&w->unit, &w->try);\n', '\treturn w->known ? 0 : throttle_spend(&w->unit, &w->try);\n')
plant('ATK-061', 'src/people/change.c', 'a new password that breaks a rule is held against the one in force all the same',
      '\t\t(w->rules_met && (e = password_is_current(w->c, &w->account, password, &same))))',
      '\t\t(e = password_is_current(w->c, &w->account, password, &same)))')
plant('ATK-061', 'src/flow/judge.c', 'so is one that sign-in asks for',
      '\te = accept(w, typed);\n',
      '\tif ((e = same_again(w, typed, &same)) || same)\n\t\treturn e;\n\te = accept(w, typed);\n')
plant('ATK-061', 'src/spec/operation.def', 'a new operation looks at a secret, and nobody wrote a test of its limit',
      'OPERATION(recover_extend, visitor, flow_page, none, silent, "", "Take more time, once.")',
      'OPERATION(recover_extend, visitor, flow_page, none, silent, "", "Take more time, once.",\n'
      '\tFIELD(code, secret, 80, optional))')
