"""What a site repeats: a line that stands on many of its pages belongs to the site, not to a page.

``SiteCount`` goes over the documents of many sites once; ``SiteMemory`` is what it leaves: for each
line, in how many documents of its site it stands. Only hashes are kept, never text.

*What counts as a document.* One of which a fifth is new to its site. The same article fetched
twice, or printed with another set of teasers, is no second witness against its own lines.

*What is forgotten.* A count holds ``CAPACITY`` lines, some 100 MB while counting and 12 bytes each
in the memory. When it is full it forgets the lines of fewest documents, those of a single one
first, until half is free; what repeats comes again soon, and is counted from there. So a count may
be too low, which keeps a line, never too high. A crawl of more sites than that, in no order, is
counted site by site, or in parts whose memories are merged.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import chain
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt

from cleaner.errors import CleanerError

Counts = npt.NDArray[np.int64]
Shares = npt.NDArray[np.float32]

CAPACITY = 1 << 20
"""Lines, and sites, that are remembered: those of 10,000 to 20,000 pages before any is forgotten,
and of far more afterwards, as most lines stand on one page."""

LEAST_NEW = 0.2
"""Share of a document that must be new to its site for it to count. Of 3,700 pairs of pages of one
host in WCXB and trafilatura's evaluation 149 have less: copies, and shops' lists of the same goods
in another order. Ordinary pages have more than .5."""

NEAR = 8
"""Lines before and behind that bear witness. What a site puts around its texts comes in runs; a
line that it repeats among lines that it does not is as likely a heading, a refrain or code."""

ENOUGH = 8
"""Other documents from which a line needs no neighbours to be believed: what a site prints inside
its articles stands alone there."""

DISTRUST = 3
"""Power of that. Of all settings tried (3, 5 or 8 neighbours, 4, 6 or 8 documents, power 1 to 3,
and the pull of `cleaner.judge`) these lose fewest article lines of those whose F1 is no worse than
without any of it. On pages that share a host, out of fold, article pages lose .05 % of their lines
instead of .36 %, all pages .39 % instead of .90 %; of the junk that was
caught 85 % still is, of that on article pages 40 %."""

LONGEST = 1000
"""Characters beyond which a line weighs no more."""

_WORDED = re.compile(r"[^\W\d_].*[^\W\d_]", re.DOTALL)
"""A line with fewer than two letters is a figure or a sign, which pages share by chance."""

_DIGITS = re.compile(r"\d+")

KIND, FORMAT = "cleaner site memory", 1
_KEYS, _PAGES = np.dtype("<u8"), np.dtype("<u4")
_LONGEST_HEADER = 1000
_LARGEST = CAPACITY * (_KEYS.itemsize + _PAGES.itemsize)


@dataclass(frozen=True, slots=True)
class Repeats:
    """How the lines of documents repeat; one entry a line."""

    pages: Counts
    """Documents of the site in which the line stands, the line's own among them."""
    seen: Counts
    """Documents of the site that were counted; 0 where none is remembered."""
    own: Counts
    """How often the line stands in its own document."""
    trust: Shares
    """How far that tells of the site and not of the text, 0 to 1 (see `trust`)."""

    @classmethod
    def joined(cls, parts: Sequence[Repeats]) -> Repeats:
        """Those of several documents, laid end to end."""
        return cls(
            np.concatenate([part.pages for part in parts]),
            np.concatenate([part.seen for part in parts]),
            np.concatenate([part.own for part in parts]),
            np.concatenate([part.trust for part in parts]),
        )


