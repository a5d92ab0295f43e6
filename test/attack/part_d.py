"""D. The token itself."""
import base64
import json
import pathlib
import re
import urllib.parse

from attack import HERE, attack, plant
from scene import CODE, NEXT, PASS, arrived, reply_of
from server import totp
from watch import at_once, carrying, dresses, post, raw, watched

THIEF = 'a thief walks on the roof'
TOKEN = r'/not-me#([A-Za-z0-9_-]+)'
UNHURRIED = ('[policy]', 'proofOfWorkAfter = 1000000')


def invite(s, name):
    return re.search(PASS, s.cli('people', 'invite', name))[0]


def by_pass(s, name, given, v=None):
    """The answer to a one-time pass, and the browser."""
    v = v or s.visitor()
    return v.post('/signin/pass', {'name': name, 'pass': given}), v


def by_paper(s, name, code):
    """The answer to a recovery code as the first proof of a reset, and the browser."""
    v = s.asked(name)
    v.get('/recover/ways')
    v.send('/recover/method', {**v.token(), 'method': 'recovery_code'})
    return v.post('/recover/answer', {'code': code}), v


def frozen(s, name):
    return s.server.rows('SELECT frozen FROM account WHERE name = ?', name)[0][0]


def flow(s, what, name):
    """A column of the account's newest reset."""
    return s.server.rows(f"SELECT {what} FROM flow WHERE account = ? AND kind = 'recover' "
                         'ORDER BY created DESC, rowid DESC',
                         s.account(name))[0][0]


def notice(s, person, password=NEXT):
    """The token of a notice: the person changes the password."""
    v = s.signed_in(person)
    arrived(v.post('/change', {'password': password}), 'security-info')
    person.password = password
    return s.found(person.mail, TOKEN)[-1]


def sent(s, v, path, fields):
    """The answer to a form of any fields, sent by this browser."""
    return v.send(path, {**v.token(), **fields})


def again(s):
    s.server.stop()
    s.server.start()


# ---- used once ----

@attack('ATK-034')
def a_reset_is_done_once(s):
    """The cookies and codes of each stage of a reset are kept, and all are sent again after the reset, and again
    after a restart: no stage answers, and the password stays as the owner set it."""
    kept = []
    v = s.asked('ada')
    code = s.code_to(s.ada)
    kept.append(dict(v.jar))
    arrived(v.post('/recover/answer', {'code': code}), 'next_proof')
    page = post(s, kept[0], '/recover/answer', {'code': code})
    assert reply_of(page) == 'recover', f'the code was looked at again: {page.status} {reply_of(page)}'
    kept.append(dict(v.jar))
    app = s.app_code(s.ada)
    arrived(v.post('/recover/answer', {'code': app}), 'choose')
    kept.append(dict(v.jar))
    arrived(v.post('/recover/choose', {'password': NEXT}), 'password_done')
    kept.append(dict(v.jar))
    stored = s.stored('ada')
    for _ in range(2):
        for jar in kept:
            for path, fields in (('/recover/answer', {'code': code}), ('/recover/answer', {'code': app}),
                                 ('/recover/choose', {'password': THIEF})):
                page = post(s, jar, path, fields)
                assert reply_of(page) not in ('next_proof', 'choose'), f'{path} went on to {reply_of(page)}'
                assert s.stored('ada') == stored, 'a reset that was done was done again'
        again(s)


plant('ATK-034', 'src/spec/flow/recover.def', 'a reset stays open when it is done',
      'ROW(proven,  choose,   rules_met,       reset,       password_done,  done)',
      'ROW(proven,  choose,   rules_met,       reset,       password_done,  proven)')
plant('ATK-034', 'src/flow/effect.c', "the browser's token outlives the proof that was given with it",
      '(e = proofs_add(w, kind)) ||\n'
      '\t\t(e = token_mint(w->c, "flow", &w->out->flow, &w->flow.token)))',
      '(e = proofs_add(w, kind)))')


@attack('ATK-034')
def a_recovery_code_opens_once(s):
    """A recovery code is used at sign-in, another in a reset; both are typed again, in both places, before and
    after a restart: each is refused."""
    s.server.turn(1000)
    v = s.visitor()

    def signs_in(code):
        one = s.visitor()
        arrived(one.post('/signin', {'name': 'bob', 'password': s.bob.password}), 'prove')
        one.send('/signin/method', {**one.token(), 'method': 'recovery_code'})
        one.post('/signin/answer', {'code': code})

    first, second = s.bob.paper[:2]
    before = s.sessions('bob')
    signs_in(first)
    if s.sessions('bob') != before + 1:
        raise RuntimeError('a recovery code signs nobody in')
    page, v = by_paper(s, 'bob', second)
    arrived(page, 'check_messages')
    sessions = s.sessions('bob')
    for _ in range(2):
        for code in (first, second):
            signs_in(code)
            assert s.sessions('bob') == sessions, 'a used recovery code signed in'
            page, _ = by_paper(s, 'bob', code)
            assert page.status != 303 and flow(s, 'proofs', 'bob') == '', 'a used recovery code was a proof'
        again(s)


plant('ATK-034', 'src/flow/judge.c', 'a used recovery code is shown anew but not replaced',
      '\tunit_add(&w->unit, statement_recovery_code_replace, 1,\n'
      '\t\tWITH(v_bytes(set), v_number(w->matched_at), v_bytes(w->matched_mac),\n'
      '\t\t\tv_bytes((struct str){ (const char *)mac, mac_size })));\n', '')
plant('ATK-034', 'src/flow/effect_signin.c', 'the code that proved a sign-in is not used up',
      '(e = tell(w, "code_used"))) || (e = matched_use(w)))', '(e = tell(w, "code_used"))))')


@attack('ATK-034')
def a_pass_and_a_notice_serve_once(s):
    """A one-time pass that has let somebody in, and the links of notices of which one has frozen an account, are
    used again before and after a restart: nobody is let in, and the account that the help desk has thawed stays
    so."""
    given = invite(s, 'dan')
    arrived(by_pass(s, 'dan', given)[0], 'must_change')
    tokens = [notice(s, s.bob), notice(s, s.bob, 'two small hats in the rain')]
    arrived(s.visitor().post('/not-me', {'token': tokens[1]}), 'not_me_done')
    if not frozen(s, 'bob'):
        raise RuntimeError('the notice froze nothing')
    s.cli('people', 'unfreeze', 'bob')
    for _ in range(2):
        page, _ = by_pass(s, 'dan', given)
        assert page.status == 422, f'the pass was taken again: {page.status} {reply_of(page)}'
        for token in tokens:
            s.visitor().post('/not-me', {'token': token})
            assert not frozen(s, 'bob'), 'the link of a notice froze the account a second time'
        again(s)


plant('ATK-034', 'src/flow/effect_signin.c', 'a pass is not used up by coming in',
      '\tunit_add(&w->unit, statement_pass_use, 1,\n\t\tWITH(v_bytes(w->account.id), v_bytes(w->pass_mac)));\n', '')
plant('ATK-034', 'src/people/change.c', 'the links of other notices stay good when one was used',
      "\tunit_add(&unit, statement_tokens_end, any_rows, WITH(id, v_text(STR(\"not_me\"))));\n", '')


# ---- at the same moment ----

