"""A few lines of a page as a page of their own: what people paste, and what feeds cut off.

Facts of the lines around say less where there are few. A model that has seen whole pages only takes
the menu of a page of ten lines for its text.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

from cleaner.page import Label
from cleaner.training.samples import Sample

RENDERING = "excerpt"

SHARE = 0.4
"""Of pages that an excerpt is taken of."""

LINES = (5, 24)
"""Lines of an excerpt, fewest and most."""

TRIES = 8
"""Places looked at for one that holds both article and junk."""


def excerpts(samples: Sequence[Sample], seed: int = 0) -> Iterator[Sample]:
    """Excerpts of some of the articles, each with lines of the article and lines of junk."""
    for sample in samples:
        if sample.kind != "article":
            continue
        rng = random.Random(f"{seed} {sample.id} {sample.rendering}")  # noqa: S311
        if rng.random() < SHARE and (found := _excerpt(sample, rng)):
            yield found


def _excerpt(sample: Sample, rng: random.Random) -> Sample | None:
    for _ in range(TRIES):
        size = rng.randint(*LINES)
        begin = rng.randint(0, max(len(sample.lines) - size, 0))
        inside = slice(begin, begin + size)
        if {Label.ARTICLE, Label.JUNK} <= set(sample.labels[inside]):
            return replace(
                sample,
                id=f"{sample.id}/excerpt",
                lines=sample.lines[inside],
                labels=sample.labels[inside],
                weights=sample.weights[inside],
                joins=(None, *sample.joins[inside][1:]) if sample.joins else (),
                gold="",
                rendering=RENDERING,
            )
    return None
