#!/usr/bin/python3
"""Every sentence that the programs ask for by name is written. usage: said_test.py SOURCE

Rooms below the keeper cannot see the catalogue, so nothing but this joins "words = STR(...)" in one
of them to share/locale."""
import pathlib
import re
import sys

ROOMS = 'web flow people signin policy method keeper'.split()
# Said by the command line (people import), by the page of a flow that is shut, by that of an application, and to
# applications (RFC 6749).
OTHERS = {'added', 'changed', 'shut_tries', 'application_second', 'invalid_request'}


def asked(source):
    for room in ROOMS:
        for path in sorted((source / 'src' / room).glob('*.c')):
            for number, line in enumerate(path.read_text(encoding='utf-8').splitlines(), 1):
                if re.search(r'(words|why|reason)\b[^"]*(=|\?|:)', line):
                    for name in re.findall(r'STR\("([a-z]+(?:_[a-z]+)*)"\)', line):
                        yield name, f'{path.relative_to(source)}:{number}'


def main(source):
    catalogue = (source / 'share/locale/en.po').read_text(encoding='utf-8')
    written = set(re.findall(r'msgctxt "say"\nmsgid "(\w+)"', catalogue)) | OTHERS
    found = list(asked(source))
    missing = [f'{place}: no sentence {name}' for name, place in found if name not in written]
    print('\n'.join(missing) or f'{len(found)} sentences are asked for, and written')
    sys.exit(bool(missing) or len(found) < 10)


main(pathlib.Path(sys.argv[1]))