@attack('ATK-035', settings=UNHURRIED)
def of_many_who_use_one_code_one_does(s):
    """One pass, one recovery code, one mailed code in one browser's reset, and the last step of a reset are each
    used by many at the same moment: one of them goes on, the store holds one deed, and each address hears of it
    once."""
    s.server.turn(1000)
    given = invite(s, 'dan')
    browsers = [s.visitor() for _ in range(8)]
    at_once([lambda v=v: v.get('/signin/pass') for v in browsers])
    replies = [reply_of(page) for page, _ in at_once([lambda v=v: by_pass(s, 'dan', given, v) for v in browsers])]
    assert replies.count('must_change') == 1, f'one pass let in {replies.count("must_change")}: {replies}'

    browsers = []
    for _ in range(8):
        v = s.asked('bob')
        v.get('/recover/ways')
        v.send('/recover/method', {**v.token(), 'method': 'recovery_code'})
        browsers.append(v)
    pages = at_once([lambda v=v: v.post('/recover/answer', {'code': s.bob.paper[0]}) for v in browsers])
    proofs = s.server.rows("SELECT COUNT(*) FROM flow WHERE account = ? AND proofs LIKE '%recovery%'",
                           s.account('bob'))[0][0]
    assert proofs == 1, f'one recovery code was {proofs} proofs: {[p.status for p in pages]}'

    v = s.asked('ada')
    code = s.code_to(s.ada)
    pages = at_once([lambda: post(s, v.jar, '/recover/answer', {'code': code})] * 24)
    went = [p for p in pages if reply_of(p) == 'next_proof']
    assert len(went) == 1, f'one mailed code went on {len(went)} times'
    v.keep_cookies(went[0])
    v.get('/recover/next_proof')
    assert v.page.form('/recover/answer'), 'the one that went on was thrown back by another'
    arrived(v.post('/recover/answer', {'code': s.app_code(s.ada)}), 'choose')
    before = len(s.texts(s.ada.mail))
    words = [f'{THIEF} number {n}' for n in range(8)]
    pages = at_once([lambda w=w: post(s, v.jar, '/recover/choose', {'password': w}) for w in words])
    done = [w for w, p in zip(words, pages) if p.status == 303 and s.opens('ada', w)]
    assert len(done) == 1, f'{len(done)} of the new passwords open the account'
    told = len(s.texts(s.ada.mail)) - before
    assert told == 1, f'one reset told its owner {told} times'


plant('ATK-035', 'src/flow/effect_signin.c', 'nobody looks whether the pass was there to be used up',
      'unit_add(&w->unit, statement_pass_use, 1,', 'unit_add(&w->unit, statement_pass_use, any_rows,')
plant('ATK-035', 'src/flow/judge.c', 'nobody looks whether the recovery code was still there',
      'unit_add(&w->unit, statement_recovery_code_replace, 1,',
      'unit_add(&w->unit, statement_recovery_code_replace, any_rows,')
plant('ATK-035', 'sql/statement.def', 'a flow is saved over what another has saved',
      'lost = ?17 WHERE id = ?1 AND version = ?2', 'lost = ?17 WHERE id = ?1 AND ?2 >= 0')


@attack('ATK-035')
def a_notice_pressed_by_many_freezes_once(s):
    """The link of a notice is used eight times at the same moment: the account is frozen, and the help desk hears
    of it once."""
    token = notice(s, s.bob)
    s.settle()
    browsers = [s.visitor() for _ in range(8)]
    at_once([lambda v=v: v.get('/not-me') for v in browsers])
    pages = at_once([lambda v=v: v.post('/not-me', {'token': token}) for v in browsers])
    if not frozen(s, 'bob') or any(p.status >= 500 for p in pages):
        raise RuntimeError(f'the notice froze nothing: {[p.status for p in pages]}')
    told = len(s.texts('desk@example.net'))
    assert told == 1, f'the help desk was told {told} times'


plant('ATK-035', 'src/people/change.c', 'nobody looks whether the token of a notice was still there',
      'unit_add(&unit, statement_token_use, 1,', 'unit_add(&unit, statement_token_use, any_rows,')


# ---- older ones, and expiry ----

@attack('ATK-036', settings=UNHURRIED)
def a_newer_code_ends_the_older(s):
    """Codes are asked for again in one reset, and in resets of other browsers; passes are issued again; a
    confirmation is sent again: only the newest of each serves, in its own browser only, and after the reset none
    of the others does."""
    s.server.turn(1000)
    v, other = s.asked('ada'), None
    first = s.code_to(s.ada)
    arrived(v.send('/recover/resend', v.token()), 'check_messages')
    second = s.code_to(s.ada, 2)
    other = s.asked('ada')
    third = s.code_to(s.ada, 3)
    for browser, code in ((v, first), (v, third), (other, first), (other, second)):
        page = sent(s, browser, '/recover/answer', {'code': code})
        assert page.status == 422, f'an older code, or one of another browser, was taken: {page.status} {reply_of(page)}'
    jar = dict(other.jar)
    arrived(sent(s, v, '/recover/answer', {'code': second}), 'next_proof')
    arrived(v.post('/recover/answer', {'code': s.app_code(s.ada)}), 'choose')
    arrived(v.post('/recover/choose', {'password': NEXT}), 'password_done')
    page = post(s, jar, '/recover/answer', {'code': third})
    assert reply_of(page) != 'next_proof', 'a code lives on after the reset'
    s.ada.password = NEXT
    s.server.turn(1000)
    late = s.asked('ada')
    fourth = s.code_to(s.ada, 4)
    s.signed_in(s.ada)
    page = sent(s, late, '/recover/answer', {'code': fourth})
    assert reply_of(page) != 'next_proof', 'a code lives on after its owner signed in'

    given = [invite(s, 'dan') for _ in range(3)]
    for old in given[:2]:
        page, _ = by_pass(s, 'dan', old)
        assert page.status == 422, f'an older pass was taken: {page.status} {reply_of(page)}'
    arrived(by_pass(s, 'dan', given[2])[0], 'must_change')

    bob = s.signed_in(s.bob)
    s.bob.name, real = 'second', s.bob.name
    bob.get('/security-info/add?kind=mail')
    arrived(bob.post('/security-info/add', {'address': s.bob.mail}), 'pending')
    first = s.code_to(s.bob)
    arrived(bob.post('/security-info/resend', {}), 'pending')
    newest = s.code_to(s.bob, 2)
    s.bob.name = real
    form = bob.page.form('/security-info/confirm').hidden
    page = bob.send('/security-info/confirm', {**form, 'code': first})
    assert page.status == 422, f'an older confirmation was taken: {page.status}'
    arrived(bob.send('/security-info/confirm', {**form, 'code': newest}), 'security-info')


plant('ATK-036', 'src/flow/effect.c', 'a code that is still good is not replaced by the one sent anew',
      '\tdigest_keyed(w->c->keys, key_code, w->flow.id, secret_show(code), mac);\n\tw->flow.code = (struct str)',
      '\tif (w->flow.code.length && w->flow.code_expires > w->c->now)\n\t\treturn 0;\n'
      '\tdigest_keyed(w->c->keys, key_code, w->flow.id, secret_show(code), mac);\n\tw->flow.code = (struct str)')
plant('ATK-036', 'sql/statement.def', 'an invitation does not replace the pass before',
      '"ON CONFLICT (account) DO UPDATE SET mac = excluded.mac, made = excluded.made, "',
      '"ON CONFLICT (account) DO UPDATE SET made = excluded.made, "')
plant('ATK-036', 'sql/statement.def', 'a confirmation sent anew leaves the old one good',
      '"UPDATE method SET code = ?3, code_expires = ?4 WHERE',
      '"UPDATE method SET code = COALESCE(code, ?3), code_expires = ?4 WHERE')
plant('ATK-036', 'src/flow/effect.c', 'other resets of the account go on after one was done',
      '\tflows_end(&w->unit, w->account.id, w->flow.id);\n', '')


plant('ATK-036', 'src/flow/effect_signin.c', 'a reset goes on after its owner signed in',
      '\tif (level > 1)\n\t\tresets_end(&w->unit, w->account.id, w->flow.id);\n', '')


SHORT = ('[policy]', 'mailCodeLifetime = 2m')


def until(s, moment):
    """Turns the clock to this moment."""
    s.server.turn(moment - s.server.now())


