"""Web pages of public collections with what an extractor should find in them, and how to score it.

A folder may have the layout of WCXB (``html/ID.html.gz``, ``ground-truth/ID.json``), of
article-extraction-benchmark (``html/ID.html.gz``, ``ground-truth.json``), of Readability.js' test
pages (``NAME.html.gz``, ``NAME.expected.html.gz``) or of trafilatura's evaluation
(``html/FILE.gz``, ``evaldata.json``), which names segments instead of texts.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from resiliparse.extract.html2text import extract_plain_text

from benchmarks.alone import unpacked
from cleaner.decode import decode
from cleaner.training.samples import site_of
from cleaner.training.sources import language_of


@dataclass(frozen=True)
class Segments:
    """Pieces of a page, each of which is kept or not."""

    wanted: tuple[str, ...]
    unwanted: tuple[str, ...]
    comments: tuple[str, ...]


@dataclass(frozen=True)
class Page:
    """A page and what an extractor should find in it: a text, or segments."""

    id: str
    path: Path
    gold: str = ""
    kind: str = "article"
    """Its type; its language where the collection tells segments."""

    site: str = ""
    """Registered domain, where it is known."""

    segments: Segments | None = None


def pages(folder: Path) -> Iterator[Page]:
    """All pages of a folder, in the order of their names; none where its layout is not known."""
    for sign, reader in LAYOUTS.items():
        if next(folder.glob(sign), None):
            yield from sorted(reader(folder), key=lambda page: page.id)
            return


def of_sites(found: Iterable[Page], listed: Path) -> list[Page]:
    """The pages of the registered domains that a file lists as JSON."""
    sites = set(json.loads(listed.read_text("utf-8")))
    return [page for page in found if page.site in sites]


def spread(found: Sequence[Page], limit: int | None) -> Sequence[Page]:
    """So many of the pages, evenly spread; all of them where there is no limit."""
    return found[:: max(1, len(found) // limit)][:limit] if limit else found


def wcxb(folder: Path) -> Iterator[Page]:
    """Pages of the Web Content Extraction Benchmark.

    Two development pages name segments but no text: it was forgotten, and they are left out. Pages
    with nothing to find name no segments either.
    """
    about = folder.parent / "metadata.json"
    domains = json.loads(about.read_text("utf-8"))["files"] if about.is_file() else {}
    for truth in (folder / "ground-truth").glob("*.json"):
        record = json.loads(truth.read_text("utf-8"))
        told = record["ground_truth"]
        gold = told.get("main_content") or ""
        path = saved(folder, truth.stem)
        if path is None or (not gold and told.get("with")):
            continue
        kind = ((record.get("_internal") or {}).get("page_type") or {}).get("primary", "article")
        known = domains.get(truth.stem)
        url = f"https://{known['domain']}" if known else record.get("url") or ""
        kind = "collection" if kind == "category" else kind
        yield Page(truth.stem, path, gold, kind, site_of(url, ""))


def article_extraction_benchmark(folder: Path) -> Iterator[Page]:
    """Pages of article-extraction-benchmark, all of them articles."""
    for name, told in json.loads((folder / "ground-truth.json").read_text("utf-8")).items():
        if path := saved(folder, name):
            yield Page(name, path, told["articleBody"], site=site_of(told.get("url") or "", ""))


def readability_pages(folder: Path) -> Iterator[Page]:
    """Readability.js' test pages; the gold is the text of the HTML that it is expected to give."""
    for truth in folder.glob("*.expected.html.gz"):
        name = truth.name.removesuffix(".expected.html.gz")
        expected = decode(unpacked(truth))
        gold = extract_plain_text(expected, alt_texts=False, list_bullets=False)
        if path := saved(folder.parent, name, folder.name):
            yield Page(name, path, gold)


def trafilatura_evaluation(folder: Path) -> Iterator[Page]:
    """Pages of trafilatura's evaluation, with segments; their language is that of the wanted."""
    told = json.loads((folder / "evaldata.json").read_text("utf-8"))
    for url, entry in told.items():
        path = folder / "html" / f"{entry['file']}.gz"
        if path.is_file():
            wanted, unwanted, comments = (
                tuple(filter(None, map(plain, entry.get(key) or ())))
                for key in ("with", "without", "comments")
            )
            language = language_of(" ".join(wanted)) or "unknown"
            segments = Segments(wanted, unwanted, comments)
            yield Page(entry["file"], path, kind=language, site=site_of(url, ""), segments=segments)


def saved(folder: Path, name: str, below: str = "html") -> Path | None:
    """Where a page was saved, if it was."""
    paths = (folder / below / f"{name}{ending}" for ending in (".html.gz", ".html"))
    return next((path for path in paths if path.is_file()), None)


LAYOUTS: Mapping[str, Callable[[Path], Iterator[Page]]] = {
    "ground-truth": wcxb,
    "ground-truth.json": article_extraction_benchmark,
    "*.expected.html.gz": readability_pages,
    "evaldata.json": trafilatura_evaluation,
}
"""What is found in a folder, and how to read it then."""


# -- scores --------------------------------------------------------------------------------------


def score(text: str, gold: str) -> tuple[float, float, float]:
    """Precision, recall and F1 over bags of words.

    >>> score("It rained. Share", "It rained.")
    (0.6666666666666666, 1.0, 0.8)
    """
    found, right = bag(text), bag(gold)
    if not found or not right:
        same = float(not found and not right)
        return same, same, same
    shared = (found & right).total()
    precision, recall = shared / found.total(), shared / right.total()
    return precision, recall, 2 * shared / (found.total() + right.total())


def bag(text: str) -> Counter[str]:
    """The words of a text in lower case, and how often each stands there."""
    return Counter(re.findall(r"\w+", text.lower()))


def plain(text: str) -> str:
    """A text with single spaces and no soft hyphens, as segments are looked for in it."""
    return " ".join(text.replace("\u00ad", "").split())
