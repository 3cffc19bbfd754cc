"""Extractors of article text from HTML, side by side: quality, speed, memory.

    python -m benchmarks.html FOLDER -o RESULTS

``FOLDER`` holds ``html/ID.html.gz`` (or ``.html``) and the gold texts as WCXB keeps them,
``ground-truth/ID.json``, or as article-extraction-benchmark does, ``ground-truth.json``. Every
installed extractor runs in a process of its own, one after another, on the same pages. Written are
``RESULTS.md``, a plot ``RESULTS.png`` where matplotlib is installed, and ``RESULTS.jsonl`` with the
F1 of each page.

Scores are the benchmark's own: F1 over bags of lower-case words, averaged over pages; nothing
found where nothing is right scores 1. Errors are standard errors of the mean, those of differences
paired by page. Times are CPU seconds on one core, from the page as a scraper saved it for this
project, from decoded text for the others, which are spared that step. Memory is the peak of the
whole process, imports and results included.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.metadata
import importlib.util
import json
import math
import os
import platform
import re
import resource
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
OURS = "cleaner"
HELD_OUT = "cleaner, out of fold"
KINDS = ("article", "documentation", "service", "forum", "product", "collection", "listing")


# -- pages ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Page:
    """A page and the text that an extractor should find in it."""

    id: str
    path: Path
    gold: str
    kind: str

    def read(self) -> bytes:
        """The page as it was saved."""
        source = self.path.read_bytes()
        return gzip.decompress(source) if self.path.suffix == ".gz" else source


def pages(folder: Path) -> Iterator[Page]:
    """All pages of a folder that have a gold text."""
    for identity, (gold, kind) in sorted(_gold(folder).items()):
        for ending in (".html.gz", ".html"):
            path = folder / "html" / f"{identity}{ending}"
            if path.is_file():
                yield Page(identity, path, gold, kind)
                break


def _gold(folder: Path) -> dict[str, tuple[str, str]]:
    single = folder / "ground-truth.json"
    if single.is_file():
        told = json.loads(single.read_text("utf-8"))
        return {key: (value["articleBody"], "article") for key, value in told.items()}
    found = {}
    for path in (folder / "ground-truth").glob("*.json"):
        told = json.loads(path.read_text("utf-8"))
        kind = ((told.get("_internal") or {}).get("page_type") or {}).get("primary", "article")
        gold = told["ground_truth"].get("main_content") or ""
        found[path.stem] = (gold, "collection" if kind == "category" else kind)
    return found


# -- extractors ----------------------------------------------------------------------------------

Extractor = Callable[[str], str | None]


def trafilatura(**options: Any) -> Extractor:
    """trafilatura with some of its options."""
    from trafilatura import extract

    return partial(extract, **options)


def resiliparse() -> Extractor:
    """resiliparse, main content only."""
    from resiliparse.extract.html2text import extract_plain_text

    return partial(extract_plain_text, main_content=True)


def justext() -> Extractor:
    """jusText with its English stop words."""
    import justext as library

    words = library.get_stoplist("English")

    def extract(source: str) -> str:
        found = library.justext(source, words)
        return "\n".join(x.text for x in found if not x.is_boilerplate)

    return extract


def readability() -> Extractor:
    """readability-lxml; its HTML as text."""
    from lxml.html import fromstring
    from readability import Document

    return lambda source: fromstring(Document(source).summary()).text_content()


def newspaper() -> Extractor:
    """newspaper4k."""
    from newspaper import Article

    def extract(source: str) -> str:
        article = Article("https://example.org/")
        article.download(input_html=source)
        article.parse()
        return article.text

    return extract


def rs_trafilatura() -> Extractor:
    """rs-trafilatura."""
    from rs_trafilatura import extract

    return lambda source: extract(source).text


PEERS: Mapping[str, tuple[str, Callable[[], Extractor]]] = {
    "trafilatura": ("trafilatura", trafilatura),
    "trafilatura, no comments": ("trafilatura", partial(trafilatura, include_comments=False)),
    "trafilatura, fast": ("trafilatura", partial(trafilatura, fast=True)),
    "resiliparse": ("resiliparse", resiliparse),
    "jusText": ("justext", justext),
    "readability-lxml": ("readability", readability),
    "newspaper4k": ("newspaper", newspaper),
    "rs-trafilatura": ("rs_trafilatura", rs_trafilatura),
}
"""What each is called, the module that must be there, and how to make it."""

PACKAGES = {"justext": "jusText", "readability": "readability-lxml", "newspaper": "newspaper4k"}


def installed() -> list[str]:
    """The extractors that can run here."""
    found = [name for name, (module, _) in PEERS.items() if importlib.util.find_spec(module)]
    return [OURS, *found]


# -- one extractor, in its own process -----------------------------------------------------------


def run(name: str, chosen: Sequence[Page]) -> None:
    """Print the text of each page, then what it took, as JSON lines."""
    texts, cost = ours(chosen) if name == OURS else peers(PEERS[name][1](), chosen)
    cost["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    for page, text in zip(chosen, texts, strict=True):
        print(json.dumps({"id": page.id, "text": text}))
    print(json.dumps(cost | {"stages": stages(chosen) if name == OURS else {}}))


def peers(extract: Extractor, chosen: Sequence[Page]) -> tuple[list[str], dict[str, float]]:
    """The texts by another extractor, with the CPU seconds of all and of the slowest."""
    from cleaner.decode import decode

    texts, spent = [], []
    for page in chosen:
        source = decode(page.read())
        begun = time.process_time()
        texts.append(_text(extract, source))
        spent.append(time.process_time() - begun)
    return texts, {"seconds": sum(spent), "slowest": max(spent)}


def ours(chosen: Sequence[Page]) -> tuple[list[str], dict[str, float]]:
    """The same by this project, which cleans in batches: the largest pages are timed once more."""
    from cleaner import Cleaner

    cleaner = Cleaner()
    reading = 0.0

    def sources() -> Iterator[bytes]:
        nonlocal reading
        for page in chosen:
            begun = time.process_time()
            source = page.read()
            reading += time.process_time() - begun
            yield source

    begun = time.process_time()
    texts = [page.text for page in cleaner.clean_many(sources())]
    seconds = time.process_time() - begun - reading
    alone = []
    for page in sorted(chosen, key=lambda page: page.path.stat().st_size)[-5:]:
        source = page.read()
        begun = time.process_time()
        cleaner.clean(source)
        alone.append(time.process_time() - begun)
    return texts, {"seconds": seconds, "slowest": max(alone)}


def _text(extract: Extractor, source: str) -> str:
    try:
        return extract(source) or ""
    except Exception as error:  # whatever a peer raises, it has found nothing
        print(type(error).__name__, error, file=sys.stderr)
        return ""


def stages(chosen: Sequence[Page]) -> dict[str, float]:
    """CPU seconds that each stage takes over all pages, one stage after another."""
    from cleaner import Cleaner, html
    from cleaner.cleaner import Document
    from cleaner.decode import decode
    from cleaner.sniff import looks_like_html

    cleaner = Cleaner()
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
        (networks, "__call__", "networks"),
        (judge, "labels", "judging"),
        (judge, "verdicts", "judging"),
    ):
        setattr(place, function, watched(name, getattr(place, function)))
    read = watched("segmentation", html.read)
    judged = watched("the rest, page building among it", cleaner._pages)
    waiting: list[Document] = []
    for page in chosen:
        text = watched("decoding", decode)(page.read())
        if watched("detection", looks_like_html)(text):
            found = read(text)
            waiting.append(Document(found.lines, found.og_title or found.title, markup=True))
        if sum(len(document.lines) for document in waiting) > 4000 or page is chosen[-1]:
            watched("the rest, page building among it", list)(judged(waiting))
            waiting = []
    return dict(seconds)


# -- all of them ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Result:
    """What came of one extractor."""

    name: str
    scores: Mapping[str, tuple[float, float, float]]
    """Precision, recall and F1 of each page."""

    cost: Mapping[str, Any]

    @cached_property
    def f1(self) -> dict[str, float]:
        """F1 of each page."""
        return {identity: score[2] for identity, score in self.scores.items()}


def score(text: str, gold: str) -> tuple[float, float, float]:
    """Precision, recall and F1 over bags of words.

    >>> score("It rained. Share", "It rained.")
    (0.6666666666666666, 1.0, 0.8)
    """
    found, right = _bag(text), _bag(gold)
    if not found or not right:
        same = float(not found and not right)
        return same, same, same
    shared = (found & right).total()
    precision, recall = shared / found.total(), shared / right.total()
    return precision, recall, 2 * shared / (found.total() + right.total())


def _bag(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.lower()))


def measured(name: str, folder: Path, chosen: Sequence[Page], limit: int | None) -> Result:
    """Run an extractor in a process of its own and score what it says."""
    command = [sys.executable, "-m", "benchmarks.html", str(folder.resolve()), "--only", name]
    command += ["--limit", str(limit)] if limit else []
    one = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1")
    done = subprocess.run(
        command, stdout=subprocess.PIPE, env={**os.environ, **one}, cwd=ROOT, check=True
    )
    *texts, cost = map(json.loads, done.stdout.splitlines())
    given = {row["id"]: row["text"] for row in texts}
    return Result(name, {page.id: score(given[page.id], page.gold) for page in chosen}, cost)


def held_out(path: Path, chosen: Sequence[Page]) -> Result:
    """Scores of predictions that were made elsewhere: JSON lines of ``id`` and ``text``."""
    rows = (json.loads(line) for line in path.read_text("utf-8").splitlines())
    given = {row["id"]: row["text"] for row in rows}
    if missing := [page.id for page in chosen if page.id not in given]:
        sys.exit(f"{path}: no prediction for {len(missing)} pages, the first of them {missing[0]}")
    scores = {page.id: score(given[page.id], page.gold) for page in chosen}
    return Result(HELD_OUT, scores, {})


# -- what is written -----------------------------------------------------------------------------


def table(results: Sequence[Result], chosen: Sequence[Page]) -> Iterator[str]:
    """Quality, speed and memory of each extractor, and its distance to this project."""
    best = next((x for x in results if x.name == HELD_OUT), results[0])
    yield f"| | P | R | F1 | behind {best.name} | pages / CPU s | slowest page, s | peak MB |"
    yield "|---|---|---|---|---|---|---|---|"
    for result in results:
        columns = zip(*result.scores.values(), strict=True)
        precision, recall, f1 = (fmean(values) for values in columns)
        error = _error(list(result.f1.values()))
        behind = [best.f1[page.id] - result.f1[page.id] for page in chosen]
        distance = "" if result is best else f"{fmean(behind):+.3f} ± {_error(behind):.3f}"
        cost = ["", "", ""]
        if result.cost:
            pace = len(chosen) / result.cost["seconds"]
            cost = [f"{pace:.0f}", f"{result.cost['slowest']:.2f}", f"{result.cost['memory']:.0f}"]
        yield (
            f"| {result.name} | {precision:.3f} | {recall:.3f} | {f1:.3f} ± {error:.3f} "
            f"| {distance} | {' | '.join(cost)} |"
        )


def table_by_kind(results: Sequence[Result], chosen: Sequence[Page]) -> Iterator[str]:
    """F1 of each extractor by type of page."""
    groups = {kind: [page.id for page in chosen if page.kind == kind] for kind in KINDS}
    groups |= {"other": [page.id for page in chosen if page.kind not in KINDS]}
    groups = {kind: members for kind, members in groups.items() if members}
    yield "| F1 | " + " | ".join(f"{kind} ({len(ids)})" for kind, ids in groups.items()) + " |"
    yield "|---" * (len(groups) + 1) + "|"
    for result in results:
        cells = (f"{fmean(result.f1[x] for x in ids):.3f}" for ids in groups.values())
        yield f"| {result.name} | {' | '.join(cells)} |"


def table_of_stages(results: Sequence[Result], chosen: Sequence[Page]) -> Iterator[str]:
    """Where this project's time goes."""
    spent = next((x.cost.get("stages", {}) for x in results if x.name == OURS), {})
    yield "| stage | CPU ms / page |"
    yield "|---|---|"
    for name, seconds in sorted(spent.items(), key=lambda item: -item[1]):
        yield f"| {name} | {1000 * seconds / len(chosen):.2f} |"


