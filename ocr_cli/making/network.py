"""The network of a shipped model: its material weighed and drawn, a committee, and what learns from both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from ocr_cli.classifier import settings_of
from ocr_cli.datasets.dataset import Dataset
from ocr_cli.datasets.not_characters import draw_not_characters
from ocr_cli.datasets.synthetic import draw_dataset
from ocr_cli.features import extract
from ocr_cli.making.data import Source, draw_weights, load_training
from ocr_cli.making.recipes import Recipe
from ocr_cli.network.mlp import MLP
from ocr_cli.network.model_file import ModelFile
from ocr_cli.training.balanced import BalancedSource, Prefetched
from ocr_cli.training.calibration import fit_temperature
from ocr_cli.training.distillation import DistilledSource
from ocr_cli.training.loop import Epoch, TrainingSettings, fit
from ocr_cli.training.sources import BatchSource
from ocr_cli.version import __version__

Say: TypeAlias = Callable[[str], None]
"""Is told, line by line, how the work goes."""
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


def epoch_line(epoch: Epoch) -> str:
    """How a training goes, after an epoch."""
    line = f"epoch {epoch.number}: loss {epoch.training.loss:.3f}, accuracy {epoch.training.accuracy:.4f}"
    if epoch.validation:
        line += f"; held out {epoch.validation.loss:.3f}, {epoch.validation.accuracy:.4f}"
    return f"{line}; {epoch.seconds:.0f} s"


def prepare(recipe: Recipe, root: Path, say: Say) -> Material:
    """Load, clean and weigh the training sets.

    Args:
        recipe: names them.
        root: folder with characters/ and strokes/.
        say: is told of each set.
    """
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


def learn(
    name: str, recipe: Recipe, material: Material, settings: TrainingSettings, members: list[MLP], say: Say
) -> ModelFile:
    """Train one network, taught by the labels and the members of the committee.

    Args:
        name: of the model.
        recipe: its own.
        material: as ``prepare`` made it.
        settings: of this training.
        members: their networks, may be none.
        say: is told of each epoch.
    """
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
        on_epoch=lambda epoch: say(epoch_line(epoch)),
    )
    logits = result.last.forward(material.held_out)
    return ModelFile(
        result.last,
        material.order,
        settings_of(recipe.features, calibrate(logits, material.truth), recipe.prices),
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
    return fit_temperature(logits[known, :-1], truth[known], by_error=True)
