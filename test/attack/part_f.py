"""F. Enumeration and privacy."""
import contextlib
import json
import re
import socket
import time

from attack import attack, plant
from part_e import MANY_STARTS, answer, turn_to
from authenticator import text
from scene import PASSWORD, arrived, passkey_asked, reply_of

# One of each kind, with names of one length: whole, two proofs short, never here, disabled, frozen, unknown.
KINDS = ('ada', 'mia', 'dan', 'eve', 'fay', 'zoe')


def seen(page, name):
    """A response as somebody sees it who does not know whose name it is."""
    headers, body = page.settled()
    return page.status, headers, re.sub(r'data-left="\d+"', 'data-left="*"', re.sub(rf'\b{re.escape(name)}\b', '***', body))


def reset_of(s, name):
    """All that is seen of a reset by somebody who can prove nothing."""
    v, pages = s.visitor(), []

    def look(page):
        pages.extend([seen(page, name), seen(v.page, name)])

    look(v.get('/recover'))
    look(v.post('/recover', {'name': name}))
    look(v.get('/recover/ways'))
    for method, code in (('totp', '123456'), ('recovery_code', '0' * 26), ('mail', '12345678')):
        look(v.send('/recover/method', {**v.token(), 'method': method}))
        look(answer(v, 'no code'))
        look(answer(v, code))
    look(v.send('/recover/resend', v.token()))
    look(v.send('/recover/extend', v.token()))
    for _ in range(4):
        look(answer(v, '12345678'))
    look(v.get('/recover/shut'))
    return pages


def signin_of(s, name):
    """All that is seen of a sign-in without the password, and with a pass that is none."""
    v, pages = s.visitor(), []
    for number in range(12):
        page = v.post('/signin', {'name': name, 'password': f'not the password {number}'})
        pages.extend([seen(page, name), seen(v.page, name)])
    for _ in range(6):
        v.get('/signin/pass')
        page = v.post('/signin/pass', {'name': name, 'pass': '0000-0000-0000-0000'})
        pages.extend([seen(page, name), seen(v.page, name)])
    return pages


def equal(one, other, what):
    for number, (a, b) in enumerate(zip(one, other)):
        assert a == b, f'{what}: answer {number} differs: {difference(a, b)}'
    assert len(one) == len(other), f'{what}: {len(one)} and {len(other)} answers'


def difference(a, b):
    lines = zip(str(a[1:]).split('\\n'), str(b[1:]).split('\\n'))
    return f'{a[0]} and {b[0]}: ' + next((f'{x[-200:]} | {y[-200:]}' for x, y in lines if x != y), 'one is longer')


@attack('ATK-062', settings=MANY_STARTS)
def nobody_is_told_by_a_page_who_exists(s):
    """A reset, a sign-in with a wrong password and one with a wrong pass, for a person who has all, one with too few methods, one who never came, one
    disabled, one frozen and one who does not exist, repeated beyond every limit: status, header fields and bytes are the same, but for tokens."""
    resets = {name: reset_of(s, name) for name in KINDS}
    signins = {name: signin_of(s, name) for name in KINDS}
    for name in KINDS[:-1]:
        equal(resets['zoe'], resets[name], f'a reset of {name}')
        equal(signins['zoe'], signins[name], f'a sign-in of {name}')
    equal(resets['zoe'], reset_of(s, 'ada'), 'a second reset of ada')


plant('ATK-062', 'src/flow/guard.c', 'everybody is told at once why a reset is not possible',
      'return w->known && w->trusted && (', 'return w->known && (')
plant('ATK-062', 'src/spec/flow/signin.def', 'a locked or disabled account is told so before the password was right',
      'ROW(begun,       password, always,            feign_try,         wrong,        trying)',
      'ROW(begun,       password, always,            feign_try,         contact_desk, shut)')
