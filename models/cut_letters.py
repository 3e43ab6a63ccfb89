"""The second network of a model file: it reads characters that were cut out of touching writing.

    python models/cut_letters.py block --data ../shared/data    # about three quarters of an hour on two cores
    python models/cut_letters.py block --data ../shared/data --report

adds it to ``models/block.npz``, or likewise to that of ``mixed``, whose other weights stay as they are;
``models/train.py`` does so after training. A letter out of a word that hangs together has lost a serif, keeps
its neighbour's, or is none at all: half an O, an L and a half. The network is given the first hidden units of
the other one, where ink was cut, and the row round it (``lattice/geometry.py``); characters that stand
alone are none of its business. It learns from words that ``models/touching.py`` puts together; ``--report``
prints how many candidates it tells right.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from model_scripts import model_file, model_parser, report_epoch, truest_temperature
from recipes import RECIPES, Recipe
from touching import Cuttings, Penmanship, cut_words, usual_words
from training_data import HELD_OUT

from ocr_cli.classifier import Classifier, cut_features
from ocr_cli.datasets.augment import deform
from ocr_cli.features import extract
from ocr_cli.network.mlp import MLP
from ocr_cli.network.model import ModelFile
from ocr_cli.network.model_file import load_model, save_model
from ocr_cli.training.balanced import Prefetched
from ocr_cli.training.loop import fit

TESTED = (1500, 51)
"""Words to test on, how many of which seed, by writers whom the training does not see."""
HIDDEN = (704,)
_BATCHES = 400
_NONE = 0.45
"""Share of the candidates drawn for the training that are no characters."""
_REAL = 1.5
"""How much less sure of real writing: it differs more from what was drawn than other drawings do."""
_SETTINGS = {
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


def learn(model: ModelFile, cuttings: Cuttings, tested: Cuttings, recipe: Recipe) -> ModelFile:
    """The model with a second network.

    Args:
        model: stays as it is.
        cuttings: to learn from.
        tested: not learned from; the temperature is fitted to them.
        recipe: of the model.
    """
    settings = replace(recipe.settings, **_SETTINGS)
    inputs = model.network.sizes[1] + cuttings.cuts.shape[1]
    rng = np.random.default_rng(settings.seed)
    network = MLP([inputs, *HIDDEN, len(model.classes)], model.network.activation, "he", rng)
    units = model.network.hidden(extract(tested.crops, recipe.features))
    features, truth = cut_features(units, tested.cuts), targets_of(model, tested)
    source = Prefetched(CutSource(model, cuttings, recipe))
    result = fit(network, source, settings, validation=(features, truth), on_epoch=report_epoch)
    temperature = round(_REAL * truest_temperature(result.last.forward(features), truth), 3)
    told = {"script": "models/cut_letters.py", "words": recipe.cut_words, "candidates": len(truth)}
    told |= {"hidden": HIDDEN, "training": settings.to_dict(), "score": asdict(result.history[-1].score)}
    return replace(
        model,
        cut_network=result.last,
        settings={**model.settings, "cut_temperature": temperature},
        provenance={**model.provenance, "cut_network": told},
    )


def add_cut_network(path: Path, recipe: Recipe, root: Path) -> None:
    """Train the second network and put it into a model file.

    Args:
        path: a model file with weights in 16 bits; all else in it stays.
        recipe: of the model.
        root: folder with strokes/.
    """
    tested = draw(recipe, root, (TESTED,), held_out=True)
    cuttings = draw(recipe, root, recipe.cut_words, held_out=False)
    save_model(path, learn(load_model(path, prototypes=True), cuttings, tested, recipe), dtype="float16")


def report(path: Path, recipe: Recipe, root: Path) -> None:
    """Print what is told right with the second network and without it."""
    model, tested = load_model(path), draw(recipe, root, (TESTED,), held_out=True)
    classes = np.array(Classifier(model).classes)
    print(
        f"| {len(tested.labels)} cut candidates, writers held out | characters told right | others refused |"
    )
    print("|---|---|---|")
    for title, one in (("without", replace(model, cut_network=None)), ("with", model)):
        found = Classifier(one).classify(tested.crops, tested.cuts)
        said = np.where(found.is_character > 0.5, classes[found.probabilities.argmax(axis=1)], "")
        none = tested.labels == ""
        right = said == tested.labels
        print(f"| {title} the second network | {right[~none].mean():.1%} | {right[none].mean():.1%} |")


def main() -> None:
    """Parse the command line."""
    parser = model_parser(__doc__, [name for name, recipe in RECIPES.items() if recipe.cut_words])
    parser.add_argument("--report", action="store_true", help="do not train; report on the model at --output")
    arguments = parser.parse_args()
    work = report if arguments.report else add_cut_network
    work(model_file(arguments), RECIPES[arguments.model], arguments.data)


if __name__ == "__main__":
    main()
