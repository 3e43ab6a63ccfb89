"""From labelled crops to a model file's content: features, network and training put together."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ocr_cli.alphabet import CAPITALS, DIGITS
from ocr_cli.classifier import settings_of, temperature_of
from ocr_cli.datasets.augment import Deformation
from ocr_cli.datasets.dataset import Dataset, concatenate
from ocr_cli.datasets.loaders import load_dataset
from ocr_cli.datasets.not_characters import draw_not_characters
from ocr_cli.errors import CheckpointError, DataError
from ocr_cli.features import FeatureSettings, extract
from ocr_cli.network.mlp import MLP, Targets
from ocr_cli.network.model_file import ModelFile
from ocr_cli.training.ancestor import Ancestor
from ocr_cli.training.balanced import Prefetched
from ocr_cli.training.calibration import fit_temperature
from ocr_cli.training.checkpoint import Checkpoint
from ocr_cli.training.distillation import CompletedSource
from ocr_cli.training.drawn import drawn_samples
from ocr_cli.training.loop import Epoch, StateError, Training, TrainingSettings, TrainingState, fit
from ocr_cli.training.rehearsal import draw_rehearsal, old_opinion
from ocr_cli.training.sources import ArraySource, BatchSource, DeformedSource
from ocr_cli.version import __version__

SYNTHETIC_CLASSES = CAPITALS + DIGITS
"""What the synthetic hand writes if it is not told."""
SYNTHETIC_VERSIONS = 10
"""Deformed copies that stand for more writers: deforming a crop takes a tenth of the time of drawing one."""
SYNTHETIC_WRITERS = 300
"""People of the synthetic hand who write them."""
_REHEARSAL_WRITERS = 60
"""People of the synthetic hand whose characters are rehearsed."""
_FEW_HELD_OUT = 50
"""Fewer may all be right by chance: then the temperature of a network's ancestor is the better guess."""
_NOT_CHARACTERS = 1 / 12
"""Crops of no character for each sample, if the network has an output for them."""


def load_samples(
    paths: Sequence[str | Path],
    classes: str | None = None,
    seed: int = 0,
    on_writer: Callable[[], object] | None = None,
) -> Dataset:
    """The data sets at ``paths`` as one, or, if there are none, characters of the built-in synthetic hand.

    Args:
        paths: files and folders that ``load_dataset`` knows.
        classes: characters to keep (or to draw); all that there are, or capitals and digits, if None.
        seed: of the synthetic hand.
        on_writer: called when what one more of its ``SYNTHETIC_WRITERS`` writes is drawn.

    Raises:
        DataError: if a set cannot be read, or none of the classes is in them.
    """
    if not paths:
        drawn = "".join(sorted(set(classes or SYNTHETIC_CLASSES)))
        return drawn_samples(drawn, SYNTHETIC_WRITERS, seed, on_writer)
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
    ancestor: Ancestor | None = None,
    rehearse: bool = False,
    resume: Checkpoint | None = None,
    on_checkpoint: Callable[[Checkpoint], None] | None = None,
    on_batch: Callable[[float], None] | None = None,
    on_epoch: Callable[[Epoch], None] | None = None,
) -> tuple[ModelFile, Training]:
    """Train a classifier of the characters that ``training`` holds.

    Args:
        training: crops to learn from; its labels become the classes.
        validation: crops to choose the best epoch and the temperature by; those of other classes are not
            used.
        features: what the network is given of a crop.
        settings: how it is trained; the seed also draws the first weights.
        hidden: units of each hidden layer; none for plain multinomial regression.
        activation: ``sigmoid``, ``tanh`` or ``relu``.
        initialisation: ``zero``, ``xavier`` or ``he``.
        deformation: if given, every epoch sees the crops deformed anew.
        versions: deformed copies of the set to use in turn, see ``DeformedSource``.
        ancestor: start from this model's weights instead of drawn ones. ``features``, ``hidden`` and
            ``activation`` must be its own. Its classes stay, see ``Ancestor.classes``; if one is the output
            for what is no character, crops of that kind, made of ``training``, are learned as well.
        rehearse: learn as many characters of the synthetic hand and prototypes as samples with what the
            ancestor says of them, see ``training.rehearsal``.
        resume: go on from here; the result becomes the same as if the training had never stopped.
        on_checkpoint: called after each epoch with what can be given as ``resume``. The training goes on with
            its very arrays: copy or write them before returning.
        on_batch: see ``fit``.
        on_epoch: see ``fit``.

    Returns:
        The best network as a model, and the course of the training.

    Raises:
        DataError: if there are fewer than two classes, or the training breaks down.
        CheckpointError: if ``resume`` is of another training.
        ValueError: if a size or a name is unknown, or does not fit the ancestor.
        KeyboardInterrupt: on Ctrl-C before the first epoch is over.
    """
    if len(training.classes) < 2:
        raise DataError(
            f"{training.name}: all samples are {training.classes[0]!r}; there is nothing to tell apart"
        )
    rng = np.random.default_rng(settings.seed)
    if ancestor:
        classes = ancestor.classes(training.classes)
        network = ancestor.network(classes, rng)
        if (features, tuple(hidden), activation) != (
            ancestor.features,
            network.sizes[1:-1],
            network.activation,
        ):
            raise ValueError("the features, hidden units or activation are not the ancestor's")
    elif rehearse:
        raise ValueError("nothing to rehearse without an ancestor")
    else:
        classes = training.classes
        network = MLP([features.size, *hidden, len(classes)], activation, initialisation, rng)
    recipe = {
        "program": f"ocr_cli {__version__}",
        "network": {
            "sizes": list(network.sizes),
            "activation": activation,
            "init": None if ancestor else initialisation,
        },
        "training": settings.to_dict(),
        "deformation": asdict(deformation) | {"versions": versions} if deformation else None,
    }
    if rehearse and ancestor:
        prototypes = ancestor.model.prototypes
        recipe["rehearsal"] = {
            "writers": _REHEARSAL_WRITERS,
            "prototypes": len(prototypes.labels) if prototypes else 0,
        }
    fingerprint = _fingerprint(recipe, features, training, validation, ancestor)
    if resume:
        resume.check(fingerprint)

    def keep(state: TrainingState) -> None:
        if on_checkpoint:
            on_checkpoint(Checkpoint(fingerprint, state))

    held_out = None if validation is None else _known_samples(validation, classes, features)
    source = _source(
        training, classes, features, settings, deformation, versions, ancestor if rehearse else None
    )
    try:
        result = fit(
            network,
            source,
            settings,
            validation=held_out,
            start=resume.state if resume else None,
            on_state=keep,
            on_batch=on_batch,
            on_epoch=on_epoch,
        )
    except StateError as error:
        raise CheckpointError(f"the checkpoint is not whole: {error}") from error
    best = result.best_epoch
    model = ModelFile(
        network=result.best,
        classes=classes,
        settings=settings_of(
            features,
            _temperature(result.best, held_out, ancestor),
            ancestor.model.settings.get("prices") if ancestor else None,
        ),
        provenance=recipe
        | {
            "numpy": np.__version__,
            "data": training.name,
            "samples": len(training),
            "validation_samples": len(held_out[1]) if held_out else 0,
            "init_from": ancestor.provenance() if ancestor else None,
            "epoch": best.number,
            "training_score": asdict(best.training),
            "validation_score": asdict(best.validation) if best.validation else None,
        },
        prototypes=ancestor.model.prototypes if ancestor else None,
    )
    return model, result


