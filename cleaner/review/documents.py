"""What there is to review: documents, cleaned, and the ones that could not be read."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path, PurePosixPath

from cleaner import stitch
from cleaner.decode import mend
from cleaner.errors import SourceError
from cleaner.page import Label, Page, Paragraph
from cleaner.training.samples import site_of

SUFFIXES = frozenset({".txt", ".md", ".html", ".htm", ".xhtml"})
"""The files that are taken from a folder; a file that is named is taken whatever it is called."""

Source = bytes | str | SourceError
"""A document as it was found, or why it cannot be read."""


@dataclass(frozen=True, slots=True)
class Document:
    """A cleaned document that can be found again."""

    key: str
    """Digest of its lines: labels belong to what was read, not to where it lay."""

    id: str
    """Path or address, printable."""

    site: str
    page: Page


@dataclass(frozen=True, slots=True)
class Shelf:
    """All documents of a review."""

    documents: Mapping[str, Document]
    """By key, as they came."""

    skipped: Sequence[tuple[str, str]] = ()
    """Id and reason of each source that could not be used."""


def load(sources: Iterable[tuple[str, Source]], clean: Callable[[bytes | str], Page]) -> Shelf:
    """The documents that sources, pairs of id and content, hold.

    What cannot be read is set aside with its reason; of documents with the same lines the first
    is taken, for nobody wants to label one twice.

    >>> shelf = load([("a.txt", b""), ("b.txt", SourceError("gone"))], lambda source: Page())
    >>> shelf.skipped
    [('a.txt', 'holds no text'), ('b.txt', 'gone')]
    """
    documents = dict[str, Document]()
    skipped = list[tuple[str, str]]()
    for name, source in sources:
        try:
            if isinstance(source, SourceError):
                raise source
            found = document(name, clean(mend(source) if isinstance(source, str) else source))
        except SourceError as error:
            skipped.append((printable(name), str(error)))
            continue
        if found.page.verdicts:
            documents.setdefault(found.key, found)
        else:
            skipped.append((found.id, "holds no text"))
    return Shelf(documents, skipped)


def document(name: str, page: Page) -> Document:
    """A page under the name it was found by.

    >>> document("https://news.example.co.uk/rain", Page()).site
    'example.co.uk'
    >>> document("scraped/example.org/rain.html", Page()).site
    'example.org'
    """
    lines = "\n".join(f"{v.line.number} {v.line.text}" for v in page.verdicts)
    key = blake2b(lines.encode(errors="surrogatepass"), digest_size=12).hexdigest()
    name = printable(name)
    return Document(key, name, site_of(name, PurePosixPath(name).parent.name or name), page)


def read_files(paths: Iterable[Path]) -> Iterator[tuple[str, Source]]:
    """The files at ``paths`` and in the folders among them, in order of names."""
    for path in paths:
        if path.is_dir():
            yield from (_read(file) for file in _files(path))
        else:
            yield _read(path)


def stitched(page: Page, labels: Mapping[int, Label]) -> list[Paragraph]:
    """The clean text of a page whose labels were corrected.

    Lines that were one paragraph stay one; a line that a correction brings back joins the
    paragraph whose pieces it stands between, and is a paragraph of its own elsewhere.

    >>> from cleaner.page import Line, Verdict
    >>> lines = [Line("arrest in", 1), Line("France", 2), Line(", he said.", 3), Line("So.", 4)]
    >>> found = [Label.ARTICLE, Label.JUNK, Label.ARTICLE, Label.JUNK]
    >>> verdicts = [Verdict(line, label, 0.5, "") for line, label in zip(lines, found)]
    >>> page = Page(tuple(verdicts), (Paragraph("arrest in, he said.", (1, 3)),))
    >>> [p.text for p in stitched(page, {2: Label.ARTICLE, 4: Label.ARTICLE})]
    ['arrest in France, he said.', 'So.']
    """
    home = {n: i for i, paragraph in enumerate(page.paragraphs) for n in paragraph.numbers}
    ends = [paragraph.numbers[-1] for paragraph in page.paragraphs]
    kept = [
        verdict.line
        for verdict in page.verdicts
        if labels.get(verdict.line.number, verdict.label) is Label.ARTICLE
    ]
    homes, last = list[int | None](), None
    for line in kept:
        last = home.get(line.number, last)
        inside = last is not None and line.number <= ends[last]
        homes.append(last if inside else None)
    goes_on = [False, *(a is not None and a == b for a, b in pairwise(homes))]
    return list(stitch.paragraphs(kept, goes_on[: len(kept)]))


def printable(name: str) -> str:
    r"""A name as text that can be written: what is no Unicode is spelt out.

    >>> printable("caf\udce9.txt")
    'caf\\udce9.txt'
    """
    return name.encode(errors="backslashreplace").decode()


def _files(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith(".") and Path(name).suffix.lower() in SUFFIXES:
                yield Path(place, name)


def _read(path: Path) -> tuple[str, Source]:
    try:
        return path.as_posix(), path.read_bytes()
    except OSError as error:
        return path.as_posix(), SourceError(error.strerror or str(error))
