"""What is lost when a run is killed, interrupted, or out of room; prints a table.

    python -m benchmarks.faults FOLDER [--documents 3000] [--times 5] [--seed 0]

The pages in ``fixtures/pages`` are cleaned many times over, as a tree of files and as one file of
records, by the command with two workers. Once nothing disturbs it; then, each as often as
``--times`` says and at random moments, its workers are killed, it is killed itself, it is stopped
by Ctrl-C, and the same command is given again until it ends. At last the disk is too small, and
then large enough (a ``tmpfs``, which only root may mount). What comes out is compared byte by byte
with what came out undisturbed. The exit status is 1 where anything differs.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from benchmarks.memory import family, pages

FULL, ENOUGH = "1m", "1g"
"""Room on the disk that is too small, and on the one that is not."""

RECORDS = "records.jsonl"


@dataclass
class Ground:
    """Where it happens, and what should come out."""

    home: Path
    chance: random.Random
    times: int
    seconds: float = 0.0
    """How long the undisturbed run took."""


# -- what is cleaned -----------------------------------------------------------------------------


def made(home: Path, count: int) -> list[Path]:
    """A tree of so many files, and a file of as many records."""
    tree = home / "tree"
    with (home / RECORDS).open("wb") as records:
        for number, page in zip(range(count), cycle(pages())):
            folder = tree / f"{number % 7}"
            folder.mkdir(parents=True, exist_ok=True)
            text = f"{page}\nDocument {number} is the last of them so far.\n"
            (folder / f"{number:05}.txt").write_text(text, "utf-8")
            records.write(json.dumps({"id": number, "text": text}).encode() + b"\n")
    return [tree, home / RECORDS]


def outcome(output: Path) -> dict[str, bytes]:
    """What came out, by name; for a file of records the lines, by number."""
    if output.is_file():
        return {f"{number}": line for number, line in enumerate(output.read_bytes().split(b"\n"))}
    files = (path for path in output.rglob("*") if path.is_file() and "_cleaner" not in path.parts)
    return {path.relative_to(output).as_posix(): path.read_bytes() for path in files}


# -- runs ----------------------------------------------------------------------------------------


def started(source: Path, output: Path) -> subprocess.Popen[bytes]:
    """The command, as anyone gives it."""
    words = ["clean", str(source), "-o", str(output), "--workers", "2", "--no-lines", "--quiet"]
    return subprocess.Popen([sys.executable, "-m", "cleaner", *words], stderr=subprocess.PIPE)


def ended(source: Path, output: Path) -> int:
    """The exit status of a run that nothing disturbs."""
    process = started(source, output)
    _, said = process.communicate()
    print(said.decode(), end="", file=sys.stderr)
    return process.returncode


def stopped(how: signal.Signals) -> Callable[[Ground, Path, Path], int]:
    """A fault: runs that get a signal, and others that go on; how many were stopped."""

    def fault(ground: Ground, source: Path, output: Path) -> int:
        count = 0
        for _ in range(ground.times):
            process = started(source, output)
            with suppress(subprocess.TimeoutExpired):
                process.communicate(timeout=ground.chance.uniform(0.3, 0.7) * ground.seconds)
                continue
            process.send_signal(how)
            process.communicate()
            count += 1
        return count

    return fault


def workers_killed(ground: Ground, source: Path, output: Path) -> int:
    """A fault: a run whose workers are killed now and then; how many were."""
    process, count = started(source, output), 0
    while process.poll() is None:
        time.sleep(ground.chance.uniform(0.1, 0.4) * ground.seconds / ground.times * 2)
        workers = [pid for pid in family(process.pid)[1:] if serves(pid)]
        if workers and count < ground.times:
            with suppress(ProcessLookupError):
                os.kill(ground.chance.choice(workers), signal.SIGKILL)
                count += 1
    process.communicate()
    return count


def serves(pid: int) -> bool:
    """Whether a process is a worker, and not one that keeps count of what Python shares."""
    with suppress(OSError):
        return b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False


def disk_full(_ground: Ground, source: Path, output: Path) -> int:
    """A fault: a run for which there is no room; how often it said so."""
    process = started(source, output)
    _, said = process.communicate()
    assert process.returncode == 1, said
    return said.count(b"No space left on device")


@contextmanager
def small_disk(folder: Path) -> Iterator[Callable[[], None]]:
    """A disk of little room at ``folder``; what it gives makes it larger."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={FULL}", "none", folder], check=True)

    def enlarge() -> None:
        subprocess.run(["mount", "-o", f"remount,size={ENOUGH}", folder], check=True)

    try:
        yield enlarge
    finally:
        subprocess.run(["umount", folder], check=True)


FAULTS: dict[str, Callable[[Ground, Path, Path], int]] = {
    "workers killed (SIGKILL)": workers_killed,
    "the run killed (SIGKILL)": stopped(signal.SIGKILL),
    "Ctrl-C (SIGINT)": stopped(signal.SIGINT),
}


# -- the table -----------------------------------------------------------------------------------


def rows(ground: Ground, sources: list[Path]) -> Iterator[tuple[str, bool]]:
    """A row for each fault and source, and whether nothing is wrong."""
    for source in sources:
        undisturbed = ground.home / f"undisturbed-{source.name}"
        begun = time.monotonic()
        assert ended(source, undisturbed) == 0
        ground.seconds = time.monotonic() - begun
        expected = outcome(undisturbed)
        yield row("none", 0, source, expected, expected)
        for number, (name, fault) in enumerate(FAULTS.items()):
            output = ground.home / f"{number}-{source.name}"
            count = fault(ground, source, output)
            assert ended(source, output) == 0
            yield row(name, count, source, expected, outcome(output))
        with small_disk(ground.home / f"disk-{source.name}") as enlarge:
            output = ground.home / f"disk-{source.name}" / source.name
            count = disk_full(ground, source, output)
            enlarge()
            assert ended(source, output) == 0
            yield row("disk full", count, source, expected, outcome(output))


def row(
    fault: str, count: int, source: Path, expected: dict[str, bytes], found: dict[str, bytes]
) -> tuple[str, bool]:
    """What became of the documents."""
    missing = len(expected.keys() - found.keys())
    more = len(found.keys() - expected.keys())
    others = sum(found[name] != expected[name] for name in found.keys() & expected.keys())
    cells = (source.name, fault, count, sum(map(bool, found.values())), missing, more, others)
    return f"| {' | '.join(map(str, cells))} |", not (missing or more or others)


def main() -> None:
    """Print the table."""
    words = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    words.add_argument("folder", type=Path)
    words.add_argument("--documents", type=int, default=3_000)
    words.add_argument("--times", type=int, default=5)
    words.add_argument("--seed", type=int, default=0)
    options = words.parse_args()
    # A shell lets what it starts in the background ignore Ctrl-C, and so would the runs.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    home = options.folder / "faults"
    home.mkdir(parents=True)
    sound = True
    try:
        ground = Ground(home, random.Random(options.seed), options.times)
        print("| input | fault | times | documents | missing | too many | different |")
        print("|:-|:-|-:|-:|-:|-:|-:|")
        for line, fine in rows(ground, made(home, options.documents)):
            print(line, flush=True)
            sound &= fine
    finally:
        shutil.rmtree(home)
    sys.exit(not sound)


if __name__ == "__main__":
    main()