def count_batches(
    training: Dataset, settings: TrainingSettings, ancestor: Ancestor | None = None, *, rehearse: bool = False
) -> int:
    """Batches an epoch of ``train_model``."""
    rejects = ancestor is not None and "" in ancestor.model.classes
    samples = (1 + rehearse) * len(training) + rejects * _blots(training)
    return math.ceil(samples / settings.batch_size)


def _blots(training: Dataset) -> int:
    """How many crops of no character are learned, if the network has an output for them."""
    return math.ceil(len(training) * _NOT_CHARACTERS)


def _source(
    training: Dataset,
    classes: tuple[str, ...],
    features: FeatureSettings,
    settings: TrainingSettings,
    deformation: Deformation | None,
    versions: int | None,
    rehearsed: Ancestor | None,
) -> BatchSource:
    """The batches; with ``rehearsed``, half of the characters are what that model is not to forget."""
    targets: Targets
    crops, targets = training.images, _indices(training.labels, classes)
    if "" in classes:
        blots = draw_not_characters(training, _blots(training), settings.seed)
        crops = np.concatenate([crops, blots])
        targets = np.concatenate([targets, np.full(len(blots), classes.index(""))])
    size, seed = settings.batch_size, settings.seed
    if rehearsed:
        hand = draw_rehearsal(rehearsed.model, _REHEARSAL_WRITERS, seed).images
        crops = np.concatenate([crops, hand[np.arange(len(training)) % len(hand)]])
        rows = np.zeros((len(crops), len(classes)), np.float32)
        rows[np.arange(len(targets)), targets] = 1
        targets = rows
    source: BatchSource
    if deformation is None:
        source = ArraySource(extract(crops, features), targets, size, seed)
    else:
        source = DeformedSource(crops, targets, features, deformation, size, seed, versions)
    if rehearsed:
        source = CompletedSource(source, [old_opinion(rehearsed, classes)])
    return source if deformation is None else Prefetched(source)


def _fingerprint(
    recipe: Mapping[str, Any],
    features: FeatureSettings,
    training: Dataset,
    validation: Dataset | None,
    ancestor: Ancestor | None,
) -> dict[str, Any]:
    """See ``Checkpoint.fingerprint``; flat, so that a message can name what differs."""
    return {
        "program": recipe["program"],
        **recipe["network"],
        **recipe["training"],
        "deformation": recipe["deformation"],
        "rehearsal": recipe.get("rehearsal"),
        "features": features.to_dict(),
        "classes": list(training.classes),
        "data": _digest(training),
        "held-out data": _digest(validation) if validation else None,
        "init_from": ancestor.sha256 if ancestor else None,
    }


def _digest(dataset: Dataset) -> str:
    digest = hashlib.sha256(np.ascontiguousarray(dataset.images).data)
    digest.update("".join(dataset.labels).encode())
    return digest.hexdigest()


def _indices(labels: npt.NDArray[np.str_], classes: tuple[str, ...]) -> npt.NDArray[np.intp]:
    """Where each label stands among the classes, which may be in any order."""
    order = np.argsort(classes)
    return order[np.searchsorted(classes, labels, sorter=order)]


def _known_samples(
    dataset: Dataset, classes: tuple[str, ...], features: FeatureSettings
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.intp]] | None:
    known = np.isin(dataset.labels, classes)
    if not known.any():
        return None
    return extract(dataset.images[known], features), _indices(dataset.labels[known], classes)


def _temperature(
    network: MLP,
    held_out: tuple[npt.NDArray[np.float32], npt.NDArray[np.intp]] | None,
    ancestor: Ancestor | None,
) -> float:
    """What the logits are divided by: fitted to held-out samples, else the ancestor's, else 1."""
    if ancestor and (held_out is None or len(held_out[1]) < _FEW_HELD_OUT):
        return temperature_of(ancestor.model)
    if held_out is None:
        return 1.0
    features, labels = held_out
    return fit_temperature(network.forward(features), labels)
