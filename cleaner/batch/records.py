"""The nouns: a document on its way in, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from cleaner.page import Settings
from cleaner.sites import host

Form = Literal["text", "markdown", "jsonl", "parquet"]
"""What documents become: one text or Markdown file each, or records in a file."""

FILES: tuple[Form, ...] = ("text", "markdown")
"""Forms in which each document becomes a file of its own."""

Style = Literal["plain", "markdown", "links"]
"""How text is written: bare, as Markdown, or as Markdown with its links."""

Detail = Literal["lines", "scores", "none"]
"""What a record tells of its lines: all about each, two parallel lists, or nothing."""

MEGABYTE = 1_000_000

ADDRESSES = ("url", "source", "uri")
"""Columns that may say where a document is from; archives' are called ``url``."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A source that a worker will read from its file."""

    path: str
    size: int


@dataclass(frozen=True, slots=True)
class Record:
    """A document on its way in."""

    id: str
    source: str | bytes | Stored
    origin: str
    """The input it came from, as the user would name it: for messages."""

    columns: Mapping[str, Any] = field(default_factory=dict)
    """What stood beside the text in its record; passed through untouched."""

    form: Form = "text"
    target: str = ""
    """The file it becomes, relative to the output folder; empty for one record among others."""

    key: str = ""
    """What the journal knows it by; empty for one record among others."""

    @property
    def place(self) -> str:
        """Where it came from, as the user would name it."""
        return _place(self.origin, self.id)

    @property
    def site(self) -> str:
        """The host that a column, or one of its ``metadata``, names; else the folder of its file.

        >>> Record("1", "", "a.jsonl", {"metadata": {"url": "https://www.example.org/1"}}).site
        'example.org'
        >>> Record("b/c.txt", "", "s3://a/b/c.txt").site
        's3://a/b'
        """
        inner = self.columns.get("metadata")
        for columns in (self.columns, inner if isinstance(inner, Mapping) else {}):
            told = (host(str(columns[name])) for name in ADDRESSES if columns.get(name))
            if site := next(filter(None, told), ""):
                return site
        if "://" in self.origin:
            return self.origin.rpartition("/")[0]
        return "" if self.origin == "-" else str(Path(self.origin).resolve().parent)

    @property
    def size(self) -> int:
        """Characters or bytes of the source."""
        return self.source.size if isinstance(self.source, Stored) else len(self.source)


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts that add up over documents."""

    documents: int = 0
    empty: int = 0
    """Documents of which nothing was kept."""

    article: int = 0
    junk: int = 0
    spam: int = 0
    """Lines, by label."""

    words: int = 0
    words_kept: int = 0
    failures: int = 0
    skipped: int = 0
    """Entries of archives that are no text."""

    @property
    def counts(self) -> dict[str, int]:
        """Those that are not 0, by name."""
        return {name: count for name in self.__slots__ if (count := getattr(self, name))}

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Failure:
    """A document, or a whole input, that could not be cleaned."""

    id: str
    origin: str
    reason: str

    @property
    def tally(self) -> Tally:
        """One failure."""
        return Tally(failures=1)

    def __str__(self) -> str:
        return f"{_place(self.origin, self.id)}: {self.reason}"


def _place(origin: str, identity: str) -> str:
    return origin if origin.endswith(identity) else f"{origin}: {identity}"


@dataclass(frozen=True, slots=True)
class Skipped:
    """An entry of an archive that is no text: an image, a redirect, an error page."""

    @property
    def tally(self) -> Tally:
        """One entry skipped."""
        return Tally(skipped=1)


Entry = Record | Failure | Skipped
"""What a reader finds in an input."""


@dataclass(frozen=True, slots=True)
class Done:
    """A cleaned document, as it will be written."""

    record: Record
    """Without its source."""

    payload: bytes | dict[str, Any]
    """The bytes of a file or of a line; for Parquet the row."""

    tally: Tally

    def __str__(self) -> str:
        return self.record.place


Outcome = Done | Failure | Skipped


@dataclass(frozen=True, slots=True)
class Chunk:
    """Documents that are cleaned together; without any, a mark between those before and after."""

    entries: tuple[Entry, ...]
    take: Callable[[list[Outcome]], list[Outcome]]
    """Called with what became of the entries, in the order of the chunks; returns what is to be
    reported, which differs where writing failed."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a single document may cost before it is given up."""

    seconds: float = 60.0
    bytes: int = 20 * MEGABYTE


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides what is written for a document."""

    settings: Settings = field(default_factory=Settings)
    model: str | None = None
    """Directory of the model; the one that comes with the package where it is ``None``."""

    site_memory: str | None = None
    """File of what sites repeat; none is asked where it is ``None``."""

    detail: Detail = "lines"
    metadata: bool = False
    """Whether records tell what a web page says of itself, which takes longer than cleaning it."""

    style: Style = "plain"
    """Of the text in records, and of Markdown files, which are never plain."""

    text_key: str = "text"
    id_key: str = "id"
    limits: Limits = field(default_factory=Limits)
