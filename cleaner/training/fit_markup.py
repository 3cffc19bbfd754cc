"""What HTML adds: token weights over names and tags, and a network that reads the tree as well.

The text stages are taken as they were learnt, for each page by models that never saw its site.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, vstack

from cleaner.characters import Floats
from cleaner.context import context, spam_facts, surroundings
from cleaner.features import TOKEN_BUCKETS, Batch, Columns, sigmoid
from cleaner.language import NEVER
from cleaner.markup import markup_context, markup_tokens, tree
from cleaner.model import Network
from cleaner.training.corpus import CHUNK, Corpus, chunks, joined
from cleaner.training.fit import (
    ARTICLE,
    Design,
    Parts,
    Predictions,
    Recipe,
    Task,
    crossed,
    first_stage,
    fold_of,
    formula_columns,
    token_weights,
    unseen_logits,
)

MARKUP_RECIPE: Mapping[str, Any] = {
    "token_alpha": 1e-5,
    "hidden": (128,),
    "epochs": 3,
    "rate": 5e-4,
    "decay": 1.0,
    "lines": 5_600_000,
    "dropped": 0.5,
}
"""What differs from the text's recipe: with a fifth of the pages and twice the facts, weights are
held down harder. Learnt as the text's is, the network was so sure of itself that its log-odds had
to be taken times .3 and stacking took next to nothing of it; so, times .9, as much as of the trees.
Log-loss .232 -> .227, word-F1 the same within its error."""

DESIGN = Design(width=48, readers=2, alone=True)

SMOOTH = 50
"""Words added to a page's gold, so that the few words of a tiny page do not outweigh all others."""

LEAST_GOLD = 1 / 8
"""Share of a page's words that its gold counts for at least: else home pages and error pages, which
have next to none, outweigh the articles (WCXB's 1,494 pages had 37 % of all weight, and word-F1
.866 instead of .876)."""


@dataclass(frozen=True)
class MarkupParts:
    """What was learnt of HTML."""

    tokens: Floats
    network: Network
    predictions: Predictions
    """Spam and title by the text's networks; joins never."""


def learn_markup(corpus: Corpus, parts: Parts, recipe: Recipe, page_weight: Floats) -> MarkupParts:
    """Token weights and network for HTML pages, and their predictions out of fold.

    ``parts`` are the text stages; their folds must be those of ``recipe``.
    """
    fold = fold_of(corpus, recipe.folds)
    text_logit, text_known = unseen_logits(corpus.tokens, fold, parts.first.weights)
    rivals = corpus.rivals(sigmoid(text_logit))
    logit = parts.networks["host"](rivals.columns)
    odds = rivals.odds(logit, len(corpus.samples), len(corpus.languages.names))
    own, language = corpus.facts(odds)
    own = {**own, **formula_columns(corpus, parts.formulas)}
    corpus = replace(corpus, tokens=with_markup(corpus))
    weight = line_weights(corpus, own, page_weight)
    recipe = replace(recipe, **MARKUP_RECIPE)
    first = first_stage(corpus, fold, weight, recipe)
    around = surroundings(corpus.windows, own)
    facts = {**own, **around, **context(corpus.windows, text_logit, text_known, own)}
    foreign = spam_facts(corpus.windows, language, facts)
    # By signposts HTML is told no better: log-loss .1639, .1638 without; elements tell as much.
    pointed = {**facts, **parts.signposts.unseen(corpus.words, fold)}
    spam, title = (
        parts.networks[name](read, corpus.windows)
        for name, read in (("spam", foreign), ("title", pointed))
    )
    facts |= markup_columns(corpus, first.logit, first.known, own)
    task = Task(facts, corpus.labels == ARTICLE, weight, corpus.windows, DESIGN)
    network, logit = crossed(task, fold, recipe)
    everything = np.ones(len(corpus), np.bool_)
    tokens = token_weights(corpus, everything, weight, recipe)
    never = np.full(len(corpus), NEVER)
    predictions = Predictions(fold, own, language, logit, spam, title, never)
    return MarkupParts(tokens, network, predictions)


def line_weights(corpus: Corpus, own: Columns, page_weight: Floats) -> Floats:
    """What each line counts: its words' share of its page, as the page's word-F1 counts them.

    One on average, because the first stage weighs what it learns against what holds it down.
    """
    words = np.expm1(own["log_words"]) + 1
    gold = corpus.windows.total(words * (corpus.labels == ARTICLE))
    gold = np.maximum(gold, LEAST_GOLD * corpus.windows.total(words))
    spread = np.repeat(page_weight, corpus.windows.sizes)
    weight = corpus.weights * spread * words / (gold + SMOOTH)
    return (weight / weight.mean()).astype(np.float32)


def with_markup(corpus: Corpus) -> csr_matrix:
    """The tokens of all lines, those of the elements around them included."""
    parts = []
    for chunk in chunks(corpus.samples):
        batch = Batch.of([sample.lines for sample in chunk])
        found = markup_tokens(batch, tree(batch.lines))
        ones = np.ones(len(found.line), np.float32)
        shape = (len(batch), TOKEN_BUCKETS)
        parts.append(csr_matrix((ones, (found.line, found.bucket)), shape=shape))
    return corpus.tokens + vstack(parts, format="csr")


def markup_columns(corpus: Corpus, logit: Floats, known: Floats, own: Columns) -> Columns:
    """What the tree says of every line."""
    first, parts = corpus.windows.first, []
    for number, chunk in enumerate(chunks(corpus.samples)):
        batch = Batch.of([sample.lines for sample in chunk])
        inside = slice(first[number * CHUNK], first[number * CHUNK] + len(batch))
        chosen = {name: column[inside] for name, column in own.items()}
        around = tree(batch.lines)
        parts.append(markup_context(batch, around, logit[inside], known[inside], chosen))
    return joined(parts)
