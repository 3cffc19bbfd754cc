"""A page as Markdown: headings, lists, tables, code, quotations and emphasis survive cleaning.

Structure comes from the blocks around the kept lines, what stands inside a line from a second walk
over the source (`cleaner.inline`). The flavour is CommonMark with GitHub's tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from cleaner.decode import decode, mend
from cleaner.elements import PREFORMATTED
from cleaner.inline import CODE, EMPHASIS, LINK, STRONG, Inline, Mark, inlines
from cleaner.page import Block, Line, Page

DEEPEST = 12
"""Quotations and list items inside each other that are still told apart."""

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_WIDEST = 1000
"""Columns of a table; what is wider was made to fill memory."""

_LANGUAGE = re.compile(r"(?:^|\s)(?:language|lang|highlight-source|brush:)[-: ]([a-zA-Z0-9+#]+)")


def markdown(page: Page, source: str | bytes, *, links: bool = False) -> str:
    r"""The clean text of ``page`` as Markdown; ``source`` is what it was cleaned from.

    Of plain text it is the paragraphs, with whatever Markdown would take for markup escaped.

    >>> from cleaner.cleaner import Cleaner
    >>> print(markdown(Cleaner().clean("A plain_text file, with *stars*."), ""))
    A plain_text file, with \*stars\*.
    """
    lines = [verdict.line for verdict in page.kept]
    if not lines or lines[0].block is None:
        return "\n\n".join(escaped(paragraph.text) for paragraph in page.paragraphs)
    text = decode(source) if isinstance(source, bytes) else mend(source)
    return "\n".join(_Writer(inlines(text), links=links).write(lines))


# -- blocks --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class _Container:
    """A quotation or a list item around lines."""

    block: Block
    around: _Container | None
    items: Block | None
    """The list of a list item; ``None`` for a quotation."""

    depth: int

    @property
    def path(self) -> list[_Container]:
        """All containers around, the outermost first."""
        path: list[_Container] = []
        container: _Container | None = self
        while container is not None:
            path.append(container)
            container = container.around
        return path[::-1]


@dataclass(frozen=True, slots=True)
class _Place:
    """What a block means for the lines in it."""

    container: _Container | None = None
    items: Block | None = None
    """The list around, inside the container."""

    unit: Block | None = None
    """The heading, code, or table around: what its lines form together."""


class _Writer:
    """Writes lines in order; remembers where the one before stood."""

    def __init__(self, inside: Mapping[int, Inline], *, links: bool) -> None:
        self._inside = inside
        self._links = links
        self._places: dict[Block | None, _Place] = {None: _Place()}
        self._numbers: dict[Block, int] = {}
        self._indents: dict[_Container, str] = {}
        self._path: list[_Container] = []

    def write(self, lines: Sequence[Line]) -> Iterator[str]:
        """The lines of the Markdown."""
        begun = False
        for place, several in groupby(lines, lambda line: self._place(line.block)):
            group = list(several)
            for body in self._bodies(place, group):
                path = place.container.path if place.container else []
                shared = _shared(self._path, path)
                if begun and not _is_tight(self._path, path, shared):
                    yield "".join(self._indents[x] for x in path[:shared]).rstrip()
                first = "".join(self._indents[x] for x in path[:shared])
                first += "".join(self._open(x) for x in path[shared:])
                rest = "".join(self._indents[x] for x in path)
                for number, text in enumerate(body):
                    prefix = rest if number else first
                    yield prefix + text if text else prefix.rstrip()
                self._path, begun = path, True

    def _open(self, container: _Container) -> str:
        """The marker with which a container begins; what continues it is remembered."""
        if container.items is None:
            marker, indent = "> ", "> "
        else:
            marker = "- "
            if container.items.tag == "ol":
                number = self._numbers[container.items] = self._numbers.get(container.items, 0) + 1
                marker = f"{number}. "
            indent = " " * len(marker)
        self._indents[container] = indent
        return marker

    def _place(self, block: Block | None) -> _Place:
        """What a block means; no recursion, as blocks may be 100,000 deep."""
        chain = []
        while block not in self._places:
            assert block is not None  # noqa: S101 - None has a place
            chain.append(block)
            block = block.parent
        place = self._places[block]
        for inner in reversed(chain):
            place = self._places[inner] = _placed(inner, place)
        return place

    def _bodies(self, place: _Place, lines: Sequence[Line]) -> Iterator[list[str]]:
        """The paragraphs, or the one heading, code or table, that neighbouring lines form."""
        unit = place.unit
        if unit is not None and unit.tag in _HEADINGS:
            yield [f"{'#' * _HEADINGS[unit.tag]} {' '.join(map(self._text, lines))}"]
        elif unit is not None and unit.tag in PREFORMATTED:
            yield self._code(unit, lines)
        elif unit is not None and (rows := self._rows(lines)):
            yield rows
        else:
            yield from self._paragraphs(lines)

    def _paragraphs(self, lines: Sequence[Line]) -> Iterator[list[str]]:
        """Lines that only ``<br>`` divides stay together."""
        body: list[str] = []
        block: Block | None = None
        for line in lines:
            if body and line.block is block and not line.blank_before:
                body[-1] += "  "
            elif body:
                yield body
                body = []
            body.append(_line_start(self._text(line)))
            block = line.block
        if body:
            yield body

    def _code(self, unit: Block, lines: Sequence[Line]) -> list[str]:
        body: list[str] = []
        names = unit.names
        for line in lines:
            if line.blank_before and body:
                body.append("")
            body.append(self._inside.get(line.number, Inline()).indent + line.text)
            names = f"{names} {line.block.names}" if line.block is not None else names
        longest = max((len(ticks) for text in body for ticks in re.findall("`+", text)), default=0)
        fence = "`" * max(3, longest + 1)
        language = _LANGUAGE.search(names)
        return [fence + (language[1] if language else ""), *body, fence]

    def _rows(self, lines: Sequence[Line]) -> list[str]:
        """The rows of a table; nothing where it only serves the layout."""
        rows = [self._cells(line) for line in lines]
        if len(rows) < 2 or sum(len(row) > 1 for row in rows) < len(rows) / 2:
            return []
        width = min(max(map(len, rows)), _WIDEST)
        filled = [[*row, *[""] * (width - len(row))][:width] for row in rows]
        head, *rest = (f"| {' | '.join(row)} |" for row in filled)
        return [head, "|" + " --- |" * width, *rest]

    def _cells(self, line: Line) -> list[str]:
        inline = self._inside.get(line.number, Inline())
        texts = iter(self._text(line).split("\t"))
        sizes = inline.cells or (1,) * (1 + line.text.count("\t"))
        return [next(texts, "").replace("|", "\\|") if size else "" for size in sizes]

    def _text(self, line: Line) -> str:
        marks = self._inside.get(line.number, Inline()).marks
        return marked(line.text, [mark for mark in marks if self._is_wanted(mark)])

    def _is_wanted(self, mark: Mark) -> bool:
        if mark.kind != LINK or not mark.begins:
            return True
        return self._links and mark.target.strip() != "" and not _SCRIPT.match(mark.target)


def _placed(block: Block, around: _Place) -> _Place:
    container, items, unit = around.container, around.items, around.unit
    depth = container.depth + 1 if container else 1
    if block.tag in {"ul", "ol", "menu", "dir"}:
        items = block
    elif depth <= DEEPEST and block.tag == "blockquote":
        return _Place(_Container(block, container, None, depth))
    elif depth <= DEEPEST and block.tag == "li":
        return _Place(_Container(block, container, items or block, depth))
    elif block.tag in PREFORMATTED or (
        (block.tag == "table" or block.tag in _HEADINGS)
        and (unit is None or unit.tag not in PREFORMATTED)
    ):
        unit = block
    if (items, unit) == (around.items, around.unit):
        return around
    return _Place(container, items, unit)


def _shared(one: Sequence[_Container], other: Sequence[_Container]) -> int:
    """How many containers two lines have in common, from the outermost."""
    count = 0
    for left, right in zip(one, other, strict=False):
        if left is not right:
            break
        count += 1
    return count


def _is_tight(before: Sequence[_Container], path: Sequence[_Container], shared: int) -> bool:
    """Whether no blank line belongs before the next line: it begins an item of the same list, or
    a list inside an item."""
    if len(path) == shared or path[shared].items is None:
        return False
    if len(before) > shared:
        return before[shared].items is path[shared].items
    return shared > 0 and path[shared - 1].items is not None


# -- inside lines --------------------------------------------------------------------------------

_SCRIPT = re.compile(r"\s*(?:javascript|vbscript|data):", re.IGNORECASE)
"""Links that lead nowhere."""

_SIGNS = {STRONG: "**", EMPHASIS: "*"}

_SPECIAL = re.compile(
    r"`|\\(?=[!-/:-@\[-`{-~])"
    r"|\*(?=\S)|(?<=\S)\*"  # emphasis stands next to its words
    r"|(?<!\w)_(?=\w)|(?<=\w)_(?!\w)"
    r"|<(?=[a-zA-Z/!?])|\[(?=[^\]]{0,200}\][(\[:])|&(?=#?\w+;)"
)

_START = re.compile(r"(?:#{1,6}|[-+*])(?=\s|$)|>|[=-]+$|~~~|(?P<number>\d{1,9})(?=[.)](?:\s|$))")


def escaped(text: str) -> str:
    r"""``text`` with a backslash before whatever Markdown would take for markup.

    >>> print(escaped("2 * 3 in snake_case, <b> and *this*"))
    2 * 3 in snake_case, \<b> and \*this\*
    >>> print(escaped("1. one"), escaped("# two"), escaped("#three"))
    1\. one \# two #three
    """
    return _line_start(_SPECIAL.sub(r"\\\g<0>", text))


def _line_start(text: str) -> str:
    found = _START.match(text)
    if found is None:
        return text
    at = found.end("number") if found["number"] else 0
    return f"{text[:at]}\\{text[at:]}"


def marked(text: str, marks: Iterable[Mark]) -> str:
    r"""``text`` with its marks written out, closed where they are open, inside one another.

    >>> marks = [Mark(2, STRONG, begins=True), Mark(6, STRONG, begins=False)]
    >>> marked("It rains, it pours.", marks)
    'It **rain**s, it pours.'
    """
    seen = [index for index, character in enumerate(text) if not character.isspace()]
    parts: list[str] = []
    opened: list[_Opened] = []
    position = 0

    def copy(end: int) -> None:
        nonlocal position
        piece = text[position:end]
        in_code = bool(opened) and opened[-1].mark.kind == CODE
        parts.append(piece if in_code else _SPECIAL.sub(r"\\\g<0>", piece))
        position = max(position, end)

    def close(until: int) -> None:
        while opened and opened[-1].end <= until:
            copy(seen[opened[-1].end - 1] + 1)
            last = opened.pop()
            parts[last.part :] = [_wrapped("".join(parts[last.part :]), last.mark)]

    for begin, until, mark in sorted(_spans(marks), key=lambda span: (span[0], -span[1])):
        close(begin)
        end = min(until, len(seen), *(outer.end for outer in opened))
        if begin < end and all(outer.mark.kind not in {mark.kind, CODE} for outer in opened):
            copy(seen[begin])
            opened.append(_Opened(end, mark, len(parts)))
    close(len(seen))
    copy(len(text))
    return "".join(parts)


@dataclass(frozen=True, slots=True)
class _Opened:
    """An element inside a line that has begun."""

    end: int
    mark: Mark
    part: int
    """Number of the first part inside it."""


def _spans(marks: Iterable[Mark]) -> Iterator[tuple[int, int, Mark]]:
    """Begins with their ends; those that never end on the line do so at its end."""
    begun: dict[str, list[Mark]] = {}
    for mark in marks:
        if mark.begins:
            begun.setdefault(mark.kind, []).append(mark)
        elif begun.get(mark.kind):
            first = begun[mark.kind].pop()
            yield first.at, mark.at, first
    for rest in begun.values():
        yield from ((mark.at, 1 << 60, mark) for mark in rest)


def _wrapped(text: str, mark: Mark) -> str:
    """The text of an element with the signs around it."""
    if mark.kind == LINK:
        target = re.sub(r"[\s<>]", lambda found: f"%{ord(found[0]):02X}", mark.target.strip())
        return f"[{text}](<{target}>)" if "(" in target or ")" in target else f"[{text}]({target})"
    if mark.kind == CODE:
        ticks = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
        gap = " " if "`" in text else ""
        return f"{ticks}{gap}{text}{gap}{ticks}"
    return f"{_SIGNS[mark.kind]}{text}{_SIGNS[mark.kind]}"