@attack('ATK-037', settings=SHORT)
def a_code_ends_with_its_time(s):
    """Codes of a reset and of a confirmation are typed a few seconds before their end and at it: the first is
    taken, the second is not; nor does it serve when the clock is set back after it was refused with the reset's
    own end."""
    s.server.turn(1000)
    v = s.asked('ada')
    code = s.code_to(s.ada)
    until(s, flow(s, 'code_expires', 'ada') - 4)
    arrived(v.post('/recover/answer', {'code': code}), 'next_proof')
    v = s.asked('bob')
    code = s.code_to(s.bob)
    expires = flow(s, 'code_expires', 'bob')
    assert expires <= s.server.now() + 120, f'the code lives for {expires - s.server.now()} seconds'
    until(s, expires)
    page = sent(s, v, '/recover/answer', {'code': code})
    assert page.status == 422 and flow(s, 'proofs', 'bob') == '', 'a code was taken after its time'
    until(s, flow(s, 'expires', 'bob'))
    jar = dict(v.jar)
    page = sent(s, v, '/recover/answer', {'code': code})
    assert reply_of(page) in ('shut', 'recover'), f'a reset goes on after its time: {reply_of(page)}'
    s.server.turn(-14 * 60)
    page = post(s, jar, '/recover/answer', {'code': code})
    assert reply_of(page) != 'next_proof', 'the clock was set back, and the code is good again'
    s.server.turn(14 * 60)

    bob = s.signed_in(s.bob)
    bob.get('/security-info/add?kind=mail')
    arrived(bob.post('/security-info/add', {'address': 'late@home.example'}), 'pending')
    code = s.found('late@home.example', CODE)[-1]
    until(s, s.server.rows("SELECT code_expires FROM method WHERE state = 'pending'")[0][0])
    page = sent(s, bob, '/security-info/confirm', {**bob.page.form('/security-info/confirm').hidden, 'code': code})
    active = [m for m in s.methods('bob') if m[2] == 'late@home.example' and m[3] == 'active']
    assert page.status != 303 and not active, 'an address was confirmed after the time of its code'


plant('ATK-037', 'src/flow/judge.c', 'nobody looks at the end of a mailed code',
      'return w->flow.code.length && w->flow.code_expires > w->c->now &&', 'return w->flow.code.length &&')
plant('ATK-037', 'src/flow/effect.c', "a code lives as long as the reset",
      'w->flow.code_expires = w->c->now + w->c->conf->mail_code_lifetime;',
      'w->flow.code_expires = w->c->now + w->c->conf->recover_lifetime;')
plant('ATK-037', 'src/people/register.c', 'nobody looks at the end of a confirmation',
      'w->right = w->pending.code_expires > w->c->now &&\n\t\t\tbytes_same', 'w->right = bytes_same')


@attack('ATK-037')
def every_step_of_a_flow_ends_with_its_time(s):
    """Resets and sign-ins are left at each of their steps until their time is over, once made longer: no step is
    taken then, no code is sent, and the password stays."""
    s.server.turn(1000)
    v = s.proven(s.ada)
    until(s, flow(s, 'expires', 'ada') - 4)
    arrived(sent(s, v, '/recover/extend', {}), 'choose')
    until(s, flow(s, 'expires', 'ada') - 4)
    sent(s, v, '/recover/extend', {})
    stored = s.stored('ada')
    until(s, flow(s, 'expires', 'ada'))
    page = sent(s, v, '/recover/choose', {'password': THIEF})
    assert s.stored('ada') == stored, 'a password was set after the time of the reset'
    assert reply_of(page) in ('shut', 'recover'), f'a reset goes on after its time: {reply_of(page)}'

    bob = s.asked('bob')
    s.code_to(s.bob)
    half = s.visitor()
    arrived(half.post('/signin', {'name': 'bob', 'password': s.bob.password}), 'prove')
    _, guest = by_pass(s, 'dan', invite(s, 'dan'))
    s.settle()
    letters, sessions, stored = len(s.letters()), s.sessions('bob'), s.stored('dan')
    jars = [dict(v.jar) for v in (bob, half, guest)]
    until(s, s.server.rows('SELECT MAX(expires) FROM flow')[0][0])
    for path, fields in (('/recover/resend', {}), ('/recover/extend', {}), ('/recover/method', {'method': 'totp'}),
                         ('/recover/answer', {'code': s.app_code(s.bob)})):
        page = post(s, jars[0], path, fields)
        assert reply_of(page) in ('shut',
                                  'recover') or page.status == 422, f'{path} was taken after the time: {reply_of(page)}'
    assert (flow(s, 'state', 'bob'), flow(s, 'proofs', 'bob')) == ('shut', ''), 'a reset went on after its time'
    page = post(s, jars[1], '/signin/answer', {'code': s.app_code(s.bob)})
    assert s.sessions('bob') <= sessions and reply_of(page) != 'security-info', 'a sign-in was finished after its time'
    page = post(s, jars[2], '/signin/choose', {'password': THIEF})
    assert s.stored('dan') == stored, 'a password was set after the time of the sign-in'
    s.settle()
    assert len(s.letters()) == letters, 'a code was sent after the time of the reset'


plant('ATK-037', 'src/flow/walk.c', 'the time of a flow is looked at while a code is asked, not at its last step',
      'if (w->flow.expires <= c->now && state_life(w->state) == life_open)',
      'if (w->flow.expires <= c->now && w->state == state_asked)')
plant('ATK-037', 'src/flow/walk.c', 'nobody looks at the end of a flow',
      'if (w->flow.expires <= c->now && state_life(w->state) == life_open)',
      'if (w->flow.expires <= c->created && state_life(w->state) == life_open)'.replace('c->created',
                                                                                        'w->flow.created'))


@attack('ATK-037')
def passes_notices_and_sessions_end_with_their_time(s):
    """A pass, a notice's link and two sessions, one idle and one in use, are tried a few seconds before their end
    and at it: each serves before and none after."""
    token = notice(s, s.bob)
    late = notice(s, s.ada)
    made = s.server.now()
    until(s, made + 72 * 3600 - 30)
    arrived(s.visitor().post('/not-me', {'token': token}), 'not_me_done')
    if not frozen(s, 'bob'):
        raise RuntimeError('a notice three days old froze nothing')
    until(s, made + 72 * 3600)
    s.visitor().post('/not-me', {'token': late})
    assert not frozen(s, 'ada'), 'the link of a notice served after its time'

    given, begun = invite(s, 'dan'), s.server.now()
    until(s, begun + 24 * 3600 - 5)
    arrived(by_pass(s, 'dan', given)[0], 'must_change')
    given, begun = invite(s, 'dan'), s.server.now()
    until(s, begun + 24 * 3600 + 1)
    page, _ = by_pass(s, 'dan', given)
    assert page.status == 422, f'a pass was taken after its time: {page.status} {reply_of(page)}'

    idle, used, begun = s.signed_in(s.ada), s.signed_in(s.ada), s.server.now()
    s.server.turn(59 * 60)
    for v in (idle, used):
        v.get('/security-info')
        if v.page.form('/signin'):
            raise RuntimeError('a session ended before its time')
    for _ in range(23):
        s.server.turn(59 * 60)
        used.get('/security-info')
        if used.page.form('/signin'):
            raise RuntimeError('a session in use ended before its time')
    idle.get('/security-info')
    assert idle.page.form('/signin'), 'an idle session goes on'
    until(s, begun + 24 * 3600 - 20)
    used.get('/security-info')
    if used.page.form('/signin'):
        raise RuntimeError('a session in use ended before its time')
    until(s, begun + 24 * 3600)
    used.get('/security-info')
    assert used.page.form('/signin'), 'a session in use has no end'


plant('ATK-037', 'sql/statement.def', "nobody looks at the end of a notice's link",
      'WHERE id = ?1 AND purpose = ?2 AND expires > ?3', 'WHERE id = ?1 AND purpose = ?2 AND ?3 > 0')
