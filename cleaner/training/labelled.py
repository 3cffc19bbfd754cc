"""All labelled pages that a command was given, held against each other.

What contradicts itself is an error. What merely cannot teach is left out, and every such thing is
named: nobody should believe that a correction was learnt which was not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from cleaner.errors import SampleError
from cleaner.page import Label
from cleaner.training.align import tokens
from cleaner.training.samples import Finding, Sample, findings

Key = tuple[object, ...]

NAMED = 5
"""Places that an error names."""


@dataclass(frozen=True)
class Labelled:
    """The pages, each once, and what was left out."""

    samples: Sequence[Sample]
    places: Sequence[str]
    """Where each page stands."""
    notes: Sequence[str]
    """What teaches nothing, each with its place and the reason."""


def collect(paths: Iterable[Path]) -> Labelled:
    """The labelled pages of files and folders.

    A page that comes several times is taken once, with the labels of all. Raises ``SampleError``
    where they contradict each other, where something cannot be read, and where nothing is left.
    """
    pages: dict[Key, Sample] = {}
    places: dict[Key, str] = {}
    said: dict[Key, tuple[Label, str]] = {}
    notes = list[str]()
    for found in chain.from_iterable(findings(path) for path in paths):
        notes += _notes(found)
        if found.sample and any(found.sample.weights):
            _check_agreement(found.sample, found.where, said)
            key = (found.sample.id, *((line.number, line.text) for line in found.sample.lines))
            pages[key] = _merged(pages[key], found.sample) if key in pages else found.sample
            places.setdefault(key, found.where)
    if not pages:
        message = f"nothing is labelled: {'; '.join(notes)}"
        raise SampleError(message)
    return Labelled(list(pages.values()), list(places.values()), notes)


def _notes(found: Finding) -> Iterator[str]:
    if found.note:
        yield f"{found.where}: {found.note}"
    if (sample := found.sample) is None:
        return
    if not any(sample.weights):
        yield f"{found.where}: page {sample.id!r} is left out: every line of it has weight 0"
    elif not any(tokens(line.text) for line in sample.lines):
        yield f"{found.where}: page {sample.id!r} holds no words and teaches next to nothing"


def _check_agreement(sample: Sample, where: str, said: dict[Key, tuple[Label, str]]) -> None:
    """Raise ``SampleError`` where a line of the page came before with another label."""
    for line, label, weight in zip(sample.lines, sample.labels, sample.weights, strict=True):
        if not weight:
            continue
        before, place = said.setdefault((sample.id, line.number, line.text), (label, where))
        if before is not label:
            message = (
                f"{where}: line {line.number} of page {sample.id!r} ({line.text[:40]!r}) is "
                f"labelled {label}, but {before} at {place}; keep one of the two, or give the "
                "pages different ids"
            )
            raise SampleError(message)


def _merged(known: Sample, other: Sample) -> Sample:
    """One page that was labelled twice; a label of weight 0 is none."""
    pairs = [
        max(both, key=lambda pair: pair[1])
        for both in zip(
            zip(known.labels, known.weights, strict=True),
            zip(other.labels, other.weights, strict=True),
            strict=True,
        )
    ]
    labels, weights = zip(*pairs, strict=True)
    return replace(known, labels=labels, weights=weights)


def check_kinds(pages: Labelled) -> None:
    """Raise ``SampleError`` unless there are article lines and others to tell apart."""
    found = {
        label
        for sample in pages.samples
        for label, weight in zip(sample.labels, sample.weights, strict=True)
        if weight
    }
    if Label.ARTICLE not in found or len(found) == 1:
        where = ", ".join(pages.places[:NAMED]) + (", ..." if len(pages.places) > NAMED else "")
        message = (
            f"{where}: only {' and '.join(sorted(found))} is labelled; a model needs article lines "
            "and others to tell apart (in a review, mark whole pages as done)"
        )
        raise SampleError(message)
