"""A batch of documents as numbers: what the model reads of every line.

Two kinds of facts, each a column with its name beside how it is worked out:

* *tokens*: hashed words, word pairs and shapes, read by the linear first stage;
* *own facts* (``own_facts``): how a line looks and where it stands.

What the lines around tell is the business of `cleaner.context`. Text and HTML lines are alike here.
Nothing in this module knows a label or a language by name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.characters import (
    Bools,
    Characters,
    Floats,
    Hashes,
    Ints,
    Kind,
    is_letter,
    mixed,
    run_hashes,
)
from cleaner.page import Line
from cleaner.windows import Windows

Columns = Mapping[str, Floats]

TOKEN_BUCKETS = 1 << 19
"""Fewer make unlike words share a weight: 2^17 cost .009 log-loss of the first stage against 2^18,
and that .007 against a bucket for every token."""

LONG = 60
"""Letters from which a line counts as prose when distances to prose are measured."""

TITLE = 200
"""Letters beyond which a line is no headline."""

BREAK = ord("\n")

SHORT = 4
"""Words up to which a line's words count apart: "comments" alone on a line is a button."""

_SALTS = {
    name: np.uint64((0x9E3779B97F4A7C15 * (index + 1)) % (1 << 64))
    for index, name in enumerate(
        ("word", "pair", "short", "first", "last", "first pair", "end", "line", "shape", "outline")
    )
}


@dataclass(frozen=True)
class Batch:
    """Documents laid end to end.

    >>> batch = Batch.of([[Line("Read more", 1)], [Line("Home", 1), Line("News", 2)]])
    >>> batch.windows.first.tolist()
    [0, 1, 3]
    """

    lines: Sequence[Line]
    windows: Windows
    characters: Characters

    @classmethod
    def of(cls, documents: Sequence[Sequence[Line]]) -> Batch:
        """The batch of these documents, in order."""
        lines = [line for document in documents for line in document]
        windows = Windows([len(document) for document in documents])
        return cls(lines, windows, Characters([line.text for line in lines]))

    def __len__(self) -> int:
        """The number of lines."""
        return len(self.lines)


@dataclass(frozen=True, slots=True)
class Tokens:
    """Hashed tokens: ``line[i]`` has a token in ``bucket[i]``."""

    line: Ints
    bucket: Ints


def tokens(batch: Batch) -> Tokens:
    """What a line says: its words, pairs, ends and shape, in any script."""
    characters, words = batch.characters, batch.characters.words
    count = characters.word_counts
    stop = np.cumsum(count)
    begin = stop - count
    filled = np.flatnonzero(count)
    several = np.flatnonzero(count > 1)
    head, tail = begin[filled], stop[filled] - 1
    adjacent = np.flatnonzero(words.line[1:] == words.line[:-1]) if len(words.line) else filled
    pair = words.hash[adjacent] * np.uint64(3) + words.hash[adjacent + 1]
    opening = words.hash[begin[several]] * np.uint64(3) + words.hash[begin[several] + 1]
    brief = np.flatnonzero((count <= SHORT)[words.line])
    shown = np.flatnonzero(characters.code != BREAK)
    shape, runs = run_hashes(characters.kind[shown], characters.line[shown], len(batch))
    outline = np.flatnonzero(runs <= 24)
    everything = np.arange(len(batch))
    nonempty = characters.length > 0
    final = characters.code[characters.end - 1].astype(np.uint64) * np.uint64(64)
    size = np.minimum(np.log2(characters.length + 1).astype(np.uint64), np.uint64(10))
    whole = characters.spans(characters.first, characters.end)
    parts = (
        ("word", words.line, words.hash),
        ("pair", words.line[adjacent], pair),
        ("short", words.line[brief], words.hash[brief]),
        ("first", filled, words.hash[head]),
        ("last", filled, words.hash[tail]),
        ("first pair", several, opening),
        ("end", everything[nonempty], (final + size)[nonempty]),
        ("line", everything, whole),
        ("shape", outline, shape[outline]),
    )
    hashes = [mixed(hashed ^ _SALTS[name]) for name, _, hashed in parts]
    bucket = (np.concatenate(hashes) & np.uint64(TOKEN_BUCKETS - 1)).astype(np.int64)
    return Tokens(np.concatenate([line for _, line, _ in parts]), bucket)


