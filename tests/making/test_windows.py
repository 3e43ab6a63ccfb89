import json

import numpy as np
import pytest
from written import save_characters, save_words

from ocr_cli.datasets.dataset import Dataset
from ocr_cli.errors import DataError
from ocr_cli.making import windows as module
from ocr_cli.making.data import UNSEEN, Source
from ocr_cli.making.recipes import RECIPES
from ocr_cli.making.windows import CLASSES, draw_strips, learn, load_strips, put_windows
from ocr_cli.network.mlp import MLP
from ocr_cli.network.model_file import ModelFile, load_model, save_model
from ocr_cli.training.windows import Settings
from ocr_cli.windows.strip import INPUTS

WORDS = ["Abc", "no", "HE", "be", "had", "CAB", "a deed"]


@pytest.fixture
def data(tmp_path, monkeypatch):
    """A folder of what ann and bob wrote, of whom bob is held out."""
    folder = tmp_path / "data" / "strokes"
    folder.mkdir(parents=True)
    people = [(text, person, k, 100) for k, person in enumerate(("ann", "bob")) for text in WORDS]
    save_words(folder / "unipen_text.npz", people)
    for name in ("unipen", "unipen_signs"):
        save_characters(folder / f"{name}.npz", "ABCDEabcde", "ann")
        with np.load(folder / f"{name}.npz") as file:
            columns = dict(file)
        columns["writer"] = np.arange(10) % 2
        columns["writer_names"] = np.array(["ann", "bob"])
        np.savez(folder / f"{name}.npz", **columns, person=np.array(["ann", "bob"] * 5))
    held_out = tmp_path / "held_out.json"
    held_out.write_text(json.dumps({"unipen_people": {"people": ["bob"]}}))
    monkeypatch.setattr(module, "HELD_OUT", held_out)
    return folder.parent


def test_strips_are_drawn_once_and_learned_from_step_by_step(data, tmp_path):
    folder, said = tmp_path / "strips", []
    for _ in range(2):
        draw_strips(data, folder, 40, said.append, in_a_file=20, tested=6)
    assert len(said) == 3
    assert len(load_strips(sorted(folder.glob("strips_*.npz"))).texts) == 40
    said.clear()
    learn(folder, Settings(3, frames=200), said.append, units=8)
    network = learn(folder, Settings(5, frames=200), said.append, units=8)
    assert [line.split(":")[0] for line in said] == ["3 steps", "going on after 3 steps", "5 steps"]
    assert network.classes == CLASSES
    assert all(np.isfinite(array).all() for array in network.parameters)

    path = tmp_path / "model.npz"
    mlp = MLP([4, 3, 2], rng=np.random.default_rng(0))
    save_model(path, ModelFile(mlp, ("A", "B"), {"features": {}}, {"seed": 1}))
    weights = {"words": {"language": 0.25}}
    put_windows(path, network, {"script": "this"}, weights)
    put_windows(path, network, {"script": "this"})
    model = load_model(path)
    assert model.windows is not None
    assert (model.windows.sizes, model.classes) == ((INPUTS, *[8] * 6, len(CLASSES)), ("A", "B"))
    assert model.provenance == {"seed": 1, "windows": {"script": "this"}}
    assert model.settings == {"features": {}, "weights": weights}


def test_without_words_it_is_said(tmp_path):
    with pytest.raises(DataError, match=r"unipen_text\.npz: no such file"):
        module.composer_of(tmp_path, 0, held_out=False)


def test_without_strips_there_is_nothing_to_learn(tmp_path):
    with pytest.raises(DataError, match="no strips"):
        learn(tmp_path, Settings(3), print)


def test_scans_are_what_may_be_trained_on_if_the_files_are_there(tmp_path, monkeypatch):
    labels, images = np.array(["A", "a", "A"]), np.full((3, 32, 32), 200, np.uint8)
    source = Source(Dataset(images, labels, np.zeros(3, np.int64), "mnist"), np.zeros(3, bool), *[labels] * 2)
    asked = []

    def load_training(root, names, classes, seed):
        asked.append(names)
        return {"mnist": (source, np.array([True, True, False]))}

    monkeypatch.setattr(module, "load_training", load_training)
    assert module.scans_of(tmp_path / "without") is None
    for name in (*RECIPES["mixed"].sources, *UNSEEN):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    scans = module.scans_of(tmp_path)
    assert all(name.startswith("characters/") for name in asked[0])
    rng = np.random.default_rng(0)
    assert scans.line("aAB", 30.0, rng, lambda text, height: None)[0] == "aA"
