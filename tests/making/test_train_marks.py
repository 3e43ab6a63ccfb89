"""The script that makes the file of networks for marks, from strokes to the file."""

import runpy
import sys
from pathlib import Path

import numpy as np

from ocr_cli.making import deciding, parted, undivided
from ocr_cli.marks.marks_file import load_marks

MODELS = Path(__file__).parents[2] / "models"
SMALL = ["--pictures", "2", "--letters", "30", "--undivided", "24", "--decisions", "2", "--model", "block"]


def test_the_script_makes_the_file(writers, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(parted, "_EPOCHS", 1)
    monkeypatch.setattr(undivided, "_EPOCHS", 1)
    monkeypatch.setattr(sys, "path", [str(MODELS), *sys.path])
    script = runpy.run_path(str(MODELS / "train_marks.py"))
    its = script["main"].__globals__
    monkeypatch.setitem(its, "_TESTED", {"words": 1, "letters": 12, "undivided": 12})
    monkeypatch.setitem(its, "common_words", lambda: ["ón"])
    monkeypatch.setitem(its, "accents_file", lambda name: tmp_path / "made" / f"{name}.npz")
    monkeypatch.setattr(deciding, "common_words", lambda: ["ón"])
    arguments = ["--data", str(writers), "--folder", str(tmp_path / "drawn"), *SMALL]
    monkeypatch.setattr(sys, "argv", ["train_marks.py", *arguments])
    script["main"]()
    made = load_marks(tmp_path / "made" / "marks.npz")
    assert np.isfinite(made.deciding).all()
    assert str(tmp_path / "made") in capsys.readouterr().out
