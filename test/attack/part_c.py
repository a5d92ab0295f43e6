"""C. Links and hosts."""
import re
import urllib.parse

from attack import attack, plant
from scene import CODE, NEXT, arrived, reply_of
from server import totp
from watch import Markup, links, raw, watched

EVIL = 'evil.example'


def base(s):
    return f'http://localhost:{s.server.port}'


def only_ours(s, address):
    """All links of the letters to an address begin with our own address and '/'."""
    for text in s.letters(address):
        for link in links(text[1]):
            assert link.startswith(base(s) + '/'), f'a letter leads to {link}'
            assert EVIL not in link, f'a letter leads to {link}'


def begin(s, headers, name='ada'):
    """A reset begun with more headers than a browser's own; the answer."""
    v = s.visitor()
    v.get('/recover')
    return v.ask('POST', '/recover', urllib.parse.urlencode({**v.token(), 'name': name}), headers)


# ---- hosts ----

@attack('ATK-023')
def no_host_but_ours_is_answered_or_stands_in_a_link(s):
    """Resets are begun with foreign names in Host, X-Forwarded-Host, -Proto, -Port, -Prefix, -Server, Forwarded,
    an absolute request line and a second Host: each is refused, or the mail's links are byte for byte below the
    configured address, as is every redirect."""
    ours = f'localhost:{s.server.port}'
    s.server.turn(1000)  # the code of her registration is forgotten
    arrived(begin(s, {'Host': ours.upper()}), 'check_messages')
    s.code_to(s.ada)
    for host in (EVIL, f'{ours}.{EVIL}', f'{EVIL}:{s.server.port}', f'{ours}@{EVIL}', f'{EVIL}#{ours}',
                 f'{EVIL}/{ours}',
                 f'{EVIL}\\{ours}', f'{ours},{EVIL}', f'x{ours}', 'localhost', f'localhost:{s.server.port}0',
                 f'{ours} {EVIL}'):
        for more in ({}, {'X-Forwarded-Host': ours}):
            page = begin(s, {'Host': host, **more})
            assert page.status in (400, 421), f'{host} was answered with {page.status}'
            assert EVIL not in page.html and EVIL not in str(page.headers), f'the answer names {host}'
    head = f'GET {{}} HTTP/1.1\r\n{{}}Connection: close\r\n'
    for line, hosts in ((f'http://{EVIL}/recover', f'Host: {ours}\r\n'),
                        ('/recover', f'Host: {ours}\r\nHost: {EVIL}\r\n'),
                        ('/recover', f'Host: {EVIL}\r\nHost: {ours}\r\n'), ('/recover', ''),
                        (f'{EVIL}:80', f'Host: {ours}\r\n')):
        page = raw(s, head.format(line, hosts).encode())
        assert page is None or page.status in (400, 421), f'{line} with {hosts!r} was answered with {page.status}'
    assert len(s.found(s.ada.mail, CODE)) == 1, 'a request for a foreign host sent a code'
    forwarded = {'X-Forwarded-Host': EVIL, 'X-Forwarded-Server': EVIL, 'X-Forwarded-Proto': 'https',
                 'X-Forwarded-Port': '8443',
                 'X-Forwarded-Prefix': f'//{EVIL}', 'X-Original-URL': f'//{EVIL}/', 'X-Rewrite-URL': f'//{EVIL}/',
                 'X-HTTP-Host-Override': EVIL, 'X-Host': EVIL, 'Forwarded': f'for=192.0.2.1;host={EVIL};proto=https',
                 'X-Forwarded-Scheme': 'https', 'X-Original-Host': EVIL}
    for count, headers in enumerate((forwarded, {'X-Forwarded-Host': f'{EVIL}, {ours}'}), 2):
        page = begin(s, headers)
        assert page.status == 303 and page.header('location') == '/recover/check_messages', (
            f'{headers} led to {page.status} {page.header("location")}')
        s.code_to(s.ada, count)
    only_ours(s, s.ada.mail)
    v = s.signed_in(s.bob)
    v.get('/change')
    page = v.ask('POST', '/change', urllib.parse.urlencode({**v.page.form('/change').hidden, 'password': NEXT}),
                 forwarded)
    assert page.header('location') == '/security-info', f'a change led to {page.header("location")}'
    assert s.found(s.bob.mail, f'{re.escape(base(s))}/not-me#'), 'no notice came with a link below our address'
    only_ours(s, s.bob.mail)


plant('ATK-023', 'src/web/guard.c', 'a Host need only begin with ours',
      'return host.length == ours.length &&', 'return host.length >= ours.length &&')
plant('ATK-023', 'src/web/arrive.c', 'X-Forwarded-Host stands for Host',
      '\tstruct str host = head_value(&v->head, "host");\n',
      '\tstruct str host = head_value(&v->head, "x-forwarded-host");\n\n'
      '\tif (!host.at)\n\t\thost = head_value(&v->head, "host");\n')
