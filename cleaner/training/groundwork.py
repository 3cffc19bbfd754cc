"""What a model is learnt upon, and takes over as it is: what is known of languages."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from cleaner.cleaner import Cleaner
from cleaner.features import StopWords
from cleaner.language import Languages, langdetect_profiles
from cleaner.lexicon import Lexicon
from cleaner.model import Network
from cleaner.storage import Array
from cleaner.training.almanac import calendar
from cleaner.training.lexicons import Slogans, Written
from cleaner.training.phrasebook import Phrasebook
from cleaner.training.stopwords import stop_words


@dataclass(frozen=True)
class Groundwork:
    """What a model is learnt upon, and takes over as it is."""

    languages: Languages
    stop_words: StopWords
    calendar: Lexicon
    slogans: Slogans
    written: Written
    networks: Mapping[str, Network] = field(default_factory=dict)
    """For what the samples cannot teach: no line of them may be spam, or torn."""

    @classmethod
    def made(cls, phrasebook: Phrasebook, spared: Collection[str] = ()) -> Groundwork:
        """One made from langdetect's profiles, dateparser's calendars and written material.

        ``spared`` names languages whose spam is not looked at.
        """
        languages = langdetect_profiles()
        return cls(
            languages,
            stop_words(phrasebook.sentences, languages.names),
            calendar(languages.names),
            Slogans.of(phrasebook, spared),
            Written.of(phrasebook),
        )

    @classmethod
    def of(cls, cleaner: Cleaner) -> Groundwork:
        """What the model of a cleaner lends."""
        return cls(
            cleaner.languages,
            cleaner.stop_words,
            cleaner.calendar,
            Slogans.known(cleaner.slogans),
            Written.of(Phrasebook(Path())),
            cleaner.model.networks,
        )

    def arrays(self) -> dict[str, Array]:
        """What of it a model stores."""
        return {
            "language_table": self.languages.table,
            "language_normal": self.languages.normal.astype(np.uint16),
            "language_alien": self.languages.alien,
            **self.stop_words.arrays(),
            **self.calendar.arrays("calendar"),
            **self.slogans.lexicon.arrays("slogan"),
        }
