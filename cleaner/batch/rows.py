"""Rows to records and pages to rows: names of columns, and the JSON they are written in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from itertools import repeat
from typing import Any

from cleaner.batch.find import Input
from cleaner.batch.records import Recipe, Record
from cleaner.errors import SourceError
from cleaner.page import Page, Verdict

DIGITS = 4
"""Decimal places of a probability: finer than any model is calibrated."""


def record(row: dict[str, Any], found: Input, number: int, recipe: Recipe) -> Record:
    """The record that a row holds.

    Raises `SourceError` where it has no text; the message names the columns that it has.
    """
    source = row.get(recipe.text_key)
    if not isinstance(source, str | bytes):
        columns = ", ".join(map(repr, row)) or "nothing"
        problem = _problem(row, recipe.text_key)
        message = f"column {recipe.text_key!r} {problem}; the record has {columns} (see --text-key)"
        raise SourceError(message)
    told = row.get(recipe.id_key)
    identity = str(told) if told is not None else f"{found.name}:{number}"
    beside = {name: value for name, value in row.items() if name != recipe.text_key}
    return Record(identity, source, found.path, beside)


def _problem(row: Mapping[str, Any], name: str) -> str:
    """What is wrong with a column that holds no text."""
    if name not in row:
        return "is missing"
    return "is null" if row[name] is None else f"is {type(row[name]).__name__}, not text"


def from_json(line: bytes) -> dict[str, Any]:
    """The object that a line of JSON holds; raises `SourceError` for anything else."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        message = f"is no valid JSON ({error})"
        raise SourceError(message) from error
    if not isinstance(found, dict):
        message = f"is JSON, but a {type(found).__name__} and not an object"
        raise SourceError(message)
    return found


def to_json(row: Mapping[str, Any]) -> bytes:
    r"""``row`` as one line of UTF-8. Lone surrogates, which UTF-8 cannot hold, stay escapes.

    >>> to_json({"id": "ü", "odd": "\ud800"})
    b'{"id": "\\u00fc", "odd": "\\ud800"}\n'
    """
    try:
        return json.dumps(row, ensure_ascii=False, default=str).encode() + b"\n"
    except UnicodeEncodeError:
        return json.dumps(row, default=str).encode() + b"\n"


def row(page: Page, text: str, record: Record, recipe: Recipe) -> dict[str, Any]:
    """What is written for a page: the record's own columns, its clean text, and what was found.

    A column of the record that bears one of our names stays as it is; ours is then called
    ``clean_...``.
    """
    found: dict[str, Any] = {
        "title": page.title,
        "language": page.language,
        "removed": round(page.removed, DIGITS),
        **lines(page, recipe),
    }
    if page.metadata is not None:
        found["metadata"] = asdict(page.metadata)
    renamed = {f"clean_{x}" if x in record.columns else x: value for x, value in found.items()}
    return {recipe.id_key: record.id, recipe.text_key: text, **record.columns, **renamed}


def lines(page: Page, recipe: Recipe) -> dict[str, list[Any]]:
    """What a row tells of the lines of its page, as `Recipe.detail` asks."""
    if recipe.detail == "none":
        return {}
    if recipe.detail == "scores":
        return scores(page)
    return {"lines": [_line(verdict) for verdict in page.verdicts]}


def scores(page: Page) -> dict[str, list[Any]]:
    """Labels and probabilities as two lists, one entry for each line of the source.

    Blank lines, of which nothing can be said, are ``None``: the lists stay parallel to the text,
    so another threshold needs no new run. Blank lines at the end of the text have no entry.
    """
    labels: list[str | None] = []
    quality: list[float | None] = []
    for verdict in page.verdicts:
        blanks = verdict.line.number - len(labels) - 1
        labels += [*repeat(None, blanks), verdict.label.value]
        quality += [*repeat(None, blanks), round(verdict.probability, DIGITS)]
    return {"line_labels": labels, "line_quality": quality}


def _line(verdict: Verdict) -> dict[str, Any]:
    return {
        "number": verdict.line.number,
        "text": verdict.line.text,
        "label": verdict.label.value,
        "probability": round(verdict.probability, DIGITS),
        "reason": verdict.reason,
    }
