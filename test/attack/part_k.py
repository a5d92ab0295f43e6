"""K. The administrator's page."""
import json
import re
import urllib.parse

from attack import attack, plant
from authenticator import UP, UV
from scene import arrived, passkey_asked

ALL, ONE, CHANGE = '/admin/password-reset', '/admin/password-reset/setting', '/admin/password-reset/change'
REPORTS = ('/admin/reports', '/admin/reports/registration', '/admin/reports/methods', '/admin/reports/usage')
NOWHERE = '/admin/nothing-is-here'


def administrator(s, person):
    """Somebody in administratorGroups who has a passkey, and the passkey."""
    s.server.cli('group', 'add', 'Admins')
    s.cli('group', 'join', 'Admins', '--person', person.name)
    s.cli('policy', 'set', 'administratorGroups', 'Admins')
    return s.passkey(person)


def come_in(s, person, key):
    v = s.visitor()
    arrived(v.post('/signin', {'name': person.name, 'password': person.password}), 'prove')
    arrived(v.post('/signin/passkey', key.get(passkey_asked(v))), 'security-info')
    return v


def weigh(v, setting, value):
    """Looks at a change; the page says what it would do."""
    v.get(f'{ONE}?id={setting}')
    page = v.post(ONE, {'value': value})
    if page.status != 200:
        raise RuntimeError(f'{setting}={value}: {page.status} {page.text[:500]}')
    return page


def signed(v, key, setting, value, flags=UP | UV):
    """The fields of a signed change, as the page would send them."""
    weigh(v, setting, value)
    return {**v.page.form(CHANGE).hidden, **key.get(passkey_asked(v), flags)}


def change(v, fields):
    return v.ask('POST', CHANGE, urllib.parse.urlencode(fields))


def policy(s):
    return [s.server.rows(sql) for sql in ('SELECT name, value FROM policy_site ORDER BY name', 'SELECT * FROM policy_group ORDER BY name',
                                           'SELECT * FROM policy_scope ORDER BY list, within', 'SELECT * FROM policy_text ORDER BY name')]


def held(s, setting):
    return dict(s.server.rows('SELECT name, value FROM policy_site')).get(setting)


def done(s, page, setting, value):
    if page.status != 303 or held(s, setting) != value:
        raise RuntimeError(f'the honest way does not work: {page.status} {page.text[:500]}')


@attack('ATK-093')
def a_signature_carries_no_other_change(s):
    """An administrator signs for one change; what is sent is another setting, another value, another list; and the same change after the value that was
    looked at is another one. Refused; the change that was signed for is then made."""
    key = administrator(s, s.ada)
    s.cli('group', 'add', 'Staff')
    s.cli('policy', 'set', 'registrationReconfirmIntervalInDays', '180')
    v = come_in(s, s.ada, key)
    good = signed(v, key, 'reconfirm_days', '90')
    before = policy(s)
    for other in ({'value': '30'}, {'value': '89'}, {'id': 'skip_days', 'value': '5'}, {'id': 'campaign', 'value': 'on'},
                  {'id': 'password_min', 'value': '64'}, {'id': 'mail_exclude', 'value': 'Staff'}, {'id': 'mail_include', 'value': 'Staff'}):
        page = change(v, {**good, **other})
        assert page.status == 422, f'a signature for reconfirm_days=90 carried {other}: {page.status}'
    assert policy(s) == before, 'a change was made that nobody signed for'
    s.cli('policy', 'set', 'registrationReconfirmIntervalInDays', '120')
    assert change(v, good).status == 422, 'it was signed for while another value held'
    assert held(s, 'registrationReconfirmIntervalInDays') == 120
    s.cli('policy', 'set', 'registrationReconfirmIntervalInDays', '180')
    done(s, change(v, good), 'registrationReconfirmIntervalInDays', 90)
    assert 'registrationReconfirmIntervalInDays: 180 -> 90' in s.cli('audit', 'list', '--event', 'policy'), 'the log has no old and new value'
    told = s.texts(s.ada.work_mail)
    assert any('registrationReconfirmIntervalInDays' in text and '180' in text and '90' in text for text in told), 'administrators were not told'


