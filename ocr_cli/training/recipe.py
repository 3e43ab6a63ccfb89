"""From labelled crops to a model file's content: features, network and training put together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import numpy.typing as npt

import ocr_cli
from ocr_cli.datasets.augment import Deformation
from ocr_cli.datasets.dataset import Dataset, concatenate
from ocr_cli.datasets.loaders import load_dataset
from ocr_cli.datasets.synthetic import draw_dataset
from ocr_cli.errors import DataError
from ocr_cli.features import FeatureSettings, extract
from ocr_cli.network.mlp import MLP
from ocr_cli.network.model_file import ModelFile
from ocr_cli.segmentation.crop import CROP_SIZE, MARGIN, STROKE_RANGE
from ocr_cli.training.loop import Epoch, Training, TrainingSettings, fit
from ocr_cli.training.sources import ArraySource, BatchSource, DeformedSource

SYNTHETIC_CLASSES = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
"""What the synthetic hand writes if it is not told."""
SYNTHETIC_VERSIONS = 10
"""Deformed copies that stand for more writers: deforming a crop takes a tenth of the time of drawing one."""
_SYNTHETIC_WRITERS = 300


def load_samples(paths: Sequence[str | Path], classes: str | None = None, seed: int = 0) -> Dataset:
    """The data sets at ``paths`` as one, or, if there are none, characters of the built-in synthetic hand.

    Args:
        paths: files and folders that ``load_dataset`` knows.
        classes: characters to keep (or to draw); all that there are, or capitals and digits, if None.
        seed: of the synthetic hand.

    Raises:
        DataError: if a set cannot be read, or none of the classes is in them.
    """
    if not paths:
        return draw_dataset(
            "".join(sorted(set(classes or SYNTHETIC_CLASSES))),
            writers=_SYNTHETIC_WRITERS,
            samples_per_class=1,
            seed=seed,
        )
    # The name goes into the model file, which may be given away: whose folders the data lay in is nobody's.
    name = " + ".join(Path(path).name for path in paths)
    samples = concatenate([load_dataset(path) for path in paths], name)
    return samples if classes is None else samples.select(np.isin(samples.labels, list(classes)))


def train_model(
    training: Dataset,
    validation: Dataset | None = None,
    *,
    features: FeatureSettings,
    settings: TrainingSettings,
    hidden: Sequence[int] = (64,),
    activation: str = "sigmoid",
    initialisation: str = "xavier",
    deformation: Deformation | None = None,
    versions: int | None = None,
    on_batch: Callable[[float], None] | None = None,
    on_epoch: Callable[[Epoch], None] | None = None,
) -> tuple[ModelFile, Training]:
    """Train a classifier of the characters that ``training`` holds.

    Args:
        training: crops to learn from; its labels become the classes.
        validation: crops to choose the best epoch by; those of other classes are not used.
        features: what the network is given of a crop.
        settings: how it is trained; the seed also draws the first weights.
        hidden: units of each hidden layer; none for plain multinomial regression.
        activation: ``sigmoid``, ``tanh`` or ``relu``.
        initialisation: ``zero``, ``xavier`` or ``he``.
        deformation: if given, every epoch sees the crops deformed anew.
        versions: deformed copies of the set to use in turn, see ``DeformedSource``.
        on_batch: see ``fit``.
        on_epoch: see ``fit``.

    Returns:
        The best network as a model, and the course of the training.

    Raises:
        DataError: if there are fewer than two classes, or the training breaks down.
        ValueError: if a size or a name is unknown.
        KeyboardInterrupt: on Ctrl-C before the first epoch is over.
    """
    classes = training.classes
    if len(classes) < 2:
        raise DataError(f"{training.name}: all samples are {classes[0]!r}; there is nothing to tell apart")
    targets = np.searchsorted(classes, training.labels)
    network = MLP(
        [features.size, *hidden, len(classes)],
        activation,
        initialisation,
        np.random.default_rng(settings.seed),
    )
    source: BatchSource
    if deformation:
        source = DeformedSource(
            training.images,
            targets,
            features,
            deformation,
            settings.batch_size,
            settings.seed,
            versions,
        )
    else:
        source = ArraySource(extract(training.images, features), targets, settings.batch_size, settings.seed)
    held_out = None if validation is None else _known_samples(validation, classes, features)
    result = fit(network, source, settings, validation=held_out, on_batch=on_batch, on_epoch=on_epoch)
    best = result.best_epoch
    model = ModelFile(
        network=result.best,
        classes=classes,
        settings={
            "features": features.to_dict(),
            "crop": {"size": CROP_SIZE, "margin": MARGIN, "stroke_range": list(STROKE_RANGE)},
            "temperature": 1.0,
        },
        provenance={
            "program": f"ocr_cli {ocr_cli.__version__}",
            "numpy": np.__version__,
            "data": training.name,
            "samples": len(training),
            "validation_samples": len(held_out[1]) if held_out else 0,
            "network": {"sizes": list(network.sizes), "activation": activation, "init": initialisation},
            "training": settings.to_dict(),
            "deformation": asdict(deformation) | {"versions": versions} if deformation else None,
            "epoch": best.number,
            "training_score": asdict(best.training),
            "validation_score": asdict(best.validation) if best.validation else None,
        },
    )
    return model, result


def _known_samples(
    dataset: Dataset, classes: tuple[str, ...], features: FeatureSettings
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.intp]] | None:
    known = np.isin(dataset.labels, classes)
    if not known.any():
        return None
    return extract(dataset.images[known], features), np.searchsorted(classes, dataset.labels[known])
