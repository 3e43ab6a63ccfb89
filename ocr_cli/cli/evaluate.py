"""``ocr evaluate``: how much of a labelled set a model reads right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ocr_cli.cli.console import emit, note, on_command_line, printable
from ocr_cli.cli.options import FILE, KNOWLEDGE, Number, claim, format_option, knowledge_options, model_option
from ocr_cli.errors import KnowledgeError

if TYPE_CHECKING:
    from ocr_cli.options import ReadOptions
    from ocr_cli.training.evaluation import Evaluation

_PAIRS_SHOWN = 20


@click.command()
@click.argument("data", nargs=-1, type=FILE, metavar="[DATA]...")
@click.option(
    "--pages",
    multiple=True,
    type=FILE,
    metavar="PATH",
    help="Read pages instead: a folder of pictures with transcripts (NAME.gt.txt beside NAME.jpg), or one "
    "such picture. May be given several times.",
)
@knowledge_options
@model_option
@click.option(
    "--classes",
    metavar="CHARACTERS",
    help="Score only samples of these, and let the model choose among them alone.",
)
@format_option("text: tables to read. json: one object with every class and every confused pair.")
@click.option(
    "--confusion",
    type=FILE,
    metavar="PICTURE",
    help="Draw the confusion matrix (.png, .svg, .pdf); needs the extra 'plot'.",
)
@click.option(
    "--reliability",
    type=FILE,
    metavar="PICTURE",
    help="Draw accuracy over confidence (.png, .svg, .pdf); needs the extra 'plot'.",
)
@click.option("--ignore-case", is_flag=True, help="With --pages: small letters count as their capitals.")
@click.option("--fold", is_flag=True, help="With --pages: look-alikes such as 0 and O count as one.")
@click.option(
    "--alphanumeric", is_flag=True, help="With --pages: compare letters and digits alone, without signs."
)
@click.option(
    "--worst",
    type=FILE,
    metavar="PICTURE",
    help="With --pages: draw the 20 lines that are read worst, with what is written and what was read, into "
    "this picture (.png, .jpg, .tif, .pdf, ...).",
)
@click.option(
    "--wrong-transcripts",
    type=Number(0, 1, max_open=True),
    default=0.0,
    metavar="SHARE",
    help="With --pages: so many of the transcripts' words are known to be wrong; the calibration error of "
    "words then expects no more of them to agree.",
)
@click.pass_context
def evaluate(
    ctx: click.Context,
    /,
    data: tuple[str, ...],
    pages: tuple[str, ...],
    options: ReadOptions,
    model: str,
    classes: str | None,
    output_format: str,
    confusion: str | None,
    reliability: str | None,
    ignore_case: bool,
    fold: bool,
    alphanumeric: bool,
    worst: str | None,
    wrong_transcripts: float,
) -> None:
    """Read labelled characters, or pages, with a model and count what it reads right.

    DATA is anything that 'ocr train' learns from; several sets are scored singly and together. Samples of a
    class that the model does not have are left out and counted. The folded accuracy takes characters that
    look alike for the same: 0 and O, 1 and I, 2 and Z, 5 and S, and small letters shaped like their capital.

    The calibration error is the mean gap between how sure the model is and how often it is right. The table
    below says how much surer the answers are if the least sure ones are refused.

    Of pages, the character error rates, without white space and with it, and the word error rate are printed:
    edits that turn what was read into the transcript, per character or word of the transcript.
    """
    if data and not on_command_line(ctx, "pages"):
        pages = ()
    if bool(data) == bool(pages):
        raise click.UsageError("give either DATA or --pages.")
    if pages:
        for name in ("classes", "confusion", "reliability"):
            if on_command_line(ctx, name):
                raise click.UsageError(f"--{name} is for DATA, not for --pages.")
        from ocr_cli.cli.evaluate_pages import evaluate_pages

        evaluate_pages(
            pages,
            model,
            options,
            output_format,
            ignore_case=ignore_case,
            fold=fold,
            alphanumeric=alphanumeric,
            worst=worst,
            wrong_transcripts=wrong_transcripts,
        )
        return
    if any(
        on_command_line(ctx, name)
        for name in ("ignore_case", "fold", "alphanumeric", "worst", "wrong_transcripts")
    ):
        raise click.UsageError(
            "--ignore-case, --fold, --alphanumeric, --worst and --wrong-transcripts are for --pages."
        )
    if any(on_command_line(ctx, name) for name in KNOWLEDGE):
        raise click.UsageError("--language, --lexicon and what else is known of texts are for --pages.")
    from ocr_cli.datasets.loaders import files_of
    from ocr_cli.evaluation.run import evaluate_each
    from ocr_cli.training.evaluation import join
    from ocr_cli.training.plots import check_picture, plot_confusion
    from ocr_cli.training.reliability_plot import plot_reliability

    pictures = {"--confusion": confusion, "--reliability": reliability}
    claim([file for path in data for file in files_of(path)], pictures, model=model)
    for picture in (confusion, reliability):
        if picture:
            check_picture(picture)
    try:
        sources = evaluate_each(data, model, classes, lambda error: note(f"{error}; skipped"))
    except KnowledgeError as error:
        raise click.UsageError(f"--classes: {error}.") from error
    result = join(list(sources.values()))
    title = Path(next(iter(sources))).name if len(sources) == 1 else f"{len(sources)} sets"
    if confusion:
        plot_confusion(confusion, result, title)
    if reliability:
        plot_reliability(reliability, result, title)
    if output_format == "json":
        singly = [{"source": path, **one.summary()} for path, one in sources.items()]
        emit(json.dumps(result.to_dict() | {"sources": singly}) + "\n")
    else:
        emit(_as_text(result, sources))


def _as_text(result: Evaluation, sources: dict[str, Evaluation]) -> str:
    lines = [
        f"samples            {result.samples}",
        f"left out           {result.left_out}",
        f"accuracy           {result.accuracy:.2%}",
        f"folded accuracy    {result.folded_accuracy:.2%}",
        f"calibration error  {result.reliability.error:.2%}",
        "",
        "surest  confidence  accuracy",
    ]
    lines += [f"{c.share:>6.0%}  {c.confidence:>10.2%}  {c.accuracy:>8.2%}" for c in result.coverages]
    if len(sources) > 1:
        names = {name: printable(name) for name in sources}
        width = max(len("source"), *map(len, names.values()))
        lines += ["", f"{'source':<{width}}  samples  accuracy    folded  calibration error"]
        for name, one in sources.items():
            lines.append(
                f"{names[name]:<{width}}  {one.samples:>7}  {one.accuracy:>8.2%}  {one.folded_accuracy:>8.2%}"
                f"  {one.reliability.error:>17.2%}"
            )
    lines += ["", "class  samples  accuracy"]
    for name, (samples, accuracy) in result.per_class.items():
        lines.append(f"{name:<5}  {samples:>7}  {accuracy:>8.2%}")
    pairs = result.confusions[:_PAIRS_SHOWN]
    if pairs:
        lines += ["", "written  read as  times"]
        lines += [f"{pair.truth:<7}  {pair.read:<7}  {pair.count:>5}" for pair in pairs]
    return "\n".join(lines) + "\n"