plant('ATK-037', 'src/people/invite.c', 'a pass lives for two weeks',
      'pass_seconds = 24 * 60 * 60', 'pass_seconds = 14 * 24 * 60 * 60')
plant('ATK-037', 'src/signin/session.c', 'a session in use has no end',
      'return s->expires > c->now && s->seen + c->conf->session_idle > c->now;',
      'return s->seen + c->conf->session_idle > c->now;')
plant('ATK-037', 'src/signin/session.c', 'an idle session goes on',
      'return s->expires > c->now && s->seen + c->conf->session_idle > c->now;', 'return s->expires > c->now;')


# ---- after a new password ----

@attack('ATK-038')
def a_new_password_ends_what_could_come_in(s):
    """A reset with its code, a pass, a second session and a half-done sign-in are open while the owner changes the
    password; a pass is open while a password that must be changed is; and while another is reset: none of them
    serves afterwards."""
    s.server.turn(1000)
    given = invite(s, 'ada')
    reset = s.asked('ada')
    code = s.code_to(s.ada)
    half = s.visitor()
    arrived(half.post('/signin', {'name': 'ada', 'password': s.ada.password}), 'prove')
    second = s.signed_in(s.ada)
    notice(s, s.ada)
    page = sent(s, reset, '/recover/answer', {'code': code})
    assert reply_of(page) != 'next_proof', 'a reset goes on after the owner changed the password'
    second.get('/security-info')
    assert second.page.form('/signin'), 'another session goes on after the owner changed the password'
    page = sent(s, half, '/signin/answer', {'code': s.app_code(s.ada)})
    assert reply_of(page) != 'security-info', 'a sign-in with the old password was finished'
    page, _ = by_pass(s, 'ada', given)
    assert page.status == 422, 'a pass outlived the change of the password'

    given = invite(s, 'bob')
    s.reset(s.bob)
    page, _ = by_pass(s, 'bob', given)
    assert page.status == 422, 'a pass outlived the reset of the password'


plant('ATK-038', 'src/people/change.c', 'a change leaves resets and half-done sign-ins open',
      '\tflows_end(&w->unit, w->account.id, w->flow.id);\n', '')
plant('ATK-038', 'src/people/change.c', 'a change leaves the pass good',
      '\tunit_add(&w->unit, statement_pass_drop, any_rows, WITH(account));\n', '')
plant('ATK-038', 'src/people/change.c', 'a change leaves other sessions open',
      '\tunit_add(&w->unit, statement_sessions_end_others, any_rows, WITH(account, v_bytes(w->c->who->id)));\n', '')
plant('ATK-038', 'src/flow/effect.c', 'a reset leaves the pass good',
      '\tunit_add(&w->unit, statement_pass_drop, any_rows, WITH(account));\n', '')


def differing(one, other):
    """The first place in which two pages differ."""
    at = next((at for at, (a, b) in enumerate(zip(str(one), str(other))) if a != b), -1)
    return f'{str(one)[at - 60:at + 60]!r} and {str(other)[at - 60:at + 60]!r}'


@attack('ATK-062')
def the_end_of_a_reset_tells_nothing_of_the_account(s):
    """A stranger has begun resets of four people and of nobody when one changes the password, one signs in, one is
    disabled, and one's sessions are ended: the stranger's pages stay those of nobody's reset, and so do the answers
    to wrong codes."""
    names = ('ada', 'bob', 'mia', 'dan', 'zoe')  # zoe is nobody
    strangers = [s.asked(name) for name in names]
    notice(s, s.ada)
    s.signed_in(s.bob)
    s.cli('people', 'disable', 'mia')
    s.cli('people', 'end-sessions', 'dan')

    def seen(v, name):
        pages = [v.ask('GET', '/recover/check_messages')]
        if pages[0].status == 200:
            v.page = pages[0]
            for path, fields in (('/recover/answer', {'code': '00000000'}), ('/recover/method', {'method': 'totp'}),
                                 ('/recover/answer', {'code': '000000'}), ('/recover/resend', {})):
                pages.append(v.ask('POST', path, urllib.parse.urlencode({**v.token(), **fields})))
        return [(page.status, re.sub(rf'\b{name}\b|data-left="\d+"', '*', str(page.settled()))) for page in pages]

    nobody = seen(strangers[-1], 'zoe')
    if [status for status, _ in nobody] != [200, 422, 303, 422, 303]:
        raise RuntimeError(f"nobody's reset went {[status for status, _ in nobody]}")
    for v, name in zip(strangers[:-1], names):
        for page, other in zip(seen(v, name), nobody, strict=True):
            assert page == other, f"{name}'s reset does not look like nobody's: {differing(page, other)}"


plant('ATK-062', 'src/store/records.c', 'a reset that ends is gone, and so shows that there was an account',
      '\tunit_add(unit, statement_resets_to_nobody, any_rows,\n\t\tWITH(v_bytes(account), v_bytes(except)));\n', '')


SAMPLE = pathlib.Path(HERE).parent.parent / 'share/sample/people.csv'


@attack('ATK-038')
def a_password_that_was_put_right_ends_the_pass(s):
    """Somebody whose imported password must be changed also has a pass; the password is changed at sign-in: the
    pass does not serve afterwards."""
    lines = SAMPLE.read_text(encoding='utf-8').splitlines()
    people = s.server.folder / 'people.csv'
    people.write_text('\n'.join([lines[0], *(line for line in lines if line.startswith('sasaki.mi,'))]) + '\n',
                      encoding='utf-8')
    s.cli('people', 'import', people)
    given = invite(s, 'sasaki.mi')
    v = s.visitor()
    arrived(v.post('/signin', {'name': 'sasaki.mi', 'password': 'the river runs north'}), 'must_change')
    arrived(v.post('/signin/choose', {'password': NEXT}), 'security-info')
    page, _ = by_pass(s, 'sasaki.mi', given)
    assert page.status == 422, 'a pass outlived the change of a password at sign-in'


plant('ATK-038', 'src/flow/effect_signin.c', 'a password changed at sign-in leaves the pass good',
      '\tunit_add(&w->unit, statement_pass_drop, any_rows, WITH(account));\n', '')


# ---- another's, a part of one, or none ----

def leads(s, jar, path):
    """Where a browser with these cookies is sent, or what it is shown."""
    v = s.visitor()
    v.jar = dict(jar)
    page = v.ask('GET', path)
    return reply_of(page) if page.status == 303 else f'shown {page.status}'


