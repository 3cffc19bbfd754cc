"""Outcomes to output: each chunk is written, counted and told, whoever cleaned it."""

from __future__ import annotations

from contextlib import closing
from typing import Protocol

from cleaner.batch.records import Failure, Outcome, Tally
from cleaner.batch.session import Session
from cleaner.batch.workers import Results


class Watcher(Protocol):
    """Who is told how a run goes."""

    def saw(self, outcome: Outcome) -> None:
        """A document was cleaned and written, skipped, or could not be cleaned."""

    def moved(self, tally: Tally, position: int) -> None:
        """So much is done, and so many bytes of the inputs have been read."""


def perform(results: Results, watcher: Watcher, session: Session | None = None) -> Tally:
    """Let every chunk be written, and count; what fails is noted in the session."""
    tally = Tally()
    with closing(results):
        for chunk, outcomes in results:
            for outcome in chunk.take(outcomes):
                tally += outcome.tally
                watcher.saw(outcome)
                if session and isinstance(outcome, Failure):
                    session.journal.fail(outcome)
            watcher.moved(tally, session.position.bytes if session else 0)
    return tally
