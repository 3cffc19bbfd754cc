"""The cluster run: inputs shared out by Ray Data; its only door.

A job is an input, or some small ones. Each of Ray's processes does one job after another just as
the local run would do it, with a worker process of its own, so that a document that hangs or
crashes is found and named here too. Each job has a journal; when Ray lost a process, another goes
on from there. What is finished goes into the journal of the run, in the form in which the local
run notes it: either engine goes on where the other was stopped.

Inputs, output and model must be where all machines reach them under the same name.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from cleaner.batch.folders import output_folder
from cleaner.batch.journal import JOURNAL, digest, key
from cleaner.batch.output import into_folder
from cleaner.batch.perform import Watcher, perform
from cleaner.batch.records import FILES, Failure, Outcome, Tally
from cleaner.batch.session import Session
from cleaner.batch.shards import PART_DOCUMENTS, PART_SIZE, Shard
from cleaner.batch.targets import Target
from cleaner.batch.task import Task, planned
from cleaner.batch.tree import Tree
from cleaner.batch.work import cleaner, work
from cleaner.batch.workers import Crew
from cleaner.errors import CleanerError, ModelError
from cleaner.extras import needed


@dataclass(frozen=True, slots=True)
class Job:
    """Inputs that one process does."""

    targets: tuple[Target, ...]
    key: str
    """What the journal knows it by."""

    @property
    def size(self) -> int:
        """Bytes of the inputs."""
        return sum(target.source.size for target in self.targets)


@dataclass(slots=True)
class Result:
    """What became of a job; a watcher that remembers what failed.

    What was cleaned is only counted: a file may hold more documents than there is memory.
    """

    job: Job
    failures: list[Failure] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    journal: bytes = b""
    """The lines of the job's journal."""

    def saw(self, outcome: Outcome) -> None:
        """Keep what failed."""
        if isinstance(outcome, Failure):
            self.failures.append(outcome)

    def moved(self, tally: Tally, position: int) -> None:
        """Nobody looks before the job is done."""


def on_ray(task: Task, session: Session, watcher: Watcher) -> Tally:
    """The engine that lets the processes of a cluster read, clean and write.

    The watcher sees what failed, and after each job how far the run is. Raises ``ExtraError`` where
    Ray is not installed, ``CleanerError`` where it gives up.
    """
    ray = _ray()
    cleaner(task.recipe)  # whatever is wrong with model or settings is said here, at once
    tally, waiting = Tally(), []
    for item in planned(task):
        if isinstance(item, Failure):
            tally += item.tally
            _tell(item, session, watcher)
        elif _is_done(item, session):
            session.position.finished += item.source.size
        else:
            waiting.append(item)
    jobs = list(shared_out(waiting, session))
    for result in _results(ray, jobs, task, session) if jobs else ():
        for failure in result.failures:
            _tell(failure, session, watcher)
        session.journal.absorb(result.journal, result.job.key, result.failures)
        session.position.finished += result.job.size
        tally += result.tally
        watcher.moved(tally, session.position.bytes)
    session.folder.remove(_jobs_folder(session.run))
    return tally


def shared_out(targets: Iterable[Target], session: Session) -> Iterator[Job]:
    """The jobs: each file of records is one, documents are put together as in a part of a file."""
    group: list[Target] = []
    size = 0
    for target in targets:
        if not target.single:
            yield _job([target], session)
            continue
        group.append(target)
        size += target.source.size
        if len(group) >= PART_DOCUMENTS or size >= PART_SIZE:
            yield _job(group, session)
            group, size = [], 0
    if group:
        yield _job(group, session)


def _job(targets: Sequence[Target], session: Session) -> Job:
    keys = (session.key(target.source, target.form) for target in targets)
    return Job(tuple(targets), key("job", *keys))


def _is_done(target: Target, session: Session) -> bool:
    """Whether an earlier run finished all of an input.

    Whether its files are still there is not looked at where they have the names of its records.
    """
    if target.single:
        return Tree(session).is_done(target)
    if target.form in FILES:
        return session.is_done(_job([target], session).key)
    return Shard(session, target.name, target.form, [target.source]).is_done()


def _tell(failure: Failure, session: Session, watcher: Watcher) -> None:
    watcher.saw(failure)
    session.journal.fail(failure)


def _results(
    ray: ModuleType, jobs: Sequence[Job], task: Task, session: Session
) -> Iterator[Result]:
    """What became of each job, as they are done."""
    _connect(ray)
    dataset = ray.data.from_items([{"job": job} for job in jobs], override_num_blocks=len(jobs))
    dataset.context.enable_progress_bars = False
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    hands = task.workers or int(ray.cluster_resources()["CPU"])
    results = dataset.map(
        Hand,
        fn_constructor_args=(task, session.run, session.digest, str(Path.cwd())),
        compute=ray.data.ActorPoolStrategy(size=min(hands, len(jobs))),
        num_cpus=1,
    )
    try:
        for row in results.iter_rows():
            yield row["result"]
    except ray.exceptions.RayError as error:
        *_, reason = str(error).strip().splitlines() or [type(error).__name__]
        message = f"Ray stopped: {reason}; what is finished is kept, and the same command goes on"
        raise CleanerError(message) from error


def _connect(ray: ModuleType) -> None:
    """Join the cluster that Ray finds, or start one of this machine's cores."""
    if ray.is_initialized():
        return
    try:
        ray.init(log_to_driver=False, logging_level=logging.ERROR)
    except Exception as error:  # Ray has no common class for what hinders it
        message = f"Ray cannot start: {error}"
        raise CleanerError(message) from error


class Hand:
    """What each process of Ray does: one job after another."""

    def __init__(self, task: Task, run: str, expected: str, home: str) -> None:
        with suppress(OSError):  # nothing lies below it where all is remote
            os.chdir(home)
        if digest(task.recipe) != expected:
            message = "this machine has another version of cleaner, or of its model: install one"
            raise ModelError(message)
        self.task = task
        self.run = run
        self.crew = Crew(task.recipe, 1, work)

    def __call__(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """What became of a job."""
        return {"result": self._done(row["job"])}

    def _done(self, job: Job) -> Result:
        run = f"{_jobs_folder(self.run)}/{job.key}"
        folder = output_folder(self.task.folder, run)
        session = Session.begin(folder, run, self.task.recipe)
        result = Result(job)
        tally = perform(self.crew.results(into_folder(session, job.targets)), result, session)
        earlier = session.journal.carried()
        folder.close()
        result.tally = tally + earlier.tally
        result.failures += earlier.failures
        result.journal = b"".join(folder.lines(f"{run}/{JOURNAL}"))
        return result


def _jobs_folder(run: str) -> str:
    return f"{run}/jobs"


def _ray() -> ModuleType:
    with needed("ray", "for --engine ray", "ray"):
        import ray  # noqa: PLC0415 - an extra
        import ray.data  # noqa: PLC0415
    return ray
