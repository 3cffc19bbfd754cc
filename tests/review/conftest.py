"""Documents made by hand, an application that shows them, and a server with a browser before it."""

from __future__ import annotations

import shutil
import socket
import tempfile
import threading
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from cleaner.page import Label, Line, Page, Paragraph, Verdict
from cleaner.review.documents import Document, Shelf, document
from cleaner.review.store import Store

TOKEN = "token-of-this-run"
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def made(name: str, *lines: tuple[str, str, float], language: str | None = "en") -> Document:
    """A document of lines, each with its text, label and probability."""
    verdicts = tuple(
        Verdict(Line(text, number), Label(label), probability, f"because of {text[:9]!r}")
        for number, (text, label, probability) in enumerate(lines, start=1)
    )
    kept = [v.line for v in verdicts if v.label is Label.ARTICLE]
    paragraphs = tuple(Paragraph(line.text, (line.number,)) for line in kept)
    return document(name, Page(verdicts, paragraphs, language, kept[0].text if kept else None))


def shelf_of(*documents: Document, skipped: tuple[tuple[str, str], ...] = ()) -> Shelf:
    return Shelf({found.key: found for found in documents}, skipped)


RAIN = made(
    "example.org/rain.txt",
    ("Home", "junk", 0.02),
    ("Rain is expected", "article", 0.99),
    ("Forecasters expect rain in the north.", "article", 0.97),
    ("Two months ago", "article", 0.55),
    ("Read more", "junk", 0.3),
    ("立即注册领取彩金", "spam", 0.01),
)
SNOW = made(
    "example.org/snow.txt",
    ("Snow has fallen", "article", 0.9),
    ("Share", "junk", 0.4),
)
TIDE = made(
    "example.net/tide.txt",
    ("The tide is high", "article", 0.95),
    ("Print", "junk", 0.05),
)


@pytest.fixture
def store(tmp_path):
    with closing(Store(tmp_path / "labels.sqlite")) as store:
        yield store


@dataclass(frozen=True)
class Served:
    """A running server."""

    url: str
    port: int
    store: Store


@pytest.fixture
def serve(tmp_path):
    """Start a server for a shelf; it stops with the test."""
    uvicorn = pytest.importorskip("uvicorn", reason="the extra `review` is not installed")
    app = pytest.importorskip("cleaner.review.app", reason="the extra `review` is not installed")

    running = []

    def start(shelf: Shelf) -> Served:
        store = Store(tmp_path / "labels.sqlite")
        listener = socket.create_server(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        review = app.application(shelf, store, token=TOKEN, port=port)
        server = uvicorn.Server(
            uvicorn.Config(review, lifespan="off", log_level="error", ws="none")
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        running.append((server, thread, listener, store))
        return Served(f"http://127.0.0.1:{port}/#{TOKEN}", port, store)

    yield start
    for server, thread, listener, store in running:
        server.should_exit = True
        thread.join(timeout=20)
        listener.close()
        store.close()


@pytest.fixture(scope="session")
def chromium():
    """Debian's browser with an empty profile."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    program = shutil.which("chromium") or CHROMIUM
    if not Path(program).exists():
        pytest.skip("chromium is not installed")
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile,
        playwright.sync_playwright() as driver,
    ):
        context = driver.chromium.launch_persistent_context(
            profile,
            executable_path=program,
            args=ARGUMENTS,
            viewport={"width": 1440, "height": 900},
            accept_downloads=True,
        )
        yield context
        context.close()
