"""What HTML says inside a line and a `Line` does not keep: emphasis, links, code, cells, indents.

A second walk over the source, for those who want it; cleaning never pays for it. It numbers lines
as the first walk does, because it is the first walk, with marks among the pieces of text. Places
are counted in visible characters, which white space and soft hyphens are not: so they hold for a
line's text as it is and as it was.
"""

from __future__ import annotations

import html
from dataclasses import dataclass

from cleaner.html import INVISIBLE, Attributes, Walk, parse
from cleaner.sniff import is_escaped

STRONG, EMPHASIS, CODE, LINK = "strong", "em", "code", "a"

_KINDS = {
    "a": LINK, "b": STRONG, "code": CODE, "em": EMPHASIS, "i": EMPHASIS, "kbd": CODE,
    "samp": CODE, "strong": STRONG, "tt": CODE, "var": EMPHASIS,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mark:
    """The begin or the end of an element inside a line."""

    at: int
    """Visible characters before it."""

    kind: str
    begins: bool
    target: str = ""
    """Where a link leads."""


@dataclass(frozen=True, slots=True)
class Inline:
    """The inside of a line."""

    marks: tuple[Mark, ...] = ()
    cells: tuple[int, ...] = ()
    """Visible characters of each cell, where the line is the row of a table."""

    indent: str = ""
    """The white space before it, where that counts."""


def inlines(source: str) -> dict[int, Inline]:
    """The inside of every line of an HTML page, by the line's number.

    >>> found = inlines("<p>It <b>rain</b>s.")
    >>> [(mark.at, mark.kind, mark.begins) for mark in found[1].marks]
    [(2, 'strong', True), (6, 'strong', False)]
    """
    walk = _MarkingWalk()
    parse(html.unescape(source) if is_escaped(source) else source, walk)
    return walk.found


class _Marker(str):
    """An empty piece of text that stands for a mark: whoever reads the text does not see it."""

    __slots__ = ("begins", "kind", "target")
    kind: str
    begins: bool
    target: str

    @classmethod
    def begin(cls, kind: str, target: str) -> _Marker:
        marker = cls()
        marker.kind, marker.begins, marker.target = kind, True, target
        return marker

    @classmethod
    def end(cls, kind: str) -> _Marker:
        marker = cls()
        marker.kind, marker.begins, marker.target = kind, False, ""
        return marker


class _MarkingWalk(Walk):
    """A walk that remembers the marks, cells and indents it comes by."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[int, Inline] = {}
        self._forget()

    def _forget(self) -> None:
        self._marks: list[Mark] = []
        self._sizes: list[int] = []
        self._size = self._counted = 0  # visible characters of the line, and those in whole cells
        self._in_row = False
        self._indent = ""

    def start(self, tag: str, attributes: Attributes) -> None:
        super().start(tag, attributes)
        if self._skipped or self._in_pre:
            return
        if tag in _KINDS:
            target = attributes.get("href", "") if tag == "a" else ""
            self._text.append(_Marker.begin(_KINDS[tag], target))
        elif tag == "tr":
            self._forget()
        elif tag in {"td", "th"}:
            if self._in_row or self._size > self._counted:
                self._end_cell()
            self._in_row = True

    def end(self, tag: str) -> None:
        if tag in _KINDS and not self._skipped and not self._in_pre:
            self._text.append(_Marker.end(_KINDS[tag]))
        super().end(tag)

    def end_line(self) -> None:
        before = len(self.lines)
        super().end_line()
        if len(self.lines) > before:
            if self._in_row:
                self._end_cell()
            inline = Inline(tuple(self._marks), tuple(self._sizes), self._indent)
            self.found[len(self.lines)] = inline
        self._forget()

    def _end_cell(self) -> None:
        self._sizes.append(self._size - self._counted)
        self._counted = self._size

    def _take(self) -> str:
        for piece in self._text:
            if isinstance(piece, _Marker):
                self._marks.append(Mark(self._size, piece.kind, piece.begins, piece.target))
            else:
                self._size += visible(piece)
        if self._in_pre:
            text = "".join(self._text)
            self._indent = text[: len(text) - len(text.lstrip())]
        return super()._take()


def visible(text: str) -> int:
    """The number of characters that are not white space and can be seen.

    >>> visible("a b\\u00adc ")
    3
    """
    return sum(map(len, text.translate(INVISIBLE).split()))
