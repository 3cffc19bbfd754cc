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
from cleaner.extras import missing

if TYPE_CHECKING:
    from fastwarc.warc import WarcRecord

TEXTUAL = re.compile(r"text/|application/(xhtml\+)?xml", re.IGNORECASE)
OK = 200
NEXT = b"\r\n\r\nWARC/1."


@dataclass(frozen=True, slots=True)
class Capture:
    """A page of an archive."""

    id: str
    payload: bytes
    columns: dict[str, Any]


Found = Iterator[Capture | Skipped | SourceError]


def captures(stream: BinaryIO, limit: int) -> Found:
    """The pages of an archive, and for each record that is none or is broken the reason.

    Raises `SourceError` where the archive itself cannot be read on.
    """
    warc = _fastwarc()
    kinds = warc.WarcRecordType.response | warc.WarcRecordType.conversion
    try:
        steps = _Steps(stream)
        for record in warc.ArchiveIterator(steps, record_types=kinds, parse_http=False):
            yield from _captured(record, limit)
    except OSError as error:
        message = f"damaged web archive ({error})"
        raise SourceError(message) from error


class _Steps:
    """Reads no further than it must, so that what comes before damage is not lost with it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._read = getattr(stream, "read1", stream.read)

    def read(self, size: int) -> bytes:
        data: bytes = self._read(size)
        return data

    def tell(self) -> int:
        return self._stream.tell()


def _captured(record: WarcRecord, limit: int) -> Found:
    declared = record.content_length
    block = record.reader.read(limit + 1)
    if len(block) > limit:
        yield too_large(declared, limit)
    elif len(block) < declared:
        yield _cut_off(len(block), declared)
        swallowed = block.find(NEXT)
        if swallowed >= 0:
            yield from captures(io.BytesIO(block[swallowed + 4 :]), limit)
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
    try:
        from fastwarc import warc  # noqa: PLC0415 - an extra
    except ImportError as error:
        problem = missing("fastwarc", "to read web archives", "warc")
        raise problem from error
    return warc
