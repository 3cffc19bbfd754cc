"""Extractors of article text from HTML, side by side: quality, speed, memory.

    python -m benchmarks.html FOLDER -o RESULTS [--held-out TEXTS.jsonl] [--kept FOLDER]
    python -m benchmarks.html FOLDER -o RESULTS --model DIRECTORY --unseen SITES.json

``FOLDER`` has one of the layouts that ``benchmarks/webpages.py`` reads. Every installed extractor
runs in a process of its own, one after another, on the same pages. Written are ``RESULTS.md``, a
plot ``RESULTS.svg`` where matplotlib is installed, and ``RESULTS.jsonl`` with the F1 of each page.

This project's model has been taught these collections, so its own scores on them flatter it. Scores
to believe are of texts that were made out of fold (``--held-out``: JSON lines of ``id`` and
``text``; the time is that of the model that comes along), or of a model on sites that it has not
seen (``--unseen``: a JSON list of registered domains, the only pages that are looked at then).
``--kept`` keeps what the others answered, so that a new model needs only its own run: a folder for
each collection.

Scores are WCXB's own: F1 over bags of lower-case words, averaged over pages; nothing found where
nothing is right scores 1. Where a collection names segments, it is the share of them that is kept.
Errors are standard errors of the mean, those of differences paired by page. Times are CPU seconds
on one core, from the page as a scraper saved it for this project, from decoded text for the others,
which are spared that step. Memory is the peak of the whole process, imports and results included.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from benchmarks.extractors import OURS, PACKAGES, PEERS, installed
from benchmarks.report import Point, conditions, draw
from benchmarks.webpages import Page, of_sites, pages, plain, score, spread

ROOT = Path(__file__).resolve().parents[1]
OUT_OF_FOLD, IN_FOLD = "cleaner, out of fold", "cleaner, in fold"
KINDS = ("article", "documentation", "service", "forum", "product", "collection", "listing")

# -- all of them ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Result:
    """What came of one extractor."""

    name: str
    texts: Mapping[str, str]
    """By page; more than are scored, where they were kept from a larger run."""

    cost: Mapping[str, Any]

    @cached_property
    def plain(self) -> dict[str, str]:
        """The texts as segments are looked for in them."""
        return {identity: plain(text) for identity, text in self.texts.items()}

    def scores(self, chosen: Sequence[Page]) -> list[tuple[float, float, float]]:
        """Precision, recall and F1 of each page."""
        return [_score(self.texts[page.id], page.gold) for page in chosen]

    def f1(self, chosen: Sequence[Page]) -> list[float]:
        """F1 of each page."""
        return [f1 for _, _, f1 in self.scores(chosen)]


_score = lru_cache(maxsize=None)(score)


def measured(
    name: str, chosen: Sequence[Page], kept: Path | None = None, model: Path | None = None
) -> Result:
    """What an extractor says in a process of its own, or said of these pages before."""
    path = kept / f"{name}.jsonl" if kept and name != OURS else None
    if path and path.is_file():
        before = _result(name, path.read_text("utf-8"))
        if all(page.id in before.texts for page in chosen):
            return before
    command = [sys.executable, "-m", "benchmarks.alone", name]
    command += ["--model", str(model.resolve())] if model else []
    one = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1")
    said = subprocess.run(
        command,
        input=json.dumps([(page.id, str(page.path.resolve())) for page in chosen]),
        stdout=subprocess.PIPE,
        env={**os.environ, **one},
        cwd=ROOT,
        check=True,
        text=True,
        encoding="utf-8",
    ).stdout
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(said, "utf-8")
    return _result(name, said)


def _result(name: str, said: str) -> Result:
    cost, *texts = map(json.loads, said.splitlines())
    return Result(name, {row["id"]: row["text"] for row in texts}, cost)


def read_texts(path: Path) -> dict[str, str]:
    """Texts that were made elsewhere, by page: JSON lines of ``id`` and ``text``."""
    with path.open(encoding="utf-8") as rows:
        return {row["id"]: row["text"] for row in map(json.loads, rows)}


# -- what is written -----------------------------------------------------------------------------


def table(results: Sequence[Result], chosen: Sequence[Page]) -> Iterator[str]:
    """Quality, speed and memory of each extractor, and its distance to this project."""
    best = results[0].f1(chosen)
    yield f"| | P | R | F1 | behind {results[0].name} | {COST} |"
    yield "|:-|-:|-:|-:|-:|-:|-:|-:|"
    for result in results:
        precision, recall, f1 = (list(x) for x in zip(*result.scores(chosen), strict=True))
        behind = [ours - theirs for ours, theirs in zip(best, f1, strict=True)]
        distance = f"{fmean(behind):+.3f} ± {error(behind):.3f}" if any(behind) else ""
        yield (
            f"| {result.name} | {fmean(precision):.3f} | {fmean(recall):.3f} "
            f"| {fmean(f1):.3f} ± {error(f1):.3f} | {distance} | {costs(result)} |"
        )


COST = "pages / CPU s | slowest page, s | peak MB"


def costs(result: Result) -> str:
    """The cells below ``COST``."""
    pace = result.cost["pages"] / result.cost["seconds"]
    return f"{pace:.0f} | {result.cost['slowest']:.2f} | {result.cost['memory']:.0f}"


def table_by_kind(results: Sequence[Result], chosen: Sequence[Page]) -> Iterator[str]:
    """F1 of each extractor by type of page."""
    groups = {kind: [page for page in chosen if page.kind == kind] for kind in KINDS}
    groups |= {"other": [page for page in chosen if page.kind not in KINDS]}
    groups = {kind: members for kind, members in groups.items() if members}
    heads = (f"{kind} ({len(members)})" for kind, members in groups.items())
    yield f"| F1 | {' | '.join(heads)} |"
    yield f"|:-{'|-:' * len(groups)}|"
    for result in results:
        cells = (f"{fmean(result.f1(members)):.3f}" for members in groups.values())
        yield f"| {result.name} | {' | '.join(cells)} |"


SEGMENTS = {"wanted": "`with`", "unwanted": "`without`", "comments": "comments"}


def table_of_segments(results: Sequence[Result], chosen: Sequence[Page]) -> Iterator[str]:
    """The share of segments of each kind that an extractor keeps: much is wanted of the first."""
    counts = (
        f"{name} ({sum(len(getattr(page.segments, key)) for page in chosen):,})"
        for key, name in SEGMENTS.items()
    )
    yield f"| % kept | {' | '.join(counts)} | {COST} |"
    yield "|:-|-:|-:|-:|-:|-:|-:|"
    for result in results:
        cells = (f"{share(result, key, chosen):.1f}" for key in SEGMENTS)
        yield f"| {result.name} | {' | '.join(cells)} | {costs(result)} |"


FEW = 10
"""Pages below which a language is not worth a column."""


def table_by_language(results: Sequence[Result], chosen: Sequence[Page]) -> Iterator[str]:
    """The same by language of the wanted segments: those that must be kept, those that must not."""
    groups: dict[str, list[Page]] = defaultdict(list)
    for page in chosen:
        groups[page.kind].append(page)
    large = sorted((x for x in groups if len(groups[x]) >= FEW), key=lambda x: -len(groups[x]))
    rest = [page for name, members in groups.items() if name not in large for page in members]
    columns = {name: groups[name] for name in large} | ({"others": rest} if rest else {})
    heads = (f"{name} ({len(members)})" for name, members in columns.items())
    yield f"| % kept: `with`, `without` | {' | '.join(heads)} |"
    yield f"|:-{'|-:' * len(columns)}|"
    for result in results:
        cells = (
            f"{share(result, 'wanted', members):.1f}, {share(result, 'unwanted', members):.1f}"
            for members in columns.values()
        )
        yield f"| {result.name} | {' | '.join(cells)} |"


def share(result: Result, key: str, chosen: Sequence[Page]) -> float:
    """How many segments of a kind are kept, in percent."""
    found = [
        segment in result.plain[page.id]
        for page in chosen
        for segment in getattr(page.segments, key)
    ]
    return 100 * fmean(found) if found else math.nan


def table_of_stages(result: Result) -> Iterator[str]:
    """Where this project's time goes."""
    yield "| stage | CPU ms / page |"
    yield "|:-|-:|"
    for name, seconds in sorted(result.cost["stages"].items(), key=lambda item: -item[1]):
        yield f"| {name} | {1000 * seconds / result.cost['pages']:.2f} |"