def joined_tokens(first: Tokens, second: Tokens) -> Tokens:
    """The tokens of both."""
    line = np.concatenate((first.line, second.line))
    return Tokens(line, np.concatenate((first.bucket, second.bucket)))


def token_logits(found: Tokens, weights: Floats, lines: int) -> tuple[Floats, Floats]:
    """First-stage log-odds of every line, and the share of its tokens that have a weight.

    The sum of a line's token weights over the root of their number, so that long lines do not
    shout. ``weights`` has shape (buckets,).
    """
    weight = weights[found.bucket]
    count = np.bincount(found.line, minlength=lines)
    logit = np.bincount(found.line, weights=weight, minlength=lines) / np.sqrt(np.maximum(count, 1))
    known = np.bincount(found.line, weights=weight != 0, minlength=lines)
    return logit.astype(np.float32), share(known, count)


def sigmoid(logit: Floats) -> Floats:
    """The probability that log-odds stand for.

    >>> sigmoid(np.array([-1000.0, 0.0], np.float32)).round(3).tolist()
    [0.0, 0.5]
    """
    probability = 1 / (1 + np.exp(-np.clip(logit, -30, 30)))
    return probability.astype(np.float32, copy=False)


def own_facts(batch: Batch) -> Columns:
    """How every line looks, where it stands and what it repeats, whatever its language."""
    return {
        **_size_and_shape(batch),
        **_ends(batch),
        **_capitals(batch),
        **_numbers(batch),
        **_place(batch),
        **_repetition(batch),
    }


def effective_length(characters: Characters) -> Floats:
    """Characters of every line, those of unspaced scripts counting more."""
    counts = characters.kind_counts
    wide = counts[:, Kind.LETTER]
    return (characters.length + 1.5 * wide).astype(np.float32)


def share(part: npt.NDArray[np.generic], whole: npt.NDArray[np.generic]) -> Floats:
    """Each part's share of its whole; 0 of nothing."""
    return (part / np.maximum(whole, 1)).astype(np.float32)


def log(values: npt.NDArray[np.generic]) -> Floats:
    """The logarithm of counts, 0 for 0."""
    return np.log1p(values).astype(np.float32)


def _size_and_shape(batch: Batch) -> dict[str, Floats]:
    characters = batch.characters
    counts, length = characters.kind_counts, characters.length
    words = characters.word_counts
    letters = counts[:, Kind.LOWER] + counts[:, Kind.UPPER] + counts[:, Kind.LETTER]
    return {
        "log_characters": log(length),
        "log_words": log(words),
        "log_effective_length": log(effective_length(characters)),
        "word_length": share(letters + counts[:, Kind.NUMBER], words),
        "share_upper": share(counts[:, Kind.UPPER], letters),
        "share_uncased": share(counts[:, Kind.LETTER], letters),
        "share_digits": share(counts[:, Kind.NUMBER], length),
        "share_spaces": share(counts[:, Kind.SPACE], length),
        "share_letters": share(letters, length),
        "stops": log(counts[:, Kind.STOP]),
        "commas": log(counts[:, Kind.COMMA]),
        "quotes": log(counts[:, Kind.QUOTE]),
        "brackets": log(counts[:, Kind.OPEN] + counts[:, Kind.CLOSE]),
        "bullets": log(counts[:, Kind.BULLET]),
        "separators": log(counts[:, Kind.SEPARATOR]),
        "dashes": log(counts[:, Kind.DASH]),
        "symbols": log(counts[:, Kind.SYMBOL]),
        "currency": log(counts[:, Kind.CURRENCY]),
        "share_commas": share(counts[:, Kind.COMMA], words),
        "letterless": (letters == 0).astype(np.float32),
    }


