"""The text of a page as PDF draws it: invisibly, each line where it is written (ISO 32000-1, 9.4)."""

from __future__ import annotations

from ocr_cli.page import Page
from ocr_cli.writers.glyphless import ADVANCE, UNITS, Codes
from ocr_cli.writers.text import legible
from ocr_cli.writers.text_layer import Run, runs


def text_operators(page: Page, width: float, height: float, codes: Codes, font: str) -> str:
    """The operators that lay a page's text over it.

    Args:
        page: what was read.
        width: of the page, in points.
        height: the same down.
        codes: of the characters, to which those of this page are added.
        font: its name among the page's resources.
    """
    across, down = width / page.width, height / page.height
    parts = [_run(run, height, across, down, codes, font) for run in runs(page)]
    return "\n".join(["BT 3 Tr", *parts, "ET"])


def pdf_number(value: float) -> str:
    """As PDF writes numbers: without an exponent."""
    return f"{value:.4f}".rstrip("0").rstrip(".")


def _run(run: Run, height: float, across: float, down: float, codes: Codes, font: str) -> str:
    cosine, sine = run.direction[0], -run.direction[1]
    along, size = (across, run.height * down) if cosine else (down, run.height * across)
    turn = " ".join(map(pdf_number, (cosine, sine, -sine, cosine)))
    place = f"{pdf_number(run.x * across)} {pdf_number(height - run.y * down)}"
    parts = [f"/{font} {pdf_number(size)} Tf {turn} {place} Tm"]
    for cell in run.cells:
        # Tz is the width of the characters in per cent of their natural one.
        stretch = 100 * cell.length * along / (size * ADVANCE / UNITS)
        parts.append(f"{pdf_number(stretch)} Tz <{codes.encode(legible(cell.text))}> Tj")
    return " ".join(parts)
