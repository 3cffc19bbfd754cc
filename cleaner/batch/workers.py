"""Processes that clean chunks, and are replaced when a document kills or hangs them.

Each worker is a `ProcessPoolExecutor` of one process: when it breaks, it is plain whose document
was in it, and the others go on. A chunk that was lost is run again one document at a time, so the
one that cannot be cleaned is found, named and left out. Results come in the order of the chunks,
and only so many chunks are read ahead as keep the workers busy.
"""

from __future__ import annotations

import math
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.process import BaseProcess
from typing import Any

from cleaner.batch.records import Chunk, Entry, Failure, Outcome, Recipe, Record
from cleaner.batch.work import cleaner, work
from cleaner.errors import CleanerError

AHEAD = 4
"""Chunks read ahead for each worker: one slow document does not idle the others at once."""

ATTEMPTS = 3
"""How often a document may be in a worker that dies before it is given up: the first time it may
be the machine's fault, or another process's."""

FALSE_STARTS = 5
"""How many workers in a row may die before they are ready for work."""


@dataclass(slots=True)
class Place:
    """A chunk and what is known of its outcomes so far."""

    chunk: Chunk
    outcomes: list[Outcome | None]
    left: int

    def fill(self, first: int, outcomes: list[Outcome]) -> None:
        """Put ``outcomes`` where their entries stand in the chunk."""
        self.outcomes[first : first + len(outcomes)] = outcomes
        self.left -= len(outcomes)


@dataclass(slots=True)
class Job:
    """Entries that are in one worker together."""

    place: Place
    """Where their outcomes belong."""

    first: int
    entries: tuple[Entry, ...]
    attempts: int = 0


Work = Callable[[Recipe, Sequence[Entry]], list[Outcome]]
Results = Generator[tuple[Chunk, list[Outcome]], None, None]


def in_process(chunks: Iterable[Chunk], recipe: Recipe) -> Results:
    """Each chunk with its outcomes, cleaned here: no start-up cost, and nothing guards the time."""
    for chunk in chunks:
        yield chunk, work(recipe, chunk.entries) if chunk.entries else []


def in_workers(chunks: Iterable[Chunk], recipe: Recipe, count: int, work: Work = work) -> Results:
    """Each chunk with its outcomes, in order, cleaned by ``count`` processes.

    ``work`` is what they do, a function that can be imported by name.

    Raises what made a worker fail before its first document (a ``ModelError``, say).
    """
    crew = Crew(recipe, count, work)
    try:
        yield from crew.results(iter(chunks))
    finally:
        crew.dismiss()


