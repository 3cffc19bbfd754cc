"""Inputs to records, one reader for each kind of file.

A reader yields a `Failure` for a record it cannot use and goes on; where the file itself is
damaged, what came before is kept and the failure says after how many records it ended.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from cleaner.batch import parquet, rows, warc
from cleaner.batch.compression import DAMAGE, decompressed
from cleaner.batch.find import STDIN, Input
from cleaner.batch.folders import open_input, told_size
from cleaner.batch.formats import Kind
from cleaner.batch.records import Entry, Failure, Recipe, Record, Skipped, Stored
from cleaner.errors import CleanerError, SourceError

Read = Iterator[Entry]

ENVELOPE = 4
"""How much larger than its text a record may be: escapes, and columns beside the text."""

TOO_LONG = "is more than {} of JSON, over the limit: split it, or raise --max-size"

BITE = 1 << 16
"""Bytes of a line that is too long, read at a time."""


@dataclass(slots=True)
class Position:
    """How many bytes of the inputs have been read."""

    finished: int = 0
    current: int = 0

    @property
    def bytes(self) -> int:
        """Bytes of all inputs so far, as they lie in their files."""
        return self.finished + self.current


def read(found: Input, recipe: Recipe, position: Position) -> Read:
    """The records of an input; ``position`` moves along."""
    count = 0
    try:
        for entry in READERS[found.kind](found, recipe, position):
            yield entry
            count += isinstance(entry, Record)
    except (*DAMAGE, CleanerError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        come = f" (after {count} record{'s' * (count != 1)})" if count else ""
        yield Failure("", found.path, reason + come)
    position.finished += found.size
    position.current = 0


def _document(found: Input, recipe: Recipe, _position: Position) -> Read:
    if found.path == STDIN:
        yield Record(found.name, sys.stdin.buffer.read(recipe.limits.bytes + 1), found.path)
    else:
        yield Record(found.name, Stored(found.path, found.size), found.path)


def _json_lines(found: Input, recipe: Recipe, position: Position) -> Read:
    limit = ENVELOPE * recipe.limits.bytes
    with open_input(found.path) as raw:
        stream = decompressed(raw, found.path)
        number = 0
        while line := stream.readline(limit + 1):
            number += 1
            position.current = raw.tell()
            if len(line) > limit:
                yield Failure(f"line {number}", found.path, TOO_LONG.format(told_size(limit)))
                _skip_line(stream)
                continue
            try:
                if not line.isspace():
                    yield rows.record(rows.from_json(line), found, number, recipe)
            except SourceError as error:
                yield Failure(f"line {number}", found.path, str(error))


def _skip_line(stream: BinaryIO) -> None:
    while (rest := stream.readline(BITE)) and not rest.endswith(b"\n"):
        pass


def _parquet(found: Input, recipe: Recipe, _position: Position) -> Read:
    with open_input(found.path) as stream:
        for number, row in enumerate(parquet.rows(stream, recipe.text_key), start=1):
            try:
                yield rows.record(row, found, number, recipe)
            except SourceError as error:
                yield Failure(f"row {number}", found.path, str(error))


def _warc(found: Input, recipe: Recipe, position: Position) -> Read:
    with open_input(found.path) as raw:
        captures = warc.captures(decompressed(raw, found.path), recipe.limits.bytes)
        for number, capture in enumerate(captures, start=1):
            position.current = raw.tell()
            if isinstance(capture, Skipped):
                yield capture
            elif isinstance(capture, SourceError):
                yield Failure(f"record {number}", found.path, str(capture))
            else:
                yield Record(capture.id, capture.payload, found.path, capture.columns)


READERS = {
    Kind.DOCUMENT: _document,
    Kind.JSONL: _json_lines,
    Kind.PARQUET: _parquet,
    Kind.WARC: _warc,
}
