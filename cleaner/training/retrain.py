"""A model with a correction, tried out before it is adopted.

What is tried out is not the model that is adopted, which learns from all pages, but others that did
not see the pages they are tried on: they left out some pages, or some sites, as the new pages that
the adopted one will meet.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from cleaner.cleaner import Cleaner
from cleaner.model import Model
from cleaner.training.adapt import Lessons, adapted, corrected, lessons, with_model
from cleaner.training.compare import Match
from cleaner.training.evaluate import Labels
from cleaner.training.regression import regression_set
from cleaner.training.samples import Sample

FOLDS = 5
"""Times that a part of the pages is left out; each page is left out once."""


@dataclass(frozen=True)
class Trial:
    """A retrained model and how it did beside the one it comes from."""

    model: Model
    matches: Sequence[Match]

    @property
    def worse(self) -> list[Match]:
        """Where it is worse beyond chance."""
        return [match for match in self.matches if match.is_worse]


def retrained(cleaner: Cleaner, samples: Sequence[Sample]) -> Trial:
    """The cleaner's model with what the samples add, and what that is worth."""
    found, old = lessons(cleaner, samples), [labels_of(cleaner, sample) for sample in samples]
    pages, sites = [sample.id for sample in samples], [sample.site for sample in samples]
    matches = []
    if len(set(pages)) > 1:
        matches.append(Match("new pages", samples, old, _unseen(cleaner, found, samples, pages)))
    if 1 < len(set(sites)) < len(set(pages)):
        new = _unseen(cleaner, found, samples, sites)
        matches.append(Match("pages of a new site", samples, old, new))
    model = adapted(cleaner, samples)
    return Trial(model, [*matches, against_regression(cleaner, with_model(cleaner, model))])


def against_regression(old: Cleaner, new: Cleaner) -> Match:
    """How two models do on the written pages."""
    pages = regression_set()
    given = [[labels_of(cleaner, page) for page in pages] for cleaner in (old, new)]
    return Match("regression set", pages, *given)


def _unseen(
    cleaner: Cleaner, found: Lessons, samples: Sequence[Sample], groups: Sequence[str]
) -> list[Labels]:
    """The labels of every page by a model that learnt nothing from its group."""
    fold = folded(groups)
    labels: dict[int, Labels] = {}
    for left_out in sorted(set(fold)):
        others = found.of(page for page, number in enumerate(fold) if number != left_out)
        judge = with_model(cleaner, corrected(cleaner.model, others))
        labels |= {
            page: labels_of(judge, samples[page])
            for page, number in enumerate(fold)
            if number == left_out
        }
    return [labels[page] for page in range(len(samples))]


def folded(groups: Sequence[str]) -> list[int]:
    """The fold of every page: pages of a group together, groups dealt out by a hash of their name.

    >>> sorted(folded(["a", "b", "b", "c", "d", "e"]))
    [0, 1, 2, 2, 3, 4]
    """
    names = sorted(set(groups), key=lambda name: hashlib.sha256(name.encode()).digest())
    place = {name: number % FOLDS for number, name in enumerate(names)}
    return [place[group] for group in groups]


def labels_of(cleaner: Cleaner, sample: Sample) -> Labels:
    """The labels a cleaner gives a page's lines."""
    page = cleaner.clean_lines(sample.lines)
    return tuple(verdict.label for verdict in page.verdicts)