plant('ATK-023', 'src/web/serve.c', 'redirects are absolute, below X-Forwarded-Host',
      '\tv->out.location = arena_copy(v->c.arena, location);\n',
      '\tstruct str host = head_value(&v->head, "x-forwarded-host");\n'
      '\tstruct buf to = buf_in(v->c.arena, location_limit);\n\n'
      '\tif (host.at) {\n\t\tbuf_add(&to, STR("https://"));\n\t\tbuf_add(&to, host);\n\t}\n'
      '\tbuf_add(&to, location);\n\tbuf_char(&to, 0);\n\tv->out.location = str_of(to.at);\n')
plant('ATK-023', 'src/web/guard.c', 'two Host lines are taken, and the first believed',
      'static const char *const names[] = { "host", "content-length",',
      'static const char *const names[] = { "content-length",')


PROXIED = ('[site]', 'trustedProxies = 127.0.0.1/32', 'trustedNetworks = 10.1.0.0/16', '[policy]',
           'proofOfWorkAfter = 1000')
DIRECT = ('[site]', 'trustedNetworks = 10.1.0.0/16')


def claims(s):
    """The addresses that sessions of mia began from, newest last, without them."""
    return s.server.rows('SELECT address FROM session WHERE account = ? ORDER BY created', s.account('mia'))


@attack('ATK-024', settings=PROXIED)
def a_trusted_proxy_vouches_for_one_hop_only(s):
    """Behind a trusted proxy a stranger writes an inside address into X-Forwarded-For and Forwarded, with quotes,
    semicolons, ports, second lines and words that are no address: the hop that the proxy added is the client, and
    the stranger is not told why mia cannot reset."""
    inside, outside = '10.1.2.3', '203.0.113.9'
    assert reply_of(begin(s, {'X-Forwarded-For': inside},
                          'mia')) == 'contact_desk', 'an inside client is not told; nothing is tried'
    for hops in (outside, f'{inside}, {outside}', f'{inside},{outside}', f'"{inside}", {outside}',
                 f'{inside};, {outside}',
                 f'for={inside};by=127.0.0.1, {outside}', f'{inside}, {outside}:4711',
                 f'{inside}, [::ffff:{outside}]', f'{inside}, unknown',
                 f'{inside}, _hidden', f'{inside}, ', f'{inside},,', f'{inside}, "{outside}',
                 f'{inside}, {outside};x={inside}',
                 f'{inside}, {outside}, 127.0.0.1', f'{inside} {outside}', f'{outside}\t{inside}',
                 f'{inside}, 999.1.1.1', f'{inside}, 10.1.2'):
        page = begin(s, {'X-Forwarded-For': hops}, 'mia')
        assert reply_of(page) == 'check_messages', f'X-Forwarded-For: {hops} was told {reply_of(page)}'
    for headers in ({'Forwarded': f'for={inside}'}, {'Forwarded': f'for="{inside}:80";proto=https, for={inside}'},
                    {'X-Real-IP': inside},
                    {'True-Client-IP': inside}, {'CF-Connecting-IP': inside}, {'X-Client-IP': inside},
                    {'X_Forwarded_For': inside},
                    {'X-Forwarded-For-Original': inside}):
        page = begin(s, {'X-Forwarded-For': outside, **headers}, 'mia')
        assert reply_of(page) == 'check_messages', f'{headers} was told {reply_of(page)}'
    v = s.visitor()
    v.get('/recover')
    body = urllib.parse.urlencode({**v.token(), 'name': 'mia'}).encode()
    cookies = '; '.join(f'{n}={c}' for n, c in v.jar.items())
    page = raw(s, (f'POST /recover HTTP/1.1\r\nHost: localhost:{s.server.port}\r\nCookie: {cookies}\r\nConnection: close\r\n'
                   f'Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n'
                   f'X-Forwarded-For: {inside}\r\nx-forwarded-for: {outside}\r\n').encode(), body)
    assert reply_of(page) == 'check_messages', f'of two lines the first was believed: {reply_of(page)}'


plant('ATK-024', 'src/web/address.c', 'every hop vouches for the one before it, trusted or not',
      'vouched = network_has(trusted, str_of(address));\n\t}', 'vouched = true;\n\t}')
plant('ATK-024', 'src/web/address.c', 'a hop that is no address is passed over',
      '\twhile (vouched && last_hop(&forwarded, &hop) && spell(hop, next)) {\n',
      '\twhile (vouched && last_hop(&forwarded, &hop)) {\n\t\tif (!spell(hop, next))\n\t\t\tcontinue;\n')
plant('ATK-024', 'src/web/arrive.c', 'of several X-Forwarded-For lines the first counts',
      '\t\tif (all.length)\n\t\t\tbuf_char(&all, \',\');\n', '\t\tif (all.length)\n\t\t\tbreak;\n')


