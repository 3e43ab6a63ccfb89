"""How the shipped models are made, in small, and what ships."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_lattices import lattice_of, slices

from ocr_cli.alphabet import fold
from ocr_cli.classifier import Classifier
from ocr_cli.datasets.dataset import Dataset
from ocr_cli.datasets.synthetic import draw_dataset
from ocr_cli.errors import DataError
from ocr_cli.lattice.crop import crop_ink
from ocr_cli.lattice.geometry import CUT_MARKS
from ocr_cli.making import confidence, confidence_report, cut_network, cuttings, data, prototypes, words
from ocr_cli.making.checks import find_doubtful
from ocr_cli.making.confidence_pages import transcripts
from ocr_cli.making.network import calibrate, validation
from ocr_cli.making.recipes import RECIPES
from ocr_cli.network.mlp import MLP
from ocr_cli.network.model_file import ModelFile, load_model, save_model

FOLDER = Path(__file__).parents[2] / "models"


def crops(count: int, seed: int = 0) -> np.ndarray:
    """Different crops, each a box of ink with a dent of its own."""
    images = np.zeros((count, 32, 32), np.uint8)
    images[:, 3:29, 9:23] = 255
    images[:, 10:20, 12:20] = np.random.default_rng(seed).integers(0, 256, (count, 10, 8))
    return images


def save_characters(folder: Path, **changed: Any) -> Path:
    path = folder / "characters" / "made_up.npz"
    path.parent.mkdir(exist_ok=True)
    content: dict[str, Any] = {
        "images": crops(6),
        "labels": np.frombuffer(b"Aa7?BZ", np.uint8),
        "writer": np.array([0, 0, 1, 1, 0, 1], np.uint16),
        "writer_names": np.array(["ann", "bob"]),
    }
    np.savez(path, **(content | changed))
    return path


def save_strokes(folder: Path, name: str) -> Path:
    path = folder / "strokes" / f"{name}.npz"
    path.parent.mkdir(exist_ok=True)
    np.savez(
        path,
        points=np.array([[0, 0], [0, 9], [0, 0], [9, 0], [4, 0], [4, 9]], np.float32),
        stroke_off=np.array([0, 2, 4, 6]),
        char_off=np.array([0, 1, 3, 3]),
        labels=np.frombuffer(b"iTT", np.uint8),
        writer=np.array([0, 1, 1]),
        writer_names=np.array(["ann", "bob"]),
    )
    return path


@pytest.fixture
def split(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A split of its own for the made-up set, and no doubtful labels."""
    held_out, doubtful = tmp_path / "held_out.json", tmp_path / "doubtful.csv"
    held_out.write_text(json.dumps({"made_up": {"writers": ["bob"]}}))
    doubtful.write_text("set,row,label,read\nmade_up,4,B,8\nother,0,A,B\n")
    monkeypatch.setattr(data, "HELD_OUT", held_out)
    monkeypatch.setattr(data, "DOUBTFUL", doubtful)
    return held_out


@pytest.mark.parametrize("name", ["block", "mixed"])
def test_training_and_unseen_sets_are_apart(name: str) -> None:
    assert not set(RECIPES[name].sources) & set(data.UNSEEN)
    assert len(set(data.UNSEEN)) == len(data.UNSEEN)
    assert min(RECIPES[name].sources.values()) > 0


def test_every_training_set_holds_something_out() -> None:
    split = json.loads(data.HELD_OUT.read_text())
    for recipe in RECIPES.values():
        for source in recipe.sources:
            (names,) = split[Path(source).stem].values()
            assert len(names) == len(set(names)) > 0


def test_only_the_classes_asked_for_are_loaded(split: Path, tmp_path: Path) -> None:
    source = data.load(save_characters(tmp_path), "AB7Z", 0)
    assert source.dataset.labels.tolist() == ["A", "7", "B", "Z"]
    assert source.rows.tolist() == [0, 2, 4, 5]
    assert source.held_out.tolist() == [False, True, False, True]
    assert source.redrawn.shape == (0, 4, 32, 32)
    expected = crop_ink(crops(6)[2] / np.float32(255))
    np.testing.assert_array_equal(source.dataset.images[1], expected)


def test_blank_pictures_are_left_out(split: Path, tmp_path: Path) -> None:
    images = crops(6)
    images[0] = 0
    source = data.load(save_characters(tmp_path, images=images), "AB7Z", 0)
    assert source.rows.tolist() == [2, 4, 5]


def test_single_characters_are_held_out_by_their_place_in_the_file(split: Path, tmp_path: Path) -> None:
    split.write_text(json.dumps({"made_up": {"samples": [1, 4]}}))
    assert data.load(save_characters(tmp_path), "AB7Z", 0).held_out.tolist() == [False, False, True, False]
    assert data.load(save_characters(tmp_path), "a", 0).held_out.tolist() == [True]


