"""Pages that nobody wrote, in languages that have no labelled pages.

The layout is that of a real labelled page, line by line; the words are sentences of the language
where the page had article text, and interface phrases of the language where it had junk. What a
line *is* stays true; what it *says* is new.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from cleaner.page import Label
from cleaner.training.phrasebook import UNSPACED_LANGUAGES, Phrasebook, Texts, fill, sentences_of
from cleaner.training.samples import Sample

ARTICLE_PHRASES = ("article_short", "headline", "caption")


@dataclass(frozen=True)
class Printer:
    """Prints pages of one language over the layouts of real pages."""

    language: str
    phrases: Texts
    sentences: Sequence[str]

    def page(self, layout: Sample, number: int) -> Sample:
        """The layout's page with every line said anew; always the same for the same arguments."""
        rng = random.Random(f"{self.language}/{layout.id}/{number}")  # noqa: S311
        junk = [
            fill(text, self.language, rng).replace("{title}", rng.choice(self.phrases["headline"]))
            for name, texts in self.phrases.items()
            if name not in ARTICLE_PHRASES
            for text in rng.sample(texts, k=min(len(texts), rng.randint(2, 8)))
        ]
        short = [fill(text, self.language, rng) for text in self.phrases["article_short"]]
        titles = [fill(text, self.language, rng) for text in self.phrases["headline"]]
        lines = []
        said: dict[str, str] = {}
        for line, label in zip(layout.lines, layout.labels, strict=True):
            if line.text not in said:
                if label is Label.ARTICLE:
                    said[line.text] = self._article(line.text, short, titles, rng)
                else:
                    said[line.text] = self._junk(line.text, junk, rng)
            lines.append(replace(line, text=said[line.text]))
        return replace(
            layout,
            id=f"made-up/{self.language}/{number}",
            site=f"made-up/{self.language}/{number}",
            lines=tuple(lines),
            language=self.language,
            rendering="made-up",
            title=said.get(layout.title, ""),
            joins=(),
            gold="\n".join(
                line.text
                for line, label in zip(lines, layout.labels, strict=True)
                if label is Label.ARTICLE
            ),
        )

    def _article(
        self, old: str, short: Sequence[str], titles: Sequence[str], rng: random.Random
    ) -> str:
        """Article text about as long as ``old``; a short piece where that was short."""
        wanted = len(old) / (2.5 if self.language in UNSPACED_LANGUAGES else 1)
        closed = old[-1] in '.!?…。！？"”»'
        if wanted < 40 and not closed:
            return rng.choice(short)
        if wanted < 110 and not closed:
            return rng.choice(titles)
        text = rng.choice(self.sentences)
        while len(text) < wanted * 0.8:
            text += ("" if self.language in UNSPACED_LANGUAGES else " ") + rng.choice(
                self.sentences
            )
        return text

    def _junk(self, old: str, junk: Sequence[str], rng: random.Random) -> str:
        """The best in length of a few phrases drawn at random."""
        wanted = len(old) / (2.0 if self.language in UNSPACED_LANGUAGES else 1)
        if not any(character.isalpha() for character in old):
            return old
        drawn = rng.sample(junk, k=min(12, len(junk)))
        return min(drawn, key=lambda text: abs(len(text) - wanted))


def made_up(phrasebook: Phrasebook, layouts: Sequence[Sample], pages: int) -> Iterator[Sample]:
    """``pages`` pages in every language that has both phrases and sentences."""
    for language, phrases in phrasebook.phrases.items():
        sentences = sentences_of(phrasebook.sentences, language)
        if not sentences or language == "en":
            continue
        printer = Printer(language, phrases, sentences)
        rng = random.Random(language)  # noqa: S311
        for number, layout in enumerate(rng.sample(layouts, k=min(pages, len(layouts)))):
            yield printer.page(layout, number)
