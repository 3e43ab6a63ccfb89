"""JSON lines: one object a page, on one line (https://jsonlines.org)."""

from __future__ import annotations

import json

from ocr_cli.page import Page
from ocr_cli.writers.protocol import PictureSource


def page_to_json_line(page: Page) -> str:
    """``page.to_dict()`` as JSON on one line, with a line feed at its end.

    Pure ASCII, so that no terminal's or file's encoding can spoil it; ``Page.from_dict(json.loads(line))``
    gives the page back. Confidences keep four decimals, which is more than they are worth.
    """
    return json.dumps(_rounded(page.to_dict())) + "\n"


def _rounded(value: object) -> object:
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(item) for item in value]
    return value


class JsonWriter:
    """Each page as ``page_to_json_line`` gives it."""

    def add(self, page: Page, picture: PictureSource | None = None) -> bytes:
        """See ``PageWriter``."""
        return page_to_json_line(page).encode("ascii")

    def finish(self) -> bytes:
        """See ``PageWriter``."""
        return b""
