"""Ways to tell article lines from others, side by side: quality, speed, memory, size of the model.

    python -m benchmarks.text lines.jsonl.gz -o RESULTS [--labels LABELS.jsonl] [--pages N]

``lines.jsonl.gz`` is what ``python -m benchmarks.lines build`` makes. All ways judge the same
pages, those of one fold; the line classifier learns from the other four. This project's model comes
trained, from all five: its labels must be those given out of fold, which
``python -m cleaner.training DATA -o MODEL --labels LABELS.jsonl`` writes; without them its row says
``saw these pages``. Every way runs in a process of its own. Written are ``RESULTS.md`` and, where
matplotlib is installed, a plot ``RESULTS.svg``. ``--kept FOLDER`` keeps what came of the peers, so
that a new model needs only its own run.

Times are CPU seconds on the pages in memory, without the start of the process. Memory is the peak
of the process, less what it held when it had read the pages. Needs Linux, and for the peers
datatrove with spacy, jusText and fasttext; what is not installed is left out and named.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import multiprocessing
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.lines import held_out, learnable, read_labels
from benchmarks.report import Point, conditions, draw, peak
from cleaner.cleaner import Cleaner, default_model
from cleaner.page import Label
from cleaner.training.evaluate import Labels, Tally, keep_everything
from cleaner.training.learn import digest
from cleaner.training.retrain import labels_of
from cleaner.training.samples import Sample, read_samples, write_samples

OURS = "cleaner"
SEEN = "cleaner (saw these pages)"

Judge = Callable[[Sample], Labels]
"""A way to label a page."""


def keep_or_drop(kept: Iterator[bool]) -> Labels:
    """Article for what is kept, junk for the rest."""
    return tuple(Label.ARTICLE if keep else Label.JUNK for keep in kept)


# -- rules ---------------------------------------------------------------------------------------


def nothing() -> Judge:
    """Keep every line."""
    return keep_everything


def c4_lines(*, terminal: bool = True) -> Callable[[str], bool]:
    """Whether C4's rules for lines, as datatrove has them, keep a line."""
    from datatrove.data import Document
    from datatrove.pipeline.filters import C4QualityFilter

    rules = C4QualityFilter(min_num_sentences=-1, filter_no_terminal_punct=terminal)

    def keeps(text: str) -> bool:
        document = Document(text=text, id="")
        return rules.filter(document) is True and bool(document.text)

    return keeps


def c4() -> Judge:
    """C4's rules for lines; those for whole documents are left aside."""
    keeps = c4_lines()
    return lambda sample: keep_or_drop(keeps(line.text) for line in sample.lines)


def whole(filters: Sequence[object]) -> Judge:
    """datatrove's filters for documents: all lines, or none."""
    from datatrove.data import Document

    def judge(sample: Sample) -> Labels:
        text = "\n".join(line.text for line in sample.lines)
        kept = all(x.filter(Document(text=text, id="")) is True for x in filters)  # type: ignore[attr-defined]
        return (Label.ARTICLE if kept else Label.JUNK,) * len(sample.lines)

    return judge


def gopher() -> Judge:
    """Gopher's rules for documents."""
    from datatrove.pipeline.filters import GopherQualityFilter, GopherRepetitionFilter

    return whole([GopherRepetitionFilter(), GopherQualityFilter()])


def fineweb() -> Judge:
    """FineWeb's rules: Gopher's and its own for documents, C4's for lines but for the full stop."""
    from datatrove.pipeline import filters

    documents = whole(
        [
            filters.GopherRepetitionFilter(),
            filters.GopherQualityFilter(),
            filters.FineWebQualityFilter(),
        ]
    )
    keeps = c4_lines(terminal=False)

    def judge(sample: Sample) -> Labels:
        labels = documents(sample)
        if Label.JUNK in labels:
            return labels
        return keep_or_drop(keeps(line.text) for line in sample.lines)

    return judge


