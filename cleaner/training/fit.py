"""Arrays to a model: two stages for article and junk, one network for spam, one for joins.

Whatever a later stage reads of an earlier one while training comes from folds that did not see the
line's site; otherwise it would learn to trust a memory that new sites do not have.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.linear_model import Ridge, SGDClassifier
from sklearn.neural_network import MLPClassifier

from cleaner.characters import Bools, Floats, Ints
from cleaner.features import Columns, context, join_facts, spam_facts
from cleaner.model import Network
from cleaner.training.corpus import LABELS, Corpus, folds
from cleaner.windows import Windows

JUNK, ARTICLE, SPAM = range(3)


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


def fold_of(corpus: Corpus, count: int) -> Ints:
    """The fold of every line, all lines of a site in one."""
    names = [sample.site for sample in corpus.samples]
    return np.repeat(folds(names, count), np.diff(corpus.windows.first))


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
        fit_intercept=False,
        random_state=recipe.seed,
    )
    inputs = corpus.tokens[rows]
    classifier.fit(scaled(inputs), corpus.labels[rows] == ARTICLE, sample_weight=weight[rows])
    learnt = classifier.coef_[0].astype(np.float32)
    learnt[site_counts(inputs, corpus.site[rows]) < recipe.least_sites] = 0
    return learnt


def scaled(inputs: csr_matrix) -> csr_matrix:
    """Rows divided by the root of their token count, as ``features.token_logits`` does."""
    sizes = np.diff(inputs.indptr)
    data = inputs.data / np.repeat(np.sqrt(np.maximum(sizes, 1)), sizes).astype(np.float32)
    return csr_matrix((data, inputs.indices, inputs.indptr), shape=inputs.shape)


def site_counts(inputs: csr_matrix, site: Ints) -> Ints:
    """On how many sites each token was seen, shape (buckets,)."""
    line = np.repeat(np.arange(inputs.shape[0]), np.diff(inputs.indptr))
    size = int(site.max()) + 1
    pairs = np.unique(inputs.indices.astype(np.int64) * size + site[line])
    return np.bincount(pairs // size, minlength=inputs.shape[1])


def network(
    columns: Columns, target: Bools, weight: Floats, recipe: Recipe, rows: Bools | None = None
) -> Network:
    """Small networks fitted to the same rows from different starts, to be averaged."""
    chosen = _drawn(weight if rows is None else np.where(rows, weight, 0), recipe)
    inputs = np.stack([column[chosen] for column in columns.values()], axis=1)
    center, scale = _standard(inputs)
    inputs = np.clip((inputs - center) * scale, -Network.CLIP, Network.CLIP)
    members = [_member(inputs, target[chosen], recipe, number) for number in range(recipe.members)]
    depth = len(recipe.hidden) + 1
    weights = [np.stack([m.coefs_[i] for m in members]) for i in range(depth)]
    biases = [np.stack([m.intercepts_[i][None] for m in members]) for i in range(depth)]
    return Network(
        tuple(columns),
        center,
        scale,
        tuple(array.astype(np.float32) for array in weights),
        tuple(array.astype(np.float32) for array in biases),
    )


def _member(inputs: Floats, target: Bools, recipe: Recipe, number: int) -> MLPClassifier:
    member = MLPClassifier(
        hidden_layer_sizes=recipe.hidden,
        batch_size=1024,
        learning_rate_init=2e-3,
        alpha=1e-3,
        max_iter=recipe.epochs,
        n_iter_no_change=recipe.epochs + 1,
        random_state=recipe.seed + number,
    )
    return member.fit(inputs, target)


def _drawn(weight: Floats, recipe: Recipe) -> Ints:
    """Rows drawn by weight with replacement, so that all count alike in the fit."""
    rng = np.random.default_rng(recipe.seed)
    size = min(recipe.rows, int((weight > 0).sum()))
    chance = weight.astype(np.float64) / weight.sum(dtype=np.float64)
    return np.sort(rng.choice(len(weight), size=size, p=chance))


def _standard(inputs: Floats) -> tuple[Floats, Floats]:
    center = inputs.mean(axis=0, dtype=np.float64).astype(np.float32)
    spread = inputs.std(axis=0, dtype=np.float64)
    return center, (1 / np.maximum(spread, 1e-3)).astype(np.float32)


def stand_in(teacher: Network, columns: Columns, seed: int) -> Network:
    """The linear network nearest to ``teacher``, to read reasons from."""
    rng = np.random.default_rng(seed)
    rows = rng.choice(len(next(iter(columns.values()))), size=50_000)
    sample = {name: column[rows] for name, column in columns.items()}
    inputs = teacher.standardised(sample)
    fitted = Ridge(alpha=100.0).fit(inputs, np.clip(teacher(sample), -6, 6))
    return replace(
        teacher,
        weights=(fitted.coef_.astype(np.float32).reshape(1, -1, 1),),
        biases=(np.full((1, 1, 1), fitted.intercept_, np.float32),),
    )
