"""What each input becomes: its form and its name in the output, and no name twice."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from cleaner.batch.find import Input
from cleaner.batch.formats import ENDINGS, Kind, natural_form, output_name
from cleaner.batch.journal import key
from cleaner.batch.records import FILES, Failure, Form

Item = TypeVar("Item")

LONGEST = 120
"""Bytes of a file name made from an id: half of what file systems allow."""

_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')


@dataclass(frozen=True, slots=True)
class Target:
    """An input and what it becomes."""

    source: Input
    form: Form
    name: str
    """Of the file; of a folder where an input of many records becomes text files."""

    @property
    def single(self) -> bool:
        """Whether the input is one document and becomes one file."""
        return self.source.kind is Kind.DOCUMENT


def targets(
    found: Iterable[Input | Failure], form: Form | None, output: str
) -> Iterator[Target | Failure]:
    """What each input becomes in ``output``: ``form``, or what is natural where that is ``None``.

    Of two inputs with one name in the output the second is a failure, and so is one that would
    overwrite itself.
    """
    taken: set[int] = set()  # not the names themselves, which take 200 MB for a million files
    for item in found:
        if isinstance(item, Failure):
            yield item
            continue
        target = _target(item, form or natural_form(item.name))
        mark = hash(target.name)
        if mark in taken:
            reason = f"another input is written to {target.name} already: rename one of them"
            yield Failure(item.name, item.path, reason)
        elif _is_same(item.path, f"{output}/{target.name}"):
            yield Failure(item.name, item.path, "would overwrite itself: choose another output")
        else:
            taken.add(mark)
            yield target


def _is_same(source: str, target: str) -> bool:
    return os.path.basename(source) == os.path.basename(target) and (  # noqa: PTH119 - hot
        os.path.exists(target) and os.path.samefile(source, target)  # noqa: PTH110, PTH121
    )


def _target(found: Input, form: Form) -> Target:
    many_texts = form in FILES and found.kind is not Kind.DOCUMENT
    return Target(found, form, found.name if many_texts else output_name(found.name, form))


def share(items: Iterable[Item], rank: int, world_size: int) -> Iterator[Item]:
    """Every ``world_size``-th, starting with number ``rank``: one of as many equal shares.

    >>> list(share("abcde", 1, 2))
    ['b', 'd']
    """
    return islice(items, rank, None, world_size)


def file_name(identity: str, form: Form = "text") -> str:
    """A file name for the document ``identity``, without a way out of its folder.

    An id that cannot be a name as it is gets a mark of its own, so that two stay two.

    >>> file_name("a-1"), file_name("../../etc/passwd")
    ('a-1.txt', 'etc_passwd-505f7d08.txt')
    """
    name = _UNSAFE.sub("_", unicodedata.normalize("NFC", identity)).strip("._ ")
    name = name.encode("utf-8", "replace")[:LONGEST].decode("utf-8", "ignore")
    mark = "" if name == identity else f"-{key(identity)[:8]}"
    return f"{name or 'document'}{mark}{ENDINGS[form]}"
