"""Train the shipped models, find doubtful labels, and report on the models.

    python models/train.py block --data ../shared/data            # about an hour on two cores
    python models/train.py block --data ../shared/data --report   # the model card's tables, a few minutes
    python models/train.py block --data ../shared/data --doubtful # writes doubtful.csv

A committee is trained first, then the network that ships, from the labels and from what the committee says;
``prototypes``, and for some a network of ``cut_letters``, are added to its file.
Weights are trained on the sets of the recipe alone, all with open licences (see the model cards), and never
on what ``training_data`` holds out.
"""

from __future__ import annotations

import string
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from cut_letters import add_cut_network
from model_scripts import model_file, model_parser, report_epoch, say, truest_temperature
from prototypes import add_prototypes
from recipes import RECIPES, Recipe
from training_data import DOUBTFUL, UNSEEN, Source, draw_weights, load_all, load_training

from ocr_cli.alphabet import fold
from ocr_cli.classifier import Classifier
from ocr_cli.datasets.dataset import Dataset
from ocr_cli.datasets.not_characters import draw_not_characters
from ocr_cli.datasets.synthetic import draw_dataset
from ocr_cli.features import extract
from ocr_cli.files import atomic_write
from ocr_cli.lattice.crop import CROP_SIZE, MARGIN, STROKE_RANGE
from ocr_cli.network.mlp import MLP
from ocr_cli.network.model import ModelFile
from ocr_cli.network.model_file import load_model, save_model
from ocr_cli.training.balanced import BalancedSource, Prefetched
from ocr_cli.training.calibration import reliability
from ocr_cli.training.distillation import DistilledSource
from ocr_cli.training.evaluation import CropClassifier
from ocr_cli.training.loop import TrainingSettings, fit
from ocr_cli.training.sources import BatchSource
from ocr_cli.version import __version__

_NO_CHARACTER = ""


@dataclass(frozen=True, eq=False)
class Material:
    """What a model is trained and tested on.

    Attributes:
        crops: uint8 (N, 32, 32).
        targets: int (N,), places in ``order``.
        weights: float (N,), how often each is drawn.
        order: the classes of the network's outputs.
        held_out: float32 (M, D), features of held-out characters and of no characters made of them.
        truth: int (M,), their places in ``order``.
    """

    crops: npt.NDArray[np.uint8]
    targets: npt.NDArray[np.intp]
    weights: npt.NDArray[np.float64]
    order: tuple[str, ...]
    held_out: npt.NDArray[np.float32]
    truth: npt.NDArray[np.intp]

    def source(self, recipe: Recipe, seed: int) -> BalancedSource:
        """The balanced batches of a training."""
        return BalancedSource(
            self.crops,
            self.targets,
            self.weights,
            features=recipe.features,
            deformation=recipe.deformation,
            batch_size=recipe.settings.batch_size,
            batches=recipe.batches,
            seed=seed,
        )


def prepare(recipe: Recipe, root: Path) -> Material:
    """Load, clean and weigh the training sets."""
    loaded = load_training(root, tuple(recipe.sources), recipe.recorded, recipe.seed)
    crops, labels, weights = [], [], []
    for (source, part), amount in zip(loaded.values(), recipe.sources.values(), strict=True):
        say(f"{source.dataset.name}: {part.sum()} of {len(part)} to train on")
        drawings = [source.dataset.images, *source.redrawn]
        for drawing in drawings:
            crops.append(drawing[part])
            labels.append(source.dataset.labels[part])
            weights.append(draw_weights(labels[-1], amount / len(drawings)))
    for text, writers, amount in recipe.drawn:
        hand = draw_dataset(text, writers=writers, samples_per_class=1, seed=recipe.seed)
        crops.append(hand.images)
        labels.append(hand.labels)
        weights.append(draw_weights(hand.labels, amount))
    known = Dataset(np.concatenate(crops), np.concatenate(labels), None, "training")
    weight = np.concatenate(weights)
    total = weight.sum()
    # Over all sets together, rare letters are drawn nearly as often as common ones.
    classes, targets = np.unique(known.labels, return_inverse=True)
    weight *= np.bincount(targets, weights=weight)[targets] ** -0.6
    weight *= total / weight.sum()
    dirt = draw_not_characters(known, recipe.dirt_crops, recipe.seed)
    order = (*map(str, classes), _NO_CHARACTER)
    sources = {name: source for name, (source, _) in loaded.items()}
    held_out, truth = validation(sources, order, recipe)
    say(f"{len(known)} characters, {len(dirt)} of none, {len(truth)} held out")
    return Material(
        np.concatenate([known.images, dirt]),
        np.concatenate([targets, np.full(len(dirt), len(classes))]),
        np.concatenate([weight, np.full(len(dirt), recipe.dirt / len(dirt))]),
        order,
        held_out,
        truth,
    )


