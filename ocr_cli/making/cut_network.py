"""The second network of a model file: it reads characters that were cut out of touching writing.

A letter out of a word that hangs together has lost a serif, keeps its neighbour's, or is none at all: half an
O, an L and a half. The network is given the first hidden units of the other one, where ink was cut, and the
row round it (``lattice/geometry.py``); characters that stand alone are none of its business. It learns from
candidates cut out of drawn words (``cuttings``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ocr_cli.classifier import Classifier, cut_features
from ocr_cli.datasets.augment import deform
from ocr_cli.features import extract
from ocr_cli.making.cuttings import Cuttings, cut_words
from ocr_cli.making.data import HELD_OUT
from ocr_cli.making.network import Say, epoch_line
from ocr_cli.making.recipes import Recipe
from ocr_cli.making.words import Penmanship, usual_words
from ocr_cli.network.mlp import MLP
from ocr_cli.network.model_file import ModelFile, load_model, save_model
from ocr_cli.training.balanced import Prefetched
from ocr_cli.training.calibration import fit_temperature
from ocr_cli.training.loop import fit

TESTED = (1500, 51)
"""Words to test on, how many of which seed, by writers whom the training does not see."""
HIDDEN = (704,)
_BATCHES = 400
_NONE = 0.45
"""Share of the candidates drawn for the training that are no characters."""
_REAL = 1.5
"""How much less sure of real writing: it differs more from what was drawn than other drawings do."""
_SETTINGS: dict[str, Any] = {
    "learning_rate": 0.001,
    "epochs": 30,
    "warmup_epochs": 0.3,
    "label_smoothing": 0.03,
}


class CutSource:
    """Batches of candidates, deformed anew each time they are drawn.

    Args:
        model: whose first hidden units are the input.
        cuttings: the candidates.
        recipe: of the model.
    """

    def __init__(self, model: ModelFile, cuttings: Cuttings, recipe: Recipe) -> None:
        self._network = model.network
        self._cuttings = cuttings
        self._recipe = recipe
        self._targets = targets_of(model, cuttings)
        none = cuttings.labels == ""
        counts = np.bincount(self._targets, minlength=len(model.classes))[self._targets]
        weights = np.where(none, 0.0, counts**-0.6)
        self._weights = np.where(none, _NONE / none.sum(), (1 - _NONE) * weights / weights.sum())

    def __len__(self) -> int:
        return _BATCHES

    def epoch(self, index: int) -> Iterator[tuple[npt.NDArray[np.float32], npt.NDArray[np.intp]]]:
        """The batches of epoch ``index``."""
        rng = np.random.default_rng((self._recipe.seed, index))
        shape = _BATCHES, self._recipe.settings.batch_size
        for rows in rng.choice(len(self._targets), shape, p=self._weights):
            crops = deform(self._cuttings.crops[rows], self._recipe.deformation, rng)
            units = self._network.hidden(extract(crops, self._recipe.features))
            yield cut_features(units, self._cuttings.cuts[rows]), self._targets[rows]


def targets_of(model: ModelFile, cuttings: Cuttings) -> npt.NDArray[np.intp]:
    """The place of each candidate's label among the model's classes."""
    places = {text: k for k, text in enumerate(model.classes)}
    return np.array([places[text] for text in cuttings.labels.tolist()], np.intp)


def draw(recipe: Recipe, root: Path, parts: tuple[tuple[int, int], ...], *, held_out: bool) -> Cuttings:
    """The cut candidates of drawn words.

    Args:
        recipe: of the model.
        root: folder with strokes/.
        parts: how many words of which seed.
        held_out: whether the writers are those who are never trained on, or the others.
    """
    writers = json.loads(HELD_OUT.read_text())["unipen"]["writers"]
    hands = Penmanship.load(root / "strokes/unipen.npz", recipe.recorded, writers, only=held_out)
    words, manner = usual_words(root / "strokes/unipen_words.npz", writers), recipe.manner
    return Cuttings.joined([cut_words(hands, manner, words, count, seed) for count, seed in parts])


def learn(model: ModelFile, cuttings: Cuttings, tested: Cuttings, recipe: Recipe, say: Say) -> ModelFile:
    """The model with a second network.

    Args:
        model: stays as it is.
        cuttings: to learn from.
        tested: not learned from; the temperature is fitted to them.
        recipe: of the model.
        say: is told of each epoch.
    """
    settings = replace(recipe.settings, **_SETTINGS)
    inputs = model.network.sizes[1] + cuttings.cuts.shape[1]
    rng = np.random.default_rng(settings.seed)
    network = MLP([inputs, *HIDDEN, len(model.classes)], model.network.activation, "he", rng)
    units = model.network.hidden(extract(tested.crops, recipe.features))
    features, truth = cut_features(units, tested.cuts), targets_of(model, tested)
    source = Prefetched(CutSource(model, cuttings, recipe))
    result = fit(
        network,
        source,
        settings,
        validation=(features, truth),
        on_epoch=lambda epoch: say(epoch_line(epoch)),
    )
    temperature = round(_REAL * fit_temperature(result.last.forward(features), truth, by_error=True), 3)
    told = {"script": "models/cut_letters.py", "words": recipe.cut_words, "candidates": len(truth)}
    told |= {"hidden": HIDDEN, "training": settings.to_dict(), "score": asdict(result.history[-1].score)}
    return replace(
        model,
        cut_network=result.last,
        settings={**model.settings, "cut_temperature": temperature},
        provenance={**model.provenance, "cut_network": told},
    )


def add_cut_network(path: Path, recipe: Recipe, root: Path, say: Say) -> None:
    """Train the second network and put it into a model file.

    Args:
        path: a model file with weights in 16 bits; all else in it stays.
        recipe: of the model.
        root: folder with strokes/.
        say: is told how the training goes.
    """
    tested = draw(recipe, root, (TESTED,), held_out=True)
    cuttings = draw(recipe, root, recipe.cut_words, held_out=False)
    model = learn(load_model(path, prototypes=True), cuttings, tested, recipe, say)
    save_model(path, model, dtype="float16")


def report(path: Path, recipe: Recipe, root: Path) -> Iterator[str]:
    """The lines of a table: what is told right with the second network and without it.

    Args:
        path: a model file.
        recipe: of the model.
        root: folder with strokes/.
    """
    model, tested = load_model(path), draw(recipe, root, (TESTED,), held_out=True)
    classes = np.array(Classifier(model).classes)
    count = len(tested.labels)
    yield f"| {count} cut candidates, writers held out | characters told right | others refused |"
    yield "|---|---|---|"
    for title, one in (("without", replace(model, cut_network=None)), ("with", model)):
        found = Classifier(one).classify(tested.crops, tested.cuts)
        said = np.where(found.is_character > 0.5, classes[found.probabilities.argmax(axis=1)], "")
        none = tested.labels == ""
        right = said == tested.labels
        yield f"| {title} the second network | {right[~none].mean():.1%} | {right[none].mean():.1%} |"
