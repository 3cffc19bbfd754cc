"""Pages with known main text, read where and how their publishers keep them.

Every reader takes the folder of one public collection and yields its pages. Nothing is copied: who
clones the same repositories can run the same training. Where a collection has no gold text, its
pages were judged line by line (``judged``), or the text of trafilatura stands in ("silver"): on
pages where it is known to be right, or on long articles.
"""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from html import unescape
from pathlib import Path
from typing import Any

import lxml.html
import trafilatura
from langdetect import (
    DetectorFactory,
    LangDetectException,
    detect,
)
from lxml.etree import ParserError
from lxml.html import HtmlElement
from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.encoding import detect_encoding

from cleaner.html import read
from cleaner.training.align import tokens, words
from cleaner.training.judged import judgements
from cleaner.training.samples import site_of

LEAST_SILVER_WORDS = 250
"""Shorter output of an extractor on an unknown page is as likely a teaser list as an article."""

ENOUGH_FOR_LANGUAGE = 2000
"""Characters of gold text that settle its language."""

SECTION_HEADINGS = ("h2", "h3", "h4", "h5", "h6")

LEAST_LIKENESS = 0.5
"""Share of words a heading must have in common with the title to be taken for the headline."""

_CANONICAL = re.compile(
    r"""<(?:link|meta)\b[^>]*(?:rel=["']?canonical|property=["']og:url)[^>]*>""", re.IGNORECASE
)
_WRAPPER = re.compile(r"""\s*<text id="([^"]*)"[^>]*>""")
_LARGER = {"gbk": "gb18030", "gb2312": "gb18030"}
"""Encodings that pages name, and those that browsers read them with."""

_TITLE = re.compile(r"<title[^>]*>([^<]*)", re.IGNORECASE)
_ADDRESS = re.compile(r"""https?://[^\s"'<>]+""")
_EVERYBODY = {
    "w3.org",
    "google.com",
    "facebook.com",
    "twitter.com",
    "googleapis.com",
    "gstatic.com",
}
"""Sites that every page points to, so that they say nothing about where it comes from."""


@dataclass(frozen=True, slots=True)
class RawPage:
    """A web page with its main text."""

    id: str
    html: str
    gold: str
    title: str
    site: str
    """Registered domain; where it is unknown, the collection and the page's name."""

    language: str | None = None
    kind: str = "article"
    silver: bool = False
    """Whether the gold text is an extractor's opinion."""

    wanted: tuple[str, ...] = ()
    """Segments that must be kept, where the collection names some."""

    unwanted: tuple[str, ...] = ()

    standfirsts: tuple[str, ...] = ()
    """What the page's metadata say it is about, which many pages print above the body."""

    captions: tuple[str, ...] = ()
    """Texts below pictures, which most gold texts leave out; and others that may be either."""

    headings: tuple[str, ...] = ()
    """Section headings, some of which extractors lose."""

    headline: str = ""
    """The line that is its headline, where somebody has said which one is."""


def wcxb(folder: Path) -> Iterator[RawPage]:
    """Yield the development pages of the Web Content Extraction Benchmark, all page types."""
    domains = json.loads((folder / "metadata.json").read_text(encoding="utf-8"))["files"]
    for path in sorted((folder / "dev" / "ground-truth").glob("*.json")):
        record = json.loads(path.read_text(encoding="utf-8"))
        truth = record["ground_truth"]
        gold = truth.get("main_content", "")
        if not gold and truth["with"]:
            continue  # the text was forgotten: an empty page names no segments
        yield _described(
            RawPage(
                id=f"wcxb/{path.stem}",
                html=_read(folder / "dev" / "html" / f"{path.stem}.html.gz"),
                gold=gold,
                title=truth["title"] or "",
                site=site_of(_address(domains.get(path.stem), record), f"wcxb/{path.stem}"),
                language=language_of(gold),
                kind=record["_internal"]["page_type"]["primary"],
                wanted=tuple(truth["with"]),
                unwanted=tuple(truth["without"]),
            )
        )


