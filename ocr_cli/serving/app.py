"""The server's addresses: the page to drop pictures on, what it asks for, and ``POST /read`` for programs.

========================= ==========================================================================
``GET /``                 the page to drop pictures on
``POST /pages``           pictures of a form -> the page to correct what was read
``POST /pages/ID/FORMAT`` JSON of a corrected page -> a file of it
``POST /pages/ID/learn``  JSON of a corrected page -> what came of learning from it
``POST /read``            a picture, or a form with some -> JSON of their pages, one a line
``GET /health``           what reads, and with which model
========================= ==========================================================================
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import PurePath
from typing import TypeAlias, TypeVar

import anyio
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from ocr_cli.errors import (
    ImageError,
    MissingExtraError,
    ModelFileError,
    OcrError,
    OutputError,
    PageTimeoutError,
    TranscriptError,
    WorkerLostError,
)
from ocr_cli.page import Page
from ocr_cli.serving.desk import Desk
from ocr_cli.serving.drop_page import FIELD, correction_extension, drop_page
from ocr_cli.serving.guards import OwnPagesAlone, limited
from ocr_cli.serving.service import Service
from ocr_cli.version import __version__
from ocr_cli.writers.formats import FORMATS
from ocr_cli.writers.html import HtmlWriter
from ocr_cli.writers.json_lines import page_to_json_line

T = TypeVar("T")
Files: TypeAlias = "list[tuple[str, bytes]]"
"""Names without folders, and contents."""
Answer: TypeAlias = Callable[[Request], Awaitable[Response]]
_AT_ONCE = 4
"""Requests whose content is in memory; others wait before theirs is read."""
_FILES = 50
"""In one form."""
_UNNAMED = "<stdin>"
"""A picture without a name is called as ``ocr read`` calls one on standard input."""
_STATUS: dict[type[OcrError], int] = {
    MissingExtraError: 501,
    PageTimeoutError: 504,
    WorkerLostError: 503,
    ImageError: 422,
    OutputError: 500,
    ModelFileError: 500,
}


class Door:
    """Answers requests; what takes long is done at the desk.

    Args:
        service: reads, writes and learns.
        desk: where that is done, one thing after the other.
    """

    def __init__(self, service: Service, desk: Desk) -> None:
        self._service, self._desk = service, desk
        self._room = asyncio.Semaphore(_AT_ONCE)

    async def at_desk(self, job: Callable[[], T]) -> T:
        """What a job gives, done in its turn."""
        return await asyncio.wrap_future(self._desk.submit(job))

    async def index(self, request: Request) -> Response:
        """The page to drop pictures on."""
        return HTMLResponse(drop_page(self._service))

    async def health(self, request: Request) -> Response:
        """Says that the server is there; does not wait for what is being read."""
        return JSONResponse({"status": "ok", "tool": f"ocr_cli {__version__}", "model": self._service.model})

    async def read(self, request: Request, files: Files) -> Response:
        """JSON of the pages of a picture or of those of a form, as ``ocr read --format json`` prints it."""
        lines = await self.at_desk(
            lambda: [
                page_to_json_line(outcome.page)
                for name, content in files
                for _, outcome in self._service.read(name, content)
                if outcome.page is not None
            ]
        )
        kind = "application/json" if len(lines) == 1 else "application/jsonl"
        return Response("".join(lines), media_type=kind)

    async def correct(self, request: Request, files: Files) -> Response:
        """The page to correct what was read; if nothing could be, that to drop pictures on, and why."""
        content, failed = await self.at_desk(partial(self._correction, files))
        if content is None:
            return HTMLResponse(drop_page(self._service, failed), 422)
        return HTMLResponse(content)

    def _correction(self, files: Files) -> tuple[bytes | None, list[str]]:
        """The page for the browser, None if there is nothing on it; and what could not be read, and why."""
        kept: list[str] = []
        failed: list[str] = []
        writer = HtmlWriter(extension=correction_extension(kept, failed))
        parts = []
        for name, content in files:
            try:
                for task, outcome in self._service.read(name, content, FORMATS["html"]):
                    if outcome.page is not None:
                        parts.append(writer.add(outcome.page, outcome.picture))
                        kept.append(self._service.keep(task, outcome.page))
            except OcrError as error:
                failed.append(str(error))
        return (b"".join([*parts, writer.finish()]) if parts else None), failed

    async def write(self, request: Request, files: Files) -> Response:
        """A file of a page as it was corrected."""
        name, kind = request.path_params["name"], request.path_params["kind"]
        if kind not in FORMATS:
            raise HTTPException(404, f"no format: {kind}")
        page = _page(files)
        content = await self.at_desk(lambda: self._service.write(name, page, kind))
        return Response(content, media_type="application/octet-stream")

    async def learn(self, request: Request, files: Files) -> Response:
        """Learn from a page as it was corrected."""
        page = _page(files)
        said = await self.at_desk(lambda: self._service.learn(request.path_params["name"], page))
        return JSONResponse({"said": said, "model": self._service.model})

    def limiting(self, answer: Callable[[Request, Files], Awaitable[Response]]) -> Answer:
        """Take the content of so many requests at once, of limited size and in a limited time; answer."""
        limits = self._service.limits

        async def limitedly(request: Request) -> Response:
            async with self._room:
                files: Files = []
                # What is done at the desk has limits of its own; this is for content that does not come.
                with anyio.move_on_after(limits.seconds) as coming:
                    files = await _files(limited(request, limits.max_bytes))
                if coming.cancelled_caught:
                    raise HTTPException(408, f"it took longer than {limits.seconds:g} seconds to arrive")
                return await answer(request, files)

        return limitedly


async def _files(request: Request) -> Files:
    """Names and contents of the pictures of a form, or of the one that is the request itself."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return [(PurePath(request.query_params.get("name") or _UNNAMED).name, await request.body())]
    async with request.form(max_files=_FILES, max_fields=_FILES) as form:
        return [
            # Browsers of old send the whole path.
            (PurePath(part.filename.replace("\\", "/")).name, await part.read())
            for part in form.getlist(FIELD)
            if isinstance(part, UploadFile) and part.filename
        ]


