"""Instructions an operation takes, counted by callgrind while a test of the real journey runs: a figure that no other
load on the machine changes, so that a regression shows without a clock. Of the operation's own thread: what the hash
pool and the writer of the store do stands in lines of its own."""
import collections
import pathlib
import re
import subprocess
import tempfile

TESTS = ('signin_journey_test',)
SHOWN = re.compile(r'serve_\w+$|run_group$|argon2_holds$')


def counted(text):
    """{function: [calls, instructions with all that it called]}, from callgrind's own format."""
    names, seen, called = {}, collections.defaultdict(lambda: [0, 0]), None
    lines = iter(text.splitlines())
    for line in lines:
        name = re.match(r'c?fn=\((\d+)\)(?: (.*))?$', line)
        if name:
            if name[2]:
                names[name[1]] = name[2].split("'")[0]
            if line.startswith('cfn='):
                called = names[name[1]]
        elif line.startswith('calls='):
            seen[called][0] += int(line[6:].split()[0])
            seen[called][1] += int(next(lines).split()[1])
    return seen


def measured(build):
    """(what, calls, instructions a call) of each operation that the tests ask."""
    seen = collections.defaultdict(lambda: [0, 0])
    for test in TESTS:
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder) / 'out'
            subprocess.run(['valgrind', '--tool=callgrind', f'--callgrind-out-file={out}', build / 'test' / test],
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
            for function, (calls, cost) in counted(out.read_text()).items():
                if SHOWN.match(function):
                    seen[function][0] += calls
                    seen[function][1] += cost
    words = {'run_group': 'one write to the store, of all who wait', 'argon2_holds': 'one password hash, at the tests\' low cost'}
    return sorted((words.get(f, f.removeprefix('serve_')), calls, cost / calls) for f, (calls, cost) in seen.items())