def chinese_news(folder: Path) -> Iterator[RawPage]:
    """Yield the pages of the Chinese Web Content Extraction Dataset.

    Two thirds of them are wrapped into an element that says where they are from.
    """
    for path in sorted((folder / "cleaned").glob("*.txt")):
        html = _read(folder / "original" / f"{path.stem}.html.gz")
        url, html = _unwrapped(html)
        gold = path.read_text(encoding="utf-8")
        yield _described(
            RawPage(
                id=f"chinese-news/{path.stem}",
                html=html,
                gold=gold,
                title=_title(html),
                site=site_of(url, _site_in(html, f"chinese-news/{path.stem}")),
                language=language_of(gold),
            )
        )


def readability(folder: Path) -> Iterator[RawPage]:
    """Yield the test pages of Readability.js; their gold text is what it is expected to return."""
    for path in sorted(folder.glob("*.expected.html.gz")):
        name = path.name.removesuffix(".expected.html.gz")
        html = _read(folder / f"{name}.html.gz")
        gold = extract_plain_text(_read(path), alt_texts=False, list_bullets=False)
        yield _described(
            RawPage(
                id=f"readability/{name}",
                html=html,
                gold=gold,
                title=_title(html),
                site=_site_in(html, f"readability/{name}"),
                language=language_of(gold),
            )
        )


def trafilatura_eval(folder: Path) -> Iterator[RawPage]:
    """Yield the pages of trafilatura's evaluation that were judged, and of the others those on
    which its output passes every check.

    Output counts as right where it holds every segment that must be kept and none that must not:
    on two thirds of 990 pages, in a dozen languages.
    """
    entries = json.loads((folder / "evaldata.json").read_text(encoding="utf-8"))
    for url, entry in entries.items():
        path = folder / "html" / f"{entry['file']}.gz"
        if not path.is_file():
            continue
        page = judged(_silver(f"trafilatura-eval/{entry['file']}", _read(path), url))
        kept = all(segment in page.gold for segment in entry["with"])
        right = page.gold and kept and not any(text in page.gold for text in entry["without"])
        if right or not page.silver:
            yield replace(page, wanted=tuple(entry["with"]), unwanted=tuple(entry["without"]))


def unlabelled(folder: Path) -> Iterator[RawPage]:
    """Yield the pages of htmldate's tests that were judged, and of the others those on which
    trafilatura finds a long text.
    """
    entries = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    for name, entry in entries.items():
        path = folder / "html" / f"{name}.gz"
        if not path.is_file():
            continue
        page = judged(_silver(f"unlabelled/{name}", _read(path), entry["url"] or ""))
        if not page.silver or words(tokens(page.gold)) >= LEAST_SILVER_WORDS:
            yield page


def judged(page: RawPage) -> RawPage:
    """Return a page with the lines that were found to be article text as its gold text; as it is
    where nobody judged it.
    """
    collection, _, name = page.id.partition("/")
    judgement = judgements(collection).get(name)
    found = judgement.found_in(read(page.html).lines) if judgement else None
    if found is None:
        return page
    gold = "\n".join(found.article)
    return replace(
        page,
        gold=gold,
        title=found.title,
        headline=found.title,
        language=language_of(gold) or page.language,
        silver=False,
        standfirsts=(),
        captions=tuple(found.doubtful),
        headings=(),
    )


def cache(path: Path, pages: Iterable[RawPage]) -> Iterator[RawPage]:
    """Yield ``pages``, from ``path`` where it exists, else kept there for the next time.

    Silver gold costs 40 ms a page. The file takes its name when the last page is in it.
    """
    if path.exists():
        with gzip.open(path, "rt", encoding="utf-8") as stream:
            yield from (_restored(json.loads(line)) for line in stream)
        return
    partial = path.with_name(path.name + ".partial")
    with gzip.open(partial, "wt", compresslevel=4, encoding="utf-8") as stream:
        for page in pages:
            json.dump(asdict(page), stream, ensure_ascii=False)
            stream.write("\n")
            yield page
    partial.replace(path)


def language_of(text: str) -> str | None:
    """Return the language of a text, ``None`` where it cannot be told; the same answer every time.

    >>> language_of("Morgen regnet es im ganzen Land, und auch am Abend bleibt es kühl.")
    'de'
    """
    DetectorFactory.seed = 0
    try:
        return str(detect(text[:ENOUGH_FOR_LANGUAGE]))
    except LangDetectException:
        return None


