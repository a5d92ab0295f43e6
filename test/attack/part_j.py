"""J. Abuse of resources."""
import concurrent.futures
import hashlib
import re

from attack import attack, plant
from part_e import MANY_STARTS, all_at_once, answer, by_app, of, turn_to, wrong
from part_f import black_hole, closed_port, mail_at
from scene import NEXT, PASSWORD, arrived, reply_of


def codes_made(s, name):
    """How many codes were written to a person, also those that a newer one replaced before they left."""
    return s.server.rows("SELECT COUNT(*) FROM outbox WHERE message = 'recover_code' AND account = ?", s.account(name))[0][0]


@attack('ATK-086', settings=MANY_STARTS)
def strangers_cannot_fill_a_mailbox(s):
    """50 resets of one person are begun from 50 addresses: 3 letters are written, and the answers are the same to the last. More all day long: 10 letters in
    all. The day after, a code comes again."""
    s.server.turn(86400)
    for number in range(50):
        page = of(s, number).post('/recover', {'name': 'ada'})
        assert page.status == 303 and reply_of(page) == 'check_messages', f'start {number} was answered with {page.status} {reply_of(page)}'
    assert codes_made(s, 'ada') == 3, f'50 starts wrote {codes_made(s, "ada")} letters'
    for hour in range(6):
        s.server.turn(3600)
        for number in range(5):
            of(s, hour * 5 + number).post('/recover', {'name': 'ada'})
    assert codes_made(s, 'ada') == 10, f'{codes_made(s, "ada")} letters were written in a day'
    s.server.turn(86400)
    s.asked('ada')
    assert codes_made(s, 'ada') == 11, 'the day after, no code comes'


plant('ATK-086', 'src/policy/throttle.c', 'codes are counted for each address that asks, not for the mailbox they go to',
      '\tdigest_keyed(c->keys, key_name, STR("sending"), channel, mac);\n',
      '\tdigest_keyed(c->keys, key_name, STR("sending"),\n'
      '\t\tc->request && c->request->address.length ? c->request->address : channel, mac);\n')
plant('ATK-086', 'src/policy/throttle.c', 'nobody looks at how many codes a mailbox got in a day',
      ' && row_number(&rows, 0, 1) < sends_a_day;', ';')


@attack('ATK-088', settings=MANY_STARTS)
def strangers_do_not_lock_the_owner_out(s):
    """Strangers type wrong passwords, 125 wrong app codes in 25 resets, and have codes sent until no more go. From a browser that signed in before, the owner still signs
    in, and resets the password by two other ways; the app still counts."""
    own = s.signed_in(s.bob)
    own.jar.pop('rekey_session')
    own.page = None
    for number in range(14):
        s.visitor().post('/signin', {'name': 'bob', 'password': f'not the password of bob {number}'})
    if s.opens('bob', PASSWORD):
        raise RuntimeError('strangers were not locked out')
    page = own.post('/signin', {'name': 'bob', 'password': PASSWORD})
    assert reply_of(page) == 'prove', 'strangers locked the owner\'s own browser out of sign-in'
    for _ in range(25):
        v = by_app(s, 'bob')
        for _ in range(5):
            answer(v, wrong(s.app_code(s.bob)))
    assert reply_of(own.post('/signin', {'name': 'bob', 'password': PASSWORD})) == 'prove', 'strangers locked the owner out of sign-in'
    assert reply_of(answer(own, s.app_code(s.bob), '/signin/answer')) == 'security-info', 'the owner\'s app does not count any more'
    assert all(state == 'active' for _, _, _, state in s.methods('bob')), f'a method was disabled: {s.methods("bob")}'
    own.jar.pop('rekey_session')
    own.page = None
    arrived(own.post('/recover', {'name': 'bob'}), 'check_messages')
    turn_to(own, 'totp')
    answer(own, s.app_code(s.bob))
    turn_to(own, 'recovery_code')
    answer(own, s.bob.paper[0])
    assert own.page.form('/recover/choose'), f'the owner cannot reset: {own.page.text[:300]}'
    assert reply_of(own.post('/recover/choose', {'password': NEXT})) == 'password_done'


plant('ATK-088', 'src/flow/walk.c', 'familiar devices are counted with everybody else',
      '\t\t(e = device_familiar(w->c, w->account.id, &w->try.familiar)) ||\n', '')


