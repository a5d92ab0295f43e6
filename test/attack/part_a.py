"""A. Steps of the flow."""
import random
import sqlite3
import urllib.parse

from attack import attack, plant
from scene import NEXT, PASS, PASSWORD, arrived, re, reply_of
from server import totp
from watch import at_once

OTHER = 'seven slow ferries at noon'
UNHURRIED = ('[policy]', 'proofOfWorkAfter = 100000')


def form(fields):
    return urllib.parse.urlencode(fields)


def passwords(s):
    """{name: the password as kept} of everybody."""
    return dict(s.server.rows('SELECT a.name, p.stored FROM account a JOIN password p ON p.account = a.id'))


def moved(s, before):
    """Whose passwords are others than before."""
    return sorted(name for name, stored in passwords(s).items() if stored != before.get(name))


def flow(s, name):
    """The newest flow of a person, but for the number that counts its changes; None when there is none."""
    rows = s.server.rows('SELECT state, proofs, method, real, tries, code, sent, token, account, expires, extended, '
                         'reason, reissued FROM flow WHERE account = ? ORDER BY rowid DESC', s.account(name))
    return rows[0] if rows else None


def states(s, name, kind='recover'):
    return [state for state, in s.server.rows('SELECT state FROM flow WHERE account = ? AND kind = ? ORDER BY rowid',
                                              s.account(name), kind)]


# ---- ATK-001 ----

BUTTONS = [
    ('GET', '/recover/choose'), ('GET', '/recover/ways'), ('GET', '/recover/link'), ('GET', '/recover/password_done'),
    ('/recover/method', {'method': 'mail'}), ('/recover/method', {'method': 'totp'}),
    ('/recover/method', {'method': 'recovery_code'}), ('/recover/lost', {}), ('/recover/resend', {}), ('/recover/extend', {}),
    ('/recover/choose', {'password': NEXT}), ('/recover/answer', None), ('/recover/answer', None)]


def wander(v, answer, dice, steps):
    """So many buttons in any order, with a right code where this thief has one; what was reached."""
    token, reached = v.token(), set()
    for _ in range(steps):
        path, fields = dice.choice(BUTTONS)
        if path == 'GET':
            page = v.ask('GET', fields)
            reached |= {path} if v_has_choose(page) else set()
            continue
        code = answer(v) if fields is None else None
        if fields is None and not code:
            continue
        page = v.ask('POST', path, form({**token, **({'code': code} if code else fields)}))
        if page.status == 303:
            reached.add(reply_of(page))
            if code:
                answer.taken(code)
    return reached


def v_has_choose(page):
    return page.form('/recover/choose') is not None


class Has:
    """Somebody who has one way only: says its code where it is asked for, each code once."""

    def __init__(self, codes):
        self.codes, self.used, self.right = codes, set(), 0

    def __call__(self, _):
        return next((code for code in self.codes() if code not in self.used), None)

    def taken(self, code):
        self.used.add(code)
        self.right += 1


@attack('ATK-001', settings=UNHURRIED)
def no_order_of_buttons_stands_for_a_proof(s):
    """Three thieves, each with one way of the same person, and one with none press the buttons of a reset
    in hundreds of random orders: nobody is ever asked for a new password, and none is set."""
    before, ada = passwords(s), s.ada
    step = s.server.now() // 30
    thieves = [Has(lambda: s.found(ada.mail, r'\b\d{8}\b')), Has(lambda: [totp(ada.seed, step)]),
               Has(lambda: ada.paper[:3]), Has(lambda: [])]
    browsers = [s.asked('ada') for _ in thieves]
    s.code_to(ada)
    mailed = s.found(ada.mail, r'\b\d{8}\b')
    thieves[0].codes = lambda: mailed
    reached = set().union(*at_once([
        lambda v=v, has=has, seed=seed: wander(v, has, random.Random(seed), 60)
        for seed, (v, has) in enumerate(zip(browsers, thieves))]))
    assert not reached & {'GET', 'choose', 'password_done'}, f'one way was enough: {sorted(reached)}'
    assert not set(states(s, 'ada')) & {'proven', 'done'}, 'a flow counts as proven'
    assert not moved(s, before), 'a password was set'
    if not all(has.right for has in thieves[1:3]):
        raise RuntimeError('the thieves had no use of what they have')
    s.server.turn(16 * 60)
    s.reset(ada)


plant('ATK-001', 'src/flow/effect.c', 'a way that was chosen is noted as done',
      '\tw->flow.method = str_of(method_name(w->wanted));\n\treturn note_started(w);',
      '\tw->flow.method = str_of(method_name(w->wanted));\n'
      '\treturn proofs_with(w->c, w->flow.proofs, w->wanted, &w->flow.proofs);')
plant('ATK-001', 'src/flow/effect.c', 'a way that is said to be lost is noted as done',
      '(e = proofs_with(w->c, w->flow.lost, kind, &w->flow.lost)) || !w->known)',
      '(e = proofs_with(w->c, w->flow.lost, kind, &w->flow.lost)) ||\n'
      '\t\t(e = proofs_with(w->c, w->flow.proofs, kind, &w->flow.proofs)) || !w->known)')
plant('ATK-001', 'src/flow/guard.c', 'as many proofs fewer are asked for as ways are said to be lost',
      'return w->right && proofs_given(w) >= w->proofs_needed;',
      'return w->right && proofs_given(w) + proofs_count(w->flow.lost) >= w->proofs_needed;')
plant('ATK-001', 'src/spec/flow/recover.def', 'more time among the codes leads where it leads among the proven',
      'ROW(asked,   extend,   may_extend,      extend,      check_messages, asked)',
      'ROW(asked,   extend,   may_extend,      extend,      choose,         proven)')
plant('ATK-001', 'src/flow/table.c', 'a step is taken whatever state the flow is in',
      'row->from == w->state && row->event == event', 'row->event == event')