class SiteMemory:
    """In how many documents of its site each line stands.

    ``keys`` are the sorted fingerprints of lines and, as that of an empty line, of sites; ``pages``
    tells the documents of each.

    >>> count = SiteCount()
    >>> pages = ["Rain in the north", "Snow in the south", "Wind from the west"]
    >>> all(count.add("example.org", ["All our videos", headline]) for headline in pages)
    True
    >>> found = count.memory().repeats("example.org", ["ALL OUR  VIDEOS", "Sun in the east"])
    >>> found.pages.tolist(), found.seen.tolist()
    ([3, 0], [3, 3])
    """

    def __init__(self, keys: npt.NDArray[np.uint64], pages: npt.NDArray[np.uint32]) -> None:
        self.keys = keys
        self.pages = pages

    def __len__(self) -> int:
        """The number of lines and sites."""
        return len(self.keys)

    @property
    def digest(self) -> str:
        """What tells this memory from any other."""
        return blake2b(self._payload(), digest_size=12).hexdigest()

    def repeats(self, site: str, texts: Sequence[str]) -> Repeats:
        """How each line of one document of ``site`` repeats."""
        keys = [fingerprint(site, text) for text in texts]
        times = Counter(keys)
        found = self._pages_of([_site(site), *(key or 0 for key in keys)])
        known = np.array([key is not None for key in keys], np.bool_)
        pages = np.where(known, found[1:], 0)
        return Repeats(
            pages,
            np.full(len(keys), found[0]),
            np.array([times[key] for key in keys], np.int64),
            trust(pages),
        )

    def save(self, path: Path) -> None:
        """Write the memory to a file, which is never seen half-written.

        A line of JSON that says what follows, then the two arrays as plain numbers. Raises
        ``CleanerError`` where it cannot be written.
        """
        header = {"kind": KIND, "format": FORMAT, "entries": len(self), "digest": self.digest}
        beside = path.with_name(f"{path.name}.partial")
        try:
            beside.write_bytes(json.dumps(header).encode() + b"\n" + self._payload())
            beside.replace(path)
        except OSError as error:
            message = f"{path}: cannot be written: {error.strerror or error}"
            raise CleanerError(message) from error

    @classmethod
    def load(cls, path: Path) -> SiteMemory:
        """The memory in a file. Raises ``CleanerError`` where that is none, or damaged."""
        try:
            with path.open("rb") as stream:
                header = _header(stream.readline(_LONGEST_HEADER))
                payload = stream.read(_LARGEST + 1)
        except OSError as error:
            _refuse(path, error.strerror or str(error))
        if header is None:
            _refuse(path, "it is not one")
        if header.get("format") != FORMAT:
            _refuse(path, f"its format is {header.get('format')!r}, this version reads {FORMAT}")
        if blake2b(payload, digest_size=12).hexdigest() != header.get("digest"):
            _refuse(path, "it is damaged")
        size, rest = divmod(len(payload), _KEYS.itemsize + _PAGES.itemsize)
        if rest or size != header.get("entries"):
            _refuse(path, f"it holds {len(payload)} bytes, not {header.get('entries')} entries")
        keys = np.frombuffer(payload, _KEYS, size)
        return cls(keys, np.frombuffer(payload, _PAGES, size, offset=keys.nbytes))

    def _payload(self) -> bytes:
        return self.keys.astype(_KEYS).tobytes() + self.pages.astype(_PAGES).tobytes()

    def _pages_of(self, keys: Sequence[int]) -> Counts:
        wanted = np.array(keys, np.uint64)
        if not len(self):
            return np.zeros(len(wanted), np.int64)
        place = np.minimum(np.searchsorted(self.keys, wanted), len(self) - 1)
        return np.where(self.keys[place] == wanted, self.pages[place], 0).astype(np.int64)


