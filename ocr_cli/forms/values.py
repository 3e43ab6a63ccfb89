"""What was read on a form: a value for each field, and what is doubtful about it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from ocr_cli.forms.kinds import Kind
from ocr_cli.page import Alternative, Box, Character, Page


@dataclass(frozen=True, slots=True)
class FieldValue:
    """What stands in one field.

    Attributes:
        name: of the field.
        kind: of the field.
        text: what is written; of a check box the sort of mark, of a choice the label of the marked option;
            empty if nothing is.
        confidence: that it is right, in [0, 1].
        box: of the field on the picture, in its pixels.
        characters: of the text, where each was found; none of marks.
        alternatives: other readings of the whole, the most probable first.
        doubts: what speaks against it, each in a few words.
    """

    name: str
    kind: Kind
    text: str
    confidence: float
    box: Box
    characters: tuple[Character, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    doubts: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain dicts, lists, strings and numbers."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class FormValues:
    """What was read on one form.

    Attributes:
        template: its name.
        residual: how far off the template's print is from the picture's, in heights of a usual field;
            None if that could not be told.
        fields: in the order of the template.
    """

    template: str
    residual: float | None
    fields: tuple[FieldValue, ...]


@dataclass(frozen=True, slots=True)
class FormPage(Page):
    """A page that is a filled form: its lines are what is written in its fields.

    Attributes:
        form: the values.
    """

    form: FormValues = FormValues("", 0.0, ())
