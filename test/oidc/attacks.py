"""What attackers of OAuth try (RFC 9700), each over HTTP against the real rekey: a name is what must hold."""
import base64
import hashlib
import json
import time
import urllib.parse

from browser import PASSWORD, Browser

CALLBACK = 'https://app.example/cb'
VERIFIER = 'a-verifier-of-forty-three-letters-or-more-0123456789'
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip('=')


def usual(row, **more):
    given = {'client_id': row['client_id'], 'redirect_uri': CALLBACK, 'response_type': 'code', 'scope': 'openid profile',
             'state': 'the state', 'nonce': 'n', 'code_challenge': CHALLENGE, 'code_challenge_method': 'S256', **more}
    return [(k, v) for k, v in given.items() if v is not None]


def address(pairs):
    return '/oidc/authorize?' + urllib.parse.urlencode(pairs)


def asked(site, pairs, name='ada'):
    """What the application gets back, and the browser that brought it."""
    browser = Browser(site.base, name)
    back = browser.sign_in(site.base + address(pairs))
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(back).query)), browser


def raw(site, method, path, body=None, headers=()):
    return Browser(site.base).ask(method, path, body, {'Sec-Fetch-Site': 'none', **dict(headers)})


def token(site, row, fields, headers=()):
    given = {'grant_type': 'authorization_code', 'redirect_uri': CALLBACK, 'code_verifier': VERIFIER,
             'client_id': row['client_id'], 'client_secret': row['client_secret'], **fields}
    page = raw(site, 'POST', '/oidc/token', urllib.parse.urlencode({k: v for k, v in given.items() if v is not None}), headers)
    return page.status, json.loads(page.html), page


def refused(site, row, fields, error, headers=()):
    status, said, _ = token(site, row, fields, headers)
    assert (status in (400, 401), said) == (True, {'error': error}), (status, said)


def is_page(page, words):
    assert page.status == 400 and words in page.text and not page.header('location'), (page.status, page.headers, page.text)
    assert 'evil.example' not in page.html and 'code=' not in page.html, page.html


def an_address_that_is_nearly_the_application_s_is_not_gone_to(site, made):
    near = ['https://app.example/cb/', 'https://app.example/cb?', 'https://app.example/cb?x', 'https://app.example/CB',
            'https://APP.example/cb', 'https://app.example:443/cb', 'https://app.example/./cb', 'https://app.example/x/../cb',
            'https://app.example/%63b', 'https://app.example//cb', 'https://app.example/cb#x', 'https://app.example/cb ',
            ' https://app.example/cb', 'https://app.example.evil.example/cb', 'https://evil.example/app.example/cb',
            'https://app.example@evil.example/cb', 'https://evil.example', 'http://app.example/cb', '//app.example/cb',
            'https:app.example/cb', 'https://app.example\\@evil.example/cb', 'https://app.example/cb;x', 'javascript:alert(1)',
            'data:text/html,x', 'https://app.example/cb\tx', 'https://app.example/cb%00', '', '/', 'https://app.example/cb\nx',
            'https://evil.example/?https://app.example/cb', CALLBACK + ' ' + CALLBACK]
    for uri in near:
        is_page(raw(site, 'GET', address(usual(made['WEB'], redirect_uri=uri))), 'we don\'t know')
    is_page(raw(site, 'GET', address(usual(made['WEB'], redirect_uri=None))), 'we don\'t know')
    is_page(raw(site, 'GET', address(usual(made['WEB'], redirect_uri='https://evil.example', response_type='token'))),
            'we don\'t know')


def an_unknown_application_is_told_nothing(site, made):
    for client in ('0' * 32, 'Wiki', '', None, made['WEB']['client_id'].upper() + 'a'):
        is_page(raw(site, 'GET', address(usual(made['WEB'], client_id=client))), 'not known')


def a_parameter_that_comes_twice_is_refused(site, made):
    for name in ('client_id', 'redirect_uri', 'state', 'code_challenge', 'response_type', 'request'):
        pairs = usual(made['WEB'], request=None)
        is_page(raw(site, 'GET', address(pairs + [(name, 'https://evil.example'), (name, CALLBACK)])), 'don\'t understand')


