"""Processes that clean chunks, and are replaced when a document kills or hangs them.

Each worker is a process with a pipe of its own: when it ends, it is plain whose document was in it,
and the others go on. A chunk that was lost is run again one document at a time, so the one that
cannot be cleaned is found, named and left out. Results come in the order of the chunks, and only so
many chunks are read ahead as keep the workers busy.

``ProcessPoolExecutor`` was tried first: a worker that is killed while it sends a result leaves the
executor waiting for the rest of it for ever, which a run under random kills met within minutes.
"""

from __future__ import annotations

import math
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

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


def on_this_machine(chunks: Iterable[Chunk], recipe: Recipe, count: int | None) -> Results:
    """Each chunk with its outcomes, in order; cleaned by ``count`` processes, or here if it is 0.

    ``None`` is one process on each core that this one may use.
    """
    if count == 0:
        return in_process(chunks, recipe)
    return in_workers(chunks, recipe, count or cores())


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


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
    """The workers and what waits for them."""

    def __init__(self, recipe: Recipe, count: int, work: Work) -> None:
        self.recipe = recipe
        self.count = count
        self.work = work
        self.workers: dict[Connection, Worker] = {}
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
        for worker in self.workers.values():
            worker.end()

    def _accepted(self, chunk: Chunk) -> Place:
        size = len(chunk.entries)
        place = Place(chunk, [None] * size, size)
        if size:
            self.waiting.append(Job(place, 0, chunk.entries))
        return place

    def _employ(self) -> None:
        """Give waiting jobs to idle workers, and start new ones while there are more jobs."""
        for worker in [worker for worker in self.workers.values() if worker.is_idle]:
            if self.waiting:
                worker.begin(self.waiting.popleft())
        starting = sum(worker.is_starting for worker in self.workers.values())
        room = self.count - len(self.workers)
        for _ in range(min(room, len(self.waiting) - starting)):
            worker = Worker(self.recipe, self.work)
            self.workers[worker.connection] = worker

    def _attend(self) -> None:
        """Wait until a worker has something to say, or must be ended for being late."""
        soonest = min(worker.deadline for worker in self.workers.values())
        timeout = None if soonest == math.inf else max(0.0, soonest - time.monotonic())
        for connection in wait(list(self.workers), timeout):
            self._listen(self.workers[connection])  # type: ignore[index]
        for worker in self.workers.values():
            worker.end_if_late()

    def _listen(self, worker: Worker) -> None:
        try:
            message = worker.connection.recv()
        except (EOFError, OSError):
            self._bury(worker)
            return
        if isinstance(message, Exception):
            raise message
        self.false_starts = 0
        job = worker.finish()
        if job:
            job.place.fill(job.first, message)

    def _bury(self, worker: Worker) -> None:
        """Clear away a dead worker, and take up what it was at."""
        del self.workers[worker.connection]
        worker.end()
        if worker.is_starting:
            self.false_starts += 1
            if self.false_starts == FALSE_STARTS:
                message = (
                    "worker processes cannot start; call this from a module that is safe to import "
                    '(under if __name__ == "__main__":), or work in this process (--workers 0)'
                )
                raise CleanerError(message)
        elif worker.job:
            self._lose(worker.job, late=worker.late)

    def _lose(self, job: Job, *, late: bool) -> None:
        """Run the entries of a lost job again, each alone, or give up the one that it is."""
        if len(job.entries) > 1:
            alone = [Job(job.place, job.first + i, (x,)) for i, x in enumerate(job.entries)]
            self.waiting.extendleft(reversed(alone))
        elif not late and job.attempts + 1 < ATTEMPTS:
            self.waiting.appendleft(Job(job.place, job.first, job.entries, job.attempts + 1))
        else:
            crash = f"ended the worker process {ATTEMPTS} times (crash, or out of memory)"
            hang = f"took longer than {self.recipe.limits.seconds:g} s (see --max-seconds)"
            reason = hang if late else crash
            job.place.fill(job.first, [_given_up(entry, reason) for entry in job.entries])


def _given_up(entry: Entry, reason: str) -> Outcome:
    return Failure(entry.id, entry.origin, reason) if isinstance(entry, Record) else entry


class Worker:
    """One process, which says when it has loaded the model and is ready for its first job."""

    def __init__(self, recipe: Recipe, work: Work) -> None:
        self.job: Job | None = None
        self.deadline = math.inf
        """When its job must be done, by the monotonic clock."""

        self.late = False
        self.is_starting = True
        self._limit = recipe.limits.seconds
        context = get_context("spawn")
        self.connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, recipe, work), daemon=True)
        self._process.start()
        theirs.close()  # so that the death of the process closes the pipe

    @property
    def is_idle(self) -> bool:
        """Whether it waits for a job."""
        return not self.is_starting and self.job is None

    def begin(self, job: Job) -> None:
        """Give it a job. If it has died, that shows when it is listened to."""
        self.job = job
        self.deadline = time.monotonic() + self._limit
        with suppress(OSError):
            self.connection.send(job.entries)

    def finish(self) -> Job | None:
        """The job that it is done with; none where it only said that it is ready."""
        job, self.job = self.job, None
        self.deadline = math.inf
        self.is_starting = False
        return job

    def end_if_late(self) -> None:
        """Kill the process, wherever it hangs, when its time is over; its pipe then closes."""
        if time.monotonic() >= self.deadline:
            self.late = True
            self.deadline = math.inf
            self._process.kill()

    def end(self) -> None:
        """End the process, and what it is doing."""
        self._process.kill()
        self._process.join()
        self._process.close()
        self.connection.close()


def _serve(connection: Connection, recipe: Recipe, work: Work) -> None:
    """What a worker's process does: say that it is ready, then one job after another."""
    _settle()
    with suppress(EOFError, OSError):  # the parent is gone
        connection.send(_outcome(partial(_load, recipe)))
        while True:
            connection.send(_outcome(partial(work, recipe, connection.recv())))


def _load(recipe: Recipe) -> None:
    cleaner(recipe)


def _outcome(act: Callable[[], object]) -> object:
    """What ``act`` returns, or the error that it raises, which the parent raises again."""
    try:
        return act()
    except Exception as error:
        return error


def _settle() -> None:
    """Leave Ctrl-C to the parent, and end when the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent,), daemon=True).start()


def _follow(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)
