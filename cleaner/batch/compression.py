"""Compressed streams, by suffix; the door of zstandard."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable
from types import ModuleType
from typing import BinaryIO, cast

from cleaner.errors import SourceError
from cleaner.extras import needed

GZIP_LEVEL = 6
BLOCK = 1 << 16

BITE = 1 << 10
"""Bytes of zstandard that are decompressed at once: they become 32 MB at the worst."""

RATIO, FREE = 200, 100 << 20
"""A file may grow to 100 MiB, and beyond that to 200 times its size. JSON lines of web pages grow 4
to 50 times; what grows a thousand times has been made to fill a machine."""

DAMAGE = (OSError, EOFError, zlib.error, SourceError)
"""What reading a damaged stream raises."""


def decompressed(stream: BinaryIO, name: str) -> BinaryIO:
    """``stream`` as it was before it was compressed, if ``name`` ends in ``.gz`` or ``.zst``.

    Reading raises ``EOFError`` where the stream was cut off, ``SourceError`` where it grows beyond
    `RATIO`, and one of `DAMAGE` elsewhere.
    """
    lower = name.lower()
    if lower.endswith(".gz"):
        # Once, not until the buffer is full: what comes before damage is not lost with it.
        return _bounded(gzip.GzipFile(fileobj=stream).readinto1, stream)
    if lower.endswith(".zst"):
        return _bounded(_ZstdReader(stream).readinto, stream)
    return stream


def compressed(data: bytes, name: str) -> bytes:
    """``data`` as the suffix of ``name`` wants it: one whole member or frame, so pieces may follow.

    >>> gzip.decompress(compressed(b"one", "a.gz") + compressed(b"two", "a.gz"))
    b'onetwo'
    """
    lower = name.lower()
    if lower.endswith(".gz"):
        return gzip.compress(data, GZIP_LEVEL, mtime=0)
    if lower.endswith(".zst"):
        return cast("bytes", _zstandard().ZstdCompressor().compress(data))
    return data


def _bounded(fill: Callable[[memoryview], int | None], packed: BinaryIO) -> BinaryIO:
    return cast("BinaryIO", io.BufferedReader(_Bounded(fill, packed), BLOCK))


class _Bounded(io.RawIOBase):
    """What ``fill`` gives, while that is not out of proportion to what was read of ``packed``."""

    def __init__(self, fill: Callable[[memoryview], int | None], packed: BinaryIO) -> None:
        self._fill = fill
        self._packed = packed
        self._size = 0

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._size

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        count = self._fill(buffer) or 0
        self._size += count
        if self._size > FREE + RATIO * self._packed.tell():
            message = (
                f"grows to more than {RATIO} times its size: a decompression bomb? "
                "If it is not, decompress it first"
            )
            raise SourceError(message)
        return count


class _ZstdReader(io.RawIOBase):
    """Frames one after another. zstandard's own reader takes a cut-off frame for the end."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._frame = _zstandard().ZstdDecompressor().decompressobj()
        self._begun = False
        self._ahead = memoryview(b"")
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._ready:
            if not self._fill():
                return 0
        size = min(len(buffer), len(self._ready))
        buffer[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size

    def _fill(self) -> bool:
        block = self._ahead or memoryview(self._stream.read(BLOCK))
        bite, self._ahead = block[:BITE], block[BITE:]
        if not bite:
            if self._begun:
                message = "compressed file ended before its last frame was complete"
                raise EOFError(message)
            return False
        zstandard = _zstandard()
        try:
            self._ready = memoryview(self._frame.decompress(bite))
        except zstandard.ZstdError as error:
            message = f"damaged zstandard data ({error})"
            raise SourceError(message) from error
        self._begun = not self._frame.eof
        if self._frame.eof:
            self._ahead = block[len(bite) - len(self._frame.unused_data) :]
            self._frame = zstandard.ZstdDecompressor().decompressobj()
        return True


def _zstandard() -> ModuleType:
    with needed("zstandard", "to read and write .zst files", "batch"):
        import zstandard  # noqa: PLC0415 - an extra
    return zstandard
