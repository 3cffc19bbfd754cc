"""Where documents go: a folder, one file of records, one text file, or a stream."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, groupby
from typing import BinaryIO

from cleaner.batch.chunks import chunked
from cleaner.batch.find import Input
from cleaner.batch.folders import Folder
from cleaner.batch.formats import form
from cleaner.batch.read import Position, read
from cleaner.batch.records import Chunk, Done, Entry, Failure, Form, Outcome, Recipe, Record
from cleaner.batch.session import Session
from cleaner.batch.shards import Shard
from cleaner.batch.targets import Target
from cleaner.batch.tree import Tree


def into_folder(session: Session, targets: Iterable[Target | Failure]) -> Iterator[Chunk]:
    """A file for each input: documents in the tree of the input, records in files of records."""
    tree = Tree(session)
    for in_tree, group in groupby(targets, tree.takes):
        if in_tree:
            yield from chunked(chain.from_iterable(map(tree.entries, group)), tree.take)
        else:
            for target in group:
                assert isinstance(target, Target)  # noqa: S101 - a failure goes to the tree
                yield from Shard(session, target.name, target.form, [target.source]).chunks()


def into_file(
    session: Session, name: str, form: Form, found: Iterable[Input | Failure]
) -> Iterator[Chunk]:
    """One file of records for all inputs, which are gone through twice."""
    return Shard(session, name, form, found).chunks()


def into_text_file(
    folder: Folder, name: str, found: Iterable[Input | Failure], recipe: Recipe
) -> Iterator[Chunk]:
    """One text or Markdown file for one document; no journal, as nothing could go on with it."""

    def take(outcomes: list[Outcome]) -> list[Outcome]:
        for payload in _payloads(outcomes):
            folder.write(name, payload)
        return outcomes

    return chunked(_entries(found, form(name) or "text", recipe), take)


def into_stream(
    stream: BinaryIO, form: Form, found: Iterable[Input | Failure], recipe: Recipe
) -> Iterator[Chunk]:
    """Text, or JSON lines, one after another."""

    def take(outcomes: list[Outcome]) -> list[Outcome]:
        stream.writelines(_payloads(outcomes))
        stream.flush()
        return outcomes

    return chunked(_entries(found, form, recipe), take)


def _entries(found: Iterable[Input | Failure], form: Form, recipe: Recipe) -> Iterator[Entry]:
    for item in found:
        if isinstance(item, Failure):
            yield item
            continue
        for entry in read(item, recipe, Position()):
            yield replace(entry, form=form) if isinstance(entry, Record) else entry


def _payloads(outcomes: Iterable[Outcome]) -> Iterator[bytes]:
    for outcome in outcomes:
        if isinstance(outcome, Done) and isinstance(outcome.payload, bytes):
            yield outcome.payload
