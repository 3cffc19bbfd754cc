"""Labelled pages with foreign lines put into them: spam, and foreign text that must stay.

Real scraped pages with labelled spam do not exist in number, so spam is put where scrapers have
been seen to leave it: runs behind the article, before it, in the middle, at several places, single
lines between paragraphs, sometimes more spam than article. Quotations, titles and bibliographies in
foreign languages go in as article lines, so that being foreign alone never decides.

Every line is checked: a line that the language table does not find foreign to its host is noise as
spam (unchecked, 19 % were) and is left out where it would stand alone.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from cleaner.characters import NO_SCRIPT, Characters
from cleaner.language import Languages
from cleaner.page import Label, Line
from cleaner.training.entries import Entry, entries_of, with_entries
from cleaner.training.phrasebook import Phrasebook, Texts, fill
from cleaner.training.samples import Sample

UNSURE = 0.25
"""Weight of a spam label whose line could be in its host's language but stands in a run of spam."""

SPAM_SHARE = 0.55
"""Share of pages that get spam."""

QUOTE_SHARE = 0.28
"""Share of pages that get foreign lines that belong to the article."""

LETTERLESS = ("-", "·", "***", "2024-10-31", "10:45", "1.92%", "|", "12/05", "——", "(3)", "1", "►")

SHORT = 40
"""Lines up to which a page is short; in those spam outweighs the article more often than in pages
that have menus."""

SENTENCES, FLOOD_SENTENCES = 0.25, 0.05
"""Share of a language's spam lines that are sentences of it, where it has written spam. Few in a
flood: prose that outweighs the article cannot be told from an article."""

INSIDE = 0.5
"""Share of lone spam lines that stand between two article lines, where quotations stand too."""

MIXED = (0.7, 0.2, 0.1)
"""How often spam is of one language, of two or three, of four to six."""

SORTED = 0.5
"""How often the lines of several languages stand in the order of their languages."""

SCATTERED = 0.25
"""How often a run is torn into up to three, at different places. A model that reads the lines
around learns from pages with one run each that there is only one: all else on a page of several
was spam to it."""

LONGEST_RUN = 25
"""Lines of the longest run of spam that is no flood; at most half of the page's own lines."""

_FLOODS = ("flood", "flood", "flood start", "flood around")
_PLACES = (
    "end",
    "end",
    "end",
    "start",
    "start",
    "middle",
    "single",
    "single",
    "flood",
    "flood start",
)


