"""What a web page says of itself: title, author, date, site and language; the door of trafilatura.

Apart from cleaning, because it takes longer than all of it: about 50 ms a page.
"""

from __future__ import annotations

import logging
import re
import warnings
from dataclasses import replace
from functools import cache
from types import ModuleType

from cleaner.decode import decode, mend
from cleaner.page import Metadata, Page
from cleaner.sniff import looks_like_html

MOST = 1_000_000
"""Characters of a page that are searched: what it says of itself stands at its beginning."""

_LONG_TAG = re.compile(r"<[a-zA-Z/!?][^<>]{4000,}>?")
"""Tags that hold images or whole data sets. The tree that trafilatura builds takes time quadratic
in the attributes of an element: 0.7 s for 20,000 of them, 70 s for 200,000."""


def described(page: Page, source: str | bytes) -> Page:
    """``page`` with what its source says of itself, which also names a page without a title.

    ``source`` is what the page was cleaned from.

    >>> page = described(Page(), "<html lang=en><title>Rain</title><p>It rains.</html>")
    >>> page.title, page.metadata.language
    ('Rain', 'en')
    """
    found = metadata(source)
    return replace(page, title=page.title or found.title, metadata=found)


def metadata(source: str | bytes) -> Metadata:
    """What a source says of itself; nothing where it is plain text.

    Raises ``SourceError`` for bytes that are no text.

    >>> metadata("Rain is expected.")
    Metadata(title=None, author=None, date=None, site=None, language=None)
    """
    text = decode(source) if isinstance(source, bytes) else mend(source)
    if not looks_like_html(text):
        return Metadata()
    try:
        return _extracted(_LONG_TAG.sub("", text[:MOST]))
    except Exception:
        return Metadata()


def _extracted(source: str) -> Metadata:
    trafilatura = _trafilatura()
    tree = trafilatura.load_html(source)
    if tree is None:
        return Metadata()
    language = tree.get("lang")  # before the search, which prunes the tree
    found = trafilatura.extract_metadata(tree)
    return Metadata(
        _one_line(found.title),
        _one_line(found.author),
        _one_line(found.date),
        _one_line(found.sitename),
        _one_line(language),
    )


def _one_line(value: object) -> str | None:
    return " ".join(value.split()) or None if isinstance(value, str) else None


@cache
def _trafilatura() -> ModuleType:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what its own libraries lack is of no concern here
        import trafilatura  # noqa: PLC0415 - takes a second

    # Without a handler of its own a library's warnings go to standard error.
    for name in ("trafilatura", "htmldate"):
        logging.getLogger(name).addHandler(logging.NullHandler())
    return trafilatura
