"""Templates of forms: where the fields lie on a page, and what is known of each.

A template is a JSON file; ``form.schema.json`` beside this module describes it for other programs.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ocr_cli.errors import KnowledgeError, OcrError, TemplateError
from ocr_cli.forms.entries import LARGEST_SIDE, expect, field_entry, field_of, table_entry, table_of, whole
from ocr_cli.forms.fields import Field, Table
from ocr_cli.plain_files import open_plain

FORMAT, VERSION = "ocr-form", 1
_MOST_FIELDS = 5000
_MOST_BYTES = 100_000_000
_DATA = "data:"


@dataclass(frozen=True, slots=True)
class Template:
    """A form.

    Attributes:
        name: for messages and tables; mostly that of its file.
        width: of its page in pixels.
        height: likewise.
        fields: of it, without those of its tables.
        tables: of it.
        image: a picture file of the blank form, or of a filled one; None if there is none.
        own_size: whether boxes are in pixels of each picture, whatever its size.
    """

    name: str
    width: int
    height: int
    fields: tuple[Field, ...]
    tables: tuple[Table, ...] = ()
    image: bytes | None = None
    own_size: bool = False

    @property
    def every_field(self) -> tuple[Field, ...]:
        """The fields, and those of the tables."""
        return (*self.fields, *(field for table in self.tables for field in table.fields()))

    @staticmethod
    def load(path: str | Path) -> Template:
        """Read a template from a file.

        Raises:
            TemplateError: if it is missing, no JSON, or describes no form; the message names the file and
                what is wrong in it.
        """
        path = Path(path)
        data = _json(path)
        try:
            template = Template.from_dict(data, path.name.removesuffix(".json").removesuffix(".form"))
            image = data.get("image")
            if image is None:
                return template
            return replace(template, image=_image(image, path.parent))
        except TemplateError as error:
            raise TemplateError(f"{path}: {error}", hint=error.hint) from error

    @staticmethod
    def from_dict(data: Any, name: str = "form") -> Template:
        """A template from what its JSON says; its image is left out.

        Raises:
            TemplateError: if it describes no form.
        """
        expect(data, Mapping, "a template")
        if data.get("format") != FORMAT:
            raise TemplateError(f'is no template of a form: "format" is not "{FORMAT}"')
        if data.get("version") != VERSION:
            raise TemplateError(f"has the version {data.get('version')!r}, and this program knows {VERSION}")
        page = expect(data.get("page"), Mapping, "page")
        width, height = (whole(page.get(side), f"page.{side}", LARGEST_SIDE) for side in ("width", "height"))
        fields: list[Field] = []
        tables: list[Table] = []
        for number, entry in enumerate(expect(data.get("fields"), Sequence, "fields"), 1):
            where = f"fields[{number - 1}]"
            expect(entry, Mapping, where)
            if "rows" in entry:
                tables.append(table_of(entry, where, width, height))
            else:
                fields.append(field_of(entry, where, width, height))
        template = Template(name, width, height, tuple(fields), tuple(tables))
        _check_names(template)
        return template

    def to_dict(self) -> dict[str, Any]:
        """What its JSON says; an image as a data URL."""
        image = None
        if self.image is not None:
            kind = "png" if self.image.startswith(b"\x89PNG") else "jpeg"
            image = f"data:image/{kind};base64,{base64.b64encode(self.image).decode('ascii')}"
        return {
            "format": FORMAT,
            "version": VERSION,
            "page": {"width": self.width, "height": self.height},
            "image": image,
            "fields": [*map(field_entry, self.fields), *map(table_entry, self.tables)],
        }


def template_of_fields(texts: Sequence[str]) -> Template:
    """A template of fields in pixels of each picture itself.

    Args:
        texts: each NAME=LEFT,TOP,RIGHT,BOTTOM, with :KIND behind it if it is no text.

    Raises:
        KnowledgeError: if one is no field, or two have one name.
    """
    entries = []
    for text in texts:
        name, equals, place = text.partition("=")
        place, colon, kind = place.partition(":")
        sides = place.split(",")
        if not (equals and name.strip() and len(sides) == 4 and all(map(_is_number, sides))):
            example = "such as date=120,80,400,130:date"
            raise KnowledgeError(f"{text!r} is not NAME=LEFT,TOP,RIGHT,BOTTOM[:KIND]", hint=example)
        box = [float(side) for side in sides]
        entries.append({"name": name.strip(), "box": box, "kind": kind if colon else "text"})
    page = {"width": LARGEST_SIDE, "height": LARGEST_SIDE}
    data = {"format": FORMAT, "version": VERSION, "page": page, "fields": entries}
    try:
        return replace(Template.from_dict(data, "--field"), own_size=True)
    except TemplateError as error:
        raise KnowledgeError(f"--field: {error}") from error


def _is_number(text: str) -> bool:
    return text.strip().replace(".", "", 1).isdecimal() and text.isascii()


def _json(path: Path) -> Any:
    try:
        with open_plain(path, _MOST_BYTES) as file:
            return json.loads(file.read())
    except FileNotFoundError as error:
        raise TemplateError(
            f"{path}: no such file", hint="ocr form new makes a template of a blank"
        ) from error
    except (OSError, OcrError) as error:
        raise TemplateError(f"{path}: {getattr(error, 'strerror', None) or error}") from error
    except (ValueError, RecursionError) as error:
        raise TemplateError(f"{path}: is no JSON: {' '.join(str(error).split())[:80]}") from error


def _image(image: Any, folder: Path) -> bytes:
    text = expect(image, str, "image")
    if text.startswith(_DATA):
        try:
            return base64.b64decode(text.partition(",")[2], validate=True)
        except binascii.Error as error:
            raise TemplateError("image: the data URL is damaged") from error
    path = folder / text
    try:
        with open_plain(path, _MOST_BYTES) as file:
            return file.read()
    except (OSError, OcrError) as error:
        raise TemplateError(f"image {path}: {getattr(error, 'strerror', None) or error}") from error


def _check_names(template: Template) -> None:
    every = template.every_field
    if not every:
        raise TemplateError("has no fields")
    if len(every) > _MOST_FIELDS:
        raise TemplateError(f"has more than {_MOST_FIELDS} fields")
    names = [field.name for field in every]
    for name in names:
        if names.count(name) > 1:
            raise TemplateError(f"has two fields of the name {name!r}")
    for field in every:
        for part in (field.sum or "").split("+") if field.sum else ():
            if part.strip() not in names:
                raise TemplateError(f"field {field.name!r}: sum names {part.strip()!r}, which is no field")
