"""Labelled pages as arrays: what the fit reads."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, vstack

from cleaner.characters import Characters, Floats, Ints
from cleaner.features import (
    TOKEN_BUCKETS,
    Batch,
    Columns,
    StopWords,
    own_facts,
    stop_word_facts,
    tokens,
)
from cleaner.language import Candidates, Languages, Tongues, candidates, evidence, tongues
from cleaner.lexicon import Stretches, dates, stretches, upper
from cleaner.page import Label
from cleaner.training.groundwork import Groundwork
from cleaner.training.samples import Sample
from cleaner.windows import Windows

LABELS = (Label.JUNK, Label.ARTICLE, Label.SPAM)
"""The order of labels in arrays: 0, 1, 2."""

CHUNK = 64
"""Documents turned into arrays at a time."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of lines; one entry a word."""

    line: npt.NDArray[np.int32]
    hash: npt.NDArray[np.uint32]
    """Upper halves of hashes, by which a lexicon knows words."""

    @classmethod
    def of(cls, characters: Characters) -> Words:
        """The words of these lines."""
        words = characters.words
        return cls(words.line.astype(np.int32), upper(words.hash))

    @classmethod
    def joined(cls, parts: Sequence[Words], lines: Sequence[int]) -> Words:
        """Those of several parts, of so many lines each, laid end to end."""
        first = np.cumsum([0, *lines[:-1]]).astype(np.int32)
        return cls(
            np.concatenate([part.line + start for part, start in zip(parts, first, strict=True)]),
            np.concatenate([part.hash for part in parts]),
        )


@dataclass(frozen=True)
class Corpus:
    """Documents laid end to end, as arrays with one entry a line."""

    samples: Sequence[Sample]
    languages: Languages
    stop_words: StopWords
    windows: Windows
    tokens: csr_matrix
    """Hashed tokens, shape (lines, buckets)."""
    tongues: Sequence[Tongues]
    """For each chunk of documents, what n-grams say of its lines."""
    own: Columns
    """How every line looks, where it stands, what it repeats, and whether it cries like spam."""
    stretches: Stretches
    """What of every line may be a formula."""
    words: Words
    labels: npt.NDArray[np.int8]
    """Index into ``LABELS``."""
    weights: Floats
    joins: npt.NDArray[np.int8]
    """Whether the line goes on with the paragraph of the line before: 1, 0, or -1 for unknown."""
    site: Ints
    """Which site a line is from, numbered in order of appearance."""

    def __len__(self) -> int:
        """The number of lines."""
        return len(self.labels)

    def rivals(self, article: Floats) -> Candidates:
        """The languages each document could be in; ``article`` is the first stage's opinion."""
        first, parts = self.windows.first, []
        for number, tongue in enumerate(self.tongues):
            begin = number * CHUNK
            bounds = first[begin : begin + CHUNK + 1]
            inside = slice(bounds[0], bounds[-1])
            own = {name: column[inside] for name, column in self.own.items()}
            part = candidates(tongue, Windows(np.diff(bounds)), article[inside], own)
            parts.append(Candidates(part.document + begin, part.language, part.columns))
        return Candidates(
            np.concatenate([part.document for part in parts]),
            np.concatenate([part.language for part in parts]),
            joined([part.columns for part in parts]),
        )

    def facts(self, odds: Floats) -> tuple[Columns, Columns]:
        """Own facts and language evidence of all lines.

        ``odds`` says how likely each language is each document's, shape (documents, languages).
        """
        words, language = [], []
        for number, chunk in enumerate(chunks(self.samples)):
            batch = Batch.of([sample.lines for sample in chunk])
            inside = odds[number * CHUNK : number * CHUNK + len(chunk)]
            tongue = self.tongues[number]
            found = evidence(self.languages, batch.characters, tongue, batch.windows, inside)
            words.append(stop_word_facts(batch, self.stop_words, found.document, found.best))
            language.append(found.columns)
        return {**self.own, **joined(words)}, joined(language)


def build(samples: Sequence[Sample], base: Groundwork) -> Corpus:
    """The corpus of these pages, in order."""
    parts = [_first_look(chunk, base) for chunk in chunks(samples)]
    numbers: dict[str, int] = {}
    site = [numbers.setdefault(sample.site, len(numbers)) for sample in samples]
    sizes = [len(sample.lines) for sample in samples]
    return Corpus(
        samples,
        base.languages,
        base.stop_words,
        Windows(sizes),
        tokens=vstack([part.tokens for part in parts], format="csr"),
        tongues=[part.tongue for part in parts],
        own=joined([part.own for part in parts]),
        stretches=Stretches.joined(
            [part.stretches for part in parts], [part.tokens.shape[0] for part in parts]
        ),
        words=Words.joined(
            [part.words for part in parts], [part.tokens.shape[0] for part in parts]
        ),
        labels=np.array([LABELS.index(x) for s in samples for x in s.labels], np.int8),
        weights=np.array([weight for s in samples for weight in s.weights], np.float32),
        joins=np.concatenate([_joins(sample) for sample in samples]),
        site=np.repeat(np.array(site, np.int64), sizes),
    )


@dataclass(frozen=True)
class _Look:
    """What is seen of a chunk's lines, each by itself."""

    tokens: csr_matrix
    tongue: Tongues
    own: Columns
    stretches: Stretches
    words: Words


def _first_look(samples: Sequence[Sample], base: Groundwork) -> _Look:
    batch = Batch.of([sample.lines for sample in samples])
    found = tokens(batch)
    ones = np.ones(len(found.line), np.float32)
    shape = (len(batch), TOKEN_BUCKETS)
    labels = np.array([LABELS.index(label) for sample in samples for label in sample.labels])
    spam, article = (labels == LABELS.index(label) for label in (Label.SPAM, Label.ARTICLE))
    return _Look(
        csr_matrix((ones, (found.line, found.bucket)), shape=shape),
        tongues(base.languages, batch.characters),
        {
            **own_facts(batch),
            **dates(batch.characters, base.calendar),
            **base.slogans.unseen(batch.characters, spam, article),
        },
        stretches(batch.characters),
        Words.of(batch.characters),
    )


def _joins(sample: Sample) -> npt.NDArray[np.int8]:
    if not sample.joins:
        return np.full(len(sample.lines), -1, np.int8)
    return np.array([-1 if join is None else join for join in sample.joins], np.int8)


def chunks(samples: Sequence[Sample]) -> Iterator[Sequence[Sample]]:
    """The samples, ``CHUNK`` at a time."""
    return (samples[begin : begin + CHUNK] for begin in range(0, len(samples), CHUNK))


def joined(parts: Sequence[Columns]) -> Columns:
    """The columns of all parts, one below the other."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def folds(sites: Sequence[str], count: int) -> Ints:
    """The fold of each site by a hash of its name: the same in every run and on every machine.

    >>> folds(["example.org", "example.net", "example.org"], 5).tolist()
    [2, 0, 2]
    """
    digests = (hashlib.sha256(site.encode()).digest() for site in sites)
    return np.array([int.from_bytes(digest[:8]) % count for digest in digests], np.int64)


def site_counts(inputs: csr_matrix, site: Ints) -> Ints:
    """On how many sites each token was seen, shape (buckets,)."""
    shape = (int(site.max(initial=0)) + 1, len(site))
    stands = csr_matrix((np.ones(len(site), np.float32), (site, np.arange(len(site)))), shape)
    seen = stands @ inputs
    seen.sum_duplicates()
    return np.bincount(seen.indices, minlength=inputs.shape[1])
