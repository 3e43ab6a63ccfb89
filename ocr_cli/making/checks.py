"""What a trained model says of the characters of its recipe: the card's tables, and labels to doubt."""

from __future__ import annotations

import string
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ocr_cli.alphabet import fold
from ocr_cli.classifier import Classifier
from ocr_cli.datasets.dataset import Dataset
from ocr_cli.files import atomic_write
from ocr_cli.making.data import DOUBTFUL, UNSEEN, load_all
from ocr_cli.making.recipes import Recipe
from ocr_cli.network.model_file import load_model
from ocr_cli.training.calibration import reliability
from ocr_cli.training.evaluation import CropClassifier


def list_doubtful(recipe: Recipe, root: Path, model: Path) -> None:
    """List in ``doubtful.csv`` the characters to train on whose label the model finds all but impossible.

    Args:
        recipe: names the sets.
        root: folder with characters/ and strokes/.
        model: the file of the model that judges.
    """
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


def report(recipe: Recipe, root: Path, classifier: CropClassifier) -> Iterator[str]:
    """The lines of the model card's tables: every source, held out or never trained on, and the calibration.

    Args:
        recipe: names the sources that it was trained on.
        root: folder with characters/ and strokes/.
        classifier: whom the card is of.
    """
    classes = np.array(classifier.classes)
    capitals = np.array([text in string.ascii_uppercase for text in classes])
    folded = np.array([fold(text) for text in classes])
    upper = np.array([fold(text.upper()) for text in classes])
    yield "| source | characters | right % | look-alikes folded % | case folded % | capitals % |"
    yield "|---|---|---|---|---|---|"
    confidence, right = [], []
    for title, names in (("held out of", tuple(recipe.sources)), ("never trained on:", UNSEEN)):
        rows: list[tuple[str, int, list[float]]] = []
        for name, source in load_all(root, names, recipe.recorded, recipe.seed).items():
            chosen = source.dataset if names is UNSEEN else source.dataset.select(source.held_out)
            labels = chosen.labels
            probabilities = classifier.probabilities(chosen.images)
            said = probabilities.argmax(axis=1)
            capital = np.isin(labels, list(string.ascii_uppercase))
            among = classes[np.where(capitals, probabilities, 0).argmax(axis=1)]
            shares = [
                float(np.mean(classes[said] == labels)),
                float(np.mean(folded[said] == [fold(text) for text in labels])),
                float(np.mean(upper[said] == [fold(text.upper()) for text in labels])),
                float(np.mean((among == labels)[capital])) if capital.any() else np.nan,
            ]
            rows.append((name, len(chosen), shares))
            if names is not UNSEEN:
                confidence.append(probabilities.max(axis=1))
                right.append(classes[said] == labels)
        count = sum(number for _, number, _ in rows)
        together = [sum(shares[k] * number for _, number, shares in rows) / count for k in range(3)]
        for name, number, shares in [*rows, ("together", count, [*together, np.nan])]:
            figures = " | ".join("" if np.isnan(share) else f"{100 * share:.2f}" for share in shares)
            yield f"| {title} {name} | {number} | {figures} |"
    error = reliability(np.concatenate(confidence), np.concatenate(right)).error
    yield f"\nExpected calibration error on what is held out: {100 * error:.2f} %"