def error(values: Sequence[float]) -> float:
    """The standard error of a mean."""
    return stdev(values) / math.sqrt(len(values)) if len(values) > 1 else math.nan


def report(results: Sequence[Result], chosen: Sequence[Page], heading: str) -> str:
    """The tables, with what one must know to read them."""
    modules = sorted({PEERS[x.name][0] for x in results if x.name in PEERS})
    absent = sorted(set(PEERS) - {x.name for x in results})
    told = f"{heading} {conditions(PACKAGES.get(name, name) for name in modules)}"
    told += f" Not installed or not asked for: {', '.join(absent)}." if absent else ""
    parts: list[Iterable[str]] = [[told]]
    if chosen[0].segments:
        parts += [table_of_segments(results, chosen), table_by_language(results, chosen)]
    else:
        parts += [table(results, chosen), table_by_kind(results, chosen)]
    parts += [table_of_stages(x) for x in results if x.cost["stages"]]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def plot(results: Sequence[Result], chosen: Sequence[Page], path: Path) -> None:
    """Quality against speed."""
    points = []
    for result in results:
        f1 = result.f1(chosen)
        pace = result.cost["pages"] / result.cost["seconds"]
        points.append(Point(result.name, pace, fmean(f1), error(f1), result.name.startswith(OURS)))
    draw(points, path, "pages per CPU second", "word-F1")