COUNTER = re.compile(r"[\d.,]+[km]?\s+\w+", re.IGNORECASE)
PATTERNS = (
    re.compile(r"^(?:sign|log)[- ]?in\b", re.IGNORECASE),
    re.compile(r"\bread more(?:\.\.\.|…)?$", re.IGNORECASE),
    re.compile(r"\bitems in (?:your )?cart\b", re.IGNORECASE),
)
"""RefinedWeb names one example each for the beginning, the end and the middle of a line."""


def refinedweb() -> Judge:
    """RefinedWeb's rules for lines, which datatrove does not have (Penedo et al. 2023, table 7)."""

    def keeps(text: str) -> bool:
        words = text.split()
        letters = [x for x in text if x.isalpha()]
        return not (
            len(words) <= 1
            or sum(map(str.isupper, letters)) > len(letters) / 2
            or not letters
            or COUNTER.fullmatch(text)
            or (len(words) <= 10 and any(x.search(text) for x in PATTERNS))
        )

    return lambda sample: keep_or_drop(keeps(line.text) for line in sample.lines)


# -- libraries -----------------------------------------------------------------------------------

STOP_LISTS = {"en": "English", "de": "German", "fr": "French", "es": "Spanish", "id": "Indonesian"}


def justext() -> Judge:
    """jusText, each line a paragraph without links, with the stop words of the page's language."""
    from justext import core, get_stoplist
    from justext.paragraph import Paragraph

    known = {name: get_stoplist(language) for name, language in STOP_LISTS.items()}

    def paragraph(text: str) -> Paragraph:
        made = Paragraph(core.PathInfo().append("body").append("p"))
        made.append_text(text)
        return made

    def judge(sample: Sample) -> Labels:
        found = [paragraph(line.text) for line in sample.lines]
        core.classify_paragraphs(found, known.get(sample.language or "en", known["en"]))
        core.revise_paragraph_classification(found)
        return keep_or_drop(not x.is_boilerplate for x in found)

    return judge


SURE = 0.9
"""How sure langdetect must be that a line is foreign."""

ENOUGH = 20
"""Characters below which langdetect says little."""


def langdetect() -> Judge:
    """langdetect, line by line: what is surely not in the page's main language is spam."""
    from langdetect import DetectorFactory, LangDetectException, detect_langs

    DetectorFactory.seed = 0

    def language(text: str) -> str | None:
        try:
            best = detect_langs(text)[0]
        except LangDetectException:
            return None
        return str(best.lang) if best.prob >= SURE else None

    def judge(sample: Sample) -> Labels:
        found = [language(line.text) for line in sample.lines]
        mass: Counter[str | None] = Counter()
        for name, line in zip(found, sample.lines, strict=True):
            mass[name] += len(line.text)
        home = mass.most_common(1)[0][0]
        return tuple(
            Label.SPAM if name not in {None, home} and len(line.text) >= ENOUGH else Label.ARTICLE
            for name, line in zip(found, sample.lines, strict=True)
        )

    return judge


PACKAGES = {"fasttext": "fasttext-wheel", "justext": "jusText"}
"""What libraries are called where they are installed from, if not by their own name."""

FASTTEXT = "fasttext.bin"


def learn_fasttext(samples: Sequence[Sample], folder: Path) -> None:
    """Learn what fastText can from single lines: its words and pairs of words."""
    from fasttext import train_supervised

    lines = [
        f"__label__{label} {line.text}\n"
        for sample in samples
        for line, label, weight in zip(sample.lines, sample.labels, sample.weights, strict=True)
        if weight
    ]
    random.Random(0).shuffle(lines)  # it learns in the order of the file
    written = folder / "lines.txt"
    written.write_text("".join(lines), encoding="utf-8")
    learnt = train_supervised(
        str(written), dim=32, wordNgrams=2, bucket=200_000, minCount=3, epoch=5, thread=1, verbose=0
    )
    learnt.save_model(str(folder / FASTTEXT))


