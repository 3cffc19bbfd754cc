"""Two models side by side, against sums done by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny import sample

from cleaner import Label
from cleaner.training.compare import (
    NEGLIGIBLE,
    Match,
    bootstrapped,
    differences,
    page_f1,
    side_by_side,
)
from cleaner.training.evaluate import word_f1

A, J, S = Label.ARTICLE, Label.JUNK, Label.SPAM

ROWS = [("The ferry is late today.", A, None), ("Share", J, None), ("Jetzt anmelden", S, None)]
RIGHT, KEEPS, LOSES = (A, J, S), (A, A, S), (J, J, S)


def match(*pairs: tuple, weights=None) -> Match:
    pages = [sample(f"page-{n}", ROWS, weights=weights) for n in range(len(pairs))]
    return Match("pages", pages, [old for old, _ in pairs], [new for _, new in pairs])


def test_scores_of_every_page():
    old, new = match((KEEPS, RIGHT), (RIGHT, LOSES)).scores
    assert old.tolist() == pytest.approx([2 * 5 / (6 + 5), 1])
    assert new.tolist() == [1, 0]


def test_only_lines_that_were_labelled_count():
    page = sample("one", ROWS, weights=[1, 0, 1])
    assert page_f1(page, KEEPS) == page_f1(page, RIGHT) == 1
    assert page_f1(sample("one", ROWS), KEEPS) == word_f1(sample("one", ROWS), KEEPS)


def test_errors_are_counted():
    found = match((KEEPS, RIGHT), (LOSES, KEEPS))
    assert found.wrong(found.old) == (1, 1)
    assert found.wrong(found.new) == (0, 1)
    masked = match((KEEPS, LOSES), weights=[0, 0, 1])
    assert masked.wrong(masked.old) == masked.wrong(masked.new) == (0, 0)


def test_junk_taken_for_spam_is_no_error():
    found = match((RIGHT, (A, S, J)))
    assert found.wrong(found.new) == (0, 0)


JUDGED = [
    ("the same labels", [(RIGHT, RIGHT)] * 5, False),
    ("better everywhere", [(LOSES, RIGHT)] * 5, False),
    ("worse everywhere", [(RIGHT, LOSES)] * 5, True),
    ("one page is worse, of twenty", [(RIGHT, LOSES), *[(RIGHT, RIGHT)] * 19], False),
    ("half of them are", [(RIGHT, LOSES), (RIGHT, RIGHT)] * 10, True),
    ("as many better as worse", [(RIGHT, LOSES), (LOSES, RIGHT)] * 10, False),
]


@pytest.mark.parametrize(
    ("pairs", "worse"), [row[1:] for row in JUDGED], ids=[row[0] for row in JUDGED]
)
def test_worse_is_what_chance_does_not_explain(pairs, worse):
    assert match(*pairs).is_worse is worse


def test_what_nobody_would_notice_is_passed_over():
    gain = bootstrapped(np.full(50, -NEGLIGIBLE / 2))
    assert gain[2] > -NEGLIGIBLE


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=30))
def test_the_interval_lies_around_the_mean(values):
    mean, low, high = bootstrapped(np.array(values))
    assert low - 1e-9 <= mean <= high + 1e-9
    assert min(values) - 1e-9 <= low
    assert high <= max(values) + 1e-9
    assert bootstrapped(np.array(values)) == (mean, low, high)


def test_the_table():
    found = match((KEEPS, RIGHT), (KEEPS, RIGHT))
    *_, row = side_by_side([found], "a", "b").splitlines()
    assert row == "| pages | 2 | 0.9091 | 1.0000 | +0.0909, +0.0909 to +0.0909 | 0 | 0 | 2 | 0 |"
    assert "word-F1 a | b |" in side_by_side([found], "a", "b")


def test_the_lines_on_which_they_differ():
    found = match((KEEPS, RIGHT), (RIGHT, LOSES), (RIGHT, RIGHT), (KEEPS, (A, S, S)))
    assert list(differences(found)) == [
        "+ page-0:2 article -> junk: Share",
        "- page-1:1 article -> junk: The ferry is late today.",
        "~ page-3:2 article -> spam: Share",
    ]
    (unknown,) = differences(match((KEEPS, RIGHT), weights=[1, 0, 1]))
    assert unknown.startswith("? page-0:2")


def test_long_lines_are_cut():
    pages = [sample("long", [("word " * 200, A, None)])]
    (line,) = differences(Match("", pages, [(A,)], [(J,)]))
    assert len(line) < 150
    assert line.endswith("…")
