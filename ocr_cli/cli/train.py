"""``ocr train``: labelled characters in, a model file out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from ocr_cli.cli.checkpoint_file import CheckpointFile
from ocr_cli.cli.console import emit, note, on_command_line, printable
from ocr_cli.cli.options import FILE, MODEL, claim
from ocr_cli.cli.progress import Progress
from ocr_cli.cli.training_options import checked_arguments, training_data, training_options
from ocr_cli.errors import DivergenceError, ExitCode


@click.command()
@click.argument("data", nargs=-1, type=FILE, metavar="[DATA]...")
@click.option(
    "--output",
    "-o",
    default="model.npz",
    show_default=True,
    type=FILE,
    metavar="FILE",
    help="Where the model goes. It replaces an old one only when it is complete.",
)
@click.option(
    "--resume",
    is_flag=True,
    help="Go on from FILE.checkpoint, which a stopped training leaves, to the same model as if it had "
    "never been stopped. Data and settings must be the same.",
)
@click.option(
    "--pages",
    multiple=True,
    type=FILE,
    metavar="FOLDER|CSV",
    help="Learn from the characters of pages or lines: a folder of pictures with transcripts beside them "
    "(NAME.gt.txt), or a .csv with the columns file and text. The model of --init-from, or block, finds the "
    "characters. May be given several times, and with DATA.",
)
@click.option(
    "--self-train",
    is_flag=True,
    help="With --pages: learn also from pictures without a transcript, from those lines that are read so "
    "surely that 97 % of the characters are right, as the pages held out tell.",
)
@click.option(
    "--lexicon",
    type=FILE,
    metavar="FILE",
    help="With --self-train: words to expect on pictures without a transcript, one a line.",
)
@training_options()
@click.option(
    "--init-from",
    type=MODEL,
    metavar="NAME|PATH",
    help="Start from the weights of this model (block, ./mine.npz), to teach it a hand of your own. Units, "
    "activation and features are the model's, and --lr is 0.001 if it is not given. The classes of the model "
    "are kept, and those that only the data have are added.",
)
@click.option(
    "--rehearse",
    is_flag=True,
    help="With --init-from: learn among the data as many characters that ocr draws itself, or that are "
    "prototypes in the model's file, with what the model says of them, so that it forgets less of what the "
    "data do not show.",
)
@click.option(
    "--half", is_flag=True, help="Store the weights in 16 bits: half the size, hardly a difference."
)
@click.option(
    "--plot",
    type=FILE,
    metavar="PICTURE",
    help="Draw loss and accuracy over the epochs (.png, .svg, .pdf); needs the extra 'plot'.",
)
@click.pass_context
def train(
    ctx: click.Context,
    /,
    data: tuple[str, ...],
    output: str,
    resume: bool,
    pages: tuple[str, ...],
    self_train: bool,
    lexicon: str | None,
    init_from: str | None,
    rehearse: bool,
    classes: str | None,
    validation: float,
    half: bool,
    plot: str | None,
    **options: Any,
) -> None:
    """Train a network on labelled characters and write it to a file that 'ocr read --model' takes.

    DATA may be a NIST36, NIST26 or EMNIST .mat file, EMNIST or MNIST idx files (plain or .gz), an .npz with
    images and labels, a .csv of label and pixels, or a folder with one sub-folder a class; several are
    joined. Without DATA and --pages the network learns from characters that ocr draws itself, in about a
    minute.

    The defaults are a computer-vision course's recipe: 64 sigmoid units, batches of 48, rate 0.01, 40 epochs.

    The last line, on standard output, says what was written. Ctrl-C ends the training, keeps the best epoch
    so far and exits with status 130.

    After each epoch all that is needed to go on is written to FILE.checkpoint; it goes when the model is
    written. After Ctrl-C, a crash or a power cut, the same command with --resume goes on from there.
    """
    from ocr_cli.datasets.loaders import files_of
    from ocr_cli.files import check_writable
    from ocr_cli.training.curves import plot_history
    from ocr_cli.training.plots import check_picture
    from ocr_cli.training.recipe import count_batches
    from ocr_cli.training.run import FINE_TUNING_RATE, trained

    if init_from and ctx.get_parameter_source("lr") is ParameterSource.DEFAULT:
        options["lr"] = FINE_TUNING_RATE
    for name, value, other in (("--self-train", self_train, pages), ("--lexicon", lexicon, self_train)):
        if value and not other:
            raise click.UsageError(f"{name} is for {'--pages' if other is pages else '--self-train'}.")
    if rehearse and not init_from:
        raise click.UsageError("--rehearse is for --init-from.")
    if self_train and not validation:
        raise click.UsageError("--self-train needs pages that are held out: --validation is 0.")
    arguments = checked_arguments(**options, drawn=not (data or pages))
    if init_from:
        arguments |= _inherited(ctx, init_from)
    settings = arguments["settings"]
    read: list[str | Path | None] = [lexicon, *(file for path in data for file in files_of(path))]
    if pages:
        from ocr_cli.learning.collection import collection_files

        read += collection_files(pages)
    checkpoint = CheckpointFile(output)
    writes: dict[str, str | Path | None] = {
        "--output": output,
        "the checkpoint": checkpoint.path,
        "--plot": plot,
    }
    claim(read, writes, model=init_from or "block")
    check_writable(output)
    if plot:
        check_picture(plot)
    start = checkpoint.start(resume)
    if pages:
        from ocr_cli.cli.train_pages import page_data

        training, held_out = page_data(
            pages,
            data,
            model=init_from or "block",
            lexicon=lexicon,
            self_train=self_train,
            classes=classes,
            validation=validation,
            seed=settings.seed,
        )
    else:
        training, held_out = training_data(data, classes, validation, settings.seed)
    batches = count_batches(training, settings, arguments.get("ancestor"), rehearse=rehearse)
    done = len(start.state.history) if start else 0
    try:
        with Progress(settings.epochs, batches, done) as progress:
            model, result = trained(
                training,
                held_out,
                output,
                half=half,
                rehearse=rehearse,
                **arguments,
                resume=start,
                on_checkpoint=checkpoint.save,
                on_batch=progress.on_batch,
                on_epoch=progress.on_epoch,
            )
    except DivergenceError:
        checkpoint.remove()
        raise
    if not result.interrupted:
        checkpoint.remove()
    if plot:
        units = "-".join(map(str, arguments["hidden"]))
        title = f"{units} {arguments['activation']} units, rate {settings.learning_rate:g}"
        plot_history(plot, result.history, title)
    best = result.best_epoch
    kind = "held-out" if best.validation else "training"
    share = f"{best.score.accuracy:.2%} of the {kind} characters read right"
    classes_learned = sum(map(bool, model.classes))  # but for the output for what is no character
    emit(f"{printable(output)}: {classes_learned} classes, {share} after epoch {best.number}\n")
    if result.interrupted:
        kept = (
            f"interrupted after {len(result.history)} epochs: the best so far, epoch {best.number}, was kept"
        )
        note(f"{kept}; --resume goes on" if checkpoint.ours else kept)
        ctx.exit(ExitCode.INTERRUPTED)


def _inherited(ctx: click.Context, init_from: str) -> dict[str, Any]:
    """What ``train_model`` is told about the model to start from.

    Raises:
        click.UsageError: if an option was given that says otherwise than the model.
        ModelFileError: if the model cannot be loaded.
    """
    from ocr_cli.model_store import find_model
    from ocr_cli.training.ancestor import load_ancestor
    from ocr_cli.training.run import inherited

    ancestor = load_ancestor(find_model(init_from))
    own = inherited(ancestor)
    given = {"hidden": own["hidden"], "activation": own["activation"], "features": ancestor.features.kind}
    for name, value in given.items():
        if on_command_line(ctx, name) and ctx.params[name] != value:
            text = ",".join(map(str, value)) if isinstance(value, tuple) else value
            raise click.UsageError(f"--{name}: the model of --init-from has {text}.")
    if on_command_line(ctx, "init"):
        raise click.UsageError("--init draws the first weights, --init-from takes them from a model.")
    return own
