"""Renderings: each shape of a small page, agreement with BeautifulSoup, and what goes wrong."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice, pairwise
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from lxml.etree import ParserError

from cleaner.page import Label
from cleaner.training.renderings import ALL, SCRAPERS, Failure, Piece, Start, renderings, walk
from cleaner.training.samples import Sample
from cleaner.training.sources import RawPage, wcxb

BODY = (
    "The river rose by two metres during the night and flooded the lower part of the old town, "
    "where firemen carried nine people out of their houses before the morning came."
)
GOLD = f"{BODY}\nHelp\nThe bridge over the river stays closed until Friday."
HTML = """<html><head><title>Flood | News</title></head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/sport">Sport</a></li></ul></nav>
<script>let x = "hidden";</script><!-- a comment -->
<h1>Flood in the old town</h1>
<p>The <a href="/river">river</a> rose by <b>two metres</b> during the night and flooded the lower
part of the old town, where firemen carried nine people out of their houses before the morning
came.</p>
<h2>Help</h2>
<div>The bridge over the <a href="/river">river</a> stays<br>closed until Friday.</div>
<footer>Imprint<br><br>Contact</footer></body></html>"""

PAGE = RawPage(
    id="made-up/flood", html=HTML, gold=GOLD, title="Flood in the old town", site="example.org"
)


def never(failure: Failure) -> None:
    pytest.fail(str(failure))


def rendered(name: str, page: RawPage = PAGE) -> Sample:
    (sample,) = renderings(page, [name], failed=never)
    return sample


def texts(sample: Sample) -> list[str]:
    return [line.text for line in sample.lines]


def test_soup_is_a_line_for_every_line_of_every_text_node() -> None:
    assert texts(rendered("soup")) == [
        "Home",
        "Sport",
        "Flood in the old town",
        "The",
        "river",
        "rose by",
        "two metres",
        "during the night and flooded the lower",
        "part of the old town, where firemen carried nine people out of their houses before the"
        " morning",
        "came.",
        "Help",
        "The bridge over the",
        "river",
        "stays",
        "closed until Friday.",
        "Imprint",
        "Contact",
    ]


def test_blocks_is_a_line_for_every_block() -> None:
    assert texts(rendered("blocks")) == [
        "Home",
        "Sport",
        "Flood in the old town",
        BODY,
        "Help",
        "The bridge over the river stays",
        "closed until Friday.",
        "Imprint",
        "Contact",
    ]


def test_links_stand_on_their_own_lines() -> None:
    sample = rendered("links")
    assert texts(sample)[3:6] == ["The", "river", BODY.removeprefix("The river ")]
    assert sample.joins[2:7] == (False, False, True, True, False)


def test_wrapped_lines_are_short_and_put_together_give_the_blocks() -> None:
    sample = rendered("wrapped")
    assert max(map(len, texts(sample))) <= 90
    body = [text for text, join in zip(texts(sample), sample.joins, strict=True) if join]
    assert " ".join([texts(sample)[3], *body]).replace("- ", "") == BODY


def test_joins_are_what_the_tree_says() -> None:
    sample = rendered("soup")
    joins = dict(zip(texts(sample), sample.joins, strict=True))
    assert joins["rose by"] is True, "an inline element ended"
    assert joins["came."] is True, "a line of one text node"
    assert joins["Help"] is False, "a block started"
    assert joins["closed until Friday."] is None, "one <br> may be anything"
    assert joins["Contact"] is False, "two are a paragraph's end"


@pytest.mark.parametrize("name", ALL)
def test_every_rendering_is_labelled(name: str) -> None:
    sample = rendered(name)
    count = len(sample.lines)
    assert len(sample.labels) == len(sample.weights) == count > 0
    assert len(sample.joins) in (0, count)
    assert (sample.rendering, sample.site, sample.gold) == (name, PAGE.site, PAGE.gold)
    labels = dict(zip(texts(sample), sample.labels, strict=True))
    assert labels.get("Flood in the old town", Label.ARTICLE) is Label.ARTICLE
    assert labels.get("Home", Label.JUNK) is Label.JUNK
    assert labels.get("Imprint", Label.JUNK) is Label.JUNK
    assert labels.get("river", Label.ARTICLE) is Label.ARTICLE


@pytest.mark.parametrize("name", ["soup", "blocks", "links", "wrapped", "inscriptis"])
def test_blank_lines_are_a_habit_not_a_fact(name: str) -> None:
    """Pages differ in how many of their lines stand after a blank line."""
    shares = set()
    for number in range(24):
        lines = rendered(name, replace(PAGE, id=f"made-up/{number}")).lines
        assert not lines[0].blank_before
        shares.add(sum(line.blank_before for line in lines))
        numbers = [line.number for line in lines]
        steps = [after - before for before, after in pairwise(numbers)]
        assert steps == [1 + line.blank_before for line in lines[1:]]
    assert {0, len(lines) - 1} < shares


def test_the_same_page_is_rendered_the_same() -> None:
    assert list(renderings(PAGE)) == list(renderings(PAGE))


def test_failures_are_told_and_cost_one_rendering() -> None:
    failures: list[Failure] = []
    page = replace(PAGE, html="")
    assert list(renderings(page, failed=failures.append)) == []
    assert {failure.rendering for failure in failures} == set(ALL)
    assert failures[0] == Failure(PAGE.id, "soup", "Document is empty")


def test_a_scraper_that_breaks_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(html: str) -> str:
        raise RecursionError(html[:6])

    monkeypatch.setitem(SCRAPERS, "main", broken)
    failures: list[Failure] = []
    samples = list(renderings(PAGE, ["main", "blocks"], failures.append))
    assert [sample.rendering for sample in samples] == ["blocks"]
    assert failures == [Failure(PAGE.id, "main", "RecursionError: <html>")]


def test_failures_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    list(renderings(replace(PAGE, html=""), ["soup"]))
    assert caplog.messages == ["made-up/flood has no soup: Document is empty"]


def test_a_page_without_text_has_no_soup() -> None:
    failures: list[Failure] = []
    page = replace(PAGE, html="<html><body><img></body></html>")
    assert list(renderings(page, ["soup"], failures.append)) == []
    assert [failure.reason for failure in failures] == ["no text"]


LOST = " ".join(["The mayor said that the dam had held and thanked all who had come to help."] * 2)


@pytest.mark.parametrize("name", ["blocks", "soup", "wrapped"])
@pytest.mark.parametrize(("silver", "weight"), [(True, 0.0), (False, 1.0)])
def test_prose_an_extractor_may_have_lost_is_masked(name: str, silver: bool, weight: float) -> None:
    html = HTML.replace("<h2>", f"<p>{LOST}</p><h2>")
    sample = rendered(name, replace(PAGE, html=html, silver=silver))
    lost = [
        w
        for line, w in zip(sample.lines, sample.weights, strict=True)
        if len(line.text) > 20 and line.text[:20] in LOST
    ]
    assert set(lost) == {weight}


@pytest.mark.parametrize("extra", ["Read also: the storm of last year", "Share"])
def test_short_lines_between_kept_ones_are_not_masked(extra: str) -> None:
    html = HTML.replace("<h2>", f"<p>{extra}</p><h2>")
    sample = rendered("blocks", replace(PAGE, html=html, silver=True))
    assert dict(zip(texts(sample), sample.weights, strict=True))[extra] == 1


@pytest.mark.parametrize("name", ["blocks", "inscriptis"])
def test_captions_the_gold_leaves_out_are_masked(name: str) -> None:
    caption = "The old bridge on Monday morning"
    html = HTML.replace("<h2>", f"<figure><figcaption>{caption}</figcaption></figure><h2>")
    sample = rendered(name, replace(PAGE, html=html, captions=(caption,)))
    assert dict(zip(texts(sample), sample.weights, strict=True))[caption] == 0


def test_headings_the_gold_leaves_out_are_masked_between_article_lines() -> None:
    gold = GOLD.replace("Help\n", "")
    sample = rendered("blocks", replace(PAGE, gold=gold, headings=("Help", "Contact")))
    weights = dict(zip(texts(sample), sample.weights, strict=True))
    assert (weights["Help"], weights["Contact"]) == (0, 1)


def starts(html: str) -> list[tuple[str, Start]]:
    return [(piece.text.strip(), piece.start) for piece in walk(html) if piece.text.strip()]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>a<i>b</i>c</p>", [("a", Start.BLOCK), ("b", Start.NODE), ("c", Start.NODE)]),
        ("<div>a<p>b</p>c</div>", [("a", Start.BLOCK), ("b", Start.BLOCK), ("c", Start.BLOCK)]),
        ("<p>a<br>b<br> <br>c</p>", [("a", Start.BLOCK), ("b", Start.BREAK), ("c", Start.BLOCK)]),
        ("<p><br>a</p>", [("a", Start.BLOCK)]),
        ("<pre>a\n  b</pre>", [("a", Start.BLOCK), ("b", Start.BLOCK)]),
        (
            "<p>a<script>x</script>b<!-- y -->c",
            [("a", Start.BLOCK), ("b", Start.NODE), ("c", Start.NODE)],
        ),
        ("<noscript><p>a</p></noscript>", [("a", Start.BLOCK)]),
        ("<html><body>a</body></html><p>b</p>", [("a", Start.BLOCK), ("b", Start.BLOCK)]),
        ("<x-style><head><body>a", [("a", Start.BLOCK)]),
        ("<svg><title>a</title></svg>", [("a", Start.BLOCK)]),
        ("<ruby>漢<rt>kan</rt></ruby>字", [("漢", Start.BLOCK), ("字", Start.NODE)]),
    ],
)
def test_walk(html: str, expected: list[tuple[str, Start]]) -> None:
    assert starts(html) == expected


def test_links_are_numbered() -> None:
    pieces = list(walk("<p>a<a href=x>b<i>c</i></a>d<a href=y>e</a></p>"))
    assert [(piece.text, piece.link) for piece in pieces] == [
        ("a", 0),
        ("b", 1),
        ("c", 1),
        ("d", 0),
        ("e", 2),
    ]


def test_an_empty_document_is_an_error() -> None:
    with pytest.raises(ParserError):
        list(walk(""))


def by_bs4(html: str) -> list[str]:
    """The lines of ``get_text``, of all bodies where a page has several."""
    soup = BeautifulSoup(html, "lxml")
    for title in soup.select("head > title"):
        title.decompose()
    lines = soup.get_text("\n").splitlines()
    return [line.strip() for line in lines if line.strip()]


TAGS = st.sampled_from(["p", "div", "a", "b", "li", "td", "pre", "script", "h1", "noscript"])
NODES = st.recursive(
    st.sampled_from(["rain", "in the\nnorth", " ", "<br>", "<!-- note -->"]),
    lambda inner: st.tuples(TAGS, st.lists(inner, max_size=4)).map(
        lambda node: f"<{node[0]}>{''.join(node[1])}</{node[0]}>"
    ),
    max_leaves=20,
)


@given(NODES)
def test_soup_equals_beautiful_soup(inner: str) -> None:
    html = f"<html><body><p>start</p>{inner}</body></html>"
    assert texts(rendered("soup", replace(PAGE, html=html))) == by_bs4(html)


def test_soup_equals_beautiful_soup_on_real_pages(data: Path) -> None:
    different = [
        page.id
        for page in islice(wcxb(data / "wcxb"), 0, 40, 2)
        if texts(rendered("soup", page)) != by_bs4(page.html)
    ]
    assert different == []


def test_a_piece_knows_its_place() -> None:
    assert next(walk("<p>rain</p>")) == Piece("rain", Start.BLOCK, 0)
