"""Output on this machine, in memory, and on a real S3 server."""

from __future__ import annotations

import os

import fsspec
import pytest

from cleaner.batch.find import find
from cleaner.batch.folders import LocalFolder, RemoteFolder, output_folder, read_input
from cleaner.batch.formats import Kind
from cleaner.batch.run import clean
from cleaner.batch.task import Task
from cleaner.errors import SourceError

from .conftest import article, cleaned


@pytest.fixture
def memory():
    """The address of an empty folder in memory."""
    files = fsspec.filesystem("memory")
    files.store.clear()
    return "memory://bucket"


@pytest.fixture(scope="module")
def s3_server():
    """A real S3 server on this machine, or a reason why there is none."""
    server = pytest.importorskip("moto.server", reason="needs moto[s3,server]")
    pytest.importorskip("s3fs", reason="needs s3fs")
    running = server.ThreadedMotoServer(port=0)
    running.start()
    yield "http://{}:{}".format(*running.get_host_and_port())
    running.stop()


@pytest.fixture
def s3(s3_server, monkeypatch):
    """The address of an empty bucket."""
    for name, value in {
        "AWS_ENDPOINT_URL": s3_server,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    files = fsspec.filesystem("s3")
    bucket = f"bucket-{os.urandom(4).hex()}"
    files.mkdir(bucket)
    return f"s3://{bucket}"


@pytest.fixture(params=["local", "memory", "s3"])
def folder(request, tmp_path):
    if request.param == "local":
        return LocalFolder(tmp_path / "out", "run/unfinished")
    address = request.getfixturevalue(request.param)
    return RemoteFolder(f"{address}/out")


def test_files_are_written_whole_or_not_at_all(folder):
    folder.write("a/b.txt", b"one")
    folder.write("a/b.txt", b"two")
    with folder.open("a/b.txt") as stream:
        assert stream.read() == b"two"

    def fail():
        with folder.create("a/b.txt") as stream:
            stream.write(b"half of")
            message = "stopped"
            raise RuntimeError(message)

    with pytest.raises(RuntimeError):
        fail()
    with folder.open("a/b.txt") as stream:
        assert stream.read() == b"two"


def test_parts_are_joined_in_order_and_removed(folder):
    folder.write("parts/x/1", b"one,")
    folder.write("parts/x/2", b"two")
    folder.join(["parts/x/1", "parts/x/2"], "x")
    with folder.open("x") as stream:
        assert stream.read() == b"one,two"
    folder.remove("parts/x")
    folder.remove("parts/x")
    assert not folder.exists("parts/x/1")
    assert folder.exists("x")


def test_lines_are_added_and_read_again(folder):
    assert list(folder.lines("run/journal")) == []
    for number in range(3):
        folder.append("run/journal", b"%d" % number)
    folder.close()
    folder.append("run/journal", b"3")
    folder.close()
    assert list(folder.lines("run/journal")) == [b"0\n", b"1\n", b"2\n", b"3\n"]


def test_what_was_left_unfinished_is_cleared_away(tmp_path):
    (tmp_path / "run" / "unfinished").mkdir(parents=True)
    (tmp_path / "run" / "unfinished" / "1.tmp").write_text("half of")
    LocalFolder(tmp_path, "run/unfinished").close()
    assert list(tmp_path.rglob("*.tmp")) == []


def test_a_document_above_the_limit_is_not_read(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"x" * 100)
    assert read_input(str(tmp_path / "a.txt"), 100) == b"x" * 100
    with pytest.raises(SourceError, match="over the limit"):
        read_input(str(tmp_path / "a.txt"), 99)


@pytest.mark.parametrize("place", ["memory", "s3"])
def test_from_one_remote_folder_into_another(request, watcher, place):
    address = request.getfixturevalue(place)
    source = output_folder(f"{address}/in", "run")
    source.write("a/one.txt", article(1).encode())
    source.write("two.html", article(2).encode())
    source.write("photo.png", b"\x89PNG")
    source.write("bad.txt", b"\x89PNG\r\n\x1a\n")
    found = list(find([f"{address}/in"]))
    assert [x.name for x in found] == ["a/one.txt", "bad.txt", "two.html"]
    assert all(x.kind is Kind.DOCUMENT and x.size for x in found)
    assert [x.name for x in find([f"{address}/in/a/one.txt"])] == ["one.txt"]
    assert [x.name for x in find([f"{address}/in/*/*.txt"])] == ["a/one.txt"]

    task = Task((f"{address}/in",), f"{address}/out", workers=0)
    report = clean(task, watcher)
    assert (report.tally.documents, report.tally.failures) == (2, 1)
    out = output_folder(f"{address}/out", "run")
    for name, number in (("a/one.txt", 1), ("two.txt", 2)):
        with out.open(name) as stream:
            assert stream.read().decode() == cleaned(article(number))
    assert clean(task, watcher).earlier.documents == 2

    everything = Task((f"{address}/in",), f"{address}/all.jsonl.zst", workers=2)
    if place == "s3":  # what is in memory is not in the memory of the workers
        assert clean(everything, watcher).tally.documents == 2
        assert output_folder(address, "run").exists("all.jsonl.zst")


def test_what_is_not_there(memory):
    (failure,) = find([f"{memory}/nothing"])
    assert "nothing" in failure.origin
    assert failure.reason
