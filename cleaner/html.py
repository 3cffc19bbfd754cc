"""HTML to lines: what a browser would set on lines of their own, and what the page says of itself.

One walk over the parser's events with one state object. What an element does is looked up in a
table: most begin a line, those inside sentences do nothing, some are skipped, a few have a handler.

Nothing is judged here: what its tag alone does not tell apart becomes a line, and later stages
decide. Hidden elements, buttons and ``<noscript>`` hold article text on many pages (accordions,
tabs, Discourse threads): without what ``display: none`` hides, the word-F1 that a perfect judge
would reach on the 1,497 development pages of WCXB falls by .015 from .986, without ``aria-hidden``
by .006, without buttons by .004, without ``<noscript>`` by .010. Image texts cost .001 by being
there; the items of ``<select>`` would add 12 lines a page and help on six: those are skipped.
"""

from __future__ import annotations

import gc
import html
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any, cast

from lxml import etree

from cleaner.elements import BLOCKS, IN_WORDS, PARAGRAPHS, PREFORMATTED, SKIPPED
from cleaner.page import Block, Line
from cleaner.sniff import TAG, is_escaped

Attributes = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Document:
    """A web page as lines, with what it says about itself.

    >>> page = read("<html lang=en><title>Rain - The Echo</title><h1>Rain</h1><p>It <b>rain</b>s.")
    >>> [line.text for line in page.lines], page.title, page.language
    (['Rain', 'It rains.'], 'Rain - The Echo', 'en')
    """

    lines: tuple[Line, ...] = ()
    """In the order of the source. Text that only the metadata holds comes last, in blocks tagged
    ``"json-ld"`` and ``"meta"``."""

    title: str | None = None
    """The text of ``<title>``, often with the site's name in it."""

    og_title: str | None = None
    """The title meant for sharing, mostly without the site's name."""

    description: str | None = None
    """What the page says it is about, for search engines."""

    language: str | None = None
    """The ``lang`` attribute of the page as written, which is wrong on some pages."""

    kinds: tuple[str, ...] = ()
    """What the page calls itself: og:type, then the types in its JSON-LD; lower-case, each once."""


@contextmanager
def _uncollected() -> Iterator[None]:
    """A context in which Python looks for no garbage, where it has looked for any.

    A walk makes a thousand objects that all stay and, at its end, one piece of garbage: the parser,
    which lxml ties to itself. Found at once, it is gone before it is old: that saves 5 % of the
    time of a page.
    """
    looking = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if looking:
            gc.enable()


@_uncollected()
def read(source: str) -> Document:
    """The lines of an HTML page; no lines where it holds no text.

    Any string is read, fragments and broken markup as browsers read them, in time linear in its
    length. Of a table each row is one line, with tabs between the cells. A document that is escaped
    as a whole, as in feeds and databases, is unescaped once.

    >>> [line.text for line in read("<ul><li>One<li>Two<br>too</ul><tr><td>3<td>4").lines]
    ['One', 'Two', 'too', '3\\t4']
    >>> [line.text for line in read("&lt;p&gt;Fish &amp;amp; chips&lt;/p&gt;").lines]
    ['Fish & chips']
    >>> read("").lines
    ()
    """
    walk = _walk_through(html.unescape(source) if is_escaped(source) else source)
    facts = walk.facts
    objects = list(_objects(walk.scripts))
    texts = [*_texts(objects), *_descriptions(facts)]
    for block, text in _unseen(texts, walk.lines):
        walk.lines.append(Line(text, len(walk.lines) + 1, block=block))
    return Document(
        lines=tuple(walk.lines),
        title=facts.get("title"),
        og_title=facts.get("og:title"),
        description=facts.get("description") or facts.get("og:description"),
        language=facts.get("lang"),
        kinds=tuple(_kinds(facts.get("og:type"), objects)),
    )


# Lines -----------------------------------------------------------------------------------------

_CELL = "\t"

_GAP = "\0"
"""Stands where two words may have met. The parser never sends it: it turns NUL into U+FFFD."""

INVISIBLE = dict.fromkeys(
    [*range(9), *range(14, 32), 127, 0xAD, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF]
)
"""ASCII controls, soft hyphen, zero-width space, direction marks, word joiner, byte order mark.

The zero-width joiners stay: Persian, Hindi and emoji are spelt with them. So do U+0080 to U+009F:
they are remains of UTF-8 read as Latin-1, and whoever mends that needs them.
"""

