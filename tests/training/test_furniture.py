"""Articles printed again, with written furniture."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sentences import SENTENCES
from tiny import PAGES, Book, sample

from cleaner import Label, Line
from cleaner.training.desks import BELOW
from cleaner.training.furniture import FEWEST, RENDERING, Furnisher

PHRASES = {
    **{category: [f"{category} 1", f"{category} {{n}}"] for category, _, _ in BELOW},
    "section": ["Home > Sport"],
    **{name: [f"{name} 1"] for name in ("date", "login", "search", "save_print")},
    **{name: [f"{name} 1"] for name in ("alt_text", "paywall", "error", "credit", "headline")},
    "related": ["See also: {title}", "Related"],
    "teaser": ["Most read", "{title} ({topic})"],
}
BOOK = Book(phrases={"en": PHRASES}, sentences={"en": [SENTENCES["en"]]})
MANY = [replace(page, id=f"{page.id}/{n}") for page in PAGES for n in range(20)]


@pytest.fixture(scope="module")
def furnished() -> list:
    """The furnished pages of many samples."""
    return list(Furnisher(BOOK).pages(MANY))


def test_every_article_is_printed_once_and_always_alike(furnished):
    assert [page.id for page in furnished] == [f"{page.id}/{RENDERING}" for page in MANY]
    assert {page.rendering for page in furnished} == {RENDERING}
    assert furnished == list(Furnisher(BOOK).pages(MANY))


def test_the_renderings_of_a_page_lend_one_between_them():
    ways = [
        replace(PAGES[0], id=f"page:{name}", rendering=name) for name in ("soup", "links", "main")
    ]
    assert len(list(Furnisher(BOOK).pages(ways))) == 1


def test_the_article_begins_where_it_did_and_goes_on_in_order(furnished):
    for old, new in zip(MANY, furnished, strict=True):
        was, now = (
            [
                line.text
                for line, label in zip(page.lines, page.labels, strict=True)
                if label is Label.ARTICLE
            ]
            for page in (old, new)
        )
        assert now == was[: len(now)]
        assert not now or len(now) >= FEWEST


def test_all_else_is_junk_with_no_blank_left(furnished):
    article = {line.text for page in MANY for line in page.lines}
    added = [
        (line.text, label)
        for page in furnished
        for line, label in zip(page.lines, page.labels, strict=True)
        if line.text not in article
    ]
    assert added
    assert {label for _, label in added} == {Label.JUNK}
    assert not [text for text, _ in added if "{" in text]


def test_pieces_of_a_sentence_stay_together(furnished):
    joined = [(page, i) for page in furnished for i, join in enumerate(page.joins) if join]
    assert joined
    for page, i in joined:
        assert page.labels[i - 1] is page.labels[i] is Label.ARTICLE


def test_some_stand_bare_and_some_lose_their_article(furnished):
    kinds = [set(page.labels) for page in furnished]
    assert {Label.ARTICLE} in kinds
    assert {Label.JUNK} in kinds
    assert kinds.count({Label.ARTICLE, Label.JUNK}) > len(kinds) / 2


def test_only_articles_in_a_language_that_has_phrases():
    others = [replace(PAGES[0], kind="forum"), replace(PAGES[0], language="fi")]
    assert not list(Furnisher(BOOK).pages(others))


def test_sites_sign_their_pages_and_say_the_headline_more_than_once():
    headed = []
    for number in range(200):
        page = PAGES[number % len(PAGES)]
        lines = [Line("Ferry stays in port", 1), *page.lines]
        labels, weights = [Label.ARTICLE, *page.labels], [1.0, *page.weights]
        headed.append(
            replace(
                page,
                id=str(number),
                lines=tuple(lines),
                labels=tuple(labels),
                weights=tuple(weights),
                joins=(),
            )
        )
    copies = [
        (line.text, label)
        for page in Furnisher(BOOK).pages(headed)
        for line, label in zip(page.lines, page.labels, strict=True)
        if "Ferry stays in port" in line.text
    ]
    junk = {text for text, label in copies if label is Label.JUNK}
    assert {text for text, label in copies if label is Label.ARTICLE} == {"Ferry stays in port"}
    assert {"Ferry stays in port", "Home > Sport > Ferry stays in port"} <= junk
    assert any(text.startswith("Ferry stays in port - ") for text in junk)


def test_furniture_of_a_written_page_is_put_where_it_stood():
    j, a = Label.JUNK, Label.ARTICLE
    written = sample(
        "written/en/1",
        [
            ("Geese land - The Echo", j, None),
            ("Geese land", a, None),
            ("By Ann", j, None),
            ("They came at dawn.", a, None),
            ("Read also", j, None),
            ("They stayed.", a, None),
            ("Buy jetzt!", Label.SPAM, None),
            ("Imprint", j, None),
        ],
    )
    book = replace(BOOK, pages=[written])
    seen: dict[str, set[str]] = {"first": set(), "second": set(), "last": set(), "all": set()}
    for page in Furnisher(book).pages(MANY):
        texts = [line.text for line in page.lines]
        seen["all"] |= set(texts)
        if "Imprint" in texts and a in page.labels:
            seen["first"].add(texts[0])
            seen["last"].add(texts[-1])
            seen["second"].add(texts[texts.index("By Ann") - 1])
    articles = {line.text for page in MANY for line in page.lines}
    assert seen["last"] == {"Imprint"}
    assert seen["second"] <= articles
    assert seen["first"] <= articles | {f"{text} - The Echo" for text in articles}
    assert "Read also" in seen["all"]
    assert not {"Geese land", "They stayed.", "Buy jetzt!"} & seen["all"]
