"""Lines that were judged by reading them, found again in their pages."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from cleaner.cleaner import read
from cleaner.decode import decode
from cleaner.page import Line
from cleaner.training.judged import Judgement, hashed, judgements

TEXTS = ["Home", "Rain", "It rained.", "Share", "It rained on.", "Rain"]


def lines(texts: list[str]) -> list[Line]:
    return [Line(text, number) for number, text in enumerate(texts, start=1)]


def judgement(*texts: str, doubtful: tuple[str, ...] = ()) -> Judgement:
    return Judgement(tuple(map(hashed, texts)), hashed(texts[0]), tuple(map(hashed, doubtful)))


def test_lines_are_found_in_their_order():
    found = judgement("Rain", "It rained.", "It rained on.", doubtful=("Share",))
    page = found.found_in(lines(TEXTS))
    assert page is not None
    assert page.article == ["Rain", "It rained.", "It rained on."]
    assert (page.title, page.doubtful) == ("Rain", ["Share"])


def test_a_page_that_lacks_many_is_another_page():
    assert judgement("Rain", "It rained.", "It snowed.").found_in(lines(TEXTS)) is None


def test_a_page_may_hold_no_article_at_all():
    page = Judgement(()).found_in(lines(TEXTS))
    assert page is not None
    assert (page.article, page.title) == ([], "")


COLLECTIONS = {
    "unlabelled": "unlabelled-pages/html/{}.gz",
    "trafilatura-eval": "trafilatura-eval/html/{}.gz",
    "wcxb": "wcxb/dev/html/{}.html.gz",
}


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_every_headline_is_article(collection: str):
    known = judgements(collection)
    assert known
    assert all(page.title is None or page.title in page.article for page in known.values())


@pytest.mark.slow
@pytest.mark.parametrize("collection", COLLECTIONS)
def test_nearly_all_pages_still_hold_the_lines(data: Path, collection: str):
    known, lost = judgements(collection), []
    for name, judgement in known.items():
        path = data / COLLECTIONS[collection].format(name)
        text = decode(gzip.decompress(path.read_bytes()))
        if not judgement.found_in(read(text).lines):
            lost.append(name)
    assert len(lost) <= len(known) / 20, lost
