"""More that is photographed and bears no writing: walls, plants, sky, stairs, fences, codes and charts."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw

from ocr_cli.datasets.surfaces import Floats, clouds, coloured


def bricks(height: int, width: int, rng: np.random.Generator) -> Floats:
    """A wall of bricks, every other row shifted by half a brick, with light or dark joints."""
    size = max(height, width)
    tall = rng.uniform(0.03, 0.08) * size
    long, joint = rng.uniform(2.2, 3.2) * tall, rng.uniform(0.06, 0.16) * tall
    y, x = np.mgrid[:height, :width].astype(np.float32)
    row = (y // tall).astype(int)
    x = x + (row % 2) * long / 2
    column = (x // long).astype(int)
    tone = rng.normal(1, 0.12, (int(row.max()) + 1, int(column.max()) + 1))[row, column]
    face = coloured(tone * (1 + 0.08 * clouds(height, width, rng, 4)), (156, 82, 62))
    seam = coloured(
        1 + 0.05 * clouds(height, width, rng, 3), [(190, 184, 172), (84, 78, 72)][rng.integers(2)]
    )
    inside = (y % tall > joint) & (x % long > joint)
    return np.where(inside[..., None], face, seam)


def leaves(height: int, width: int, rng: np.random.Generator) -> Floats:
    """Leaves over each other, each with a vein."""
    size = max(height, width)
    image = Image.new("RGB", (width, height), (24, 40, 16))
    pen = ImageDraw.Draw(image)
    length = rng.uniform(0.04, 0.12) * size
    for _ in range(round(3 * height * width / length**2)):
        x, y, angle = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(0, 2 * np.pi)
        along = np.linspace(-1, 1, 13)
        side = 0.35 * (1 - along**2)
        outline = np.concatenate([np.stack([along, side]), np.stack([along[::-1], -side[::-1]])], axis=1)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        points = turn @ outline * length / 2 + [[x], [y]]
        green = rng.uniform(0.5, 1.4)
        colour = tuple((np.array([52, 92, 32]) * green).astype(int).tolist())
        pen.polygon([tuple(point) for point in points.T.tolist()], fill=colour)
        pen.line([tuple(points[:, 0].tolist()), tuple(points[:, 12].tolist())], tuple(c + 22 for c in colour))
    return np.asarray(image, np.float32)


def sky(height: int, width: int, rng: np.random.Generator) -> Floats:
    """Blue, with clouds."""
    size = max(height, width)
    cover = clouds(height, width, rng, 0.25 * size, 2) + 0.5 * clouds(height, width, rng, 0.08 * size, 2)
    white = 1 / (1 + np.exp(-2 * (cover - rng.uniform(-1, 1))))[..., None]
    return np.asarray((1 - white) * (96, 148, 214) + white * (238, 240, 244), np.float32)


def water(height: int, width: int, rng: np.random.Generator) -> Floats:
    """Waves, smaller and closer towards the horizon, with glints."""
    depth = np.linspace(0.25, 1, height, dtype=np.float32)[:, None]
    wave = clouds(height, width, rng, 0.015 * max(height, width), 5) * depth
    wave = wave + 0.6 * clouds(height, width, rng, 0.05 * max(height, width), 4) * depth
    shade = 1 + 0.22 * wave + np.where(wave > rng.uniform(1.2, 2), 0.8, 0)
    return np.clip(coloured(shade, (62, 96, 118)), 0, 255)


def carpet(height: int, width: int, rng: np.random.Generator) -> Floats:
    """Tufts, of several sizes and brightnesses, perhaps with a pattern of lozenges."""
    shade = 1 + 0.16 * clouds(height, width, rng, rng.uniform(3, 8)) + 0.06 * clouds(height, width, rng, 40)
    if rng.random() < 0.5:
        y, x = np.mgrid[:height, :width].astype(np.float32)
        pitch = rng.uniform(0.06, 0.15) * max(height, width)
        lozenge = np.abs(x % pitch / pitch - 0.5) + np.abs(y % pitch / pitch - 0.5)
        shade = shade * np.where(lozenge < 0.3, 0.7, 1)
    return coloured(shade, [(140, 64, 58), (92, 96, 110), (172, 156, 132)][rng.integers(3)])


def shadow(height: int, width: int, rng: np.random.Generator) -> Floats:
    """A plain wall, on which the shadow of a window's bars or of a plant falls."""
    size = max(height, width)
    wall = 1 + 0.012 * clouds(height, width, rng, 3) + 0.05 * clouds(height, width, rng, 0.5 * size)
    y, x = np.mgrid[:height, :width].astype(np.float32)
    if rng.random() < 0.5:
        angle, pitch = rng.normal(0, 0.4), rng.uniform(0.15, 0.4) * size
        across, down = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
        away = np.minimum(np.abs(across % pitch - pitch / 2), np.abs(down % pitch - pitch / 2))
        edge = (away - 0.015 * size) / (rng.uniform(0.003, 0.02) * size)
    else:
        edge = 3 * clouds(height, width, rng, rng.uniform(0.05, 0.2) * size)
    light = rng.uniform(0.45, 0.8)
    return coloured(wall * (light + (1 - light) / (1 + np.exp(-edge))), (206, 202, 192))


