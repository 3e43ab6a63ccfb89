"""Words in the shapes of a flow chart: the letters are in rows, the shapes are not."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from ocr_cli.datasets.hand import Style
from ocr_cli.datasets.synthetic import draw_text
from ocr_cli.segmentation.layout import find_layout

SHAPES = {
    "oval": lambda pen, box: pen.ellipse(box, outline=40, width=4),
    "rounded": lambda pen, box: pen.rounded_rectangle(box, radius=(box[3] - box[1]) / 2, outline=40, width=4),
    "slanted": lambda pen, box: pen.polygon(
        [(box[0] + 40, box[1]), (box[2] + 40, box[1]), (box[2] - 40, box[3]), (box[0] - 40, box[3])],
        outline=40,
        width=4,
    ),
}


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("shape", SHAPES)
def test_shapes_around_words_are_no_letters(shape, seed):
    picture = Image.new("L", (700, 700), 235)
    pen = ImageDraw.Draw(picture)
    inside = []
    for number, text in enumerate(("START", "NEXT", "END")):
        ink = draw_text([text], style=Style(seed=seed), seed=seed, height=40).ink
        left, top = 260, 60 + 220 * number
        height, width = ink.shape
        dark = Image.fromarray((255 * ink).astype(np.uint8))
        picture.paste(40, (left, top), dark)
        inside.append((left, top, left + width, top + height))
        SHAPES[shape](pen, (left - 60, top - 40, left + width + 60, top + height + 40))
    layout = find_layout(np.asarray(picture.convert("RGB")))
    boxes = [
        layout.to_pixels(tuple(box))
        for row in layout.rows
        for box in layout.components.boxes[row.letters].tolist()
    ]
    for left, top, right, bottom in boxes:
        assert any(
            left > a - 8 and top > b - 8 and right < c + 8 and bottom < d + 8 for a, b, c, d in inside
        ), (left, top, right, bottom)
    assert len(layout.rows) == 3
    assert len(boxes) >= 9


def test_letters_that_stand_around_others_stay():
    """The roof of a T and the bow of a C are over and beside letters, and not around them."""
    ink = draw_text(["TOCOT"], style=Style(seed=3), seed=3, height=60).ink
    pixels = np.pad(255 - (215 * ink).astype(np.uint8), 80, constant_values=255)
    layout = find_layout(np.stack([pixels] * 3, axis=2))
    assert sum(len(row.letters) for row in layout.rows) == 5