def validation(
    sources: dict[str, Source], order: tuple[str, ...], recipe: Recipe
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.intp]]:
    """Features and class indices of the held-out samples and of no characters made of them."""
    images = np.concatenate([source.dataset.images[source.held_out] for source in sources.values()])
    labels = np.concatenate([source.dataset.labels[source.held_out] for source in sources.values()])
    characters = Dataset(images, labels, None, "held out")
    dirt = draw_not_characters(characters, max(1, len(images) // 12), recipe.seed + 1)
    truth = np.concatenate([np.searchsorted(order[:-1], labels), np.full(len(dirt), len(order) - 1)])
    return extract(np.concatenate([images, dirt]), recipe.features), truth


def train(name: str, recipe: Recipe, root: Path, output: Path) -> None:
    """Train the committee and then the model.

    Members lie beside the model until it is done, so that a run that was stopped need not train them again.
    """
    material = prepare(recipe, root)
    members = []
    for number in range(1, recipe.members + 1):
        path = output.with_name(f"{output.stem}-member-{number}.npz")
        if not path.exists():
            settings = replace(recipe.member_settings, seed=recipe.seed + number)
            say(f"member {number} of the committee")
            save_model(path, _learn(name, recipe, material, settings, []))
        members.append(load_model(path).network)
    save_model(output, _learn(name, recipe, material, recipe.settings, members), dtype="float16")
    add_prototypes(output, recipe, root)
    if recipe.cut_words:
        add_cut_network(output, recipe, root)
    for number in range(1, recipe.members + 1):
        output.with_name(f"{output.stem}-member-{number}.npz").unlink()


def _learn(
    name: str, recipe: Recipe, material: Material, settings: TrainingSettings, members: list[MLP]
) -> ModelFile:
    """Train one network, taught by the labels and the members of the committee."""
    sizes = [recipe.features.size, *recipe.hidden, len(material.order)]
    network = MLP(sizes, "relu", "he", np.random.default_rng(settings.seed))
    source: BatchSource = material.source(recipe, settings.seed)
    if members:
        source = DistilledSource(source, members, recipe.share)
    result = fit(
        network,
        Prefetched(source),
        settings,
        validation=(material.held_out, material.truth),
        on_epoch=report_epoch,
    )
    logits = result.last.forward(material.held_out)
    return ModelFile(
        result.last,
        material.order,
        {
            "features": recipe.features.to_dict(),
            "crop": {"size": CROP_SIZE, "margin": MARGIN, "stroke_range": list(STROKE_RANGE)},
            "temperature": calibrate(logits, material.truth),
            "prices": dict(recipe.prices),
        },
        {
            "program": f"ocr_cli {__version__}: python models/train.py {name}",
            "numpy": np.__version__,
            "data": {**recipe.sources, "synthetic hand": sum(n for _, _, n in recipe.drawn)}
            | {"no characters": recipe.dirt},
            "samples": len(material.targets),
            "validation_samples": len(material.truth),
            "network": {"sizes": sizes, "activation": "relu", "init": "he"},
            "training": settings.to_dict(),
            "deformation": asdict(recipe.deformation),
            "committee": {"members": len(members), "share": recipe.share} if members else None,
            "epoch": len(result.history),
            "validation_score": asdict(result.history[-1].score),
        },
    )


def calibrate(logits: npt.NDArray[np.float32], truth: npt.NDArray[np.intp]) -> float:
    """The temperature that suits held-out characters.

    Args:
        logits: float32 (M, C + 1), the last column for no character.
        truth: class indices (M,); samples of no character are not looked at.
    """
    known = truth < logits.shape[1] - 1
    return round(truest_temperature(logits[known, :-1], truth[known]), 3)


def list_doubtful(recipe: Recipe, root: Path, model: Path) -> None:
    """List in ``doubtful.csv`` the characters to train on whose label the model finds all but impossible."""
    classifier = Classifier(load_model(model))
    rows: list[tuple[str, int, str, str]] = []
    for name, source in load_all(root, tuple(recipe.sources), recipe.recorded, recipe.seed).items():
        labels = source.dataset.labels
        for k, read in find_doubtful(classifier, source.dataset):
            if not source.held_out[k]:
                rows.append((name, int(source.rows[k]), str(labels[k]), read))
    with atomic_write(DOUBTFUL) as file:
        lines = ["set,row,label,read", *(",".join(map(str, row)) for row in rows)]
        file.write(("\n".join(lines) + "\n").encode())


def find_doubtful(classifier: Classifier, dataset: Dataset) -> list[tuple[int, str]]:
    """Samples whose label, look-alikes included, has a probability below 1 % where another has above 90 %.

    Returns:
        The index of each and the character that it looks like.
    """
    probabilities = classifier.probabilities(dataset.images)
    groups = np.array([fold(text).upper() for text in classifier.classes])
    own = groups == np.array([fold(text).upper() for text in dataset.labels])[:, None]
    label = (probabilities * own).sum(axis=1)
    best = probabilities.argmax(axis=1)
    other = (probabilities * (groups == groups[best][:, None])).sum(axis=1)
    doubtful = np.flatnonzero((label < 0.01) & (other > 0.9))
    return [(int(k), classifier.classes[best[k]]) for k in doubtful]


def report(recipe: Recipe, root: Path, classifier: CropClassifier) -> None:
    """Print the model card's tables: every source, held out or never trained on, and the calibration."""
    classes = np.array(classifier.classes)
    capitals = np.array([text in string.ascii_uppercase for text in classes])
    folded = np.array([fold(text) for text in classes])
    upper = np.array([fold(text.upper()) for text in classes])
    print("| source | characters | right % | look-alikes folded % | case folded % | capitals % |")
    print("|---|---|---|---|---|---|")
    confidence, right = [], []
    for title, names in (("held out of", tuple(recipe.sources)), ("never trained on:", UNSEEN)):
        rows = []
        for name, source in load_all(root, names, recipe.recorded, recipe.seed).items():
            chosen = source.dataset if names is UNSEEN else source.dataset.select(source.held_out)
            labels = chosen.labels
            probabilities = classifier.probabilities(chosen.images)
            said = probabilities.argmax(axis=1)
            capital = np.isin(labels, list(string.ascii_uppercase))
            among = classes[np.where(capitals, probabilities, 0).argmax(axis=1)]
            rows.append(
                (
                    name,
                    len(chosen),
                    np.mean(classes[said] == labels),
                    np.mean(folded[said] == [fold(text) for text in labels]),
                    np.mean(upper[said] == [fold(text.upper()) for text in labels]),
                    np.mean((among == labels)[capital]) if capital.any() else np.nan,
                )
            )
            if names is not UNSEEN:
                confidence.append(probabilities.max(axis=1))
                right.append(classes[said] == labels)
        count = sum(row[1] for row in rows)
        together = [sum(row[k] * row[1] for row in rows) / count for k in (2, 3, 4)]
        for name, number, *shares in [*rows, ("together", count, *together, np.nan)]:
            figures = " | ".join("" if np.isnan(share) else f"{100 * share:.2f}" for share in shares)
            print(f"| {title} {name} | {number} | {figures} |", flush=True)
    error = reliability(np.concatenate(confidence), np.concatenate(right)).error
    print(f"\nExpected calibration error on what is held out: {100 * error:.2f} %")


def main() -> None:
    """Parse the command line."""
    parser = model_parser(__doc__, RECIPES)
    parser.add_argument("--report", action="store_true", help="do not train; report on the model at --output")
    parser.add_argument("--doubtful", action="store_true", help="do not train; list doubtful labels")
    arguments = parser.parse_args()
    recipe = RECIPES[arguments.model]
    output = model_file(arguments)
    if arguments.report:
        report(recipe, arguments.data, Classifier(load_model(output)))
    elif arguments.doubtful:
        list_doubtful(recipe, arguments.data, output)
    else:
        train(arguments.model, recipe, arguments.data, output)


if __name__ == "__main__":
    main()
