"""How much a few corrected pages of a site better its other pages.

Sites are the domains of WCXB's development pages that have ``LEAST`` pages or more, each page as
BeautifulSoup's ``get_text`` leaves it. Of every site some pages are corrected (their labels are
learnt), and the others are judged by the model before and after. ``other sites`` is what the
retrained model does to a page of each other site.

The shipped model has seen these pages, so by default one is fitted first that has not: on one
rendering of each page of all other domains, in some two minutes, kept under ``--keep``::

    python benchmarks/retrain.py ../data --keep .training
"""

from __future__ import annotations

import argparse
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from cleaner import Cleaner
from cleaner.training.adapt import adapted, with_model
from cleaner.training.compare import page_f1
from cleaner.training.fit import Recipe
from cleaner.training.gather import gather, pages
from cleaner.training.groundwork import Groundwork
from cleaner.training.learn import model_from
from cleaner.training.renderings import renderings
from cleaner.training.retrain import labels_of
from cleaner.training.samples import Sample

COLLECTION, RENDERING = "wcxb", "soup"
LEAST = 4
"""Pages of a site, so that two are left to measure on where two are corrected."""

LEFT = 2
CORRECTED = (1, 2, 5, 10, 20)
DRAWS = 2
"""Times that the corrected pages of a site are drawn."""

LONGEST = 1500
"""Lines of the longest page."""

NOTABLE = 0.005

Sites = Mapping[str, Sequence[Sample]]


@dataclass
class Row:
    """What so many corrected pages did; one entry for each draw of each site."""

    sites: set[str] = field(default_factory=set)
    before: list[float] = field(default_factory=list)
    after: list[float] = field(default_factory=list)
    others: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        """The row of the table, without its first cell."""
        gains = np.subtract(self.after, self.before)
        return (
            f"{len(self.sites)} | {len(gains)} | {np.mean(self.before):.4f} "
            f"| {np.mean(self.after):.4f} | {gains.mean():+.4f} | {(gains > NOTABLE).sum()} "
            f"| {(gains < -NOTABLE).sum()} | {np.mean(self.others):+.4f}"
        )


def main() -> None:
    """Print the learning curve."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("data", type=Path, help="folder that holds the public collections")
    parser.add_argument("--keep", type=Path, default=Path(".training"), help="rendered pages")
    parser.add_argument("--model", type=Path, help="default: one fitted without these sites")
    options = parser.parse_args()
    sites = held_out(options.data, options.keep)
    model = options.model or options.keep / "without-sites"
    if not options.model and not model.exists():
        fit_without(set(sites), options.data, options.keep, model)
    print(
        "| corrected pages | sites | draws | word-F1 before | after | gain | better | worse ",
        end="",
    )
    print("| other sites |\n|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    for corrected in CORRECTED:
        if row := curve(Cleaner(model=model), sites, corrected):
            print(f"| {corrected} | {row} |", flush=True)


def held_out(data: Path, keep: Path) -> Sites:
    """The pages of every site that has enough of them."""
    found = defaultdict(list)
    for page in pages(COLLECTION, data, keep):
        found[page.site].append(page)
    rendered = {
        site: [sample for page in group for sample in renderings(page, (RENDERING,))]
        for site, group in found.items()
        if len(group) >= LEAST
    }
    short = {
        site: [sample for sample in group if len(sample.lines) <= LONGEST]
        for site, group in rendered.items()
    }
    return {site: group for site, group in short.items() if len(group) >= LEAST}


def fit_without(sites: set[str], data: Path, keep: Path, model: Path) -> None:
    """Write a small model that has learnt from other sites only."""
    groups = defaultdict(list)
    for sample in gather(data, keep):
        if sample.site not in sites and len(sample.lines) <= LONGEST:
            groups[sample.id.rpartition(":")[0]].append(sample)
    rng = random.Random(0)
    samples = [rng.choice(group) for group in groups.values()]
    recipe = Recipe(folds=3, members=1, rows=250_000)
    model_from(samples, Groundwork.of(Cleaner()), recipe).model.save(model)


def curve(cleaner: Cleaner, sites: Sites, corrected: int) -> Row | None:
    """What so many corrected pages do for every site that has enough; ``None`` if none has."""
    row = Row()
    for site, group in sites.items():
        if len(group) < corrected + LEFT:
            continue
        row.sites.add(site)
        others = [other[0] for name, other in sites.items() if name != site]
        for draw in range(DRAWS):
            order = random.Random(draw).sample(group, k=len(group))
            taught = with_model(cleaner, adapted(cleaner, order[:corrected]))
            row.before.append(mean_f1(cleaner, order[corrected:]))
            row.after.append(mean_f1(taught, order[corrected:]))
            if draw == 0:
                row.others.append(mean_f1(taught, others) - mean_f1(cleaner, others))
    return row if row.sites else None


def mean_f1(cleaner: Cleaner, samples: Sequence[Sample]) -> float:
    """The mean word-F1 of pages."""
    return float(np.mean([page_f1(sample, labels_of(cleaner, sample)) for sample in samples]))


if __name__ == "__main__":
    main()
