"""A page to review what was read on forms in: crops with their values, the least sure first."""

from __future__ import annotations

from html import escape

from PIL import Image

from ocr_cli.forms.html_file import asset, data_element, head, picture_url, tail
from ocr_cli.forms.tables import form_page
from ocr_cli.forms.values import FieldValue
from ocr_cli.page import Page
from ocr_cli.writers.protocol import PictureSource
from ocr_cli.writers.provenance import Provenance
from ocr_cli.writers.text import legible

_MARGIN = 0.3
"""Shown around a field, in heights of it."""
_TALLEST, _WIDEST = 200, 1000
"""Pixels of a crop at most."""
_OTHERS = 4


class ReviewWriter:
    """The fields that are not sure, of all forms: to be accepted or corrected from the keyboard.

    The script puts the same field of all forms together, and the least sure first; without scripts they stand
    form by form, and can be read. Corrections are saved as CSV, and as crops with transcripts, which
    ``ocr learn`` takes.

    Args:
        doubtful: fields that are surer than this, and without doubts, are left out.
        provenance: noted in the file.
    """

    def __init__(self, doubtful: float, provenance: Provenance | None = None) -> None:
        self._doubtful = doubtful
        self._provenance = provenance
        self._script = "\n".join((asset("download.js"), asset("zip.js"), asset("review.js")))
        self._begun = False

    def add(self, page: Page, picture: PictureSource | None = None) -> bytes:
        """See ``PageWriter``."""
        if picture is None:
            raise ValueError("a review needs the picture of each form")
        form = form_page(page)
        shown = [value for value in form.form.fields if value.confidence <= self._doubtful or value.doubts]
        text = self._head()
        if shown:
            image = picture()
            text += "".join(self._item(form, value, image) for value in shown)
        return text.encode()

    def finish(self) -> bytes:
        """See ``PageWriter``."""
        return (f"{self._head()}</ol>\n</main>\n" + tail(self._script)).encode()

    def _head(self) -> str:
        if self._begun:
            return ""
        self._begun = True
        return head("Review of forms", self._script, self._provenance) + asset("review.html")

    def _item(self, page: Page, value: FieldValue, image: Image.Image) -> str:
        box, margin = value.box, round(_MARGIN * value.box.height)
        crop = image.crop(
            (
                max(0, box.left - margin),
                max(0, box.top - margin),
                min(image.width, box.right + margin),
                min(image.height, box.bottom + margin),
            )
        )
        crop.thumbnail((_WIDEST, _TALLEST))
        data = {
            "file": page.source or "",
            "frame": page.frame,
            "field": value.name,
            "kind": value.kind,
            "value": value.text,
            "confidence": round(value.confidence, 4),
            "others": [other.text for other in value.alternatives[:_OTHERS]],
            "doubts": list(value.doubts),
        }
        return (
            f'<li class="item">\n<p><b>{escape(legible(value.name))}</b> '
            f"<span>{escape(legible(page.source or ''))}</span></p>\n"
            f'<img alt="What is written in {escape(legible(value.name))}" src="{picture_url(crop)}">\n'
            f'<p class="value">{escape(legible(value.text)) or "<i>empty</i>"}</p>\n'
            f"{data_element(data, 'field')}</li>\n"
        )