def _page(files: Files) -> Page:
    """The page that a request holds as JSON.

    Raises:
        TranscriptError: if it holds none.
    """
    try:
        return Page.from_dict(json.loads(files[0][1]))
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise TranscriptError(f"not JSON of a page: {' '.join(str(error).split())}") from error


def make_app(service: Service, desk: Desk, hosts: Sequence[str]) -> Starlette:
    """The server.

    Args:
        service: reads, writes and learns.
        desk: where that is done; somebody must work there.
        hosts: names that the server is asked for by, without ports; others are refused.
    """
    door = Door(service, desk)
    limiting = door.limiting
    return Starlette(
        routes=[
            Route("/", door.index),
            Route("/health", door.health),
            Route("/read", limiting(door.read), methods=["POST"]),
            Route("/pages", limiting(door.correct), methods=["POST"]),
            Route("/pages/{name}/learn", limiting(door.learn), methods=["POST"]),
            Route("/pages/{name}/{kind}", limiting(door.write), methods=["POST"]),
        ],
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False),
            Middleware(OwnPagesAlone),
        ],
        exception_handlers={OcrError: _told, HTTPException: _refused, Exception: _fault},
    )


async def _told(request: Request, error: Exception) -> Response:
    """What is wrong, and what to do about it."""
    status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 400)
    told = {"error": str(error)}
    if isinstance(error, OcrError) and error.hint:
        told["hint"] = error.hint
    return JSONResponse(told, status)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return JSONResponse({"error": error.detail}, error.status_code, headers=error.headers)


async def _fault(request: Request, error: Exception) -> Response:
    """A fault in this program: its trace is for whoever runs the server, who is told it besides."""
    return JSONResponse({"error": "a fault in ocr itself"}, 500)
