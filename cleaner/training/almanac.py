"""The words that dates are made of, in every language: months, weekdays, units of time, "ago"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from importlib import import_module
from importlib.resources import files
from itertools import chain

import numpy as np
from dateparser.data import date_translation_data

from cleaner.characters import Characters, Kind
from cleaner.lexicon import Lexicon, upper

MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
UNITS = ("year", "month", "week", "day", "hour", "minute", "second", "am", "pm", "ago")

SIGNS = ("year", "month", "day", "hour", "minute")
"""Of Chinese and Japanese, where each character is a word, those that stand behind figures."""

LEAST_LETTERS = 3
"""Latin letters of the shortest word: in some language, nearly every pair is one."""

LOCALES = {"zh-cn": "zh", "zh-tw": "zh-Hant", "no": "nb"}
"""Names of dateparser's where they differ from the detector's."""

PERSIAN = "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند"
"""Months of the Iranian calendar, which dateparser reads elsewhere."""


def calendar(languages: Sequence[str]) -> Lexicon:
    """The words of dates in all these languages, each with the weight 1.

    What is more than a word is left out, and so is Thai, where each letter is one.
    """
    spaced = [name for name in languages if name != "th"]
    texts = sorted({*chain.from_iterable(map(_texts, spaced)), *PERSIAN.split()})
    characters = Characters(texts)
    words = characters.words
    alone = characters.word_counts == 1
    latin = np.array([text.isascii() for text in texts])
    alone &= ~latin | (characters.length >= LEAST_LETTERS)
    chosen = alone[words.line] & (characters.kind[words.start] != Kind.NUMBER)
    hashes = np.unique(upper(words.hash[chosen]))
    return Lexicon.of(hashes, np.ones(len(hashes), np.float32))


@cache
def month_names(language: str) -> Sequence[str]:
    """The months, in order; none of a language that dateparser does not know.

    Of several spellings the one of middle length: that is neither ``Jan`` nor ``month of January``.

    >>> month_names("th")[0], month_names("xx")
    ('มกราคม', [])
    """
    known = _of(language)
    spelt = [sorted(known[name], key=len) for name in MONTHS if known.get(name)]
    return [spellings[len(spellings) // 2] for spellings in spelt]


def _texts(language: str) -> Iterator[str]:
    """What a language calls months, days and units; figures aside, as in ``1月``."""
    known = _of(language)
    unspaced = language in ("ja", "zh-cn", "zh-tw")
    for name in SIGNS if unspaced else (*MONTHS, *DAYS, *UNITS):
        for text in known.get(name) or ():
            if bare := "".join(c for c in text if not c.isdigit()).strip(" .()"):
                yield bare


def _of(language: str) -> dict[str, list[str]]:
    name = LOCALES.get(language, language)
    if not (files(date_translation_data) / f"{name}.py").is_file():
        return {}
    known: dict[str, list[str]] = import_module(f"{date_translation_data.__name__}.{name}").info
    return known
