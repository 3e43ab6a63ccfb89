import json

import numpy as np
import pytest
from written import save_characters, save_words

from ocr_cli.making import marks, windows

LETTERS = "aeiouAEIOUcnCN'`/\\,()~^-\"vVs5.0"


@pytest.fixture
def writers(tmp_path, monkeypatch):
    """A folder of what ann and bob wrote, of whom bob is held out."""
    folder = tmp_path / "data" / "strokes"
    folder.mkdir(parents=True)
    people = [(text, person, k, 100) for k, person in enumerate(("ann", "bob")) for text in ("no", "HE")]
    save_words(folder / "unipen_text.npz", people)
    for name in ("unipen", "unipen_signs"):
        texts = LETTERS + LETTERS
        save_characters(folder / f"{name}.npz", texts, "ann")
        with np.load(folder / f"{name}.npz") as file:
            columns = dict(file)
        columns["writer"] = np.arange(len(texts)) // len(LETTERS)
        columns["writer_names"] = np.array(["ann", "bob"])
        columns["person"] = np.array(["ann"] * len(LETTERS) + ["bob"] * len(LETTERS))
        np.savez(folder / f"{name}.npz", **columns)
    held_out = tmp_path / "held_out.json"
    held_out.write_text(json.dumps({"unipen_people": {"people": ["bob"]}}))
    monkeypatch.setattr(windows, "HELD_OUT", held_out)
    monkeypatch.setattr(marks, "common_words", lambda: ["ón", "née"])
    return folder.parent