def what_is_malformed_is_answered_by_a_page(site, made):
    good = address(usual(made['WEB'], state=None))
    for state in ('%00', '%ff', '%zz', '%', 'x' * 1025):
        is_page(raw(site, 'GET', good + '&state=' + state), 'don\'t understand')
    assert raw(site, 'GET', good + '&x=' + 'x' * 2048).status == 414
    assert raw(site, 'POST', '/oidc/authorize', '{}', {'Content-Type': 'application/json'}).status == 415


def where_a_sign_in_leads_is_a_page_of_ours(site, made):
    for to in ('https://evil.example', '//evil.example', '/oidc/authorize?client_id=' + made['WEB']['client_id'],
               '/oidc/return', '/oidc/logout', '/oidc/resume?x', '/oidc/resume#x', '/oidc/resume/', '\\evil.example'):
        browser = Browser(site.base)
        browser.open(site.base + '/signin?next=' + urllib.parse.quote(to, safe=''))
        page = browser.fill('/signin', name='ada', password=PASSWORD)
        assert not isinstance(page, str) and page.path == '/security-info', (to, page)


def a_kept_request_that_is_not_the_keeper_s_leads_nowhere(site, made):
    browser = Browser(site.base)
    for value in ('x', 'A' * 400, 'https://evil.example', 'A' * 3990):
        browser.jar['__Host-rekey_request'] = value
        is_page(browser.ask('GET', '/oidc/return'), 'too long')


def every_answer_says_who_gives_it(site, made):
    got, _ = asked(site, usual(made['WEB']))
    assert got['iss'] == site.base and got['state'] == 'the state' and set(got) == {'iss', 'state', 'code'}, got
    for more in ({'scope': 'profile'}, {'response_type': 'token'}, {'prompt': 'none'}, {'code_challenge_method': 'plain'}):
        got, _ = asked(site, usual(made['WEB'], **more))
        assert got['iss'] == site.base and got['state'] == 'the state' and 'error' in got and 'code' not in got, got


def only_the_code_flow_is_there(site, made):
    for kind in ('token', 'id_token', 'code token', 'code id_token', 'none', 'id_token token'):
        got, _ = asked(site, usual(made['WEB'], response_type=kind))
        assert got['error'] == 'unsupported_response_type', (kind, got)
    for kind in ('password', 'client_credentials', 'implicit', 'urn:ietf:params:oauth:grant-type:jwt-bearer'):
        refused(site, made['WEB'], {'grant_type': kind, 'username': 'ada', 'password': PASSWORD}, 'unsupported_grant_type')


def pkce_is_not_talked_away(site, made):
    for more in ({'code_challenge': None}, {'code_challenge_method': None}, {'code_challenge_method': 'plain'},
                 {'code_challenge': None, 'code_challenge_method': None}, {'code_challenge': VERIFIER}):
        got, _ = asked(site, usual(made['WEB'], **more))
        assert got['error'] == 'invalid_request', (more, got)
    for verifier in (None, '', CHALLENGE, VERIFIER + 'x', VERIFIER[:-1]):
        got, _ = asked(site, usual(made['WEB']))
        refused(site, made['WEB'], {'code': got['code'], 'code_verifier': verifier},
                'invalid_grant' if verifier else 'invalid_request')


def a_code_is_its_own_application_s(site, made):
    got, _ = asked(site, usual(made['WEB']))
    refused(site, made['RSA'], {'code': got['code']}, 'invalid_grant')
    refused(site, made['NATIVE'], {'code': got['code'], 'client_secret': None}, 'invalid_grant')
    refused(site, made['WEB'], {'code': got['code'], 'client_secret': None}, 'invalid_client')
    refused(site, made['WEB'], {'code': got['code'], 'client_secret': made['RSA']['client_secret']}, 'invalid_client')
    assert token(site, made['WEB'], {'code': got['code']})[0] == 200
    got, _ = asked(site, usual(made['WEB']))
    refused(site, made['WEB'], {'code': got['code'], 'redirect_uri': 'https://app.example/other'}, 'invalid_grant')


