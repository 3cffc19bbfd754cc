"""Other extractors of article text from HTML, each as a function from a page to its text."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

OURS = "cleaner"

Extractor = Callable[[str], str | None]


def trafilatura(**options: Any) -> Extractor:
    """trafilatura with some of its options."""
    from trafilatura import extract

    return partial(extract, **options)


def resiliparse() -> Extractor:
    """resiliparse, main content only."""
    from resiliparse.extract.html2text import extract_plain_text

    return partial(extract_plain_text, main_content=True)


def justext() -> Extractor:
    """jusText with its English stop words."""
    import justext as library

    words = library.get_stoplist("English")

    def extract(source: str) -> str:
        found = library.justext(source, words)
        return "\n".join(x.text for x in found if not x.is_boilerplate)

    return extract


def readability() -> Extractor:
    """readability-lxml; its HTML as resiliparse writes it, words of neighbouring blocks apart."""
    from readability import Document
    from resiliparse.extract.html2text import extract_plain_text

    return lambda source: extract_plain_text(Document(source).summary())


def newspaper() -> Extractor:
    """newspaper4k."""
    from newspaper import Article

    def extract(source: str) -> str:
        article = Article("https://example.org/")
        article.download(input_html=source)
        article.parse()
        return str(article.text)

    return extract


def rs_trafilatura() -> Extractor:
    """rs-trafilatura."""
    from rs_trafilatura import extract

    return lambda source: extract(source).text


PEERS: Mapping[str, tuple[str, Callable[[], Extractor]]] = {
    "trafilatura": ("trafilatura", trafilatura),
    "trafilatura, no comments": ("trafilatura", partial(trafilatura, include_comments=False)),
    "trafilatura, fast": ("trafilatura", partial(trafilatura, fast=True)),
    "resiliparse": ("resiliparse", resiliparse),
    "jusText": ("justext", justext),
    "readability-lxml": ("readability", readability),
    "newspaper4k": ("newspaper", newspaper),
    "rs-trafilatura": ("rs_trafilatura", rs_trafilatura),
}
"""What each is called, the module that must be there, and how to make it."""

PACKAGES: Mapping[str, str] = {
    "justext": "jusText",
    "readability": "readability-lxml",
    "newspaper": "newspaper4k",
}


def installed() -> list[str]:
    """The names of those that can run here."""
    return [name for name, (module, _) in PEERS.items() if importlib.util.find_spec(module)]
