"""Where the furniture of one page comes from: phrases, or a written page."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from cleaner.page import Label, Line
from cleaner.training.entries import Entry, entries_of
from cleaner.training.phrasebook import UNSPACED_LANGUAGES, Phrasebook, Texts, fill, sentences_of
from cleaner.training.samples import Sample

LEAST_WORDS, MOST_WORDS = 4, 11
"""Words of a sentence that stand for a headline."""

LONGEST_HEADLINE = 140
"""Letters of the longest line that a page may repeat as its headline."""

SIGNED, WINDOW, COPIED, CRUMBS = 0.3, 0.15, 0.08, 0.08
"""Share of pages that begin with their site's name, with the window's title, with a copy of the
headline, with the way to it."""

TITLED = re.compile(r"\{title\}")
TOPIC = re.compile(r"\{topic\}")
CRUMB = re.compile(r"\s*[>›»/→]\s*")
BARS = (" - ", " | ", " – ", " — ", " :: ", " » ", " · ", "-", "_")

BETWEEN: Mapping[str, float] = {
    "related": 5,
    "advertisement": 4,
    "newsletter": 2,
    "credit": 2,
    "read_more": 2,
    "teaser": 1,
    "share": 1,
    "alt_text": 1,
    "app": 1,
    "paywall": 1,
    "support": 1,
    "counts": 0.5,
    "comments": 0.5,
    "login": 0.3,
    "cookie": 0.3,
    "contact": 0.3,
    "save_print": 0.3,
    "tags": 0.3,
}
"""What stands between paragraphs, and how often."""

ABOVE: Sequence[tuple[str, float, int]] = (
    ("cookie", 0.08, 2),
    ("navigation", 0.25, 6),
    ("login", 0.1, 2),
    ("search", 0.1, 1),
    ("advertisement", 0.08, 1),
    ("section", 0.35, 2),
    ("date", 0.1, 1),
)
BELOW_TITLE: Sequence[tuple[str, float, int]] = (
    ("byline", 0.55, 2),
    ("date", 0.55, 2),
    ("counts", 0.3, 2),
    ("share", 0.25, 3),
    ("save_print", 0.15, 2),
    ("alt_text", 0.1, 1),
    ("credit", 0.1, 1),
    ("advertisement", 0.08, 1),
)
BELOW: Sequence[tuple[str, float, int]] = (
    ("read_more", 0.2, 1),
    ("credit", 0.12, 1),
    ("byline", 0.12, 1),
    ("disclaimer", 0.12, 1),
    ("tags", 0.35, 2),
    ("share", 0.25, 3),
    ("counts", 0.12, 2),
    ("bio", 0.22, 2),
    ("related", 0.4, 1),
    ("teaser", 0.35, 6),
    ("comments", 0.2, 3),
    ("comment_text", 0.2, 4),
    ("support", 0.15, 2),
    ("newsletter", 0.22, 3),
    ("app", 0.08, 2),
    ("pagination", 0.15, 2),
    ("advertisement", 0.15, 2),
    ("navigation", 0.2, 6),
    ("contact", 0.12, 2),
    ("cookie", 0.08, 2),
    ("language_menu", 0.05, 3),
    ("copyright", 0.3, 2),
)
"""Category, how often it stands in that place, and the most lines of it there."""

ABOUT_POST: Sequence[tuple[str, float, int]] = (
    ("date", 0.7, 1),
    ("forum", 0.6, 3),
    ("counts", 0.15, 1),
    ("alt_text", 0.15, 1),
)
BELOW_POST: Sequence[tuple[str, float, int]] = (
    ("forum", 0.3, 2),
    ("share", 0.1, 1),
    ("counts", 0.15, 1),
    ("login", 0.05, 1),
)
BELOW_THREAD = tuple(place for place in BELOW if place[0] not in ("byline", "bio", "comment_text"))


class Scene:
    """Lends the furniture of a written page, each line where it stood to the article."""

    def __init__(self, page: Sample, rng: random.Random) -> None:
        self.rng = rng
        self.groups: list[list[Entry]] = [[]]
        self.headline = ""
        for entry in entries_of(page):
            if entry.label is Label.JUNK:
                self.groups[-1].append(entry)
            elif entry.label is Label.ARTICLE:
                self.headline = self.headline or entry.line.text
                self.groups.append([])
        self.asides = [group for group in self.groups[2:-1] if group]

    def above(self, headline: str) -> list[Entry]:
        """What stands above the article; copies of the headline are copies of ``headline``."""
        if not _repeatable(headline):
            return [entry for entry in self.groups[0] if self.headline not in entry.line.text]
        return [
            replace(entry, line=Line(entry.line.text.replace(self.headline, headline), 0))
            for entry in self.groups[0]
        ]

    def below_title(self) -> list[Entry]:
        """What stands right below the article's first line."""
        return self.groups[1]

    def between(self) -> list[Entry]:
        """What stands somewhere between two lines of the article."""
        return self.rng.choice(self.asides) if self.asides else []

    def below(self) -> list[Entry]:
        """What stands below the article."""
        return self.groups[-1]

    def nothing(self) -> list[Entry]:
        """The page without its article."""
        return [entry for group in self.groups for entry in group]