def _ends(batch: Batch) -> dict[str, Floats]:
    """The first and last characters, by kind."""
    characters = batch.characters
    last = characters.kind[characters.end - 1]
    before = characters.kind[np.maximum(characters.end - 2, 0)]
    first = characters.kind[np.minimum(characters.first, len(characters.kind) - 1)]
    closed = (last == Kind.STOP) | (
        ((last == Kind.QUOTE) | (last == Kind.CLOSE)) & (before == Kind.STOP)
    )
    ellipsis = (last == Kind.STOP) & (
        (before == Kind.STOP) | (characters.code[characters.end - 1] == ord("…"))
    )
    facts = {
        "ends_sentence": closed,
        "ends_ellipsis": ellipsis,
        "ends_comma": last == Kind.COMMA,
        "ends_letter": is_letter(last),
        "ends_digit": last == Kind.NUMBER,
        "ends_bracket": (last == Kind.CLOSE) | (last == Kind.QUOTE),
        "ends_question": np.isin(characters.code[characters.end - 1], [ord(c) for c in "?？؟"]),
        "ends_colon": np.isin(characters.code[characters.end - 1], [ord(c) for c in ":："]),
        "ends_separator": (last == Kind.SEPARATOR) | (last == Kind.DASH),
        "ends_hyphen": (characters.code[characters.end - 1] == ord("-")) & is_letter(before),
        "ends_opening": (last == Kind.OPEN) | (last == Kind.CURRENCY),
        "starts_upper": first == Kind.UPPER,
        "starts_lower": first == Kind.LOWER,
        "starts_digit": first == Kind.NUMBER,
        "starts_quote": first == Kind.QUOTE,
        "starts_bullet": (first == Kind.BULLET) | (first == Kind.DASH),
        "starts_bracket": first == Kind.OPEN,
        "starts_closing": (first == Kind.COMMA) | (first == Kind.STOP) | (first == Kind.CLOSE),
    }
    counts = characters.kind_counts
    balance = counts[:, Kind.OPEN] - counts[:, Kind.CLOSE]
    quotes = counts[:, Kind.QUOTE] % 2
    return {
        **{name: fact.astype(np.float32) for name, fact in facts.items()},
        "bracket_balance": np.clip(balance, -2, 2).astype(np.float32),
        "odd_quotes": quotes.astype(np.float32),
    }


_BEGINNING = np.uint64(48)
"""Bits behind the sixteen by which a hash is looked up."""


class StopWords:
    """The most frequent words of many languages.

    ``hashes`` is sorted, shape (words,); ``members`` says whose stop words they are, shape
    (words, languages), in the order of the language table.
    """

    def __init__(self, hashes: Hashes, members: Bools) -> None:
        self.hashes = hashes
        self.members = members
        beginnings = (hashes >> _BEGINNING).astype(np.int64)
        self._first = np.searchsorted(beginnings, np.arange(1 << 16))
        self._alike = int(np.bincount(beginnings).max(initial=0))

    def arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """What a model stores: eight languages to a byte."""
        return {
            "stop_words": self.hashes,
            "stop_word_members": np.packbits(self.members, axis=1),
        }

    @classmethod
    def of(cls, arrays: Mapping[str, npt.NDArray[Any]], languages: int) -> StopWords:
        """The stop words that ``arrays()`` described."""
        members = np.unpackbits(arrays["stop_word_members"], axis=1, count=languages)
        return cls(arrays["stop_words"], members.astype(np.bool_))

    def find(self, hashes: Hashes) -> tuple[Ints, Bools]:
        """The index of every hash among the stop words, and whether it is one at all.

        Hashes are spread evenly, so the first bits of one nearly say where it stands.
        """
        last = len(self.hashes) - 1
        index = np.minimum(self._first.take(hashes >> _BEGINNING), last)
        for _ in range(self._alike - 1):
            index = np.minimum(index + (self.hashes[index] < hashes), last)
        return index, self.hashes[index] == hashes


def stop_word_facts(batch: Batch, stop_words: StopWords, language: Ints, best: Ints) -> Columns:
    """How many of each line's words are frequent ones, and whether the first and last are.

    ``language`` and ``best`` index the document's and the line's own language in ``stop_words``.
    """
    words = batch.characters.words
    count = batch.characters.word_counts
    index, stops = stop_words.find(words.hash)
    home = stops & stop_words.members[index, language[words.line]]
    own = stops & stop_words.members[index, best[words.line]]
    stop = np.cumsum(count)
    filled = np.flatnonzero(count)
    starts, ends = np.zeros(len(batch), np.float32), np.zeros(len(batch), np.float32)
    starts[filled] = home[(stop - count)[filled]]
    ends[filled] = home[stop[filled] - 1]
    return {
        "starts_stop_word": starts,
        "ends_stop_word": ends,
        "stop_words": share(_words_of(batch, home), count),
        "stop_words_own": share(_words_of(batch, own), count),
        "stop_words_any": share(_words_of(batch, stops), count),
        "log_stop_words": log(_words_of(batch, home)),
    }


