"""A copy of the sources in which a fault can be planted and built, without the sources knowing."""
import os
import pathlib
import re
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAMS = ('rekey', 'rekey-web', 'rekey-keeper', 'rekey-courier')


class NotPlanted(Exception):
    """The text to replace is not there exactly once, or what came of it does not build."""


def tracked():
    listed = subprocess.run(['git', 'ls-files', '-co', '--exclude-standard', 'src', 'sql', 'share', 'tools', 'test',
                             'meson.build', 'meson_options.txt'], cwd=ROOT, stdout=subprocess.PIPE, check=True)
    return [p for p in listed.stdout.decode().split('\n') if p and (ROOT / p).is_file()]


def stands(text, old):
    """Where a piece of a source stands, however its lines are broken: (begin, end) of each."""
    words = re.findall(r'\w+|[^\w\s]', old)
    gaps = [r'\s+' if a[-1].isalnum() and b[0].isalnum() else r'\s*' for a, b in zip(words, words[1:])]
    pattern = ''.join(re.escape(word) + gap for word, gap in zip(words, [*gaps, '']))
    return [match.span() for match in re.finditer(pattern, text)]


class Tree:
    """One copy, kept from run to run, so that only what changed is built."""

    def __init__(self, number, options=('-Dtesting=true', '-Doptimization=1')):
        self.at = ROOT / f'build-planted/{number}'
        self.build, self.options = self.at / 'build', options
        self.renew()

    def renew(self):
        wanted = set(tracked())
        for path in sorted(wanted):
            self.write(path, (ROOT / path).read_bytes(), (ROOT / path).stat().st_mode)
        for path in self.at.rglob('*'):
            name = str(path.relative_to(self.at))
            if path.is_file() and not name.startswith('build/') and name not in wanted:
                path.unlink()
        if not (self.build / 'build.ninja').exists():
            shutil.rmtree(self.build, ignore_errors=True)
            self.command('meson', 'setup', 'build', *self.options)

    def write(self, path, content, mode=None):
        target = self.at / path
        if target.exists() and target.read_bytes() == content:
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        if mode:
            target.chmod(mode & 0o777)

    def command(self, *words):
        done = subprocess.run(words, cwd=self.at, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              stdin=subprocess.DEVNULL)
        if done.returncode:
            raise NotPlanted(done.stdout.decode(errors='replace')[-3000:])

    def make(self, jobs=None):
        self.command('ninja', '-C', 'build', f'-j{jobs or os.cpu_count()}', *PROGRAMS)

    def plant(self, path, old, new, jobs=1):
        """Puts one text in the place of another, and builds."""
        text = (ROOT / path).read_text(encoding='utf-8')
        places = stands(text, old)
        if len(places) != 1:
            raise NotPlanted(f'{path} has this {len(places)} times, not once:\n{old}')
        begin, end = places[0]
        self.write(path, f'{text[:begin]}{new}{text[end:]}'.encode())
        self.make(jobs)

    def mend(self, path):
        self.write(path, (ROOT / path).read_bytes())