@attack('ATK-039', settings=UNHURRIED)
def no_token_serves_for_another_purpose(s):
    """Every token there is, those of sessions, resets, devices, browsers, forms and notices, is tried in the place
    of every other; so are codes, passes and recovery codes; and a reset is taken to the sign-in pages and a
    sign-in to those of the reset: none of them opens anything."""
    s.server.turn(1000)
    v = s.signed_in(s.ada)
    reset = s.asked('ada')
    code = s.code_to(s.ada)
    tokens = {name.removeprefix('rekey_'): value for name, value in {**reset.jar, **v.jar}.items() if len(value) == 43}
    tokens['form'] = v.token()['csrf']
    tokens['notice'] = notice(s, s.bob)
    if not {'session', 'flow', 'device', 'browser', 'notice'} <= set(tokens):
        raise RuntimeError(f'these tokens came: {sorted(tokens)}')
    if leads(s, {'rekey_session': tokens['session']}, '/security-info') != 'shown 200':
        raise RuntimeError('the session itself opens nothing')
    for name, token in tokens.items():
        if name != 'session':
            where = leads(s, {'rekey_session': token}, '/security-info')
            assert where == 'signin', f'the token of a {name} is a session: {where}'
        if name != 'flow':
            for path in ('/recover/check_messages', '/signin/prove'):
                where = leads(s, {'rekey_flow': token}, path)
                assert where in ('recover', 'signin'), f'the token of a {name} is a flow: {where}'
        if name != 'device':
            page = post(s, {'rekey_device': token}, '/recover', {'name': 'mia'})
            assert reply_of(page) == 'check_messages', f'the token of a {name} is a familiar device'
        if name != 'notice':
            s.visitor().post('/not-me', {'token': token})
            assert not frozen(s, 'ada') and not frozen(s, 'bob'), f'the token of a {name} freezes an account'

    bob = s.signed_in(s.bob)
    bob.get('/security-info/add?kind=mail')
    arrived(bob.post('/security-info/add', {'address': 'new@home.example'}), 'pending')
    form = bob.page.form('/security-info/confirm').hidden
    confirm = s.found('new@home.example', CODE)[-1]
    other = s.asked('bob')
    mailed = s.code_to(s.bob)
    page = bob.send('/security-info/confirm', {**form, 'code': mailed})
    assert page.status == 422, 'the code of a reset confirms an address'
    for one, who, typed in ((other, 'bob', confirm), (other, 'bob', code), (reset, 'ada', mailed),
                            (reset, 'ada', confirm)):
        page = sent(s, one, '/recover/answer', {'code': typed})
        assert page.status == 422 and flow(s, 'proofs',
                                           who) == '', f'a code that was sent for something else is a proof for {who}'
    given = invite(s, 'dan')
    for name, typed in (('dan', s.bob.paper[0]), ('bob', given), ('bob', s.bob.paper[0]), ('dan', code)):
        page, _ = by_pass(s, name, typed)
        assert page.status == 422, f'{name} came in by what is no pass of theirs: {reply_of(page)}'

    sessions = s.sessions('ada')
    sent(s, reset, '/recover/method', {'method': 'totp'})
    page = post(s, reset.jar, '/signin/answer', {'code': s.app_code(s.ada)})
    assert s.sessions('ada') == sessions, 'the code of an app alone signed in, by way of a reset'
    half = s.visitor()
    arrived(half.post('/signin', {'name': 'ada', 'password': s.ada.password}), 'prove')
    for path, fields in (('/recover/answer', {'code': s.app_code(s.ada)}), ('/recover/choose', {'password': THIEF}),
                         ('/recover/resend', {})):
        page = post(s, half.jar, path, fields)
        assert reply_of(page) == 'recover', f'a sign-in went on as a reset at {path}: {page.status} {reply_of(page)}'
    stored = s.stored('ada')
    proven = s.proven(s.ada)
    page = post(s, proven.jar, '/signin/choose', {'password': THIEF})
    assert s.stored('ada') == stored and s.sessions('ada') == sessions, 'a reset was finished as a sign-in'


plant('ATK-039', 'src/flow/walk.c', 'a flow is loaded whatever it is for',
      'if (e == reply_not_found || (e == 0 && !str_is(w->flow.kind, table->kind)))', 'if (e == reply_not_found)')
plant('ATK-039', 'src/people/register.c', 'a confirmation takes any code of eight digits that is not over',
      'w->right = w->pending.code_expires > w->c->now &&\n\t\t\tbytes_same(w->pending.code, (struct str){ (const char *)mac, sizeof(mac) });',
      'w->right = w->pending.code_expires > w->c->now && w->pending.code.length == sizeof(mac);')


def bent(token):
    """A token made a little shorter, longer, or other."""
    last = token[-1]
    alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    return [token[:-1], token[:-2], token[:-3], token[:22], token[:8], token[:1], token[1:], token[4:], token + 'A',
            token + '=', token + '==', token * 2,
            token.swapcase(), token.lower(), token.upper(), token[::-1], ' ' + token[:-1], '%00' + token[3:],
            token[:20] + '*' + token[21:],
            *(token[:-1] + alphabet[alphabet.index(last) ^ bit] for bit in (1, 2, 3))]


@attack('ATK-040', settings=UNHURRIED)
def no_part_of_a_token_serves(s):
    """Beginnings, ends, other cases, paddings and spellings of the last sign of every token and code are tried: as
    session, as reset, in a form, in a notice, as mailed code, as pass and as recovery code. Only the whole token
    serves."""
    s.server.turn(1000)
    v = s.signed_in(s.ada)
    reset = s.asked('ada')
    code = s.code_to(s.ada)
    token = notice(s, s.bob)
    for text in bent(v.jar['rekey_session']):
        assert leads(s, {'rekey_session': text}, '/security-info') == 'signin', f'a session opened by {text!r}'
    for text in bent(reset.jar['rekey_flow']):
        assert leads(s, {'rekey_flow': text}, '/recover/check_messages') == 'recover', f'a reset opened by {text!r}'
    for text in bent(token):
        s.visitor().post('/not-me', {'token': text})
        assert not frozen(s, 'bob'), f'a notice taken by {text!r}'
    blank = s.visitor()
    blank.get('/recover')
    csrf = blank.token()['csrf']
    for text in [*bent(csrf), '']:
        page = blank.ask('POST', '/recover', f'csrf={text}&name=ada')
        assert page.status in (400, 403), f'a form taken with the token {text!r}: {page.status}'
    for text in (code[:-1], code[1:], code + '0', '0' + code, code[:4], code[::-1]
                 if code != code[::-1] else '00000000'):
        page = sent(s, reset, '/recover/answer', {'code': text})
        assert page.status == 422 and flow(s, 'proofs', 'ada') == '', f'a proof by {text} of {code}'
    given, paper = invite(s, 'dan'), s.bob.paper[0]
    for text in (given[:-1], given[:-5], given[5:], given[:-1] + ('0' if given[-1] != '0' else '1'),
                 given + given[-1], given[::-1]):
        page, _ = by_pass(s, 'dan', text)
        assert page.status == 422, f'a pass taken as {text}'
    for text in (paper[:-1], paper[:-5], paper[5:], paper + paper[0], paper[::-1]):
        page, _ = by_paper(s, 'bob', text)
        assert page.status == 422 and flow(s, 'proofs', 'bob') == '', f'a recovery code taken as {text}'
    if leads(s, v.jar, '/security-info') != 'shown 200' or leads(s, reset.jar,
                                                                 '/recover/check_messages') != 'shown 200':
        raise RuntimeError('the whole tokens do not serve')
    arrived(sent(s, reset, '/recover/answer', {'code': code}), 'next_proof')
    arrived(by_pass(s, 'dan', given)[0], 'must_change')
    arrived(by_paper(s, 'bob', paper)[0], 'check_messages')


plant('ATK-040', 'src/base/secret.c', 'two secrets are the same as far as the shorter one goes',
      '\tif (a.length != b.length)\n\t\treturn false;\n\tfor (size_t i = 0; i < a.length; i++)\n\t\tdifference =',
      '\tfor (size_t i = 0; i < a.length && i < b.length; i++)\n\t\tdifference =')
plant('ATK-040', 'src/base/text.c', 'the bits that the last sign of a token has too many are not looked at',
      '\t*size = used;\n\treturn held == 0;', '\t*size = used;\n\treturn held < 64;')


NONE = ('', '0', '00000000', '000000', 'null', 'NULL', 'nil', 'undefined', 'true', 'false', 'NaN', '[]', '{}',
        '[""]', '-1', '1e9', '%', "' OR '1'='1", '*',
        ' ', '\t', '　', '0' * 26, '0' * 16, '0000-0000-0000-0000', 'A' * 43, '=' * 43, '\u0660' * 8, '\u200b' * 8)


