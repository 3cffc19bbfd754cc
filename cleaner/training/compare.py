"""Two models on the same pages: which is better, whether by chance, and where they differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from cleaner.characters import Floats
from cleaner.page import Label
from cleaner.training.evaluate import Labels, word_f1
from cleaner.training.samples import Sample

RESAMPLES = 2000
CONFIDENCE = 0.95

NEGLIGIBLE = 0.001
"""Loss of mean word-F1 that is passed over: one word in a thousand."""

SHOWN = 100
"""Characters of a line that are shown."""


@dataclass(frozen=True)
class Match:
    """The labels that two models give the same pages."""

    name: str
    samples: Sequence[Sample]
    old: Sequence[Labels]
    new: Sequence[Labels]

    @cached_property
    def scores(self) -> tuple[Floats, Floats]:
        """The word-F1 of every page by the old and by the new model."""
        old, new = (
            np.array([page_f1(*pair) for pair in zip(self.samples, given, strict=True)], np.float32)
            for given in (self.old, self.new)
        )
        return old, new

    @cached_property
    def gain(self) -> tuple[float, float, float]:
        """The mean gain in word-F1, and the ends of its 95 % interval.

        Paired bootstrap over pages: the pages are drawn anew, with both their scores.
        """
        old, new = self.scores
        return bootstrapped(new - old)

    @property
    def is_worse(self) -> bool:
        """Whether the new model is worse by more than chance explains."""
        return self.gain[2] < -NEGLIGIBLE

    def wrong(self, given: Sequence[Labels]) -> tuple[int, int]:
        """Article lines that are lost, and others that are kept, of the lines that count."""
        lost = kept = 0
        for sample, labels in zip(self.samples, given, strict=True):
            for true, label, weight in zip(sample.labels, labels, sample.weights, strict=True):
                article = true is Label.ARTICLE
                if weight and article is not (label is Label.ARTICLE):
                    lost, kept = lost + article, kept + (not article)
        return lost, kept


def page_f1(sample: Sample, given: Labels) -> float:
    """Word-F1 of a page; where only some of its lines were labelled, of those alone."""
    if all(sample.weights) or sample.gold:
        return word_f1(sample, given)
    counted = [i for i, weight in enumerate(sample.weights) if weight]
    part = replace(
        sample,
        lines=tuple(sample.lines[i] for i in counted),
        labels=tuple(sample.labels[i] for i in counted),
        weights=tuple(sample.weights[i] for i in counted),
        joins=(),
    )
    return word_f1(part, tuple(given[i] for i in counted))


def bootstrapped(differences: Floats) -> tuple[float, float, float]:
    """The mean of paired differences, and the ends of its interval; the same in every run.

    >>> bootstrapped(np.full(8, 0.5))
    (0.5, 0.5, 0.5)
    """
    rng = np.random.default_rng(0)
    drawn = rng.integers(len(differences), size=(RESAMPLES, len(differences)))
    means = differences[drawn].mean(axis=1)
    low, high = np.quantile(means, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return float(differences.mean()), float(low), float(high)


def side_by_side(matches: Sequence[Match], old: str = "old", new: str = "new") -> str:
    """The scores of both models as a Markdown table."""
    lines = [
        f"| pages | number | word-F1 {old} | {new} | gain, 95 % interval "
        f"| article lines lost {old} | {new} | other lines kept {old} | {new} |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for match in matches:
        gain, low, high = match.gain
        (lost, kept), (lost_now, kept_now) = match.wrong(match.old), match.wrong(match.new)
        before, after = (scores.mean() for scores in match.scores)
        lines.append(
            f"| {match.name} | {len(match.samples)} | {before:.4f} | {after:.4f} "
            f"| {gain:+.4f}, {low:+.4f} to {high:+.4f} "
            f"| {lost} | {lost_now} | {kept} | {kept_now} |"
        )
    return "\n".join(lines)


def differences(match: Match) -> Iterator[str]:
    """The lines on which the models differ, a page's together.

    ``+`` the new model is right, ``-`` the old one was, ``~`` neither, ``?`` nobody knows.
    """
    for sample, old, new in zip(match.samples, match.old, match.new, strict=True):
        for line, true, weight, before, after in zip(
            sample.lines, sample.labels, sample.weights, old, new, strict=True
        ):
            if before is after:
                continue
            mark = "?" if not weight else "+" if after is true else "-" if before is true else "~"
            text = line.text if len(line.text) <= SHOWN else line.text[: SHOWN - 1] + "…"
            yield f"{mark} {sample.id}:{line.number} {before} -> {after}: {text}"