@attack('ATK-024', settings=DIRECT)
def a_peer_that_is_no_trusted_proxy_vouches_for_nobody(s):
    """With no trusted proxy set, a stranger who names an inside address in any forwarding header is still the peer
    that connected."""
    inside = '10.1.2.3'
    for headers in ({'X-Forwarded-For': inside}, {'X-Forwarded-For': f'{inside}, {inside}'},
                    {'Forwarded': f'for={inside}'},
                    {'X-Real-IP': inside}, {'X-Forwarded-For': f'{inside}, 127.0.0.1'}):
        page = begin(s, headers, 'mia')
        assert reply_of(page) == 'check_messages', f'{headers} was told {reply_of(page)}'
    mia = s.visitor()
    mia.get('/signin')
    page = mia.ask('POST', '/signin', urllib.parse.urlencode({**mia.token(), 'name': 'mia',
                                                              'password': s.mia.password}),
                   {'X-Forwarded-For': inside})
    arrived(page, 'security-info')
    assert (inside,) not in claims(s), 'the session is said to come from an address that the browser made up'


plant('ATK-024', 'src/web/address.c', 'whoever connects is believed',
      'bool vouched = peer.length == 0;', 'bool vouched = peer.length == 0 || forwarded.length > 0;')


# ---- origins ----

@attack('ATK-025')
def origin_and_referer_make_no_link(s):
    """Foreign names in Origin and Referer are sent with every form: a foreign Origin is refused and sends nothing,
    and neither of them comes back in a redirect or in a mail's link."""
    for origin in (f'https://{EVIL}', f'http://{EVIL}:{s.server.port}', f'{base(s)}.{EVIL}'):
        page = begin(s, {'Origin': origin, 'Referer': f'{origin}/recover'})
        assert page.status == 403, f'Origin: {origin} was answered with {page.status}'
    s.settle()
    assert not s.letters(s.ada.mail), 'a form with a foreign Origin sent a code'
    page = begin(s, {'Origin': 'null', 'Referer': f'https://{EVIL}/recover', 'Sec-Fetch-Site': 'same-origin'})
    arrived(page, 'check_messages')
    s.code_to(s.ada)
    only_ours(s, s.ada.mail)
    for path, fields in (('/language', {'language': 'ja', 'path': f'https://{EVIL}/'}),
                         ('/language', {'language': 'ja'}),
                         ('/recover/leave', {})):
        v = s.visitor()
        v.get('/recover')
        page = v.ask('POST', path, urllib.parse.urlencode({**v.token(), **fields}), {'Referer': f'https://{EVIL}/'})
        assert page.status == 303 and re.fullmatch('/[a-z]*', page.header('location')), (
            f'{path} leads to {page.header("location")}')


plant('ATK-025', 'src/web/guard.c', 'a form may come from any origin',
      'return !origin.length || str_is(origin, "null") || str_same(origin, site->origin);',
      'return true || site || origin.length;')
plant('ATK-025', 'src/web/post.c', 'where a page is unknown, the way back is the Referer',
      'redirect(v, route_is_own(path, false) ? path : STR("/"));',
      'redirect(v, route_is_own(path, false) ? path :\n\t\thead_value(&v->head, "referer").at ?\n'
      '\t\thead_value(&v->head, "referer") : STR("/"));')


@attack('ATK-027')
def an_origin_is_ours_or_foreign_and_nothing_between(s):
    """A form is sent with origins that begin or end like ours, differ in scheme, port, case, a dot or user
    information: all are refused. No answer opens itself to scripts of another origin."""
    port = s.server.port
    honest = begin(s, {'Origin': base(s)})
    arrived(honest, 'check_messages')
    s.code_to(s.ada)
    for origin in (f'http://badlocalhost:{port}', f'http://localhost:{port}.{EVIL}',
                   f'http://{EVIL}/localhost:{port}', f'http://localhost:{port}/',
                   f'https://localhost:{port}', f'http://localhost.:{port}', f'http://localhost:{port}0',
                   'http://localhost', f'localhost:{port}',
                   f'http://u@localhost:{port}', f'http://localhost:{port}@{EVIL}', f'http://LOCALHOST:{port}',
                   f'http://127.0.0.1:{port}',
                   f'http://sub.localhost:{port}', f'http://localhost:{port}, http://{EVIL}',
                   f'http://{EVIL} http://localhost:{port}', 'NULL',
                   'file://', f'http://localhost:{port}\\.{EVIL}', f'http://localhost:{port}%00.{EVIL}'):
        page = begin(s, {'Origin': origin})
        assert page.status in (400, 403), f'Origin: {origin} was answered with {page.status}'
    for fetched in ('cross-site', 'same-site', 'Same-Origin', 'same-originx'):
        page = begin(s, {'Sec-Fetch-Site': fetched})
        assert page.status == 403, f'Sec-Fetch-Site: {fetched} was answered with {page.status}'
    s.settle()
    assert len(s.letters(s.ada.mail)) == 1, 'a form with a foreign origin sent a code'
    v = s.signed_in(s.bob)
    for method, path in (('GET', '/security-info'), ('GET', '/recover'), ('OPTIONS', '/security-info'),
                         ('GET', '/healthz')):
        page = v.ask(method, path, None, {'Origin': f'https://{EVIL}', 'Access-Control-Request-Method': 'POST'})
        opened = [name for name, _ in page.headers if name.lower().startswith('access-control')]
        assert not opened, f'{method} {path} answers other origins: {opened}'


