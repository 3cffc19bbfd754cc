"""A sample taken apart into its lines, each with all that belongs to it, and put together again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cleaner.page import Label, Line
from cleaner.training.samples import Sample


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a sample with all that belongs to it."""

    line: Line
    label: Label
    weight: float = 1.0
    join: bool | None = False


def entries_of(sample: Sample) -> list[Entry]:
    """The lines of a sample, in order."""
    joins = sample.joins or (None,) * len(sample.lines)
    return [
        Entry(*entry)
        for entry in zip(sample.lines, sample.labels, sample.weights, joins, strict=True)
    ]


def with_entries(sample: Sample, entries: Sequence[Entry]) -> Sample:
    """The sample with these lines instead of its own, numbered anew."""
    return replace(
        sample,
        lines=tuple(replace(entry.line, number=i) for i, entry in enumerate(entries, start=1)),
        labels=tuple(entry.label for entry in entries),
        weights=tuple(entry.weight for entry in entries),
        joins=tuple(entry.join for entry in entries) if sample.joins else (),
    )
