"""A batch of documents as numbers: what the model reads of every line.

Three kinds of facts, each a column with its name beside how it is worked out:

* *tokens*: hashed words, word pairs and shapes, read by the linear first stage;
* *own facts* (``own_facts``): how a line looks and where it stands;
* *context* (``context``): what the first stage thought of the lines around it.

Text and HTML lines are alike here. Nothing in this module knows a label or a language by name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
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
from cleaner.windows import ALL, Windows

Columns = Mapping[str, Floats]

TOKEN_BUCKETS = 1 << 19
"""Fewer make unlike words share a weight: 2^17 cost .009 log-loss of the first stage against 2^18,
and that .007 against a bucket for every token."""

LONG = 60
"""Letters from which a line counts as prose when distances to prose are measured."""

BRIEF = 40
"""Letters below which a line counts as short when such lines are counted."""

TITLE = 200
"""Letters beyond which a line is no headline."""

BREAK = ord("\n")

SHORT = 4
"""Words up to which a line's words count apart: "comments" alone on a line is a button."""

LENIENT = np.float32(0.3)
"""First-stage probability from which a line adds to a run of article text."""

CONFIDENT = 0.8
"""First-stage probability from which a line of ``LONG`` letters serves as a landmark."""

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
    count = np.bincount(words.line, minlength=len(batch))
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
    return logit.astype(np.float32), _share(known, count)


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


def _share(part: npt.NDArray[np.generic], whole: npt.NDArray[np.generic]) -> Floats:
    return (part / np.maximum(whole, 1)).astype(np.float32)


def _log(values: npt.NDArray[np.generic]) -> Floats:
    return np.log1p(values).astype(np.float32)


def _size_and_shape(batch: Batch) -> dict[str, Floats]:
    characters = batch.characters
    counts, length = characters.kind_counts, characters.length
    words = np.bincount(characters.words.line, minlength=len(batch))
    letters = counts[:, Kind.LOWER] + counts[:, Kind.UPPER] + counts[:, Kind.LETTER]
    return {
        "log_characters": _log(length),
        "log_words": _log(words),
        "log_effective_length": _log(effective_length(characters)),
        "word_length": _share(letters + counts[:, Kind.NUMBER], words),
        "share_upper": _share(counts[:, Kind.UPPER], letters),
        "share_uncased": _share(counts[:, Kind.LETTER], letters),
        "share_digits": _share(counts[:, Kind.NUMBER], length),
        "share_spaces": _share(counts[:, Kind.SPACE], length),
        "share_letters": _share(letters, length),
        "stops": _log(counts[:, Kind.STOP]),
        "commas": _log(counts[:, Kind.COMMA]),
        "quotes": _log(counts[:, Kind.QUOTE]),
        "brackets": _log(counts[:, Kind.OPEN] + counts[:, Kind.CLOSE]),
        "bullets": _log(counts[:, Kind.BULLET]),
        "separators": _log(counts[:, Kind.SEPARATOR]),
        "dashes": _log(counts[:, Kind.DASH]),
        "symbols": _log(counts[:, Kind.SYMBOL]),
        "currency": _log(counts[:, Kind.CURRENCY]),
        "share_commas": _share(counts[:, Kind.COMMA], words),
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
    count = np.bincount(words.line, minlength=len(batch))
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
        "stop_words": _share(_words_of(batch, home), count),
        "stop_words_own": _share(_words_of(batch, own), count),
        "stop_words_any": _share(_words_of(batch, stops), count),
        "log_stop_words": _log(_words_of(batch, home)),
    }


def _words_of(batch: Batch, marks: Bools) -> Floats:
    """How many words of every line are marked."""
    line = batch.characters.words.line[marks]
    return np.bincount(line, minlength=len(batch)).astype(np.float32)