plant('ATK-093', 'src/people/admin_judge.c', 'a signature is for a session, not for a change',
      'const struct str parts[] = { c->who->id, str_of(ch->setting.name), ch->was, ch->will };', 'const struct str parts[] = { c->who->id };\n\n\t(void)ch;')
plant('ATK-093', 'src/people/admin_judge.c', 'a signature is for a setting, whatever its new value',
      'str_of(ch->setting.name), ch->was, ch->will };', 'str_of(ch->setting.name), ch->was };')
plant('ATK-093', 'src/people/admin_judge.c', 'a signature is for a new value, whatever held before',
      'str_of(ch->setting.name), ch->was, ch->will };', 'str_of(ch->setting.name), ch->will };')
plant('ATK-093', 'src/people/admin_change.c', 'the challenge of a signature is not looked at',
      'return challenge_holds(w->c, purpose, bytes, in->challenge) ? 0', 'return bytes.length ? 0')
plant('ATK-093', 'src/people/admin_change.c', 'administrators are not told', '\t\t(e = tell(w, ch)))', '\t\t(e = ch->same ? tell(w, ch) : 0))')


@attack('ATK-094')
def a_signature_counts_once_here_and_now(s):
    """A signature is sent twice, by another session of the same administrator, after the page was open for eleven minutes; one made for signing in and one made for a
    fresh proof are sent in its place. Each is refused."""
    key = administrator(s, s.ada)
    v, other = come_in(s, s.ada, key), come_in(s, s.ada, key)
    good = signed(v, key, 'campaign', 'on')
    other.get(f'{ONE}?id=campaign')
    assert change(other, {**good, **other.token()}).status == 422, 'another session used a signature'
    assert held(s, 'registrationCampaignState') is None
    done(s, change(v, good), 'registrationCampaignState', 1)
    s.cli('policy', 'unset', 'registrationCampaignState')
    page = change(v, good)
    assert page.status != 303 and held(s, 'registrationCampaignState') is None, 'a signature was used twice'
    v.get('/security-info/prove')
    proof = key.get(passkey_asked(v))
    v.get(f'{ONE}?id=campaign')
    alone = key.get(passkey_alone(v))
    for words, wrong in (('a fresh proof', proof), ('a sign-in', alone)):
        page = change(v, {'id': 'campaign', 'value': 'on', **v.token(), **wrong})
        assert page.status == 422, f'a signature made for {words} changed policy: {page.status}'
    late = signed(v, key, 'campaign', 'on')
    s.server.turn(11 * 60)
    change(v, late)
    assert held(s, 'registrationCampaignState') is None, 'a signature counts after eleven minutes'


def passkey_alone(v):
    return json.loads(v.ask('GET', '/signin/passkey/options').html)


plant('ATK-094', 'src/people/admin_judge.c', 'a signature is for a change, whoever sends it',
      '{ c->who->id, str_of(ch->setting.name), ch->was, ch->will };', '{ str_of(ch->setting.name), ch->was, ch->will };')
plant('ATK-094', 'src/people/admin_change.c', 'a signature is not used up', '\tpasskey_use(w);\n', '')
plant('ATK-094', 'src/flow/passkey.c', 'a challenge is good for a day', 'made + challenge_seconds > c->now;', 'made + 86400 > c->now;')