plant('ATK-027', 'src/web/guard.c', 'an origin need only begin with ours',
      'str_same(origin, site->origin);', 'str_starts(origin, site->origin);')
plant('ATK-027', 'src/web/guard.c', 'an origin need only end with our host',
      'str_same(origin, site->origin);', 'str_ends(origin, site->host);')
plant('ATK-027', 'src/web/guard.c', 'a site beside ours is taken for ours',
      '!str_is(fetch, "same-origin") && !str_is(fetch, "none")',
      '!str_is(fetch, "same-origin") && !str_is(fetch, "same-site") && !str_is(fetch, "none")')


# ---- redirects ----

ELSEWHERE = (f'//{EVIL}', f'///{EVIL}', f'/\\{EVIL}', f'\\\\{EVIL}', f'/%2f{EVIL}', f'/%2F%2F{EVIL}',
             f'https://{EVIL}/', f'https:{EVIL}',
             f'/security-info@{EVIL}', f'/security-info/../../{EVIL}', f'/.{EVIL}', f'/\t/{EVIL}',
             f'/security-info\r\nLocation: https://{EVIL}',
             'javascript:alert(1)', 'data:text/html,x', f'/change?x=//{EVIL}', f'/change#//{EVIL}',
             f'/security-info?id=//{EVIL}', f'//{EVIL}/security-info',
             f'http://localhost@{EVIL}/', f'／／{EVIL}', f'/。{EVIL}', '/signout', '/nowhere', '/recover', '')


@attack('ATK-026')
def sign_in_and_changes_lead_only_to_pages_of_ours(s):
    """The page to return to is given as another site, in two dozen spellings: in the link to sign in, in the
    cookie that keeps it, in the forms that carry it, and in the choice of a language. Every redirect leads to a
    page of ours by its path."""
    v = s.visitor()
    for there in ELSEWHERE:
        v.jar.pop('rekey_next', None)
        v.ask('GET', '/signin?' + urllib.parse.urlencode({'next': there}))
        assert 'rekey_next' not in v.jar, f'a sign-in would lead to {there}'
    v.get('/signin?next=/change')
    page = v.post('/signin', {'name': 'bob', 'password': s.bob.password})
    arrived(page, 'prove')
    page = v.post('/signin/answer', {'code': s.app_code(s.bob)})
    assert page.header('location') == '/change', f'the honest way back is lost: {page.header("location")}'
    method = s.methods('bob')[0][0].hex()
    v.get(f'/security-info/rename?id={method}')
    form = v.page.form('/security-info/rename').hidden
    for there in ELSEWHERE:
        if len(there) > 100:
            continue
        page = v.ask('POST', '/security-info/rename', urllib.parse.urlencode({**form, 'id': method, 'label': 'mine',
                                                                              'next': there}))
        assert page.header('location') in ('/security-info',
                                           '/security-info/rename'), f'{there!r} led to {page.header("location")}'
        page = v.ask('POST', '/language', urllib.parse.urlencode({'csrf': form['csrf'], 'language': 'en',
                                                                  'path': there}))
        assert page.status != 303 or page.header('location') == '/' or page.header('location') == there == '/recover', (
            f'{there!r} led to {page.header("location")}')
    ada = s.visitor()
    ada.post('/signin', {'name': 'ada', 'password': s.ada.password})
    ada.jar['rekey_next'] = f'//{EVIL}/security-info'
    page = ada.send('/signin/answer', {**ada.token(), 'code': s.app_code(s.ada)})
    assert page.header('location') == '/security-info', f'a planted cookie led to {page.header("location")}'


plant('ATK-026', 'src/web/arrive.c', 'the link to sign in may name any place to return to',
      'v->next = route_is_own(next, true) ? next : STR_NONE;', 'v->next = next;')
plant('ATK-026', 'src/web/post.c', 'a form may name any place to go on to',
      'redirect(v, route_is_own(next, true) ? next : buf_str(&location));',
      'redirect(v, next.length ? next : buf_str(&location));')
plant('ATK-026', 'src/web/serve.c', 'the cookie with the place to return to is believed',
      'return route_is_own(next, true) ? next : STR("/security-info");',
      'return next.length ? next : STR("/security-info");')
