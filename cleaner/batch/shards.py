"""Many documents in one file of records.

The file grows in parts, each published whole and noted in the journal, and is put together from
them at the end: a run that is stopped loses no more than a part. Where parts begin and end depends
on the input alone, so the file comes out the same however often its making was stopped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from cleaner.batch import parquet
from cleaner.batch.chunks import chunked, mark
from cleaner.batch.compression import compressed
from cleaner.batch.find import Input
from cleaner.batch.folders import open_input
from cleaner.batch.formats import Kind, suffix
from cleaner.batch.journal import key
from cleaner.batch.read import read
from cleaner.batch.records import Chunk, Done, Entry, Failure, Form, Outcome, Record, Tally
from cleaner.batch.session import Session
from cleaner.errors import CleanerError, SourceError

if TYPE_CHECKING:
    from cleaner.batch.parquet import Schema

PART_DOCUMENTS = 1_000
PART_SIZE = 8_000_000
"""Most documents, and characters or bytes of them, in a part, whose rows are held in memory."""


class Shard:
    """A file of records, made of what ``sources`` hold; they are gone through twice."""

    def __init__(
        self, session: Session, name: str, form: Form, sources: Iterable[Input | Failure]
    ) -> None:
        self._session = session
        self._name = name
        self._form = form
        self._sources = sources
        self._parts: list[Part] = []

    def chunks(self) -> Iterator[Chunk]:
        """The documents that no earlier run has finished, and marks that close parts and file."""
        if self.is_done():
            return
        schema = self._schema()
        for number, entries in enumerate(parted(self._entries())):
            name = f"{self._folder}/{number:06}{suffix(self._name)}"
            part = Part(self._session, name, key(self._identity, number), self._form, schema)
            self._parts.append(part)
            if not part.kept:
                yield from chunked(entries, part.take)
                yield mark(part.close)
        yield mark(self._publish)

    def is_done(self) -> bool:
        """Whether an earlier run finished the file."""
        return self._session.is_done(self._identity, self._name)

    @property
    def _folder(self) -> str:
        return f"{self._session.run}/parts/{self._name}"

    @cached_property
    def _identity(self) -> str:
        """What the journal knows the file by: its sources, each as it is now."""
        known = (
            self._session.key(source) if isinstance(source, Input) else str(source)
            for source in self._sources
        )
        return key(self._name, self._form, *known)

    def _entries(self) -> Iterator[Entry]:
        for source in self._sources:
            if isinstance(source, Failure):
                yield source
                continue
            for entry in read(source, self._session.recipe, self._session.position):
                yield replace(entry, form=self._form) if isinstance(entry, Record) else entry

    def _schema(self) -> Schema | None:
        """The types of the columns, where Parquet becomes Parquet."""
        first = next(iter(self._sources), None)
        if not isinstance(first, Input) or {first.kind, self._form} != {Kind.PARQUET}:
            return None
        try:
            with open_input(first.path) as stream:
                return parquet.schema(stream)
        except (OSError, SourceError):  # said again, and told, when its rows are read
            return None

    def _publish(self) -> list[Outcome]:
        """Put the parts together; where there were failures and nothing else, there is no file."""
        kept = [part for part in self._parts if part.kept]
        lost = [failure for part in self._parts if not part.kept for failure in part.failures]
        if any(part.broken for part in self._parts) or (lost and not kept):
            return []
        try:
            self._join([part.name for part in kept])
        except CleanerError as error:
            return [Failure("", self._name, str(error))]
        tally = Tally(failures=len(lost))
        self._session.journal.add(self._identity, tally, lost, [part.key for part in kept])
        self._session.folder.remove(self._folder)
        return []

    def _join(self, names: Sequence[str]) -> None:
        folder = self._session.folder
        if self._form == "jsonl":
            folder.join(names, self._name)
        else:
            with folder.create(self._name) as target:
                parquet.join([partial(folder.open, name) for name in names], target)


class Part:
    """Some of the rows of a file."""

    def __init__(
        self, session: Session, name: str, key: str, form: Form, schema: Schema | None
    ) -> None:
        self.name = name
        self.key = key
        self.failures: list[Failure] = []
        self.broken = False
        self.kept = session.is_done(key, name)
        """Whether it is published, by this run or an earlier one."""

        self._session = session
        self._form = form
        self._schema = schema
        self._payloads: list[Any] = []
        self._tally = Tally()

    def take(self, outcomes: list[Outcome]) -> list[Outcome]:
        """Keep what was cleaned until the part is closed."""
        for outcome in outcomes:
            self._tally += outcome.tally
            if isinstance(outcome, Done):
                self._payloads.append(outcome.payload)
            elif isinstance(outcome, Failure):
                self.failures.append(outcome)
        return outcomes

    def close(self) -> list[Outcome]:
        """Publish the part, unless nothing but failures came."""
        if self.failures and not self._payloads:
            return []
        try:
            self._session.folder.write(self.name, self._data())
        except CleanerError as error:
            self.broken = True
            return [Failure("", self.name.rpartition("/")[0], str(error))]
        self._session.journal.add(self.key, self._tally, self.failures)
        self._payloads.clear()
        self.kept = True
        return []

    def _data(self) -> bytes:
        if self._form == "jsonl":
            return compressed(b"".join(self._payloads), self.name)
        return parquet.encoded(self._payloads, self._schema)


def parted(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """The entries in groups that become parts: at least one, even if there is nothing."""
    group: list[Entry] = []
    size = 0
    for entry in entries:
        group.append(entry)
        size += entry.size if isinstance(entry, Record) else 0
        if len(group) >= PART_DOCUMENTS or size >= PART_SIZE:
            yield group
            group, size = [], 0
    yield group
