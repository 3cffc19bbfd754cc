"""The server's side of the page: what it may ask, and what it is told."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from cleaner.page import Label, Verdict
from cleaner.review.documents import Document, Shelf, stitched
from cleaner.review.guard import Guard
from cleaner.review.order import DOUBT, Candidate, doubt, order
from cleaner.review.store import DONE, UNTOUCHED, WHOLE, Choices, Decision, Standing, Store
from cleaner.training.samples import write_samples

STATIC = Path(__file__).parent / "static"

LONGEST = 5000
"""Characters of a line that are sent: nobody reads on, and a browser lays out megabytes slowly."""

MAX_TAB = 64


def application(shelf: Shelf, store: Store, *, token: str, port: int) -> ASGIApp:
    """The review of a shelf's documents, as an ASGI application for 127.0.0.1:``port``."""
    review = Review(shelf, store)
    routes = [
        Route("/api/documents", review.documents),
        Route("/api/documents/{key}", review.document),
        Route("/api/documents/{key}", review.decide, methods=["POST"]),
        Route("/api/documents/{key}/preview", review.preview),
        Route("/api/changes", review.changes),
        Route("/api/export", review.export),
        Mount("/", StaticFiles(directory=STATIC, html=True)),
    ]
    return Guard(
        Starlette(routes=routes, exception_handlers={HTTPException: _explained}),
        token=token,
        port=port,
    )


class Review:
    """The answers to the page's questions."""

    def __init__(self, shelf: Shelf, store: Store) -> None:
        self._shelf = shelf
        self._store = store

    async def documents(self, _: Request) -> Response:
        """All documents, the one to read next first, those that are done last."""
        found, standings = self._shelf.documents, self._store.standings()
        done = [key for key in found if standings.get(key, UNTOUCHED).done]
        waiting = [
            Candidate(key, document.site, _open_probabilities(document, standings.get(key)))
            for key, document in found.items()
            if not standings.get(key, UNTOUCHED).done
        ]
        reviewed = Counter(found[key].site for key in done)
        answer = {
            "documents": [
                _outline(found[key], standings.get(key, UNTOUCHED))
                for key in [*order(waiting, reviewed), *done]
            ],
            "skipped": [{"id": name, "reason": reason} for name, reason in self._shelf.skipped],
            "revision": self._store.revision,
        }
        return JSONResponse(answer)

    async def document(self, request: Request) -> Response:
        """One document with all its lines."""
        document = self._asked_for(request)
        standing = self._store.standing(document.key)
        answer = {
            **_outline(document, standing),
            "lines": [_line(v, standing.labels.get(v.line.number)) for v in document.page.verdicts],
        }
        return JSONResponse(answer)

    async def preview(self, request: Request) -> Response:
        """The clean text that a document's labels make now."""
        document = self._asked_for(request)
        labels = self._store.standing(document.key).labels
        paragraphs = [
            {"text": paragraph.text[:LONGEST], "lines": paragraph.numbers}
            for paragraph in stitched(document.page, labels)
        ]
        return JSONResponse({"paragraphs": paragraphs})

    async def decide(self, request: Request) -> Response:
        """Save decisions; the answer tells what other tabs decided meanwhile."""
        document = self._asked_for(request)
        try:
            sent = json.loads(await request.body())
            tab, seen = str(sent["tab"])[:MAX_TAB], int(sent["seen"])
            choices = _choices(sent, document)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise HTTPException(400, f"not a decision: {error}") from error
        self._store.write(document, choices, tab)
        return self._news(seen, tab)

    async def changes(self, request: Request) -> Response:
        """What other tabs decided after a revision."""
        asked = request.query_params
        try:
            return self._news(int(asked["seen"]), asked["tab"])
        except (KeyError, ValueError) as error:
            raise HTTPException(400, "say seen=REVISION and tab=NAME") from error

    async def export(self, _: Request) -> Response:
        """What was reviewed, as labelled JSON lines."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "labels.jsonl")
            write_samples(path, self._store.samples())
            return Response(path.read_bytes(), media_type="application/x-ndjson")

    def _asked_for(self, request: Request) -> Document:
        try:
            return self._shelf.documents[request.path_params["key"]]
        except KeyError as error:
            raise HTTPException(404, "no such document") from error

    def _news(self, seen: int, tab: str) -> Response:
        changes = [_change(decision) for decision in self._store.since(seen, besides=tab)]
        return JSONResponse({"revision": self._store.revision, "changes": changes})


def _outline(document: Document, standing: Standing) -> dict[str, Any]:
    page = document.page
    open_probabilities = _open_probabilities(document, standing)
    return {
        "key": document.key,
        "id": document.id,
        "site": document.site,
        "title": (page.title or page.verdicts[0].line.text)[:LONGEST],
        "language": page.language,
        "size": len(page.verdicts),
        "uncertain": sum(doubt(p) >= DOUBT for p in open_probabilities),
        "corrected": len(standing.labels),
        "done": standing.done,
    }


def _line(verdict: Verdict, chosen: Label | None) -> dict[str, Any]:
    line = verdict.line
    return {
        "number": line.number,
        "text": line.text[:LONGEST],
        "more": max(0, len(line.text) - LONGEST),
        "blank": line.blank_before,
        "found": verdict.label,
        "chosen": chosen,
        "probability": round(verdict.probability, 3),
        "uncertain": doubt(verdict.probability) >= DOUBT,
        "reason": verdict.reason,
    }


def _open_probabilities(document: Document, standing: Standing | None) -> list[float]:
    labelled: Mapping[int, Label] = standing.labels if standing else {}
    return [v.probability for v in document.page.verdicts if v.line.number not in labelled]


def _choices(sent: Mapping[str, Any], document: Document) -> Choices:
    numbers = {verdict.line.number for verdict in document.page.verdicts}
    choices = dict[int, str | None]()
    for word, label in sent.get("lines", {}).items():
        number = int(word)
        if number not in numbers:
            message = f"there is no line {number}"
            raise ValueError(message)
        choices[number] = None if label is None else Label(label).value
    if "done" in sent:
        choices[WHOLE] = DONE if sent["done"] is True else None
    if not choices:
        message = "nothing is chosen"
        raise ValueError(message)
    return choices


def _change(decision: Decision) -> dict[str, Any]:
    return asdict(decision)


async def _explained(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - what it is registered for
    return JSONResponse({"error": error.detail}, error.status_code)
