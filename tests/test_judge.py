"""Probabilities to labels."""

from __future__ import annotations

from dataclasses import fields, replace
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner import Label, Settings
from cleaner.judge import (
    CUTS,
    DOUBT,
    FOREIGN,
    LEAST_INFORMATION,
    REASONS,
    SHELL,
    SPAM_CUT,
    Case,
    headlines,
    labels,
    verdicts,
)
from cleaner.windows import Windows

PROBABILITY = st.floats(0.0, 1.0, width=32)
FAVORS = ("recall", "balance", "precision")


def case(  # noqa: PLR0913 - one for each array of a case
    article: list[float],
    spam: list[float] | None = None,
    *,
    weight: list[float] | None = None,
    title: list[float] | None = None,
    join: list[float] | None = None,
    information: list[float] | None = None,
    home: list[bool] | None = None,
    wordless: list[bool] | None = None,
    sizes: list[int] | None = None,
) -> Case:
    """A case of lines of 100 characters without spam, where nothing else is said."""
    size = len(article)
    return Case(
        Windows(sizes or [size]),
        np.array(article, np.float32),
        np.array(spam or [0.0] * size, np.float32),
        np.array(weight or [100.0] * size, np.float32),
        np.array(title or [0.0] * size, np.float32),
        np.array(join or [0.0] * size, np.float32),
        np.array(information or [100.0] * size, np.float32),
        np.array(home or [False] * size),
        np.array(wordless or [False] * size),
    )


SIZES = st.lists(st.integers(1, 6), min_size=1, max_size=4)


@st.composite
def cases(draw: st.DrawFn, sizes: st.SearchStrategy = SIZES):
    """Pages of a few lines with any probabilities."""
    drawn = draw(sizes)
    size = sum(drawn)

    def some(elements: st.SearchStrategy) -> list:
        return draw(st.lists(elements, min_size=size, max_size=size))

    return case(
        some(PROBABILITY),
        some(PROBABILITY),
        weight=some(st.floats(1, 400, width=32)),
        title=some(PROBABILITY),
        join=some(st.sampled_from([0.0, 0.0, 0.5, 0.9])),
        information=some(st.sampled_from([0.0, 3.0, 8.0, 50.0, 300.0])),
        home=some(st.booleans()),
        wordless=some(st.booleans()),
        sizes=drawn,
    )


def expected_f1(found: Case, kept: tuple[bool, ...]) -> float:
    """The expected F1 of keeping these lines, by weight: expected hits over expected sizes."""
    article, weight = found.article.astype(float), found.weight.astype(float)
    chosen = np.array(kept)
    hits = (article * weight)[chosen].sum()
    mass = weight[chosen].sum() + (article * weight).sum()
    return 2 * hits / mass if mass else 0.0


@given(
    st.lists(PROBABILITY, min_size=1, max_size=8),
    st.data(),
    st.sampled_from(FAVORS),
)
def test_the_cut_is_that_of_the_best_set_of_lines(article, data, favor):
    """Against all sets of lines of a small page: half of the best expected F1, less for doubt."""
    weights = st.lists(st.floats(1, 400, width=32), min_size=len(article), max_size=len(article))
    found = case(article, weight=data.draw(weights))
    best = max(expected_f1(found, kept) for kept in product((True, False), repeat=len(article)))
    cut = float(np.clip(best / 2 - DOUBT * (1 - best), *CUTS[favor]))
    kept, spam = labels(found, Settings(favor=favor))
    assert not spam.any()
    for probability, stays in zip(found.article.tolist(), kept.tolist(), strict=True):
        if abs(probability - cut) > 1e-6:
            assert stays == (probability > cut)


@given(cases(), st.sampled_from(FAVORS))
def test_html_is_cut_lower_than_text_or_emptied(found, favor):
    """Nothing that text keeps is lost by the lower cut; a page without any text loses all."""
    settings = Settings(favor=favor)
    as_text, as_markup = (
        labels(replace(found, markup=markup), settings)[0] for markup in (False, True)
    )
    for begin, end in pairwise(found.windows.first.tolist()):
        emptied = favor != "recall" and not as_markup[begin:end].any()
        assert emptied or (as_markup[begin:end] >= as_text[begin:end]).all()


