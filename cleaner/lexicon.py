"""What stretches of words tell wherever they stand.

*Formulas* are what many sites print alike: a whole line ("Share this article"), the label before a
colon ("See also: ..."), the first and last words of a line. The first stage weighs them too, but
among all other words of the line, and where everything around is prose its word alone is doubted.
How many sites print a formula around their articles, and how many in them, is a fact of its own.

*Slogans* are the words that spam is made of in any language, against those that texts quote.

The *calendar* holds the words of dates: "7 aprilie 2018, 17:45" is made of nothing else, which
tells what it is in languages that training has seen little of.

*Signposts* are the words that point to what stands behind their line, or before it: "Comments" and
"Related" are junk as they are, but what comes behind them is not the same, and a first sentence is
known by its words before the second is read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.characters import Bools, Characters, Floats, Hashes, Ints, Kind, mixed

Arrays = Mapping[str, npt.NDArray[np.generic]]

PARTS: Mapping[str, type[np.generic]] = {"hashes": np.uint32, "steps": np.int8}
"""The arrays of a lexicon."""

_NOTHING = np.zeros((), np.float32)

STEPS = 16
"""Steps of a weight in a nat."""

LARGEST = 127

SPARED = np.uint32(12)
"""Bits of a hash that the first look at a lexicon leaves out."""

FORMULAS = ("whole", "label", "first_2", "first_4", "last_2", "last_4")
"""Which stretches of a line are looked up."""

LABEL_WORDS, LABEL_CHARACTERS = 10, 30
"""Words, and characters, within which a label ends. In scripts without spaces each character is a
word."""

LABEL_ENDS = ":：|｜»›>–—·"

_SALTS = {
    name: np.uint64((0xD6E8FEB86659FD93 * (index + 1)) % (1 << 64))
    for index, name in enumerate((*FORMULAS, "slogan word", "slogan pair"))
}


@dataclass(frozen=True)
class Lexicon:
    """Weights in nats, in 1/16, by the upper halves of hashes, which are in order; 0 for others.

    >>> lexicon = Lexicon(np.array([1, 7], np.uint32), np.array([16, -32], np.int8))
    >>> lexicon(np.array([7 << 32, 8 << 32], np.uint64)).tolist()
    [-2.0, 0.0]
    """

    hashes: npt.NDArray[np.uint32]
    steps: npt.NDArray[np.int8]
    """Shape (hashes,), or (hashes, weights) where each has several."""

    def __call__(self, hashes: Hashes) -> Floats:
        """The weight of each hash, or its weights."""
        return self.weights(upper(hashes))

    def weights(self, wanted: npt.NDArray[np.uint32]) -> Floats:
        """The same, given the upper halves of hashes."""
        weights = np.zeros((len(wanted), *self.steps.shape[1:]), np.float32)
        likely = np.flatnonzero(self._begun.take(wanted >> SPARED))
        place, found = places(self.hashes, wanted[likely])
        weights[likely[found]] = self.steps[place[found]] / np.float32(STEPS)
        return weights

    @cached_property
    def _begun(self) -> npt.NDArray[np.bool_]:
        """Whether any hash begins with these bits: nine of ten words are known to be unknown by
        one look, without a search."""
        table = np.zeros(1 << (32 - int(SPARED)), np.bool_)
        table[self.hashes >> SPARED] = True
        return table

    @classmethod
    def of(cls, hashes: npt.NDArray[np.uint32], weights: Floats) -> Lexicon:
        """The lexicon of these weights; ``hashes`` are in order, without doubles."""
        steps = np.clip(np.rint(weights * STEPS), -LARGEST, LARGEST).astype(np.int8)
        kept = steps.any(axis=tuple(range(1, steps.ndim)))
        return cls(hashes[kept], steps[kept])

    @classmethod
    def under(cls, name: str, arrays: Arrays) -> Lexicon:
        """The one that a model keeps under a name."""
        return cls(*(arrays[f"{name}_{part}"] for part in PARTS))  # type: ignore[arg-type]

    @staticmethod
    def fits(name: str, arrays: Arrays, weights: tuple[int, ...] = ()) -> bool:
        """Whether a model keeps one under a name, with weights of such a shape for each hash."""
        found = [arrays.get(f"{name}_{part}", _NOTHING) for part in PARTS]
        typed = [array.dtype == kind for array, kind in zip(found, PARTS.values(), strict=True)]
        hashes, steps = found
        return all(typed) and hashes.ndim == 1 and steps.shape == (*hashes.shape, *weights)

    def arrays(self, name: str) -> Arrays:
        """The arrays by which a model keeps it."""
        return {f"{name}_hashes": self.hashes, f"{name}_steps": self.steps}


def places(ordered: npt.NDArray[Any], wanted: npt.NDArray[Any]) -> tuple[Ints, Bools]:
    """Where each number stands among others in order, and whether it does at all.

    >>> place, found = places(np.array([2, 5]), np.array([5, 4, 9]))
    >>> place[found].tolist(), found.tolist()
    ([1], [True, False, False])
    """
    place = np.minimum(np.searchsorted(ordered, wanted), len(ordered) - 1)
    return place, ordered[place] == wanted


def upper(hashes: Hashes) -> npt.NDArray[np.uint32]:
    """The upper halves of hashes, which a lexicon is ordered by."""
    return (hashes >> np.uint64(32)).astype(np.uint32)


@dataclass(frozen=True, slots=True)
class Stretches:
    """Stretches of lines that may be formulas; one entry a stretch."""

    kind: Ints
    """Index into ``FORMULAS``."""
    line: Ints
    hash: Hashes

    @classmethod
    def joined(cls, parts: Sequence[Stretches], lines: Sequence[int]) -> Stretches:
        """Those of several parts, of so many lines each, laid end to end."""
        first = np.cumsum([0, *lines[:-1]])
        return cls(
            np.concatenate([part.kind for part in parts]),
            np.concatenate([part.line + start for part, start in zip(parts, first, strict=True)]),
            np.concatenate([part.hash for part in parts]),
        )

    def columns(self, weights: Floats, lines: int) -> dict[str, Floats]:
        """The weight of each line's stretch of every kind; 0 where it has none."""
        table = np.zeros((len(FORMULAS), lines), np.float32)
        table[self.kind, self.line] = weights
        return {f"formula_{name}": table[index] for index, name in enumerate(FORMULAS)}