def _words_of(batch: Batch, marks: Bools) -> Floats:
    """How many words of every line are marked."""
    line = batch.characters.words.line[marks]
    return np.bincount(line, minlength=len(batch)).astype(np.float32)


def _capitals(batch: Batch) -> dict[str, Floats]:
    characters, words = batch.characters, batch.characters.words
    count = characters.word_counts
    capital = characters.kind[words.start] == Kind.UPPER
    second = characters.kind[np.minimum(words.start + 1, words.end - 1)]
    shouted = _words_of(batch, capital & (second == Kind.UPPER))
    return {
        "capitalised": share(_words_of(batch, capital), count),
        "shouted": share(shouted, count),
        "log_shouted": log(shouted),
    }


def _numbers(batch: Batch) -> dict[str, Floats]:
    """Dates, times, addresses, told by runs of digits and the signs between them."""
    characters, words = batch.characters, batch.characters.words
    code, kind = characters.code, characters.kind
    figures = kind[words.start] == Kind.NUMBER
    size = words.end - words.start
    after, following = code[words.end], kind[np.minimum(words.end + 1, len(kind) - 1)]
    digits = figures & (following == Kind.NUMBER)
    lead = code[words.start] - ord("0")
    second = code[np.minimum(words.start + 1, len(code) - 1)] - ord("0")
    year = figures & (size == 4) & (((lead == 1) & (second == 9)) | ((lead == 2) & (second == 0)))
    time = digits & (size <= 2) & (after == ord(":"))
    date = digits & (size <= 4) & np.isin(after, [ord(sign) for sign in "./-"])
    colon = np.flatnonzero(code == ord(":"))
    colon = colon[(colon + 2 < len(code))]
    address = colon[(code[colon + 1] == ord("/")) & (code[colon + 2] == ord("/"))]
    dots = np.flatnonzero((code == ord(".")) | (code == ord("@")))
    dots = dots[(dots + 1 < len(code))]
    joined = dots[is_letter(kind[dots - 1]) & (kind[dots + 1] == Kind.LOWER)]

    def any_in(lines: Ints) -> Floats:
        return (np.bincount(lines, minlength=len(batch)) > 0).astype(np.float32)

    return {
        "year": any_in(words.line[year]),
        "time": any_in(words.line[time]),
        "date": any_in(words.line[date]),
        "numbers": log(np.bincount(words.line[figures], minlength=len(batch))),
        "url": any_in(characters.line[address]),
        "domain": any_in(characters.line[joined]),
    }


def _place(batch: Batch) -> dict[str, Floats]:
    characters, windows = batch.characters, batch.windows
    index = np.arange(len(batch))
    size = (windows.stop - windows.start).astype(np.float32)
    length = effective_length(characters)
    counts = characters.kind_counts
    prose = np.where(
        (length >= LONG) & (counts[:, Kind.SPACE] + counts[:, Kind.LETTER] > 5), length, 0
    ).astype(np.float32)
    long = prose > 0
    mass = windows.total(prose)
    ordered = np.lexsort((characters.length, windows.document))
    typical = characters.length[ordered[(windows.start + 0.9 * (size - 1)).astype(np.int64)]]
    blank = np.fromiter((line.blank_before for line in batch.lines), np.float32, len(batch))
    return {
        "length_ratio": np.minimum(share(characters.length, typical), 2),
        "document_line_length": log(typical),
        "place": share(index - windows.start, size),
        "index": log(index - windows.start),
        "index_from_end": log(windows.stop - 1 - index),
        "document_lines": log(size),
        "document_mean_length": log(windows.total(length) / size),
        "document_prose": log(mass),
        "document_long_lines": log(windows.total(long.astype(np.float32))),
        "document_blanks": windows.total(blank) / size,
        "blank_before": blank,
        "blank_after": windows.neighbour(blank, 1),
        "since_long": log(windows.since(long)),
        "until_long": log(windows.until(long)),
        "prose_before": share(windows.before(prose), mass),
        "prose_within_2": log(windows.sum(prose, 2, 2)),
        "prose_within_6": log(windows.sum(prose, 6, 6)),
        "prose_within_20": log(windows.sum(prose, 20, 20)),
        "length_before": log(windows.neighbour(length, -1)),
        "length_after": log(windows.neighbour(length, 1)),
        "length_before_2": log(windows.neighbour(length, -2)),
        "length_after_2": log(windows.neighbour(length, 2)),
    }


