"""What is done already: the memory of a run, so that the next goes on where one was stopped.

Each finished document, or part of a file of records, has a line, added after its output was
published: a killed run may do something twice, to the same bytes, but never leaves it out. A key
stands for the input as it was (name, size, time of change) and for all that decides the output
(settings, model, version), so whatever changed is done again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

from cleaner.batch.folders import Folder
from cleaner.batch.records import Failure, Recipe, Tally
from cleaner.cleaner import default_model
from cleaner.sites import SiteMemory
from cleaner.version import version

JOURNAL, ERRORS, REPORT = "journal.jsonl", "errors.jsonl", "report.json"


@dataclass(frozen=True, slots=True)
class Carried:
    """What earlier runs did of this one's work."""

    tally: Tally
    failures: tuple[Failure, ...]


class Journal:
    """The journal of an output, in its folder ``run``."""

    def __init__(self, folder: Folder, run: str) -> None:
        self._folder = folder
        self._name = f"{run}/{JOURNAL}"
        self._errors = f"{run}/{ERRORS}"
        self._known: dict[str, bool] = {}
        """Keys that earlier runs finished, and whether this run carries them on: one table, as of
        a million documents each takes 100 MB."""
        self._parts: dict[str, list[str]] = {}
        self._load()

    def knows(self, key: str) -> bool:
        """Whether ``key`` was finished by an earlier run."""
        return key in self._known

    def carry(self, key: str) -> None:
        """Count what was done for ``key`` among what this run need not do."""
        self._known |= dict.fromkeys((key, *self._parts.get(key, ())), True)

    def add(
        self, key: str, tally: Tally, failures: Sequence[Failure] = (), parts: Sequence[str] = ()
    ) -> None:
        """Note that ``key`` is finished; ``parts`` are the keys it was put together from."""
        line: dict[str, Any] = {"key": key, "tally": tally.counts}
        if failures:
            line["failures"] = [asdict(failure) for failure in failures]
        if parts:
            line["parts"] = parts
        self._folder.append(self._name, json.dumps(line).encode())

    def absorb(self, lines: bytes, key: str, failures: Sequence[Failure]) -> None:
        """Take over the lines of another journal; they and ``failures`` came of ``key``."""
        added = lines.splitlines()
        for line in added:
            self._folder.append(self._name, line)
        parts = [json.loads(line)["key"] for line in added]
        self.add(key, Tally(failures=len(failures)), failures, parts)

    def fail(self, failure: Failure) -> None:
        """Add a line to the list of errors."""
        self._folder.append(self._errors, json.dumps(asdict(failure)).encode())

    def carried(self) -> Carried:
        """What earlier runs did of the keys that were carried; their failures are listed anew."""
        tally, failures = Tally(), []
        for line in self._lines():
            if self._known.get(line["key"]):
                self._known[line["key"]] = False  # a key may have two lines, and counts once
                tally += Tally(**line["tally"])
                failures += [Failure(**failure) for failure in line.get("failures", ())]
        for failure in failures:
            self.fail(failure)
        return Carried(tally, tuple(failures))

    def _load(self) -> None:
        self._folder.remove(self._errors)
        torn = False
        for raw in self._folder.lines(self._name):
            torn = not raw.endswith(b"\n")
        if torn:
            self._folder.append(self._name, b"")
        for line in self._lines():
            self._known[line["key"]] = False
            if "parts" in line:
                self._parts[line["key"]] = line["parts"]

    def _lines(self) -> Iterator[dict[str, Any]]:
        """The whole lines; one that was torn by a kill is as if it had never been."""
        for raw in self._folder.lines(self._name):
            try:
                yield json.loads(raw)
            except ValueError:
                continue


def key(*parts: object) -> str:
    """A short name for ``parts``, the same in every process.

    >>> key("a", 1) == key("a", 1) != key("a1")
    True
    """
    text = "\x00".join(map(str, parts))
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def digest(recipe: Recipe) -> str:
    """The key of all that decides what is written for a document, but for the document.

    What only decides whether it is given up (`Limits`) does not count.
    """
    model = Path(recipe.model) if recipe.model else default_model()
    files = sorted(model.glob("model.*"))
    contents = [blake2b(file.read_bytes(), digest_size=12).hexdigest() for file in files]
    if recipe.site_memory:
        contents.append(SiteMemory.load(Path(recipe.site_memory)).digest)
    told = {"limits", "model", "site_memory"}
    decided = {k: v for k, v in asdict(recipe).items() if k not in told}
    return key(version(), json.dumps(decided, sort_keys=True), *contents)
