"""What a run takes of memory, however much it is given; prints a table.

    python -m benchmarks.memory lines FOLDER [--size 10000] [--minutes 20]
    python -m benchmarks.memory files FOLDER [--count 1000000] [--minutes 60]
    python -m benchmarks.memory large FOLDER [--size 500]

``lines`` cleans one file of JSON lines of ``--size`` MB. ``files`` cleans a tree of small texts,
and then the tree again, of which all is done. ``large`` cleans single documents of ``--size`` MB,
as text, HTML and JSON, among small ones, and the same at the limit for a document. All are made of
the pages in ``fixtures/pages``, in FOLDER, and deleted afterwards.

A run is the command as anyone gives it, with one worker, and is ended after
``--minutes``; then the table tells how far it came. Memory is what stays in RAM, looked at twice a
second, and the highest that the kernel saw. Needs Linux, and room on the disk for twice the input.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from cleaner.decode import decode

PAGES = Path(__file__).parents[1] / "fixtures" / "pages"
LONGER = 10
"""How often a line is written one after another in JSON lines, so that 10 GB are few documents."""

SMALL = 60
"""Characters of a small file."""

LINKS = 50_000
"""Files of which the first have texts, the others are links to them: file systems allow 65,000."""

EVERY = 0.05
"""Seconds between two looks."""

ROWS = 10
"""Rows of a table that shows how memory went."""

MB = 1_000_000


@dataclass(frozen=True)
class Look:
    """What was seen at one time."""

    seconds: float
    documents: int
    parent: float
    """MB in RAM, and of the largest worker."""
    worker: float


@dataclass(frozen=True)
class Seen:
    """What was seen of a run."""

    looks: list[Look]
    parent: float
    """MB at the highest, and of the highest worker."""
    worker: float
    cpu: float
    """Seconds, of all processes, as far as they were seen."""
    status: int
    said: str


# -- what is cleaned -----------------------------------------------------------------------------


def pages() -> list[str]:
    """The texts of the fixtures that are no HTML and not empty."""
    found = (path for path in sorted(PAGES.glob("*.txt")) if ".clean" not in path.name)
    return [text for path in found if (text := decode(path.read_bytes())).strip()]


def lines(folder: Path, size: int) -> Path:
    """A file of JSON lines of ``size`` bytes: the texts again and again, each under its own id."""
    path, written = folder / "texts.jsonl", 0
    texts = ["\n".join(" ".join([line] * LONGER) for line in x.split("\n")) for x in pages()]
    rows = [json.dumps({"id": "", "text": x}, ensure_ascii=False).encode() for x in texts]
    with path.open("wb") as file:
        for number, row in enumerate(cycle(rows)):
            written += file.write(b'{"id": "%d%b\n' % (number, row[len('{"id": "') :]))
            if written >= size:
                break
    return path


def files(folder: Path, number: int) -> Path:
    """A tree of so many small texts, a thousand in a folder; most are links to the first ones."""
    texts = [page[:SMALL] for page in pages()]
    first: list[Path] = []
    for place in range(number):
        below = folder / "files" / f"{place // 1000:05}"
        if place % 1000 == 0:
            below.mkdir(parents=True)
        path = below / f"{place:08}.txt"
        if place % LINKS < len(texts):
            path.write_text(texts[place % LINKS], "utf-8")
            first = [*(first if place % LINKS else ()), path]
        else:
            os.link(first[place % len(first)], path)
    return folder / "files"


def large(folder: Path, size: int) -> Path:
    """Documents of ``size`` bytes in each form, each with small ones before and after it."""
    below = folder / "large"
    below.mkdir()
    for name in ("a.txt", "z.txt"):
        (below / name).write_text(pages()[0], "utf-8")
    text = "".join(f"{page}\n" for page in pages())
    times = size // len(text.encode()) or 1
    (below / "text.txt").write_text(text * times, "utf-8")
    elements = "".join(f"<p>{line}</p>\n" for line in text.split("\n") if line)
    times = size // len(elements.encode()) or 1
    html = f"<!doctype html><html><body>{elements * times}</body></html>"
    (below / "html.html").write_text(html, "utf-8")
    del html
    small = json.dumps({"id": "small", "text": text})
    record = json.dumps({"id": "large", "text": text * (size // len(text.encode()) or 1)})
    (below / "record.jsonl").write_text(f"{small}\n{record}\n{small}\n", "utf-8")
    return below


# -- a run that is watched -----------------------------------------------------------------------


def watched(source: Path, output: Path, minutes: float, *more: str) -> Seen:
    """What was seen of cleaning ``source``."""
    words = ["clean", str(source), "-o", str(output), "--workers", "1", "--no-lines", *more]
    said, finished = output.with_name("said.txt"), Finished(output)
    looks: list[Look] = []
    highest: dict[int, float] = {}
    cpu: dict[int, float] = {}
    begun = time.monotonic()
    with said.open("wb") as stream:
        process = subprocess.Popen([sys.executable, "-m", "cleaner", *words], stderr=stream)
        while process.poll() is None:
            now = {pid: memory(pid) for pid in family(process.pid)}
            highest |= {pid: max(most, highest.get(pid, 0)) for pid, (_, most) in now.items()}
            cpu |= {pid: max(spent(pid), cpu.get(pid, 0)) for pid in now}
            parent, _ = now.pop(process.pid, (0.0, 0.0))
            worker = max((ram for ram, _ in now.values()), default=0)
            passed = time.monotonic() - begun
            looks.append(Look(passed, finished.documents(), parent, worker))
            if passed > 60 * minutes:
                process.terminate()
            time.sleep(EVERY)
    parent = highest.pop(process.pid, 0)
    workers = max(highest.values(), default=0)
    return Seen(looks, parent, workers, sum(cpu.values()), process.returncode, said.read_text())


class Finished:
    """Reads in the journal of a run how many documents are finished."""

    def __init__(self, output: Path) -> None:
        beside = output.with_name(f"{output.name}.cleaner")
        self._paths = [folder / "journal.jsonl" for folder in (beside, output / "_cleaner")]
        self._read = 0
        self._count = 0

    def documents(self) -> int:
        """How many there are by now."""
        for path in self._paths:
            with suppress(FileNotFoundError), path.open("rb") as stream:
                stream.seek(self._read)
                whole = stream.read().rpartition(b"\n")[0]
                self._read += len(whole) + bool(whole)
                self._count += sum(
                    json.loads(line)["tally"].get("documents", 0) for line in whole.splitlines()
                )
        return self._count


def family(pid: int) -> list[int]:
    """A process and all that it started."""
    found = [pid]
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += family(int(child))
    return found


def memory(pid: int) -> tuple[float, float]:
    """MB in RAM now, and at the highest."""
    with suppress(OSError):
        told = dict(
            line.split(":") for line in Path(f"/proc/{pid}/status").read_text().splitlines()
        )
        if "VmRSS" in told:
            return int(told["VmRSS"].split()[0]) / 1000, int(told["VmHWM"].split()[0]) / 1000
    return 0.0, 0.0


def spent(pid: int) -> float:
    """CPU seconds of a process; 0 where it is gone."""
    with suppress(OSError):
        *_, told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")
        return sum(map(int, told.split()[11:13])) / os.sysconf("SC_CLK_TCK")
    return 0.0


# -- tables --------------------------------------------------------------------------------------


def report(seen: Seen) -> Iterator[str]:
    """How memory went, and how the run ended."""
    yield "| s on the clock | documents | parent, MB | worker, MB |"
    yield "|-:|-:|-:|-:|"
    step = max(len(seen.looks) // ROWS, 1)
    for look in seen.looks[step - 1 :: step]:
        yield f"| {look.seconds:.0f} | {look.documents:,} | {look.parent:.0f} | {look.worker:.0f} |"
    yield (
        f"\nStatus {seen.status}, {seen.cpu:.0f} s of CPU; at the highest {seen.parent:.0f} MB in "
        f"the parent, {seen.worker:.0f} MB in a worker. It said:\n\n{seen.said}"
    )


def main() -> None:
    """Make what is to be cleaned, clean it, and tell."""
    words = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    words.add_argument("what", choices=["lines", "files", "large"])
    words.add_argument("folder", type=Path)
    words.add_argument("--size", type=int, help="MB; 10,000 of lines, 500 of one document")
    words.add_argument("--count", type=int, default=1_000_000, help="of files; 1,000,000")
    words.add_argument("--minutes", type=float, default=60, help="after which it is stopped; 60")
    options = words.parse_args()
    home = options.folder / "memory"
    home.mkdir(parents=True)
    try:
        for title, seen in RUNS[options.what](home, options):
            print(f"## {title}\n", *report(seen), sep="\n", flush=True)
    finally:
        shutil.rmtree(home)


Runs = Iterator[tuple[str, Seen]]


def run_lines(home: Path, options: argparse.Namespace) -> Runs:
    """One file of JSON lines."""
    size = options.size or 10_000
    source = lines(home, size * MB)
    yield f"{size:,} MB of JSON lines", watched(source, home / "out.jsonl", options.minutes)


def run_files(home: Path, options: argparse.Namespace) -> Runs:
    """A tree of small files, and again."""
    source = files(home, options.count)
    for title in (f"{options.count:,} files", "again, all of them done"):
        yield title, watched(source, home / "out", options.minutes)


def run_large(home: Path, options: argparse.Namespace) -> Runs:
    """Documents far above the limit, and just below it."""
    for size in (options.size or 500, 19):
        source = large(home, size * MB)
        title = f"single documents of {size} MB"
        yield title, watched(source, home / f"out-{size}", options.minutes)
        shutil.rmtree(source)


RUNS: dict[str, Callable[[Path, argparse.Namespace], Runs]] = {
    "lines": run_lines,
    "files": run_files,
    "large": run_large,
}


if __name__ == "__main__":
    main()
