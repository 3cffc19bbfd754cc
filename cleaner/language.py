"""Which language a document is in, and what each line says about being foreign to it.

langdetect ships character n-gram counts for 55 languages but cannot be asked line by line: it is
slow, random, and sure of itself on "Login". Its counts are sound, though. As one table, n-gram by
language, they score all lines of a batch by summing rows: deterministic, and 100 times faster.

A line's language is evidence, never a verdict. Everything this module says of a line is relative
to its document (how much likelier another language is than the document's, how much of the
document shares the line's language or script), so that no language is suspicious in itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.characters import (
    CODE_POINTS,
    NO_SCRIPT,
    SCRIPT_NAMES,
    Bools,
    Characters,
    Codes,
    Floats,
    Ints,
    Kind,
    scripts,
)
from cleaner.windows import Windows

BUCKETS = 1 << 15
SCALE = 16.0
"""Table entries are nats times this: 8 bits hold the largest log-ratio, 7.6 nats."""

FLOOR = 0.5 / 10_000
"""Probability of an n-gram a language has never shown: langdetect's ``ALPHA / BASE_FREQ``."""

MAX_POSITIONS = 80
"""Characters of a line whose n-grams are read: a longer look changes no decision but takes time."""

CHUNK = 48
"""Lines summed at a time, so that their rows stay in the cache."""

ALIEN_COST = 5.0
"""Nats that a letter costs a language not written in its script."""

TEMPERATURE = 4.0
"""Overlapping n-grams count every character several times; this takes the excess back out."""

NEAR = (
    ("no", "da", "sv"),
    ("hr", "sl", "sr", "bs", "mk", "bg"),
    ("cs", "sk"),
    ("es", "pt", "ca", "gl"),
    ("id", "ms", "tl"),
    ("ru", "uk", "bg", "mk", "be", "sr"),
    ("af", "nl"),
    ("zh-cn", "zh-tw"),
    ("hi", "mr", "ne"),
    ("ar", "fa", "ur"),
    ("et", "fi"),
)
"""Languages that excuse each other: a line is not foreign for looking like a sister language."""

INFORMATION = {"han": 3.0, "kana": 2.0, "hangul": 2.0}
"""How many alphabetic letters one letter of a script is worth."""

PROSE = 60.0
"""Letters at which a line counts half as prose: a long line tells more of the document's language
than the same letters in many short ones."""

EARLY = 0.15
"""The first part of a document, where its own language is likelier to stand."""

RIVAL = 0.03
"""Share of a document's prose from which a language could be the document's."""

ABOVE_RIVALS = (
    *("prose", "lines", "article alone", "length", "typical length", "unevenness", "spread"),
    *("count", "cohesion", "in paragraphs", "quoted", "ends", "stops", "commas", "slogans"),
)
"""What is compared with the best of a document's other candidates."""

SENTENCES = np.log1p(2)
"""Full stops, as their logarithm, from which a line is a paragraph of several sentences."""

NEVER = np.float32(-30)
"""Log-odds of what is out of the question."""

LEAST_ODDS = np.float32(-8)
"""Log-odds of a document's language below which all are alike."""

HOME_SHARE = 0.75
"""Share of a document's prose in one language that leaves no doubt whose document it is."""

SETTLED, LEAST_SETTLED = 0.9, 25
"""Probability of the document's language, and letters, that make a line plainly at home."""

_LATIN = SCRIPT_NAMES.index("latin")
_SPACE = np.uint32(ord(" "))
_MULTIPLIERS = (np.uint32(0x9E3779B1), np.uint32(0x85EBCA77), np.uint32(0xC2B2AE3D))


def gram_buckets(*codes: Codes) -> Ints:
    """The table rows of n-grams, given as arrays of their last, last but one ... characters."""
    hashed = np.full(len(codes[0]), len(codes), np.uint32)
    with np.errstate(over="ignore"):
        for code, multiplier in zip(codes, _MULTIPLIERS, strict=False):
            hashed += (code + np.uint32(1)) * multiplier
        hashed ^= hashed >> np.uint32(15)
        hashed *= np.uint32(0x2C1B3C6D)
        hashed ^= hashed >> np.uint32(13)
    return (hashed & np.uint32(BUCKETS - 1)).astype(np.int64)


