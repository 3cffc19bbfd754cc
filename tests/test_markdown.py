"""Markdown: golden twins, what is escaped, and properties that hold for any page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner import html, inline
from cleaner.cleaner import Cleaner, read
from cleaner.inline import visible
from cleaner.markdown import escaped, markdown
from cleaner.page import Label, Page, Paragraph, Verdict

GOLDEN = Path(__file__).parent / "golden" / "markdown"


def kept(source: str) -> Page:
    """A page on which every line is article text."""
    lines = read(source).lines
    verdicts = tuple(Verdict(line, Label.ARTICLE, 1.0, "") for line in lines)
    return Page(verdicts, tuple(Paragraph(line.text, (line.number,)) for line in lines))


def written(source: str, **options) -> str:
    return markdown(kept(source), source, **options)


@pytest.mark.parametrize("name", sorted({path.stem for path in GOLDEN.iterdir()}))
def test_golden(name):
    source = (GOLDEN / f"{name}.html").read_text(encoding="utf-8")
    expected = (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")
    assert written(source, links=True) + "\n" == expected


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p></p>", ""),
        ("<p>a <b></b> b", "a b"),  # nothing inside
        ("<p>a<b> b </b>c", "a **b** c"),  # signs touch their words
        ("<p><b><p>a</b> b", "a b"),  # begun on another line
        ("<p><i>a <i>b</i></i>", "*a b*"),  # no signs within the same
        ("<p><code>a <b>c</b></code>", "`a c`"),  # none within code
        ("<p><a href=/x>a</a>", "a"),  # links only where asked for
        ("<p>a</b> b", "a b"),  # an end without a begin
        ("<ul><li>a</ul><ul><li>b</ul>", "- a\n\n- b"),  # two lists
        ("<li>a<li>b", "- a\n\n- b"),  # items without a list
        ("<ul><li>a<ol><li>b</ol></ul>", "- a\n  1. b"),
        ("<ul>a<li>b</ul>", "a\n\n- b"),  # text beside the items
        ("<h3><div>a</div></h3>", "### a"),
        ("<h1>a<br>b</h1>", "# a b"),
        ("<pre>a\n\n\n  b</pre>", "```\na\n\n  b\n```"),
        ("<tr><td>a<td>b", "a\tb"),  # one row is no table
        ("<table><tr><td>a<tr><td>b</table>", "a\n\nb"),  # one column neither
        ("&lt;p&gt;a &lt;b&gt;b&lt;/b&gt;", "a **b**"),  # escaped as a whole
    ],
)
def test_structure(source, text):
    found = markdown(kept(source), source)
    assert found == text


def test_lines_that_were_dropped_leave_no_trace():
    source = "<ol><li>a<li>b<li>c</ol>"
    page = kept(source)
    one, two, three = page.verdicts
    dropped = Verdict(two.line, Label.JUNK, 0.1, "")
    assert markdown(Page((one, dropped, three)), source) == "1. a\n2. c"


def test_bytes_are_decoded():
    source = "<p>Gr\u00fc\u00dfe <b>aus</b> K\u00f6ln</p>"
    assert markdown(kept(source), source.encode("cp1252")) == "Gr\u00fc\u00dfe **aus** K\u00f6ln"


def test_text_is_its_paragraphs():
    page = Page((), (Paragraph("One.", (1,)), Paragraph("# Two", (2,))))
    assert markdown(page, "One.\n\n# Two") == "One.\n\n\\# Two"


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("5 * 3 = 15, a_b, x < y & z [note]", True),
        ("C:\\dir and #hash, 1.5 and -3", True),
        ("*a*", False),
        ("_a_", False),
        ("`a`", False),
        ("<b>", False),
        ("&amp;", False),
        ("[a](b)", False),
        ("1. a", False),
        ("> a", False),
        ("---", False),
    ],
)
def test_only_what_would_be_markup_is_escaped(text, same):
    assert (escaped(text) == text) is same
    assert re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", escaped(text)) == text or same


PIECES = st.sampled_from([
    "<p>", "</p>", "<b>", "</b>", "<i>", "</i>", "<a href=x>", "</a>", "<code>", "</code>", "<br>",
    "<ul>", "</ul>", "<ol>", "<li>", "<blockquote>", "</blockquote>", "<pre>", "</pre>", "<table>",
    "<tr>", "<td>", "<th>", "</table>", "<h2>", "</h2>", "a", "B ", " \n", "*", "&shy;", "|", "#",
])  # fmt: skip


@settings(deadline=None, max_examples=300)
@given(st.lists(PIECES, max_size=30).map("".join))
def test_no_letter_is_lost_and_marks_fit_their_lines(source):
    page = kept(source)
    letters = [x for verdict in page.verdicts for x in verdict.line.text if x in "aB"]
    assert [x for x in markdown(page, source, links=False) if x in "aB"] == letters
    for number, inside in inline.inlines(source).items():
        line = html.read(source).lines[number - 1]
        assert all(0 <= mark.at <= visible(line.text) for mark in inside.marks)
        assert not inside.cells or sum(inside.cells) == visible(line.text)


@pytest.mark.parametrize(
    "piece", ["<div>", "<blockquote>", "<li>", "<ul><li>", "<b>", "<table><tr><td>"]
)
def test_deep_pages_do_not_recurse(piece):
    source = piece * 20_000 + "x" + "<p>y" * 50
    assert "x" in written(source)


def test_a_cleaned_page():
    source = "<h1>Rain floods the town</h1>" + (
        "<p>The river rose by <b>two metres</b> overnight, the town hall said on Friday, and the "
        "bridge was closed to all traffic until further notice.</p>" * 3
    )
    assert "by **two metres** overnight" in markdown(Cleaner().clean(source), source)