def _silver(identity: str, html: str, url: str) -> RawPage:
    """Return the page with trafilatura's main text, without comments, as its gold text."""
    gold = (trafilatura.extract(html, include_comments=False) or "").replace("\u00ad", "")
    return _described(
        RawPage(
            id=identity,
            html=html,
            gold=gold,
            title=_title(html),
            site=site_of(url, _site_in(html, identity)),
            language=language_of(gold),
            silver=True,
        )
    )


def _address(known: dict[str, str] | None, record: dict[str, Any]) -> str:
    """Return where a WCXB page is from; a page may be missing from either place that says so."""
    return f"https://{known['domain']}" if known else record.get("url") or ""


def _title(html: str) -> str:
    """Return the headline a page's metadata name, else the whole of its ``<title>``."""
    if title := trafilatura.extract_metadata(html).title:
        return title
    found = _TITLE.search(html)
    return unescape(found.group(1)).strip() if found else ""


def _described(page: RawPage) -> RawPage:
    """Return the page with what its own tree says of headline, standfirst and captions.

    The headline is the heading most like the title, as that is what scrapers print.
    """
    try:
        tree = parsed(page.html)
    except ParserError:
        return page
    headings = [_text_of(heading) for heading in tree.iter("h1", "h2")]
    likeness = {heading: _likeness(heading, page.title) for heading in headings}
    best = max(headings, key=likeness.__getitem__, default="")
    about = [meta.get("content", "") for meta in tree.iter("meta") if _is_description(meta)]
    captions = [element for element in tree.iter("*") if _is_caption(element)]
    return replace(
        page,
        title=best if likeness.get(best, 0) >= LEAST_LIKENESS else page.title,
        standfirsts=tuple(sorted(set(about))),
        captions=tuple(_text_of(caption) for caption in captions),
        headings=tuple(_text_of(heading) for heading in tree.iter(*SECTION_HEADINGS)),
    )


def parsed(html: str) -> HtmlElement:
    """Return the root of a page's tree, whatever encoding the page says it had.

    Raises ``lxml.etree.ParserError`` where there is no element at all.
    """
    parser = lxml.html.HTMLParser(encoding="utf-8")
    return lxml.html.document_fromstring(html.encode("utf-8", "replace"), parser=parser)


def _is_description(meta: HtmlElement) -> bool:
    return "description" in (meta.get("name"), meta.get("property", "").removeprefix("og:"))


def _is_caption(element: HtmlElement) -> bool:
    return element.tag == "figcaption" or "caption" in str(element.get("class"))


def _text_of(element: HtmlElement) -> str:
    return " ".join(" ".join(element.itertext()).split())


def _likeness(one: str, other: str) -> float:
    """Return the share of words two texts have in common, 0 to 1."""
    left, right = set(tokens(one)), set(tokens(other))
    return len(left & right) / max(len(left | right), 1)


def _site_in(html: str, default: str) -> str:
    """Return the site a page says it is of, else the one most of its addresses lead to."""
    if said := _CANONICAL.search(html):
        address = _ADDRESS.search(said.group())
        if address and (site := site_of(address.group(), "")):
            return site
    hosts = Counter("/".join(found.split("/", 3)[:3]) for found in _ADDRESS.findall(html))
    sites: Counter[str] = Counter()
    for host, count in hosts.items():
        sites[site_of(host, default)] += count
    return next((site for site, _ in sites.most_common() if site not in _EVERYBODY), default)


def _unwrapped(html: str) -> tuple[str, str]:
    """Return the address a wrapper around a page names, and the page without the wrapper."""
    wrapper = _WRAPPER.match(html)
    return (wrapper.group(1), html[wrapper.end() :]) if wrapper else ("", html)


def _read(path: Path) -> str:
    """Return the text of a compressed page: UTF-8 if it is that, else as it says itself.

    Characters that the encoding does not have become U+FFFD: guessing another one over a single
    broken byte would turn a Chinese page into Latin noise.
    """
    content = gzip.decompress(path.read_bytes())
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        encoding = detect_encoding(content, from_html_meta=True) or "utf-8"
        return content.decode(_LARGER.get(encoding, encoding), "replace")


def _restored(record: dict[str, Any]) -> RawPage:
    """Return the page that was written as a JSON object, its lists tuples again."""
    fields: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in record.items()
    }
    return RawPage(**fields)