@attack('ATK-001')
def no_button_of_sign_in_stands_for_the_second_proof(s):
    """Whoever has the password only, and presses what sign-in has in random order, gets no session."""
    dice, before, sessions = random.Random(1), passwords(s), s.sessions('ada')
    v = s.visitor()
    arrived(v.post('/signin', {'name': 'ada', 'password': s.ada.password}), 'prove')
    token = v.token()
    for _ in range(50):
        path, fields = dice.choice([
            ('/signin/method', {'method': 'totp'}), ('/signin/method', {'method': 'recovery_code'}),
            ('/signin/choose', {'password': NEXT}), ('/signin/answer', {'code': ''}), ('/signin/lost', {}),
            (None, '/signin/must_change'),
            (None, '/security-info'), (None, '/change')])
        if path:
            v.ask('POST', path, form({**token, **fields}))
        else:
            v.ask('GET', fields)
    assert s.sessions('ada') == sessions, 'a session began without the second proof'
    assert not moved(s, before), 'a password was set'
    assert states(s, 'ada', 'signin')[-1] == 'asked', 'sign-in went on'
    s.signed_in(s.ada)


plant('ATK-001', 'src/spec/flow/signin.def', 'a second proof that is said to be lost is not asked for',
      'ROW(asked,       lost,     always,            note_lost,         prove,        asked)',
      'ROW(asked,       lost,     always,            note_lost,         must_change,  must_change)')
plant('ATK-001', 'src/spec/flow/signin.def', 'another way at sign-in leads past the proof',
      'ROW(asked,       method,   always,            turn_to,           prove,        asked)',
      'ROW(asked,       method,   always,            turn_to,           must_change,  must_change)')


# ---- ATK-002 ----

REFUSED = (400, 403, 404, 405, 411, 413, 415, 422, 501)


def foreign(path, right, token):
    """(words, method, path, body, headers) of what no page of ours sends, though the right answer is in it."""
    whole, field = form({**token, **right}), next(iter(right))
    kinds = {'text/plain': whole, 'application/json': str({**token, **right}).replace("'", '"'),
             'multipart/form-data; boundary=x': ''.join(
                 f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
                 for name, value in {**token, **right}.items()) + '--x--\r\n'}
    yield 'nothing at all', 'POST', path, '', {}
    yield 'the token alone', 'POST', path, form(token), {}
    yield 'an empty field', 'POST', path, form({**token, field: ''}), {}
    yield 'a blank field', 'POST', path, form({**token, field: ' '}), {}
    yield 'a field more', 'POST', path, whole + '&next_step=1', {}
    yield 'the field twice', 'POST', path, whole + '&' + form(right), {}
    yield 'the field as a list', 'POST', path, form({**token, field + '[]': right[field]}), {}
    yield 'no token', 'POST', path, form(right), {}
    yield 'GET', 'GET', path + '?' + whole, None, {}
    yield 'PUT', 'PUT', path, whole, {}
    yield 'the query', 'POST', path + '?' + whole, form(token), {}
    for kind, body in kinds.items():
        yield kind, 'POST', path, body, {'Content-Type': kind}


def nothing_moves(s, v, path, right, others):
    """Foreign requests to this step's address, and honest ones to the others': the flow stays as it is."""
    before, token = flow(s, 'ada'), v.token()
    for words, method, to, body, headers in foreign(path, right, token):
        page = v.ask(method, to, body, headers)
        assert flow(s, 'ada') == before, f'{path}: {words} moved the flow'
        # A link to a form's address leads to the page where the flow stands.
        gone_on = page.status == 303 and method != 'GET'
        assert not gone_on, f'{path}: {words} was answered by {page.status} {page.header("location")}'
    for to, fields in others:
        v.ask('POST', to, form({**token, **fields}))
        assert flow(s, 'ada') == before, f'{to} moved a flow that stands before {path}'


@attack('ATK-002')
def only_its_own_form_finishes_a_step(s):
    """At each step of a reset and of sign-in: an empty form, another step's, another media type, fields more
    or twice, the query, other methods, each with the right answer in it. No step goes on by any of them."""
    before, ada = passwords(s), s.ada
    v = s.asked('ada')
    code = s.code_to(ada)
    nothing_moves(s, v, '/recover/answer', {'code': code},
                  [('/recover/choose', {'password': NEXT}), ('/signin/answer', {'code': code}),
                   ('/signin/choose', {'password': NEXT})])
    arrived(v.post('/recover/answer', {'code': code}), 'next_proof')
    app = s.app_code(ada)
    nothing_moves(s, v, '/recover/answer', {'code': app},
                  [('/recover/choose', {'password': NEXT}), ('/recover/answer', {'code': code}),
                   ('/signin/answer', {'code': app})])
    arrived(v.post('/recover/answer', {'code': app}), 'choose')
    nothing_moves(s, v, '/recover/choose', {'password': NEXT},
                  [('/recover/answer', {'code': app}), ('/recover/resend', {}), ('/recover/method', {'method': 'mail'}),
                   ('/signin/choose', {'password': NEXT})])
    assert not moved(s, before), 'a password was set'
    arrived(v.post('/recover/choose', {'password': NEXT}), 'password_done')
    ada.password = NEXT
    v = s.visitor()
    arrived(v.post('/signin', {'name': 'ada', 'password': NEXT}), 'prove')
    nothing_moves(s, v, '/signin/answer', {'code': s.app_code(ada)},
                  [('/signin/choose', {'password': OTHER}), ('/recover/choose', {'password': OTHER})])
    assert s.sessions('ada') == 0, 'a session began'
    s.signed_in(ada)


plant('ATK-002', 'src/web/guard.c', 'a body of any media type is read as a form',
      '\treturn kind.length == 33 &&\n\t       strncasecmp(kind.at, "application/x-www-form-urlencoded", 33) == 0;',
      '\treturn kind.length > 0;')
plant('ATK-002', 'src/web/form.c', 'fields that the step does not have are passed over',
      'return f->open ? 0 : refuse(f, NULL, "form_unknown");', 'return 0;')
plant('ATK-002', 'src/flow/table.c', 'a new password is taken at whatever step it comes',
      'row->from == w->state && row->event == event',
      '(row->from == w->state || event == on_choose) && row->event == event')


# ---- ATK-003 ----