@attack('ATK-088', settings=MANY_STARTS)
def strangers_with_patience_do_not_take_a_method_away(s):
    """Strangers type ten wrong app codes a day, for eleven days: from then on no code of theirs is compared, but the app is not disabled, and its owner signs in
    from a browser that did before; that success begins the strangers' count anew."""
    own = s.signed_in(s.bob)
    own.jar.pop('rekey_session')
    own.page = None
    for _ in range(11):
        s.server.turn(86400)
        for _ in range(2):
            v = by_app(s, 'bob')
            for _ in range(5):
                answer(v, '000000')
    s.server.turn(86400)
    assert all(state == 'active' for _, _, _, state in s.methods('bob')), f'a method was disabled: {s.methods("bob")}'
    assert answer(by_app(s, 'bob'), s.app_code(s.bob)).status == 422, 'after a hundred failures in a row a stranger\'s code was compared'
    assert 'unlock the account' in s.cli('people', 'show', 'bob'), 'the desk does not see why'
    arrived(own.post('/signin', {'name': 'bob', 'password': PASSWORD}), 'prove')
    assert reply_of(answer(own, s.app_code(s.bob), '/signin/answer')) == 'security-info', 'strangers took the owner\'s app away'
    arrived(answer(by_app(s, 'bob'), s.app_code(s.bob)), 'check_messages')


plant('ATK-088', 'src/policy/throttle.c', 'strangers\' failures count against the owner\'s method',
      '\tif (t->familiar)\n\t\tunit_add(unit, statement_methods_fail', '\tif (t->account.length)\n\t\tunit_add(unit, statement_methods_fail')
plant('ATK-088', 'src/policy/throttle.c', 'nobody looks at the strangers\' failures in a row',
      '\t*may = row_number(&rows, 0, 0) <= failures_to_disable;\n', '')


@attack('ATK-089', settings=MANY_STARTS)
def a_mail_server_that_hangs_holds_nothing_up(s):
    """The mail server takes connections and says nothing while 20 resets are begun, then it is gone: every reset is answered, people sign in and reset by other
    ways; and when the mail server is back, the letter comes."""
    s.server.turn(1000)
    with black_hole() as port:
        mail_at(s, port)
        for name in ('ada', 'bob', 'mia', 'zoe') * 5:
            arrived(s.visitor().post('/recover', {'name': name}), 'check_messages')
        s.signed_in(s.ada)
        v = by_app(s, 'bob')
        answer(v, s.app_code(s.bob))
        turn_to(v, 'recovery_code')
        arrived(answer(v, s.bob.paper[0]), 'choose')
        arrived(v.post('/recover/choose', {'password': NEXT}), 'password_done')
        assert not s.letters(), 'a letter came from nowhere'
    real = s.server.postfix.port
    mail_at(s, closed_port())
    s.server.turn(1000)
    v = s.asked('ada')
    while not s.server.rows("SELECT COUNT(*) FROM outbox WHERE message = 'recover_code' AND account = ? AND attempts > 0 "
                            "AND state <> 'leased' AND made = (SELECT MAX(made) FROM outbox)", s.account('ada'))[0][0]:
        s.server.turn(1)
    state = s.server.rows("SELECT state FROM outbox WHERE message = 'recover_code' AND account = ? ORDER BY made DESC", s.account('ada'))
    assert state[0][0] == 'waiting', f'a letter that could not leave is {state[0][0]}'
    mail_at(s, real)
    s.server.turn(60)
    assert reply_of(answer(v, s.code_to(s.ada))) == 'next_proof', 'the letter that waited is worth nothing'


plant('ATK-089', 'src/outbox/claim.c', 'a letter is tried once',
      '\tif (str_is(in->outcome, "later") && worth(', '\tif (str_is(in->outcome, "later") && row_number(&rows, 0, 0) > 1 && worth(')


@attack('ATK-090', settings=('[store]', 'hashQueue = 4'))
def a_crowd_at_sign_in_waits_in_a_short_line(s):
    """64 sign-ins at the same moment: so many as the line is long are judged, the others hear "busy" and have spent nothing; meanwhile resets go on, and
    afterwards the owner signs in."""
    visitors = [s.visitor() for _ in range(64)]
    for v in visitors:
        v.get('/signin')

    def sign_in(number):
        return visitors[number].send('/signin', {**visitors[number].token(), 'name': 'ada', 'password': f'not the password {number}'}).status

    with concurrent.futures.ThreadPoolExecutor(64) as pool:
        crowd = [pool.submit(sign_in, number) for number in range(64)]
        for name in ('bob', 'zoe', 'mia'):
            arrived(s.visitor().post('/recover', {'name': name}), 'check_messages')
        said = [one.result() for one in crowd]
    assert set(said) <= {422, 503}, f'the answers were {sorted(set(said))}'
    assert said.count(503) > 0, 'nobody had to come again: the line has no end'
    s.server.turn(3600)
    s.signed_in(s.ada)