def main() -> None:
    """Run what the command line asks for."""
    options = parser().parse_args()
    chosen = list(pages(options.folder))
    there = len(chosen)
    own, texts = IN_FOLD, {}
    if options.unseen:
        own, chosen = OUT_OF_FOLD, of_sites(chosen, options.unseen)
    if options.held_out:
        texts = read_texts(options.held_out)
        own, chosen = OUT_OF_FOLD, [page for page in chosen if page.id in texts]
    chosen = spread(chosen, options.limit)
    if not chosen:
        sys.exit(f"{options.folder}: no pages in a layout that is known, or none to look at")
    results = []
    for name in (OURS, *options.extractors):
        found = measured(name, chosen, options.kept, options.model)
        if name == OURS:
            found = replace(found, name=own, texts=texts or found.texts)
        results.append(found)
        print(found.name, file=sys.stderr)
    written = report(
        results, chosen, f"{len(chosen):,} of {there:,} pages of {options.folder.name}."
    )
    options.output.with_suffix(".md").write_text(written, "utf-8")
    if not chosen[0].segments:
        scores = {result.name: result.f1(chosen) for result in results}
        rows = (
            {"id": page.id, **{name: f1[number] for name, f1 in scores.items()}}
            for number, page in enumerate(chosen)
        )
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        options.output.with_suffix(".jsonl").write_text(lines, "utf-8")
        plot(results, chosen, options.output.with_suffix(".svg"))
    print(written)


def parser() -> argparse.ArgumentParser:
    """The words of the command."""
    words = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    words.add_argument("folder", type=Path)
    words.add_argument("-o", "--output", type=Path, default=Path("html"), help="without a suffix")
    words.add_argument("--held-out", type=Path, help="JSON lines of id and text, out of fold")
    words.add_argument("--model", type=Path, help="another model than the one that comes along")
    words.add_argument("--unseen", type=Path, help="JSON list of sites the model has not seen")
    words.add_argument("--kept", type=Path, help="folder for the answers of the others")
    words.add_argument("--limit", type=int, help="only so many pages, evenly spread")
    words.add_argument("--extractors", nargs="*", default=installed(), choices=list(PEERS))
    return words


if __name__ == "__main__":
    main()
