"""Labelled pages to a model."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import pairwise

import numpy as np
import sklearn

from cleaner import judge
from cleaner.characters import Floats
from cleaner.features import TITLE, sigmoid
from cleaner.language import plainly_home
from cleaner.model import Model
from cleaner.page import Label, Settings
from cleaner.storage import Array
from cleaner.training.corpus import LABELS, Corpus, build
from cleaner.training.evaluate import Labels, Reliability, reliability
from cleaner.training.excerpts import RENDERING as EXCERPT
from cleaner.training.fit import Predictions, Recipe, learn
from cleaner.training.fit_markup import learn_markup
from cleaner.training.furniture import RENDERING as FURNISHED
from cleaner.training.groundwork import Groundwork
from cleaner.training.phrasebook import WRITTEN
from cleaner.training.samples import Sample

ORDINARY = 150
"""Lines of a page that counts in full; a longer one's lines count less, so that a few archives do
not outweigh all articles."""

IMPORTANCE: Mapping[str, float] = {"article": 3.0}
"""How much a page of a type counts: the article is what this project is for."""

MARKUP_IMPORTANCE: Mapping[str, float] = {"article": 2.0, "documentation": 2.0}
OTHER_MARKUP = 0.7
"""The same for pages as HTML, where a line's words are weighed besides."""

JUDGED = ("trafilatura-eval/", "unlabelled/")
JUDGED_MARKUP = 0.5
"""The same for pages of these collections, whose labels follow the labelling guide: nearly all are
articles, and what a listing or a shop holds is measured by the gold texts of WCXB."""

RARE = 3.0
"""How much more a page counts that is neither English nor made up: there are few."""

MADE_UP = 1.2

SCARCE: Mapping[str, float] = {EXCERPT: 3.0, FURNISHED: 3.0, WRITTEN: 3.0}
"""How much more a line of a short or written page counts, by its rendering: there are few."""


@dataclass(frozen=True)
class Judged:
    """What a model says of pages of sites it has not seen."""

    labels: Sequence[Labels]
    """For each page."""
    reliability: Reliability
    """Whether its probabilities mean what they say."""


@dataclass(frozen=True)
class Learnt:
    """A model, and what it says of pages of sites it has not seen."""

    model: Model
    judged: Judged
    judged_markup: Judged | None
    """The same for pages as HTML."""


def model_from(
    samples: Sequence[Sample],
    base: Groundwork,
    recipe: Recipe,
    markup: Sequence[Sample] = (),
) -> Learnt:
    """A model learnt from scratch upon ``base``.

    ``markup`` are pages as HTML; without any, the model judges HTML lines as it judges text.
    """
    corpus = build(samples, base)
    parts, predictions = learn(corpus, recipe, page_weights(samples), base.written, base.networks)
    arrays: dict[str, Array] = {
        "token_weights": parts.tokens,
        **base.arrays(),
        **parts.formulas.lexicon().arrays("formula"),
        **parts.signposts.lexicon.arrays("signpost"),
    }
    judged_markup = None
    if markup:
        trees = build(markup, base)
        found = learn_markup(trees, parts, recipe, page_weights(markup))
        arrays["markup_weights"] = found.tokens
        parts.networks["markup"] = found.network
        judged_markup = judged(trees, found.predictions, markup=True)
    facts: dict[str, object] = {
        "languages": list(base.languages.names),
        "labels": list(Label),
        "scikit-learn": sklearn.__version__,
        "catboost": version("catboost"),
        "seed": recipe.seed,
        "data": digest([*samples, *markup]),
        "pages": len(samples),
        "lines": len(corpus),
        "html pages": len(markup),
    }
    model = Model(arrays, parts.networks, facts)
    return Learnt(model, judged(corpus, predictions), judged_markup)


def page_weights(samples: Sequence[Sample]) -> Floats:
    """How much each page counts in training."""
    return np.array([page_weight(sample) for sample in samples], np.float32)


def page_weight(sample: Sample) -> float:
    """How much a page counts in training."""
    if sample.rendering == "html":
        importance = MARKUP_IMPORTANCE.get(sample.kind, OTHER_MARKUP)
        return importance * (JUDGED_MARKUP if sample.id.startswith(JUDGED) else 1)
    weight = min(1.0, ORDINARY / len(sample.lines)) * IMPORTANCE.get(sample.kind, 1.0)
    weight *= SCARCE.get(sample.rendering, 1.0)
    if sample.id.startswith("made-up/"):
        return weight * MADE_UP
    return weight * (RARE if sample.language not in ("en", None) else 1.0)


def judged(corpus: Corpus, predictions: Predictions, *, markup: bool = False) -> Judged:
    """The labels of every page, from what out-of-fold models say of its lines."""
    length = np.expm1(predictions.own["log_effective_length"])
    case = judge.Case(
        corpus.windows,
        sigmoid(predictions.article),
        sigmoid(predictions.spam),
        length,
        np.where(length < TITLE, sigmoid(predictions.title), 0),
        sigmoid(predictions.join),
        np.expm1(predictions.language["log_information"]),
        plainly_home(predictions.language),
        predictions.own["log_words"] == 0,
        markup,
    )
    article, spam = judge.labels(case, Settings())
    names = np.where(article, Label.ARTICLE, np.where(spam, Label.SPAM, Label.JUNK)).tolist()
    bounds = pairwise(corpus.windows.first.tolist())
    labels = [tuple(map(Label, names[begin:end])) for begin, end in bounds]
    sure = corpus.weights > 0
    truth = corpus.labels == LABELS.index(Label.ARTICLE)
    return Judged(labels, reliability(judge.probabilities(case)[sure], truth[sure]))


def digest(samples: Iterable[Sample]) -> str:
    """A fingerprint of the labelled lines, in order."""
    running = hashlib.sha256()
    for sample in samples:
        for line, label, weight in zip(sample.lines, sample.labels, sample.weights, strict=True):
            running.update(f"{line.text}\t{label}\t{weight:g}\n".encode())
    return running.hexdigest()[:16]
