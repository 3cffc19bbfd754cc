"""Texts of a pipeline to clean texts, with what was found in each or why it could not be read."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cleaner.batch import rows
from cleaner.batch.records import Done, Failure, Outcome, Recipe, Record, Tally
from cleaner.batch.work import work
from cleaner.errors import Misuse
from cleaner.page import Page

TEXT, ID = "text", "id"
"""What the recipes of pipelines call these in a row; libraries and users have their own names."""


@dataclass(frozen=True, slots=True)
class Document:
    """A text of a pipeline."""

    source: str | bytes
    beside: Collection[str] = ()
    """Names of what stands beside it; nothing that is found takes one of them."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What became of a text."""

    text: str
    found: dict[str, Any]
    """Title, language, and of the lines what `Recipe.detail` asks for."""

    error: str = ""
    """Why it could not be cleaned; empty where it could."""

    tally: Tally = field(default_factory=Tally)


def cleaned(recipe: Recipe, documents: Sequence[Document]) -> list[Cleaned]:
    """What became of each document, in order: what ``cleaner clean`` would have written.

    A title or language that cannot be told is an empty text, not ``None``: libraries that learn
    the type of a column from its first rows would take it for one that holds nothing.

    >>> news = Document("The ferry left for the islands in the afternoon.", beside={"language"})
    >>> cleaned(Recipe(detail="none"), [news])[0].found
    {'title': '', 'clean_language': 'en', 'removed': 0.0}
    """
    records = [_record(document.source, document.beside) for document in documents]
    pairs = zip(records, work(recipe, records), strict=True)
    return [_cleaned(record, outcome, recipe) for record, outcome in pairs]


def nothing(recipe: Recipe, beside: Collection[str], error: str = "") -> Cleaned:
    """What is to be said of a document of which nothing is known."""
    record = _record("", beside)
    return Cleaned("", _found(rows.row(Page(), "", record, recipe), record), error)


def texts(column: Iterable[object]) -> list[str | bytes | None]:
    """The values of a column, ``None`` where one is missing.

    Raises `Misuse` for what is no column, and where one holds anything but text.

    >>> texts(["one", b"two", float("nan")])
    ['one', b'two', None]
    """
    table = hasattr(column, "columns") or getattr(column, "ndim", 1) != 1
    if table or isinstance(column, str | bytes):
        message = f"received {type(column).__name__}, not one column: give a list, array or series"
        raise Misuse(message)
    return [_text(value, number) for number, value in enumerate(column)]


def _text(value: object, number: int) -> str | bytes | None:
    if isinstance(value, str | bytes):
        return value
    if value is None or type(value).__name__ == "NAType":
        return None
    if isinstance(value, float) and math.isnan(value):
        return None
    message = f"row {number} holds {type(value).__name__}, not text"
    raise Misuse(message)


def _record(source: str | bytes, beside: Collection[str]) -> Record:
    columns = dict.fromkeys(name for name in beside if name not in {TEXT, ID})
    return Record("", source, "", columns, form="parquet")


def _cleaned(record: Record, outcome: Outcome, recipe: Recipe) -> Cleaned:
    if isinstance(outcome, Done) and isinstance(outcome.payload, dict):
        row = outcome.payload
        return Cleaned(row[TEXT], _found(row, record), tally=outcome.tally)
    reason = outcome.reason if isinstance(outcome, Failure) else "holds no text"
    return nothing(recipe, record.columns, reason)


def _found(row: Mapping[str, Any], record: Record) -> dict[str, Any]:
    known = {*record.columns, TEXT, ID}
    return {name: "" if row[name] is None else row[name] for name in row if name not in known}
