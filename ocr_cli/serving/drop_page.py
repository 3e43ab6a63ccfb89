"""The page to drop pictures on, and what the page to correct them gets from the server."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from importlib import resources
from string import Template

from ocr_cli.imaging.formats import picture_endings
from ocr_cli.serving.service import Service
from ocr_cli.writers.html import Extension
from ocr_cli.writers.self_contained import content_policy
from ocr_cli.writers.text import legible

FIELD = "picture"
"""What the form calls its files."""


def drop_page(service: Service, failed: Sequence[str] = ()) -> str:
    """HTML with a form for pictures.

    Args:
        service: whose limits and model it tells.
        failed: why pictures could not be read that were sent before.
    """
    style, script = _asset("drop.css"), _asset("drop.js")
    limits = service.limits
    return Template(_asset("drop.html")).substitute(
        policy=content_policy(style, script, posts=True),
        style=style,
        script=script,
        field=FIELD,
        accept=escape(",".join(sorted(picture_endings()))),
        model=escape(legible(service.model)),
        megabytes=f"{limits.max_bytes / 1e6:g}",
        failed="".join(f"<li>{escape(legible(one))}</li>\n" for one in failed),
    )


def correction_extension(kept: list[str], failed: list[str]) -> Extension:
    """What the server adds to the page for corrections.

    Args:
        kept: names of the pages on it, in their order.
        failed: why others could not be read.
    """
    return Extension(_asset("served.js"), {"pages": kept, "failed": failed})


def _asset(name: str) -> str:
    return resources.files("ocr_cli.serving").joinpath(f"assets/{name}").read_text("utf-8")
