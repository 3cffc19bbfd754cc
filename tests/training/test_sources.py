"""Readers of the public collections: on made-up folders in their layout, and on the real ones."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import pytest

from cleaner.training import sources
from cleaner.training.judged import Judgement, hashed
from cleaner.training.sources import RawPage, cache, language_of

BODY = (
    "The river rose by two metres during the night and flooded the lower part of the old town, "
    "where firemen carried nine people out of their houses before the morning came. "
)


def packed(path: Path, text: str, encoding: str = "utf-8") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode(encoding)))


def article(body: str, head: str = "") -> str:
    return (
        f"<html><head><title>Flood in town</title>{head}</head>"
        f"<body><h1>Flood in town</h1><article><p>{body}</p></article></body></html>"
    )


def wcxb_page(folder: Path, name: str, **truth: object) -> None:
    known = {"title": "Flood", "with": ["river"], "without": ["Home"], **truth}
    record = {"ground_truth": known, "_internal": {"page_type": {"primary": "forum"}}}
    (folder / "dev" / "ground-truth").mkdir(parents=True, exist_ok=True)
    (folder / "dev" / "ground-truth" / f"{name}.json").write_text(json.dumps(record))
    packed(folder / "dev" / "html" / f"{name}.html.gz", article(BODY))
    files = {"files": {"0001": {"domain": "news.example.co.uk"}}}
    (folder / "metadata.json").write_text(json.dumps(files))


def test_wcxb(tmp_path: Path) -> None:
    wcxb_page(tmp_path, "0001", main_content=BODY)
    (page,) = sources.wcxb(tmp_path)
    assert (page.id, page.site, page.kind) == ("wcxb/0001", "example.co.uk", "forum")
    assert (page.gold, page.title, page.language) == (BODY, "Flood", "en")
    assert not page.headline  # no line may say exactly that
    assert (page.wanted, page.unwanted, page.silver) == (("river",), ("Home",), False)


def test_wcxb_pages_outside_the_metadata_stand_for_themselves(tmp_path: Path) -> None:
    wcxb_page(tmp_path, "0002", main_content=BODY)
    (page,) = sources.wcxb(tmp_path)
    assert page.site == "wcxb/0002"


@pytest.mark.parametrize(
    ("truth", "count"),
    [({"main_content": "", "with": []}, 1), ({"main_content": ""}, 0), ({}, 0)],
    ids=["nothing is wanted", "the text was forgotten", "the key too"],
)
def test_wcxb_without_gold(tmp_path: Path, truth: dict[str, object], count: int) -> None:
    wcxb_page(tmp_path, "0001", **truth)
    assert len(list(sources.wcxb(tmp_path))) == count


def test_chinese_news(tmp_path: Path) -> None:
    body = "昨天夜里河水上涨两米，淹没了老城区的大部分街道。" * 5
    html = article(body, '<meta charset="gb2312"><link rel="canonical" href="http://a.qq.com/1">')
    packed(tmp_path / "original" / "one.html.gz", html, "gb18030")
    (tmp_path / "cleaned").mkdir()
    (tmp_path / "cleaned" / "one.txt").write_text(body, encoding="utf-8")
    (page,) = sources.chinese_news(tmp_path)
    assert body in page.html
    assert (page.gold, page.title, page.language) == (body, "Flood in town", "zh-cn")
    assert page.site == "qq.com"


def test_chinese_news_in_a_wrapper_with_a_broken_byte(tmp_path: Path) -> None:
    body = "昨天夜里河水上涨两米，淹没了老城区的大部分街道。" * 5
    html = article(body, '<meta charset="gb2312">').encode("gb18030")
    wrapper = b'<text id="http://news.sina.com.cn/1.html" title="x">'
    path = tmp_path / "original" / "one.html.gz"
    path.parent.mkdir()
    path.write_bytes(gzip.compress(wrapper + html.replace(b"</p>", b"\xb0</p>") + b"</text>"))
    (tmp_path / "cleaned").mkdir()
    (tmp_path / "cleaned" / "one.txt").write_text(body, encoding="utf-8")
    (page,) = sources.chinese_news(tmp_path)
    assert body in page.html
    assert (page.title, page.site) == ("Flood in town", "sina.com.cn")


def test_readability(tmp_path: Path) -> None:
    packed(tmp_path / "flood.html.gz", article(BODY))
    packed(tmp_path / "flood.expected.html.gz", f"<div><p>{BODY}</p><p>Help</p></div>")
    (page,) = sources.readability(tmp_path)
    assert page.gold.split("\n\n") == [BODY.strip(), "Help"]
    assert (page.id, page.site, page.language) == ("readability/flood", "readability/flood", "en")


@pytest.mark.parametrize(
    ("wanted", "unwanted", "count"),
    [(["nine people"], ["Imprint"], 1), (["ten people"], [], 0), ([], ["nine people"], 0)],
)
def test_trafilatura_eval_keeps_what_passes_every_check(
    tmp_path: Path, wanted: list[str], unwanted: list[str], count: int
) -> None:
    entry = {"file": "flood.html", "with": wanted, "without": unwanted}
    (tmp_path / "evaldata.json").write_text(json.dumps({"https://www.example.de/a": entry}))
    packed(tmp_path / "html" / "flood.html.gz", article(BODY * 3))
    pages = list(sources.trafilatura_eval(tmp_path))
    assert [page.site for page in pages] == ["example.de"] * count
    assert all(page.silver and page.wanted == tuple(wanted) for page in pages)


@pytest.mark.parametrize(("body", "count"), [(BODY * 12, 1), (BODY, 0)])
def test_unlabelled_keeps_long_articles(tmp_path: Path, body: str, count: int) -> None:
    index = {"flood.html": {"url": "https://www.example.de/a", "domain": "example.de"}}
    (tmp_path / "index.json").write_text(json.dumps(index))
    packed(tmp_path / "html" / "flood.html.gz", article(body.replace("river", "ri\u00adver")))
    pages = list(sources.unlabelled(tmp_path))
    assert [page.site for page in pages] == ["example.de"] * count
    assert all("river" in page.gold for page in pages)


def test_a_judged_page_has_the_lines_that_were_found_to_be_article(
    tmp_path: Path, monkeypatch
) -> None:
    index = {"flood.html": {"url": "https://www.example.de/a", "domain": "example.de"}}
    (tmp_path / "index.json").write_text(json.dumps(index))
    packed(tmp_path / "html" / "flood.html.gz", f"{article(BODY)}<p>Read more<p>Also read")
    judgement = Judgement(
        (hashed("Flood in town"), hashed(BODY.strip())),
        hashed("Flood in town"),
        (hashed("Also read"),),
    )
    monkeypatch.setattr(sources, "judgements", lambda name: {"flood.html": judgement})
    (page,) = sources.unlabelled(tmp_path)
    assert page.gold == f"Flood in town\n{BODY.strip()}"
    assert page.title == page.headline == "Flood in town"
    assert (page.captions, page.silver) == (("Also read",), False)
    assert (page.site, page.language) == ("example.de", "en")


@pytest.mark.parametrize(
    ("head", "site"),
    [
        ('<link rel="canonical" href="https://www.example.com/a">', "example.com"),
        ("<link href='https://m.example.com/a' rel='canonical'>", "example.com"),
        ('<meta property="og:url" content="https://example.co.uk/a">', "example.co.uk"),
        ('<link rel="canonical" href="/a"><a href="http://b.example.com/x">', "example.com"),
        ('<a href="https://w3.org/a"><a href="https://w3.org/b">', "readability/flood"),
        ("", "readability/flood"),
    ],
)
def test_the_site_a_page_says_it_is_of(tmp_path: Path, head: str, site: str) -> None:
    packed(tmp_path / "flood.html.gz", article(BODY, head))
    packed(tmp_path / "flood.expected.html.gz", f"<p>{BODY}</p>")
    (page,) = sources.readability(tmp_path)
    assert page.site == site


def test_what_the_page_says_of_itself(tmp_path: Path) -> None:
    html = article(
        BODY + "<h2>Help</h2><figure><figcaption>The old <b>bridge</b></figcaption></figure>",
        '<meta name="description" content="Nine carried out"><meta name="author" content="Ann">',
    )
    packed(tmp_path / "flood.html.gz", html.replace("Flood in town<", "Flood in the town<", 1))
    packed(tmp_path / "flood.expected.html.gz", f"<p>{BODY}</p>")
    (page,) = sources.readability(tmp_path)
    assert page.title == "Flood in town"
    assert page.standfirsts == ("Nine carried out",)
    assert page.captions == ("The old bridge",)
    assert page.headings == ("Help",)


@pytest.mark.parametrize(
    ("encoding", "said"),
    [("utf-8", "utf-8"), ("utf-8", "iso-8859-1"), ("utf-8-sig", ""), ("cp1252", "iso-8859-1")],
)
def test_utf_8_is_recognised_whatever_a_page_says(tmp_path: Path, encoding: str, said: str) -> None:
    body = "Über Nacht stieg der Fluß – um zwei Meter"
    packed(tmp_path / "flood.html.gz", article(body, f'<meta charset="{said}">'), encoding)
    packed(tmp_path / "flood.expected.html.gz", f"<p>{BODY}</p>")
    (page,) = sources.readability(tmp_path)
    assert page.html.startswith("<html>")
    assert body in page.html


PAGE = RawPage("one", "<p>rain\u2028", "rain", "", "example.org", wanted=("rain",))


def test_cached_pages_are_the_pages(tmp_path: Path) -> None:
    path = tmp_path / "pages.jsonl.gz"
    assert list(cache(path, [PAGE, PAGE])) == [PAGE, PAGE]
    assert list(cache(path, [])) == [PAGE, PAGE]


def test_an_unfinished_cache_is_none(tmp_path: Path) -> None:
    path = tmp_path / "pages.jsonl.gz"
    assert next(cache(path, iter([PAGE, PAGE]))) == PAGE
    assert not path.exists()


@pytest.mark.parametrize(
    ("text", "language"),
    [("Der Fluss stieg in der Nacht um zwei Meter.", "de"), ("", None), ("123 | 456", None)],
)
def test_language_of(text: str, language: str | None) -> None:
    assert [language_of(text) for _ in range(3)] == [language] * 3


HOME_PAGES = [
    f"unlabelled/{name}.html" for name in ("500px.com.spring", "austria.info", "bayern.de")
]
"""Of the first pages of htmldate's tests, those that were found to hold no article."""

COLLECTIONS: list[tuple[Callable[[Path], Iterator[RawPage]], str]] = [
    (sources.wcxb, "wcxb"),
    (sources.chinese_news, "chinese-news"),
    (sources.readability, "readability-pages"),
    (sources.trafilatura_eval, "trafilatura-eval"),
    (sources.unlabelled, "unlabelled-pages"),
]


@pytest.mark.parametrize(("read", "name"), COLLECTIONS, ids=[name for _, name in COLLECTIONS])
def test_the_real_collections(
    data: Path, read: Callable[[Path], Iterator[RawPage]], name: str
) -> None:
    pages = list(islice(read(data / name), 8))
    assert len({page.id for page in pages}) == 8
    assert all(page.html and page.site for page in pages)
    bare = [page.id for page in pages if not page.gold]
    assert bare == (HOME_PAGES if read is sources.unlabelled else [])