_HIDING_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)

_NAMING = ("id", "role", "itemprop")
_TELLING = frozenset({*_NAMING, "hidden", "style"})
"""Attributes by which an element is known, beside its class."""

_BARE = frozenset({"a", "font", "span", "tbody"})
"""Elements that say nothing about their text unless they bear a name."""


class Walk:
    """The state of one walk; the parser calls ``start``, ``data`` and ``end`` as it goes.

    Events serve better than a tree: no recursion on pages nested 100,000 deep, and what follows a
    premature ``</html>``, which libxml2 2.14 puts into a second tree, comes like all else.
    """

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.facts: dict[str, str] = {}
        self.scripts: list[str] = []
        self._open: list[tuple[str, Attributes]] = []
        self._blocks: list[Block] = []  # of the outermost open elements, as far as lines need them
        self._holder: Block | None = None  # what holds all text of the line so far
        self._text: list[str] = []
        self._cells: list[str] = []
        self._linked: list[str] = []
        self._in_link = False
        self._in_pre = 0
        self._blank = False
        self._ended = ""  # the inline element that has just ended, without text since
        self._skipped = 0  # elements open at and below a skipped one
        self._captured: list[str] | None = None
        self._in_noframes = False

    def start(self, tag: str, attributes: Attributes) -> None:
        """An element begins."""
        if self._skipped:
            self._skipped += 1
            return
        if tag in BLOCKS:
            if self._holder is not None:
                self.end_line()
        elif (handle := _STARTS.get(tag)) is not None:
            handle(self, attributes)
            if self._skipped:
                return
        elif self._ended and self._text and (tag != self._ended or tag not in IN_WORDS):
            self._text.append(_GAP)
        self._open.append((tag, attributes))

    def data(self, text: str) -> None:
        """Text comes, in pieces."""
        if self._skipped:
            if self._captured is not None:
                self._captured.append(text)
        elif self._in_pre:
            self._add_preformatted(text)
        elif not text.isspace():
            self._add(text)
        elif self._text:
            self._text.append(" ")

    def end(self, tag: str) -> None:
        """An element ends."""
        if self._skipped:
            self._skipped -= 1
            if self._captured is not None and not self._skipped:
                self._release(tag, "".join(self._captured))
            return
        if tag in _ENDING_LINES:
            if self._holder is not None:
                self.end_line()
        elif (handle := _ENDS.get(tag)) is not None:
            handle(self)
        else:
            self._ended = tag
        open_ = self._open
        open_.pop()
        if len(open_) < len(self._blocks):
            self._blocks.pop()

    def close(self) -> None:
        """The page ends."""
        self.end_line()

    def _add(self, text: str) -> None:
        if self._holder is None:
            self._resolve()
        # A block that ended after the line's first text holds only part of it.
        self._holder = self._blocks[-1]
        self._text.append(text)
        self._ended = ""
        if self._in_link:
            self._linked.append(text)

    def _add_preformatted(self, text: str) -> None:
        for number, piece in enumerate(text.split("\n")):
            if number:
                self._line_break()
            if piece.strip():
                self._add(piece)
            elif self._text:
                self._text.append(piece)

    def _resolve(self) -> None:
        blocks = self._blocks
        block = blocks[-1] if blocks else None
        for tag, attributes in self._open[len(blocks) :]:
            names = _names(attributes) if attributes else ""
            if names or tag not in _BARE or block is None:
                block = Block(tag, names, block)
            blocks.append(block)

    def end_line(self) -> None:
        """Make a line of the text so far, if there is any."""
        all_linked = len(self._linked) == len(self._text) and not self._cells
        text = self._take()
        if self._cells:
            text = _CELL.join([*self._cells, text] if text else self._cells)
            self._cells.clear()
        if text:
            linked = 1.0 if all_linked else self._link_share(text)
            blank = self._blank and bool(self.lines)
            line = Line(text, len(self.lines) + 1, blank, self._holder, linked)
            self.lines.append(line)
            self._blank = False
        self._linked.clear()
        self._holder = None

    def _take(self) -> str:
        text = "".join(self._text)
        self._text.clear()
        return _tidy_preformatted(text) if self._in_pre else _tidy(text)

    def _link_share(self, text: str) -> float:
        if not self._linked:
            return 0.0
        return min(1.0, _solid(_tidy("".join(self._linked))) / _solid(text))

    # What elements do

    def _line_break(self, _attributes: Attributes | None = None) -> None:
        if self._holder is None:
            self._blank = True
        else:
            self.end_line()

    def _paragraph(self, _attributes: Attributes | None = None) -> None:
        if self._holder is not None:
            self.end_line()
        self._blank = True

    def _cell(self, _attributes: Attributes) -> None:
        text = self._take()
        if text:
            self._cells.append(text)

    def _start_pre(self, _attributes: Attributes) -> None:
        self._paragraph()
        self._in_pre += 1

    def _end_pre(self) -> None:
        self._paragraph()
        self._in_pre -= 1

    def _start_link(self, attributes: Attributes) -> None:
        if self._ended and self._text:
            self._text.append(" " if self._ended == "a" else _GAP)
        self._in_link = "href" in attributes

    def _end_link(self) -> None:
        self._in_link = False
        self._ended = "a"

    def _skip(self, _attributes: Attributes) -> None:
        self._skipped = 1

    def _capture(self, _attributes: Attributes) -> None:
        self._skipped = 1
        self._captured = []

    def _script(self, attributes: Attributes) -> None:
        self._skipped = 1
        if "ld+json" in attributes.get("type", ""):
            self._captured = []

    def _noframes(self, _attributes: Attributes) -> None:
        """Take the content of ``<noframes>``, which the parser leaves unparsed."""
        self._skipped = 1
        if not self._in_noframes:
            self._captured = []

    def _template(self, attributes: Attributes) -> None:
        if "shadowrootmode" in attributes:  # a browser shows it
            self.end_line()
        else:
            self._skipped = 1

    def _meta(self, attributes: Attributes) -> None:
        name = (attributes.get("name") or attributes.get("property") or "").lower()
        content = _tidy(attributes.get("content") or "")
        if content and name in {"description", "og:description", "og:title", "og:type"}:
            self.facts.setdefault(name, content)

    def _root(self, attributes: Attributes) -> None:
        self.end_line()
        language = attributes.get("lang") or attributes.get("xml:lang")
        if language:
            self.facts.setdefault("lang", language.strip())

    def _release(self, tag: str, text: str) -> None:
        self._captured = None
        if tag == "script":
            self.scripts.append(text)
        elif tag == "title" and (title := _tidy(text)):
            self.facts.setdefault("title", title)
        elif tag == "noframes":
            self._in_noframes = True
            parse(text, self)