class Foreigner:
    """Puts foreign lines into samples, always the same ones for the same sample."""

    def __init__(
        self, phrasebook: Phrasebook, languages: Languages, spared: frozenset[str]
    ) -> None:
        """``spared`` names languages whose spam is never used, so that they can be measured on."""
        self.phrasebook = phrasebook
        self.languages = languages
        self.guests = sorted((set(phrasebook.spam) | set(phrasebook.sentences)) - spared)

    def visit(self, sample: Sample) -> Sample:
        """The sample with foreign lines in it, or as it was: its id and rendering decide.

        A page that has spam of its own stays as it is.
        """
        rng = random.Random(f"{sample.id}/{sample.rendering}")  # noqa: S311
        entries = entries_of(sample)
        host = sample.language or "en"
        if Label.SPAM in sample.labels:
            return sample
        if rng.random() < QUOTE_SHARE:
            entries = self._quoted(entries, host, rng)
        if rng.random() < SPAM_SHARE:
            entries = self._spammed(entries, host, rng)
        return with_entries(sample, entries)

    def _spammed(self, entries: list[Entry], host: str, rng: random.Random) -> list[Entry]:
        short = len(entries) <= SHORT
        place = rng.choice(_PLACES + 2 * _FLOODS if short else _PLACES)
        flood = place in _FLOODS
        count = rng.choices((1, rng.randint(2, 3), rng.randint(4, 6)), MIXED)[0]
        guests = [self._guest(host, rng, flood=flood) for _ in range(count)]
        if place == "single":
            for _ in range(rng.randint(1, 5)):
                inside = _inside_article(entries) if rng.random() < INSIDE else []
                at = rng.choice(inside or range(len(entries) + 1))
                entries[at:at] = self._lines(1, guests, host, rng)
            return entries
        most = min(LONGEST_RUN, max(len(entries) // 2, 1))
        size = rng.randint(min(2, most), most)
        if flood:
            share = rng.uniform(0.7, 3.2 if short else 1.6)
            size = min(150, int(len(entries) * share) + rng.randint(3, 15))
        prose = FLOOD_SENTENCES if flood else SENTENCES
        run = self._lines(size, guests, host, rng, prose)
        places = {
            "start": [0],
            "flood start": [0],
            "flood around": [0, len(entries)],
            "middle": [rng.randint(0, len(entries))],
            "end": [len(entries)],
            "flood": [len(entries)],
        }[place]
        if place == "end" and rng.random() < 0.4:
            places = [_behind_article(entries)]
        if rng.random() < SCATTERED:
            places += rng.choices((0, rng.randint(0, len(entries)), len(entries)), k=2)
        cuts = sorted(rng.randint(0, len(run)) for _ in places[1:])
        bounds = list(pairwise([0, *cuts, len(run)]))
        # From the last place to the first, so that the places before stay where they are.
        for at, (begin, end) in zip(sorted(places, reverse=True), reversed(bounds), strict=True):
            entries[at:at] = run[begin:end]
        return entries

    def _guest(self, host: str, rng: random.Random, *, flood: bool) -> str:
        """A language that its host would notice: often, in floods always, one with written spam."""
        guests = [name for name in self.guests if not self._akin(name, host)] or self.guests
        written = [name for name in guests if name in self.phrasebook.spam]
        return rng.choice(written if written and (flood or rng.random() < 0.7) else guests)

    def _akin(self, one: str, other: str) -> bool:
        names = self.languages.names
        if one == other or one[:2] == other[:2]:
            return True
        if one not in names or other not in names:
            return False
        return bool(self.languages.near[names.index(one), names.index(other)])

    def _lines(
        self,
        count: int,
        guests: Sequence[str],
        host: str,
        rng: random.Random,
        prose: float = SENTENCES,
    ) -> list[Entry]:
        """``count`` spam lines with the odd letterless line between; alone, only sure ones.

        ``prose`` is the share of them that are sentences of a language that has written spam.
        """
        alone = count == 1
        separator = rng.choice(LETTERLESS[:3]) if rng.random() < 0.25 else None
        texts: list[tuple[str, Label]] = []
        in_order = rng.random() < SORTED
        while len(texts) < count:
            guest = guests[len(texts) * len(guests) // count] if in_order else rng.choice(guests)
            texts.append((self._spam_text(guest, prose, rng), Label.SPAM))
            if alone:
                break
            if separator is not None:
                texts.append((separator, Label.JUNK))
            elif rng.random() < 0.06:
                texts.append((rng.choice(LETTERLESS), Label.SPAM))
        sure = self._foreign([text for text, _ in texts], host)
        blank = rng.random() < 0.3
        return [
            Entry(
                Line(text, 0, blank_before=blank),
                label,
                1.0 if known or label is Label.JUNK else UNSURE,
                join=False,
            )
            for (text, label), known in zip(texts, sure, strict=True)
            if known or not alone
        ]

    def _spam_text(self, guest: str, prose: float, rng: random.Random) -> str:
        written = self.phrasebook.spam.get(guest)
        sentences = self.phrasebook.sentences.get(guest, ())
        if written and (not sentences or rng.random() >= prose):
            return fill(_any(written, rng), guest, rng)
        text = rng.choice(sentences)
        if rng.random() < 0.35:
            words = text.split()
            text = (
                " ".join(words[: rng.randint(1, 8)])
                if len(words) > 2
                else text[: rng.randint(4, 20)]
            )
        return text + rng.choice(("", "", "", "...", " »", " […]"))

    def _foreign(self, texts: Sequence[str], host: str) -> list[bool]:
        """Whether each text is plainly foreign: by script, or by three words and the table."""
        characters = Characters(texts)
        scores, _ = self.languages.scores(characters)
        counts = characters.script_counts.copy()
        counts[:, NO_SCRIPT] = 0
        letters = counts.sum(axis=1)
        words = characters.word_counts
        if host not in self.languages.names:
            return [bool(n >= 3) for n in letters]
        home = self.languages.names.index(host)
        alien = (counts * self.languages.alien[:, home]).sum(axis=1)
        akin = self.languages.near[home, scores.argmax(axis=1)]
        return [
            bool(x)
            for x in (alien * 3 >= np.maximum(letters, 3)) | ((words >= 3) & (letters >= 6) & ~akin)
        ]

    def _quoted(self, entries: list[Entry], host: str, rng: random.Random) -> list[Entry]:
        """Foreign quotations, titles or a bibliography among the article's own lines."""
        inside = _inside_article(entries)
        guests = [g for g in self.phrasebook.quotes if not self._akin(g, host)]
        if not inside or not guests:
            return entries
        guest = rng.choice(guests)
        texts = self.phrasebook.quotes[guest]
        if rng.random() < 0.15 and "bibliography" in texts:
            at = _behind_article(entries)
            chosen = [rng.choice(texts["bibliography"]) for _ in range(rng.randint(2, 6))]
        else:
            at = rng.choice(inside)
            chosen = [_any({k: v for k, v in texts.items() if k != "bibliography"}, rng)]
            if rng.random() < 0.3:
                chosen.append(_any(texts, rng))
        marks = rng.choice((("", ""), ("“", "”"), ("«", "»"), ('"', '"'), ("„", "“")))
        new = [
            Entry(
                Line(marks[0] + fill(text, guest, rng) + marks[1], 0),
                Label.ARTICLE,
                1.0,
                join=False,
            )
            for text in chosen
        ]
        entries[at:at] = new
        return entries


def _any(texts: Texts, rng: random.Random) -> str:
    return rng.choice(texts[rng.choice(sorted(name for name in texts if texts[name]))])


def _inside_article(entries: Sequence[Entry]) -> list[int]:
    """Where an article line follows another."""
    return [
        i
        for i in range(1, len(entries))
        if entries[i - 1].label is entries[i].label is Label.ARTICLE
    ]


def _behind_article(entries: Sequence[Entry]) -> int:
    """Where the last article line ends."""
    return max(
        (i + 1 for i, entry in enumerate(entries) if entry.label is Label.ARTICLE), default=0
    )
