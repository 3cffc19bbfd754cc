"""Web archives: responses and conversion records (WET) as documents; the door of fastwarc."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any, BinaryIO

from cleaner.batch.folders import too_large
from cleaner.batch.records import Skipped
from cleaner.errors import SourceError
from cleaner.extras import needed

if TYPE_CHECKING:
    from fastwarc.warc import WarcRecord

TEXTUAL = re.compile(r"text/|application/(xhtml\+)?xml", re.IGNORECASE)
OK = 200
BETWEEN = b"\r\n\r\n"
NEXT = BETWEEN + b"WARC/1."
BLOCK = 1 << 16


@dataclass(frozen=True, slots=True)
class Capture:
    """A page of an archive."""

    id: str
    payload: bytes
    columns: dict[str, Any]


Found = Iterator[Capture | Skipped | SourceError]


def captures(stream: BinaryIO, limit: int) -> Found:
    """The pages of an archive, and for each record that is none or is broken the reason.

    Where a record is shorter or longer than it says, what comes next is looked for. Raises
    `SourceError` where nothing does.
    """
    warc = _fastwarc()
    kinds = warc.WarcRecordType.response | warc.WarcRecordType.conversion
    steps = _Steps(stream)
    last, told = 0, False
    while True:
        try:
            for record in warc.ArchiveIterator(steps, record_types=kinds, parse_http=False):
                last, told = record.stream_pos, False
                yield from _captured(record, limit)
        except OSError as error:
            if not steps.seek_record(last + 1):
                message = f"damaged web archive ({error})"
                raise SourceError(message) from error
            if not told:
                yield SourceError(
                    f"the record before it has a wrong length, or is damaged ({error})"
                )
            last, told = 0, True
        else:
            return


class _Steps:
    """Reads no further than it must, so that what comes before damage is not lost with it.

    Remembers the last two pieces that it read: damage is noticed when it has been passed.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._read = getattr(stream, "read1", stream.read)
        self._seen = b""
        self._again = b""
        self._position = 0

    def read(self, size: int) -> bytes:
        data: bytes = self._again[:size] or self._read(size)
        self._again = self._again[size:]
        self._seen = self._seen[-size:] + data
        self._position += len(data)
        return data

    def tell(self) -> int:
        return self._position

    def seek_record(self, position: int) -> bool:
        """Go on with the next record that begins at ``position`` or later; whether there is one.

        Positions count from there afterwards.
        """
        begin = max(position - (self._position - len(self._seen)), 0)
        piece, more = self._seen[begin:] + self._again, b" "
        while (found := piece.find(NEXT)) < 0 and more:
            more = self._read(BLOCK)
            piece = piece[-len(NEXT) :] + more
        self._seen, self._position = b"", 0
        self._again = piece[found + len(BETWEEN) :]
        return found >= 0


def _captured(record: WarcRecord, limit: int) -> Found:
    declared = record.content_length
    block = record.reader.read(limit + 1)
    if len(block) > limit:
        yield too_large(declared, limit)
    elif len(block) < declared:
        yield _cut_off(len(block), declared)
        swallowed = block.find(NEXT)
        if swallowed >= 0:
            yield from captures(io.BytesIO(block[swallowed + len(BETWEEN) :]), limit)
    else:
        record.set_bytes_content(block)
        yield _page(record, limit)


def _page(record: WarcRecord, limit: int) -> Capture | Skipped | SourceError:
    if record.is_http:
        record.parse_http(auto_decode="all")
        status = record.http_headers.status_code if record.http_headers else None
        if status not in {None, OK} or not TEXTUAL.match(record.http_content_type or "text/"):
            return Skipped()
    payload = record.reader.read(limit + 1)
    if len(payload) > limit:
        return too_large(len(payload), limit)
    url = record.headers.get("WARC-Target-URI")
    identity = record.headers.get("WARC-Record-ID") or url or ""
    return Capture(identity, payload, {"url": url, "date": record.headers.get("WARC-Date")})


def _cut_off(size: int, declared: int) -> SourceError:
    message = f"record of {size} bytes that claims {declared}: cut off, or its length is wrong"
    return SourceError(message)


def _fastwarc() -> ModuleType:
    with needed("fastwarc", "to read web archives", "warc"):
        from fastwarc import warc  # noqa: PLC0415 - an extra
    return warc
