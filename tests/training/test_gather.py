"""The public collections to labelled pages, and what is trained on of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tiny import PAGES

from cleaner.training import gather as module
from cleaner.training import sources
from cleaner.training.__main__ import LAYOUTS, layouts
from cleaner.training.gather import COLLECTIONS, LONGEST, PER_PAGE, chosen, gather, gather_markup
from cleaner.training.judged import Judgement, hashed
from cleaner.training.renderings import ALL, renderings
from cleaner.training.samples import write_samples
from cleaner.training.sources import RawPage


def raw(number: int, language: str | None = "en") -> RawPage:
    """A page of which only name and language matter."""
    return RawPage(f"tiny/{number}", "<p>It rained.", "It rained.", "", "site.example", language)


def test_a_page_is_always_drawn_in_the_same_renderings():
    for number in range(20):
        assert chosen(raw(number)) == chosen(raw(number))


def test_a_few_renderings_each_and_all_of_them_over_many_pages():
    drawn = [chosen(raw(number)) for number in range(300)]
    assert {len(names) for names in drawn} == {PER_PAGE}
    assert all(len(set(names)) == PER_PAGE for names in drawn)
    counts = Counter(name for names in drawn for name in names)
    assert set(counts) == set(ALL)
    assert counts["soup"] > counts["wrapped"]


def test_text_is_labelled_by_what_was_judged_and_html_by_the_gold_text(tmp_path, monkeypatch):
    page = replace(raw(1), html="<p>It rained.<p>Read also: Snow<p>It snowed.", gold="It snowed.")
    monkeypatch.setattr(module, "COLLECTIONS", {"tiny": (lambda folder: iter([page]), "folder")})
    judgement = Judgement((hashed("It rained."), hashed("It snowed.")), hashed("It rained."))
    monkeypatch.setattr(sources, "judgements", lambda name: {"1": judgement})
    monkeypatch.setattr(
        module, "_rendered", lambda found: (s for p in found for s in renderings(p, ("blocks",)))
    )
    (text,), (tree,) = gather(tmp_path, tmp_path), gather_markup(tmp_path, tmp_path)
    assert [str(label) for label in text.labels] == ["article", "junk", "article"]
    assert [str(label) for label in tree.labels] == ["junk", "junk", "article"]
    assert (text.title, tree.title) == ("It rained.", "")


@pytest.mark.parametrize("language", ["fi", "zh-cn", None])
def test_pages_in_rare_languages_are_read_in_all_renderings(language):
    assert set(chosen(raw(1, language))) == set(ALL)


def test_what_was_rendered_before_is_read_again(tmp_path, monkeypatch):
    """No collection is touched where its pages lie ready."""
    for name in COLLECTIONS:
        pages = [replace(page, id=f"{name}/{page.id}") for page in PAGES[:2]]
        write_samples(tmp_path / f"{name}.samples.jsonl.gz", pages)
    monkeypatch.setattr(module, "_rendered", None)
    found = list(gather(tmp_path / "no data", tmp_path))
    assert [page.id for page in found] == [
        f"{name}/{page.id}" for name in COLLECTIONS for page in PAGES[:2]
    ]
    assert found[0].lines == PAGES[0].lines
    assert found[0].joins == PAGES[0].joins


def read_once(monkeypatch) -> list[str]:
    """One collection of three pages; what is returned fills with the names of folders read."""
    read: list[str] = []

    def reader(folder: Path) -> Iterator[RawPage]:
        read.append(folder.name)
        yield from map(raw, range(3))

    monkeypatch.setattr(module, "COLLECTIONS", {"tiny": (reader, "folder")})
    return read


def test_what_was_not_is_rendered_and_kept(tmp_path, monkeypatch):
    read = read_once(monkeypatch)
    monkeypatch.setattr(module, "_rendered", lambda found: iter(PAGES[: len(list(found))]))
    kept = tmp_path / "new" / "kept"
    ids = [page.id for page in PAGES[:3]]
    for _ in range(2):
        assert [page.id for page in gather(tmp_path, kept)] == ids
    assert read == ["folder"], "the second time nothing is read"


def test_pages_as_html_keep_their_elements(tmp_path, monkeypatch):
    read = read_once(monkeypatch)
    for _ in range(2):
        found = list(gather_markup(tmp_path, tmp_path / "kept"))
        assert [(page.id, page.rendering) for page in found] == [
            (f"tiny/{number}:html", "html") for number in range(3)
        ]
        assert [line.block.tag for page in found for line in page.lines] == ["p"] * 3
    assert read == ["folder"]


def test_archives_are_left_out(tmp_path, monkeypatch):
    first = PAGES[0]
    times = LONGEST // len(first.lines) + 1
    long = replace(
        first,
        id="archive",
        lines=first.lines * times,
        labels=first.labels * times,
        weights=first.weights * times,
        joins=first.joins * times,
    )
    monkeypatch.setattr(module, "COLLECTIONS", {"tiny": (None, "")})
    write_samples(tmp_path / "tiny.samples.jsonl.gz", [long, first])
    assert [page.id for page in gather(tmp_path, tmp_path)] == [first.id]


def test_layouts_are_ordinary_articles():
    fit = replace(PAGES[0], lines=PAGES[0].lines * 4)
    short = replace(PAGES[1], lines=PAGES[1].lines[:5])
    unfit = [
        short,
        replace(fit, kind="forum"),
        replace(fit, lines=fit.lines * 20),
        *[replace(fit, rendering=name) for name in ("trafilatura", "recall", "main")],
    ]
    assert len(short.lines) < LAYOUTS.start <= len(fit.lines)
    assert layouts([*unfit, fit]) == [fit]


def test_layouts_come_in_one_order_that_favors_no_collection():
    pages = [replace(PAGES[0], lines=PAGES[0].lines * 4, id=str(number)) for number in range(50)]
    found = layouts(pages)
    assert found == layouts(pages) != pages
    assert sorted(page.id for page in found) == sorted(page.id for page in pages)