def fasttext(folder: Path) -> Judge:
    """A fastText classifier of lines, the obvious thing to build."""
    from fasttext import load_model

    learnt = load_model(str(folder / FASTTEXT))

    def judge(sample: Sample) -> Labels:
        # A list, because for a single text fasttext 0.9 calls numpy in a way that 2.0 forbids.
        found, _ = learnt.predict([line.text for line in sample.lines])
        return tuple(Label(names[0].removeprefix("__label__")) for names in found)

    return judge


@dataclass(frozen=True)
class Way:
    """A way to judge pages, and what it needs."""

    make: Callable[..., Judge]
    needs: tuple[str, ...] = ()
    learns: bool = False


WAYS: Mapping[str, Way] = {
    "doing nothing": Way(nothing),
    "C4 rules for lines (datatrove)": Way(c4, ("datatrove",)),
    "RefinedWeb rules for lines": Way(refinedweb),
    "Gopher rules for documents (datatrove)": Way(gopher, ("datatrove", "spacy")),
    "FineWeb rules (datatrove)": Way(fineweb, ("datatrove", "spacy")),
    "jusText, lines as paragraphs": Way(justext, ("justext",)),
    "langdetect for each line": Way(langdetect, ("langdetect",)),
    "fastText on lines": Way(fasttext, ("fasttext",), learns=True),
}


# -- one way, in its own process -----------------------------------------------------------------

TEST_PAGES = "test.jsonl.gz"


def answer(name: str) -> str:
    """The file for what came of a way."""
    return f"{name}.json"


def run(name: str, folder: Path) -> None:
    """Judge the pages of ``folder`` and write labels and costs beside them."""
    samples = list(read_samples(folder / TEST_PAGES))
    held = peak()
    labels, seconds = ours(samples) if name == OURS else theirs(WAYS[name], samples, folder)
    cost = {"seconds": seconds, "memory": peak() - held}
    (folder / answer(name)).write_text(json.dumps({"labels": labels, **cost}), encoding="utf-8")


def theirs(way: Way, samples: Sequence[Sample], folder: Path) -> tuple[list[Labels], float]:
    """Labels of every page, and the CPU seconds that took."""
    judge = way.make(folder) if way.learns else way.make()
    begun = time.process_time()
    labels = [judge(sample) for sample in samples]
    return labels, time.process_time() - begun


def ours(samples: Sequence[Sample]) -> tuple[list[Labels], float]:
    """The same; the time is that from texts to pages, which is what a user waits for."""
    cleaner = Cleaner()
    texts = [text(sample) for sample in samples]
    begun = time.process_time()
    for _ in cleaner.clean_many(texts):
        pass
    seconds = time.process_time() - begun
    return [labels_of(cleaner, sample) for sample in samples], seconds


def text(sample: Sample) -> str:
    """A page as the file that a scraper would have written."""
    return "\n".join("\n" * line.blank_before + line.text for line in sample.lines)


# -- the table -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """What came of one way."""

    name: str
    tally: Tally
    speed: float
    """Lines per CPU second."""
    memory: float
    size: float
    """MB of the model's files."""


def measured(name: str, samples: Sequence[Sample], folder: Path) -> Row:
    """A way's scores and costs, by itself in a process."""
    if not (folder / answer(name)).exists():
        process = multiprocessing.get_context("spawn").Process(target=run, args=(name, folder))
        process.start()
        process.join()
        if process.exitcode:
            message = f"{name} failed"
            raise SystemExit(message)
    found = json.loads((folder / answer(name)).read_text("utf-8"))
    lines = sum(len(sample.lines) for sample in samples)
    labels = [tuple(map(Label, given)) for given in found["labels"]]
    size = megabytes(default_model() if name == OURS else folder / FASTTEXT)
    return Row(
        name,
        counted(samples, labels),
        lines / max(found["seconds"], 1e-9),
        found["memory"],
        size if name == OURS or WAYS[name].learns else 0.0,
    )


def counted(samples: Sequence[Sample], labels: Sequence[Labels]) -> Tally:
    """The labels held against the true ones."""
    tally = Tally()
    for sample, given in zip(samples, labels, strict=True):
        tally.add(sample, given)
    return tally


