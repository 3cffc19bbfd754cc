"""Who may talk to the server: the page it serves, in the browser of the one who started it.

Any web site can make a browser send requests to 127.0.0.1, so being local proves nothing:

- the ``Host`` must be this server's own, or a name that an attacker points at 127.0.0.1 would do;
- what is read or written needs the token of this run, which travels in a header: it comes from
  the address that was printed, behind ``#``, where browsers keep it from servers and other sites;
- the ``Origin`` of a write must be this page.

Should hostile text ever become markup, the Content-Security-Policy leaves it nothing to do.
"""

from __future__ import annotations

from http import HTTPStatus
from secrets import compare_digest

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PRIVATE = "/api/"
"""What begins with this needs the token; all else is the empty page and its looks."""

MAX_BODY = 4_000_000
"""Bytes of a request: room for decisions about a hundred thousand lines."""

SAFE_METHODS = frozenset({"GET", "HEAD"})

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Guard:
    """An application that lets only its own page through to ``app``."""

    def __init__(self, app: ASGIApp, *, token: str, port: int) -> None:
        self._app = app
        self._token = f"Bearer {token}".encode()
        self._hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""

        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is None:
            await self._app(scope, receive, sealed)
        else:
            status, reason = refusal
            await JSONResponse({"error": reason}, status)(scope, receive, sealed)

    def _refusal(self, scope: Scope) -> tuple[HTTPStatus, str] | None:
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or hosts[0] not in self._hosts:
            return HTTPStatus.MISDIRECTED_REQUEST, "this server answers only as 127.0.0.1"
        if not scope["path"].startswith(PRIVATE):
            return None
        if not compare_digest(headers.get("authorization", "").encode(), self._token):
            return HTTPStatus.UNAUTHORIZED, "open the address that the command printed"
        return None if scope["method"] in SAFE_METHODS else _not_ours(headers)


def _not_ours(headers: Headers) -> tuple[HTTPStatus, str] | None:
    """Why a write is refused, if it is."""
    if headers.getlist("origin") != [f"http://{headers['host']}"]:
        return HTTPStatus.FORBIDDEN, "only this server's own page may write"
    length = headers.get("content-length", "")
    if not length.isdecimal() or int(length) > MAX_BODY:
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"send at most {MAX_BODY:,} bytes"
    return None
