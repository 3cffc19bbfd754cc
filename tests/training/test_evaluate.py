"""How right labels are, against sums done by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tiny import sample

from cleaner import Label
from cleaner.training.evaluate import (
    BASELINES,
    GROUPS,
    Tally,
    c4_rule,
    keep_everything,
    table,
    tallies,
    word_f1,
)
from cleaner.training.samples import Sample

A, J, S = Label.ARTICLE, Label.JUNK, Label.SPAM

ROWS = [
    ("The ferry is late today.", A, None),  # 24 characters, 5 words
    ("Nobody knows why.", A, None),  # 17, 3
    ("Share", J, None),  # 5, 1
    ("Print", J, None),  # 5, 1
    ("Jetzt anmelden", S, None),  # 14, 2
]
GIVEN = (A, J, J, A, J)


def page(**changes) -> Sample:
    """Two article lines, two of junk and one of spam."""
    return sample("tiny/1", ROWS, **changes)


@pytest.fixture
def tally() -> Tally:
    """The page above, labelled with two mistakes."""
    counted = Tally()
    counted.add(page(), GIVEN)
    return counted


def test_lines_and_characters_are_counted_by_true_and_given_label(tally):
    assert tally.lines == {(A, A): 1, (A, J): 1, (J, J): 1, (J, A): 1, (S, J): 1}
    assert tally.characters == {(A, A): 24, (A, J): 17, (J, J): 5, (J, A): 5, (S, J): 14}


def test_scores_by_lines(tally):
    assert tally.scores(A) == (1 / 2, 1 / 2, 1 / 2)
    assert tally.scores(J) == (1 / 3, 1 / 2, 2 / 5)
    assert tally.scores(S) == (0, 0, 0)
    assert tally.macro_f1() == pytest.approx((1 / 2 + 2 / 5 + 0) / 3)


def test_scores_by_characters(tally):
    precision, recall, f1 = tally.scores(A, by="characters")
    assert precision == 24 / 29
    assert recall == 24 / 41
    assert f1 == pytest.approx(2 * 24 / (29 + 41))


def test_word_f1_of_a_page(tally):
    """Kept are 5 + 1 words, 5 of the 8 that the article has."""
    assert word_f1(page(), GIVEN) == pytest.approx(2 * 5 / (6 + 8))
    assert tally.documents == [word_f1(page(), GIVEN)]
    assert tally.word_f1() == tally.documents[0]


def test_words_are_compared_with_the_gold_text_where_there_is_one():
    gold = replace(page(), gold="The ferry, today! The end.")
    assert word_f1(gold, GIVEN) == pytest.approx(2 * 3 / (6 + 5))


def test_words_count_as_often_as_they_stand():
    twice = sample("twice", [("rain rain rain", A, None), ("rain", J, None)])
    assert word_f1(twice, (A, J)) == 1
    assert word_f1(twice, (A, A)) == pytest.approx(2 * 3 / (4 + 3))
    assert word_f1(twice, (J, A)) == pytest.approx(2 * 1 / (1 + 3))


def test_a_page_without_article_of_which_nothing_is_kept_is_right():
    empty = sample("empty", [("Home", J, None)])
    assert word_f1(empty, (J,)) == 1
    assert word_f1(empty, (A,)) == 0
    assert word_f1(page(), (J,) * 5) == 0


def test_lines_of_weight_zero_count_nowhere():
    tally = Tally()
    tally.add(page(weights=[1, 0, 1, 0.3, 0]), GIVEN)
    assert tally.lines == {(A, A): 1, (J, J): 1, (J, A): 1}


def test_macro_f1_is_of_the_labels_that_occur():
    tally = Tally()
    tally.add(sample("no spam", ROWS[:4]), GIVEN[:4])
    assert tally.macro_f1() == pytest.approx((1 / 2 + 1 / 2) / 2)


def test_nothing_counted_is_nothing_right():
    assert Tally().scores(A) == (0, 0, 0)
    assert Tally().macro_f1() == 0
    assert Tally().word_f1() == 0


def test_labels_must_be_as_many_as_lines():
    with pytest.raises(ValueError, match="zip"):
        Tally().add(page(), GIVEN[:-1])


def test_two_pages_add_up(tally):
    tally.add(page(), tuple(label for _, label, _ in ROWS))
    assert tally.scores(A) == (3 / 4, 3 / 4, 3 / 4)
    assert tally.word_f1() == pytest.approx((2 * 5 / 14 + 1) / 2)


def test_groups():
    pages = [
        page(),
        replace(page(), id="other/2", language="de", kind="forum", rendering="soup"),
        replace(page(), id="alone", language=None),
    ]
    found = {
        name: set(tallies([(p, GIVEN) for p in pages], group)) for name, group in GROUPS.items()
    }
    assert found == {
        "all": {"all"},
        "collection": {"tiny", "other", "given"},
        "page type": {"article", "forum"},
        "rendering": {"given", "soup"},
        "language": {"en", "de", "unknown"},
    }


def test_every_page_is_in_one_group():
    pages = [(page(language=language), GIVEN) for language in ("en", "de", "en")]
    found = tallies(pages, GROUPS["language"])
    assert {name: len(tally.documents) for name, tally in found.items()} == {"en": 2, "de": 1}
    assert tallies(pages)["all"].lines.total() == 15


def test_keeping_everything():
    assert keep_everything(page()) == (A,) * 5
    tally = Tally()
    tally.add(page(), keep_everything(page()))
    assert tally.scores(A) == (2 / 5, 1, pytest.approx(4 / 7))


C4 = [
    ("The ferry is late today.", A, "five words and a full stop"),
    ("The ferry is late!", J, "four words"),
    ("The ferry is late today", J, "no end"),
    ("He said “the ferry is late.”", A, "a quote closes it"),
    ("The ferry is late, is it?", A, "a question"),
    ("渡轮今天晚点。", A, "a Han character is a word"),
    ("渡轮。", J, "two of them are not enough"),
]


@pytest.mark.parametrize(("text", "label", "comment"), C4, ids=[row[-1] for row in C4])
def test_the_rule_of_c4(text, label, comment):
    assert c4_rule(sample("one", [(text, J, None)])) == (label,), comment


def test_baselines_label_every_line():
    for name, rule in BASELINES.items():
        assert len(rule(page())) == 5, name


def test_the_table(tally):
    assert table({"one page": tally}, "page type").splitlines() == [
        "| page type | lines | article P / R / F1 | junk F1 | spam F1 | macro F1 "
        "| documents | word-F1 |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
        "| one page | 5 | 0.500 / 0.500 / 0.500 | 0.400 | 0.000 | 0.300 | 1 | 0.7143 |",
    ]


def test_a_table_of_nothing():
    assert len(table({}).splitlines()) == 2
