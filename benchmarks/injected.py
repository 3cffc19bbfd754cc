"""Foreign spam put into web pages: how much of it stays, and what the article loses by it.

    python -m benchmarks.injected FOLDER -o RESULTS --model DIRECTORY --unseen SITES.json

``FOLDER`` has a layout with gold texts that ``benchmarks/webpages.py`` reads. Into every English
page of the sites listed, which the model must not have seen, goes a block of spam written for this
project, in one foreign language: hidden at the beginning, as a farm of links or as paragraphs
behind a paragraph in the middle, or as a footer. Half of it is in languages whose spam is kept out
of training. Written is ``RESULTS.md``.
"""

from __future__ import annotations

import argparse
import html
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from benchmarks.alone import text_of, unpacked
from benchmarks.extractors import Extractor, resiliparse, trafilatura
from benchmarks.report import conditions
from benchmarks.webpages import Page, bag, of_sites, pages, plain, score, spread
from cleaner import Cleaner
from cleaner.decode import decode
from cleaner.training.__main__ import UNSEEN
from cleaner.training.phrasebook import Phrasebook, fill

KNOWN = ("ar", "de", "es", "fr", "id", "ja", "pl", "ru", "tr", "zh-cn")
NEW = tuple(sorted(UNSEEN))

SHORTEST = 8
"""Characters of a text that does not stand in a page by chance."""

MUCH = 0.2
"""Share of its article words that is a fifth."""


# -- blocks of spam ------------------------------------------------------------------------------


def hidden(texts: Sequence[str], chance: random.Random) -> str:
    """A block that browsers do not show, as search engines are to read it."""
    style = chance.choice(("display:none", "position:absolute;left:-9999px", "font-size:0"))
    return f'<div style="{style}">{"".join(f"<p>{x}</p>" for x in texts)}</div>'


def link_farm(texts: Sequence[str], chance: random.Random) -> str:
    """Links on one another's heels, as a list or not."""
    links = [f'<a href="https://{n}.example/">{x}</a>' for n, x in enumerate(texts)]
    if chance.random() < 0.5:
        return f"<ul>{''.join(f'<li>{x}</li>' for x in links)}</ul>"
    return f"<div>{'<br>'.join(links)}</div>"


def paragraphs(texts: Sequence[str], _: random.Random) -> str:
    """Paragraphs like those around them."""
    return "".join(f"<p>{x}</p>" for x in texts)


def footer(texts: Sequence[str], chance: random.Random) -> str:
    """A footer of another site."""
    tag = chance.choice(("footer", "div"))
    return f"<{tag}>{''.join(f'<div>{x}</div>' for x in texts)}</{tag}>"


@dataclass(frozen=True)
class Kind:
    """A kind of block: its elements, the topics it is about, and where it goes."""

    elements: Callable[[Sequence[str], random.Random], str]
    topics: tuple[str, ...]
    place: Callable[[str], int]
    pieces: tuple[int, int] = (5, 20)


def beginning(page: str) -> int:
    """Behind the opening of the body."""
    found = re.search(r"<body[^>]*>", page, re.IGNORECASE)
    return found.end() if found else 0


