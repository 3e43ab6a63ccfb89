"""A page to check and correct in a browser: one file that needs no network, made of ``assets/``."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Mapping
from html import escape
from importlib import resources
from typing import NamedTuple

from PIL import Image

from ocr_cli.page import Page
from ocr_cli.writers.json_lines import page_to_json_line, plain
from ocr_cli.writers.protocol import PictureSource
from ocr_cli.writers.provenance import Provenance
from ocr_cli.writers.self_contained import content_policy
from ocr_cli.writers.text import legible

_SCRIPTS = ("transcript.js", "view.js", "zoom.js", "keys.js", "editor.js", "main.js")
_LONGEST_SIDE = 2400
"""Of the picture in pixels: enough to see each letter, and the file can still be sent by mail."""
_JPEG_QUALITY = 80


class Extension(NamedTuple):
    """What a server adds to the page.

    Attributes:
        script: runs after the page's own, and may talk to the server.
        data: what it finds in the element ``#served``; may be completed until the file is.
    """

    script: str
    data: Mapping[str, object]


class HtmlWriter:
    """Pages with their boxes beside their text, to be corrected by mouse or keyboard.

    The corrected text and the corrected page as JSON can be downloaded from it. Without scripts there is
    the text, with U+FFFD for characters that a line of text cannot hold.
    """

    def __init__(self, provenance: Provenance | None = None, extension: Extension | None = None) -> None:
        self._provenance = provenance or Provenance()
        self._extension = extension
        self._pages = 0

    def add(self, page: Page, picture: PictureSource | None = None) -> bytes:
        """See ``PageWriter``."""
        if picture is None:
            raise ValueError("an HTML file needs the picture of each page")
        head = self._head(page.source)
        self._pages += 1
        name = f"page-{self._pages}"
        data = _embedded(page_to_json_line(page))
        text = "".join(f"{legible(line.text)}\n" for line in page.lines)
        section = (
            f'<section class="page" aria-labelledby="{name}">\n'
            f'<div class="title"><h2 id="{name}">{self._heading(page)}</h2>{_reader(page)}</div>\n'
            '<div class="columns">\n'
            f'<figure tabindex="0" aria-label="Picture of the page">'
            f'<div class="sheet">{_image(picture())}</div></figure>\n'
            # The parser drops a line feed that follows the tag.
            f"<pre{self._language()}>\n{escape(text)}</pre>\n</div>\n"
            f'<script type="application/json">{data}</script>\n</section>\n'
        )
        return (head + section).encode()

    def finish(self) -> bytes:
        """See ``PageWriter``."""
        data = ""
        if self._extension is not None:
            served = _embedded(json.dumps(plain(self._extension.data)))
            data = f'<script type="application/json" id="served">{served}</script>\n'
        script = f'<script type="module">{self._script}</script>'
        tail = f'</main>\n<p role="status"></p>\n{data}{script}\n</body>\n</html>\n'
        return (self._head(None) + tail).encode()

    def _heading(self, page: Page) -> str:
        """The name of the page's file; its folders show on pointing at it."""
        source = legible(page.source or f"Page {self._pages}")
        name = source.replace("\\", "/").rpartition("/")[2] or source
        if page.frame > 1:
            name += f", page {page.frame}"
        return f'<bdi title="{escape(source)}">{escape(name)}</bdi>'

    @property
    def _script(self) -> str:
        own = "\n".join(map(_asset, _SCRIPTS))
        return own if self._extension is None else f"{own}\n{self._extension.script}"

    def _language(self) -> str:
        """The attribute that tells a screen reader how to pronounce the text; none if it is not known."""
        code = self._provenance.language
        return f' lang="{escape(code)}"' if code else ""

    def _head(self, source: str | None) -> str:
        """What comes before the first page; nothing may be loaded, and no other script or style runs."""
        if self._pages:
            return ""
        style = _asset("page.css")
        policy = content_policy(style, self._script, connects=self._extension is not None)
        return (
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f'<meta name="generator" content="{escape(self._provenance.software)}">\n'
            f"<title>{escape(legible(source or 'Handwriting'))}</title>\n<style>{style}</style>\n</head>\n"
            f"<body>\n{_asset('head.html')}"
        )


def _embedded(data: str) -> str:
    """JSON for a script element, which in HTML ends at the first "</script", wherever that stands."""
    return data.replace("<", "\\u003c").strip()


def _reader(page: Page) -> str:
    """What read the page."""
    if page.model is None:
        return ""
    return f'<p class="model">read with the model <b>{escape(legible(page.model))}</b></p>'


def _asset(name: str) -> str:
    return resources.files("ocr_cli.writers").joinpath(f"assets/{name}").read_text("utf-8")


def _image(picture: Image.Image) -> str:
    picture = picture.convert("RGB")
    picture.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=_JPEG_QUALITY, optimize=True)
    data = base64.b64encode(file.getvalue()).decode("ascii")
    return (
        f'<img alt="" width="{picture.width}" height="{picture.height}" src="data:image/jpeg;base64,{data}">'
    )
