"""Pages and reports as words for people."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.batch.records import Done, Failure, Record, Tally
from cleaner.batch.run import Report
from cleaner.page import Label, Line, Page, Paragraph, Verdict
from cleaner.terminal import Watch, explained, summary, visible

HOSTILE = [
    ("\x1b[2J\x1b[Hgone", "gone", "clears the screen"),
    ("\x1b]0;title\x07text", "text", "retitles the window"),
    ("\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\", "link", "a hidden link"),
    ("\x1b]0;never ended", "", "a sequence without an end"),
    ("a\x9b31mb", "a31mb", "the one-byte introducer"),
    ("over\rwrite\x08\x08", "overwrite", "moves the cursor"),
    ("\u202egnp.exe\u202c", "gnp.exe", "reorders what is read"),
    ("a\x1b", "a", "a lone escape"),
    ("lone \ud800 surrogate", "lone  surrogate", "cannot be printed"),
    ("tab\tstays a gap", "tab stays a gap", "one space"),
]


@pytest.mark.parametrize(("text", "shown", "comment"), HOSTILE, ids=[case[2] for case in HOSTILE])
def test_hostile_text(text, shown, comment):
    assert visible(text) == shown, comment


@given(st.text(alphabet=st.characters(categories=None)))
def test_nothing_steers_the_terminal(text):
    shown = visible(text)
    shown.encode()
    assert "\x1b" not in shown
    assert len(shown.splitlines()) <= 1


LINES = [("A headline", Label.ARTICLE), ("Share", Label.JUNK), ("买东西\x1b[31m", Label.SPAM)]
PAGE = Page(
    tuple(Verdict(Line(text, 9 + i), label, 0.5, "why") for i, (text, label) in enumerate(LINES)),
    (Paragraph("A headline", (9,)),),
    language="en",
    title="A headline",
)


def test_explained_plain():
    assert list(explained(PAGE, colour=False)) == [
        "title      A headline",
        "language   en",
        "lines      1 of 3 kept",
        "",
        " 9  article  0.50  why  A headline",
        "10  junk     0.50  why  Share",
        "11  spam     0.50  why  买东西",
    ]


def test_explained_in_colour_says_the_same():
    plain = [visible(line) for line in explained(PAGE, colour=False)]
    assert [visible(line) for line in explained(PAGE, colour=True)] == plain
    assert sum("\x1b" in line for line in explained(PAGE, colour=True)) == 3


def test_explained_nothing():
    assert list(explained(Page(), colour=True))[:3] == [
        "title      (none)",
        "language   (cannot be told)",
        "lines      0 of 0 kept",
    ]


def test_summary_of_nothing():
    assert "0 cleaned" in summary(Report(Tally(), Tally(), 0.0, "out/_cleaner"))


class Screen(io.StringIO):
    """A stream that someone looks at."""

    def isatty(self):
        return True


def done(name: str) -> Done:
    tally = Tally(documents=1, article=3, junk=1, words=40, words_kept=30)
    return Done(Record(name, b"", f"in/{name}"), b"", tally)


@pytest.mark.parametrize("stream", [io.StringIO, Screen])
def test_watch(stream):
    with Watch(out := stream(), lambda: 100, names=True) as watch:
        watch.moved(Tally(documents=1, words=40, words_kept=30, failures=1), 60)
        watch.saw(done("a.txt"))
        watch.saw(Failure("b.txt", "in/b.txt", "looks like a \x1b[31mPDF document"))
    told = out.getvalue()
    assert "in/a.txt: 3 of 4 lines kept\n" in told
    assert "cleaner: in/b.txt: looks like a PDF document\n" in told
    assert ("1 documents, 25% of words removed, 1 failed" in told) == (stream is Screen)


def test_without_a_terminal_there_is_no_bar_and_nothing_is_counted_for_it():
    with Watch(out := io.StringIO(), lambda: 1 / 0) as watch:
        watch.moved(Tally(documents=1), 5)
    assert out.getvalue() == ""
