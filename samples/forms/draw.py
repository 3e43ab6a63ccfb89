"""Draw the two sample forms, blank and filled, and their templates: ``python samples/forms/draw.py``.

A visit card with combs, and a stock list: a table with check boxes and a sum. The package's synthetic hand
fills them, and they are photographed at an angle; nothing was written or photographed by a person, and every
picture follows from its seed.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from ocr_cli.datasets.hand import Style
from ocr_cli.datasets.synthetic import draw_text
from ocr_cli.files import atomic_write

HERE = Path(__file__).resolve().parent
WIDTH, HEIGHT = 1400, 990
_INK = (46, 46, 52)
_PEN = np.array([38, 48, 110], np.float32)
ITEMS = ("PAPER", "ENVELOPES", "PENCILS", "STAMPS", "FOLDERS", "STRING")
NAMES = ("ANNA BERG", "J. KOWALSKI", "VICTOR LANE", "MILA NOVAK", "RUTH WEBER", "OSCAR DIAZ")

Box = tuple[int, int, int, int]


def _comb(name: str, box: Box, kind: str, cells: int) -> dict[str, Any]:
    return {"name": name, "box": list(box), "kind": kind, "cells": cells}


VISIT: dict[str, Any] = {
    "format": "ocr-form",
    "version": 1,
    "page": {"width": WIDTH, "height": HEIGHT},
    "image": "visit.png",
    "fields": [
        _comb("Name", (300, 180, 1260, 240), "letters", 16),
        _comb("Date", (300, 300, 780, 360), "date", 8),
        _comb("Card number", (300, 420, 900, 480), "digits", 10),
        _comb("Persons", (1140, 420, 1260, 480), "digits", 2),
        {"name": "Purpose", "box": [300, 540, 1260, 610], "kind": "text"},
        {"name": "Member", "box": [300, 690, 344, 734], "kind": "check"},
        {"name": "First visit", "box": [640, 690, 684, 734], "kind": "check"},
        {"name": "Amount", "box": [980, 682, 1260, 742], "kind": "amount"},
    ],
}
_LEFT, _TOP, _ROW = 120, 210, 76
_COLUMNS = (("Item", 120, 560, "text"), ("Pieces", 560, 760, "digits"), ("Price", 760, 1000, "amount"))
STOCK: dict[str, Any] = {
    "format": "ocr-form",
    "version": 1,
    "page": {"width": WIDTH, "height": HEIGHT},
    "image": "stock.png",
    "fields": [
        {"name": f"{name} {row + 1}", "box": [a, _TOP + row * _ROW, b, _TOP + (row + 1) * _ROW], "kind": kind}
        for row in range(len(ITEMS))
        for name, a, b, kind in _COLUMNS
    ]
    + [
        {"name": f"Sent {row + 1}", "box": [1060, 226 + row * _ROW, 1104, 270 + row * _ROW], "kind": "check"}
        for row in range(len(ITEMS))
    ]
    + [
        {
            "name": "Pieces in all",
            "box": [560, _TOP + len(ITEMS) * _ROW, 760, _TOP + (len(ITEMS) + 1) * _ROW],
            "kind": "digits",
            "sum": "+".join(f"Pieces {row + 1}" for row in range(len(ITEMS))),
        }
    ],
}
FORMS = {"visit": VISIT, "stock": STOCK}


def blank(name: str) -> Image.Image:
    """A form before it is filled."""
    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    draw = ImageDraw.Draw(image)

    def say(x: int, y: int, text: str, size: int = 26) -> None:
        draw.text((x, y), text, _INK, ImageFont.load_default(size))

    draw.rectangle([30, 30, WIDTH - 30, HEIGHT - 30], outline=_INK, width=3)
    say(120, 70, {"visit": "VISITOR'S CARD", "stock": "STOCK LIST"}[name], 52)
    if name == "visit":
        say(120, 850, "Please write one capital or digit in each cell, in blue or black ink.")
    else:
        for label, a, *_ in (*_COLUMNS, ("Sent", 1040, 0, "")):
            say(a + 16, 166, label)
        bottom = _TOP + len(ITEMS) * _ROW
        for row in range(len(ITEMS) + 1):
            draw.line([_LEFT, _TOP + row * _ROW, 1160, _TOP + row * _ROW], _INK, 2)
        for x in (120, 560, 760, 1000, 1160):
            draw.line([x, _TOP, x, bottom], _INK, 2)
        draw.rectangle([560, bottom, 760, bottom + _ROW], outline=_INK, width=2)
        say(350, bottom + 24, "Pieces in all")
        say(120, 900, "Tick what was sent. Count the pieces, and write how many there are in all.")
    for field in FORMS[name]["fields"]:
        left, top, right, bottom = field["box"]
        if field["kind"] == "check":
            draw.rectangle(field["box"], outline=_INK, width=3)
        if name == "visit":
            beside = field["kind"] == "check"
            say(left + 60 if beside else left, top + 8 if beside else top - 36, field["name"])
        if field.get("cells"):
            draw.rectangle(field["box"], outline=_INK, width=2)
            for cell in range(1, field["cells"]):
                x = round(left + (right - left) * cell / field["cells"])
                draw.line([x, top, x, bottom], _INK, 2)
        elif name == "visit" and field["kind"] != "check":
            draw.line([left, bottom, right, bottom], _INK, 2)
    return image


def values(name: str, rng: np.random.Generator) -> dict[str, str]:
    """What a form may be filled with."""
    if name == "visit":
        day, month, year = int(rng.integers(1, 29)), int(rng.integers(1, 13)), int(rng.integers(1990, 2027))
        return {
            "Name": str(rng.choice(NAMES)).replace(".", ""),
            "Date": f"{day:02}{month:02}{year}",
            "Card number": "".join(map(str, rng.integers(0, 10, 10))),
            "Persons": f"{rng.integers(1, 40)}",
            "Purpose": str(rng.choice(["MEETING", "DELIVERY", "REPAIR OF A PUMP", "VISIT"])),
            "Member": str(rng.choice(["X", ""])),
            "First visit": str(rng.choice(["X", ""])),
            "Amount": f"{rng.integers(1, 300)}.{rng.integers(0, 100):02}",
        }
    rows = int(rng.integers(3, len(ITEMS) + 1))
    found, whole = {}, 0
    for row in range(rows):
        pieces = int(rng.integers(1, 200))
        whole += pieces
        found |= {
            f"Item {row + 1}": str(rng.choice(ITEMS)),
            f"Pieces {row + 1}": str(pieces),
            f"Price {row + 1}": f"{rng.integers(1, 90)}.{rng.integers(0, 100):02}",
            f"Sent {row + 1}": str(rng.choice(["X", ""])),
        }
    return {**found, "Pieces in all": str(whole)}


def filled(name: str, texts: dict[str, str], seed: int, strength: float = 1.0) -> Image.Image:
    """A form with texts in its fields, written by one hand of this seed; pale with less strength."""
    page = np.asarray(blank(name), np.float32)
    style = Style.random(seed)
    for number, field in enumerate(FORMS[name]["fields"]):
        text = texts.get(field["name"], "")
        if not text:
            continue
        left, top, right, bottom = field["box"]
        high = bottom - top
        cells = field.get("cells")
        if cells:
            width = (right - left) / cells
            for place, one in enumerate(text):
                if one != " ":
                    part = _written(one, style, 100 * seed + 20 * number + place, 0.55 * high)
                    _put(page, part, left + (place + 0.5) * width - part.shape[1] / 2, top, high, strength)
        elif field["kind"] == "check":
            part = _written(text, style, 100 * seed + number, 0.7 * high)
            _put(page, part, (left + right - part.shape[1]) / 2, top, high, strength)
        else:
            part = _written(text, style, 100 * seed + number, 0.5 * high)
            _put(page, part, left + 30, top, high, strength)
    return Image.fromarray(page.astype(np.uint8))


def _written(text: str, style: Style, seed: int, height: float) -> npt.NDArray[np.float32]:
    ink = np.asarray(draw_text([text], style=style, seed=seed, height=height).ink, np.float32)
    rows, columns = np.nonzero(ink > 0.05)
    return ink[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]


def _put(
    page: npt.NDArray[np.float32],
    part: npt.NDArray[np.float32],
    left: float,
    top: int,
    high: int,
    strength: float,
) -> None:
    x, y = max(0, round(left)), max(0, round(top + (high - part.shape[0]) / 2))
    part = strength * part[: page.shape[0] - y, : page.shape[1] - x, None]
    here = page[y : y + part.shape[0], x : x + part.shape[1]]
    here[:] = here * (1 - part) + _PEN * part


def photographed(
    image: Image.Image, rng: np.random.Generator, angle: float = 12.0, scale: float = 0.8
) -> tuple[Image.Image, npt.NDArray[np.float64]]:
    """A form on a table, seen from an angle in degrees, turned, in uneven light, with a shadow.

    Returns:
        The picture, and the corners of the form on it, float (4, 2), clockwise from the upper left one.
    """
    width, height = image.size
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], float)
    middle = corners - np.array([width, height]) / 2
    turn = np.radians(rng.uniform(-8, 8))
    rotate = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    flat = middle @ rotate.T
    about = rng.uniform(0, 2 * np.pi)
    axis = np.array([np.cos(about), np.sin(about)])
    depth = flat @ np.array([-axis[1], axis[0]])
    off = np.outer(depth * (np.cos(np.radians(angle)) - 1), [-axis[1], axis[0]])
    distance = 1.9 * width
    seen = (flat + off) * (distance / (distance + depth * np.sin(np.radians(angle))))[:, None] * scale
    low, high = seen.min(axis=0) - 60 * scale, seen.max(axis=0) + 60 * scale
    places = seen - low
    size = tuple(int(one) for one in np.ceil(high - low))
    rows, right = [], []
    for (x, y), (u, v) in zip(places, corners, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        right += [u, v]
    data = np.linalg.solve(np.array(rows), np.array(right)).tolist()
    table = np.array([118, 92, 70]) + rng.normal(0, 12, 3)
    sheet = image.convert("RGBA")
    sheet.putalpha(255)
    warped = sheet.transform(size, Image.Transform.PERSPECTIVE, data, Image.Resampling.BICUBIC)
    found = np.asarray(warped, np.float32)
    alpha = found[..., 3:] / 255
    shown = found[..., :3] * alpha + table * (1 - alpha)
    y, x = np.mgrid[: size[1], : size[0]] / max(size)
    way = rng.uniform(0, 2 * np.pi)
    light = 1 - 0.25 * (0.5 + 0.5 * np.sin(2 * (x * np.cos(way) + y * np.sin(way)) + rng.uniform(0, 6)))
    edge = x * np.cos(way + 1) + y * np.sin(way + 1) - rng.uniform(0.2, 0.8)
    light *= 1 - 0.28 / (1 + np.exp(-edge * 60))
    shown = shown * light[..., None] + rng.normal(0, 2.5, shown.shape)
    return Image.fromarray(np.clip(shown, 0, 255).astype(np.uint8)), places


def _save(path: Path, data: dict[str, Any]) -> None:
    with atomic_write(path, "w") as file:
        file.write(json.dumps(data, indent=1) + "\n")


def main() -> None:
    """Draw everything anew."""
    for number, name in enumerate(FORMS):
        blank(name).convert("P", palette=Image.Palette.ADAPTIVE, colors=16).save(HERE / f"{name}.png")
        _save(HERE / f"{name}.form.json", FORMS[name])
        for copy in (1, 2):
            rng = np.random.default_rng(10 * number + copy)
            texts = values(name, rng)
            photo, _ = photographed(filled(name, texts, 10 * number + copy), rng, scale=0.75)
            photo.save(HERE / f"{name}_{copy}.jpg", quality=80)
            _save(HERE / f"{name}_{copy}.json", texts)


if __name__ == "__main__":
    main()
