"""The public collections to labelled pages, and what is trained on of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from tiny import PAGES

from cleaner.training import gather as module
from cleaner.training.__main__ import LAYOUTS, layouts
from cleaner.training.gather import COLLECTIONS, LONGEST, PER_PAGE, chosen, gather
from cleaner.training.renderings import ALL
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


@pytest.mark.parametrize("language", ["fi", "zh-cn", None])
def test_pages_in_rare_languages_are_read_in_all_renderings(language):
    assert set(chosen(raw(1, language))) == set(ALL)


def test_what_was_rendered_before_is_read_again(tmp_path, monkeypatch):
    """No collection is touched where its pages lie ready."""
    for name in COLLECTIONS:
        pages = [replace(page, id=f"{name}/{page.id}") for page in PAGES[:2]]
        write_samples(tmp_path / f"{name}.jsonl.gz", pages)
    monkeypatch.setattr(module, "_rendered", None)
    found = list(gather(tmp_path / "no data", tmp_path))
    assert [page.id for page in found] == [
        f"{name}/{page.id}" for name in COLLECTIONS for page in PAGES[:2]
    ]
    assert found[0].lines == PAGES[0].lines
    assert found[0].joins == PAGES[0].joins


def test_what_was_not_is_rendered_and_kept(tmp_path, monkeypatch):
    readers = {"tiny": (lambda folder: iter([folder.name]), "folder")}
    monkeypatch.setattr(module, "COLLECTIONS", readers)
    monkeypatch.setattr(module, "_rendered", lambda pages: iter(PAGES[: len(list(pages))]))
    kept = tmp_path / "new" / "kept"
    assert [page.id for page in gather(tmp_path, kept)] == [PAGES[0].id]
    assert (kept / "tiny.jsonl.gz").is_file()
    monkeypatch.setattr(module, "_rendered", None)
    assert [page.id for page in gather(tmp_path, kept)] == [PAGES[0].id]


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
    write_samples(tmp_path / "tiny.jsonl.gz", [long, first])
    assert [page.id for page in gather(tmp_path, tmp_path)] == [first.id]


def test_layouts_are_ordinary_articles():
    fit = replace(PAGES[0], lines=PAGES[0].lines * 4)
    unfit = [
        PAGES[1],
        replace(fit, kind="forum"),
        replace(fit, lines=fit.lines * 20),
        *[replace(fit, rendering=name) for name in ("trafilatura", "recall", "main")],
    ]
    assert len(PAGES[1].lines) < LAYOUTS.start
    assert layouts([*unfit, fit]) == [fit]


def test_layouts_come_in_one_order_that_favors_no_collection():
    pages = [replace(PAGES[0], lines=PAGES[0].lines * 4, id=str(number)) for number in range(50)]
    found = layouts(pages)
    assert found == layouts(pages) != pages
    assert sorted(page.id for page in found) == sorted(page.id for page in pages)
