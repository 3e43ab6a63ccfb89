"""``ocr evaluate``: how much of a labelled set a model reads right."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from ocr_cli.cli.console import emit
from ocr_cli.cli.options import model_option

if TYPE_CHECKING:
    from ocr_cli.training.evaluation import Evaluation

_PAIRS_SHOWN = 20


@click.command()
@click.argument("data", nargs=-1, required=True, metavar="DATA...")
@model_option
@click.option(
    "--format",
    "-f",
    "output_format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="text: tables to read. json: one object with every class and every confused pair.",
)
@click.option(
    "--confusion",
    metavar="PICTURE",
    help="Draw the confusion matrix (.png, .svg, .pdf); needs the extra 'plot'.",
)
def evaluate(data: tuple[str, ...], model: str, output_format: str, confusion: str | None) -> None:
    """Read labelled characters with a model and count what it reads right.

    DATA is anything that 'ocr train' learns from; several sets are taken together. Samples of a class that
    the model does not have are left out and counted. The folded accuracy takes characters that look alike
    for the same: 0 and O, 1 and I, 2 and Z, 5 and S, and small letters shaped like their capital.
    """
    from ocr_cli.classifier import Classifier
    from ocr_cli.model_store import find_model
    from ocr_cli.network.model_file import load_model
    from ocr_cli.training.evaluation import evaluate as evaluate_classifier
    from ocr_cli.training.plots import check_picture, plot_confusion
    from ocr_cli.training.recipe import load_samples

    if confusion:
        check_picture(confusion)
    classifier = Classifier(load_model(find_model(model)))
    samples = load_samples(data)
    result = evaluate_classifier(classifier, samples)
    if confusion:
        plot_confusion(confusion, result, samples.name)
    if output_format == "json":
        emit(json.dumps(result.to_dict()) + "\n")
    else:
        emit(_as_text(result))


def _as_text(result: Evaluation) -> str:
    lines = [
        f"samples          {result.samples}",
        f"left out         {result.left_out}",
        f"accuracy         {result.accuracy:.2%}",
        f"folded accuracy  {result.folded_accuracy:.2%}",
        "",
        "class  samples  accuracy",
    ]
    for name, (samples, accuracy) in result.per_class.items():
        lines.append(f"{name:<5}  {samples:>7}  {accuracy:>8.2%}")
    pairs = result.confusions[:_PAIRS_SHOWN]
    if pairs:
        lines += ["", "written  read as  times"]
        lines += [f"{pair.truth:<7}  {pair.read:<7}  {pair.count:>5}" for pair in pairs]
    return "\n".join(lines) + "\n"
