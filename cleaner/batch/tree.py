"""One file for each document, in the tree of the input."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from dataclasses import replace

from cleaner.batch import parquet
from cleaner.batch.compression import compressed
from cleaner.batch.read import read
from cleaner.batch.records import FILES, Done, Entry, Failure, Outcome, Record
from cleaner.batch.session import Session
from cleaner.batch.targets import Target, file_name

OF_THE_NAME = {errno.EISDIR, errno.ENOTDIR, errno.EEXIST, errno.ENAMETOOLONG, errno.EILSEQ}
"""What is wrong with one file only; any other fault of writing would befall the next as well."""


class Tree:
    """Reads what becomes files of one document each, and writes them."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @staticmethod
    def takes(target: Target | Failure) -> bool:
        """Whether an input becomes files of one document each (what failed is passed through)."""
        return isinstance(target, Failure) or target.single or target.form in FILES

    def entries(self, target: Target | Failure) -> Iterator[Entry]:
        """What an input holds, but for the documents that an earlier run has finished."""
        if isinstance(target, Failure):
            yield target
            return
        named = self._single(target) if target.single else self._named(target)
        for entry in named:
            if isinstance(entry, Record) and self._session.is_done(entry.key, entry.target):
                continue
            yield entry

    def is_done(self, target: Target) -> bool:
        """Whether an earlier run finished an input of one document."""
        return self._session.is_done(self._key(target), target.name)

    def _key(self, target: Target) -> str:
        return self._session.key(target.source, target.form)

    def _single(self, target: Target) -> Iterator[Entry]:
        key = self._key(target)
        for entry in read(target.source, self._session.recipe, self._session.position):
            if isinstance(entry, Record):
                yield replace(entry, form=target.form, target=target.name, key=key)
            else:
                yield entry

    def _named(self, target: Target) -> Iterator[Entry]:
        """Records of a file, each to become a text file with the name of its id."""
        source = target.source
        taken: set[str] = set()
        entries = read(source, self._session.recipe, self._session.position)
        for number, entry in enumerate(entries):
            if not isinstance(entry, Record):
                yield entry
                continue
            name = file_name(entry.id, target.form)
            if name in taken:
                yield Failure(entry.id, entry.origin, "another record has this id already")
                continue
            taken.add(name)
            key = self._session.key(source, target.form, number)
            yield replace(entry, form=target.form, target=f"{target.name}/{name}", key=key)

    def take(self, outcomes: list[Outcome]) -> list[Outcome]:
        """Write what was cleaned; returned are the outcomes as they are after that."""
        return [self._taken(outcome) for outcome in outcomes]

    def _taken(self, outcome: Outcome) -> Outcome:
        if not isinstance(outcome, Done):
            return outcome
        record = outcome.record
        try:
            self._session.folder.write(record.target, _data(outcome))
        except OSError as error:
            if error.errno not in OF_THE_NAME:
                raise
            reason = f"cannot be written to {record.target}: {error.strerror}"
            return Failure(record.id, record.origin, reason)
        self._session.journal.add(record.key, outcome.tally)
        return outcome


def _data(done: Done) -> bytes:
    if isinstance(done.payload, bytes):
        return compressed(done.payload, done.record.target)
    return parquet.encoded([done.payload])
