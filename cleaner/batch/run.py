"""The local run: from what a user asks for to a report of what was done."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Protocol

from cleaner.batch.find import Input, find
from cleaner.batch.folders import RUN, LocalFolder, is_remote, output_folder
from cleaner.batch.formats import Kind, form, kind, stem, suffix
from cleaner.batch.journal import REPORT
from cleaner.batch.output import into_file, into_folder, into_stream, into_text_file
from cleaner.batch.records import FILES, Chunk, Failure, Form, Misuse, Outcome, Recipe, Tally
from cleaner.batch.session import Session
from cleaner.batch.targets import Target, share, targets
from cleaner.batch.workers import in_process, in_workers
from cleaner.errors import CleanerError


class Watcher(Protocol):
    """Who is told how a run goes."""

    def saw(self, outcome: Outcome) -> None:
        """A document was cleaned and written, skipped, or could not be cleaned."""

    def moved(self, tally: Tally, position: int) -> None:
        """So much is done, and so many bytes of the inputs have been read."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be cleaned, and where to.

    Raises `Misuse` where that makes no sense.
    """

    paths: tuple[str, ...]
    output: str
    form: Form | None = None
    """What documents become; ``None`` for what is natural for each input."""

    recipe: Recipe = field(default_factory=Recipe)
    workers: int = 1
    """Processes; with 0 all is done in this one, and nothing guards the time."""

    rank: int = 0
    world_size: int = 1
    """This run's share of a larger one: every ``world_size``-th input from number ``rank``."""

    def __post_init__(self) -> None:
        if not 0 <= self.rank < self.world_size:
            message = f"rank {self.rank} is not one of 0 to {self.world_size - 1}"
            raise Misuse(message)
        if self.workers < 0:
            message = f"{self.workers} workers: use 0 or more"
            raise Misuse(message)
        if self.is_file and self.form not in {None, form(self.output)}:
            message = f"{self.output} is not a name for {self.form}: choose another name or form"
            raise Misuse(message)
        for path in self.paths:
            if not is_remote(self.output) and _is_same(path, self.output):
                message = f"{path} is both input and output: choose another output"
                raise Misuse(message)

    @property
    def is_file(self) -> bool:
        """Whether all becomes one file."""
        return form(self.output) is not None and not Path(self.output).is_dir()

    @property
    def file_name(self) -> str:
        """The name of that file; each of several runs makes its own."""
        name = self.output.rpartition("/")[2]
        if self.world_size == 1:
            return name
        return f"{stem(name)}-{self.rank:05}-of-{self.world_size:05}{suffix(name)}"

    @property
    def run_folder(self) -> str:
        """Where journal, errors and report lie, relative to the folder of the output."""
        if self.is_file:
            return f"{self.file_name}.cleaner"
        return RUN if self.world_size == 1 else f"{RUN}/{self.rank:05}-of-{self.world_size:05}"


def _is_same(one: str, other: str) -> bool:
    try:
        return Path(one).samefile(other)
    except OSError:
        return False


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a run."""

    tally: Tally
    """All that the output holds."""

    earlier: Tally
    """What of it earlier runs had done."""

    seconds: float
    folder: str
    """Where the journal, the list of errors and this report lie."""


class Inputs:
    """This run's share of the inputs, found anew each time they are gone through."""

    def __init__(self, task: Task) -> None:
        self._task = task

    def __iter__(self) -> Iterator[Input | Failure]:
        task = self._task
        return share(find(task.paths, output=task.output), task.rank, task.world_size)

    def size(self) -> int:
        """Bytes of all, as far as that is known before reading."""
        return sum(found.size for found in self if isinstance(found, Input))


def planned(task: Task) -> Iterator[Target | Failure]:
    """What each input of a run into a folder becomes."""
    every = targets(find(task.paths, output=task.output), task.form, task.output)
    return share(every, task.rank, task.world_size)


def clean(task: Task, watcher: Watcher) -> Report:
    """Clean what ``task`` names, going on where an earlier run was stopped.

    Raises ``ModelError`` where the model cannot be used, and ``CleanerError`` where the output
    cannot be written; what was finished until then is kept.
    """
    begun = time.monotonic()
    if task.is_file and form(task.output) in FILES:
        return Report(_clean_text_file(task, watcher), Tally(), time.monotonic() - begun, "")
    parent = (task.output.rpartition("/")[0] or ".") if task.is_file else task.output
    folder = output_folder(parent, task.run_folder)
    try:
        session = Session.begin(folder, task.run_folder, task.recipe)
        tally = perform(_chunks(task, session), task.recipe, task.workers, watcher, session)
        earlier = session.journal.carried()
        for failure in earlier.failures:
            watcher.saw(failure)
        place = f"{parent}/{task.run_folder}"
        report = Report(tally + earlier.tally, earlier.tally, time.monotonic() - begun, place)
        folder.write(f"{task.run_folder}/{REPORT}", _described(report, task))
    except OSError as error:
        message = (
            f"cannot write to {folder}: {error.strerror or error}; what is finished is kept, and "
            "the same command goes on from there"
        )
        raise CleanerError(message) from error
    finally:
        with suppress(OSError):
            folder.close()
    return report


def clean_to_stream(
    path: str, form: Form | None, recipe: Recipe, out: BinaryIO, watcher: Watcher
) -> Tally:
    """Clean one input in this process, onto ``out``: its text, or a line of JSON for each record.

    Raises `Misuse` where the input holds what a stream cannot.
    """
    records = (kind(path) or Kind.DOCUMENT) is not Kind.DOCUMENT
    form = form or ("jsonl" if records else "text")
    if form == "parquet" or (form in FILES and records) or Path(path).is_dir():
        message = f"{path} as {form} does not go to standard output: say where to with -o"
        raise Misuse(message)
    return perform(into_stream(out, form, find([path]), recipe), recipe, 0, watcher)


def perform(
    chunks: Iterable[Chunk],
    recipe: Recipe,
    workers: int,
    watcher: Watcher,
    session: Session | None = None,
) -> Tally:
    """Clean the chunks, let each be written, and count."""
    tally = Tally()
    results = in_workers(chunks, recipe, workers) if workers else in_process(chunks, recipe)
    with closing(results):
        for chunk, outcomes in results:
            for outcome in chunk.take(outcomes):
                tally += outcome.tally
                watcher.saw(outcome)
                if session and isinstance(outcome, Failure):
                    session.journal.fail(outcome)
            watcher.moved(tally, session.position.bytes if session else 0)
    return tally


def _chunks(task: Task, session: Session) -> Iterator[Chunk]:
    named = form(task.output)
    if task.is_file and named:
        return into_file(session, task.file_name, named, Inputs(task))
    return into_folder(session, planned(task))


def _clean_text_file(task: Task, watcher: Watcher) -> Tally:
    output = Path(task.output)
    folder = LocalFolder(output.parent)
    first = list(islice(Inputs(task), 2))
    if len(first) > 1:
        message = f"{task.output} can hold one document: name a folder, or a .jsonl file"
        raise Misuse(message)
    chunks = into_text_file(folder, output.name, first, task.recipe)
    return perform(chunks, task.recipe, 0, watcher)


def _described(report: Report, task: Task) -> bytes:
    described = asdict(report) | {"task": asdict(task)}
    return json.dumps(described, indent=2, ensure_ascii=False).encode() + b"\n"
