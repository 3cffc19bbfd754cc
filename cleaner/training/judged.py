"""Lines of public pages that were judged by reading them, kept without their text.

The text of such a page is other people's, but which of its lines are article text is for whoever
reads it to say. A judgement names lines by the hash of what they say, in their order: a page that
is read into lines a little differently one day keeps most of them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from importlib.resources import files
from zlib import crc32

from cleaner.page import Line

LEAST_FOUND = 0.9
"""Share of a judgement's lines that a page must hold, or it is another page by now."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The lines of a page that are article text, as hashes of their texts, in their order."""

    article: tuple[int, ...]
    title: int | None = None
    """That of the headline, which is among them."""
    doubtful: tuple[int, ...] = ()
    """Those on which the labelling guide does not decide."""

    def found_in(self, lines: Sequence[Line]) -> Found | None:
        """Its lines among those of the page; ``None`` where too many are missing.

        >>> lines = [Line("Home", 1), Line("Rain", 2), Line("It rained.", 3)]
        >>> Judgement((hashed("Rain"), hashed("It rained.")), hashed("Rain")).found_in(lines)
        Found(article=['Rain', 'It rained.'], title='Rain', doubtful=[])
        """
        article = _among(lines, self.article)
        if len(article) < LEAST_FOUND * len(self.article):
            return None
        title = next((text for text in article if hashed(text) == self.title), "")
        return Found(article, title, _among(lines, self.doubtful))


@dataclass(frozen=True, slots=True)
class Found:
    """The texts of the lines that a judgement names, as they stand in the page."""

    article: Sequence[str]
    title: str
    doubtful: Sequence[str]


def hashed(text: str) -> int:
    """What stands for a line's text."""
    return crc32(text.encode())


def judgements(collection: str) -> Mapping[str, Judgement]:
    """The judgements on a collection's pages, by the name of the page in it."""
    return _all().get(collection, {})


@cache
def _all() -> Mapping[str, Mapping[str, Judgement]]:
    folder = files("cleaner.training") / "material" / "judged"
    found: dict[str, dict[str, Judgement]] = {}
    for path in folder.iterdir():
        lines = path.read_text("utf-8").splitlines()
        records = [json.loads(line) for line in lines]
        found[path.name.removesuffix(".jsonl")] = {
            record["page"]: Judgement(
                tuple(record["article"]), record["title"], tuple(record["doubtful"])
            )
            for record in records
        }
    return found


def _among(lines: Sequence[Line], wanted: Sequence[int]) -> list[str]:
    """The texts of the lines that are wanted, matched in their order."""
    hashes = [hashed(line.text) for line in lines]
    matcher = SequenceMatcher(None, hashes, wanted, autojunk=False)
    blocks = matcher.get_matching_blocks()
    return [line.text for start, _, size in blocks for line in lines[start : start + size]]
