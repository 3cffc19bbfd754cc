"""Paths to inputs: what is to be cleaned, and what each is called in the output.

A folder is walked in order of names; what it holds keeps its path below it. Files that a walk
meets are taken by suffix, files that are named are taken whatever they are called. The output of
the run is no input, though it lie inside one, and neither is what any run keeps for itself.
"""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import takewhile
from pathlib import Path, PurePosixPath

from cleaner.batch.folders import BESIDE, RUN, is_remote, remote
from cleaner.batch.formats import Kind, kind, stem, suffix
from cleaner.batch.records import Failure

STDIN = "-"
ENDINGS = ".txt .md .html .htm .xhtml .jsonl[.gz|.zst] .parquet .warc[.gz] .wet[.gz]"


@dataclass(frozen=True, slots=True)
class Input:
    """A file to read."""

    path: str
    name: str
    """What it is called in the output before its suffix changes: relative, with ``/``."""

    kind: Kind
    size: int = 0
    changed: str = ""
    """When it was last changed, in whatever terms its place has; empty where it has none."""


class Output:
    """Where a run writes to, so that it does not read it; it may come to be while inputs are found.

    A folder, or a file and those that other runs make of their shares.
    """

    def __init__(self, path: str | None) -> None:
        self._address = path if path and is_remote(path) else None
        self._path = Path(path) if path and not is_remote(path) else None
        name = "" if path is None else path.rpartition("/")[2]
        share = r"(-\d{5}-of-\d{5})?"
        self._file = re.compile(f"{re.escape(stem(name))}{share}{re.escape(suffix(name))}")

    def is_folder(self, identity: object) -> bool:
        """Whether this is the folder of that identity."""
        return identity is not None and identity == _identity(self._path)

    def is_file(self, name: str, folder: object) -> bool:
        """Whether this is, or is one with, the file ``name`` in the folder of that identity."""
        if self._path is None or not self._file.fullmatch(name):
            return False
        return folder == _identity(self._path.parent)

    def is_at(self, place: str) -> bool:
        """Whether what lies at ``place`` in its remote file system belongs to this."""
        if self._address is None:
            return False
        home, _, name = remote(self._address)[1].rpartition("/")
        below = place.removeprefix(f"{home}/")
        return below.startswith(f"{name}/") or self._file.fullmatch(below) is not None


def find(paths: Sequence[str], *, output: str | None = None) -> Iterator[Input | Failure]:
    """The inputs that ``paths`` name: files, folders, patterns, addresses, ``-``.

    What belongs to ``output`` is passed over where it lies inside an input.
    """
    passed = Output(output)
    for path in paths:
        yield from _found(path, passed)


def _found(path: str, passed: Output) -> Iterator[Input | Failure]:
    if path == STDIN:
        yield Input(STDIN, "stdin.txt", Kind.DOCUMENT)
    elif is_remote(path):
        yield from _remote(path, passed)
    elif os.path.lexists(path):
        local = Path(path)
        yield from _folder(local, passed) if local.is_dir() else _file(local, local.name)
    elif glob.has_magic(path):
        yield from _pattern(path, passed)
    else:
        yield Failure("", path, "no such file or folder")


def _file(path: Path, name: str) -> Iterator[Input | Failure]:
    try:
        status = path.stat()
    except OSError as error:
        yield Failure("", str(path), error.strerror or str(error))
        return
    holds = kind(name) or Kind.DOCUMENT
    yield Input(str(path), name, holds, status.st_size, str(status.st_mtime_ns))


def _folder(path: Path, passed: Output) -> Iterator[Input | Failure]:
    empty = True
    for found in _walk(path, "", (_identity(path),), passed):
        empty = False
        yield found
    if empty:
        yield Failure("", str(path), f"nothing to clean in this folder (looked for {ENDINGS})")


def _walk(
    folder: Path, below: str, above: tuple[object, ...], passed: Output
) -> Iterator[Input | Failure]:
    """What lies in ``folder``; ``above`` are the folders it lies in, to notice a loop."""
    try:
        with os.scandir(folder) as scan:
            entries = sorted(scan, key=lambda entry: entry.name)
    except OSError as error:
        yield Failure("", str(folder), error.strerror or str(error))
        return
    for entry in entries:
        if entry.name.startswith(".") or _is_kept_by_a_run(entry.name):
            continue
        path, name = Path(entry.path), below + entry.name
        if _is_folder(entry):
            identity = _identity(path)
            if identity in above:
                yield Failure("", str(path), "is a link to a folder it lies in: a loop")
            elif not passed.is_folder(identity):
                yield from _walk(path, f"{name}/", (*above, identity), passed)
        elif passed.is_file(entry.name, above[-1]):
            continue
        elif kind(name) and (entry.is_symlink() or entry.is_file()):
            yield from _file(path, name)


def _is_kept_by_a_run(name: str) -> bool:
    """Whether a folder of this name holds a journal and the like."""
    return name == RUN or name.endswith(BESIDE)


def _identity(folder: Path | None) -> object:
    if folder is None or not folder.exists():
        return None
    status = folder.stat()
    return status.st_dev, status.st_ino


def _pattern(pattern: str, passed: Output) -> Iterator[Input | Failure]:
    """Names are kept below the last folder that the pattern spells out."""
    root = Path(*takewhile(lambda part: not glob.has_magic(part), Path(pattern).parts))
    matches = sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207 - keeps the user's spelling
    files = [
        path
        for path in map(Path, matches)
        if not path.is_dir() and not any(map(_is_kept_by_a_run, path.relative_to(root).parts))
    ]
    if not files:
        yield Failure("", pattern, "no file matches this pattern")
    identity = cache(_identity)  # files share their folders

    @cache
    def is_output(folder: Path) -> bool:
        return any(passed.is_folder(identity(above)) for above in (folder, *folder.parents))

    for file in files:
        if not is_output(file.parent) and not passed.is_file(file.name, identity(file.parent)):
            yield from _file(file, file.relative_to(root).as_posix())


def _remote(path: str, passed: Output) -> Iterator[Input | Failure]:
    try:
        yield from _listed(path, passed)
    except (OSError, ValueError) as error:
        yield Failure("", path, str(error) or type(error).__name__)


def _listed(path: str, passed: Output) -> Iterator[Input | Failure]:
    filesystem, inside = remote(path)
    if glob.has_magic(inside):
        details = filesystem.glob(inside, detail=True)
        root = inside[: inside.index(next(x for x in inside if x in "*?["))].rpartition("/")[0]
    elif filesystem.isfile(inside):
        details = {inside: filesystem.info(inside)}
        root = str(PurePosixPath(inside).parent)
    else:
        details = filesystem.find(inside, detail=True)
        root = inside
    files = {name: info for name, info in sorted(details.items()) if info["type"] == "file"}
    taken = 0
    for name, info in files.items():
        relative = name.removeprefix(root).lstrip("/")
        folders = PurePosixPath(relative).parts[:-1]
        if any(map(_is_kept_by_a_run, folders)) or passed.is_at(name):
            continue
        if len(files) > 1 and not kind(name):
            continue
        taken += 1
        address = filesystem.unstrip_protocol(name)
        holds = kind(name) or Kind.DOCUMENT
        yield Input(address, relative, holds, info.get("size") or 0, _changed(info))
    if not taken:
        yield Failure("", path, f"nothing to clean there (looked for {ENDINGS})")


def _changed(info: Mapping[str, object]) -> str:
    """What differs after a change, of whatever the file system tells."""
    return " ".join(str(info[x]) for x in ("LastModified", "mtime", "ETag", "etag") if x in info)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False