plant('ATK-026', 'src/web/route.c', 'whatever begins with a slash is a page of ours',
      '\treturn route && route->page != page_none && query_is_plain(query) &&\n'
      '\t       (!next_only || (route->flags & route_next));',
      '\treturn (route && next_only) || (str_starts(address, STR("/")) && query_is_plain(query));')


@attack('ATK-026')
def only_hosts_of_applications_get_a_ticket(s):
    """The page of an application to return to is given as another site, in two dozen spellings: no page has a
    form that carries a ticket there, nothing leads there, and what was asked for does not outlive the refusal as
    a place to go after the next sign-in."""
    host = 'wiki.example.org'
    assert s.server.cli('application', 'add-site', 'Attacked wiki', '--host', f'https://{host}')[0] == 0
    v = s.visitor()
    v.post('/signin', {'name': 'bob', 'password': s.bob.password})
    v.post('/signin/answer', {'code': s.app_code(s.bob)})
    page = v.ask('GET', '/auth/start?' + urllib.parse.urlencode({'to': f'https://{host}/a?b'}))
    assert f'action="https://{host}/.rekey/enter"' in page.html, f'the honest way is lost: {page.html[:500]}'
    assert f"form-action 'self' https://{host};" in page.header('content-security-policy'), page.headers
    for there in (*ELSEWHERE, f'https://{EVIL}/', f'http://{host}/', f'https://{host}.{EVIL}/', f'https://{host}@{EVIL}/',
                  f'https://{EVIL}@{host}/', f'https://{EVIL}\\@{host}/', f'https://{host}\\.{EVIL}/', f'https://{EVIL}#{host}',
                  f'https://{EVIL}?{host}', f'https://{EVIL}/{host}', f'https://{host}:8443/', f'https://x.{host}/',
                  f'https://{host}%2e{EVIL}/', f'https://{host}%00.{EVIL}/', f'https://{host}./', f'https:{host}/',
                  f'https://{host}\t.{EVIL}/', f'https://{host}\r\nLocation: https://{EVIL}/', f'HTTPS://{host}/'):
        page = v.ask('GET', '/auth/start?' + urllib.parse.urlencode({'to': there}))
        at = page.header('location')
        assert page.status in (404, 303) and 'name="ticket"' not in page.html, f'{there!r} got a ticket'
        assert not at or at.startswith('/'), f'{there!r} led to {at}'
        v.jar.pop('rekey_to', None)


plant('ATK-026', 'src/model/site.c', 'a host ends where a user would begin',
      'authority = before_any(behind, "/?#");', 'authority = before_any(behind, "/?#@");')


# ---- plain http ----

def with_base(s, url):
    """Starts the server anew under another address."""
    folder = s.server.folder / 'conf.d'
    folder.mkdir(exist_ok=True)
    (folder / 'base.conf').write_text(f'[site]\nbaseUrl = {url}\n')
    s.server.stop()
    s.server.start()


@attack('ATK-028')
def plain_http_is_for_loopback_only(s):
    """The server is started under http addresses that are not this machine's own: it refuses, naming the setting.
    Under https every answer demands TLS for the year to come, every cookie is bound to it, and the mail's link
    begins with https."""
    for url in (f'http://reset.{EVIL}', f'http://localhost.{EVIL}', 'http://127.0.0.1.nip.example', 'http://0.0.0.0',
                'http://10.0.0.1:8480',
                f'ftp://reset.{EVIL}', f'http://localhost:8480@{EVIL}', f'//reset.{EVIL}', f'http://127.0.0.1#.{EVIL}'):
        try:
            with_base(s, url)
        except RuntimeError:
            assert 'baseUrl' in s.server.logged().splitlines()[-1], f'{url}: {s.server.logged()[-300:]}'
            continue
        raise AssertionError(f'it runs under {url}')
    secure = f'https://localhost:{s.server.port}'
    with_base(s, secure)
    v = s.visitor()
    page = v.ask('GET', '/recover')
    body = urllib.parse.urlencode({**{'csrf': re.search(r'name="csrf" value="([^"]+)"', page.html)[1]}, 'name': 'ada'})
    answers = [page, v.ask('POST', '/recover', body, {'Origin': secure}), v.ask('GET', '/nowhere'),
               v.ask('GET', '/healthz'),
               v.ask('POST', '/recover', body), v.ask('GET', '/recover', None, {'Host': EVIL})]
    arrived(answers[1], 'check_messages')
    for page in answers:
        demanded = 'max-age=31536000' in page.header('strict-transport-security')
        assert demanded, f'{page.path}: {page.status} does not demand TLS'
        for name, value in page.headers:
            if name.lower() == 'set-cookie':
                assert value.startswith('__Host-') and '; Secure' in value, f'a cookie would travel in the clear: {value}'
    s.code_to(s.ada)
    assert s.found(s.ada.mail, f'{secure}/recover/link#'), 'no link came'
    for _, letter in s.letters(s.ada.mail):
        assert not any(link.startswith('http:') for link in links(letter)), f'a link without TLS: {links(letter)}'


