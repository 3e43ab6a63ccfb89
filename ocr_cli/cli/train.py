"""``ocr train``: labelled characters in, a model file out."""

from __future__ import annotations

import contextlib
import sys
from types import TracebackType
from typing import TYPE_CHECKING, Any

import click

from ocr_cli.cli.console import emit, note
from ocr_cli.errors import ExitCode

if TYPE_CHECKING:
    from ocr_cli.training.loop import Epoch


def _layers(ctx: click.Context, param: click.Parameter, value: str) -> tuple[int, ...]:
    try:
        units = tuple(int(part) for part in value.split(","))
    except ValueError:
        units = ()
    if not units or min(units) < 1:
        raise click.BadParameter(f"{value!r} is not a list of unit counts such as 64 or 1024,512.")
    return units


_SHARE = click.FloatRange(0, 1, max_open=True)


@click.command()
@click.argument("data", nargs=-1, metavar="[DATA]...")
@click.option(
    "--output",
    "-o",
    default="model.npz",
    show_default=True,
    metavar="FILE",
    help="Where the model goes. It replaces an old one only when it is complete.",
)
@click.option(
    "--lr",
    type=click.FloatRange(0, min_open=True),
    default=0.01,
    show_default=True,
    help="Learning rate, of the sum over a batch, see --reduction. Momentum wants about a tenth of what "
    "plain descent does, adam about 0.001.",
)
@click.option("--batch-size", type=click.IntRange(1), default=48, show_default=True, help="Samples a step.")
@click.option("--epochs", type=click.IntRange(1), default=40, show_default=True, help="Passes over the data.")
@click.option(
    "--hidden",
    callback=_layers,
    default="64",
    show_default=True,
    metavar="N[,N...]",
    help="Units of each hidden layer, the first one first: 1024,512 makes two.",
)
@click.option(
    "--activation",
    type=click.Choice(["sigmoid", "tanh", "relu"]),
    default="sigmoid",
    show_default=True,
    help="Of the hidden layers.",
)
@click.option(
    "--init",
    type=click.Choice(["xavier", "he", "zero"]),
    default="xavier",
    show_default=True,
    help="First weights: xavier suits sigmoid and tanh, he suits relu, zero shows why they must be random.",
)
@click.option(
    "--optimiser",
    "--optimizer",
    type=click.Choice(["sgd", "momentum", "adam"]),
    default="sgd",
    show_default=True,
    help="How gradients move the weights.",
)
@click.option(
    "--reduction",
    type=click.Choice(["sum", "mean"]),
    default="sum",
    show_default=True,
    help="Whether a batch's gradients are added or averaged. The course's recipe adds them: its rate of 0.01 "
    "is worth 0.48 on the mean of 48 samples.",
)
@click.option(
    "--schedule",
    type=click.Choice(["constant", "cosine"]),
    default="constant",
    show_default=True,
    help="Whether the rate stays or sinks to 0 along a cosine.",
)
@click.option(
    "--warmup",
    type=click.FloatRange(0),
    default=0.0,
    metavar="EPOCHS",
    help="Epochs over which the rate first grows from 0.",
)
@click.option("--dropout", type=_SHARE, default=0.0, help="Share of the hidden units silenced at each step.")
@click.option("--label-smoothing", type=_SHARE, default=0.0, help="Probability spread over all classes.")
@click.option(
    "--weight-decay",
    type=click.FloatRange(0),
    default=0.0,
    help="Shrinks weights at each step, times the rate.",
)
@click.option(
    "--weight-average",
    type=_SHARE,
    default=0.0,
    metavar="MEMORY",
    help="Keep a running mean of the weights, with a memory such as 0.999 a step, instead of the last ones.",
)
@click.option(
    "--features",
    type=click.Choice(["pixels", "gradient"]),
    default="pixels",
    show_default=True,
    help="What the network is given: the 1024 grey values, or the strengths of stroke directions.",
)
@click.option(
    "--augment", is_flag=True, help="Deform the characters anew for each epoch. Slower, much better."
)
@click.option(
    "--classes",
    metavar="CHARACTERS",
    help="Learn only these, for example ABC123.  [default: all in the data]",
)
@click.option(
    "--validation",
    type=_SHARE,
    default=0.1,
    show_default=True,
    metavar="SHARE",
    help="Share of the data to hold out, whole writers where they are known. The epoch that reads most of it "
    "is kept. 0 holds out none.",
)
@click.option(
    "--seed",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="The same seed and data give the same model.",
)
@click.option(
    "--half", is_flag=True, help="Store the weights in 16 bits: half the size, hardly a difference."
)
@click.option(
    "--plot",
    metavar="PICTURE",
    help="Draw loss and accuracy over the epochs (.png, .svg, .pdf); needs the extra 'plot'.",
)
@click.pass_context
def train(
    ctx: click.Context,
    /,
    data: tuple[str, ...],
    output: str,
    hidden: tuple[int, ...],
    activation: str,
    init: str,
    features: str,
    augment: bool,
    classes: str | None,
    validation: float,
    half: bool,
    plot: str | None,
    **options: Any,
) -> None:
    """Train a network on labelled characters and write it to a file that 'ocr read --model' takes.

    DATA may be a NIST36, NIST26 or EMNIST .mat file, EMNIST or MNIST idx files (plain or .gz), an .npz with
    images and labels, a .csv of label and pixels, or a folder with one sub-folder a class; several are
    joined. Without DATA the network learns from characters that ocr draws itself, in about a minute.

    The defaults are a computer-vision course's recipe: 64 sigmoid units, batches of 48, rate 0.01, 40 epochs.

    The last line, on standard output, says what was written. Ctrl-C ends the training, keeps the best epoch
    so far and exits with status 130.
    """
    from ocr_cli.datasets.augment import Deformation
    from ocr_cli.datasets.dataset import split_by_writer
    from ocr_cli.features import FeatureSettings
    from ocr_cli.files import check_writable
    from ocr_cli.network.model_file import save_model
    from ocr_cli.training.loop import TrainingSettings
    from ocr_cli.training.plots import check_picture, plot_history
    from ocr_cli.training.recipe import SYNTHETIC_VERSIONS, load_samples, train_model

    options["learning_rate"] = options.pop("lr")
    options["warmup_epochs"] = options.pop("warmup")
    try:
        settings = TrainingSettings(**options)
        feature_settings = FeatureSettings(kind=features)  # type: ignore[arg-type]  # click has checked it
    except ValueError as error:
        raise click.UsageError(f"{error}.") from error
    check_writable(output)
    if plot:
        check_picture(plot)
    if not data:
        note("no DATA given: drawing characters of the built-in synthetic hand")
    samples = load_samples(data, classes, settings.seed)
    training, held_out = (
        split_by_writer(samples, validation, settings.seed) if validation else (samples, None)
    )
    batches = -(-len(training) // settings.batch_size)
    with _Progress(settings.epochs, batches) as progress:
        model, result = train_model(
            training,
            held_out,
            features=feature_settings,
            settings=settings,
            hidden=hidden,
            activation=activation,
            initialisation=init,
            deformation=Deformation() if augment or not data else None,
            versions=None if augment else SYNTHETIC_VERSIONS,
            on_batch=progress.on_batch,
            on_epoch=progress.on_epoch,
        )
    save_model(output, model, dtype="float16" if half else "float32")
    if plot:
        units = "-".join(map(str, hidden))
        plot_history(plot, result.history, f"{units} {activation} units, rate {settings.learning_rate:g}")
    best = result.best_epoch
    kind = "held-out" if best.validation else "training"
    share = f"{best.score.accuracy:.2%} of the {kind} characters read right"
    emit(f"{output}: {len(model.classes)} classes, {share} after epoch {best.number}\n")
    if result.interrupted:
        done = len(result.history)
        note(f"interrupted after {done} epochs: the best so far, epoch {best.number}, was kept")
        ctx.exit(ExitCode.INTERRUPTED)


class _Progress:
    """A bar on a terminal, else a line an epoch; both on standard error."""

    def __init__(self, epochs: int, batches: int) -> None:
        self._epochs = epochs
        self._state = f"1/{epochs}"
        self._stride = max(1, epochs * batches // 400)
        self._pending = 0
        terminal = sys.stderr is not None and sys.stderr.isatty()
        # With all it shows, the bar must fit on a terminal of 80 columns.
        self._bar = (
            click.progressbar(
                range(epochs * batches),
                file=sys.stderr,
                width=8,
                show_percent=False,
                item_show_func=lambda _: self._state,
            )
            if terminal
            else None
        )

    def __enter__(self) -> _Progress:
        if self._bar:
            self._bar.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.__exit__(kind, error, trace)

    def on_batch(self, loss: float) -> None:
        """Move the bar on, though not for every single batch: drawing it takes as long as one."""
        self._pending += 1
        if self._bar and self._pending >= self._stride:
            self._bar.update(self._pending)
            self._pending = 0

    def on_epoch(self, epoch: Epoch) -> None:
        """Show what the epoch brought."""
        trained, held_out = epoch.training, epoch.validation
        self._state = (
            f"{epoch.number}/{self._epochs}  loss {trained.loss:.3f} accuracy {trained.accuracy:.1%}"
        )
        if held_out:
            self._state += f"  held out {held_out.loss:.3f} {held_out.accuracy:.1%}"
        if self._bar:
            self._bar.update(self._pending)
            self._pending = 0
            self._bar.render_progress()
        else:
            left = epoch.seconds / epoch.number * (self._epochs - epoch.number)
            with contextlib.suppress(OSError):  # Whoever read along may leave; the training goes on.
                click.echo(f"epoch {self._state}  {left:.0f} s left", err=True)
