#!/usr/bin/python3
"""What the template compiler refuses, and how it decides to escape. usage: gen_view_test.py GEN_VIEW MSGFMT"""
import importlib.machinery
import importlib.util
import os
import sys
import tempfile
import unittest

GEN_VIEW, MSGFMT = sys.argv[1:3]
sys.dont_write_bytecode = True
loader = importlib.machinery.SourceFileLoader('gen_view', GEN_VIEW)
gen_view = importlib.util.module_from_spec(importlib.util.spec_from_loader('gen_view', loader))
loader.exec_module(gen_view)

PO = '''msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: {plural}\\n"

msgid "hello"
msgstr "{hello}"

msgid "tries"
msgid_plural "tries"
msgstr[0] "{n} one"
{more}
msgctxt "say"
msgid "generic"
msgstr "{generic}"
'''
EN = {'plural': 'nplurals=2; plural=(n != 1);', 'hello': 'Hello & welcome, **{name}**', 'n': '{n}',
      'more': 'msgstr[1] "{n} many"\n', 'generic': 'Oh'}
JA = {'plural': 'nplurals=1; plural=0;', 'hello': '**{name}** & co', 'n': '{n}', 'more': '', 'generic': 'Ah'}

LAYOUT = '{{field language text}}\n{{field offset number}}\n<html><h1>{{title}}</h1>{{body}}</html>\n'
USED = '{{t hello name=name}}{{t tries n=count}}'
HEAD = '{{field name text}}\n{{field count number}}\n{{field where url}}\n{{field key secret}}\n{{field qr svg}}\n' \
    '{{list rows: id text}}\n{{#title}}{{t tries n=count}}{{/title}}\n'


