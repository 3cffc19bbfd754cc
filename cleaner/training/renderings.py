"""A page as different scrapers would have written it, with a label for every line.

The same article reaches a cleaner in many shapes: every text node on a line of its own, every link
torn out of its sentence, paragraphs whole, paragraphs wrapped, menus already half removed. A model
trained on one of them fails on the others, so it is trained on all.

The shapes that need the tree (``soup``, ``blocks``, ``links``, ``wrapped``) come from one walk over
it, and know for free which lines were torn from one paragraph. The others are what the scrapers
themselves return. Blank lines are kept by some, dropped by some, put between all lines by others:
here it depends on a hash of the page's id, so that a model cannot rely on them.
"""

from __future__ import annotations

import logging
import operator
import random
import textwrap
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cached_property, partial
from itertools import accumulate, groupby
from operator import attrgetter
from zlib import crc32

import inscriptis  # type: ignore[import-untyped]
import trafilatura
from lxml.etree import ParserError, iterwalk
from lxml.html import HtmlElement
from resiliparse.extract.html2text import extract_plain_text

from cleaner.errors import CleanerError
from cleaner.page import Label, Line
from cleaner.split import split
from cleaner.training.align import SHORT, Alignment, align, tokens, words
from cleaner.training.samples import Sample
from cleaner.training.sources import RawPage, parsed

_log = logging.getLogger(__name__)

_SECTIONS = ["address", "article", "aside", "body", "div", "footer", "header", "main", "nav"]
_HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6", "hgroup"]
_TEXTS = ["blockquote", "center", "figcaption", "figure", "hr", "p", "pre", "section"]
_LISTS = ["dd", "dir", "dl", "dt", "li", "menu", "ol", "ul", "details", "summary", "search"]
_TABLES = ["caption", "table", "tbody", "td", "tfoot", "th", "thead", "tr"]
_FORMS = ["button", "fieldset", "form", "legend", "optgroup", "option", "select", "textarea"]
_EMBEDDED = ["audio", "canvas", "dialog", "frameset", "iframe", "noscript", "object", "video"]

BLOCKS = frozenset([*_SECTIONS, *_HEADINGS, *_TEXTS, *_LISTS, *_TABLES, *_FORMS, *_EMBEDDED])
"""Elements that start a new line in a browser; everything else flows with the text around it."""

SILENT = frozenset(["script", "style", "template", "rt", "rp"])
"""Elements whose text no scraper prints, as in BeautifulSoup; and the title of the head."""

PREFORMATTED = frozenset(["pre", "textarea", "listing", "xmp"])
"""Elements whose line breaks a browser shows."""

PROSE = 25
"""An unmatched line of this many words between article lines may be what an extractor lost."""

HYPHENATED = 0.08
"""Share of wrapped lines whose last word is cut in two."""


HABITS = 6
"""Ways of scrapers to leave blank lines."""


class Start(Enum):
    """What separates a piece of text from the one before."""

    BLOCK = False
    """The border of a block element: a new paragraph."""

    BREAK = None
    """A ``<br>``: a new line, perhaps of the same paragraph."""

    NODE = True
    """The border of an inline element at most: the same paragraph goes on."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A text node."""

    text: str
    start: Start
    link: int
    """Which link of the page it stands in; 0 outside of links."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The text lines one scraper writes, and what it leaves between them."""

    texts: tuple[str, ...]
    blanks: tuple[bool, ...]
    """Whether the scraper itself leaves a blank line before each line."""

    joins: tuple[bool | None, ...] = ()
    """Whether each line goes on with the paragraph of the line before; empty where unknown."""


def walk(html: str) -> Iterator[Piece]:
    """Yield the text nodes of a page's body in the order of the source, blank ones too.

    Lines of preformatted text are pieces of their own. Raises ``lxml.etree.ParserError`` for a
    page without a document in it.
    """
    root = parsed(html)
    state = _Walk()
    # libxml2 puts what follows a premature </html> into elements beside the root.
    for tree in (root, *root.itersiblings("*")):
        events = iterwalk(tree, events=("start", "end", "comment", "pi"))
        for event, element in events:
            if event == "start" and _is_silent(element):
                events.skip_subtree()
            elif event == "start":
                yield from state.enter(element)
            elif event == "end":
                yield from state.leave(element)
            else:
                yield from state.say(element.tail)


