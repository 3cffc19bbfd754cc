"""What a worker does: documents in, and for each what is to be written or why it failed.

Nothing here knows of files of output, queues or other chunks, so the same call serves the local
run, a cluster, and a run without any worker.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from cleaner.batch import rows
from cleaner.batch.folders import read_input, too_large
from cleaner.batch.records import (
    FILES,
    Done,
    Entry,
    Failure,
    Outcome,
    Recipe,
    Record,
    Skipped,
    Stored,
    Tally,
)
from cleaner.cleaner import Cleaner
from cleaner.decode import decode, mend
from cleaner.errors import CleanerError, Misuse
from cleaner.markdown import markdown
from cleaner.metadata import described
from cleaner.page import Label, Page
from cleaner.sites import SiteMemory


def work(recipe: Recipe, entries: Sequence[Entry]) -> list[Outcome]:
    """One outcome for each entry, in order.

    Raises what `cleaner` raises; whatever is wrong with a single document becomes its `Failure`.
    """
    prepared = [_prepared(entry, recipe.limits.bytes) for entry in entries]
    pages = _pages(recipe, [x for x in prepared if isinstance(x, Prepared)])
    return [_outcome(x, next(pages), recipe) if isinstance(x, Prepared) else x for x in prepared]


def cleaner(recipe: Recipe) -> Cleaner:
    """The cleaner that a recipe asks for, loaded once in each process for each site memory.

    Raises ``ModelError`` where its model cannot be used, ``CleanerError`` where its site memory
    cannot, `Misuse` where its settings make no sense.
    """
    if recipe.site_memory is None:
        return _cleaner(recipe, None)
    path = Path(recipe.site_memory).absolute()
    return _cleaner(recipe, (path, path.stat().st_mtime_ns if path.exists() else 0))


@cache
def _cleaner(recipe: Recipe, memory: tuple[Path, int] | None) -> Cleaner:
    """The same; ``memory`` is the file of the site memory and when it was last changed."""
    sites = SiteMemory.load(memory[0]) if memory else None
    try:
        return Cleaner(recipe.settings, recipe.model, sites)
    except ValueError as error:
        raise Misuse(str(error)) from error


@dataclass(frozen=True, slots=True)
class Prepared:
    """A record whose source has been read as text."""

    record: Record
    text: str


def _prepared(entry: Entry, limit: int) -> Prepared | Failure | Skipped:
    if not isinstance(entry, Record):
        return entry
    try:
        return Prepared(entry, text(entry, limit))
    except (CleanerError, OSError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return Failure(entry.id, entry.origin, reason)


def text(record: Record, limit: int) -> str:
    """The text of a record's source. Raises ``SourceError`` where it is none, or over the limit."""
    if record.size > limit:
        raise too_large(record.size, limit)
    source = record.source
    if isinstance(source, Stored):
        source = read_input(source.path, limit)
    return decode(source) if isinstance(source, bytes) else mend(source)


def _pages(recipe: Recipe, sources: Sequence[Prepared]) -> Iterator[Page | Exception]:
    """The page of each source, or what went wrong: one that fails must not fail its chunk."""
    sites = [x.record.site if recipe.site_memory else "" for x in sources]
    try:
        yield from list(cleaner(recipe).clean_many([x.text for x in sources], sites))
    except CleanerError:
        raise
    except Exception:
        yield from (_page(recipe, x.text, site) for x, site in zip(sources, sites, strict=True))


def _page(recipe: Recipe, text: str, site: str) -> Page | Exception:
    try:
        return cleaner(recipe).clean(text, site)
    except Exception as error:
        return error


def _outcome(prepared: Prepared, page: Page | Exception, recipe: Recipe) -> Outcome:
    record = prepared.record
    if isinstance(page, Exception):
        return Failure(record.id, record.origin, f"{type(page).__name__}: {page}")
    written = replace(record, source=b"", columns={})
    return Done(written, _payload(page, prepared, recipe), tally(page))


def _payload(page: Page, prepared: Prepared, recipe: Recipe) -> bytes | dict[str, Any]:
    record = prepared.record
    styled = record.form == "markdown" or (record.form != "text" and recipe.style != "plain")
    text = page.text
    if styled:
        text = markdown(page, prepared.text, links=recipe.style == "links")
    if record.form in FILES:
        return f"{text}\n".encode() if page.paragraphs else b""
    if recipe.metadata:
        page = described(page, prepared.text)
    row = rows.row(page, text, record, recipe)
    return rows.to_json(row) if record.form == "jsonl" else row


def tally(page: Page) -> Tally:
    """The counts of one cleaned document."""
    labels = Counter(verdict.label for verdict in page.verdicts)
    return Tally(
        documents=1,
        empty=int(not page.paragraphs),
        article=labels[Label.ARTICLE],
        junk=labels[Label.JUNK],
        spam=labels[Label.SPAM],
        words=sum(len(verdict.line.text.split()) for verdict in page.verdicts),
        words_kept=len(page.text.split()),
    )
