"""The written pages in 26 languages: what they are, and how much of them is decided right.

The floors are a little under what the shipped model reaches. Whoever betters the model raises them.
"""

from __future__ import annotations

import pytest
from places import LANGUAGES as FOLDER

from cleaner import Label
from cleaner.training.evaluate import Tally
from cleaner.training.samples import Sample, read_samples

FILES = sorted(FOLDER.glob("*.jsonl"))
KINDS = {"full", "short", "spam"}

MACRO_F1 = 0.97
ARTICLE = (0.935, 0.975)
"""Precision and recall of article lines."""
WORD_F1 = 0.978
LEAST_WORD_F1 = 0.905
"""Of the language with the lowest."""


@pytest.fixture(scope="module")
def pages() -> dict[str, list[Sample]]:
    """The pages by language."""
    return {path.stem: list(read_samples(path)) for path in FILES}


@pytest.fixture(scope="module")
def tallies(cleaner, pages) -> dict[str, Tally]:
    """What the shipped model makes of them, by language."""
    found = {}
    for language, samples in pages.items():
        found[language] = Tally()
        for sample in samples:
            verdicts = cleaner.clean_lines(sample.lines).verdicts
            found[language].add(sample, tuple(verdict.label for verdict in verdicts))
    return found


@pytest.fixture(scope="module")
def together(tallies) -> Tally:
    """The same of all languages."""
    whole = Tally()
    for tally in tallies.values():
        whole.lines += tally.lines
        whole.documents += tally.documents
    return whole


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_language_has_a_page_of_every_kind(path, pages):
    samples = pages[path.stem]
    assert {sample.language for sample in samples} == {path.stem}
    kinds = [sample.id.removeprefix(f"{path.stem}-") for sample in samples]
    assert len(set(kinds)) == len(kinds)
    assert set(kinds) >= KINDS
    for sample, kind in zip(samples, kinds, strict=True):
        assert (Label.SPAM in sample.labels) == (kind == "spam")
        assert Label.ARTICLE in sample.labels


def test_there_are_26():
    assert len(FILES) == 26


def test_lines_are_decided_right(together):
    precision, recall, _ = together.scores(Label.ARTICLE)
    assert together.macro_f1() >= MACRO_F1
    assert precision >= ARTICLE[0]
    assert recall >= ARTICLE[1]


def test_documents_come_out_whole(together, tallies):
    assert together.word_f1() >= WORD_F1
    by_language = {language: tally.word_f1() for language, tally in tallies.items()}
    assert min(by_language.values()) >= LEAST_WORD_F1, by_language
