"""Text to lines: one `Line` for each line of the source that shows something.

Lines end where `str.splitlines` ends them, so numbers agree with what any Python reader counts:
besides line feeds and carriage returns these are vertical tab, form feed, the file, group and
record separators, NEL, and the line and paragraph separators U+2028 and U+2029.
"""

from __future__ import annotations

from cleaner.page import Line

INVISIBLE = "\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
"""Soft hyphen, zero-width spaces and joiners, direction marks: nothing to see at a line's edge."""

_EDGE = INVISIBLE + "".join(chr(i) for i in range(0x3001) if chr(i).isspace())
_INVISIBLE = frozenset(INVISIBLE)


def split(text: str) -> tuple[Line, ...]:
    r"""The non-blank lines of ``text``, stripped, with their numbers in the source.

    White space is Unicode's (the no-break space included); what is invisible at the edges goes
    with it, and a line of nothing else is blank.

    >>> [(line.number, line.text, line.blank_before) for line in split("\ufeffOne\n \u200b\n Two ")]
    [(1, 'One', False), (3, 'Two', True)]
    """
    lines: list[Line] = []
    previous = 0
    for number, raw in enumerate(text.splitlines(), start=1):
        stripped = raw.strip()
        if stripped and (stripped[0] in _INVISIBLE or stripped[-1] in _INVISIBLE):
            stripped = stripped.strip(_EDGE)
        if stripped:
            lines.append(Line(stripped, number, bool(lines) and number - previous > 1))
            previous = number
    return tuple(lines)
