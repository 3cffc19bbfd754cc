"""Where files lie: folders of this machine, and of any place that fsspec knows; its only door.

A `Folder` publishes a file whole or not at all: on disk it is written beside and renamed, in an
object store it appears when the transaction ends.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO, Protocol, cast

from cleaner.batch.records import MEGABYTE
from cleaner.errors import ExtraError, SourceError
from cleaner.extras import missing, needed

RUN = "_cleaner"
"""The folder in the output that holds the journal, the report and the list of errors. Readers of
data sets (pyarrow, Spark) pass over names that start with an underscore."""

BESIDE = ".cleaner"
"""What the name of an output file gets for the folder beside it that holds the same."""


def is_remote(path: str) -> bool:
    """Whether ``path`` is an address such as ``s3://bucket/folder``.

    >>> is_remote("s3://bucket/a.txt"), is_remote("folder/a.txt")
    (True, False)
    """
    return "://" in path


def open_input(path: str) -> BinaryIO:
    """The bytes of an input, local or remote."""
    if is_remote(path):
        filesystem, inside = remote(path)
        return cast("BinaryIO", filesystem.open(inside, "rb"))
    return Path(path).open("rb")


def read_input(path: str, limit: int) -> bytes:
    """All bytes of an input; raises `SourceError` beyond ``limit``."""
    with open_input(path) as stream:
        data = stream.read(limit + 1)
    if len(data) > limit:
        raise too_large(max(len(data), size_of(path)), limit)
    return data


def size_of(path: str) -> int:
    """Bytes of an input, 0 where that cannot be known before reading."""
    if is_remote(path):
        filesystem, inside = remote(path)
        return int(filesystem.size(inside) or 0)
    return Path(path).stat().st_size


def too_large(size: int, limit: int) -> SourceError:
    """The error for a document above the limit.

    >>> str(too_large(500_000_000, 20_000_000))
    'is 500.0 MB, over the limit of 20.0 MB for a document: split it, or raise --max-size'
    """
    message = (
        f"is {told_size(size)}, over the limit of {told_size(limit)} for a document: "
        "split it, or raise --max-size"
    )
    return SourceError(message)


def told_size(size: int) -> str:
    """A number of bytes as people read it.

    >>> told_size(80_000_000), told_size(1_200)
    ('80.0 MB', '1,200 bytes')
    """
    return f"{size / 1e6:.1f} MB" if size >= MEGABYTE else f"{size:,} bytes"


def remote(path: str) -> tuple[Any, str]:
    """The fsspec file system of an address, and the path inside it."""
    fsspec = _fsspec()
    try:
        return cast("tuple[Any, str]", fsspec.core.url_to_fs(path))
    except ImportError as error:  # fsspec names the library, but not our extra
        if path.startswith(("s3://", "s3a://")):
            problem = missing("s3fs", f"for {path}", "s3")
            raise problem from error
        raise ExtraError(str(error)) from error


def _fsspec() -> ModuleType:
    with needed("fsspec", "to read and write remote files", "batch"):
        import fsspec  # noqa: PLC0415 - an extra
    return fsspec


_count = itertools.count()


class Folder(Protocol):
    """A place for output. Names are relative, with ``/`` between their parts."""

    def write(self, name: str, data: bytes) -> None:
        """Make the file ``name`` of ``data``, whole or not at all."""

    def append(self, name: str, line: bytes) -> None:
        """Add a line to the file ``name``, which outlives this process once it is added."""

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines that were added to ``name``, the last perhaps torn; none if there is none."""

    def join(self, parts: Iterable[str], name: str) -> None:
        """Make the file ``name`` of the bytes of ``parts``, in order."""
        with self.create(name) as target:
            for part in parts:
                with self.open(part) as source:
                    shutil.copyfileobj(source, target, 1 << 20)

    def create(self, name: str) -> contextlib.AbstractContextManager[BinaryIO]:
        """A stream into the file ``name``, which appears when the block ends without an error."""

    def open(self, name: str) -> BinaryIO:
        """The bytes of the file ``name``."""

    def exists(self, name: str) -> bool:
        """Whether there is a file ``name``."""

    def remove(self, name: str) -> None:
        """Delete the file or folder ``name``, if it is there."""

    def close(self) -> None:
        """Finish what was added."""


