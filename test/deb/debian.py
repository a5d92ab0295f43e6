"""A Debian 12 in a folder, with or without its systemd running, and the package in it."""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAMS = ('rekey-keeper', 'rekey-web', 'rekey-courier')


def words_of(command, given=b'', **more):
    done = subprocess.run(list(map(str, command)), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          input=given, **more)
    return done.returncode, done.stdout.decode(errors='replace')


class Debian:
    """A folder with Debian 12 in it."""

    def __init__(self):
        self.at = pathlib.Path(tempfile.mkdtemp(prefix='rekey-deb-', dir='/var/tmp'))
        self.must(['tools/debian', 'make', self.at])
        policy = self.at / 'usr/sbin/policy-rc.d'
        policy.write_text('#!/bin/sh\nexit 101\n')
        policy.chmod(0o755)
        self.serving = self.booted = None

    def must(self, command):
        code, text = words_of(command)
        if code:
            raise RuntimeError(f'{command}: {code}\n{text[-3000:]}')
        return text

    def run(self, *words):
        return words_of(['tools/debian', 'run', self.at, *words], timeout=600)

    def boot(self):
        """systemd, from here on: what runs inside runs beside it."""
        (self.at / 'usr/sbin/policy-rc.d').unlink()
        with open(self.at.with_suffix('.boot'), 'wb') as said:
            self.booted = subprocess.Popen(['tools/debian', 'boot', self.at], cwd=ROOT, stdout=said,
                                           stderr=said, stdin=subprocess.DEVNULL)
        for _ in range(300):
            code, text = self.inside('systemctl', 'is-system-running', '--wait')
            if code == 0 or self.booted.poll() is not None:
                break
            time.sleep(0.2)
        return code, text + self.at.with_suffix('.boot').read_text()

    def inside(self, *words, given=b''):
        return words_of(['tools/debian', 'inside', self.at, *words], timeout=300, given=given)

    def install(self, deb):
        shutil.copy(deb, self.at / 'tmp')
        return self.run('apt-get', '-qq', '-y', '-o', 'DPkg::Options::=--force-confdef',
                        '--no-install-recommends', 'install', f'/tmp/{deb.name}')

    def start(self):
        """What the unit starts, as the unit says it."""
        unit = (self.at / 'lib/systemd/system/rekey.service').read_text()
        words = re.search(r'^ExecStart=(.*)', unit, re.M)[1].split()
        self.log = open(self.at / 'tmp/log', 'ab')
        self.serving = subprocess.Popen(['tools/debian', 'run', self.at, *words], cwd=ROOT,
                                        stdout=self.log, stderr=self.log)
        for _ in range(300):
            if self.serving.poll() is not None:
                break
            code, text = self.run('rekey', 'ready', '--data', '/var/lib/rekey')
            if code == 0:
                return 0, ''
            time.sleep(0.3)
        return 1, (self.at / 'tmp/log').read_text()[-3000:]

    def stop(self):
        for pid in self.pids('rekey serve'):
            os.kill(pid, 15)
        try:
            return self.serving.wait(40)
        except subprocess.TimeoutExpired:
            self.serving.kill()
            return 1

    def pids(self, words):
        """Processes of this folder, itself perhaps within another, whose command line holds the words."""
        for path in pathlib.Path('/proc').glob('[0-9]*'):
            try:
                command = (path / 'cmdline').read_bytes().replace(b'\0', b' ').decode()
                if words in command and os.readlink(path / 'root').endswith(str(self.at)):
                    yield int(path.name)
            except OSError:
                continue

    def users(self):
        passwd = {line.split(":")[2]: line.split(":")[0]
                  for line in (self.at / "etc/passwd").read_text().splitlines()}
        for program in PROGRAMS:
            for pid in self.pids('/' + program):
                uid = re.search(r'^Uid:\s+(\d+)', pathlib.Path(f'/proc/{pid}/status').read_text(), re.M)[1]
                yield program, passwd.get(uid)

    def drop(self):
        if self.serving and self.serving.poll() is None:
            self.stop()
        words_of(['tools/debian', 'drop', self.at])
        if self.booted:
            self.booted.wait(20)
            self.at.with_suffix('.boot').unlink()


class Report:
    """TAP lines."""

    def __init__(self):
        self.count, self.failed = 0, 0

    def line(self, name, holds, why=''):
        self.count += 1
        self.failed += not holds
        print(f'{"ok" if holds else "not ok"} {self.count} - {name}', flush=True)
        if not holds:
            for line in str(why).splitlines()[-40:]:
                print(f'# {line}')


def newer(deb, folder):
    """The same package with a higher version."""
    made = folder / 'newer.deb'
    unpacked = folder / 'unpacked'
    subprocess.run(['dpkg-deb', '-R', deb, unpacked], check=True)
    control = unpacked / 'DEBIAN/control'
    control.write_text(re.sub(r'^Version: (.*)', r'Version: \1+next', control.read_text(), flags=re.M))
    subprocess.run(['dpkg-deb', '--root-owner-group', '-b', unpacked, made], check=True,
                   stdout=subprocess.DEVNULL)
    return made


def built(report):
    code, text = words_of(['packaging/make'], timeout=900)
    report.line('the package is built', code == 0, text)
    if code:
        return None
    deb = ROOT / text.split()[-1]
    code, text = words_of(['lintian', '--fail-on', 'error', deb])
    report.line('lintian finds no error', code == 0, text)
    return deb
