"""Arrays to a model: two stages for article and junk, one network for spam.

Whatever a later stage reads of an earlier one while training comes from folds that did not see the
line's site; otherwise it would learn to trust a memory that new sites do not have.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.linear_model import SGDClassifier
from sklearn.neural_network import MLPClassifier

from cleaner.characters import Bools, Floats, Ints
from cleaner.features import Columns, context, matrix, spam_facts
from cleaner.model import Network
from cleaner.training.corpus import LABELS, Corpus, folds
from cleaner.page import Label

JUNK, ARTICLE, SPAM = range(len(LABELS))


@dataclass(frozen=True, slots=True)
class Recipe:
    """The choices of a training run."""

    seed: int = 0
    folds: int = 5
    members: int = 4
    """Networks averaged."""
    hidden: tuple[int, ...] = (64, 32)
    epochs: int = 10
    rows: int = 600_000
    """Lines a network is trained on, drawn by weight; more rows of the same sites add nothing."""
    token_epochs: int = 6
    token_alpha: float = 3e-6
    least_sites: int = 3
    """Sites a token must have been seen on to count: less is memory of a site, not knowledge."""


@dataclass(frozen=True)
class Fitted:
    """What was learnt, and what it says of its own training lines out of fold."""

    tokens: Floats
    article: Network
    spam: Network
    logit: Floats
    """First-stage log-odds of every line, out of fold."""
    known: Floats


def token_weights(corpus: Corpus, rows: Bools, weight: Floats, recipe: Recipe) -> Floats:
    """First stage: the weight of every token bucket, shape (buckets,), learnt on ``rows``.

    Spam lines are left out: their words would teach languages, not junk.
    """
    rows = rows & (corpus.labels != SPAM) & (weight > 0)
    classifier = SGDClassifier(
        loss="log_loss",
        alpha=recipe.token_alpha,
        max_iter=recipe.token_epochs,
        tol=None,
        average=True,
        random_state=recipe.seed,
    )
    inputs = _scaled(corpus.tokens[rows])
    classifier.fit(inputs, corpus.labels[rows] == ARTICLE, sample_weight=weight[rows])
    learnt = classifier.coef_[0].astype(np.float32)
    learnt[_site_counts(corpus.tokens[rows], corpus.site[rows]) < recipe.least_sites] = 0
    return learnt


def _scaled(inputs: csr_matrix) -> csr_matrix:
    """Rows divided by the root of their token count, so that long lines do not shout."""
    scaled = inputs.copy()
    sizes = np.diff(scaled.indptr)
    scaled.data /= np.repeat(np.sqrt(np.maximum(sizes, 1)), sizes).astype(np.float32)
    return scaled


def _site_counts(inputs: csr_matrix, site: Ints) -> Ints:
    """On how many sites each token was seen, shape (buckets,)."""
    line = np.repeat(np.arange(inputs.shape[0]), np.diff(inputs.indptr))
    pairs = np.unique(inputs.indices.astype(np.int64) * (site.max() + 1) + site[line])
    return np.bincount(pairs // (site.max() + 1), minlength=inputs.shape[1])


def network(
    columns: Sequence[str], inputs: Floats, target: Bools, weight: Floats, recipe: Recipe
) -> Network:
    """Small networks fitted to the same rows from different starts, to be averaged."""
    center = np.average(inputs, axis=0, weights=weight).astype(np.float32)
    spread = np.sqrt(np.average((inputs - center) ** 2, axis=0, weights=weight))
    scale = (1 / np.maximum(spread, 1e-3)).astype(np.float32)
    inputs = np.clip((inputs - center) * scale, -Network.CLIP, Network.CLIP)
    members = [
        MLPClassifier(
            hidden_layer_sizes=recipe.hidden,
            batch_size=1024,
            learning_rate_init=2e-3,
            alpha=1e-3,
            max_iter=recipe.epochs,
            n_iter_no_change=recipe.epochs + 1,
            random_state=recipe.seed + member,
        )
        for member in range(recipe.members)
    ]
    for member in members:
        member.fit(inputs, target, sample_weight=weight)
    depth = len(recipe.hidden) + 1
    return Network(
        tuple(columns),
        center,
        scale,
        tuple(np.stack([m.coefs_[i] for m in members]).astype(np.float32) for i in range(depth)),
        tuple(
            np.stack([m.intercepts_[i][None] for m in members]).astype(np.float32)
            for i in range(depth)
        ),
    )
