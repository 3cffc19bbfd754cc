"""One extractor of article text in a process of its own: its texts, its time, its memory.

    python -m benchmarks.alone NAME [--model DIRECTORY] < PAGES.json

Reads a JSON list of pairs, id and path of a page, and prints as JSON lines what it took, then the
text of each page. It imports no more than the extractor does, for the sake of its memory.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.extractors import OURS, PEERS, Extractor
from benchmarks.report import peak


def unpacked(path: Path) -> bytes:
    """The content of a file that may be compressed."""
    content = path.read_bytes()
    return gzip.decompress(content) if path.suffix == ".gz" else content


def peers(extract: Extractor, paths: Sequence[Path]) -> tuple[list[str], dict[str, float]]:
    """The texts by another extractor, with the CPU seconds of all and of the slowest."""
    from cleaner.decode import decode

    texts, spent = [], []
    for path in paths:
        source = decode(unpacked(path))
        begun = time.process_time()
        texts.append(text_of(extract, source))
        spent.append(time.process_time() - begun)
    return texts, {"seconds": sum(spent), "slowest": max(spent)}


def ours(paths: Sequence[Path], model: Path | None) -> tuple[list[str], dict[str, float]]:
    """The same by this project, which cleans in batches: the largest pages are timed once more."""
    from cleaner import Cleaner

    cleaner = Cleaner(model=model)
    reading = 0.0

    def sources() -> Iterator[bytes]:
        nonlocal reading
        for path in paths:
            begun = time.process_time()
            source = unpacked(path)
            reading += time.process_time() - begun
            yield source

    begun = time.process_time()
    texts = [page.text for page in cleaner.clean_many(sources())]
    seconds = time.process_time() - begun - reading
    alone = []
    for path in sorted(paths, key=lambda path: path.stat().st_size)[-5:]:
        source = unpacked(path)
        begun = time.process_time()
        cleaner.clean(source)
        alone.append(time.process_time() - begun)
    return texts, {"seconds": seconds, "slowest": max(alone)}


def text_of(extract: Extractor, source: str) -> str:
    """What an extractor says of a page."""
    try:
        return extract(source) or ""
    except Exception as error:  # whatever a peer raises, it has found nothing
        print(type(error).__name__, error, file=sys.stderr)
        return ""


def stages(paths: Sequence[Path], model: Path | None) -> dict[str, float]:
    """CPU seconds that each stage takes over all pages, one stage after another."""
    from cleaner import Cleaner, html
    from cleaner.cleaner import Document
    from cleaner.decode import decode
    from cleaner.sniff import looks_like_html

    cleaner = Cleaner(model=model)
    seconds: dict[str, float] = defaultdict(float)
    timing: list[tuple[str, float]] = []

    def watched(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*values: Any, **named: Any) -> Any:
            begun = time.process_time()
            timing.append((name, begun))
            try:
                return function(*values, **named)
            finally:
                timing.pop()
                took = time.process_time() - begun
                seconds[name] += took
                if timing:
                    seconds[timing[-1][0]] -= took

        return call

    from cleaner import cleaner as way
    from cleaner import judge

    networks = type(cleaner.model.networks["article"])
    for place, function, name in (
        (way, "tree", "markup: tree"),
        (way, "markup_tokens", "markup: tokens"),
        (way, "markup_context", "markup: facts and company"),
        (way, "tongues", "language"),
        (way, "evidence", "language"),
        (way, "tokens", "features"),
        (way, "own_facts", "features"),
        (way, "stop_word_facts", "features"),
        (way, "context", "features"),
        (way, "dates", "lexicons"),
        (way, "slogans", "lexicons"),
        (way, "formulas", "lexicons"),
        (way, "signposts", "lexicons"),
        (networks, "__call__", "networks"),
        (judge, "labels", "judging"),
        (judge, "verdicts", "judging"),
    ):
        setattr(place, function, watched(name, getattr(place, function)))
    read = watched("segmentation", html.read)
    judged = watched("the rest, page building among it", cleaner._pages)
    waiting: list[Document] = []
    for path in paths:
        text = watched("decoding", decode)(unpacked(path))
        if watched("detection", looks_like_html)(text):
            found = read(text)
            waiting.append(Document(found.lines, found.og_title or found.title, markup=True))
        if sum(len(document.lines) for document in waiting) > 4000 or path is paths[-1]:
            watched("the rest, page building among it", list)(judged(waiting))
            waiting = []
    return dict(seconds)


def main() -> None:
    """Print what came of it."""
    words = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    words.add_argument("name", choices=[OURS, *PEERS])
    words.add_argument("--model", type=Path)
    options = words.parse_args()
    asked = json.load(sys.stdin)
    paths = [Path(path) for _, path in asked]
    if options.name == OURS:
        texts, cost = ours(paths, options.model)
    else:
        texts, cost = peers(PEERS[options.name][1](), paths)
    cost |= {"pages": len(paths), "memory": peak()}
    spent = stages(paths, options.model) if options.name == OURS else {}
    print(json.dumps(cost | {"stages": spent}))
    for (name, _), text in zip(asked, texts, strict=True):
        print(json.dumps({"id": name, "text": text}))


if __name__ == "__main__":
    main()
