"""The most frequent words of languages."""

from __future__ import annotations

import numpy as np

from cleaner.characters import Characters
from cleaner.features import StopWords
from cleaner.training.stopwords import COUNT, stop_words

NAMES = ("de", "en", "zh-cn", "zh-tw", "fi")


def found_in(words: StopWords, word: str) -> list[str]:
    """The languages whose stop word this is."""
    index, known = words.find(Characters([word]).words.hash)
    return [NAMES[i] for i in np.flatnonzero(words.members[index[0]])] if known[0] else []


def test_frequent_words_are_those_of_their_languages():
    sentences = {
        "de": ["Die Katze und die Maus und der Hund 12 12 12"],
        "en": ["The cat, the die and THE dog 12 12"],
        "zh-cn": ["我们的船"],
        "xx": ["not asked for"],
    }
    words = stop_words(sentences, NAMES)
    assert found_in(words, "the") == ["en"]
    assert found_in(words, "und") == ["de"]
    assert found_in(words, "die") == ["de", "en"], "a word may be that of several"
    assert found_in(words, "的") == ["zh-cn", "zh-tw"], "both Chinese share their sentences"
    assert found_in(words, "12") == [], "figures are no words"
    assert found_in(words, "asked") == []


def test_only_the_most_frequent_words_are_kept():
    rare = " ".join(f"{a}{b}{c}" for a in "bdfg" for b in "aeiou" for c in "lmnrst")
    words = stop_words({"en": [rare, "the the the and and"]}, NAMES)
    assert words.members.sum() == COUNT
    assert found_in(words, "the") == ["en"]
    assert found_in(words, "and") == ["en"]


def test_hashes_are_sorted_and_have_an_owner(stop_words):
    """The shipped table too: it is searched by halving."""
    assert (np.diff(stop_words.hashes.astype(object)) > 0).all()
    assert stop_words.members.any(axis=1).all()
    assert stop_words.members.sum(axis=0).max() <= COUNT


def test_what_is_beyond_the_last_hash_is_no_stop_word():
    words = StopWords(np.array([5, 9], np.uint64), np.ones((2, 1), bool))
    index, known = words.find(np.array([0, 5, 7, 9, 1 << 63], np.uint64))
    assert known.tolist() == [False, True, False, True, False]
    assert (index < 2).all()
