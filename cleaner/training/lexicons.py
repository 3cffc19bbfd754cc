"""What formulas and slogans weigh, counted.

Whoever is to learn how far a weight can be trusted must not see it with its own page counted in:
every weight that training reads is counted without the line's own site, or its own text.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cleaner.characters import Bools, Characters, Floats, Ints
from cleaner.lexicon import Lexicon, Stretches, places, slogan_columns, slogan_words, upper
from cleaner.training.phrasebook import Phrasebook, fill, sentences_of

LEAST_SITES = 4
"""Sites that must have printed a formula."""

LEAST_WEIGHT = 0.5
"""Nats below which a formula is not worth its place."""

LEAST_SLOGAN = 1.0
"""Nats below which a word is not worth its place."""

LEAST_TEXTS = 2
"""Texts that must hold a slogan's word."""

SENTENCES_A_SLOGAN = 4
"""Sentences counted against each text of spam, in every language alike: else a language with much
spam in the phrasebook would be spam itself."""


@dataclass(frozen=True)
class Written:
    """Phrases that count as if sites had printed them; one entry a line."""

    texts: Sequence[str]
    article: Sequence[bool]
    sites: Sequence[str]

    @classmethod
    def of(cls, phrasebook: Phrasebook) -> Written:
        """All interface phrases and short article lines, on as many sites as make a formula.

        Their blanks are filled anew on each, so that what they hold is none. Headlines and
        captions stand in lists of others as often as at home.
        """
        rows = [
            (fill(text, language, random.Random(f"{text}/{number}")), category, number)  # noqa: S311
            for language, texts in phrasebook.phrases.items()
            for category, group in texts.items()
            if category not in ("headline", "caption")
            for text in group
            for number in range(LEAST_SITES)
        ]
        return cls(
            [text.replace("{title}", "x" * (number + 1)) for text, _, number in rows],
            [category == "article_short" for _, category, _ in rows],
            [f"phrasebook/{number}" for _, _, number in rows],
        )


@dataclass(frozen=True)
class FormulaCounts:
    """On how many sites every formula was article text, and on how many it stood at all."""

    formulas: npt.NDArray[np.uint32]
    article: Floats
    sites: Floats
    pairs: Ints
    """Formula and site, as one number; in order."""
    share: Floats
    """For each pair, the share of the formula's lines there that were article text."""
    names: Mapping[str, int]
    """The number of every site."""

    @classmethod
    def of(
        cls, found: Stretches, article: Bools, counted: Bools, sites: Sequence[str]
    ) -> FormulaCounts:
        """Counts over lines; ``article``, ``counted`` and ``sites`` have one entry a line."""
        names: dict[str, int] = {}
        number = np.array([names.setdefault(site, len(names)) for site in sites], np.int64)
        used = counted[found.line]
        line = found.line[used]
        formulas, which = np.unique(upper(found.hash[used]), return_inverse=True)
        pairs, where, count = np.unique(
            which * len(names) + number[line], return_inverse=True, return_counts=True
        )
        share = np.bincount(where, weights=article[line], minlength=len(pairs)) / count
        of = pairs // len(names)
        return cls(
            formulas,
            np.bincount(of, weights=share, minlength=len(formulas)).astype(np.float32),
            np.bincount(of, minlength=len(formulas)).astype(np.float32),
            pairs,
            share.astype(np.float32),
            names,
        )

    def lexicon(self) -> Lexicon:
        """The formulas that a model keeps."""
        weights = _weights(self.article, self.sites)
        weights[np.abs(weights) < LEAST_WEIGHT] = 0
        return Lexicon.of(self.formulas, weights)

    def unseen(self, found: Stretches, sites: Sequence[str]) -> Floats:
        """The weight of every stretch as sites other than its own tell it."""
        number = np.array([self.names.get(site, -1) for site in sites], np.int64)[found.line]
        which, known = places(self.formulas, upper(found.hash))
        place, seen = places(self.pairs, which * len(self.names) + number)
        own = known & (number >= 0) & seen
        article = self.article[which] - np.where(own, self.share[place], 0)
        weights = _weights(article, self.sites[which] - own)
        weights[~known | (np.abs(weights) < LEAST_WEIGHT)] = 0
        return weights


def _weights(article: Floats, sites: Floats) -> Floats:
    """Nats towards article text; 0 where too few sites tell."""
    weights = np.log((article + 0.5) / (sites - article + 0.5))
    return np.where(sites >= LEAST_SITES, weights, 0).astype(np.float32)


@dataclass(frozen=True)
class Slogans:
    """The words of spam: as a model keeps them, and counted without the text that is read."""

    lexicon: Lexicon
    without_spam: Lexicon
    """Each word counted in one text of spam less."""
    without_other: Lexicon
    """Each word counted in one other text less."""

    @classmethod
    def known(cls, lexicon: Lexicon) -> Slogans:
        """Those of a model; no text is left out."""
        return cls(lexicon, lexicon, lexicon)

    @classmethod
    def of(cls, phrasebook: Phrasebook, spared: Collection[str] = ()) -> Slogans:
        """Those of the written spam against quotations, short article lines and sentences.

        ``spared`` names languages that tell nothing.
        """
        spam: list[str] = []
        others: list[str] = []
        for language in sorted(set(phrasebook.spam) - set(spared)):
            texts = phrasebook.spam[language]
            cries = [text for group in texts.values() for text in group]
            spam += cries
            others += [x for group in phrasebook.quotes.get(language, {}).values() for x in group]
            phrases = phrasebook.phrases.get(language, {})
            others += [
                x
                for name in ("article_short", "headline", "caption")
                for x in phrases.get(name, ())
            ]
            sentences = sentences_of(phrasebook.sentences, language)
            others += sentences[: SENTENCES_A_SLOGAN * len(cries)]
        words, (in_spam, in_others) = _counts(spam, others)
        ratio = (len(spam) + 1) / (len(others) + 1)

        def lexicon(spam_less: int, others_less: int) -> Lexicon:
            cried = np.maximum(in_spam - spam_less, 0)
            said = np.maximum(in_others - others_less, 0)
            weights = np.log((cried + 0.5) / (said * ratio + 0.5)).astype(np.float32)
            weights[(cried + said < LEAST_TEXTS) | (np.abs(weights) < LEAST_SLOGAN)] = 0
            return Lexicon.of(words, weights)

        return cls(lexicon(0, 0), lexicon(1, 0), lexicon(0, 1))

    def unseen(self, characters: Characters, spam: Bools, article: Bools) -> dict[str, Floats]:
        """As ``lexicon.slogans``, every line of spam or article counted out of its own words."""
        line, hashes = slogan_words(characters)
        every, less_spam, less_other = (
            slogan_columns(characters, line, lexicon(hashes))
            for lexicon in (self.lexicon, self.without_spam, self.without_other)
        )
        return {
            name: np.where(spam, less_spam[name], np.where(article, less_other[name], every[name]))
            for name in every
        }


def _counts(*texts: Iterable[str]) -> tuple[npt.NDArray[np.uint32], list[Floats]]:
    """All words of several groups of texts, and in how many texts of each group they stand."""
    found = []
    for group in texts:
        line, hashes = slogan_words(Characters(list(group)))
        once = np.unique(np.stack((upper(hashes).astype(np.int64), line)), axis=1)
        found.append(np.unique(once[0], return_counts=True))
    words = np.unique(np.concatenate([hashes for hashes, _ in found]))
    counts = []
    for hashes, count in found:
        held = np.zeros(len(words), np.float32)
        held[np.searchsorted(words, hashes)] = count
        counts.append(held)
    return words.astype(np.uint32), counts