def a_code_used_twice_ends_what_it_gave(site, made):
    got, _ = asked(site, usual(made['WEB']))
    _, tokens, _ = token(site, made['WEB'], {'code': got['code']})
    bearer = {'Authorization': 'Bearer ' + tokens['access_token']}
    assert raw(site, 'GET', '/oidc/userinfo', None, bearer).status == 200
    refused(site, made['WEB'], {'code': got['code']}, 'invalid_grant')
    page = raw(site, 'GET', '/oidc/userinfo', None, bearer)
    assert page.status == 401 and 'invalid_token' in page.header('www-authenticate'), page.headers
    assert 'Token used twice' in site.cli('audit', 'list')[1]


def nobody_keeps_a_token_on_the_way(site, made):
    got, _ = asked(site, usual(made['WEB']))
    _, tokens, page = token(site, made['WEB'], {'code': got['code']})
    assert page.header('cache-control') == 'no-store' and page.header('content-type') == 'application/json'
    assert page.header('referrer-policy') == 'no-referrer'
    for path in ('/oidc/userinfo?access_token=' + tokens['access_token'],):
        assert raw(site, 'GET', path).status == 401
    body = urllib.parse.urlencode({'access_token': tokens['access_token']})
    assert raw(site, 'POST', '/oidc/userinfo', body).status == 401
    assert tokens['access_token'] not in site.logged() and got['code'] not in site.logged()


def scripts_of_other_sites_read_nothing(site, made):
    origin = {'Origin': 'https://app.example', 'Sec-Fetch-Site': 'cross-site'}
    for method, path in (('GET', '/oidc/jwks'), ('GET', '/.well-known/openid-configuration'), ('POST', '/oidc/token'),
                         ('GET', '/oidc/userinfo'), ('GET', address(usual(made['WEB'])))):
        page = raw(site, method, path, 'x=y' if method == 'POST' else None, origin)
        assert not [n for n, _ in page.headers if n.lower().startswith('access-control')], (path, page.headers)
    assert raw(site, 'OPTIONS', '/oidc/token', None, origin).status == 405


def two_ways_to_say_who_one_is_are_one_too_many(site, made):
    got, _ = asked(site, usual(made['WEB']))
    both = base64.b64encode(f'{made["WEB"]["client_id"]}:{made["WEB"]["client_secret"]}'.encode()).decode()
    refused(site, made['WEB'], {'code': got['code']}, 'invalid_request', {'Authorization': 'Basic ' + both})
    for bad in ('Basic', 'Basic !', 'Basic ' + base64.b64encode(b'x').decode(), 'Digest x', 'Bearer ' + both):
        status, said, _ = token(site, made['WEB'], {'code': got['code'], 'client_secret': None}, {'Authorization': bad})
        assert status in (400, 401) and 'error' in said, (bad, status, said)
    assert token(site, made['WEB'], {'code': got['code'], 'client_secret': None}, {'Authorization': 'basic ' + both})[0] == 200


def an_application_is_closed_to_whom_it_is_not_for(site, made):
    assert asked(site, usual(made['RSA']), 'ada')[0].get('code')
    assert asked(site, usual(made['RSA']), 'bob')[0]['error'] == 'access_denied'


def a_password_alone_does_not_open_what_wants_more(site, made):
    row = site.command('application', 'add', 'Payroll', '--redirect-uris', CALLBACK, '--level', 'second')
    browser = Browser(site.base)
    page = browser.open(site.base + address(usual(row)))
    page = browser.fill('/signin', name='ada', password=PASSWORD)
    assert page.status == 400 and 'For Payroll a password alone is not enough' in page.text, (page.status, page.text)
    assert '/security-info/add' in page.reader.links and '/oidc/resume' in page.reader.links, page.reader.links
    for _ in range(3):
        page = browser.follow(browser.ask('GET', '/oidc/resume'), False)
        assert page.status == 400, page.status
    got, _ = asked(site, usual(row, prompt='none'))
    assert got['error'] == 'login_required', got