@attack('ATK-095')
def a_signature_is_its_owners(s):
    """The authenticator did not verify who holds it; the key is another administrator's; the signature is damaged. Refused, and after ten wrong ones a right one as well."""
    key = administrator(s, s.ada)
    s.cli('group', 'join', 'Admins', '--person', 'bob')
    others = s.passkey(s.bob)
    v = come_in(s, s.ada, key)
    assert change(v, signed(v, key, 'campaign', 'on', UP)).status == 422, 'nobody was verified, and it counted'
    page = weigh(v, 'campaign', 'on')
    assert 'userVerification&quot;:&quot;required' in page.html or '"userVerification":"required"' in page.html, 'it is not asked for'
    assert change(v, {**v.page.form(CHANGE).hidden, **others.get(passkey_asked(v))}).status == 422, 'another\'s key signed'
    for number in range(10):
        bad = signed(v, key, 'campaign', 'on')
        assert change(v, {**bad, 'signature': bad['signature'][:-8] + 'AAAAAAAA'}).status == 422, 'a damaged signature counted'
    assert change(v, signed(v, key, 'campaign', 'on')).status == 422, 'there is no end of trying'
    assert held(s, 'registrationCampaignState') is None
    s.server.turn(86400)
    v = come_in(s, s.ada, key)
    done(s, change(v, signed(v, key, 'campaign', 'on')), 'registrationCampaignState', 1)


plant('ATK-095', 'src/people/admin_change.c', 'the one who holds the key need not be verified',
      'passkey_match(&w, PASSKEY_ANSWER(in), true)', 'passkey_match(&w, PASSKEY_ANSWER(in), false)')
plant('ATK-095', 'src/people/admin_change.c', 'wrong signatures are not counted', '(e = proof_count(&w, true)) || (e = passkey_match', '(e = passkey_match')


WEAKER = (('proofs_to_reset', '1'), ('enablement_type', 'none'), ('enablement_type', 'selected'), ('notify_users', 'off'), ('notify_admins', 'off'), ('reconfirm_days', '0'),
          ('reconfirm_days', '365'), ('skip_days', '0'), ('skip_days', '30'), ('skip_count', '0'), ('passkeys_on', 'off'), ('app_on', 'on'), ('grace_days', '90'),
          ('password_min', '15'), ('registration_required', 'off'), ('mail_include', 'none'), ('mail_include', 'Staff, Sales'), ('mail_exclude', 'none'),
          ('mail_exclude', 'Sales'), ('enabled_groups', 'none'), ('administrators', 'Staff, Admins'), ('administrators', 'none'), ('excluded_groups', 'Staff'), ('admins_may', 'off'),
          ('reset_networks', '10.0.0.0/8'), ('admin_networks', '0.0.0.0/0'), ('kiosk_networks', '10.0.0.0/8'), ('helpdesk', 'https://evil.example/'), ('helpdesk', 'none'))


@attack('ATK-096')
def what_weakens_policy_is_no_page_s(s):
    """Every way to make policy weaker: the page asks no signature for it and gives the command; a signature for the same setting's stronger value does not carry it; a list
    is made shorter than was looked at. Nothing changes."""
    key = administrator(s, s.ada)
    for group in ('Staff', 'Sales'):
        s.cli('group', 'add', group)
    for setting, value in (('numberOfAuthenticationMethodsRequired', '2'), ('mobileAppCodeEnabled', 'off'), ('passwordMinLength', '20'), ('registrationRequiredOnSignIn', 'on'),
                           ('emailOptionIncludeGroups', 'Staff'), ('emailOptionExcludeGroups', 'Staff'), ('passwordResetEnabledGroups', 'Staff'), ('skipRegistrationMaxAllowedCount', '3'),
                           ('customHelpdeskEmailOrUrl', 'help@example.net')):
        s.cli('policy', 'set', setting, value)
    v = come_in(s, s.ada, key)
    before = policy(s)
    for setting, value in WEAKER:
        page = weigh(v, setting, value)
        assert not v.page.form(CHANGE), f'{setting}={value} is asked a signature for'
        assert re.search(r'>\s*rekey policy set \w+ ', page.html), f'{setting}={value}: no command'
        stray = key.get({**passkey_alone(v)})
        page = change(v, {'id': setting, 'value': value, **v.token(), **stray})
        assert page.status == 422, f'{setting}={value}: {page.status}'
    good = signed(v, key, 'notify_users', 'on') if held(s, 'notifyUsersOnPasswordReset') == 0 else signed(v, key, 'reconfirm_days', '60')
    for setting, value in WEAKER:
        assert change(v, {**good, 'id': setting, 'value': value}).status == 422, f'{setting}={value} was carried'
    assert policy(s) == before, 'policy is weaker'
    page = weigh(v, 'mail_include', "none")
    assert 'rekey policy set emailOptionIncludeGroups none' in page.html
    done(s, change(v, signed(v, key, 'password_min', '25')), 'passwordMinLength', 25)