def _capitals(batch: Batch) -> dict[str, Floats]:
    characters, words = batch.characters, batch.characters.words
    count = np.bincount(words.line, minlength=len(batch))
    capital = characters.kind[words.start] == Kind.UPPER
    second = characters.kind[np.minimum(words.start + 1, words.end - 1)]
    shouted = _words_of(batch, capital & (second == Kind.UPPER))
    return {
        "capitalised": _share(_words_of(batch, capital), count),
        "shouted": _share(shouted, count),
        "log_shouted": _log(shouted),
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
        "numbers": _log(np.bincount(words.line[figures], minlength=len(batch))),
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
        "length_ratio": np.minimum(_share(characters.length, typical), 2),
        "document_line_length": _log(typical),
        "place": _share(index - windows.start, size),
        "index": _log(index - windows.start),
        "index_from_end": _log(windows.stop - 1 - index),
        "document_lines": _log(size),
        "document_mean_length": _log(windows.total(length) / size),
        "document_prose": _log(mass),
        "document_long_lines": _log(windows.total(long.astype(np.float32))),
        "document_blanks": windows.total(blank) / size,
        "blank_before": blank,
        "blank_after": windows.neighbour(blank, 1),
        "since_long": _log(windows.since(long)),
        "until_long": _log(windows.until(long)),
        "prose_before": _share(windows.before(prose), mass),
        "prose_within_2": _log(windows.sum(prose, 2, 2)),
        "prose_within_6": _log(windows.sum(prose, 6, 6)),
        "prose_within_20": _log(windows.sum(prose, 20, 20)),
        "length_before": _log(windows.neighbour(length, -1)),
        "length_after": _log(windows.neighbour(length, 1)),
        "length_before_2": _log(windows.neighbour(length, -2)),
        "length_after_2": _log(windows.neighbour(length, 2)),
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
        "copies": _log(count - 1),
        "copies_before": _log(earlier),
        "copies_after": _log(count - 1 - earlier),
        "words_elsewhere": common,
        "words_in_prose": prosaic,
        "topic": topic,
        "topic_of_best": _share(topic, np.maximum(best, np.float32(1e-3))),
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
        _share(np.bincount(line[elsewhere], minlength=len(batch)), total),
        _share(np.bincount(line[in_prose], minlength=len(batch)), total),
        total.astype(np.float32),
    )


BESIDE = (
    *("ends_sentence", "stop_words", "starts_upper", "ends_letter", "copies", "year"),
    *("slogan", "slogan_end", "formula_whole", "formula_label"),
)
"""Own facts of the line before and of the line behind that are told of each line."""


def context(windows: Windows, logit: Floats, known: Floats, own: Columns) -> Columns:
    """What the first stage says of a line and of those around it.

    ``logit`` is the first stage's log-odds of article, ``known`` the share of the line's tokens it
    has a weight for.
    """
    probability = sigmoid(logit)
    length = np.expm1(own["log_effective_length"])
    weight = np.minimum(length, np.float32(400))
    landmark = (probability > CONFIDENT) & (length >= LONG)
    facts = {
        "logit": logit,
        "known_tokens": known,
        "until_landmark": _log(windows.until(landmark)),
        "since_landmark": _log(windows.since(landmark)),
        "landmarks_before": _share(
            windows.before(landmark.astype(np.float32)),
            1 + windows.total(landmark.astype(np.float32)),
        ),
        "mean_document": windows.mean(probability, ALL, ALL),
        "mean_document_weighted": windows.mean(probability, ALL, ALL, weight),
        "mean_before": windows.mean(probability, ALL, -1),
        "mean_after": windows.mean(probability, -1, ALL),
    }
    for offset in (-4, -3, -2, -1, 1, 2, 3, 4):
        facts[f"logit{offset:+d}"] = windows.neighbour(logit, offset, missing=-4.0)
    for reach in (2, 5, 12, 40):
        facts[f"mean_within_{reach}"] = windows.mean(probability, reach, reach)
    for reach in (3, 10, 25):
        facts[f"mean_before_{reach}"] = windows.mean(probability, reach, -1, weight)
        facts[f"mean_after_{reach}"] = windows.mean(probability, -1, reach, weight)
    for name in BESIDE:
        facts[f"{name}-1"] = windows.neighbour(own[name], -1)
        facts[f"{name}+1"] = windows.neighbour(own[name], 1)
    expected = probability * length
    return {
        **facts,
        **_run_facts("lines", windows, probability - np.float32(0.5), expected, length),
        **_run_facts(
            "letters", windows, (probability - np.float32(0.3)) * weight, expected, length
        ),
    }