@attack('ATK-041', settings=UNHURRIED)
def no_empty_or_foreign_value_is_a_secret(s):
    """Nothing, zero, null, true, lists, blanks and patterns are sent as code, password, pass, token, form token
    and cookie, as a field given twice, as a list and as JSON, also for accounts that have no password, no app and
    no pass: each is refused, and nothing in the store moves."""
    s.cli('people', 'add', 'new', '--mail', 'new@example.net')

    def kept():
        return [s.server.rows(f'SELECT {columns} ORDER BY 1, 2') for columns in (
            'account, stored, changed FROM password', 'id, account, kind, address, state, verified FROM method',
                                                                                 '* FROM recovery_code')]

    held = kept()
    sessions = s.server.rows('SELECT COUNT(*) FROM session')

    def stranger(word):
        for name in ('new', 'mia'):
            for path, field in (('/signin', 'password'), ('/signin/pass', 'pass')):
                page = post(s, {}, path, {'name': name, field: word})
                assert page.status in (400, 422), f'{name} came in with {word!r} as {field}: {page.status}'
        page = post(s, {}, '/not-me', {'token': word})
        assert page.status in (303, 400, 422), f'{word!r} as the token of a notice: {page.status}'
        for cookie, path in (('session', '/security-info'), ('flow', '/recover/choose'), ('device', '/recover/choose')):
            if word.isascii() and word.isprintable():
                where = leads(s, {f'rekey_{cookie}': word}, path)
                assert where in ('signin', 'recover'), f'{word!r} is a {cookie}: {where}'
        blank = s.visitor()
        blank.page = blank.ask('GET', '/recover')
        page = blank.ask('POST', '/recover', f'csrf={word if word.isascii() else ""}&name=ada')
        assert page.status in (400, 403), f'a form was taken with the token {word!r}'

    for at in range(0, len(NONE), 8):
        at_once([lambda word=word: stranger(word) for word in NONE[at:at + 8]])
        s.cli('people', 'unlock', 'mia')  # or the later words would not be looked at
    for _ in range(2):
        s.asked('mia')  # from here on no code can be sent to her: her resets have none
    for way in ('mail', 'totp', 'recovery_code'):
        v = s.asked('mia')
        if way != 'mail':
            sent(s, v, '/recover/method', {'method': way})
        if flow(s, 'code', 'mia') and way == 'mail':
            raise RuntimeError('a code was sent')
        token = v.token()
        for word in NONE:
            page = v.ask('POST', '/recover/answer', urllib.parse.urlencode({**token, 'code': word}))
            assert page.status in (400, 422), f'{word!r} is a proof by {way}: {page.status}'
        assert flow(s, 'proofs', 'mia') == '', f'nothing is a proof by {way}'

    v = s.asked('ada')
    code = s.code_to(s.ada)
    form = v.page.form('/recover/answer').hidden['csrf']
    for body, kind in ((f'csrf={form}&code=00000000&code={code}', 'application/x-www-form-urlencoded'),
                       (f'csrf={form}&code={code}&code={code}', 'application/x-www-form-urlencoded'),
                       (f'csrf={form}&code[]={code}', 'application/x-www-form-urlencoded'),
                       (f'csrf={form}&code={code}&flow=x', 'application/x-www-form-urlencoded'),
                       (f'csrf={form}&code={code}%00', 'application/x-www-form-urlencoded'),
                       (json.dumps({'csrf': form, 'code': code}), 'application/json'),
                       (json.dumps({'csrf': form, 'code': [code]}), 'application/json'),
                       (f'csrf={form}&code={code}', 'text/plain'),
                       (f'csrf={form}&code={code}', 'application/x-www-form-urlencoded; charset=utf-7'),
                       (f'csrf={form}&code={code}', 'multipart/form-data; boundary=x'),
                       (f'csrf={form}&code={code}', '')):
        page = v.ask('POST', '/recover/answer', body, {'Content-Type': kind})
        assert page.status in (400, 415), f'{kind} {body.replace(form, "…")} was taken: {page.status}'
    assert held == kept(), 'something moved'
    assert s.server.rows('SELECT COUNT(*) FROM session') == sessions, 'a session began'
    arrived(sent(s, v, '/recover/answer', {'code': code}), 'next_proof')


plant('ATK-041', 'src/web/form.c', 'of a field given twice the last counts',
      '\t\tif (f->seen & 1u << i)\n\t\t\treturn refuse(f, field->name, "form_twice");\n', '')
plant('ATK-041', 'src/web/guard.c', 'a form need not say that it is one',
      'if (!is_form(head_value(head, "content-type")))',
      'if (head_value(head, "content-type").length && !is_form(head_value(head, "content-type")))')
plant('ATK-041', 'src/web/form.c', 'fields that are not known are passed over',
      'return f->open ? 0 : refuse(f, NULL, "form_unknown");', 'return 0;')
plant('ATK-041', 'src/web/token.c', 'a form without a token is taken',
      '\treturn is_token_of(typed, browser, session) ||',
      '\treturn !typed.length || is_token_of(typed, browser, session) ||')


# ---- guessed ----

def even(words):
    """Asserts that in so many texts of one length no place is fixed, and no text comes twice."""
    assert len(set(words)) == len(words), 'a token came twice'
    for place in range(min(map(len, words))):
        found = {word[place] for word in words}
        assert len(found) > 1 or found <= {'-'}, f'all have {found} in place {place}: {words[:3]}'


@attack('ATK-042', settings=UNHURRIED)
def tokens_cannot_be_foretold(s):
    """Some hundreds of tokens of resets and browsers are taken at the same moment and after the programs were
    killed, and dozens of passes, mailed codes and recovery codes: none comes twice, no place is fixed, and in the
    long ones each bit is as often 1 as 0."""
    s.server.turn(1000)
    flows, browsers = [], []

    def take(_):
        v = s.visitor()
        v.page = v.ask('GET', '/recover')
        page = v.ask('POST', '/recover', urllib.parse.urlencode({**v.token(), 'name': 'nobody'}))
        return page.status, v.jar.get('rekey_flow', ''), v.jar.get('rekey_browser', '')

    for _ in range(2):
        for some in at_once([lambda: [take(n) for n in range(16)]] * 8):
            flows += [reset for status, reset, _ in some if status == 303]
            browsers += [browser for _, _, browser in some]
        if len(flows) < 200:
            s.kill('rekey-keeper')
            s.kill('rekey-web')
    for words in (flows, browsers):
        assert len(words) > 200, f'only {len(words)} tokens came, for two were the same'
        even(words)
        bits = [0] * 256
        for word in words:
            number = int.from_bytes(base64.urlsafe_b64decode(word + '='), 'big')
            bits = [count + (number >> place & 1) for place, count in enumerate(bits)]
        off = 6 * (len(words) / 4) ** 0.5  # six standard deviations
        assert all(abs(count - len(words) / 2) < off for count in bits), f'a bit is mostly the same: {bits}'
    even([invite(s, 'dan') for _ in range(12)])
    even([code for person in (s.ada, s.bob) for code in person.paper])
    for _ in range(4):
        for person in (s.ada, s.bob):
            s.asked(person.name)
        s.settle()
        s.server.turn(1000)
    codes = [code for person in (s.ada, s.bob) for code in s.found(person.mail, CODE)]
    if len(codes) != 8:
        raise RuntimeError(f'{len(codes)} codes came')
    even(codes)


plant('ATK-042', 'src/flow/token.c', 'tokens are made of the time',
      '\tbytes_random(secret_bytes(token), token_size);\n',
      '\tint64_t now = clock_millis();\n\n\tdigest_plain((struct str){ (const char *)&now, sizeof(now) }, secret_bytes(token));\n')
plant('ATK-042', 'src/web/token.c', "a browser's token has 64 random bits",
      '\tbytes_random(bytes, sizeof(bytes));\n', '\tbytes_wipe(bytes, sizeof(bytes));\n\tbytes_random(bytes, 8);\n')
plant('ATK-042', 'src/method/sent_code.c', 'a mailed code is drawn from a thousand', 'number_random(100000000)',
      'number_random(1000)')
plant('ATK-042', 'src/method/printed_code.c', 'a pass has four random bytes',
      'bytes_random(secret_bytes(random), bytes);', 'bytes_random(secret_bytes(random), bytes < 4 ? bytes : 4);')