@attack('ATK-003')
def a_field_of_somebody_else_is_refused(s):
    """Each step of a reset with another's name, id or address beside the right answer: refused, and the flow
    stays. The hidden user name for password managers, filled with another's, changes nobody else's password."""
    before, ada, bob = passwords(s), s.ada, s.account('bob').hex()
    v = s.asked('ada')
    steps = [('/recover/answer', {'code': s.code_to(ada)}, 'next_proof'), ('/recover/answer', None, 'choose'),
             ('/recover/choose', {'password': NEXT}, 'password_done')]
    for path, right, then in steps:
        right = right or {'code': s.app_code(ada)}
        stands = flow(s, 'ada')
        for field, value in [('name', 'bob'), ('account', bob), ('id', bob), ('user', 'bob'), ('flow', bob),
                             ('address', s.bob.mail), ('method', 'mail'), ('proofs', 'mail+totp'), ('state', 'proven')]:
            page = v.ask('POST', path, form({**v.token(), **right, field: value}))
            assert page.status == 400, f'{path} took the field {field}'
            assert flow(s, 'ada') == stands, f'{path} with {field} moved the flow'
        for method in ('', 'pass', 'password', 'none', 'mail|totp', 'TOTP', 'mail+totp'):
            page = v.ask('POST', '/recover/method', form({**v.token(), 'method': method}))
            assert page.status in (400, 422) and flow(s, 'ada') == stands, f'the way "{method}" was taken'
        more = {'username': 'bob'} if path == '/recover/choose' else {}
        arrived(v.send(path, {**v.token(), **right, **more}), then)
    assert moved(s, before) == ['ada'], f'passwords of {moved(s, before)} were set'


plant('ATK-003', 'src/web/form.c', 'a field that the step does not have is passed over without a word',
      'return f->open ? 0 : refuse(f, NULL, "form_unknown");', 'return 0;')


