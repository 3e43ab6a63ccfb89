"""Pictures of filled forms -> the values of their fields."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from PIL import Image

from ocr_cli.errors import ImageError, TemplateError, UnfitFormError
from ocr_cli.forms.certainty import Evidence, of_empty, of_mark
from ocr_cli.forms.checks import checked
from ocr_cli.forms.field_text import FieldText
from ocr_cli.forms.kinds import PATTERNS
from ocr_cli.forms.marks import Mark, read_check, read_choice
from ocr_cli.forms.observing import FieldsRead, Observer, ignore
from ocr_cli.forms.reading import FieldReader
from ocr_cli.forms.registration import Placing, Registrar, unregistered
from ocr_cli.forms.values import FieldValue, FormPage, FormValues
from ocr_cli.imaging.load import Picture, load_picture
from ocr_cli.options import ReadOptions
from ocr_cli.page import Alternative, Box, Character, Line, Word
from ocr_cli.reader import Reader
from ocr_cli.ruled.cutting import Patch, Quad, cut_field
from ocr_cli.ruled.field_ink import FieldInk, field_ink

if TYPE_CHECKING:
    from ocr_cli.forms.fields import Field
    from ocr_cli.forms.template import Template
    from ocr_cli.imaging.load import ImageSource

WORST_RESIDUAL = 0.15
"""A template whose print is farther off, in heights of a usual field, does not fit."""
_FAINT = 0.3
"""Ink so much paler than that of the form's other fields may be none. Set by hand."""


_Known: TypeAlias = "tuple[Template, Registrar | None]"