def barcode(height: int, width: int, rng: np.random.Generator) -> Floats:
    """A printed bar code on paper, without the number below it."""
    picture = coloured(1 + 0.01 * clouds(height, width, rng, 3), (232, 230, 224))
    module = max(1, round(rng.uniform(0.003, 0.008) * width))
    bars = rng.integers(1, 5, 58)
    x, top = round(rng.uniform(0.05, 0.2) * width), round(rng.uniform(0.2, 0.5) * height)
    tall = round(rng.uniform(0.1, 0.35) * height)
    for number, modules in enumerate(bars):
        if number % 2 == 0:
            picture[top : top + tall, x : x + modules * module] = 34
        x += int(modules) * module
    return picture


def code(height: int, width: int, rng: np.random.Generator) -> Floats:
    """A printed code of squares, as QR codes look: finders at three corners, chance elsewhere."""
    count, quiet = int(rng.choice([21, 25, 33])), 4
    modules = rng.random((count, count)) < 0.5
    finder = np.ones((7, 7), bool)
    finder[1:6, 1:6] = False
    finder[2:5, 2:5] = True
    for y, x in ((0, 0), (0, count - 8), (count - 8, 0)):
        modules[y : y + 8, x : x + 8] = False
    for y, x in ((0, 0), (0, count - 7), (count - 7, 0)):
        modules[y : y + 7, x : x + 7] = finder
    modules = np.pad(modules, quiet)
    module = max(2, int(rng.uniform(0.4, 0.95) * min(height, width) / len(modules)))
    print_ = np.kron(modules, np.ones((module, module), bool))
    picture = coloured(1 + 0.01 * clouds(height, width, rng, 3), (232, 230, 224))
    top, left = (height - len(print_)) // 2, (width - len(print_)) // 2
    picture[top : top + len(print_), left : left + len(print_)][print_] = 30
    return picture


def pen_on(picture: Floats) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """A picture to draw on, and what draws on it."""
    image = Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))
    return image, ImageDraw.Draw(image)


def grass(height: int, width: int, rng: np.random.Generator) -> Floats:
    """Blades over each other."""
    image, pen = pen_on(coloured(1 + 0.2 * clouds(height, width, rng, 6), (44, 66, 24)))
    length = rng.uniform(0.06, 0.2) * max(height, width)
    for y in np.sort(rng.uniform(0, height + length, round(40 * height * width / length**2))).tolist():
        x, lean = rng.uniform(0, width), rng.normal(0, 0.4, 2)
        middle = (x + lean[0] * length / 2, y - length / 2)
        tip = (middle[0] + lean.sum() * length / 2, y - rng.uniform(0.8, 1.1) * length)
        red, green, blue = (np.array([84, 126, 44]) * rng.uniform(0.5, 1.4)).astype(int).tolist()
        pen.line([(x, y), middle, tip], (red, green, blue), max(1, round(length / 18)), "curve")
    return np.asarray(image, np.float32)


def branches(height: int, width: int, rng: np.random.Generator) -> Floats:
    """Bare trees before the sky."""
    image, pen = pen_on(sky(height, width, rng))
    size = max(height, width)
    bark = int(rng.integers(25, 80))

    def grow(x: float, y: float, angle: float, length: float) -> None:
        """A bough and what grows from it."""
        end = (x + length * np.cos(angle), y + length * np.sin(angle))
        pen.line((x, y, *end), (bark, bark, bark - 5), max(1, round(length / 9)))
        if length > 0.012 * size:
            for _ in range(int(rng.integers(2, 4))):
                grow(*end, angle + rng.normal(0, 0.5), length * rng.uniform(0.6, 0.85))

    for _ in range(int(rng.integers(1, 4))):
        grow(rng.uniform(0, width), float(height), -np.pi / 2 + rng.normal(0, 0.1), 0.2 * size)
    return np.asarray(image, np.float32)


