"""What stretches of words tell."""

from __future__ import annotations

import numpy as np
import pytest

from cleaner.characters import Characters
from cleaner.lexicon import (
    FORMULAS,
    SIGNPOSTS,
    Lexicon,
    formulas,
    signposts,
    slogan_words,
    slogans,
    stretches,
    upper,
)


def lexicon_of(characters: Characters, kind: str, weight: float) -> Lexicon:
    """A lexicon that knows the stretches of one kind."""
    found = stretches(characters)
    hashes = np.unique(upper(found.hash[found.kind == FORMULAS.index(kind)]))
    return Lexicon.of(hashes, np.full(len(hashes), weight, np.float32))


def told(known: str, kind: str, *lines: str) -> list[float]:
    """What a lexicon with the stretch of one line tells of others."""
    lexicon = lexicon_of(Characters([known]), kind, -3)
    return formulas(Characters(lines), lexicon)[f"formula_{kind}"].tolist()


def test_a_line_is_known_whatever_its_case_signs_and_numbers():
    lines = ("SHARE THIS | 7", "> Share this 12 <", "Share this", "Do share this 12")
    assert told("Share this (3)", "whole", *lines) == [-3, -3, 0, 0]


@pytest.mark.parametrize(
    "line",
    [
        "See also: a bridge is closed",
        "SEE ALSO | A bridge",
        "See also – a bridge is closed",
        "See also » a bridge",
    ],
)
def test_a_label_is_what_stands_before_a_sign(line):
    assert told("See also: the harbour", "label", line) == [-3]


def test_a_label_of_a_script_without_spaces():
    assert told("延伸閱讀：秘境車站", "label", "延伸閱讀：三座橋", "延伸三座橋") == [-3, 0]


@pytest.mark.parametrize(
    "line", ["See also", "See also:", "", "!", ":", "The harbour: see also", "See also - a bridge"]
)
def test_no_label_without_something_behind_it(line):
    assert told("See also: the harbour", "label", line) == [0]


def test_first_and_last_words():
    assert told("Sign up for our letter", "first_2", "Sign up today, it is free") == [-3]
    assert told("Three bridges. Read more", "last_2", "It will rain for days. Read more...") == [-3]
    assert told("Sign up for our letter", "first_2", "Sign up") == [0], "that is a whole line"


def test_kinds_do_not_know_each_other():
    assert told("Read more", "whole", "Three bridges are closed. Read more") == [0]


def test_an_empty_lexicon_knows_nothing():
    nothing = Lexicon(np.zeros(0, np.uint32), np.zeros(0, np.int8))
    characters = Characters(["Share this", "", "Read also: a bridge is closed"])
    assert not any(column.any() for column in formulas(characters, nothing).values())
    assert not slogans(characters, nothing)["slogan"].any()
    nowhere = Lexicon(nothing.hashes, np.zeros((0, len(SIGNPOSTS)), np.int8))
    assert not any(column.any() for column in signposts(characters, nowhere).values())
    assert formulas(Characters([]), nothing)["formula_whole"].shape == (0,)


def test_slogans_add_up():
    _, hashes = slogan_words(Characters(["casino bonus"]))
    known = Lexicon.of(np.unique(upper(hashes)), np.ones(3, np.float32))
    lines = Characters(["Casino bonus", "a casino here", "nothing", ""])
    expected = [3 / 3**0.5, 1 / 5**0.5, 0, 0]  # three words and pairs known of three, one of five
    assert slogans(lines, known)["slogan"] == pytest.approx(expected)


def test_the_last_pair_counts_by_itself():
    _, hashes = slogan_words(Characters(["read more"]))
    known = Lexicon.of(np.unique(upper(hashes)), np.ones(3, np.float32))
    lines = Characters(["Three bridges. Read more", "Read more of it", "more", ""])
    assert slogans(lines, known)["slogan_end"].tolist() == [1, 0, 0, 0]


def test_weights_are_kept_in_steps():
    hashes = np.array([3, 5, 9], np.uint32)
    found = Lexicon.of(hashes, np.array([0.01, -0.5, 99], np.float32))
    assert found.hashes.tolist() == [5, 9]
    assert found(hashes.astype(np.uint64) << np.uint64(32)).tolist() == [0, -0.5, 127 / 16]


def test_a_hash_may_have_several_weights():
    hashes = np.array([3, 5, 9], np.uint32)
    found = Lexicon.of(hashes, np.array([[0, 1], [0, 0.01], [-2, 0]], np.float32))
    assert found.hashes.tolist() == [3, 9]
    known = found(hashes.astype(np.uint64) << np.uint64(32))
    assert known.tolist() == [[0, 1], [0, 0], [-2, 0]]


def test_signposts_add_up():
    words = Characters(["comments share"]).words
    order = np.argsort(upper(words.hash))
    weights = np.zeros((2, len(SIGNPOSTS)), np.float32)
    weights[:, :4] = [[-2, 1, -1, 0], [1, 0, 0, 0.5]]
    known = Lexicon.of(upper(words.hash)[order], weights[order])
    found = signposts(Characters(["Comments", "Share comments today now", "", "rain"]), known)
    assert list(found) == list(SIGNPOSTS)
    assert found["signpost_behind_3"].tolist() == [-2, -0.5, 0, 0]
    assert found["signpost_before_3"].tolist() == [1, 0.5, 0, 0]
    assert found["signpost_before_20"].tolist() == [0, 0.25, 0, 0]
    assert all(column.shape == (0,) for column in signposts(Characters([]), known).values())


def test_a_model_keeps_them():
    lexicon = Lexicon.of(np.array([3], np.uint32), np.ones(1, np.float32))
    arrays = lexicon.arrays("x")
    assert Lexicon.fits("x", arrays)
    assert not Lexicon.fits("y", arrays)
    assert not Lexicon.fits("x", arrays, (1,))
    assert Lexicon.under("x", arrays) == lexicon
