"""Templates of forms: where the fields lie on a page, and what is known of each.

A template is a JSON file; ``form.schema.json`` beside this module describes it for other programs.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from ocr_cli.decoding.pattern import Pattern
from ocr_cli.errors import KnowledgeError, OcrError, TemplateError
from ocr_cli.forms.kinds import KINDS, Kind
from ocr_cli.plain_files import open_plain

FORMAT, VERSION = "ocr-form", 1
_LARGEST_SIDE = 100_000
_MOST_FIELDS, _MOST_CELLS, _MOST_LINES = 5000, 200, 100
_MOST_BYTES = 100_000_000
_DATA = "data:"

Sides = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form.

    Attributes:
        name: of it, and of its column in tables.
        box: left, top, right, bottom in pixels of the template's page.
        kind: what it holds.
        cells: how many cells a comb has; None for a field that is none.
        lines: rows of writing in it.
        pattern: what its text looks like, as ``--pattern`` takes it.
        lexicon: file of the words to expect.
        required: whether it is doubtful if it is empty.
        sum: names of the fields that it is the sum of, joined by +.
        options: of a choice: labels from left to right, or from top to bottom; without boxes of their own
            they stand evenly.
        boxes: of the options, as many as there are; none if they stand evenly.
    """

    name: str
    box: Sides
    kind: Kind = "text"
    cells: int | None = None
    lines: int = 1
    pattern: str | None = None
    lexicon: str | None = None
    required: bool = False
    sum: str | None = None
    options: tuple[str, ...] = ()
    boxes: tuple[Sides, ...] = ()

    @property
    def height(self) -> float:
        """Height of one of its rows in pixels of the template."""
        return (self.box[3] - self.box[1]) / self.lines


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: what its fields are, and its share of the table's width."""

    name: str
    kind: Kind = "text"
    width: float = 1.0
    pattern: str | None = None
    lexicon: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of fields of one kind a column, in a box; rows are equally high."""

    name: str
    box: Sides
    rows: int
    columns: tuple[Column, ...]

    def fields(self) -> Iterator[Field]:
        """Its cells, row by row: NAME ROW COLUMN."""
        left, top, right, bottom = self.box
        height = (bottom - top) / self.rows
        whole = sum(column.width for column in self.columns)
        for row in range(self.rows):
            x = left
            for column in self.columns:
                width = (right - left) * column.width / whole
                box = (x, top + row * height, x + width, top + (row + 1) * height)
                name = f"{self.name} {row + 1} {column.name}"
                yield Field(name, box, column.kind, pattern=column.pattern, lexicon=column.lexicon)
                x += width


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
        _is(data, Mapping, "a template")
        if data.get("format") != FORMAT:
            raise TemplateError(f'is no template of a form: "format" is not "{FORMAT}"')
        if data.get("version") != VERSION:
            raise TemplateError(f"has the version {data.get('version')!r}, and this program knows {VERSION}")
        page = _is(data.get("page"), Mapping, "page")
        width, height = (
            _whole(page.get(side), f"page.{side}", _LARGEST_SIDE) for side in ("width", "height")
        )
        fields: list[Field] = []
        tables: list[Table] = []
        for number, entry in enumerate(_is(data.get("fields"), Sequence, "fields"), 1):
            where = f"fields[{number - 1}]"
            _is(entry, Mapping, where)
            if "rows" in entry:
                tables.append(_table(entry, where, width, height))
            else:
                fields.append(_field(entry, where, width, height))
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
            "fields": [*map(_field_entry, self.fields), *map(_table_entry, self.tables)],
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
    page = {"width": _LARGEST_SIDE, "height": _LARGEST_SIDE}
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
    text = _is(image, str, "image")
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


def _is(value: Any, kind: Any, where: str) -> Any:
    names = {Mapping: "an object", Sequence: "a list", str: "a text", bool: "true or false"}
    if not isinstance(value, kind) or (kind is Sequence and isinstance(value, str)):
        raise TemplateError(f"{where}: is not {names[kind]}")
    return value


def _whole(value: Any, where: str, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise TemplateError(f"{where}: is no whole number from 1 to {most}")
    return value


def _sides(value: Any, where: str, width: int, height: int) -> Sides:
    sides = _is(value, Sequence, where)
    if len(sides) != 4 or not all(isinstance(x, (int, float)) and not isinstance(x, bool) for x in sides):
        raise TemplateError(f"{where}: is not [left, top, right, bottom]")
    left, top, right, bottom = (float(side) for side in sides)
    if not (-width <= left < right <= 2 * width and -height <= top < bottom <= 2 * height):
        raise TemplateError(f"{where}: {list(sides)} is no box on a page of {width} x {height} pixels")
    return left, top, right, bottom


def _kind(entry: Mapping[str, Any], where: str) -> Kind:
    kind = entry.get("kind", "text")
    if kind not in KINDS:
        raise TemplateError(f"{where}.kind: {kind!r} is none of {', '.join(KINDS)}")
    return cast("Kind", kind)


def _text(entry: Mapping[str, Any], key: str, where: str) -> str | None:
    value = entry.get(key)
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip():
        raise TemplateError(f"{where}.{key}: is no text")
    return value


def _pattern(entry: Mapping[str, Any], where: str) -> str | None:
    pattern = _text(entry, "pattern", where)
    if pattern is not None:
        try:
            Pattern([pattern])
        except KnowledgeError as error:
            raise TemplateError(f"{where}.pattern: {error}") from error
    return pattern


def _name(entry: Mapping[str, Any], where: str) -> str:
    name = _text(entry, "name", where)
    if name is None:
        raise TemplateError(f"{where}: has no name")
    return name


def _field(entry: Mapping[str, Any], where: str, width: int, height: int) -> Field:
    options = tuple(_is(entry.get("options", []), Sequence, f"{where}.options"))
    labels, boxes = [], []
    for number, option in enumerate(options):
        place = f"{where}.options[{number}]"
        if isinstance(option, str):
            labels.append(option)
        else:
            _is(option, Mapping, place)
            labels.append(_name(option, place))
            boxes.append(_sides(option.get("box"), f"{place}.box", width, height))
    if boxes and len(boxes) != len(labels):
        raise TemplateError(f"{where}.options: some have a box and some have none")
    cells = entry.get("cells")
    return Field(
        _name(entry, where),
        _sides(entry.get("box"), f"{where}.box", width, height),
        _kind(entry, where),
        None if cells is None else _whole(cells, f"{where}.cells", _MOST_CELLS),
        _whole(entry.get("lines", 1), f"{where}.lines", _MOST_LINES),
        _pattern(entry, where),
        _text(entry, "lexicon", where),
        _is(entry.get("required", False), bool, f"{where}.required"),
        _text(entry, "sum", where),
        tuple(labels),
        tuple(boxes),
    )


def _table(entry: Mapping[str, Any], where: str, width: int, height: int) -> Table:
    columns = []
    for number, column in enumerate(_is(entry.get("columns"), Sequence, f"{where}.columns")):
        place = f"{where}.columns[{number}]"
        _is(column, Mapping, place)
        share = column.get("width", 1)
        if isinstance(share, bool) or not isinstance(share, (int, float)) or not 0 < share < _LARGEST_SIDE:
            raise TemplateError(f"{place}.width: is no width")
        columns.append(
            Column(
                _name(column, place),
                _kind(column, place),
                float(share),
                _pattern(column, place),
                _text(column, "lexicon", place),
            )
        )
    if not columns:
        raise TemplateError(f"{where}: a table without columns")
    box = _sides(entry.get("box"), f"{where}.box", width, height)
    return Table(
        _name(entry, where), box, _whole(entry["rows"], f"{where}.rows", _MOST_LINES), tuple(columns)
    )


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


def _field_entry(field: Field) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": field.name, "box": _numbers(field.box), "kind": field.kind}
    for key in ("cells", "pattern", "lexicon", "sum"):
        if getattr(field, key) is not None:
            entry[key] = getattr(field, key)
    if field.lines > 1:
        entry["lines"] = field.lines
    if field.required:
        entry["required"] = True
    if field.boxes:
        entry["options"] = [
            {"name": name, "box": _numbers(box)} for name, box in zip(field.options, field.boxes, strict=True)
        ]
    elif field.options:
        entry["options"] = list(field.options)
    return entry


def _table_entry(table: Table) -> dict[str, Any]:
    columns = []
    for column in table.columns:
        entry: dict[str, Any] = {"name": column.name, "kind": column.kind, "width": column.width}
        for key in ("pattern", "lexicon"):
            if getattr(column, key) is not None:
                entry[key] = getattr(column, key)
        columns.append(entry)
    return {"name": table.name, "box": _numbers(table.box), "rows": table.rows, "columns": columns}


def _numbers(box: Sides) -> list[float]:
    return [int(side) if side == int(side) else side for side in box]
