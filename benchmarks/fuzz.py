"""Hostile documents by the hundred thousand: what breaks, what hangs, what takes longest.

    python -m benchmarks.fuzz FOLDER [--inputs 200000] [--seed 0] [--model DIR]

Documents are mutants of the texts and pages in FOLDER (bytes flipped, cut, doubled, spliced, other
encodings, tags torn), HTML drawn from a grammar of everything that parsers dislike, and plain
noise. A document may be refused with ``SourceError``; anything else that is raised is a crash, and
so is a page that breaks what is promised of every page. More than `HANG` seconds is a hang.
The same seed gives the same documents; what is found is told by its number, and written to a file
with ``--save``. The exit status is 1 where anything was found.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TypeVar

from cleaner import Cleaner, Page, SourceError
from cleaner.decode import decode, mend

HANG = 2.0
"""Seconds of CPU beyond which a document of this size hangs."""

BATCH = 50
"""Documents cleaned together."""

SLOW = 1.0
"""Seconds of a batch beyond which its documents are looked at one by one."""

TOLD = 10_000
"""Documents after which it is told how far the run is."""

LARGEST = 6_000
"""Bytes of a fixture that are mutated: growth is measured elsewhere, here many are tried."""

Source = bytes | str
Result = TypeVar("Result")

SUFFIXES = (".txt", ".html", ".json")


# -- mutants -------------------------------------------------------------------------------------

Mutation = Callable[[bytes, random.Random], bytes]

ODD = (
    *(b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\x1b[2J"),
    *("\u2028".encode(), "\u202e".encode(), "\u200b".encode(), "\ufdfa".encode(), b"\r", b"\x0b"),
    *(b"<", b">", b"&", b"&#0;", b"&#x110000;", b"<!--", b"]]>", b"<![CDATA[", b"</", b"<p", b"'"),
    *(b"<script>", b"</body>", b"<plaintext>", b"<textarea>", b"<svg>", b"<template>", b'="'),
    *(b'<meta charset="utf-7">', b'<meta charset="cp037">', b"<?xml version='1.0'?>", b"\xfe\xff"),
)


def flipped(source: bytes, chance: random.Random) -> bytes:
    """Some bytes replaced by any."""
    changed = bytearray(source)
    for _ in range(chance.randint(1, 8)):
        if changed:
            changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def odd(source: bytes, chance: random.Random) -> bytes:
    """Something awkward put somewhere, once or often."""
    at = chance.randint(0, len(source))
    return source[:at] + chance.choice(ODD) * chance.choice((1, 1, 2, 40)) + source[at:]


def cut(source: bytes, chance: random.Random) -> bytes:
    """A piece only."""
    first, last = sorted(chance.randint(0, len(source)) for _ in range(2))
    return source[first:last]


def torn(source: bytes, chance: random.Random) -> bytes:
    """A piece left out."""
    first, last = sorted(chance.randint(0, len(source)) for _ in range(2))
    return source[:first] + source[last:]


def doubled(source: bytes, chance: random.Random) -> bytes:
    """A short piece many times over."""
    at = chance.randint(0, len(source))
    piece = source[at : at + chance.randint(1, 30)]
    return source[:at] + piece * chance.randint(2, 50) + source[at:]


def shuffled(source: bytes, chance: random.Random) -> bytes:
    """The lines in another order."""
    lines = source.splitlines(keepends=True)
    chance.shuffle(lines)
    return b"".join(lines)


def without_ends(source: bytes, chance: random.Random) -> bytes:
    """Every line end gone, or another one."""
    return source.replace(b"\n", chance.choice((b"", b" ", b"\r", b"\r\n", b"\n\n\n", b"\x0c")))


def recoded(source: bytes, chance: random.Random) -> bytes:
    """Another encoding, true or half true."""
    name = chance.choice(
        ("utf-16", "utf-16-be", "utf-32", "cp1252", "gb18030", "shift_jis", "cp037")
    )
    return source.decode("utf-8", "replace").encode(name, "ignore")


MUTATIONS: Sequence[Mutation] = (
    *(flipped, flipped, odd, odd, odd, cut, torn, doubled, shuffled, without_ends, recoded),
)


def mutant(sources: Sequence[bytes], chance: random.Random) -> bytes:
    """A document with one to four mutations, at times spliced with another."""
    source = chance.choice(sources)
    if chance.random() < 0.15:
        source = cut(source, chance) + cut(chance.choice(sources), chance)
    for _ in range(chance.randint(1, 4)):
        source = chance.choice(MUTATIONS)(source, chance)
    return source


# -- HTML from a grammar -------------------------------------------------------------------------

TAGS = (
    *("p", "div", "a", "b", "span", "h1", "li", "ul", "table", "tr", "td", "th", "br", "hr", "pre"),
    *("script", "style", "template", "noscript", "textarea", "select", "option", "form", "iframe"),
    *("html", "head", "title", "body", "frameset", "svg", "math", "dl", "dd", "ruby", "rt", "col"),
    *("article", "main", "nav", "footer", "aside", "figure", "figcaption", "blockquote", "code"),
    *("a:b", "x-y", "P", "!doctype html", "?php", "plaintext", "xmp", "caption", "meta", "base"),
)
NAMES = (
    "class",
    "id",
    "style",
    "hidden",
    "href",
    "role",
    "itemprop",
    "lang",
    "onclick",
    "",
    "xml:id",
)
VALUES = (
    "display:none",
    "nav menu",
    "a" * 300,
    "{{x}}",
    "\u202e",
    "&quot;",
    "javascript:1",
    "\x00",
)
WORDS = (
    *("Rain", "is", "expected", "tomorrow.", "Share", "2 May 2024", "Read more...", "\u00a0", "|"),
    *(
        "现在注册",
        "Купить",
        "مرحبا",
        "สวัสดี",
        "&amp;",
        "&#x1F600;",
        "&nosuch;",
        "&#xD800;",
        "\x01",
        "\t\n",
    ),
)


def grown(chance: random.Random) -> bytes:
    """HTML with too many, wrongly nested, unclosed and strange elements."""
    parts: list[str] = []
    opened: list[str] = []
    for _ in range(chance.randint(1, 60)):
        draw = chance.random()
        if draw < 0.4:
            opened.append(chance.choice(TAGS))
            parts.append(
                f"<{opened[-1]}{attributes(chance)}{chance.choice(('>', '>', '>', '/>', ''))}"
            )
        elif draw < 0.6:
            parts.append(f"</{chance.choice(opened or TAGS)}>")
        elif draw < 0.65:
            parts.append(chance.choice(ODD).decode("utf-8", "replace"))
        else:
            parts.append(" ".join(chance.choices(WORDS, k=chance.randint(1, 12))))
    if chance.random() < 0.1:
        parts = [f"<{chance.choice(TAGS)}>" * chance.choice((50, 300)), *parts]
    return "".join(parts).encode("utf-8", "surrogatepass")


def attributes(chance: random.Random) -> str:
    """None, one, or more than anyone writes."""
    count = chance.choice((0, 0, 0, 1, 1, 2, 30))
    quotes = ('"', "'", "")
    return "".join(
        f" {chance.choice(NAMES)}={mark}{chance.choice(VALUES)}{chance.choice((mark, mark, ''))}"
        for mark in (chance.choice(quotes) for _ in range(count))
    )


def noise(chance: random.Random) -> bytes:
    """Bytes, or characters from anywhere."""
    if chance.random() < 0.5:
        return chance.randbytes(chance.randint(0, 400))
    codes = (chance.randrange(0x110000 >> chance.choice((0, 4, 12))) for _ in range(200))
    return "".join(map(chr, codes)).encode("utf-8", "surrogatepass")


# -- the run -------------------------------------------------------------------------------------


def documents(sources: Sequence[bytes], seed: int) -> Iterator[Source]:
    """Documents without end; one in ten comes as ``str``, lone surrogates and all."""
    chance = random.Random(seed)
    while True:
        draw = chance.random()
        if draw < 0.6:
            made = mutant(sources, chance)
        elif draw < 0.9:
            made = grown(chance)
        else:
            made = noise(chance)
        yield made.decode("utf-8", "surrogateescape") if chance.random() < 0.1 else made


@dataclass
class Found:
    """What a run found."""

    counts: Counter[str] = field(default_factory=Counter)
    wrong: dict[int, str] = field(default_factory=dict)
    """Number of a document, and what was raised or how long it took."""
    slowest: tuple[float, int, int] = (0.0, 0, 0)
    """Seconds, number and size."""

    def add(self, batch: Sequence[tuple[int, Source]], cleaner: Cleaner) -> None:
        """Clean documents together, and one by one where that breaks or takes long.

        Each is decoded once, alone, and then goes the way of a batch run, as text.
        """
        readable = list(self.read(batch))
        begun = time.process_time()
        try:
            for page in cleaner.clean_many([text for _, text in readable]):
                sound(page)
            alone = time.process_time() - begun > SLOW
        except Exception:
            alone = True
        for number, text in readable if alone else ():
            self.tried(number, text, lambda text: sound(cleaner.clean(text)))
        self.counts["cleaned"] += len(readable)

    def read(self, batch: Sequence[tuple[int, Source]]) -> Iterator[tuple[int, str]]:
        """The documents that are not refused, as text."""
        for number, source in batch:
            try:
                text = self.tried(number, source, decoded)
            except SourceError:
                self.counts["refused"] += 1
                continue
            if text is not None:
                yield number, text

    def tried(self, number: int, source: Source, act: Callable[[Source], Result]) -> Result | None:
        """What comes of a document, ``None`` where that is an error; and whether it is in time."""
        begun, said, result = time.process_time(), "", None
        try:
            result = act(source)
        except SourceError:
            raise
        except Exception as error:
            said = f"{type(error).__name__}: {error}"
        taken = time.process_time() - begun
        self.slowest = max(self.slowest, (taken, number, len(source)))
        if said or taken > HANG:
            self.counts["crashes" if said else "hangs"] += 1
            self.wrong[number] = said or f"{taken:.1f} s"
        return result


def decoded(source: Source) -> str:
    """The text of a document, as the batch run reads it. Raises ``SourceError``."""
    return decode(source) if isinstance(source, bytes) else mend(source)


def sound(page: Page) -> None:
    """Raise ``AssertionError`` unless a page is what is promised of every page."""
    page.text.encode()
    assert all(0 <= verdict.probability <= 1 for verdict in page.verdicts)
    assert all(verdict.reason and verdict.line.text.strip() for verdict in page.verdicts)
    numbers = [verdict.line.number for verdict in page.verdicts]
    assert numbers == sorted(set(numbers))
    kept = [verdict.line.number for verdict in page.kept]
    assert [number for part in page.paragraphs for number in part.numbers] == kept


def fuzz(cleaner: Cleaner, sources: Sequence[bytes], count: int, seed: int) -> Found:
    """What ``count`` documents show."""
    found = Found()
    numbered = islice(enumerate(documents(sources, seed)), count)
    while batch := list(islice(numbered, BATCH)):
        found.add(batch, cleaner)
        if batch[-1][0] % TOLD == TOLD - 1:
            print(f"{batch[-1][0] + 1:,} done, {len(found.wrong)} wrong", file=sys.stderr)
    return found


def read_sources(folder: Path) -> list[bytes]:
    """The beginnings of all files below ``folder``, in order of name."""
    paths = sorted(path for path in folder.rglob("*") if path.suffix in SUFFIXES)
    return [path.read_bytes()[:LARGEST] for path in paths]


def main() -> None:
    """Run and tell."""
    words = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    words.add_argument("folder", type=Path, help="documents to begin with, such as fixtures/")
    words.add_argument("--inputs", type=int, default=200_000)
    words.add_argument("--seed", type=int, default=0)
    words.add_argument("--model", type=Path)
    words.add_argument("--save", type=Path, help="folder for documents that break something")
    options = words.parse_args()
    sources = read_sources(options.folder)
    begun = time.process_time()
    found = fuzz(Cleaner(model=options.model), sources, options.inputs, options.seed)
    seconds, number, size = found.slowest
    count = found.counts
    print(
        f"{options.inputs:,} documents, seed {options.seed}: {count['cleaned']:,} cleaned, "
        f"{count['refused']:,} refused, {count['crashes']:,} crashes, "
        f"{count['hangs']:,} hangs over {HANG:g} s; {time.process_time() - begun:,.0f} s of CPU; "
        f"slowest: {seconds:.2f} s (number {number:,}, {size:,} bytes)"
    )
    for number, said in found.wrong.items():
        print(f"number {number:,}: {said}")
    if options.save:
        save(options.save, sources, options.seed, found.wrong)
    raise SystemExit(bool(found.wrong))


def save(folder: Path, sources: Sequence[bytes], seed: int, numbers: Collection[int]) -> None:
    """Write the documents of these numbers, to look at."""
    folder.mkdir(parents=True, exist_ok=True)
    made = islice(enumerate(documents(sources, seed)), max(numbers, default=-1) + 1)
    for number, source in made:
        if number in numbers:
            data = source.encode("utf-8", "surrogatepass") if isinstance(source, str) else source
            (folder / str(number)).write_bytes(data)


if __name__ == "__main__":
    main()
