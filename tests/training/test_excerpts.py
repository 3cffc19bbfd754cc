"""Excerpts: a few lines as they stand in their page."""

from __future__ import annotations

from dataclasses import replace

from tiny import PAGES

from cleaner import Label
from cleaner.training.excerpts import LINES, RENDERING, excerpts

MANY = [replace(page, id=f"{page.id}/{n}") for page in PAGES for n in range(5)]


def test_some_pages_lend_one():
    found = list(excerpts(MANY))
    assert 0 < len(found) < len(MANY)
    assert len({sample.id for sample in found}) == len(found)
    assert {sample.rendering for sample in found} == {RENDERING}
    assert found == list(excerpts(MANY)), "always the same"


def test_its_lines_stand_in_the_page_one_after_another():
    pages = {page.id: page for page in MANY}
    for found in excerpts(MANY):
        page = pages[found.id.removesuffix("/excerpt")]
        begin = page.lines.index(found.lines[0])
        inside = slice(begin, begin + len(found.lines))
        assert found.lines == page.lines[inside]
        assert found.labels == page.labels[inside]
        assert found.weights == page.weights[inside]
        assert found.joins[1:] == page.joins[inside][1:]
        assert len(found.lines) <= LINES[1]
        assert {Label.ARTICLE, Label.JUNK} <= set(found.labels)


def test_only_of_articles():
    assert not list(excerpts([replace(page, kind="forum") for page in MANY]))
