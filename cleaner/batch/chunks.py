"""Documents put together for cleaning: few enough to be retried, enough to be fast."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from cleaner.batch.records import Chunk, Entry, Outcome, Record

DOCUMENTS = 128
SIZE = 500_000
"""Most documents, and characters or bytes of them, in a chunk: some 0.3 s of work. A larger
document has a chunk for itself."""


def chunked(
    entries: Iterable[Entry], take: Callable[[list[Outcome]], list[Outcome]]
) -> Iterator[Chunk]:
    """The entries in chunks that are all taken by ``take``."""
    batch: list[Entry] = []
    size = 0
    for entry in entries:
        added = entry.size if isinstance(entry, Record) else 0
        if batch and (len(batch) >= DOCUMENTS or size + added > SIZE):
            yield Chunk(tuple(batch), take)
            batch, size = [], 0
        batch.append(entry)
        size += added
    if batch:
        yield Chunk(tuple(batch), take)


def mark(act: Callable[[], list[Outcome]]) -> Chunk:
    """A chunk without documents: ``act`` is called when all before it is taken."""
    return Chunk((), lambda _nothing: act())