class Compiler(unittest.TestCase):
    def compile(self, body, en=EN, ja=JA, head=HEAD, layout=LAYOUT, files=()):
        """The C of a share/ whose only page is body, or nothing and why it was refused."""
        with tempfile.TemporaryDirectory() as share:
            for folder in ('template/part', 'document/part', 'mail', 'locale', 'static'):
                os.makedirs(os.path.join(share, folder))
            texts = {'template/layout.html': layout, 'template/page.html': head + USED + body + '\n',
                     'locale/en.po': PO.format(**en), 'locale/ja.po': PO.format(**ja),
                     'document/layout.html': '{{field language text}}\n{{field offset number}}\n<html>{{body}}</html>\n',
                     'mail/layout.html': '<html>{{body}}</html>\n', 'mail/layout.txt': '{{body}}\n',
                     'message.def': '', **dict(files)}
            for name, text in texts.items():
                with open(os.path.join(share, name), 'w', encoding='utf-8') as file:
                    file.write(text)
            out = [os.path.join(share, name) for name in ('h', 'c', 'd')]
            try:
                gen_view.main(share, os.path.join(share, 'message.def'), MSGFMT, *out)
            except SystemExit as refusal:
                return '', str(refusal.code)
            with open(out[1], encoding='utf-8') as file:
                return file.read(), ''

    def writes(self, body, expected, **more):
        code, words = self.compile(body, **more)
        self.assertEqual(words, '')
        self.assertIn(expected, code)

    def refuses(self, body, why, **more):
        self.assertIn(why, self.compile(body, **more)[1])

    def test_a_value_in_text_and_in_quotes_is_escaped_as_html(self):
        self.writes('<p>{{name}}</p>', 'view_html(out, v->name)')
        self.writes('<p title="x {{name}}">a</p>', 'view_html(out, v->name)')

    def test_a_value_in_an_address_is_escaped_as_one(self):
        self.writes('<a href="{{where}}">a</a>', 'view_url(out, v->where)')
        self.writes('<a href="/x?id={{name}}">a</a>', 'view_url_part(out, v->name)')
        self.writes('<a href="tel:{{name}}">a</a>', 'view_telephone(out, v->name)')
        self.refuses('<a href="{{name}}">a</a>', 'kind url')

    def test_a_value_where_nothing_can_be_escaped_is_refused(self):
        self.refuses('<script>{{name}}</script>', 'a value cannot stand in script')
        self.refuses('<p {{name}}="x">a</p>', 'a value cannot stand in tag')
        self.refuses('<p class={{name}}>a</p>', 'a value cannot stand in equals')
        self.refuses('<{{name}}>', 'a value cannot stand in tag_name')
        self.refuses('<p a{{name}}="x">a</p>', 'a value cannot stand in attribute')

    def test_what_the_content_security_policy_blocks_is_refused(self):
        self.refuses('<p style="color:red">a</p>', 'content security policy')
        self.refuses('<p onclick="x()">a</p>', 'content security policy')
        self.refuses('<script>x()</script>', 'content security policy')
        self.refuses("<p class='x'>a</p>", 'double quotes')

    def test_a_name_that_nobody_declared_is_refused(self):
        self.refuses('{{nobody}}', 'nobody is not declared')
        self.refuses('{{#if nobody}}x{{/if}}', 'nobody is not declared')
        self.refuses('{{#each nobody}}x{{/each}}', 'nobody is not a list')
        self.refuses('{{id}}', 'id is not declared')
        self.refuses('{{> nobody}}', 'no partial nobody')
        self.refuses('{{static nobody.css}}', 'no file nobody.css')
        self.refuses('{{t nobody}}', 'no sentence nobody')

    def test_a_document_brings_its_style_along_and_a_page_must_not(self):
        sheet = {'document/own.css': 'p {\n\tcolor: red;\n}\n'}
        layout = '{{field language text}}\n{{field offset number}}\n<html>%s{{style own.css}}%s{{body}}</html>\n'
        paper = {'document/paper.html': '{{field who text}}\n{{#title}}{{who}}{{/title}}\n<p>{{who}}</p>\n'}
        self.writes('', '<style>\\np {\\ncolor: red;\\n}\\n</style>',
                    files={**sheet, **paper, 'document/layout.html': layout % ('', '')})
        self.writes('', 'view_html(out, v->who)', files={**paper})
        self.refuses('', 'cannot stand in <style> here',
                     files={**sheet, **paper, 'document/layout.html': layout % ('<p title="', '"></p>')})
        self.refuses('', 'cannot stand in <style> here', files={
            'document/own.css': '</style><script>', **paper, 'document/layout.html': layout % ('', '')})
        self.refuses('{{style portal.css}}', 'content security policy')

    def test_only_a_drawing_is_raw(self):
        self.writes('{{raw qr}}', 'buf_add(out, v->qr)')
        self.refuses('{{raw name}}', 'only a field of kind svg')
        self.refuses('<p title="{{raw qr}}">a</p>', 'only a field of kind svg')

    def test_a_secret_is_shown_by_the_one_function_for_it(self):
        self.writes('{{key}}', 'view_secret(out, v->key, view_html)')
        self.writes('{{key|groups}}', 'view_secret(out, v->key, view_groups)')
        self.refuses('{{name|groups}}', 'no filter groups')

    def test_both_sides_of_a_choice_end_in_one_place(self):
        self.refuses('<p {{#if name}}title="{{/if}}x">a</p>', 'its two sides end in different places')
        self.refuses('{{#each rows}}<p>{{/each}}', 'ends where it did not begin')
        self.writes('<p {{#if name}}title="x"{{/if}}>a</p>', 'if ((v->name.length > 0))')

    def test_tags_are_closed(self):
        self.refuses('<div><p>a</div>', 'closes nothing')
        self.refuses('<div>', 'closes nothing')
        self.refuses('{{#if name}}x', 'is not closed')

    def test_sentences_are_escaped_and_their_values_too(self):
        self.writes('', 'Hello &amp; welcome, <strong>')
        self.writes('<p title="{{t hello name=name}}">a</p>', 'Hello &amp; welcome, ')
        self.refuses('', 'has no end', en={**EN, 'hello': '**{name}'})
        self.refuses('{{t hello}}', "wants ['name'], is given []")
        self.refuses('{{t tries n=count extra=name}}', 'wants')

    def test_no_line_of_a_page_ends_in_half_of_e_mail(self):
        mail = {**EN, 'hello': 'My e-mail, **{name}**'}
        self.writes('', 'My <span class=\\"nb\\">e-mail</span>, ', en=mail)
        self.writes('<p title="{{t hello name=name}}">a</p>', 'My e-mail, ', en=mail)
        self.writes('', 'My e-mail, ', en=mail, head=HEAD.replace('t tries n=count', 't hello name=name'),
                    layout=LAYOUT.replace('h1', 'title'))

    def test_a_count_of_one_has_its_own_form(self):
        self.writes('', 'if (v->count == 1) {')

    def test_the_catalogues_say_the_same_things(self):
        self.refuses('', 'the placeholders differ', ja={**JA, 'hello': 'x'})
        self.refuses('', 'is missing in one language', ja={**JA, 'more': '\nmsgid "other"\nmsgstr "x"\n'})
        self.refuses('', 'is missing in one language', ja={**JA, 'generic': ''})
        more = '\nmsgid "unused"\nmsgstr "x"\n'
        self.refuses('', 'no template uses unused', ja={**JA, 'more': more}, en={**EN, 'more': EN['more'] + more})

    def test_a_field_is_declared_once(self):
        self.refuses('', 'is declared by the layout', head='{{field language text}}\n' + HEAD)
        self.refuses('', 'a field has a name and a kind', head='{{field x colour}}\n' + HEAD)
        self.refuses('', 'is a word of the language', head='{{field body text}}\n' + HEAD)
        self.refuses('', 'a page has a title', head=HEAD.replace('#title', '#if name').replace('/title', '/if'))

    def test_a_mail_has_the_values_of_the_list(self):
        files = {'message.def': 'MESSAGE(note, "code")', 'mail/note.html': '<p>{{code}}</p>\n',
                 'mail/note.txt': '{{field code text}}\n{{#title}}Note{{/title}}\n{{code}}\n'}
        self.writes('', 'view_plain(out, v->code)', files=files)
        self.refuses('', 'declares', files={**files, 'message.def': 'MESSAGE(note, "code when")'})
        self.refuses('', 'no such message', files={**files, 'message.def': ''})


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1], warnings='ignore')
