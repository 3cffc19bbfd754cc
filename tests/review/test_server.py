"""The review as the command starts it."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import textwrap
import urllib.error
import urllib.request
from contextlib import closing

import pytest

from cleaner.cleaner import Cleaner
from cleaner.errors import CleanerError, SampleError, SourceError
from cleaner.review.server import serve

PROGRAM = """
    import sys
    from pathlib import Path
    from cleaner.cleaner import Cleaner
    from cleaner.review.documents import read_files
    from cleaner.review.server import serve

    def ready(address, shelf):
        print(address, len(shelf.documents), flush=True)

    serve(read_files([Path(sys.argv[1])]), Cleaner(), ready, labels=Path(sys.argv[2]))
    print("stopped", flush=True)
"""


@pytest.fixture(scope="module")
def cleaner():
    return Cleaner()


def never(address, shelf):
    pytest.fail(f"served {len(shelf.documents)} documents at {address}")


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGINT")
def test_it_serves_until_interrupted(tmp_path):
    pytest.importorskip("uvicorn", reason="the extra `review` is not installed")
    (tmp_path / "rain.txt").write_text("Rain is expected in the north tomorrow, they said.\n")
    command = [sys.executable, "-c", textwrap.dedent(PROGRAM)]
    arguments = [str(tmp_path), str(tmp_path / "labels.sqlite")]
    with subprocess.Popen(
        [*command, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        address, count = process.stdout.readline().split()
        assert count == "1"
        home, token = address.split("/#")
        asked = urllib.request.Request(
            f"{home}/api/documents", headers={"Authorization": f"Bearer {token}"}
        )
        with urllib.request.urlopen(asked, timeout=20) as answer:
            assert b"rain.txt" in answer.read()
            assert answer.headers["Server"] is None
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(f"{home}/api/documents", timeout=20)
        assert elsewhere_refuses(int(home.rpartition(":")[2]))
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert (out, err) == ("stopped\n", "")


def elsewhere_refuses(port: int) -> bool:
    """Whether the machine's other addresses know nothing of the port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # nothing is sent; it names the outer address
        except OSError:
            return True
        outer = probe.getsockname()[0]
    with socket.socket() as attempt:
        attempt.settimeout(5)
        return attempt.connect_ex((outer, port)) != 0


def test_nothing_to_review_is_said_with_the_reasons(cleaner, tmp_path):
    sources = [("a.pdf", b"%PDF-1.7"), ("b.txt", b"")]
    with pytest.raises(SourceError) as error:
        serve(sources, cleaner, never, labels=tmp_path / "labels.sqlite")
    assert str(error.value) == (
        "nothing to review:\n"
        "  a.pdf: looks like a PDF document, not text: convert or unpack it first\n"
        "  b.txt: holds no text"
    )
    assert not (tmp_path / "labels.sqlite").exists()
    with pytest.raises(SourceError, match=r"^nothing to review$"):
        serve([], cleaner, never)


def test_a_port_that_is_taken_is_said(cleaner, tmp_path):
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CleanerError, match=rf"^port {port}: .*choose another"):
            serve([("a", b"Rain")], cleaner, never, labels=tmp_path / "x.sqlite", port=port)


def test_a_file_for_labels_that_is_something_else_is_said(cleaner, tmp_path):
    path = tmp_path / "labels.txt"
    path.write_text("home" * 1000)
    with pytest.raises(SampleError, match="cannot hold labels"):
        serve([("a", b"Rain")], cleaner, never, labels=path)


def test_without_the_extra_the_command_that_installs_it_is_said(cleaner, monkeypatch):
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(CleanerError, match=r"pip install 'cleaner\[review\]'"):
        serve([("a", b"Rain")], cleaner, never)