def megabytes(path: Path) -> float:
    """The size of a file, or of a folder's files."""
    files = path.iterdir() if path.is_dir() else [path] if path.exists() else []
    return sum(x.stat().st_size for x in files) / 1e6


def table(rows: Sequence[Row]) -> Iterator[str]:
    """The rows as Markdown."""
    yield (
        "| | article F1 | junk F1 | spam F1 | macro F1 | word-F1 | lines per CPU s | MB of memory "
        "| MB of model |"
    )
    yield "|:-|-:|-:|-:|-:|-:|-:|-:|-:|"
    for row in rows:
        scores = [row.tally.scores(label)[2] for label in Label]
        cells = [f"{x:.3f}" for x in (*scores, row.tally.macro_f1(), row.tally.word_f1())]
        size = f"{row.size:.1f}" if row.size else ""
        speed = f"{row.speed:,.0f}" if row.speed < 1e6 else ""  # doing nothing takes no time
        yield f"| {row.name} | {' | '.join(cells)} | {speed} | {row.memory:,.0f} | {size} |"


def plot(rows: Sequence[Row], path: Path) -> None:
    """Draw macro F1 over speed; doing nothing takes no time."""
    points = [
        Point(row.name, row.speed, row.tally.macro_f1(), ours=OURS in row.name)
        for row in rows
        if row.speed < 1e6
    ]
    draw(points, path, "lines per CPU second", "macro F1 of lines")


def main() -> None:
    """Measure, print and write."""
    options = parser().parse_args()
    everything = list(read_samples(options.lines))
    samples = held_out(everything, options.pages)
    missing = [
        name
        for name, way in WAYS.items()
        if not all(importlib.util.find_spec(library) for library in way.needs)
    ]
    with TemporaryDirectory() as home:
        folder = (options.kept or Path(home)) / digest(samples)
        folder.mkdir(parents=True, exist_ok=True)
        write_samples(folder / TEST_PAGES, samples)
        (folder / answer(OURS)).unlink(missing_ok=True)
        if "fastText on lines" not in missing and not (folder / FASTTEXT).exists():
            learn_fasttext(learnable(everything), folder)
        rows = [measured(name, samples, folder) for name in WAYS if name not in missing]
        rows.append(unseen(measured(OURS, samples, folder), samples, options.labels))
    lines = sum(len(sample.lines) for sample in samples)
    named = sorted(
        {PACKAGES.get(x, x) for row in rows for x in WAYS.get(row.name, Way(nothing)).needs}
    )
    report = [
        f"{len(samples):,} renderings of pages from {len({x.site for x in samples}):,} sites, "
        f"{lines:,} lines. {conditions(named)}",
        "",
        *table(rows),
    ]
    if missing:
        report += ["", f"Not installed, and left out: {'; '.join(missing)}."]
    print(*report, sep="\n")
    options.output.with_suffix(".md").write_text("\n".join([*report, ""]), encoding="utf-8")
    plot(rows, options.output.with_suffix(".svg"))


def unseen(row: Row, samples: Sequence[Sample], labels: Path | None) -> Row:
    """Our row with the labels of a file, given by models that did not see the pages' sites."""
    if labels is None:
        return Row(SEEN, row.tally, row.speed, row.memory, row.size)
    found = read_labels(labels)
    tally = counted(samples, [found[sample.id] for sample in samples])
    return Row(f"{OURS}, out of fold", tally, row.speed, row.memory, row.size)


def parser() -> argparse.ArgumentParser:
    """The words of the command."""
    words = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    words.add_argument("lines", type=Path)
    words.add_argument("-o", "--output", type=Path, default=Path(__file__).with_suffix(""))
    words.add_argument("--labels", type=Path, help="labels of this project, out of fold")
    words.add_argument("--kept", type=Path, help="where the peers' answers on these pages are kept")
    words.add_argument("--pages", type=int, default=400, help="to judge; 0 for all; 400")
    return words


if __name__ == "__main__":
    main()
