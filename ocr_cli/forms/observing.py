"""What an observer of a form's reading is told, to look into it or to fit weights to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from ocr_cli.forms.certainty import Evidence
    from ocr_cli.forms.fields import Field
    from ocr_cli.forms.together import Lines


class LinesRead(NamedTuple):
    """Fields that were read together.

    Attributes:
        fields: what is known of each.
        lines: of all of them.
    """

    fields: tuple[Field, ...]
    lines: Lines


class FieldsRead(NamedTuple):
    """All fields of a form.

    Attributes:
        evidence: for the value of each.
    """

    evidence: tuple[Evidence, ...]


Observer: TypeAlias = Callable[["LinesRead | FieldsRead"], None]
"""Called for each group of fields that are read together, and then once for all fields."""


def ignore(stage: LinesRead | FieldsRead) -> None:
    """The observer who does not look."""
