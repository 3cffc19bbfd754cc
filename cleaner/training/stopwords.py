"""The most frequent words of every language, as hashes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from cleaner.characters import Characters, Kind
from cleaner.features import StopWords
from cleaner.training.phrasebook import sentences_of

COUNT = 80
"""Stop words a language."""


def stop_words(sentences: Mapping[str, Sequence[str]], languages: Sequence[str]) -> StopWords:
    """The ``COUNT`` most frequent words of each of ``languages`` that has sentences."""
    chosen = {}
    for index, name in enumerate(languages):
        if texts := sentences_of(sentences, name):
            characters = Characters(texts)
            digits = characters.kind[characters.words.start] == Kind.NUMBER
            hashes, counts = np.unique(characters.words.hash[~digits], return_counts=True)
            chosen[index] = hashes[np.argsort(-counts, kind="stable")[:COUNT]]
    union = np.unique(np.concatenate(list(chosen.values())))
    members = np.zeros((len(union), len(languages)), np.bool_)
    for index, hashes in chosen.items():
        members[np.searchsorted(union, hashes), index] = True
    return StopWords(union, members)
