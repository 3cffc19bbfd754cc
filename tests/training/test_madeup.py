"""Pages that nobody wrote."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sentences import SENTENCES
from tiny import PAGES, PROSE, Book

from cleaner import Label
from cleaner.training.madeup import Printer, made_up

PHRASES = {
    "article_short": ["Milch", "Zwei Eier"],
    "headline": ["Brücke gesperrt", "Fähre fährt wieder ab {day}. {month}"],
    "caption": ["Foto: {name}"],
    "share": ["Teilen", "Seite drucken", "Auf {site} folgen"],
    "related": ["Lesen Sie auch: {title}", "Mehr aus {city}"],
    "dates": ["vor {n} Stunden"],
}
BOOK = Book(
    sentences={"de": [SENTENCES["de"]], "zh-cn": [SENTENCES["zh-cn"]], "fr": [], "en": [PROSE[0]]},
    phrases={"de": PHRASES, "zh-tw": PHRASES, "fr": PHRASES, "fi": PHRASES, "en": PHRASES},
)
ARTICLE = {*PHRASES["article_short"], PHRASES["headline"][0]}
ARTICLE_STARTS = (SENTENCES["de"][:20], "Fähre fährt wieder ab ", *ARTICLE)
JUNK_STARTS = ("Teilen", "Seite drucken", "Auf ", "Lesen Sie auch: ", "Mehr aus ", "vor ")


@pytest.fixture(scope="module")
def printer() -> Printer:
    """One that prints German."""
    return Printer("de", PHRASES, BOOK.sentences["de"])


@pytest.mark.parametrize("layout", PAGES[::2], ids=lambda page: page.id)
def test_a_page_keeps_its_layout(printer, layout):
    """Labels, weights, numbers and blank lines are the layout's; only the words are new."""
    made = printer.page(layout, 7)
    assert made.labels == layout.labels
    assert made.weights == layout.weights
    for old, new in zip(layout.lines, made.lines, strict=True):
        assert replace(new, text="") == replace(old, text="")
        assert new.text.strip()


@pytest.mark.parametrize("layout", PAGES[::2], ids=lambda page: page.id)
def test_what_is_article_says_what_articles_say(printer, layout):
    made = printer.page(layout, 7)
    for line, label in zip(made.lines, made.labels, strict=True):
        starts = ARTICLE_STARTS if label is Label.ARTICLE else JUNK_STARTS
        assert line.text.startswith(starts), label
        assert "{" not in line.text


def test_nothing_of_the_old_page_is_left(printer):
    old = {line.text for page in PAGES for line in page.lines}
    for page in PAGES:
        assert not old & {line.text for line in printer.page(page, 1).lines}


def test_a_line_that_stands_twice_is_said_twice(printer):
    layout = PAGES[0]
    twice = replace(
        layout,
        lines=layout.lines * 2,
        labels=layout.labels * 2,
        weights=layout.weights * 2,
    )
    texts = [line.text for line in printer.page(twice, 1).lines]
    assert texts[: len(layout.lines)] == texts[len(layout.lines) :]


def test_the_headline_is_what_is_said_in_place_of_the_old_one(printer):
    layout = PAGES[0]
    number = layout.labels.index(Label.ARTICLE)
    made = printer.page(replace(layout, title=layout.lines[number].text), 1)
    assert made.title == made.lines[number].text
    assert not printer.page(layout, 1).title


def test_lines_without_letters_stay(printer):
    first, *others = PAGES[0].lines
    signs = replace(PAGES[0], lines=(replace(first, text="***"), *others))
    assert printer.page(signs, 1).lines[0].text == "***"


def test_a_page_is_its_own_site_in_its_own_language(printer):
    made = [printer.page(PAGES[0], number) for number in range(3)]
    assert len({page.site for page in made}) == len({page.id for page in made}) == 3
    assert {(page.language, page.rendering, page.joins) for page in made} == {("de", "made-up", ())}


def test_its_gold_is_its_article(printer):
    made = printer.page(PAGES[0], 1)
    article = [
        line.text
        for line, label in zip(made.lines, made.labels, strict=True)
        if label is Label.ARTICLE
    ]
    assert made.gold.split("\n") == article


def test_article_lines_are_about_as_long_as_they_were(printer):
    for page in PAGES:
        for old, new in zip(page.lines, printer.page(page, 1).lines, strict=True):
            if old.text in PROSE:
                assert len(old.text) * 0.8 <= len(new.text) <= len(old.text) * 2.5


def test_the_same_page_is_printed_again(printer):
    assert printer.page(PAGES[0], 1) == printer.page(PAGES[0], 1)
    assert printer.page(PAGES[0], 1) != printer.page(PAGES[0], 2)


def test_pages_in_every_language_that_has_phrases_and_sentences():
    """But not in English, of which there are real pages; zh-tw borrows sentences."""
    made = list(made_up(BOOK, PAGES, 3))
    languages = [page.language for page in made]
    assert {language: languages.count(language) for language in languages} == {"de": 3, "zh-tw": 3}
    assert list(made_up(BOOK, PAGES, 3)) == made


def test_no_more_pages_than_layouts():
    assert len(list(made_up(BOOK, PAGES[:2], 5))) == 4