plant('ATK-062', 'src/flow/judge.c', 'of a code\'s form only those are told who exist',
      'return e > 0 ? refuse_form(w, "code_malformed") : e;',
      'return e > 0 && w->known ? refuse_form(w, "code_malformed") : e > 0 ? (err)reply_again : e;')


# ---- the mail server elsewhere, or nowhere ----

def mail_at(s, port):
    """The mail server is at another port from here on; None: there is none."""
    text = s.server.config.read_text()
    text = re.sub(r'smtpPort = \d+', f'smtpPort = {port}', text) if port else re.sub(r'smtp.*\n', '', text)
    s.server.stop()
    s.server.config.write_text(text)
    s.server.start()


@contextlib.contextmanager
def black_hole():
    """A mail server that takes connections and never says a word."""
    with socket.socket() as listener:
        listener.bind(('127.0.0.1', 0))
        listener.listen(64)
        yield listener.getsockname()[1]


def closed_port():
    with socket.socket() as listener:
        listener.bind(('127.0.0.1', 0))
        return listener.getsockname()[1]


def soonest(ask, count=10):
    """The least time, in milliseconds, that such a request took."""
    def one():
        began = time.monotonic()
        ask()
        return (time.monotonic() - began) * 1000
    return min(one() for _ in range(count))


@attack('ATK-063', settings=MANY_STARTS)
def a_reset_takes_the_same_steps_for_everyone_and_waits_for_no_mail(s):
    """While the mail server takes connections and says nothing, resets of a person, of a disabled one and of nobody are answered, with the letter still
    waiting. Each answer is held back to 25 ms, so that what happens below does not show, and each puts one message into the outbox, to somebody or nobody."""
    with black_hole() as port:
        s.server.turn(1000)
        mail_at(s, port)
        made = {}
        for name in ('ada', 'eve', 'zoe'):
            v = s.visitor()
            v.get('/recover')
            form, before = {**v.token(), 'name': name}, s.server.rows('SELECT COUNT(*) FROM outbox')[0][0]
            page = v.send('/recover', form)
            made[name] = page.status, s.server.rows('SELECT COUNT(*) FROM outbox')[0][0] - before
            for path, fields in (('/recover', form), ('/recover/answer', {**v.token(), 'code': '12345678'}),
                                 ('/recover/resend', v.token())):
                body = '&'.join(f'{k}={f}' for k, f in fields.items())
                least = soonest(lambda: v.ask('POST', path, body))
                assert least >= 25, f'{path} for {name} was answered after {least:.1f} ms'
        assert set(made.values()) == {(303, 1)}, f'answers and messages differ: {made}'
        assert not s.letters(s.ada.mail)
        assert s.server.rows("SELECT COUNT(*) FROM outbox WHERE recipient IS NOT NULL AND state IN ('waiting', 'leased')")[0][0], (
            'the answers waited for the mail')


plant('ATK-063', 'src/flow/effect.c', 'nobody\'s message is not written, as it would go nowhere',
      '\tif ((e = sent_code_make(w->c, &code)) || (e = code_pairs(w, code, pairs)) ||\n'
      '\t\t(e = outbox_add(&w->unit, NULL, STR_NONE, "recover_code", pairs, 7)))\n\t\treturn e;\n',
      '\tif ((e = sent_code_make(w->c, &code)) || (e = code_pairs(w, code, pairs)))\n\t\treturn e;\n')
plant('ATK-063', 'src/spec/operation.def', 'a code is answered as soon as it was compared',
      'OPERATION(recover_answer, visitor, flow_page, none, silent,', 'OPERATION(recover_answer, visitor, flow_page, none, quick,')


