"""The server that shows documents to the person who labels them."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from pathlib import Path

from cleaner.cleaner import Cleaner
from cleaner.errors import CleanerError, SourceError
from cleaner.review.documents import Shelf, Source, load
from cleaner.review.store import Store

HOST = "127.0.0.1"
"""The only address there is: whoever reads over a network tunnels to it."""

MOST_REASONS = 10
"""Sources that are named one by one where none can be used."""

LABELS = Path("labels.sqlite")
"""Where decisions are kept unless the caller says otherwise."""


def serve(
    sources: Iterable[tuple[str, Source]],
    cleaner: Cleaner,
    ready: Callable[[str, Shelf], None],
    *,
    labels: Path = LABELS,
    port: int = 0,
) -> None:
    """Show documents for review until interrupted; decisions go into the file ``labels``.

    ``sources`` are pairs of id and content, as `documents.read_files` gives them for paths.
    ``ready`` is called once with the address to open, which holds the secret of this run, and
    what is shown there. A port of 0 is any free one. Raises ``SourceError`` where there is nothing
    to review, ``SampleError`` for a file that cannot hold labels, ``CleanerError`` for a port that
    is taken and where the extra is not installed.
    """
    try:
        import uvicorn  # noqa: PLC0415 - comes with an extra

        from cleaner.review.app import application  # noqa: PLC0415
    except ModuleNotFoundError as error:
        message = f"{error.name} is needed for the review: pip install 'cleaner[review]'"
        raise CleanerError(message) from error
    shelf = load(sources, cleaner.clean)
    if not shelf.documents:
        raise _nothing(shelf)
    token = secrets.token_urlsafe(24)
    with closing(Store(labels)) as store, closing(_listening(port)) as listener:
        port = listener.getsockname()[1]
        config = uvicorn.Config(
            application(shelf, store, token=token, port=port),
            access_log=False,
            lifespan="off",
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=2,
            ws="none",
        )
        ready(f"http://{HOST}:{port}/#{token}", shelf)
        with suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listener])


def _listening(port: int) -> socket.socket:
    """A socket that takes connections from now on, so that the address works once it is said."""
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        message = f"port {port}: {error.strerror or error}; choose another, or 0 for any free one"
        raise CleanerError(message) from error


def _nothing(shelf: Shelf) -> SourceError:
    reasons = [f"  {name}: {reason}" for name, reason in shelf.skipped[:MOST_REASONS]]
    message = "\n".join([f"nothing to review{':' if reasons else ''}", *reasons])
    return SourceError(message)
