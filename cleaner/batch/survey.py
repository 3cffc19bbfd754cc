"""A first pass over documents: what their sites repeat."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cleaner.batch.find import find
from cleaner.batch.folders import is_remote
from cleaner.batch.read import Position, read
from cleaner.batch.records import Entry, Failure, Recipe, Record
from cleaner.batch.work import text
from cleaner.cleaner import read as read_document
from cleaner.errors import CleanerError
from cleaner.sites import SiteCount, SiteMemory, is_memory


@dataclass(frozen=True, slots=True)
class Survey:
    """What a first pass found."""

    memory: SiteMemory
    documents: int
    """Documents that were counted."""
    copies: int
    """Documents that were not, as they held next to nothing new, or no words."""
    failures: int


def survey(paths: Sequence[str], recipe: Recipe, failed: Callable[[Failure], None]) -> Survey:
    """What the sites of all documents in ``paths`` repeat, and what memories among them remember.

    ``failed`` is told of each document that cannot be read. Raises ``CleanerError`` for a memory
    that cannot be used.
    """
    count = SiteCount()
    documents = copies = failures = 0
    memories = [path for path in paths if not is_remote(path) and is_memory(Path(path))]
    for path in memories:
        count.merge(SiteMemory.load(Path(path)))
    for entry in _entries([path for path in paths if path not in memories], recipe):
        found = _lines(entry, recipe) if isinstance(entry, Record) else entry
        if isinstance(found, Failure):
            failures += 1
            failed(found)
        elif isinstance(entry, Record) and isinstance(found, list):
            new = count.add(entry.site, found)
            documents, copies = documents + new, copies + (not new)
    return Survey(count.memory(), documents, copies, failures)


def _entries(paths: Sequence[str], recipe: Recipe) -> Iterator[Entry]:
    for found in find(paths):
        if isinstance(found, Failure):
            yield found
        else:
            yield from read(found, recipe, Position())


def _lines(record: Record, recipe: Recipe) -> list[str] | Failure:
    try:
        document = read_document(text(record, recipe.limits.bytes))
    except (CleanerError, OSError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return Failure(record.id, record.origin, reason)
    return [line.text for line in document.lines]
