"""JSON lines: one object a page, on one line (https://jsonlines.org)."""

from __future__ import annotations

import json
import re

from ocr_cli.page import Page
from ocr_cli.writers.protocol import PictureSource

_SURROGATES = re.compile("[\ud800-\udfff]")


def page_to_json_line(page: Page) -> str:
    """``page.to_dict()`` as JSON on one line, with a line feed at its end.

    Pure ASCII, so that no terminal's or file's encoding can spoil it; ``Page.from_dict(json.loads(line))``
    gives the page back. Confidences keep four decimals, which is more than they are worth; halves of a
    surrogate pair, which names of files that are no UTF-8 have in Python and JSON may not have (RFC 8259,
    8.2), become U+FFFD.
    """
    return json.dumps(plain(page.to_dict())) + "\n"


def plain(value: object) -> object:
    """What JSON is made of, with rounded numbers and without halves of characters."""
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, str):
        return _SURROGATES.sub("\ufffd", value)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


class JsonWriter:
    """Each page as ``page_to_json_line`` gives it."""

    def add(self, page: Page, picture: PictureSource | None = None) -> bytes:
        """See ``PageWriter``."""
        return page_to_json_line(page).encode("ascii")

    def finish(self) -> bytes:
        """See ``PageWriter``."""
        return b""
