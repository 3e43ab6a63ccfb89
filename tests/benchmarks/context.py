"""What geometry, language and the gaps are worth, and whether language harms what is no language.

    python tests/benchmarks/context.py parts PATH... [--model NAME] [--ignore-case] [--alphanumeric]
    python tests/benchmarks/context.py strings [--count 2000] [--model NAME]

``parts`` reads pages that have transcripts with all that the decoder knows, and with each part of it switched
off: the prices of cuts, gaps and overlaps inside and between characters; the language; what gaps say for or
against spaces. It also prints how much longer decoding makes the reading of the pages.

``strings`` draws random digits, plates, codes and rows of letters, ten to a page, and reads them with the
English language and without any.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from unittest import mock

import numpy as np
import numpy.typing as npt

from ocr_cli.datasets.hand import Style
from ocr_cli.datasets.synthetic import draw_text
from ocr_cli.decoding import decoder as decoding
from ocr_cli.decoding.decoder import Decoder
from ocr_cli.decoding.measures import GapModel
from ocr_cli.decoding.rows import DecodedRow
from ocr_cli.evaluation.pages import NOTHING, Comparison, PageScore, score_page
from ocr_cli.evaluation.transcripts import find_transcribed
from ocr_cli.loading import load_tools
from ocr_cli.model_store import find_language, find_model
from ocr_cli.reader import Reader
from ocr_cli.scorer import Scorer
from ocr_cli.weights import PRICES

LETTERS, DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"
LINES = 10
"""Strings on a page."""


def new_decoder(model: str, language: str | None) -> Decoder:
    """A decoder as a ``Reader`` has it."""
    words = [] if language is None else [find_language(language)]
    return load_tools([find_model(model)], words)[0].decoder


def text_of(decoder: Decoder, rows: Sequence[DecodedRow]) -> str:
    """What a decoder reads in the rows of a page."""
    lines = decoder.read(rows)
    return "\n".join("".join(" " * sign.new_word + sign.text for sign in line.signs) for line in lines)


def without_prices(row: DecodedRow, scorer: Scorer) -> DecodedRow:
    """The row with nothing said for or against its arcs but by their shapes."""
    plain = Scorer(scorer.classifier, scorer.weights._replace(prices=np.zeros(len(PRICES))))
    return row._replace(scores=plain.scores(row.lattice, row.classification))


def no_gaps(rows: Sequence[Sequence[float]]) -> list[GapModel]:
    """Gaps that say nothing."""
    return [GapModel(border=0.0, spread=math.inf)] * len(rows)


def compare_parts(paths: Sequence[Path], model: str, comparison: Comparison) -> None:
    """Print the table of parts and the time that decoding takes."""
    reader = Reader(model)
    knowing, unknowing = new_decoder(model, "en"), new_decoder(model, None)

    def gapless(rows: Sequence[DecodedRow]) -> str:
        with mock.patch.object(decoding, "model_gaps", no_gaps):
            return text_of(knowing, rows)

    ways: dict[str, Callable[[Sequence[DecodedRow]], str]] = {
        "all": lambda rows: text_of(knowing, rows),
        "no geometry": lambda rows: text_of(knowing, [without_prices(row, scorer) for row in rows]),
        "no language": lambda rows: text_of(unknowing, rows),
        "no gaps": gapless,
        "none of them": lambda rows: _without_any(unknowing, rows, scorer),
    }
    scores = dict.fromkeys(ways, NOTHING)
    finding = decoding_time = 0.0
    for page in find_transcribed(paths):
        start = time.process_time()
        found = reader.rows(page.picture)
        rows, scorer = found.writing(), found.scorer
        finding += time.process_time() - start
        for name, read in ways.items():
            start = time.process_time()
            text = read(rows)
            decoding_time += time.process_time() - start if name == "all" else 0.0
            scores[name] += score_page(page.text, text, comparison)
    print("| | errors % | with spaces % | words % |\n|---|---|---|---|")
    for name, score in scores.items():
        print(f"| {name} | {_percent(score)} |")
    share = decoding_time / finding
    print(f"decoding adds {share:.1%} to the {finding:.1f} s (CPU) that all before it takes")


def _without_any(decoder: Decoder, rows: Sequence[DecodedRow], scorer: Scorer) -> str:
    with mock.patch.object(decoding, "model_gaps", no_gaps):
        return text_of(decoder, [without_prices(row, scorer) for row in rows])


def _percent(score: PageScore) -> str:
    rates = (score.characters.share, score.characters_and_spaces.share, score.words.share)
    return " | ".join(f"{100 * rate:.2f}" for rate in rates)


def random_string(kind: str, rng: np.random.Generator) -> str:
    """A string of one of ``KINDS``."""

    def some(characters: str, count: int) -> str:
        return "".join(rng.choice(list(characters), count))

    if kind == "digits":
        return some(DIGITS, int(rng.integers(4, 11)))
    if kind == "plates":
        return (
            some(LETTERS, 2) + some(DIGITS, int(rng.integers(2, 4))) + some(LETTERS, int(rng.integers(2, 4)))
        )
    if kind == "codes":
        return some(LETTERS + DIGITS, int(rng.integers(5, 10)))
    start = int(rng.integers(0, 20))
    return LETTERS[start : start + int(rng.integers(5, 11))]


KINDS = ("digits", "plates", "codes", "alphabet")


def draw_strings(seed: int) -> tuple[npt.NDArray[np.uint8], list[tuple[str, str]]]:
    """A page, uint8 (H, W), and the kind and text of each of its lines."""
    rng = np.random.default_rng(seed)
    lines = [(kind := str(rng.choice(KINDS)), random_string(kind, rng)) for _ in range(LINES)]
    drawing = draw_text(
        [text for _, text in lines], style=Style.random(int(rng.integers(10**6))), seed=seed, height=36
    )
    noisy = 235 - 200 * drawing.ink + rng.normal(0, 6, drawing.ink.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8), lines


def compare_strings(count: int, model: str) -> None:
    """Print the errors of each kind of string with language and without."""
    reader = Reader(model)
    decoders = {
        "language": new_decoder(model, "en"),
        "none": new_decoder(model, None),
    }
    comparison = Comparison(ignore_case=True)
    scores = {(name, kind): NOTHING for name in decoders for kind in KINDS}
    for seed in range(math.ceil(count / LINES)):
        picture, lines = draw_strings(seed)
        rows = reader.rows(picture).writing()
        for name, decoder in decoders.items():
            texts = text_of(decoder, rows).splitlines()
            # A page whose rows are not those that were written shows nothing about language.
            if len(texts) == len(lines):
                for (kind, truth), text in zip(lines, texts, strict=True):
                    scores[name, kind] += score_page(truth, text, comparison)
    print("| strings | characters | with language % | without % | points more |\n|---|---|---|---|---|")
    for kind in (*KINDS, "all"):
        chosen = KINDS if kind == "all" else (kind,)
        on, off = (
            sum((scores[name, one] for one in chosen), NOTHING).characters_and_spaces for name in decoders
        )
        rates = 100 * on.share, 100 * off.share
        print(f"| {kind} | {on.count} | {rates[0]:.2f} | {rates[1]:.2f} | {rates[0] - rates[1]:+.2f} |")


def main() -> None:
    """Parse the command line, print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    parts = commands.add_parser("parts")
    parts.add_argument("paths", type=Path, nargs="+", metavar="PATH")
    parts.add_argument("--ignore-case", action="store_true")
    parts.add_argument("--alphanumeric", action="store_true")
    strings = commands.add_parser("strings")
    strings.add_argument("--count", type=int, default=2000)
    for command in (parts, strings):
        command.add_argument("--model", default="block")
    arguments = parser.parse_args()
    if arguments.command == "parts":
        comparison = Comparison(arguments.ignore_case, False, arguments.alphanumeric)
        compare_parts(arguments.paths, arguments.model, comparison)
    else:
        compare_strings(arguments.count, arguments.model)


if __name__ == "__main__":
    main()