def _is_silent(element: HtmlElement) -> bool:
    """Say whether an element's text is not part of the page.

    Only its title is left out of the head: on pages in disorder libxml2 puts the body into it.
    """
    if element.tag != "title":
        return element.tag in SILENT
    parent = element.getparent()
    return parent is not None and parent.tag == "head"


class _Walk:
    """Where the walk stands: what came since the last text, in which link, how deep in ``pre``."""

    def __init__(self) -> None:
        self.start = Start.BLOCK
        self.links = 0
        self.open_links: list[int] = []
        self.preformatted = 0

    def enter(self, element: HtmlElement) -> Iterator[Piece]:
        if element.tag in BLOCKS:
            self.start = Start.BLOCK
        elif element.tag == "br":
            self.start = Start.BREAK if self.start is Start.NODE else Start.BLOCK
        elif element.tag == "a":
            self.links += 1
            self.open_links.append(self.links)
        self.preformatted += element.tag in PREFORMATTED
        yield from self.say(element.text)

    def leave(self, element: HtmlElement) -> Iterator[Piece]:
        if element.tag in BLOCKS:
            self.start = Start.BLOCK
        elif element.tag == "a":
            self.open_links.pop()
        self.preformatted -= element.tag in PREFORMATTED
        yield from self.say(element.tail)

    def say(self, text: str | None) -> Iterator[Piece]:
        if not text:
            return
        for part in text.splitlines(keepends=True) if self.preformatted else (text,):
            yield Piece(part, self.start, self.open_links[-1] if self.open_links else 0)
            if part.strip():
                self.start = Start.NODE
            if self.preformatted and part != part.rstrip("\r\n"):
                self.start = Start.BLOCK


