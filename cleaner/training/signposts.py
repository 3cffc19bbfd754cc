"""What words tell of the lines around theirs, learnt.

The first stage weighs what a word says of its own line. Here each word is weighed by the labels of
the lines behind and before, so that what reads lines together knows from the words of each what to
expect around it. Out of fold the log-loss of one network that reads the lines around falls by that
from .149 to .143. Words that it learns along with all else teach it its sites by heart: .180.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import Ridge

from cleaner.characters import Bools, Floats, Ints
from cleaner.lexicon import SIGNPOSTS, Lexicon, signpost_columns
from cleaner.page import Label
from cleaner.training.corpus import LABELS, Corpus, Words
from cleaner.windows import Windows

LEAST_SITES = 10
"""Sites that must have printed a word."""

NATS = 4.0
"""Nats that a share of article text is worth: the slope of log-odds where both are as likely."""

HELD = 30.0
"""How hard weights are held down: as many lines as say nothing are added to each word's."""

ROUNDS = 25
"""Steps towards the least squares, at most."""


@dataclass(frozen=True)
class Signposts:
    """The words that point, by all sites and by those of all folds but one."""

    lexicon: Lexicon
    without: Mapping[int, Lexicon]
    """What was learnt without each fold."""

    @classmethod
    def of(cls, corpus: Corpus, weight: Floats, fold: Ints) -> Signposts:
        """Those of labelled lines, of which each counts ``weight``.

        Lines without weight neither teach nor are they looked at from others.
        """
        article = corpus.labels == LABELS.index(Label.ARTICLE)
        aims = _aims(corpus.windows, article, weight > 0)

        def learnt(rows: Bools) -> Lexicon:
            return _learnt(corpus.words, aims, np.where(rows, weight, 0), corpus.site)

        folds = np.unique(fold).tolist()
        return cls(learnt(weight > 0), {left_out: learnt(fold != left_out) for left_out in folds})

    def unseen(self, words: Words, fold: Ints) -> dict[str, Floats]:
        """As ``lexicon.signposts``, every line by what was learnt without its fold."""
        table = {name: np.zeros(len(fold), np.float32) for name in SIGNPOSTS}
        for left_out, lexicon in self.without.items():
            inside = fold == left_out
            chosen = inside[words.line]
            hashes = words.hash[chosen].astype(np.uint64) << np.uint64(32)
            found = signpost_columns(words.line[chosen], hashes, len(fold), lexicon)
            for name, column in found.items():
                table[name][inside] = column[inside]
        return table


def _aims(windows: Windows, article: Bools, counted: Bools) -> Floats:
    """The share of article text among the lines that each signpost points to.

    Shape (lines, signposts). A line with nothing to point to points to what it is itself.
    """
    said, seen = (article & counted).astype(np.float32), counted.astype(np.float32)
    aims = []
    for before, after in SIGNPOSTS.values():
        lines = windows.sum(seen, before, after)
        share = windows.sum(said, before, after) / np.maximum(lines, 1)
        aims.append(np.where(lines > 0, share, article))
    return np.stack(aims, axis=1).astype(np.float32)


def _learnt(words: Words, aims: Floats, weight: Floats, site: Ints) -> Lexicon:
    """The words of lines that count, with the weights that tell their aims best."""
    used = (weight > 0)[words.line]
    line, hashes = words.line[used], words.hash[used]
    pairs = np.unique(hashes.astype(np.uint64) << np.uint64(32) | site[line].astype(np.uint64))
    known, sites = np.unique((pairs >> np.uint64(32)).astype(np.uint32), return_counts=True)
    known = known[sites >= LEAST_SITES]
    if not len(known):
        return Lexicon(known, np.zeros((0, len(SIGNPOSTS)), np.int8))
    place = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
    found = known[place] == hashes
    count = np.maximum(np.bincount(line, minlength=len(weight)), 1)
    share = (1 / np.sqrt(count)).astype(np.float32)[line[found]]
    inputs = csr_matrix((share, (line[found], place[found])), shape=(len(weight), len(known)))
    rows = np.flatnonzero(weight)
    ridge = Ridge(alpha=HELD, solver="sparse_cg", max_iter=ROUNDS, tol=1e-4)
    ridge.fit(inputs[rows], aims[rows], sample_weight=weight[rows])
    return Lexicon.of(known, (NATS * ridge.coef_.T).astype(np.float32))
