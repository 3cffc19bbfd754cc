"""Labelled lines of scraped pages, made from a clone of WCXB, and scores of labels given to them.

    python -m benchmarks.lines build WCXB -o lines.jsonl.gz [--sentences FOLDER]
    python -m benchmarks.lines score lines.jsonl.gz LABELS.jsonl

``build`` writes each development page as up to three of nine scrapers would have left it, a label
for every line, foreign lines put into half of them. Page, scraper, spam and labels depend on the
page's id alone, so that everybody builds the same lines: their digest is printed. ``score`` reads
labels as ``{"id": ..., "labels": ["article", "junk", ...]}``, one page a line, and prints a table.
What the numbers mean is told in ``docs/text-benchmark.md``.
"""

from __future__ import annotations

import argparse
import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from cleaner.language import langdetect_profiles
from cleaner.page import Label
from cleaner.training.__main__ import UNSEEN
from cleaner.training.corpus import folds
from cleaner.training.evaluate import Labels, keep_everything, table, tallies
from cleaner.training.foreign import Foreigner
from cleaner.training.gather import gather
from cleaner.training.learn import digest
from cleaner.training.phrasebook import Phrasebook
from cleaner.training.samples import Sample, read_samples, write_samples

FOLDS = 5
"""Pages are divided by a hash of their site."""

TEST = 0
"""The fold to score on. A method that learns may learn from the four others."""


def built(data: Path, kept: Path, sentences: Path) -> Iterator[Sample]:
    """The labelled lines of WCXB, which lies in ``data / "wcxb"``; ``kept`` is for what it takes
    long to make.
    """
    foreigner = Foreigner(Phrasebook(sentences), langdetect_profiles(), UNSEEN)
    return map(foreigner.visit, gather(data, kept, ["wcxb"]))


def held_out(samples: Sequence[Sample], count: int = 0) -> list[Sample]:
    """The pages of the fold to score on, or ``count`` of them, evenly drawn."""
    fold = folds([sample.site for sample in samples], FOLDS)
    found = [sample for sample, number in zip(samples, fold, strict=True) if number == TEST]
    step = max(1, len(found) // count) if count else 1
    return found[::step][: count or None]


def learnable(samples: Sequence[Sample]) -> list[Sample]:
    """The pages of the other folds."""
    fold = folds([sample.site for sample in samples], FOLDS)
    return [sample for sample, number in zip(samples, fold, strict=True) if number != TEST]


def read_labels(path: Path) -> dict[str, Labels]:
    """Labels by page, from JSON lines."""
    found: dict[str, Labels] = {}
    with path.open(encoding="utf-8") as stream:
        for row in map(json.loads, stream):
            found[row["id"]] = tuple(map(Label, row["labels"]))
    return found


def scored(samples: Sequence[Sample], labels: Mapping[str, Labels]) -> str:
    """A Markdown table of scores: in all, by page type and by scraper."""
    judged = [(sample, labels[sample.id]) for sample in samples]
    nothing = tallies((sample, keep_everything(sample)) for sample in samples)["all"]
    parts = [table({"these labels": tallies(judged)["all"], "doing nothing": nothing})]
    parts.append(table(tallies(judged, lambda sample: sample.kind), "page type"))
    parts.append(table(tallies(judged, lambda sample: sample.rendering), "scraper"))
    return "\n\n".join(parts)


def main() -> None:
    """Build, or score."""
    words = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    verbs = words.add_subparsers(required=True)
    build = verbs.add_parser("build", help="make the lines")
    build.add_argument("wcxb", type=Path, help="a clone of WCXB: the folder that holds dev/")
    build.add_argument("-o", "--output", type=Path, required=True)
    build.add_argument("--sentences", type=Path, default=Path("no sentences"))
    build.add_argument("--keep", type=Path, help="folder for rendered pages")
    build.set_defaults(run=_build)
    score = verbs.add_parser("score", help="score labels given to the test pages")
    score.add_argument("lines", type=Path)
    score.add_argument("labels", type=Path)
    score.set_defaults(run=_score)
    options = words.parse_args()
    options.run(options)


def _build(options: argparse.Namespace) -> None:
    logging.disable()
    with TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        data.mkdir()
        (data / "wcxb").symlink_to(options.wcxb.resolve())
        samples = list(built(data, options.keep or Path(folder), options.sentences))
    write_samples(options.output, samples)
    lines = sum(len(sample.lines) for sample in samples)
    print(f"{options.output}: {len(samples):,} pages, {lines:,} lines, digest {digest(samples)}")
    print(f"of these {len(held_out(samples)):,} pages to score on")


def _score(options: argparse.Namespace) -> None:
    labels = read_labels(options.labels)
    samples = [x for x in held_out(list(read_samples(options.lines))) if x.id in labels]
    print(scored(samples, labels))


if __name__ == "__main__":
    main()
