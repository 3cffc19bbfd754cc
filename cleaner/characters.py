"""Lines as arrays of characters and words, so that a fact about all of them is one expression.

All lines of all documents of a batch become one array of code points. Tables say what a code
point is: its ``Kind``, its script, its folded form. Words are runs of letters and digits, except
in scripts written without spaces, where every character is a word of its own. A word's hash comes
from a prefix sum, ``sum(code * BASE**position)``, divided back by ``BASE**start``: equal words
get equal hashes wherever they stand, and no loop over words is needed.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache, cached_property

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]
Codes = npt.NDArray[np.uint32]
Hashes = npt.NDArray[np.uint64]

MAX_CHARACTERS = 1500
"""What is read of one line; more says nothing new, and one line of 10 MB must not cost 10 MB."""

CODE_POINTS = 0x110000
BASIC = 0x10000
"""Code points of the basic plane, which are looked up one by one."""


class Kind(IntEnum):
    """What a character does in a line."""

    SPACE = 0
    LOWER = 1
    UPPER = 2
    LETTER = 3
    """A letter without case: Han, kana, Arabic, Devanagari ..., and combining marks."""
    NUMBER = 4
    STOP = 5
    """Ends a sentence."""
    COMMA = 6
    """Parts a sentence: comma, colon, semicolon in any script."""
    QUOTE = 7
    OPEN = 8
    CLOSE = 9
    BULLET = 10
    SEPARATOR = 11
    """Parts pieces of an interface: bar, arrow, angle, slash."""
    DASH = 12
    CURRENCY = 13
    SYMBOL = 14
    """Emoji, mathematical and other signs."""
    PUNCTUATION = 15


STOPS = ".!?…。\uff01\uff1f\uff0e｡।॥؟۔։።፧៕။‼⁇⁈⁉"
COMMAS = ",;:،؛、\uff0c\uff1b\uff1a､·՝፣፤"
QUOTES = "\"'`´‘’‚‛“”„‟«»‹›「」『』〝〞〟﹁﹂"
BULLETS = "•‣◦▪▫●○■□◆◇★☆✓✔✗➤►▶∙"
SEPARATORS = "\uff5c|¦/\\→←↑↓»>›<‹~_=*#^│┃"

SCRIPTS = {
    "latin": (
        *((0x41, 0x5A), (0x61, 0x7A), (0xAA, 0xAA), (0xBA, 0xBA), (0xC0, 0x2AF), (0x1E00, 0x1EFF)),
        *((0x2C60, 0x2C7F), (0xA720, 0xA7FF), (0xFB00, 0xFB06), (0xFF21, 0xFF5A)),
    ),
    "greek": ((0x370, 0x3FF), (0x1F00, 0x1FFF)),
    "cyrillic": ((0x400, 0x52F), (0x1C80, 0x1C8F), (0x2DE0, 0x2DFF), (0xA640, 0xA69F)),
    "armenian": ((0x530, 0x58F), (0xFB13, 0xFB17)),
    "hebrew": ((0x590, 0x5FF), (0xFB1D, 0xFB4F)),
    "arabic": ((0x600, 0x6FF), (0x750, 0x77F), (0x8A0, 0x8FF), (0xFB50, 0xFDFF), (0xFE70, 0xFEFE)),
    "devanagari": ((0x900, 0x97F), (0xA8E0, 0xA8FF)),
    "bengali": ((0x980, 0x9FF),),
    "gurmukhi": ((0xA00, 0xA7F),),
    "gujarati": ((0xA80, 0xAFF),),
    "oriya": ((0xB00, 0xB7F),),
    "tamil": ((0xB80, 0xBFF),),
    "telugu": ((0xC00, 0xC7F),),
    "kannada": ((0xC80, 0xCFF),),
    "malayalam": ((0xD00, 0xD7F),),
    "sinhala": ((0xD80, 0xDFF),),
    "thai": ((0xE00, 0xE7F),),
    "lao": ((0xE80, 0xEFF),),
    "tibetan": ((0xF00, 0xFFF),),
    "myanmar": ((0x1000, 0x109F), (0xAA60, 0xAA7F), (0xA9E0, 0xA9FF)),
    "georgian": ((0x10A0, 0x10FF), (0x1C90, 0x1CBF), (0x2D00, 0x2D2F)),
    "ethiopic": ((0x1200, 0x139F), (0x2D80, 0x2DDF)),
    "khmer": ((0x1780, 0x17FF), (0x19E0, 0x19FF)),
    "mongolian": ((0x1800, 0x18AF),),
    "kana": ((0x3041, 0x30FF), (0x31F0, 0x31FF), (0xFF66, 0xFF9F)),
    "hangul": ((0x1100, 0x11FF), (0x3130, 0x318F), (0xAC00, 0xD7FF)),
    "han": (
        *((0x2E80, 0x2FDF), (0x3005, 0x3007), (0x3021, 0x3029), (0x3400, 0x4DBF)),
        *((0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF)),
    ),
}
"""Letters' scripts by ranges of code points. Letters of all others are ``OTHER_SCRIPT``."""