class Languages:
    """n-gram statistics of many languages as one table.

    ``table`` has shape (32768, languages), int8, in units of 1/16 nat above never having been
    seen; ``normal`` maps the 65,536 basic code points to those that langdetect counts; ``alien``
    says which scripts a language is not written in, shape (scripts, languages), never true of
    Latin letters, which are at home everywhere as names.
    """

    def __init__(
        self, names: Sequence[str], table: npt.NDArray[np.int8], normal: Codes, alien: Bools
    ) -> None:
        self.names = tuple(names)
        self.table = table
        self.normal = normal
        self.alien = alien

    @cached_property
    def _rows(self) -> npt.NDArray[np.int16]:
        """The table in the type it is summed in, with a last row of zeros to pad with."""
        return np.vstack([self.table, np.zeros((1, len(self.names)), np.int8)]).astype(np.int16)

    @cached_property
    def _normal(self) -> Codes:
        table = np.full(CODE_POINTS, _SPACE)
        table[: len(self.normal)] = self.normal
        return table

    @cached_property
    def near(self) -> Bools:
        """Whether two languages excuse each other, shape (languages, languages)."""
        near = np.eye(len(self.names), dtype=np.bool_)
        for group in NEAR:
            members = [self.names.index(name) for name in group if name in self.names]
            near[np.ix_(members, members)] = True
        return near

    def scores(self, characters: Characters) -> tuple[Floats, Floats]:
        """Log-likelihood of every language, in nats, and the number of n-grams, for each line.

        Shapes (lines, languages) and (lines,). A line without a known n-gram scores 0 throughout.
        """
        line, grams = self._grams(characters)
        positions = np.bincount(line, minlength=len(characters))
        first = np.cumsum(positions) - positions
        scores = np.zeros((len(characters), len(self.names)), np.float32)
        # Lines of like length are padded to one width and summed in chunks that fit the cache.
        order = np.argsort(positions, kind="stable")
        order = order[np.searchsorted(positions[order], 1) :]
        for begin in range(0, len(order), CHUNK):
            chunk = order[begin : begin + CHUNK]
            place = np.arange(positions[chunk].max())[:, None]
            index = np.where(place < positions[chunk], first[chunk] + place, len(line))
            # One sum of long rows, all languages of all lines, is faster than many of short ones.
            rows = self._rows.take(grams.take(index, axis=1).ravel(), axis=0)
            sums = rows.reshape(-1, len(chunk) * len(self.names)).sum(axis=0, dtype=np.int16)
            scores[chunk] = sums.reshape(len(chunk), -1)
        scores /= np.float32(SCALE)
        scores -= characters.script_counts.astype(np.float32) @ (
            self.alien * np.float32(ALIEN_COST)
        )
        return scores, positions.astype(np.float32)

    def _grams(self, characters: Characters) -> tuple[Ints, Ints]:
        """The line of every character langdetect would look at, and the table rows of the n-grams
        that end there: shapes (positions,) and (3, positions + 1), the last column to pad with.

        No more than the first ``MAX_POSITIONS`` of each line.
        """
        code = self._normal.take(characters.code)
        code[_stray_latin(characters)] = _SPACE
        space = code == _SPACE
        kept = np.flatnonzero(~(space[1:] & space[:-1])) + 1  # white space collapsed
        line = characters.line[kept]
        place = np.arange(len(kept)) - np.searchsorted(line, np.arange(len(characters)))[line]
        here = np.flatnonzero(place < MAX_POSITIONS)
        codes = code[kept]
        middle, before = np.roll(codes, 1), np.roll(codes, 2)
        middle[:1] = before[:2] = _SPACE
        code, middle, before, line = codes[here], middle[here], before[here], line[here]
        upper = characters.kind[kept] == Kind.UPPER
        shouted = (upper & np.roll(upper, 1))[here]
        grams = np.full((3, len(here) + 1), BUCKETS)
        grams[0, :-1] = np.where(code == _SPACE, BUCKETS, gram_buckets(code))
        grams[1, :-1] = gram_buckets(code, middle)
        grams[2, :-1] = np.where(middle == _SPACE, BUCKETS, gram_buckets(code, middle, before))
        grams[:, :-1][:, shouted & (middle != _SPACE)] = BUCKETS
        return line, grams


def _stray_latin(characters: Characters) -> Bools:
    """Latin letters in lines that are mostly of another script: names, not language."""
    counts = characters.script_counts
    latin = counts[:, _LATIN]
    others = counts.sum(axis=1) - latin - counts[:, NO_SCRIPT]
    return (characters.script == _LATIN) & (latin * 2 < others)[characters.line]


