"""Marks in check boxes and on options."""

import numpy as np
import pytest
from form_pictures import field_patch

from ocr_cli.forms.fields import Field
from ocr_cli.forms.marks import read_check, read_choice

BOX = (60, 40, 90, 70)


def check(draw_ink=None):
    return read_check(field_patch(draw_ink, size=(120, 60), box=BOX))


@pytest.mark.parametrize(
    ("draw_ink", "text"),
    [
        (None, ""),
        (lambda draw: draw.line((65, 54, 72, 64, 98, 34), fill="navy", width=3), "ticked"),
        (
            lambda draw: (
                draw.line((63, 43, 87, 67), fill="navy", width=3)
                or draw.line((87, 43, 63, 67), fill="navy", width=3)
            ),
            "crossed",
        ),
        (lambda draw: draw.rectangle((62, 42, 88, 68), fill="black"), "filled"),
        # As pale as the paper's grain.
        (lambda draw: draw.line((72, 50, 75, 53), fill=(242, 242, 242), width=2), ""),
    ],
)
def test_sorts_of_marks(draw_ink, text):
    assert check(draw_ink).text == text


def options(*marked):
    def draw_ink(draw):
        for number in range(4):
            x = 70 + 75 * number
            draw.line((x, 48, x + 6, 60, x + 12, 48), fill=(120, 120, 120), width=2)
            if number in marked:
                draw.rectangle((x - 4, 42, x + 18, 66), fill=(30, 30, 30))

    return field_patch(draw_ink, frame=False)


def choice(*marked, labels=("A", "B", "C", "D")):
    field = Field("way", (60, 30, 360, 80), "choice", options=labels)
    return read_choice(options(*marked), field, lambda ink, row: "?" * int(np.any(ink > 0)))


def test_the_marked_option_is_named():
    assert [choice(number).text for number in range(4)] == ["A", "B", "C", "D"]
    assert choice(2, labels=()).text == "C"


def test_no_option_is_none_and_two_are_doubtful():
    assert choice().text == ""
    assert choice(1, 3).doubt == "two options are marked"