NO_SCRIPT = 0
SCRIPT_NAMES = ("none", *SCRIPTS, "other")
OTHER_SCRIPT = len(SCRIPT_NAMES) - 1
UNSPACED = ("han", "kana", "thai", "lao", "khmer", "myanmar", "tibetan")
"""Scripts written without spaces between words."""

_BASE = np.uint64(0x9E3779B97F4A7C15)
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_CATEGORY_KINDS = {
    **dict.fromkeys(("Ll",), Kind.LOWER),
    **dict.fromkeys(("Lu", "Lt"), Kind.UPPER),
    **dict.fromkeys(("Lo", "Lm", "Mn", "Mc", "Me"), Kind.LETTER),
    **dict.fromkeys(("Nd", "Nl", "No"), Kind.NUMBER),
    **dict.fromkeys(("Zs", "Zl", "Zp", "Cc", "Cf"), Kind.SPACE),
    **dict.fromkeys(("Ps",), Kind.OPEN),
    **dict.fromkeys(("Pe",), Kind.CLOSE),
    **dict.fromkeys(("Pi", "Pf"), Kind.QUOTE),
    **dict.fromkeys(("Pd",), Kind.DASH),
    **dict.fromkeys(("Sc",), Kind.CURRENCY),
    **dict.fromkeys(("Po", "Pc"), Kind.PUNCTUATION),
}


@cache
def kinds() -> Bytes:
    """The ``Kind`` of every code point, shape (1,114,112)."""
    table = np.full(CODE_POINTS, Kind.SYMBOL, np.uint8)
    known = defaultdict(
        lambda: int(Kind.SYMBOL), {key: int(x) for key, x in _CATEGORY_KINDS.items()}
    )
    categories = map(unicodedata.category, map(chr, range(BASIC)))
    table[:BASIC] = np.fromiter(map(known.__getitem__, categories), np.uint8, BASIC)
    table[0x10000:0x1D000] = Kind.LETTER
    table[0x1E000:0x1F000] = Kind.LETTER
    table[0x20000:0x40000] = Kind.LETTER
    for signs, kind in (
        (SEPARATORS, Kind.SEPARATOR),
        (BULLETS, Kind.BULLET),
        (COMMAS, Kind.COMMA),
        (QUOTES, Kind.QUOTE),
        (STOPS, Kind.STOP),
    ):
        table[[ord(sign) for sign in signs]] = kind
    return table


