"""What a person decided, saved as it is decided.

One SQLite file holds an append-only log: a row for each decision about a line, and the highest
revision of a line is what holds. Every write is one transaction that is on the disk when it
returns, so a crash loses nothing; a browser tab that knows the log up to some revision asks what
came after, so two tabs, or two programs on one file, never overwrite each other unseen. The file
also holds the lines of each document that was touched: it can be exported by itself.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cleaner.errors import SampleError
from cleaner.page import Label, Line
from cleaner.review.documents import Document
from cleaner.training.samples import Sample, write_samples

SCHEMA = """
CREATE TABLE IF NOT EXISTS document (
    key TEXT PRIMARY KEY,
    id TEXT NOT NULL,
    site TEXT NOT NULL,
    language TEXT,
    lines TEXT NOT NULL  -- JSON: number, text, whether a blank line came before, the model's label
);
CREATE TABLE IF NOT EXISTS decision (
    revision INTEGER PRIMARY KEY AUTOINCREMENT,
    document TEXT NOT NULL REFERENCES document,
    line INTEGER NOT NULL,  -- its number in the source; 0 is the document as a whole
    choice TEXT,  -- a label, or "done" for a document; NULL takes back what was chosen
    tab TEXT NOT NULL,
    at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS decision_of_line ON decision (document, line);
"""

WHOLE = 0
"""Stands for the document where a line's number stands, which is 1 or more."""

DONE = "done"
"""What is decided of a whole document: all its labels are right."""

Choices = Mapping[int, str | None]
"""What is chosen for lines, by number, and for the document as a ``WHOLE``."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One row of the log."""

    revision: int
    document: str
    line: int
    choice: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds for a document now."""

    labels: Mapping[int, Label]
    """Of the lines that a person labelled, by number."""

    done: bool = False


UNTOUCHED = Standing({})


class Store:
    """The decisions in the file ``path``, which is made where there is none.

    Raises ``SampleError`` for a file that is something else.
    """

    def __init__(self, path: Path) -> None:
        try:
            # The server is one event loop, whichever thread that runs in.
            self._base = sqlite3.connect(path, check_same_thread=False)
            self._base.executescript(SCHEMA)
        except sqlite3.Error as error:
            message = f"{path}: cannot hold labels ({error}); name a new file or one of a review"
            raise SampleError(message) from error

    def close(self) -> None:
        """Let go of the file."""
        self._base.close()

    def write(self, document: Document, choices: Choices, tab: str) -> None:
        """Save what was chosen; on return it is on the disk."""
        at = datetime.now(UTC).isoformat(timespec="seconds")
        with self._base:
            self._base.execute(
                "INSERT OR IGNORE INTO document VALUES (?, ?, ?, ?, ?)", _described(document)
            )
            self._base.executemany(
                "INSERT INTO decision (document, line, choice, tab, at) VALUES (?, ?, ?, ?, ?)",
                [(document.key, line, choice, tab, at) for line, choice in choices.items()],
            )

    def since(self, revision: int, *, besides: str = "") -> list[Decision]:
        """What was decided after a revision, in order, in other tabs than ``besides``."""
        rows = self._base.execute(
            "SELECT revision, document, line, choice FROM decision "
            "WHERE revision > ? AND tab != ? ORDER BY revision",
            (revision, besides),
        )
        return [Decision(*row) for row in rows]

    @property
    def revision(self) -> int:
        """That of the last decision; 0 where there is none."""
        (last,) = self._base.execute("SELECT max(revision) FROM decision").fetchone()
        return last or 0

    def standing(self, key: str) -> Standing:
        """What holds for one document."""
        return self._standings("WHERE document = ?", key).get(key, UNTOUCHED)

    def standings(self) -> dict[str, Standing]:
        """What holds for each document that was ever touched, by key."""
        return self._standings("")

    def samples(self) -> Iterator[Sample]:
        """The documents that have decisions, as labelled pages, by the time they were last touched.

        In a document that is not done, the lines that nobody labelled have the model's label and
        weight 0: they are the context of the others and teach nothing. Of documents with one id,
        as when a file changed between two reviews, only the last is given.
        """
        rows = self._base.execute(
            "SELECT key, id, site, language, lines FROM document "
            "ORDER BY (SELECT max(revision) FROM decision WHERE document = key)"
        )
        standings = self.standings()
        found = dict[str, Sample]()
        for key, name, site, language, lines in rows:
            standing = standings[key]
            if standing.done or standing.labels:
                found.pop(name, None)
                found[name] = _sample(name, site, language, json.loads(lines), standing)
        yield from found.values()

    def _standings(self, where: str, *parameters: str) -> dict[str, Standing]:
        # Beside max(), SQLite takes the other columns from the row that holds the maximum.
        rows = self._base.execute(
            f"SELECT document, line, choice, max(revision) FROM decision {where} "  # noqa: S608 - ours
            "GROUP BY document, line",
            parameters,
        )
        choices = defaultdict[str, dict[int, str]](dict)
        for document, line, choice, _ in rows:
            chosen = choices[document]
            if choice is not None:
                chosen[line] = choice
        return {
            document: Standing(
                {line: Label(choice) for line, choice in chosen.items() if line != WHOLE},
                done=WHOLE in chosen,
            )
            for document, chosen in choices.items()
        }


def export(labels: Path, target: Path) -> int:
    """Write what was reviewed as labelled JSON lines; returns how many documents.

    ``labels`` is the file of a review. Raises ``SampleError`` where it is missing or none.
    """
    if not labels.is_file():
        message = f"{labels}: no such file; give the one that was named in the review"
        raise SampleError(message)
    store = Store(labels)
    try:
        return write_samples(target, store.samples())
    finally:
        store.close()


def _described(document: Document) -> tuple[str, str, str, str | None, str]:
    lines = [
        (v.line.number, v.line.text, v.line.blank_before, v.label) for v in document.page.verdicts
    ]
    text = json.dumps(lines, ensure_ascii=False)
    return document.key, document.id, document.site, document.page.language, text


def _sample(
    name: str,
    site: str,
    language: str | None,
    lines: Sequence[tuple[int, str, bool, str]],
    standing: Standing,
) -> Sample:
    return Sample(
        id=name,
        lines=tuple(Line(text, number, blank) for number, text, blank, _ in lines),
        labels=tuple(standing.labels.get(number, Label(found)) for number, _, _, found in lines),
        weights=tuple(1.0 if standing.done or n in standing.labels else 0.0 for n, *_ in lines),
        site=site,
        language=language,
    )
