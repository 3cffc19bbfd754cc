"""What cleaning buys on text that an extractor has already taken out of its page.

    python -m benchmarks.extracted FOLDER -o RESULTS --model DIRECTORY --unseen SITES.json

``FOLDER`` has a layout with gold texts that ``benchmarks/webpages.py`` reads. Pages of the sites
listed, which the model must not have seen, go through extractors; what these say is scored as it
is, and as this project leaves it, by the F1 over bags of words. Written is ``RESULTS.md``.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import fmean

from benchmarks.alone import text_of, unpacked
from benchmarks.extractors import Extractor, resiliparse, trafilatura
from benchmarks.html import KINDS, error
from benchmarks.report import conditions
from benchmarks.webpages import Page, of_sites, pages, score
from cleaner import Cleaner, Settings
from cleaner.decode import decode

EXTRACTORS: Mapping[str, partial[Extractor]] = {
    "trafilatura": partial(trafilatura),
    "trafilatura, recall": partial(trafilatura, favor_recall=True),
    "resiliparse": partial(resiliparse),
}

SETTINGS: Mapping[str, Settings] = {
    "balance": Settings(),
    "recall": Settings(favor="recall"),
    "balance, trim": Settings(mode="trim"),
    "recall, trim": Settings(favor="recall", mode="trim"),
    "recall, trim, most_removed": Settings(favor="recall", mode="trim", most_removed=0.4),
}


@dataclass(frozen=True)
class Outcome:
    """F1 of each page's text as an extractor left it, and as it is when cleaned."""

    extractor: str
    setting: str
    alone: Sequence[float]
    cleaned: Sequence[float]

    @property
    def gains(self) -> list[float]:
        """What each page gains."""
        return [after - before for before, after in zip(self.alone, self.cleaned, strict=True)]


def outcomes(chosen: Sequence[Page], model: Path | None) -> Iterator[Outcome]:
    """Every setting on what every extractor says."""
    cleaners = {name: Cleaner(settings, model) for name, settings in SETTINGS.items()}
    for extractor, make in EXTRACTORS.items():
        extract = make()
        texts = [text_of(extract, decode(unpacked(page.path))) for page in chosen]
        alone = scored(texts, chosen)
        for setting, cleaner in cleaners.items():
            cleaned = [page.text for page in cleaner.clean_many(texts)]
            yield Outcome(extractor, setting, alone, scored(cleaned, chosen))


def scored(texts: Sequence[str], chosen: Sequence[Page]) -> list[float]:
    """F1 of each page's text."""
    return [score(text, page.gold)[2] for text, page in zip(texts, chosen, strict=True)]


def table(found: Sequence[Outcome]) -> Iterator[str]:
    """The gain of each setting, and the share of pages that cleaning makes worse or better."""
    yield "| | F1 left alone | F1 cleaned | gain | pages worse | better | by .05 worse | better |"
    yield "|:-|-:|-:|-:|-:|-:|-:|-:|"
    for one in found:
        shares = (share(x < 0 for x in one.gains), share(x > 0 for x in one.gains))
        much = (share(x < -0.05 for x in one.gains), share(x > 0.05 for x in one.gains))
        yield (
            f"| {one.extractor}; {one.setting} | {fmean(one.alone):.4f} | {fmean(one.cleaned):.4f} "
            f"| {fmean(one.gains):+.4f} ± {error(one.gains):.4f} | {' | '.join(shares + much)} |"
        )


def share(true: Iterator[bool]) -> str:
    """The share that is true."""
    return f"{fmean(true):.0%}"


def table_by_kind(found: Sequence[Outcome], chosen: Sequence[Page]) -> Iterator[str]:
    """The gains by type of page."""
    present = [kind for kind in KINDS if any(page.kind == kind for page in chosen)]
    heads = (f"{kind} ({sum(page.kind == kind for page in chosen)})" for kind in present)
    yield f"| gain | {' | '.join(heads)} |"
    yield f"|:-{'|-:' * len(present)}|"
    for one in found:
        cells = []
        for kind in present:
            gains = [x for x, page in zip(one.gains, chosen, strict=True) if page.kind == kind]
            cells.append(f"{fmean(gains):+.4f} ± {error(gains):.4f}")
        yield f"| {one.extractor}; {one.setting} | {' | '.join(cells)} |"


def main() -> None:
    """Measure, print and write."""
    words = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    words.add_argument("folder", type=Path)
    words.add_argument("-o", "--output", type=Path, default=Path("extracted"))
    words.add_argument("--model", type=Path, help="one that has not seen the sites")
    words.add_argument("--unseen", type=Path, required=True, help="JSON list of sites")
    options = words.parse_args()
    chosen = of_sites(pages(options.folder), options.unseen)
    found = list(outcomes(chosen, options.model))
    libraries = ["resiliparse", "trafilatura"]
    told = f"{len(chosen):,} pages of {options.folder.name}, out of fold. {conditions(libraries)}"
    report = "\n".join([told, "", *table(found), "", *table_by_kind(found, chosen), ""])
    options.output.with_suffix(".md").write_text(report, "utf-8")
    print(report)


if __name__ == "__main__":
    main()
