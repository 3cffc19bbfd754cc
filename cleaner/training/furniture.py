"""Articles of labelled pages with written page furniture around them and between their paragraphs.

Real pages teach what furniture looks like in its own place: menus on top, teasers below. Text that
was scraped once already has lost most of those places: a byline, eight paragraphs with an
advertisement marker and a read-also line between them, tags. Where all lines around are prose, a
model that knows pages only takes such lines for prose too. So the articles of real and made-up
pages are printed again, shorter, with phrases of their language where sites put them, or with
nothing but themselves, so that spam can outweigh them; others get the furniture of a written page
in their language, each line where it stood. Forum threads are made up altogether: the labelled ones
are English.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import pairwise

from cleaner.page import Label
from cleaner.training.desks import BELOW_THREAD, Desk, Scene
from cleaner.training.entries import Entry, entries_of, with_entries
from cleaner.training.phrasebook import Phrasebook
from cleaner.training.samples import Sample

RENDERING = "furnished"

FEWEST = 3
"""Article lines of a page that is worth printing."""

BORROWED = 0.5
"""Share of pages that have the furniture of a written page, where their language has any."""

BARE = 0.2
"""Share of pages that get no furniture."""

EMPTY = 0.04
"""Share of pages that lose their article: error pages and menus."""

WHOLE = 0.25
"""Share of articles that are printed in full."""

GAPS = (0.0, 0.04, 0.1, 0.2)
"""How often furniture stands between two lines of an article; each page has one of these."""

THREADS = 6
"""Forum threads in every language."""


class Furnisher:
    """Prints articles anew, always the same for the same sample."""

    def __init__(self, phrasebook: Phrasebook) -> None:
        self.phrasebook = phrasebook

    def pages(self, samples: Sequence[Sample]) -> Iterator[Sample]:
        """One more page of every article whose language has phrases: of one of its renderings."""
        ways: dict[str, list[Sample]] = {}
        for sample in samples:
            if sample.kind == "article" and sample.language in self.phrasebook.phrases:
                ways.setdefault(sample.id.removesuffix(f":{sample.rendering}"), []).append(sample)
        for identity, found in ways.items():
            rng = random.Random(f"furnished/{identity}")  # noqa: S311
            chosen = rng.choice(found)
            entries = [
                entry
                for entry in entries_of(chosen)
                if entry.label is Label.ARTICLE and entry.weight > 0
            ]
            if len(entries) >= FEWEST:
                yield self._page(chosen, entries, rng)

    def threads(self) -> Iterator[Sample]:
        """Forum threads: a question, and posts between what a forum says of their writers."""
        for language in self.phrasebook.phrases:
            for number in range(THREADS):
                rng = random.Random(f"thread/{language}/{number}")  # noqa: S311
                desk = Desk(language, self.phrasebook, rng)
                posts = [entry for _ in range(rng.randint(2, 7)) for entry in desk.post()]
                title = desk.title()
                top = desk.above(title.line.text)
                entries = [*top, title, *posts, *desk.lines(BELOW_THREAD)]
                name = f"made-up/{language}/thread/{number}"
                empty = Sample(name, (), (), (), name, language, "forum", RENDERING, (False,))
                yield with_entries(empty, entries)

    def _page(self, sample: Sample, article: list[Entry], rng: random.Random) -> Sample:
        desk = self._desk(sample.language or "en", rng)
        if rng.random() > WHOLE:
            article = article[: round(FEWEST * 8 ** rng.random())]
        joined = [_follows(one, other) for one, other in pairwise(article)]
        article = [
            replace(entry, join=entry.join if follows else False)
            for entry, follows in zip(article, (False, *joined), strict=True)
        ]
        fate = rng.random()
        if fate < EMPTY:
            entries = desk.nothing()
        elif fate < EMPTY + BARE:
            entries = article
        else:
            gap = rng.choice(GAPS)
            entries = [*desk.above(article[0].line.text), article[0]]
            next_to_come = desk.below_title()
            for entry in article[1:]:
                if not entry.join:
                    entries += next_to_come
                    next_to_come = desk.between() if rng.random() < gap else []
                entries.append(entry)
            entries += desk.below()
        blank = rng.random() < 0.5
        entries = [
            replace(entry, line=replace(entry.line, blank_before=blank and not entry.join))
            for entry in entries or article
        ]
        return replace(
            with_entries(sample, entries),
            id=f"{sample.id}/{RENDERING}",
            gold="",
            rendering=RENDERING,
        )

    def _desk(self, language: str, rng: random.Random) -> Desk | Scene:
        """Where the furniture of a page comes from: a written page, or phrases."""
        scenes = self._scenes.get(language, ())
        if scenes and rng.random() < BORROWED:
            return Scene(rng.choice(scenes), rng)
        return Desk(language, self.phrasebook, rng)

    @cached_property
    def _scenes(self) -> Mapping[str, Sequence[Sample]]:
        """The written articles of every language."""
        found: dict[str, list[Sample]] = {}
        for page in self.phrasebook.pages:
            if page.kind == "article" and Label.ARTICLE in page.labels:
                found.setdefault(page.language or "en", []).append(page)
        return found


def _follows(one: Entry, other: Entry) -> bool:
    return other.line.number == one.line.number + 1
