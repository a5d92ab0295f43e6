"""A person at a browser without JavaScript: keeps cookies, fills in the forms of the page seen."""
import html
import html.parser
import http.client
import http.cookies
import re
import urllib.parse


class Form:
    """One form of a page: where it goes, and the fields that were filled in for the person."""

    def __init__(self, action, method):
        self.action, self.method, self.hidden, self.names = action, method, {}, set()


class Reader(html.parser.HTMLParser):
    """Forms, links and text of a page."""

    def __init__(self):
        super().__init__()
        self.forms, self.links, self.text, self.form, self.skip = [], [], [], None, 0
        self.reply = ''

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == 'form':
            self.form = Form(given.get('action', ''), given.get('method', 'get').upper())
            self.forms.append(self.form)
        elif tag in ('input', 'button', 'select', 'textarea') and self.form and given.get('name'):
            self.form.names.add(given['name'])
            if tag == 'input' and given.get('type') == 'hidden':
                self.form.hidden[given['name']] = given.get('value', '')
        elif tag == 'a' and given.get('href'):
            self.links.append(given['href'])
        elif tag in ('script', 'style'):
            self.skip += 1
        if given.get('data-reply'):
            self.reply = given['data-reply']

    def handle_endtag(self, tag):
        if tag == 'form':
            self.form = None
        elif tag in ('script', 'style'):
            self.skip -= 1

    def handle_data(self, data):
        if not self.skip and data.strip():
            self.text.append(data.strip())


class Page:
    """A response: status, headers, body, and what can be read and pressed on it."""

    def __init__(self, status, headers, body, path):
        self.status, self.headers, self.body, self.path = status, headers, body, path
        self.html = body.decode(errors='replace')
        self.reader = Reader()
        if 'html' in self.header('content-type'):
            self.reader.feed(self.html)
        self.text = ' '.join(self.reader.text)

    def header(self, name):
        return next((v for n, v in self.headers if n.lower() == name), '')

    def form(self, path):
        for form in self.reader.forms:
            if urllib.parse.urlsplit(form.action).path == path:
                return form
        return None

    def settled(self):
        """The response without what differs each time for everyone: tokens, support code, times."""
        kept = [(n, re.sub(r'=[^;]{16,}', '=*', v)) for n, v in self.headers
                if n.lower() not in ('date',)]
        body = re.sub(r'value="[A-Za-z0-9_.=-]{16,}"', 'value="*"', self.html)
        body = re.sub(r'(challenge&#?\w+;:&#?\w+;)[\w-]+', r'\1*', body)
        body = re.sub(r'data-expires="\d+"', 'data-expires="*"', body)
        body = re.sub(r'\b[0-9A-HJKMNP-TV-Z]{4}(-?[0-9A-HJKMNP-TV-Z]{4}){1,3}\b', '*', body)
        return kept, re.sub(r'\d{1,2}:\d\d|datetime="[^"]*"|\b\d+(?= (minutes?|seconds?)|\s*[分秒])', '*', body)


class Visitor:
    """One browser."""

    def __init__(self, port, language='en'):
        self.port, self.language, self.jar = port, language, {}
        self.page, self.trail, self.source = None, [], None

    def ask(self, method, path, body=None, headers=()):
        """One request, no redirect followed."""
        link = http.client.HTTPConnection('localhost', self.port, timeout=60, source_address=self.source)
        given = {'Host': f'localhost:{self.port}', 'Accept-Language': self.language,
                 'Accept': 'text/html', 'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64) Story/1.0'}
        if self.jar:
            given['Cookie'] = '; '.join(f'{n}={v}' for n, v in self.jar.items())
        if body is not None:
            given['Content-Type'] = 'application/x-www-form-urlencoded'
            given['Origin'] = f'http://localhost:{self.port}'
        given.update(headers)
        link.request(method, path, body, given)
        got = link.getresponse()
        page = Page(got.status, got.getheaders(), got.read(), path)
        link.close()
        self.keep_cookies(page)
        self.trail.append(f'{method} {path} {body or ""}\n-> {page.status} {page.header("location")}')
        return page

    def keep_cookies(self, page):
        for name, value in page.headers:
            if name.lower() != 'set-cookie':
                continue
            for key, morsel in http.cookies.SimpleCookie(value).items():
                if morsel['max-age'] == '0' or not morsel.value:
                    self.jar.pop(key, None)
                else:
                    self.jar[key] = morsel.value

    def get(self, path, hops=5):
        """Opens a page and goes where it leads. The first response is returned."""
        first = page = self.ask('GET', path)
        while page.status in (302, 303) and hops:
            path = urllib.parse.urlsplit(page.header('location'))
            page = self.ask('GET', path.path + ('?' + path.query if path.query else ''))
            hops -= 1
        self.page = page
        return first

    def post(self, path, fields):
        """Fills in the form that goes to path: on this page, or on the page of that name."""
        form = self.page.form(path) if self.page else None
        if form is None:
            self.get(path)
            form = self.page.form(path)
        if form is None:
            raise LookupError(f'no form goes to {path} on {self.page.path}: '
                              f'{[f.action for f in self.page.reader.forms]}\n{self.page.html[:3000]}')
        unknown = set(fields) - form.names
        if unknown:
            raise LookupError(f'the form to {path} has no field {sorted(unknown)}, only {sorted(form.names)}')
        return self.send(form.action, {**form.hidden, **fields})

    def token(self):
        """The hidden token of some form of the page."""
        return next({'csrf': f.hidden['csrf']} for f in self.page.reader.forms if 'csrf' in f.hidden)

    def send(self, path, fields):
        page = self.ask('POST', path, urllib.parse.urlencode(fields))
        if page.status in (302, 303):
            at = urllib.parse.urlsplit(page.header('location'))
            self.get(at.path + ('?' + at.query if at.query else ''))
        else:
            self.page = page
        return page


def reply_of(page):
    """The reply a response stands for: the last word of where it leads, or what the page says."""
    if page.status in (302, 303):
        return urllib.parse.urlsplit(page.header('location')).path.rstrip('/').split('/')[-1] or '/'
    return page.reader.reply


def unescape(text):
    return html.unescape(text)
