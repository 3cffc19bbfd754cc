"""A tiny collection of labelled pages, written for the tests."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cleaner import Label, Line
from cleaner.training.phrasebook import Texts
from cleaner.training.samples import Sample

PROSE = (
    "The ferry to the island will not sail this week because its engine has to be replaced.",
    "Most of the houses in the upper valley were built from the stones of the old castle.",
    "She had kept the letters in a tin box under the stairs for more than forty years.",
    "The council voted by a single vote to keep the swimming pool open until the spring.",
    "When the fog lifted, the fishermen saw that the harbour wall had lost its lamp.",
    "Nobody could say who had planted the pear trees along the road to the cemetery.",
    "The museum shows tools that were found when the canal was drained last autumn.",
    "In the evening the choir sang three songs that nobody had heard since the war.",
    "The baker explained that the oven needs two days before it is hot enough.",
    "Two engineers measured the bridge and found that it moves by a hand's width in storms.",
)
JUNK = ("Home", "Share", "Log in", "Read more", "Subscribe", "Print", "Next page", "3 comments")
SPAM = (
    "Günstige Kredite ohne Bonitätsprüfung jetzt sofort online beantragen.",
    "Jetzt anmelden und hundert Freispiele ohne Einzahlung sichern!",
    "现在注册即可领取高额彩金，名额有限，先到先得。",
    "加入我们的会员群，每天分享内部投资消息。",
)


def page(number: int) -> Sample:
    """A page of a site of its own: buttons, a broken sentence, prose, buttons, sometimes spam."""
    rng = random.Random(number)
    head, tail = rng.sample(JUNK, k=3), rng.sample(JUNK, k=3)
    first, *prose = rng.sample(PROSE, k=5)
    middle = first.index(" ", len(first) // 2)
    rows: list[tuple[str, Label, bool | None]] = [
        *((text, Label.JUNK, None) for text in head),
        (first[:middle], Label.ARTICLE, False),
        (first[middle:].strip(), Label.ARTICLE, True),
        *((text, Label.ARTICLE, False) for text in prose),
        *((text, Label.JUNK, None) for text in tail),
    ]
    if number % 2:
        rows += [(text, Label.SPAM, None) for text in rng.sample(SPAM, k=3)]
    return sample(f"tiny/{number}", rows, site=f"site-{number}.example")


def sample(
    identity: str,
    rows: Sequence[tuple[str, Label, bool | None]],
    *,
    site: str = "site.example",
    language: str = "en",
    weights: Sequence[float] | None = None,
) -> Sample:
    """A page of texts with labels and joins."""
    return Sample(
        id=identity,
        lines=tuple(Line(text, i, i % 4 == 0) for i, (text, _, _) in enumerate(rows, start=1)),
        labels=tuple(label for _, label, _ in rows),
        weights=tuple(weights or [1.0] * len(rows)),
        site=site,
        language=language,
        joins=tuple(join for *_, join in rows),
    )


PAGES = [page(number) for number in range(20)]


@dataclass(frozen=True)
class Book:
    """A phrasebook of a few texts."""

    sentences: Mapping[str, Sequence[str]]
    spam: Mapping[str, Texts] = field(default_factory=dict)
    quotes: Mapping[str, Texts] = field(default_factory=dict)
    phrases: Mapping[str, Texts] = field(default_factory=dict)
    pages: Sequence[Sample] = ()
