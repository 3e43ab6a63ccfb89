"""A training from its data to the model's file: what ``ocr train`` does, for whoever calls from Python."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ocr_cli.datasets.augment import Deformation
from ocr_cli.datasets.dataset import Dataset, split_by_writer
from ocr_cli.features import FeatureSettings
from ocr_cli.model_store import find_model
from ocr_cli.network.model_file import ModelFile, save_model
from ocr_cli.training.ancestor import Ancestor, load_ancestor
from ocr_cli.training.loop import Epoch, Training, TrainingSettings
from ocr_cli.training.recipe import SYNTHETIC_VERSIONS, load_samples, train_model

RATE, FINE_TUNING_RATE = 0.01, 0.001
"""Learning rates. A trained network wants smaller steps: at the first, it unlearns what the data lack."""


class Trained(NamedTuple):
    """What came of a training.

    Attributes:
        model: the best epoch's, which ``Reader`` takes.
        course: loss and accuracy of each epoch.
    """

    model: ModelFile
    course: Training


def train(
    data: Sequence[str | Path] = (),
    *,
    output: str | Path | None = None,
    init_from: str | Path | None = None,
    rehearse: bool = False,
    classes: str | None = None,
    validation: float = 0.1,
    learning_rate: float | None = None,
    hidden: Sequence[int] = (64,),
    activation: str = "sigmoid",
    initialisation: str = "xavier",
    features: str = "pixels",
    augment: bool = False,
    half: bool = False,
    on_epoch: Callable[[Epoch], None] | None = None,
    **settings: Any,
) -> Trained:
    """Train a network on labelled characters, as ``ocr train`` does, whose defaults hold.

    Args:
        data: sets that ``ocr train`` takes; characters that are drawn here if there are none.
        output: the model's file; none is written if None.
        init_from: name or path of a model to start from; ``hidden``, ``activation``, ``initialisation`` and
            ``features`` are then its own.
        rehearse: with it, learn what it says of other characters, too, so that it forgets less.
        classes: characters to learn; all in the data if None.
        validation: share of the data to hold out, in [0, 1); the epoch that reads most of it is kept.
        learning_rate: 0.01 if None; 0.001 with ``init_from``.
        hidden: units of each hidden layer.
        activation: ``sigmoid``, ``tanh`` or ``relu``.
        initialisation: ``xavier``, ``he`` or ``zero``.
        features: ``pixels`` or ``gradient``.
        augment: whether characters are deformed anew for each epoch.
        half: whether the file has weights of 16 bits.
        on_epoch: told of each epoch.
        settings: further ones of ``training.loop.TrainingSettings``: ``epochs``, ``batch_size``, ``seed``...

    Raises:
        DataError: if a set cannot be used, there are fewer than two classes, or the training breaks down.
        ModelFileError: if the model to start from cannot be used.
        OutputError: if the file cannot be written.
        ValueError: if a setting is out of range.
    """
    if learning_rate is None:
        learning_rate = FINE_TUNING_RATE if init_from else RATE
    arguments = training_arguments(
        learning_rate=learning_rate,
        hidden=hidden,
        activation=activation,
        initialisation=initialisation,
        features=features,
        augment=augment,
        drawn=not data,
        **settings,
    )
    if init_from:
        arguments |= inherited(load_ancestor(find_model(init_from)))
    samples = split_samples(data, classes, validation, arguments["settings"].seed)
    return trained(*samples, output, half=half, rehearse=rehearse, on_epoch=on_epoch, **arguments)


def training_arguments(
    *,
    learning_rate: float,
    hidden: Sequence[int],
    activation: str,
    initialisation: str,
    features: str,
    augment: bool,
    drawn: bool,
    **settings: Any,
) -> dict[str, Any]:
    """What ``train_model`` is told beside the data.

    All parameters are those of ``train``, but for ``drawn``: whether the data are characters of the synthetic
    hand. These are always deformed, if only in a few versions, because it writes too regularly.

    Raises:
        ValueError: if a value is out of range.
    """
    return {
        "settings": TrainingSettings(learning_rate=learning_rate, **settings),
        "features": FeatureSettings(kind=features),  # type: ignore[arg-type]  # checked when it is made
        "hidden": hidden,
        "activation": activation,
        "initialisation": initialisation,
        "deformation": Deformation() if augment or drawn else None,
        "versions": None if augment else SYNTHETIC_VERSIONS,
    }


def inherited(ancestor: Ancestor) -> dict[str, Any]:
    """What ``train_model`` is told about the model to start from."""
    network = ancestor.model.network
    return {
        "hidden": network.sizes[1:-1],
        "activation": network.activation,
        "features": ancestor.features,
        "ancestor": ancestor,
    }


def split_samples(
    data: Sequence[str | Path],
    classes: str | None,
    validation: float,
    seed: int,
    on_writer: Callable[[], object] | None = None,
) -> tuple[Dataset, Dataset | None]:
    """The samples to learn from and those held out, None of them if ``validation`` is 0.

    Args:
        data: sets; characters that are drawn if there are none.
        classes: characters to keep; all if None.
        validation: share to hold out.
        seed: of the choice, and of what is drawn.
        on_writer: see ``load_samples``.

    Raises:
        DataError: if a set cannot be read, or none of the classes is in it.
    """
    samples = load_samples(data, classes, seed, on_writer)
    return split_by_writer(samples, validation, seed) if validation else (samples, None)


def trained(
    training: Dataset, held_out: Dataset | None, output: str | Path | None, *, half: bool, **arguments: Any
) -> Trained:
    """Train, and write the model.

    Args:
        training: to learn from.
        held_out: to choose the epoch by.
        output: the model's file, if one is to be written.
        half: whether it has weights of 16 bits.
        arguments: further ones of ``train_model``, which raises what this does.

    Raises:
        OutputError: if the file cannot be written.
    """
    result = Trained(*train_model(training, held_out, **arguments))
    if output is not None:
        save_model(output, result.model, dtype="float16" if half else "float32")
    return result
