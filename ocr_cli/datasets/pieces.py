"""Words, lines and single characters from pen trajectories, each brought to one size and base line."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from ocr_cli.alphabet import row_of
from ocr_cli.datasets.strokes import strokes_of

Strokes: TypeAlias = list[npt.NDArray[np.float32]]
"""The pen's ways over the paper, float32 (M, 2) each: x to the right and y down."""

PRINTABLE = "".join(map(chr, range(33, 127)))
"""The characters of ASCII that leave ink."""
_PLACED = ("height_context", "baseline_offset")
_MOST_ROWS = 1
_OWN = 0.35
"""Weight of a piece's own height beside that usual in its session: slips of the pen are no change of size."""
_TOLERANCE = 1.6
"""A piece whose ink is so much higher or lower than its text should be, in that hand, is not taken."""
_SIGN_SIZES: Mapping[str, tuple[float, float]] = {
    "!": (1.2, 0.0), '"': (1.2, 0.85), "$": (1.25, -0.1), "(": (1.25, -0.15), ")": (1.25, -0.15),
    "*": (0.95, 0.2), "/": (1.2, -0.15), "<": (0.85, 0.05), ">": (0.85, 0.0), "?": (1.2, 0.0),
    "[": (1.05, -0.1), "]": (1.1, -0.1), "^": (1.0, 0.6), "_": (0.1, 0.0), "`": (1.1, 0.85),
    "{": (1.1, -0.2), "|": (1.1, -0.1), "}": (1.1, -0.2), "~": (0.7, 0.45), ":": (0.65, 0.1),
    ",": (0.1, -0.35), "'": (1.1, 0.8), ";": (0.65, -0.3),
}  # fmt: skip
"""Top and bottom above the base line, in heights of a capital, where the table of characters does not say:
medians of UNIPEN's writers."""


class Piece(NamedTuple):
    """What somebody wrote.

    Attributes:
        strokes: in heights of a capital; x from the left edge of the ink to the right, y down from the base
            line.
        text: as it should read.
        person: who wrote it.
        session: when.
        style: ``PRINTED``, ``MIXED``, ``CURSIVE`` or ``?``.
    """

    strokes: Strokes
    text: str
    person: str
    session: int
    style: str

    @property
    def width(self) -> float:
        """Of the ink, in heights of a capital."""
        return float(max(stroke[:, 0].max() for stroke in self.strokes))


def reach(text: str) -> tuple[float, float]:
    """How far up a text reaches from the base line, and where it ends below: heights of a capital."""
    every = [
        _SIGN_SIZES.get(one) or (row_of(one).highest, row_of(one).bottom) for one in text if not one.isspace()
    ]
    return max(top for top, _ in every), min(bottom for _, bottom in every)


def load_pieces(path: Path, held_out: Collection[str], *, only: bool) -> list[Piece]:
    """The words and lines of ``unipen_text.npz``, but what is marked as suspect.

    Args:
        path: the file.
        held_out: people.
        only: whether to take these alone, or all others.
    """
    with np.load(path, allow_pickle=False) as file:
        content = {name: file[name] for name in file.files}
    texts, people, sessions = content["labels"], content["person"], content["session"]
    wanted = (np.isin(people, list(held_out)) == only) & ~content["suspect"] & content["case_ok"]
    wanted &= content["rows"] <= _MOST_ROWS
    points, scale = content["points"].astype(np.float32), content["scale"]
    strokes: dict[int, Strokes] = {}
    heights: dict[int, float] = {}
    for number in np.flatnonzero(wanted).tolist():
        text = " ".join(str(texts[number]).split())
        if not text or not set(text) <= set(PRINTABLE + " "):
            continue
        ink = strokes_of(points, content["stroke_off"], content["word_off"], number)
        if not ink:
            continue
        every = np.concatenate(ink)
        tall = float(np.ptp(every[:, 1]))
        top, bottom = reach(text)
        strokes[number] = ink
        heights[number] = tall / (top - bottom) / float(scale[number])
    usual = _usual(heights, sessions, texts)
    pieces = []
    for number, ink in strokes.items():
        own, its = heights[number], usual[int(sessions[number])]
        text = " ".join(str(texts[number]).split())
        top, bottom = reach(text)
        if top - bottom > 0.3 and not 1 / _TOLERANCE < own / its < _TOLERANCE:
            continue
        height = float(scale[number]) * (own**_OWN * its ** (1 - _OWN) if top - bottom > 0.3 else its)
        every = np.concatenate(ink)
        low, high = every.min(axis=0), every.max(axis=0)
        # The base line as the ink's foot has it, and as its top has it.
        line = (high[1] + bottom * height + low[1] + top * height) / 2
        corner = np.array([low[0], line], np.float32)
        moved = [((stroke - corner) / height).astype(np.float32) for stroke in ink]
        whose = str(people[number]), int(sessions[number]), str(content["style"][number])
        pieces.append(Piece(moved, text, *whose))
    return pieces


