"""Whether a source is HTML: cases of both kinds, each with what it stands for."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.sniff import looks_like_html

GOLDEN = Path(__file__).parent / "golden" / "html"

PAGES = [
    ("<!DOCTYPE html><title>x", "doctype"),
    ("\ufeff\n<!-- saved from url --><!-- -->\n<html lang=en>", "mark, comments, root"),
    ("<?xml version='1.0'?>\n<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0\"><html>", "XHTML"),
    ("<script>if (a < b) {}</script><!doctype html><p>x", "injected script first"),
    ("<doc url='x' title='a'>\n<html><p>x</html></doc>", "wrapped by a crawler"),
    ("<BODY bgcolor=white>x", "body alone, upper case"),
    ("<html><head><title>The <p> tag</title></head>", "a page about tags"),
    ("<p>Hello</p>", "one paragraph"),
    ("<p>Hello world", "an open paragraph"),
    ("<p>A<p>B", "end tags left out"),
    ("<ul><li>One<li>Two</ul>", "a list"),
    ("<div>\n  <p class='x'>rain.</p>\n</div>", "indented"),
    ("<span>Hi</span>", "an inline element around all"),
    ("<h1>Title</h1>\n\n<p>Text\n\nmore text</p>", "blank lines between"),
    ("Rain<br>and snow<br/>tonight", "line breaks"),
    ("First line.<br><br>Second line of the post.<br>Third.", "line breaks and capitals"),
    ("Intro\n<p>Para one is long enough.</p>\n<p>Para two.</p>", "text first"),
    ("<!-- wp:paragraph -->\n<p>Rain.</p>\n<!-- /wp:paragraph -->", "as WordPress stores it"),
    ("<amp-story><p>x</p></amp-story>", "custom element"),
    ("<style>p{}</style><p>x", "style first"),
    ("<script>var a = 1;</script>", "script alone"),
    ("<svg><symbol id=a><path d='M0'/></symbol></svg><div><p>x</p></div>", "icons first"),
    ("<table><tr><td>1<td>2</table>", "a table"),
    ("<frameset><frame src=x></frameset>", "frames"),
    ("<img src=x>", "no text at all"),
    ("<text id='http://x' title='x'>\n<!-- x -->\n<html><p>x</html></text>", "from CleanEval"),
    ("<text id='http://x' title='x'><p>x<table><td>y</table></text>", "from CleanEval, a body"),
    ("<p>降雨。</p><p>雪。</p>", "no spaces"),
    ("&lt;p&gt;Rain&lt;/p&gt;", "escaped"),
]

TEXTS = [
    ("", "nothing"),
    ("Hello.", "plain"),
    ("I <3 this > that, a < b && c > d", "signs"),
    ("The <p> tag starts a paragraph, <br> breaks a line; close with </p>.", "about HTML"),
    ("<p> is the paragraph tag.", "about HTML, tag first"),
    ("<html> is the root element of a page.", "about HTML, root first"),
    ("Use `<details>` and `<summary>` to fold.", "tags in backticks"),
    ("Write &lt;p&gt; for a paragraph.", "escaped tags in a text"),
    ("&lt;p&gt; is the paragraph tag.", "escaped, tag first"),
    ("From: Bob <bob@example.org>\n\nDear <alice@example.org>,\nthe minutes.", "e-mail"),
    ("Dear <Title> <Name>,\nwe are glad to see you.", "letter template"),
    ("<bob> hello\n<alice> hi there", "chat"),
    ("# Title\n\nSome *text* with <b>bold</b> and <kbd>Ctrl</kbd>.<br>\n\nEnd.", "Markdown"),
    ("```html\n<p>x</p>\n<p>y</p>\n```\n", "Markdown, fenced code"),
    (
        "<p align='center'><img src=logo.png></p>\n<h1 align=center>Tool</h1>\n\nA tool that"
        " does many things.\n\n## Install\n\n    pip install tool\n\nThen run it.",
        "Markdown with a centred head",
    ),
    ("See <a href='https://example.org'>this page</a>.", "one link"),
    ("#include <map>\nstd::map<int, std::vector<int>> m;\ntemplate <class T> T f(T a);", "C++"),
    ("List<Table> tables = new ArrayList<Table>();\nMap<Form, Section> m;", "Java"),
    ("fn main() { let v: Vec<Option<Box<u8>>> = Vec::new(); }", "Rust"),
    ("s = '<div>' + x + '</div>'\nt = \"<p>\"", "tags in strings"),
    (
        "import React from 'react';\n\nexport default function App() {\n"
        "  return (<div className='x'><p>Hi</p></div>);\n}",
        "JSX",
    ),
    ("/**\n * Rules.\n */\n\n/** <p>The first.</p>\n * <ul><li>a</ul> */\nint a;", "doc comments"),
    ("<?php echo '<p>x</p>'; ?>", "PHP"),
    ("Usage: cp [options] <source> <object>\n  <address>  where to", "usage"),
    ("<?xml version='1.0'?><rss><channel><title>x</title></channel></rss>", "RSS"),
    ("<feed xmlns='http://www.w3.org/2005/Atom'><title>x</title></feed>", "Atom"),
    ("<!DOCTYPE plist><plist><p>x</p></plist>", "another doctype"),
    ("<svg xmlns='x'><title>x</title><text>y</text></svg>", "SVG"),
    ("<text id='1'><line>x</line></text>", "XML, not from CleanEval"),
    ("<note><to>Bob</to><body>Hi</body></note>", "XML"),
]


@pytest.mark.parametrize("source", [pytest.param(text, id=name) for text, name in PAGES])
def test_looks_like_html(source):
    assert looks_like_html(source)


@pytest.mark.parametrize("source", [pytest.param(text, id=name) for text, name in TEXTS])
def test_does_not_look_like_html(source):
    assert not looks_like_html(source)


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.html")), ids=lambda path: path.stem)
def test_golden_pages_look_like_html(path):
    assert looks_like_html(path.read_text(encoding="utf-8")) is (path.stem != "bare-text")


@settings(deadline=None)
@given(st.text(), st.integers(1, 3))
def test_told_or_not_without_failing(source, times):
    assert isinstance(looks_like_html(source * times), bool)