@cache
def scripts() -> Bytes:
    """The index in ``SCRIPT_NAMES`` of every code point, shape (1,114,112)."""
    table = np.where(is_letter(kinds()), np.uint8(OTHER_SCRIPT), np.uint8(NO_SCRIPT))
    letters = table != NO_SCRIPT
    for index, name in enumerate(SCRIPTS, start=1):
        for first, last in SCRIPTS[name]:
            table[first : last + 1] = np.where(letters[first : last + 1], index, NO_SCRIPT)
    table[0x300:0x370] = NO_SCRIPT  # combining accents belong to the letter before them
    return table


@cache
def folded() -> Codes:
    """Every code point in lower case, with digits folded to ``0``, shape (1,114,112)."""
    table = np.arange(CODE_POINTS, dtype=np.uint32)
    table[:BASIC] = [
        ord(chr(code).lower()[0]) if not 0xD800 <= code <= 0xDFFF else code for code in range(BASIC)
    ]
    table[kinds() == Kind.NUMBER] = ord("0")
    return table


@cache
def _unspaced() -> Bools:
    table = np.zeros(len(SCRIPT_NAMES), np.bool_)
    table[[SCRIPT_NAMES.index(name) for name in UNSPACED]] = True
    return table


def is_letter(kind: Bytes) -> Bools:
    """Whether kinds of characters are letters."""
    return (kind >= Kind.LOWER) & (kind <= Kind.LETTER)


def mixed(hashes: Hashes) -> Hashes:
    """Well-spread hashes (the finalizer of splitmix64): neighbouring inputs part in every bit."""
    with np.errstate(over="ignore"):
        hashes = (hashes ^ (hashes >> np.uint64(30))) * _MIX[0]
        hashes = (hashes ^ (hashes >> np.uint64(27))) * _MIX[1]
        return hashes ^ (hashes >> np.uint64(31))


@cache
def _powers(length: int) -> tuple[Hashes, Hashes]:
    """``BASE**i`` and ``BASE**-i`` modulo 2**64 for i below ``length``."""
    inverse = np.uint64(pow(int(_BASE), -1, 1 << 64))
    powers = np.full(length, _BASE)
    inverses = np.full(length, inverse)
    powers[0] = inverses[0] = 1
    with np.errstate(over="ignore"):
        return np.cumprod(powers), np.cumprod(inverses)


def _prefix_sums(codes: Codes | Hashes) -> tuple[Hashes, Hashes]:
    """Running sums of ``code * BASE**position`` (one longer than ``codes``), and the inverses."""
    size = 1 << max(12, len(codes).bit_length())
    powers, inverses = _powers(size)
    sums = np.zeros(len(codes) + 1, np.uint64)
    with np.errstate(over="ignore"):
        np.cumsum((codes.astype(np.uint64) + np.uint64(1)) * powers[: len(codes)], out=sums[1:])
    return sums, inverses


def _between(prefixes: tuple[Hashes, Hashes], start: Ints, end: Ints) -> Hashes:
    """Hashes of stretches of codes, from what ``_prefix_sums`` tells of all."""
    sums, inverses = prefixes
    with np.errstate(over="ignore"):
        return mixed((sums[end] - sums[start]) * inverses[start])


@dataclass(frozen=True, slots=True)
class Words:
    """The words of all lines, in order.

    All arrays have one entry a word: its hash (case and digits folded), the line it stands in,
    the index of its first character and of the one behind its last.
    """

    hash: Hashes
    line: Ints
    start: Ints
    end: Ints