plant('ATK-096', 'src/policy/strength.c', 'a smaller value is as strong as a larger one', '\t\treturn will > was;', '\t\treturn will != was;')
plant('ATK-096', 'src/policy/strength.c', 'never is sooner than any day', 'return will != 0 && (was == 0 || will < was);', 'return was == 0 || will < was;')
plant('ATK-096', 'src/policy/strength.c', 'a list that means everybody is narrower than any other', 'return will->count && (!was->count || within(will, was));', 'return !was->count || within(will, was);')
plant('ATK-096', 'src/policy/strength.c', 'groups may be taken out of a list that keeps people out', '\t\treturn within(was, will);', '\t\treturn within(was, will) || within(will, was);')
plant('ATK-096', 'src/spec/rule.def', 'the page changes who is an administrator', 'LIST(administrators, "administratorGroups", command,', 'LIST(administrators, "administratorGroups", either,')


def looked(v, path, method='GET', body=None, headers=()):
    """What comes back, without what differs each time."""
    page = v.ask(method, path, body, headers)
    kept, text = page.settled()
    return page.status, sorted((n, c) for n, c in kept if n.lower() not in ('content-length', 'connection')), text


@attack('ATK-097')
def there_is_no_such_page_for_others(s):
    """A visitor, a person signed in, an administrator without a second proof, one whose group was taken from them a moment ago, one who comes from elsewhere than the page's
    networks, and one at a machine that many people use get, at each of its addresses, what an address gets where nothing is: the same status, fields and text; and change nothing."""
    key = administrator(s, s.ada)
    s.cli('group', 'join', 'Admins', '--person', 'mia')
    v = come_in(s, s.ada, key)
    good = signed(v, key, 'campaign', 'on')
    before = policy(s)

    def nothing_there(words, who):
        for path in (ALL, f'{ONE}?id=campaign', ONE, CHANGE, *REPORTS):
            assert looked(who, path) == looked(who, NOWHERE), f'{words} tells {path} from nothing'
        token = who.token() if who.page else {}
        for path, fields in ((ONE, {'id': 'campaign', 'value': 'on'}), (CHANGE, {**good, **token})):
            bare = {name: value for name, value in fields.items() if name != 'csrf'}
            for form, headers in (({**fields, **token}, ()), (bare, ()), ({**fields, 'more': 'x'}, ()), (bare, {'Origin': 'https://evil.example'}), (bare, {'Content-Type': 'text/plain'})):
                asked = 'POST', urllib.parse.urlencode(form), headers
                assert looked(who, path, *asked) == looked(who, NOWHERE, *asked), f'{words} tells a form to {path} from nothing'
        who.get('/security-info')
        assert ALL not in who.page.html, f'{words} is shown the way'
    visitor = s.visitor()
    visitor.get('/signin')
    nothing_there('a visitor', visitor)
    nothing_there('a person', s.signed_in(s.bob))
    nothing_there('an administrator with a password alone', s.signed_in(s.mia))
    assert ALL in v.get('/security-info').html and all(v.get(path).status == 200 for path in (ALL, *REPORTS))
    v.get('/security-info')
    s.cli('group', 'leave', 'Admins', '--person', 'ada')
    nothing_there('a former administrator', v)
    s.cli('group', 'join', 'Admins', '--person', 'ada')
    s.cli('policy', 'set', 'administrationNetworks', '192.0.2.0/24')
    nothing_there('an administrator elsewhere', v)
    s.cli('policy', 'set', 'administrationNetworks', 'none')
    s.cli('policy', 'set', 'kioskNetworks', '127.0.0.0/8')
    assert v.get(ALL).status == 404, 'it answers at a machine that many people use'
    s.cli('policy', 'set', 'kioskNetworks', 'none')
    assert policy(s)[:3] == before[:3], 'somebody changed policy'
    done(s, change(v, good), 'registrationCampaignState', 1)


