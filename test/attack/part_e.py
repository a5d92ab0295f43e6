"""E. Guessing codes, races, limits."""
import concurrent.futures

from attack import attack, plant
from scene import reply_of


def all_at_once(work, count):
    """What each of so many calls at the same moment said."""
    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        return list(pool.map(work, range(count)))


@attack('ATK-049')
def of_parallel_guesses_no_more_are_judged_than_the_limit(s):
    """64 wrong codes at the same moment: at most 5 of them are judged; the right one is too late then."""
    v = s.asked('ada')
    code = s.code_to(s.ada)
    wrong = str((int(code) + 1) % 10**8).zfill(8)
    form = v.page.form('/recover/answer').hidden

    def guess(_):
        one = s.visitor()
        one.jar = dict(v.jar)
        return one.send('/recover/answer', {**form, 'code': wrong}).status

    all_at_once(guess, 64)
    judged = s.cli('--format', 'json', 'audit', 'list', '--person', 'ada').count('A code was wrong')
    assert judged <= 5, f'{judged} guesses were judged'
    for _ in range(5):  # who lost a race spent nothing; the limit is reached at the latest now
        guess(0)
    assert s.server.rows("SELECT state FROM flow WHERE kind = 'recover' ORDER BY created DESC")[0][0] == 'shut'
    page = v.send('/recover/answer', {**form, 'code': code})
    assert reply_of(page) != 'next_proof', 'the right code was taken after the limit'


plant('ATK-049', 'src/flow/guard.c', 'tries are counted, but nobody looks at the count',
      'return w->flow.tries > 0;', 'return w->flow.tries > -1000;')


@attack('ATK-053')
def a_kill_between_guesses_restores_no_try(s):
    """kill -9 of the keeper after each wrong code: the sixth guess is not judged."""
    v = s.asked('ada')
    code = s.code_to(s.ada)
    wrong = str((int(code) + 1) % 10**8).zfill(8)
    for _ in range(5):
        v.post('/recover/answer', {'code': wrong})
        s.kill('rekey-keeper')
    v.get('/recover')
    page = v.send('/recover/answer', {**v.token(), 'code': code})
    assert reply_of(page) != 'next_proof', 'the right code was taken after five wrong ones'


plant('ATK-053', 'src/flow/effect.c', 'a try is not spent before the comparison',
      '\tw->flow.tries--;\n', '')