_STARTS: dict[str, Callable[[Walk, Attributes], None]] = {
    **dict.fromkeys(PARAGRAPHS, Walk._paragraph),
    **dict.fromkeys(PREFORMATTED, Walk._start_pre),
    **dict.fromkeys(SKIPPED, Walk._skip),
    "a": Walk._start_link,
    "br": Walk._line_break,
    "html": Walk._root,
    "meta": Walk._meta,
    "noframes": Walk._noframes,
    "script": Walk._script,
    "td": Walk._cell,
    "template": Walk._template,
    "th": Walk._cell,
    "title": Walk._capture,
}
"""What an element does that does more than begin a line, as those of ``BLOCKS`` do. Elements in no
table stand in a sentence, as a browser has it for those it does not know."""

_ENDS: dict[str, Callable[[Walk], None]] = {
    **dict.fromkeys(PARAGRAPHS, Walk._paragraph),
    **dict.fromkeys(PREFORMATTED, Walk._end_pre),
    "a": Walk._end_link,
}

_ENDING_LINES = BLOCKS | {"html", "template"}


def _walk_through(source: str) -> Walk:
    walk = Walk()
    parse(source, walk)
    return walk


def parse(source: str, walk: Walk) -> None:
    """Send all that happens in a source to a walk."""
    # Bytes, because lxml refuses a str with an encoding declaration. Lone surrogates become "?".
    markup = source.encode("utf-8", "replace").replace(b"\0", b"")
    parser = etree.HTMLParser(
        target=cast("Any", walk), encoding="utf-8", huge_tree=True, collect_ids=False
    )
    etree.fromstring(markup, parser)


def _names(attributes: Attributes) -> str:
    names = attributes.get("class", "")
    if len(attributes) == 1 and names:
        return names
    if not _TELLING.isdisjoint(attributes):
        for key in _NAMING:
            if key in attributes:
                names = f"{names} {attributes[key]}"
        if "hidden" in attributes or _HIDING_STYLE.search(attributes.get("style", "")):
            names += " hidden"
    return names.lstrip()


