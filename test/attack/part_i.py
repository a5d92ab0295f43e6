"""I. Privilege and operators."""
import re
import secrets

from attack import attack, plant
from part_e import EASY, imported, operations, people_file
from part_g import raw
from scene import NEXT, PASS, PASSWORD, arrived, reply_of


def pass_for(s, name):
    return re.search(PASS, s.cli('people', 'invite', name))[0]


def come_by_pass(s, name, given):
    v = s.visitor()
    return v, v.post('/signin/pass', {'name': name, 'pass': given})


@attack('ATK-083')
def the_desk_gives_a_way_in_and_never_a_password(s):
    """A pass opens nothing but the choice of a new password, once, for its own account, for a day, and a newer one or a new password ends it. No operation of the
    command line sets or shows a password; an imported hash never takes the place of a password that its owner chose."""
    given = pass_for(s, 'dan')
    assert come_by_pass(s, 'mia', given)[1].status == 422, 'the pass of another person was taken'
    v, page = come_by_pass(s, 'dan', given)
    assert reply_of(page) == 'must_change', f'a pass led to {reply_of(page)}'
    sessions = s.sessions('dan')
    v.get('/security-info')
    assert v.page.form('/signin') and s.sessions('dan') == sessions, 'a pass opened a session before a password was chosen'
    v.get('/signin/must_change')
    assert come_by_pass(s, 'dan', given)[1].status == 422, 'a pass was taken twice'
    arrived(v.post('/signin/choose', {'password': NEXT}), 'security-info')
    assert come_by_pass(s, 'dan', given)[1].status == 422, 'a pass was taken after the password was set'
    old, new = pass_for(s, 'bob'), pass_for(s, 'bob')
    assert come_by_pass(s, 'bob', old)[1].status == 422, 'a newer pass left the older one as it was'
    s.signed_in(s.bob).post('/change', {'password': NEXT})
    if not s.opens('bob', NEXT):
        raise RuntimeError('the password was not changed')
    assert come_by_pass(s, 'bob', new)[1].status == 422, 'a pass lived on after a change of the password'
    late = pass_for(s, 'mia')
    s.server.turn(86400)
    assert come_by_pass(s, 'mia', late)[1].status == 422, 'a pass was taken a day after it was issued'
    arrived(come_by_pass(s, 'mia', pass_for(s, 'mia'))[1], 'must_change')
    for o in operations(s):
        named = [f[0] for f in o.fields if 'password' in f[0]]
        assert o.door != 'socket' or named in ([], ['password_hash']), f'the command line may set a password: {o.name}'
    v = imported(s, 'eli')
    arrived(v.post('/change', {'old': EASY, 'password': NEXT}), 'security-info')
    before = s.stored('eli')
    s.server.cli('people', 'import', str(people_file(s, 'eli', 'password2')))
    assert s.stored('eli') == before, 'an import set the password of a person who chose one'


plant('ATK-083', 'src/spec/flow/signin.def', 'a pass opens a session at once',
      'ROW(trying,      verdict,  right_pass,        use_pass,          must_change,  must_change)',
      'ROW(trying,      verdict,  right_pass,        open_session,      signed_in,    done)\n'
      'ROW(trying,      verdict,  right_pass,        use_pass,          must_change,  must_change)')
plant('ATK-083', 'src/flow/effect_signin.c', 'a pass is not used up by coming in',
      '\tunit_add(&w->unit, statement_pass_use, 1,\n\t\tWITH(v_bytes(w->account.id), v_bytes(w->pass_mac)));\n', '')
plant('ATK-083', 'src/people/change.c', 'a change of the password leaves a pass as it was',
      '\tunit_add(&w->unit, statement_pass_drop, any_rows, WITH(account));\n\tunit_add(&w->unit, statement_refused',
      '\tunit_add(&w->unit, statement_refused')
plant('ATK-083', 'sql/statement.def', 'a password that was chosen after an import still counts as imported',
      '"origin = \'rekey\', legacy = 0,', '"legacy = 0,')
plant('ATK-083', 'src/people/invite.c', 'a pass lives for a month',
      'pass_seconds = 24 * 60 * 60', 'pass_seconds = 30 * 24 * 3600')


