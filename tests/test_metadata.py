"""Metadata: what pages say of themselves, and that no page can make it fail or take long."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner import metadata as door
from cleaner.cleaner import Cleaner
from cleaner.metadata import described, metadata
from cleaner.page import Metadata, Page

ARTICLE = """<!doctype html><html lang="en-GB"><head><title>Rain floods the town - The Echo</title>
<meta property="og:title" content="Rain floods the town">
<meta property="og:site_name" content="The Echo"><meta name="author" content="Ann Lee">
<meta property="article:published_time" content="2024-03-05T10:00:00Z"></head>
<body><h1>Rain floods the town</h1><p>The river rose by two metres overnight.</p></body></html>"""


def test_what_an_article_says_of_itself():
    assert metadata(ARTICLE) == Metadata(
        "Rain floods the town", "Ann Lee", "2024-03-05", "The Echo", "en-GB"
    )


def test_bytes_are_decoded_and_text_says_nothing():
    assert metadata(ARTICLE.encode("utf-16")) == metadata(ARTICLE)
    assert metadata("Rain.\n\nIt rained.") == Metadata()


def test_a_page_keeps_its_own_title():
    page = described(Page(title="A better one"), ARTICLE)
    assert page.title == "A better one"
    assert page.metadata == metadata(ARTICLE)
    assert described(Page(), ARTICLE).title == "Rain floods the town"


HOSTILE = [
    ("<p " + " ".join(f"a{i}" for i in range(100_000)) + ">x", "more attributes than it can take"),
    ("<div>" * 100_000 + "x", "deep"),
    ("<script type='application/ld+json'>" + "[" * 100_000 + "</script><p>x", "deep JSON"),
    ("<script type='application/ld+json'>{'@type': 3}</script><p>x", "JSON of odd types"),
    ("<title>\ud800\x01\0</title><p>x", "characters that XML forbids"),
    ("<meta name=author content='" + "a, " * 100_000 + "'><p>x", "many authors"),
    ("<meta property='article:published_time' content='9999-99-99'><p>x", "no date"),
    ("<meta name=date content='" + "9" * 5000 + "'><p>x", "a number of 5,000 digits"),
    ("<html></html>", "nothing"),
]


@pytest.mark.parametrize("source", [pytest.param(page, id=name) for page, name in HOSTILE])
def test_hostile_pages_keep_their_text(source):
    page = Cleaner().clean(source)
    assert described(page, source).verdicts == page.verdicts


@settings(deadline=None, max_examples=50)
@given(st.text(), st.sampled_from(["title", "p", "time", "address", "script"]))
def test_any_text_anywhere(text, tag):
    assert isinstance(metadata(f"<html><{tag} class=author>{text}</{tag}>"), Metadata)


@pytest.mark.parametrize("error", [ValueError, TypeError, RecursionError, OverflowError, KeyError])
def test_whatever_the_extractor_raises_says_nothing(error, monkeypatch):
    def fail(_source):
        raise error

    monkeypatch.setattr(door, "_extracted", fail)
    assert metadata(ARTICLE) == Metadata()