@attack('ATK-064', settings=MANY_STARTS)
def a_mail_server_that_is_down_shows_on_no_page(s):
    """The mail server is down, then none is set: a reset is answered in the same bytes for a person whose code cannot leave and for nobody, before and after the
    courier has met it."""
    s.expected.append('"level":"error"')
    for port in (closed_port(), None):
        mail_at(s, port)
        s.server.turn(1000)  # codes may be sent again
        for _ in range(2):
            pages = {}
            for name in ('ada', 'mia', 'zoe'):
                v = s.visitor()
                pages[name] = [seen(page, name) for page in (v.post('/recover', {'name': name}), v.page, v.send('/recover/resend', v.token()), v.page)]
                assert pages[name][0][0] == 303, f'a reset of {name} was answered with {pages[name][0][0]}'
            for name in ('ada', 'mia'):
                equal(pages['zoe'], pages[name], f'without a mail server, a reset of {name}')
            if port:
                until = time.monotonic() + 15
                while not s.server.rows("SELECT COUNT(*) FROM outbox WHERE message = 'recover_code' AND attempts > 0")[0][0]:
                    if time.monotonic() > until:
                        raise TimeoutError('the courier did not try')
                    time.sleep(0.05)
    assert not s.letters(), 'a letter came all the same'


plant('ATK-064', 'src/flow/effect.c', 'where no mail server is set, whoever would get a code sees an error',
      '\tif ((e = sent_code_make(c, &code)) || (e = keep_code(w, code)) ||\n',
      '\tif (!c->conf->smtp_host.length)\n\t\treturn fault(c, fault_mail, "no mail server");\n'
      '\tif ((e = sent_code_make(c, &code)) || (e = keep_code(w, code)) ||\n')


@attack('ATK-065', settings=MANY_STARTS)
def a_limit_tells_nobody_whether_anything_was_sent(s):
    """20 resets one after another, and 20 times "send again" in the first: each answer is the same for a person, whose limit strikes after three, and for nobody."""
    def many(name):
        pages = []
        for count in (20, *[0] * 19):
            v = s.visitor()
            pages.extend([seen(v.post('/recover', {'name': name}), name), seen(v.page, name)])
            for _ in range(count):
                pages.extend([seen(v.send('/recover/resend', v.token()), name), seen(v.page, name)])
        return pages

    s.server.turn(1000)
    known = many('ada')
    sent = s.server.rows("SELECT COUNT(*) FROM sending")[0][0]
    assert known[0][0] == 303 and sent >= 3, f'the honest way does not work: {known[0]}, {sent} sent'
    equal(many('zoe'), known, 'asking for codes')


plant('ATK-065', 'src/spec/flow/recover.def', 'whoever asks for codes too often is told to wait',
      'ROW(asked,   resend,   by_mail,         feign_code,  check_messages, asked)',
      'ROW(asked,   resend,   by_mail,         feign_code,  too_fast,       asked)')


@attack('ATK-066', settings=MANY_STARTS)
def no_page_of_a_reset_shows_more_than_was_typed(s):
    """A reset begun with the name in capitals, in full width, or with the work address: pages show what was typed, never the account's own spelling, an address or
    a part of one, before and after the first proof."""
    def shown(typed):
        v = s.visitor()
        arrived(v.post('/recover', {'name': typed}), 'check_messages')
        pages = [v.page]
        v.get('/recover/ways')
        pages.append(v.page)
        turn_to(v, 'totp')
        return v, [*pages, v.page]

    s.server.turn(1000)
    for known, unknown in (('ADA', 'ZOE'), ('ａｄａ', 'ｚｏｅ'), ('Ada@Example.net', 'Zoe@Example.net')):
        v, pages = shown(known)
        _, others = shown(unknown)
        equal([seen(p, unknown) for p in others], [seen(p, known) for p in pages], f'pages for {known}')
        arrived(answer(v, s.app_code(s.ada)), 'check_messages')
        for page in [*pages, v.page]:
            text = page.html.replace(known, '')
            for part in ('home.example', 'ada@', 'a***', 'a•'):
                assert part not in text, f'a page shows {part}'