def bubbles(height: int, width: int, rng: np.random.Generator) -> Floats:
    """Bubbles or drops: rings of many sizes, each with a glint."""
    image, pen = pen_on(
        coloured(1 + 0.1 * clouds(height, width, rng, 0.4 * max(height, width)), (120, 150, 176))
    )
    size = max(height, width)
    rim = [(60, 84, 110), (226, 236, 244)][rng.integers(2)]
    for _ in range(int(rng.integers(15, 120))):
        radius = rng.uniform(0.006, 0.04) * size
        x, y = rng.uniform(0, width), rng.uniform(0, height)
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), None, rim, max(1, round(radius / 9)))
        x, y, spot = x - radius / 3, y - radius / 3, radius / 6
        pen.ellipse((x - spot, y - spot, x + spot, y + spot), (244, 248, 252))
    return np.asarray(image, np.float32)


def stairs(height: int, width: int, rng: np.random.Generator) -> Floats:
    """Stairs from below: light treads, dark risers, lower and narrower the farther they are, and a rail."""
    image, pen = pen_on(coloured(1 + 0.03 * clouds(height, width, rng, 4), (168, 164, 156)))
    y, tall, left, right = float(height), 0.09 * height, -0.1 * width, 1.1 * width
    while tall > 0.012 * height:
        pen.polygon([(left, y), (right, y), (right, y - tall), (left, y - tall)], (110, 106, 100))
        pen.line((left, y - tall, right, y - tall), (214, 210, 202), max(1, round(tall / 8)))
        y -= 1.5 * tall
        tall, left, right = 0.93 * tall, left + 0.02 * width, right - 0.02 * width
    for x in np.linspace(0.1 * width, 0.4 * width, int(rng.integers(4, 9))).tolist():
        pen.line((x, height - x, x, 0.55 * height - x), (56, 54, 52), max(1, round(0.006 * width)))
    return np.asarray(image, np.float32)


def circuit(height: int, width: int, rng: np.random.Generator) -> Floats:
    """A printed circuit: paths with right and half-right angles from hole to hole, and rows of feet."""
    image, pen = pen_on(coloured(1 + 0.02 * clouds(height, width, rng, 3), (30, 88, 52)))
    size = max(height, width)
    step, thick = rng.uniform(0.015, 0.04) * size, max(1, round(rng.uniform(0.002, 0.006) * size))
    copper = [(120, 168, 92), (206, 196, 150)][rng.integers(2)]
    for _ in range(int(rng.integers(20, 60))):
        at = rng.uniform(0, 1, 2) * (width, height)
        path = [tuple(at.tolist())]
        angle = rng.integers(8)
        for _ in range(int(rng.integers(1, 5))):
            way = np.array([np.cos(angle * np.pi / 4), np.sin(angle * np.pi / 4)])
            at = at + way * step * rng.integers(1, 8)
            path.append(tuple(at.tolist()))
            angle += rng.choice([-1, 1, 2])
        pen.line(path, copper, thick)
        for x, y in (path[0], path[-1]):
            pen.ellipse((x - 2 * thick, y - 2 * thick, x + 2 * thick, y + 2 * thick), copper)
    for _ in range(int(rng.integers(2, 7))):
        x, y = rng.uniform(0, 0.8) * width, rng.uniform(0, 0.9) * height
        for k in range(int(rng.integers(4, 16))):
            for row in (0.0, 3 * step):
                left, top = x + k * step, y + row
                pen.rectangle((left, top, left + step / 2, top + step), (196, 198, 200))
    return np.asarray(image, np.float32)


def fence(height: int, width: int, rng: np.random.Generator) -> Floats:
    """Pickets with pointed tops on two rails, before a meadow or the sky."""
    behind = [grass, sky][rng.integers(2)](height, width, rng)
    image, pen = pen_on(behind)
    pitch = rng.uniform(0.02, 0.08) * width
    top, bottom = rng.uniform(0.2, 0.4) * height, rng.uniform(0.7, 1.0) * height
    paint = [(232, 230, 224), (120, 84, 54), (60, 60, 62)][rng.integers(3)]
    wide = rng.uniform(0.25, 0.7) * pitch
    for place in (0.25, 0.75):
        y = top + place * (bottom - top)
        pen.line((0, y, width, y), paint, max(1, round(0.3 * pitch)))
    for x in np.arange(-pitch, width, pitch).tolist():
        corners = [(x, bottom), (x, top), (x + wide / 2, top - wide), (x + wide, top), (x + wide, bottom)]
        pen.polygon(corners, paint)
    return np.asarray(image, np.float32)