class Crew:
    """The workers and what each is at."""

    def __init__(self, recipe: Recipe, count: int, work: Work) -> None:
        self.recipe = recipe
        self.work = work
        self.count = count
        self.idle: list[Worker] = []
        self.busy: dict[Future[list[Outcome]], Worker] = {}
        self.waiting: deque[Job] = deque()
        self.false_starts = 0

    def results(self, chunks: Iterator[Chunk]) -> Results:
        """Each chunk with its outcomes, in order."""
        places: deque[Place] = deque()
        more = True
        while more or places:
            while more and len(places) < AHEAD * self.count:
                chunk = next(chunks, None)
                more = chunk is not None
                if chunk is not None:
                    places.append(self._accepted(chunk))
            self._employ()
            while places and not places[0].left:
                done = places.popleft()
                yield done.chunk, [outcome for outcome in done.outcomes if outcome is not None]
            if places and places[0].left:
                self._attend()

    def dismiss(self) -> None:
        """End all workers at once."""
        for worker in [*self.idle, *self.busy.values()]:
            worker.end()

    def _accepted(self, chunk: Chunk) -> Place:
        size = len(chunk.entries)
        place = Place(chunk, [None] * size, size)
        if size:
            self.waiting.append(Job(place, 0, chunk.entries))
        return place

    def _employ(self) -> None:
        """Give waiting jobs to idle workers, and to new ones while there may be more."""
        while self.waiting and len(self.busy) < self.count:
            worker = self.idle.pop() if self.idle else Worker(self.recipe, self.work)
            try:
                future = worker.start(self.waiting[0])
            except BrokenProcessPool as error:  # killed while it was idle or starting
                self._bury(worker, error)
            else:
                self.waiting.popleft()
                self.busy[future] = worker

    def _attend(self) -> None:
        """Wait until a worker is done, or must be ended for being at its job too long."""
        workers = self.busy.values()
        starting: list[Future[Any]] = [x.ready for x in workers if not x.ready.done()]
        soonest = min(worker.deadline for worker in workers)
        timeout = None if soonest == math.inf else max(0.0, soonest - time.monotonic())
        wait([*self.busy, *starting], timeout, FIRST_COMPLETED)
        for future in [future for future in self.busy if future.done()]:
            self._receive(future, self.busy.pop(future))
        for worker in self.busy.values():
            worker.end_if_late()

    def _receive(self, future: Future[list[Outcome]], worker: Worker) -> None:
        job = worker.job
        try:
            job.place.fill(job.first, future.result())
            self.idle.append(worker)
        except BrokenProcessPool as error:
            self._bury(worker, error)
            if worker.started:
                self._lose(job, late=worker.late)
            else:
                self.waiting.appendleft(job)

    def _bury(self, worker: Worker, error: BrokenProcessPool) -> None:
        """Clear away a dead worker; workers that never come to life are no use replacing."""
        worker.end()
        self.false_starts = 0 if worker.started else self.false_starts + 1
        if self.false_starts == FALSE_STARTS:
            message = (
                "worker processes cannot start; call this from a module that is safe to import "
                '(under if __name__ == "__main__":), or work in this process (--workers 0)'
            )
            raise CleanerError(message) from error

    def _lose(self, job: Job, *, late: bool) -> None:
        """Run the entries of a lost job again, each alone, or give up the one that it is."""
        if len(job.entries) > 1:
            again = (Job(job.place, job.first + i, (entry,)) for i, entry in enumerate(job.entries))
            self.waiting.extendleft(reversed(list(again)))
        elif not late and job.attempts + 1 < ATTEMPTS:
            self.waiting.appendleft(Job(job.place, job.first, job.entries, job.attempts + 1))
        else:
            seconds = self.recipe.limits.seconds
            reason = (
                f"took longer than {seconds:g} s (see --max-seconds)"
                if late
                else (f"ended the worker process {ATTEMPTS} times (crash, or out of memory)")
            )
            job.place.fill(job.first, [_given_up(entry, reason) for entry in job.entries])


def _given_up(entry: Entry, reason: str) -> Outcome:
    return Failure(entry.id, entry.origin, reason) if isinstance(entry, Record) else entry


class Worker:
    """One process, which loads the model before its first job."""

    def __init__(self, recipe: Recipe, work: Work) -> None:
        self.recipe = recipe
        self.work = work
        self.job: Job
        self.late = False
        self._begun = math.inf
        self._pool = ProcessPoolExecutor(1, get_context("spawn"), initializer=_settle)
        self.ready = self._pool.submit(_process_id, recipe)
        self.ready.add_done_callback(self._begin)

    @property
    def started(self) -> bool:
        """Whether the process came as far as being ready for work."""
        return self.ready.done() and self.ready.exception() is None

    @property
    def deadline(self) -> float:
        """When its job must be done, by the monotonic clock; starting does not count."""
        return self._begun + self.recipe.limits.seconds

    def start(self, job: Job) -> Future[list[Outcome]]:
        """Begin a job."""
        self.job = job
        if self.ready.done():
            self._begin()
        return self._pool.submit(self.work, self.recipe, job.entries)

    def _begin(self, _ready: object = None) -> None:
        self._begun = time.monotonic()

    def end_if_late(self) -> None:
        """Kill the process, wherever it hangs, when its time is over."""
        if not self.late and time.monotonic() >= self.deadline:
            self.late = True
            self._kill()

    def end(self) -> None:
        """End the process, and what it is doing."""
        self._kill()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _kill(self) -> None:
        if self.started:
            with suppress(ProcessLookupError):
                os.kill(self.ready.result(), signal.SIGKILL)


def _process_id(recipe: Recipe) -> int:
    cleaner(recipe)
    return os.getpid()


def _settle() -> None:
    """Leave Ctrl-C to the parent, and end when the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent,), daemon=True).start()


def _follow(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)
