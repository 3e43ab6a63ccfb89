from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from ocr_cli.datasets.dataset import Dataset
from ocr_cli.datasets.not_characters import draw_not_characters
from ocr_cli.datasets.synthetic import draw_dataset
from ocr_cli.features import FeatureSettings, extract


@pytest.fixture(scope="module")
def characters() -> Dataset:
    return draw_dataset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", writers=4, samples_per_class=1, seed=3)


@pytest.fixture(scope="module")
def drawn(characters: Dataset) -> np.ndarray:
    return draw_not_characters(characters, 300, 0)


def test_they_are_crops_with_ink(drawn: np.ndarray) -> None:
    assert drawn.shape == (300, 32, 32)
    assert drawn.dtype == np.uint8
    assert (drawn.max(axis=(1, 2)) > 200).all()
    assert not drawn[:, [0, 31]].any()
    assert not drawn[:, :, [0, 31]].any()


def test_the_seed_decides(characters: Dataset, drawn: np.ndarray) -> None:
    np.testing.assert_array_equal(draw_not_characters(characters, 40, 0), drawn[:40])
    assert (draw_not_characters(characters, 40, 1) != drawn[:40]).any(axis=(1, 2)).all()


def test_they_differ_from_one_another(drawn: np.ndarray) -> None:
    assert len({crop.tobytes() for crop in drawn}) > 0.97 * len(drawn)


def test_the_characters_stay_as_they_are(characters: Dataset) -> None:
    before = characters.images.copy()
    draw_not_characters(characters, 30, 5)
    np.testing.assert_array_equal(characters.images, before)


def test_they_can_be_told_from_characters(characters: Dataset, drawn: np.ndarray) -> None:
    """A straight border through the feature space, found by least squares, parts most of them."""
    others = draw_dataset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", writers=4, samples_per_class=1, seed=4)
    settings = FeatureSettings(zones=4, thumbnail=8)

    def rows(crops: np.ndarray) -> np.ndarray:
        return np.column_stack([extract(crops, settings), np.ones(len(crops), np.float32)])

    known = rows(np.concatenate([characters.images, drawn[:200]]))
    side = np.concatenate([np.ones(len(characters)), -np.ones(200)])
    plane = np.linalg.solve(known.T @ known + 10 * np.eye(known.shape[1]), known.T @ side)
    assert (rows(drawn[200:]) @ plane < 0).mean() > 0.65
    assert (rows(others.images) @ plane > 0).mean() > 0.65


def test_all_kinds_are_among_them(drawn: np.ndarray) -> None:
    ink = drawn > 100
    pieces = np.array([ndimage.label(crop, np.ones((3, 3)))[1] for crop in ink])
    heights, widths = ink.any(axis=2).sum(axis=1), ink.any(axis=1).sum(axis=1)
    # Specks and neighbours that all but touch; dashes and rows of three; parts of letters; blots.
    assert 0.05 < (pieces > 1).mean() < 0.6
    assert 0.05 < (widths > 1.9 * heights).mean() < 0.5
    assert (heights > 1.3 * widths).mean() > 0.03
    assert (ink.sum(axis=(1, 2)) > 0.55 * heights * widths).mean() > 0.02


def test_narrow_letters_are_not_stuck_to_one_another(characters: Dataset) -> None:
    """Two of I make an H, a part of I is an I: what else might be a character is never made of them alone."""
    chosen = characters.select(np.isin(characters.labels, ["I", "M"]))
    ink = draw_not_characters(chosen, 200, 0) > 100
    heights, widths = ink.any(axis=2).sum(axis=1), ink.any(axis=1).sum(axis=1)
    assert (heights > 3 * widths).mean() < 0.03


def test_a_blank_sample_does_no_harm(characters: Dataset) -> None:
    images = characters.images.copy()
    images[::2] = 0
    blanks = Dataset(images, characters.labels, None, "half blank")
    assert draw_not_characters(blanks, 60, 0).any(axis=(1, 2)).all()


def test_sets_of_narrow_letters_alone_give_dirt_instead(characters: Dataset) -> None:
    bars = characters.select(np.isin(characters.labels, ["I", "1"]))
    assert draw_not_characters(bars, 10, 0).shape == (10, 32, 32)
    assert draw_not_characters(bars, 0, 0).shape == (0, 32, 32)


def test_what_a_set_calls_a_character_is_not_drawn() -> None:
    """A set that knows hyphens and full stops gets neither dashes, which are wide, nor solid blots."""
    letters = draw_dataset("HMNW", writers=3, samples_per_class=1, seed=1)
    # The same pictures under other names, so that nothing but the dirt can differ.
    names = np.array([{"N": "-", "W": "."}.get(text, text) for text in letters.labels.tolist()])
    signs = Dataset(letters.images, names, None, "signs")

    def flat_and_solid(known: Dataset) -> tuple[int, int]:
        ink = draw_not_characters(known, 300, 2) > 127
        height, width = (ink.any(axis=axis).sum(axis=1) for axis in (2, 1))
        filled = ink.sum(axis=(1, 2)) / (height * width)
        return int((width > 3 * height).sum()), int(((filled > 0.7) & (width < 2 * height)).sum())

    flat, solid = flat_and_solid(letters)
    assert flat > 3
    assert solid > 3
    fewer_flat, fewer_solid = flat_and_solid(signs)
    assert fewer_flat < flat / 2
    assert fewer_solid < solid / 2