@attack('ATK-043')
def no_cookie_is_a_token_of_a_form_or_a_mail(s):
    """A reset, a sign-in and a change: no token in a form or a mail is, or holds, the value of any cookie, and the
    cookies change with each proof; a session's cookie is refused as form token, as pass, as code and as the token
    of a notice."""
    seen, browsers = watched(s)
    before = s.asked('bob')
    first = dict(before.jar)
    v = s.signed_in(s.bob)
    page = v.post('/change', {'password': NEXT})
    arrived(page, 'security-info')
    s.reset(s.ada)
    cookies = {value for browser in browsers for value in browser.held}
    if len(cookies) < 8:
        raise RuntimeError(f'only {len(cookies)} cookies came')
    for page in seen:
        for cookie in cookies:
            assert cookie not in page.html and cookie not in page.header('location'), f'{page.path} shows a cookie'
    for address in (s.bob.mail, s.ada.mail, s.bob.work_mail, s.ada.work_mail):
        for text in s.texts(address):
            assert not any(cookie in text for cookie in cookies), 'a mail shows a cookie'
    session = v.jar['rekey_session']
    for path, fields in (('/signin/pass', {'name': 'bob', 'pass': session}), ('/not-me', {'token': session})):
        post(s, {}, path, fields)
    page = v.ask('POST', '/change', f'csrf={session}&password={THIEF.replace(" ", "+")}')
    assert page.status == 403, f'a cookie is taken as the token of a form: {page.status}'
    page = post(s, first, '/recover/answer', {'code': session[:80]})
    assert reply_of(page) not in ('next_proof', 'choose') and not frozen(s, 'bob')


plant('ATK-043', 'src/web/token.c', "a form's token is the browser's cookie",
      '\ttext_of(out, digest);\n\tbytes_wipe(&state', '\tmemcpy(out, browser.at, token_text);\n\tbytes_wipe(&state')


# ---- kept, compared, measured, written down ----

def dump(s):
    """Every byte of the store: the file, and what is not in it yet."""
    at = next(s.server.data.rglob('*.db'))
    return b''.join(path.read_bytes() for path in sorted(at.parent.glob(at.name + '*')))


def not_stored(s, name, secrets):
    """The store has none of these, in no dress that shows it or lets it be guessed."""
    held = dump(s)
    if s.account('ada') not in held:
        raise RuntimeError('the store was not read')
    for secret in secrets:
        for form in dresses(secret):
            assert form not in held, f'the store has a {name} as {form!r}'


@attack('ATK-044')
def a_stolen_store_gives_no_live_token(s):
    """The bytes of the store are searched while a mail waits, while resets, a sign-in, a pass and a notice are
    open: no code, password, pass, recovery code, seed of an app or token is there, nor its hex, base64, base32 or
    a digest that no key was needed for."""
    _, browsers = watched(s)
    v = s.asked('ada')
    assert b'/recover/link#' not in dump(s), 'a mail waits in the clear'
    code = s.code_to(s.ada)
    not_stored(s, 'code', [code])
    not_stored(s, 'cookie', v.held)
    token = notice(s, s.bob)
    given = invite(s, 'dan')
    half = s.visitor()
    arrived(half.post('/signin', {'name': 'ada', 'password': s.ada.password}), 'prove')
    s.proven(s.bob)
    not_stored(s, 'code', [code, *s.found(s.bob.mail, CODE)])
    not_stored(s, 'notice', [token])
    not_stored(s, 'pass', [given])
    not_stored(s, 'password', [s.ada.password, s.bob.password])
    not_stored(s, 'recovery code', s.ada.paper)
    not_stored(s, 'seed', [s.ada.seed, base64.b32decode(s.ada.seed + '=' * (-len(s.ada.seed) % 8))])
    not_stored(s, 'cookie', {cookie for browser in browsers for cookie in browser.held})


plant('ATK-044', 'src/flow/effect.c', 'of a mailed code a digest without a key is kept',
      'digest_keyed(w->c->keys, key_code, w->flow.id, secret_show(code), mac);\n\tw->flow.code',
      'digest_plain(secret_show(code), mac);\n\tw->flow.code')
plant('ATK-044', 'src/flow/token.c', "the store keeps the browsers' tokens themselves",
      '\tdigest_keyed(c->keys, key_token, str_of(about), secret_show(token), digest);\n',
      '\tif (!about || secret_length(token) != mac_size)\n\t\treturn reply_begin;\n'
      '\tmemcpy(digest, secret_show(token).at, mac_size);\n')
plant('ATK-044', 'src/outbox/outbox.c', 'a mail waits in the clear', 'v_bytes(sealed), v_number(when)));',
      'v_bytes(plain), v_number(when)));')


PLAIN = r'\b(memcmp|strcmp|strncmp|strcasecmp|str_same|str_is|str_starts|str_ends)\('
HIDDEN = r'\bmac\b|secret_show|secret_bytes|->code\b|\.code\b|_mac\b|\btoken\b|\bright, sizeof'


def source(s, path=''):
    """The sources of the build that is tried."""
    return pathlib.Path(s.server.build).parent / 'src' / path


@attack('ATK-045')
def secrets_are_compared_whole(s):
    """The sources are read: the one comparison of secrets looks at every byte and leaves its loop nowhere, and no
    line compares a MAC, a token or a code in another way."""
    body = re.search(r'bool bytes_same\(.*?\n}\n', source(s, 'base/secret.c').read_text(), re.S)[0]
    loop = body[body.index('\tfor ('):]
    assert 'volatile' in body and not re.search(r'\b(if|break|goto|return\s+false|&&)\b|\?',
                                                loop), f'the comparison ends early:\n{body}'
    for path in (p for p in source(s).rglob('*.c') if p.parent.name != 'cli'):
        for number, line in enumerate(path.read_text(encoding='utf-8').splitlines(), 1):
            compared = re.search(PLAIN + '(.*)', line)
            assert not (compared and re.search(HIDDEN, compared[2])), f'{path.name}:{number}: {line.strip()}'
    right = [line for path in ('flow/judge.c', 'people/register.c', 'signin/signin.c', 'method/totp.c', 'web/token.c')
             for line in source(s, path).read_text().splitlines() if re.search('bytes_same|secret_same', line)]
    assert len(right) >= 6, f'secrets are compared some other way: {right}'


plant('ATK-045', 'src/base/secret.c', 'the comparison ends at the first byte that differs',
      '\t\tdifference = difference | (uint8_t)(a.at[i] ^ b.at[i]);\n',
      '\t\tif (a.at[i] != b.at[i])\n\t\t\treturn false;\n')
plant('ATK-045', 'src/signin/signin.c', 'a pass is compared like any text',
      'w.right = may && bytes_same(mac, w.pass_mac);', 'w.right = may && str_same(mac, w.pass_mac);')
plant('ATK-045', 'src/method/totp.c', 'the code of an app is compared like any text',
      'fits = (int64_t)secret_same(right, secret_show(code)) &',
      'fits = (int64_t)str_same(secret_show(right), secret_show(code)) &')