def _tidy(text: str) -> str:
    if text.isprintable() and "  " not in text:  # most text, at half the cost
        return text.strip()
    if _GAP in text:
        text = _fill_gaps(text)
    text = " ".join(text.split())
    if text.isprintable():
        return text
    return " ".join(text.translate(INVISIBLE).split())


def _tidy_preformatted(text: str) -> str:
    return (text if text.isprintable() else text.translate(INVISIBLE)).strip()


def _fill_gaps(text: str) -> str:
    """The text with a space in those gaps where a word ends and a capital or a digit follows.

    Chips, tags and prices stand side by side without white space ("HomeNewsSport"), and editors
    cut a word in two ("Le" "arn more"). Of the gaps between two spans on WCXB pages 1,635 are
    between words and 61 within one, and a small letter follows on 58 of the 61.

    >>> _fill_gaps("Home\\0News, le\\0arn more")
    'Home News, learn more'
    """
    first, *rest = text.split(_GAP)
    filled = [first]
    last = first[-1:]
    for piece in rest:
        if last.isalnum() and (piece[:1].isupper() or piece[:1].isdigit()):
            filled.append(" ")
        filled.append(piece)
        last = piece[-1:] or last
    return "".join(filled)


def _solid(text: str) -> int:
    return len(text) - text.count(" ") - text.count("\t")


# Metadata --------------------------------------------------------------------------------------

_DESCRIBED = frozenset({"jobposting", "product", "productgroup", "recipe"})
"""Types whose description is content; on WCXB pages those of sites, people and films never are."""

_MOST_TEXTS = 32
"""No more texts of one page's metadata are looked up in the page, so that cost stays linear."""

_PROBE = 24
"""Characters that must be found on the page for a piece of metadata to count as shown there."""


def _objects(scripts: Iterable[str]) -> Iterator[dict[str, object]]:
    for script in scripts:
        try:
            pending = [json.loads(script, strict=False)]
        except (ValueError, RecursionError):  # 1 % of scripts: a comma too many, nothing at all
            continue
        while pending:
            value = pending.pop()
            if isinstance(value, list):
                pending.extend(reversed(value))
            elif isinstance(value, dict):
                yield value
                pending.extend(reversed(value.values()))


def _types(item: Mapping[str, object]) -> list[str]:
    types = item.get("@type")
    return [
        name.rsplit("/", 1)[-1].lower()
        for name in (types if isinstance(types, list) else [types])
        if isinstance(name, str)
    ]


def _kinds(og_type: str | None, objects: Iterable[Mapping[str, object]]) -> Iterable[str]:
    kinds = [og_type.lower()] if og_type else []
    for item in objects:
        kinds += _types(item)
    return dict.fromkeys(kinds)


def _texts(objects: Iterable[Mapping[str, object]]) -> Iterator[tuple[Block, str]]:
    for item in objects:
        types = _types(item)
        for key in ("articleBody", "text", "description"):
            text = item.get(key)
            if isinstance(text, str) and (key != "description" or not _DESCRIBED.isdisjoint(types)):
                yield Block("json-ld", " ".join([key, *types])), text


def _descriptions(facts: Mapping[str, str]) -> Iterator[tuple[Block, str]]:
    for name in ("description", "og:description"):
        if name in facts:
            yield Block("meta", name), facts[name]


def _unseen(
    texts: Iterable[tuple[Block, str]], lines: Iterable[Line]
) -> Iterator[tuple[Block, str]]:
    """The lines of those texts that the page does not show."""
    known = [line.text for line in lines]
    page = "\n".join(known)
    filled = ((block, text) for block, text in texts if text)
    for block, text in islice(filled, _MOST_TEXTS):
        pieces = _plain_lines(text)
        whole = " ".join(pieces)
        if not _is_shown(whole, page):
            shown = frozenset(known)
            yield from ((block, piece) for piece in pieces if piece not in shown)
            page = f"{page}\n{whole}"


def _plain_lines(text: str) -> list[str]:
    text = html.unescape(text)
    if TAG.search(text):
        return [line.text for line in _walk_through(text).lines]
    return [line for line in map(_tidy, text.splitlines()) if line]


def _is_shown(text: str, page: str) -> bool:
    """Whether most of five pieces of the text are on the page; all of it where it is short."""
    last = len(text) - _PROBE
    if last <= 0:
        return text in page
    return sum(text[last * i // 4 :][:_PROBE] in page for i in range(5)) > 2