def paragraphs(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    """Yield the pieces that a browser would show as one flowing text."""
    group: list[Piece] = []
    for piece in pieces:
        if piece.start is not Start.NODE and group:
            yield group
            group = []
        group.append(piece)
    if group:
        yield group


def soup(pieces: list[Piece], _: random.Random) -> Shape:
    r"""Return every line of every text node: what ``get_text("\n")`` of BeautifulSoup gives."""
    collected = _Collected()
    for piece in pieces:
        collected.start = piece.start
        for part in piece.text.splitlines():
            collected.add(part)
    return collected.shape()


def blocks(pieces: list[Piece], _: random.Random) -> Shape:
    """Return one line for each block element's text, divided at ``<br>`` only."""
    collected = _Collected()
    for group in paragraphs(pieces):
        collected.begin(group[0].start)
        collected.add(_flow(group))
    return collected.shape()


def links(pieces: list[Piece], _: random.Random) -> Shape:
    """Return ``blocks`` with every link torn out onto a line of its own."""
    collected = _Collected()
    for group in paragraphs(pieces):
        collected.begin(group[0].start)
        for _link, part in groupby(group, key=attrgetter("link")):
            collected.add(_flow(part))
    return collected.shape()


def wrapped(pieces: list[Piece], chance: random.Random) -> Shape:
    """Return ``blocks`` broken into lines of a fixed width, on some pages with hyphens."""
    width = chance.randint(72, 78)
    hyphenated = HYPHENATED if chance.random() < 0.5 else 0.0
    collected = _Collected()
    for group in paragraphs(pieces):
        collected.begin(group[0].start)
        text = _flow(group)
        wide = sum(character >= "\u2e80" for character in text) > len(text) / 2
        lines = textwrap.wrap(text, width // 2 if wide else width)
        for line in _hyphenate(lines, hyphenated, chance):
            collected.add(line)
    return collected.shape()


class _Collected:
    """The lines of a shape so far, and what separates them from the next one."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.blanks: list[bool] = []
        self.joins: list[bool | None] = []
        self.start = Start.BLOCK
        self.blank = False

    def begin(self, start: Start) -> None:
        """Start a new paragraph, or a new line of one."""
        self.start = start
        self.blank = start is Start.BLOCK

    def add(self, text: str) -> None:
        """Add a line, or remember that it was blank."""
        text = text.strip()
        if not text:
            self.blank = True
            return
        self.texts.append(text)
        self.blanks.append(self.blank and len(self.texts) > 1)
        self.joins.append(self.start.value if len(self.texts) > 1 else False)
        self.start = Start.NODE
        self.blank = False

    def shape(self) -> Shape:
        return Shape(tuple(self.texts), tuple(self.blanks), tuple(self.joins))


def _flow(pieces: Iterable[Piece]) -> str:
    """Return the text of the pieces as a browser would set it on one line."""
    return " ".join("".join(piece.text for piece in pieces).split())


def _hyphenate(lines: list[str], share: float, chance: random.Random) -> Iterator[str]:
    """Yield ``lines``, some with the first half of the next line's first word at their end."""
    carried = ""
    for line, following in zip(lines, [*lines[1:], ""], strict=False):
        rest = line.removeprefix(carried)
        word = following.split(" ", 1)[0]
        carried = ""
        if word.isalpha() and word < "\u2e80" and len(word) > 5 and chance.random() < share:
            carried = word[: len(word) // 2]
        yield f"{rest} {carried}-" if carried else rest


TREE_SHAPES: dict[str, Callable[[list[Piece], random.Random], Shape]] = {
    "soup": soup,
    "blocks": blocks,
    "links": links,
    "wrapped": wrapped,
}
"""Shapes made from the walk over the tree."""

SCRAPERS: dict[str, Callable[[str], str | None]] = {
    "inscriptis": inscriptis.get_text,
    "resiliparse": extract_plain_text,
    "main": partial(extract_plain_text, main_content=True),
    "trafilatura": trafilatura.extract,
    "recall": partial(trafilatura.extract, favor_recall=True),
}
"""Shapes that other people's tools write."""

ALL = (*TREE_SHAPES, *SCRAPERS)


class ScraperError(CleanerError):
    """A scraper that broke on a page."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A rendering that a page does not have, and why."""

    page: str
    rendering: str
    reason: str


def log_failure(failure: Failure) -> None:
    """Write a warning to this module's log."""
    _log.warning("%s has no %s: %s", failure.page, failure.rendering, failure.reason)


def renderings(
    page: RawPage,
    names: Iterable[str] = ALL,
    failed: Callable[[Failure], object] = log_failure,
) -> Iterator[Sample]:
    """Yield the page as each of the named scrapers would have written it, labelled by its gold.

    Scrapers break on some pages, or find nothing there. Such a page loses that rendering only, and
    ``failed`` is told.
    """
    tree = _Tree(page.html)
    for name in names:
        try:
            shape = _scraped(name, page.html) if name in SCRAPERS else _shaped(name, page.id, tree)
        except (ParserError, ScraperError) as error:
            failed(Failure(page.id, name, str(error)))
            continue
        if shape.texts:
            yield label(page, name, shape)
        else:
            failed(Failure(page.id, name, "no text"))


class _Tree:
    """The pieces of a page, walked once, when they are first asked for."""

    def __init__(self, html: str) -> None:
        self.html = html

    @cached_property
    def pieces(self) -> list[Piece]:
        return list(walk(self.html))


def _shaped(name: str, identity: str, tree: _Tree) -> Shape:
    chance = random.Random(_hash(identity, name))  # noqa: S311
    return TREE_SHAPES[name](tree.pieces, chance)


def _scraped(name: str, html: str) -> Shape:
    """Return what a scraper writes; whatever it raises becomes a ``ScraperError``."""
    try:
        lines = split(SCRAPERS[name](html) or "")
    except Exception as error:
        message = f"{type(error).__name__}: {error}"
        raise ScraperError(message) from error
    return Shape(tuple(line.text for line in lines), tuple(line.blank_before for line in lines))


def label(page: RawPage, name: str, shape: Shape) -> Sample:
    """Return a shape of a page with labels: its gold text aligned with the shape's lines."""
    aligned = align(shape.texts, page.gold, page.title, page.standfirsts)
    masked = {*_captions(page, shape, aligned), *_lost_headings(page, shape, aligned)}
    if page.silver:
        masked.update(_lost_prose(shape, aligned))
    return Sample(
        id=f"{page.id}:{name}",
        lines=_lines(shape, _hash(name, page.id) % HABITS),
        labels=aligned.labels,
        weights=tuple(
            0.0 if number in masked else weight for number, weight in enumerate(aligned.weights)
        ),
        site=page.site,
        language=page.language,
        kind=page.kind,
        rendering=name,
        joins=shape.joins,
        gold=page.gold,
        title=page.headline,
    )


def _lines(shape: Shape, habit: int) -> tuple[Line, ...]:
    """Return the lines with the blank lines that one of six habits of scrapers leaves."""
    count = len(shape.texts)
    chance = random.Random(habit)  # noqa: S311
    torn = tuple(bool(join) for join in shape.joins)
    habits = (
        (False,) * count,
        shape.blanks,
        tuple(not join for join in torn) or shape.blanks,
        (True,) * count,
        # Blank lines around torn pieces only, or anywhere: both have been seen.
        tuple(map(operator.or_, torn, (*torn[1:], False))) or shape.blanks,
        tuple(chance.random() < 0.4 for _ in range(count)),
    )
    blanks = (False, *habits[habit][1:])
    numbers = accumulate(1 + blank for blank in blanks)
    return tuple(map(Line, shape.texts, numbers, blanks))


def _captions(page: RawPage, shape: Shape, aligned: Alignment) -> Iterator[int]:
    """Yield the lines from inside the article that are captions its gold text leaves out.

    A reader would keep them; WCXB's gold keeps a quarter of them, extractors one in eight.
    """
    captions = [f" {' '.join(tokens(caption))} " for caption in page.captions]
    kept = [number for number, label in enumerate(aligned.labels) if label is Label.ARTICLE]
    if not captions or not kept:
        return
    for number in range(kept[0], kept[-1]):
        line = tokens(shape.texts[number]) if aligned.labels[number] is Label.JUNK else []
        if words(line) > SHORT and any(f" {' '.join(line)} " in caption for caption in captions):
            yield number


def _lost_headings(page: RawPage, shape: Shape, aligned: Alignment) -> Iterator[int]:
    """Yield the section headings that stand alone between two article lines.

    One in six lines that were junk between two lines that an extractor kept was such a heading.
    """
    headings = {tuple(tokens(heading)) for heading in page.headings}
    labels = aligned.labels
    for number in range(1, len(labels) - 1):
        alone = labels[number - 1 : number + 2] == (Label.ARTICLE, Label.JUNK, Label.ARTICLE)
        if alone and tuple(tokens(shape.texts[number])) in headings:
            yield number


def _lost_prose(shape: Shape, aligned: Alignment) -> Iterator[int]:
    """Yield the lines of long paragraphs that are all there is between two article lines.

    The extractor that made the silver gold may have lost them.
    """
    numbers = range(len(shape.texts))
    runs = [list(run) for _, run in groupby(numbers, key=aligned.labels.__getitem__)]
    for run in runs[1:-1]:
        if aligned.labels[run[0]] is Label.JUNK and _all_prose(run, shape):
            yield from run


def _all_prose(run: list[int], shape: Shape) -> bool:
    """Say whether every paragraph in a run of lines is long."""
    length = 0.0
    for number in run:
        goes_on = bool(shape.joins and shape.joins[number])
        if not goes_on and 0 < length < PROSE:
            return False
        length = length * goes_on + words(tokens(shape.texts[number]))
    return length >= PROSE


def _hash(*parts: str) -> int:
    """Return a number that is the same in every process for the same words."""
    return crc32("\n".join(parts).encode())
