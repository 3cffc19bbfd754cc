"""The nouns: what goes in, what comes out, and the settings that travel beside them.

Everything here is frozen and knows nothing of how decisions are made, so every other module may
import it. The way of the data is ``Line`` -> ``Verdict`` -> ``Page``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal


class Label(StrEnum):
    """What a line is.

    >>> Label.ARTICLE == "article"
    True
    """

    ARTICLE = "article"
    """The text a reader came for: headline, headings, paragraphs, quotes, list items, steps."""

    JUNK = "junk"
    """What the site puts around it, in the page's own language: navigation, prompts, bylines."""

    SPAM = "spam"
    """Text in a language foreign to the article that does not belong to it."""


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """An element of an HTML page, seen from a line inside it.

    Blocks form a tree by ``parent``; lines of one element share one ``Block`` object, so whatever
    is worked out for a block can be remembered by identity.
    """

    tag: str
    """Lower-case element name, such as ``"p"``."""

    names: str = ""
    """The element's class, id, role and itemprop words as written, separated by spaces; the last
    word is ``hidden`` where the element itself is not to be seen."""

    parent: Block | None = field(default=None, repr=False)
    """The element around; chains can be 100,000 long, so nothing may recurse over them."""


@dataclass(frozen=True, slots=True)
class Line:
    """One non-blank line of the source.

    >>> Line("Read Entire Article", number=31).number
    31
    """

    text: str
    """The line as it was, without surrounding white space."""

    number: int
    """1-based position in the source; for HTML, the position among the page's lines."""

    blank_before: bool = False
    """Whether blank lines stood between this line and the one before."""

    block: Block | None = None
    """The element that holds the line; ``None`` where the source was plain text."""

    linked: float = 0.0
    """Share of the line's characters inside links, 0 to 1; 0 where the source was plain text."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided about a line, and why."""

    line: Line
    label: Label
    probability: float
    """Estimated probability, 0 to 1, that the line is article text."""

    reason: str
    """What decided, in words."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of the clean text and where it came from."""

    text: str
    numbers: tuple[int, ...]
    """The numbers of the source lines it was made of, in order."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a web page says of itself, as far as it does."""

    title: str | None = None
    author: str | None = None
    """One name, or several separated by semicolons."""

    date: str | None = None
    """Of publication, as ``2026-11-21``."""

    site: str | None = None
    language: str | None = None
    """As the page declares it, which is wrong on some pages."""


@dataclass(frozen=True, slots=True)
class Page:
    """A cleaned document: every source line with its verdict, and the text that remains.

    >>> line = Line("Rain is expected.", number=1)
    >>> verdict = Verdict(line, Label.ARTICLE, 0.98, "reads like article text")
    >>> page = Page((verdict,), (Paragraph(line.text, (1,)),), language="en")
    >>> page.text
    'Rain is expected.'
    >>> [verdict.line.number for verdict in page.kept]
    [1]
    """

    verdicts: tuple[Verdict, ...] = ()
    """One for each non-blank source line, in order."""

    paragraphs: tuple[Paragraph, ...] = ()
    language: str | None = None
    """ISO 639-1 code of the article's language, ``zh-cn`` and ``zh-tw`` apart; or ``None``."""

    title: str | None = None
    metadata: Metadata | None = None
    """Where it was asked for, with `cleaner.metadata.described`."""

    @property
    def text(self) -> str:
        """The clean text: paragraphs separated by a blank line, empty where nothing was kept."""
        return "\n\n".join(paragraph.text for paragraph in self.paragraphs)

    @property
    def kept(self) -> tuple[Verdict, ...]:
        """The verdicts on the lines that stay, in order."""
        return tuple(v for v in self.verdicts if v.label is Label.ARTICLE)

    @property
    def dropped(self) -> tuple[Verdict, ...]:
        """The verdicts on the lines that go, in order."""
        return tuple(v for v in self.verdicts if v.label is not Label.ARTICLE)

    @property
    def removed(self) -> float:
        """The share of the source's characters that stand on lines which go, 0 to 1."""
        gone = sum(len(verdict.line.text) for verdict in self.dropped)
        return gone / max(sum(len(verdict.line.text) for verdict in self.verdicts), 1)


FAVORS = ("balance", "precision", "recall")
MODES = ("filter", "trim")


@dataclass(frozen=True, slots=True)
class Settings:
    """How to decide where the evidence leaves room.

    >>> Settings(favor="recall").favor
    'recall'
    """

    language: str | None = None
    """The documents' language, such as ``"en"``, where it is known; else it is detected."""

    favor: Literal["balance", "precision", "recall"] = "balance"
    """Which error to avoid when in doubt: keeping junk (precision) or losing article (recall)."""

    mode: Literal["filter", "trim"] = "filter"
    """Remove lines anywhere, or only before the first and after the last article line."""

    most_removed: float = 1.0
    """Share of a document's characters that may go, 0 to 1; one that would lose more is left as it
    was, and ``Page.removed`` is 0. The default lets any page be emptied, as a menu should be."""

    def __post_init__(self) -> None:
        """Raise ``ValueError`` for a word that is none of the choices, or a share that is none."""
        if not 0 <= self.most_removed <= 1:
            message = f"most_removed is {self.most_removed!r}; it is a share, from 0 to 1"
            raise ValueError(message)
        for name, choices in (("favor", FAVORS), ("mode", MODES)):
            if (given := getattr(self, name)) not in choices:
                message = f"{name} is {given!r}; it may be: {', '.join(choices)}"
                raise ValueError(message)
