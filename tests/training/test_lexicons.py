"""Formulas and slogans, counted."""

from __future__ import annotations

import numpy as np
import pytest
from sentences import SENTENCES
from tiny import PROSE, Book

from cleaner.characters import Characters
from cleaner.lexicon import FORMULAS, stretches
from cleaner.training.lexicons import LEAST_SITES, FormulaCounts, Slogans, Written

WHOLE = FORMULAS.index("whole")
LINES = [*["Share this"] * 6, *["It will rain"] * 6, "Share this"]
SITES = ["a", "b", "c", "d", "e", "e", "a", "b", "c", "d", "e", "e", "f"]
ARTICLE = np.array([False] * 6 + [True] * 6 + [False])


@pytest.fixture(scope="module")
def found():
    """The stretches of the lines."""
    return stretches(Characters(LINES))


@pytest.fixture(scope="module")
def counts(found) -> FormulaCounts:
    """Their counts."""
    return FormulaCounts.of(found, ARTICLE, np.ones(len(LINES), np.bool_), SITES)


def whole(found, weights) -> np.ndarray:
    return found.columns(weights, len(LINES))["formula_whole"]


def test_sites_count_not_lines(found, counts):
    weights = whole(found, counts.lexicon()(found.hash))
    assert weights[0] == pytest.approx(np.log(0.5 / 6.5), abs=1 / 32)
    assert weights[6] == pytest.approx(np.log(5.5 / 0.5), abs=1 / 32)


def test_a_line_does_not_see_its_own_site(found, counts):
    weights = whole(found, counts.unseen(found, SITES))
    assert weights[0] == weights[4] == pytest.approx(np.log(0.5 / 5.5))
    assert weights[6] == pytest.approx(np.log(4.5 / 0.5))


def test_other_sites_see_all(found, counts):
    weights = counts.unseen(found, ["elsewhere"] * len(LINES))
    lexicon = counts.lexicon()(found.hash)
    assert np.allclose(weights, lexicon, atol=1 / 32)


def test_what_few_sites_print_is_no_formula(found):
    few = np.arange(len(LINES)) < LEAST_SITES - 1
    counts = FormulaCounts.of(found, ARTICLE, few, SITES)
    assert not counts.lexicon()(found.hash).any()


def test_a_site_of_two_minds_counts_for_both():
    found = stretches(Characters(["Share this", "Share this"]))
    counts = FormulaCounts.of(found, np.array([True, False]), np.ones(2, np.bool_), ["a", "a"])
    assert counts.article[0] == 0.5
    assert counts.sites[0] == 1


PHRASES = {"related": ["Read also: {title}", "Related"], "article_short": ["Two eggs"]}


def test_written_phrases_count_as_if_sites_had_printed_them():
    written = Written.of(Book(sentences={}, phrases={"en": {**PHRASES, "headline": ["It rains"]}}))
    lines = Characters(written.texts)
    counts = FormulaCounts.of(
        stretches(lines),
        np.array(written.article),
        np.ones(len(lines), np.bool_),
        written.sites,
    )
    told = Characters(["Read also: a ferry is full", "related", "Two eggs", "It rains"])
    found = stretches(told)
    table = found.columns(counts.lexicon()(found.hash), len(told))
    assert table["formula_label"][0] < -2
    assert table["formula_whole"][1] < -2
    assert table["formula_whole"][2] > 2
    assert table["formula_whole"][3] == 0, "a headline stands in lists as often as at home"


BOOK = Book(
    sentences={"en": PROSE, "de": [SENTENCES["de"]]},
    spam={"en": {"betting": ["Casino bonus now", "Best casino online", "A bonus for all"]}},
    quotes={"en": {"quote": ["The ferry to the island", "All is well"]}},
)


@pytest.fixture(scope="module")
def learnt() -> Slogans:
    """What the book teaches."""
    return Slogans.of(BOOK)


def test_words_of_spam_are_slogans(learnt):
    lines = Characters(["casino bonus", "the ferry", "zebra"])
    none = np.zeros(3, np.bool_)
    weights = learnt.unseen(lines, none, none)["slogan"]
    assert weights[0] > 0 > weights[1]
    assert weights[2] == 0


def test_a_text_is_not_counted_for_itself(learnt):
    """Twice in the book, less the text in hand, a word stands in one: too few."""
    line, yes, no = Characters(["Casino"]), np.ones(1, np.bool_), np.zeros(1, np.bool_)
    assert learnt.unseen(line, no, no)["slogan"][0] > 0
    assert learnt.unseen(line, yes, no)["slogan"][0] == 0


def test_languages_without_spam_teach_nothing(learnt):
    words = Characters([SENTENCES["de"]])
    none = np.zeros(1, np.bool_)
    assert not learnt.unseen(words, none, none)["slogan"].any()
