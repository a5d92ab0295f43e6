"""G. Sessions and registration."""
from attack import attack, plant


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
