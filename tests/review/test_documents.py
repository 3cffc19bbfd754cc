"""What is taken, what is set aside, and what the clean text becomes after corrections."""

from __future__ import annotations

import os
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.cleaner import Cleaner
from cleaner.errors import SourceError
from cleaner.page import Label, Line, Page, Paragraph, Verdict
from cleaner.review.documents import document, load, printable, read_files, stitched
from cleaner.split import split


def clean(source: bytes | str) -> Page:
    """A page on which every line is article; bytes that are no UTF-8 are no text."""
    try:
        text = source.decode() if isinstance(source, bytes) else source
    except UnicodeDecodeError as error:
        message = "no text"
        raise SourceError(message) from error
    return Page(tuple(Verdict(line, Label.ARTICLE, 0.9, "") for line in split(text)))


def test_what_is_read(tmp_path):
    for name in ("b.txt", "a.html", "sub/c.md", "image.png", ".hidden.txt", ".git/d.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(name)
    (tmp_path / "named.log").write_text("named")
    paths = [tmp_path, tmp_path / "named.log", tmp_path / "missing.txt"]
    found = [(name.removeprefix(f"{tmp_path.as_posix()}/"), x) for name, x in read_files(paths)]
    assert found[:-1] == [
        ("a.html", b"a.html"),
        ("b.txt", b"b.txt"),
        ("sub/c.md", b"sub/c.md"),
        ("named.log", b"named"),
    ]
    assert found[-1][0] == "missing.txt"
    assert str(found[-1][1]) == "No such file or directory"


def test_what_cannot_be_used_is_set_aside_with_its_reason():
    sources = [
        ("a", b"text"),
        ("b", b"\xff\xfe\xfd"),
        ("c", b" \n "),
        ("d", SourceError("cannot be opened")),
        ("e", "broken \ud83d in JSON"),
        ("f", b"text"),
    ]
    shelf = load(sources, clean)
    assert [found.id for found in shelf.documents.values()] == ["a", "e"], "f is a again"
    assert shelf.skipped == [("b", "no text"), ("c", "holds no text"), ("d", "cannot be opened")]
    assert all(x.page.verdicts[0].line.text.encode() for x in shelf.documents.values())


@pytest.mark.skipif(sys.platform == "win32", reason="names are Unicode there")
def test_names_that_are_no_unicode_are_spelt_out(tmp_path):
    (tmp_path / os.fsdecode(b"caf\xe9.txt")).write_text("text")
    shelf = load(read_files([tmp_path]), clean)
    (found,) = shelf.documents.values()
    assert found.id.endswith("caf\\udce9.txt")
    assert found.id.encode()


def test_the_key_follows_the_lines_not_the_place():
    page = clean("One\nTwo")
    assert document("a.txt", page).key == document("b.txt", page).key
    assert document("a.txt", page).key != document("a.txt", clean("One\n\nTwo")).key
    assert document("a.txt", page).key != document("a.txt", clean("One Two")).key


@given(st.text(st.characters(categories=["Cs", "L", "P"])))
def test_any_name_becomes_text(name):
    assert printable(name).encode().decode() == printable(name)


# -- the clean text after corrections --------------------------------------------------------------

A, J = Label.ARTICLE, Label.JUNK


def page(labels: str, *paragraphs: tuple[int, ...]) -> Page:
    """Lines 1, 2, ... labelled ``a`` or ``j``, each with its number for a text."""
    verdicts = tuple(
        Verdict(Line(str(number), number), A if label == "a" else J, 0.5, "")
        for number, label in enumerate(labels, start=1)
    )
    return Page(verdicts, tuple(Paragraph(" ".join(map(str, p)), p) for p in paragraphs))


STITCHED = [
    ("aa", [(1, 2)], {}, ["1 2"], "nothing corrected"),
    ("aaa", [(1, 2, 3)], {2: J}, ["1 3"], "a piece goes, the rest stays one"),
    ("aja", [(1, 3)], {2: A}, ["1 2 3"], "a piece comes back"),
    ("aja", [(1,), (3,)], {2: A}, ["1", "2", "3"], "a paragraph comes back"),
    ("jaa", [(2, 3)], {1: A}, ["1", "2 3"], "before a paragraph"),
    ("aaj", [(1, 2)], {3: A}, ["1 2", "3"], "behind a paragraph"),
    (
        "ajaa",
        [(1, 3), (4,)],
        {1: J, 2: A},
        ["2", "3", "4"],
        "its first piece is gone",
    ),
    ("aa", [(1, 2)], {1: J, 2: J}, [], "all gone"),
    ("jj", [], {1: A, 2: A}, ["1", "2"], "all back"),
]


@pytest.mark.parametrize(
    ("labels", "paragraphs", "choices", "expected", "comment"),
    STITCHED,
    ids=[case[-1] for case in STITCHED],
)
def test_stitched(labels, paragraphs, choices, expected, comment):
    found = stitched(page(labels, *paragraphs), choices)
    assert [paragraph.text for paragraph in found] == expected, comment


@given(st.dictionaries(st.integers(1, 6), st.sampled_from(list(Label))))
def test_every_kept_line_is_there_once_and_in_order(choices):
    found = stitched(page("ajaaja", (1, 3), (4, 6)), choices)
    labels = {n: A if letter == "a" else J for n, letter in enumerate("ajaaja", 1)} | choices
    kept = [number for number, label in labels.items() if label is A]
    assert [number for paragraph in found for number in paragraph.numbers] == kept


def test_without_corrections_the_text_is_the_pages():
    found = Cleaner().clean(
        "Police said they made an arrest in\nFrance\n, where the man had lived for years.\n"
        "Share\n\nThe river rose by two metres overnight, the town hall said on Friday.\n"
    )
    assert tuple(stitched(found, {})) == found.paragraphs