def _run_facts(
    name: str, windows: Windows, score: Floats, expected: Floats, length: Floats
) -> Columns:
    """Where each line stands to the run of lines of its document with the greatest sum of scores.

    ``expected`` is the length of article text that the first stage expects of each line.
    """
    begin, end = windows.best_run(score)
    index = np.arange(len(windows))
    inside = windows.between(expected, begin, end)
    facts = {
        f"in run of {name}": (index >= begin) & (index < end),
        f"from start of run of {name}": signed_log(index - begin),
        f"to end of run of {name}": signed_log(end - 1 - index),
        f"place in run of {name}": np.clip((index - begin) / (end - begin), -1, 2),
        f"share of run of {name}": inside / np.maximum(windows.total(expected), 1e-6),
        f"size of run of {name}": np.log1p(end - begin),
        f"purity of run of {name}": inside / np.maximum(windows.between(length, begin, end), 1),
    }
    return {name: column.astype(np.float32) for name, column in facts.items()}


def signed_log(values: Ints) -> Floats:
    """The logarithm of how far values are from 0, with their sign."""
    return (np.sign(values) * np.log1p(np.abs(values))).astype(np.float32)


SURROUNDING = (
    *("commas", "capitalised", "numbers", "share_digits", "time", "year", "date", "copies"),
    *("ends_sentence", "ends_question", "stop_words", "log_effective_length"),
)
"""Facts whose mean over the lines around tells threads of comments, lists of teasers and indexes:
each of their lines may look like an article's, together they do not."""


def surroundings(windows: Windows, own: Columns) -> Columns:
    """How the lines around each line look; worth .007 F1 of article lines."""
    short = np.expm1(own["log_effective_length"]) < BRIEF
    columns = np.stack([*(own[name] for name in SURROUNDING), short], dtype=np.float32)
    facts: dict[str, Floats] = {}
    for where, before, after in (("around", 10, 10), ("above", 30, -1), ("below", -1, 30)):
        names = [f"{name} {where}" for name in (*SURROUNDING, "short")]
        facts |= zip(names, windows.mean(columns, before, after), strict=True)
    return facts


SPAM_OWN = (
    *("log_words", "log_effective_length", "place", "ends_sentence", "ends_ellipsis", "letterless"),
    *("starts_quote", "starts_upper", "quotes", "brackets", "share_digits", "capitalised"),
    *("stop_words", "stop_words_any", "stop_words_own", "copies", "url", "domain"),
    *("document_lines", "prose_before", "length_before", "length_after", "words_elsewhere"),
    *("logit", "since_landmark", "until_landmark", "landmarks_before", "mean_document"),
    *("mean_before_10", "mean_after_10", "mean_within_2", "mean_within_12"),
    *("slogan", "slogan-1", "slogan+1", "slogan_end", "slogan_end-1", "slogan_end+1"),
    *("formula_whole", "formula_label", "formula_last_2"),
)
"""Facts of the line and its place that the spam model reads beside language."""


def spam_facts(windows: Windows, language: Columns, facts: Columns) -> Columns:
    """What the spam model reads: language evidence relative to the document, and around the line.

    No language by name: only how foreign the line and its surroundings are, and whether its words
    are those of spam in any language. ``facts`` are the own facts and the context of every line.
    """
    foreign = np.clip(language["margin_tempered"], -6, 6)
    mismatch = sigmoid(foreign) * language["has_grams"]
    weight = np.minimum(np.expm1(language["log_information"]), np.float32(300))
    found = dict(language)
    found["mismatch"] = mismatch
    for offset in (-2, -1, 1, 2):
        found[f"mismatch{offset:+d}"] = windows.neighbour(mismatch, offset)
        found[f"own_share{offset:+d}"] = windows.neighbour(language["own_share"], offset, 1.0)
        found[f"strange_script{offset:+d}"] = windows.neighbour(language["strange_script"], offset)
        found[f"information{offset:+d}"] = windows.neighbour(language["log_information"], offset)
    for reach in (3, 8):
        found[f"mismatch_before_{reach}"] = windows.mean(mismatch, reach, -1, weight)
        found[f"mismatch_after_{reach}"] = windows.mean(mismatch, -1, reach, weight)
    found["mismatch_document"] = windows.mean(mismatch, ALL, ALL, weight)
    found["mismatch_before"] = windows.mean(mismatch, ALL, -1, weight)
    found["mismatch_after"] = windows.mean(mismatch, -1, ALL, weight)
    return found | {name: facts[name] for name in SPAM_OWN}


