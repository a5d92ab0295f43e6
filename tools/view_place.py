"""Where a value stands in a page, and what escapes it there: for tools/gen_view."""
import sys

URL_ATTRIBUTES = {'href', 'src', 'action', 'formaction'}
VOID = {'area', 'base', 'br', 'col', 'hr', 'img', 'input', 'link', 'meta', 'source', 'wbr'}


def refuse(where, why):
    sys.exit(f'gen_view: {where}: {why}')


class Place:
    """A reader of HTML that knows, after each literal, where the next value would stand."""

    def __init__(self, where, styled=False):
        self.where, self.state, self.tag, self.attribute, self.before, self.open = where, 'text', '', '', '', []
        self.refused = {'srcdoc'} if styled else {'srcdoc', 'style'}

    def mark(self):
        inside = self.state in ('attribute', 'equals', 'quoted')
        return (self.state, self.tag if self.state != 'text' else '', self.attribute if inside else '',
                bool(self.before) and self.attribute in URL_ATTRIBUTES, tuple(self.open))

    def back(self, mark):
        self.state, self.tag, self.attribute, before, opened = mark
        self.before, self.open = 'x' if before else '', list(opened)

    def feed(self, text):
        for char in text:
            getattr(self, 'in_' + self.state)(char)

    def in_text(self, c):
        if c == '<':
            self.state, self.tag = 'tag_name', ''

    def in_tag_name(self, c):
        if c == '-' and self.tag == '!-':
            self.state = 'comment'
        elif c in ' \n>':
            self.state = 'tag'
            self.in_tag(c)
        else:
            self.tag += c

    def in_tag(self, c):
        if c == '>':
            self.end_tag()
        elif c not in ' \n/':
            self.state, self.attribute = 'attribute', c

    def in_attribute(self, c):
        if c == '=':
            self.refuse_attribute()
            self.state = 'equals'
        elif c in ' \n>':
            self.state = 'tag'
            self.in_tag(c)
        else:
            self.attribute += c

    def refuse_attribute(self):
        if self.attribute in self.refused or self.attribute.startswith('on'):
            refuse(self.where, f'inline {self.attribute} is blocked by our content security policy')

    def in_equals(self, c):
        if c != '"':
            refuse(self.where, f'{self.attribute}: values of attributes stand in double quotes')
        self.state, self.before = 'quoted', ''

    def in_quoted(self, c):
        if c == '"':
            self.state, self.attribute, self.before = 'tag', '', ''
        else:
            self.before += c

    def in_comment(self, c):
        refuse(self.where, 'no comments in pages: {{field}} and the commit say it')

    def end_tag(self):
        name = self.tag.lower()
        self.state, self.attribute = 'text', ''
        if name in ('style', 'script'):
            self.state = 'script'
        if name.startswith('/'):
            if not self.open or self.open.pop() != name[1:]:
                refuse(self.where, f'<{name}> closes nothing')
        elif name not in VOID and not name.startswith('!'):
            self.open.append(name)

    def in_script(self, c):
        """Only <script src="…"></script>: nothing may stand inside."""
        if c != '<':
            refuse(self.where, 'inline scripts and styles are blocked by our content security policy')
        self.state, self.tag = 'tag_name', ''

    def escaper(self):
        if self.state == 'text':
            return 'view_html'
        if self.state != 'quoted':
            refuse(self.where, f'a value cannot stand in {self.state} of <{self.tag}>')
        if self.attribute == 'style':
            refuse(self.where, 'a value cannot stand in a style')
        if self.attribute not in URL_ATTRIBUTES:
            return 'view_html'
        if self.before == 'tel:':
            return 'view_telephone'
        return 'view_url_part' if self.before else 'view_url'


class Plain:
    """Text of mails: nothing to escape, but a value stays on its line."""

    where = 'text'
    state, attribute = 'plain', ''

    def __init__(self, where):
        self.where = where

    def mark(self):
        return ()

    back = feed = lambda self, _: None

    def escaper(self):
        return 'view_plain'