def test_of_a_set_that_the_split_does_not_name_nothing_is_held_out(split: Path, tmp_path: Path) -> None:
    split.write_text("{}")
    assert not data.load(save_characters(tmp_path), "AB7Z", 0).held_out.any()


def test_pen_strokes_are_loaded_and_some_drawn_again(
    split: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data, "REDRAWN", {"pens": 2})
    source = data.load(save_strokes(tmp_path, "pens"), "T", 0)
    # The last T has no strokes.
    assert source.rows.tolist() == [1]
    assert source.redrawn.shape == (2, 1, 32, 32)
    assert len({crop.tobytes() for crop in (source.dataset.images, *source.redrawn)}) == 3
    np.savez(tmp_path / "strokes" / "pens.npz", **{**np.load(save_strokes(tmp_path, "pens")), "points": 0})
    with pytest.raises(DataError):
        data.load(tmp_path / "strokes" / "pens.npz", "T", 0)


def test_sets_are_loaded_by_name(split: Path, tmp_path: Path) -> None:
    save_characters(tmp_path)
    save_strokes(tmp_path, "pens")
    sources = data.load_all(tmp_path, ("characters/made_up.npz", "strokes/pens.npz"), "AT", 0)
    assert {name: len(source.dataset) for name, source in sources.items()} == {"made_up": 1, "pens": 1}


def test_nothing_held_out_doubtful_or_tested_on_is_trained_on(split: Path, tmp_path: Path) -> None:
    source = data.load(save_characters(tmp_path), "Aa7BZ", 0)
    assert source.rows.tolist() == [0, 1, 2, 4, 5]
    assert data.training_part(source, set()).tolist() == [True, True, False, False, False]
    copies = set(data.signatures(source.dataset.images[:1]))
    assert data.training_part(source, copies).tolist() == [False, True, False, False, False]