JOIN_NEIGHBOURS = {
    "log_effective_length": (-3, -2, -1, 0, 1, 2),
    "blank_before": (-2, -1, 0, 1, 2),
    **dict.fromkeys(("starts_lower", "starts_closing", "ends_sentence"), (-3, -2, -1, 0, 1, 2)),
    **dict.fromkeys(("starts_upper", "ends_comma", "ends_letter"), (-2, -1, 0, 1)),
    **dict.fromkeys(("log_words", "length_ratio", "stop_words", "ends_stop_word"), (-2, -1, 0, 1)),
    **dict.fromkeys(("bracket_balance", "odd_quotes", "capitalised"), (-2, -1, 0, 1)),
    **dict.fromkeys(("starts_digit", "starts_quote", "starts_bullet"), (-1, 0, 1)),
    **dict.fromkeys(("starts_bracket", "starts_stop_word", "share_uncased"), (-1, 0, 1)),
    **dict.fromkeys(("ends_colon", "ends_hyphen", "ends_opening", "ends_separator"), (-1, 0)),
    **dict.fromkeys(("ends_digit", "ends_bracket"), (-1, 0)),
    **dict.fromkeys(("formula_whole", "formula_label", "formula_last_2"), (-1, 0)),
}
"""Which facts of which lines around a boundary tell whether a sentence runs across it; line 0 is
the one behind the boundary."""


def join_facts(windows: Windows, own: Columns) -> Columns:
    """What the stitching model reads of the boundary before every line."""
    facts: dict[str, Floats] = {}
    for offset in sorted({offset for offsets in JOIN_NEIGHBOURS.values() for offset in offsets}):
        names = [name for name, offsets in JOIN_NEIGHBOURS.items() if offset in offsets]
        columns = windows.neighbour(np.stack([own[name] for name in names]), offset)
        facts |= zip((f"{name}{offset:+d}" for name in names), columns, strict=True)
    size = windows.total(np.ones(len(windows), np.float32))
    for name in ("starts_lower", "starts_closing", "ends_sentence", "blank_before", "ends_letter"):
        facts[f"{name} in document"] = windows.total(own[name]) / size
    facts["length in document"] = windows.total(own["log_effective_length"]) / size
    facts["typical length"] = own["document_line_length"]
    facts["lines"] = _log(size)
    facts["open brackets"] = windows.sum(own["bracket_balance"], 4, -1)
    return facts


_KINDS = {
    "words": (
        "logit",
        "known_tokens",
        "formula",
        "slogan",
        "stop_words",
        "starts_stop",
        "ends_stop",
        "log_stop",
    ),
    "neighbours": (
        *("logit-", "logit+", "mean_", "until_landmark", "since_landmark", "landmarks"),
        *("in run", "from start", "to end", "place in run", "share of run", "size of", "purity of"),
    ),
    "figures": ("year", "time", "date", "numbers", "url", "domain", "share_digits"),
    "repetition": ("copies", "words_", "topic"),
    "place": ("place", "index", "document_", "blank", "since_", "until_", "prose_", "length_"),
}


@cache
def fact_kind(column: str) -> str:
    """The kind of fact a column states, as reasons name it.

    >>> fact_kind("logit"), fact_kind("logit-1"), fact_kind("year+1"), fact_kind("commas")
    ('words', 'neighbours', 'neighbours', 'form')
    """
    if column.endswith(("-1", "+1", " around", " above", " below")):
        return "neighbours"
    matches = [
        (len(prefix), kind)
        for kind, prefixes in _KINDS.items()
        for prefix in prefixes
        if column.startswith(prefix)
    ]
    return max(matches)[1] if matches else "form"