plant('ATK-028', 'src/conf/value.c', 'http is accepted for any host',
      'if (!port_cut(&host) || !host_good(host) || (!tls && !host_loopback(host)))',
      'if (!port_cut(&host) || !host_good(host) || (!tls && !host_loopback(host) && host.length == 0))')
plant('ATK-028', 'src/web/respond.c', 'redirects do not demand TLS',
      'if (good && v->web->site.https)', 'if (good && v->web->site.https && !v->out.location.length)')
plant('ATK-028', 'src/web/cookie.c', 'cookies are not bound to TLS', 'https ? "; Secure" : ""', 'https ? "" : ""')


# ---- what leaks beside the page ----

@attack('ATK-029')
def no_page_tells_another_site_where_it_was(s):
    """A whole reset and a notice: every answer, errors and redirects too, forbids the Referer; no page loads
    anything from elsewhere; in the links of mails the secret stands behind the '#', which no server is sent, and
    is in no address of ours."""
    seen, _ = watched(s)
    s.reset(s.ada)
    code = s.found(s.ada.mail, CODE)[0]
    token = s.found(s.ada.mail, r'/not-me[#?](?:token=)?([A-Za-z0-9_-]+)')[0]
    v = s.visitor()
    for path in ('/not-me', '/recover/link', f'/recover/link?{code}', f'/not-me?{token}', '/nowhere', '/help',
                 '/signed-out', '/inbox'):
        v.get(path)
    v.ask('POST', '/recover', 'name=ada')
    v.ask('GET', '/recover', None, {'Host': EVIL})
    for page in seen:
        assert page.header('referrer-policy') == 'no-referrer', f'{page.path} {page.status} lets the Referer go'
        for name, value in Markup.of(page.html).values:
            if name in ('src', 'href', 'action', 'srcset', 'poster', 'data'):
                own = value == base(s) or re.match(r'/(?!/)|#|data:image/|mailto:|tel:', value)
                assert own, f'{page.path} leads to {value}'
        assert code not in page.header('location') and token not in page.header('location')
    for _, letter in s.letters(s.ada.mail):
        for link in links(letter):
            sent = link.split('#')[0]
            hidden = code not in sent and token not in sent and '?' not in sent
            assert hidden, f'a server would be sent the secret of {link}'


plant('ATK-029', 'src/web/respond.c', 'the Referer goes along within TLS',
      'add(r, "Referrer-Policy", "no-referrer")', 'add(r, "Referrer-Policy", "no-referrer-when-downgrade")')
plant('ATK-029', 'src/flow/effect.c', "the code stands in the link's query", 'STR("/recover/link#")',
      'STR("/recover/link?code=")')
plant('ATK-029', 'src/outbox/outbox.c', "the notice's token stands in the link's query", 'STR("/not-me#")',
      'STR("/not-me?token=")')


@attack('ATK-030')
def nothing_keeps_a_page_or_a_secret(s):
    """A whole reset, a sign-in and a notice: no page may be cached, no policy reports to anybody, and neither the
    codes, passwords and tokens of it nor the addresses that carried them stand in the log of any program."""
    seen, browsers = watched(s)
    old = s.ada.password
    s.reset(s.ada)
    s.signed_in(s.ada)
    token = s.found(s.ada.mail, r'/not-me#([A-Za-z0-9_-]+)')[0]
    v = s.visitor()
    for path in (f'/not-me?token={token}', f'/recover/link?code={token}', '/nowhere'):
        v.get(path)
    arrived(v.post('/not-me', {'token': token}), 'not_me_done')
    for page in seen:
        if 'html' in page.header('content-type') or page.status == 303:
            assert page.header('cache-control') == 'no-store', f'{page.path} may be kept: {page.header("cache-control")}'
        told = [value for _, value in page.headers if re.search('report-(uri|to)|reporting', value)]
        assert not told, f'{page.path} reports: {told}'
    log = s.server.logged()
    for secret in {old, s.ada.password, token, *s.found(s.ada.mail, CODE), *(c for b in browsers for c in b.held)}:
        assert secret not in log and urllib.parse.quote_plus(secret) not in log, f'the log has a secret: {secret}'
    assert s.ada.mail not in log, 'the log names a mailbox'


plant('ATK-030', 'src/web/respond.c', 'pages are kept and asked about', '[cache_never] = "no-store"',
      '[cache_never] = "no-cache"')
plant('ATK-030', 'src/web/arrive.c', 'the web process keeps an access log with whole addresses',
      '\ttake_head(v, path, method);\n', '\ttake_head(v, path, method);\n'
      '\tlog_line(log_info, NULL, "%s %s token=%.*s", method, path,\n'
      '\t\tSTR_ARG(query(v, "token")));\n')