@dataclass(frozen=True, slots=True)
class Tongues:
    """What n-grams say of every line of a batch, each line by itself."""

    scores: Floats
    """Log-likelihoods in nats, shape (lines, languages)."""
    count: Floats
    """n-grams they rest on."""
    posterior: Floats
    """Probabilities, shape (lines, languages); 0 throughout for a line without n-grams."""
    best: Ints
    """Index of the likeliest language."""
    information: Floats
    """Letters, each worth what its script tells."""
    prose: Floats
    """Information, discounted for short lines."""


def tongues(languages: Languages, characters: Characters) -> Tongues:
    """Every line's languages, whatever its document."""
    scores, count = languages.scores(characters)
    best = scores.argmax(axis=1)
    letters = characters.script_counts.copy()
    letters[:, NO_SCRIPT] = 0
    unread = (letters * languages.alien[:, best].T).sum(axis=1)
    count[2 * unread > letters.sum(axis=1)] = 0  # no language here is written in that script
    posterior = _softmax(scores / np.float32(TEMPERATURE)) * (count > 0)[:, None]
    information = (characters.script_counts @ _information()).astype(np.float32)
    prose = information * information / (information + np.float32(PROSE))
    return Tongues(scores, count, posterior, best, information, prose)


@dataclass(frozen=True, slots=True)
class Candidates:
    """The languages that each document could be in; one row a document and language."""

    document: Ints
    language: Ints
    columns: Mapping[str, Floats]

    def odds(self, logit: Floats, documents: int, languages: int) -> Floats:
        """The log-odds of every language being its document's, shape (documents, languages).

        ``NEVER`` for those that are no candidates.
        """
        odds = np.full((documents, languages), NEVER)
        odds[self.document, self.language] = logit
        return odds


def candidates(
    tongue: Tongues, windows: Windows, article: Floats, own: Mapping[str, Floats]
) -> Candidates:
    """What speaks for each language of a document being its own, and not its spam's.

    Mass alone does not tell: spam can be longer than the article. But menus and paragraphs share
    the article's language, the article's lines are longer and return to their words, and spam
    stands at one end or all over. An article has paragraphs of several sentences beside short
    ones, and quotes people; slogans are all alike, and their words tell too. Out of fold, 342 of
    13,379 documents were taken for another language before form was asked, 251 after; of 1,462 with
    more spam than article 163 before words were asked, 138 after.

    ``article`` is the first stage's probability of every line, ``own`` how it looks
    (``features.own_facts``).
    """
    size = tongue.scores.shape[1]
    documents = len(windows.first) - 1
    sure = tongue.posterior.max(axis=1)
    key = windows.document * size + tongue.best
    place = ((np.arange(len(windows)) - windows.start) / (windows.stop - windows.start)).astype(
        np.float32
    )

    def sums(values: Floats) -> Floats:
        found = np.bincount(key, weights=values * sure, minlength=documents * size)
        return found.astype(np.float32)

    def share(values: Floats) -> Floats:
        table = sums(values).reshape(documents, size)
        shares: Floats = table / np.maximum(table.sum(axis=1, keepdims=True), 1e-6)
        return shares.ravel()

    def mean(values: Floats, weight: Floats) -> Floats:
        mass = sums(weight)
        mass[mass == 0] = 1
        return sums(values * weight) / mass

    def deviation(values: Floats) -> Floats:
        found: Floats = np.sqrt(np.maximum(mean(values**2, each) - mean(values, each) ** 2, 0))
        return found

    prose, information, each = tongue.prose, tongue.information, np.ones_like(sure)
    letters = np.log1p(information)
    paragraph = (own["stops"] >= SENTENCES).astype(np.float32)
    quoting = (own["quotes"] > 0).astype(np.float32)
    columns: dict[str, npt.NDArray[np.floating[Any]]] = {
        "prose": share(prose),
        "lines": share(each),
        "short lines": share((information < PROSE / 2).astype(np.float32)),
        "article": share(prose * article),
        "article alone": mean(article, prose),
        "early": share(prose * (place < EARLY)),
        "first": share((place < EARLY).astype(np.float32)),
        "last": share((place > 1 - EARLY).astype(np.float32)),
        "place": mean(place, each),
        "spread": deviation(place),
        "length": np.log1p(mean(information, each)),
        "typical length": np.log1p(mean(information, information)),
        "unevenness": deviation(letters),
        "mass": np.log1p(sums(prose)),
        "count": np.log1p(sums(each)),
        "cohesion": mean(own["words_elsewhere"], prose),
        "paragraphs": share(prose * paragraph),
        "in paragraphs": mean(paragraph, prose),
        "quotes": share(prose * quoting),
        "quoted": mean(quoting, prose),
        "ends": mean(own["ends_sentence"], prose),
        "stops": mean(own["stops"], each),
        "commas": mean(own["commas"], each),
        "slogans": mean(own["slogan"], each),
        "slogan ends": mean(own["slogan_end"], each),
    }
    rivals = np.flatnonzero((columns["prose"] > RIVAL) & (columns["mass"] > 0))
    document = rivals // size
    chosen = {name: column[rivals].astype(np.float32) for name, column in columns.items()}
    for name in ABOVE_RIVALS:
        chosen[f"{name} above rivals"] = _above_rivals(chosen[name], document)
    rivalry = np.bincount(document, minlength=documents)
    chosen["rivals"] = rivalry[document].astype(np.float32)
    return Candidates(document, rivals % size, chosen)