plant('ATK-066', 'src/flow/walk.c', 'pages show the account\'s own name instead of what was typed',
      '\tif (w->known)\n\t\tw->flow.account = w->account.id;\n',
      '\tif (w->known) {\n\t\tw->flow.account = w->account.id;\n\t\tw->flow.name = w->account.name;\n\t}\n')
plant('ATK-066', 'src/flow/walk.c', 'pages after the first proof name the address the code went to',
      '\tpage->shown_name = w->flow.name;\n',
      '\tpage->shown_name = w->flow.real && methods_next(w->methods, method_mail, NULL) ?\n'
      '\t\tmethods_next(w->methods, method_mail, NULL)->address : w->flow.name;\n')


@attack('ATK-067', settings=MANY_STARTS)
def the_ways_shown_are_the_policys_not_the_persons(s):
    """Before a proof, the page of ways lists the same four for a person who has all, one who has mail alone, one without any, and nobody; and each
    can be asked for by each. At sign-in nothing is listed before the password was right."""
    listed = {}
    for name in ('ada', 'mia', 'dan', 'zoe'):
        v = s.visitor()
        arrived(v.post('/recover', {'name': name}), 'check_messages')
        v.get('/recover/ways')
        listed[name] = sorted(re.findall(r'value="(mail|totp|recovery_code|passkey)"', v.page.html))
        for method in ('totp', 'recovery_code', 'passkey', 'mail'):
            turn_to(v, method)
        v = s.visitor()
        page = v.post('/signin', {'name': name, 'password': 'not the password'})
        assert not re.search(r'value="(totp|recovery_code|passkey)"', page.html), 'a way is listed before the password was right'
    assert len(listed['ada']) == 4, f'the honest way does not work: {listed}'
    assert all(ways == listed['ada'] for ways in listed.values()), f'the ways differ: {listed}'
    arrived(s.visitor().post('/signin', {'name': 'ada', 'password': PASSWORD}), 'prove')


plant('ATK-067', 'src/flow/walk.c', 'only ways that the person has are listed',
      'w->table == &flow_signin ? serves_signin(w, kind) : w->offered[kind];',
      'w->table == &flow_signin ? serves_signin(w, kind) : w->offered[kind] &&\n'
      '\t\t\t(!w->known || methods_next(w->methods, kind, NULL));')


@attack('ATK-068', settings=MANY_STARTS)
def no_page_names_a_key_before_a_proof(s):
    """Ada registers a passkey. Until a first proof, the page that asks for one is the same for her as for one who has none and for a name
    that nobody has, and names no key; after it hers is named. The sign-in page, and what it is asked with, know of nobody."""
    key = s.passkey(s.ada)
    pages = {}
    for name in ('ada', 'mia', 'zoe'):
        v = s.visitor()
        arrived(v.post('/recover', {'name': name}), 'check_messages')
        turn_to(v, 'passkey')
        pages[name] = seen(v.page, name)
        assert passkey_asked(v)['allowCredentials'] == [], f'a key of {name} is named'
        page = v.ask('GET', '/signin/passkey/options')
        assert json.loads(page.html)['allowCredentials'] == [], 'the sign-in page names a key'
    assert pages['ada'] == pages['mia'] == pages['zoe'], 'the pages differ'
    v = s.asked('ada')
    s.settle()
    arrived(answer(v, s.code_to(s.ada)), 'next_proof')
    turn_to(v, 'passkey')
    assert [row['id'] for row in passkey_asked(v)['allowCredentials']] == [text(key.id)], 'the honest way does not work'


plant('ATK-068', 'src/flow/walk.c', 'the keys of whoever is named are listed at once',
      'bool named = w->known && (w->flow.real || w->table == &flow_signin);', 'bool named = w->known;')
plant('ATK-068', 'src/flow/walk.c', 'where nobody has that name no challenge is made',
      '\tif (w->state != state_asked || !str_is(w->flow.method, method_name(method_passkey)))',
      '\tif (!w->known || w->state != state_asked || !str_is(w->flow.method, method_name(method_passkey)))')
