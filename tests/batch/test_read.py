"""Inputs to records, sound and damaged."""

from __future__ import annotations

import gzip
import io
import json
import time
import tracemalloc
from functools import partial

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from cleaner.batch import compression
from cleaner.batch.find import find
from cleaner.batch.read import Position, read
from cleaner.batch.records import Failure, Limits, Recipe, Record, Skipped, Stored
from cleaner.errors import SourceError

ROWS = [
    {"id": "a", "text": "One", "url": "http://a.example"},
    {"id": 2, "text": "Two\nlines", "meta": {"k": [1, None]}},
    {"text": "no id"},
]


def reading(path, recipe=Recipe()):  # noqa: B008
    (found,) = find([str(path)])
    return list(read(found, recipe, Position()))


def json_lines(rows) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def packed(name: str, data: bytes) -> bytes:
    if name.endswith(".gz"):
        return gzip.compress(data)
    return zstandard.compress(data) if name.endswith(".zst") else data


def expect_rows(entries, name):
    assert [x.id for x in entries] == ["a", "2", f"{name}:3"]
    assert [x.source for x in entries] == ["One", "Two\nlines", "no id"]


@pytest.mark.parametrize("name", ["r.jsonl", "r.jsonl.gz", "r.jsonl.zst"])
def test_json_lines(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(packed(name, json_lines(ROWS)))
    entries = reading(path)
    expect_rows(entries, name)
    assert entries[0].columns == {"id": "a", "url": "http://a.example"}
    assert entries[1].columns == {"id": 2, "meta": {"k": [1, None]}}


@pytest.mark.parametrize("name", ["r.jsonl.gz", "r.jsonl.zst"])
def test_several_members_or_frames(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"".join(packed(name, json_lines([row])) for row in ROWS))
    expect_rows(reading(path), name)


def test_keys_can_be_named(tmp_path):
    path = tmp_path / "r.jsonl"
    path.write_bytes(json_lines([{"url": "u", "content": "One", "text": "other"}]))
    (entry,) = reading(path, Recipe(text_key="content", id_key="url"))
    assert (entry.id, entry.source) == ("u", "One")
    assert entry.columns == {"url": "u", "text": "other"}


FAULTY = [
    (b'{"text": "cut o', "is no valid JSON", "cut off"),
    (b"[1, 2]", "not an object", "a list"),
    (b'{"body": "x"}', "column 'text' is missing; the record has 'body'", "another name"),
    (b'{"text": null}', "is null", "null"),
    (b'{"text": 5}', "is int, not text", "a number"),
    (b"[" * 100_000, "is no valid JSON", "nested too deep"),
    (b'{"text": "\xff"}', "is no valid JSON", "no UTF-8"),
]


@pytest.mark.parametrize(("line", "reason", "comment"), FAULTY, ids=[case[2] for case in FAULTY])
def test_a_faulty_line_is_named_and_the_others_go_on(tmp_path, line, reason, comment):
    path = tmp_path / "r.jsonl"
    path.write_bytes(b'{"text": "before"}\n' + line + b'\n\n{"text": "after"}\n')
    before, failure, after = reading(path)
    assert (before.source, after.source) == ("before", "after"), comment
    assert isinstance(failure, Failure)
    assert reason in failure.reason
    assert str(failure).startswith(f"{path}: line 2: ")


def test_a_line_longer_than_any_document_may_be(tmp_path):
    path = tmp_path / "r.jsonl"
    path.write_bytes(json_lines([{"text": "x" * 9000}, {"text": "after"}]))
    failure, after = reading(path, Recipe(limits=Limits(bytes=1000)))
    assert "is more than 4,000 bytes of JSON, over the limit" in failure.reason
    assert after.source == "after"


@pytest.mark.parametrize("name", ["r.jsonl.gz", "r.jsonl.zst"])
def test_a_truncated_file_keeps_what_came_before(tmp_path, name):
    many = [{"id": str(i), "text": f"{i} " * 500} for i in range(2000)]
    data = b"".join(packed(name, json_lines(many[i : i + 100])) for i in range(0, 2000, 100))
    path = tmp_path / name
    path.write_bytes(data[: len(data) // 2])
    *records, failure = reading(path)
    assert [x.id for x in records] == [row["id"] for row in many[: len(records)]]
    assert len(records) > 500
    assert isinstance(failure, Failure)
    assert "ended before" in failure.reason
    assert f"after {len(records)} records" in failure.reason


@pytest.mark.parametrize("name", ["r.jsonl.gz", "r.jsonl.zst", "r.warc.gz"])
def test_a_decompression_bomb(tmp_path, name, monkeypatch):
    """It is given up early, with the reason: not once it has filled the memory or the day."""
    monkeypatch.setattr(compression, "FREE", 1 << 20)
    path = tmp_path / name
    path.write_bytes(b"".join([packed(name, b" " * (20 << 20))] * 20))
    began = time.process_time()
    *_, failure = reading(path)
    assert "more than 200 times its size" in failure.reason
    assert time.process_time() - began < 2


@pytest.mark.parametrize("name", ["r.jsonl.gz", "r.jsonl.zst"])
def test_small_files_may_repeat_themselves(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(packed(name, json_lines([{"id": "1", "text": "x" * 5_000_000}])))
    assert path.stat().st_size < 5_000_000 / compression.RATIO
    (record,) = reading(path)
    assert len(record.source) == 5_000_000


def test_a_zstandard_bomb_takes_little_memory(tmp_path):
    """64 kB of the densest blocks there are would be 2 GB, were they decompressed at once."""
    densest = zstandard.ZstdCompressor(level=19).compress(bytes(64 << 20))
    stream = compression.decompressed(io.BytesIO(densest * 40), "a.zst")
    tracemalloc.start()
    with pytest.raises(SourceError, match="200 times"):
        all(iter(partial(stream.read, 1 << 16), b""))
    assert tracemalloc.get_traced_memory()[1] < 200 << 20
    tracemalloc.stop()


@pytest.mark.parametrize("name", ["r.jsonl.gz", "r.jsonl.zst", "r.parquet", "r.warc", "r.warc.gz"])
def test_something_else_under_this_name(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"This is not what the name says.\n" * 50)
    (failure,) = reading(path)
    assert isinstance(failure, Failure)
    assert failure.origin == str(path)


def test_parquet(tmp_path):
    path = tmp_path / "r.parquet"
    pq.write_table(pa.table({"id": ["a", "2"], "text": ["One", None], "n": [1, 2]}), path)
    record, failure = reading(path)
    assert (record.id, record.source, record.columns) == ("a", "One", {"id": "a", "n": 1})
    assert str(failure).startswith(f"{path}: row 2: column 'text' is null")


def test_parquet_without_the_column(tmp_path):
    path = tmp_path / "r.parquet"
    pq.write_table(pa.table({"body": ["x"]}), path)
    (failure,) = reading(path)
    assert failure.reason == "has no column 'text'; it has 'body' (see --text-key)"


def test_truncated_parquet(tmp_path):
    path = tmp_path / "r.parquet"
    pq.write_table(pa.table({"text": ["x" * 1000] * 1000}), path)
    path.write_bytes(path.read_bytes()[:-20])
    (failure,) = reading(path)
    assert "damaged Parquet" in failure.reason


def test_documents_are_left_to_the_worker(tmp_path):
    path = tmp_path / "page.html"
    path.write_text("<p>x")
    (record,) = reading(path)
    assert record == Record("page.html", Stored(str(path), 4), str(path))


# -- web archives --------------------------------------------------------------------------------

HTTP = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"


def warc_record(kind: str, body: bytes, name: str, length: int | None = None) -> bytes:
    described = "application/http" if kind == "response" else "text/plain"
    length = len(body) if length is None else length
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{name}>\r\n"
        f"WARC-Target-URI: http://example.org/{name}\r\nWARC-Date: 2024-01-02T03:04:05Z\r\n"
        f"Content-Type: {described}\r\nContent-Length: {length}\r\n\r\n"
    )
    return head.encode() + body + b"\r\n\r\n"


PAGE = warc_record("response", HTTP + b"<p>Hello</p>", "page")
TEXT = warc_record("conversion", b"Plain text", "text")


@pytest.mark.parametrize("name", ["w.warc", "w.warc.gz", "w.wet.gz"])
def test_web_archives(tmp_path, name):
    zipped = gzip.compress(b"<p>Packed</p>")
    chunked = b"%x\r\n%b\r\n0\r\n\r\n" % (len(zipped), zipped)
    packed_http = HTTP[:-2] + b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
    archive = [
        warc_record("warcinfo", b"software: none", "info"),
        warc_record("request", b"GET / HTTP/1.1\r\n\r\n", "request"),
        PAGE,
        warc_record("response", packed_http + chunked, "packed"),
        warc_record("response", HTTP.replace(b"200 OK", b"404 Not Found") + b"<p>x", "missing"),
        warc_record("response", HTTP.replace(b"text/html", b"image/png") + b"\x89PNG", "image"),
        TEXT,
    ]
    path = tmp_path / name
    path.write_bytes(b"".join(gzip.compress(x) if name.endswith(".gz") else x for x in archive))
    page, packed_page, missing, image, text = reading(path)
    assert page.id == "<urn:uuid:page>"
    assert page.source == b"<p>Hello</p>"
    assert page.columns == {"url": "http://example.org/page", "date": "2024-01-02T03:04:05Z"}
    assert packed_page.source == b"<p>Packed</p>"
    assert missing == image == Skipped()
    assert text.source == b"Plain text"


def test_a_length_that_is_too_large(tmp_path):
    path = tmp_path / "w.warc"
    path.write_bytes(PAGE + warc_record("response", HTTP + b"<p>x", "liar", 9999) + TEXT)
    page, failure, text = reading(path)
    assert page.id == "<urn:uuid:page>"
    assert "claims 9999" in failure.reason
    assert text.id == "<urn:uuid:text>", "what the lie had swallowed"


def test_a_length_that_is_too_small(tmp_path):
    path = tmp_path / "w.warc"
    path.write_bytes(PAGE + warc_record("conversion", b"Longer than it says", "liar", 6) + TEXT)
    page, liar, failure, text = reading(path)
    assert (page.id, liar.source) == ("<urn:uuid:page>", b"Longer")
    assert str(failure).startswith(f"{path}: record 3: the record before it has a wrong length")
    assert text.id == "<urn:uuid:text>", "what comes after the lie"


@pytest.mark.parametrize("length", [0, 6, -5, 150])
@pytest.mark.parametrize("name", ["w.warc", "w.warc.gz"])
def test_what_comes_after_wrong_lengths(tmp_path, name, length):
    """Neither lost nor read twice, however much of other kinds lies between and behind."""
    request = warc_record("request", b"GET / HTTP/1.1\r\n\r\n", "request")
    liar = warc_record("response", HTTP + b"<p>Longer than it says</p>" * 20, "liar", length)
    far = warc_record("conversion", b"Plain text. " * 20_000, "far")
    archive = [PAGE, far, request, request, liar, request, PAGE, liar, liar, far, TEXT]
    path = tmp_path / name
    path.write_bytes(b"".join(gzip.compress(x) if name.endswith(".gz") else x for x in archive))
    entries = reading(path)
    sound = [x.id for x in entries if isinstance(x, Record) and "liar" not in x.id]
    assert [x.removeprefix("<urn:uuid:") for x in sound] == [
        "page>",
        "far>",
        "page>",
        "far>",
        "text>",
    ]
    assert [x.reason[:27] for x in entries if isinstance(x, Failure)] == [
        "the record before it has a "
    ] * 3


def test_garbage_at_the_end_of_an_archive(tmp_path):
    path = tmp_path / "w.warc"
    path.write_bytes(PAGE + TEXT + b"something else" * 20_000)
    *records, failure = reading(path)
    assert len(records) == 2
    assert failure.reason == "damaged web archive (Invalid WARC header) (after 2 records)"


def test_a_truncated_archive(tmp_path):
    path = tmp_path / "w.warc.gz"
    path.write_bytes((gzip.compress(PAGE) + gzip.compress(TEXT * 50))[:-40])
    page, *_, failure = reading(path)
    assert page.id == "<urn:uuid:page>"
    assert "ended before" in failure.reason


def test_a_page_beyond_the_limit(tmp_path):
    path = tmp_path / "w.warc"
    path.write_bytes(warc_record("response", HTTP + b"x" * 5000, "large") + PAGE)
    failure, page = reading(path, Recipe(limits=Limits(bytes=1000)))
    assert "over the limit" in failure.reason
    assert page.id == "<urn:uuid:page>"


def test_only_records_are_counted_before_a_fault(tmp_path):
    path = tmp_path / "r.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"text": "One"}\n{"no text": 1}\n' + bytes(1000))[:-8])
    *_, failure = reading(path)
    assert failure.reason.endswith("(after 1 record)")