class FormReader:
    """Reads the fields of filled forms.

    Args:
        templates: of the forms that there are; each picture is read with the one that fits best.
        model: as ``Reader`` takes it.
        options: what holds for all fields; as usual if None.
        observer: is told of fields that are read together, and of the evidence for each value.
    """

    def __init__(
        self,
        templates: Sequence[Template],
        model: Any = "auto",
        options: ReadOptions | None = None,
        observer: Observer = ignore,
    ) -> None:
        self._templates = [(template, registrar_of(template)) for template in templates]
        self._fields = FieldReader(partial(Reader, model, judging=True), options or ReadOptions())
        self._observe = observer

    def wait(self) -> None:
        """Return at once: readers are made when the first field asks for one."""

    def read(
        self,
        image: ImageSource | Picture,
        *,
        frame: int = 1,
        source: str | None = None,
        observe: object = None,
    ) -> FormPage:
        """Read one filled form.

        Args:
            image: as ``Reader.read`` takes it.
            frame: which page of a TIFF or PDF, from 1.
            source: name to note; by default the path.
            observe: is told nothing; that of ``Reader.read``.

        Raises:
            ImageError: if the picture cannot be read.
            UnfitFormError: if none of the templates fits it.
        """
        picture = image if isinstance(image, Picture) else load_picture(image, frame=frame)
        return self._read(self._templates, picture, source)

    def read_with(self, templates: Sequence[Template], picture: Picture, source: str | None) -> FormPage:
        """Read a form with other templates, made for it; otherwise as ``read``."""
        return self._read([(template, registrar_of(template)) for template in templates], picture, source)

    def _read(self, templates: Sequence[_Known], picture: Picture, source: str | None) -> FormPage:
        shown = Image.fromarray(picture.pixels)
        name = source if source is not None else picture.source
        template, placing = self._placed(templates, shown, (picture.width, picture.height), name)
        found = tuple(self._values(shown, template, placing))
        self._observe(FieldsRead(tuple(evidence for _, evidence in found)))
        values = checked(tuple(value for value, _ in found), template.every_field)
        residual = None if placing.residual is None else placing.residual / usual_height(template)
        to_full = (picture.width / shown.width, picture.height / shown.height)
        if to_full != (1.0, 1.0):
            values = tuple(_scaled(value, *to_full) for value in values)
        lines = tuple(line for line in map(_line, values) if line is not None)
        form = FormValues(template.name, residual, values)
        return FormPage(picture.width, picture.height, lines, name, picture.frame, form=form)

    def _placed(
        self, templates: Sequence[_Known], image: Image.Image, full: tuple[int, int], name: str | None
    ) -> tuple[Template, Placing]:
        """The template that fits a picture best, and where on it that lies.

        Raises:
            UnfitFormError: if none fits.
        """
        fitting: list[tuple[Template, Placing]] = []
        closest = math.inf
        for template, registrar in templates:
            if registrar is None:
                size = full if template.own_size else (template.width, template.height)
                fitting.append((template, unregistered(size, image)))
                continue
            placing = registrar.place(image)
            if placing is not None and placing.residual is not None:
                off = placing.residual / usual_height(template)
                closest = min(closest, off)
                if off <= WORST_RESIDUAL:
                    fitting.append((template, placing))
        if not fitting:
            every = " or ".join(template.name for template, _ in templates)
            how = "its print was not found" if math.isinf(closest) else f"residual {closest:.2f}"
            raise UnfitFormError(f"{name or 'picture'}: does not fit {every}: {how}")
        # A template without an image fits everything, and none better than one with one.
        return max(fitting, key=lambda one: (one[1].residual is not None, one[1].support))

    def _values(
        self, image: Image.Image, template: Template, placing: Placing
    ) -> Iterator[tuple[FieldValue, Evidence]]:
        """The values of all fields of a picture, RGB, and how sure they are."""
        side = max(template.width, template.height)
        cuts = [_Cut.of(image, field, placing.quad(field.box, side)) for field in template.every_field]
        pens = [cut.ink.pen for cut in cuts if cut.ink is not None and cut.ink.written > 0.7]
        pen = float(np.median(pens)) if pens else 0.0
        together = self._together(cuts, pen)
        return (self._value(cut, pen, image, together.get(number)) for number, cut in enumerate(cuts))

    def _together(self, cuts: Sequence[_Cut], pen: float) -> dict[int, FieldText]:
        """What stands in lines of text, by the number of the field."""
        groups: dict[tuple[str, int], list[int]] = {}
        for number, cut in enumerate(cuts):
            field = cut.field
            plain = field.cells is None and field.pattern is None and field.lexicon is None
            if field.kind in PATTERNS:
                plain = plain and field.lines == 1
            if plain and cut.is_written(pen):
                groups.setdefault((field.kind, field.lines), []).append(number)
        found: dict[int, FieldText] = {}
        for numbers in groups.values():
            own = [cuts[number] for number in numbers]
            sizes = [
                (cut.field.box[2] - cut.field.box[0], cut.field.box[3] - cut.field.box[1]) for cut in own
            ]
            texts = self._fields.read_together(
                [(cut.patch, cut.ink, cut.field) for cut in own if cut.ink is not None], sizes, self._observe
            )
            # What no judge knows as a text of the kind is read as well as it may be.
            found.update((number, one) for number, one in zip(numbers, texts, strict=True) if one.text)
        return found

    def _value(
        self, cut: _Cut, pen: float, image: Image.Image, known: FieldText | None
    ) -> tuple[FieldValue, Evidence]:
        field = cut.field
        box = _on_picture(cut.patch, cut.patch.box, image)
        if field.kind == "picture":
            return FieldValue(field.name, field.kind, "", 1.0, box), of_mark(1.0)
        if field.kind in ("check", "choice"):
            mark = self._mark(cut)
            evidence = of_mark(mark.confidence)
            doubts = (mark.doubt,) if mark.doubt else ()
            sure = evidence.confidence(self._fields.weights.certainty)
            return FieldValue(field.name, field.kind, mark.text, sure, box, doubts=doubts), evidence
        ink = cut.ink
        assert ink is not None
        found = known
        if found is None and cut.is_written(pen):
            found = self._fields.read(cut.patch, ink, field)
        if found is None or found.evidence.sort == "empty":
            doubts = ("is required",) if field.required else ()
            evidence = of_empty(ink.written) if found is None else found.evidence
            sure = evidence.confidence(self._fields.weights.certainty)
            return FieldValue(field.name, field.kind, "", sure, box, doubts=doubts), evidence
        doubts = () if found.text else ("written, and not read",)
        characters = tuple(_moved(one, cut.patch, image) for one in found.characters)
        sure = found.evidence.confidence(self._fields.weights.certainty) if found.text else 0.0
        value = FieldValue(
            field.name, field.kind, found.text, sure, box, characters, _beside(found, sure), doubts
        )
        return value, found.evidence

    def _mark(self, cut: _Cut) -> Mark:
        if cut.field.kind == "check":
            return read_check(cut.patch)
        return read_choice(cut.patch, cut.field, self._fields.read_print)


