"""How fast a folder is cleaned, beside its parts and beside others; prints and writes a table.

    python -m benchmarks.batch FOLDER [--lines N] [--pages N] [--table FILE]

FOLDER holds pages as ``.html`` or ``.html.gz``. Their text as a scraper would leave it, all lines,
is repeated until there are ``--lines`` of it, and stored as JSON lines in one ``.jsonl.zst``. That
is cleaned by the local run with one and two workers; its parts - reading, cleaning, writing - are
measured apart, each alone in a process; datatrove's C4 and Gopher filters read and write the same.
The pages themselves are cleaned by the local run and by trafilatura's folder mode.

CPU seconds are those of all processes of a program, its start included. Seconds on the clock say
something only on a machine that does nothing else, so the load is written beside them. Needs
``cleaner[batch,datatrove]`` and spacy, which datatrove's filters use to find words.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import io
import json
import multiprocessing
import os
import platform
import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

import zstandard

from cleaner import Cleaner, cli, html
from cleaner.batch import rows
from cleaner.batch.compression import compressed
from cleaner.batch.find import Input, find
from cleaner.batch.read import Position, read
from cleaner.batch.records import Recipe, Record
from cleaner.batch.shards import PART_DOCUMENTS
from cleaner.decode import decode
from cleaner.errors import SourceError
from cleaner.version import version

RECIPE = Recipe(detail="none")
TEXTS = "texts.jsonl.zst"
LOCAL = ["--no-lines", "--quiet"]


@dataclass(frozen=True)
class Corpus:
    """What is cleaned: pages in a folder, and their texts in one file."""

    home: Path
    pages: int
    documents: int
    lines: int

    @property
    def html(self) -> Path:
        """The folder of pages."""
        return self.home / "html"

    @property
    def texts(self) -> Path:
        """The file of texts."""
        return self.home / TEXTS

    def folder(self, name: str) -> Path:
        """An empty folder for output."""
        path = self.home / "out" / name
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        return path


@dataclass(frozen=True)
class Cost:
    """What a program took."""

    cpu: float
    clock: float


def main() -> None:
    """Measure and write the table."""
    options = parser().parse_args()
    with tempfile.TemporaryDirectory() as home:
        corpus = gathered(options.folder, Path(home), options.lines, options.pages)
        table = "\n".join(report(corpus))
    print(table)
    options.table.write_text(f"{table}\n", encoding="utf-8")


def parser() -> argparse.ArgumentParser:
    """The words of the command."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("folder", type=Path)
    words.add_argument("--lines", type=int, default=300_000, help="of text; 300,000")
    words.add_argument("--pages", type=int, default=500, help="of HTML; 500")
    words.add_argument("--table", type=Path, default=Path(__file__).with_suffix(".md"))
    return words


# -- the corpus ----------------------------------------------------------------------------------


def gathered(folder: Path, home: Path, lines: int, pages: int) -> Corpus:
    """The corpus that the pages below ``folder`` make."""
    sources = dict(readable(folder))
    (home / "html").mkdir()
    chosen = list(islice(sources.items(), pages))
    for name, source in chosen:
        (home / "html" / f"{name}.html").write_text(source, encoding="utf-8")
    texts = [[line.text for line in html.read(source).lines] for source in sources.values()]
    count = 0
    with (home / TEXTS).open("wb") as raw, zstandard.ZstdCompressor().stream_writer(raw) as file:
        for number, text in enumerate(repeated(texts, lines), start=1):
            count += len(text)
            record = {"id": f"d{number}", "text": "\n".join(text)}
            file.write(json.dumps(record).encode() + b"\n")
    return Corpus(home, len(chosen), number, count)


def repeated(texts: Sequence[Sequence[str]], lines: int) -> Iterator[Sequence[str]]:
    """The texts, again and again, until there are so many lines."""
    for text in cycle(filter(None, texts)):
        yield text
        lines -= len(text)
        if lines <= 0:
            return


def readable(folder: Path) -> Iterator[tuple[str, str]]:
    """The pages below ``folder`` that are text, by name."""
    for path in sorted(folder.rglob("*.html*")):
        data = path.read_bytes()
        with contextlib.suppress(SourceError):
            yield (
                path.name.partition(".")[0],
                decode(gzip.decompress(data) if path.suffix == ".gz" else data),
            )


# -- programs, each run in a process of its own --------------------------------------------------


def clean(source: Path, output: Path, workers: int) -> None:
    """The local run."""
    out = str(output / source.name) if source.is_file() else str(output)
    status = cli.main(["clean", str(source), "-o", out, "--workers", str(workers), *LOCAL])
    assert status == cli.ALL_WELL


def start() -> None:
    """What each of the parts also needs: the modules, and the model."""
    Cleaner()


def records(source: Path) -> list[Record]:
    """All documents of a file of texts."""
    (found,) = find([str(source)])
    assert isinstance(found, Input)
    return [entry for entry in read(found, RECIPE, Position()) if isinstance(entry, Record)]


