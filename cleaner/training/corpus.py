"""Labelled pages as arrays: what the fit reads."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, vstack

from cleaner.characters import Floats, Ints
from cleaner.features import TOKEN_BUCKETS, Batch, Columns, StopWords, own_facts, tokens
from cleaner.language import Languages, evidence
from cleaner.page import Label
from cleaner.training.samples import Sample
from cleaner.windows import Windows

LABELS = (Label.JUNK, Label.ARTICLE, Label.SPAM)
"""The order of labels in arrays: 0, 1, 2."""

CHUNK = 64
"""Documents turned into arrays at a time."""


@dataclass(frozen=True)
class Corpus:
    """Documents laid end to end, as arrays with one row a line (``sample_*``: a document)."""

    windows: Windows
    tokens: csr_matrix
    """Hashed tokens, shape (lines, buckets)."""
    own: Columns
    language: Columns
    labels: npt.NDArray[np.int8]
    """Index into ``LABELS``."""
    weights: Floats
    joins: npt.NDArray[np.int8]
    """Whether the line goes on with the paragraph of the line before: 1, 0, or -1 for unknown."""
    site: Ints
    """Which site a line is from, numbered in order of appearance."""
    samples: Sequence[Sample]

    def __len__(self) -> int:
        """The number of lines."""
        return len(self.labels)


def build(samples: Iterable[Sample], languages: Languages, stop_words: StopWords) -> Corpus:
    """The corpus of these pages, in order."""
    parts = []
    kept: list[Sample] = []
    for chunk in _chunks(samples, CHUNK):
        kept += chunk
        parts.append(_arrays(chunk, languages, stop_words))
    numbers: dict[str, int] = {}
    site = [numbers.setdefault(sample.site, len(numbers)) for sample in kept]
    sizes = [len(sample.lines) for sample in kept]
    return Corpus(
        windows=Windows(sizes),
        tokens=vstack([part[0] for part in parts], format="csr"),
        own=_joined([part[1] for part in parts]),
        language=_joined([part[2] for part in parts]),
        labels=np.array([LABELS.index(x) for s in kept for x in s.labels], np.int8),
        weights=np.array([weight for s in kept for weight in s.weights], np.float32),
        joins=np.concatenate([_joins(sample) for sample in kept]),
        site=np.repeat(np.array(site, np.int64), sizes),
        samples=kept,
    )


def token_matrix(batch: Batch) -> csr_matrix:
    """The tokens of a batch as a sparse matrix, shape (lines, buckets)."""
    found = tokens(batch)
    ones = np.ones(len(found.line), np.float32)
    return csr_matrix((ones, (found.line, found.bucket)), shape=(len(batch), TOKEN_BUCKETS))


def _arrays(
    samples: Sequence[Sample], languages: Languages, stop_words: StopWords
) -> tuple[csr_matrix, Columns, Columns]:
    batch = Batch.of([sample.lines for sample in samples])
    language = evidence(languages, batch.characters, batch.windows.first)
    own = own_facts(batch, stop_words, language.document, language.best)
    return token_matrix(batch), own, language.columns


def _joins(sample: Sample) -> npt.NDArray[np.int8]:
    if not sample.joins:
        return np.full(len(sample.lines), -1, np.int8)
    return np.array([-1 if join is None else join for join in sample.joins], np.int8)


def _joined(parts: Sequence[Columns]) -> Columns:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _chunks(samples: Iterable[Sample], size: int) -> Iterator[list[Sample]]:
    iterator = iter(samples)
    while chunk := list(islice(iterator, size)):
        yield chunk


def folds(sites: Sequence[str], count: int) -> Ints:
    """The fold of each site by a hash of its name: the same in every run and on every machine.

    >>> folds(["example.org", "example.net", "example.org"], 5).tolist()
    [2, 0, 2]
    """
    digests = (hashlib.sha256(site.encode()).digest() for site in sites)
    return np.array([int.from_bytes(digest[:8]) % count for digest in digests], np.int64)