plant('ATK-097', 'src/people/admin.c', 'whoever signed in well sees the page', 'return w->rules.administrator && w->place.admin', 'return w->place.admin')
plant('ATK-097', 'src/people/admin.c', 'a password alone is enough to see the page', ' && who->level >= 2 &&', ' &&')
plant('ATK-097', 'src/people/admin.c', 'the page answers everywhere', 'w->rules.administrator && w->place.admin &&', 'w->rules.administrator &&')
plant('ATK-097', 'src/web/page.c', 'a refused form says that there is something', 'if (status != 421 && v->route && (v->route->flags & route_hidden)) {', 'if (status == 404 && v->route && (v->route->flags & route_hidden)) {')


@attack('ATK-098')
def the_page_is_not_pressed_from_elsewhere(s):
    """A page elsewhere sends an administrator's browser a change that was signed for, without the page's token, with another's, from other origins. Refused each time; from the
    page itself it is made."""
    key = administrator(s, s.ada)
    v, other = come_in(s, s.ada, key), s.visitor()
    other.get('/signin')
    good = signed(v, key, 'campaign', 'on')
    site = f'http://localhost:{s.server.port}'
    bare = {name: value for name, value in good.items() if name != 'csrf'}
    for fields in (bare, {**bare, 'csrf': ''}, {**bare, **other.token()}, {**bare, 'csrf': 'A' * 43}):
        assert change(v, fields).status == 404, f'pressed without our token: {fields.get("csrf")}'
    for headers in ({'Origin': 'https://evil.example'}, {'Origin': f'{site}.evil.example'}, {'Origin': 'null', 'Sec-Fetch-Site': 'cross-site'},
                    {'Sec-Fetch-Site': 'same-site', 'Origin': 'null'}, {'Content-Type': 'text/plain'}):
        page = v.ask('POST', CHANGE, urllib.parse.urlencode(good), headers)
        assert page.status == 404, f'pressed by {headers}: {page.status}'
    page = v.ask('GET', f'{CHANGE}?{urllib.parse.urlencode(good)}')
    assert held(s, 'registrationCampaignState') is None, 'a page elsewhere changed policy'
    done(s, change(v, good), 'registrationCampaignState', 1)


plant('ATK-098', 'src/web/page_admin.c', 'a change is taken without the page\'s token', 'static void ask_change(struct visit *v)\n{\n\tif (take_form(v))',
      'static void ask_change(struct visit *v)\n{\n\tif (take_form(v) || v->in)')
plant('ATK-098', 'src/web/guard.c', 'forms of other sites are taken', 'if (!comes_from_us(head, site))', 'if (!comes_from_us(head, site) && !site->host.length)')


@attack('ATK-099')
def so_many_changes_an_hour(s):
    """Twelve changes within an hour, each signed for; the thirteenth is refused, page and form; an hour later it is made."""
    key = administrator(s, s.ada)
    s.cli('policy', 'set', 'passwordMinLength', '15')
    v = come_in(s, s.ada, key)
    spare = signed(v, key, 'campaign', 'on')
    for number in range(12):
        done(s, change(v, signed(v, key, 'password_min', 16 + number)), 'passwordMinLength', 16 + number)
    weigh(v, 'password_min', 40)
    assert not v.page.form(CHANGE), 'a thirteenth signature is asked for'
    page = change(v, spare)
    assert page.status == 422 and held(s, 'registrationCampaignState') is None, 'a thirteenth change was made'
    s.server.turn(3600)
    v = come_in(s, s.ada, key)
    done(s, change(v, signed(v, key, 'campaign', 'on')), 'registrationCampaignState', 1)


plant('ATK-099', 'src/policy/throttle.c', 'changes are counted and nobody looks', '\t\t*left -= row_number(&rows, 0, 0);', '\t\t*left -= row_number(&rows, 0, 0) * 0;')