class LocalFolder(Folder):
    """A folder of this machine.

    Unfinished files lie in ``staging``, a folder inside it, so that a killed run leaves nothing
    among the results. What an earlier run left there is deleted.
    """

    def __init__(self, path: Path, staging: str = "") -> None:
        self.path = path
        if staging:
            shutil.rmtree(path / staging, ignore_errors=True)
        self._staging = path / staging
        self._streams: dict[str, BinaryIO] = {}

    def __str__(self) -> str:
        return str(self.path)

    def write(self, name: str, data: bytes) -> None:
        """Make the file ``name`` of ``data``, whole or not at all."""
        with self.create(name) as stream:
            stream.write(data)

    def append(self, name: str, line: bytes) -> None:
        """Add a line to the file ``name``."""
        stream = self._streams.get(name)
        if stream is None:
            stream = self._streams[name] = self._parent(name).open("ab")
        stream.write(line + b"\n")
        stream.flush()

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines that were added to ``name``."""
        path = self.path / name
        if path.is_file():
            with path.open("rb") as stream:
                yield from stream

    @contextlib.contextmanager
    def create(self, name: str) -> Iterator[BinaryIO]:
        """A stream into the file ``name``, which appears when the block ends without an error."""
        unfinished = self._staging / f"{os.getpid()}-{next(_count)}.tmp"
        unfinished.parent.mkdir(parents=True, exist_ok=True)
        try:
            with unfinished.open("wb") as stream:
                yield stream
            unfinished.replace(self._parent(name))
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise

    def open(self, name: str) -> BinaryIO:
        """The bytes of the file ``name``."""
        return (self.path / name).open("rb")

    def exists(self, name: str) -> bool:
        """Whether there is a file ``name``."""
        return (self.path / name).is_file()

    def remove(self, name: str) -> None:
        """Delete the file or folder ``name`` if it is there, and the folder it leaves empty."""
        path = self.path / name
        if path.is_dir():
            shutil.rmtree(path)
            with contextlib.suppress(OSError):  # not empty
                path.parent.rmdir()
        else:
            path.unlink(missing_ok=True)

    def close(self) -> None:
        """Finish what was added."""
        for stream in self._streams.values():
            stream.close()
        self._streams.clear()
        if self._staging != self.path:
            with contextlib.suppress(OSError):  # something is unfinished
                self._staging.rmdir()

    def _parent(self, name: str) -> Path:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path


FLUSH_LINES, FLUSH_SECONDS = 500, 5.0
"""How much that was added to a remote file may be lost when the machine dies."""


class RemoteFolder(Folder):
    """A folder in an object store, or wherever else fsspec reaches.

    Stores cannot add to a file, so what is added lies in numbered pieces in a folder of its name.
    Whole files are made here first: an interrupted upload of one leaves nothing there.
    """

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")
        self._files, self._root = remote(self.address)
        self._added: dict[str, list[bytes]] = {}
        self._flushed = time.monotonic()

    def __str__(self) -> str:
        return self.address

    def write(self, name: str, data: bytes) -> None:
        """Make the file ``name`` of ``data``, whole or not at all."""
        self._files.makedirs(self._path(name).rpartition("/")[0], exist_ok=True)
        self._files.pipe_file(self._path(name), data)

    def append(self, name: str, line: bytes) -> None:
        """Add a line to the file ``name``, soon."""
        self._added.setdefault(name, []).append(line + b"\n")
        overdue = time.monotonic() - self._flushed > FLUSH_SECONDS
        if overdue or len(self._added[name]) >= FLUSH_LINES:
            self.close()

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines that were added to ``name``."""
        if self._files.isdir(self._path(name)):
            for piece in sorted(self._files.find(self._path(name))):
                with self._files.open(piece, "rb") as stream:
                    yield from stream

    @contextlib.contextmanager
    def create(self, name: str) -> Iterator[BinaryIO]:
        """A stream into the file ``name``, which appears when the block ends without an error."""
        with tempfile.NamedTemporaryFile() as stream:
            yield cast("BinaryIO", stream)
            stream.flush()
            self._files.makedirs(self._path(name).rpartition("/")[0], exist_ok=True)
            self._files.put_file(stream.name, self._path(name))

    def open(self, name: str) -> BinaryIO:
        """The bytes of the file ``name``."""
        return cast("BinaryIO", self._files.open(self._path(name), "rb"))

    def exists(self, name: str) -> bool:
        """Whether there is a file ``name``."""
        return bool(self._files.exists(self._path(name)))

    def remove(self, name: str) -> None:
        """Delete the file or folder ``name``, if it is there."""
        if self._files.exists(self._path(name)):
            self._files.rm(self._path(name), recursive=True)

    def close(self) -> None:
        """Finish what was added."""
        for name, lines in self._added.items():
            self.write(f"{name}/{time.time_ns():020}", b"".join(lines))
        self._added.clear()
        self._flushed = time.monotonic()

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"


def output_folder(path: str, run: str) -> Folder:
    """The folder at ``path``, an address or a place on this machine, for a run kept in ``run``."""
    return RemoteFolder(path) if is_remote(path) else LocalFolder(Path(path), f"{run}/unfinished")
