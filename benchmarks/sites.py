"""What a site memory buys, on pages that share a host in two public collections.

    python benchmarks/sites.py DATA [--kept FOLDER] [--model DIRECTORY]

DATA holds the folders ``wcxb`` and ``trafilatura-eval``. Every page of a host with several is
rendered as nine scrapers would write it, the lines of each host and rendering are counted, and each
page is cleaned without and with that memory. The shipped model has seen these pages in training, so
it errs less on them, and less is left to mend, than on pages of sites that are new to it; a model
that was trained without them may be named. Takes some six minutes of CPU; ``--kept`` is a folder
where what was read is kept for the next time.
"""

from __future__ import annotations

import argparse
import json
import logging
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from cleaner import Cleaner, Label
from cleaner.sites import SiteCount, host
from cleaner.training.gather import pages
from cleaner.training.renderings import ALL, renderings
from cleaner.training.samples import Sample

COLLECTIONS = ("wcxb", "trafilatura-eval")


@dataclass
class Row:
    """Counts of labelled lines."""

    counts: Counter[str] = field(default_factory=Counter)
    hosts: set[str] = field(default_factory=set)
    pages: set[str] = field(default_factory=set)

    def add(self, sample: Sample, before: np.ndarray, after: np.ndarray) -> None:
        """Count one page that was cleaned without and with the memory; whether lines were kept."""
        sure = np.array(sample.weights) > 0
        article = sure & (np.array(sample.labels) == Label.ARTICLE)
        junk = sure & ~article
        places = np.flatnonzero(article)
        inside = np.zeros(len(article), np.bool_)
        if len(places):
            inside[places[0] : places[-1]] = True
        self.counts["article"] += int(article.sum())
        self.counts["junk"] += int(junk.sum())
        self.counts["lost by it"] += int((article & before & ~after).sum())
        for name, kept in (("before", before), ("after", after)):
            self.counts[f"junk {name}"] += int((junk & kept).sum())
            self.counts[f"inside {name}"] += int((junk & inside & kept).sum())
            self.counts[f"article {name}"] += int((article & kept).sum())

    def f1(self, name: str) -> float:
        """F1 of article lines."""
        hits = self.counts[f"article {name}"]
        return 2 * hits / max(hits + self.counts[f"junk {name}"] + self.counts["article"], 1)

    def __str__(self) -> str:
        count = self.counts
        return (
            f"{len(self.hosts)} | {len(self.pages)} | {count['junk'] + count['article']:,} "
            f"| {count['inside before']:,} → {count['inside after']:,} "
            f"| {count['junk before']:,} → {count['junk after']:,} "
            f"| {count['article']:,} | {count['lost by it']:,} "
            f"| {self.f1('before'):.4f} → {self.f1('after'):.4f} |"
        )


def addresses(data: Path) -> dict[str, str]:
    """Where each page is from, by its id."""
    found = {}
    for path in (data / "wcxb" / "dev" / "ground-truth").glob("*.json"):
        found[f"wcxb/{path.stem}"] = json.loads(path.read_text("utf-8")).get("url") or ""
    entries = json.loads((data / "trafilatura-eval" / "evaldata.json").read_text("utf-8"))
    return found | {f"trafilatura-eval/{x['file']}": url for url, x in entries.items()}


def shared(data: Path, kept: Path) -> Iterator[tuple[str, Sample]]:
    """The renderings of all pages of hosts with several, each with its host."""
    address = addresses(data)
    by_host = defaultdict(list)
    for name in COLLECTIONS:
        for page in pages(name, data, kept):
            by_host[host(address.get(page.id, "")) or page.site].append(page)
    for site, found in by_host.items():
        if len(found) > 1:
            for page in found:
                yield from ((site, sample) for sample in renderings(page, ALL))


def counted(samples: Sequence[tuple[str, Sample]]) -> SiteCount:
    """The lines of each host in each rendering."""
    count = SiteCount()
    for site, sample in samples:
        count.add(f"{site} {sample.rendering}", [line.text for line in sample.lines])
    return count


def table(samples: Sequence[tuple[str, Sample]], model: Path | None) -> Iterator[str]:
    """The table, as Markdown."""
    plain = Cleaner(model=model)
    remembering = Cleaner(model=model, sites=counted(samples).memory())
    rows: dict[str, Row] = defaultdict(Row)
    for site, sample in samples:
        kept = [
            np.array([x.label is Label.ARTICLE for x in cleaner.clean_lines(*words).verdicts])
            for cleaner, words in (
                (plain, (sample.lines,)),
                (remembering, (sample.lines, f"{site} {sample.rendering}")),
            )
        ]
        collection = sample.id.partition("/")[0]
        kinds = ["all pages"] + ["article pages"] * (sample.kind == "article")
        for name in (f"{x}, {kind}" for x in (collection, "both") for kind in kinds):
            rows[name].add(sample, *kept)
            rows[name].hosts.add(site)
            rows[name].pages.add(sample.id.partition(":")[0])
    yield (
        "| | hosts | pages | lines | junk kept inside articles | junk kept | article lines "
        "| lost by it | article F1 |"
    )
    yield "|:-|-:|-:|-:|-:|-:|-:|-:|-:|"
    for name, row in sorted(rows.items()):
        yield f"| {name} | {row}"


def main() -> None:
    """Print the table."""
    words = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    words.add_argument("data", type=Path)
    words.add_argument("--kept", type=Path)
    words.add_argument("--model", type=Path)
    options = words.parse_args()
    logging.disable()
    with TemporaryDirectory() as folder:
        samples = list(shared(options.data, options.kept or Path(folder)))
    print(*table(samples, options.model), sep="\n")


if __name__ == "__main__":
    main()
