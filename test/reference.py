"""What the tests' pages in docs/reference have in common: tables whose last column is what was seen."""
import pathlib
import re
import sys

FOLDER = pathlib.Path(__file__).resolve().parent.parent / 'docs/reference'
SEEN = 'Seen: '  # begins a line of what was seen, outside of tables


def cells(*words):
    return '| ' + ' | '.join(str(w).replace('|', '\\|') for w in words) + ' |\n'


def table(*heads):
    return cells(*heads) + '|---' * len(heads) + '|\n'


def without_seen(text):
    text = re.sub(f'^{SEEN}.*$', SEEN, text, flags=re.M)
    return re.sub(r'[^|]*\|$', '|', text, flags=re.M)


def finish(name, text, bad, maker):
    """Writes the page, or with --check says whether it is stale, but for what was seen; then ends."""
    page, bad = FOLDER / f'{name}.md', list(bad)
    if '--check' not in sys.argv:
        page.write_text(text, encoding='utf-8')
    elif not page.exists() or without_seen(page.read_text(encoding='utf-8')) != without_seen(text):
        bad.append(f'docs/reference/{name}.md is stale: run {maker}')
    print('\n'.join(bad))
    sys.exit(1 if bad else 0)
