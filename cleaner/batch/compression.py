"""Compressed streams, by suffix; the door of zstandard."""

from __future__ import annotations

import gzip
import io
import zlib
from types import ModuleType
from typing import BinaryIO, cast

from cleaner.errors import SourceError
from cleaner.extras import missing

GZIP_LEVEL = 6
BLOCK = 1 << 16

DAMAGE = (OSError, EOFError, zlib.error, SourceError)
"""What reading a damaged stream raises."""


def decompressed(stream: BinaryIO, name: str) -> BinaryIO:
    """``stream`` as it was before it was compressed, if ``name`` ends in ``.gz`` or ``.zst``.

    Reading raises ``EOFError`` where the stream was cut off, and one of `DAMAGE` elsewhere.
    """
    lower = name.lower()
    if lower.endswith(".gz"):
        return cast("BinaryIO", gzip.GzipFile(fileobj=stream))
    if lower.endswith(".zst"):
        return cast("BinaryIO", io.BufferedReader(_ZstdReader(stream), BLOCK))
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


class _ZstdReader(io.RawIOBase):
    """Frames one after another. zstandard's own reader takes a cut-off frame for the end."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._frame = _zstandard().ZstdDecompressor().decompressobj()
        self._begun = False
        self._ahead = b""
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
        block = self._ahead or self._stream.read(BLOCK)
        self._ahead = b""
        if not block:
            if self._begun:
                message = "compressed file ended before its last frame was complete"
                raise EOFError(message)
            return False
        zstandard = _zstandard()
        try:
            self._ready = memoryview(self._frame.decompress(block))
        except zstandard.ZstdError as error:
            message = f"damaged zstandard data ({error})"
            raise SourceError(message) from error
        self._begun = not self._frame.eof
        if self._frame.eof:
            self._ahead = self._frame.unused_data
            self._frame = zstandard.ZstdDecompressor().decompressobj()
        return True


def _zstandard() -> ModuleType:
    try:
        import zstandard  # noqa: PLC0415 - an extra
    except ImportError as error:
        problem = missing("zstandard", "to read and write .zst files", "batch")
        raise problem from error
    return zstandard