@attack('ATK-046')
def what_is_too_large_is_refused_before_it_is_read(s):
    """A token of a megabyte, a hundred thousand fields, deep JSON, long numbers, long cookies, hundreds of headers
    and a long address are sent, announced or not: each is refused as too large or malformed, the keeper is not
    asked, and another person's reset goes on."""
    ours = f'Host: localhost:{s.server.port}\r\nConnection: close\r\n'
    v = s.visitor()
    v.get('/recover')
    csrf, cookies = v.token()['csrf'], '; '.join(f'{n}={c}' for n, c in v.jar.items())
    form = f'{ours}Cookie: {cookies}\r\nContent-Type: application/x-www-form-urlencoded\r\n'
    flows = s.server.rows('SELECT COUNT(*) FROM flow')

    def send(path, body, head=form, length=None, method='POST'):
        length = len(body) if length is None else length
        page = raw(s, f'{method} {path} HTTP/1.1\r\n{head}Content-Length: {length}\r\n'.encode(), body.encode())
        return page.status if page else 'ended'

    large = 'A' * (1 << 20)
    for what, status, allowed in (
            ('a token of a megabyte', send('/not-me', f'csrf={csrf}&token={large}'), (413,)),
            ('a hundred thousand fields', send('/recover', f'csrf={csrf}&name=ada' + '&a=1' * 100000), (413,)),
            ('a megabyte of which nothing comes', send('/not-me', '', length=1 << 20), (413,)),
            ('a length of many digits', send('/not-me', '', length='9' * 4000), (400, 413, 431)),
            ('a length beyond all numbers', send('/not-me', '', length='18446744073709551617'), (400, 413)),
            ('thousands of fields', send('/recover', f'csrf={csrf}&name=ada' + '&a=1' * 4000), (400,)),
            ('thousands of empty fields', send('/recover', f'csrf={csrf}&name=ada' + '&' * 16000), (400,)),
            ('thousands of form tokens', send('/recover', f'name=ada&csrf={csrf}' * 200), (400,)),
            ('a token of 16 thousand signs', send('/not-me', f'csrf={csrf}&token={large[:16000]}'), (422,)),
            ('a code of 16 thousand digits', send('/recover/answer', f'csrf={csrf}&code=' + '1' * 16000), (303,)),
            ('a name of 16 thousand signs', send('/recover', f'csrf={csrf}&name=' + '%E3%81%82' * 1700), (422,)),
            ('deep JSON', send('/recover', '[' * 16000, form.replace('x-www-form-urlencoded', 'json')), (415,)),
            ('a form token of 16 thousand signs', send('/recover', f'name=ada&csrf={large[:16000]}'), (400,)),
            ('a cookie of 12 thousand signs', send('/recover', 'name=ada',
                                                   form.replace(cookies, 'rekey_session=' + large[:12000])),
             (403, 413, 431, 'ended')),
            ('a thousand cookies', send('/recover', 'name=ada', form.replace(cookies, 'rekey_flow=A; ' * 800)),
             (403, 413, 431, 'ended')),
            ('seventy headers', send('/recover', f'csrf={csrf}&name=ada',
                                     form + ''.join(f'X-{n}: 1\r\n' for n in range(70))), (431,)),
            ('a long address', send('/recover?' + large[:3000], '', ours, 0, 'GET'), (414,)),
            ('a long id', send('/security-info/pending?id=' + '9' * 1500, '', ours, 0, 'GET'), (303,)),
            ('chunks', send('/recover', '0\r\n\r\n', form + 'Transfer-Encoding: chunked\r\n'), (400, 411))):
        assert status in allowed, f'{what}: {status}'
    assert s.server.rows('SELECT COUNT(*) FROM flow') == flows, 'the keeper was asked'
    arrived(v.post('/recover', {'name': 'ada'}), 'check_messages')


plant('ATK-046', 'src/web/guard.c', 'a body may be as long as it likes',
      '\tif (*length > body_limit)\n', '\tif (*length > body_limit * (int64_t)1024)\n')
plant('ATK-046', 'src/web/form.c', 'a field may be as long as the body',
      '\tif (length > (size_t)field->limit)\n', '\tif (length > body_limit)\n')
plant('ATK-046', 'src/web/guard.c', 'headers beyond the sixty-fourth are passed over', '\tif (head->crowded)\n',
      '\tif (head->crowded && !head->count)\n')


@attack('ATK-047')
def no_secret_is_written_down(s):
    """Everything is done once, rightly and wrongly: invited, registered, signed in, reset by each way, changed,
    denied. No password, code, pass, token, seed or cookie of it stands in the log of any program, in the audit
    log, in what the command line shows of it, or in a person's export."""
    s.server.turn(1000)
    _, browsers = watched(s)
    words = {s.ada.password, s.bob.password, NEXT, THIEF, 'wrong words for a door', *s.ada.paper, *s.bob.paper,
             s.ada.seed, s.bob.seed}
    given = invite(s, 'dan')
    page, v = by_pass(s, 'dan', given)
    arrived(v.post('/signin/choose', {'password': THIEF}), 'security-info')
    arrived(v.post('/security-info/add', {'kind': 'totp'}), 'pending')
    words |= {given, re.search(r'secret=([A-Z2-7]+)', v.page.html)[1]}
    by_pass(s, 'dan', '0000-1111-2222-3333')
    s.visitor().post('/signin', {'name': 'ada', 'password': 'wrong words for a door'})
    v = s.asked('ada')
    sent(s, v, '/recover/answer', {'code': '13572468'})
    code = s.code_to(s.ada)
    arrived(v.post('/recover/answer', {'code': code}), 'next_proof')
    sent(s, v, '/recover/answer', {'code': '975318'})
    app = s.app_code(s.ada)
    arrived(v.post('/recover/answer', {'code': app}), 'choose')
    arrived(v.post('/recover/choose', {'password': NEXT}), 'password_done')
    s.ada.password = NEXT
    s.signed_in(s.ada)
    page, v = by_paper(s, 'bob', s.bob.paper[0])
    arrived(page, 'check_messages')
    fresh = re.search(r'class="key-code">([^<]+)<', v.page.html)[1]
    token = notice(s, s.bob)
    s.visitor().post('/not-me', {'token': 'A' * 43})
    arrived(s.visitor().post('/not-me', {'token': token}), 'not_me_done')
    s.settle()
    words |= {code, '13572468', '975318', app, fresh, token, *s.found(s.bob.mail, CODE),
              *(c for b in browsers for c in b.held)}
    texts = {'the log': s.server.logged()}
    for command in (('audit', 'list', '--most', '500'), ('people', 'show', 'ada'), ('people', 'show', 'dan'),
                    ('outbox', 'list'), ('settings', 'list'),
                    ('people', 'list')):
        for form in ('json', 'table'):
            texts[' '.join(command)] = texts.get(' '.join(command), '') + s.cli('--format', form, *command)
    texts['people export'] = ''.join(s.cli('people', 'export', name) for name in ('ada', 'bob', 'dan'))
    if 'Successfully completed reset' not in texts['audit list --most 500']:
        raise RuntimeError('the audit log is empty')
    texts["the audit log's rows"] = str(s.server.rows('SELECT reason, note FROM audit'))
    for where, text in texts.items():
        for word in words:
            assert word not in text, f'{where} has {word}'


plant('ATK-047', 'src/flow/judge.c', 'a typed code is logged where it is compared',
      '\te = flow_step(w, on_answer);\n\tif (e != reply_again || w->state != state_judging)',
      '\tlog_line(log_info, NULL, "answer %.*s", STR_ARG(secret_show(code)));\n\te = flow_step(w, on_answer);\n'
      '\tif (e != reply_again || w->state != state_judging)')
plant('ATK-047', 'src/flow/effect.c', 'the audit log says which code was sent',
      '\treturn walk_note(w, event_reset_progress, true, started[method_mail]);',
      '\treturn walk_note(w, event_reset_progress, true, arena_copy(c->arena, secret_show(code)).at);')
plant('ATK-047', 'src/courier/compose.c', 'the courier logs what a letter says',
      '\t*mail = (struct mail){\n\t\t.id = letter->id,',
      '\tlog_line(log_info, NULL, "says %.*s", STR_ARG(buf_str(&text)));\n\t*mail = (struct mail){\n'
      '\t\t.id = letter->id,')
plant('ATK-047', 'src/web/serve.c', 'the web process logs the cookies it sets',
      '\tif (a->session)\n\t\tset_token(v, cookie_session, a->session);\n',
      '\tif (a->session)\n\t\tset_token(v, cookie_session, a->session);\n'
      '\tlog_line(log_info, NULL, "session %.*s", STR_ARG(v->cookies.value[cookie_session]));\n')
