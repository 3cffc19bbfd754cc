"""What is asked for, and the inputs that this means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from cleaner.batch.find import STDIN, Input, find
from cleaner.batch.folders import BESIDE, RUN, is_remote
from cleaner.batch.formats import form, stem, suffix
from cleaner.batch.records import Failure, Form, Recipe
from cleaner.batch.targets import Target, share, targets
from cleaner.errors import Misuse


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be cleaned, where to, and by whom.

    Raises `Misuse` where that makes no sense.
    """

    paths: tuple[str, ...]
    output: str
    form: Form | None = None
    """What documents become; ``None`` for what is natural for each input."""

    recipe: Recipe = field(default_factory=Recipe)
    engine: Literal["local", "ray"] = "local"
    """Who does it: processes of this machine, or of the cluster that Ray is connected to."""

    workers: int | None = 1
    """Processes, ``None`` for one on each core; with 0 all is done in this one, and nothing guards
    the time."""

    rank: int = 0
    world_size: int = 1
    """This run's share of a larger one: every ``world_size``-th input from number ``rank``."""

    def __post_init__(self) -> None:
        if not 0 <= self.rank < self.world_size:
            message = f"rank {self.rank} is not one of 0 to {self.world_size - 1}"
            raise Misuse(message)
        if self.workers is not None and self.workers < 0:
            message = f"{self.workers} workers: use 0 or more"
            raise Misuse(message)
        if self.is_file and self.form not in {None, form(self.output)}:
            message = f"{self.output} is not a name for {self.form}: choose another name or form"
            raise Misuse(message)
        for path in self.paths:
            if not is_remote(self.output) and _is_same(path, self.output):
                message = f"{path} is both input and output: choose another output"
                raise Misuse(message)
            if self._would_overwrite(path):
                message = f"{self.output} may be one of the inputs in {path}: choose another output"
                raise Misuse(message)
        if self.engine == "ray":
            self._check_ray()

    def _would_overwrite(self, path: str) -> bool:
        """Whether the output is a file inside ``path`` which no earlier run has made."""
        if is_remote(self.output) or is_remote(path) or not self.is_file:
            return False
        file = Path(self.folder, self.file_name)
        is_ours = Path(self.folder, self.run_folder).is_dir()
        return file.exists() and not is_ours and file.resolve().is_relative_to(Path(path).resolve())

    def _check_ray(self) -> None:
        if self.is_file:
            message = f"Ray writes many files at once: name a folder instead of {self.output}"
            raise Misuse(message)
        if STDIN in self.paths:
            message = "standard input cannot be read from the processes of Ray: name files"
            raise Misuse(message)
        if self.workers == 0:
            message = "Ray needs workers: use 1 or more"
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
    def folder(self) -> str:
        """The folder of the output."""
        return (self.output.rpartition("/")[0] or ".") if self.is_file else self.output

    @property
    def run_folder(self) -> str:
        """Where journal, errors and report lie, relative to the folder of the output."""
        if self.is_file:
            return f"{self.file_name}{BESIDE}"
        return RUN if self.world_size == 1 else f"{RUN}/{self.rank:05}-of-{self.world_size:05}"


def _is_same(one: str, other: str) -> bool:
    try:
        return Path(one).samefile(other)
    except OSError:
        return False


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
