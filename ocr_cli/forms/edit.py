"""A page for the browser to draw a template in."""

from __future__ import annotations

from html import escape

from PIL import Image

from ocr_cli.forms.html_file import asset, data_element, head, picture_url, tail
from ocr_cli.forms.kinds import KINDS
from ocr_cli.forms.template import Template
from ocr_cli.writers.provenance import Provenance
from ocr_cli.writers.text import legible

_LONGEST_SIDE = 1600
"""Of the picture in pixels."""


def edit_page(template: Template, blank: Image.Image | None, provenance: Provenance | None = None) -> str:
    """An HTML file that shows a template on its blank and lets it be changed and saved.

    Args:
        template: to begin with.
        blank: picture of the form, RGB; None to draw on white.
        provenance: noted in the file.
    """
    white = Image.new("RGB", (template.width, template.height), "white")
    shown = white if blank is None else blank.copy()
    shown.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    script = "\n".join((asset("download.js"), asset("edit.js")))
    name = escape(legible(template.name))
    options = "".join(f"<option>{kind}</option>" for kind in KINDS)
    return (
        head(f"{template.name}: template", script, provenance)
        + asset("edit.html").replace("{name}", name)
        + '<div class="sheet" role="group" aria-label="Fields on the form">'
        + f'<img alt="The blank form" src="{picture_url(shown)}"></div>\n'
        + asset("edit_fields.html").replace("{kinds}", options)
        + data_element({"name": template.name, **template.to_dict()}, "template")
        + tail(script)
    )