@pytest.mark.parametrize(
    ("article", "favor", "kept"),
    [
        ([0.2, 0.15, 0.2], "balance", 0),
        ([0.2], "recall", 1),
        ([0.6], "balance", 1),
        ([0.2] * 12, "balance", 12),
        ([0.9, 0.2], "balance", 1),
    ],
)
def test_an_html_page_of_few_doubtful_lines_is_taken_for_a_shell(article, favor, kept):
    article = [*article, *[0.01] * (SHELL - len(article))]
    found = replace(case(article), markup=True)
    assert labels(found, Settings(favor=favor))[0].sum() == kept
    assert labels(case(article), Settings(favor="recall"))[0].any(), "text is not"


def test_a_fragment_of_html_is_no_shell():
    assert labels(replace(case([0.2]), markup=True), Settings())[0].all()


@given(st.lists(PROBABILITY, min_size=1, max_size=8))
def test_no_set_of_lines_has_a_better_expected_f1(article):
    """Where the bounds leave the cut alone, the lines kept are the best that can be kept."""
    found = case(article)
    best = max(expected_f1(found, kept) for kept in product((True, False), repeat=len(article)))
    low, high = CUTS["balance"]
    kept, _ = labels(found, Settings())
    if low <= best / 2 <= high:
        assert expected_f1(found, tuple(kept.tolist())) == pytest.approx(best, abs=1e-5)


@given(cases())
def test_every_page_is_cut_by_itself(found):
    together = labels(found, Settings())
    for document in range(len(found.windows.first) - 1):
        mine = slice(*found.windows.first[document : document + 2].tolist())
        arrays = {field.name: getattr(found, field.name) for field in fields(found)}
        alone = Case(
            **{
                name: array[mine] if isinstance(array, np.ndarray) else array
                for name, array in arrays.items()
                if name != "windows"
            },
            windows=Windows([mine.stop - mine.start]),
        )
        for one, other in zip(labels(alone, Settings()), together, strict=True):
            assert one.tolist() == other[mine].tolist()


@given(cases(), st.sampled_from(["filter", "trim"]))
def test_who_favors_recall_keeps_all_that_others_keep(found, mode):
    recall, balance, precision = (
        labels(found, Settings(favor=favor, mode=mode))[0] for favor in FAVORS
    )
    assert (recall >= balance).all()
    assert (balance >= precision).all()


def test_favors_differ_where_there_is_doubt():
    found = case([0.9, 0.45, 0.32, 0.05])
    kept = {favor: labels(found, Settings(favor=favor))[0].tolist() for favor in FAVORS}
    assert kept["recall"] == [True, True, True, False]
    assert kept["balance"] == [True, True, False, False]
    assert kept["precision"] == [True, False, False, False]


@given(cases(), st.sampled_from(FAVORS))
def test_trimming_removes_only_at_both_ends(found, favor):
    article, spam = labels(found, Settings(favor=favor, mode="trim"))
    plain, _ = labels(found, Settings(favor=favor))
    assert not (article & spam).any()
    for first, stop in zip(found.windows.first[:-1], found.windows.first[1:], strict=True):
        page, filtered = article[first:stop], plain[first:stop]
        inside = np.flatnonzero(filtered)
        expected = np.zeros(stop - first, bool)
        if len(inside):
            expected[inside[0] : inside[-1] + 1] = True
        assert page.tolist() == expected.tolist()


@given(cases(), st.sampled_from(FAVORS), st.sampled_from(["filter", "trim"]))
def test_no_line_is_both(found, favor, mode):
    article, spam = labels(found, Settings(favor=favor, mode=mode))
    assert not (article & spam).any()


def test_a_line_sure_to_be_spam_is_spam_however_much_it_reads_like_an_article():
    article, spam = labels(case([0.99, 0.99, 0.99], [0.0, 0.99, 0.0]), Settings())
    assert spam.tolist() == [False, True, False]
    assert article.tolist() == [True, False, True]


