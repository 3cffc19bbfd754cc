"""The public collections to labelled pages: what the shipped model is trained on.

Each collection is read once and rendered once; what comes out is kept beside, so that an
interrupted run goes on where it stopped.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

from cleaner import html
from cleaner.training import sources
from cleaner.training.renderings import ALL, Shape, label, renderings
from cleaner.training.samples import Sample, read_samples, write_samples
from cleaner.training.sources import RawPage, judged

COLLECTIONS = {
    "wcxb": (sources.wcxb, "wcxb"),
    "chinese-news": (sources.chinese_news, "chinese-news"),
    "readability": (sources.readability, "readability-pages"),
    "trafilatura-eval": (sources.trafilatura_eval, "trafilatura-eval"),
    "unlabelled": (sources.unlabelled, "unlabelled-pages"),
}
"""Collection -> its reader and its folder."""

COMMONNESS: Mapping[str, float] = {
    "soup": 3.0,
    "blocks": 3.0,
    "links": 3.0,
    "wrapped": 0.7,
    "inscriptis": 2.0,
    "resiliparse": 2.0,
    "main": 1.5,
    "trafilatura": 1.5,
    "recall": 1.0,
}
"""How often each rendering is drawn for a page."""

PER_PAGE = 3
"""Renderings of an English or German page; other languages have few pages, so all of theirs."""

LONGEST = 2500
"""Lines of the longest page: beyond, pages are archives, and one would weigh as much as fifty."""


def gather(data: Path, kept: Path, names: Iterable[str] = ()) -> Iterator[Sample]:
    """Labelled pages of the named collections under ``data``, or of all; a few renderings of each.

    Pages that were judged line by line are labelled by that, whatever their publisher's gold text
    is: it is made for HTML, and has its own opinion of lists, captions and what a page is about.
    ``kept`` is a folder for what has been read and rendered already.
    """
    for name in names or COLLECTIONS:
        path = kept / f"{name}.samples.jsonl.gz"
        if not path.exists():
            write_samples(path, _rendered(map(judged, pages(name, data, kept))))
        for sample in read_samples(path):
            if len(sample.lines) <= LONGEST:
                yield sample


def gather_markup(data: Path, kept: Path) -> Iterator[Sample]:
    """The same pages as HTML, their lines with the elements around them, labelled by the gold text
    of their publishers where there is one: extraction is measured by that.
    """
    for name in COLLECTIONS:
        for page in pages(name, data, kept):
            lines = html.read(page.html).lines
            if 0 < len(lines) <= LONGEST:
                shape = Shape(tuple(line.text for line in lines), (False,) * len(lines))
                yield replace(label(page, "html", shape), lines=lines)


def pages(name: str, data: Path, kept: Path) -> Iterator[RawPage]:
    """The pages of a collection."""
    reader, folder = COLLECTIONS[name]
    kept.mkdir(parents=True, exist_ok=True)
    return sources.cache(kept / f"{name}.pages.jsonl.gz", reader(data / folder))


def _rendered(found: Iterable[RawPage]) -> Iterator[Sample]:
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        for samples in pool.map(_chosen_renderings, found, chunksize=8):
            yield from samples


def _chosen_renderings(page: RawPage) -> list[Sample]:
    return list(renderings(page, chosen(page)))


def chosen(page: RawPage) -> tuple[str, ...]:
    """The renderings a page is trained in, always the same for the same page."""
    if page.language not in ("en", "de"):
        return ALL
    rng = random.Random(page.id)  # noqa: S311
    drawn = sorted(ALL, key=lambda name: -(rng.random() ** (1 / COMMONNESS[name])))
    return tuple(drawn[:PER_PAGE])