def _above_rivals(values: Floats, document: Ints) -> Floats:
    """Each value less the greatest of the others of its document; itself where it has none."""
    order = np.lexsort((-values, document))
    starts = np.concatenate(([True], document[order][1:] != document[order][:-1]))[: len(order)]
    first = np.flatnonzero(starts)
    group = np.cumsum(starts) - 1
    ranked = values[order]
    second = np.minimum(first + 1, len(order) - 1)
    runner_up = np.where(np.append(np.diff(first), len(order) - first[-1:]) > 1, ranked[second], 0)
    others = np.where(starts, runner_up[group], ranked[first][group])
    above = np.empty_like(values)
    above[order] = ranked - others
    return above


@dataclass(frozen=True, slots=True)
class Evidence:
    """What language says about every line of a batch; all arrays have one entry a line.

    ``columns`` are the facts the spam model reads, by name, each relative to the document.
    """

    document: Ints
    """Index of the language of the line's document."""
    certain: Floats
    """Share of the document's prose in that language and its kin, 0 to 1."""
    best: Ints
    """Index of the likeliest language of the line itself; the document's where it cannot say."""
    columns: Mapping[str, Floats]


def evidence(
    languages: Languages, characters: Characters, tongue: Tongues, windows: Windows, odds: Floats
) -> Evidence:
    """Weigh every line against the language of its document: the likeliest by ``odds``.

    ``odds`` are log-odds of shape (documents, languages), see ``Candidates.odds``; where all are
    out of the question, the language of most prose is the document's.
    """
    of = windows.document
    shares = _shares(tongue.posterior, tongue.prose, windows)
    likeliest = np.where(odds.max(axis=1) > NEVER, odds.argmax(axis=1), shares.argmax(axis=1))
    related = languages.near[likeliest]
    home_share = np.where(related, shares, np.float32(0)).sum(axis=1)
    rival_odds = np.where(related, NEVER, odds).max(axis=1)
    document = likeliest[of]
    known = tongue.count > 0
    kin = languages.near[document]
    home = np.where(kin, tongue.scores, np.float32(-1e9)).max(axis=1)
    away = np.where(kin, np.float32(-1e9), tongue.scores).max(axis=1)
    margin = np.where(known, away - home, np.float32(0))
    best = np.where(known, tongue.best, document)
    length = np.maximum(tongue.count, 1)
    at_home = np.where(kin, tongue.posterior, np.float32(0)).sum(axis=1)
    ranked = np.sort(shares, axis=1)[:, ::-1]
    strange = _strange_scripts(characters, tongue.prose, windows)
    settled = (at_home > SETTLED) & (tongue.information >= LEAST_SETTLED)
    early = tongue.prose * (windows.before(tongue.prose) <= EARLY * windows.total(tongue.prose))
    by_lines = _shares(tongue.posterior, np.sqrt(tongue.information), windows)
    same = best[1:] == best[:-1]
    columns = {
        "margin": margin / np.float32(10),
        "margin_tempered": margin / np.sqrt(length),
        "margin_mean": margin / length,
        "confidence": tongue.posterior.max(axis=1),
        "home_posterior": at_home,
        "own_share": shares[of, best],
        "own_share_early": _shares(tongue.posterior, early, windows)[of, best],
        "own_share_lines": by_lines[of, best],
        "kin": languages.near[document, best],
        "same_before": np.concatenate(([False], same)) & (windows.start < np.arange(len(of))),
        "same_after": np.concatenate((same, [False])) & (windows.stop > np.arange(len(of)) + 1),
        "since_home": np.log1p(windows.since(settled)),
        "until_home": np.log1p(windows.until(settled)),
        "home_before": np.log1p(windows.before(settled.astype(np.float32))),
        "strange_script": strange,
        "strange_letters": np.log1p(strange * tongue.information),
        "document_share": ranked[of, 0],
        "second_share": ranked[of, 1],
        "home_share": home_share[of],
        "home_odds": np.maximum(odds[of, document], LEAST_ODDS),
        "rival_odds": np.maximum(rival_odds[of], LEAST_ODDS),
        "own_odds": np.maximum(odds[of, best], LEAST_ODDS),
        "log_grams": np.log1p(tongue.count),
        "log_information": np.log1p(tongue.information),
        "has_grams": known,
    }
    columns = {name: column.astype(np.float32) for name, column in columns.items()}
    return Evidence(document, columns["home_share"], best, columns)