plant('ATK-090', 'src/keeper/main.c', 'the line of those who sign in has no end',
      'queue = (size_t)c->conf->hash_queue;', 'queue = 4096;')


def work_of(page):
    return re.search(r'data-work="([^"]+)"', page.html)[1]


def solved(work):
    salt, most, challenge = work.split('|')[:3]
    return work + '|' + next(str(n) for n in range(int(most)) if hashlib.sha256(f'{salt}{n}'.encode()).hexdigest() == challenge)


def begin(v, work=None):
    fields = {**v.token(), 'name': 'ada', **({'work': work} if work else {})}
    page = v.send('/recover', fields)
    return reply_of(page) if page.status == 303 else 'work' if 'data-work' in page.html else page.status


@attack('ATK-092', settings=('[policy]', 'proofOfWorkAfter = 0'))
def a_proof_of_work_counts_once_and_cannot_be_made_up(s):
    """While every reset asks for a proof of work: one that was solved opens one reset, also when sent eight times at once; one that was changed in any part, is
    ten minutes old or not solved opens none. Whoever has no script waits twenty seconds instead, and that counts once as well. Nobody else is asked."""
    def asked():
        v = s.visitor()
        v.get('/recover')
        assert begin(v) == 'work', 'a reset was begun without the work'
        return v, work_of(v.page)

    def flows():
        return s.server.rows("SELECT COUNT(*) FROM flow WHERE kind = 'recover'")[0][0]

    v, work = asked()
    answered = solved(work)
    if begin(v, answered) != 'check_messages':
        raise RuntimeError('the work was not taken')
    v.get('/recover')
    assert begin(asked()[0], answered) == 'work', 'one proof of work opened two resets'
    v, work = asked()
    answered, before = solved(work), flows()
    copies = [asked()[0] for _ in range(8)]
    all_at_once(lambda number: begin(copies[number], answered), 8)
    assert flows() == before + 1, f'one proof of work opened {flows() - before} resets at once'
    v, work = asked()
    before, parts = flows(), work.split('|')
    easy = hashlib.sha256(f'{parts[0]}0'.encode()).hexdigest()
    for made_up in ('|'.join([parts[0], '1', easy, *parts[3:]]) + '|0', '|'.join(parts[:4] + ['0' * 64]) + '|0', '|'.join(parts[:2] + [easy, *parts[3:]]) + '|0',
                    '|'.join(parts[:3] + [str(int(parts[3]) - 60), parts[4]]) + '|wait', work + '|wait', work + '|0', work + '|-1', work, 'wait', '||||||'):
        assert begin(v, made_up) == 'work', f'made-up work was taken: {made_up}'
    assert flows() == before, 'made-up work opened a reset'
    late = solved(work)
    s.server.turn(20)
    assert begin(v, work + '|wait') == 'check_messages', 'whoever waits is not let in'
    assert begin(asked()[0], work + '|wait') == 'work', 'one wait opened two resets'
    assert begin(asked()[0], late) == 'work', 'the wait and the work of one page opened two resets'
    v, work = asked()
    s.server.turn(601)
    assert begin(v, solved(work)) == 'work', 'work ten minutes old was taken'


plant('ATK-092', 'src/policy/work.c', 'solved work may be shown again',
      'unit_add(&unit, statement_work_spend, 1,', 'unit_add(&unit, statement_work_spend, any_rows,')
plant('ATK-092', 'src/policy/work.c', 'nobody looks whether the work asked for is ours',
      'return !own.full && bytes_same(buf_str(&own),\n\t\tstr_upto(text, (size_t)(mac.at - text.at) + mac.length)) &&\n',
      'return !own.full &&\n')
plant('ATK-092', 'src/policy/work.c', 'a wait counts before it is over',
      '\t\treturn w->made + work_wait_seconds <= c->now;\n', '\t\treturn w->made <= c->now;\n')
plant('ATK-092', 'src/policy/work.c', 'work lives for ever',
      'out->made <= c->now && out->made + work_lifetime > c->now;', 'out->made <= c->now;')