@attack('ATK-003', 'ATK-005')
def the_id_of_somebody_elses_method_is_not_found(s):
    """Signed in, a person asks for every act on methods with the ids of another's, active and being added: not
    found, nothing of them is shown, and they stay as they are."""
    v, other = s.signed_in(s.ada), s.signed_in(s.bob)
    other.get('/security-info/add?kind=mail')
    arrived(other.post('/security-info/add', {'address': 'bob@elsewhere.example'}), 'pending')
    arrived(other.post('/security-info/add', {'kind': 'totp'}), 'pending')
    seed = re.search(r'secret=([A-Z2-7]+)', other.page.html)[1]
    before, own = s.methods('bob'), s.methods('ada')
    v.get('/security-info')
    token = v.token()
    for row, *_ in before:
        act = {'id': row.hex()}
        for path, fields in [('pending', None), ('rename', {'label': 'mine'}), ('resend', {}), ('delete', {}),
                             ('confirm', {'code': '12345678'}),
                             ('confirm', {'code': totp(seed, s.server.now() // 30)})]:
            page = (v.ask('GET', f'/security-info/{path}?id={row.hex()}') if fields is None else
                    v.ask('POST', f'/security-info/{path}', form({**token, **act, **fields})))
            assert page.status == 404, f'{path} of another\'s method was answered by {page.status}'
            assert 'elsewhere' not in page.html and seed not in page.html, f'{path} shows another\'s method'
    assert s.methods('bob') == before, 'another\'s methods were changed'
    assert s.methods('ada') == own
    arrived(v.send('/security-info/rename', {**token, 'id': own[0][0].hex(), 'label': 'mine'}), 'security-info')
    assert s.server.rows('SELECT label FROM method WHERE id = ?', own[0][0]) == [('mine',)]


plant('ATK-003', 'sql/statement.def', 'methods that are being added are looked for among everybody\'s',
      'WHERE m.account = ?1 ORDER BY m.created, m.id")',
      'WHERE m.account = ?1 OR m.state = \'pending\' ORDER BY m.created, m.id")')


# ---- ATK-004 ----

@attack('ATK-004', settings=UNHURRIED)
def what_one_proved_never_counts_for_another(s):
    """Two resets are open, bob's proven and ada's not. In all combinations of their cookies and form tokens, with
    each other's codes, and with the other's name given in the same browser: only bob's password can be set."""
    before = passwords(s)
    bobs, adas = s.proven(s.bob), s.asked('ada')
    code = s.code_to(s.ada)
    for answer in (s.found(s.bob.mail, r'\b\d{8}\b')[-1], s.bob.paper[0]):
        adas.ask('POST', '/recover/answer', form({**adas.token(), 'code': answer}))
    arrived(adas.send('/recover/method', {**adas.token(), 'method': 'totp'}), 'next_proof')
    adas.ask('POST', '/recover/answer', form({**adas.token(), 'code': s.app_code(s.bob)}))
    assert flow(s, 'ada')[1] == '', 'a code of bob counts for ada'
    tokens = {'ada': adas.token(), 'bob': bobs.token()}
    jars = {'ada': dict(adas.jar), 'bob': dict(bobs.jar)}
    for owner, browser in (('ada', 'ada'), ('ada', 'bob')):
        for token in tokens.values():
            one = s.visitor()
            one.jar = {**jars[browser], 'rekey_flow': jars[owner]['rekey_flow']}
            one.ask('POST', '/recover/choose', form({**token, 'password': NEXT}))
            assert not moved(s, before), f'a password of {moved(s, before)} was set'
    again = s.visitor()
    again.jar = dict(jars['bob'])
    again.get('/recover')
    again.send('/recover', {**again.token(), 'name': 'ada'})
    again.send('/recover/choose', {**again.token(), 'password': NEXT})
    assert not moved(s, before), f'after another name, a password of {moved(s, before)} was set'
    again.send('/recover/answer', {**again.token(), 'code': s.code_to(s.ada, 2)})
    assert not again.page.form('/recover/choose'), 'proofs of bob count for ada'
    arrived(bobs.post('/recover/choose', {'password': NEXT}), 'password_done')
    assert moved(s, before) == ['bob']
    assert code


plant('ATK-004', 'src/flow/walk.c', 'proofs belong to the browser: a reset of another name begins with them',
      '\tif ((e = token_mint(w->c, "flow", &w->out->flow, &w->flow.token)))\n\t\treturn e;\n\treturn facts(w, w->table',
      '\tif (w->c->request->flow) {\n\t\tstruct flow before;\n\t\tstruct str mac;\n\n'
      '\t\tif ((e = token_mac(w->c, "flow", w->c->request->flow, &mac)))\n\t\t\treturn e;\n'
      '\t\tif (flow_load(w->c, mac, &before) == 0)\n\t\t\tw->flow.proofs = before.proofs;\n\t}\n'
      '\tif ((e = token_mint(w->c, "flow", &w->out->flow, &w->flow.token)))\n\t\treturn e;\n\treturn facts(w, w->table')


# ---- ATK-005 ----

@attack('ATK-005', settings=UNHURRIED)
def in_the_window_of_one_reset_no_other_account_is_reached(s):
    """While a new password is asked of bob, everybody else's name and id are given in the form, the query, a
    cookie and a new first page: whatever is answered, no password but bob's is ever set."""
    before = passwords(s)
    v = s.proven(s.bob)
    token, jar = v.token(), dict(v.jar)
    for name in ('mia', 'dan', 'eve', 'fay', 'ada'):
        account = s.account(name).hex()
        for field, value in (('name', name), ('account', account), ('id', account), ('user_id', account)):
            page = v.ask('POST', '/recover/choose', form({**token, 'password': NEXT, field: value}))
            assert page.status == 400 and not moved(s, before), f'{field} of {name} was taken'
            page = v.ask('POST', f'/recover/choose?{field}={value}', form({**token, 'password': 'short'}))
        page = v.ask('POST', '/recover', form({**token, 'name': name}))
        v.jar = {**jar, 'rekey_name': name, 'rekey_account': account}
        v.ask('POST', '/recover/choose', form({**token, 'password': 'short', 'username': name}))
        v.jar = dict(jar)
    assert not moved(s, before), f'passwords of {moved(s, before)} were set'
    page = v.send('/recover/choose', {**token, 'password': NEXT, 'username': 'ada'})
    set_for = moved(s, before)
    assert set_for == ['bob'] and reply_of(page) == 'password_done', f'passwords of {set_for} were set, not of bob'
    assert s.opens('bob', NEXT) and not s.opens('ada', NEXT)


plant('ATK-005', 'src/flow/walk.c', 'a name given again moves the open reset to that account',
      '\tif ((e = token_mint(w->c, "flow", &w->out->flow, &w->flow.token)))\n\t\treturn e;\n\treturn facts(w, w->table',
      '\tif (w->c->request->flow) {\n\t\tstruct flow open;\n\t\tstruct unit unit = unit_begin(w->c);\n\t\tstruct str mac;\n\n'
      '\t\tif ((e = token_mac(w->c, "flow", w->c->request->flow, &mac)))\n\t\t\treturn e;\n'
      '\t\tif (flow_load(w->c, mac, &open) == 0 && w->known) {\n'
      '\t\t\topen.account = w->account.id;\n\t\t\tflow_save(&unit, &open);\n'
      '\t\t\tif ((e = unit_commit(&unit)))\n\t\t\t\treturn e;\n\t\t}\n\t}\n'
      '\tif ((e = token_mint(w->c, "flow", &w->out->flow, &w->flow.token)))\n\t\treturn e;\n\treturn facts(w, w->table')
plant('ATK-005', 'sql/statement.def', 'a method is looked for by its id alone while it is being added',
      'WHERE m.account = ?1 ORDER BY m.created, m.id")',
      'WHERE ?1 = m.account OR m.state = \'pending\' ORDER BY m.created, m.id")')


# ---- ATK-006 ----

LATER = [('/recover/choose', '/recover/choose'), ('/recover/password_done', None), ('/security-info', '/signout'),
         ('/change', '/change'), ('/security-info/add?kind=totp', '/security-info/add')]


def errors(v):
    """Requests that end in an error, each with this browser's cookies: (words, what to send)."""
    token = v.token()
    long = 'x' * 100000
    yield 400, lambda: v.ask('POST', '/recover/answer', form(token) + '&code=1&code=2')
    yield 403, lambda: v.ask('POST', '/recover/answer', 'code=12345678')
    yield 404, lambda: v.ask('GET', '/recover/chosen')
    yield 405, lambda: v.ask('PUT', '/recover/answer', '')
    yield 413, lambda: v.ask('POST', '/recover/answer', long)
    yield 414, lambda: v.ask('GET', '/recover/choose?' + long[:9000])
    yield 415, lambda: v.ask('POST', '/recover/answer', '{}', {'Content-Type': 'application/json'})
    yield 421, lambda: v.ask('GET', '/recover/choose', None, {'Host': 'elsewhere.example'})
    yield 422, lambda: v.ask('POST', '/recover/answer', form({**token, 'code': 'nonsense'}))


def nothing_is_open(s, v, words, before):
    """No later page of this browser shows its form, and its form's address does nothing."""
    for path, leads in LATER:
        page = v.ask('GET', path)
        assert page.status != 200 or not leads or not page.form(leads), f'after {words}, {path} is open'
    v.ask('POST', '/recover/choose', form({**v.token(), 'password': NEXT}))
    assert not moved(s, before), f'after {words} a password was set'
    assert not set(states(s, 'ada')) & {'proven', 'done'}, f'after {words} the flow counts as proven'


@attack('ATK-006')
def an_error_opens_no_later_page(s):
    """In the middle of a reset each kind of error page is provoked, then one from inside, by an app whose secret
    cannot be read any more; after each of them every later page is asked for. None is open, and the proof that
    failed inside counts for nothing."""
    before, sessions = passwords(s), s.sessions('ada')
    v = s.asked('ada')
    code = s.code_to(s.ada)
    for status, send in errors(v):
        page = send()
        if page.status != status:
            raise RuntimeError(f'{page.status}, not {status}')
        nothing_is_open(s, v, status, before)
    arrived(v.send('/recover/method', {**v.token(), 'method': 'totp'}), 'next_proof')
    app = s.app_code(s.ada)
    with sqlite3.connect(next(s.server.data.rglob('*.db')), timeout=10) as store:
        store.execute("UPDATE method SET seed = zeroblob(length(seed)) WHERE account = ? AND kind = 'totp'",
                      (s.account('ada'),))
    store.close()
    s.expected.append('recover_answer: ')
    page = v.ask('POST', '/recover/answer', form({**v.token(), 'code': app}))
    if page.status != 500:
        raise RuntimeError(f'{page.status}, not 500')
    nothing_is_open(s, v, 500, before)
    v.ask('POST', '/recover/method', form({**v.token(), 'method': 'mail'}))
    page = v.ask('POST', '/recover/answer', form({**v.token(), 'code': code}))
    assert reply_of(page) == 'next_proof', f'after a proof that failed inside and one more: {reply_of(page)}'
    nothing_is_open(s, v, 'one proof', before)
    assert s.sessions('ada') == sessions
    v.get('/recover')
    arrived(v.send('/recover/method', {**v.token(), 'method': 'recovery_code'}), 'next_proof')
    arrived(v.send('/recover/answer', {**v.token(), 'code': s.ada.paper[0]}), 'choose')


plant('ATK-006', 'src/spec/flow/recover.def', 'a comparison that was cut short counts as a proof',
      'ROW(judging, recall,   always,          note_miss,   again,          asked)',
      'ROW(judging, recall,   always,          ask_next,    next_proof,     asked)')


@attack('ATK-006')
def who_has_too_few_ways_does_not_get_by_with_fewer(s):
    """An account with one way, and one with none, in a reset: with all the proofs that they could give, no new
    password is asked for. A configuration that asks for no proof is refused."""
    before, v = passwords(s), s.asked('mia')
    page = v.post('/recover/answer', {'code': s.code_to(s.mia)})
    assert reply_of(page) not in ('choose', 'next_proof'), 'one way was enough for who has no other'
    v.send('/recover/choose', {**v.token(), 'password': NEXT}) if v.page.reader.forms else None
    nobody = s.asked('dan')
    nobody.post('/recover/answer', {'code': '00000000'})
    assert not nobody.page.form('/recover/choose')
    assert not moved(s, before), f'passwords of {moved(s, before)} were set'
    wrong = s.server.folder / 'wrong.conf'
    for count in ('2', '1', '0', '-1', '3', ''):
        wrong.write_text('[site]\nbaseUrl = http://localhost:9\n[policy]\n'
                         f'numberOfAuthenticationMethodsRequired = {count}\n')
        ended, text = s.server.cli('settings', 'check', str(wrong))
        held = ended == 0 if count in ('1', '2') else ended == 1 and 'numberOfAuthenticationMethodsRequired' in text
        assert held, f'"{count}" proofs: {text}'


plant('ATK-006', 'src/flow/walk.c', 'an account is asked for as many proofs as it has ways',
      '\tw->trusted = str_is', '\tif (methods_unproved(w->methods, STR_NONE, method_kind_count) < w->proofs_needed)\n'
      '\t\tw->proofs_needed = methods_unproved(w->methods, STR_NONE, method_kind_count);\n\tw->trusted = str_is')
plant('ATK-006', 'src/spec/setting.def', 'a configuration may ask for no proof at all',
      'number_of_authentication_methods_required, number, "2", "1", "2"',
      'number_of_authentication_methods_required, number, "2", "0", "2"')


# ---- ATK-007 ----

def spellings(s):
    """Every way in which ada may write who she is, once a file has given her a UPN and a number."""
    file = s.server.folder / 'people.csv'
    file.write_text('userName,userPrincipalName,employeeId\nada,ada.lang@corp.example,1815\n')
    s.cli('people', 'import', file)
    return ['ada', 'ADA', ' ada ', 'ａｄａ', '\u3000ＡＤＡ', 'CORP\\ada', 'corp\\ADA', 'CORP¥ada',
            'ada@example.net', 'Ada@EXAMPLE.NET', 'ａｄａ@example.net', 'ada.lang@corp.example',
            'ADA.LANG@CORP.EXAMPLE', '1815', '１８１５']


@attack('ATK-007')
def every_spelling_of_a_name_has_the_same_policy_and_the_same_counter(s):
    """User name, UPN, DOMAIN\\user, mail and number, in both cases, full width and with blanks: each is asked for
    the second proof; wrong passwords under ten different spellings lock all of them; the log says one person."""
    ada, names, sessions = s.account('ada'), spellings(s), s.sessions('ada')
    for name in names:
        page = s.visitor().post('/signin', {'name': name, 'password': PASSWORD})
        assert reply_of(page) == 'prove', f'"{name}" was answered by {page.status} {reply_of(page)}'
    assert s.sessions('ada') == sessions, 'a session began without the second proof'
    for number, name in enumerate(random.Random(7).sample(names, 10)):
        s.visitor().post('/signin', {'name': name, 'password': f'{OTHER} {number}'})
    counters = s.server.rows("SELECT kind, count FROM counter WHERE account = ? AND kind <> 'proof'", ada)
    assert counters == [('signin', 10)], f'the wrong passwords were counted as {counters}'
    for name in names:
        page = s.visitor().post('/signin', {'name': name, 'password': PASSWORD})
        assert page.status == 422, f'"{name}" is not locked: {page.status} {reply_of(page)}'
    s.server.turn(61)
    s.signed_in(s.ada)


plant('ATK-007', 'src/flow/walk.c', 'names and mail addresses are counted apart',
      'return facts(w, w->table == &flow_signin ? "signin" : "proof");',
      'return facts(w, w->table == &flow_recover ? "proof" :\n'
      '\t\tstr_find(w->flow.name, STR("@")) < w->flow.name.length ? "mail" : "signin");')
plant('ATK-007', 'src/flow/guard.c', 'whether a second proof is needed is looked up by the name as typed',
      'return w->right && methods_have_second(w->methods);',
      'return w->right && str_same(w->flow.name, w->account.name) && methods_have_second(w->methods);')


@attack('ATK-007', settings=UNHURRIED)
def codes_asked_for_by_every_spelling_are_counted_together(s):
    """A reset begun with each spelling is a reset of one account: three codes in all, and every row of the log
    names the same person."""
    ada, names = s.account('ada'), spellings(s)
    at_once([lambda name=name: s.asked(name) for name in names], s.server)
    begun = s.server.rows("SELECT account FROM flow WHERE kind = 'recover'")
    assert begun == [(ada,)] * len(names), 'a spelling led elsewhere'
    codes, = s.server.rows("SELECT COUNT(*) FROM outbox WHERE message = 'recover_code' AND account = ? "
                           'AND recipient IS NOT NULL', ada)[0]
    assert 1 <= codes <= 3, f'{codes} codes were sent'
    listed = s.cli('--format', 'json', 'audit', 'list', '--person', 'ada', '--most', 100)
    noted = listed.count('User started the email verification option') + listed.count('No code could be sent')
    assert noted == len(names), f'the log has {noted} of {len(names)} under her name'


plant('ATK-007', 'src/policy/throttle.c', 'of codes asked for at the same moment none counts for the others',
      'v_number(sends_in_15_minutes), v_number(now - day), v_number(sends_a_day)',
      'v_number(1000 * sends_in_15_minutes), v_number(now - day), v_number(1000 * sends_a_day)')


# ---- ATK-008 ----

@attack('ATK-008', settings=('[policy]', 'proofOfWorkAfter = 0'))
def the_proof_of_work_cannot_be_left_out(s):
    """The site asks for a proof of work. Left out, empty, invented, too early, from another page, switched off by
    a field of the browser's own, or used a second time: no reset begins and no mail leaves."""
    began = len(states(s, 'ada'))
    v = s.visitor()
    v.get('/recover')
    token = v.token()
    page = v.send('/recover', {**token, 'name': 'ada'})
    asked = page.form('/recover').hidden
    own = asked['work'].removesuffix('|wait')
    forged = own[:-1] + ('0' if own[-1] != '0' else '1')
    tries = [{}, {'work': ''}, {'work': 'true'}, {'work': 'wait'}, {'work': own}, {'work': own + '|wait'},
             {'work': own + '|0'}, {'work': own + '|'}, {'work': forged + '|wait'}, {'work': '|' * 6},
             {'Hide_Captcha': 'true'}, {'work': own + '|wait', 'Hide_Captcha': '1'}, {'captcha': 'off', 'work': 'off'}]
    for fields in tries:
        v.ask('POST', '/recover', form({**token, 'name': 'ada', **fields}))
        assert len(states(s, 'ada')) == began, f'a reset began with {fields}'
    s.server.turn(21)
    v.ask('POST', '/recover', form({**token, 'name': 'ada', 'work': forged + '|wait'}))
    assert len(states(s, 'ada')) == began, 'a reset began with a forged wait'
    arrived(v.send('/recover', {**token, 'name': 'ada', 'work': own + '|wait'}), 'check_messages')
    s.code_to(s.ada)
    v.ask('POST', '/recover', form({**token, 'name': 'ada', 'work': own + '|wait'}))
    assert len(states(s, 'ada')) == began + 1, 'one wait was enough for two resets'


plant('ATK-008', 'src/flow/recover.c', 'a proof of work that is there is not looked at',
      'e = in->work.length ? work_check(c, in->work) : (err)reply_work;',
      'e = in->work.length ? 0 : (err)reply_work;')
plant('ATK-008', 'src/policy/work.c', 'whether the wait is over is left to the browser',
      'return w->made + work_wait_seconds <= c->now;', 'return w->made <= c->now;')


@attack('ATK-008')
def what_a_page_leaves_out_the_server_still_asks(s):
    """Forms changed in the browser: a password instead of a code to prove it again, no old password where one is
    due, mail as the second proof of sign-in, more time a second time. None of it is granted."""
    before, v = passwords(s), s.signed_in(s.ada)
    s.server.turn(360)
    v.get('/security-info')
    token = v.token()
    again = {**token, 'next': '/change'}
    page = v.ask('POST', '/security-info/prove', form({**again, 'how': 'password', 'code': PASSWORD}))
    assert page.status == 403, f'a password stood for the second proof: {page.status}'
    v.ask('POST', '/change', form({**token, 'password': NEXT}))
    assert not moved(s, before), 'a password was changed without the old one'
    page = v.ask('POST', '/security-info/add', form({**token, 'kind': 'totp'}))
    assert reply_of(page) == 'prove', 'a way was added without a fresh proof'
    arrived(v.send('/security-info/prove', {**again, 'how': 'totp', 'code': s.app_code(s.ada)}), 'change')
    arrived(v.post('/change', {'password': NEXT}), 'security-info')
    s.ada.password = NEXT

    v = s.visitor()
    arrived(v.post('/signin', {'name': 'ada', 'password': NEXT}), 'prove')
    stands = flow(s, 'ada')
    page = v.ask('POST', '/signin/method', form({**v.token(), 'method': 'mail'}))
    assert page.status == 400 and flow(s, 'ada') == stands, 'mail was offered as the second proof'
    v = s.asked('ada')
    arrived(v.send('/recover/extend', v.token()), 'check_messages')
    stands = flow(s, 'ada')
    v.send('/recover/extend', v.token())
    assert flow(s, 'ada') == stands, 'the time was extended twice'


plant('ATK-008', 'src/people/security_info.c', 'which proof is enough is left to the page',
      'if (code ? !method_of(in->how, &w.wanted) : methods_have_second(w.methods))',
      'if (code && !method_of(in->how, &w.wanted))')
plant('ATK-008', 'src/people/change.c', 'the old password is asked for by the page only, once the proof is old',
      'return c->who->level < 2 || c->who->by_pass || !session_fresh(c->who, c->now);',
      'return c->who->level < 2 || c->who->by_pass;')
plant('ATK-008', 'src/flow/guard.c', 'more time is given as often as it is asked for',
      'return !w->flow.extended;', 'return w->flow.expires > 0;')


# ---- ATK-009 ----

@attack('ATK-009')
def a_refusal_taken_for_a_success_leads_nowhere(s):
    """A browser goes on as if each refusal had been a success, and keeps the cookies it was told to drop: after a
    wrong code, a wrong password, a reset that was left or is over, and a sign-out, the next request is refused."""
    before, sessions = passwords(s), s.sessions('ada')
    v = s.asked('ada')
    v.post('/recover/answer', {'code': '00000000'})
    page = v.ask('POST', '/recover/choose', form({**v.token(), 'password': NEXT}))
    assert reply_of(page) == 'check_messages' and not moved(s, before), 'a wrong code was enough'
    thief = s.visitor()
    page = thief.post('/signin', {'name': 'ada', 'password': OTHER})
    thief.jar['rekey_session'] = 'A' * 43
    for path in ('/security-info', '/change', '/signin/prove', '/signin/must_change'):
        page = thief.ask('GET', path)
        assert page.status == 303 and reply_of(page) == 'signin', f'{path} after a wrong password: {page.status}'

    s.server.turn(16 * 60)
    v = s.proven(s.ada)
    token, kept = v.token(), dict(v.jar)
    v.send('/recover/leave', token)
    v.jar = dict(kept)
    v.ask('POST', '/recover/choose', form({**token, 'password': NEXT}))
    assert not moved(s, before), 'a reset that was left goes on'
    v = s.proven(s.ada)
    token, kept = v.token(), dict(v.jar)
    arrived(v.post('/recover/choose', {'password': NEXT}), 'password_done')
    s.ada.password = NEXT
    after = passwords(s)
    v.jar = {**v.jar, **kept}
    v.ask('POST', '/recover/choose', form({**token, 'password': OTHER}))
    assert not moved(s, after), 'a reset that is over goes on'

    assert s.sessions('ada') == 0 and sessions
    v = s.signed_in(s.ada)
    v.get('/security-info')
    token, kept = v.token(), dict(v.jar)
    v.send('/signout', token)
    v.jar = dict(kept)
    assert reply_of(v.ask('GET', '/security-info')) == 'signin', 'a session goes on after sign-out'
    v.ask('POST', '/change', form({**token, 'password': OTHER}))
    assert not moved(s, after) and s.sessions('ada') == 0


plant('ATK-009', 'src/spec/flow/recover.def', 'a wrong code is refused on the page, and counts in the store',
      'ROW(judging, verdict,  tries_left,      note_miss,   again,          asked)',
      'ROW(judging, verdict,  tries_left,      note_miss,   again,          proven)')
plant('ATK-009', 'src/spec/flow/recover.def', 'a reset that was left is only shown as left',
      'ROW(proven,  leave,    always,          close,       begin,          shut)',
      'ROW(proven,  leave,    always,          close,       begin,          proven)')
plant('ATK-009', 'src/spec/flow/recover.def', 'a reset that is over is only shown as over',
      'ROW(proven,  choose,   rules_met,       reset,       password_done,  done)',
      'ROW(proven,  choose,   rules_met,       reset,       password_done,  proven)')
plant('ATK-009', 'src/signin/session.c', 'sign-out drops the cookie and keeps the session',
      'out->end_session = true;\n\tunit_add(&unit, statement_session_end, any_rows, WITH(v_bytes(c->who->id)));\n',
      'out->end_session = true;\n')


# ---- ATK-010 ----

def tries_to_reset(s, person, v=None):
    """With all that the person has, from the first page on or in a reset that stands somewhere."""
    v = v or s.asked(person.name)
    token = v.token()
    for method, code in (('mail', 'mail'), ('totp', 'app'), ('recovery_code', 'paper')):
        codes = {'mail': s.found(person.mail, r'\b\d{8}\b')[-1:], 'app': [s.app_code(person)],
                 'paper': person.paper}[code]
        v.ask('POST', '/recover/method', form({**token, 'method': method}))
        v.ask('POST', '/recover/answer', form({**token, 'code': codes[0] if codes else '00000000'}))
    v.ask('POST', '/recover/choose', form({**token, 'password': NEXT}))


def shut_out(s, name, before, sessions, words):
    assert not moved(s, before), f'{words}: the password was set'
    assert s.sessions(name) <= sessions, f'{words}: a session began'


@attack('ATK-010', settings=UNHURRIED)
def who_may_not_cannot_by_a_reset(s):
    """Disabled by the command line, disabled by a file, frozen by "this was not me": with all the right proofs there
    is no reset, no sign-in and no one-time pass, and disabled does not end by any of them."""
    before = passwords(s)
    s.reset(s.bob)
    before = passwords(s)
    file = s.server.folder / 'people.csv'
    file.write_text('userName,state\nada,disabled\n')
    s.cli('people', 'import', file)
    for person, words in ((s.ada, 'disabled by a file'), (s.eve, 'disabled'), (s.fay, 'frozen')):
        sessions = s.sessions(person.name)
        tries_to_reset(s, person)
        shut_out(s, person.name, before, sessions, words)
        page = s.visitor().post('/signin', {'name': person.name, 'password': person.password})
        assert reply_of(page) not in ('prove', 'security-info', 'must_change'), f'{words}: the password opens'
        shut_out(s, person.name, before, sessions, words)
    ended, text = s.server.cli('people', 'invite', 'eve')
    assert ended == 1, f'a pass for who is disabled: {text}'
    s.cli('people', 'enable', 'eve')
    tries_to_reset(s, s.eve)
    shut_out(s, 'eve', before, 0, 'enabled, and not yet unfrozen')


@attack('ATK-010', settings=UNHURRIED)
def who_is_shut_in_the_middle_of_a_reset_stays_out(s):
    """The account is disabled, or frozen, after the name, after the first proof, and when the new password is
    asked for: from then on no answer leads on, and no password is set."""
    before, ada = passwords(s), s.ada
    for stop in (1, 2, 3):
        v = s.asked('ada')
        if stop > 1:
            arrived(v.send('/recover/method', {**v.token(), 'method': 'recovery_code'}), 'next_proof')
            v.send('/recover/answer', {**v.token(), 'code': ada.paper.pop()})
        if stop > 2:
            v.send('/recover/method', {**v.token(), 'method': 'totp'})
            arrived(v.send('/recover/answer', {**v.token(), 'code': s.app_code(ada)}), 'choose')
        token = v.token()
        s.cli('people', 'disable', 'ada')
        for path, fields in (('/recover/method', {'method': 'totp'}), ('/recover/answer', {'code': s.app_code(ada)}),
                             ('/recover/method', {'method': 'recovery_code'}),
                             ('/recover/answer', {'code': ada.paper[0]}), ('/recover/choose', {'password': NEXT})):
            v.ask('POST', path, form({**token, **fields}))
        assert not moved(s, before), f'after {stop - 1} proofs the account was disabled, and the password set'
        s.cli('people', 'enable', 'ada')
        v.ask('POST', '/recover/choose', form({**token, 'password': NEXT}))
        assert not moved(s, before), 'a reset from before the account was disabled went on when it was enabled'
        s.cli('people', 'unfreeze', 'ada')
    s.server.turn(16 * 60)
    v = s.proven(ada)
    for act in ('disable', 'enable', 'unfreeze'):
        s.cli('people', act, 'ada')
    v.ask('POST', '/recover/choose', form({**v.token(), 'password': NEXT}))
    assert not moved(s, before), 'a reset from before the account was disabled and enabled goes on'
    s.server.turn(16 * 60)
    s.reset(ada)


# ---- ATK-011 ----

@attack('ATK-011')
def a_reset_signs_nobody_in(s):
    """After a reset there is no session, and no page of a session opens in that browser; the new password alone
    is not enough, neither there nor in a browser known from before, nor for who has only printed codes."""
    ada, known = s.ada, s.signed_in(s.ada)
    v = s.reset(ada)
    assert s.sessions('ada') == 0, 'a reset began a session'
    assert 'rekey_session' not in v.jar, 'a reset gave a session to the browser'
    for browser in (v, known):
        for path in ('/security-info', '/change', '/security-info/add?kind=totp'):
            page = browser.ask('GET', path)
            assert page.status != 200 or page.form('/signin'), f'{path} opens after a reset'
        page = browser.post('/signin', {'name': 'ada', 'password': NEXT})
        assert reply_of(page) == 'prove' and s.sessions('ada') == 0, 'the new password alone was enough'
    v = s.signed_in(ada)
    app = next(row.hex() for row, kind, *_ in s.methods('ada') if kind == 'totp')
    arrived(v.send('/security-info/delete', {**v.token(), 'id': app}), 'security-info')
    sessions, v = s.sessions('ada'), s.visitor()
    page = v.post('/signin', {'name': 'ada', 'password': NEXT})
    assert reply_of(page) == 'prove' and s.sessions('ada') == sessions, 'who has printed codes only is asked for none'
    v.post('/signin/answer', {'code': ada.paper[0]})
    if s.sessions('ada') != sessions + 1:
        raise RuntimeError('the printed code did not sign in')


plant('ATK-011', 'src/flow/effect.c', 'whoever has reset a password is signed in at once',
      '\treturn walk_note(w, event_reset, true, "Successfully completed reset.");',
      '\tif ((e = session_open(&w->unit, w->out, &w->account, 1, false)))\n\t\treturn e;\n'
      '\treturn walk_note(w, event_reset, true, "Successfully completed reset.");')
plant('ATK-011', 'src/flow/guard.c', 'only an app counts as a second proof of sign-in',
      'return w->right && methods_have_second(w->methods);',
      'return w->right && methods_next(w->methods, method_totp, NULL);')


# ---- ATK-012 ----

def registers_nothing(s, v, words, before):
    """Every address that adds, shows, renames or removes a way, from this browser: none does anything."""
    own = [row.hex() for row, *_ in before]
    token = v.token()
    for path, fields in ([('add', {'kind': kind}) for kind in ('totp', 'recovery_code')]
                         + [('add', {'kind': 'mail', 'address': 'thief@elsewhere.example'})]
                         + [(act, {'id': row, **more}) for row in own for act, more in (
                             ('delete', {}), ('rename', {'label': 'x'}), ('resend', {}),
                             ('confirm', {'code': '123456'}))]):
        page = v.ask('POST', f'/security-info/{path}', form({**token, **fields}))
        refused = page.status == 403 or reply_of(page) in ('signin', 'prove', 'begin')
        assert refused, f'{words}: {path}: {page.status} {reply_of(page)}'
        assert s.methods('ada') == before, f'{words}: {path} changed the ways of the account'
    for path in ('/security-info', '/security-info/add?kind=totp', f'/security-info/pending?id={own[0]}'):
        page = v.ask('GET', path)
        assert page.status != 200 or page.form('/signin') or words == 'a pass', f'{words}: {path} opens'
        assert 'otpauth' not in page.html and not page.form('/security-info/confirm'), f'{words}: {path} adds'


@attack('ATK-012', settings=UNHURRIED)
def what_proves_a_reset_registers_nothing(s):
    """After the name, the first proof, the second and the end of a reset, after the password of a sign-in whose
    second proof is still asked, and in a session begun by a one-time pass: no way can be added, changed or removed."""
    before, ada, sessions = s.methods('ada'), s.ada, s.sessions('ada')
    same = [(row, kind, address, state) for row, kind, address, state in before]
    v = s.asked('ada')
    code = s.code_to(ada)
    registers_nothing(s, v, 'a name', same)
    arrived(v.post('/recover/answer', {'code': code}), 'next_proof')
    registers_nothing(s, v, 'one proof', same)
    arrived(v.send('/recover/answer', {**v.token(), 'code': s.app_code(ada)}), 'choose')
    registers_nothing(s, v, 'all proofs', same)
    v.get('/recover/choose')
    arrived(v.post('/recover/choose', {'password': NEXT}), 'password_done')
    v.get('/recover')
    registers_nothing(s, v, 'a reset', same)
    assert s.sessions('ada') == 0 and sessions
    v = s.visitor()
    arrived(v.post('/signin', {'name': 'ada', 'password': NEXT}), 'prove')
    assert s.sessions('ada') == 0, 'the password alone began a session'
    registers_nothing(s, v, 'a password', same)
    given = re.search(PASS, s.cli('people', 'invite', 'ada'))[0]
    v = s.visitor()
    arrived(v.post('/signin/pass', {'name': 'ada', 'pass': given}), 'must_change')
    registers_nothing(s, v, 'a pass that was not yet used', same)
    v.get('/signin/must_change')
    arrived(v.post('/signin/choose', {'password': OTHER}), 'security-info')
    v.get('/change')
    registers_nothing(s, v, 'a pass', same)
    again = {**v.token(), 'how': 'password', 'code': OTHER, 'next': '/change'}
    page = v.ask('POST', '/security-info/prove', form(again))
    assert page.status == 403, 'the password stood for the second proof'
    ada.password = OTHER
    v = s.signed_in(ada)
    arrived(v.send('/security-info/add', {**v.token(), 'kind': 'totp'}), 'pending')


plant('ATK-012', 'src/flow/effect.c', 'the last proof of a reset begins a session, so that one may register at once',
      'err effect_mint_grant(struct walk *w)\n{\n\treturn take_proof(w);',
      'err effect_mint_grant(struct walk *w)\n{\n\terr e = session_open(&w->unit, w->out, &w->account, 2, false);\n\n'
      '\tif (e)\n\t\treturn e;\n\treturn take_proof(w);')
plant('ATK-012', 'src/flow/effect_signin.c', 'the session begins with the password; the second proof only raises it',
      '\tw->flow.method = str_of(method_name(methods_first(w->methods, row.default_method)));\n\treturn password_right(w);',
      'w->flow.method = str_of(method_name(methods_first(w->methods, row.default_method)));\n'
      '\tif (session_open(&w->unit, w->out, &w->account, 1, false, STR("password")))\n\t\treturn reply_busy;\n'
      '\treturn password_right(w);')
plant('ATK-012', 'src/people/security_info.c', 'a session without the second proof may change an account\'s ways',
      'return who->level < 2 && methods_have_second(w->methods) ? reply_prove_first : 0;',
      'return 0;')

plant('ATK-010', 'src/store/records.c', 'whether an account is frozen is not read',
      '\t\t.frozen = row_number(rows, 0, 11),\n', '')
plant('ATK-010', 'src/people/person.c', 'whoever is disabled keeps the resets that are open',
      '\tflows_end(unit, account, STR(""));\n', '')
