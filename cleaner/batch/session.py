"""What the parts of one run share."""

from __future__ import annotations

from dataclasses import dataclass, field

from cleaner.batch.find import Input
from cleaner.batch.folders import Folder
from cleaner.batch.journal import Journal, digest, key
from cleaner.batch.read import Position
from cleaner.batch.records import Recipe


@dataclass(frozen=True, slots=True)
class Session:
    """Where a run writes, what it remembers, and how far it has read."""

    folder: Folder
    run: str
    """The folder inside that holds what is not output: journal, parts, report."""

    recipe: Recipe
    journal: Journal
    digest: str
    position: Position = field(default_factory=Position)

    @classmethod
    def begin(cls, folder: Folder, run: str, recipe: Recipe) -> Session:
        """A session that goes on where the last one in ``folder`` stopped."""
        return cls(folder, run, recipe, Journal(folder, run), digest(recipe))

    def key(self, source: Input, *more: object) -> str:
        """What the journal knows an input by, as it is now and as it would be cleaned now."""
        return key(self.digest, source.name, source.size, source.changed, *more)

    def is_done(self, key: str, name: str | None = None) -> bool:
        """Whether an earlier run finished ``key``, and the file it became is still there.

        What is done counts among what this run need not do.
        """
        done = self.journal.knows(key) and (name is None or self.folder.exists(name))
        if done:
            self.journal.carry(key)
        return done
