from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ocr_cli.errors import MissingExtraError, OutputError
from ocr_cli.training.comparison import Comparison, Trial
from ocr_cli.training.curves import plot_comparison, plot_history
from ocr_cli.training.evaluation import compare
from ocr_cli.training.loop import Epoch, Score
from ocr_cli.training.plots import check_picture, plot_confusion

HISTORY = [Epoch(n, Score(2 / n, 1 - 1 / (n + 1)), Score(2.2 / n, 0.8 - 1 / (n + 1)), n) for n in range(1, 6)]
EVALUATION = compare(np.array(list("AAB$")), np.eye(3)[[0, 1, 1, 2]], ("A", "B", "$"))


def colours(path: Path) -> set[tuple[int, int, int]]:
    with Image.open(path) as picture:
        assert picture.format == "PNG"
        assert min(picture.size) > 400
        return {pixel[:3] for _, pixel in picture.convert("RGB").getcolors(2**24)}


def test_the_curves_of_both_sets_are_drawn(tmp_path: Path) -> None:
    plot_history(tmp_path / "curves.png", HISTORY, "rate 0.01, $5 and $6")
    assert {(0x00, 0x72, 0xB2), (0xD5, 0x5E, 0x00)} <= colours(tmp_path / "curves.png")


def test_without_validation_there_is_one_curve(tmp_path: Path) -> None:
    plot_history(tmp_path / "curves.png", [Epoch(1, Score(1.0, 0.5), None, 1.0)])
    drawn = colours(tmp_path / "curves.png")
    assert (0x00, 0x72, 0xB2) in drawn
    assert (0xD5, 0x5E, 0x00) not in drawn


def test_each_trial_has_its_colour(tmp_path: Path) -> None:
    comparison = Comparison("lr", tuple(Trial(k, tuple(HISTORY), HISTORY[0], None) for k in range(3)), False)
    plot_comparison(tmp_path / "lr.png", comparison, "three $ign$")
    drawn = colours(tmp_path / "lr.png")
    assert {(0x00, 0x72, 0xB2), (0xD5, 0x5E, 0x00), (0x00, 0x9E, 0x73)} <= drawn
    assert (0xCC, 0x79, 0xA7) not in drawn


def test_a_trial_that_broke_down_is_drawn_as_far_as_it_came(tmp_path: Path) -> None:
    soared = (Epoch(1, Score(9e9, 0.1), None, 1.0),)
    trials = (Trial(1.0, tuple(HISTORY), HISTORY[0], None), Trial(9.0, soared, None, "broke down"))
    for name, shown in (
        ("both.svg", trials),
        ("broken.svg", trials[1:]),
        ("none.svg", (Trial(9.0, (), None, "-"),)),
    ):
        plot_comparison(tmp_path / name, Comparison("lr", shown, False))
        assert "(broke down)" in (tmp_path / name).read_text()


def test_the_confusion_matrix_is_drawn(tmp_path: Path) -> None:
    plot_confusion(tmp_path / "matrix.png", EVALUATION, "three $ign$")
    assert len(colours(tmp_path / "matrix.png")) > 50


def test_classes_that_do_not_occur_are_left_out_of_the_matrix(tmp_path: Path) -> None:
    path = tmp_path / "matrix.svg"
    plot_confusion(path, compare(np.array(list("AAQ")), np.eye(5)[[0, 3, 4]], ("A", "B", "C", "X", "Q")))
    # The axes name each class once.
    said = path.read_text(encoding="utf-8")
    assert [said.count(f"<!-- {name} -->") for name in "ABCXQ"] == [2, 0, 0, 2, 2]


@pytest.mark.parametrize(("suffix", "start"), [(".svg", b"<?xml"), (".pdf", b"%PDF"), ("", b"\x89PNG")])
def test_the_suffix_names_the_format(tmp_path: Path, suffix: str, start: bytes) -> None:
    path = tmp_path / f"curves{suffix}"
    plot_history(path, HISTORY)
    assert path.read_bytes().startswith(start)


def test_no_global_state_of_matplotlib_is_touched(tmp_path: Path) -> None:
    plot_history(tmp_path / "curves.png", HISTORY)
    plot_confusion(tmp_path / "matrix.png", EVALUATION)
    assert "matplotlib.pyplot" not in sys.modules


@pytest.mark.parametrize("name", ["curves.doc", "no/such/folder/curves.png"])
def test_a_picture_that_cannot_be_written_is_refused_before_the_work(tmp_path: Path, name: str) -> None:
    with pytest.raises(OutputError):
        check_picture(tmp_path / name)
    with pytest.raises(OutputError):
        plot_history(tmp_path / name, HISTORY)
    assert not list(tmp_path.iterdir())


def test_without_matplotlib_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'ocr_cli\[plot\]'"):
        check_picture(tmp_path / "curves.png")
