from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ocr_cli.evaluation.pages import Comparison
from ocr_cli.evaluation.worst_lines import ReadLine, draw_lines, pair_characters, pair_lines, worst_lines
from ocr_cli.page import Box

A = Path("a.png")
PLAIN = Comparison()


def pairs(make_page, truth: str, *read: str, comparison: Comparison = PLAIN):
    return [
        (line.truth, line.read, line.errors) for line in pair_lines(A, truth, make_page(*read), comparison)
    ]


def test_lines_stand_beside_what_was_read_for_them(make_page) -> None:
    assert pairs(make_page, "ONE TWO\n\nTHREE", "ONE TW0", "THRE") == [
        ("ONE TWO", "ONE TW0", 1),
        ("THREE", "THRE", 1),
    ]


def test_lost_and_invented_lines_stand_alone(make_page) -> None:
    assert pairs(make_page, "FIRST\nSECOND\nTHIRD", "FIRST", "THIRD", "7777") == [
        ("FIRST", "FIRST", 0),
        ("SECOND", "", 6),
        ("THIRD", "THIRD", 0),
        ("", "7777", 4),
    ]
    assert pairs(make_page, "", "AB") == [("", "AB", 2)]
    assert pair_lines(A, "AB", make_page(), PLAIN)[0].box is None


def test_what_counts_as_the_same_is_no_error(make_page) -> None:
    same = Comparison(ignore_case=True, fold=True, alphanumeric=True)
    assert pairs(make_page, "Oil, 5.", "01LS", comparison=same) == [("Oil, 5.", "01LS", 0)]


def test_the_worst_come_first_and_right_ones_never() -> None:
    lines = [ReadLine(A, "ABCD", read, errors, None) for read, errors in (("ABCD", 0), ("ABXX", 2), ("X", 4))]
    assert [line.read for line in worst_lines(lines, 5)] == ["X", "ABXX"]
    assert [line.read for line in worst_lines(lines, 1)] == ["X"]
    assert lines[1].share == 0.5


@pytest.mark.parametrize("box", [Box(10, 10, 50, 30), Box(0, 0, 60, 40), None])
def test_the_ink_is_drawn_above_the_texts(tmp_path: Path, box: Box | None) -> None:
    Image.new("RGB", (60, 40), "#00FF00").save(tmp_path / "a.png")
    drawing = np.asarray(draw_lines([ReadLine(tmp_path / "a.png", "AB", "A", 1, box)], PLAIN, 1))
    assert (drawing.shape[1], drawing.shape[2]) == (900, 3)
    green = (drawing == (0, 255, 0)).all(axis=2)
    assert green.any() == (box is not None)
    assert not green[70:].any()
    assert (drawing[70:] < 90).any()


def marked(truth: str, read: str, comparison: Comparison = PLAIN) -> tuple[str, str, str]:
    """Both texts, one above the other, and where they are wrong."""
    pairs = pair_characters(truth, read, comparison)
    texts = ("".join(pair.texts[k] or "_" for pair in pairs) for k in (0, 1))
    return (*texts, "".join("x" if pair.wrong else " " for pair in pairs))


def test_wrong_letters_are_marked_where_they_stand() -> None:
    assert marked("HELLO WORLD", "HELO W0RLDS") == ("HELLO WORLD_", "HE_LO W0RLDS", "  x    x   x")
    assert marked("", "AB") == ("__", "AB", "xx")
    assert marked("AB", "") == ("AB", "__", "xx")
    # Spaces are no errors of these tables, nor what the comparison takes for the same.
    assert marked("AB C", "ABC")[2].strip() == ""
    assert marked("Ol, S", "01 5", Comparison(fold=True, alphanumeric=True))[2].strip() == ""


def test_wrong_letters_have_another_ground(tmp_path: Path) -> None:
    line = ReadLine(tmp_path / "a.png", "ABCD", "ABXD", 1, None)
    drawing = np.asarray(draw_lines([line], PLAIN, 3))
    red, green = ((drawing == colour).all(axis=2) for colour in ((255, 179, 171), (182, 227, 198)))
    assert red.any()
    assert green.any()
    # Below each other.
    assert np.nonzero(red)[1].min() == np.nonzero(green)[1].min()
    assert np.nonzero(red)[0].min() > np.nonzero(green)[0].max()


@pytest.mark.parametrize("of", [12, 0])
def test_where_nothing_is_wrong_the_picture_says_so(of: int) -> None:
    drawing = draw_lines([], PLAIN, of)
    assert drawing.size == (900, 64)
    assert (np.asarray(drawing) < 90).sum() > 500