def _repetition(batch: Batch) -> Columns:
    """Copies of the line in its document, and how much its words are the document's."""
    characters = batch.characters
    index = np.arange(len(batch))
    whole = characters.spans(characters.first, characters.end)
    key = mixed(whole + batch.windows.document.astype(np.uint64) * _SALTS["line"])
    order = np.lexsort((index, key))
    fresh = np.concatenate(([True], key[order][1:] != key[order][:-1]))[: len(order)]
    group = np.cumsum(fresh) - 1
    copies = np.bincount(group) if len(order) else np.zeros(0, np.int64)
    nth = index - np.flatnonzero(fresh)[group]
    count, earlier = np.ones(len(batch), np.int64), np.zeros(len(batch), np.int64)
    count[order], earlier[order] = copies[group], nth
    length = effective_length(characters)
    common, prosaic, told = _shared_words(batch, length >= LONG)
    topic = prosaic * np.sqrt(told) * (length < TITLE)
    windows = batch.windows
    best = np.maximum.reduceat(topic, windows.first[:-1])[windows.document]
    rising = _running_maximum(topic, windows)
    return {
        "copies": log(count - 1),
        "copies_before": log(earlier),
        "copies_after": log(count - 1 - earlier),
        "words_elsewhere": common,
        "words_in_prose": prosaic,
        "topic": topic,
        "topic_of_best": share(topic, np.maximum(best, np.float32(1e-3))),
        "topic_above_earlier": topic - rising,
        "topic_above_next": topic
        - np.maximum.reduce([windows.neighbour(topic, offset) for offset in (1, 2, 3, 4)]),
    }


def _running_maximum(values: Floats, windows: Windows) -> Floats:
    """The greatest of the values before each line in its document; 0 for the first."""
    # Documents are lifted above one another so that one running maximum serves all of them.
    step = float(values.max(initial=0)) + 1
    lifted = values + step * windows.document
    running = np.maximum.accumulate(np.concatenate(([0.0], lifted)))[:-1]
    return np.maximum(running - step * windows.document, 0).astype(np.float32)


def _shared_words(batch: Batch, prose: Bools) -> tuple[Floats, Floats, Floats]:
    """The share of each line's rarer words in other lines, that in other prose lines, their count.

    Words of three characters and less are passed over: they are everywhere.
    """
    words = batch.characters.words
    size = words.end - words.start
    weighty = np.flatnonzero((size > 3) | (size == 1))
    line = words.line[weighty]
    salt = batch.windows.document.astype(np.uint64) * _SALTS["word"]
    key = mixed(words.hash[weighty] + salt[line])
    # One sort brings a document's equal words together, and those of one line within them: the
    # lowest bits of the hash give way to the line.
    bits = np.uint64(len(batch).bit_length())
    key = np.sort((key >> bits << bits) | line.astype(np.uint64))
    line = (key & ((np.uint64(1) << bits) - np.uint64(1))).astype(np.int64)
    changes = np.ones(len(key), np.bool_)
    changes[1:] = key[1:] >> bits != key[:-1] >> bits
    word = np.cumsum(changes) - 1
    once = np.ones(len(key), np.bool_)  # a word counts once a line
    once[1:] = key[1:] != key[:-1]
    elsewhere = np.bincount(word[once])[word] > 1
    in_prose = np.bincount(word, weights=once & prose[line])[word] > prose[line]
    total = np.bincount(line, minlength=len(batch))
    return (
        share(np.bincount(line[elsewhere], minlength=len(batch)), total),
        share(np.bincount(line[in_prose], minlength=len(batch)), total),
        total.astype(np.float32),
    )