def netting(height: int, width: int, rng: np.random.Generator) -> Floats:
    """A fence of wire: crossing slanted lines, before something out of focus."""
    size = max(height, width)
    behind = coloured(1 + 0.3 * clouds(height, width, rng, 0.2 * size), (126, 136, 120))
    y, x = np.mgrid[:height, :width].astype(np.float32)
    pitch = rng.uniform(0.03, 0.1) * size
    bend = 0.04 * pitch * clouds(height, width, rng, pitch)
    near = [np.abs((x + sign * 0.9 * y + bend) % pitch - pitch / 2) for sign in (-1, 1)]
    wire = np.minimum(*near) < max(0.7, rng.uniform(0.02, 0.05) * pitch)
    return np.where(wire[..., None], np.float32(rng.choice([50, 230])), behind)


def chess_board(height: int, width: int, rng: np.random.Generator) -> Floats:
    """A board of light and dark squares."""
    y, x = np.mgrid[:height, :width].astype(np.float32)
    square = rng.uniform(0.04, 0.12) * max(height, width)
    dark = ((x // square + y // square) % 2).astype(bool)
    shade = 1 + 0.04 * clouds(height, width, rng, 5, 4)
    return np.where(dark[..., None], coloured(shade, (96, 66, 46)), coloured(shade, (222, 198, 160)))


def chart(height: int, width: int, rng: np.random.Generator) -> Floats:
    """A printed chart without a caption: two axes with ticks, and curves or columns."""
    image, pen = pen_on(coloured(1 + 0.01 * clouds(height, width, rng, 3), (240, 239, 234)))
    thick = max(1, round(0.004 * max(height, width)))
    left, right, top, bottom = 0.12 * width, 0.92 * width, 0.1 * height, 0.88 * height
    pen.line([(left, top), (left, bottom), (right, bottom)], (30, 30, 32), thick)
    places = np.linspace(left, right, int(rng.integers(5, 13)))
    for x in places.tolist():
        pen.line((x, bottom, x, bottom + 5 * thick), (30, 30, 32), thick)
    for y in np.linspace(top, bottom, int(rng.integers(4, 9))).tolist():
        pen.line((left - 5 * thick, y, left, y), (30, 30, 32), thick)
    for _ in range(int(rng.integers(1, 4))):
        red, green, blue = rng.integers(20, 190, 3).tolist()
        values = bottom - rng.uniform(0.05, 0.95, len(places)) * (bottom - top)
        if rng.random() < 0.5:
            pen.line(list(zip(places.tolist(), values.tolist(), strict=True)), (red, green, blue), thick)
            continue
        wide = 0.3 * (places[1] - places[0])
        for x, y in zip(places[:-1].tolist(), values.tolist(), strict=False):
            pen.rectangle((x + wide, y, x + 2 * wide, bottom), (red, green, blue))
    return np.asarray(image, np.float32)


def pebbles(height: int, width: int, rng: np.random.Generator) -> Floats:
    """Stones of many sizes and shades, with the dark between them."""
    size = max(height, width)
    image, pen = pen_on(coloured(np.ones((height, width)), (46, 44, 42)))
    usual = rng.uniform(0.01, 0.05) * size
    for _ in range(round(1.2 * height * width / usual**2)):
        x, y = rng.uniform(0, width), rng.uniform(0, height)
        angles = np.sort(rng.uniform(0, 2 * np.pi, 9))
        radii = usual * rng.uniform(0.5, 0.8) * rng.uniform(0.8, 1.1, 9)
        points = np.stack([x + 1.2 * radii * np.cos(angles), y + radii * np.sin(angles)], axis=1)
        tone = int(rng.integers(90, 220))
        pen.polygon([tuple(point) for point in points.tolist()], (tone, tone - 3, tone - 8), (60, 58, 55))
    return np.asarray(image, np.float32)


SCENES: dict[str, Callable[[int, int, np.random.Generator], Floats]] = {
    "bricks": bricks,
    "leaves": leaves,
    "sky": sky,
    "water": water,
    "carpet": carpet,
    "shadow": shadow,
    "bar code": barcode,
    "square code": code,
    "grass": grass,
    "branches": branches,
    "bubbles": bubbles,
    "stairs": stairs,
    "circuit": circuit,
    "fence": fence,
    "netting": netting,
    "chess board": chess_board,
    "chart": chart,
    "pebbles": pebbles,
}
"""The scenes by name."""