def plainly_home(columns: Mapping[str, Floats]) -> Bools:
    """Whether a line is without doubt in its document's language, and that is beyond doubt too."""
    own = (columns["home_posterior"] > SETTLED) & (columns["strange_script"] < 0.5)
    return own & (columns["home_share"] > HOME_SHARE)


def _softmax(scores: Floats) -> Floats:
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True, initial=-np.inf))
    return shifted / shifted.sum(axis=1, keepdims=True)


def _information() -> Floats:
    """What one letter of each script is worth, in letters of an alphabet."""
    worth = [INFORMATION.get(name, 1.0) for name in SCRIPT_NAMES]
    worth[NO_SCRIPT] = 0.0
    return np.array(worth, np.float32)


def _shares(posterior: Floats, weight: Floats, windows: Windows) -> Floats:
    """Each language's share of the weight of each document, shape (documents, languages)."""
    mass = np.add.reduceat(posterior * weight[:, None], windows.first[:-1], axis=0)
    return mass / np.maximum(mass.sum(axis=1, keepdims=True), np.float32(1e-6))


def _strange_scripts(characters: Characters, prose: Floats, windows: Windows) -> Floats:
    """The share of each line's letters, by information, whose script its document hardly uses."""
    letters = characters.script_counts * _information()
    share = (letters / np.maximum(letters.sum(axis=1, keepdims=True), 1)).astype(np.float32)
    document = _shares(share, prose, windows)
    return (share * (1 - document[windows.document])).sum(axis=1).astype(np.float32)


def langdetect_profiles() -> Languages:
    """The statistics of the installed langdetect package.

    The same smoothing and normalisation as langdetect's own ``Detector``; n-grams that share a
    bucket add up.
    """
    from langdetect.utils.ngram import NGram  # noqa: PLC0415 - training's need, not cleaning's

    folder = files("langdetect") / "profiles"
    profiles = {
        file.name: json.loads(file.read_text("utf-8"))
        for file in sorted(folder.iterdir(), key=lambda file: file.name)
        if not file.name.startswith("__")
    }
    normal = np.array(
        [ord(NGram.normalize(chr(c))) if not 0xD800 <= c <= 0xDFFF else 32 for c in range(1 << 16)],
        np.uint32,
    )
    table = np.stack([_column(profile) for profile in profiles.values()], axis=1)
    alien = np.stack([_alien_scripts(profile) for profile in profiles.values()], axis=1)
    return Languages(tuple(profiles), table, normal, alien)


def _alien_scripts(profile: Mapping[str, object]) -> Bools:
    """Scripts that make up less than 5 % of a language's letters; Latin is never alien."""
    frequencies: Mapping[str, int] = profile["freq"]  # type: ignore[assignment]
    counts = np.zeros(len(SCRIPT_NAMES))
    for gram, count in frequencies.items():
        if len(gram) == 1:
            counts[scripts()[ord(gram)]] += count
    alien = counts < 0.05 * counts[NO_SCRIPT + 1 :].sum()
    alien[[NO_SCRIPT, _LATIN]] = False
    return alien


def _column(profile: Mapping[str, object]) -> npt.NDArray[np.int8]:
    """One language's entries of the table, from its n-gram counts."""
    frequencies: Mapping[str, int] = profile["freq"]  # type: ignore[assignment]
    totals: Sequence[int] = profile["n_words"]  # type: ignore[assignment]
    probability = np.zeros(BUCKETS)
    for size in (1, 2, 3):
        grams = [gram for gram in frequencies if len(gram) == size]
        codes = np.array([[ord(character) for character in gram] for gram in grams], np.uint32)
        counts = np.array([frequencies[gram] for gram in grams])
        rows = gram_buckets(*codes.reshape(len(grams), size).T[::-1])
        np.add.at(probability, rows, counts / totals[size - 1])
    return np.rint(np.minimum(np.log1p(probability / FLOOR) * SCALE, 127)).astype(np.int8)
