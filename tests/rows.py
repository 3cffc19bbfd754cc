"""Documents as the core's arrays: the one place of the tests that knows how they are made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from cleaner import Cleaner, Line
from cleaner.characters import Characters
from cleaner.context import context, join_facts, spam_facts, surroundings
from cleaner.features import (
    TOKEN_BUCKETS,
    Batch,
    Columns,
    StopWords,
    own_facts,
    sigmoid,
    stop_word_facts,
    token_logits,
    tokens,
)
from cleaner.language import (
    NEVER,
    Candidates,
    Evidence,
    Languages,
    candidates,
    evidence,
    tongues,
)
from cleaner.lexicon import SIGNPOSTS, Lexicon, dates, formulas, signposts, slogans
from cleaner.markup import markup_context, tree
from cleaner.windows import Windows

NO_LEXICON = Lexicon(np.zeros(0, np.uint32), np.zeros(0, np.int8))
NO_SIGNPOSTS = Lexicon(np.zeros(0, np.uint32), np.zeros((0, len(SIGNPOSTS)), np.int8))

WEIGHTS = np.random.default_rng(0).normal(0, 1, TOKEN_BUCKETS).astype(np.float32)
"""Token weights that are no model's, so that the facts do not hang on what was learnt."""


def weighed(languages: Languages, *documents: Sequence[str], fixed: str | None = None) -> Evidence:
    """The evidence on documents given as lists of lines.

    Their language is the one that most of their prose is in, where none is fixed.
    """
    lines = [line for document in documents for line in document]
    characters, windows = Characters(lines), Windows([len(document) for document in documents])
    odds = np.full((len(documents), len(languages.names)), NEVER)
    if fixed is not None:
        odds[:, languages.names.index(fixed)] = -NEVER
    return evidence(languages, characters, tongues(languages, characters), windows, odds)


def rivals(languages: Languages, *documents: Sequence[str]) -> Candidates:
    """The languages that documents given as lists of lines could be in."""
    batch = Batch.of([[Line(text, i) for i, text in enumerate(d, 1)] for d in documents])
    logit, _ = token_logits(tokens(batch), WEIGHTS, len(batch))
    tongue = tongues(languages, batch.characters)
    own = {
        **own_facts(batch),
        **dates(batch.characters, NO_LEXICON),
        **slogans(batch.characters, NO_LEXICON),
    }
    return candidates(tongue, batch.windows, sigmoid(logit), own)


def facts(
    documents: Sequence[Sequence[Line]], languages: Languages, stop_words: StopWords
) -> Mapping[str, Columns]:
    """All facts of all lines, by what reads them."""
    batch = Batch.of(documents)
    tongue = tongues(languages, batch.characters)
    unknown = np.full((len(documents), len(languages.names)), NEVER)
    language = evidence(languages, batch.characters, tongue, batch.windows, unknown)
    own = {
        **own_facts(batch),
        **dates(batch.characters, NO_LEXICON),
        **slogans(batch.characters, NO_LEXICON),
        **formulas(batch.characters, NO_LEXICON),
        **signposts(batch.characters, NO_SIGNPOSTS),
        **stop_word_facts(batch, stop_words, language.document, language.best),
    }
    logit, known = token_logits(tokens(batch), WEIGHTS, len(batch))
    around = {
        **surroundings(batch.windows, own),
        **context(batch.windows, logit, known, own),
    }
    return {
        "own": own,
        "context": around,
        "language": language.columns,
        "spam": spam_facts(batch.windows, language.columns, {**own, **around}),
        "join": join_facts(batch.windows, own),
        "markup": markup_context(batch, tree(batch.lines), logit, known, own),
    }


def facts_of(cleaner: Cleaner, *documents: Sequence[Line]) -> Mapping[str, Columns]:
    """All facts of all lines, with the cleaner's table and stop words."""
    return facts(documents, cleaner.languages, cleaner.stop_words)
