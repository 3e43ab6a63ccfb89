from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ocr_cli.datasets.strokes import StrokeVariation, load_strokes, strokes_of
from ocr_cli.errors import DataError

Character = tuple[str, int, list[list[tuple[float, float]]]]

LEVEL, UPRIGHT = [(0.0, 0.0), (10.0, 0.0)], [(5.0, -4.0), (5.0, 10.0)]
CHARACTERS: list[Character] = [
    ("T", 7, [[(0.0, 0.0), (10.0, 0.0)], [(5.0, 0.0), (5.0, 14.0)]]),
    ("-", 7, [LEVEL]),
    ("I", 2, [UPRIGHT]),
    ("L", 2, [[(0.0, 0.0), (0.0, 10.0), (7.0, 10.0)]]),
    ("I", 9, [UPRIGHT]),
]


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes a file of pen strokes; arrays given by name replace or, if None, remove what it would hold."""

    def write(characters: list[Character] = CHARACTERS, **changed: Any) -> Path:
        strokes = [stroke for _, _, strokes in characters for stroke in strokes]
        content: dict[str, Any] = {
            "points": np.array([point for stroke in strokes for point in stroke], np.float32).reshape(-1, 2),
            "stroke_off": np.cumsum([0, *(len(stroke) for stroke in strokes)]),
            "char_off": np.cumsum([0, *(len(strokes) for _, _, strokes in characters)]),
            "labels": np.array([ord(text) for text, _, _ in characters], np.uint8),
            "writer": np.array([writer for _, writer, _ in characters], np.int32),
        }
        path = tmp_path / "pens.npz"
        np.savez(path, **{k: v for k, v in (content | changed).items() if v is not None})
        return path

    return write


def test_characters_keep_their_label_and_writer(write: Callable[..., Path]) -> None:
    dataset = load_strokes(write(), "ILT", 0)
    assert dataset.name == "pens"
    assert dataset.labels.tolist() == ["T", "I", "L", "I"]
    assert dataset.writers is not None
    assert dataset.writers.tolist() == [7, 2, 2, 9]


def test_strokes_become_the_shape_they_describe(write: Callable[..., Path]) -> None:
    tee, upright, corner = load_strokes(write(), "ILT", 0).images[:3].astype(int)
    # The bar of the T on top, its foot in the middle and nothing at its corners below.
    assert tee[:8].sum(axis=0)[9:23].min() > 150
    assert tee[22:28, 14:18].max(axis=1).min() > 150
    assert not tee[16:, :9].any()
    assert not tee[16:, 23:].any()
    assert upright.sum(axis=1)[5:27].min() > 2 * 255
    assert not upright[:, :10].any()
    assert corner[25:28].sum() > corner[4:7].sum()
    assert not corner[:18, 20:].any()


def test_crops_fill_the_frame_at_any_scale(write: Callable[..., Path]) -> None:
    near = load_strokes(write(), "T", 0).images
    scaled = [
        ("T", 1, [[(1000 + 300 * x, 300 * y - 7e4) for x, y in stroke] for stroke in CHARACTERS[0][2]]),
    ]
    far = load_strokes(write(scaled), "T", 0).images
    # The coordinates are stored as float32.
    assert np.abs(near.astype(int) - far).mean() < 2


def test_pens_vary_with_the_seed_alone(write: Callable[..., Path]) -> None:
    path = write([("I", k, [UPRIGHT]) for k in range(40)])
    first, again, other = (load_strokes(path, "I", seed).images for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    assert len({image.tobytes() for image in first}) > 5


def test_varied_strokes_move_against_each_other(write: Callable[..., Path]) -> None:
    """The bar of a T wanders along its stem; without variation it stands in the middle."""

    def bar_off_stem(variation: StrokeVariation | None) -> np.ndarray:
        path = write([("T", k, CHARACTERS[0][2]) for k in range(60)])
        ink = load_strokes(path, "T", 3, variation).images.astype(float)
        columns = np.arange(32)
        upper, lower = ink[:, :7].sum(axis=1), ink[:, 18:].sum(axis=1)
        return upper @ columns / upper.sum(axis=1) - lower @ columns / lower.sum(axis=1)

    assert np.abs(bar_off_stem(None)).max() < 0.8
    moved = bar_off_stem(StrokeVariation(shift=0.06, turn=0, scale=0, ends=0))
    assert moved.std() > 1
    assert abs(moved.mean()) < 0.6


def test_varied_ends_are_shorter_and_longer_but_never_turn_back(write: Callable[..., Path]) -> None:
    path = write([("I", k, [UPRIGHT, LEVEL]) for k in range(60)])
    lengths = []
    for variation in (None, StrokeVariation(shift=0, turn=0, scale=0, ends=0.2)):
        ink = load_strokes(path, "I", 3, variation).images > 127
        lengths.append(ink.any(axis=1).sum(axis=1) / ink.any(axis=2).sum(axis=1))
    assert lengths[0].std() < 0.05
    assert lengths[1].std() > 0.1
    wild = load_strokes(path, "I", 3, StrokeVariation(shift=0, turn=0, scale=0, ends=50)).images
    assert wild.any(axis=(1, 2)).all()


def test_a_dot_and_strokes_without_points_are_drawn(write: Callable[..., Path]) -> None:
    path = write([("I", 1, [[(3.0, 3.0)]]), ("I", 2, [[], UPRIGHT, []]), ("I", 3, [[(2.0, 2.0)] * 6])])
    images = load_strokes(path, "I", 0).images
    assert images[0][16, 16] == images[2][16, 16] == 255
    assert images[1].any()


def test_characters_without_ink_are_left_out(write: Callable[..., Path]) -> None:
    dataset = load_strokes(write([("I", 1, [[]]), ("L", 2, []), ("T", 3, [LEVEL])]), "ILT", 0)
    assert dataset.labels.tolist() == ["T"]
    assert dataset.writers is not None
    assert dataset.writers.tolist() == [3]


def test_none_of_the_classes_is_an_error(write: Callable[..., Path]) -> None:
    with pytest.raises(DataError, match=r"pens\.npz: none of the characters"):
        load_strokes(write(), "XYZ", 0)


@pytest.mark.parametrize("missing", ["points", "stroke_off", "char_off", "labels", "writer"])
def test_a_missing_array_is_an_error(write: Callable[..., Path], missing: str) -> None:
    with pytest.raises(DataError, match="not a file of pen strokes"):
        load_strokes(write(**{missing: None}), "I", 0)


def test_python_objects_are_never_unpickled(write: Callable[..., Path]) -> None:
    with pytest.raises(DataError, match="without Python objects"):
        load_strokes(write(labels=np.array([{"a": 1}] * 5, object)), "I", 0)


@pytest.mark.parametrize(
    "content", [b"", b"no archive at all", b"\x93NUMPY cut short", b"PK\x03\x04 cut short"]
)
def test_a_damaged_file_is_an_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.npz"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"bad\.npz: cannot be read"):
        load_strokes(path, "I", 0)


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"points": np.zeros((5, 3))}, id="points-in-space"),
        pytest.param({"points": np.zeros(5)}, id="points-without-coordinates"),
        pytest.param({"points": np.full((20, 2), np.nan)}, id="points-that-are-not-finite"),
        pytest.param({"char_off": np.array([0, 1])}, id="too-few-characters"),
        pytest.param({"writer": np.array([1])}, id="too-few-writers"),
        pytest.param({"stroke_off": np.array([0, 2, 4])}, id="too-few-strokes"),
    ],
)
def test_arrays_that_do_not_fit_together_are_an_error(
    write: Callable[..., Path], changed: dict[str, Any]
) -> None:
    with pytest.raises(DataError, match=r"pens\.npz"):
        load_strokes(write(**changed), "I", 0)


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.npz"):
        load_strokes(tmp_path / "none.npz", "I", 0)


def test_the_strokes_of_one_character_leave_out_those_without_points() -> None:
    points = np.arange(10.0).reshape(5, 2)
    strokes = strokes_of(points, np.array([0, 2, 2, 5]), np.array([0, 1, 3]), 1)
    assert [stroke.tolist() for stroke in strokes] == [points[2:].tolist()]
    assert len(strokes_of(points, np.array([0, 2, 2, 5]), np.array([0, 1, 3]), 0)) == 1
