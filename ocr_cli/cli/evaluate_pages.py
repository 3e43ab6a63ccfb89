"""``ocr evaluate --pages``: read pages and compare them with their transcripts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from ocr_cli.cli.console import emit, printable, report
from ocr_cli.cli.options import claim
from ocr_cli.errors import ExitCode

if TYPE_CHECKING:
    from ocr_cli.evaluation.pages import PageScore
    from ocr_cli.evaluation.worst_lines import ReadLine
    from ocr_cli.options import ReadOptions
    from ocr_cli.training.calibration import Reliability

_EDITS_SHOWN, _WORST_SHOWN = 20, 20
_BINS = 10


def evaluate_pages(
    paths: tuple[str, ...],
    model: str,
    options: ReadOptions,
    output_format: str,
    *,
    ignore_case: bool,
    fold: bool,
    alphanumeric: bool,
    worst: str | None = None,
    wrong_transcripts: float = 0.0,
) -> None:
    """Read the pages, print a line for each and the sum; what cannot be read or compared is left out.

    Raises:
        DataError: if there are no transcripts.
        LexiconError: if the lexicon cannot be used.
        ModelFileError: if the model or the language cannot be used.
    """
    from ocr_cli.evaluation.pages import NOTHING, Comparison, judge_words
    from ocr_cli.evaluation.run import read_transcribed
    from ocr_cli.evaluation.transcripts import files_of, find_transcribed
    from ocr_cli.evaluation.worst_lines import draw_lines, pair_lines, worst_lines
    from ocr_cli.reader import Reader
    from ocr_cli.writers.overlay import check_overlay_path, save_overlay

    claim([*files_of(paths), options.lexicon_file], {"--worst": worst}, model=model)
    comparison = Comparison(ignore_case=ignore_case, fold=fold, alphanumeric=alphanumeric)
    if worst:
        check_overlay_path(worst)
    pages = find_transcribed(paths)
    reader = Reader(model, options)
    scores: dict[str, PageScore] = {}
    lines: list[ReadLine] = []
    judged: list[tuple[float, bool]] = []
    text = output_format == "text"
    if text:
        emit(f"{'errors':>8}  {'with spaces':>11}  {'words':>8}  {'characters':>10}  page\n")
    faults: list[ExitCode] = []
    for one, read, score in read_transcribed(
        pages, reader, comparison, lambda error: faults.append(report(error))
    ):
        name = str(one.picture)
        scores[name] = score
        if worst:
            lines += pair_lines(one.picture, one.text, read, comparison)
        judged += judge_words(one.text, read, comparison)
        if text:
            emit(_row(score, name))
    if worst:
        save_overlay(draw_lines(worst_lines(lines, _WORST_SHOWN), comparison, len(lines)), worst)
    together = sum(scores.values(), NOTHING)
    if text:
        emit(_row(together, f"together: {len(scores)} pages"))
        edits = together.edits.most_common(_EDITS_SHOWN)
        if edits:
            emit("\nwritten  read as  times\n")
            emit("".join(f"{a or '(none)':<7}  {b or '(none)':<7}  {n:>5}\n" for (a, b), n in edits))
        emit(_calibration(judged, wrong_transcripts))
    else:
        singly = [{"page": name, **score.to_dict()} for name, score in scores.items()]
        words: dict[str, float] = {}
        if judged:
            found, chance = _judged(judged, wrong_transcripts)
            words = {"word_calibration_error": found.error, "word_calibration_error_by_chance": chance}
        emit(json.dumps(together.to_dict() | words | {"pages": singly}) + "\n")
    click.get_current_context().exit(faults[-1] if faults else ExitCode.OK)


def _judged(judged: list[tuple[float, bool]], wrong_transcripts: float) -> tuple[Reliability, float]:
    """Confidences and how often they were right, and the error that chance alone would show.

    A right reading agrees with the transcript only where that is right, too.
    """
    import numpy as np

    from ocr_cli.training.calibration import chance_error, reliability

    confidence = np.array([one for one, _ in judged]) * (1 - wrong_transcripts)
    right = np.array([right for _, right in judged])
    return reliability(confidence, right, _BINS), chance_error(confidence, _BINS)


def _calibration(judged: list[tuple[float, bool]], wrong_transcripts: float) -> str:
    if not judged:
        return ""
    found, chance = _judged(judged, wrong_transcripts)
    lines = ["\nconfidence of words  words  expected right   right\n"]
    for k, count in enumerate(found.counts.tolist()):
        if count:
            low, high = k / _BINS, (k + 1) / _BINS
            expected, right = found.confidence[k], found.accuracy[k]
            lines.append(f"{low:>9.0%} to {high:<6.0%}  {count:>5}  {expected:>14.1%}  {right:>6.1%}\n")
    lines.append(f"calibration error of words  {found.error:.2%}; by chance alone  {chance:.2%}\n")
    return "".join(lines)


def _row(score: PageScore, name: str) -> str:
    rates = (score.characters.share, score.characters_and_spaces.share, score.words.share)
    plain, spaced, words = (f"{rate:.2%}" for rate in rates)
    return f"{plain:>8}  {spaced:>11}  {words:>8}  {score.characters.count:>10}  {printable(name)}\n"