def only_read(source: Path) -> None:
    """The first part."""
    records(source)


def read_and_clean(source: Path) -> None:
    """The first and the second part."""
    texts = (record.source for record in records(source))
    assert all(isinstance(page.text, str) for page in Cleaner().clean_many(texts))


def read_and_write(source: Path, output: Path) -> None:
    """The first and the third part: documents go out as they came, through the writer."""
    page, found = Cleaner().clean("A line."), records(source)
    with (output / source.name).open("wb") as stream:
        for begin in range(0, len(found), PART_DOCUMENTS):
            part = found[begin : begin + PART_DOCUMENTS]
            made = (rows.row(page, str(x.source), x, RECIPE) for x in part)
            stream.write(compressed(b"".join(map(rows.to_json, made)), source.name))


def datatrove(source: Path, output: Path) -> None:
    """datatrove: read, filter, write, in one process."""
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.filters import C4QualityFilter, GopherQualityFilter
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import JsonlWriter

    steps = [
        JsonlReader(str(source.parent), compression="zstd", glob_pattern=source.name),
        C4QualityFilter(),
        GopherQualityFilter(),
        JsonlWriter(str(output), output_filename="${rank}.jsonl.zst", compression="zstd"),
    ]
    logs = str(output / "logs")
    with contextlib.redirect_stderr(io.StringIO()):
        LocalPipelineExecutor(steps, logging_dir=logs).run()


def trafilatura(source: Path, output: Path) -> None:
    """trafilatura's folder mode, in one process."""
    from trafilatura import cli as command

    words = ["--input-dir", str(source), "--output-dir", str(output), "--parallel", "1"]
    with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
        command.process_args(command.parse_args(words))


def cost(program: Callable[..., None], *arguments: object) -> Cost:
    """What ``program`` takes in a process of its own, with all processes that it starts."""
    before, begun = used(), time.perf_counter()
    process = multiprocessing.get_context("spawn").Process(target=program, args=arguments)
    process.start()
    process.join()
    if process.exitcode:
        message = f"{program.__name__} failed"
        raise SystemExit(message)
    return Cost(used() - before, time.perf_counter() - begun)


def used() -> float:
    """CPU seconds of all processes that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


# -- the table -----------------------------------------------------------------------------------


def report(corpus: Corpus) -> Iterator[str]:
    """The lines of the table and of what stands around it."""
    load = os.getloadavg()[0]
    texts, out = corpus.texts, corpus.folder
    one = cost(clean, texts, out("one"), 1)
    two = cost(clean, texts, out("two"), 2)
    filters = cost(datatrove, texts, out("datatrove"))
    begun, reading = cost(start), cost(only_read, texts)
    cleaning, writing = cost(read_and_clean, texts), cost(read_and_write, texts, out("writing"))
    ours, theirs = (
        cost(clean, corpus.html, out("ours"), 1),
        cost(trafilatura, corpus.html, out("t")),
    )
    parts = cleaning.cpu + writing.cpu - reading.cpu
    yield (
        f"cleaner {version()}, Python {platform.python_version()}, {os.cpu_count()} cores, load "
        f"{load:.1f} before and {os.getloadavg()[0]:.1f} after. "
        f"A process takes {begun.cpu:.1f} s of CPU to start."
    )
    yield ""
    yield (
        f"{corpus.documents:,} texts, {corpus.lines:,} lines, {texts.stat().st_size / 1e6:.0f} MB "
        "of JSON lines with zstandard:"
    )
    yield ""
    yield from table(
        "lines",
        corpus.lines,
        {
            "`cleaner clean --workers 1`": one,
            "`cleaner clean --workers 2`": two,
            "reading, in one process": reading,
            "reading and cleaning, in one process": cleaning,
            "reading and writing, in one process": writing,
            "datatrove: C4 and Gopher filters": filters,
        },
    )
    yield ""
    yield (
        f"One worker takes {one.cpu / parts - 1:+.0%} of CPU over the sum of the parts; two "
        f"workers finish {one.clock / two.clock:.2f} times as fast as one."
    )
    yield ""
    yield f"{corpus.pages:,} pages of HTML:"
    yield ""
    yield from table(
        "pages",
        corpus.pages,
        {"`cleaner clean --workers 1`": ours, "`trafilatura --input-dir`": theirs},
    )


def table(unit: str, count: int, costs: dict[str, Cost]) -> Iterator[str]:
    """A Markdown table of costs."""
    yield from row("", "CPU s", f"{unit} per CPU s", "s on the clock")
    yield from row(":-", "-:", "-:", "-:")
    for name, found in costs.items():
        rate = f"{count / max(found.cpu, 1e-9):,.0f}"
        yield from row(name, f"{found.cpu:.1f}", rate, f"{found.clock:.1f}")


def row(*cells: str) -> Sequence[str]:
    """One line of a table."""
    return [f"| {' | '.join(cells)} |"]


if __name__ == "__main__":
    main()
