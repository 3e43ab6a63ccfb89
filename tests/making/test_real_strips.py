import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ocr_cli.datasets.hand import Style
from ocr_cli.datasets.paper import photograph
from ocr_cli.datasets.synthetic import draw_text
from ocr_cli.making.real_strips import lines_of, real_strips
from ocr_cli.model_store import shipped_file
from ocr_cli.windows.strip import CELL, HEIGHT


@pytest.fixture
def data(tmp_path):
    """Lines of the training and the validation part, and others without a label; one label is wrong."""
    names = tmp_path / "names"
    for part in ("labelled", "unlabelled"):
        (names / part).mkdir(parents=True)
    rows = [("a.png", "KEVIN", "KEVIN", "training"), ("b.png", "MARIE", "MARIA", "training")]
    rows += [("c.png", "HELENE", "HELENE", "validation")]
    for name, written, _, _ in rows:
        save(names / "labelled" / name, written)
    save(names / "unlabelled" / "d.png", "MARTIN")
    save(names / "unlabelled" / "e.png", "XQZWK")
    with shipped_file("name_accents.csv").open(newline="") as file:
        save(
            names / "unlabelled" / Path(next(csv.DictReader(file))["file"]).with_suffix(".jpg").name, "MARIE"
        )
    Image.fromarray(np.full((60, 200), 255, np.uint8)).save(names / "unlabelled" / "f.png")
    with (names / "labels.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("file", "text", "part"))
        writer.writerows((name, label, part) for name, _, label, part in rows)
    (names / "lexicon.txt").write_text("KEVIN\nMARIE\nMARIA\nMARTIN\nHELENE\n")
    return tmp_path


def save(path, text):
    Image.fromarray(photograph(draw_text([text], style=Style(seed=3), seed=3).ink, seed=3)).save(path)


def test_lines_are_taken_that_are_read_as_labelled_or_surely(data):
    lines = lines_of(data)
    assert {path.name for path in lines.paths} == {"a.png", "b.png", "d.png", "e.png", "f.png"}
    some = list(real_strips(lines))
    assert [one.text for one in some] == ["KEVIN", "MARTIN"]
    for one in some:
        assert one.strip.shape[0] == HEIGHT
        assert one.strip.shape[1] >= CELL * len(one.text)
        assert one.strip.max() > 100


def test_without_lines_there_are_none(tmp_path):
    assert lines_of(tmp_path) is None