class Characters:
    """The characters of many lines as arrays with one entry a character.

    A line break stands before the first line and after every line, so that looking one character
    back or ahead never leaves the array and no word or n-gram reaches into the next line.

    >>> characters = Characters(["Read more", "Share"])
    >>> characters.length.tolist()
    [9, 5]
    >>> characters.words.line.tolist()
    [0, 0, 1]
    """

    def __init__(self, texts: Sequence[str]) -> None:
        cut = [text[:MAX_CHARACTERS] for text in texts]
        joined = "\n".join(["", *cut, ""]).encode("utf-32-le", "surrogatepass")
        self.code = np.frombuffer(joined, np.uint32)
        self.length: Ints = np.fromiter(map(len, cut), np.int64, len(cut))
        self.end: Ints = np.cumsum(self.length + 1)
        """Index of the line break after each line."""
        self.first: Ints = self.end - self.length
        """Index of each line's first character."""
        self.line: Ints = np.zeros(len(self.code), np.int64)
        """The line of each character; a line break belongs to the line it ends."""
        self.line[1:] = np.repeat(np.arange(len(cut)), self.length + 1)
        self.kind = kinds().take(self.code)
        self.script = scripts().take(self.code)

    def __len__(self) -> int:
        """The number of lines."""
        return len(self.length)

    @cached_property
    def folded(self) -> Codes:
        """The characters in lower case, digits as ``0``."""
        return folded().take(self.code)

    @cached_property
    def kind_counts(self) -> Ints:
        """How many characters of each kind each line has, shape (lines, kinds)."""
        counts = self._counts(self.kind, len(Kind))
        counts[:, Kind.SPACE] -= 1  # the line break
        counts[:1, Kind.SPACE] -= 1
        return counts

    @cached_property
    def script_counts(self) -> Ints:
        """How many letters of each script each line has, shape (lines, scripts)."""
        return self._counts(self.script, len(SCRIPT_NAMES))

    def _counts(self, values: Bytes, size: int) -> Ints:
        counts = np.bincount(self.line * size + values, minlength=len(self) * size)
        return counts[: len(self) * size].reshape(len(self), size)

    @cached_property
    def words(self) -> Words:
        """Runs of letters and digits; characters of unspaced scripts one by one."""
        inside = (self.kind >= Kind.LOWER) & (self.kind <= Kind.NUMBER)
        alone = inside & _unspaced()[self.script]
        starts = inside.copy()
        starts[1:] &= ~inside[:-1] | alone[:-1] | alone[1:]
        ends = inside.copy()
        ends[:-1] &= ~inside[1:] | starts[1:]
        start, end = np.flatnonzero(starts), np.flatnonzero(ends) + 1
        return Words(self.spans(start, end), self.line[start], start, end)

    @cached_property
    def word_counts(self) -> Ints:
        """How many words each line has, shape (lines,)."""
        return np.bincount(self.words.line, minlength=len(self))

    @cached_property
    def _sums(self) -> tuple[Hashes, Hashes]:
        return _prefix_sums(self.folded)

    def spans(self, start: Ints, end: Ints) -> Hashes:
        """Hashes of stretches of folded characters, equal where the text is equal."""
        return _between(self._sums, start, end)

    @cached_property
    def _word_sums(self) -> tuple[Hashes, Hashes]:
        number = self.kind[self.words.start] == Kind.NUMBER
        return _prefix_sums(np.where(number, np.uint64(0), self.words.hash))

    def stretches(self, start: Ints, end: Ints) -> Hashes:
        """Hashes of stretches of words, given by their indices: equal where all words are.

        Signs between words do not count, and one number is like another.
        """
        return _between(self._word_sums, start, end)


def run_hashes(symbols: Bytes, line: Ints, lines: int) -> tuple[Hashes, Ints]:
    """Each line's sequence of symbols with repetitions collapsed, as a hash, and its run count.

    With kinds of characters as symbols this is the shape of a line: ``12 May 2024`` and
    ``3 March 1999`` are alike in every language.
    """
    starts = np.ones(len(symbols), np.bool_)
    starts[1:] = (symbols[1:] != symbols[:-1]) | (line[1:] != line[:-1])
    begin = np.flatnonzero(starts)
    runs = symbols[begin]
    count = np.bincount(line[begin], minlength=lines).astype(np.int64, copy=False)
    first = np.concatenate(([0], np.cumsum(count)))
    return _between(_prefix_sums(runs.astype(np.uint32)), first[:-1], first[1:]), count