SURE, UNSURE = 0.95, SPAM_CUT - 0.5
SHORT, TINY, LONG = LEAST_INFORMATION - 2.0, 2.0, 100.0
RUNS = [
    # spam probabilities, letters, what is spam
    ([SURE, UNSURE, SURE], [LONG, TINY, LONG], "sss", "a letterless line between spam lines"),
    ([SURE, UNSURE, SURE], [LONG, LONG, LONG], "s.s", "a long line decides for itself"),
    ([SURE, UNSURE, UNSURE], [LONG, TINY, LONG], "s..", "a line at the end of a run"),
    ([UNSURE, SURE, UNSURE], [LONG, SHORT, LONG], "...", "a lone short line is not believed"),
    (
        [UNSURE, SURE, UNSURE],
        [LONG, LONG, LONG],
        ".s.",
        "a lone long line is, if sure",
    ),
    ([SURE, SURE, UNSURE], [LONG, SHORT, LONG], "ss.", "a short line beside spam is"),
    ([SURE, UNSURE, SURE], [LONG, LONG, SHORT], "s.s", "or two lines away"),
    ([UNSURE] * 3, [TINY] * 3, "...", "nothing around, nothing inherited"),
]


@pytest.mark.parametrize(
    ("spam", "letters", "expected", "comment"), RUNS, ids=[row[-1] for row in RUNS]
)
def test_short_lines_take_the_label_of_the_run_around_them(spam, letters, expected, comment):
    found = case([0.9] * 3, spam, information=letters)
    assert "".join("s" if is_ else "." for is_ in labels(found, Settings())[1]) == expected, comment


ALONE = [
    # spam and article probabilities, what is spam, comment
    ([0, 0.75, 0], [0.9, 0.9, 0.9], "...", "alone between article lines: a quotation"),
    ([0, 0.99, 0], [0.9, 0.9, 0.9], ".s.", "unless it is sure to be spam"),
    ([0, 0.75, 0], [0.9, 0.9, 0.1], ".s.", "or stands beside junk"),
    ([0, 0, 0.75], [0.9, 0.9, 0.9], "..s", "or at the end of the page"),
    ([0, 0.75, 0.75], [0.9, 0.9, 0.9], ".ss", "or has company"),
]


@pytest.mark.parametrize(("spam", "article", "expected", "comment"), ALONE, ids=str)
def test_a_foreign_line_alone_in_the_article_is_a_quotation(spam, article, expected, comment):
    _, found = labels(case(article, spam), Settings())
    assert "".join("s" if is_ else "." for is_ in found) == expected, comment


def test_what_is_plainly_in_the_language_of_the_page_is_no_spam():
    found = case([0.9, 0.9, 0.9], [0, 0.99, 0.99], home=[False, False, True])
    article, spam = labels(found, Settings())
    assert spam.tolist() == [False, True, False]
    assert article.tolist() == [True, False, True]


def test_separators_are_junk_within_a_run_of_spam():
    found = case([0.9] * 3, [0.99] * 3, information=[LONG, 0, LONG], wordless=[False, True, False])
    article, spam = labels(found, Settings())
    assert spam.tolist() == [True, False, True]
    assert not article.any()


def test_runs_do_not_reach_into_the_next_page():
    found = case([0.9] * 3, [SURE, UNSURE, SURE], information=[LONG, TINY, LONG], sizes=[1, 2])
    assert labels(found, Settings())[1].tolist() == [True, False, True]


def test_pieces_of_a_sentence_are_judged_together():
    """A link's word between two confident halves stays with them; one that joins nothing goes."""
    pieces = [0.9, 0.1, 0.9]
    torn = case(pieces, weight=[100, 10, 100], join=[0, 0.9, 0.9])
    apart = case(pieces, weight=[100, 10, 100])
    assert labels(torn, Settings())[0].tolist() == [True, True, True]
    assert labels(apart, Settings())[0].tolist() == [True, False, True]