class SiteCount:
    """Counts in how many documents of their site lines stand."""

    def __init__(self) -> None:
        self._pages: dict[int, int] = {}

    def add(self, site: str, texts: Iterable[str]) -> bool:
        """Count the lines of a document of ``site``; returns whether it told anything new."""
        weights = _weights(site, texts)
        new = sum(weight for key, weight in weights.items() if key not in self._pages)
        if not weights or new < LEAST_NEW * sum(weights.values()):
            return False
        for key in chain((_site(site),), weights):
            self._pages[key] = self._pages.get(key, 0) + 1
        self._forget()
        return True

    def merge(self, memory: SiteMemory) -> None:
        """Add what another pass remembers; what both have counted is counted twice."""
        for key, pages in zip(memory.keys.tolist(), memory.pages.tolist(), strict=True):
            self._pages[key] = self._pages.get(key, 0) + pages
        self._forget()

    def memory(self) -> SiteMemory:
        """What has been counted so far."""
        keys = np.fromiter(self._pages.keys(), np.uint64, len(self._pages))
        pages = np.fromiter(self._pages.values(), np.uint32, len(self._pages))
        order = np.argsort(keys)
        return SiteMemory(keys[order], pages[order])

    def _forget(self) -> None:
        """Drop the lines of fewest documents where there are too many.

        A site has at least the documents of any of its lines, so it is never forgotten before them.
        """
        if len(self._pages) <= CAPACITY:
            return
        least = sorted(self._pages.values(), reverse=True)[CAPACITY // 2]
        self._pages = {key: pages for key, pages in self._pages.items() if pages > least}


def trust(pages: Counts) -> Shares:
    """How far each line of a document is the site's, by the ``pages`` that its lines stand on.

    The share of the lines around that repeat as well, or how many documents hold the line where
    that says more; lines that only their own document holds say nothing.

    >>> trust(np.array([2, 2, 2, 2, 2])).tolist()
    [1.0, 1.0, 1.0, 1.0, 1.0]
    >>> trust(np.array([1, 1, 5, 1, 1])).tolist()[2], trust(np.array([1, 1, 9, 1, 1])).tolist()[2]
    (0.125, 1.0)
    """
    others = np.maximum(pages - 1, 0)
    total = np.concatenate(([0], np.cumsum(others > 0)))
    place = np.arange(len(pages))
    first, last = np.maximum(place - NEAR, 0), np.minimum(place + NEAR + 1, len(pages))
    around = total[last] - total[first] - (others > 0)
    share = around / np.maximum(last - first - 1, 1)
    return (np.maximum(share, np.minimum(others / ENOUGH, 1)) ** DISTRUST).astype(np.float32)


def _weights(site: str, texts: Iterable[str]) -> dict[int, int]:
    """What each line counts for in its document: the square of its length, so that prose decides.

    By length alone the menus of a page would outweigh a short article, and make it a copy.
    """
    found = ((fingerprint(site, text), min(len(text), LONGEST) ** 2) for text in texts)
    return {key: weight for key, weight in found if key is not None}


def fingerprint(site: str, text: str) -> int | None:
    """A number for a line of a site, the same however its letters, figures and spaces are written.

    ``None`` for a line with hardly a letter.

    >>> fingerprint("a.org", "Page 3 of 12") == fingerprint("a.org", " PAGE 10  of 12")
    True
    >>> fingerprint("a.org", "Share") == fingerprint("b.org", "Share")
    False
    >>> fingerprint("a.org", "12.30 €")
    """
    if not _WORDED.search(text):
        return None
    return _hash(site, _DIGITS.sub("0", " ".join(text.casefold().split())))


def _site(site: str) -> int:
    return _hash(site, "")


def _hash(site: str, text: str) -> int:
    whole = f"{site}\n{text}".encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(whole, digest_size=8).digest())


def host(address: str) -> str:
    """The site of a web address: its host, without ``www.``; empty where it has none.

    Hosts of one owner stay apart: on many, each is another writer's.

    >>> host("https://www.Example.org:8080/rain"), host("https://ann.blogs.org/"), host("corpus-3")
    ('example.org', 'ann.blogs.org', '')
    """
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:  # brackets that hold no IPv6 address
        return ""


def is_memory(path: Path) -> bool:
    """Whether a file says that it is a site memory."""
    try:
        with path.open("rb") as stream:
            return _header(stream.readline(_LONGEST_HEADER)) is not None
    except OSError:
        return False


def _header(line: bytes) -> dict[str, object] | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and found.get("kind") == KIND else None


def _refuse(path: Path, why: str) -> NoReturn:
    message = (
        f"{path}: not a usable site memory: {why}; make it again with `cleaner sites PATH... -o"
        " FILE`"
    )
    raise CleanerError(message)