def another_site_signs_nobody_out(site, made):
    _, browser = asked(site, usual(made['WEB']))
    for more in ('', '?id_token_hint=e30.e30.x', '?client_id=' + made['WEB']['client_id'],
                 '?post_logout_redirect_uri=https://evil.example'):
        page = browser.open(site.base + '/oidc/logout' + more)
        assert not isinstance(page, str) and page.form('/oidc/leave'), page
    assert browser.ask('POST', '/oidc/leave', 'csrf=' + 'A' * 43).status == 403
    assert browser.ask('POST', '/oidc/leave', '', {'Origin': 'https://evil.example'}).status == 403
    browser.foreign = False
    assert browser.ask('GET', '/security-info').status == 200
    page = browser.open(site.base + '/oidc/logout?post_logout_redirect_uri=https://evil.example')
    page = browser.fill('/oidc/leave')
    assert not isinstance(page, str) and page.path == '/signed-out', page


def a_token_that_was_not_signed_here_is_no_hint(site, made):
    got, _ = asked(site, usual(made['WEB']))
    _, tokens, _ = token(site, made['WEB'], {'code': got['code']})
    _, body, signature = tokens['id_token'].split('.')
    for head in ({'alg': 'none'}, {'alg': 'HS256', 'typ': 'JWT'}, {'alg': 'ES256', 'typ': 'JWT', 'jwk': {}}):
        made_up = base64.urlsafe_b64encode(json.dumps(head).encode()).decode().rstrip('=') + '.' + body + '.'
        for hint in (made_up, made_up + signature):
            answer, _ = asked(site, usual(made['WEB'], id_token_hint=hint))
            assert answer['error'] == 'invalid_request', answer


def a_person_who_was_asked_for_again_proves_it_again(site, made):
    _, browser = asked(site, usual(made['WEB']))
    for more in ({'prompt': 'login'}, {'max_age': '0'}):
        page = browser.open(site.base + address(usual(made['WEB'], **more)))
        if more.get('max_age') and isinstance(page, str):
            continue  # it was proved in this very second
        assert page.form('/security-info/prove'), page.path
        time.sleep(1.1)
        assert 'code=' in browser.fill('/security-info/prove', code=PASSWORD)


def forms_of_programs_are_posts(site, made):
    assert raw(site, 'GET', '/oidc/token').status == 405
    assert raw(site, 'POST', '/oidc/token', '{}', {'Content-Type': 'application/json'}).status == 415
    page = raw(site, 'POST', '/oidc/token', 'grant_type=x&grant_type=y')
    assert (page.status, json.loads(page.html)) == (400, {'error': 'invalid_request'})


def a_request_may_also_be_posted(site, made):
    browser = Browser(site.base)
    page = browser.ask('POST', '/oidc/authorize', urllib.parse.urlencode(usual(made['WEB'])), {'Origin': 'https://app.example'})
    page = browser.follow(page, False)
    assert page.form('/signin'), page.path
    assert 'code=' in browser.fill('/signin', name='ada', password=PASSWORD)


def no_page_is_framed(site, made):
    page = Browser(site.base).open(site.base + address(usual(made['WEB'])))
    assert "frame-ancestors 'none'" in page.header('content-security-policy') and "form-action 'self'" in page.header(
        'content-security-policy')


ATTACKS = [an_address_that_is_nearly_the_application_s_is_not_gone_to, an_unknown_application_is_told_nothing,
           a_parameter_that_comes_twice_is_refused, what_is_malformed_is_answered_by_a_page,
           where_a_sign_in_leads_is_a_page_of_ours, a_kept_request_that_is_not_the_keeper_s_leads_nowhere,
           every_answer_says_who_gives_it, only_the_code_flow_is_there, pkce_is_not_talked_away,
           a_code_is_its_own_application_s, a_code_used_twice_ends_what_it_gave, nobody_keeps_a_token_on_the_way,
           scripts_of_other_sites_read_nothing, two_ways_to_say_who_one_is_are_one_too_many,
           an_application_is_closed_to_whom_it_is_not_for, a_password_alone_does_not_open_what_wants_more, another_site_signs_nobody_out,
           a_token_that_was_not_signed_here_is_no_hint, a_person_who_was_asked_for_again_proves_it_again,
           forms_of_programs_are_posts, a_request_may_also_be_posted, no_page_is_framed]
