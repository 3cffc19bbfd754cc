"""Texts to clean, of every kind that pipelines hold, and what must become of them."""

from __future__ import annotations

import pytest

from cleaner import Page

ARTICLE = (
    "The harbour reopens\n\nShare\n"
    "The council reopened the harbour on Monday after two months of work, and the first ferry "
    "left for the islands in the afternoon.\n"
    "Fishermen said that the new quay was long overdue and thanked everyone for waiting.\n"
    "Read also: ten things to do this weekend\n"
)
MENU = "Home\nNews\nSport\nLogin\nSubscribe\nShare\n"
TEXTS = [ARTICLE, MENU, f"<html><body><p>{ARTICLE}</p></body></html>", "", ARTICLE * 3]
IMAGE = b"\x89PNG\r\n\x1a\n" + bytes(50)


@pytest.fixture(scope="session")
def pages(cleaner) -> list[Page]:
    """What the cleaner itself makes of `TEXTS`."""
    found = list(cleaner.clean_many(TEXTS))
    assert found[0].text
    assert not found[1].text
    return found


@pytest.fixture(scope="session")
def clean(pages) -> list[str]:
    """The clean texts of `TEXTS`."""
    return [page.text for page in pages]