def stretches(characters: Characters) -> Stretches:
    """The stretches of all lines that may be formulas.

    >>> found = stretches(Characters(["Read also: A bridge", "READ ALSO"]))
    >>> label, whole = found.kind == 1, found.kind == 0
    >>> found.line[label].tolist(), found.line[whole].tolist()
    ([0], [0, 1])
    """
    count = characters.word_counts
    stop = np.cumsum(count)
    begin = stop - count
    filled = np.flatnonzero(count)
    labelled, behind = _labels(characters, begin, stop)
    spans = {
        "whole": (filled, begin[filled], stop[filled]),
        "label": (labelled, begin[labelled], behind),
    }
    for size in (2, 4):
        longer = np.flatnonzero(count > size)
        spans[f"first_{size}"] = longer, begin[longer], begin[longer] + size
        spans[f"last_{size}"] = longer, stop[longer] - size, stop[longer]
    found = [(name, *spans[name]) for name in FORMULAS]
    return Stretches(
        np.repeat(np.arange(len(found)), [len(line) for _, line, _, _ in found]),
        np.concatenate([line for _, line, _, _ in found]),
        np.concatenate(
            [mixed(characters.stretches(a, b) ^ _SALTS[name]) for name, _, a, b in found]
        ),
    )


def _labels(characters: Characters, begin: Ints, stop: Ints) -> tuple[Ints, Ints]:
    """Lines that open with a label, and for each the index of the word behind it."""
    words = characters.words
    place = np.arange(len(words.line)) - begin[words.line]
    near = (place < LABEL_WORDS) & (np.arange(len(words.line)) + 1 < stop[words.line])
    near &= words.end - characters.first[words.line] <= LABEL_CHARACTERS
    early = np.flatnonzero(near)
    mark = words.end[early]
    mark = mark + (characters.kind[mark] == Kind.SPACE)
    closed = early[np.isin(characters.code[mark], [ord(sign) for sign in LABEL_ENDS])]
    line, first = np.unique(words.line[closed], return_index=True)
    return line, closed[first] + 1


def formulas(characters: Characters, lexicon: Lexicon) -> dict[str, Floats]:
    """What is known of the formulas of every line: for each kind, nats towards article text."""
    found = stretches(characters)
    return found.columns(lexicon(found.hash), len(characters))


