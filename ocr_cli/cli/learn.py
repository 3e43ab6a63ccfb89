"""``ocr learn``: a hand's pages and their text in, a model that knows the hand out."""

from __future__ import annotations

import os
from contextlib import ExitStack

import click

from ocr_cli.cli.console import emit, note, printable
from ocr_cli.cli.harvest import harvest_pages, transcript_option
from ocr_cli.cli.options import FILE, MODELS, claim
from ocr_cli.cli.progress import Progress
from ocr_cli.cli.training_options import LARGEST_SEED
from ocr_cli.errors import ExitCode


@click.command()
@click.argument("pages", nargs=-1, required=True, type=FILE, metavar="PAGE...")
@transcript_option
@click.option(
    "--output",
    "-o",
    default="me.npz",
    show_default=True,
    type=FILE,
    metavar="FILE",
    help="Where the model goes. It replaces an old one only when it is complete.",
)
@click.option(
    "--model",
    "-m",
    default="auto",
    show_default=True,
    type=MODELS,
    metavar="NAME|PATH",
    help="The model to begin with: block, mixed, or a file, such as one that has learned other pages "
    "(./me.npz). auto: mixed if there are small letters in the texts, else block.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, LARGEST_SEED),
    default=0,
    show_default=True,
    help="The same seed and pages give the same model; it also says which lines are held back.",
)
def learn(pages: tuple[str, ...], texts: tuple[str, ...], output: str, model: str, seed: int) -> None:
    """Teach a model a hand from pages whose text is known, in less than a minute.

    Each PAGE is a picture, or a folder of pictures with transcripts beside them; see 'ocr harvest', which
    shows what is learned from. About ten lines are a good beginning.

    A fifth of the lines is held back. The model that reads them best is written; if none reads them better
    than the one it began with, that one is.
    """
    from ocr_cli.evaluation.transcripts import files_of, pair_transcripts
    from ocr_cli.files import check_writable
    from ocr_cli.learning.adapt import BATCHES, SETTINGS
    from ocr_cli.learning.run import said, taught
    from ocr_cli.model_store import find_model, is_file_name, name_for
    from ocr_cli.training.ancestor import load_ancestor

    # A model that is named as a file and as the output is replaced by what comes of it: it learns more.
    succeeds = is_file_name(model) and os.path.realpath(model) == os.path.realpath(output)
    claim(files_of(pages, texts), {"--output": output}, model=None if succeeds else model)
    check_writable(output)
    pairs = pair_transcripts(pages, texts)
    model = name_for(model, (pair.text for pair in pairs))
    ancestor = load_ancestor(find_model(model))
    found, status = harvest_pages(pairs, model)
    if not found and status is not ExitCode.OK:
        click.get_current_context().exit(status)
    with ExitStack() as shown:
        progress = shown.enter_context(Progress(SETTINGS.epochs, BATCHES))

        def say_whole(epochs: int) -> None:
            shown.close()
            times = "epoch" if epochs == 1 else "epochs"
            note(f"learning all lines now, those held back as well, for {epochs} {times}")

        result = taught(
            ancestor,
            found,
            output,
            seed=seed,
            on_batch=progress.on_batch,
            on_epoch=progress.on_epoch,
            on_whole=say_whole,
        )
    emit(f"{printable(output)}: {said(result, model)}\n")
    for character, count in sorted(result.left_out.items()):
        note(f"{character}: no class of {model}, and {count} of it are too few to make one")
    if result.training.interrupted:
        note(f"interrupted after {len(result.training.history)} epochs")
        status = ExitCode.INTERRUPTED
    click.get_current_context().exit(status)