def middle(page: str) -> int:
    """Behind the middle paragraph, or where there is none, at the end."""
    ends = [found.end() for found in re.finditer("</p>", page, re.IGNORECASE)]
    return ends[len(ends) // 2] if ends else end(page)


def end(page: str) -> int:
    """Before the end of the body."""
    place = page.lower().rfind("</body>")
    return place if place >= 0 else len(page)


KINDS: Mapping[str, Kind] = {
    "hidden block": Kind(hidden, ("teaser", "seo", "shop", "teaser_title"), beginning),
    "link farm": Kind(link_farm, ("betting", "pharmacy", "loan", "shop", "essay"), middle),
    "paragraphs": Kind(paragraphs, ("teaser",), middle, (1, 5)),
    "footer": Kind(footer, ("contact", "navigation", "ad", "paywall", "teaser"), end),
}


def texts(kind: Kind, language: str, book: Phrasebook, chance: random.Random) -> list[str]:
    """Different pieces of spam for a block."""
    written = [x for topic in kind.topics for x in book.spam[language].get(topic, ())]
    drawn = chance.sample(written, min(len(written), chance.randint(*kind.pieces)))
    found = (plain(fill(x, language, chance)) for x in drawn)
    return [x for x in found if len(x) >= SHORTEST]


# -- what extractors make of it ------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """A page with spam in it."""

    page: Page
    kind: str
    language: str
    source: str
    spam: Sequence[str]


def cases(chosen: Sequence[Page], sources: Mapping[str, str]) -> Iterator[Case]:
    """Every page with every kind of block, always the same ones."""
    book = Phrasebook(Path())
    for page in chosen:
        source = sources[page.id]
        for name, kind in KINDS.items():
            chance = random.Random(f"{page.id}/{name}")
            language = chance.choice(chance.choice((KNOWN, NEW)))
            said = texts(kind, language, book, chance)
            block = kind.elements([html.escape(x) for x in said], chance)
            at = kind.place(source)
            yield Case(page, name, language, source[:at] + block + source[at:], said)


@dataclass(frozen=True)
class Outcome:
    """What an extractor makes of a page with spam in it."""

    case: Case
    kept: float
    """Share of the pieces of spam that stay."""
    lost: float
    """Share of the article's words found in the page as it was that are gone."""
    before: float
    """F1 of the page as it was."""
    after: float
    """F1 of the page with spam in it."""


def outcome(case: Case, before: str, after: str) -> Outcome:
    """The texts of a page without and with spam, compared."""
    gold = bag(case.page.gold)
    article, remains = bag(before) & gold, bag(after)
    lost = (article - remains).total() / article.total() if article else 0.0
    text = plain(after)
    kept = fmean(piece in text for piece in case.spam) if case.spam else 0.0
    return Outcome(
        case, kept, lost, score(before, case.page.gold)[2], score(after, case.page.gold)[2]
    )


Ways = Mapping[str, Callable[[Sequence[str]], list[str]]]


def one_by_one(extract: Extractor) -> Callable[[Sequence[str]], list[str]]:
    """An extractor for many pages."""
    return lambda sources: [text_of(extract, source) for source in sources]


def ways(model: Path | None) -> Ways:
    """This project, and two others for comparison."""
    cleaner = Cleaner(model=model)
    return {
        "cleaner, out of fold": lambda sources: [x.text for x in cleaner.clean_many(sources)],
        "trafilatura, no comments": one_by_one(trafilatura(include_comments=False)),
        "resiliparse": one_by_one(resiliparse()),
    }


def outcomes(
    chosen: Sequence[Page], extract: Callable[[Sequence[str]], list[str]]
) -> list[Outcome]:
    """What one extractor makes of all pages with all kinds of spam."""
    sources = {page.id: decode(unpacked(page.path)) for page in chosen}
    before = dict(zip(sources, extract(list(sources.values())), strict=True))
    spoilt = list(cases(chosen, sources))
    after = extract([case.source for case in spoilt])
    return [
        outcome(case, before[case.page.id], text) for case, text in zip(spoilt, after, strict=True)
    ]


def table(name: str, found: Sequence[Outcome]) -> Iterator[str]:
    """The rows of one extractor: by kind of block, by whether such spam is in training."""
    groups = {kind: [x for x in found if x.case.kind == kind] for kind in KINDS}
    groups["all, spam of its language in training"] = [x for x in found if x.case.language in KNOWN]
    groups["all, none of it"] = [x for x in found if x.case.language in NEW]
    for group, members in groups.items():
        if members:
            yield f"| {name}; {group} | {len(members):,} | {' | '.join(cells(members))} |"


def cells(found: Sequence[Outcome]) -> Iterator[str]:
    """The means of a row."""
    yield f"{fmean(x.kept for x in found):.1%}"
    yield f"{fmean(x.lost for x in found):.1%}"
    yield f"{fmean(x.lost > MUCH for x in found):.1%}"
    yield f"{fmean(x.before for x in found):.3f}"
    yield f"{fmean(x.after for x in found):.3f}"


def main() -> None:
    """Measure, print and write."""
    words = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    words.add_argument("folder", type=Path)
    words.add_argument("-o", "--output", type=Path, default=Path("injected"))
    words.add_argument("--model", type=Path, help="one that has not seen the sites")
    words.add_argument("--unseen", type=Path, required=True, help="JSON list of sites")
    words.add_argument("--limit", type=int, help="only so many pages, evenly spread")
    options = words.parse_args()
    unseen = of_sites(pages(options.folder), options.unseen)
    chosen = spread([page for page in unseen if page.gold], options.limit)
    rows = [
        "| | pages | spam kept | article words lost | pages that lose a fifth | F1 without spam "
        "| F1 with spam |",
        "|:-|-:|-:|-:|-:|-:|-:|",
    ]
    for name, extract in ways(options.model).items():
        rows += table(name, outcomes(chosen, extract))
    machine = conditions(["resiliparse", "trafilatura"])
    heading = f"{len(chosen):,} pages of {options.folder.name}, out of fold. {machine}"
    report = "\n".join([heading, "", *rows, ""])
    options.output.with_suffix(".md").write_text(report, "utf-8")
    print(report)


if __name__ == "__main__":
    main()