def dates(characters: Characters, calendar: Lexicon) -> dict[str, Floats]:
    """How many words of every line are those of dates, and their share with figures beside them.

    >>> months = Lexicon.of(upper(Characters(["april"]).words.hash), np.ones(1, np.float32))
    >>> lines = Characters(["7 April 2018, 17:45", "In April it rains", "1 2 3"])
    >>> dates(lines, months)["share_dates"].tolist()
    [1.0, 0.25, 0.0]
    """
    words = characters.words
    named = calendar(words.hash)
    figures = characters.kind[words.start] == Kind.NUMBER
    count = characters.word_counts
    said = np.bincount(words.line, weights=named, minlength=len(characters))
    either = np.bincount(words.line, weights=figures | (named > 0), minlength=len(characters))
    return {
        "calendar": np.log1p(said).astype(np.float32),
        "share_dates": np.where(said > 0, either / np.maximum(count, 1), 0).astype(np.float32),
    }


def slogan_words(characters: Characters) -> tuple[Ints, Hashes]:
    """The lines and the hashes of all words and of all pairs of words."""
    words = characters.words
    first = np.flatnonzero(words.line[1:] == words.line[:-1]) if len(words.line) else words.line
    pairs = characters.stretches(first, first + 2)
    hashes = (words.hash ^ _SALTS["slogan word"], pairs ^ _SALTS["slogan pair"])
    line = np.concatenate((words.line, words.line[first]))
    return line, mixed(np.concatenate(hashes))


def slogans(characters: Characters, lexicon: Lexicon) -> dict[str, Floats]:
    """How far its words make every line spam: nats, over the root of their number.

    And its last two alone: much spam ends in "Read more", whatever it says before.
    """
    line, hashes = slogan_words(characters)
    return slogan_columns(characters, line, lexicon(hashes))


def slogan_columns(characters: Characters, line: Ints, weights: Floats) -> dict[str, Floats]:
    """The same, given the weights of all ``slogan_words``."""
    count = np.bincount(line, minlength=len(characters))
    total = np.bincount(line, weights=weights, minlength=len(characters))
    end = np.zeros(len(characters), np.float32)
    words = len(characters.words.line)
    end[line[words:]] = weights[words:]  # of all pairs of a line, its last is written last
    return {
        "slogan": (total / np.sqrt(np.maximum(count, 1))).astype(np.float32),
        "slogan_end": end,
    }


class Signpost(NamedTuple):
    """Lines that words tell of, from so many back to so many on, as in ``Windows.sum``."""

    before: int
    after: int
    headline: bool = False
    """Whether words tell if the headline is there, instead of how much there is article text."""


SIGNPOSTS: Mapping[str, Signpost] = {
    "signpost_behind_3": Signpost(-1, 3),
    "signpost_before_3": Signpost(3, -1),
    "signpost_behind_20": Signpost(-1, 20),
    "signpost_before_20": Signpost(20, -1),
    "signpost_headline": Signpost(0, 0, headline=True),
    "signpost_headline_behind_2": Signpost(-1, 2, headline=True),
    "signpost_headline_before_2": Signpost(2, -1, headline=True),
    "signpost_headline_behind_6": Signpost(-1, 6, headline=True),
    "signpost_headline_before_6": Signpost(6, -1, headline=True),
}
"""What signposts point to."""


def signposts(characters: Characters, lexicon: Lexicon) -> dict[str, Floats]:
    """What the words of every line let expect of the lines around it, in nats.

    >>> weights = np.array([[-2, 0, -1, 0, 0, 0, 1, 0, 1]])
    >>> known = Lexicon.of(upper(Characters(["related"]).words.hash), weights)
    >>> found = signposts(Characters(["Related", "The related stories and more"]), known)
    >>> found["signpost_behind_3"].round(2), found["signpost_before_3"]
    (array([-2.  , -0.89], dtype=float32), array([0., 0.], dtype=float32))
    """
    words = characters.words
    return signpost_columns(words.line, lexicon(words.hash), len(characters))


def signpost_columns(line: Ints, weights: Floats, lines: int) -> dict[str, Floats]:
    """The same, given the line and the weights of every word.

    The sum over a line's words, over the root of their number: twenty are surer than one, though
    not twenty times as sure.
    """
    count = np.sqrt(np.maximum(np.bincount(line, minlength=lines), 1))
    return {
        name: (np.bincount(line, weights=column, minlength=lines) / count).astype(np.float32)
        for name, column in zip(SIGNPOSTS, weights.T, strict=True)
    }