def _error(values: Sequence[float]) -> float:
    return stdev(values) / math.sqrt(len(values)) if len(values) > 1 else math.nan


def report(results: Sequence[Result], chosen: Sequence[Page], folder: Path) -> str:
    """The tables, with what one must know to read them."""
    names = {PEERS[x.name][0] for x in results if x.name in PEERS}
    versions = (PACKAGES.get(name, name) for name in sorted(names))
    listed = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in versions)
    absent = sorted(set(PEERS) - {x.name for x in results})
    conditions = [
        f"{len(chosen)} pages of {folder.name}; {datetime.now(UTC):%Y-%m-%d}, Python "
        f"{platform.python_version()}, {_processor()}, one core; {listed}."
        + (f" Not installed or not asked for: {', '.join(absent)}." if absent else ""),
        f"`{OURS}` is the model that comes along. It was trained on WCXB's development pages: "
        f"there its row is in fold, that is, flattered, and only `{HELD_OUT}` (every page judged "
        "by a model that saw nothing of its site) may be compared with the others.",
        "± is a standard error; that of a distance is paired by page.",
    ]
    parts: list[Iterable[str]] = [
        *([text] for text in conditions),
        table(results, chosen),
        table_by_kind(results, chosen),
        table_of_stages(results, chosen),
    ]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _processor() -> str:
    known = Path("/proc/cpuinfo")
    named = re.search(r"model name\s*: (.*)", known.read_text()) if known.is_file() else None
    return named[1] if named else platform.processor() or platform.machine()