def _usual(
    heights: Mapping[int, float], sessions: npt.NDArray[np.uint16], texts: npt.NDArray[np.str_]
) -> dict[int, float]:
    """The usual height of a capital in each session."""
    every: dict[int, list[float]] = {}
    some: dict[int, list[float]] = {}
    for number, height in heights.items():
        session = int(sessions[number])
        every.setdefault(session, []).append(height)
        if sum(map(str.isalnum, str(texts[number]))) >= 3:
            some.setdefault(session, []).append(height)
    return {session: float(np.median(some.get(session, found))) for session, found in every.items()}


class Hands(NamedTuple):
    """The single characters of some people.

    Attributes:
        people: of each, all strokes of each character, in heights of a capital as those of a ``Piece``.
    """

    people: tuple[dict[str, list[Strokes]], ...]


def people_of(paths: Iterable[Path]) -> dict[str, str]:
    """Who each writer is, by the writer's name: some individuals have several.

    Args:
        paths: of files that say it.
    """
    people: dict[str, str] = {}
    for path in paths:
        with np.load(path, allow_pickle=False) as file:
            names = file["writer_names"][file["writer"]].tolist()
            people |= dict(zip(names, file["person"].tolist(), strict=True))
    return people


def load_hands(
    letters: Path, signs: Path, persons: Mapping[str, str], held_out: Collection[str], *, only: bool
) -> Hands:
    """Single characters of ``unipen.npz`` and ``unipen_signs.npz``.

    Args:
        letters: the first file.
        signs: the second.
        persons: who a writer is, by the writer's name; others are themselves.
        held_out: people.
        only: whether to take these alone, or all others.
    """
    people: dict[str, dict[str, list[Strokes]]] = {}
    for path in (letters, signs):
        with np.load(path, allow_pickle=False) as file:
            content = {name: file[name] for name in file.files}
        points = content["points"].astype(np.float32)
        codes = content["labels"]
        for number in range(len(codes)):
            text = str(codes[number]) if codes.dtype.kind == "U" else chr(int(codes[number]))
            name = str(content["writer_names"][content["writer"][number]])
            person = persons.get(name, name)
            if (person in held_out) != only or text not in PRINTABLE:
                continue
            ink = strokes_of(points, content["stroke_off"], content["char_off"], number)
            if ink:
                known = (float(content[name][number]) if name in content else np.nan for name in _PLACED)
                people.setdefault(person, {}).setdefault(text, []).append(_sized(ink, text, *known))
    return Hands(tuple(hand for hand in people.values() if len(hand) >= 5))


def _sized(ink: Strokes, text: str, capital: float, below: float) -> Strokes:
    """A character brought to the height of a capital, as it is known, or else as the text tells.

    Args:
        ink: of it.
        text: what it is.
        capital: the height of capitals beside it; NaN if it is not known.
        below: how far its foot lies below the base line; NaN if that is not known.
    """
    every = np.concatenate(ink)
    low, high = every.min(axis=0), every.max(axis=0)
    top, bottom = reach(text)
    tall, wide = float(high[1] - low[1]), float(high[0] - low[0])
    # Flat signs are as wide as they are, whatever their height.
    height = (
        max(tall / (top - bottom), wide / 1.3, 1e-3)
        if top - bottom > 0.3
        else max(wide / 0.5, tall / 0.35, 1e-3)
    )
    if tall < 3 * capital and wide < 3 * capital:
        height = capital
    line = (low[1] + high[1]) / 2 + (top + bottom) / 2 * height
    if abs(below) < 1.5 * height:
        line = high[1] - below
    corner = np.array([low[0], line], np.float32)
    return [((stroke - corner) / height).astype(np.float32) for stroke in ink]
