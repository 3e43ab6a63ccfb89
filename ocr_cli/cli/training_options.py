"""What ``ocr train`` and ``ocr compare`` share: the options of a training and what they stand for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ocr_cli.cli.console import note
from ocr_cli.cli.options import Number

if TYPE_CHECKING:
    from ocr_cli.datasets.dataset import Dataset

_MOST_UNITS = 100_000
_MOST = 1_000_000_000
"""Epochs and samples: nobody waits for so many."""
LARGEST_SEED = 2**63 - 1
"""Of all that is drawn at random."""
_Command = TypeVar("_Command", bound=Callable[..., Any])


def training_options(*, repeatable: bool = False) -> Callable[[_Command], _Command]:
    """Declares the options of a training on a command.

    Args:
        repeatable: whether each setting that takes a value may be given more than once; the command then gets
            a tuple of values.
    """

    def declare(command: _Command) -> _Command:
        for option in reversed((*_settings(repeatable), *_DATA_OPTIONS)):
            command = option(command)
        return command

    return declare


def _units(value: str) -> tuple[int, ...]:
    """Numbers between commas; click calls it for the default, too."""
    try:
        units = tuple(int(part) for part in value.split(","))
    except ValueError:
        units = ()
    if not units or min(units) < 1 or max(units) > _MOST_UNITS:
        raise click.BadParameter(f"{value!r} is not a list of unit counts such as 64 or 1024,512.")
    return units


_SHARE = Number(0, 1, max_open=True)


def _settings(repeatable: bool) -> list[Callable[[_Command], _Command]]:
    def setting(*names: str, default: Any, **attributes: Any) -> Callable[[_Command], _Command]:
        default = (default,) if repeatable else default
        return click.option(*names, default=default, multiple=repeatable, **attributes)

    return [
        setting(
            "--lr",
            type=Number(0, min_open=True),
            default=0.01,
            show_default=True,
            help="Learning rate, of the sum over a batch, see --reduction. Momentum wants about a tenth of "
            "what plain descent does, adam about 0.001.",
        ),
        setting(
            "--batch-size",
            type=click.IntRange(1, _MOST),
            default=48,
            show_default=True,
            help="Samples a step.",
        ),
        setting(
            "--epochs",
            type=click.IntRange(1, _MOST),
            default=40,
            show_default=True,
            help="Passes over the data.",
        ),
        setting(
            "--hidden",
            type=_units,
            default="64",
            show_default=True,
            metavar="N[,N...]",
            help="Units of each hidden layer, the first one first: 1024,512 makes two.",
        ),
        setting(
            "--activation",
            type=click.Choice(["sigmoid", "tanh", "relu"]),
            default="sigmoid",
            show_default=True,
            help="Of the hidden layers.",
        ),
        setting(
            "--init",
            type=click.Choice(["xavier", "he", "zero"]),
            default="xavier",
            show_default=True,
            help="First weights: xavier suits sigmoid and tanh, he suits relu, zero shows why they must be "
            "random.",
        ),
        setting(
            "--optimiser",
            "--optimizer",
            type=click.Choice(["sgd", "momentum", "adam"]),
            default="sgd",
            show_default=True,
            help="How gradients move the weights.",
        ),
        setting(
            "--reduction",
            type=click.Choice(["sum", "mean"]),
            default="sum",
            show_default=True,
            help="Whether a batch's gradients are added or averaged. The course's recipe adds them: its rate "
            "of 0.01 is worth 0.48 on the mean of 48 samples.",
        ),
        setting(
            "--schedule",
            type=click.Choice(["constant", "cosine"]),
            default="constant",
            show_default=True,
            help="Whether the rate stays or sinks to 0 along a cosine.",
        ),
        setting(
            "--warmup",
            type=Number(0),
            default=0.0,
            metavar="EPOCHS",
            help="Epochs over which the rate first grows from 0.",
        ),
        setting(
            "--dropout", type=_SHARE, default=0.0, help="Share of the hidden units silenced at each step."
        ),
        setting("--label-smoothing", type=_SHARE, default=0.0, help="Probability spread over all classes."),
        setting(
            "--weight-decay",
            type=Number(0),
            default=0.0,
            help="Shrinks weights at each step, times the rate.",
        ),
        setting(
            "--weight-average",
            type=_SHARE,
            default=0.0,
            metavar="MEMORY",
            help="Keep a running mean of the weights, with a memory such as 0.999 a step, instead of the "
            "last ones.",
        ),
        setting(
            "--features",
            type=click.Choice(["pixels", "gradient"]),
            default="pixels",
            show_default=True,
            help="What the network is given: the 1024 grey values, or the strengths of stroke directions.",
        ),
        setting(
            "--seed",
            type=click.IntRange(0, LARGEST_SEED),
            default=0,
            show_default=True,
            help="The same seed and data give the same model.",
        ),
    ]


_DATA_OPTIONS = (
    click.option(
        "--augment", is_flag=True, help="Deform the characters anew for each epoch. Slower, much better."
    ),
    click.option(
        "--classes",
        metavar="CHARACTERS",
        help="Learn only these, for example ABC123.  [default: all in the data]",
    ),
    click.option(
        "--validation",
        type=_SHARE,
        default=0.1,
        show_default=True,
        metavar="SHARE",
        help="Share of the data to hold out, whole writers where they are known. The epoch that reads most "
        "of it is kept. 0 holds out none.",
    ),
)


def checked_arguments(*, lr: float, warmup: float, init: str, drawn: bool, **options: Any) -> dict[str, Any]:
    """``training.run.training_arguments`` of the options, which are called alike but for some.

    Raises:
        click.UsageError: if a value is out of range.
    """
    from ocr_cli.training.run import training_arguments

    try:
        return training_arguments(
            learning_rate=lr, warmup_epochs=warmup, initialisation=init, drawn=drawn, **options
        )
    except ValueError as error:
        raise click.UsageError(f"{error}.") from error


def training_data(
    data: tuple[str, ...], classes: str | None, validation: float, seed: int
) -> tuple[Dataset, Dataset | None]:
    """The samples to learn from and those held out, None of them if ``validation`` is 0.

    Raises:
        DataError: if a set cannot be read, or none of the classes is in it.
    """
    from ocr_cli.cli.progress import steps
    from ocr_cli.training.recipe import SYNTHETIC_WRITERS
    from ocr_cli.training.run import split_samples

    if not data:
        note("no DATA given: characters of the built-in synthetic hand, which are drawn once and kept")
    with steps(0 if data else SYNTHETIC_WRITERS, "drawing") as on_writer:
        return split_samples(data, classes, validation, seed, on_writer)
