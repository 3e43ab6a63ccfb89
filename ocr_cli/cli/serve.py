"""``ocr serve``: a page on which pictures are read and corrected, for a browser on this computer."""

from __future__ import annotations

import importlib.util
import socket

import click

from ocr_cli.cli.console import note
from ocr_cli.cli.input_options import SIZE
from ocr_cli.cli.options import FILE, Number, claim, knowledge_options, model_option
from ocr_cli.errors import MissingExtraError, OutputError
from ocr_cli.options import ReadOptions

_LOCAL = ("127.0.0.1", "localhost", "::1", "[::1]")


@click.command()
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    metavar="ADDRESS",
    help="Where to listen: by default for this computer alone. 0.0.0.0 lets others in, whom nobody asks for "
    "a password.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8020,
    show_default=True,
    help="Which port to listen on; 0: any that is free.",
)
@click.option(
    "--allow-host",
    "names",
    multiple=True,
    metavar="NAME",
    help="A name by which the server may be asked for, besides its address and localhost; may be given "
    "several times. Others are refused: they may be another site's.",
)
@click.option(
    "--max-bytes",
    type=SIZE,
    default="32M",
    show_default=True,
    metavar="NUMBER",
    help="Refuse requests of more bytes.",
)
@click.option(
    "--max-pixels",
    type=SIZE,
    default="100M",
    show_default=True,
    metavar="NUMBER",
    help="Refuse pictures that say they have more pixels.",
)
@click.option(
    "--timeout",
    type=Number(0, min_open=True),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="Give up a page that takes longer, and a request that takes longer to arrive.",
)
@click.option(
    "--learned",
    type=FILE,
    default="me.npz",
    show_default=True,
    metavar="FILE",
    help="Where the model goes that learns from corrections; it then reads.",
)
@knowledge_options
@model_option
def serve(
    host: str,
    port: int,
    names: tuple[str, ...],
    max_bytes: int,
    max_pixels: int,
    timeout: float,
    learned: str,
    options: ReadOptions,
    model: str,
) -> None:
    """Serve a page on which pictures are dropped, read, corrected, learned from, and downloaded.

    \b
    ocr serve
    curl --data-binary @note.jpg 'http://127.0.0.1:8020/read?name=note.jpg'

    Open the address that it prints in a browser. It answers this computer alone, and only its own page or
    programs, never another site. POST /read takes a picture, or a form with some, and answers with the JSON
    that 'ocr read --format json' prints; GET /health says that it is there. Ctrl-C ends it.
    """  # noqa: D301 (Click's mark is a backspace)
    for package in ("starlette", "uvicorn", "python_multipart"):
        if importlib.util.find_spec(package) is None:
            raise MissingExtraError.of("Pages for a browser", package.replace("_", "-"), "serve")
    claim([options.lexicon_file], {"--learned": learned})
    from ocr_cli.serving.app import make_app
    from ocr_cli.serving.desk import Desk
    from ocr_cli.serving.run import run
    from ocr_cli.serving.service import Limits, Service

    limits = Limits(max_bytes=max_bytes, max_pixels=max_pixels, seconds=timeout)
    with _listening(host, port) as listener:
        service = Service(model, options, limits, learned)
        desk = Desk()
        shown = f"[{host}]" if ":" in host else host
        app = make_app(service, desk, [*_LOCAL, host, shown, *names])
        note(f"reading at http://{shown}:{listener.getsockname()[1]}/ until Ctrl-C")
        run(app, desk, listener)


def _listening(host: str, port: int) -> socket.socket:
    """A socket that listens there.

    Raises:
        OutputError: if nothing can.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        raise OutputError(
            f"{host}:{port}: cannot be listened on: {error.strerror or error}",
            hint="another --port may be free",
        ) from error
