"""What the lines around a line tell of it, as columns of numbers.

The first stage reads each line's words alone; here its opinions, and how lines look, become facts
of the lines around: for the article network, for that of spam and for that of joints.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from cleaner.characters import Floats, Ints
from cleaner.features import LONG, Columns, log, share, sigmoid
from cleaner.windows import ALL, Windows

BRIEF = 40
"""Letters below which a line counts as short when such lines are counted."""

LENIENT = np.float32(0.3)
"""First-stage probability from which a line adds to a run of article text."""

CONFIDENT = 0.8
"""First-stage probability from which a line of ``LONG`` letters serves as a landmark."""

BESIDE = (
    *("ends_sentence", "stop_words", "starts_upper", "ends_letter", "copies", "year"),
    *("slogan", "slogan_end", "formula_whole", "formula_label", "share_dates"),
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
        "until_landmark": log(windows.until(landmark)),
        "since_landmark": log(windows.since(landmark)),
        "landmarks_before": share(
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
        **_run_facts("letters", windows, (probability - LENIENT) * weight, expected, length),
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
    facts["lines"] = log(size)
    facts["open brackets"] = windows.sum(own["bracket_balance"], 4, -1)
    return facts


_KINDS = {
    "words": (
        *("logit", "known_tokens", "formula", "signpost", "slogan"),
        *("stop_words", "starts_stop", "ends_stop", "log_stop"),
    ),
    "neighbours": (
        *("logit-", "logit+", "mean_", "until_landmark", "since_landmark", "landmarks"),
        *("in run", "from start", "to end", "place in run", "share of run", "size of", "purity of"),
    ),
    "figures": (
        *("year", "time", "date", "numbers", "url", "domain"),
        *("share_digits", "calendar", "share_dates"),
    ),
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
