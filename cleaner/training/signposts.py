"""What words tell of the lines around theirs, learnt.

The first stage weighs what a word says of its own line. Here each word is weighed by the labels of
the lines behind and before, so that what reads lines together knows from the words of each what to
expect around it. Out of fold the log-loss of one network that reads the lines around falls by that
from .149 to .142, and the headline is right on .80 of WCXB's pages instead of .76. Words that a
network learns along with all else teach it its sites by heart: .180.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.linear_model import Ridge

from cleaner.characters import Bools, Floats, Ints
from cleaner.lexicon import SIGNPOSTS, Lexicon, signpost_columns
from cleaner.page import Label
from cleaner.training.corpus import LABELS, Corpus, Words, site_counts
from cleaner.windows import Windows

LEAST_SITES = 10
"""Sites that must have printed a word."""

NEAR = 30
"""Lines around a headline from which words learn to tell where it is: that a line further down is
far from it teaches nothing about its words."""

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
    def of(cls, corpus: Corpus, weight: Floats, headline: Bools, fold: Ints) -> Signposts:
        """Those of labelled lines, of which each counts ``weight``.

        Lines without weight neither teach nor are they looked at from others.
        """
        article = corpus.labels == LABELS.index(Label.ARTICLE)
        marks = headline.astype(np.float32)
        aims = _aims(corpus.windows, article, marks, weight > 0)
        near = corpus.windows.sum(marks, NEAR, NEAR) > 0
        of_headline = np.array([post.headline for post in SIGNPOSTS.values()])
        known, shares = _shares(corpus.words, len(corpus))

        def learnt(rows: Bools) -> Lexicon:
            counted = np.where(rows, weight, 0)
            used = counted > 0
            enough = site_counts(shares[used], corpus.site[used]) >= LEAST_SITES
            inputs = shares[:, enough]
            weights = np.zeros((inputs.shape[1], len(SIGNPOSTS)), np.float32)
            weights[:, ~of_headline] = _learnt(inputs, aims[:, ~of_headline], counted)
            counted = np.where(near, counted, 0)
            weights[:, of_headline] = _learnt(inputs, aims[:, of_headline], counted)
            return Lexicon.of(known[enough], weights)

        folds = np.unique(fold).tolist()
        return cls(learnt(weight > 0), {left_out: learnt(fold != left_out) for left_out in folds})

    def unseen(self, words: Words, fold: Ints) -> dict[str, Floats]:
        """As ``lexicon.signposts``, every line by what was learnt without its fold."""
        table = {name: np.zeros(len(fold), np.float32) for name in SIGNPOSTS}
        for left_out, lexicon in self.without.items():
            inside = fold == left_out
            chosen = inside[words.line]
            weights = lexicon.weights(words.hash[chosen])
            for name, column in signpost_columns(words.line[chosen], weights, len(fold)).items():
                table[name][inside] = column[inside]
        return table


def _aims(windows: Windows, article: Bools, headline: Floats, counted: Bools) -> Floats:
    """What there is where each signpost points to, shape (lines, signposts).

    The share of article text among the lines there, of a line with nothing to point to whether it
    is article text itself; or whether the headline is there.
    """
    seen = counted.astype(np.float32)
    aims = []
    for before, after, of_headline in SIGNPOSTS.values():
        if of_headline:
            aims.append(windows.sum(headline, before, after) > 0)
        else:
            lines = windows.sum(seen, before, after)
            share = windows.sum(seen * article, before, after) / np.maximum(lines, 1)
            aims.append(np.where(lines > 0, share, article))
    return np.stack(aims, axis=1).astype(np.float32)


def _shares(words: Words, lines: int) -> tuple[npt.NDArray[np.uint32], csr_matrix]:
    """All words in order, and what each has in every line, shape (lines, words).

    A line's words share it as ``signpost_columns`` has it: by the root of their number.
    """
    known, place = np.unique(words.hash, return_inverse=True)
    count = np.maximum(np.bincount(words.line, minlength=lines), 1)
    share = (1 / np.sqrt(count)).astype(np.float32)[words.line]
    return known, csr_matrix((share, (words.line, place)), shape=(lines, len(known)))


def _learnt(inputs: csr_matrix, aims: Floats, weight: Floats) -> Floats:
    """The weights of words that tell the aims best, in nats; shape (words, aims)."""
    rows = np.flatnonzero(weight)
    if not len(rows) or not inputs.shape[1]:
        return np.zeros((inputs.shape[1], aims.shape[1]), np.float32)
    share = np.average(aims[rows], axis=0, weights=weight[rows])
    # The slope of log-odds there: what a share is worth in nats.
    slope = 1 / np.maximum(share * (1 - share), 1e-3)
    ridge = Ridge(alpha=HELD, solver="sparse_cg", max_iter=ROUNDS, tol=1e-4)
    ridge.fit(inputs[rows], aims[rows], sample_weight=weight[rows])
    return (ridge.coef_ * slope[:, None]).T.astype(np.float32)
