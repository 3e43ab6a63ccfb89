"""Pictures of forms for tests: rules, print and strokes, drawn without a font."""

import numpy as np
from PIL import Image, ImageDraw

from ocr_cli.ruled.cutting import cut_field


def blank_form(width=700, height=900, seed=3):
    """A page with frames, rules, and print that is like no other."""
    rng = np.random.default_rng(seed)
    image = Image.new("RGB", (width, height), (244, 242, 238))
    draw = ImageDraw.Draw(image)
    for top in range(60, height - 60, 70):
        left = 40
        while left < width // 2:
            wide, high = (int(part) for part in rng.integers(3, 14, 2))
            draw.rectangle([left, top + 30 - high, left + wide, top + 30], fill=(40, 40, 44))
            if min(wide, high) > 7:
                draw.rectangle([left + 2, top + 33 - high, left + wide - 3, top + 27], fill=(244, 242, 238))
            left += wide + int(rng.integers(3, 9))
        draw.rectangle(
            [width // 2 + 20, top, width - 60 - 5 * (top % 7), top + 40], outline=(30, 30, 34), width=2
        )
    draw.rectangle([20, 20, width - 20, height - 20], outline=(30, 30, 34), width=3)
    return image


def field_patch(
    draw_ink=None, *, size=(400, 60), box=(60, 30, 360, 80), frame=True, rule=(60, 60, 66), cells=None
):
    """The patch of one field on white paper: a frame, walls of its cells, and what is drawn on it."""
    image = Image.new("RGB", (size[0] + 40, size[1] + 60), "white")
    draw = ImageDraw.Draw(image)
    left, top, right, bottom = box
    if frame:
        draw.rectangle(box, outline=rule, width=2)
    for number in range(1, cells or 1):
        x = left + (right - left) * number / cells
        draw.line([x, top, x, bottom], fill=rule, width=2)
    if draw_ink is not None:
        draw_ink(draw)
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], float)
    return cut_field(image, corners)
