"""What stands before a server of pictures: who may ask, how much, and for how long.

A page of another site, open in the same browser, can send requests to a server on this computer, though it
cannot read the answers; by a name of its own that it makes point here (DNS rebinding), it could read them,
too. So the host that is asked for must be one of ours (Starlette's ``TrustedHostMiddleware``), and what
changes or costs anything must come from our own page, or from no page at all.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ASKING = ("GET", "HEAD", "OPTIONS")
_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Without a referrer, browsers would not say of a form where it stood.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class OwnPagesAlone:
    """Refuses requests that another site's page makes, and adds headers that keep answers to this one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI application."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        if scope["method"] not in _ASKING and not is_own(Headers(scope=scope)):
            refusal = PlainTextResponse("refused: another site asks\n", status_code=403)
            await refusal(scope, receive, send_with_headers)
            return
        await self._app(scope, receive, send_with_headers)


def is_own(headers: Headers) -> bool:
    """Whether a request comes from a page of this server, or from a program that is no browser."""
    if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        return False
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host")


def limited(request: Request, max_bytes: int) -> Request:
    """The same request, whose content is not read beyond so many bytes.

    Raises:
        HTTPException: 413, now if it says that it has more, else when they have come.
    """
    said = request.headers.get("content-length", "")
    if said.isdecimal() and int(said) > max_bytes:
        raise too_large(max_bytes)
    came = 0

    async def receive() -> Message:
        nonlocal came
        message = await request.receive()
        came += len(message.get("body", b""))
        if came > max_bytes:
            raise too_large(max_bytes)
        return message

    return Request(request.scope, receive)


def too_large(max_bytes: int) -> HTTPException:
    """What is said of a request of more bytes."""
    return HTTPException(413, f"refused, more than {max_bytes:,} bytes")
