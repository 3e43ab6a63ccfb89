"""Runs a server: one thread talks, and this one, which is the main one, works."""

from __future__ import annotations

import socket
import threading

import uvicorn
from starlette.applications import Starlette

from ocr_cli.serving.desk import Desk

_CONNECTIONS = 512
"""Of more at once, the further ones are told to come back."""
_GOODBYE = 5
"""Seconds that answers under way have when the server ends."""


def run(app: Starlette, desk: Desk, listener: socket.socket) -> None:
    """Serve until somebody asks to end.

    Args:
        app: the server.
        desk: where its work is done, here.
        listener: a socket that listens.

    Raises:
        KeyboardInterrupt: on Ctrl-C, and as ``TerminatedError`` on SIGTERM.
    """
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="off",
        limit_concurrency=_CONNECTIONS,
        timeout_graceful_shutdown=_GOODBYE,
    )
    server = uvicorn.Server(config)
    talking = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="server", daemon=True)
    talking.start()
    try:
        desk.work(talking.is_alive)
    finally:
        server.should_exit = True
        talking.join(2 * _GOODBYE)
