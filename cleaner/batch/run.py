"""A run: from what a user asks for to a report of what was done."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Protocol

from cleaner.batch.cluster import on_ray
from cleaner.batch.find import find
from cleaner.batch.folders import LocalFolder, output_folder
from cleaner.batch.formats import Kind, form, kind
from cleaner.batch.journal import REPORT
from cleaner.batch.output import into_file, into_folder, into_stream, into_text_file
from cleaner.batch.perform import Watcher, perform
from cleaner.batch.records import FILES, Form, Recipe, Tally
from cleaner.batch.session import Session
from cleaner.batch.task import Inputs, Task, planned
from cleaner.batch.workers import in_process, on_this_machine
from cleaner.errors import CleanerError, Misuse


class Engine(Protocol):
    """Who does the work of a session: cleans what is not done, writes it, notes it and counts."""

    def __call__(self, task: Task, session: Session, watcher: Watcher) -> Tally:
        """The counts of what was done now."""


def locally(task: Task, session: Session, watcher: Watcher) -> Tally:
    """The engine that reads and writes in this process, and cleans in others of this machine."""
    named = form(task.output)
    if task.is_file and named:
        chunks = into_file(session, task.file_name, named, Inputs(task))
    else:
        chunks = into_folder(session, planned(task))
    return perform(on_this_machine(chunks, task.recipe, task.workers), watcher, session)


ENGINES: Mapping[str, Engine] = {"local": locally, "ray": on_ray}


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


def clean(task: Task, watcher: Watcher) -> Report:
    """Clean what ``task`` names, going on where an earlier run was stopped.

    Raises ``ModelError`` where the model cannot be used, and ``CleanerError`` where the output
    cannot be written; what was finished until then is kept.
    """
    begun = time.monotonic()
    if task.is_file and form(task.output) in FILES:
        return Report(_clean_text_file(task, watcher), Tally(), time.monotonic() - begun, "")
    folder = output_folder(task.folder, task.run_folder)
    try:
        session = Session.begin(folder, task.run_folder, task.recipe)
        tally = ENGINES[task.engine](task, session, watcher)
        earlier = session.journal.carried()
        for failure in earlier.failures:
            watcher.saw(failure)
        place = f"{task.folder}/{task.run_folder}"
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
    return perform(in_process(into_stream(out, form, find([path]), recipe), recipe), watcher)


def _clean_text_file(task: Task, watcher: Watcher) -> Tally:
    output = Path(task.output)
    folder = LocalFolder(output.parent)
    first = list(islice(Inputs(task), 2))
    if len(first) > 1:
        message = f"{task.output} can hold one document: name a folder, or a .jsonl file"
        raise Misuse(message)
    chunks = into_text_file(folder, output.name, first, task.recipe)
    return perform(in_process(chunks, task.recipe), watcher)


def _described(report: Report, task: Task) -> bytes:
    described = asdict(report) | {"task": asdict(task)}
    return json.dumps(described, indent=2, ensure_ascii=False).encode() + b"\n"