plant('ATK-030', 'src/web/respond.c', 'breaches of the policy are reported with the address of the page',
      "base-uri 'none'\";\nstatic", "base-uri 'none'; report-uri /report\";\nstatic")


# ---- scanners ----

@attack('ATK-031')
def looking_at_a_link_uses_nothing(s):
    """The links of a code and of a notice are opened as mail scanners do: HEAD, three times GET, with their secret
    in the query, in the browser of the reset and in others, and the form posted without its token. Nothing in the
    store moves and nothing is sent; then the owner's press works."""
    v = s.asked('ada')
    code = s.code_to(s.ada)
    thief = s.signed_in(s.bob)
    arrived(thief.post('/change', {'password': NEXT}), 'security-info')
    token = s.found(s.bob.mail, r'/not-me#([A-Za-z0-9_-]+)')[-1]
    s.settle()

    def held():
        return (s.server.rows('SELECT id, token, state, tries, code, code_expires, sent, proofs FROM flow ORDER BY id'),
                s.server.rows('SELECT id FROM token ORDER BY id'),
                s.server.rows('SELECT id, frozen, state FROM account ORDER BY id'),
                s.sessions('bob'), len(s.letters()))
    before = held()
    for browser in (v, s.visitor()):
        for path in ('/recover/link', f'/recover/link?code={code}', f'/recover/answer?code={code}',
                     '/recover/check_messages', '/not-me',
                     f'/not-me?token={token}', '/recover/resend', '/recover/leave', '/recover/extend'):
            for method in ('HEAD', 'GET', 'GET', 'GET'):
                page = browser.ask(method, path, None, {'User-Agent': 'Mozilla/5.0 (compatible; MailScanner)'})
                assert page.status in (200, 303, 405), f'{method} {path}: {page.status}'
    scanner = s.visitor()
    for path, body in (('/recover/answer', f'code={code}'), ('/not-me', f'token={token}'),
                       (f'/not-me?token={token}', '')):
        page = scanner.ask('POST', path, body)
        assert page.status in (400, 403), f'{path} took a form without its token: {page.status}'
    s.settle()
    assert held() == before, 'looking at links changed something'
    arrived(v.send('/recover/answer', {**v.token(), 'code': code}), 'next_proof')
    arrived(s.visitor().post('/not-me', {'token': token}), 'not_me_done')
    assert s.server.rows("SELECT frozen FROM account WHERE name = 'bob'")[0][0], 'the press froze nothing'


plant('ATK-031', 'src/flow/recover.c', 'looking at the page of a reset again sends a new code',
      '\t(void)in;\n\tif ((e = walk_load(c, &flow_recover, out, &w)))\n'
      '\t\treturn e == reply_begin ? e : flow_page(&w, e);\n'
      '\treturn flow_page(&w, (err)flow_where(&w));',
      '\t(void)in;\n\tif ((e = walk_load(c, &flow_recover, out, &w)))\n'
      '\t\treturn e == reply_begin ? e : flow_page(&w, e);\n'
      '\tif (w.flow.code_expires > 0 && (e = flow_step(&w, on_resend)) < 0)\n\t\treturn e;\n'
      '\treturn flow_page(&w, (err)flow_where(&w));')
plant('ATK-031', 'src/web/post.c', "a notice's form needs no token of ours",
      '\tif (!token_good(v->pairs[pair_csrf].value,',
      '\tif (id != operation_notice_deny && !token_good(v->pairs[pair_csrf].value,')


# ---- markup ----

MARK = '"\'><img src=x onerror=alert(1)><script>alert(2)</script>'


