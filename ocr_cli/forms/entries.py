"""Fields and tables of a form from the entries of its JSON, and back.

All of it raises ``TemplateError`` where something is not as ``form.schema.json`` says; the message names the
place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from ocr_cli.decoding.pattern import Pattern
from ocr_cli.errors import KnowledgeError, TemplateError
from ocr_cli.forms.fields import Column, Field, Sides, Table
from ocr_cli.forms.kinds import KINDS, Kind

LARGEST_SIDE = 100_000
"""Pixels of a side of a page at most."""
_MOST_CELLS, _MOST_LINES = 200, 100


def expect(value: Any, kind: Any, where: str) -> Any:
    """A value, if it is of a kind: Mapping, Sequence, str or bool."""
    names = {Mapping: "an object", Sequence: "a list", str: "a text", bool: "true or false"}
    if not isinstance(value, kind) or (kind is Sequence and isinstance(value, str)):
        raise TemplateError(f"{where}: is not {names[kind]}")
    return value


def whole(value: Any, where: str, most: int) -> int:
    """A value, if it is a whole number from 1 to so many."""
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise TemplateError(f"{where}: is no whole number from 1 to {most}")
    return value


def _sides(value: Any, where: str, width: int, height: int) -> Sides:
    sides = expect(value, Sequence, where)
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


def field_of(entry: Mapping[str, Any], where: str, width: int, height: int) -> Field:
    """The field of an entry, on a page of this size."""
    options = tuple(expect(entry.get("options", []), Sequence, f"{where}.options"))
    labels, boxes = [], []
    for number, option in enumerate(options):
        place = f"{where}.options[{number}]"
        if isinstance(option, str):
            labels.append(option)
        else:
            expect(option, Mapping, place)
            labels.append(_name(option, place))
            boxes.append(_sides(option.get("box"), f"{place}.box", width, height))
    if boxes and len(boxes) != len(labels):
        raise TemplateError(f"{where}.options: some have a box and some have none")
    cells = entry.get("cells")
    return Field(
        _name(entry, where),
        _sides(entry.get("box"), f"{where}.box", width, height),
        _kind(entry, where),
        None if cells is None else whole(cells, f"{where}.cells", _MOST_CELLS),
        whole(entry.get("lines", 1), f"{where}.lines", _MOST_LINES),
        _pattern(entry, where),
        _text(entry, "lexicon", where),
        expect(entry.get("required", False), bool, f"{where}.required"),
        _text(entry, "sum", where),
        tuple(labels),
        tuple(boxes),
    )


def table_of(entry: Mapping[str, Any], where: str, width: int, height: int) -> Table:
    """The table of an entry, on a page of this size."""
    columns = []
    for number, column in enumerate(expect(entry.get("columns"), Sequence, f"{where}.columns")):
        place = f"{where}.columns[{number}]"
        expect(column, Mapping, place)
        share = column.get("width", 1)
        if isinstance(share, bool) or not isinstance(share, (int, float)) or not 0 < share < LARGEST_SIDE:
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
    return Table(_name(entry, where), box, whole(entry["rows"], f"{where}.rows", _MOST_LINES), tuple(columns))


def field_entry(field: Field) -> dict[str, Any]:
    """The entry of a field."""
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


def table_entry(table: Table) -> dict[str, Any]:
    """The entry of a table."""
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