def test_copies_share_their_signature_and_others_do_not() -> None:
    images = crops(20)
    compressed = np.clip(images.astype(int) + np.random.default_rng(1).integers(-9, 10, images.shape), 0, 255)
    smooth = np.repeat(np.repeat(images[:, ::2, ::2] // 128 * 255, 2, axis=1), 2, axis=2)
    noisy = np.clip(smooth.astype(int) + np.random.default_rng(1).integers(-9, 10, images.shape), 0, 255)
    assert data.signatures(smooth) == data.signatures(noisy.astype(np.uint8))
    assert len(set(data.signatures(compressed.astype(np.uint8)))) == 20


def test_weights_add_up_and_favour_rare_classes_a_little() -> None:
    weights = data.draw_weights(np.array(["A"] * 90 + ["B"] * 10), 500.0)
    assert weights.sum() == pytest.approx(500)
    assert len(set(weights[:90])) == len(set(weights[90:])) == 1
    # Each B counts for more than each A, all together for less.
    assert weights[95] > weights[5]
    assert weights[90:].sum() < weights[:90].sum()
    assert weights[90:].sum() / weights.sum() > 0.1
    np.testing.assert_allclose(data.draw_weights(np.array(list("ABAB")), 1.0), 0.25)


def test_the_validation_part_is_what_is_held_out_and_no_characters() -> None:
    labels = np.array(list("ABC") * 20, "<U1")
    mask = np.arange(60) % 2 == 0
    nothing = np.zeros((0, 60, 32, 32), np.uint8)
    source = data.Source(Dataset(crops(60), labels, None, "one"), mask, np.arange(60), nothing)
    recipe = RECIPES["block"]
    features, truth = validation({"one": source}, ("A", "B", "C", ""), recipe)
    assert features.shape == (30 + 30 // 12, recipe.features.size)
    assert truth[:30].tolist() == ["ABC".index(label) for label in labels[mask]]
    assert set(truth[30:]) == {3}


def test_prototypes_are_averages_that_look_like_the_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two ways to write a letter become two prototypes, each near to those it is the mean of."""
    monkeypatch.setattr(prototypes, "CLUSTERS", 2)
    hand = draw_dataset("I", writers=40, samples_per_class=1, seed=1).images
    lying = np.rot90(hand, axes=(1, 2))
    rare = draw_dataset("L", writers=3, samples_per_class=1, seed=2).images
    labels = np.array(["I"] * 80 + ["L"] * 3, "<U1")
    dataset = Dataset(np.concatenate([hand, lying, rare]), labels, None, "made up")
    found = [prototypes.average(dataset, np.ones(83), 0) for _ in range(2)]
    np.testing.assert_array_equal(found[0].images, found[1].images)
    assert found[0].labels == ("I", "I", "L")
    widths, ink = (np.ptp(np.nonzero(image.any(axis=0))[0]) for image in found[0].images[:2]), hand > 127
    assert sorted(width > 20 for width in widths) == [False, True]
    for image, kin in zip(found[0].images[[0, 1]], (hand, lying), strict=False):
        assert np.isin(image, (0, 255)).mean() > 0.5
        assert 0.6 < (image > 127).sum() / ink.sum(axis=(1, 2)).mean() < 1.5
        assert not any((image == one).all() for one in kin)


def test_prototypes_are_added_to_a_model_whose_weights_stay(
    split: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(data, "UNSEEN", ())
    save_characters(tmp_path)
    recipe = replace(RECIPES["block"], sources={"characters/made_up.npz": 5}, recorded="ABZ")
    path, model = tmp_path / "m.npz", ModelFile(MLP([4, 3], "relu"), ("A", "B", "Z"), {"temperature": 1}, {})
    save_model(path, model, dtype="float16")
    prototypes.add_prototypes(path, recipe, tmp_path)
    old, new = load_model(path), load_model(path, prototypes=True)
    # B is doubtful, Z is held out.
    assert new.prototypes is not None
    assert new.prototypes.labels == ("A",)
    assert (new.classes, new.settings) == (model.classes, model.settings)
    for a, b, c in zip(old.network.parameters, new.network.parameters, model.network.parameters, strict=True):
        np.testing.assert_array_equal(a, b)
        np.testing.assert_array_equal(a, c.astype(np.float16))


def drawn_cuttings(name: str, count: int) -> cuttings.Cuttings:
    """The cut candidates of so many words that the package's own hand wrote."""
    manner = RECIPES[name].manner
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(words, "_SYNTHETIC", 1.0)
        parts = [
            cuttings._cut_one(words.Penmanship(()), manner, ["HELLO", "BELL"], 5, n) for n in range(count)
        ]
    return cuttings.Cuttings.joined(parts)


@pytest.fixture(scope="module")
def cut() -> cuttings.Cuttings:
    return drawn_cuttings("block", 30)


def test_letters_reach_as_far_as_the_table_has_them() -> None:
    reach = words.reach
    assert reach("A") == reach("g".upper()) == reach("7") == (1.0, 0.0)
    assert reach("x") == pytest.approx((0.58, 0.0), abs=0.06)
    assert reach("p") == pytest.approx((0.58, 0.42), abs=0.08)
    assert reach("h") == pytest.approx((1.0, 0.0), abs=0.06)
    # With its dot.
    assert reach("i")[0] > reach("x")[0] + 0.1


def test_words_of_small_letters_are_cut_as_well() -> None:
    cut = drawn_cuttings("mixed", 8)
    assert any(map(str.islower, cut.labels))
    assert any(map(str.isupper, cut.labels))
    assert "" in cut.labels


def test_candidates_cut_out_of_drawn_words_are_letters_or_none(cut: cuttings.Cuttings) -> None:
    assert cut.crops.shape[1:] == (32, 32)
    assert cut.cuts.any(axis=1).all()
    assert set(cut.labels) - {""} <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
    assert 0.1 < (cut.labels == "").mean() < 0.9
    # Nearly as high as letters, those that are some.
    assert np.median(cut.cuts[cut.labels != "", CUT_MARKS - 1]) == pytest.approx(1, abs=0.15)


def test_a_letter_that_another_one_swallows_is_known_by_its_place_in_the_word() -> None:
    # Three pieces, "LO": the stem, a foot that belongs to both letters, the ring.
    lattice = lattice_of(slices(0, 8, 20, 40), (0, 2), (0, 3), (1, 3))
    shares = np.array([[0.6, 0], [0.7, 0.1], [0.3, 0.7], [0.3, 0.2], [0.1, 0.95], [0, 0.7]])
    assert cuttings.best_path(lattice, shares) == [0, 4]
    assert cuttings.best_path(lattice, np.ones((6, 4))) == []


def test_the_second_network_that_ships_tells_what_was_cut(cut: cuttings.Cuttings) -> None:
    model = load_model(FOLDER / "block.npz")
    assert model.cut_network is not None
    shares = []
    for one in (model, replace(model, cut_network=None)):
        found = Classifier(one).classify(cut.crops, cut.cuts)
        classes = np.array(Classifier(one).classes)
        said = np.where(found.is_character > 0.5, classes[found.probabilities.argmax(axis=1)], "")
        shares.append(float((said == cut.labels).mean()))
    assert shares[0] > 0.85
    assert shares[0] > shares[1] + 0.1


def test_a_second_network_is_learned_and_the_first_stays(
    cut: cuttings.Cuttings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cut_network, "_BATCHES", 8)
    monkeypatch.setattr(
        cut_network, "_SETTINGS", cut_network._SETTINGS | {"epochs": 1, "learning_rate": 0.004}
    )
    whole = load_model(FOLDER / "block.npz")
    before = [array.copy() for array in whole.network.parameters]
    model = cut_network.learn(replace(whole, cut_network=None), cut, cut, RECIPES["block"], print)
    for ours, theirs in zip(model.network.parameters, before, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert model.settings["cut_temperature"] > 0
    found = Classifier(model).classify(cut.crops, cut.cuts)
    none = cut.labels == ""
    assert found.is_character[~none].mean() > found.is_character[none].mean() + 0.2
    save_model(tmp_path / "m.npz", model)
    assert load_model(tmp_path / "m.npz").cut_network is not None


@pytest.mark.parametrize("name", ["block", "mixed"])
def test_what_ships_holds_prototypes_that_it_knows(
    name: str,
) -> None:
    """The network takes most of them for what they are the mean of, or for its look-alike."""
    model = load_model(FOLDER / f"{name}.npz", prototypes=True)
    assert model.prototypes is not None
    assert set(model.prototypes.labels) == set(RECIPES[name].recorded)
    classifier = Classifier(model)
    said = classifier.classify(model.prototypes.images).probabilities.argmax(axis=1)
    same = [
        fold(classifier.classes[k]).upper() == fold(label).upper()
        for k, label in zip(said, model.prototypes.labels, strict=True)
    ]
    assert np.mean(same) > 0.9


class Sure:
    """Takes every crop for a B, nearly surely."""

    classes = ("A", "B", "8", "b")

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        return np.tile(np.array([0.005, 0.97, 0.02, 0.005], np.float32), (len(images), 1))


def test_labels_that_are_all_but_impossible_are_doubtful() -> None:
    dataset = Dataset(crops(4), np.array(list("AB8b")), None, "set")
    assert find_doubtful(Sure(), dataset) == [(0, "B")]


@pytest.mark.parametrize("gain", [0.6, 1.0, 1.8])
def test_the_temperature_mends_too_much_or_too_little_confidence(gain: float) -> None:
    """Logits that are true but for a factor, and samples of no character, which do not count."""
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, (6000, 5)).astype(np.float32)
    truth = (logits[:, :4] + rng.gumbel(size=(6000, 4))).argmax(axis=1)
    truth[::10] = 4
    assert calibrate(gain * logits, truth) == pytest.approx(gain, rel=0.12)


def test_confidences_are_fitted_to_what_is_true() -> None:
    rng = np.random.default_rng(0)
    evidence = rng.normal(1, 2, 4000)
    right = rng.random(4000) < 1 / (1 + np.exp(0.5 - 1.2 * evidence))
    samples = confidence.Samples()
    for one, good in zip(evidence, right, strict=True):
        samples.add((one,), bool(good), 1.0)
    fitted = samples.fit()
    assert (fitted.bias, *fitted.weights) == pytest.approx((-0.5, 1.2), abs=0.12)


def test_calibration_errors_of_names() -> None:
    """Words said at 0.25 and 0.75, half of each right, in bins that all hold equally many."""
    said, right = np.repeat([0.25, 0.75], 200), np.tile([True, False], 200)
    assert confidence_report.calibration_error(said, right) == pytest.approx(0.25)
    assert confidence_report.equal_bins(said, right) == pytest.approx(0.25)
    low, high = confidence_report.bootstrap(said, right)
    assert 0.2 < low < 0.25 < high < 0.3
    assert confidence_report.ranked(said, right) == pytest.approx(0.5)
    assert confidence_report.ranked(said, said > 0.5) == 1.0


def test_no_network_may_learn_the_lines_that_confidences_are_fitted_to() -> None:
    """Of the lines read by eye, those whose letters anyone could train on are held out."""
    lines = transcripts()
    assert len(lines) > 300
    held_out = set(json.loads((FOLDER / "held_out.json").read_text())["names_pseudo"]["writers"])
    path = FOLDER.parents[2] / "shared/data/characters/names_pseudo.npz"
    if not path.exists():
        pytest.skip("no ../shared/data")
    with np.load(path) as file:
        assert not set(lines) & set(file["writer_names"]) - held_out


@pytest.mark.parametrize("name", ["block", "mixed"])
def test_what_ships_has_the_prices_of_its_recipe(
    name: str,
) -> None:
    assert load_model(FOLDER / f"{name}.npz").settings["prices"] == RECIPES[name].prices
