"""What the HTML files of forms have in common: one file each, with its style and script in it."""

from __future__ import annotations

import base64
import io
import json
from html import escape
from importlib import resources

from PIL import Image

from ocr_cli.writers.provenance import Provenance
from ocr_cli.writers.self_contained import content_policy

_QUALITY = 85


def asset(name: str) -> str:
    """A file of ``assets/`` as text."""
    return resources.files("ocr_cli.forms").joinpath(f"assets/{name}").read_text("utf-8")


def head(title: str, script: str, provenance: Provenance | None) -> str:
    """All up to the body's content."""
    style = asset("forms.css")
    software = escape((provenance or Provenance()).software)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{content_policy(style, script)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="generator" content="{software}">\n'
        f"<title>{escape(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n"
    )


def tail(script: str) -> str:
    """All from the script on."""
    return f'<p role="status"></p>\n<script type="module">{script}</script>\n</body>\n</html>\n'


def data_element(data: object, name: str) -> str:
    """JSON in an element of its own, which no text in it can end."""
    text = json.dumps(data).replace("<", "\\u003c")
    return f'<script type="application/json" class="{name}">{text}</script>\n'


def picture_url(image: Image.Image) -> str:
    """A picture as a data URL."""
    file = io.BytesIO()
    image.convert("RGB").save(file, "JPEG", quality=_QUALITY, optimize=True)
    return f"data:image/jpeg;base64,{base64.b64encode(file.getvalue()).decode('ascii')}"
