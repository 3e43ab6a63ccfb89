"""``ocr evaluate --pages``: read pages and compare them with their transcripts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from ocr_cli.cli.console import emit, report
from ocr_cli.errors import ExitCode, ImageError

if TYPE_CHECKING:
    from ocr_cli.cli.options import Knowledge
    from ocr_cli.evaluation.pages import PageScore
    from ocr_cli.evaluation.worst_lines import ReadLine

_EDITS_SHOWN, _WORST_SHOWN = 20, 20


def evaluate_pages(
    paths: tuple[str, ...],
    model: str,
    knowledge: Knowledge,
    output_format: str,
    *,
    ignore_case: bool,
    fold: bool,
    alphanumeric: bool,
    worst: str | None = None,
) -> None:
    """Read the pages, print a line for each and the sum; a picture that cannot be read is left out.

    Raises:
        DataError: if there are no transcripts.
        LexiconError: if the lexicon cannot be used.
        ModelFileError: if the model or the language cannot be used.
    """
    from ocr_cli.evaluation.pages import NOTHING, Comparison, score_page
    from ocr_cli.evaluation.transcripts import find_transcribed
    from ocr_cli.evaluation.worst_lines import draw_lines, pair_lines, worst_lines
    from ocr_cli.writers.overlay import check_overlay_path, save_overlay

    comparison = Comparison(ignore_case=ignore_case, fold=fold, alphanumeric=alphanumeric)
    if worst:
        check_overlay_path(worst)
    pages = find_transcribed(paths)
    reader = knowledge.reader(model)
    status = ExitCode.OK
    scores: dict[str, PageScore] = {}
    lines: list[ReadLine] = []
    text = output_format == "text"
    if text:
        emit(f"{'errors':>8}  {'with spaces':>11}  {'words':>8}  {'characters':>10}  page\n")
    for page in pages:
        try:
            read = reader.read(page.picture)
        except ImageError as error:
            status = report(error)
            continue
        name = str(page.picture)
        scores[name] = score_page(page.text, read.text, comparison)
        if worst:
            lines += pair_lines(page.picture, page.text, read, comparison)
        if text:
            emit(_row(scores[name], name))
    if worst:
        save_overlay(draw_lines(worst_lines(lines, _WORST_SHOWN)), worst)
    together = sum(scores.values(), NOTHING)
    if text:
        emit(_row(together, f"together: {len(scores)} pages"))
        edits = together.edits.most_common(_EDITS_SHOWN)
        if edits:
            emit("\nwritten  read as  times\n")
            emit("".join(f"{a or '(none)':<7}  {b or '(none)':<7}  {n:>5}\n" for (a, b), n in edits))
    else:
        singly = [{"page": name, **score.to_dict()} for name, score in scores.items()]
        emit(json.dumps(together.to_dict() | {"pages": singly}) + "\n")
    click.get_current_context().exit(status)


def _row(score: PageScore, name: str) -> str:
    rates = (score.characters.share, score.characters_and_spaces.share, score.words.share)
    plain, spaced, words = (f"{rate:.2%}" for rate in rates)
    return f"{plain:>8}  {spaced:>11}  {words:>8}  {score.characters.count:>10}  {name}\n"
