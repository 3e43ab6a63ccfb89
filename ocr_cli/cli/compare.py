"""``ocr compare``: the same training at several values of one setting."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from ocr_cli.cli.console import emit, note
from ocr_cli.cli.options import FILE, claim, format_option
from ocr_cli.cli.progress import Progress
from ocr_cli.cli.training_options import checked_arguments, training_data, training_options
from ocr_cli.errors import ExitCode

if TYPE_CHECKING:
    from ocr_cli.training.comparison import Comparison
    from ocr_cli.training.loop import Epoch, Score, Training


@click.command()
@click.argument("data", nargs=-1, type=FILE, metavar="[DATA]...")
@training_options(repeatable=True)
@format_option("text: a table, a row for each value. json: one object, with every epoch.")
@click.option(
    "--plot",
    type=FILE,
    metavar="PICTURE",
    help="Draw the held-out accuracy and loss over the epochs, a curve for each value (.png, .svg, .pdf); "
    "needs the extra 'plot'.",
)
@click.pass_context
def compare(
    ctx: click.Context,
    /,
    data: tuple[str, ...],
    classes: str | None,
    validation: float,
    output_format: str,
    plot: str | None,
    **options: Any,
) -> None:
    """Train once at each value of one setting and compare what comes of it.

    Give one setting several times, such as --lr 0.1 --lr 0.01 --lr 0.001. Any that takes a value will do, but
    for --classes and --validation. DATA and the rest are as for 'ocr train'. All trainings learn from the
    same characters and are judged by the same held-out ones. No model is written.

    The table shows of each training the epoch that 'ocr train' would keep. One that breaks down has a row
    that says so, and the others go on; only if all do is the exit status 1. Ctrl-C ends the comparison,
    prints what is finished and exits with status 130.
    """
    from ocr_cli.datasets.loaders import files_of
    from ocr_cli.training.comparison import compare_values, value_name
    from ocr_cli.training.curves import plot_comparison
    from ocr_cli.training.plots import check_picture
    from ocr_cli.training.recipe import count_batches, train_model

    name, values = _repeated(options)
    setting = name.replace("_", "-")
    common = {key: value[0] if isinstance(value, tuple) else value for key, value in options.items()}
    trainings = {value: checked_arguments(**common | {name: value}, drawn=not data) for value in values}
    claim([file for path in data for file in files_of(path)], {"--plot": plot})
    if plot:
        check_picture(plot)
    training, held_out = training_data(data, classes, validation, common["seed"])

    def train(value: Any, on_epoch: Callable[[Epoch], None]) -> Training:
        note(f"--{setting} {value_name(value)} ({values.index(value) + 1} of {len(values)})")
        arguments = trainings[value]
        settings = arguments["settings"]
        with Progress(settings.epochs, count_batches(training, settings)) as progress:

            def tell(epoch: Epoch) -> None:
                on_epoch(epoch)
                progress.on_epoch(epoch)

            return train_model(training, held_out, **arguments, on_batch=progress.on_batch, on_epoch=tell)[1]

    result = compare_values(setting, values, train)
    emit(json.dumps(result.to_dict()) + "\n" if output_format == "json" else _as_text(result))
    if plot and not result.failed:
        plot_comparison(plot, result, f"{training.name}, {len(training)} characters")
    if result.interrupted:
        note(f"interrupted: {len(result.trials)} of {len(values)} values are finished")
        ctx.exit(ExitCode.INTERRUPTED)
    if result.failed:
        ctx.exit(ExitCode.INPUT_FAILED)


def _repeated(options: dict[str, Any]) -> tuple[str, tuple[Any, ...]]:
    """The option that was given several times, and its values.

    Raises:
        click.UsageError: if it is not exactly one, or a value was given twice.
    """
    repeated = {
        name: values for name, values in options.items() if isinstance(values, tuple) and len(values) > 1
    }
    if len(repeated) != 1:
        given = ", ".join("--" + name.replace("_", "-") for name in repeated) or "none was"
        raise click.UsageError(
            f"Give exactly one setting several times, such as --lr 0.1 --lr 0.01; here {given}."
        )
    ((name, values),) = repeated.items()
    if len(set(values)) < len(values):
        raise click.UsageError(f"--{name.replace('_', '-')}: each value must be another one.")
    return name, values


def _as_text(result: Comparison) -> str:
    def scores(score: Score | None) -> str:
        return f"{score.loss:>13.4f}  {score.accuracy:>8.2%}" if score else f"{'-':>13}  {'-':>8}"

    width = max(len(result.setting), *(len(trial.name) for trial in result.trials))
    lines = [f"{result.setting:<{width}}  epoch  training loss  accuracy  held-out loss  accuracy  seconds"]
    for trial in result.trials:
        if trial.best is None:
            lines.append(f"{trial.name:<{width}}  {trial.failure}")
            continue
        lines.append(
            f"{trial.name:<{width}}  {trial.best.number:>5}  {scores(trial.best.training)}"
            f"  {scores(trial.best.validation)}  {trial.history[-1].seconds:>7.1f}"
        )
    return "\n".join(lines) + "\n"
