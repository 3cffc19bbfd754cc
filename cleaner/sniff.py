"""Whether a source is HTML, told by its content alone: suffixes and headers lie too often."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

from cleaner.elements import BLOCKS, ENDING_THEMSELVES, KNOWN, PARAGRAPHS, PREFORMATTED, VOID

_SAMPLE = 50_000
"""Characters by which a source is told to be HTML or not."""

_INSIDE = 0.6
"""Share of the text that lies inside elements, from which a source is HTML.

It finds 97 % of the bodies of WCXB pages cut out of their ``<body>``, nearly all whole pages by
their first tag, and 3 of 16,495 program and documentation files, ICU's headers among them, whose
comments are written in HTML.
"""

_PREAMBLE = (
    r"[\s\ufeff]*(?:<\?xml[^<>]*>\s*)?"
    r"(?:<text\s+id=[^<>]*>[\s\ufeff]*)?"  # CleanEval and the corpora after it wrap each page so
    r"(?:(?:<!--(?:(?!-->).)*+-->|<script\b(?:(?!</script).)*+</script>)\s*)*"
)

_DOCUMENT = re.compile(
    _PREAMBLE
    + r"(?:<[a-z][^<>]*>\s*){0,3}"  # what some tool has put before the page
    + r"<(?:!doctype\s+html|(?:html|head|body)(?:\s[^<>]*)?>(?!\s[a-z]))",
    re.I | re.S,
)

_ROOT = re.compile(_PREAMBLE + r"<(?P<name>(?!!--)[!?a-z][\w:.-]*)(?=[\s/>])", re.I | re.S)

TAG = re.compile(r"<(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9-]*)(?:\s+[a-zA-Z:@*][^<>]*|\s*/?)>")

_ASIDE = re.compile(
    r"<(?:"  # first, so that the engine leaps from one to the next
    r"(?:(?<=\A<)|(?<=[\w,:] <))/?[a-zA-Z0-9]+ ?/?>(?= [a-z]|[.,;:)])"  # the <p> tag, a <br>.
    r"|(?<=[`'\"]<)/?[a-zA-Z0-9]+ ?/?>(?=[`'\"])"  # "<div>" + text
    r"|!--[^<>]*-->)"
)
"""Tags that a text talks of, and comments."""

_STRUCTURAL = BLOCKS | PARAGRAPHS | PREFORMATTED | {"br", "td", "th"}
"""Elements of which there is one, at least, in a fragment that does not begin with a tag."""


def looks_like_html(source: str) -> bool:
    """Whether a source is an HTML page or fragment, told by its content alone.

    A fragment has most of its text inside elements. Text that talks of tags, mail addresses in
    angle brackets, Markdown with some HTML in it and program code do not; nor do XML formats such
    as feeds, whose text would be lost in an HTML reader.

    >>> looks_like_html("<p>Rain is expected.</p>"), looks_like_html("Rain<br>and snow<br>tonight")
    (True, True)
    >>> looks_like_html("The <p> tag."), looks_like_html("#include <map>\\nstd::map<int, int> m;")
    (False, False)
    """
    sample = source[:_SAMPLE]
    if is_escaped(sample) or _DOCUMENT.match(sample):
        return True
    root = _ROOT.match(sample)
    if root and not _is_known(root["name"]):
        return False
    tags = list(TAG.finditer(_ASIDE.sub(" ", sample)))
    if not root or root["name"] == "svg":
        tags = tags if _begins_structured(tags) else []
    return bool(tags) and _share_inside(tags) >= _INSIDE


def _begins_structured(tags: Iterable[re.Match[str]]) -> bool:
    """Whether the first paragraph holds a tag of the kind that divides a text."""
    structural = (tag for tag in tags if tag["name"].lower() in _STRUCTURAL)
    first = next(structural, None)
    return first is not None and "\n\n" not in first.string[: first.start()].strip()


def is_escaped(source: str) -> bool:
    """Whether a source is HTML that was escaped as a whole, as feeds and databases do.

    >>> is_escaped("&lt;p&gt;Rain&lt;/p&gt;"), is_escaped("&lt;p&gt; is the paragraph tag.")
    (True, False)
    """
    return (
        "<" not in source
        and source.lstrip().startswith("&lt;")
        and looks_like_html(html.unescape(source[:_SAMPLE]))
    )


def _is_known(name: str) -> bool:
    return name.lower() in KNOWN or "-" in name


def _share_inside(tags: Sequence[re.Match[str]]) -> float:
    """The share of text that lies inside elements that end, or next to one of several ``<br>``."""
    source = tags[0].string
    names = [tag["name"].lower() for tag in tags]
    several_breaks = names.count("br") > 1
    opened: dict[str, list[int]] = {}
    spans: list[tuple[int, int]] = []
    size = position = 0
    after_break = False
    for name, tag in zip(names, tags, strict=True):
        text = source[position : tag.start()].strip()
        start, size = size, size + len(text) - text.count(" ")
        at_break = several_breaks and name == "br"
        if (at_break or after_break) and "\n\n" not in text:
            _cover(spans, start, size)
        starts = opened.setdefault(name, [])
        if starts and (tag["end"] or name in ENDING_THEMSELVES):
            _cover(spans, starts.pop(), size)
        if not tag["end"]:
            starts.append(size)
        after_break = at_break
        position = tag.end()
    start, size = size, size + len(source[position:].strip())
    if after_break or names[-1] in {"script", "style"}:
        _cover(spans, start, size)
    if not source[: tags[0].start()].strip() and names[0] not in VOID:
        for start in opened[names[0]][:1]:
            _cover(spans, start, size)
    return sum(end - start for start, end in spans) / size if size else 1.0


def _cover(spans: list[tuple[int, int]], start: int, end: int) -> None:
    """Add a span that ends last, keeping the spans apart and in order."""
    while spans and spans[-1][0] >= start:
        spans.pop()
    if spans:
        start = max(start, spans[-1][1])
    spans.append((start, end))