@dataclass(frozen=True, slots=True, eq=False)
class _Cut:
    """A field cut out of a form, and what is written in it; no ink of marks."""

    field: Field
    patch: Patch
    ink: FieldInk | None

    def is_written(self, pen: float) -> bool:
        """Whether anything is written in it, in a form whose ink mostly swallows so much light."""
        return self.ink is not None and self.ink.written >= 0.5 and self.ink.pen >= _FAINT * pen

    @staticmethod
    def of(image: Image.Image, field: Field, quad: Quad) -> _Cut:
        patch = cut_field(image, quad, field.lines)
        marked = field.kind in ("check", "choice", "picture")
        if marked:
            return _Cut(field, patch, None)
        ink = field_ink(patch, lines=field.lines, cells=field.cells, dated=field.kind == "date")
        return _Cut(field, patch, ink)


def blank_of(template: Template) -> Image.Image | None:
    """The picture of a template, RGB; None if it has none.

    Raises:
        TemplateError: if its image is no picture.
    """
    if template.image is None:
        return None
    try:
        return Image.fromarray(load_picture(template.image).pixels)
    except ImageError as error:
        raise TemplateError(f"{template.name}: its image is no picture: {error}") from error


def registrar_of(template: Template) -> Registrar | None:
    """What finds a template on pictures; None if it has no image.

    Raises:
        TemplateError: if its image is no picture.
    """
    blank = blank_of(template)
    return None if blank is None else Registrar(blank, (template.width, template.height))


def usual_height(template: Template) -> float:
    """Median height of a row of its fields in pixels."""
    return float(np.median([field.height for field in template.every_field]))


def _on_picture(patch: Patch, box: tuple[int, int, int, int], image: Image.Image) -> Box:
    """Where a box of a patch lies on the picture, clipped to it."""
    left, top, right, bottom = box
    corners = patch.on_picture(np.array([[left, top], [right, top], [right, bottom], [left, bottom]], float))
    (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
    x, y = min(max(0, int(x0)), image.width - 1), min(max(0, int(y0)), image.height - 1)
    return Box(x, y, min(max(x + 1, round(x1)), image.width), min(max(y + 1, round(y1)), image.height))


def _beside(found: FieldText, sure: float) -> tuple[Alternative, ...]:
    """Other texts, together no likelier than what so sure a one leaves, and none likelier than it."""
    left = (1 - sure) / max(1 - found.confidence, 1e-6)
    return tuple(replace(one, confidence=min(sure, left * one.confidence, 1.0)) for one in found.alternatives)


def _moved(one: Character, patch: Patch, image: Image.Image) -> Character:
    box = one.box
    return replace(one, box=_on_picture(patch, (box.left, box.top, box.right, box.bottom), image))


def _scaled(value: FieldValue, across: float, down: float) -> FieldValue:
    """A value on a picture that was shrunk to be read, on the full one."""

    def full(box: Box) -> Box:
        left, right = int(box.left * across), max(int(box.left * across) + 1, round(box.right * across))
        top, bottom = int(box.top * down), max(int(box.top * down) + 1, round(box.bottom * down))
        return Box(left, top, right, bottom)

    characters = tuple(replace(one, box=full(one.box)) for one in value.characters)
    return replace(value, box=full(value.box), characters=characters)


def _line(value: FieldValue) -> Line | None:
    """What is written in a field as a line of the page; None if nothing is."""
    words, left = [], list(value.characters)
    for text in value.text.split():
        if len(text) > len(left) or "".join(one.text for one in left[: len(text)]) != text:
            break
        words.append(Word(tuple(left[: len(text)])))
        left = left[len(text) :]
    return Line(tuple(words), value.confidence, value.alternatives) if words else None
