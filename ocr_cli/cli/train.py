"""``ocr train``: labelled characters in, a model file out."""

from __future__ import annotations

from typing import Any

import click

from ocr_cli.cli.console import emit, note
from ocr_cli.cli.progress import Progress
from ocr_cli.cli.training_options import training_arguments, training_data, training_options
from ocr_cli.errors import ExitCode


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
@training_options()
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
    from ocr_cli.files import check_writable
    from ocr_cli.network.model_file import save_model
    from ocr_cli.training.curves import plot_history
    from ocr_cli.training.plots import check_picture
    from ocr_cli.training.recipe import train_model

    arguments = training_arguments(**options, drawn=not data)
    settings = arguments["settings"]
    check_writable(output)
    if plot:
        check_picture(plot)
    training, held_out = training_data(data, classes, validation, settings.seed)
    batches = -(-len(training) // settings.batch_size)
    with Progress(settings.epochs, batches) as progress:
        model, result = train_model(
            training, held_out, **arguments, on_batch=progress.on_batch, on_epoch=progress.on_epoch
        )
    save_model(output, model, dtype="float16" if half else "float32")
    if plot:
        units = "-".join(map(str, options["hidden"]))
        title = f"{units} {options['activation']} units, rate {settings.learning_rate:g}"
        plot_history(plot, result.history, title)
    best = result.best_epoch
    kind = "held-out" if best.validation else "training"
    share = f"{best.score.accuracy:.2%} of the {kind} characters read right"
    emit(f"{output}: {len(model.classes)} classes, {share} after epoch {best.number}\n")
    if result.interrupted:
        done = len(result.history)
        note(f"interrupted after {done} epochs: the best so far, epoch {best.number}, was kept")
        ctx.exit(ExitCode.INTERRUPTED)
