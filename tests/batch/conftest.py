"""Documents to clean, and a watcher that remembers."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from cleaner.batch.records import Failure, Outcome, Recipe, Record, Tally
from cleaner.batch.work import work


@dataclass
class Watcher:
    """Remembers what it is told."""

    outcomes: list[Outcome] = field(default_factory=list)

    def saw(self, outcome):
        self.outcomes.append(outcome)

    def moved(self, tally, position):
        self.tally, self.position = tally, position

    @property
    def failures(self) -> dict[str, str]:
        """Reasons by place."""
        failed = [x for x in self.outcomes if isinstance(x, Failure)]
        return {str(x).removesuffix(f": {x.reason}"): x.reason for x in failed}


@pytest.fixture
def watcher():
    return Watcher()


def article(number: int) -> str:
    """A small document, different for each number."""
    return (
        f"The harbour of town {number} reopens\n\nShare\n"
        f"The council of town {number} reopened the harbour on Monday after {number + 2} months "
        "of work, and the first ferry left for the islands in the afternoon.\n"
        "Fishermen said that the new quay was long overdue and thanked everyone for waiting.\n"
        "Read also: ten things to do this weekend\n"
    )


def cleaned(source: str) -> str:
    """What becomes of a document, worked out without any file or process."""
    (done,) = work(Recipe(), [Record("x", source, "x")])
    return done.payload.decode()


def counts(report) -> Tally:
    return report.tally