@attack('ATK-084')
def a_password_is_data_everywhere(s):
    """Passwords and names full of what shells, SQL and templates mean something by: the password works exactly as typed and in no other form, nothing is run,
    and pages and mail show the name as text. No setting of where mail or links go can be changed over the network."""
    marker = s.server.folder / 'run'
    words = f' $(touch {marker});`touch {marker}`|touch {marker} \'; DROP TABLE password;-- {{{{name}}}} %s%n \\ '
    s.reset(s.ada, words)
    assert s.opens('ada', words), 'the password does not open as it was typed'
    for other in (words.strip(), words[:-1], words[1:], words.split(';')[0], words.replace('\\', ''), words.replace('%s', ''), words.lower()):
        assert not s.opens('ada', other), f'another form opened: {other}'
    name = f'$(touch {marker})`id`;{{{{7*7}}}}%s'
    s.cli('people', 'add', 'gus', '--mail', 'gus@example.net', '--display-name', name)
    s.visitor().post('/recover', {'name': name})
    s.cli('people', 'show', 'gus')
    s.settle()
    assert not marker.exists(), 'a word of somebody was run'
    assert s.server.rows("SELECT COUNT(*) FROM password")[0][0] > 1 and s.opens('bob', PASSWORD)
    open_doors = {o.name for o in operations(s) if o.door in ('visitor', 'session')}
    assert not {n for n in open_doors if re.search(r'set|setting|smtp|(?<!pass)key_|import|brand_(set|logo)|mail_test', n)} - {'recover_resend'}, (
        f'operations that set where things go are open to the network: {open_doors}')


plant('ATK-084', 'src/policy/password_normal.c', 'blanks around a password are cut off',
      '\tif ((e = compose(c, secret_show(typed), room, &length))) {', '\tif ((e = compose(c, str_trim(secret_show(typed)), room, &length))) {')
plant('ATK-084', 'src/spec/operation.def', 'branding can be set over the network',
      'OPERATION(brand_set, socket, none,', 'OPERATION(brand_set, visitor, none,')


def spellings(path):
    """A path as other readers would bring it to the same place."""
    rest = path[1:]
    coded = '%' + format(ord(rest[0]), '02x') + rest[1:]
    yield from (path, '/' + path, '/.' + path, '/x/..' + path, '/%2e' + path, '/static/..' + path, '/static/%2e%2e' + path, '/help/..' + path,
                path + '/', path + '/.', path + ';x', path + '%00', path + '%20', path + '.html', path + '?a=b', path + '#x', '/' + coded,
                path.upper(), '/\\' + rest, path.replace('-', '%2d'), '/healthz/..' + path, '/;x' + path, '//localhost' + path)


@attack('ATK-085')
def no_spelling_of_a_path_comes_past_the_sign_in(s):
    """Every path of a person signed in, and the demonstration's inbox, in some twenty spellings, by GET and POST, with cookies that
    nobody gave: nothing of anybody is shown, and nothing moves. With the right cookie the page is there."""
    own = s.signed_in(s.ada)
    own.get('/security-info')
    if s.ada.mail not in own.page.html:
        raise RuntimeError('the honest way does not work')
    s.asked('bob')
    s.code_to(s.bob)
    method = s.methods('ada')[0][0].hex()
    before = s.methods('ada'), s.stored('ada'), s.sessions('ada')
    paths = ('/security-info', '/security-info/add', f'/security-info/delete?id={method}', '/security-info/prove', '/change', '/inbox', '/signout/everywhere')
    paths = ('/security-info', '/security-info/add', f'/security-info/delete?id={method}', '/security-info/prove', '/change', '/inbox', '/signout/everywhere')
    for path in paths:
        plain, _, query = path.partition('?')
        for spelled in spellings(plain):
            for verb, body in (('GET', ''), ('POST', 'how=password')):
                cookie = f'Cookie: rekey_session={secrets.token_urlsafe(32)}; rekey_browser={secrets.token_urlsafe(32)}\r\n'
                form = f'Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n' if body else ''
                status, page = raw(s, (f'{verb} {spelled}{"?" + query if query else ""} HTTP/1.1\r\nHost: localhost:{s.server.port}\r\n'
                                       f'{cookie}{form}Connection: close\r\n\r\n{body}').encode())
                shown = [part for part in (s.ada.mail, s.mia.mail, s.bob.mail, 'method-name', 'name="old"') if part.encode() in page]
                assert not shown, f'{verb} {spelled} shows {shown}'
                assert plain != '/inbox' or status in (None, 400, 403, 404, 405), f'{verb} {spelled} was answered with {status}'
    assert (s.methods('ada'), s.stored('ada'), s.sessions('ada')) == before, 'something moved'


plant('ATK-085', 'sql/statement.def', 'a session is found by the token nearest to the one that was shown',
      'LEFT JOIN password p ON p.account = a.id WHERE s.id = ?1")',
      'LEFT JOIN password p ON p.account = a.id WHERE s.id >= ?1 ORDER BY s.id LIMIT 1")')