def test_their_probability_is_the_mean_by_length():
    torn = case([0.9, 0.3, 0.5], weight=[100, 50, 10], join=[0.9, 0.9, 0.1])
    mean = (100 * 0.9 + 50 * 0.3) / 150
    assert torn.together.tolist() == pytest.approx([mean, mean, 0.5])


def test_the_pieces_of_a_page_do_not_reach_into_the_next():
    """The first line of a page goes on with nothing, whatever its join probability says."""
    torn = case([0.9, 0.1], join=[0.9, 0.9], sizes=[1, 1])
    assert torn.together.tolist() == pytest.approx([0.9, 0.1])


HEADED = [
    # title probabilities, article probabilities, what is kept, comment
    (
        [0.9, 0.1, 0.1],
        [0.1, 0.1, 0.9],
        "A.A",
        "the headline is kept although it looks like junk",
    ),
    ([0.1, 0.05, 0.05], [0.1, 0.1, 0.9], "..A", "but not an unlikely one"),
    ([0.6, 0.9, 0.1], [0.1, 0.1, 0.9], ".AA", "and only the likeliest"),
    ([0.9, 0.9, 0.1], [0.1, 0.1, 0.9], "A.A", "the first of two that are alike"),
    ([0.9, 0.1, 0.1], [0.1, 0.1, 0.1], "...", "a page without article has no headline"),
]


@pytest.mark.parametrize(
    ("title", "article", "expected", "comment"), HEADED, ids=[row[-1] for row in HEADED]
)
def test_headlines(title, article, expected, comment):
    kept, _ = labels(case(article, title=title), Settings())
    assert "".join("A" if stays else "." for stays in kept) == expected, comment


def test_a_foreign_line_is_no_headline():
    found = case([0.1, 0.9], [0.95, 0.0], title=[0.9, 0.1])
    kept, spam = labels(found, Settings())
    assert kept.tolist() == [False, True]
    assert spam.tolist() == [True, False]


@given(cases())
def test_no_page_has_two_headlines(found):
    article, _ = labels(found, Settings())
    marks = headlines(found, article).astype(int)
    assert np.add.reduceat(marks, found.windows.first[:-1]).max() <= 1


def test_a_page_of_junk_keeps_nothing():
    article, spam = labels(case([0.01, 0.05, 0.02]), Settings(favor="recall"))
    assert not article.any()
    assert not spam.any()


@given(cases(st.just([5])))
def test_verdicts_say_what_the_labels_say(found):
    article, spam = labels(found, Settings())
    pull = {kind: np.linspace(-1, 1, 5, dtype=np.float32) * i for i, kind in enumerate(REASONS)}
    given_verdicts = zip(*verdicts(found, article, spam, pull), strict=True)
    for i, (label, probability, reason) in enumerate(given_verdicts):
        assert label is (Label.ARTICLE if article[i] else Label.SPAM if spam[i] else Label.JUNK)
        assert 0 <= probability <= 1
        known = {
            Label.ARTICLE: [pair[0] for pair in REASONS.values()],
            Label.JUNK: [pair[1] for pair in REASONS.values()],
            Label.SPAM: list(FOREIGN.values()),
        }
        assert reason in known[label]


def test_the_reason_is_what_pulled_most():
    found = case([0.9, 0.1], [0.0, 0.0])
    pull = {
        "form": np.array([2, 1], np.float32),
        "place": np.array([1, -3], np.float32),
        "words": np.array([-1, -1], np.float32),
    }
    article, spam = labels(found, Settings())
    _, _, (why_article, why_junk) = verdicts(found, article, spam, pull)
    assert why_article == REASONS["form"][0]
    assert why_junk == REASONS["place"][1]


def test_a_separator_is_junk_even_in_a_run_of_spam():
    page = case(
        [0.1, 0.9, 0.1], [0.99, 0.1, 0.99], information=[90, 0, 90], wordless=[False, True, False]
    )
    article, spam = labels(page, Settings())
    assert article.tolist() == [False] * 3
    assert spam.tolist() == [True, False, True]
