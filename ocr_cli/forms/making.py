"""Templates made of blanks, and checked against filled forms."""

from __future__ import annotations

import io
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw

from ocr_cli.forms.pdf_fields import pdf_fields
from ocr_cli.forms.propose import propose_fields
from ocr_cli.forms.reader import WORST_RESIDUAL, registrar_of, usual_height
from ocr_cli.forms.registration import Placing, unregistered
from ocr_cli.forms.template import Template
from ocr_cli.imaging.load import load_picture

_LONGEST_SIDE = 2400
"""Of the blank that a template holds, in pixels: enough to find it on photographs."""
_QUALITY = 80
_PDF = b"%PDF"
_OUTLINE, _SIDES = (192, 24, 40), 4000
"""Pixels per side of a drawing, as a share: a line is one thick for so many, and two at least."""


class Checked(NamedTuple):
    """A template on a picture.

    Attributes:
        template: that was looked for.
        picture: RGB.
        placing: where it lies; None if its print was not found.
        residual: how far off the print is in heights of a usual field; None if the template has no image.
    """

    template: Template
    picture: Image.Image
    placing: Placing | None
    residual: float | None

    @property
    def fits(self) -> bool:
        """Whether the picture would be read with it."""
        return self.placing is not None and (self.residual is None or self.residual <= WORST_RESIDUAL)


def new_template(blank: str | Path, page: int = 1) -> Template:
    """A template to begin with, of a blank form.

    Args:
        blank: picture or PDF file.
        page: of it, from 1.

    Raises:
        ImageError: if it cannot be read.
        MissingExtraError: if it is a PDF file, and pypdfium2 is not installed.
    """
    picture = load_picture(blank, frame=page)
    image = Image.fromarray(picture.pixels)
    image.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    with Path(blank).open("rb") as file:
        is_pdf = file.read(len(_PDF)) == _PDF
    fields = pdf_fields(blank, page, image.size) if is_pdf else []
    content = io.BytesIO()
    image.save(content, "JPEG", quality=_QUALITY, optimize=True)
    found = tuple(fields or propose_fields(image))
    name = Path(blank).name.partition(".")[0]
    return Template(name, image.width, image.height, found, image=content.getvalue())


def check_form(template: Template, filled: str | Path, page: int = 1) -> Checked:
    """Find a template on a picture of a filled form.

    Args:
        template: to look for.
        filled: the picture.
        page: of a PDF or TIFF file, from 1.

    Raises:
        ImageError: if the picture cannot be read.
        TemplateError: if the template's image is no picture.
    """
    image = Image.fromarray(load_picture(filled, frame=page).pixels)
    registrar = registrar_of(template)
    if registrar is None:
        return Checked(template, image, unregistered((template.width, template.height), image), None)
    placing = registrar.place(image)
    residual = None
    if placing is not None and placing.residual is not None:
        residual = placing.residual / usual_height(template)
    return Checked(template, image, placing, residual)


def drawn(checked: Checked) -> Image.Image:
    """The picture with the fields where they were found; as it is if they were not."""
    picture = checked.picture.copy()
    if checked.placing is None:
        return picture
    draw = ImageDraw.Draw(picture)
    template = checked.template
    side = max(template.width, template.height)
    thick = max(2, round(max(picture.size) / _SIDES * 3))
    for field in template.every_field:
        corners = [tuple(corner) for corner in checked.placing.quad(field.box, side).tolist()]
        draw.line([*corners, corners[0]], fill=_OUTLINE, width=thick, joint="curve")
    return picture
