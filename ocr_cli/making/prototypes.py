"""Averaged prototypes for a model file: how people write each character, without any one person's writing.

``ocr learn`` and ``ocr train --rehearse`` rehearse them, see ``ocr_cli/training/rehearsal.py``. The training
characters of a class, as ``data`` gives them out, are parted into clusters by k-means++ (D. Arthur and S.
Vassilvitskii, SODA 2007); a prototype is the mean of those nearest to a cluster's centre.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import ndimage
from scipy.cluster.vq import kmeans2

from ocr_cli.datasets.dataset import Dataset
from ocr_cli.lattice.crop import crop_ink
from ocr_cli.making.data import draw_weights, load_training
from ocr_cli.making.recipes import Recipe
from ocr_cli.network.model_file import Prototypes, load_model, save_model

CLUSTERS = 6
"""Of a class; as many prototypes, or fewer where a cluster is too small."""
AVERAGED = 16
"""Characters that a prototype is the mean of: of more its strokes are blurred away."""
_SAMPLES = 1200
"""Characters of a class that are clustered."""
_BLUR = 1.5
"""Standard deviation in pixels of the Gaussian before distances are taken: what lies side by side is near."""


def average(dataset: Dataset, weights: npt.NDArray[np.float64], seed: int) -> Prototypes:
    """The prototypes of all classes of a set.

    Args:
        dataset: the characters.
        weights: float (N,), how often each is drawn, as for the training: large sets do not drown small ones.
        seed: the same seed gives the same.
    """
    rng = np.random.default_rng(seed)
    crops, labels = [], []
    for text in dataset.classes:
        members = np.flatnonzero(dataset.labels == text)
        share = weights[members] / weights[members].sum()
        drawn = rng.choice(members, min(_SAMPLES, len(members)), replace=False, p=share)
        found = _of_one_class(dataset.images[drawn], rng)
        crops += found
        labels += [text] * len(found)
    return Prototypes(np.stack(crops), tuple(labels))


def _of_one_class(crops: npt.NDArray[np.uint8], rng: np.random.Generator) -> list[npt.NDArray[np.uint8]]:
    ink: npt.NDArray[np.float32] = crops.astype(np.float32) / np.float32(255)
    blurred = ndimage.gaussian_filter(ink, (0, _BLUR, _BLUR))[:, ::2, ::2].reshape(len(ink), -1)
    count = max(1, min(CLUSTERS, len(crops) // AVERAGED))
    centres, nearest = kmeans2(blurred, count, minit="++", seed=rng)
    found = []
    for number, centre in enumerate(centres):
        members = np.flatnonzero(nearest == number)
        if len(members) < min(AVERAGED, len(crops)):
            continue
        distance = np.linalg.norm(blurred[members] - centre, axis=1)
        found.append(_sharpened(ink[members[np.argsort(distance, kind="stable")[:AVERAGED]]]))
    return found


def _sharpened(ink: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """The mean of characters, with as much ink as they have and with edges as soft as theirs.

    Args:
        ink: float32 (K, 32, 32) in [0, 1].
    """
    mean = ink.mean(axis=0)
    # Where the strokes lie is known more finely than the pixels: the mean is smooth.
    fine = np.clip(ndimage.zoom(mean, 4, order=3, mode="nearest", grid_mode=True), 0, 1)
    level = np.quantile(fine, 1 - float(mean.mean()))
    return crop_ink((fine > level).astype(np.float32))


def add_prototypes(path: Path, recipe: Recipe, root: Path) -> Prototypes:
    """Put the prototypes of the recipe's training characters into a model file.

    Args:
        path: a model file with weights in 16 bits; all else in it stays.
        recipe: of the model.
        root: folder with characters/ and strokes/.
    """
    loaded = load_training(root, tuple(recipe.sources), recipe.recorded, recipe.seed, redraw=False)
    known = [source.dataset.select(part) for source, part in loaded.values()]
    weights = [
        draw_weights(dataset.labels, amount)
        for dataset, amount in zip(known, recipe.sources.values(), strict=True)
    ]
    together = Dataset(
        np.concatenate([dataset.images for dataset in known]),
        np.concatenate([dataset.labels for dataset in known]),
        None,
        "training",
    )
    prototypes = average(together, np.concatenate(weights), recipe.seed)
    save_model(path, replace(load_model(path), prototypes=prototypes), dtype="float16")
    return prototypes
