"""Labelled pages to a model."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import numpy as np
import sklearn

from cleaner import judge
from cleaner.cleaner import sigmoid
from cleaner.features import StopWords
from cleaner.language import Languages
from cleaner.model import Array, Model
from cleaner.page import Label, Settings
from cleaner.training.corpus import Corpus, build
from cleaner.training.evaluate import Labels
from cleaner.training.fit import Predictions, Recipe, learn
from cleaner.training.samples import Sample

ORDINARY = 150
"""Lines of a page that counts in full; a longer one's lines count less, so that a few archives do
not outweigh all articles."""

IMPORTANCE: Mapping[str, float] = {"article": 3.0}
"""How much a page of a type counts: the article is what this project is for."""

RARE = 3.0
"""How much more a page counts that is neither English nor made up: there are few."""

MADE_UP = 0.6


def model_from(
    samples: Sequence[Sample], languages: Languages, stop_words: StopWords, recipe: Recipe
) -> tuple[Model, list[Labels]]:
    """A model learnt from scratch, and the labels it gives each page when it has not seen its site.

    ``languages`` and ``stop_words`` become part of the model.
    """
    corpus = build(samples, languages, stop_words)
    weights = np.array([page_weight(sample) for sample in samples], np.float32)
    parts, predictions = learn(corpus, recipe, weights)
    arrays: dict[str, Array] = {
        "token_weights": parts.tokens.astype(np.float16),
        "language_table": languages.table,
        "language_normal": languages.normal.astype(np.uint16),
        "language_alien": languages.alien,
        "stop_words": stop_words.hashes,
        "stop_word_members": stop_words.members,
    }
    facts: dict[str, object] = {
        "languages": list(languages.names),
        "labels": list(Label),
        "scikit-learn": sklearn.__version__,
        "seed": recipe.seed,
        "data": digest(samples),
        "pages": len(samples),
        "lines": len(corpus),
    }
    return Model(arrays, parts.networks, facts), judged(corpus, predictions)


def page_weight(sample: Sample) -> float:
    """How much a page counts in training."""
    weight = min(1.0, ORDINARY / len(sample.lines)) * IMPORTANCE.get(sample.kind, 1.0)
    if sample.rendering == "made-up":
        return weight * MADE_UP
    return weight * (RARE if sample.language not in ("en", None) else 1.0)


def judged(corpus: Corpus, predictions: Predictions) -> list[Labels]:
    """The labels of every page, from what out-of-fold models say of its lines."""
    case = judge.Case(
        corpus.windows,
        sigmoid(predictions.article),
        sigmoid(predictions.spam),
        np.expm1(predictions.own["log_effective_length"]),
        sigmoid(predictions.title),
        sigmoid(predictions.join),
        np.expm1(predictions.language["log_information"]),
    )
    article, spam = judge.labels(case, Settings())
    names = np.where(article, Label.ARTICLE, np.where(spam, Label.SPAM, Label.JUNK)).tolist()
    bounds = pairwise(corpus.windows.first.tolist())
    return [tuple(map(Label, names[begin:end])) for begin, end in bounds]


def digest(samples: Iterable[Sample]) -> str:
    """A fingerprint of the labelled lines, in order."""
    running = hashlib.sha256()
    for sample in samples:
        for line, label, weight in zip(sample.lines, sample.labels, sample.weights, strict=True):
            running.update(f"{line.text}\t{label}\t{weight:g}\n".encode())
    return running.hexdigest()[:16]