class Desk:
    """Writes the furniture of one page."""

    def __init__(self, language: str, phrasebook: Phrasebook, rng: random.Random) -> None:
        self.language = language
        self.phrases: Texts = phrasebook.phrases[language]
        self.sentences = sentences_of(phrasebook.sentences, language)
        self.rng = rng

    def lines(self, places: Sequence[tuple[str, float, int]]) -> list[Entry]:
        """What stands in these places on this page."""
        return [
            entry
            for category, chance, most in places
            if self.rng.random() < chance
            for entry in self.said(category, self.rng.randint(1, most))
        ]

    def between(self) -> list[Entry]:
        """What stands between two paragraphs: a line, seldom a few of a kind."""
        category = self.rng.choices(tuple(BETWEEN), tuple(BETWEEN.values()))[0]
        return self.said(category, 1 if self.rng.random() < 0.75 else self.rng.randint(2, 3))

    def above(self, headline: str) -> list[Entry]:
        """What stands above a headline."""
        return [*self.masthead(headline), *self.lines(ABOVE), *self.copies(headline)]

    def below_title(self) -> list[Entry]:
        """What stands right below a headline."""
        return self.lines(BELOW_TITLE)

    def below(self) -> list[Entry]:
        """What stands below an article."""
        return self.lines(BELOW)

    def nothing(self) -> list[Entry]:
        """A page that holds no article: an error, a menu."""
        return [*self.lines(ABOVE), *self.said("error", 3), *self.lines(BELOW)]

    def masthead(self, headline: str) -> list[Entry]:
        """What stands on top of all: the window's title, the site's name."""
        texts = []
        if self.rng.random() < WINDOW and _repeatable(headline):
            mark = self.rng.choice(BARS)
            parts = [headline, self._filled("{site}")]
            texts.append(mark.join(parts if self.rng.random() < 0.8 else reversed(parts)))
        if self.rng.random() < SIGNED:
            texts.append(self._filled("{site}"))
        return [Entry(Line(text, 0), Label.JUNK) for text in texts]

    def copies(self, headline: str) -> list[Entry]:
        """What says the headline once more above it: the way to it, or nothing else."""
        texts = []
        ways = [text for text in self.phrases["section"] if CRUMB.search(text)]
        if self.rng.random() < CRUMBS and ways and _repeatable(headline):
            way = self.rng.choice(ways)
            texts.append(f"{way}{CRUMB.findall(way)[-1]}{headline}")
        if self.rng.random() < COPIED and _repeatable(headline):
            texts.append(headline)
        return [Entry(Line(self._filled(text), 0), Label.JUNK) for text in texts]

    def title(self) -> Entry:
        """A headline of the page's own."""
        return Entry(Line(self._filled("{title}"), 0), Label.ARTICLE)

    def post(self) -> list[Entry]:
        """A post of a thread: who wrote it and when, what it says, what can be done with it."""
        writer = Entry(Line(self._writer(), 0), Label.JUNK)
        said = [
            Entry(Line(self._remark(), 0), Label.ARTICLE) for _ in range(self.rng.randint(1, 3))
        ]
        return [writer, *self.lines(ABOUT_POST), *said, *self.lines(BELOW_POST)]

    def _writer(self) -> str:
        name = self._filled("{name}")
        if self.rng.random() < 0.5:
            return name
        return name.lower().replace(" ", self.rng.choice("_-.")) + self._filled("{n}")

    def _remark(self) -> str:
        """What somebody writes: a remark, or a sentence or three."""
        if not self.sentences or self.rng.random() < 0.5:
            return self._filled(self.rng.choice(self.phrases["comment_text"]))
        gap = "" if self.language in UNSPACED_LANGUAGES else " "
        return gap.join(self.rng.choices(self.sentences, k=self.rng.randint(1, 3)))

    def said(self, category: str, count: int) -> list[Entry]:
        """Lines of a category; below the heading of a list, what is in the list."""
        texts = self.phrases[category]
        found = self.rng.sample(texts, k=min(count, len(texts)))
        if category in ("related", "teaser") and (count > 1 or self.rng.random() < 0.5):
            headings = [text for text in texts if "{title}" not in text]
            listed = [text for text in texts if "{title}" in text] or ["{title}"]
            plain = self.rng.random() < 0.6
            found = [self.rng.choice(headings or listed)]
            for _ in range(self.rng.randint(1, max(count, 3))):
                found.append("{title}" if plain else self.rng.choice(listed))
                if self.sentences and self.rng.random() < 0.25:
                    found.append(self.rng.choice(self.sentences))
        return [Entry(Line(self._filled(text), 0), Label.JUNK) for text in found]

    def _filled(self, text: str) -> str:
        text = TITLED.sub(lambda _: self._headline(), text)
        text = TOPIC.sub(lambda _: self._topic(), text)
        return fill(text, self.language, self.rng)

    def _headline(self) -> str:
        """A written headline, or the beginning of a sentence: there are more of those."""
        if not self.sentences or self.rng.random() < 0.4:
            return self.rng.choice(self.phrases["headline"])
        sentence = self.rng.choice(self.sentences).rstrip(".。")
        words = self.rng.randint(LEAST_WORDS, MOST_WORDS)
        if self.language in UNSPACED_LANGUAGES:
            return sentence[: words * 3]
        return " ".join(sentence.split()[:words])

    def _topic(self) -> str:
        plain = [text for text in self.phrases["section"] if text.replace(" ", "").isalpha()]
        return self.rng.choice(plain or self.phrases["section"])


def _repeatable(headline: str) -> bool:
    """Whether a page's first article line can be its headline."""
    return (
        len(headline) <= LONGEST_HEADLINE and headline[-1] not in ".,;:。" and "{" not in headline
    )
