"""What a handful of corrected pages adds to a model, without the data the model was trained on.

A *correction* is a weight for every token bucket. It is a penalised logistic regression over the
words of the corrected lines, with the model's own log-odds as offset: what the model gets right
already teaches little, what the pages do not speak of stays as it is, and the words of a single
site may count. It is held still on the phrases and quotations that ship with the package, which
stand for everything else that people read. It is kept beside what was learnt before and added
behind the networks, so that all they know of form, place and language holds as it was.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, vstack

from cleaner.characters import Bools, Floats, Ints
from cleaner.cleaner import Cleaner
from cleaner.features import TITLE, TOKEN_BUCKETS, Batch, effective_length, tokens
from cleaner.model import Model
from cleaner.page import Label, Line
from cleaner.training.fit import scaled
from cleaner.training.learn import ORDINARY, digest
from cleaner.training.phrasebook import Phrasebook, fill
from cleaner.training.samples import Sample

Doubles = npt.NDArray[np.float64]

PENALTY = 0.1
"""How strongly a correction is held back, in lines."""

HOLD = 0.1
"""How strongly it is held back on each written text."""

ENOUGH = 2.5
"""Log-odds up to which a lesson counts that the model has right already, and down to which one
that it has wrong; one that it is unsure of counts as wrong by what it lacks. Of the same line in
HTML it is less sure, or surer: of 200 article lines of a site's HTML 15 would be lost otherwise,
and of 103 of its notices every fifth or sixth kept."""

STEPS = 200
"""Steps of the fit; some fifty are enough for a hundred pages."""

FOREIGN = 0.5
"""Spam probability from which a line that a person calls spam teaches nothing here: it is told by
its language already, and its words would teach that language, not junk. What is called spam below
it is in the page's own language, which is junk."""

SURE = 1e-6
"""How near to 0 and 1 a probability may lie when its log-odds are taken."""


@dataclass(frozen=True)
class Lessons:
    """What pages have to teach; one entry for every line that counts."""

    inputs: csr_matrix
    """Its tokens, divided by the root of their number; shape (lines, buckets)."""
    offset: Floats
    """The model's log-odds of keeping it, no surer than ``ENOUGH`` where it is right, no less sure
    where it is wrong, and in between drawn towards wrong."""
    target: Bools
    """Whether it is article text."""
    weight: Floats
    page: Ints
    """Which of the pages it stands on."""

    def of(self, pages: Iterable[int]) -> Lessons:
        """The lessons of some of the pages."""
        rows = np.flatnonzero(np.isin(self.page, list(pages)))
        return Lessons(
            self.inputs[rows],
            self.offset[rows],
            self.target[rows],
            self.weight[rows],
            self.page[rows],
        )


def adapted(cleaner: Cleaner, samples: Sequence[Sample]) -> Model:
    """The cleaner's model with what the samples add to it."""
    found = corrected(cleaner.model, lessons(cleaner, samples))
    made = {"pages": len(samples), "data": digest(samples)}
    before = found.facts.get("retrained", [])
    return replace(found, facts={**found.facts, "retrained": [*before, made]})


def corrected(model: Model, found: Lessons) -> Model:
    """The model with one more correction added to those it has."""
    weights = correction(found)
    if (before := model.arrays.get("correction_weights")) is not None:
        weights = weights + before
    arrays = {**model.arrays, "correction_weights": weights.astype(np.float16)}
    return replace(model, arrays=arrays)


def with_model(cleaner: Cleaner, model: Model) -> Cleaner:
    """A cleaner like this one that decides with a correction of its model."""
    twin = copy(cleaner)
    twin.model = model
    return twin


def lessons(cleaner: Cleaner, samples: Sequence[Sample]) -> Lessons:
    """What the samples have to teach a cleaner."""
    pages = [_lessons(cleaner, sample, number) for number, sample in enumerate(samples)]
    return Lessons(
        vstack([page.inputs for page in pages], format="csr"),
        np.concatenate([page.offset for page in pages]),
        np.concatenate([page.target for page in pages]),
        np.concatenate([page.weight for page in pages]),
        np.concatenate([page.page for page in pages]),
    )


def _lessons(cleaner: Cleaner, sample: Sample, number: int) -> Lessons:
    batch = Batch.of([sample.lines])
    scores = cleaner.score(batch)
    article, spam = (
        np.array([label is wanted for label in sample.labels])
        for wanted in (Label.ARTICLE, Label.SPAM)
    )
    # A line that is likely the headline is kept for that, whatever else is thought of it.
    headline = np.where(effective_length(batch.characters) < TITLE, scores.title, 0)
    kept = np.clip(np.maximum(scores.article, headline).astype(np.float64), SURE, 1 - SURE)
    odds = np.log(kept / (1 - kept))
    right = np.where(article, odds, -odds)
    right = np.minimum(right, np.clip(2 * right - ENOUGH, -ENOUGH, ENOUGH))
    offset = np.where(article, right, -right)
    weight = np.array(sample.weights, np.float32) * min(1.0, ORDINARY / len(batch))
    rows = np.flatnonzero((weight > 0) & ~(spam & (scores.spam >= FOREIGN)))
    return Lessons(
        _inputs(batch)[rows],
        offset[rows].astype(np.float32),
        article[rows],
        weight[rows].astype(np.float32),
        np.full(len(rows), number),
    )


def _inputs(batch: Batch) -> csr_matrix:
    found = tokens(batch)
    ones = np.ones(len(found.line), np.float32)
    return scaled(csr_matrix((ones, (found.line, found.bucket)), (len(batch), TOKEN_BUCKETS)))


@cache
def written() -> csr_matrix:
    """The tokens of all phrases, quotations and spam that ship with the package, as lessons have
    them, shape (45,000 texts, buckets).
    """
    book, rng = Phrasebook(Path()), random.Random(0)  # noqa: S311
    texts = [
        fill(text, language, rng)
        for kind in (book.phrases, book.quotes, book.spam)
        for language, categories in kind.items()
        for found in categories.values()
        for text in found
    ]
    return _inputs(Batch.of([[Line(text, n) for n, text in enumerate(texts, start=1)]]))


def correction(found: Lessons) -> Floats:
    """The weight of every token bucket that, behind the model, tells the lessons best.

    Shape (buckets,); 0 for tokens that no lesson holds.
    """
    weights = np.zeros(TOKEN_BUCKETS, np.float32)
    known = np.unique(found.inputs.indices)
    if not len(known):
        return weights
    inputs, held = (x[:, known].astype(np.float64) for x in (found.inputs, written()))
    sign = np.where(found.target, 1.0, -1.0)

    def loss(guess: Doubles) -> tuple[float, Doubles]:
        margin = sign * (found.offset + inputs @ guess)
        pull = found.weight * sign / (1 + np.exp(np.clip(margin, -30, 30)))
        moved = HOLD * (held @ guess)
        value = found.weight @ np.logaddexp(0, -margin)
        value += (PENALTY * guess @ guess + moved @ moved / HOLD) / 2
        return float(value), PENALTY * guess + held.T @ moved - inputs.T @ pull

    start = np.zeros(len(known))
    best = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": STEPS})
    weights[known] = best.x
    return weights