@attack('ATK-032')
def what_was_typed_is_never_markup(s):
    """Markup is put into every field, the address, the query, headers, cookies, a method's name, and the
    organisation's words: each page that shows it has the tags and attributes of the same page with a plain word,
    and every page's policy forbids what stands inline."""
    seen, _ = watched(s)
    v = s.signed_in(s.bob)
    method = next(m[0].hex() for m in s.methods('bob') if m[1] == 'totp')

    def pages(word):
        quoted = urllib.parse.quote(word)
        one = s.visitor()
        for path in (f'/signin?username={quoted}', f'/recover?username={quoted}', f'/signin/pass?username={quoted}',
                     f'/{quoted}',
                     f'/signin?next={quoted}&lng={quoted}&mkt={quoted}'):
            one.get(path)
            yield path.split('?')[0].replace(quoted, ''), one.page
        yield 'refused', one.ask('POST', '/recover', f'name={quoted}&{quoted}={quoted}',
                                 {'Referer': f'http://x/{quoted}', 'User-Agent': quoted})
        for name in (word, 'ada'):
            one = s.visitor()
            one.post('/recover', {'name': name})
            yield 'asked', one.page
            if one.page.form('/recover/answer'):
                one.send('/recover/answer', {**one.token(), 'code': word[:80]})
                yield 'answered', one.page
        one = s.visitor()
        one.post('/signin', {'name': word, 'password': word})
        yield 'signin', one.page
        one.post('/signin/pass', {'name': word, 'pass': word})
        yield 'pass', one.page
        v.get('/security-info/add?kind=mail')
        v.post('/security-info/add', {'address': word})
        yield 'add', v.page
        v.get(f'/security-info/rename?id={method}')
        arrived(v.post('/security-info/rename', {'label': word[:60]}), 'security-info')
        yield 'info', v.page
        v.get(f'/security-info/delete?id={method}')
        yield 'delete', v.page
        s.cli('brand', 'set', 'organisation', word)
        s.cli('brand', 'set', 'help_text', word)
        s.kill('rekey-web')  # the organisation's words are kept for some seconds
        one = s.visitor()
        for path in ('/help', '/signin'):
            one.get(path)
            yield f'brand {path}', one.page

    plain = [(what, Markup.of(page.html).shape()) for what, page in pages('word')]
    marked = list(pages(MARK))
    for (what, shape), (_, page) in zip(plain, marked, strict=True):
        assert Markup.of(page.html).shape() == shape, f'{what}: markup came through: {page.html[:3000]}'
    shown = sum('&lt;script&gt;' in page.html for _, page in marked)
    if shown < 8:
        raise RuntimeError(f'only {shown} pages showed what was typed')
    for page in seen:
        policy = page.header('content-security-policy')
        assert "default-src 'none'" in policy and "script-src 'self'" in policy, f'{page.path}: {policy}'
        assert 'unsafe' not in policy, f'{page.path}: {policy}'
        assert page.header('x-content-type-options') == 'nosniff', page.path


plant('ATK-032', 'src/view/escape.c', 'a value may begin a tag', 'buf_add(out, STR("&lt;"));', 'buf_add(out, point);')
plant('ATK-032', 'src/view/escape.c', 'a value may end its attribute', 'buf_add(out, STR("&quot;"));',
      'buf_add(out, point);')
plant('ATK-032', 'src/web/respond.c', 'the policy allows inline scripts', "script-src 'self'; ",
      "script-src 'self' 'unsafe-inline'; ")


@attack('ATK-033')
def what_stands_in_a_mail_is_text(s):
    """Markup, template marks, line ends and marks that turn the direction of text are put into a method's name and
    the organisation's name: in the mails they are text or were refused, no header is added, and all links are
    ours."""
    v = s.signed_in(s.bob)

    def added(label):
        """The letter of a second app named so, or None where the name is refused."""
        before = len(s.letters(s.bob.mail))
        v.get('/security-info/add')
        arrived(v.post('/security-info/add', {'kind': 'totp'}), 'pending')
        seed = re.search(r'secret=([A-Z2-7]+)', v.page.html)[1]
        page = v.post('/security-info/confirm', {'code': totp(seed, s.server.now() // 30), 'label': label})
        if page.status != 303:
            assert page.status == 422, f'{label!r}: {page.status}'
            return None
        s.settle()
        return s.letters(s.bob.mail)[before][1]

    for label in ('<a href="https://evil.example/x">click</a>', '{{7*7}}${7*7}<%= 7*7 %>%s%n',
                  '<img src=//evil.example/p.gif>'):
        letter = added(label)
        if letter is None:
            raise RuntimeError(f'{label} was refused')
        assert label in letter.get_body(('plain',)).get_content(), f'{label} is not shown as it was given'
        markup = Markup.of(letter.get_body(('html',)).get_content())
        assert 'img' not in markup.tags, f'{label} became a picture'
        for name, value in markup.values:
            assert name not in ('href', 'src') or value.startswith(base(s) + '/'), f'{label} became a link to {value}'
    for label in ('app\r\nBcc: thief@evil.example', 'app\nhttps://evil.example/', 'app\u202eelpmaxe', 'app\u2066x',
                  'app\x1b[2J', 'app\x7f'):
        letter = added(label)
        assert letter is None, f'{label!r} was taken, and stands in a mail:\n{letter.get_body(("plain",)).get_content()}'


plant('ATK-033', 'src/view/escape.c', "a value may begin a tag in a mail", 'buf_add(out, STR("&lt;"));',
      'buf_add(out, point);')
plant('ATK-033', 'src/people/security_info.c', "a method's name may hold line ends",
      'good &= !point_steers(utf8_next(s, &at));', 'good &= !point_steers(utf8_next(s, &at)) || strchr("\\r\\n", s.at[at - 1]);')
plant('ATK-033', 'src/people/security_info.c', "a method's name may turn the direction of text",
      'good &= !point_steers(utf8_next(s, &at));', 'good &= !point_breaks(utf8_next(s, &at));')