def plot(results: Sequence[Result], chosen: Sequence[Page], path: Path) -> None:
    """Quality against speed."""
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 4.5), layout="constrained")
    speed = next((x.cost.get("seconds") for x in results if x.name == OURS), None)
    for result in results:
        seconds = result.cost.get("seconds", speed)
        if not seconds:
            continue
        values = list(result.f1.values())
        own = result.name.startswith(OURS)
        place = (len(chosen) / seconds, fmean(values))
        axes.errorbar(*place, yerr=_error(values), fmt="o", color="C3" if own else "C0")
        axes.annotate(result.name, place, xytext=(6, 4), textcoords="offset points", fontsize=8)
    axes.set_xscale("log")
    axes.set_xlabel("pages per CPU second")
    axes.set_ylabel("word-F1")
    axes.margins(x=0.25)
    axes.grid(alpha=0.3)
    figure.savefig(path, dpi=150)


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("-o", "--output", type=Path, default=Path("html"), help="without a suffix")
    parser.add_argument("--held-out", type=Path, help="JSON lines of id and text, out of fold")
    parser.add_argument("--limit", type=int, help="only so many pages, evenly spread")
    parser.add_argument("--extractors", nargs="+", default=installed(), choices=[OURS, *PEERS])
    parser.add_argument("--only", choices=[OURS, *PEERS], help=argparse.SUPPRESS)
    options = parser.parse_args()
    chosen = list(pages(options.folder))
    if options.limit:
        chosen = chosen[:: max(1, len(chosen) // options.limit)][: options.limit]
    if not chosen:
        sys.exit(
            f"{options.folder}: no pages in the layout of WCXB or article-extraction-benchmark"
        )
    if options.only:
        run(options.only, chosen)
        return
    results = [held_out(options.held_out, chosen)] if options.held_out else []
    for name in options.extractors:
        results.append(measured(name, options.folder, chosen, options.limit))
        print(f"{name}: {fmean(results[-1].f1.values()):.4f}", file=sys.stderr)
    written = report(results, chosen, options.folder)
    options.output.with_suffix(".md").write_text(written, "utf-8")
    rows = ({"id": page.id, **{x.name: x.f1[page.id] for x in results}} for page in chosen)
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    options.output.with_suffix(".jsonl").write_text(lines, "utf-8")
    if importlib.util.find_spec("matplotlib"):
        plot(results, chosen, options.output.with_suffix(".png"))
    print(written)


if __name__ == "__main__":
    main()
