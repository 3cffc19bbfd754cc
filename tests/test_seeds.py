"""The two files that this project began with, word by word.

They are other people's texts and not part of the project: ``CLEANER_SEEDS`` names their folder, by
default ``../shared/seeds`` beside the checkout.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from places import ROOT

from cleaner import Label, Page
from cleaner.split import split
from cleaner.training.align import tokens

LAST_OF_ARTICLE = 12
"""In the first file, everything behind this line is Chinese spam."""
JUNK = ("2 months ago 15", "Chattythat Icon", "Read Entire Article")
"""In the second file, everything but these lines is article."""
SENTENCES = (
    "following his arrest in France, acknowledged",
    "accountable for the spread of illicit content on his messaging platform.",
)
"""What the second file's scraper broke at links."""


def seed(start: str) -> str:
    """The text of the seed whose name begins so; the test is skipped where it is absent."""
    folder = Path(os.environ.get("CLEANER_SEEDS", ROOT.parent / "shared" / "seeds"))
    path = next(iter(folder.glob(f"{start}*.txt")), None)
    if path is None:
        pytest.skip(f"no seed {start} in {folder}; set CLEANER_SEEDS to the folder of the seeds")
    return path.read_text("utf-8")


def labels(page: Page) -> dict[int, str]:
    """The label of every line, by its number."""
    return {verdict.line.number: verdict.label.value for verdict in page.verdicts}


def expected_of_the_first(text: str) -> dict[int, str]:
    """Article, then spam; separators between are junk."""
    return {
        line.number: Label.ARTICLE
        if line.number <= LAST_OF_ARTICLE
        else Label.JUNK
        if line.text == "-"
        else Label.SPAM
        for line in split(text)
    }


def expected_of_the_second(text: str) -> dict[int, str]:
    """Article but for three lines."""
    return {line.number: Label.JUNK if line.text in JUNK else Label.ARTICLE for line in split(text)}


EXPECTED = {"000": expected_of_the_first, "003": expected_of_the_second}


@pytest.mark.parametrize("start", EXPECTED)
def test_exactly_the_article_is_kept(cleaner, start):
    text = seed(start)
    wanted = [line for line in split(text) if EXPECTED[start](text)[line.number] == Label.ARTICLE]
    page = cleaner.clean(text)
    assert [verdict.line.text for verdict in page.kept] == [line.text for line in wanted]
    assert tokens(page.text) == tokens("\n".join(line.text for line in wanted))


@pytest.mark.parametrize("start", EXPECTED)
def test_junk_is_told_from_spam(cleaner, start):
    text = seed(start)
    found, wanted = labels(cleaner.clean(text)), EXPECTED[start](text)
    assert {n: found[n] for n in found if wanted[n] != Label.ARTICLE} == {
        n: wanted[n] for n in wanted if wanted[n] != Label.ARTICLE
    }


@pytest.mark.parametrize("start", EXPECTED)
def test_the_article_is_english(cleaner, start):
    assert cleaner.clean(seed(start)).language == "en"


@pytest.mark.parametrize("start", EXPECTED)
def test_bytes_give_the_same_page(cleaner, start):
    assert cleaner.clean(seed(start).encode()) == cleaner.clean(seed(start))


@pytest.mark.parametrize("sentence", SENTENCES)
def test_broken_sentences_are_whole_again(cleaner, sentence):
    assert sentence in cleaner.clean(seed("003")).text


def test_their_pieces_are_one_paragraph(cleaner):
    """From "Telegram" to ", acknowledged", and from "… the spread of" to "… platform."."""
    page = cleaner.clean(seed("003"))
    lines = {line.text: line.number for line in split(seed("003"))}
    for first, last in (("Telegram", ", acknowledged"), ("illicit content", "on his messaging")):
        inside = [n for text, n in lines.items() if text.startswith((first, last))]
        assert any(set(inside) <= set(part.numbers) for part in page.paragraphs), first


@pytest.mark.parametrize("start", EXPECTED)
def test_whole_paragraphs_stay_apart(cleaner, start):
    """Nothing else is joined: every other line that ends a sentence ends a paragraph."""
    page = cleaner.clean(seed(start))
    text = {line.number: line.text for line in split(seed(start))}
    for paragraph in page.paragraphs:
        for number in paragraph.numbers[:-1]:
            assert not text[number].endswith((".", "”", '"', ":")), text[number]


def test_the_title_is_found(cleaner):
    for start in EXPECTED:
        text = seed(start)
        assert cleaner.clean(text).title == text.splitlines()[0].strip()
